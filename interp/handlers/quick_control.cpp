// Iteration and unpacking of builtin containers, and pairs of instructions on locals.
#include "interp/call.h"
#include "interp/handlers/generators.h"
#include "interp/handlers/quick.h"
#include "runtime/objects/iterators.h"

namespace krait {

HANDLER(FOR_ITER_LIST) {
  Value iterator = sp[-1];
  if (KRAIT_UNLIKELY(!iterator.isObject() || iterator.asObject()->kind != kKindListIterator)) {
    TAIL_CALL handle_FOR_ITER(pc, sp, frame, thread, table);
  }
  ListIterator* it = static_cast<ListIterator*>(iterator.asObject());
  List* list = it->list;
  if (KRAIT_UNLIKELY(!list || it->index >= list->size)) TAIL_CALL handle_FOR_ITER(pc, sp, frame, thread, table);
  int64_t i = it->index++;
  Value v;
  if (list->kind == kKindListInt) {
    v = Value::fromInt(list->ints[i]);
  } else if (list->kind == kKindListFloat) {
    v = Value::fromDouble(list->floats[i]);
  } else {
    v = list->items[i];
    retain(v);
  }
  *sp = v;
  TAIL_CALL advance(pc + 1, sp + 1, frame, thread, table);
}

HANDLER(FOR_ITER_TUPLE) {
  Value iterator = sp[-1];
  if (KRAIT_UNLIKELY(!iterator.isObject() || iterator.asObject()->kind != kKindTupleIterator)) {
    TAIL_CALL handle_FOR_ITER(pc, sp, frame, thread, table);
  }
  TupleIterator* it = static_cast<TupleIterator*>(iterator.asObject());
  Tuple* tuple = it->tuple;
  if (KRAIT_UNLIKELY(!tuple || it->index >= tuple->size)) TAIL_CALL handle_FOR_ITER(pc, sp, frame, thread, table);
  Value v = tuple->items[it->index++];
  retain(v);
  *sp = v;
  TAIL_CALL advance(pc + 1, sp + 1, frame, thread, table);
}

HANDLER(FOR_ITER_RANGE) {
  Value iterator = sp[-1];
  if (KRAIT_UNLIKELY(!iterator.isObject() || iterator.asObject()->kind != kKindRangeIterator)) {
    TAIL_CALL handle_FOR_ITER(pc, sp, frame, thread, table);
  }
  RangeIterator* it = static_cast<RangeIterator*>(iterator.asObject());
  if (KRAIT_UNLIKELY(it->left <= 0)) {
    release(iterator.asObject());
    TAIL_CALL advance(pc + 1 + pc->arg, sp - 1, frame, thread, table);
  }
  --it->left;
  int64_t i = it->current;
  it->current = i + it->step;
  *sp = Value::fromInt(i);
  TAIL_CALL advance(pc + 1, sp + 1, frame, thread, table);
}

HANDLER(FOR_ITER_GENERATOR) {
  Value iterator = sp[-1];
  if (KRAIT_UNLIKELY(!iterator.isObject() || iterator.asObject()->kind != kKindGenerator ||
                     asGenerator(iterator)->state > GeneratorState::kSuspended)) {
    TAIL_CALL handle_FOR_ITER(pc, sp, frame, thread, table);
  }
  frame->pc = pc;
  frame->top = sp;
  if (KRAIT_UNLIKELY(!startResuming(*thread, asGenerator(iterator), kNone))) TAIL_CALL raisedAt(pc, sp, frame, thread, table);
  frame = &asGenerator(iterator)->frame;
  TAIL_CALL advance(frame->pc + 1, frame->top, frame, thread, table);
}

HANDLER_TAIL(specialiseForIter) {
  Value iterator = sp[-1];
  int op = 0;
  if (iterator.isObject()) {
    switch (iterator.asObject()->kind) {
      case kKindListIterator: op = op_FOR_ITER_LIST; break;
      case kKindTupleIterator: op = op_FOR_ITER_TUPLE; break;
      case kKindRangeIterator: op = op_FOR_ITER_RANGE; break;
      case kKindGenerator: op = op_FOR_ITER_GENERATOR; break;
      default: break;
    }
  }
  if (op) pc->op = uint16_t(op);
  pc->counter = op ? kMissesAllowed : kRetryAfter;
  TAIL_CALL kHandlers[pc->op].run(pc, sp, frame, thread, table);
}

// --- unpacking ---

HANDLER(UNPACK_SEQUENCE_TWO_TUPLE) {
  Value source = sp[-1];
  if (KRAIT_UNLIKELY(!isExactTuple(source) || asTuple(source)->size != 2)) TAIL_CALL handle_UNPACK_SEQUENCE(pc, sp, frame, thread, table);
  Tuple* tuple = asTuple(source);
  Value first = tuple->items[0], second = tuple->items[1];
  retain(first);
  retain(second);
  sp[-1] = second;
  *sp = first;
  release(source.asObject());
  TAIL_CALL advance(pc + 2, sp + 1, frame, thread, table);
}

HANDLER(UNPACK_SEQUENCE_TUPLE) {
  Value source = sp[-1];
  int64_t n = pc->arg;
  if (KRAIT_UNLIKELY(!isExactTuple(source) || asTuple(source)->size != n)) TAIL_CALL handle_UNPACK_SEQUENCE(pc, sp, frame, thread, table);
  Tuple* tuple = asTuple(source);
  --sp;
  for (int64_t i = n; i-- > 0;) {
    Value v = tuple->items[i];
    retain(v);
    *sp++ = v;
  }
  release(source.asObject());
  TAIL_CALL advance(pc + 2, sp, frame, thread, table);
}

HANDLER_TAIL(specialiseUnpackSequence) {
  Value source = sp[-1];
  bool fits = isExactTuple(source) && asTuple(source)->size == pc->arg;
  patch(pc, !fits ? 0 : pc->arg == 2 ? op_UNPACK_SEQUENCE_TWO_TUPLE : op_UNPACK_SEQUENCE_TUPLE);
  TAIL_CALL kHandlers[pc->op].run(pc, sp, frame, thread, table);
}

// --- pairs ---
//
// The second cell stays as it is: a jump may lead there, and an unbound local falls back to the plain handlers.

HANDLER(LOAD_FAST__LOAD_FAST) {
  Value a = frame->slots[pc[0].arg], b = frame->slots[pc[1].arg];
  if (KRAIT_UNLIKELY(a.empty() || b.empty())) TAIL_CALL handle_LOAD_FAST(pc, sp, frame, thread, table);
  retain(a);
  retain(b);
  sp[0] = a;
  sp[1] = b;
  TAIL_CALL advance(pc + 2, sp + 2, frame, thread, table);
}

HANDLER(LOAD_FAST__LOAD_CONST) {
  Value a = frame->slots[pc[0].arg], b = frame->consts[pc[1].arg];
  if (KRAIT_UNLIKELY(a.empty())) TAIL_CALL handle_LOAD_FAST(pc, sp, frame, thread, table);
  retain(a);
  retain(b);
  sp[0] = a;
  sp[1] = b;
  TAIL_CALL advance(pc + 2, sp + 2, frame, thread, table);
}

HANDLER(STORE_FAST__LOAD_FAST) {
  Value old = frame->slots[pc[0].arg];
  frame->slots[pc[0].arg] = sp[-1];
  releaseAt(frame, pc, old);
  Value v = frame->slots[pc[1].arg];
  if (KRAIT_UNLIKELY(v.empty())) TAIL_CALL handle_LOAD_FAST(pc + 1, sp - 1, frame, thread, table);
  retain(v);
  sp[-1] = v;
  TAIL_CALL advance(pc + 2, sp, frame, thread, table);
}

HANDLER(STORE_FAST__STORE_FAST) {
  Value first = frame->slots[pc[0].arg];
  frame->slots[pc[0].arg] = sp[-1];
  releaseAt(frame, pc, first);
  Value second = frame->slots[pc[1].arg];
  frame->slots[pc[1].arg] = sp[-2];
  releaseAt(frame, pc + 1, second);
  TAIL_CALL advance(pc + 2, sp - 2, frame, thread, table);
}

void fuseLocals(Code* code) {
  Cell* cells = code->cells;
  int units = code->units();
  for (int i = 0; i + 1 < units; ++i) {
    int a = cells[i].op, b = cells[i + 1].op;
    int fused = 0;
    if (a == op_LOAD_FAST && b == op_LOAD_FAST) fused = op_LOAD_FAST__LOAD_FAST;
    if (a == op_LOAD_FAST && b == op_LOAD_CONST) fused = op_LOAD_FAST__LOAD_CONST;
    if (a == op_STORE_FAST && b == op_LOAD_FAST) fused = op_STORE_FAST__LOAD_FAST;
    if (a == op_STORE_FAST && b == op_STORE_FAST) fused = op_STORE_FAST__STORE_FAST;
    if (fused) {
      cells[i].op = uint16_t(fused);
      ++i;  // the second one starts no pair of its own
    }
    // Cache cells are zero, which is no instruction that pairs.
  }
}

}  // namespace krait
