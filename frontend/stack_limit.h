// How far down the C++ stack may grow in this thread.
//
// Nesting in a source is bounded by counters that follow CPython's; this is the second bound, for threads with small
// stacks.
#pragma once

#include <cstdint>

namespace krait::frontend {

// The lowest address that recursion may reach: the end of the thread's stack, plus room for what is called from there.
uintptr_t stackFloor();

inline bool stackIsDeep(uintptr_t floor) { return reinterpret_cast<uintptr_t>(__builtin_frame_address(0)) < floor; }

}  // namespace krait::frontend
