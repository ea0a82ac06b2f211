// Loops, and leaving blocks early: `break`, `continue` and `return` undo every block between them and their destination.
#include "frontend/codegen/generator.h"

namespace krait::frontend {

using namespace ast;
using Kind = FrameBlock::Kind;

void CodeGenerator::visitFor(For* node) {
  Block *start = newBlock(), *body = newBlock(), *cleanup = newBlock(), *end = newBlock();
  push({.kind = Kind::ForLoop, .block = start, .exit = end});
  visit(node->iter);
  emit(Op::GET_ITER);
  place(start);
  emitJump(Op::FOR_ITER, cleanup);
  place(body);
  visit(node->target);
  visitBody(node->body);
  clearLocation();
  emitJump(Op::JUMP, start);
  place(cleanup);
  pop();
  visitBody(node->orelse);
  place(end);
}

void CodeGenerator::visitAsyncFor(AsyncFor* node) {
  if (topLevelAwait())
    scope().coroutine = true;
  else if (unit().kind != UnitKind::AsyncFunction)
    return error("'async for' outside async function");
  Block *start = newBlock(), *except = newBlock(), *end = newBlock();
  visit(node->iter);
  emit(Op::GET_AITER);
  place(start);
  push({.kind = Kind::ForLoop, .block = start, .exit = end});
  // StopAsyncIteration from __anext__ ends the loop; from the body it does not.
  emitJump(Op::SETUP_FINALLY, except);
  emit(Op::GET_ANEXT);
  loadNone();
  emitYieldFrom(true);
  emit(Op::POP_BLOCK);
  visit(node->target);
  visitBody(node->body);
  clearLocation();
  emitJump(Op::JUMP, start);
  pop();
  place(except);
  setLocation(node->iter->position);
  emit(Op::END_ASYNC_FOR);
  visitBody(node->orelse);
  place(end);
}

void CodeGenerator::visitWhile(While* node) {
  Block *loop = newBlock(), *body = newBlock(), *anchor = newBlock(), *end = newBlock();
  place(loop);
  push({.kind = Kind::WhileLoop, .block = loop, .exit = end});
  jumpIf(node->test, anchor, false);
  place(body);
  visitBody(node->body);
  // The test stands at the end of the body once more, so that an iteration costs one jump.
  setLocation(node->position);
  jumpIf(node->test, body, true);
  pop();
  place(anchor);
  visitBody(node->orelse);
  place(end);
}

void CodeGenerator::visitBreak() {
  emit(Op::NOP);
  FrameBlock* loop = nullptr;
  unwind(false, &loop);
  if (!loop) return error("'break' outside loop");
  unwindOne(*loop, false);
  emitJump(Op::JUMP, loop->exit);
}

void CodeGenerator::visitContinue() {
  emit(Op::NOP);
  FrameBlock* loop = nullptr;
  unwind(false, &loop);
  if (!loop) return error("'continue' not properly in loop");
  emitJump(Op::JUMP, loop->block);
}

void CodeGenerator::push(const FrameBlock& block) {
  if (state_->frame_block_count == UnitState::kMaxFrameBlocks) {
    // The count must stay in step with pop(); the code is thrown away.
    error("too many statically nested blocks");
    --state_->frame_block_count;
  }
  state_->frame_blocks[state_->frame_block_count++] = block;
}

void CodeGenerator::unwind(bool preserve_top, FrameBlock** loop) {
  if (!state_->frame_block_count || session_.failed()) return;
  FrameBlock* top = &state_->frame_blocks[state_->frame_block_count - 1];
  if (top->kind == Kind::ExceptionGroupHandler)
    return error("'break', 'continue' and 'return' cannot appear in an except* block");
  if (loop && (top->kind == Kind::WhileLoop || top->kind == Kind::ForLoop)) {
    *loop = top;
    return;
  }
  // While a block is undone it is not around the code that undoes it.
  FrameBlock block = *top;
  --state_->frame_block_count;
  unwindOne(block, preserve_top);
  unwind(preserve_top, loop);
  state_->frame_blocks[state_->frame_block_count++] = block;
}

void CodeGenerator::unwindOne(const FrameBlock& block, bool preserve_top) {
  auto swap = [&] {
    if (preserve_top) emit(Op::SWAP, 2);
  };
  switch (block.kind) {
    case Kind::WhileLoop:
    case Kind::ExceptionHandler:
    case Kind::ExceptionGroupHandler:
    case Kind::AsyncComprehensionGenerator: return;
    case Kind::ForLoop:
    case Kind::PopValue:
      swap();
      return emit(Op::POP_TOP);
    case Kind::TryExcept: return emit(Op::POP_BLOCK);
    case Kind::FinallyTry:
      emit(Op::POP_BLOCK);
      if (preserve_top) push({.kind = Kind::PopValue});
      visitBody(block.finally_body);
      if (preserve_top) pop();
      return clearLocation();
    case Kind::FinallyEnd:
      swap();
      emit(Op::POP_TOP);
      swap();
      emit(Op::POP_BLOCK);
      return emit(Op::POP_EXCEPT);
    case Kind::With:
    case Kind::AsyncWith:
      setLocation(block.statement->position);
      emit(Op::POP_BLOCK);
      swap();
      callExitWithNones();
      if (block.kind == Kind::AsyncWith) {
        emit(Op::GET_AWAITABLE, 2);
        loadNone();
        emitYieldFrom(true);
      }
      emit(Op::POP_TOP);
      return clearLocation();
    case Kind::HandlerCleanup:
      if (block.name) emit(Op::POP_BLOCK);
      swap();
      emit(Op::POP_BLOCK);
      emit(Op::POP_EXCEPT);
      if (block.name) unbindHandlerName(block.name);
      return;
  }
}

}  // namespace krait::frontend
