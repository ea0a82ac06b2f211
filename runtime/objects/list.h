// list: a growing array of one of three kinds - Values, ints (raw int64), floats (raw doubles).
//
// The kind stands in the header (kKindList, kKindListInt, kKindListFloat). Raw ints are within the immediate range.
// A list becomes raw when its first element (or all elements it is made from) allow it, and turns generic at the first other
// element; an empty list has kKindList and capacity may be 0. Instances of subclasses are always generic.
// Raw storage is touched by objects/list*.cpp (and compiled code) alone; everyone else uses these functions.
#pragma once
#include "runtime/core/type.h"

namespace krait {

//  16 items (Value*, int64_t* or double* by kind)   24 size   32 capacity
struct List : Object {
  union {
    Value* items;
    int64_t* ints;
    double* floats;
  };
  int64_t size;
  int64_t capacity;
};
inline List* asList(Value v) { return static_cast<List*>(v.asObject()); }
inline bool isExactListKind(uint32_t kind) { return kind == kKindList || kind == kKindListInt || kind == kKindListFloat; }
inline bool isExactList(Value v) { return v.isObject() && isExactListKind(v.asObject()->kind); }

Ref<List> newList(Thread& t, int64_t capacity = 0);
Ref<List> newListFrom(Thread& t, const Value* items, int64_t size);    // shares
Ref<List> newListSteal(Thread& t, Value* items, int64_t size);         // takes references (also when it fails)
Ref<List> sequenceToList(Thread& t, Value iterable);                   // list(iterable)

// Item i (in range), boxed, as an owned value: raw items need no reference.
inline Ref<> listGet(const List* list, int64_t i) {
  switch (list->kind) {
    case kKindListInt: return steal(Value::fromInt(list->ints[i]));
    case kKindListFloat: return steal(Value::fromDouble(list->floats[i]));
    default: return share(list->items[i]);
  }
}
// Replaces item i (in range); changes the kind when needed. False: memory exhausted, raised.
[[nodiscard]] bool listSet(Thread& t, List* list, int64_t i, Ref<> v);
[[nodiscard]] bool listAppend(Thread& t, List* list, Ref<> v);
[[nodiscard]] bool listInsert(Thread& t, List* list, int64_t i, Ref<> v);   // i clamped as list.insert
[[nodiscard]] bool listExtend(Thread& t, List* list, Value iterable);
Ref<> listPop(Thread& t, List* list, int64_t i);                            // in range
[[nodiscard]] bool listSetSlice(Thread& t, List* list, int64_t start, int64_t stop, Value iterable /* empty: delete */);
Ref<List> listSlice(Thread& t, List* list, int64_t start, int64_t stop, int64_t step);
[[nodiscard]] bool listMakeGeneric(Thread& t, List* list);
[[nodiscard]] bool listSort(Thread& t, List* list, Value key /* or None */, bool reverse);
[[nodiscard]] bool listReverse(Thread& t, List* list);
void listClear(List* list);

}  // namespace krait
