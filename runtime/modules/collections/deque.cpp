// collections.deque: a ring buffer, so that both ends and any index are reached in constant time.
#include "runtime/modules/collections/collections.h"
#include "runtime/objects/generic_alias.h"
#include "runtime/objects/instance.h"
#include "runtime/objects/int.h"
#include "runtime/objects/sequence.h"
#include "runtime/objects/str.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/iteration.h"

namespace krait::collections {

namespace {

Type deque_type, iterator_type, reverse_iterator_type;

struct Deque : Object {
  Value* items;       // ring of `capacity` places, a power of two
  int64_t first, size, capacity;
  int64_t most;       // maxlen, -1: none
  uint64_t state;     // changes with each structural change: iterators notice

  Value& at(int64_t i) const { return items[(first + i) & (capacity - 1)]; }
};
Deque* asDeque(Value v) { return static_cast<Deque*>(v.asObject()); }
bool isDeque(Value v) { return v.isObject() && isInstance(v, &deque_type); }

bool grow(Thread& t, Deque* d) {
  int64_t capacity = d->capacity ? d->capacity * 2 : 8;
  auto* items = static_cast<Value*>(allocateBuffer(size_t(capacity) * sizeof(Value)));
  if (!items) return raiseNoMemory(t);
  for (int64_t i = 0; i < d->size; ++i) items[i] = d->at(i);
  if (d->items) freeBuffer(d->items);
  d->items = items;
  d->first = 0;
  d->capacity = capacity;
  return true;
}

Ref<> takeLast(Deque* d) {
  ++d->state;
  return steal(d->at(--d->size));
}
Ref<> takeFirst(Deque* d) {
  ++d->state;
  Ref<> item = steal(d->at(0));
  d->first = (d->first + 1) & (d->capacity - 1);
  --d->size;
  return item;
}
bool putLast(Thread& t, Deque* d, Ref<> item) {
  if (d->size == d->capacity && !grow(t, d)) return false;
  d->at(d->size++) = item.leak();
  ++d->state;
  if (d->most >= 0 && d->size > d->most) Ref<> dead = takeFirst(d);
  return true;
}
bool putFirst(Thread& t, Deque* d, Ref<> item) {
  if (d->size == d->capacity && !grow(t, d)) return false;
  d->first = (d->first - 1) & (d->capacity - 1);
  ++d->size;
  d->at(0) = item.leak();
  ++d->state;
  if (d->most >= 0 && d->size > d->most) Ref<> dead = takeLast(d);
  return true;
}

void clear(Deque* d) {
  Deque old = *d;
  d->items = nullptr;
  d->first = d->size = d->capacity = 0;
  ++d->state;
  for (int64_t i = 0; i < old.size; ++i) release(old.at(i));
  if (old.items) freeBuffer(old.items);
}

bool extend(Thread& t, Deque* d, Value iterable, bool left) {
  Ref<> source = share(iterable);
  if (iterable == Value(d) && !(source = sequenceToList(t, iterable))) return false;
  Iteration items(t, source);
  while (Ref<> item = items.next()) {
    if (d->most == 0) continue;
    if (left ? !putFirst(t, d, std::move(item)) : !putLast(t, d, std::move(item))) return false;
  }
  return !t.raised();
}

// --- construction and destruction ---

Ref<> dequeNew(Thread& t, Type* type, Args) {
  auto* d = allocateInstance<Deque>(type);
  if (!d) return raiseNoMemory(t);
  memset(reinterpret_cast<char*>(d) + sizeof(Object), 0, sizeof(Deque) - sizeof(Object));
  d->most = -1;
  return steal(Value(d));
}
bool dequeInit(Thread& t, Value self, Args args) {
  static const MethodDef kInit = method("deque", NativeBound(nullptr), "(iterable=(), maxlen=None)");
  Value bound[2];
  Ref<> keep[2];
  if (!bindArguments(t, kInit, args, bound, keep)) return false;
  Deque* d = asDeque(self);
  int64_t most = -1;
  if (!bound[1].isNone()) {
    if (!isIntLike(bound[1])) return raise(t, exc::TypeError, "an integer is required");
    most = toIndex(t, bound[1]);
    if (t.raised()) return false;
    if (most < 0) return raise(t, exc::ValueError, "maxlen must be non-negative");
  }
  d->most = most;
  if (d->size) clear(d);
  return bound[0].empty() || extend(t, d, bound[0], false);
}
void deallocDeque(Object* self) {
  auto* d = static_cast<Deque*>(self);
  if (d->items) clear(d);
  freeInstance(self);
}
void traverseDeque(Object* self, Visitor& visitor) {
  auto* d = static_cast<Deque*>(self);
  for (int64_t i = 0; i < d->size; ++i) visitor.visit(d->at(i));
}
void clearDeque(Object* self) { clear(static_cast<Deque*>(self)); }

// A deque of the same type with the same maxlen; subclasses go through their constructor.
Ref<> copyOf(Thread& t, Value self) {
  Deque* d = asDeque(self);
  if (typeOf(self) != &deque_type) {
    Ref<> copy = d->most < 0 ? call(t, Value(typeOf(self)), self) : call(t, Value(typeOf(self)), self, Value::fromInt(d->most));
    if (copy && !isDeque(copy)) {
      return raise(t, exc::TypeError, "%.200s() must return a deque, not %.200s", typeName(self), typeName(copy));
    }
    return copy;
  }
  Ref<> copy = dequeNew(t, &deque_type, {});
  if (!copy) return kRaised;
  asDeque(copy)->most = d->most;
  for (int64_t i = 0; i < d->size; ++i) {
    if (!putLast(t, asDeque(copy), share(d->at(i)))) return kRaised;
  }
  return copy;
}

// --- methods ---

Ref<> done(bool ok) { return ok ? share(kNone) : Ref<>(); }

Ref<> methodAppend(Thread& t, Value self, Value item) { return done(putLast(t, asDeque(self), share(item))); }
Ref<> methodAppendLeft(Thread& t, Value self, Value item) { return done(putFirst(t, asDeque(self), share(item))); }
Ref<> methodExtend(Thread& t, Value self, Value items) { return done(extend(t, asDeque(self), items, false)); }
Ref<> methodExtendLeft(Thread& t, Value self, Value items) { return done(extend(t, asDeque(self), items, true)); }
Ref<> methodPop(Thread& t, Value self) {
  return asDeque(self)->size ? takeLast(asDeque(self)) : Ref<>(raise(t, exc::IndexError, "pop from an empty deque"));
}
Ref<> methodPopLeft(Thread& t, Value self) {
  return asDeque(self)->size ? takeFirst(asDeque(self)) : Ref<>(raise(t, exc::IndexError, "pop from an empty deque"));
}
Ref<> methodClear(Thread&, Value self) {
  clear(asDeque(self));
  return share(kNone);
}

// Compares items with v until one is equal: its index, -1 none, -2 raised. Changes meanwhile are an error.
int64_t findItem(Thread& t, Deque* d, Value v, int64_t start, int64_t stop, bool runtime_error) {
  uint64_t state = d->state;
  for (int64_t i = start; i < stop && i < d->size; ++i) {
    Ref<> item = share(d->at(i));
    int same = compareBool(t, item, v, CompareOp::kEqual);
    if (same < 0) return -2;
    if (d->state != state) {
      raise(t, runtime_error ? exc::RuntimeError : exc::IndexError, "deque mutated during %s", runtime_error ? "iteration" : "remove().")
          .operator bool();
      return -2;
    }
    if (same) return i;
  }
  return -1;
}

Ref<> methodCount(Thread& t, Value self, Value v) {
  int64_t count = 0;
  for (int64_t i = 0; (i = findItem(t, asDeque(self), v, i, INT64_MAX, true)) >= 0; ++i) ++count;
  return t.raised() ? Ref<>() : newInt(t, count);
}
int dequeContains(Thread& t, Value self, Value v) {
  int64_t i = findItem(t, asDeque(self), v, 0, INT64_MAX, true);
  return i >= 0 ? 1 : i == -1 ? 0 : -1;
}
Raised notFound(Thread& t, Value v) {
  Ref<Str> shown = repr(t, v);
  Ref<Str> rest = shown ? newStrUtf8(t, " is not in deque") : Ref<Str>();
  Ref<> message = rest ? strConcat(t, shown, rest) : Ref<>();
  return message ? raiseWith(t, exc::ValueError, message) : kRaised;
}
Ref<> methodIndex(Thread& t, Value self, const Value* args) {
  Deque* d = asDeque(self);
  int64_t start = 0, stop = d->size;
  if (!toSearchBound(t, args[1], d->size, &start) || !toSearchBound(t, args[2], d->size, &stop)) return kRaised;
  int64_t i = findItem(t, d, args[0], start, stop, true);
  if (i == -2) return kRaised;
  return i >= 0 ? newInt(t, i) : notFound(t, args[0]);
}

Ref<> removeAt(Deque* d, int64_t i) {
  Ref<> item = steal(d->at(i));
  for (; i + 1 < d->size; ++i) d->at(i) = d->at(i + 1);
  --d->size;
  ++d->state;
  return item;
}
Ref<> methodRemove(Thread& t, Value self, Value v) {
  int64_t i = findItem(t, asDeque(self), v, 0, INT64_MAX, false);
  if (i == -2) return kRaised;
  if (i == -1) return notFound(t, v);
  Ref<> dead = removeAt(asDeque(self), i);
  return share(kNone);
}
Ref<> methodInsert(Thread& t, Value self, const Value* args) {
  Deque* d = asDeque(self);
  int64_t i = toIndex(t, args[0], false, &exc::OverflowError);
  if (t.raised()) return kRaised;
  if (d->size == d->most) return raise(t, exc::IndexError, "deque already at its maximum size");
  if (i < 0) i = i + d->size < 0 ? 0 : i + d->size;
  if (i > d->size) i = d->size;
  if (!putLast(t, d, share(args[1]))) return kRaised;
  for (int64_t j = d->size - 1; j > i; --j) std::swap(d->at(j), d->at(j - 1));
  return share(kNone);
}
Ref<> methodReverse(Thread&, Value self) {
  Deque* d = asDeque(self);
  for (int64_t i = 0, j = d->size - 1; i < j; ++i, --j) std::swap(d->at(i), d->at(j));
  return share(kNone);
}
Ref<> methodRotate(Thread& t, Value self, const Value* args) {
  Deque* d = asDeque(self);
  int64_t n = toIndex(t, args[0], false, &exc::OverflowError);
  if (t.raised()) return kRaised;
  if (d->size < 2) return share(kNone);
  n %= d->size;
  if (n > d->size / 2) n -= d->size;
  if (n < -(d->size / 2)) n += d->size;
  ++d->state;
  // A full ring turns by moving its start; one with room moves items across the gap.
  for (; n > 0; --n) {
    Value item = d->at(d->size - 1);
    d->first = (d->first - 1) & (d->capacity - 1);
    d->at(0) = item;
  }
  for (; n < 0; ++n) {
    Value item = d->at(0);
    d->first = (d->first + 1) & (d->capacity - 1);
    d->at(d->size - 1) = item;
  }
  return share(kNone);
}
Ref<> methodCopy(Thread& t, Value self) { return copyOf(t, self); }
Ref<> methodReduce(Thread& t, Value self) {
  Ref<> state = callMethod(t, self, "__getstate__");
  Ref<> iterator = state ? iterate(t, self) : Ref<>();
  if (!iterator) return kRaised;
  Ref<Tuple> arguments = asDeque(self)->most < 0 ? share(emptyTuple())
                                                 : packTuple(t, Value(emptyTuple()), Value::fromInt(asDeque(self)->most));
  if (!arguments) return kRaised;
  return packTuple(t, Value(typeOf(self)), arguments.value(), state.value(), iterator.value());
}
Ref<> methodSizeof(Thread&, Value self) {
  return steal(Value::fromInt(int64_t(instanceSize(self.asObject())) + asDeque(self)->capacity * 8));
}
Ref<> getMaxlen(Thread& t, Value self) { return asDeque(self)->most < 0 ? share(kNone) : newInt(t, asDeque(self)->most); }

// --- protocol slots ---

struct DequeItems {
  Deque* deque;
  int64_t size() const { return deque->size; }
  Ref<> item(int64_t i) const { return share(deque->at(i)); }
  static bool shortcut() { return true; }
};

Ref<> dequeRepr(Thread& t, Value self) {
  ReprScope scope(t, self);
  if (scope.failed()) return kRaised;
  StrBuilder out(t);
  if (scope.recursive()) {
    out.appendAscii("[...]");
    return out.finish();
  }
  Deque* d = asDeque(self);
  out.append(typeOf(self)->name);
  out.appendAscii("([");
  if (!appendReprs(t, out, DequeItems{d})) return kRaised;
  if (d->most >= 0) {
    Ref<Str> most = intToText(t, Value::fromInt(d->most));
    if (!most) return kRaised;
    out.appendAscii("], maxlen=");
    out.append(most.get());
    out.appendAscii(")");
  } else {
    out.appendAscii("])");
  }
  return out.finish();
}
Ref<> dequeCompare(Thread& t, Value a, Value b, CompareOp op) {
  if (!isDeque(a) || !isDeque(b)) return share(kNotImplemented);
  NativeScope scope(t, " in comparison");
  if (!scope) return kRaised;
  return compareSequences(t, DequeItems{asDeque(a)}, DequeItems{asDeque(b)}, op);
}
int64_t dequeLength(Thread&, Value self) { return asDeque(self)->size; }

bool indexOf(Thread& t, Deque* d, Value key, int64_t* out) {
  if (!isIntLike(key) && !typeOf(key)->slots.index) {
    return raise(t, exc::TypeError, "sequence index must be integer, not '%.200s'", typeName(key));
  }
  *out = toIndex(t, key, false, &exc::IndexError);
  if (t.raised()) return false;
  if (*out < 0) *out += d->size;
  return (*out >= 0 && *out < d->size) || raise(t, exc::IndexError, "deque index out of range").operator bool();
}
Ref<> dequeGetItem(Thread& t, Value self, Value key) {
  int64_t i;
  return indexOf(t, asDeque(self), key, &i) ? share(asDeque(self)->at(i)) : kRaised;
}
bool dequeSetItem(Thread& t, Value self, Value key, Value v) {
  int64_t i;
  if (!indexOf(t, asDeque(self), key, &i)) return false;
  if (v.empty()) {
    Ref<> dead = removeAt(asDeque(self), i);
  } else {
    assign(asDeque(self)->at(i), share(v));
  }
  return true;
}
Ref<> dequeConcat(Thread& t, Value a, Value b) {
  if (!isDeque(b)) return raise(t, exc::TypeError, "can only concatenate deque (not \"%.200s\") to deque", typeName(b));
  Ref<> result = copyOf(t, a);
  return result && extend(t, asDeque(result), b, false) ? std::move(result) : Ref<>();
}
Ref<> dequeInplaceConcat(Thread& t, Value self, Value other) {
  return extend(t, asDeque(self), other, false) ? share(self) : Ref<>();
}
Ref<> dequeInplaceRepeat(Thread& t, Value self, Value times) {
  Deque* d = asDeque(self);
  int64_t n = toIndex(t, times, false, &exc::OverflowError);
  if (t.raised()) return kRaised;
  int64_t size = d->size;
  if (n <= 0) {
    clear(d);
  } else if (size && n > (int64_t(1) << 40) / size) {
    return raiseNoMemory(t);
  } else {
    Ref<List> items = sequenceToList(t, self);
    if (!items) return kRaised;
    for (; n > 1; --n) {
      if (!extend(t, d, items, false)) return kRaised;
    }
  }
  return share(self);
}
Ref<> dequeRepeat(Thread& t, Value self, Value times) {
  Ref<> result = copyOf(t, self);
  return result ? dequeInplaceRepeat(t, result, times) : kRaised;
}

// --- iterators ---

struct DequeIterator : Fields<1> {
  int64_t index, left;
  uint64_t state;
};

Ref<> makeIterator(Thread& t, Type* type, Value deque, bool reverse) {
  Ref<DequeIterator> iterator = makeFields<DequeIterator>(t, type);
  if (!iterator) return kRaised;
  Deque* d = asDeque(deque);
  iterator->v[0] = share(deque).leak();
  iterator->left = d->size;
  iterator->index = reverse ? d->size - 1 : 0;
  iterator->state = d->state;
  return iterator;
}
Ref<> dequeIterator(Thread& t, Value self) { return makeIterator(t, &iterator_type, self, false); }
Ref<> methodReversed(Thread& t, Value self) { return makeIterator(t, &reverse_iterator_type, self, true); }

template <bool reverse>
Ref<> iteratorNext(Thread& t, Value self) {
  auto* iterator = fieldsOf<DequeIterator>(self);
  Deque* d = asDeque(iterator->v[0]);
  if (iterator->state != d->state) {
    iterator->left = 0;
    return raise(t, exc::RuntimeError, "deque mutated during iteration");
  }
  if (iterator->left == 0) return {};
  --iterator->left;
  return share(d->at(reverse ? iterator->index-- : iterator->index++));
}
template <Type* type_object, bool reverse>
Ref<> iteratorNew(Thread& t, Type*, Args args) {
  if (!arity(t, "_deque_iterator", args, 1, 2)) return kRaised;
  if (!isDeque(args[0])) {
    return raise(t, exc::TypeError, "argument 1 must be collections.deque, not %.50s", typeName(args[0]));
  }
  int64_t skip = args.positional == 2 ? toIndex(t, args[1]) : 0;
  if (t.raised()) return kRaised;
  Ref<> iterator = makeIterator(t, type_object, args[0], reverse);
  for (; iterator && skip > 0; --skip) {
    Ref<> item = iteratorNext<reverse>(t, iterator);
    if (!item) return t.raised() ? Ref<>() : std::move(iterator);
  }
  return iterator;
}
Ref<> iteratorHint(Thread& t, Value self) { return newInt(t, fieldsOf<DequeIterator>(self)->left); }
Ref<> iteratorReduce(Thread& t, Value self) {
  auto* iterator = fieldsOf<DequeIterator>(self);
  Ref<Tuple> arguments = packTuple(t, iterator->v[0], Value::fromInt(asDeque(iterator->v[0])->size - iterator->left));
  return arguments ? Ref<>(packTuple(t, Value(typeOf(self)), arguments.value())) : kRaised;
}
const MethodDef kIteratorMethods[] = {
    method("__length_hint__", iteratorHint, "($self, /)", "Private method returning an estimate of len(list(it))."),
    method("__reduce__", iteratorReduce, "($self, /)", "Return state information for pickling."),
    {},
};

const MethodDef kDequeMethods[] = {
    method("append", methodAppend, "($self, item, /)", "Add an element to the right side of the deque."),
    method("appendleft", methodAppendLeft, "($self, item, /)", "Add an element to the left side of the deque."),
    method("clear", methodClear, "($self, /)", "Remove all elements from the deque."),
    method("__copy__", methodCopy, "($self, /)", "Return a shallow copy of a deque."),
    method("copy", methodCopy, "($self, /)", "Return a shallow copy of a deque."),
    method("count", methodCount, "($self, value, /)", "D.count(value) -- return number of occurrences of value"),
    method("extend", methodExtend, "($self, iterable, /)", "Extend the right side of the deque with elements from the iterable"),
    method("extendleft", methodExtendLeft, "($self, iterable, /)", "Extend the left side of the deque with elements from the iterable"),
    method("index", methodIndex, "($self, value, start=<unrepresentable>, stop=<unrepresentable>, /)",
           "D.index(value, [start, [stop]]) -- return first index of value.\nRaises ValueError if the value is not present."),
    method("insert", methodInsert, "($self, index, object, /)", "D.insert(index, object) -- insert object before index"),
    method("pop", methodPop, "($self, /)", "Remove and return the rightmost element."),
    method("popleft", methodPopLeft, "($self, /)", "Remove and return the leftmost element."),
    method("__reduce__", methodReduce, "($self, /)", "Return state information for pickling."),
    method("remove", methodRemove, "($self, value, /)", "D.remove(value) -- remove first occurrence of value."),
    method("__reversed__", methodReversed, "($self, /)", "D.__reversed__() -- return a reverse iterator over the deque"),
    method("reverse", methodReverse, "($self, /)", "D.reverse() -- reverse *IN PLACE*"),
    method("rotate", methodRotate, "($self, n=1, /)", "Rotate the deque n steps to the right (default n=1).  If n is "
           "negative, rotates left."),
    method("__sizeof__", methodSizeof, "($self, /)", "D.__sizeof__() -- size of D in memory, in bytes"),
    method("__class_getitem__", classGetItem, "($cls, item, /)", "See PEP 585", MethodKind::kClass),
    {},
};
const GetSetDef kDequeGetSets[] = {{"maxlen", getMaxlen, nullptr, "maximum size of a deque or None if unbounded"}, {}};

}  // namespace

bool addDeque(Thread& t, ModuleObject* module) {
  TypeSpec spec{.type = &deque_type, .basic_size = sizeof(Deque),
                .doc = "deque([iterable[, maxlen]]) --> deque object\n\nA list-like sequence optimized for data "
                       "accesses near its endpoints.",
                .methods = kDequeMethods, .getsets = kDequeGetSets, .dealloc = deallocDeque, .traverse = traverseDeque,
                .clear = clearDeque, .fill = [](Slots& slots) {
                  slots.new_ = dequeNew;
                  slots.init = dequeInit;
                  slots.repr = dequeRepr;
                  slots.compare = dequeCompare;
                  slots.iter = dequeIterator;
                  slots.length = dequeLength;
                  slots.getitem = dequeGetItem;
                  slots.setitem = dequeSetItem;
                  slots.contains = dequeContains;
                  slots.concat = dequeConcat;
                  slots.repeat = dequeRepeat;
                  slots.inplace_concat = dequeInplaceConcat;
                  slots.inplace_repeat = dequeInplaceRepeat;
                }};
  return addNativeType(t, module, spec, "collections.deque", kTypeCollectable | kTypeWeakrefable | kTypeSequencePattern) &&
         addNativeType(t, module,
                       iteratorSpec<DequeIterator, iteratorNew<&iterator_type, false>,
                           iteratorNext<false>>(&iterator_type, kIteratorMethods,
                                                                                                  nullptr),
                       "_collections._deque_iterator", kTypeCollectable | kTypeFinal) &&
         addNativeType(t, module,
                       iteratorSpec<DequeIterator, iteratorNew<&reverse_iterator_type, true>, iteratorNext<true>>(
                           &reverse_iterator_type, kIteratorMethods, nullptr),
                       "_collections._deque_reverse_iterator", kTypeCollectable | kTypeFinal);
}

}  // namespace krait::collections
