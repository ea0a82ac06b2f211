// set and frozenset as Python sees them: constructors, operators, methods.
#include "runtime/core/error.h"
#include "runtime/memory/gc.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/dict_table.h"
#include "runtime/objects/generic_alias.h"
#include "runtime/objects/instance.h"
#include "runtime/objects/iterators.h"
#include "runtime/objects/sequence.h"
#include "runtime/objects/set_table.h"
#include "runtime/objects/variable.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/iteration.h"

namespace krait {

namespace {

void deallocSet(Object* self) {
  setFreeTable(static_cast<Set*>(self));
  if (self->kind == kKindSet || self->kind == kKindFrozenSet) {
    freeObject(self, sizeof(Set), Sort::kCollectable);
  } else {
    freeInstance(self);
  }
}

void traverseSet(Object* self, Visitor& visitor) {
  auto* set = static_cast<Set*>(self);
  for (uint64_t i = 0; i <= set->mask; ++i) visitor.visit(set->table[i].key);
}

void clearSet(Object* self) { setFreeTable(static_cast<Set*>(self)); }

bool isFrozen(Value v) { return isInstance(v, &types::FrozenSet); }

Ref<Set> makeOfType(Thread& t, Type* type, Value iterable) {
  auto* set = allocateInstance<Set>(type);
  if (!set) return raiseNoMemory(t);
  setInit(set);
  Ref<Set> result = steal(set);
  if (!iterable.empty() && !setUpdate(t, set, iterable)) return kRaised;
  return result;
}

// Results of operators are plain sets or frozensets also for subclasses.
Ref<Set> makeLike(Thread& t, Value self, Value iterable) {
  return isFrozen(self) ? newFrozenSet(t, iterable) : newSet(t, iterable);
}

Ref<> setNew(Thread& t, Type* type, Args) { return makeOfType(t, type, Value()); }

bool setInitSlot(Thread& t, Value self, Args args) {
  if (!noKeywords(t, "set", args) || !arity(t, typeName(self), args, 0, 1)) return false;
  setFreeTable(asSet(self));
  asSet(self)->hash = -1;
  return args.positional == 0 || setUpdate(t, asSet(self), args[0]);
}

Ref<> frozenNew(Thread& t, Type* type, Args args) {
  if (!noKeywords(t, type, &types::FrozenSet, args) || !arity(t, "frozenset", args, 0, 1)) return kRaised;
  if (args.positional && type == &types::FrozenSet && isExact(args[0], &types::FrozenSet)) return share(args[0]);
  return makeOfType(t, type, args.positional ? args[0] : Value());
}

Ref<> setRepr(Thread& t, Value self) {
  StrBuilder out(t);
  ReprScope scope(t, self);
  if (scope.failed()) return kRaised;
  bool plain = isExact(self, &types::Set), bare = scope.recursive() || asSet(self)->used == 0;
  if (bare || !plain) out.append(typeOf(self)->name);
  if (bare) {
    out.appendAscii(scope.recursive() ? "(...)" : "()");
    return out.finish();
  }
  Ref<List> keys = sequenceToList(t, self);
  if (!keys) return kRaised;
  struct Items {
    List* list;
    int64_t size() const { return list->size; }
    Ref<> item(int64_t i) const { return listGet(list, i); }
  };
  out.appendAscii(plain ? "{" : "({");
  if (!appendReprs(t, out, Items{keys.get()})) return kRaised;
  out.appendAscii(plain ? "}" : "})");
  return out.finish();
}

uint64_t shuffleBits(uint64_t h) { return ((h ^ 89869747u) ^ (h << 16)) * 3644798167u; }

// Independent of the order of the keys; cached.
Hash frozenHash(Thread&, Value self) {
  Set* set = asSet(self);
  if (set->hash != -1) return set->hash;
  uint64_t hash = 0;
  for (uint64_t i = 0; i <= set->mask; ++i) {
    if (!set->table[i].key.empty()) hash ^= shuffleBits(uint64_t(set->table[i].hash));
  }
  hash ^= (uint64_t(set->used) + 1) * 1927868237u;
  hash ^= (hash >> 11) ^ (hash >> 25);
  hash = hash * 69069u + 907133923u;
  if (hash == ~uint64_t(0)) hash = 590923713u;
  return set->hash = Hash(hash);
}

// --- the algebra; each function owns its results ---

// Calls body(key, hash) for each key of a set, which may change meanwhile. body: 1 go on, 0 stop, -1 raised.
template <class Body>
int forEachKey(Set* set, Body body) {
  int64_t position = 0;
  Value key;
  Hash hash;
  while (setNext(set, &position, &key, &hash)) {
    Ref<> kept = share(key);
    int go_on = body(kept.value(), hash);
    if (go_on <= 0) return go_on;
  }
  return 1;
}

Ref<> intersection(Thread& t, Value self, Value other) {
  Ref<Set> result = makeLike(t, self, Value());
  if (!result) return kRaised;
  Set* set = asSet(self);
  if (isAnySet(other)) {
    Set* walked = asSet(other);
    if (walked->used > set->used) std::swap(walked, set);
    int ok = forEachKey(walked, [&](Value key, Hash hash) {
      int present = setContainsHashed(t, set, key, hash);
      if (present < 0) return -1;
      return present && !setAddHashed(t, result.get(), key, hash) ? -1 : 1;
    });
    return ok < 0 ? Ref<>() : std::move(result);
  }
  Iteration items(t, other);
  while (Ref<> item = items.next()) {
    Hash hash = keyHash(t, item);
    if (hash == -1) return kRaised;
    int present = setContainsHashed(t, set, item, hash);
    if (present < 0 || (present && !setAddHashed(t, result.get(), item, hash))) return kRaised;
  }
  if (t.raised()) return kRaised;
  return result;
}

[[nodiscard]] bool differenceUpdate(Thread& t, Set* set, Value other) {
  if (isAnySet(other)) {
    if (asSet(other) == set) {
      setFreeTable(set);
      return true;
    }
    return forEachKey(asSet(other), [&](Value key, Hash hash) { return setDiscardHashed(t, set, key, hash) < 0 ? -1 : 1; }) > 0;
  }
  Iteration items(t, other);
  while (Ref<> item = items.next()) {
    if (setDiscard(t, set, item) < 0) return false;
  }
  return !t.raised();
}

Ref<> difference(Thread& t, Value self, Value other) {
  Set* set = asSet(self);
  bool is_set = isAnySet(other), is_dict = isExactDict(other);
  int64_t other_size = is_set ? asSet(other)->used : is_dict ? asDict(other)->size : 0;
  if (set->used == 0 || (!is_set && !is_dict) || (set->used >> 2) > other_size) {
    Ref<Set> result = makeLike(t, self, self);
    if (!result || !differenceUpdate(t, result.get(), other)) return kRaised;
    return result;
  }
  Ref<Set> result = makeLike(t, self, Value());
  if (!result) return kRaised;
  int ok = forEachKey(set, [&](Value key, Hash hash) {
    int present;
    if (is_set) {
      present = setContainsHashed(t, asSet(other), key, hash);
    } else {
      int64_t entry = dictFind(t, asDict(other), key, hash);
      present = entry == kFindRaised ? -1 : entry >= 0;
    }
    if (present < 0) return -1;
    return !present && !setAddHashed(t, result.get(), key, hash) ? -1 : 1;
  });
  return ok < 0 ? Ref<>() : std::move(result);
}

[[nodiscard]] bool symmetricUpdate(Thread& t, Set* set, Value other) {
  if (other == Value(set)) {
    setFreeTable(set);
    return true;
  }
  Ref<> keys = isAnySet(other) ? share(other) : Ref<>(makeLike(t, Value(set), other));
  if (!keys) return false;
  return forEachKey(asSet(keys), [&](Value key, Hash hash) {
           int removed = setDiscardHashed(t, set, key, hash);
           if (removed < 0) return -1;
           return removed || setAddHashed(t, set, key, hash) ? 1 : -1;
         }) > 0;
}

Ref<> symmetricDifference(Thread& t, Value self, Value other) {
  Ref<Set> result = makeLike(t, self, other);
  if (!result || !symmetricUpdate(t, result.get(), self)) return kRaised;
  return result;
}

Ref<> unionOf(Thread& t, Value self, Value other) {
  Ref<Set> result = makeLike(t, self, self);
  if (!result || (other != self && !setUpdate(t, result.get(), other))) return kRaised;
  return result;
}

// self becomes what `result` holds.
void takeContents(Set* self, Set* result) {
  std::swap(self->table, result->table);
  std::swap(self->fill, result->fill);
  std::swap(self->used, result->used);
  std::swap(self->mask, result->mask);
  self->hash = -1;
}

int isSubset(Thread& t, Set* a, Set* b) {
  if (a->used > b->used) return 0;
  return forEachKey(a, [&](Value key, Hash hash) { return setContainsHashed(t, b, key, hash); });
}

Ref<> setCompare(Thread& t, Value a, Value b, CompareOp op) {
  if (!isAnySet(a) || !isAnySet(b)) return share(kNotImplemented);
  Set *x = asSet(a), *y = asSet(b);
  int result = 0;
  switch (op) {
    case CompareOp::kEqual:
    case CompareOp::kNotEqual:
      if (x->used == y->used && (x->hash == -1 || y->hash == -1 || x->hash == y->hash)) result = isSubset(t, x, y);
      if (result >= 0 && op == CompareOp::kNotEqual) result = !result;
      break;
    case CompareOp::kLessEqual: result = isSubset(t, x, y); break;
    case CompareOp::kGreaterEqual: result = isSubset(t, y, x); break;
    case CompareOp::kLess: result = x->used < y->used ? isSubset(t, x, y) : 0; break;
    case CompareOp::kGreater: result = x->used > y->used ? isSubset(t, y, x) : 0; break;
  }
  return result < 0 ? Ref<>() : steal(Value::fromBool(result != 0));
}

int64_t setLength(Thread&, Value self) { return asSet(self)->used; }
int setContainsSlot(Thread& t, Value self, Value key) { return setLookupThroughFrozen(t, asSet(self), key, setContains); }

// Operators want sets on both sides; methods take any iterable.
template <Ref<> (*operation)(Thread&, Value, Value)>
Ref<> operatorOf(Thread& t, Value a, Value b) {
  if (!isAnySet(a) || !isAnySet(b)) return share(kNotImplemented);
  return operation(t, a, b);
}

Ref<> inplaceOr(Thread& t, Value self, Value other) {
  if (!isAnySet(other)) return share(kNotImplemented);
  if (!setUpdate(t, asSet(self), other)) return kRaised;
  return share(self);
}
Ref<> inplaceAnd(Thread& t, Value self, Value other) {
  if (!isAnySet(other)) return share(kNotImplemented);
  Ref<> result = intersection(t, self, other);
  if (!result) return kRaised;
  takeContents(asSet(self), asSet(result));
  return share(self);
}
Ref<> inplaceSubtract(Thread& t, Value self, Value other) {
  if (!isAnySet(other)) return share(kNotImplemented);
  if (!differenceUpdate(t, asSet(self), other)) return kRaised;
  return share(self);
}
Ref<> inplaceXor(Thread& t, Value self, Value other) {
  if (!isAnySet(other)) return share(kNotImplemented);
  if (!symmetricUpdate(t, asSet(self), other)) return kRaised;
  return share(self);
}

// --- methods ---

Ref<> methodAdd(Thread& t, Value self, Value key) {
  if (!setAdd(t, asSet(self), key)) return kRaised;
  return share(kNone);
}
Ref<> methodDiscard(Thread& t, Value self, Value key) {
  if (setLookupThroughFrozen(t, asSet(self), key, setDiscard) < 0) return kRaised;
  return share(kNone);
}
Ref<> methodRemove(Thread& t, Value self, Value key) {
  int removed = setLookupThroughFrozen(t, asSet(self), key, setDiscard);
  if (removed < 0) return kRaised;
  if (!removed) return raiseKeyError(t, key);
  return share(kNone);
}
Ref<> methodPop(Thread& t, Value self) {
  Set* set = asSet(self);
  if (set->used == 0) return raise(t, exc::KeyError, "pop from an empty set");
  uint64_t i = uint64_t(set->finger) & set->mask;
  while (set->table[i].key.empty()) i = i == set->mask ? 0 : i + 1;
  SetEntry& e = set->table[i];
  Ref<> key = steal(e.key);
  e.key = Value();
  e.hash = kSetDeleted;
  --set->used;
  set->finger = int64_t(i + 1);
  return key;
}
Ref<> methodClear(Thread&, Value self) {
  setFreeTable(asSet(self));
  return share(kNone);
}
Ref<> methodCopy(Thread& t, Value self) {
  if (isExact(self, &types::FrozenSet)) return share(self);
  return makeLike(t, self, self);
}

Tuple* others(const Value* args) { return asTuple(args[0]); }

Ref<> methodUpdate(Thread& t, Value self, const Value* args) {
  for (int64_t i = 0; i < others(args)->size; ++i) {
    if (!setUpdate(t, asSet(self), others(args)->items[i])) return kRaised;
  }
  return share(kNone);
}
Ref<> methodUnion(Thread& t, Value self, const Value* args) {
  Ref<Set> result = makeLike(t, self, self);
  if (!result) return kRaised;
  for (int64_t i = 0; i < others(args)->size; ++i) {
    Value other = others(args)->items[i];
    if (other != self && !setUpdate(t, result.get(), other)) return kRaised;
  }
  return result;
}
Ref<> methodIntersection(Thread& t, Value self, const Value* args) {
  if (others(args)->size == 0) return makeLike(t, self, self);
  Ref<> result = share(self);
  for (int64_t i = 0; i < others(args)->size; ++i) {
    result = intersection(t, result, others(args)->items[i]);
    if (!result) return kRaised;
  }
  return result;
}
Ref<> methodIntersectionUpdate(Thread& t, Value self, const Value* args) {
  Ref<> result = methodIntersection(t, self, args);
  if (!result) return kRaised;
  takeContents(asSet(self), asSet(result));
  return share(kNone);
}
Ref<> methodDifference(Thread& t, Value self, const Value* args) {
  if (others(args)->size == 0) return makeLike(t, self, self);
  Ref<> result = difference(t, self, others(args)->items[0]);
  for (int64_t i = 1; result && i < others(args)->size; ++i) {
    if (!differenceUpdate(t, asSet(result), others(args)->items[i])) return kRaised;
  }
  return result;
}
Ref<> methodDifferenceUpdate(Thread& t, Value self, const Value* args) {
  for (int64_t i = 0; i < others(args)->size; ++i) {
    if (!differenceUpdate(t, asSet(self), others(args)->items[i])) return kRaised;
  }
  return share(kNone);
}
Ref<> methodSymmetricUpdate(Thread& t, Value self, Value other) {
  if (!symmetricUpdate(t, asSet(self), other)) return kRaised;
  return share(kNone);
}

Ref<> methodIsDisjoint(Thread& t, Value self, Value other) {
  Set* set = asSet(self);
  if (isAnySet(other)) {
    Set* walked = asSet(other);
    if (walked == set) return steal(Value::fromBool(set->used == 0));
    if (walked->used > set->used) std::swap(walked, set);
    bool met = false;
    int ok = forEachKey(walked, [&](Value key, Hash hash) {
      int present = setContainsHashed(t, set, key, hash);
      met = present > 0;
      return present < 0 ? -1 : !present;
    });
    return ok < 0 ? Ref<>() : steal(Value::fromBool(!met));
  }
  Iteration items(t, other);
  while (Ref<> item = items.next()) {
    int present = setContains(t, set, item);
    if (present < 0) return kRaised;
    if (present) return share(kFalse);
  }
  return t.raised() ? Ref<>() : share(kTrue);
}
Ref<> methodIsSubset(Thread& t, Value self, Value other) {
  Ref<> set = isAnySet(other) ? share(other) : Ref<>(newSet(t, other));
  return set ? setCompare(t, self, set, CompareOp::kLessEqual) : Ref<>();
}
Ref<> methodIsSuperset(Thread& t, Value self, Value other) {
  if (isAnySet(other)) return setCompare(t, other, self, CompareOp::kLessEqual);
  Iteration items(t, other);
  while (Ref<> item = items.next()) {
    int present = setContains(t, asSet(self), item);
    if (present < 0) return kRaised;
    if (!present) return share(kFalse);
  }
  return t.raised() ? Ref<>() : share(kTrue);
}

// (type, ([keys],), attributes)
Ref<> methodReduce(Thread& t, Value self) {
  Ref<List> keys = sequenceToList(t, self);
  if (!keys) return kRaised;
  Ref<Tuple> arguments = packTuple(t, keys.value());
  if (!arguments) return kRaised;
  Ref<> state = callMethod(t, self, "__getstate__");
  if (!state) return kRaised;
  return packTuple(t, Value(typeOf(self)), arguments.value(), state.value());
}
Ref<> methodSizeof(Thread&, Value self) {
  Set* set = asSet(self);
  int64_t table = set->mask == 7 ? 0 : int64_t((set->mask + 1) * sizeof(SetEntry));
  return steal(Value::fromInt(200 + table));
}
Ref<> methodContains(Thread& t, Value self, Value key) {
  int present = setContainsSlot(t, self, key);
  return present < 0 ? Ref<>() : steal(Value::fromBool(present));
}

Ref<> setIterator(Thread& t, Value self) {
  auto* iterator = allocate<SetIterator>(Sort::kCollectable, &types::SetIterator, kKindSetIterator);
  if (!iterator) return raiseNoMemory(t);
  retain(self);
  iterator->set = asSet(self);
  iterator->used = iterator->left = iterator->set->used;
  iterator->position = 0;
  return steal(Value(iterator));
}

#define SET_METHODS_OF_BOTH                                                                                                    \
  method("__contains__", methodContains, "($self, object, /)", "x.__contains__(y) <==> y in x."),                             \
      method("__reduce__", methodReduce, "($self, /)", "Return state information for pickling."),                             \
      method("__sizeof__", methodSizeof, "($self, /)", "S.__sizeof__() -> size of S in memory, in bytes"),                    \
      method("difference", methodDifference, "($self, *others)",                                                              \
             "Return the difference of two or more sets as a new set."),                                                      \
      method("intersection", methodIntersection, "($self, *others)", "Return the intersection of two sets as a new set."),    \
      method("isdisjoint", methodIsDisjoint, "($self, other, /)", "Return True if two sets have a null intersection."),       \
      method("issubset", methodIsSubset, "($self, other, /)", "Test whether every element in the set is in other."),          \
      method("issuperset", methodIsSuperset, "($self, other, /)", "Test whether every element in other is in the set."),      \
      method("symmetric_difference", symmetricDifference, "($self, other, /)",                                                \
             "Return the symmetric difference of two sets as a new set."),                                                    \
      method("union", methodUnion, "($self, *others)", "Return the union of sets as a new set."),                             \
      method("__class_getitem__", classGetItem, "($cls, item, /)", "See PEP 585", MethodKind::kClass)

const MethodDef kSetMethods[] = {
    SET_METHODS_OF_BOTH,
    method("add", methodAdd, "($self, object, /)", "Add an element to a set."),
    method("clear", methodClear, "($self, /)", "Remove all elements from this set."),
    method("copy", methodCopy, "($self, /)", "Return a shallow copy of a set."),
    method("discard", methodDiscard, "($self, object, /)", "Remove an element from a set if it is a member."),
    method("difference_update", methodDifferenceUpdate, "($self, *others)", "Remove all elements of another set from this set."),
    method("intersection_update", methodIntersectionUpdate, "($self, *others)",
           "Update a set with the intersection of itself and another."),
    method("pop", methodPop, "($self, /)", "Remove and return an arbitrary set element.\nRaises KeyError if the set is empty."),
    method("remove", methodRemove, "($self, object, /)", "Remove an element from a set; it must be a member."),
    method("symmetric_difference_update", methodSymmetricUpdate, "($self, other, /)",
           "Update a set with the symmetric difference of itself and another."),
    method("update", methodUpdate, "($self, *others)", "Update a set with the union of itself and others."),
    {},
};
const MethodDef kFrozenSetMethods[] = {
    SET_METHODS_OF_BOTH,
    method("copy", methodCopy, "($self, /)", "Return a shallow copy of a set."),
    {},
};

void fillCommonSlots(Slots& slots) {
  slots.repr = setRepr;
  slots.compare = setCompare;
  slots.iter = setIterator;
  slots.length = setLength;
  slots.contains = setContainsSlot;
  slots.binary[kOp_or_] = operatorOf<unionOf>;
  slots.binary[kOp_and_] = operatorOf<intersection>;
  slots.binary[kOp_subtract] = operatorOf<difference>;
  slots.binary[kOp_xor_] = operatorOf<symmetricDifference>;
}
void fillSetSlots(Slots& slots) {
  fillCommonSlots(slots);
  slots.new_ = setNew;
  slots.init = setInitSlot;
  slots.inplace[kOp_or_] = inplaceOr;
  slots.inplace[kOp_and_] = inplaceAnd;
  slots.inplace[kOp_subtract] = inplaceSubtract;
  slots.inplace[kOp_xor_] = inplaceXor;
}
void fillFrozenSlots(Slots& slots) {
  fillCommonSlots(slots);
  slots.new_ = frozenNew;
  slots.hash = frozenHash;
}

// --- set_iterator ---

void deallocSetIterator(Object* self) {
  releaseIfAny(static_cast<SetIterator*>(self)->set);
  freeObject(self, sizeof(SetIterator), Sort::kCollectable);
}
void traverseSetIterator(Object* self, Visitor& visitor) { visitor.visit(static_cast<SetIterator*>(self)->set); }

Ref<> setIteratorNext(Thread& t, Value self) {
  auto* iterator = static_cast<SetIterator*>(self.asObject());
  Set* set = iterator->set;
  if (!set) return {};
  if (iterator->used != set->used) {
    iterator->used = -1;
    return raise(t, exc::RuntimeError, "Set changed size during iteration");
  }
  Value key;
  if (setNext(set, &iterator->position, &key)) {
    --iterator->left;
    return share(key);
  }
  iterator->set = nullptr;
  release(set);
  return {};
}
Ref<> setIteratorHint(Thread&, Value self) {
  auto* iterator = static_cast<SetIterator*>(self.asObject());
  bool live = iterator->set && iterator->used == iterator->set->used;
  return steal(Value::fromInt(live ? iterator->left : 0));
}
// iter(list of what is left)
Ref<> setIteratorReduce(Thread& t, Value self) {
  auto* iterator = static_cast<SetIterator*>(self.asObject());
  Ref<List> rest = newList(t);
  if (!rest) return kRaised;
  if (iterator->set) {
    if (iterator->used != iterator->set->used) return raise(t, exc::RuntimeError, "Set changed size during iteration");
    int64_t position = iterator->position;
    Value key;
    while (setNext(iterator->set, &position, &key)) {
      if (!listAppend(t, rest.get(), share(key))) return kRaised;
    }
  }
  return reduceToIter(t, rest);
}

const MethodDef kSetIteratorMethods[] = {
    method("__length_hint__", setIteratorHint, "($self, /)", "Private method returning an estimate of len(list(it))."),
    method("__reduce__", setIteratorReduce, "($self, /)", "Return state information for pickling."),
    {},
};

}  // namespace

const TypeSpec& setTypeSpec() {
  static const TypeSpec spec{
      .type = &types::Set,
      .basic_size = sizeof(Set),
      .doc = "set() -> new empty set object\nset(iterable) -> new set object\n\n"
             "Build an unordered collection of unique elements.",
      .methods = kSetMethods,
      .dealloc = deallocSet,
      .traverse = traverseSet,
      .clear = clearSet,
      .fill = fillSetSlots,
  };
  return spec;
}

const TypeSpec& frozenSetTypeSpec() {
  static const TypeSpec spec{
      .type = &types::FrozenSet,
      .basic_size = sizeof(Set),
      .doc = "frozenset() -> empty frozenset object\nfrozenset(iterable) -> frozenset object\n\n"
             "Build an immutable unordered collection of unique elements.",
      .methods = kFrozenSetMethods,
      .dealloc = deallocSet,
      .traverse = traverseSet,
      .clear = clearSet,
      .fill = fillFrozenSlots,
  };
  return spec;
}

const TypeSpec& setIteratorTypeSpec() {
  static const TypeSpec spec{
      .type = &types::SetIterator,
      .basic_size = sizeof(SetIterator),
      .doc = nullptr,
      .methods = kSetIteratorMethods,
      .dealloc = deallocSetIterator,
      .traverse = traverseSetIterator,
      .fill = [](Slots& slots) {
        slots.iter = iteratorSelf;
        slots.next = setIteratorNext;
      },
  };
  return spec;
}

}  // namespace krait
