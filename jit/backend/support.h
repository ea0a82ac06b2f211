// What both backends call for operations that are too long to inline.
#pragma once
#include "runtime/core/thread.h"

namespace krait::jit {

// The int in a value when it fits i128: immediates and heap ints. False: anything else.
bool unboxWide(uint64_t bits, __int128* out);
// Python's floor division; b is not 0, and not -1 for the smallest a.
__int128 divFloorWide(__int128 a, __int128 b);
__int128 modFloorWide(__int128 a, __int128 b);
// Immediate or new heap int, owned; empty: MemoryError raised.
Value boxWide(Thread& t, __int128 number);

}  // namespace krait::jit
