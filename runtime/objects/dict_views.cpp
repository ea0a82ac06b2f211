// dict_keys, dict_values, dict_items, and the six iterators over dicts.
#include "runtime/objects/dict_views.h"

#include "runtime/core/error.h"
#include "runtime/memory/gc.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/dict_table.h"
#include "runtime/objects/iterators.h"
#include "runtime/objects/sequence.h"
#include "runtime/protocols/iteration.h"

namespace krait {

Ref<> newMappingProxy(Thread& t, Value mapping);

Dict* dictOfView(Value view) { return static_cast<DictView*>(view.asObject())->dict; }

namespace {

DictIterator* asIterator(Value v) { return static_cast<DictIterator*>(v.asObject()); }

enum class Content { kKeys, kValues, kItems };

Content contentOf(uint32_t kind) {
  switch (kind) {
    case kKindDictKeys:
    case kKindDictKeyIterator:
    case kKindDictReverseKeyIterator: return Content::kKeys;
    case kKindDictValues:
    case kKindDictValueIterator:
    case kKindDictReverseValueIterator: return Content::kValues;
    default: return Content::kItems;
  }
}

Ref<> contentOfEntry(Thread& t, const DictEntry& e, Content content) {
  switch (content) {
    case Content::kKeys: return share(e.key);
    case Content::kValues: return share(e.value);
    case Content::kItems: break;
  }
  return packTuple(t, e.key, e.value);
}

// --- iterators ---

Ref<> makeIterator(Thread& t, Dict* dict, Type* type, uint32_t kind, bool reverse) {
  auto* iterator = static_cast<DictIterator*>(allocateObject(sizeof(DictIterator), Sort::kCollectable, type, kind));
  if (KRAIT_UNLIKELY(!iterator)) return raiseNoMemory(t);
  retain(dict);
  iterator->dict = dict;
  iterator->size = iterator->left = dict->size;
  iterator->position = reverse ? dict->used - 1 : 0;
  iterator->result = nullptr;
  return steal(Value(iterator));
}

void deallocIterator(Object* self) {
  releaseIfAny(static_cast<DictIterator*>(self)->dict);
  releaseIfAny(static_cast<DictIterator*>(self)->result);
  freeObject(self, sizeof(DictIterator), Sort::kCollectable);
}
void traverseIterator(Object* self, Visitor& visitor) {
  visitor.visit(static_cast<DictIterator*>(self)->dict);
  visitor.visit(static_cast<DictIterator*>(self)->result);
}

// The pair of an entry; a loop that unpacks each pair at once gets the same tuple every time.
Ref<> pairOf(Thread& t, DictIterator* iterator, const DictEntry& e) {
  if (Tuple* pair = iterator->result; pair && pair->count == 1 && !pair->hasFlag(kFlagsAtDeath)) {
    Ref<> result = share(Value(pair));
    Value old_key = pair->items[0], old_value = pair->items[1];
    retain(e.key);
    retain(e.value);
    pair->items[0] = e.key;
    pair->items[1] = e.value;
    release(old_key);
    release(old_value);
    return result;
  }
  Ref<Tuple> pair = packTuple(t, e.key, e.value);
  if (pair && !iterator->result) iterator->result = share(pair.get()).leakObject();
  return pair;
}

Ref<> exhausted(DictIterator* iterator) {
  Dict* dict = iterator->dict;
  iterator->dict = nullptr;
  release(dict);
  return {};
}

__attribute__((noinline)) Ref<> changed(Thread& t, DictIterator* iterator) {
  iterator->size = -1;  // and so it stays
  return raise(t, exc::RuntimeError, "dictionary changed size during iteration");
}

template <Content content>
Ref<> iteratorNext(Thread& t, Value self) {
  DictIterator* iterator = asIterator(self);
  Dict* dict = iterator->dict;
  if (!dict) return {};
  if (KRAIT_UNLIKELY(iterator->size != dict->size)) return changed(t, iterator);
  int64_t i = iterator->position;
  while (i < dict->used && KRAIT_UNLIKELY(dict->entries[i].key.empty())) ++i;
  if (i >= dict->used) return exhausted(iterator);
  if (KRAIT_UNLIKELY(iterator->left == 0)) {
    // The size is the same but there are more keys than there were.
    exhausted(iterator).reset();
    return raise(t, exc::RuntimeError, "dictionary keys changed during iteration");
  }
  iterator->position = i + 1;
  --iterator->left;
  if (content == Content::kItems) return pairOf(t, iterator, dict->entries[i]);
  return contentOfEntry(t, dict->entries[i], content);
}

template <Content content>
Ref<> iteratorPrevious(Thread& t, Value self) {
  DictIterator* iterator = asIterator(self);
  Dict* dict = iterator->dict;
  if (!dict) return {};
  if (iterator->size != dict->size) return changed(t, iterator);
  int64_t i = iterator->position;
  if (i >= dict->used) i = dict->used - 1;
  while (i >= 0 && dict->entries[i].key.empty()) --i;
  if (i < 0) return exhausted(iterator);
  iterator->position = i - 1;
  --iterator->left;
  return contentOfEntry(t, dict->entries[i], content);
}

Ref<> iteratorHint(Thread&, Value self) {
  DictIterator* iterator = asIterator(self);
  bool live = iterator->dict && iterator->size == iterator->dict->size;
  return steal(Value::fromInt(live ? iterator->left : 0));
}

// iter([what is left]); the iterator itself does not move.
Ref<> iteratorReduce(Thread& t, Value self) {
  DictIterator* iterator = asIterator(self);
  Ref<List> rest = newList(t);
  if (!rest) return kRaised;
  if (iterator->dict) {
    uint32_t kind = self.asObject()->kind;
    Ref<> copy = makeIterator(t, iterator->dict, self.asObject()->type(), kind, false);
    if (!copy) return kRaised;
    DictIterator* twin = asIterator(copy);
    twin->size = iterator->size;
    twin->position = iterator->position;
    twin->left = iterator->left;
    if (!listExtend(t, rest.get(), copy)) return kRaised;
  }
  return reduceToIter(t, rest);
}

const MethodDef kIteratorMethods[] = {
    method("__length_hint__", iteratorHint, "($self, /)", "Private method returning an estimate of len(list(it))."),
    method("__reduce__", iteratorReduce, "($self, /)", "Return state information for pickling."),
    {},
};

// --- views ---

void deallocView(Object* self) {
  release(static_cast<DictView*>(self)->dict);
  freeObject(self, sizeof(DictView), Sort::kCollectable);
}
void traverseView(Object* self, Visitor& visitor) { visitor.visit(static_cast<DictView*>(self)->dict); }

Ref<> viewIterator(Thread& t, Value self) {
  switch (contentOf(self.asObject()->kind)) {
    case Content::kKeys: return makeIterator(t, dictOfView(self), &types::DictKeyIterator, kKindDictKeyIterator, false);
    case Content::kValues:
      return makeIterator(t, dictOfView(self), &types::DictValueIterator, kKindDictValueIterator, false);
    case Content::kItems: break;
  }
  return makeIterator(t, dictOfView(self), &types::DictItemIterator, kKindDictItemIterator, false);
}
Ref<> viewReversed(Thread& t, Value self) {
  switch (contentOf(self.asObject()->kind)) {
    case Content::kKeys:
      return makeIterator(t, dictOfView(self), &types::DictReverseKeyIterator, kKindDictReverseKeyIterator, true);
    case Content::kValues:
      return makeIterator(t, dictOfView(self), &types::DictReverseValueIterator, kKindDictReverseValueIterator, true);
    case Content::kItems: break;
  }
  return makeIterator(t, dictOfView(self), &types::DictReverseItemIterator, kKindDictReverseItemIterator, true);
}

int64_t viewLength(Thread&, Value self) { return dictOfView(self)->size; }

Ref<> viewRepr(Thread& t, Value self) {
  ReprScope scope(t, self);
  if (scope.failed()) return kRaised;
  StrBuilder out(t);
  if (scope.recursive()) {
    out.appendAscii("...");
    return out.finish();
  }
  Ref<List> content = sequenceToList(t, self);
  if (!content) return kRaised;
  Ref<Str> text = repr(t, content);
  if (!text) return kRaised;
  out.append(typeOf(self)->name);
  out.appendAscii("(");
  out.append(text.get());
  out.appendAscii(")");
  return out.finish();
}

int viewContains(Thread& t, Value self, Value item) {
  Dict* dict = dictOfView(self);
  if (isInstance(self, &types::DictKeys)) return dictContains(t, dict, item);
  if (!isTuple(item) || asTuple(item)->size != 2) return 0;
  Value v = dictGet(t, dict, asTuple(item)->items[0]);
  if (v.empty()) return t.raised() ? -1 : 0;
  Ref<> kept = share(v);
  return compareBool(t, kept, asTuple(item)->items[1], CompareOp::kEqual);
}

bool isSetLikeView(Value v) {
  if (!v.isObject()) return false;
  uint32_t kind = v.asObject()->kind;
  return kind == kKindDictKeys || kind == kKindDictItems || isInstance(v, &types::DictKeys) ||
         isInstance(v, &types::DictItems);
}

// Whether all of a is in b.
int allIn(Thread& t, Value a, Value b) {
  Iteration items(t, a);
  while (Ref<> item = items.next()) {
    int present = contains(t, b, item);
    if (present <= 0) return present;
  }
  return t.raised() ? -1 : 1;
}

Ref<> viewCompare(Thread& t, Value self, Value other, CompareOp op) {
  if (!isAnySet(other) && !isSetLikeView(other)) return share(kNotImplemented);
  int64_t m = lengthOf(t, self), n = lengthOf(t, other);
  if (m < 0 || n < 0) return kRaised;
  int result = 0;
  switch (op) {
    case CompareOp::kEqual:
    case CompareOp::kNotEqual:
      if (m == n) result = allIn(t, self, other);
      if (op == CompareOp::kNotEqual && result >= 0) result = !result;
      break;
    case CompareOp::kLess: result = m < n ? allIn(t, self, other) : 0; break;
    case CompareOp::kLessEqual: result = m <= n ? allIn(t, self, other) : 0; break;
    case CompareOp::kGreater: result = m > n ? allIn(t, other, self) : 0; break;
    case CompareOp::kGreaterEqual: result = m >= n ? allIn(t, other, self) : 0; break;
  }
  return result < 0 ? Ref<>() : steal(Value::fromBool(result != 0));
}

// --- set operations; the other operand may be any iterable ---

// A set of what a view shows. The keys of a plain dict come with their hashes, and with the table size that set(dict) makes.
Ref<Set> toSet(Thread& t, Value v) {
  bool plain_keys = v.isObject() && v.asObject()->kind == kKindDictKeys && isExactDict(Value(dictOfView(v)));
  return newSet(t, plain_keys ? Value(dictOfView(v)) : v);
}

Ref<> viewSubtract(Thread& t, Value a, Value b) {
  Ref<Set> result = toSet(t, a);
  if (!result) return kRaised;
  Iteration items(t, b);
  while (Ref<> item = items.next()) {
    if (setDiscard(t, result.get(), item) < 0) return kRaised;
  }
  return t.raised() ? Ref<>() : Ref<>(std::move(result));
}

Ref<> viewAnd(Thread& t, Value a, Value b) {
  // The view may be on the right hand side.
  if (!isSetLikeView(a)) std::swap(a, b);
  if (isExact(b, &types::Set) && dictOfView(a)->size <= asSet(b)->used) return callMethod(t, b, "intersection", a);
  if (isSetLikeView(b) && dictOfView(b)->size > dictOfView(a)->size) std::swap(a, b);
  Ref<Set> result = newSet(t, Value());
  if (!result) return kRaised;
  Iteration items(t, b);
  while (Ref<> item = items.next()) {
    int present = viewContains(t, a, item);
    if (present < 0 || (present && !setAdd(t, result.get(), item))) return kRaised;
  }
  return t.raised() ? Ref<>() : Ref<>(std::move(result));
}

Ref<> viewOr(Thread& t, Value a, Value b) {
  Ref<Set> result = toSet(t, a);
  if (!result || !setUpdate(t, result.get(), b)) return kRaised;
  return result;
}

// Items that only one of two dicts has: compared by key first, so that unhashable values need no hash when they are equal.
Ref<> itemsXor(Thread& t, Dict* a, Dict* b) {
  Ref<Dict> left = dictCopy(t, a);
  Ref<Set> result = left ? newSet(t, Value()) : Ref<Set>();
  if (!result) return kRaised;
  int64_t position = 0;
  Value key, v;
  Hash hash;
  while (dictNext(b, &position, &key, &v, &hash)) {
    Ref<> kept_key = share(key), kept_value = share(v);
    Value other = dictGetHashed(t, left.get(), kept_key, hash);
    if (t.raised()) return kRaised;
    int same = 0;
    if (!other.empty()) {
      Ref<> kept_other = share(other);
      same = compareBool(t, kept_other, kept_value, CompareOp::kEqual);
    }
    if (same < 0) return kRaised;
    if (same) {
      if (dictDelete(t, left.get(), kept_key) < 0) return kRaised;
      continue;
    }
    Ref<Tuple> pair = packTuple(t, kept_key.value(), kept_value.value());
    if (!pair || !setAdd(t, result.get(), pair)) return kRaised;
  }
  Ref<> rest = dictItemsView(t, left);
  return rest && setUpdate(t, result.get(), rest) ? Ref<>(std::move(result)) : kRaised;
}

Ref<> viewXor(Thread& t, Value a, Value b) {
  if (isExact(a, &types::DictItems) && isExact(b, &types::DictItems)) return itemsXor(t, dictOfView(a), dictOfView(b));
  Ref<Set> result = toSet(t, a);
  Ref<> done = result ? callMethod(t, result, "symmetric_difference_update", b) : Ref<>();
  return done ? Ref<>(std::move(result)) : kRaised;
}

Ref<> methodIsDisjoint(Thread& t, Value self, Value other) {
  Value walked = other, asked = self;
  if (isAnySet(other) || isSetLikeView(other)) {
    int64_t m = lengthOf(t, self), n = lengthOf(t, other);
    if (m < 0 || n < 0) return kRaised;
    if (n > m) std::swap(walked, asked);
  }
  Iteration items(t, walked);
  while (Ref<> item = items.next()) {
    int present = contains(t, asked, item);
    if (present < 0) return kRaised;
    if (present) return share(kFalse);
  }
  return t.raised() ? Ref<>() : share(kTrue);
}

Ref<> getMapping(Thread& t, Value self) { return newMappingProxy(t, Value(dictOfView(self))); }

const MethodDef kSetViewMethods[] = {
    method("isdisjoint", methodIsDisjoint, "($self, other, /)",
           "Return True if the view and the given iterable have a null intersection."),
    method("__reversed__", viewReversed, "($self, /)", "Return a reverse iterator over the dict."),
    {},
};
const MethodDef kValuesMethods[] = {
    method("__reversed__", viewReversed, "($self, /)", "Return a reverse iterator over the dict values."),
    {},
};
const GetSetDef kViewGetSets[] = {
    {"mapping", getMapping, nullptr, "dictionary that this view refers to"},
    {},
};

void fillView(Slots& slots) {
  slots.repr = viewRepr;
  slots.iter = viewIterator;
  slots.length = viewLength;
}
void fillSetView(Slots& slots) {
  fillView(slots);
  slots.compare = viewCompare;
  slots.contains = viewContains;
  slots.binary[kOp_subtract] = viewSubtract;
  slots.binary[kOp_and_] = viewAnd;
  slots.binary[kOp_or_] = viewOr;
  slots.binary[kOp_xor_] = viewXor;
}

template <UnaryFunction step>
void fillIterator(Slots& slots) {
  slots.iter = iteratorSelf;
  slots.next = step;
}

}  // namespace

Ref<> dictView(Thread& t, Value dict, Type* type) {
  auto* view = static_cast<DictView*>(allocateObject(sizeof(DictView), Sort::kCollectable, type, type->instance_kind));
  if (!view) return raiseNoMemory(t);
  retain(dict);
  view->dict = asDict(dict);
  return steal(Value(view));
}
Ref<> dictKeysView(Thread& t, Value dict) { return dictView(t, dict, &types::DictKeys); }
Ref<> dictValuesView(Thread& t, Value dict) { return dictView(t, dict, &types::DictValues); }
Ref<> dictItemsView(Thread& t, Value dict) { return dictView(t, dict, &types::DictItems); }
Ref<> dictIterator(Thread& t, Value dict) {
  return makeIterator(t, asDict(dict), &types::DictKeyIterator, kKindDictKeyIterator, false);
}
Ref<> dictReversed(Thread& t, Value dict) {
  return makeIterator(t, asDict(dict), &types::DictReverseKeyIterator, kKindDictReverseKeyIterator, true);
}

#define VIEW_SPEC(function, Name, METHODS, fill_function)                                                                \
  const TypeSpec& function() {                                                                                           \
    static const TypeSpec spec{.type = &types::Name, .basic_size = sizeof(DictView), .doc = nullptr, .methods = METHODS, \
                               .getsets = kViewGetSets, .dealloc = deallocView, .traverse = traverseView,                \
                               .fill = fill_function};                                                                   \
    return spec;                                                                                                         \
  }
VIEW_SPEC(dictKeysTypeSpec, DictKeys, kSetViewMethods, fillSetView)
VIEW_SPEC(dictItemsTypeSpec, DictItems, kSetViewMethods, fillSetView)
VIEW_SPEC(dictValuesTypeSpec, DictValues, kValuesMethods, fillView)
#undef VIEW_SPEC

#define ITERATOR_SPEC(function, Name, step)                                                                     \
  const TypeSpec& function() {                                                                                  \
    static const TypeSpec spec{.type = &types::Name, .basic_size = sizeof(DictIterator), .doc = nullptr,        \
                               .methods = kIteratorMethods, .dealloc = deallocIterator, .traverse = traverseIterator, \
                               .fill = fillIterator<step>};                                                     \
    return spec;                                                                                                \
  }
ITERATOR_SPEC(dictKeyIteratorTypeSpec, DictKeyIterator, iteratorNext<Content::kKeys>)
ITERATOR_SPEC(dictValueIteratorTypeSpec, DictValueIterator, iteratorNext<Content::kValues>)
ITERATOR_SPEC(dictItemIteratorTypeSpec, DictItemIterator, iteratorNext<Content::kItems>)
ITERATOR_SPEC(dictReverseKeyIteratorTypeSpec, DictReverseKeyIterator, iteratorPrevious<Content::kKeys>)
ITERATOR_SPEC(dictReverseValueIteratorTypeSpec, DictReverseValueIterator, iteratorPrevious<Content::kValues>)
ITERATOR_SPEC(dictReverseItemIteratorTypeSpec, DictReverseItemIterator, iteratorPrevious<Content::kItems>)
#undef ITERATOR_SPEC

}  // namespace krait
