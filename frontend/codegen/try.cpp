// try: handlers, `else`, `finally`, and except*.
//
// A `finally` body is compiled twice, once for the way out without and once for the way out with an exception, and once more
// for each jump out of the statement (loops.cpp).
#include "frontend/codegen/generator.h"

namespace krait::frontend {

using namespace ast;
using Kind = FrameBlock::Kind;

void CodeGenerator::visitTry(Body body, Seq<ExceptHandlerNode*> handlers, Body orelse, Body final_body, bool star) {
  if (!final_body.empty()) return visitTryFinally(body, handlers, orelse, final_body, star);
  star ? visitTryStarExcept(body, handlers, orelse) : visitTryExcept(body, handlers, orelse);
}

void CodeGenerator::visitTryFinally(Body body, Seq<ExceptHandlerNode*> handlers, Body orelse, Body final_body, bool star) {
  Block *start = newBlock(), *end = newBlock(), *exit = newBlock(), *cleanup = newBlock();
  emitJump(Op::SETUP_FINALLY, end);
  place(start);
  push({.kind = Kind::FinallyTry, .block = start, .exit = end, .finally_body = final_body});
  if (handlers.empty())
    visitBody(body);
  else
    star ? visitTryStarExcept(body, handlers, orelse) : visitTryExcept(body, handlers, orelse);
  emitNoLine(Op::POP_BLOCK);
  pop();
  visitBody(final_body);
  emitJumpNoLine(Op::JUMP, exit);

  place(end);
  push({.kind = Kind::FinallyEnd, .block = end});
  clearLocation();
  emitJump(Op::SETUP_CLEANUP, cleanup);
  emit(Op::PUSH_EXC_INFO);
  visitBody(final_body);
  emit(Op::RERAISE, 0);
  pop();
  place(cleanup);
  popExceptAndReraise();
  place(exit);
}

// An exception inside a handler: restore the one that was handled before, and go on with the new one.
void CodeGenerator::popExceptAndReraise() {
  emit(Op::COPY, 3);
  emit(Op::POP_EXCEPT);
  emit(Op::RERAISE, 1);
}

void CodeGenerator::visitTryExcept(Body body, Seq<ExceptHandlerNode*> handlers, Body orelse) {
  Block *start = newBlock(), *except = newBlock(), *end = newBlock(), *cleanup = newBlock();
  emitJump(Op::SETUP_FINALLY, except);
  place(start);
  push({.kind = Kind::TryExcept, .block = start});
  visitBody(body);
  pop();
  emitNoLine(Op::POP_BLOCK);
  visitBody(orelse);
  emitJumpNoLine(Op::JUMP, end);

  place(except);
  clearLocation();
  emitJump(Op::SETUP_CLEANUP, cleanup);
  emit(Op::PUSH_EXC_INFO);
  push({.kind = Kind::ExceptionHandler});
  for (size_t i = 0; i < handlers.size() && !session_.failed(); ++i)
    visitHandler(as<ExceptHandler>(handlers[i]), i + 1 == handlers.size(), end);
  clearLocation();
  pop();
  emit(Op::RERAISE, 0);
  place(cleanup);
  popExceptAndReraise();
  place(end);
}

void CodeGenerator::visitHandler(ExceptHandler* handler, bool last, Block* end) {
  setLocation(handler->position);
  if (!handler->type && !last) return error("default 'except:' must be last");
  Block* next = newBlock();
  if (handler->type) {
    visit(handler->type);
    emit(Op::CHECK_EXC_MATCH);
    emitJump(Op::POP_JUMP_IF_FALSE, next);
  }
  if (handler->name) {
    Block *cleanup = newBlock(), *body = newBlock();
    store(handler->name);
    // try: body; finally: name = None; del name
    emitJump(Op::SETUP_CLEANUP, cleanup);
    place(body);
    push({.kind = Kind::HandlerCleanup, .block = body, .name = handler->name});
    visitBody(handler->body);
    pop();
    clearLocation();
    emit(Op::POP_BLOCK);
    emit(Op::POP_BLOCK);
    emit(Op::POP_EXCEPT);
    unbindHandlerName(handler->name);
    emitJump(Op::JUMP, end);
    place(cleanup);
    clearLocation();
    unbindHandlerName(handler->name);
    emit(Op::RERAISE, 1);
  } else {
    Block* body = newBlock();
    emit(Op::POP_TOP);
    place(body);
    push({.kind = Kind::HandlerCleanup, .block = body});
    visitBody(handler->body);
    pop();
    clearLocation();
    emit(Op::POP_BLOCK);
    emit(Op::POP_EXCEPT);
    emitJump(Op::JUMP, end);
  }
  place(next);
}

// except*: on the stack are the original group, the list of what the handlers raised, and the part not handled yet. Each
// handler splits its part off; at the end PREP_RERAISE_STAR makes of the list and the rest what goes on, if anything.
void CodeGenerator::visitTryStarExcept(Body body, Seq<ExceptHandlerNode*> handlers, Body orelse) {
  Block *start = newBlock(), *except = newBlock(), *otherwise = newBlock(), *end = newBlock(), *cleanup = newBlock(),
        *reraise_star = newBlock();
  emitJump(Op::SETUP_FINALLY, except);
  place(start);
  push({.kind = Kind::TryExcept, .block = start});
  visitBody(body);
  pop();
  emitNoLine(Op::POP_BLOCK);
  emitJumpNoLine(Op::JUMP, otherwise);

  place(except);
  clearLocation();
  emitJump(Op::SETUP_CLEANUP, cleanup);
  emit(Op::PUSH_EXC_INFO);
  push({.kind = Kind::ExceptionGroupHandler});
  for (size_t i = 0; i < handlers.size() && !session_.failed(); ++i) {
    Block* next = newBlock();
    visitStarHandler(as<ExceptHandler>(handlers[i]), i == 0, next);
    if (i + 1 < handlers.size()) continue;
    emit(Op::LIST_APPEND, 1);
    emitJump(Op::JUMP, reraise_star);
  }
  clearLocation();
  pop();
  Block* reraise = newBlock();
  place(reraise_star);
  emit(Op::PREP_RERAISE_STAR);
  emit(Op::COPY, 1);
  emitJump(Op::POP_JUMP_IF_NOT_NONE, reraise);
  emit(Op::POP_TOP);
  emit(Op::POP_BLOCK);
  emit(Op::POP_EXCEPT);
  emitJump(Op::JUMP, end);
  place(reraise);
  emit(Op::POP_BLOCK);
  emit(Op::SWAP, 2);
  emit(Op::POP_EXCEPT);
  emit(Op::RERAISE, 0);
  place(cleanup);
  popExceptAndReraise();
  place(otherwise);
  visitBody(orelse);
  place(end);
}

void CodeGenerator::visitStarHandler(ExceptHandler* handler, bool first, Block* next) {
  setLocation(handler->position);
  Block* match = newBlock();
  if (first) {
    emit(Op::COPY, 1);
    emit(Op::BUILD_LIST, 0);
    emit(Op::SWAP, 2);
  }
  if (handler->type) {
    visit(handler->type);
    emit(Op::CHECK_EG_MATCH);
    emit(Op::COPY, 1);
    emitJump(Op::POP_JUMP_IF_NOT_NONE, match);
    emit(Op::POP_TOP);
    emitJump(Op::JUMP, next);
  }
  place(match);
  Block *cleanup = newBlock(), *body = newBlock();
  if (handler->name)
    store(handler->name);
  else
    emit(Op::POP_TOP);
  emitJump(Op::SETUP_CLEANUP, cleanup);
  place(body);
  push({.kind = Kind::HandlerCleanup, .block = body, .name = handler->name});
  visitBody(handler->body);
  pop();
  clearLocation();
  emit(Op::POP_BLOCK);
  if (handler->name) unbindHandlerName(handler->name);
  emitJump(Op::JUMP, next);
  place(cleanup);
  clearLocation();
  if (handler->name) unbindHandlerName(handler->name);
  emit(Op::LIST_APPEND, 3);
  emit(Op::POP_TOP);
  emitJump(Op::JUMP, next);
  place(next);
}

}  // namespace krait::frontend
