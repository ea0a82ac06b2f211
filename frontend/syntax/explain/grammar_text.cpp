// Python 3.11's grammar, as the explainer reads it: the rules of the language (those of the reference manual's full
// grammar, in PEP 617's notation), and rules named invalid_* for mistakes worth a message of their own.
//
//   'x'  "x"  NAME      a token, a soft keyword, a class of tokens      a=x        a part that the explanation mentions
//   x* x+ [x] x? (x|y)  repetition, option, choice                      s.x+       x, separated by s
//   &x !x ~ &&'x'       look ahead; commit; must follow, or "expected"  (memo)     results are remembered by place
//
// An alternative may end in an explanation:
//   => error "message" at a | at a..b | from a (to the last token read) | behind a | here (at the last token read)
//   => indent "message" here                the same, as an IndentationError
//   => since 8 "Lambdas are"                only in version 3.8 and greater
//   => word a                               a function of explainer.cpp decides; it may also let the rule fail
// In a message {name a} is what kind of expression a is, {text a} its text, {line a} its line.
//
// The order of alternatives and the places of (memo) are part of the behaviour: the first explanation found is the one
// given.
#include "frontend/syntax/explain/grammar.h"

namespace krait::frontend {

const char kGrammarText[] = R"peg(
# ---- whole texts ----
file: [statements] ENDMARKER
interactive: statement_newline
eval: expressions NEWLINE* ENDMARKER
func_type: '(' [type_expressions] ')' '->' expression NEWLINE* ENDMARKER
fstring: star_expressions
statements: statement+
statement: compound_stmt | simple_stmts
statement_newline: compound_stmt NEWLINE | simple_stmts | NEWLINE | ENDMARKER => fail
simple_stmts: simple_stmt !';' NEWLINE | ';'.simple_stmt+ [';'] NEWLINE

# ---- simple statements ----
simple_stmt (memo):
    | assignment
    | star_expressions
    | &'return' return_stmt
    | &('import' | 'from') import_stmt
    | &'raise' raise_stmt
    | 'pass'
    | &'del' del_stmt
    | &'yield' yield_stmt
    | &'assert' assert_stmt
    | 'break'
    | 'continue'
    | &'global' global_stmt
    | &'nonlocal' nonlocal_stmt
compound_stmt:
    | &('def' | '@' | ASYNC) function_def
    | &'if' if_stmt
    | &('class' | '@') class_def
    | &('with' | ASYNC) with_stmt
    | &('for' | ASYNC) for_stmt
    | &'try' try_stmt
    | &'while' while_stmt
    | match_stmt
assignment:
    | NAME ':' expression ['=' annotated_rhs] => since 6 "Variable annotation syntax is"
    | ('(' single_target ')' | single_subscript_attribute_target) ':' expression ['=' annotated_rhs]
        => since 6 "Variable annotations syntax is"
    | (star_targets '=')+ (yield_expr | star_expressions) !'=' [TYPE_COMMENT]
    | single_target augassign ~ (yield_expr | star_expressions)
    | invalid_assignment
annotated_rhs: yield_expr | star_expressions
augassign:
    | '+=' | '-=' | '*=' | '/=' | '%=' | '&=' | '|=' | '^=' | '<<=' | '>>=' | '**=' | '//='
    | '@=' => since 5 "The '@' operator is"
return_stmt: 'return' [star_expressions]
raise_stmt: 'raise' expression ['from' expression] | 'raise'
global_stmt: 'global' ','.NAME+
nonlocal_stmt: 'nonlocal' ','.NAME+
del_stmt: 'del' del_targets &(';' | NEWLINE) | invalid_del_stmt
yield_stmt: yield_expr
assert_stmt: 'assert' expression [',' expression]
import_stmt: import_name | import_from
import_name: 'import' dotted_as_names
import_from:
    | 'from' ('.' | '...')* dotted_name 'import' import_from_targets
    | 'from' ('.' | '...')+ 'import' import_from_targets
import_from_targets: '(' import_from_as_names [','] ')' | import_from_as_names !',' | '*' | invalid_import_from_targets
import_from_as_names: ','.import_from_as_name+
import_from_as_name: NAME ['as' NAME]
dotted_as_names: ','.dotted_as_name+
dotted_as_name: dotted_name ['as' NAME]
dotted_name: dotted_name '.' NAME | NAME

# ---- compound statements ----
block (memo): NEWLINE INDENT statements DEDENT | simple_stmts | invalid_block
decorators: ('@' named_expression NEWLINE)+
class_def: decorators class_def_raw | class_def_raw
class_def_raw: invalid_class_def_raw | 'class' NAME ['(' [arguments] ')'] ':' block
function_def: decorators function_def_raw | function_def_raw
function_def_raw:
    | invalid_def_raw
    | 'def' NAME &&'(' [params] ')' ['->' expression] &&':' [func_type_comment] block
    | ASYNC 'def' NAME &&'(' [params] ')' ['->' expression] &&':' [func_type_comment] block
        => since 5 "Async functions are"

# ---- parameters ----
params: invalid_parameters | parameters
parameters:
    | slash_no_default param_no_default* param_with_default* [star_etc] => since 8 "Positional-only parameters are"
    | slash_with_default param_with_default* [star_etc] => since 8 "Positional-only parameters are"
    | param_no_default+ param_with_default* [star_etc]
    | param_with_default+ [star_etc]
    | star_etc
slash_no_default: param_no_default+ '/' ',' | param_no_default+ '/' &')'
slash_with_default: param_no_default* param_with_default+ '/' ',' | param_no_default* param_with_default+ '/' &')'
star_etc:
    | invalid_star_etc
    | '*' param_no_default param_maybe_default* [kwds]
    | '*' param_no_default_star_annotation param_maybe_default* [kwds]
    | '*' ',' param_maybe_default+ [kwds]
    | kwds
kwds: invalid_kwds | '**' param_no_default
param_no_default: param ',' TYPE_COMMENT? | param TYPE_COMMENT? &')'
param_no_default_star_annotation: param_star_annotation ',' TYPE_COMMENT? | param_star_annotation TYPE_COMMENT? &')'
param_with_default: param default ',' TYPE_COMMENT? | param default TYPE_COMMENT? &')'
param_maybe_default: param default? ',' TYPE_COMMENT? | param default? TYPE_COMMENT? &')'
param: NAME annotation?
param_star_annotation: NAME star_annotation
annotation: ':' expression
star_annotation: ':' star_expression
default: '=' expression | invalid_default

# ---- compound statements, continued ----
if_stmt: invalid_if_stmt | 'if' named_expression ':' block elif_stmt | 'if' named_expression ':' block [else_block]
elif_stmt:
    | invalid_elif_stmt
    | 'elif' named_expression ':' block elif_stmt
    | 'elif' named_expression ':' block [else_block]
else_block: invalid_else_stmt | 'else' &&':' block
while_stmt: invalid_while_stmt | 'while' named_expression ':' block [else_block]
for_stmt:
    | invalid_for_stmt
    | 'for' star_targets 'in' ~ star_expressions ':' [TYPE_COMMENT] block [else_block]
    | ASYNC 'for' star_targets 'in' ~ star_expressions ':' [TYPE_COMMENT] block [else_block]
        => since 5 "Async for loops are"
    | invalid_for_target
with_stmt:
    | invalid_with_stmt_indent
    | 'with' '(' ','.with_item+ ','? ')' ':' block => since 9 "Parenthesized context managers are"
    | 'with' ','.with_item+ ':' [TYPE_COMMENT] block
    | ASYNC 'with' '(' ','.with_item+ ','? ')' ':' block => since 5 "Async with statements are"
    | ASYNC 'with' ','.with_item+ ':' [TYPE_COMMENT] block => since 5 "Async with statements are"
    | invalid_with_stmt
with_item: expression 'as' star_target &(',' | ')' | ':') | invalid_with_item | expression
try_stmt:
    | invalid_try_stmt
    | 'try' &&':' block finally_block
    | 'try' &&':' block except_block+ [else_block] [finally_block]
    | 'try' &&':' block except_star_block+ [else_block] [finally_block] => since 11 "Exception groups are"
except_block:
    | invalid_except_stmt_indent
    | 'except' expression ['as' NAME] ':' block
    | 'except' ':' block
    | invalid_except_stmt
except_star_block: invalid_except_star_stmt_indent | 'except' '*' expression ['as' NAME] ':' block | invalid_except_stmt
finally_block: invalid_finally_stmt | 'finally' &&':' block

# ---- patterns ----
match_stmt: "match" subject_expr ':' NEWLINE INDENT case_block+ DEDENT
        => since 10 "Pattern matching is" | invalid_match_stmt
subject_expr: star_named_expression ',' star_named_expressions? | named_expression
case_block: invalid_case_block | "case" patterns guard? ':' block
guard: 'if' named_expression
patterns: open_sequence_pattern | pattern
pattern: as_pattern | or_pattern
as_pattern: or_pattern 'as' pattern_capture_target | invalid_as_pattern
or_pattern: '|'.closed_pattern+
closed_pattern (memo):
    | literal_pattern
    | capture_pattern
    | wildcard_pattern
    | value_pattern
    | group_pattern
    | sequence_pattern
    | mapping_pattern
    | class_pattern
literal_pattern: signed_number !('+' | '-') | complex_number | strings | 'None' | 'True' | 'False'
literal_expr: signed_number !('+' | '-') | complex_number | strings | 'None' | 'True' | 'False'
complex_number: signed_real_number '+' imaginary_number | signed_real_number '-' imaginary_number
signed_number: NUMBER | '-' NUMBER
signed_real_number: real_number | '-' real_number
real_number: NUMBER => real
imaginary_number: NUMBER => imaginary
capture_pattern: pattern_capture_target
pattern_capture_target: !"_" NAME !('.' | '(' | '=')
wildcard_pattern: "_"
value_pattern: attr !('.' | '(' | '=')
attr: name_or_attr '.' NAME
name_or_attr: attr | NAME
group_pattern: '(' pattern ')'
sequence_pattern: '[' maybe_sequence_pattern? ']' | '(' open_sequence_pattern? ')'
open_sequence_pattern: maybe_star_pattern ',' maybe_sequence_pattern?
maybe_sequence_pattern: ','.maybe_star_pattern+ ','?
maybe_star_pattern: star_pattern | pattern
star_pattern (memo): '*' pattern_capture_target | '*' wildcard_pattern
mapping_pattern:
    | '{' '}'
    | '{' double_star_pattern ','? '}'
    | '{' items_pattern ',' double_star_pattern ','? '}'
    | '{' items_pattern ','? '}'
items_pattern: ','.key_value_pattern+
key_value_pattern: (literal_expr | attr) ':' pattern
double_star_pattern: '**' pattern_capture_target
class_pattern:
    | name_or_attr '(' ')'
    | name_or_attr '(' positional_patterns ','? ')'
    | name_or_attr '(' keyword_patterns ','? ')'
    | name_or_attr '(' positional_patterns ',' keyword_patterns ','? ')'
    | invalid_class_pattern
positional_patterns: ','.pattern+
keyword_patterns: ','.keyword_pattern+
keyword_pattern: NAME '=' pattern

# ---- expressions ----
expressions: expression (',' expression)+ [','] | expression ',' | expression
expression (memo):
    | invalid_expression
    | invalid_legacy_expression
    | disjunction 'if' disjunction 'else' expression
    | disjunction
    | lambdef
yield_expr: 'yield' 'from' expression | 'yield' [star_expressions]
star_expressions: star_expression (',' star_expression)+ [','] | star_expression ',' | star_expression
star_expression (memo): '*' bitwise_or | expression
star_named_expressions: ','.star_named_expression+ [',']
star_named_expression: '*' bitwise_or | named_expression
assignment_expression: NAME ':=' ~ expression => since 8 "Assignment expressions are"
named_expression: assignment_expression | invalid_named_expression | expression !':='
disjunction (memo): conjunction ('or' conjunction)+ | conjunction
conjunction (memo): inversion ('and' inversion)+ | inversion
inversion (memo): 'not' inversion | comparison
comparison: bitwise_or compare_op_bitwise_or_pair+ | bitwise_or
compare_op_bitwise_or_pair:
    | '==' bitwise_or
    | NOT_EQUAL bitwise_or
    | '<=' bitwise_or
    | '<' bitwise_or
    | '>=' bitwise_or
    | '>' bitwise_or
    | 'not' 'in' bitwise_or
    | 'in' bitwise_or
    | 'is' 'not' bitwise_or
    | 'is' bitwise_or
bitwise_or: bitwise_or '|' bitwise_xor | bitwise_xor
bitwise_xor: bitwise_xor '^' bitwise_and | bitwise_and
bitwise_and: bitwise_and '&' shift_expr | shift_expr
shift_expr: shift_expr '<<' sum | shift_expr '>>' sum | sum
sum: sum '+' term | sum '-' term | term
term: term '*' factor | term '/' factor | term '//' factor | term '%' factor | term '@' factor
        => since 5 "The '@' operator is" | factor
factor (memo): '+' factor | '-' factor | '~' factor | power
power: await_primary '**' factor | await_primary
await_primary (memo): AWAIT primary => since 5 "Await expressions are" | primary
primary: primary '.' NAME | primary genexp | primary '(' [arguments] ')' | primary '[' slices ']' | atom
slices: slice !',' | ','.(slice | starred_expression)+ [',']
slice: [expression] ':' [expression] [':' [expression]] | named_expression
atom:
    | NAME
    | 'True'
    | 'False'
    | 'None'
    | &STRING strings
    | NUMBER
    | &'(' (tuple | group | genexp)
    | &'[' (list | listcomp)
    | &'{' (dict | set | dictcomp | setcomp)
    | '...'
group: '(' (yield_expr | named_expression) ')' | invalid_group

# ---- lambda ----
lambdef: 'lambda' [lambda_params] ':' expression
lambda_params: invalid_lambda_parameters | lambda_parameters
lambda_parameters:
    | lambda_slash_no_default lambda_param_no_default* lambda_param_with_default* [lambda_star_etc]
        => since 8 "Positional-only parameters are"
    | lambda_slash_with_default lambda_param_with_default* [lambda_star_etc] => since 8 "Positional-only parameters are"
    | lambda_param_no_default+ lambda_param_with_default* [lambda_star_etc]
    | lambda_param_with_default+ [lambda_star_etc]
    | lambda_star_etc
lambda_slash_no_default: lambda_param_no_default+ '/' ',' | lambda_param_no_default+ '/' &':'
lambda_slash_with_default:
    | lambda_param_no_default* lambda_param_with_default+ '/' ','
    | lambda_param_no_default* lambda_param_with_default+ '/' &':'
lambda_star_etc:
    | invalid_lambda_star_etc
    | '*' lambda_param_no_default lambda_param_maybe_default* [lambda_kwds]
    | '*' ',' lambda_param_maybe_default+ [lambda_kwds]
    | lambda_kwds
lambda_kwds: invalid_lambda_kwds | '**' lambda_param_no_default
lambda_param_no_default: lambda_param ',' | lambda_param &':'
lambda_param_with_default: lambda_param default ',' | lambda_param default &':'
lambda_param_maybe_default: lambda_param default? ',' | lambda_param default? &':'
lambda_param: NAME

# ---- displays and comprehensions ----
strings (memo): STRING+ => strings
list: '[' [star_named_expressions] ']'
tuple: '(' [star_named_expression ',' [star_named_expressions]] ')'
set: '{' star_named_expressions '}'
dict: '{' [double_starred_kvpairs] '}' | '{' invalid_double_starred_kvpairs '}'
double_starred_kvpairs: ','.double_starred_kvpair+ [',']
double_starred_kvpair: '**' bitwise_or | kvpair
kvpair: expression ':' expression
for_if_clauses: for_if_clause+
for_if_clause:
    | ASYNC 'for' star_targets 'in' ~ disjunction ('if' disjunction)* => since 6 "Async comprehensions are"
    | 'for' star_targets 'in' ~ disjunction ('if' disjunction)*
    | invalid_for_target
listcomp: '[' named_expression for_if_clauses ']' | invalid_comprehension
setcomp: '{' named_expression for_if_clauses '}' | invalid_comprehension
genexp: '(' (assignment_expression | expression !':=') for_if_clauses ')' | invalid_comprehension
dictcomp: '{' kvpair for_if_clauses '}' | invalid_dict_comprehension

# ---- calls ----
arguments (memo): args [','] &')' | invalid_arguments
args: ','.(starred_expression | (assignment_expression | expression !':=') !'=')+ [',' kwargs] | kwargs
kwargs: ','.kwarg_or_starred+ ',' ','.kwarg_or_double_starred+ | ','.kwarg_or_starred+ | ','.kwarg_or_double_starred+
starred_expression: '*' expression
kwarg_or_starred: invalid_kwarg | NAME '=' expression | starred_expression
kwarg_or_double_starred: invalid_kwarg | NAME '=' expression | '**' expression

# ---- targets ----
star_targets: star_target !',' | star_target (',' star_target)* [',']
star_targets_list_seq: ','.star_target+ [',']
star_targets_tuple_seq: star_target (',' star_target)+ [','] | star_target ','
star_target (memo): '*' (!'*' star_target) | target_with_star_atom
target_with_star_atom (memo): t_primary '.' NAME !t_lookahead | t_primary '[' slices ']' !t_lookahead | star_atom
star_atom: NAME | '(' target_with_star_atom ')' | '(' [star_targets_tuple_seq] ')' | '[' [star_targets_list_seq] ']'
single_target: single_subscript_attribute_target | NAME | '(' single_target ')'
single_subscript_attribute_target: t_primary '.' NAME !t_lookahead | t_primary '[' slices ']' !t_lookahead
t_primary:
    | t_primary '.' NAME &t_lookahead
    | t_primary '[' slices ']' &t_lookahead
    | t_primary genexp &t_lookahead
    | t_primary '(' [arguments] ')' &t_lookahead
    | atom &t_lookahead
t_lookahead: '(' | '[' | '.'
del_targets: ','.del_target+ [',']
del_target (memo): t_primary '.' NAME !t_lookahead | t_primary '[' slices ']' !t_lookahead | del_t_atom
del_t_atom: NAME | '(' del_target ')' | '(' [del_targets] ')' | '[' [del_targets] ']'

# ---- type comments ----
type_expressions:
    | ','.expression+ ',' '*' expression ',' '**' expression
    | ','.expression+ ',' '*' expression
    | ','.expression+ ',' '**' expression
    | '*' expression ',' '**' expression
    | '*' expression
    | '**' expression
    | ','.expression+
func_type_comment: NEWLINE TYPE_COMMENT &(NEWLINE INDENT) | invalid_double_type_comments | TYPE_COMMENT

# ---- mistakes: statements ----
invalid_assignment:
    | a=invalid_ann_assign_target ':' expression => error "only single target (not {name a}) can be annotated" at a
    | a=star_named_expression ',' star_named_expressions* ':' expression
        => error "only single target (not tuple) can be annotated" at a
    | a=expression ':' expression => error "illegal target for annotation" at a
    | (star_targets '=')* a=star_expressions '=' => star_target a
    | (star_targets '=')* a=yield_expr '=' => error "assignment to yield expression not possible" at a
    | a=star_expressions augassign (yield_expr | star_expressions)
        => error "'{name a}' is an illegal expression for augmented assignment" at a
invalid_ann_assign_target: list | tuple | '(' invalid_ann_assign_target ')'
invalid_del_stmt: 'del' a=star_expressions => del_target a
invalid_import_from_targets: import_from_as_names ',' NEWLINE
        => error "trailing comma not allowed without surrounding parentheses" here
invalid_block: NEWLINE !INDENT => indent "expected an indented block" here
invalid_double_type_comments: TYPE_COMMENT NEWLINE TYPE_COMMENT NEWLINE INDENT
        => error "Cannot have two type comments on def" here
invalid_with_item: expression 'as' a=expression &(',' | ')' | ':') => star_target a
invalid_for_target: ASYNC? 'for' a=star_expressions => for_target a
invalid_with_stmt:
    | [ASYNC] 'with' ','.(expression ['as' star_target])+ NEWLINE => error "expected ':'" here
    | [ASYNC] 'with' '(' ','.(expressions ['as' star_target])+ ','? ')' NEWLINE => error "expected ':'" here
invalid_with_stmt_indent:
    | [ASYNC] a='with' ','.(expression ['as' star_target])+ ':' NEWLINE !INDENT
        => indent "expected an indented block after 'with' statement on line {line a}" here
    | [ASYNC] a='with' '(' ','.(expressions ['as' star_target])+ ','? ')' ':' NEWLINE !INDENT
        => indent "expected an indented block after 'with' statement on line {line a}" here
invalid_try_stmt:
    | a='try' ':' NEWLINE !INDENT => indent "expected an indented block after 'try' statement on line {line a}" here
    | 'try' ':' block !('except' | 'finally') => error "expected 'except' or 'finally' block" here
    | 'try' ':' block* except_block+ a='except' b='*' expression ['as' NAME] ':'
        => error "cannot have both 'except' and 'except*' on the same 'try'" at a..b
    | 'try' ':' block* except_star_block+ a='except' [expression ['as' NAME]] ':'
        => error "cannot have both 'except' and 'except*' on the same 'try'" at a
invalid_except_stmt:
    | 'except' '*'? a=expression ',' expressions ['as' NAME] ':'
        => error "multiple exception types must be parenthesized" from a
    | 'except' '*'? expression ['as' NAME] NEWLINE => error "expected ':'" here
    | 'except' NEWLINE => error "expected ':'" here
    | 'except' '*' (NEWLINE | ':') => error "expected one or more exception types" here
invalid_finally_stmt: a='finally' ':' NEWLINE !INDENT
        => indent "expected an indented block after 'finally' statement on line {line a}" here
invalid_except_stmt_indent:
    | a='except' expression ['as' NAME] ':' NEWLINE !INDENT
        => indent "expected an indented block after 'except' statement on line {line a}" here
    | a='except' ':' NEWLINE !INDENT
        => indent "expected an indented block after 'except' statement on line {line a}" here
invalid_except_star_stmt_indent: a='except' '*' expression ['as' NAME] ':' NEWLINE !INDENT
        => indent "expected an indented block after 'except*' statement on line {line a}" here
invalid_match_stmt:
    | "match" subject_expr NEWLINE => error "expected ':'" here
    | a="match" subject_expr ':' NEWLINE !INDENT
        => indent "expected an indented block after 'match' statement on line {line a}" here
invalid_case_block:
    | "case" patterns guard? NEWLINE => error "expected ':'" here
    | a="case" patterns guard? ':' NEWLINE !INDENT
        => indent "expected an indented block after 'case' statement on line {line a}" here
invalid_as_pattern:
    | or_pattern 'as' a="_" => error "cannot use '_' as a target" at a
    | or_pattern 'as' !NAME a=expression => error "invalid pattern target" at a
invalid_class_pattern: name_or_attr '(' [positional_patterns ','] keyword_patterns ',' a=positional_patterns
        => error "positional patterns follow keyword patterns" at a
invalid_if_stmt:
    | 'if' named_expression NEWLINE => error "expected ':'" here
    | a='if' named_expression ':' NEWLINE !INDENT
        => indent "expected an indented block after 'if' statement on line {line a}" here
invalid_elif_stmt:
    | 'elif' named_expression NEWLINE => error "expected ':'" here
    | a='elif' named_expression ':' NEWLINE !INDENT
        => indent "expected an indented block after 'elif' statement on line {line a}" here
invalid_else_stmt: a='else' ':' NEWLINE !INDENT
        => indent "expected an indented block after 'else' statement on line {line a}" here
invalid_while_stmt:
    | 'while' named_expression NEWLINE => error "expected ':'" here
    | a='while' named_expression ':' NEWLINE !INDENT
        => indent "expected an indented block after 'while' statement on line {line a}" here
invalid_for_stmt:
    | [ASYNC] 'for' star_targets 'in' star_expressions NEWLINE => error "expected ':'" here
    | [ASYNC] a='for' star_targets 'in' star_expressions ':' NEWLINE !INDENT
        => indent "expected an indented block after 'for' statement on line {line a}" here
invalid_def_raw: [ASYNC] a='def' NAME '(' [params] ')' ['->' expression] ':' NEWLINE !INDENT
        => indent "expected an indented block after function definition on line {line a}" here
invalid_class_def_raw:
    | 'class' NAME ['(' [arguments] ')'] NEWLINE => error "expected ':'" here
    | a='class' NAME ['(' [arguments] ')'] ':' NEWLINE !INDENT
        => indent "expected an indented block after class definition on line {line a}" here

# ---- mistakes: parameters ----
invalid_parameters:
    | param_no_default* invalid_parameters_helper a=param_no_default
        => error "non-default argument follows default argument" at a
    | param_no_default* a='(' param_no_default+ ','? b=')'
        => error "Function parameters cannot be parenthesized" at a..b
    | a='/' ',' => error "at least one argument must precede /" at a
    | (slash_no_default | slash_with_default) param_maybe_default* a='/' => error "/ may appear only once" at a
    | (slash_no_default | slash_with_default)? param_maybe_default* '*' (','
     | param_no_default) param_maybe_default* a='/'
        => error "/ must be ahead of *" at a
    | param_maybe_default+ '/' a='*' => error "expected comma between / and *" at a
invalid_parameters_helper: slash_with_default | param_with_default+
invalid_default: a='=' &(')' | ',') => error "expected default value expression" at a
invalid_star_etc:
    | a='*' (')' | ',' (')' | '**')) => error "named arguments must follow bare *" at a
    | '*' ',' TYPE_COMMENT => error "bare * has associated type comment" here
    | '*' param a='=' => error "var-positional argument cannot have default value" at a
    | '*' (param_no_default | ',') param_maybe_default* a='*' (param_no_default | ',')
        => error "* argument may appear only once" at a
invalid_kwds:
    | '**' param a='=' => error "var-keyword argument cannot have default value" at a
    | '**' param ',' a=param => error "arguments cannot follow var-keyword argument" at a
    | '**' param ',' a=('*' | '**' | '/') => error "arguments cannot follow var-keyword argument" at a
invalid_lambda_parameters:
    | lambda_param_no_default* invalid_lambda_parameters_helper a=lambda_param_no_default
        => error "non-default argument follows default argument" at a
    | lambda_param_no_default* a='(' ','.lambda_param+ ','? b=')'
        => error "Lambda expression parameters cannot be parenthesized" at a..b
    | a='/' ',' => error "at least one argument must precede /" at a
    | (lambda_slash_no_default | lambda_slash_with_default) lambda_param_maybe_default* a='/'
        => error "/ may appear only once" at a
    | (lambda_slash_no_default | lambda_slash_with_default)? lambda_param_maybe_default* '*' (','
     | lambda_param_no_default)
        lambda_param_maybe_default* a='/' => error "/ must be ahead of *" at a
    | lambda_param_maybe_default+ '/' a='*' => error "expected comma between / and *" at a
invalid_lambda_parameters_helper: lambda_slash_with_default | lambda_param_with_default+
invalid_lambda_star_etc:
    | '*' (':' | ',' (':' | '**')) => error "named arguments must follow bare *" here
    | '*' lambda_param a='=' => error "var-positional argument cannot have default value" at a
    | '*' (lambda_param_no_default | ',') lambda_param_maybe_default* a='*' (lambda_param_no_default | ',')
        => error "* argument may appear only once" at a
invalid_lambda_kwds:
    | '**' lambda_param a='=' => error "var-keyword argument cannot have default value" at a
    | '**' lambda_param ',' a=lambda_param => error "arguments cannot follow var-keyword argument" at a
    | '**' lambda_param ',' a=('*' | '**' | '/') => error "arguments cannot follow var-keyword argument" at a

# ---- mistakes: expressions ----
# (No rule for mistakes is tried below a rule whose name ends in _without_invalid.)
expression_without_invalid: disjunction 'if' disjunction 'else' expression | disjunction | lambdef
invalid_expression:
    | !(NAME STRING | SOFT_KEYWORD) a=disjunction b=expression_without_invalid => missing_comma
    | a=disjunction 'if' b=disjunction !('else' | ':') => error "expected 'else' after 'if' expression" at a..b
invalid_legacy_expression: a=NAME !'(' b=star_expressions => legacy_statement
invalid_named_expression (memo):
    | a=expression ':=' expression => error "cannot use assignment expressions with {name a}" at a
    | a=NAME '=' b=bitwise_or !('=' | ':=')
        => error "invalid syntax. Maybe you meant '==' or ':=' instead of '='?" at a..b
    | !(list | tuple | genexp | 'True' | 'None' | 'False') a=bitwise_or '=' bitwise_or !('=' | ':=')
        => error "cannot assign to {name a} here. Maybe you meant '==' instead of '='?" at a
invalid_group:
    | '(' a=starred_expression ')' => error "cannot use starred expression here" at a
    | '(' a='**' expression ')' => error "cannot use double starred expression here" at a
invalid_comprehension:
    | ('[' | '(' | '{') a=starred_expression for_if_clauses
        => error "iterable unpacking cannot be used in comprehension" at a
    | ('[' | '{') a=star_named_expression ',' b=star_named_expressions for_if_clauses
        => error "did you forget parentheses around the comprehension target?" at a..b
    | ('[' | '{') a=star_named_expression b=',' for_if_clauses
        => error "did you forget parentheses around the comprehension target?" at a..b
invalid_dict_comprehension: '{' a='**' bitwise_or for_if_clauses '}'
        => error "dict unpacking cannot be used in dict comprehension" at a
invalid_double_starred_kvpairs:
    | ','.double_starred_kvpair+ ',' invalid_kvpair
    | expression ':' a='*' bitwise_or => error "cannot use a starred expression in a dictionary value" from a
    | expression a=':' &('}' | ',') => error "expression expected after dictionary key and ':'" at a
invalid_kvpair:
    | a=expression !':' => error "':' expected after dictionary key" behind a
    | expression ':' a='*' bitwise_or => error "cannot use a starred expression in a dictionary value" from a
    | expression a=':' &('}' | ',') => error "expression expected after dictionary key and ':'" at a
invalid_arguments:
    | a=args ',' '*' => error "iterable argument unpacking follows keyword argument unpacking" at a
    | a=expression b=for_if_clauses ',' [args | expression for_if_clauses]
        => error "Generator expression must be parenthesized" at a..b
    | a=NAME b='=' expression for_if_clauses
        => error "invalid syntax. Maybe you meant '==' or ':=' instead of '='?" at a..b
    | a=args b=for_if_clauses => generator_in_call
    | args ',' a=expression b=for_if_clauses => error "Generator expression must be parenthesized" at a..b
    | a=args ',' args => positional_after_keyword
invalid_kwarg:
    | a=('True' | 'False' | 'None') b='=' => error "cannot assign to {text a}" at a..b
    | a=NAME b='=' expression for_if_clauses
        => error "invalid syntax. Maybe you meant '==' or ':=' instead of '='?" at a..b
    | !(NAME '=') a=expression b='=' => error "expression cannot contain assignment, perhaps you meant \"==\"?" at a..b
)peg";

}  // namespace krait::frontend
