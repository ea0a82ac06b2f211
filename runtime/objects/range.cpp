// range: lazy arithmetic progressions of any size, and their iterators.
//
// Nearly all ranges are small: start, stop, step and length are immediate ints, and every item too. Those are handled as raw
// int64; the others go through int's arithmetic.
#include "runtime/core/error.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/int.h"
#include "runtime/objects/iterators.h"
#include "runtime/objects/str.h"
#include "runtime/objects/str_builder.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/iteration.h"

namespace krait {

namespace {

void deallocRange(Object* self) {
  auto* range = static_cast<Range*>(self);
  release(range->start);
  release(range->stop);
  release(range->step);
  release(range->length);
  freeObject(self, sizeof(Range), Sort::kPlain);
}

// max(0, (stop - start + step -/+ 1) // step) for plain ints.
Ref<> rangeLength(Thread& t, Value start, Value stop, Value step) {
  bool up = intSign(step) > 0;
  Value low = up ? start : stop, high = up ? stop : start;
  if (intCompare(low, high) >= 0) return steal(Value::fromInt(0));
  Ref<> distance = intSubtract(t, high, low);
  if (!distance) return kRaised;
  distance = intSubtract(t, distance, Value::fromInt(1));
  if (!distance) return kRaised;
  Ref<> size = up ? share(step) : intNegative(t, step);
  if (!size) return kRaised;
  Ref<> count = intFloorDivide(t, distance, size);
  return count ? intAdd(t, count, Value::fromInt(1)) : kRaised;
}

// start + index * step
Ref<> rangeItem(Thread& t, Range* range, Value index) {
  if (range->small && index.isInt()) return steal(Value::fromInt(range->raw_start + index.asInt() * range->raw_step));
  Ref<> offset = intMultiply(t, index, range->step);
  return offset ? intAdd(t, range->start, offset) : kRaised;
}

Ref<> rangeNew(Thread& t, Type*, Args args) {
  if (!noKeywords(t, "range", args) || !arity(t, "range", args, 1, 3)) return kRaised;
  Ref<> parts[3] = {steal(Value::fromInt(0)), Ref<>(), steal(Value::fromInt(1))};
  for (size_t i = 0; i < args.positional; ++i) {
    Ref<> part = toIndexValue(t, args[i]);
    if (!part) return kRaised;
    parts[args.positional == 1 ? 1 : i] = std::move(part);
  }
  if (intSign(parts[2]) == 0) return raise(t, exc::ValueError, "range() arg 3 must not be zero");
  return newRange(t, parts[0], parts[1], parts[2]);
}

Ref<> rangeRepr(Thread& t, Value self) {
  Range* range = asRange(self);
  StrBuilder out(t);
  out.appendAscii("range(");
  Value parts[] = {range->start, range->stop, range->step};
  int count = range->step == Value::fromInt(1) ? 2 : 3;
  for (int i = 0; i < count; ++i) {
    Ref<Str> text = intToText(t, parts[i]);
    if (!text) return kRaised;
    if (i) out.appendAscii(", ");
    out.append(text.get());
  }
  out.appendAscii(")");
  return out.finish();
}

int64_t rangeLengthSlot(Thread& t, Value self) {
  int64_t length;
  if (intFits64(asRange(self)->length, &length)) return length;
  return raise(t, exc::OverflowError, "Python int too large to convert to C ssize_t");
}
int rangeTruth(Thread&, Value self) { return intSign(asRange(self)->length) != 0; }

// A bound of a slice of something with an int length: what slice.indices computes for one of the two.
Ref<> clampSliceBound(Thread& t, Value bound, Value length, bool negative_step, bool is_start) {
  if (bound.isNone()) {
    bool at_end = is_start == negative_step;
    if (!negative_step) return at_end ? share(length) : steal(Value::fromInt(0));
    return is_start ? intSubtract(t, length, Value::fromInt(1)) : steal(Value::fromInt(-1));
  }
  if (!isIntLike(bound) && !typeOf(bound)->slots.index) {
    return raise(t, exc::TypeError, "slice indices must be integers or None or have an __index__ method");
  }
  Ref<> i = toIndexValue(t, bound);
  if (!i) return kRaised;
  if (intSign(i) < 0) {
    i = intAdd(t, i, length);
    if (i && intSign(i) < 0) return steal(Value::fromInt(negative_step ? -1 : 0));
    return i;
  }
  if (intCompare(i, length) >= 0) return negative_step ? intSubtract(t, length, Value::fromInt(1)) : share(length);
  return i;
}

Ref<> rangeSlice(Thread& t, Range* range, Slice* slice) {
  Ref<> start, stop, step;
  if (!sliceIndicesOfInt(t, slice, range->length, &start, &stop, &step)) return kRaised;
  Ref<> new_step = intMultiply(t, range->step, step);
  Ref<> new_start = new_step ? rangeItem(t, range, start) : Ref<>();
  Ref<> new_stop = new_start ? rangeItem(t, range, stop) : Ref<>();
  return new_stop ? newRange(t, new_start, new_stop, new_step) : kRaised;
}

Ref<> rangeGetItem(Thread& t, Value self, Value key) {
  Range* range = asRange(self);
  if (isSlice(key)) return rangeSlice(t, range, asSlice(key));
  if (!isIntLike(key) && !typeOf(key)->slots.index) {
    return raise(t, exc::TypeError, "range indices must be integers or slices, not %.200s", typeName(key));
  }
  Ref<> index = toIndexValue(t, key);
  if (!index) return kRaised;
  if (intSign(index) < 0) {
    index = intAdd(t, index, range->length);
    if (!index) return kRaised;
  }
  if (intSign(index) < 0 || intCompare(index, range->length) >= 0) {
    return raise(t, exc::IndexError, "range object index out of range");
  }
  return rangeItem(t, range, index);
}

// Whether a plain int is an item. -1: raised.
int containsInt(Thread& t, Range* range, Value v) {
  bool up = intSign(range->step) > 0;
  Value low = up ? range->start : range->stop, high = up ? range->stop : range->start;
  int below = intCompare(v, low), above = intCompare(v, high);
  if (up ? below < 0 || above >= 0 : below <= 0 || above > 0) return 0;
  Ref<> offset = intSubtract(t, v, range->start);
  if (!offset) return -1;
  Ref<> rest = intRemainder(t, offset, range->step);
  return rest ? intSign(rest) == 0 : -1;
}

int rangeContains(Thread& t, Value self, Value item) {
  if (item.isInt() || isExact(item, &types::Int) || item.isBool()) return containsInt(t, asRange(self), intValue(item));
  Ref<> iterator = iterate(t, self);
  if (!iterator) return -1;
  while (Ref<> each = next(t, iterator)) {
    int same = compareBool(t, each, item, CompareOp::kEqual);
    if (same) return same;
  }
  return t.raised() ? -1 : 0;
}

// Equal as sequences.
bool rangeEqual(Range* a, Range* b) {
  if (!intEqual(a->length, b->length)) return false;
  if (intSign(a->length) == 0) return true;
  if (!intEqual(a->start, b->start)) return false;
  return a->length == Value::fromInt(1) || intEqual(a->step, b->step);
}

Ref<> rangeCompare(Thread&, Value a, Value b, CompareOp op) {
  if (!isRange(b) || (op != CompareOp::kEqual && op != CompareOp::kNotEqual)) return share(kNotImplemented);
  return steal(Value::fromBool(rangeEqual(asRange(a), asRange(b)) == (op == CompareOp::kEqual)));
}

// hash((length, start, step)), with None for what does not matter.
Hash rangeHash(Thread& t, Value self) {
  Range* range = asRange(self);
  bool empty = intSign(range->length) == 0, single = range->length == Value::fromInt(1);
  Ref<Tuple> key = packTuple(t, range->length, empty ? kNone : range->start, empty || single ? kNone : range->step);
  return key ? hashOf(t, key) : -1;
}

Ref<> makeIterator(Thread& t, Value start, Value step, Value length) {
  int64_t raw_start, raw_step, raw_length;
  if (start.isInt() && step.isInt() && length.isInt()) {
    raw_start = start.asInt(), raw_step = step.asInt(), raw_length = length.asInt();
    // `current` is stepped once past the last item.
    __int128 end = __int128(raw_start) + __int128(raw_step) * raw_length;
    if (end >= kIntMin && end <= kIntMax) {
      auto* iterator = allocate<RangeIterator>(Sort::kPlain, &types::RangeIterator, kKindRangeIterator);
      if (!iterator) return raiseNoMemory(t);
      iterator->current = raw_start;
      iterator->step = raw_step;
      iterator->left = iterator->length = raw_length;
      return steal(Value(iterator));
    }
  }
  auto* iterator = allocate<LongRangeIterator>(Sort::kPlain, &types::LongRangeIterator, kKindLongRangeIterator);
  if (!iterator) return raiseNoMemory(t);
  iterator->start = share(start).leak();
  iterator->step = share(step).leak();
  iterator->length = share(length).leak();
  iterator->index = Value::fromInt(0);
  return steal(Value(iterator));
}

Ref<> rangeIterator(Thread& t, Value self) {
  Range* range = asRange(self);
  if (KRAIT_LIKELY(range->small)) {
    auto* iterator = allocate<RangeIterator>(Sort::kPlain, &types::RangeIterator, kKindRangeIterator);
    if (!iterator) return raiseNoMemory(t);
    iterator->current = range->raw_start;
    iterator->step = range->raw_step;
    iterator->left = iterator->length = range->raw_length;
    return steal(Value(iterator));
  }
  return makeIterator(t, range->start, range->step, range->length);
}

}  // namespace

Ref<> newRangeIterator(Thread& t, int64_t start, int64_t stop, int64_t step) {
  auto* iterator = allocate<RangeIterator>(Sort::kPlain, &types::RangeIterator, kKindRangeIterator);
  if (!iterator) return raiseNoMemory(t);
  int64_t length = 0;
  if (step > 0 && start < stop) length = (stop - start - 1) / step + 1;
  if (step < 0 && start > stop) length = (start - stop - 1) / -step + 1;
  iterator->current = start;
  iterator->step = step;
  iterator->left = iterator->length = length;
  return steal(Value(iterator));
}

namespace {

Ref<> rangeReversed(Thread& t, Value self) {
  Range* range = asRange(self);
  Ref<> step = intNegative(t, range->step);
  Ref<> last = step ? intSubtract(t, range->length, Value::fromInt(1)) : Ref<>();
  Ref<> start = last ? rangeItem(t, range, last) : Ref<>();
  return start ? makeIterator(t, start, step, range->length) : kRaised;
}

Ref<> rangeReduce(Thread& t, Value self) {
  Range* range = asRange(self);
  Ref<Tuple> arguments = packTuple(t, range->start, range->stop, range->step);
  return arguments ? Ref<>(packTuple(t, Value(&types::Range), arguments.value())) : kRaised;
}

Ref<> rangeCount(Thread& t, Value self, Value item) {
  if (item.isInt() || isExact(item, &types::Int) || item.isBool()) {
    int present = containsInt(t, asRange(self), intValue(item));
    return present < 0 ? Ref<>() : steal(Value::fromInt(present));
  }
  int64_t count = 0;
  Iteration items(t, self);
  while (Ref<> each = items.next()) {
    int same = compareBool(t, each, item, CompareOp::kEqual);
    if (same < 0) return kRaised;
    count += same;
  }
  return t.raised() ? Ref<>() : steal(Value::fromInt(count));
}

Ref<> rangeIndex(Thread& t, Value self, Value item) {
  Range* range = asRange(self);
  if (item.isInt() || isExact(item, &types::Int) || item.isBool()) {
    int present = containsInt(t, range, intValue(item));
    if (present < 0) return kRaised;
    if (present) {
      Ref<> offset = intSubtract(t, intValue(item), range->start);
      return offset ? intFloorDivide(t, offset, range->step) : kRaised;
    }
    Ref<Str> text = repr(t, item);
    if (!text) return kRaised;
    StrBuilder message(t);
    message.append(text.get());
    message.appendAscii(" is not in range");
    Ref<Str> whole = message.finish();
    return whole ? raiseWith(t, exc::ValueError, whole) : kRaised;
  }
  Iteration items(t, self);
  for (int64_t i = 0;; ++i) {
    Ref<> each = items.next();
    if (!each) break;
    int same = compareBool(t, each, item, CompareOp::kEqual);
    if (same < 0) return kRaised;
    if (same) return steal(Value::fromInt(i));
  }
  return t.raised() ? Ref<>() : raise(t, exc::ValueError, "sequence.index(x): x not in sequence");
}

template <Value Range::* field>
Ref<> getField(Thread&, Value self) {
  return share(asRange(self)->*field);
}

const MethodDef kRangeMethods[] = {
    method("__reversed__", rangeReversed, "($self, /)", "Return a reverse iterator."),
    method("__reduce__", rangeReduce, "($self, /)"),
    method("count", rangeCount, "($self, value, /)", "rangeobject.count(value) -> integer -- return number of occurrences of value"),
    method("index", rangeIndex, "($self, value, /)",
           "rangeobject.index(value) -> integer -- return index of value.\nRaise ValueError if the value is not present."),
    {},
};
const GetSetDef kRangeGetSets[] = {
    {"start", getField<&Range::start>, nullptr, nullptr, true},
    {"stop", getField<&Range::stop>, nullptr, nullptr, true},
    {"step", getField<&Range::step>, nullptr, nullptr, true},
    {},
};

// --- range_iterator ---

RangeIterator* asIterator(Value v) { return static_cast<RangeIterator*>(v.asObject()); }

void deallocIterator(Object* self) { freeObject(self, sizeof(RangeIterator), Sort::kPlain); }

Ref<> iteratorNext(Thread&, Value self) {
  RangeIterator* iterator = asIterator(self);
  if (iterator->left <= 0) return {};
  --iterator->left;
  int64_t current = iterator->current;
  iterator->current = current + iterator->step;
  return steal(Value::fromInt(current));
}
Ref<> iteratorHint(Thread&, Value self) { return steal(Value::fromInt(asIterator(self)->left)); }
// (iter, (the whole range,), position)
Ref<> iteratorReduce(Thread& t, Value self) {
  RangeIterator* iterator = asIterator(self);
  int64_t position = iterator->length - iterator->left;
  int64_t start = iterator->current - position * iterator->step;
  Ref<> whole = newRange(t, Value::fromInt(start), Value::fromInt(start + iterator->step * iterator->length),
                         Value::fromInt(iterator->step));
  return whole ? reduceToIter(t, whole, position) : kRaised;
}
Ref<> iteratorSetState(Thread& t, Value self, Value state) {
  RangeIterator* iterator = asIterator(self);
  int64_t index = toInt64(t, state);
  if (index == -1 && t.raised()) return kRaised;
  index = index < 0 ? 0 : index > iterator->length ? iterator->length : index;
  int64_t position = iterator->length - iterator->left;
  iterator->current += (index - position) * iterator->step;
  iterator->left = iterator->length - index;
  return share(kNone);
}

const MethodDef kIteratorMethods[] = {
    method("__length_hint__", iteratorHint, "($self, /)", "Private method returning an estimate of len(list(it))."),
    method("__reduce__", iteratorReduce, "($self, /)", "Return state information for pickling."),
    method("__setstate__", iteratorSetState, "($self, state, /)", "Set state information for unpickling."),
    {},
};

// --- longrange_iterator ---

LongRangeIterator* asLongIterator(Value v) { return static_cast<LongRangeIterator*>(v.asObject()); }

void deallocLongIterator(Object* self) {
  auto* iterator = static_cast<LongRangeIterator*>(self);
  release(iterator->start);
  release(iterator->step);
  release(iterator->length);
  release(iterator->index);
  freeObject(self, sizeof(LongRangeIterator), Sort::kPlain);
}
Ref<> longIteratorNext(Thread& t, Value self) {
  LongRangeIterator* iterator = asLongIterator(self);
  if (intCompare(iterator->index, iterator->length) >= 0) return {};
  Ref<> offset = intMultiply(t, iterator->index, iterator->step);
  Ref<> item = offset ? intAdd(t, iterator->start, offset) : Ref<>();
  Ref<> index = item ? intAdd(t, iterator->index, Value::fromInt(1)) : Ref<>();
  if (!index) return kRaised;
  assign(iterator->index, std::move(index));
  return item;
}
Ref<> longIteratorHint(Thread& t, Value self) {
  return intSubtract(t, asLongIterator(self)->length, asLongIterator(self)->index);
}
Ref<> longIteratorReduce(Thread& t, Value self) {
  LongRangeIterator* iterator = asLongIterator(self);
  Ref<> distance = intMultiply(t, iterator->length, iterator->step);
  Ref<> stop = distance ? intAdd(t, iterator->start, distance) : Ref<>();
  Ref<> whole = stop ? newRange(t, iterator->start, stop, iterator->step) : Ref<>();
  Ref<> iter = whole ? builtinFunction(t, "iter") : Ref<>();
  Ref<Tuple> arguments = iter ? packTuple(t, whole.value()) : Ref<Tuple>();
  return arguments ? Ref<>(packTuple(t, iter.value(), arguments.value(), iterator->index)) : kRaised;
}
Ref<> longIteratorSetState(Thread& t, Value self, Value state) {
  LongRangeIterator* iterator = asLongIterator(self);
  Ref<> index = toIndexValue(t, state);
  if (!index) return kRaised;
  if (intSign(index) < 0) index = steal(Value::fromInt(0));
  if (intCompare(index, iterator->length) > 0) index = share(iterator->length);
  assign(iterator->index, std::move(index));
  return share(kNone);
}

const MethodDef kLongIteratorMethods[] = {
    method("__length_hint__", longIteratorHint, "($self, /)", "Private method returning an estimate of len(list(it))."),
    method("__reduce__", longIteratorReduce, "($self, /)", "Return state information for pickling."),
    method("__setstate__", longIteratorSetState, "($self, state, /)", "Set state information for unpickling."),
    {},
};

}  // namespace

bool sliceIndicesOfInt(Thread& t, Slice* slice, Value length, Ref<>* start, Ref<>* stop, Ref<>* step) {
  if (slice->step.isNone()) {
    *step = steal(Value::fromInt(1));
  } else if (!isIntLike(slice->step) && !typeOf(slice->step)->slots.index) {
    return raise(t, exc::TypeError, "slice indices must be integers or None or have an __index__ method");
  } else {
    *step = toIndexValue(t, slice->step);
    if (!*step) return false;
  }
  if (intSign(*step) == 0) return raise(t, exc::ValueError, "slice step cannot be zero");
  bool negative = intSign(*step) < 0;
  *start = clampSliceBound(t, slice->start, length, negative, true);
  if (!*start) return false;
  *stop = clampSliceBound(t, slice->stop, length, negative, false);
  return bool(*stop);
}

Ref<> newRange(Thread& t, Value start, Value stop, Value step) {
  Ref<> length = rangeLength(t, start, stop, step);
  if (!length) return kRaised;
  auto* range = allocate<Range>(Sort::kPlain, &types::Range, kKindRange);
  if (!range) return raiseNoMemory(t);
  range->start = share(start).leak();
  range->stop = share(stop).leak();
  range->step = share(step).leak();
  range->length = length.leak();
  range->small = start.isInt() && stop.isInt() && step.isInt() && range->length.isInt();
  range->raw_start = range->raw_stop = range->raw_step = range->raw_length = 0;
  if (range->small) {
    range->raw_start = start.asInt();
    range->raw_stop = stop.asInt();
    range->raw_step = step.asInt();
    range->raw_length = range->length.asInt();
    // An iterator steps once past the end, which must be an immediate int too.
    __int128 end = __int128(range->raw_start) + __int128(range->raw_step) * range->raw_length;
    range->small = end >= kIntMin && end <= kIntMax;
  }
  return steal(Value(range));
}

const TypeSpec& rangeTypeSpec() {
  static const TypeSpec spec{
      .type = &types::Range,
      .basic_size = sizeof(Range),
      .doc = "range(stop) -> range object\nrange(start, stop[, step]) -> range object\n\n"
             "Return an object that produces a sequence of integers from start (inclusive)\n"
             "to stop (exclusive) by step.  range(i, j) produces i, i+1, i+2, ..., j-1.\n"
             "start defaults to 0, and stop is omitted!  range(4) produces 0, 1, 2, 3.\n"
             "These are exactly the valid indices for a list of 4 elements.\n"
             "When step is given, it specifies the increment (or decrement).",
      .methods = kRangeMethods,
      .getsets = kRangeGetSets,
      .dealloc = deallocRange,
      .fill = [](Slots& slots) {
        slots.new_ = rangeNew;
        slots.repr = rangeRepr;
        slots.hash = rangeHash;
        slots.compare = rangeCompare;
        slots.iter = rangeIterator;
        slots.length = rangeLengthSlot;
        slots.truth = rangeTruth;
        slots.getitem = rangeGetItem;
        slots.contains = rangeContains;
      },
  };
  return spec;
}

const TypeSpec& rangeIteratorTypeSpec() {
  static const TypeSpec spec{
      .type = &types::RangeIterator,
      .basic_size = sizeof(RangeIterator),
      .doc = nullptr,
      .methods = kIteratorMethods,
      .dealloc = deallocIterator,
      .fill = [](Slots& slots) {
        slots.iter = iteratorSelf;
        slots.next = iteratorNext;
      },
  };
  return spec;
}

const TypeSpec& longRangeIteratorTypeSpec() {
  static const TypeSpec spec{
      .type = &types::LongRangeIterator,
      .basic_size = sizeof(LongRangeIterator),
      .doc = nullptr,
      .methods = kLongIteratorMethods,
      .dealloc = deallocLongIterator,
      .fill = [](Slots& slots) {
        slots.iter = iteratorSelf;
        slots.next = longIteratorNext;
      },
  };
  return spec;
}

}  // namespace krait
