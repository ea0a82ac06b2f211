// The table of sets, for objects/set*.cpp.
#pragma once
#include "runtime/objects/dict_table.h"
#include "runtime/objects/set.h"

namespace krait {

inline constexpr Hash kSetDeleted = -1;  // hash of a deleted entry; a free one has 0. Both have no key.

void setInit(Set* set);
void setFreeTable(Set* set);
[[nodiscard]] bool setAddHashed(Thread& t, Set* set, Value key, Hash hash);
// 1, 0, -1 raised; without hashing the key again.
int setContainsHashed(Thread& t, Set* set, Value key, Hash hash);
// 1, 0, -1 unsure: keys are compared by `equal` (dict_table.h).
int setContainsQuiet(Thread& t, Set* set, Value key, Hash hash, QuietEqual equal);
int setDiscardHashed(Thread& t, Set* set, Value key, Hash hash);
// Adds all of another set.
[[nodiscard]] bool setMerge(Thread& t, Set* set, Set* from);
// A key that may be an unhashable set is looked up as the frozenset of its items: discard, remove, contains. `f` is one of the
// primitives above.
int setLookupThroughFrozen(Thread& t, Set* set, Value key, int (*f)(Thread&, Set*, Value));

}  // namespace krait
