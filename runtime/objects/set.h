// set and frozenset: open addressing over {hash, key}, iterated in CPython's table order for the same insertions.
#pragma once
#include "runtime/core/type.h"

namespace krait {

struct SetEntry {
  Value key;  // owned; empty: free or deleted (hash -1)
  Hash hash;
};
struct Set : Object {
  SetEntry* table;
  int64_t fill;
  int64_t used;
  uint64_t mask;
  Hash hash;          // frozenset: cached
  int64_t finger;
};
inline Set* asSet(Value v) { return static_cast<Set*>(v.asObject()); }
inline bool isAnySet(Value v) { return isInstance(v, &types::Set) || isInstance(v, &types::FrozenSet); }

Ref<Set> newSet(Thread& t, Value iterable /* or empty */);
Ref<Set> newFrozenSet(Thread& t, Value iterable /* or empty */);
[[nodiscard]] bool setAdd(Thread& t, Set* set, Value key);
int setContains(Thread& t, Set* set, Value key);
int setDiscard(Thread& t, Set* set, Value key);   // 1 removed, 0 absent, -1 raised
[[nodiscard]] bool setUpdate(Thread& t, Set* set, Value iterable);
bool setNext(Set* set, int64_t* position, Value* key, Hash* hash = nullptr);

}  // namespace krait
