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

namespace {

// Modular arithmetic on products: a positive divisor below 2^63 and a quotient of 64 bits need one machine division, where the
// general routine takes several times as long. With n = -a-1 for negative a: floor(a/b) = -1 - n/b, a mod b = b-1 - n mod b.
bool divideOnce(__int128 a, __int128 b, int64_t* quotient, int64_t* rest) {
#ifdef __x86_64__
  if (b <= 0 || b > INT64_MAX) return false;
  unsigned __int128 n = (unsigned __int128)(a < 0 ? ~a : a);
  uint64_t high = uint64_t(n >> 64), low = uint64_t(n), divisor = uint64_t(b);
  if (high >= divisor >> 1) return false;  // the quotient fits int64_t
  uint64_t q, r;
  asm("divq %4" : "=a"(q), "=d"(r) : "a"(low), "d"(high), "r"(divisor) : "cc");
  *quotient = a < 0 ? int64_t(~q) : int64_t(q);
  *rest = int64_t(a < 0 ? divisor - 1 - r : r);
  return true;
#else
  return false;
#endif
}

}  // namespace

__int128 divFloorWide(__int128 a, __int128 b) {
  int64_t q, r;
  if (divideOnce(a, b, &q, &r)) return q;
  __int128 quotient = a / b;
  return quotient * b != a && (a < 0) != (b < 0) ? quotient - 1 : quotient;
}
__int128 modFloorWide(__int128 a, __int128 b) {
  int64_t q, r;
  if (divideOnce(a, b, &q, &r)) return r;
  __int128 remainder = a % b;
  return remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder;
}

Value boxWide(Thread& t, __int128 number) {
  if (number >= kIntMin && number <= kIntMax) return Value::fromInt(int64_t(number));
  return newInt128(t, number).leak();
}

}  // namespace krait::jit
