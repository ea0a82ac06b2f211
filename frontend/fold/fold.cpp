// The walk over the tree that folds constants: see fold.h. Children first, then the node itself.
#include "frontend/fold/fold.h"

#include "frontend/fold/arithmetic.h"
#include "frontend/session.h"

namespace krait::frontend {

const Constant* docstringOf(Seq<ast::StmtNode*> body) {
  if (body.empty()) return nullptr;
  auto* statement = ast::asIf<ast::Expr>(body[0]);
  auto* text = statement ? ast::asIf<ast::Constant>(statement->value) : nullptr;
  return text && text->value->kind == Constant::Kind::Str ? text->value : nullptr;
}

bool hasStarred(Seq<ast::ExprNode*> elements) {
  for (ast::ExprNode* element : elements)
    if (ast::is<ast::Starred>(element)) return true;
  return false;
}

namespace {

using namespace ast;
using Value = frontend::Constant;

class Folder {
 public:
  explicit Folder(Session& session) : session_(session), arena_(session.arena), debug_(arena_.intern("__debug__")) {}

  void foldBody(Seq<StmtNode*> body);
  void foldStatements(Seq<StmtNode*> body) {
    for (StmtNode* statement : body) fold(statement);
  }
  void fold(ExprNode*& slot);

 private:
  void fold(StmtNode* node);
  void fold(PatternNode* node);
  void foldAll(Seq<ExprNode*> nodes) {
    for (ExprNode*& node : nodes)
      if (node) fold(node);
  }
  void foldOptional(ExprNode*& slot) {
    if (slot) fold(slot);
  }
  template <typename Function>
  void foldFunction(Function* def);
  void foldArguments(Arguments* args);
  void foldAnnotation(Arg* arg);
  void foldKeywords(Seq<Keyword*> keywords) {
    for (Keyword* keyword : keywords) fold(keyword->value);
  }
  void foldItems(Seq<WithItem*> items);
  void foldHandlers(Seq<ExceptHandlerNode*> handlers);
  void foldGenerators(Seq<Comprehension*> generators);
  template <typename Loop>
  void foldLoop(Loop* loop);

  void foldIterable(ExprNode*& slot);
  void foldBinOp(ExprNode*& slot, BinOp* node);
  void foldUnaryOp(ExprNode*& slot, UnaryOp* node);
  void foldCompare(Compare* node);

  const Value* tupleOf(Seq<ExprNode*> elements, Value::Kind kind = Value::Kind::Tuple);
  void replace(ExprNode*& slot, const Value* value);

  Session& session_;
  Arena& arena_;
  const Identifier debug_;
};

const Value* constantOf(ExprNode* node) {
  auto* constant = asIf<ast::Constant>(node);
  return constant ? constant->value : nullptr;
}

// The constant stands where the folded expression stood.
void Folder::replace(ExprNode*& slot, const Value* value) {
  if (!value) return;
  auto* node = make<ast::Constant>(arena_, slot->position);
  node->value = value;
  slot = node;
}

// A tuple (or frozenset) of the elements' values, or null when one of them is not constant.
const Value* Folder::tupleOf(Seq<ExprNode*> elements, Value::Kind kind) {
  for (ExprNode* element : elements)
    if (!is<ast::Constant>(element)) return nullptr;
  SeqBuilder<const Value*> values(arena_);
  for (ExprNode* element : elements) values.push(as<ast::Constant>(element)->value);
  if (kind == Value::Kind::FrozenSet) return makeFrozenSet(arena_, values.finish());
  return arena_.make<Value>(Value::ofItems(kind, values.finish()));
}

// ---- statements ----

void Folder::foldBody(Seq<StmtNode*> body) {
  bool had_docstring = docstringOf(body) != nullptr;
  foldStatements(body);
  if (had_docstring || !docstringOf(body)) return;
  // A string that only folding made is no docstring: hide it in an f-string.
  auto* statement = as<Expr>(body[0]);
  auto* joined = make<JoinedStr>(arena_, statement->value->position);
  joined->values = arena_.seq({statement->value});
  statement->value = joined;
}

template <typename Function>
void Folder::foldFunction(Function* def) {
  foldArguments(def->args);
  foldBody(def->body);
  foldAll(def->decorator_list);
  if (!session_.futureAnnotations()) foldOptional(def->returns);
}

template <typename Loop>
void Folder::foldLoop(Loop* loop) {
  fold(loop->target);
  fold(loop->iter);
  foldStatements(loop->body);
  foldStatements(loop->orelse);
}

void Folder::fold(StmtNode* node) {
  Session::Nesting nesting(session_);
  if (session_.failed()) return;
  switch (node->kind) {
    case StmtKind::FunctionDef: return foldFunction(as<FunctionDef>(node));
    case StmtKind::AsyncFunctionDef: return foldFunction(as<AsyncFunctionDef>(node));
    case StmtKind::ClassDef: {
      auto* def = as<ClassDef>(node);
      foldAll(def->bases);
      foldKeywords(def->keywords);
      foldBody(def->body);
      return foldAll(def->decorator_list);
    }
    case StmtKind::Return: return foldOptional(as<Return>(node)->value);
    case StmtKind::Delete: return foldAll(as<Delete>(node)->targets);
    case StmtKind::Assign:
      foldAll(as<Assign>(node)->targets);
      return fold(as<Assign>(node)->value);
    case StmtKind::AugAssign:
      fold(as<AugAssign>(node)->target);
      return fold(as<AugAssign>(node)->value);
    case StmtKind::AnnAssign:
      fold(as<AnnAssign>(node)->target);
      if (!session_.futureAnnotations()) fold(as<AnnAssign>(node)->annotation);
      return foldOptional(as<AnnAssign>(node)->value);
    case StmtKind::For:
      foldLoop(as<For>(node));
      return foldIterable(as<For>(node)->iter);
    case StmtKind::AsyncFor: return foldLoop(as<AsyncFor>(node));
    case StmtKind::While:
      fold(as<While>(node)->test);
      foldStatements(as<While>(node)->body);
      return foldStatements(as<While>(node)->orelse);
    case StmtKind::If:
      fold(as<If>(node)->test);
      foldStatements(as<If>(node)->body);
      return foldStatements(as<If>(node)->orelse);
    case StmtKind::With:
      foldItems(as<With>(node)->items);
      return foldStatements(as<With>(node)->body);
    case StmtKind::AsyncWith:
      foldItems(as<AsyncWith>(node)->items);
      return foldStatements(as<AsyncWith>(node)->body);
    case StmtKind::Match:
      fold(as<Match>(node)->subject);
      for (MatchCase* one : as<Match>(node)->cases) {
        fold(one->pattern);
        foldOptional(one->guard);
        foldStatements(one->body);
      }
      return;
    case StmtKind::Raise:
      foldOptional(as<Raise>(node)->exc);
      return foldOptional(as<Raise>(node)->cause);
    case StmtKind::Try: {
      auto* attempt = as<Try>(node);
      foldStatements(attempt->body);
      foldHandlers(attempt->handlers);
      foldStatements(attempt->orelse);
      return foldStatements(attempt->finalbody);
    }
    case StmtKind::TryStar: {
      auto* attempt = as<TryStar>(node);
      foldStatements(attempt->body);
      foldHandlers(attempt->handlers);
      foldStatements(attempt->orelse);
      return foldStatements(attempt->finalbody);
    }
    case StmtKind::Assert:
      fold(as<Assert>(node)->test);
      return foldOptional(as<Assert>(node)->msg);
    case StmtKind::Expr: return fold(as<Expr>(node)->value);
    case StmtKind::Import:
    case StmtKind::ImportFrom:
    case StmtKind::Global:
    case StmtKind::Nonlocal:
    case StmtKind::Pass:
    case StmtKind::Break:
    case StmtKind::Continue: return;
  }
}

void Folder::foldAnnotation(Arg* arg) {
  if (arg && !session_.futureAnnotations()) foldOptional(arg->annotation);
}

void Folder::foldArguments(Arguments* args) {
  for (Arg* arg : args->posonlyargs) foldAnnotation(arg);
  for (Arg* arg : args->args) foldAnnotation(arg);
  foldAnnotation(args->vararg);
  for (Arg* arg : args->kwonlyargs) foldAnnotation(arg);
  foldAll(args->kw_defaults);
  foldAnnotation(args->kwarg);
  foldAll(args->defaults);
}

void Folder::foldItems(Seq<WithItem*> items) {
  for (WithItem* item : items) {
    fold(item->context_expr);
    foldOptional(item->optional_vars);
  }
}

void Folder::foldHandlers(Seq<ExceptHandlerNode*> handlers) {
  for (ExceptHandlerNode* node : handlers) {
    foldOptional(as<ExceptHandler>(node)->type);
    foldStatements(as<ExceptHandler>(node)->body);
  }
}

void Folder::foldGenerators(Seq<Comprehension*> generators) {
  for (Comprehension* generator : generators) {
    fold(generator->target);
    fold(generator->iter);
    foldAll(generator->ifs);
    foldIterable(generator->iter);
  }
}

// ---- expressions ----

void Folder::fold(ExprNode*& slot) {
  Session::Nesting nesting(session_);
  if (session_.failed()) return;
  ExprNode* node = slot;
  switch (node->kind) {
    case ExprKind::BoolOp: return foldAll(as<BoolOp>(node)->values);
    case ExprKind::BinOp:
      fold(as<BinOp>(node)->left);
      fold(as<BinOp>(node)->right);
      return foldBinOp(slot, as<BinOp>(node));
    case ExprKind::UnaryOp:
      fold(as<UnaryOp>(node)->operand);
      return foldUnaryOp(slot, as<UnaryOp>(node));
    case ExprKind::Lambda:
      foldArguments(as<Lambda>(node)->args);
      return fold(as<Lambda>(node)->body);
    case ExprKind::IfExp:
      fold(as<IfExp>(node)->test);
      fold(as<IfExp>(node)->body);
      return fold(as<IfExp>(node)->orelse);
    case ExprKind::Dict:
      foldAll(as<Dict>(node)->keys);
      return foldAll(as<Dict>(node)->values);
    case ExprKind::Set: return foldAll(as<Set>(node)->elts);
    case ExprKind::ListComp:
      fold(as<ListComp>(node)->elt);
      return foldGenerators(as<ListComp>(node)->generators);
    case ExprKind::SetComp:
      fold(as<SetComp>(node)->elt);
      return foldGenerators(as<SetComp>(node)->generators);
    case ExprKind::DictComp:
      fold(as<DictComp>(node)->key);
      fold(as<DictComp>(node)->value);
      return foldGenerators(as<DictComp>(node)->generators);
    case ExprKind::GeneratorExp:
      fold(as<GeneratorExp>(node)->elt);
      return foldGenerators(as<GeneratorExp>(node)->generators);
    case ExprKind::Await: return fold(as<Await>(node)->value);
    case ExprKind::Yield: return foldOptional(as<Yield>(node)->value);
    case ExprKind::YieldFrom: return fold(as<YieldFrom>(node)->value);
    case ExprKind::Compare:
      fold(as<Compare>(node)->left);
      foldAll(as<Compare>(node)->comparators);
      return foldCompare(as<Compare>(node));
    case ExprKind::Call:
      fold(as<Call>(node)->func);
      foldAll(as<Call>(node)->args);
      return foldKeywords(as<Call>(node)->keywords);
    case ExprKind::FormattedValue:
      fold(as<FormattedValue>(node)->value);
      return foldOptional(as<FormattedValue>(node)->format_spec);
    case ExprKind::JoinedStr: return foldAll(as<JoinedStr>(node)->values);
    case ExprKind::Attribute: return fold(as<Attribute>(node)->value);
    case ExprKind::Subscript: {
      auto* subscript = as<Subscript>(node);
      fold(subscript->value);
      fold(subscript->slice);
      const Value *value = constantOf(subscript->value), *index = constantOf(subscript->slice);
      if (subscript->ctx == ExprContext::Load && value && index) replace(slot, foldSubscript(arena_, *value, *index));
      return;
    }
    case ExprKind::Starred: return fold(as<Starred>(node)->value);
    case ExprKind::Slice:
      foldOptional(as<Slice>(node)->lower);
      foldOptional(as<Slice>(node)->upper);
      return foldOptional(as<Slice>(node)->step);
    case ExprKind::List: return foldAll(as<List>(node)->elts);
    case ExprKind::Tuple:
      foldAll(as<Tuple>(node)->elts);
      if (as<Tuple>(node)->ctx == ExprContext::Load) replace(slot, tupleOf(as<Tuple>(node)->elts));
      return;
    case ExprKind::Name:
      if (as<Name>(node)->ctx == ExprContext::Load && as<Name>(node)->id == debug_) {
        auto kind = session_.options.optimize == 0 ? Value::Kind::True : Value::Kind::False;
        replace(slot, arena_.make<Value>(Value::singleton(kind)));
      }
      return;
    case ExprKind::NamedExpr: return fold(as<NamedExpr>(node)->value);
    case ExprKind::Constant: return;
  }
}

void Folder::foldBinOp(ExprNode*& slot, BinOp* node) {
  const Value* left = constantOf(node->left);
  if (!left) return;
  if (node->op == Operator::Mod && left->kind == Value::Kind::Str && is<Tuple>(node->right)) {
    Seq<ExprNode*> values = as<Tuple>(node->right)->elts;
    if (hasStarred(values)) return;
    if (ExprNode* joined = foldFormat(arena_, node, left->view(), values)) slot = joined;
    return;
  }
  if (const Value* right = constantOf(node->right)) replace(slot, foldBinary(arena_, node->op, *left, *right));
}

void Folder::foldUnaryOp(ExprNode*& slot, UnaryOp* node) {
  if (const Value* operand = constantOf(node->operand)) return replace(slot, foldUnary(arena_, node->op, *operand));
  auto* compare = asIf<Compare>(node->operand);
  if (node->op != UnaryOperator::Not || !compare || compare->ops.size() != 1) return;
  // Identity and membership have an exact opposite; `not a == b` and `a != b` may differ.
  CompareOperator& op = compare->ops[0];
  switch (op) {
    case CompareOperator::Is: op = CompareOperator::IsNot; break;
    case CompareOperator::IsNot: op = CompareOperator::Is; break;
    case CompareOperator::In: op = CompareOperator::NotIn; break;
    case CompareOperator::NotIn: op = CompareOperator::In; break;
    default: return;
  }
  slot = compare;
}

void Folder::foldCompare(Compare* node) {
  CompareOperator last = node->ops.back();
  if (last == CompareOperator::In || last == CompareOperator::NotIn) foldIterable(node->comparators.back());
}

// What is only iterated over, or searched, need not be mutable: a list becomes a tuple, a constant set a frozenset.
void Folder::foldIterable(ExprNode*& slot) {
  if (auto* list = asIf<List>(slot)) {
    if (hasStarred(list->elts)) return;
    auto* tuple = make<Tuple>(arena_, list->position);
    tuple->elts = list->elts;
    tuple->ctx = list->ctx;
    slot = tuple;
    replace(slot, tupleOf(list->elts));
  } else if (auto* set = asIf<Set>(slot)) {
    replace(slot, tupleOf(set->elts, Value::Kind::FrozenSet));
  }
}

// ---- patterns ----

void Folder::fold(PatternNode* node) {
  Session::Nesting nesting(session_);
  if (session_.failed()) return;
  auto fold_patterns = [this](Seq<PatternNode*> patterns) {
    for (PatternNode* pattern : patterns) fold(pattern);
  };
  switch (node->kind) {
    case PatternKind::MatchValue: return fold(as<MatchValue>(node)->value);
    case PatternKind::MatchSingleton:
    case PatternKind::MatchStar: return;
    case PatternKind::MatchSequence: return fold_patterns(as<MatchSequence>(node)->patterns);
    case PatternKind::MatchMapping:
      foldAll(as<MatchMapping>(node)->keys);
      return fold_patterns(as<MatchMapping>(node)->patterns);
    case PatternKind::MatchClass:
      fold(as<MatchClass>(node)->cls);
      fold_patterns(as<MatchClass>(node)->patterns);
      return fold_patterns(as<MatchClass>(node)->kwd_patterns);
    case PatternKind::MatchAs:
      if (as<MatchAs>(node)->pattern) fold(as<MatchAs>(node)->pattern);
      return;
    case PatternKind::MatchOr: return fold_patterns(as<MatchOr>(node)->patterns);
  }
}

}  // namespace

void foldConstants(Session& session, ModNode* tree) {
  Folder folder(session);
  switch (tree->kind) {
    case ModKind::Module: return folder.foldBody(as<Module>(tree)->body);
    case ModKind::Interactive: return folder.foldStatements(as<Interactive>(tree)->body);
    case ModKind::Expression: return folder.fold(as<Expression>(tree)->body);
    case ModKind::FunctionType: return;
  }
}

}  // namespace krait::frontend
