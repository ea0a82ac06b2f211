// The checks behind validate.h, in CPython's order: which of two faults is reported can be seen from Python.
//
// Contexts and positions are checked on the way down, so every expression is asked for the context it is used in. Rules
// return whether the part is good; the message is in the session.
#include "frontend/ast/validate.h"

#include <initializer_list>

#include "frontend/session.h"

namespace krait::frontend {

namespace {

using namespace ast;
using Kind = frontend::Constant::Kind;

const char* contextName(ExprContext context) {
  switch (context) {
    case ExprContext::Load: return "Load";
    case ExprContext::Store: return "Store";
    case ExprContext::Del: return "Del";
  }
  __builtin_unreachable();
}

bool isNumber(const ExprNode* node, bool real, bool imaginary) {
  const auto* constant = asIf<ast::Constant>(node);
  if (!constant) return false;
  switch (constant->value->kind) {
    case Kind::Int:
    case Kind::BigInt:
    case Kind::Float: return real;
    case Kind::Complex: return imaginary;
    default: return false;
  }
}
bool isNegatedNumber(const ExprNode* node, bool real, bool imaginary) {
  const auto* negation = asIf<UnaryOp>(node);
  return negation && negation->op == UnaryOperator::USub && isNumber(negation->operand, real, imaginary);
}
bool isComplexSum(const ExprNode* node) {
  const auto* sum = asIf<BinOp>(node);
  if (!sum || (sum->op != Operator::Add && sum->op != Operator::Sub)) return false;
  return (isNumber(sum->left, true, false) || isNegatedNumber(sum->left, true, false)) && isNumber(sum->right, false, true);
}

class Validator {
 public:
  explicit Validator(Session& session) : session_(session) {}

  void module(const ModNode* tree) {
    switch (tree->kind) {
      case ModKind::Module: statements(as<Module>(tree)->body); break;
      case ModKind::Interactive: statements(as<Interactive>(tree)->body); break;
      case ModKind::Expression: expression(as<Expression>(tree)->body); break;
      case ModKind::FunctionType: session_.fail(Diagnostic::Kind::SystemError, "impossible module node"); break;
    }
  }

 private:
  using enum ExprContext;

  Session& session_;

  bool wrong(std::string message) {
    session_.fail(Diagnostic::Kind::ValueError, std::move(message));
    return false;
  }

  bool positions(const Position& p) {
    auto range = [](int32_t first, int32_t last) { return "(" + std::to_string(first) + ", " + std::to_string(last) + ")"; };
    if (p.lineno > p.end_lineno) return wrong("AST node line range " + range(p.lineno, p.end_lineno) + " is not valid");
    if ((p.lineno < 0 && p.end_lineno != p.lineno) || (p.col_offset < 0 && p.col_offset != p.end_col_offset)) {
      return wrong("AST node column range " + range(p.col_offset, p.end_col_offset) + " for line range " +
                   range(p.lineno, p.end_lineno) + " is not valid");
    }
    if (p.lineno == p.end_lineno && p.col_offset > p.end_col_offset) {
      return wrong("line " + std::to_string(p.lineno) + ", column " + std::to_string(p.col_offset) + "-" +
                   std::to_string(p.end_col_offset) + " is not a valid range");
    }
    return true;
  }

  template <typename T>
  bool notEmpty(Seq<T> items, const char* what, const char* owner) {
    return !items.empty() || wrong(std::string("empty ") + what + " on " + owner);
  }

  // ---- names and constants ----

  bool name(Identifier identifier) {
    for (const char* reserved : {"None", "True", "False"}) {
      if (identifier == reserved) return wrong(std::string("identifier field can't represent '") + reserved + "' constant");
    }
    return true;
  }
  bool capture(Identifier identifier) {
    if (identifier == "_") return wrong("can't capture name '_' in patterns");
    return name(identifier);
  }
  bool names(Seq<Identifier> identifiers) {
    for (Identifier each : identifiers) {
      if (!each) return wrong("None disallowed in identifier list");
    }
    return true;
  }

  bool constant(const frontend::Constant& value) {
    if (value.kind == Kind::Foreign) {
      session_.fail(Diagnostic::Kind::TypeError, "got an invalid type in Constant: " + std::string(value.view()));
      return false;
    }
    if (value.kind != Kind::Tuple && value.kind != Kind::FrozenSet) return true;
    Session::Nesting nesting(session_);
    if (session_.failed()) return false;
    for (const frontend::Constant* item : value.elements()) {
      if (!constant(*item)) return false;
    }
    return true;
  }

  // ---- expressions ----

  bool optional(const ExprNode* node) { return !node || expression(node); }

  enum class Nulls : bool { Refused, Allowed };
  bool expressions(Seq<ExprNode*> nodes, ExprContext context = Load, Nulls nulls = Nulls::Refused) {
    for (const ExprNode* node : nodes) {
      if (node ? !expression(node, context) : nulls == Nulls::Refused && !wrong("None disallowed in expression list")) return false;
    }
    return true;
  }

  bool comprehensions(Seq<Comprehension*> generators) {
    if (generators.empty()) return wrong("comprehension with no generators");
    for (const Comprehension* each : generators) {
      if (!expression(each->target, Store) || !expression(each->iter) || !expressions(each->ifs)) return false;
    }
    return true;
  }
  bool keywords(Seq<Keyword*> all) {
    for (const Keyword* each : all) {
      if (!expression(each->value)) return false;
    }
    return true;
  }
  bool parameters(Seq<Arg*> args) {
    for (const Arg* arg : args) {
      if (!positions(arg->position) || !optional(arg->annotation)) return false;
    }
    return true;
  }
  bool arguments(const Arguments& args) {
    if (!parameters(args.posonlyargs) || !parameters(args.args) || (args.vararg && !optional(args.vararg->annotation)) ||
        !parameters(args.kwonlyargs) || (args.kwarg && !optional(args.kwarg->annotation))) {
      return false;
    }
    if (args.defaults.size() > args.posonlyargs.size() + args.args.size()) {
      return wrong("more positional defaults than args on arguments");
    }
    if (args.kw_defaults.size() != args.kwonlyargs.size()) {
      return wrong("length of kwonlyargs is not the same as kw_defaults on arguments");
    }
    return expressions(args.defaults) && expressions(args.kw_defaults, Load, Nulls::Allowed);
  }

  bool contextIs(ExprContext actual, ExprContext wanted) {
    if (actual == wanted) return true;
    return wrong(std::string("expression must have ") + contextName(wanted) + " context but has " + contextName(actual) + " instead");
  }
  ExprContext ownContext(const ExprNode* node) {
    switch (node->kind) {
      case ExprKind::Attribute: return as<Attribute>(node)->ctx;
      case ExprKind::Subscript: return as<Subscript>(node)->ctx;
      case ExprKind::Starred: return as<Starred>(node)->ctx;
      case ExprKind::List: return as<List>(node)->ctx;
      case ExprKind::Tuple: return as<ast::Tuple>(node)->ctx;
      default: return Load;
    }
  }
  bool usableIn(const ExprNode* node, ExprContext context) {
    switch (node->kind) {
      case ExprKind::Attribute: return contextIs(as<Attribute>(node)->ctx, context);
      case ExprKind::Subscript: return contextIs(as<Subscript>(node)->ctx, context);
      case ExprKind::Starred: return contextIs(as<Starred>(node)->ctx, context);
      case ExprKind::Name: return name(as<Name>(node)->id) && contextIs(as<Name>(node)->ctx, context);
      case ExprKind::List: return contextIs(as<List>(node)->ctx, context);
      case ExprKind::Tuple: return contextIs(as<ast::Tuple>(node)->ctx, context);
      default:
        return context == Load || wrong(std::string("expression which can't be assigned to in ") + contextName(context) + " context");
    }
  }

  bool expression(const ExprNode* node, ExprContext context = Load) {
    if (!positions(node->position)) return false;
    Session::Nesting nesting(session_);
    return !session_.failed() && usableIn(node, context) && parts(node, context);
  }

  bool parts(const ExprNode* node, ExprContext context) {
    switch (node->kind) {
      case ExprKind::BoolOp:
        if (as<BoolOp>(node)->values.size() < 2) return wrong("BoolOp with less than 2 values");
        return expressions(as<BoolOp>(node)->values);
      case ExprKind::NamedExpr: return namedExpression(*as<NamedExpr>(node));
      case ExprKind::BinOp: return expression(as<BinOp>(node)->left) && expression(as<BinOp>(node)->right);
      case ExprKind::UnaryOp: return expression(as<UnaryOp>(node)->operand);
      case ExprKind::Lambda: return arguments(*as<Lambda>(node)->args) && expression(as<Lambda>(node)->body);
      case ExprKind::IfExp:
        return expression(as<IfExp>(node)->test) && expression(as<IfExp>(node)->body) && expression(as<IfExp>(node)->orelse);
      case ExprKind::Dict: return dictionary(*as<Dict>(node));
      case ExprKind::Set: return expressions(as<Set>(node)->elts);
      case ExprKind::ListComp: return comprehensions(as<ListComp>(node)->generators) && expression(as<ListComp>(node)->elt);
      case ExprKind::SetComp: return comprehensions(as<SetComp>(node)->generators) && expression(as<SetComp>(node)->elt);
      case ExprKind::GeneratorExp:
        return comprehensions(as<GeneratorExp>(node)->generators) && expression(as<GeneratorExp>(node)->elt);
      case ExprKind::DictComp:
        return comprehensions(as<DictComp>(node)->generators) && expression(as<DictComp>(node)->key) &&
               expression(as<DictComp>(node)->value);
      case ExprKind::Await: return expression(as<Await>(node)->value);
      case ExprKind::Yield: return optional(as<Yield>(node)->value);
      case ExprKind::YieldFrom: return expression(as<YieldFrom>(node)->value);
      case ExprKind::Compare: return comparison(*as<Compare>(node));
      case ExprKind::Call:
        return expression(as<Call>(node)->func) && expressions(as<Call>(node)->args) && keywords(as<Call>(node)->keywords);
      case ExprKind::FormattedValue:
        return expression(as<FormattedValue>(node)->value) && optional(as<FormattedValue>(node)->format_spec);
      case ExprKind::JoinedStr: return expressions(as<JoinedStr>(node)->values);
      case ExprKind::Constant: return constant(*as<ast::Constant>(node)->value);
      case ExprKind::Attribute: return expression(as<Attribute>(node)->value);
      case ExprKind::Subscript: return expression(as<Subscript>(node)->slice) && expression(as<Subscript>(node)->value);
      case ExprKind::Starred: return expression(as<Starred>(node)->value, context);
      case ExprKind::Name: return true;
      case ExprKind::List: return expressions(as<List>(node)->elts, context);
      case ExprKind::Tuple: return expressions(as<ast::Tuple>(node)->elts, context);
      case ExprKind::Slice:
        return optional(as<Slice>(node)->lower) && optional(as<Slice>(node)->upper) && optional(as<Slice>(node)->step);
    }
    __builtin_unreachable();
  }
  // CPython does not look at the target. A name is therefore taken in any context; other targets must at least be whole.
  bool namedExpression(const NamedExpr& node) {
    return expression(node.value) && (is<Name>(node.target) || expression(node.target, ownContext(node.target)));
  }
  bool dictionary(const Dict& node) {
    if (node.keys.size() != node.values.size()) return wrong("Dict doesn't have the same number of keys as values");
    return expressions(node.keys, Load, Nulls::Allowed) && expressions(node.values);
  }
  bool comparison(const Compare& node) {
    if (node.comparators.empty()) return wrong("Compare with no comparators");
    if (node.comparators.size() != node.ops.size()) {
      return wrong("Compare has a different number of comparators and operands");
    }
    return expressions(node.comparators) && expression(node.left);
  }

  // ---- patterns ----

  bool matchedValue(const ExprNode* node) {
    if (!expression(node)) return false;
    switch (node->kind) {
      case ExprKind::Constant:
        switch (as<ast::Constant>(node)->value->kind) {
          case Kind::Int:
          case Kind::BigInt:
          case Kind::Float:
          case Kind::Complex:
          case Kind::Str:
          case Kind::Bytes: return true;
          default: return wrong("unexpected constant inside of a literal pattern");
        }
      case ExprKind::Attribute:
      case ExprKind::JoinedStr: return true;  // refused by the code generator, with a place
      default:
        if (isNegatedNumber(node, true, true) || isComplexSum(node)) return true;
        return wrong("patterns may only match literals and attribute lookups");
    }
  }
  bool singleton(const frontend::Constant& value) {
    if (value.kind == Kind::None || value.kind == Kind::True || value.kind == Kind::False) return true;
    return wrong("MatchSingleton can only contain True, False and None");
  }
  bool mapping(const MatchMapping& node) {
    if (node.keys.size() != node.patterns.size()) {
      return wrong("MatchMapping doesn't have the same number of keys as patterns");
    }
    if (node.rest && !capture(node.rest)) return false;
    for (const ExprNode* key : node.keys) {
      if (!key) return wrong("None disallowed in expression list");
      const auto* literal = asIf<ast::Constant>(key);
      Kind kind = literal ? literal->value->kind : Kind::Int;
      if (kind == Kind::None || kind == Kind::True || kind == Kind::False) continue;
      if (!matchedValue(key)) return false;
    }
    return patterns(node.patterns, false);
  }
  bool classPattern(const MatchClass& node) {
    if (node.kwd_attrs.size() != node.kwd_patterns.size()) {
      return wrong("MatchClass doesn't have the same number of keyword attributes as patterns");
    }
    if (!expression(node.cls)) return false;
    const ExprNode* cls = node.cls;
    while (const auto* attribute = asIf<Attribute>(cls)) cls = attribute->value;
    if (!is<Name>(cls)) return wrong("MatchClass cls field can only contain Name or Attribute nodes.");
    if (!names(node.kwd_attrs)) return false;
    for (Identifier each : node.kwd_attrs) {
      if (!name(each)) return false;
    }
    return patterns(node.patterns, false) && patterns(node.kwd_patterns, false);
  }
  bool asPattern(const MatchAs& node) {
    if (node.name && !capture(node.name)) return false;
    if (!node.pattern) return true;
    if (!node.name) return wrong("MatchAs must specify a target name if a pattern is given");
    return pattern(node.pattern, false);
  }
  bool patterns(Seq<PatternNode*> nodes, bool star_ok) {
    for (const PatternNode* node : nodes) {
      if (!node) return wrong("None disallowed in pattern list");
      if (!pattern(node, star_ok)) return false;
    }
    return true;
  }
  bool pattern(const PatternNode* node, bool star_ok) {
    if (!positions(node->position)) return false;
    Session::Nesting nesting(session_);
    if (session_.failed()) return false;
    switch (node->kind) {
      case PatternKind::MatchValue: return matchedValue(as<MatchValue>(node)->value);
      case PatternKind::MatchSingleton: return singleton(*as<MatchSingleton>(node)->value);
      case PatternKind::MatchSequence: return patterns(as<MatchSequence>(node)->patterns, true);
      case PatternKind::MatchMapping: return mapping(*as<MatchMapping>(node));
      case PatternKind::MatchClass: return classPattern(*as<MatchClass>(node));
      case PatternKind::MatchStar:
        if (!star_ok) return wrong("can't use MatchStar here");
        return !as<MatchStar>(node)->name || capture(as<MatchStar>(node)->name);
      case PatternKind::MatchAs: return asPattern(*as<MatchAs>(node));
      case PatternKind::MatchOr:
        if (as<MatchOr>(node)->patterns.size() < 2) return wrong("MatchOr requires at least 2 patterns");
        return patterns(as<MatchOr>(node)->patterns, false);
    }
    __builtin_unreachable();
  }

  // ---- statements ----

  bool statements(Seq<StmtNode*> nodes) {
    for (const StmtNode* node : nodes) {
      if (!node) return wrong("None disallowed in statement list");
      if (!statement(node)) return false;
    }
    return true;
  }
  bool body(Seq<StmtNode*> nodes, const char* owner) { return notEmpty(nodes, "body", owner) && statements(nodes); }
  bool targets(Seq<ExprNode*> nodes, ExprContext context, const char* owner) {
    return notEmpty(nodes, "targets", owner) && expressions(nodes, context);
  }

  template <typename T>
  bool function(const T& node, const char* owner) {
    return body(node.body, owner) && arguments(*node.args) && expressions(node.decorator_list) && optional(node.returns);
  }
  template <typename T>
  bool forLoop(const T& node, const char* owner) {
    return expression(node.target, Store) && expression(node.iter) && body(node.body, owner) && statements(node.orelse);
  }
  template <typename T>
  bool with(const T& node, const char* owner) {
    if (!notEmpty(node.items, "items", owner)) return false;
    for (const WithItem* item : node.items) {
      if (!expression(item->context_expr) || (item->optional_vars && !expression(item->optional_vars, Store))) return false;
    }
    return body(node.body, owner);
  }
  template <typename T>
  bool tryStatement(const T& node, const char* owner) {
    if (!body(node.body, owner)) return false;
    if (node.handlers.empty() && node.finalbody.empty()) return wrong(std::string(owner) + " has neither except handlers nor finalbody");
    if (node.handlers.empty() && !node.orelse.empty()) return wrong(std::string(owner) + " has orelse but no except handlers");
    for (const ExceptHandlerNode* each : node.handlers) {
      if (!each) return wrong("None disallowed in except handler list");
      const auto* handler = as<ExceptHandler>(each);
      if (!positions(handler->position) || !optional(handler->type) || !body(handler->body, "ExceptHandler")) return false;
    }
    return statements(node.finalbody) && statements(node.orelse);
  }
  bool match(const Match& node) {
    if (!expression(node.subject) || !notEmpty(node.cases, "cases", "Match")) return false;
    for (const MatchCase* each : node.cases) {
      if (!pattern(each->pattern, false) || !optional(each->guard) || !body(each->body, "match_case")) return false;
    }
    return true;
  }
  bool annotated(const AnnAssign& node) {
    if (node.simple && !is<Name>(node.target)) {
      session_.fail(Diagnostic::Kind::TypeError, "AnnAssign with simple non-Name target");
      return false;
    }
    return expression(node.target, Store) && optional(node.value) && expression(node.annotation);
  }
  bool raise(const Raise& node) {
    if (!node.exc) return !node.cause || wrong("Raise with cause but no exception");
    return expression(node.exc) && optional(node.cause);
  }

  bool statement(const StmtNode* node) {
    if (!positions(node->position)) return false;
    Session::Nesting nesting(session_);
    if (session_.failed()) return false;
    switch (node->kind) {
      case StmtKind::FunctionDef: return function(*as<FunctionDef>(node), "FunctionDef");
      case StmtKind::AsyncFunctionDef: return function(*as<AsyncFunctionDef>(node), "AsyncFunctionDef");
      case StmtKind::ClassDef: {
        const auto* cls = as<ClassDef>(node);
        return body(cls->body, "ClassDef") && expressions(cls->bases) && keywords(cls->keywords) && expressions(cls->decorator_list);
      }
      case StmtKind::Return: return optional(as<Return>(node)->value);
      case StmtKind::Delete: return targets(as<Delete>(node)->targets, Del, "Delete");
      case StmtKind::Assign: return targets(as<Assign>(node)->targets, Store, "Assign") && expression(as<Assign>(node)->value);
      case StmtKind::AugAssign: return expression(as<AugAssign>(node)->target, Store) && expression(as<AugAssign>(node)->value);
      case StmtKind::AnnAssign: return annotated(*as<AnnAssign>(node));
      case StmtKind::For: return forLoop(*as<For>(node), "For");
      case StmtKind::AsyncFor: return forLoop(*as<AsyncFor>(node), "AsyncFor");
      case StmtKind::While:
        return expression(as<While>(node)->test) && body(as<While>(node)->body, "While") && statements(as<While>(node)->orelse);
      case StmtKind::If: return expression(as<If>(node)->test) && body(as<If>(node)->body, "If") && statements(as<If>(node)->orelse);
      case StmtKind::With: return with(*as<With>(node), "With");
      case StmtKind::AsyncWith: return with(*as<AsyncWith>(node), "AsyncWith");
      case StmtKind::Match: return match(*as<Match>(node));
      case StmtKind::Raise: return raise(*as<Raise>(node));
      case StmtKind::Try: return tryStatement(*as<Try>(node), "Try");
      case StmtKind::TryStar: return tryStatement(*as<TryStar>(node), "TryStar");
      case StmtKind::Assert: return expression(as<Assert>(node)->test) && optional(as<Assert>(node)->msg);
      case StmtKind::Import: return notEmpty(as<Import>(node)->names, "names", "Import");
      case StmtKind::ImportFrom:
        if (as<ImportFrom>(node)->level < 0) return wrong("Negative ImportFrom level");
        return notEmpty(as<ImportFrom>(node)->names, "names", "ImportFrom");
      case StmtKind::Global: return notEmpty(as<Global>(node)->names, "names", "Global") && names(as<Global>(node)->names);
      case StmtKind::Nonlocal: return notEmpty(as<Nonlocal>(node)->names, "names", "Nonlocal") && names(as<Nonlocal>(node)->names);
      case StmtKind::Expr: return expression(as<Expr>(node)->value);
      case StmtKind::Pass:
      case StmtKind::Break:
      case StmtKind::Continue: return true;
    }
    __builtin_unreachable();
  }
};

}  // namespace

Diagnostic validateTree(ModNode* tree, Arena& arena, const CompileOptions& options) {
  Session session(arena, options);
  Validator(session).module(tree);
  return std::move(session.error);
}

}  // namespace krait::frontend
