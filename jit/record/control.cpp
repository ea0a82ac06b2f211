// Recording stack moves, jumps, iteration and building; and the table of what each instruction does.
#include "interp/opcodes.h"
#include "jit/record/recorder.h"
#include "jit/trace/manager.h"
#include "runtime/core/frame.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/function.h"
#include "runtime/objects/generator.h"
#include "runtime/objects/iterators.h"
#include "runtime/objects/str.h"

namespace krait::jit {

uint64_t generatorSlotOffset(uint32_t slot) {
  return offsetof(Generator, frame) + offsetof(Frame, slots) + 8 * uint64_t(slot);
}

bool Recorder::recordJump(uint8_t op, uint32_t arg) {
  uint32_t after = next_unit_;
  uint32_t target = kOpcodeInfo[op].argument == OpArgument::backward ? after - arg : after + arg;
  bool backward = target < after;
  bool keeps = op == op_JUMP_IF_TRUE_OR_POP || op == op_JUMP_IF_FALSE_OR_POP;
  bool taken = true;
  if (op != op_JUMP_FORWARD && op != op_JUMP_BACKWARD && op != op_JUMP_BACKWARD_NO_INTERRUPT) {
    Value v = concrete(0);
    Id id = peek(0);
    bool none = op == op_POP_JUMP_FORWARD_IF_NONE || op == op_POP_JUMP_BACKWARD_IF_NONE || op == op_POP_JUMP_FORWARD_IF_NOT_NONE ||
                op == op_POP_JUMP_BACKWARD_IF_NOT_NONE;
    bool wanted;  // the truth (or None-ness) that jumps
    Id test;
    bool actual;
    if (none) {
      wanted = op == op_POP_JUMP_FORWARD_IF_NONE || op == op_POP_JUMP_BACKWARD_IF_NONE;
      Ty type = b_.typeOf(id);
      test = type == Ty::kValue || type == Ty::kObj ? b_.op(Op::k_same, id, b_.constValue(kNone)) : b_.constBool(false);
      actual = v.isNone();
    } else {
      wanted = op == op_POP_JUMP_FORWARD_IF_TRUE || op == op_POP_JUMP_BACKWARD_IF_TRUE || op == op_JUMP_IF_TRUE_OR_POP;
      test = truthOf(id, v);
      if (test == kNoId) return recordSlowTruth(target, after, wanted, keeps);
      actual = concreteTruth(v);
    }
    taken = actual == wanted;
    b_.op(actual ? Op::k_guard_true : Op::k_guard_false, test);
    if (!keeps || !taken) pop(1);
  }
  next(taken ? target : after);
  jumped_back_ = taken && backward;
  if (taken && backward && op != op_JUMP_BACKWARD_NO_INTERRUPT) {
    mode_ = Mode::kAfter;
    b_.op(Op::k_poll);
    mode_ = Mode::kBefore;
  }
  return true;
}

// The truth of a value for which truthOf gave a test.
bool Recorder::concreteTruth(Value v) {
  if (v.isBool()) return v == kTrue;
  if (v.isInt()) return v.asInt() != 0;
  if (v.isDouble()) return v.asDouble() != 0;
  if (v.isNone()) return false;
  switch (v.asObject()->kind) {
    case kKindList: case kKindListInt: case kKindListFloat: return static_cast<List*>(v.asObject())->size != 0;
    case kKindTuple: return static_cast<Tuple*>(v.asObject())->size != 0;
    case kKindStr: return static_cast<Str*>(v.asObject())->length != 0;
    case kKindDict: return static_cast<Dict*>(v.asObject())->size != 0;
    default: return true;  // heap ints are never 0
  }
}

bool Recorder::recordGetIter() {
  Value v = concrete(0);
  Id id = peek(0);
  if (v.isObject()) {
    switch (v.asObject()->kind) {
      case kKindRangeIterator: case kKindListIterator: case kKindTupleIterator: case kKindGenerator:
        asKind(id, v);
        return true;  // iterators are their own
      case kKindList: case kKindListInt: case kKindListFloat: case kKindTuple: case kKindRange: case kKindDict: case kKindStr:
        return residual(Helper::k_builtin_iterator, {asKind(id, v)}, 1, true);
      default: break;
    }
  }
  return residual(Helper::k_get_iterator, {id}, 1, true);
}

bool Recorder::recordForIter(uint32_t arg) {
  Value v = concrete(0);
  uint32_t exhausted = next_unit_ + arg;
  if (!v.isObject()) return recordNextOf(exhausted);
  uint32_t kind = v.asObject()->kind;
  auto leave = [&] {
    if (top().kind == SnapFrameKind::kGenerator) return stopBefore(Abort::kUnsupported);  // its memory owns the iterator
    pop(1);
    next(exhausted);
    return true;
  };
  if (kind == kKindRangeIterator) {
    auto* range = static_cast<RangeIterator*>(v.asObject());
    Id it = asKind(peek(0), v);
    Id left = b_.load(Field::k_range_left, it);
    Id more = b_.op(Op::k_gt, left, b_.constInt(0));
    if (range->left <= 0) {
      if (top().kind == SnapFrameKind::kGenerator) return leave();
      b_.op(Op::k_guard_false, more);
      return leave();
    }
    b_.op(Op::k_guard_true, more);
    Id current = b_.op(Op::k_small, b_.load(Field::k_range_current, it));
    Id step = b_.op(Op::k_small, b_.load(Field::k_range_step, it));
    b_.store(Field::k_range_left, it, b_.op(Op::k_sub_ovf, left, b_.constInt(1)));
    b_.store(Field::k_range_current, it, b_.op(Op::k_add_ovf, current, step));
    push(current);
    return true;
  }
  if (kind == kKindListIterator) {
    auto* iterator = static_cast<ListIterator*>(v.asObject());
    if (!iterator->list || !isExactListKind(iterator->list->kind)) return recordNextOf(exhausted);
    List* list = iterator->list;
    Id it = asKind(peek(0), v);
    Id object = asKind(b_.load(Field::k_list_iterator_list, it), Value(list));
    Id index = b_.op(Op::k_small, b_.load(Field::k_list_iterator_index, it));
    Id more = b_.op(Op::k_below, index, b_.load(Field::k_list_size, object));
    if (iterator->index >= list->size) {
      // The iterator lets go of its list when it is exhausted: with its own death, which comes now.
      if (v.asObject()->count != 1) return recordNextOf(exhausted);
      b_.op(Op::k_guard_false, more);
      return leave();
    }
    b_.op(Op::k_guard_true, more);
    Ty type = list->kind == kKindListInt ? Ty::kI64 : list->kind == kKindListFloat ? Ty::kF64 : Ty::kValue;
    Id item = b_.op(Op::k_load_item, object, index, kNoId, uint64_t(Field::k_list_items), type);
    b_.store(Field::k_list_iterator_index, it, b_.op(Op::k_add_ovf, index, b_.constInt(1)));
    push(item);
    return true;
  }
  if (kind == kKindTupleIterator) {
    auto* iterator = static_cast<TupleIterator*>(v.asObject());
    if (!iterator->tuple || iterator->tuple->kind != kKindTuple) return recordNextOf(exhausted);
    Id it = asKind(peek(0), v);
    Id object = asKind(b_.load(Field::k_tuple_iterator_tuple, it), Value(iterator->tuple));
    Id index = b_.op(Op::k_small, b_.load(Field::k_tuple_iterator_index, it));
    Id more = b_.op(Op::k_below, index, b_.load(Field::k_tuple_size, object));
    if (iterator->index >= iterator->tuple->size) {
      if (v.asObject()->count != 1) return recordNextOf(exhausted);
      b_.op(Op::k_guard_false, more);
      return leave();
    }
    b_.op(Op::k_guard_true, more);
    Id item = b_.op(Op::k_load_item, object, index, kNoId, uint64_t(Field::k_tuple_items), Ty::kValue);
    b_.store(Field::k_tuple_iterator_index, it, b_.op(Op::k_add_ovf, index, b_.constInt(1)));
    push(item);
    return true;
  }
  if (kind == kKindGenerator && followsGenerator(v)) return enterGenerator(0);
  if (kind == kKindBytesIterator || kind == kKindStrAsciiIterator) return forIterText(exhausted);
  return recordNextOf(exhausted);
}

bool Recorder::forIterText(uint32_t exhausted) {
  Value v = concrete(0);
  bool bytes = v.asObject()->kind == kKindBytesIterator;
  Value text = bytes ? static_cast<ByteIterator*>(v.asObject())->sequence : static_cast<StrIterator*>(v.asObject())->text;
  int64_t at = bytes ? static_cast<ByteIterator*>(v.asObject())->index : static_cast<StrIterator*>(v.asObject())->index;
  if (!text.isObject() || text.asObject()->kind != (bytes ? kKindBytes : kKindStr)) return recordNextOf(exhausted);
  int64_t size = bytes ? static_cast<Bytes*>(text.asObject())->size : static_cast<Str*>(text.asObject())->length;
  Id it = asKind(peek(0), v);
  Id object = asKind(b_.load(bytes ? Field::k_byte_iterator_sequence : Field::k_str_iterator_text, it), text);
  Field index_field = bytes ? Field::k_byte_iterator_index : Field::k_str_iterator_index;
  Id index = b_.op(Op::k_small, b_.load(index_field, it));
  Id more = b_.op(Op::k_below, index, b_.load(bytes ? Field::k_bytes_size : Field::k_str_length, object));
  if (at >= size) {
    // The iterator lets go of its text when it is exhausted: with its own death, which comes now.
    if (v.asObject()->count != 1 || top().kind == SnapFrameKind::kGenerator) return recordNextOf(exhausted);
    b_.op(Op::k_guard_false, more);
    pop(1);
    next(exhausted);
    return true;
  }
  b_.op(Op::k_guard_true, more);
  Id byte = b_.op(Op::k_load_byte, object, index, kNoId, uint64_t(bytes ? Field::k_bytes_data : Field::k_str_data));
  b_.store(index_field, it, b_.op(Op::k_add_ovf, index, b_.constInt(1)));
  if (!bytes) {
    byte = b_.call(Helper::k_char_of, {byte});
    b_.learnKind(byte, kKindStr);
  }
  push(byte);
  return true;
}

bool Recorder::recordUnpack(uint32_t count, Cell* pc) {
  Value v = concrete(0);
  if (!v.isObject()) return recordResidual(op_UNPACK_SEQUENCE, count, pc);
  uint32_t kind = v.asObject()->kind;
  std::vector<Id> items;
  if (kind == kKindTuple && static_cast<Tuple*>(v.asObject())->size == int64_t(count)) {
    Id object = asKind(peek(0), v);
    b_.op(Op::k_guard_true, b_.op(Op::k_eq, b_.load(Field::k_tuple_size, object), b_.constInt(count)));
    for (uint32_t i = 0; i < count; ++i)
      items.push_back(b_.op(Op::k_load_item, object, b_.constInt(i), kNoId, uint64_t(Field::k_tuple_items), Ty::kValue));
  } else if (isExactListKind(kind) && static_cast<List*>(v.asObject())->size == int64_t(count)) {
    Id object = asKind(peek(0), v);
    b_.op(Op::k_guard_true, b_.op(Op::k_eq, b_.load(Field::k_list_size, object), b_.constInt(count)));
    Ty type = kind == kKindListInt ? Ty::kI64 : kind == kKindListFloat ? Ty::kF64 : Ty::kValue;
    for (uint32_t i = 0; i < count; ++i)
      items.push_back(b_.op(Op::k_load_item, object, b_.constInt(i), kNoId, uint64_t(Field::k_list_items), type));
  } else {
    return recordResidual(op_UNPACK_SEQUENCE, count, pc);
  }
  pop(1);
  for (uint32_t i = count; i-- > 0;) push(items[i]);
  return true;
}

bool Recorder::recordBuild(uint8_t op, uint32_t count, Cell* pc) {
  std::vector<Id> items;
  for (uint32_t i = count; i-- > 0;) items.push_back(peek(i));
  Id object;
  if (op == op_BUILD_TUPLE && count > 0) {
    for (Id& id : items) id = boxed(id);
    object = b_.call(Helper::k_new_tuple, {b_.constInt(count)});
    mode_ = Mode::kRaise;
    object = b_.op(Op::k_guard_ok, object);
    mode_ = Mode::kBefore;
    b_.learnKind(object, kKindTuple);
    for (uint32_t i = 0; i < count; ++i)
      b_.op(Op::k_store_item, object, b_.constInt(i), items[i], uint64_t(Field::k_tuple_items));
  } else if (op == op_BUILD_LIST) {
    object = b_.call(Helper::k_new_list, {b_.constInt(count)});
    mode_ = Mode::kRaise;
    object = b_.op(Op::k_guard_ok, object);
    mode_ = Mode::kBefore;
    for (Id id : items) {
      // The list has room: appending cannot fail.
      b_.call(Helper::k_list_append, {object, boxed(id)});
    }
  } else {
    return recordResidual(op, count, pc);
  }
  pop(count);
  push(object);
  return true;
}

void Recorder::storeFast(uint32_t slot) {
  RecFrame& f = top();
  Id v = peek(0);
  Value old = concreteSlot(slot);
  if (f.kind == SnapFrameKind::kGenerator) {
    // A generator's locals are written through to its frame, which outlives the trace's iteration.
    Id before = slotId(f, slot);
    b_.op(Op::k_store_attr, f.function, boxed(v), kNoId, generatorSlotOffset(slot));
    b_.op(Op::k_release, before);
    candidate(before, old);
    --f.depth;
    candidate(v, concrete(0));
    f.slots[slot] = v;
    return;
  }
  // What the slot held at entry must be known, since an exit writes over it.
  bool untouched = f.slots[slot] == kNoId;
  Id before = slotId(f, slot);
  // A str or another leaf may or may not die here: knowing its kind makes that harmless, where a drop would be a guard.
  // Not so heap ints: loop variables hold them unboxed.
  if (!isConst(before) && old.isObject() && kindIsLeaf(old.asObject()->kind) && old.asObject()->kind != kKindInt &&
      b_.typeOf(before) == Ty::kValue)
    before = asKind(b_.op(Op::k_guard_nonempty, before), old);
  if (untouched && old.empty()) b_.op(Op::k_guard_empty, before);
  else candidate(before, old);
  --f.depth;
  setSlot(slot, v);
}

// Whether FOR_ITER goes on in the generator's frame: it stands at a yield outside of handlers, and not in this trace.
bool Recorder::followsGenerator(Value v) {
  Generator* generator = asGenerator(v);
  krait::Code* code = generator->frame.code;
  if (generator->state != GeneratorState::kSuspended || frames_.size() > parameters().inline_depth || !code->cells ||
      genericOp(generator->frame.pc) != op_YIELD_VALUE || raisesOften(code) || !generator->handled.handled.empty())
    return false;
  for (RecFrame& f : frames_)
    if (f.frame == &generator->frame) return false;
  return true;
}

// FOR_ITER over a suspended generator: its frame is followed like a called function's. Its memory keeps the locals and the
// stack as they are at the yield, so that nothing of it is rebuilt but where the trace leaves inside it.
bool Recorder::enterGenerator(uint32_t iterator_depth) {
  Value v = concrete(iterator_depth);
  Generator* generator = asGenerator(v);
  krait::Code* code = generator->frame.code;
  Id it = asKind(peek(iterator_depth), v);
  assume({Assumption::kObject, Value(code)});  // known by the address of its cells
  Id pc = b_.load(Field::k_generator_pc, it);
  b_.op(Op::k_guard_true, b_.op(Op::k_eq, pc, b_.constInt(int64_t(generator->frame.pc))));
  RecFrame f;
  f.code = code;
  f.frame = &generator->frame;
  f.function = it;
  f.kind = SnapFrameKind::kGenerator;
  f.slots.assign(size_t(code->slot_count + code->stack_size), kNoId);
  f.dirty.assign(f.slots.size(), false);
  f.depth = uint16_t(generator->frame.top - generator->frame.stackBase());
  f.suspended_depth = f.depth;
  f.globals = Value(reinterpret_cast<Object*>(generator->frame.globals));
  f.builtins = generator->frame.builtins;
  frames_.push_back(std::move(f));
  push(b_.constValue(kNone));  // the value of the yield expression
  next(uint32_t(generator->frame.unit() + 1));
  return true;
}

bool Recorder::recordYield() {
  RecFrame& f = top();
  if (frames_.size() == 1 || f.kind != SnapFrameKind::kGenerator)
    return kind_ == TraceKind::kLoop && frames_.size() == 1 ? abort(Abort::kLeftLoop) : stopBefore(Abort::kUnsupported);
  // The memory of the frame must be what it was at the last yield: the same words on its stack.
  uint32_t left = f.depth - 1u;
  if (left != f.suspended_depth) return stopBefore(Abort::kUnsupported);
  for (uint32_t i = 0; i < left; ++i)
    if (f.dirty[f.base() + i]) return stopBefore(Abort::kUnsupported);
  Id v = peek(0);
  b_.store(Field::k_generator_pc, f.function, b_.constInt(int64_t(f.code->cells + f.unit)));
  for (uint32_t i = 0; i < f.base(); ++i)
    if (f.slots[i] != kNoId) candidate(f.slots[i], f.frame->slots[i]);  // claims of the symbolic frame; memory has its own
  frames_.pop_back();
  push(v);
  next(top().unit + 1);
  return true;
}

void Recorder::deleteLocal(uint32_t slot) {
  RecFrame& f = top();
  Id before = slotId(f, slot);
  if (f.kind == SnapFrameKind::kGenerator) {
    b_.op(Op::k_store_attr, f.function, b_.constEmpty(), kNoId, generatorSlotOffset(slot));
    b_.op(Op::k_release, before);
  }
  candidate(before, concreteSlot(slot));
  setSlot(slot, b_.constEmpty());
}

bool Recorder::recordDeleteDeref(uint32_t slot) {
  Value cell = concreteSlot(slot);
  if (!cell.isObject() || static_cast<CellObject*>(cell.asObject())->content.empty())
    return stopBefore(Abort::kUnsupported);
  Id object = asKind(slotId(top(), slot), cell);
  Id old = b_.op(Op::k_guard_nonempty, b_.load(Field::k_cell_content, object));
  b_.store(Field::k_cell_content, object, b_.constEmpty());
  b_.op(Op::k_release, old);
  candidate(old, static_cast<CellObject*>(cell.asObject())->content);
  return true;
}

bool Recorder::dispatch(uint8_t op, uint32_t arg, Cell* pc) {
  RecFrame& f = top();
  if (deferred_.kind != Deferred::kNone)
    return deferred_.unit == f.unit ? finishDeferred() : abort(Abort::kNotFollowed);
  switch (op) {
    case op_NOP: case op_RESUME: case op_PRECALL: case op_CACHE: case op_EXTENDED_ARG: case op_KW_NAMES: return true;
    case op_LOAD_FAST: {
      if (concreteSlot(arg).empty()) return stopBefore(Abort::kUnsupported);
      Id id = slotId(f, arg);
      if (b_.typeOf(id) == Ty::kValue) {
        Id known = b_.op(Op::k_guard_nonempty, id);
        refine(id, known);
        id = known;
      }
      push(id);
      return true;
    }
    case op_STORE_FAST: storeFast(arg); return true;
    case op_YIELD_VALUE: return recordYield();
    case op_DELETE_FAST: {
      if (concreteSlot(arg).empty()) return stopBefore(Abort::kUnsupported);
      deleteLocal(arg);
      return true;
    }
    case op_DELETE_DEREF: return recordDeleteDeref(arg);
    case op_LOAD_CONST: push(b_.constValue(f.code->consts->items[arg])); return true;
    case op_POP_TOP: pop(1); return true;
    case op_PUSH_NULL: push(b_.constEmpty()); return true;
    case op_COPY: push(peek(arg - 1)); return true;
    case op_SWAP: {
      uint32_t a = f.base() + f.depth - 1, b = f.base() + f.depth - arg;
      Id x = slotId(f, a), y = slotId(f, b);
      setSlot(a, y);
      setSlot(b, x);
      return true;
    }
    case op_UNARY_POSITIVE: case op_UNARY_NEGATIVE: case op_UNARY_NOT: case op_UNARY_INVERT: return recordUnary(op);
    case op_BINARY_OP: return recordBinaryOp(arg);
    case op_COMPARE_OP: return recordCompare(arg);
    case op_IS_OP: return recordIs(arg);
    case op_CONTAINS_OP: return recordContains(arg);
    case op_BINARY_SUBSCR: return recordSubscr();
    case op_STORE_SUBSCR: return recordStoreSubscr();
    case op_LOAD_GLOBAL: return recordLoadGlobal(arg, pc);
    case op_LOAD_NAME: return recordLoadName(arg, pc);
    case op_STORE_NAME: return recordStoreName(arg, false, pc);
    case op_STORE_GLOBAL: return recordStoreName(arg, true, pc);
    case op_LOAD_ATTR: return recordLoadAttr(arg, false, pc);
    case op_LOAD_METHOD: return recordLoadAttr(arg, true, pc);
    case op_STORE_ATTR: return recordStoreAttr(arg);
    case op_CALL: return recordCall(arg, pc);
    case op_RETURN_VALUE: return recordReturn();
    case op_GET_ITER: return recordGetIter();
    case op_FOR_ITER: return recordForIter(arg);
    case op_UNPACK_SEQUENCE: return recordUnpack(arg, pc);
    case op_BUILD_TUPLE:
    case op_BUILD_LIST: return recordBuild(op, arg, pc);
    case op_LIST_APPEND: {
      Value list = concrete(arg);
      if (!list.isObject() || !isExactListKind(list.asObject()->kind)) return recordResidual(op, arg, pc);
      Id object = asKind(peek(arg), list);
      return appendTo(object, peek(0), 1, nullptr);
    }
    case op_BUILD_SLICE:
      if (deferSlice(arg)) return true;
      if (arg == 3) return residual(Helper::k_new_slice, {peek(2), peek(1), peek(0)}, 3, true);
      return residual(Helper::k_new_slice, {peek(1), peek(0), b_.constValue(kNone)}, 2, true);
    case op_FORMAT_VALUE: return recordFormat(arg);
    case op_JUMP_FORWARD: case op_JUMP_BACKWARD: case op_JUMP_BACKWARD_NO_INTERRUPT:
    case op_POP_JUMP_FORWARD_IF_FALSE: case op_POP_JUMP_FORWARD_IF_TRUE: case op_POP_JUMP_BACKWARD_IF_FALSE:
    case op_POP_JUMP_BACKWARD_IF_TRUE: case op_POP_JUMP_FORWARD_IF_NONE: case op_POP_JUMP_FORWARD_IF_NOT_NONE:
    case op_POP_JUMP_BACKWARD_IF_NONE: case op_POP_JUMP_BACKWARD_IF_NOT_NONE: case op_JUMP_IF_TRUE_OR_POP:
    case op_JUMP_IF_FALSE_OR_POP:
      return recordJump(op, arg);
    case op_LOAD_CLOSURE: push(slotId(f, arg)); return true;
    case op_MAKE_CELL: {
      Id content = boxed(slotId(f, arg));
      Id cell = b_.call(Helper::k_new_cell, {content});
      mode_ = Mode::kRaise;
      cell = b_.op(Op::k_guard_ok, cell);
      mode_ = Mode::kBefore;
      b_.learnKind(cell, kKindCell);
      candidate(content, concreteSlot(arg));
      setSlot(arg, cell);
      return true;
    }
    case op_COPY_FREE_VARS: {
      if (f.function == kNoId) return stopBefore(Abort::kUnsupported);
      Id closure = b_.load(Field::k_function_closure, f.function);
      closure = b_.op(Op::k_guard_kind, closure, kNoId, kNoId, kKindTuple);
      uint32_t first = uint32_t(f.code->slot_count) - arg;
      for (uint32_t i = 0; i < arg; ++i)
        setSlot(first + i, b_.op(Op::k_load_item, closure, b_.constInt(i), kNoId, uint64_t(Field::k_tuple_items), Ty::kValue));
      return true;
    }
    case op_LOAD_DEREF: {
      Value cell = concreteSlot(arg);
      if (!cell.isObject() || static_cast<CellObject*>(cell.asObject())->content.empty()) return stopBefore(Abort::kUnsupported);
      Id object = asKind(slotId(f, arg), cell);
      push(b_.op(Op::k_guard_nonempty, b_.load(Field::k_cell_content, object)));
      return true;
    }
    case op_STORE_DEREF: {
      Value cell = concreteSlot(arg);
      Id object = asKind(slotId(f, arg), cell);
      Id old = b_.load(Field::k_cell_content, object);
      b_.store(Field::k_cell_content, object, boxed(peek(0)));
      b_.op(Op::k_release, old);
      pop(1);
      candidate(old, static_cast<CellObject*>(cell.asObject())->content);
      return true;
    }
    case op_SEND: return recordSend(arg, pc);
    case op_CHECK_EXC_MATCH: return recordExceptionMatch(pc);
    case op_RERAISE: return recordReraise();
    case op_END_ASYNC_FOR: return recordEndAsyncFor();
    case op_PUSH_EXC_INFO: {
      if (insideGenerator()) return stopBefore(Abort::kUnsupported);
      Type* type = exceptionType(peek(0));
      if (!recordResidual(op, arg, pc)) return false;
      if (type) exception_types_.push_back({b_.root(peek(0)), type});
      return true;
    }
    case op_POP_EXCEPT:
    case op_CHECK_EG_MATCH: return insideGenerator() ? stopBefore(Abort::kUnsupported) : recordResidual(op, arg, pc);
    case op_RAISE_VARARGS:  // a bare raise adds no traceback entry: the interpreter does it
      return arg == 0 ? stopBefore(Abort::kRaised) : recordResidual(op, arg, pc);
    case op_CALL_FUNCTION_EX: thread_.call_nested = true; return recordResidual(op, arg, pc);
    case op_LOAD_CLASSDEREF: return residual(Helper::k_class_deref, {b_.constInt(arg)}, 0, true);
    case op_DELETE_GLOBAL:
    case op_DELETE_NAME:
      markUnstable(asDict(f.globals), asStr(f.code->names->items[arg]));
      return recordResidual(op, arg, pc);
    default: return recordResidual(op, arg, pc);
  }
}

}  // namespace krait::jit
