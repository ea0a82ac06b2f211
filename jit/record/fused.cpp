// Pairs of instructions of which the first makes an object that the second uses up: super().name, for x in range(...),
// list[a:b]. The object is not made. The first instruction leaves an empty word on the symbolic stack and notes what
// the object would be; the second, which always follows it, does the work of both. Guards stand in front of the first,
// so no exit is ever taken in between; what the second may raise is raised at its own place.
#include <cstring>
#include "interp/opcodes.h"
#include "jit/record/recorder.h"
#include "runtime/core/frame.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/descriptors.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/function.h"
#include "runtime/objects/list.h"
#include "runtime/objects/list_storage.h"
#include "runtime/objects/str.h"
#include "runtime/objects/tuple.h"

namespace krait::jit {
namespace {

// What super(start, self).name finds in the mro; empty: nothing.
Value foundBehind(Type* type, Type* start, Str* name) {
  Tuple* mro = type->mro;
  int64_t i = 0;
  while (i < mro->size && mro->items[i].asObject() != start) ++i;
  for (++i; i < mro->size; ++i) {
    Value found = dictGetStr(static_cast<Type*>(mro->items[i].asObject())->dict, name);
    if (!found.empty()) return found;
  }
  return Value();
}

}  // namespace

Cell* Recorder::following() { return top().code->cells + next_unit_; }

// `popped` words leave for the object that is not made.
bool Recorder::defer(Deferred what, uint32_t popped) {
  what.unit = next_unit_;
  deferred_ = what;
  pop(popped);
  push(b_.constEmpty());
  return true;
}

// super() in front of the method that is called through it. False: it is another use of super, or one that fails.
bool Recorder::deferSuper() {
  RecFrame& f = top();
  Cell* next = following();
  if (genericOp(next) != op_LOAD_METHOD || !f.frame->function || f.code->arg_count == 0) return false;
  int first_free = f.code->slot_count - f.code->free_count, at = first_free;
  while (at < f.code->slot_count && !strEqualsAscii(asStr(f.code->slot_names->items[at]), "__class__")) ++at;
  if (at == f.code->slot_count || (uint8_t(f.code->slot_kinds->data[0]) & kLocalCell)) return false;
  Value cell = concreteSlot(uint32_t(at)), self = concreteSlot(0);
  if (!cell.isObject() || cell.asObject()->kind != kKindCell || !self.isObject() || isType(self)) return false;
  Value start = static_cast<CellObject*>(cell.asObject())->content;
  Str* name = asStr(f.code->names->items[next->arg]);
  if (!start.isObject() || !isType(start) || strEqualsAscii(name, "__class__")) return false;
  Type* type = typeOf(self);
  if (!isSubtype(type, static_cast<Type*>(start.asObject()))) return false;
  Value found = foundBehind(type, static_cast<Type*>(start.asObject()), name);
  if (!found.isObject() || !isFunction(found)) return false;
  Id content = b_.load(Field::k_cell_content, asKind(slotId(f, uint32_t(at)), cell));
  guardIdentical(content, start);
  Id object = asKind(slotId(f, 0), self);
  assume({Assumption::kType, Value(type)});
  return defer({Deferred::kSuper, 0, {b_.constValue(found), object}}, 2);
}

// range(...) of small ints in front of a loop. False: other arguments, or another use.
bool Recorder::deferRange(const std::vector<Id>& args, const Value* concrete_args) {
  if (args.empty() || args.size() > 3 || genericOp(following()) != op_GET_ITER) return false;
  for (size_t i = 0; i < args.size(); ++i)
    if (!concrete_args[i].isInt()) return false;
  if (args.size() == 3 && concrete_args[2].asInt() == 0) return false;
  Deferred what{Deferred::kRange, 0, {b_.constInt(0), kNoId, b_.constInt(1)}};
  for (size_t i = 0; i < args.size(); ++i) {
    Id id = asInt(args[i], concrete_args[i]);
    if (b_.typeOf(id) != Ty::kI64) return false;
    guardSmall(id);
    if (i == 2) b_.op(Op::k_guard_true, b_.op(Op::k_ne, id, b_.constInt(0)));
    what.parts[args.size() == 1 ? 1 : i] = id;
  }
  return defer(what, uint32_t(args.size()) + 2);
}

// The int is one that fits a word.
void Recorder::guardSmall(Id id) {
  if (b_.range(id).within(kIntMin, kIntMax)) return;
  b_.op(Op::k_guard_true, b_.op(Op::k_le, id, b_.constInt(kIntMax)));
  b_.op(Op::k_guard_true, b_.op(Op::k_ge, id, b_.constInt(kIntMin)));
}

// A slice of ints in front of the subscript that it is for: of a list; to store to, a list of raw items and another
// one.
bool Recorder::deferSlice(uint32_t count) {
  uint16_t consumer = genericOp(following());
  Value container = concrete(count);
  if ((consumer != op_BINARY_SUBSCR && consumer != op_STORE_SUBSCR) || !container.isObject() || !isExactList(container))
    return false;
  if (consumer == op_STORE_SUBSCR) {
    Value items = concrete(count + 1);
    bool raw = isRawListKind(container.asObject()->kind) && items.isObject() &&
               items.asObject()->kind == container.asObject()->kind;
    if (!raw || count == 3 || items == container) return false;
  }
  Value step = count == 3 ? concrete(0) : kNone;
  if (!step.isNone() && (!step.isInt() || step.asInt() == 0 || !isConst(peek(0)))) return false;
  for (uint32_t i = count == 3 ? 1 : 0; i < count; ++i)
    if (!concrete(i).isNone() && !concrete(i).isInt()) return false;
  asKind(peek(count), container);
  if (consumer == op_STORE_SUBSCR) {
    Id target = asKind(peek(count), container), items = asKind(peek(count + 1), concrete(count + 1));
    // Of itself: copied first, as the interpreter does.
    b_.op(Op::k_guard_false, b_.op(Op::k_same, target, items));
  }
  Deferred what{Deferred::kSlice, 0, {b_.constInt(0), b_.constInt(0), b_.constInt(step.isNone() ? 1 : step.asInt())}};
  for (uint32_t i = 0; i < 2; ++i) {
    uint32_t depth = count - 1 - i;
    Value v = concrete(depth);
    if (v.isNone()) {
      if (!isConst(peek(depth))) guardIdentical(peek(depth), kNone);
      what.open |= 1 << i;
      continue;
    }
    Id id = asInt(peek(depth), v);
    if (b_.typeOf(id) != Ty::kI64) return false;
    guardSmall(id);
    what.parts[i] = id;
  }
  return defer(what, count);
}

// The second of the pair.
bool Recorder::finishDeferred() {
  Deferred what = deferred_;
  deferred_ = {};
  if (what.kind == Deferred::kSuper) {
    // The interpreter has a bound method here, which waits for the arguments.
    --top().depth;
    Id method = b_.call(Helper::k_new_method, {what.parts[0], what.parts[1]});
    mode_ = Mode::kRaise;
    method = b_.op(Op::k_guard_ok, method);
    mode_ = Mode::kBefore;
    b_.learnKind(method, kKindMethod);
    b_.learnContent(Field::k_method_function, method, what.parts[0]);
    b_.learnContent(Field::k_method_self, method, what.parts[1]);
    push(b_.constEmpty());
    push(method);
    return true;
  }
  bool store = what.kind == Deferred::kSlice && genericOp(top().code->cells + top().unit) == op_STORE_SUBSCR;
  Id result;
  if (what.kind == Deferred::kRange) {
    result = b_.call(Helper::k_range_iterator, {what.parts[0], what.parts[1], what.parts[2]});
  } else {
    Id list = peek(1), open = b_.constInt(what.open);
    result = store ? b_.call(Helper::k_list_set_slice, {list, what.parts[0], what.parts[1], open, peek(2)})
                   : b_.call(Helper::k_list_slice, {list, what.parts[0], what.parts[1], what.parts[2], open});
  }
  --top().depth;  // the word in place of the object
  --sp_;
  if (what.kind == Deferred::kSlice) pop(store ? 2 : 1);
  mode_ = Mode::kRaise;
  if (store)
    b_.op(Op::k_guard_true, b_.op(Op::k_ge, result, b_.constInt(0)));
  else
    result = b_.op(Op::k_guard_ok, result);
  mode_ = Mode::kBefore;
  if (what.kind == Deferred::kRange) b_.learnKind(result, kKindRangeIterator);
  if (!store) push(result);
  return true;
}

}  // namespace krait::jit
