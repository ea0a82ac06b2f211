// Numbers in memory as C lays them out: what the format letters of struct, memoryview and array mean natively.
#pragma once
#include "runtime/core/error.h"

namespace krait {

// Size of a native format letter (one of "cbBhHiIlLqQnNPefd?"), 0 for others.
int nativeSize(char letter);
// The value at `data`; NaNs come out canonical.
Ref<> unpackNative(Thread& t, char letter, const uint8_t* data);
// Stores v. `kWrongType` and `kWrongValue`: nothing raised, the caller words the message; kRaised: raised by __index__ and the like.
enum class PackResult : uint8_t { kDone, kWrongType, kWrongValue, kRaisedError };
PackResult packNative(Thread& t, char letter, Value v, uint8_t* data);

// IEEE half precision.
double halfToDouble(uint16_t bits);
[[nodiscard]] bool doubleToHalf(double d, uint16_t* bits);  // false: too large

}  // namespace krait
