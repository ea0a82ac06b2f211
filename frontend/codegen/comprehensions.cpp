// Comprehensions and generator expressions: a function of one argument, the outermost iterator.
#include "frontend/codegen/generator.h"

namespace krait::frontend {

using namespace ast;

void CodeGenerator::visitComprehension(ExprNode* node, Identifier name, Seq<Comprehension*> generators, ExprNode* element,
                                       ExprNode* value) {
  bool top_level_await = topLevelAwait();
  UnitKind outer_kind = unit().kind;
  bool is_generator = is<GeneratorExp>(node);
  enterUnit(UnitKind::Comprehension, name, node, node->position.lineno);
  setLocation(node->position);
  bool is_async = scope().coroutine;
  if (is_async && !is_generator && outer_kind != UnitKind::AsyncFunction && outer_kind != UnitKind::Comprehension &&
      !top_level_await)
    error("asynchronous comprehension outside of an asynchronous function");
  switch (node->kind) {
    case ExprKind::ListComp: emit(Op::BUILD_LIST, 0); break;
    case ExprKind::SetComp: emit(Op::BUILD_SET, 0); break;
    case ExprKind::DictComp: emit(Op::BUILD_MAP, 0); break;
    default: break;
  }
  unit().argument_count = 1;
  visitGenerators(generators, 0, 0, element, value);
  if (!is_generator) emit(Op::RETURN_VALUE);
  const Code* code = leaveUnit();
  if (top_level_await && is_async) scope().coroutine = true;

  makeClosure(code, 0);
  visit(generators[0]->iter);
  emit(generators[0]->is_async ? Op::GET_AITER : Op::GET_ITER);
  emitCall(0);
  if (is_async && !is_generator) {
    emit(Op::GET_AWAITABLE, 0);
    loadNone();
    emitYieldFrom(true);
  }
}

void CodeGenerator::visitGenerators(Seq<Comprehension*> generators, size_t index, int32_t depth, ExprNode* element,
                                    ExprNode* value) {
  if (generators[index]->is_async)
    visitAsyncGenerator(generators, index, depth, element, value);
  else
    visitSyncGenerator(generators, index, depth, element, value);
}

void CodeGenerator::visitSyncGenerator(Seq<Comprehension*> generators, size_t index, int32_t depth, ExprNode* element,
                                       ExprNode* value) {
  Block *start = newBlock(), *if_cleanup = newBlock(), *anchor = newBlock();
  Comprehension* generator = generators[index];
  if (index == 0) {
    emit(Op::LOAD_FAST, 0);
  } else {
    // `for y in [f(x)]` is an assignment in disguise, and needs no loop.
    Exprs elements;
    if (auto* list = asIf<List>(generator->iter)) elements = list->elts;
    if (auto* tuple = asIf<Tuple>(generator->iter)) elements = tuple->elts;
    if (elements.size() == 1 && !is<Starred>(elements[0])) {
      visit(elements[0]);
      start = nullptr;
    } else {
      visit(generator->iter);
      emit(Op::GET_ITER);
    }
  }
  if (start) {
    ++depth;
    place(start);
    emitJump(Op::FOR_ITER, anchor);
  }
  visit(generator->target);
  for (ExprNode* test : generator->ifs) jumpIf(test, if_cleanup, false);
  if (index + 1 < generators.size())
    visitGenerators(generators, index + 1, depth, element, value);
  else
    addElement(depth, element, value);
  place(if_cleanup);
  if (start) {
    emitJump(Op::JUMP, start);
    place(anchor);
  }
}

void CodeGenerator::visitAsyncGenerator(Seq<Comprehension*> generators, size_t index, int32_t depth, ExprNode* element,
                                        ExprNode* value) {
  Block *start = newBlock(), *except = newBlock(), *if_cleanup = newBlock();
  Comprehension* generator = generators[index];
  if (index == 0) {
    emit(Op::LOAD_FAST, 0);
  } else {
    visit(generator->iter);
    emit(Op::GET_AITER);
  }
  place(start);
  push({.kind = FrameBlock::Kind::AsyncComprehensionGenerator, .block = start});
  emitJump(Op::SETUP_FINALLY, except);
  emit(Op::GET_ANEXT);
  loadNone();
  emitYieldFrom(true);
  emit(Op::POP_BLOCK);
  visit(generator->target);
  for (ExprNode* test : generator->ifs) jumpIf(test, if_cleanup, false);
  ++depth;
  if (index + 1 < generators.size())
    visitGenerators(generators, index + 1, depth, element, value);
  else
    addElement(depth, element, value);
  place(if_cleanup);
  emitJump(Op::JUMP, start);
  pop();
  place(except);
  emit(Op::END_ASYNC_FOR);
}

// `depth` iterators lie between the container and the new element.
void CodeGenerator::addElement(int32_t depth, ExprNode* element, ExprNode* value) {
  visit(element);
  switch (scope().comprehension) {
    case ComprehensionKind::List: return emit(Op::LIST_APPEND, depth + 1);
    case ComprehensionKind::Set: return emit(Op::SET_ADD, depth + 1);
    case ComprehensionKind::Dict:
      visit(value);
      return emit(Op::MAP_ADD, depth + 1);
    default:
      emitYield();
      return emit(Op::POP_TOP);
  }
}

}  // namespace krait::frontend
