// Expressions: the dispatch, attributes, subscripts, and what suspends the function.
#include "frontend/codegen/generator.h"

namespace krait::frontend {

using namespace ast;

void CodeGenerator::visit(ExprNode* node) {
  Session::Nesting nesting(session_);
  if (session_.failed()) return;
  Location outer = location();
  setLocation(node->position);
  visitHere(node);
  setLocation(outer);
}

void CodeGenerator::visitHere(ExprNode* node) {
  switch (node->kind) {
    case ExprKind::NamedExpr:
      visit(as<NamedExpr>(node)->value);
      emit(Op::COPY, 1);
      return visit(as<NamedExpr>(node)->target);
    case ExprKind::BoolOp: return visitBoolOp(as<BoolOp>(node));
    case ExprKind::BinOp:
      visit(as<BinOp>(node)->left);
      visit(as<BinOp>(node)->right);
      return emitBinary(as<BinOp>(node)->op);
    case ExprKind::UnaryOp: {
      static constexpr Op kOps[] = {Op::UNARY_INVERT, Op::UNARY_NOT, Op::UNARY_POSITIVE, Op::UNARY_NEGATIVE};
      visit(as<UnaryOp>(node)->operand);
      return emit(kOps[static_cast<size_t>(as<UnaryOp>(node)->op)]);
    }
    case ExprKind::Lambda: return visitLambda(as<Lambda>(node));
    case ExprKind::IfExp: return visitIfExp(as<IfExp>(node));
    case ExprKind::Dict: return visitDict(as<Dict>(node));
    case ExprKind::Set: return buildDisplay(as<Set>(node)->elts, 0, Display::Set);
    case ExprKind::ListComp:
      return visitComprehension(node, names_.listcomp, as<ListComp>(node)->generators, as<ListComp>(node)->elt, nullptr);
    case ExprKind::SetComp:
      return visitComprehension(node, names_.setcomp, as<SetComp>(node)->generators, as<SetComp>(node)->elt, nullptr);
    case ExprKind::DictComp:
      return visitComprehension(node, names_.dictcomp, as<DictComp>(node)->generators, as<DictComp>(node)->key,
                                as<DictComp>(node)->value);
    case ExprKind::GeneratorExp:
      return visitComprehension(node, names_.genexpr, as<GeneratorExp>(node)->generators, as<GeneratorExp>(node)->elt,
                                nullptr);
    case ExprKind::Await: return visitAwait(as<Await>(node));
    case ExprKind::Yield: return visitYield(as<Yield>(node));
    case ExprKind::YieldFrom: return visitYieldFrom(as<YieldFrom>(node));
    case ExprKind::Compare: return visitCompare(as<Compare>(node));
    case ExprKind::Call: return visitCall(as<Call>(node));
    case ExprKind::FormattedValue: return visitFormattedValue(as<FormattedValue>(node));
    case ExprKind::JoinedStr: return visitJoinedStr(as<JoinedStr>(node));
    case ExprKind::Constant: return loadConst(as<ast::Constant>(node)->value);
    case ExprKind::Attribute: return visitAttribute(as<Attribute>(node));
    case ExprKind::Subscript: return visitSubscript(as<Subscript>(node));
    case ExprKind::Starred:
      return error(as<Starred>(node)->ctx == ExprContext::Store
                       ? "starred assignment target must be in a list or tuple"
                       : "can't use starred expression here");
    case ExprKind::Name: return accessName(as<Name>(node)->id, as<Name>(node)->ctx);
    case ExprKind::List:
      switch (as<List>(node)->ctx) {
        case ExprContext::Load: return buildDisplay(as<List>(node)->elts, 0, Display::List);
        case ExprContext::Store: return unpackTargets(as<List>(node)->elts);
        case ExprContext::Del: return visitAll(as<List>(node)->elts);
      }
      return;
    case ExprKind::Tuple:
      switch (as<Tuple>(node)->ctx) {
        case ExprContext::Load: return buildDisplay(as<Tuple>(node)->elts, 0, Display::Tuple);
        case ExprContext::Store: return unpackTargets(as<Tuple>(node)->elts);
        case ExprContext::Del: return visitAll(as<Tuple>(node)->elts);
      }
      return;
    case ExprKind::Slice: return visitSlice(as<Slice>(node));
  }
}

void CodeGenerator::visitAttribute(Attribute* node) {
  visit(node->value);
  pointAtAttribute(node);
  switch (node->ctx) {
    case ExprContext::Load: return emitName(Op::LOAD_ATTR, node->attr);
    case ExprContext::Store:
      if (forbiddenName(node->attr, ExprContext::Store)) return;
      return emitName(Op::STORE_ATTR, node->attr);
    case ExprContext::Del: return emitName(Op::DELETE_ATTR, node->attr);
  }
}

void CodeGenerator::visitSubscript(Subscript* node) {
  if (node->ctx == ExprContext::Load) {
    checkSubscripted(node->value);
    checkIndex(node->value, node->slice);
  }
  visit(node->value);
  visit(node->slice);
  switch (node->ctx) {
    case ExprContext::Load: return emit(Op::BINARY_SUBSCR);
    case ExprContext::Store: return emit(Op::STORE_SUBSCR);
    case ExprContext::Del: return emit(Op::DELETE_SUBSCR);
  }
}

void CodeGenerator::visitSlice(Slice* node) {
  for (ExprNode* bound : {node->lower, node->upper}) bound ? visit(bound) : loadNone();
  if (node->step) visit(node->step);
  emit(Op::BUILD_SLICE, node->step ? 3 : 2);
}

void CodeGenerator::visitYield(Yield* node) {
  if (!scope().isFunction()) return error("'yield' outside function");
  node->value ? visit(node->value) : loadNone();
  emitYield();
}

void CodeGenerator::visitYieldFrom(YieldFrom* node) {
  if (!scope().isFunction()) return error("'yield' outside function");
  if (unit().kind == UnitKind::AsyncFunction) return error("'yield from' inside async function");
  visit(node->value);
  emit(Op::GET_YIELD_FROM_ITER);
  loadNone();
  emitYieldFrom(false);
}

void CodeGenerator::visitAwait(Await* node) {
  if (!topLevelAwait()) {
    if (!scope().isFunction()) return error("'await' outside function");
    if (unit().kind != UnitKind::AsyncFunction && unit().kind != UnitKind::Comprehension)
      return error("'await' outside async function");
  }
  visit(node->value);
  emit(Op::GET_AWAITABLE, 0);
  loadNone();
  emitYieldFrom(true);
}

}  // namespace krait::frontend
