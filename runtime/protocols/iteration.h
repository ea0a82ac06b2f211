// A loop over any iterable, for native code: lists and tuples are indexed without an iterator object.
//
//   Iteration items(t, iterable);
//   while (Ref<> item = items.next()) { ... }
//   if (t.raised()) return kRaised;          // also when iter(iterable) failed
//
// A list may change while it is iterated; the end is looked up again at each step, as list_iterator does.
#pragma once
#include "runtime/objects/list.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/protocols.h"

namespace krait {

class Iteration {
 public:
  Iteration(Thread& t, Value iterable) : thread_(t), iterable_(iterable) {
    if (isExactList(iterable) || isExactTuple(iterable)) {
      source_ = share(iterable);
    } else {
      source_ = iterate(t, iterable);
      if (!source_) return;
      step_ = typeOf(source_)->slots.next;
    }
  }
  // The next item; empty at the end or when something was raised.
  Ref<> next() {
    if (step_) {
      Ref<> item = step_(thread_, source_);
      if (KRAIT_UNLIKELY(!item && thread_.raised()) && raisedIs(thread_, exc::StopIteration)) clearException(thread_);
      return item;
    }
    if (!source_) return {};
    if (isExactTuple(source_)) {
      Tuple* tuple = asTuple(source_);
      return index_ < tuple->size ? share(tuple->items[index_++]) : Ref<>();
    }
    List* list = asList(source_);
    return index_ < list->size ? listGet(list, index_++) : Ref<>();
  }
  // A guess at the number of items, for preallocation; -1: raised. The iterable must still be alive.
  int64_t hint(int64_t fallback) {
    if (step_) return lengthHint(thread_, iterable_, fallback);
    return isExactTuple(source_) ? asTuple(source_)->size : asList(source_)->size;
  }

 private:
  Thread& thread_;
  Value iterable_;  // borrowed
  Ref<> source_;
  UnaryFunction step_ = nullptr;
  int64_t index_ = 0;
};

}  // namespace krait
