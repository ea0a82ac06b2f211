// Locals, constants and the order of the value stack.
#include "interp/handlers/handlers.h"

namespace krait {

HANDLER(NOP) { TAIL_CALL advance(pc + 1, sp, frame, thread, table); }
HANDLER(EXTENDED_ARG) { TAIL_CALL advance(pc + 1, sp, frame, thread, table); }  // the stream has whole operands

HANDLER(LOAD_CONST) {
  Value v = frame->consts[pc->arg];
  retain(v);
  *sp = v;
  TAIL_CALL advance(pc + 1, sp + 1, frame, thread, table);
}

static HANDLER_TAIL(unboundLocal) {
  frame->pc = pc;
  (void)raiseUnboundLocal(*thread, frame, int(pc->arg));
  TAIL_CALL raisedAt(pc, sp, frame, thread, table);
}

HANDLER(LOAD_FAST) {
  Value v = frame->slots[pc->arg];
  if (KRAIT_UNLIKELY(v.empty())) TAIL_CALL unboundLocal(pc, sp, frame, thread, table);
  retain(v);
  *sp = v;
  TAIL_CALL advance(pc + 1, sp + 1, frame, thread, table);
}

HANDLER(STORE_FAST) {
  Value old = frame->slots[pc->arg];
  frame->slots[pc->arg] = sp[-1];
  releaseAt(frame, pc, old);
  TAIL_CALL advance(pc + 1, sp - 1, frame, thread, table);
}

HANDLER(DELETE_FAST) {
  Value old = frame->slots[pc->arg];
  if (KRAIT_UNLIKELY(old.empty())) TAIL_CALL unboundLocal(pc, sp, frame, thread, table);
  frame->slots[pc->arg] = Value();
  releaseAt(frame, pc, old);
  TAIL_CALL advance(pc + 1, sp, frame, thread, table);
}

HANDLER(POP_TOP) {
  releaseAt(frame, pc, sp[-1]);
  TAIL_CALL advance(pc + 1, sp - 1, frame, thread, table);
}

HANDLER(PUSH_NULL) {
  *sp = Value();
  TAIL_CALL advance(pc + 1, sp + 1, frame, thread, table);
}

HANDLER(COPY) {
  Value v = sp[-int64_t(pc->arg)];
  retain(v);
  *sp = v;
  TAIL_CALL advance(pc + 1, sp + 1, frame, thread, table);
}

HANDLER(SWAP) {
  Value& other = sp[-int64_t(pc->arg)];
  Value top = sp[-1];
  sp[-1] = other;
  other = top;
  TAIL_CALL advance(pc + 1, sp, frame, thread, table);
}

// --- cells ---

HANDLER(MAKE_CELL) {
  frame->pc = pc;
  Value initial = frame->slots[pc->arg];
  Value cell = newCell(*thread, steal(initial)).leak();
  frame->slots[pc->arg] = cell;
  if (KRAIT_UNLIKELY(cell.empty())) TAIL_CALL raisedAt(pc, sp, frame, thread, table);
  TAIL_CALL advance(pc + 1, sp, frame, thread, table);
}

HANDLER(COPY_FREE_VARS) {
  // Frames made by bindCode have their cells already.
  if (frame->function && frame->function->closure) {
    Value closure = frame->function->closure;
    Code* code = frame->code;
    Value* slot = frame->slots + code->slot_count - code->free_count;
    for (int i = 0; i < code->free_count; ++i) {
      Value cell = asTuple(closure)->items[i];
      retain(cell);
      slot[i] = cell;
    }
  }
  TAIL_CALL advance(pc + 1, sp, frame, thread, table);
}

HANDLER(LOAD_CLOSURE) {
  Value v = frame->slots[pc->arg];
  if (KRAIT_UNLIKELY(v.empty())) TAIL_CALL unboundLocal(pc, sp, frame, thread, table);
  retain(v);
  *sp = v;
  TAIL_CALL advance(pc + 1, sp + 1, frame, thread, table);
}

static HANDLER_TAIL(unboundCell) {
  frame->pc = pc;
  (void)raiseUnboundCell(*thread, frame, int(pc->arg));
  TAIL_CALL raisedAt(pc, sp, frame, thread, table);
}

static inline CellObject* cellAt(Frame* frame, uint32_t slot) {
  Value v = frame->slots[slot];
  return v.isObject() && v.asObject()->kind == kKindCell ? static_cast<CellObject*>(v.asObject()) : nullptr;
}

HANDLER(LOAD_DEREF) {
  CellObject* cell = cellAt(frame, pc->arg);
  if (KRAIT_UNLIKELY(!cell || cell->content.empty())) TAIL_CALL unboundCell(pc, sp, frame, thread, table);
  Value v = cell->content;
  retain(v);
  *sp = v;
  TAIL_CALL advance(pc + 1, sp + 1, frame, thread, table);
}

HANDLER(STORE_DEREF) {
  CellObject* cell = cellAt(frame, pc->arg);
  if (KRAIT_UNLIKELY(!cell)) TAIL_CALL unboundCell(pc, sp, frame, thread, table);
  Value old = cell->content;
  cell->content = sp[-1];
  releaseAt(frame, pc, old);
  TAIL_CALL advance(pc + 1, sp - 1, frame, thread, table);
}

HANDLER(DELETE_DEREF) {
  CellObject* cell = cellAt(frame, pc->arg);
  if (KRAIT_UNLIKELY(!cell || cell->content.empty())) TAIL_CALL unboundCell(pc, sp, frame, thread, table);
  Value old = cell->content;
  cell->content = Value();
  releaseAt(frame, pc, old);
  TAIL_CALL advance(pc + 1, sp, frame, thread, table);
}

HANDLER(LOAD_CLASSDEREF) {
  frame->pc = pc;
  *sp = opLoadClassDeref(*thread, frame, int(pc->arg)).leak();
  TAIL_CALL pushed<1>(pc, sp, frame, thread, table);
}

}  // namespace krait
