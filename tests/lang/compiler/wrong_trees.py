"""compile() of trees that a program built wrongly: missing fields, wrong classes, and what the validator refuses."""

import ast
import re

P = dict(lineno=1, col_offset=0)
L, S, D = ast.Load(), ast.Store(), ast.Del()
name, stored = ast.Name("x", L, **P), ast.Name("x", S, **P)
one = ast.Constant(1, **P)
passing = ast.Pass(**P)


def attempt(tree, mode="exec"):
    try:
        compile(tree, "<tree>", mode)
    except Exception as error:
        place = [getattr(error, each, None) for each in ("lineno", "offset", "end_lineno", "end_offset")]
        message = re.sub(" at 0x[0-9a-f]+", "", str(error))
        print(f"{type(error).__name__}: {message} {place if isinstance(error, SyntaxError) else ''}")
    else:
        print("compiles")


def expression(node):
    attempt(ast.Expression(node), "eval")


def statement(node):
    attempt(ast.Module([node], []))


def arguments(**changed):
    fields = dict(posonlyargs=[], args=[], vararg=None, kwonlyargs=[], kw_defaults=[], kwarg=None, defaults=[])
    return ast.arguments(**{**fields, **changed})


# ---- the form ----
for cls in [getattr(ast, each) for each in sorted(dir(ast))]:
    if not (isinstance(cls, type) and issubclass(cls, (ast.stmt, ast.expr, ast.pattern, ast.excepthandler)) and cls._fields):
        continue
    if cls.__module__ != "ast" or cls.__name__ in ("Num", "Str", "Bytes", "NameConstant", "Ellipsis", "Index", "ExtSlice"):
        continue
    # CPython crashes where None stands among names, patterns or handlers.
    hole = [] if cls.__name__ in ("Global", "Nonlocal", "Try", "TryStar", "MatchSequence", "MatchMapping", "MatchClass", "MatchOr") else [None]
    for make in (lambda: cls(), lambda: cls(**P), lambda: cls(*[None] * len(cls._fields), **P), lambda: cls(*[3] * len(cls._fields), **P),
                 lambda: cls(*[[]] * len(cls._fields), **P), lambda: cls(*[hole] * len(cls._fields), **P),
                 lambda: cls(*[one] * len(cls._fields), **P)):
        node = make()
        if isinstance(node, ast.expr):
            expression(node)
        elif isinstance(node, ast.pattern):
            node.end_lineno, node.end_col_offset = 1, 0
            statement(ast.Match(name, [ast.match_case(node, None, [passing])], **P))
        elif isinstance(node, ast.excepthandler):
            statement(ast.Try([passing], [node], [], [], **P))
        else:
            statement(node)
for tree, mode in [(3, "exec"), (None, "exec"), (ast.Load(), "eval"), (ast.Module([], []), "eval"), (ast.Expression(one), "exec"),
                   (ast.Interactive([]), "exec"), (ast.Module(), "exec"), (ast.Module((), []), "exec"), (ast.Module([3], []), "exec"),
                   (ast.Module([None], []), "exec"), (ast.Module([], None), "exec"), (ast.Module([passing], [ast.TypeIgnore(1, "")]), "exec"),
                   (ast.Module([passing], [ast.TypeIgnore(1, 3)]), "exec"), (ast.Expression(), "eval"), (ast.Expression(None), "eval")]:
    attempt(tree, mode)
for field in ("lineno", "col_offset"):
    node = ast.Constant(1, **P)
    delattr(node, field)
    expression(node)
for position in (dict(lineno="a", col_offset=0), dict(lineno=2**40, col_offset=0), dict(lineno=None, col_offset=0), dict(lineno=1.0, col_offset=0),
                 dict(lineno=True, col_offset=0), dict(lineno=5, col_offset=0, end_lineno=3, end_col_offset=0),
                 dict(lineno=-2, col_offset=0, end_lineno=1, end_col_offset=0), dict(lineno=1, col_offset=-3, end_lineno=1, end_col_offset=2),
                 dict(lineno=1, col_offset=9, end_lineno=1, end_col_offset=2), dict(lineno=1, col_offset=0, end_lineno=None, end_col_offset=None)):
    expression(ast.Constant(1, **position))
for value in ([1], {}, {1}, (1, [2]), frozenset([1, (2, 3)]), object, type("T", (int,), {})(3), (1, (2, range(3)))):
    expression(ast.Constant(value, **P))
expression(ast.Constant("x", kind=b"u", **P))
expression(ast.Constant("x", kind=3, **P))
expression(ast.Name(b"x", L, **P))
expression(ast.Name("None", L, **P))
expression(ast.Name("a b", L, **P))
expression(ast.BinOp(one, ast.Add, one, **P))
expression(ast.BinOp(one, ast.And(), one, **P))
expression(ast.Compare(one, [ast.Lt(), None], [one, one], **P))


class Nasty(ast.Name):
    @property
    def id(self):
        raise KeyError("from a property")


expression(Nasty(ctx=L, **P))


class Shrinks(ast.Expr):
    @property
    def value(self):
        module.body.pop()
        return one


module = ast.Module([Shrinks(**P), passing, passing], [])
attempt(module)

# ---- the sense ----
for node in [ast.BoolOp(ast.And(), [], **P), ast.BoolOp(ast.Or(), [one], **P), ast.Dict([one], [], **P), ast.Dict([None], [name], **P),
             ast.Dict([None], [None], **P), ast.Set([None], **P), ast.ListComp(one, [], **P),
             ast.ListComp(one, [ast.comprehension(name, name, [], 0)], **P), ast.ListComp(one, [ast.comprehension(stored, name, [], 0)], **P),
             ast.ListComp(one, [ast.comprehension(stored, name, [None], 0)], **P), ast.GeneratorExp(one, [ast.comprehension(stored, name, [], 1)], **P),
             ast.DictComp(one, one, [ast.comprehension(one, name, [], 0)], **P), ast.Compare(one, [], [], **P),
             ast.Compare(one, [ast.Lt()], [], **P), ast.Compare(one, [], [one], **P), ast.Call(stored, [], [], **P), ast.Call(name, [None], [], **P),
             ast.Call(name, [], [ast.keyword("None", one, **P)], **P), ast.Call(name, [], [ast.keyword("a", stored, **P)], **P),
             ast.Attribute(name, "x", S, **P), ast.Attribute(name, "__debug__", L, **P), ast.Subscript(name, stored, L, **P), ast.Starred(name, L, **P),
             ast.List([stored], S, **P), ast.List([ast.Starred(stored, L, **P)], L, **P), ast.Tuple([ast.Starred(name, L, **P)], L, **P),
             ast.Lambda(arguments(defaults=[one]), one, **P), ast.Lambda(arguments(kw_defaults=[one]), one, **P),
             ast.Lambda(arguments(args=[ast.arg("a", stored, **P)]), one, **P), ast.Lambda(arguments(vararg=ast.arg("None", **P)), one, **P),
             ast.Lambda(arguments(args=[ast.arg("a", **P), ast.arg("a", **P)]), one, **P), ast.Lambda(arguments(args=[ast.arg("True", **P)]), one, **P),
             ast.Lambda(arguments(kwonlyargs=[ast.arg("a", **P)], kw_defaults=[None]), one, **P), ast.Lambda(arguments(args=[None]), one, **P),
             ast.Yield(one, **P), ast.Await(one, **P), ast.YieldFrom(None, **P), ast.JoinedStr([], **P), ast.JoinedStr([None], **P), ast.JoinedStr([name], **P),
             ast.FormattedValue(one, 3, None, **P), ast.FormattedValue(one, 114, None, **P), ast.FormattedValue(one, -1, one, **P),
             ast.FormattedValue(one, -1, stored, **P), ast.Slice(None, None, None, **P), ast.Slice(stored, None, None, **P), ast.IfExp(one, one, stored, **P),
             ast.NamedExpr(stored, one, **P), ast.NamedExpr(name, one, **P), ast.NamedExpr(stored, stored, **P), ast.UnaryOp(ast.Not(), stored, **P)]:
    expression(node)
for node in [ast.Expr(stored, **P), ast.Delete([], **P), ast.Delete([name], **P), ast.Delete([one], **P), ast.Delete([None], **P), ast.Assign([], one, **P),
             ast.Assign([name], one, **P), ast.Assign([one], one, **P), ast.Assign([None], one, **P), ast.Assign([ast.Starred(stored, S, **P)], one, **P),
             ast.AugAssign(name, ast.Add(), one, **P), ast.AugAssign(ast.List([], S, **P), ast.Add(), one, **P), ast.AnnAssign(stored, name, None, 1, **P),
             ast.AnnAssign(ast.Attribute(name, "a", S, **P), name, None, 1, **P), ast.AnnAssign(one, name, None, 0, **P),
             ast.For(stored, one, [], [], **P), ast.For(name, one, [passing], [], **P), ast.For(stored, one, [passing], [None], **P),
             ast.While(one, [], [], **P), ast.If(one, [], [], **P), ast.If(one, [None], [], **P), ast.With([], [passing], **P),
             ast.With([ast.withitem(one, name)], [passing], **P), ast.With([ast.withitem(one, stored)], [], **P), ast.Match(one, [], **P),
             ast.Raise(None, one, **P), ast.Raise(stored, None, **P), ast.Try([], [], [], [], **P), ast.Try([passing], [], [], [], **P),
             ast.Try([passing], [], [passing], [passing], **P), ast.Try([passing], [ast.ExceptHandler(None, None, [], **P)], [], [], **P),
             ast.Try([passing], [ast.ExceptHandler(name, "None", [passing], **P)], [], [], **P),
             ast.TryStar([passing], [], [], [], **P), ast.TryStar([passing], [ast.ExceptHandler(None, None, [passing], **P)], [], [], **P),
             ast.Assert(stored, None, **P), ast.Assert(one, stored, **P), ast.Import([], **P), ast.ImportFrom("a", [], 0, **P),
             ast.ImportFrom("a", [ast.alias("b", **P)], -1, **P), ast.ImportFrom(None, [ast.alias("b", **P)], None, **P), ast.Global([], **P), ast.Nonlocal([], **P),
             ast.Nonlocal(["x"], **P), ast.Return(one, **P), ast.Break(**P), ast.Continue(**P), ast.FunctionDef("f", arguments(), [], [], **P),
             ast.FunctionDef("f", arguments(), [passing], [stored], **P), ast.FunctionDef("f", arguments(), [passing], [], stored, **P),
             ast.FunctionDef("f", arguments(), [ast.Return(one, **P)], [], None, 3, **P), ast.AsyncFunctionDef("f", arguments(), [ast.Expr(ast.YieldFrom(one, **P), **P)], [], **P),
             ast.ClassDef("C", [stored], [], [passing], [], **P), ast.ClassDef("C", [], [], [], [], **P), ast.ClassDef("C", [], [ast.keyword(None, stored, **P)], [passing], [], **P),
             ast.ClassDef("C", [], [], [ast.Return(None, **P)], [], **P)]:
    statement(node)

Q = dict(lineno=1, col_offset=0, end_lineno=1, end_col_offset=0)
wild = ast.MatchAs(None, None, **Q)
for pattern in [ast.MatchValue(name, **Q), ast.MatchValue(ast.Constant(None, **P), **Q), ast.MatchValue(ast.Constant((1,), **P), **Q), ast.MatchValue(one, **Q),
                ast.MatchValue(ast.Attribute(name, "a", L, **P), **Q), ast.MatchValue(ast.UnaryOp(ast.USub(), one, **P), **Q),
                ast.MatchValue(ast.UnaryOp(ast.Not(), one, **P), **Q), ast.MatchValue(ast.BinOp(one, ast.Add(), ast.Constant(2j, **P), **P), **Q),
                ast.MatchValue(ast.BinOp(one, ast.Mult(), ast.Constant(2j, **P), **P), **Q), ast.MatchValue(ast.BinOp(one, ast.Add(), one, **P), **Q),
                ast.MatchValue(ast.JoinedStr([], **P), **Q), ast.MatchSingleton(1, **Q), ast.MatchSingleton(None, **Q), wild,
                ast.MatchSequence([ast.MatchStar(None, **Q), ast.MatchStar("a", **Q)], **Q), ast.MatchStar("a", **Q), ast.MatchSequence([ast.MatchStar("_", **Q)], **Q),
                ast.MatchMapping([one], [], None, **Q), ast.MatchMapping([one, one], [wild, wild], None, **Q), ast.MatchMapping([name], [wild], None, **Q),
                ast.MatchMapping([], [], "_", **Q), ast.MatchMapping([], [], "None", **Q), ast.MatchMapping([ast.Constant(None, **P)], [wild], "r", **Q),
                ast.MatchClass(one, [], [], [], **Q), ast.MatchClass(name, [], ["a"], [], **Q), ast.MatchClass(name, [], ["None"], [wild], **Q),
                ast.MatchClass(name, [ast.MatchStar(None, **Q)], [], [], **Q), ast.MatchClass(stored, [], [], [], **Q), ast.MatchClass(name, [], ["a", "a"], [wild, wild], **Q),
                ast.MatchAs(wild, None, **Q), ast.MatchAs(None, "_", **Q), ast.MatchAs(wild, "a", **Q), ast.MatchOr([], **Q), ast.MatchOr([wild], **Q),
                ast.MatchOr([ast.MatchAs(None, "a", **Q), ast.MatchAs(None, "b", **Q)], **Q)]:
    statement(ast.Match(one, [ast.match_case(pattern, None, [passing])], **P))
statement(ast.Match(one, [ast.match_case(ast.MatchAs(None, None, **P), None, [passing])], **P))
statement(ast.Match(one, [ast.match_case(wild, stored, [passing])], **P))
statement(ast.Match(one, [ast.match_case(wild, None, [])], **P))

# ---- nesting ----
for depth in (50, 900, 1100, 100000):
    node = name
    for i in range(depth):
        node = ast.UnaryOp(ast.Not(), node, **P)
    expression(node)
value = ()
for i in range(5000):
    value = (value,)
expression(ast.Constant(value, **P))
cycle = ast.List([], L, **P)
cycle.elts.append(cycle)
expression(cycle)
try:
    ast.parse("-" * 3000 + "1")
except RecursionError as error:
    print(error)
