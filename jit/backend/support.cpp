// Out-of-line halves of wide operations (support.h).
#include "jit/backend/support.h"
#include "runtime/objects/int.h"

namespace krait::jit {

bool unboxWide(uint64_t bits, __int128* out) {
  Value v(bits);
  if (v.isInt()) {
    *out = v.asInt();
    return true;
  }
  if (!v.isObject() || v.asObject()->kind != kKindInt) return false;
  auto* heap = static_cast<const Int*>(v.asObject());
  if (heap->limbCount() > 2) return false;
  unsigned __int128 magnitude = heap->limbs[0];
  if (heap->limbCount() == 2) magnitude |= (unsigned __int128)heap->limbs[1] << 64;
  bool negative = heap->negative();
  if ((magnitude >> 127) != 0 && !(negative && magnitude << 1 == 0)) return false;
  *out = __int128(negative ? -magnitude : magnitude);
  return true;
}

__int128 divFloorWide(__int128 a, __int128 b) {
  __int128 quotient = a / b;
  return quotient * b != a && (a < 0) != (b < 0) ? quotient - 1 : quotient;
}
__int128 modFloorWide(__int128 a, __int128 b) {
  __int128 remainder = a % b;
  return remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder;
}

Value boxWide(Thread& t, __int128 number) {
  if (number >= kIntMin && number <= kIntMax) return Value::fromInt(int64_t(number));
  return newInt128(t, number).leak();
}

}  // namespace krait::jit
