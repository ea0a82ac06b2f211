// tuple: the items inside the object.
#pragma once
#include "runtime/core/type.h"

namespace krait {

//  16 size   24 items
struct Tuple : Object {
  int64_t size;
  Value items[];
};
inline Tuple* asTuple(Value v) { return static_cast<Tuple*>(v.asObject()); }
inline bool isExactTuple(Value v) { return v.isObject() && v.asObject()->kind == kKindTuple; }

Tuple* emptyTuple();                                                   // immortal, borrowed
Ref<Tuple> newTupleBlank(Thread& t, int64_t size);                     // items empty; fill before anyone sees it
Ref<Tuple> newTuple(Thread& t, const Value* items, int64_t size);      // shares the items
Ref<Tuple> newTupleSteal(Thread& t, Value* items, int64_t size);       // takes the caller's references (also when it fails)
template <class... V>
Ref<Tuple> packTuple(Thread& t, V... items) {
  Value array[] = {Value(items)...};
  return newTuple(t, array, sizeof...(items));
}
Ref<Tuple> sequenceToTuple(Thread& t, Value iterable);                 // tuple(iterable)
inline size_t Args::keywords() const { return names ? size_t(names->size) : 0; }

}  // namespace krait
