// tuple: primitives, protocol slots and methods.
#include "runtime/objects/tuple.h"

#include <cstring>

#include "runtime/core/error.h"
#include "runtime/memory/gc.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/generic_alias.h"
#include "runtime/objects/int.h"
#include "runtime/objects/iterators.h"
#include "runtime/objects/less.h"
#include "runtime/objects/sequence.h"
#include "runtime/objects/variable.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/iteration.h"

namespace krait {

namespace {

constexpr size_t tupleBytes(int64_t size) { return sizeof(Tuple) + size_t(size) * sizeof(Value); }
constexpr int64_t kMaxItems = INT64_MAX / int64_t(sizeof(Value)) - 8;

// Items are not initialised.
Tuple* allocateTuple(Thread& t, int64_t size) {
  Object* object = size > kMaxItems ? nullptr : allocateObject(tupleBytes(size), Sort::kCollectable, &types::Tuple, kKindTuple);
  if (KRAIT_UNLIKELY(!object)) return raiseNoMemory(t);
  auto* tuple = static_cast<Tuple*>(object);
  tuple->size = size;
  return tuple;
}

struct TupleItems {
  Tuple* tuple;
  int64_t size() const { return tuple->size; }
  Ref<> item(int64_t i) const { return share(tuple->items[i]); }
  static bool shortcut() { return false; }
};

}  // namespace

Tuple* emptyTuple() {
  static Tuple empty = [] {
    Tuple tuple{};
    tuple.count = kImmortalCount;
    tuple.kind = kKindTuple;
    tuple.type_and_flags = reinterpret_cast<uint64_t>(&types::Tuple) | kFlagUntracked;
    return tuple;
  }();
  return &empty;
}

Ref<Tuple> newTupleBlank(Thread& t, int64_t size) {
  if (size == 0) return share(emptyTuple());
  Tuple* tuple = allocateTuple(t, size);
  if (!tuple) return kRaised;
  memset(tuple->items, 0, size_t(size) * sizeof(Value));
  return steal(tuple);
}

Ref<Tuple> newTuple(Thread& t, const Value* items, int64_t size) {
  if (size == 0) return share(emptyTuple());
  Tuple* tuple = allocateTuple(t, size);
  if (!tuple) return kRaised;
  for (int64_t i = 0; i < size; ++i) {
    retain(items[i]);
    tuple->items[i] = items[i];
  }
  return steal(tuple);
}

Ref<Tuple> newTupleSteal(Thread& t, Value* items, int64_t size) {
  if (size == 0) return share(emptyTuple());
  Tuple* tuple = allocateTuple(t, size);
  if (!tuple) {
    for (int64_t i = 0; i < size; ++i) release(items[i]);
    return kRaised;
  }
  memcpy(tuple->items, items, size_t(size) * sizeof(Value));
  return steal(tuple);
}

int tupleLess(Thread& t, Tuple* a, Tuple* b) {
  for (int64_t i = 0; i < a->size && i < b->size; ++i) {
    Value x = a->items[i], y = b->items[i];
    if (x == y) continue;
    if (bothInts(x, y)) return x.asInt() < y.asInt();
    if (x.isDouble() && y.isDouble()) {
      if (x.asDouble() == y.asDouble()) continue;
      return x.asDouble() < y.asDouble();
    }
    if (isExactStr(x) && isExactStr(y)) {
      int order = strCompare(asStr(x), asStr(y));
      if (order == 0) continue;
      return order < 0;
    }
    // What compares through Python may drop the tuples.
    NativeScope scope(t, " in comparison");
    if (!scope) return -1;
    Ref<> kept_a = share(Value(a)), kept_b = share(Value(b));
    int same = compareBool(t, x, y, CompareOp::kEqual);
    if (same < 0) return -1;
    if (!same) return lessThan(t, x, y);
  }
  return a->size < b->size;
}

Ref<Tuple> sequenceToTuple(Thread& t, Value iterable) {
  if (isExactTuple(iterable)) return share(asTuple(iterable));
  if (!isExactList(iterable)) {
    Ref<List> list = sequenceToList(t, iterable);
    if (!list) return kRaised;
    return sequenceToTuple(t, list);
  }
  List* list = asList(iterable);
  Ref<Tuple> tuple = newTupleBlank(t, list->size);
  if (!tuple) return kRaised;
  for (int64_t i = 0; i < tuple->size; ++i) tuple->items[i] = listGet(list, i).leak();
  return tuple;
}

namespace {

void deallocTuple(Object* self) {
  auto* tuple = static_cast<Tuple*>(self);
  for (int64_t i = tuple->size; --i >= 0;) release(tuple->items[i]);
  if (KRAIT_LIKELY(self->type() == &types::Tuple)) {
    freeObject(self, tupleBytes(tuple->size), Sort::kCollectable);
  } else {
    freeInstance(self);
  }
}

void traverseTuple(Object* self, Visitor& visitor) {
  auto* tuple = static_cast<Tuple*>(self);
  for (int64_t i = 0; i < tuple->size; ++i) visitor.visit(tuple->items[i]);
}

Ref<> tupleNew(Thread& t, Type* type, Args args) {
  if (!noKeywords(t, type, &types::Tuple, args) || !arity(t, "tuple", args, 0, 1)) return kRaised;
  Ref<Tuple> exact = args.positional ? sequenceToTuple(t, args[0]) : share(emptyTuple());
  if (!exact || type == &types::Tuple) return exact;
  auto* tuple = static_cast<Tuple*>(allocateVariable(type, tupleBytes(exact->size)));
  if (!tuple) return raiseNoMemory(t);
  tuple->size = exact->size;
  for (int64_t i = 0; i < exact->size; ++i) {
    retain(exact->items[i]);
    tuple->items[i] = exact->items[i];
  }
  return steal(Value(tuple));
}

Ref<> tupleRepr(Thread& t, Value self) {
  Tuple* tuple = asTuple(self);
  StrBuilder out(t);
  if (tuple->size == 0) {
    out.appendAscii("()");
    return out.finish();
  }
  ReprScope scope(t, self);
  if (scope.failed()) return kRaised;
  if (scope.recursive()) {
    out.appendAscii("(...)");
    return out.finish();
  }
  out.appendAscii("(");
  if (!appendReprs(t, out, TupleItems{tuple})) return kRaised;
  out.appendAscii(tuple->size == 1 ? ",)" : ")");
  return out.finish();
}

// xxHash as CPython uses it: one lane for each item.
Hash tupleHash(Thread& t, Value self) {
  constexpr uint64_t kPrime1 = 11400714785074694791u, kPrime2 = 14029467366897019727u, kPrime5 = 2870177450012600261u;
  Tuple* tuple = asTuple(self);
  uint64_t state = kPrime5;
  for (int64_t i = 0; i < tuple->size; ++i) {
    Hash lane = hashOf(t, tuple->items[i]);
    if (lane == -1) return -1;
    state += uint64_t(lane) * kPrime2;
    state = (state << 31) | (state >> 33);
    state *= kPrime1;
  }
  state += uint64_t(tuple->size) ^ (kPrime5 ^ 3527539u);
  return state == ~uint64_t(0) ? 1546275796 : Hash(state);
}

Ref<> tupleCompare(Thread& t, Value a, Value b, CompareOp op) {
  if (!isTuple(a) || !isTuple(b)) return share(kNotImplemented);
  NativeScope scope(t, " in comparison");
  if (!scope) return kRaised;
  return compareSequences(t, TupleItems{asTuple(a)}, TupleItems{asTuple(b)}, op);
}

int64_t tupleLength(Thread&, Value self) { return asTuple(self)->size; }

int tupleContains(Thread& t, Value self, Value item) {
  Tuple* tuple = asTuple(self);
  for (int64_t i = 0; i < tuple->size; ++i) {
    int same = compareBool(t, tuple->items[i], item, CompareOp::kEqual);
    if (same) return same;
  }
  return 0;
}

Ref<> tupleSlice(Thread& t, Value self, Value slice) {
  Tuple* tuple = asTuple(self);
  int64_t start, stop, step;
  int64_t count = sliceIndices(t, slice, tuple->size, &start, &stop, &step);
  if (count < 0) return kRaised;
  if (count == tuple->size && step == 1 && isExactTuple(self)) return share(self);
  if (step == 1) return newTuple(t, tuple->items + start, count);
  Ref<Tuple> result = newTupleBlank(t, count);
  if (!result) return kRaised;
  for (int64_t i = 0; i < count; ++i) result->items[i] = share(tuple->items[start + i * step]).leak();
  return result;
}

Ref<> tupleGetItem(Thread& t, Value self, Value key) {
  Tuple* tuple = asTuple(self);
  int64_t i;
  if (KRAIT_LIKELY(key.isInt())) {
    i = key.asInt();
  } else if (isSlice(key)) {
    return tupleSlice(t, self, key);
  } else {
    if (!isIntLike(key) && !typeOf(key)->slots.index) {
      return raise(t, exc::TypeError, "tuple indices must be integers or slices, not %.200s", typeName(key));
    }
    i = toIndex(t, key, false, &exc::IndexError);
    if (i == -1 && t.raised()) return kRaised;
  }
  if (i < 0) i += tuple->size;
  if (KRAIT_UNLIKELY(uint64_t(i) >= uint64_t(tuple->size))) return raise(t, exc::IndexError, "tuple index out of range");
  return share(tuple->items[i]);
}

Ref<> tupleConcat(Thread& t, Value a, Value b) {
  if (!isTuple(b)) {
    return raise(t, exc::TypeError, "can only concatenate tuple (not \"%.200s\") to tuple", typeName(b));
  }
  Tuple *x = asTuple(a), *y = asTuple(b);
  if (x->size == 0 && isExactTuple(b)) return share(b);
  if (y->size == 0 && isExactTuple(a)) return share(a);
  Tuple* result = allocateTuple(t, x->size + y->size);
  if (!result) return kRaised;
  for (int64_t i = 0; i < x->size; ++i) result->items[i] = share(x->items[i]).leak();
  for (int64_t i = 0; i < y->size; ++i) result->items[x->size + i] = share(y->items[i]).leak();
  return steal(result);
}

Ref<> tupleRepeat(Thread& t, Value self, Value times) {
  Tuple* tuple = asTuple(self);
  int64_t n = toIndex(t, times, false, &exc::OverflowError);
  if (n == -1 && t.raised()) return kRaised;
  if ((n == 1 || tuple->size == 0) && isExactTuple(self)) return share(self);
  if (n <= 0 || tuple->size == 0) return share(Value(emptyTuple()));
  if (tuple->size > kMaxItems / n) return raiseNoMemory(t);
  Tuple* result = allocateTuple(t, tuple->size * n);
  if (!result) return kRaised;
  for (int64_t i = 0; i < result->size; ++i) result->items[i] = share(tuple->items[i % tuple->size]).leak();
  return steal(result);
}

Ref<> tupleCount(Thread& t, Value self, Value item) {
  Tuple* tuple = asTuple(self);
  int64_t count = 0;
  for (int64_t i = 0; i < tuple->size; ++i) {
    int same = compareBool(t, tuple->items[i], item, CompareOp::kEqual);
    if (same < 0) return kRaised;
    count += same;
  }
  return steal(Value::fromInt(count));
}

Ref<> tupleIndex(Thread& t, Value self, const Value* args) {
  Tuple* tuple = asTuple(self);
  int64_t start = 0, stop = INT64_MAX;
  if (!toSearchBound(t, args[1], tuple->size, &start) || !toSearchBound(t, args[2], tuple->size, &stop)) return kRaised;
  for (int64_t i = start; i < stop && i < tuple->size; ++i) {
    int same = compareBool(t, tuple->items[i], args[0], CompareOp::kEqual);
    if (same < 0) return kRaised;
    if (same) return steal(Value::fromInt(i));
  }
  return raise(t, exc::ValueError, "tuple.index(x): x not in tuple");
}

Ref<> tupleGetNewArgs(Thread& t, Value self) {
  Tuple* tuple = asTuple(self);
  Ref<Tuple> exact = newTuple(t, tuple->items, tuple->size);
  if (!exact) return kRaised;
  return packTuple(t, exact.value());
}

const MethodDef kTupleMethods[] = {
    method("__getnewargs__", tupleGetNewArgs, "($self, /)"),
    method("index", tupleIndex, "($self, value, start=0, stop=sys.maxsize, /)",
           "Return first index of value.\n\nRaises ValueError if the value is not present.", MethodKind::kInstance),
    method("count", tupleCount, "($self, value, /)", "Return number of occurrences of value."),
    method("__class_getitem__", classGetItem, "($cls, item, /)", "See PEP 585", MethodKind::kClass),
    {},
};

void fillTupleSlots(Slots& slots) {
  slots.new_ = tupleNew;
  slots.repr = tupleRepr;
  slots.hash = tupleHash;
  slots.compare = tupleCompare;
  slots.iter = tupleIterator;
  slots.length = tupleLength;
  slots.getitem = tupleGetItem;
  slots.contains = tupleContains;
  slots.concat = tupleConcat;
  slots.repeat = tupleRepeat;
}

}  // namespace

const TypeSpec& tupleTypeSpec() {
  static const TypeSpec spec{
      .type = &types::Tuple,
      .basic_size = sizeof(Tuple),
      .doc =
          "Built-in immutable sequence.\n\nIf no argument is given, the constructor returns an empty tuple.\n"
          "If iterable is specified the tuple is initialized from iterable's items.\n\n"
          "If the argument is a tuple, the return value is the same object.",
      .methods = kTupleMethods,
      .dealloc = deallocTuple,
      .traverse = traverseTuple,
      .fill = fillTupleSlots,
  };
  return spec;
}

}  // namespace krait
