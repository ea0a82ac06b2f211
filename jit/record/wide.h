// Numbers that a trace can hold: plain ints and bools whose magnitude is below 2^127: a product of two 63-bit numbers is one.
#pragma once
#include "runtime/core/value.h"

namespace krait::jit {
// False when v is not an int, or too large.
bool wideOf(Value v, __int128* out);
}  // namespace krait::jit
