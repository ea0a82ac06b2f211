// Layouts of the builtin iterators, ranges and slices: the interpreter's FOR_ITER and the JIT step them inline.
//
// An exhausted iterator lets go of what it iterates (the pointer becomes null) and stays exhausted, except where CPython's does not.
#pragma once
#include "runtime/core/thread.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/list.h"
#include "runtime/objects/set.h"
#include "runtime/objects/tuple.h"

namespace krait {

struct ListIterator : Object {  // list_iterator; also list_reverseiterator, whose index runs down to -1
  List* list;                   // owned; null: exhausted
  int64_t index;
};
struct TupleIterator : Object {
  Tuple* tuple;  // owned; null: exhausted
  int64_t index;
};
struct DictIterator : Object {  // keys, values, items, each forwards or backwards
  Dict* dict;                   // owned; null: exhausted
  int64_t size;                 // of the dict when the iteration began; -1: it changed, and that stays an error
  int64_t position;             // entry index
  int64_t left;
  Tuple* result;                // items: the last pair, filled again when nobody else has it; may be null
};
struct SetIterator : Object {
  Set* set;  // owned; null: exhausted
  int64_t used;
  int64_t position;
  int64_t left;
};
struct SequenceIterator : Object {  // over __getitem__
  Value sequence;                   // owned; empty: exhausted
  int64_t index;
};
struct CallIterator : Object {  // iter(callable, sentinel)
  Value callable;               // owned; empty: exhausted
  Value sentinel;
};

// start, stop and step are plain ints of any size; `small` says that the three and the length are immediate ints, as their
// copies in raw form, and that no index computation overflows an int64.
struct Range : Object {
  Value start, stop, step, length;  // owned
  int64_t raw_start, raw_stop, raw_step, raw_length;
  bool small;
};
inline Range* asRange(Value v) { return static_cast<Range*>(v.asObject()); }
inline bool isRange(Value v) { return v.isObject() && v.asObject()->kind == kKindRange; }
struct RangeIterator : Object {
  int64_t current;
  int64_t step;
  int64_t left;
  int64_t length;  // of the whole range: the position is length - left
};
struct LongRangeIterator : Object {
  Value start, step, length, index;  // owned plain ints
};
Ref<> newRangeIterator(Thread& t, int64_t start, int64_t stop,
                       int64_t step);                            // of immediate ints; the step is not zero
Ref<> newRange(Thread& t, Value start, Value stop, Value step);  // plain ints; the step is not zero

struct Slice : Object {
  Value start, stop, step;  // owned
};
inline Slice* asSlice(Value v) { return static_cast<Slice*>(v.asObject()); }
// start, stop and step for a sequence whose length is an int of any size. False: raised.
[[nodiscard]] bool sliceIndicesOfInt(Thread& t, Slice* slice, Value length, Ref<>* start, Ref<>* stop, Ref<>* step);
inline bool isSlice(Value v) { return v.isObject() && v.asObject()->kind == kKindSlice; }

// A view of a dict: dict_keys, dict_values, dict_items.
struct DictView : Object {
  Dict* dict;  // owned
};

Ref<> listIterator(Thread& t, Value list);
Ref<> tupleIterator(Thread& t, Value tuple);
// iter(sequence) for objects that only have __getitem__, and iter(callable, sentinel).
Ref<> sequenceIterator(Thread& t, Value sequence);
// The next item for an iterator that wraps this one; chains of them recurse in C++, as deep as the stack allows.
[[nodiscard]] inline Ref<> stepWrapped(Thread& t, Value iterator) {
  if (!checkNativeStack(t, "")) return {};
  return typeOf(iterator)->slots.next(t, iterator);
}
// The old protocol of iteration: __getitem__ with 0, 1, 2, ...
bool subscriptsByIndex(const Type* type);
Ref<> callIterator(Thread& t, Value callable, Value sentinel);


// For the types' own files: __iter__ of an iterator, and the (iter, (sequence,)) that __reduce__ of one gives.
Ref<> iteratorSelf(Thread& t, Value self);
Ref<> reduceToIter(Thread& t, Value sequence);
Ref<> reduceToIter(Thread& t, Value sequence, int64_t index);
Ref<> builtinFunction(Thread& t, const char* name);  // of the builtins module

}  // namespace krait
