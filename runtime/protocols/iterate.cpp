// iter() and next() on any value.
#include "runtime/objects/iterators.h"
#include "runtime/objects/list.h"
#include "runtime/protocols/protocols.h"

namespace krait {

// Native types without a length are subscripted by keys (matches of re).
bool subscriptsByIndex(const Type* type) { return type->slots.getitem && (type->has(kTypeHeap) || type->slots.length); }

Ref<> iterate(Thread& t, Value v) {
  Type* type = typeOf(v);
  if (UnaryFunction iter = type->slots.iter) {
    Ref<> iterator = iter(t, v);
    if (iterator && KRAIT_UNLIKELY(!typeOf(iterator)->slots.next)) {
      return raise(t, exc::TypeError, "iter() returned non-iterator of type '%.100s'", typeName(iterator));
    }
    return iterator;
  }
  if (subscriptsByIndex(type)) return sequenceIterator(t, v);
  return raise(t, exc::TypeError, "'%.200s' object is not iterable", type->cname);
}

Ref<> next(Thread& t, Value iterator) {
  UnaryFunction step = typeOf(iterator)->slots.next;
  if (KRAIT_UNLIKELY(!step)) return raise(t, exc::TypeError, "'%.200s' object is not an iterator", typeName(iterator));
  Ref<> item = step(t, iterator);
  if (KRAIT_UNLIKELY(!item && t.raised()) && raisedIs(t, exc::StopIteration)) clearException(t);
  return item;
}

}  // namespace krait
