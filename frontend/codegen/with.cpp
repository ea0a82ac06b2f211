// with and async with: the exit function is called on every way out.
#include "frontend/codegen/generator.h"

namespace krait::frontend {

using namespace ast;

void CodeGenerator::visitWith(With* node, size_t position) {
  Block *block = newBlock(), *final = newBlock(), *exit = newBlock(), *cleanup = newBlock();
  WithItem* item = node->items[position];
  visit(item->context_expr);
  emit(Op::BEFORE_WITH);
  emitJump(Op::SETUP_WITH, final);
  place(block);
  push({.kind = FrameBlock::Kind::With, .block = block, .exit = final, .statement = node});
  if (item->optional_vars)
    visit(item->optional_vars);
  else
    emit(Op::POP_TOP);
  if (position + 1 == node->items.size())
    visitBody(node->body);
  else
    visitWith(node, position + 1);
  clearLocation();
  emit(Op::POP_BLOCK);
  pop();

  setLocation(node->position);
  callExitWithNones();
  emit(Op::POP_TOP);
  emitJump(Op::JUMP, exit);

  place(final);
  emitJump(Op::SETUP_CLEANUP, cleanup);
  emit(Op::PUSH_EXC_INFO);
  emit(Op::WITH_EXCEPT_START);
  finishWithHandler(cleanup);
  place(exit);
}

void CodeGenerator::visitAsyncWith(AsyncWith* node, size_t position) {
  if (topLevelAwait())
    scope().coroutine = true;
  else if (unit().kind != UnitKind::AsyncFunction)
    return error("'async with' outside async function");
  Block *block = newBlock(), *final = newBlock(), *exit = newBlock(), *cleanup = newBlock();
  WithItem* item = node->items[position];
  auto await = [this](int32_t where) {
    emit(Op::GET_AWAITABLE, where);
    loadNone();
    emitYieldFrom(true);
  };
  visit(item->context_expr);
  emit(Op::BEFORE_ASYNC_WITH);
  await(1);
  emitJump(Op::SETUP_WITH, final);
  place(block);
  push({.kind = FrameBlock::Kind::AsyncWith, .block = block, .exit = final, .statement = node});
  if (item->optional_vars)
    visit(item->optional_vars);
  else
    emit(Op::POP_TOP);
  if (position + 1 == node->items.size())
    visitBody(node->body);
  else
    visitAsyncWith(node, position + 1);
  pop();
  emit(Op::POP_BLOCK);

  setLocation(node->position);
  callExitWithNones();
  await(2);
  emit(Op::POP_TOP);
  emitJump(Op::JUMP, exit);

  place(final);
  emitJump(Op::SETUP_CLEANUP, cleanup);
  emit(Op::PUSH_EXC_INFO);
  emit(Op::WITH_EXCEPT_START);
  await(2);
  finishWithHandler(cleanup);
  place(exit);
}

void CodeGenerator::callExitWithNones() {
  loadNone();
  loadNone();
  loadNone();
  emitCall(2);
}

// The exit function's answer is on the stack: does it swallow the exception?
void CodeGenerator::finishWithHandler(Block* cleanup) {
  clearLocation();
  Block* suppress = newBlock();
  emitJump(Op::POP_JUMP_IF_TRUE, suppress);
  emit(Op::RERAISE, 2);
  place(cleanup);
  popExceptAndReraise();
  place(suppress);
  emit(Op::POP_TOP);
  emit(Op::POP_BLOCK);
  emit(Op::POP_EXCEPT);
  emit(Op::POP_TOP);
  emit(Op::POP_TOP);
}

}  // namespace krait::frontend
