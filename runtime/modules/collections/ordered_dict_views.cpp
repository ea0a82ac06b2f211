// odict_keys, odict_values, odict_items and odict_iterator: an OrderedDict's content in its own order.
//
// The views are those of dict but for iteration. An iterator stands at a node; any link that changes meanwhile is an
// error, so that the node is there as long as the state is the same.
#include "runtime/modules/collections/ordered_dict.h"
#include "runtime/modules/fields.h"
#include "runtime/objects/dict_views.h"
#include "runtime/objects/list.h"
#include "runtime/objects/tuple.h"

namespace krait::collections {

namespace {

Type keys_type, values_type, items_type, iterator_type;

enum class Content : uint8_t { kKeys, kValues, kItems };

struct OrderedIterator : Object {
  OrderedDict* od;     // owned; null: exhausted
  OrderNode* current;  // what comes next; null: the end
  Tuple* result;       // items: the last pair, filled again when nobody else has it; may be null
  uint64_t state;
  int64_t size;  // -1: it changed, and that stays an error
  Content content;
  bool reverse;
};
OrderedIterator* asIterator(Value v) { return static_cast<OrderedIterator*>(v.asObject()); }

Ref<> makeIterator(Thread& t, Value self, Content content, bool reverse) {
  OrderedDict* od = asOrdered(self);
  auto* iterator = static_cast<OrderedIterator*>(
      allocateObject(sizeof(OrderedIterator), Sort::kCollectable, &iterator_type, iterator_type.instance_kind));
  if (!iterator) return raiseNoMemory(t);
  retain(od);
  iterator->od = od;
  iterator->current = reverse ? od->last : od->first;
  iterator->result = nullptr;
  iterator->state = od->state;
  iterator->size = od->size;
  iterator->content = content;
  iterator->reverse = reverse;
  return steal(Value(iterator));
}
void deallocIterator(Object* self) {
  auto* iterator = static_cast<OrderedIterator*>(self);
  releaseIfAny(iterator->od);
  releaseIfAny(iterator->result);
  freeObject(self, sizeof(OrderedIterator), Sort::kCollectable);
}
void traverseIterator(Object* self, Visitor& visitor) {
  visitor.visit(static_cast<OrderedIterator*>(self)->od);
  visitor.visit(static_cast<OrderedIterator*>(self)->result);
}
void finish(OrderedIterator* iterator) {
  OrderedDict* od = iterator->od;
  iterator->od = nullptr;
  iterator->current = nullptr;
  release(od);
}

Ref<> pairOf(Thread& t, OrderedIterator* iterator, Value key, Value v) {
  if (Tuple* pair = iterator->result; pair && pair->count == 1 && !pair->hasFlag(kFlagsAtDeath)) {
    Ref<> result = share(Value(pair));
    assign(pair->items[0], share(key));
    assign(pair->items[1], share(v));
    return result;
  }
  Ref<Tuple> pair = packTuple(t, key, v);
  if (pair && !iterator->result) iterator->result = share(pair.get()).leakObject();
  return pair;
}

Ref<> iteratorNext(Thread& t, Value self) {
  OrderedIterator* iterator = asIterator(self);
  OrderedDict* od = iterator->od;
  if (!od) return {};
  OrderNode* node = iterator->current;
  if (!node) {
    finish(iterator);
    return {};
  }
  if (od->state != iterator->state) {
    finish(iterator);
    return raise(t, exc::RuntimeError, "OrderedDict mutated during iteration");
  }
  if (od->size != iterator->size) {
    iterator->size = -1;
    return raise(t, exc::RuntimeError, "OrderedDict changed size during iteration");
  }
  Ref<> key = share(node->key);
  int64_t entry = entryOfNode(t, od, node);
  if (entry < 0 || od->state != iterator->state) {
    iterator->current = nullptr;
    return entry == kFindRaised ? kRaised : keyIsMissing(t, key);
  }
  iterator->current = iterator->reverse ? node->previous : node->next;
  if (iterator->content == Content::kKeys) return key;
  Ref<> v = share(od->entries[entry].value);
  return iterator->content == Content::kValues ? std::move(v) : pairOf(t, iterator, key, v);
}

// iter([what is left]); the iterator itself does not move.
Ref<> iteratorReduce(Thread& t, Value self) {
  OrderedIterator* iterator = asIterator(self);
  Ref<List> rest = newList(t);
  if (!rest) return kRaised;
  if (iterator->od) {
    Ref<> copy = makeIterator(t, Value(iterator->od), iterator->content, iterator->reverse);
    if (!copy) return kRaised;
    OrderedIterator* twin = asIterator(copy);
    twin->current = iterator->current;
    twin->state = iterator->state;
    twin->size = iterator->size;
    if (!listExtend(t, rest.get(), copy)) return kRaised;
  }
  return reduceToIter(t, rest);
}

template <Content content, bool reverse>
Ref<> iterateView(Thread& t, Value view) {
  return makeIterator(t, Value(dictOfView(view)), content, reverse);
}

const MethodDef kIteratorMethods[] = {method("__reduce__", iteratorReduce, "($self, /)", "State for pickling."), {}};
template <Content content>
const MethodDef kViewMethods[] = {method("__reversed__", iterateView<content, true>, "($self, /)"), {}};

template <Content content>
bool makeView(Thread& t, Type* type, const char* name, Type* base) {
  TypeSpec spec{.type = type,
                .basic_size = base->basic_size,
                .doc = nullptr,
                .methods = kViewMethods<content>,
                .fill = [](Slots& slots) { slots.iter = iterateView<content, false>; }};
  return bool(makeNativeType(t, spec, name, base, kTypeCollectable | kTypeFinal));
}

}  // namespace

Ref<> orderedIterator(Thread& t, Value od) { return makeIterator(t, od, Content::kKeys, false); }
Ref<> orderedReversed(Thread& t, Value od) { return makeIterator(t, od, Content::kKeys, true); }
Ref<> orderedKeys(Thread& t, Value od) { return dictView(t, od, &keys_type); }
Ref<> orderedValues(Thread& t, Value od) { return dictView(t, od, &values_type); }
Ref<> orderedItems(Thread& t, Value od) { return dictView(t, od, &items_type); }

bool makeOrderedViews(Thread& t) {
  TypeSpec iterator{.type = &iterator_type,
                    .basic_size = sizeof(OrderedIterator),
                    .doc = nullptr,
                    .methods = kIteratorMethods,
                    .dealloc = deallocIterator,
                    .traverse = traverseIterator,
                    .fill = [](Slots& slots) {
                      slots.iter = iteratorSelf;
                      slots.next = iteratorNext;
                    }};
  return makeNativeType(t, iterator, "odict_iterator", &types::Object, kTypeCollectable | kTypeFinal) &&
         makeView<Content::kKeys>(t, &keys_type, "odict_keys", &types::DictKeys) &&
         makeView<Content::kValues>(t, &values_type, "odict_values", &types::DictValues) &&
         makeView<Content::kItems>(t, &items_type, "odict_items", &types::DictItems);
}

}  // namespace krait::collections
