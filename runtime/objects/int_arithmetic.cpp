// Arithmetic on ints: one fast path for immediates, then GMP's mpn functions on limbs.
#include <algorithm>
#include <cmath>
#include <cstring>
#include "runtime/objects/float.h"
#include "runtime/objects/int_internal.h"
#include "runtime/objects/tuple.h"

namespace krait {

// ---- addition and multiplication ----

namespace {

Ref<> addMagnitudes(Thread& t, const Digits& a, const Digits& b, bool negative) {
  const Digits& x = a.count >= b.count ? a : b;
  const Digits& y = a.count >= b.count ? b : a;
  Int* result = allocateInt(t, x.count + 1);
  if (!result) return nullptr;
  result->limbs[x.count] = y.count ? mpn_add(limbsOf(result), x.data(), mp_size_t(x.count), y.data(), mp_size_t(y.count)) : 0;
  if (!y.count) memcpy(result->limbs, x.limbs, x.count * 8);
  return finishInt(t, result, x.count + 1, negative);
}

Ref<> subtractMagnitudes(Thread& t, const Digits& a, const Digits& b, bool negative) {
  int order = compareMagnitudes(a, b);
  if (order == 0) return steal(Value::fromInt(0));
  const Digits& x = order > 0 ? a : b;
  const Digits& y = order > 0 ? b : a;
  Int* result = allocateInt(t, x.count);
  if (!result) return nullptr;
  if (y.count) {
    mpn_sub(limbsOf(result), x.data(), mp_size_t(x.count), y.data(), mp_size_t(y.count));
  } else {
    memcpy(result->limbs, x.limbs, x.count * 8);
  }
  return finishInt(t, result, x.count, negative != (order < 0));
}

// One limb as a signed 128-bit number; false for more limbs.
inline bool oneLimb(const Digits& d, __int128* out) {
  if (d.count > 1) return false;
  *out = d.negative ? -__int128(d.low()) : __int128(d.low());
  return true;
}

}  // namespace

Ref<> intAdd(Thread& t, Value a, Value b) {
  a = intValue(a);
  b = intValue(b);
  if (KRAIT_LIKELY(bothInts(a, b))) return newInt(t, a.asInt() + b.asInt());
  Digits x(a), y(b);
  __int128 i, j;
  if (oneLimb(x, &i) && oneLimb(y, &j)) return newInt128(t, i + j);
  if (x.negative == y.negative) return addMagnitudes(t, x, y, x.negative);
  return subtractMagnitudes(t, x, y, x.negative);
}

Ref<> intSubtract(Thread& t, Value a, Value b) {
  a = intValue(a);
  b = intValue(b);
  if (KRAIT_LIKELY(bothInts(a, b))) return newInt(t, a.asInt() - b.asInt());
  Digits x(a), y(b);
  __int128 i, j;
  if (oneLimb(x, &i) && oneLimb(y, &j)) return newInt128(t, i - j);
  if (x.negative != y.negative) return addMagnitudes(t, x, y, x.negative);
  return subtractMagnitudes(t, x, y, x.negative);
}

Ref<> intMultiply(Thread& t, Value a, Value b) {
  a = intValue(a);
  b = intValue(b);
  if (KRAIT_LIKELY(bothInts(a, b))) return newInt128(t, __int128(a.asInt()) * b.asInt());
  Digits x(a), y(b);
  bool negative = x.negative != y.negative;
  if (!x.count || !y.count) return steal(Value::fromInt(0));
  if (x.count == 1 && y.count == 1) {
    unsigned __int128 product = static_cast<unsigned __int128>(x.limbs[0]) * y.limbs[0];
    uint64_t limbs[2] = {uint64_t(product), uint64_t(product >> 64)};
    return newIntFromLimbs(t, limbs, 2, negative);
  }
  const Digits& p = x.count >= y.count ? x : y;
  const Digits& q = x.count >= y.count ? y : x;
  size_t count = p.count + q.count;
  Int* result = allocateInt(t, count);
  if (!result) return nullptr;
  if (q.count == 1) {
    result->limbs[p.count] = mpn_mul_1(limbsOf(result), p.data(), mp_size_t(p.count), q.limbs[0]);
  } else if (a == b) {
    mpn_sqr(limbsOf(result), p.data(), mp_size_t(p.count));
  } else {
    mpn_mul(limbsOf(result), p.data(), mp_size_t(p.count), q.data(), mp_size_t(q.count));
  }
  return finishInt(t, result, count, negative);
}

// ---- division ----

namespace {

// Floor division of anything that is not two immediates; either result may be unwanted (null).
bool divideFloor(Thread& t, const Digits& a, const Digits& b, Ref<>* quotient, Ref<>* remainder) {
  bool adjust_possible = a.negative != b.negative;
  if (compareMagnitudes(a, b) < 0) {
    bool adjust = adjust_possible && a.count;
    if (quotient) *quotient = steal(Value::fromInt(adjust ? -1 : 0));
    if (remainder) *remainder = adjust ? subtractMagnitudes(t, b, a, b.negative) : newIntFromLimbs(t, a.limbs, a.count, a.negative);
    return !remainder || *remainder;
  }
  size_t quotient_count = a.count - b.count + 1;
  LimbBuffer q(t, quotient_count + 1), r(t, b.count);
  if (!q || !r) return false;
  if (b.count == 1) {
    r[0] = mpn_divrem_1(q.data(), 0, a.data(), mp_size_t(a.count), b.limbs[0]);
  } else {
    mpn_tdiv_qr(q.data(), r.data(), 0, a.data(), mp_size_t(a.count), b.data(), mp_size_t(b.count));
  }
  q[quotient_count] = 0;
  if (adjust_possible && !mpn_zero_p(r.data(), mp_size_t(b.count))) {
    mpn_add_1(q.data(), q.data(), mp_size_t(quotient_count + 1), 1);
    mpn_sub_n(r.data(), b.data(), r.data(), mp_size_t(b.count));
  }
  if (quotient) {
    *quotient = newIntFromLimbs(t, q.get(), quotient_count + 1, adjust_possible);
    if (!*quotient) return false;
  }
  if (remainder) {
    *remainder = newIntFromLimbs(t, r.get(), b.count, b.negative);
    if (!*remainder) return false;
  }
  return true;
}

inline int64_t floorDivide(int64_t a, int64_t b) {
  int64_t quotient = a / b;
  return quotient - (quotient * b != a && (a < 0) != (b < 0));
}
inline int64_t floorRemainder(int64_t a, int64_t b) {
  int64_t remainder = a % b;
  return remainder && (remainder < 0) != (b < 0) ? remainder + b : remainder;
}

Raised divisionByZero(Thread& t) { return raise(t, exc::ZeroDivisionError, "integer division or modulo by zero"); }

}  // namespace

Ref<> intFloorDivide(Thread& t, Value a, Value b) {
  a = intValue(a);
  b = intValue(b);
  if (b == Value::fromInt(0)) return divisionByZero(t);
  if (KRAIT_LIKELY(bothInts(a, b))) return newInt(t, floorDivide(a.asInt(), b.asInt()));
  Ref<> quotient;
  if (!divideFloor(t, Digits(a), Digits(b), &quotient, nullptr)) return nullptr;
  return quotient;
}

Ref<> intRemainder(Thread& t, Value a, Value b) {
  a = intValue(a);
  b = intValue(b);
  if (b == Value::fromInt(0)) return raise(t, exc::ZeroDivisionError, "integer modulo by zero");
  if (KRAIT_LIKELY(bothInts(a, b))) return steal(Value::fromInt(floorRemainder(a.asInt(), b.asInt())));
  Ref<> remainder;
  if (!divideFloor(t, Digits(a), Digits(b), nullptr, &remainder)) return nullptr;
  return remainder;
}

Ref<> intDivmod(Thread& t, Value a, Value b) {
  a = intValue(a);
  b = intValue(b);
  if (b == Value::fromInt(0)) return divisionByZero(t);
  Ref<> quotient, remainder;
  if (bothInts(a, b)) {
    quotient = newInt(t, floorDivide(a.asInt(), b.asInt()));
    remainder = steal(Value::fromInt(floorRemainder(a.asInt(), b.asInt())));
    if (!quotient) return nullptr;
  } else if (!divideFloor(t, Digits(a), Digits(b), &quotient, &remainder)) {
    return nullptr;
  }
  return packTuple(t, quotient.value(), remainder.value());
}

// Correctly rounded, half to even: the quotient of suitably shifted numbers has at least 55 bits, the last of which
// gathers everything that was cut off.
Ref<> intTrueDivide(Thread& t, Value a, Value b) {
  a = intValue(a);
  b = intValue(b);
  if (b == Value::fromInt(0)) return raise(t, exc::ZeroDivisionError, "division by zero");
  if (KRAIT_LIKELY(bothInts(a, b))) return steal(Value::fromDouble(double(a.asInt()) / double(b.asInt())));
  Digits x(a), y(b);
  bool negative = x.negative != y.negative;
  if (!x.count) return steal(Value::fromDouble(negative ? -0.0 : 0.0));
  constexpr int64_t kMinExponent = -1021, kMantissa = 53;
  int64_t difference = int64_t(bitLength(x)) - int64_t(bitLength(y));
  if (difference > 1024) return raise(t, exc::OverflowError, "integer division result too large for a float");
  if (difference < kMinExponent - kMantissa - 1) return steal(Value::fromDouble(negative ? -0.0 : 0.0));
  int64_t shift = std::max(difference, kMinExponent) - kMantissa - 2;
  bool inexact = false;
  // n = |x| >> shift (or << -shift)
  size_t words = size_t(shift < 0 ? -shift : shift) / 64, bits = size_t(shift < 0 ? -shift : shift) % 64;
  size_t n_count = shift < 0 ? x.count + words + 1 : x.count > words ? x.count - words : 0;
  LimbBuffer n(t, n_count + 1);
  if (!n) return nullptr;
  if (shift < 0) {
    memset(n.get(), 0, words * 8);
    n[n_count - 1] = 0;
    if (bits) {
      n[n_count - 1] = mpn_lshift(n.data() + words, x.data(), mp_size_t(x.count), unsigned(bits));
    } else {
      memcpy(n.get() + words, x.limbs, x.count * 8);
    }
  } else {
    for (size_t i = 0; i < std::min(words, x.count); ++i) inexact |= x.limbs[i] != 0;
    if (n_count && bits) {
      inexact |= mpn_rshift(n.data(), x.data() + words, mp_size_t(n_count), unsigned(bits)) != 0;
    } else if (n_count) {
      memcpy(n.get(), x.limbs + words, n_count * 8);
    }
  }
  while (n_count && n[n_count - 1] == 0) --n_count;
  uint64_t q = 0;
  if (n_count >= y.count) {
    LimbBuffer quotient(t, n_count - y.count + 1), rest(t, y.count);
    if (!quotient || !rest) return nullptr;
    mpn_tdiv_qr(quotient.data(), rest.data(), 0, n.data(), mp_size_t(n_count), y.data(), mp_size_t(y.count));
    inexact |= !mpn_zero_p(rest.data(), mp_size_t(y.count));
    q = quotient[0];
  } else {
    inexact |= n_count != 0;
  }
  int64_t q_bits = q ? 64 - __builtin_clzll(q) : 0;
  int64_t extra = std::max(q_bits, kMinExponent - shift) - kMantissa;
  uint64_t half = uint64_t(1) << (extra - 1);
  uint64_t low = q | uint64_t(inexact);
  if ((low & half) && (low & (3 * half - 1))) low += half;
  low &= ~(2 * half - 1);
  double result = std::ldexp(double(low), int(shift));
  if (std::isinf(result)) return raise(t, exc::OverflowError, "integer division result too large for a float");
  return steal(Value::fromDouble(negative ? -result : result));
}

// ---- power ----

namespace {

uint64_t powerModulo64(uint64_t base, uint64_t exponent, uint64_t modulus) {
  uint64_t result = 1 % modulus;
  for (base %= modulus; exponent; exponent >>= 1) {
    if (exponent & 1) result = uint64_t(static_cast<unsigned __int128>(result) * base % modulus);
    base = uint64_t(static_cast<unsigned __int128>(base) * base % modulus);
  }
  return result;
}

Ref<> powerModulo(Thread& t, Value a, Value b, Value m) {
  if (m == Value::fromInt(0)) return raise(t, exc::ValueError, "pow() 3rd argument cannot be 0");
  Digits base(a), exponent(b), modulus(m);
  if (!exponent.negative && exponent.count <= 1 && base.count <= 1 && modulus.count == 1) {
    uint64_t n = modulus.limbs[0];
    uint64_t x = base.low() % n;
    if (base.negative && x) x = n - x;
    uint64_t result = powerModulo64(x, exponent.low(), n);
    if (!modulus.negative) return newIntUnsigned(t, result);
    return newInt128(t, result ? __int128(result) - __int128(n) : 0);
  }
  mpz_t x, e, n, result;
  readOnly(x, base);
  readOnly(e, exponent);
  mpz_roinit_n(n, modulus.data(), mp_size_t(modulus.count));
  mpz_init(result);
  Ref<> out;
  if (exponent.negative && mpz_cmp_ui(n, 1) != 0 && !mpz_invert(result, x, n)) {
    (void)raise(t, exc::ValueError, "base is not invertible for the given modulus");
  } else {
    if (mpz_cmp_ui(n, 1) == 0) {
      mpz_set_ui(result, 0);
    } else {
      mpz_powm(result, x, e, n);
    }
    if (modulus.negative && mpz_sgn(result) != 0) mpz_sub(result, result, n);
    out = newIntFromMpz(t, result);
  }
  mpz_clear(result);
  return out;
}

}  // namespace

Ref<> intPower(Thread& t, Value a, Value b, Value modulus) {
  a = intValue(a);
  b = intValue(b);
  if (!modulus.isNone()) return powerModulo(t, a, b, intValue(modulus));
  if (intSign(b) < 0) {
    double x = intToDouble(t, a);
    if (t.raised()) return nullptr;
    double y = intToDouble(t, b);
    if (t.raised()) return nullptr;
    return floatPower(t, x, y);
  }
  if (a == Value::fromInt(0) || a == Value::fromInt(1) || b == Value::fromInt(0)) {
    return steal(b == Value::fromInt(0) ? Value::fromInt(1) : a);
  }
  if (a == Value::fromInt(-1)) return steal(Value::fromInt(Digits(b).low() & 1 ? -1 : 1));
  if (!b.isInt()) return raiseNoMemory(t);
  uint64_t exponent = uint64_t(b.asInt());
  Digits base(a);
  size_t bits = bitLength(base);
  bool negative = base.negative && (exponent & 1);
  if (bits * exponent <= 126 && base.count == 1) {  // fits 128 bits
    unsigned __int128 result = 1, square = base.limbs[0];
    for (uint64_t e = exponent;;) {
      if (e & 1) result *= square;
      if (!(e >>= 1)) break;
      square *= square;
    }
    return newInt128(t, negative ? -__int128(result) : __int128(result));
  }
  unsigned __int128 result_bits = static_cast<unsigned __int128>(bits) * exponent;
  if (result_bits > static_cast<unsigned __int128>(kMaxLimbs) * 64) return raiseNoMemory(t);
  size_t trailing = mpn_scan1(base.data(), 0);
  if (trailing + 1 == bits) {  // a power of two
    Ref<> shifted = intLeftShift(t, Value::fromInt(1), Value::fromInt(int64_t(trailing * exponent)));
    return shifted && negative ? intNegative(t, shifted) : std::move(shifted);
  }
  void* probe = allocateBuffer(size_t(result_bits / 8) * 2);  // GMP aborts without memory: ask first
  if (!probe) return raiseNoMemory(t);
  freeBuffer(probe);
  mpz_t x, result;
  readOnly(x, base);
  mpz_init(result);
  mpz_pow_ui(result, x, exponent);
  Ref<> out = newIntFromMpz(t, result);
  mpz_clear(result);
  return out;
}

// ---- shifts ----

Ref<> intLeftShift(Thread& t, Value a, Value b) {
  a = intValue(a);
  b = intValue(b);
  if (intSign(b) < 0) return raise(t, exc::ValueError, "negative shift count");
  if (a == Value::fromInt(0)) return steal(a);
  if (!b.isInt()) return raise(t, exc::OverflowError, "too many digits in integer");
  uint64_t shift = uint64_t(b.asInt());
  if (a.isInt() && shift < 64) return newInt128(t, __int128(a.asInt()) << shift);
  Digits x(a);
  size_t words = shift / 64, bits = shift % 64;
  size_t count = x.count + words + 1;
  Int* result = allocateInt(t, count);
  if (!result) return nullptr;
  memset(result->limbs, 0, words * 8);
  if (bits) {
    result->limbs[count - 1] = mpn_lshift(limbsOf(result) + words, x.data(), mp_size_t(x.count), unsigned(bits));
  } else {
    memcpy(result->limbs + words, x.limbs, x.count * 8);
    result->limbs[count - 1] = 0;
  }
  return finishInt(t, result, count, x.negative);
}

Ref<> intRightShift(Thread& t, Value a, Value b) {
  a = intValue(a);
  b = intValue(b);
  if (intSign(b) < 0) return raise(t, exc::ValueError, "negative shift count");
  if (bothInts(a, b)) return steal(Value::fromInt(a.asInt() >> std::min<int64_t>(b.asInt(), 63)));
  Digits x(a);
  uint64_t shift = b.isInt() ? uint64_t(b.asInt()) : UINT64_MAX;
  size_t words = shift / 64, bits = shift % 64;
  if (words >= x.count) return steal(Value::fromInt(x.negative ? -1 : 0));
  bool lost = false;
  if (x.negative) {
    for (size_t i = 0; i < words && !lost; ++i) lost = x.limbs[i] != 0;
    lost |= bits && (x.limbs[words] << (64 - bits)) != 0;
  }
  size_t count = x.count - words;
  Int* result = allocateInt(t, count + 1);
  if (!result) return nullptr;
  if (bits) {
    mpn_rshift(limbsOf(result), x.data() + words, mp_size_t(count), unsigned(bits));
  } else {
    memcpy(result->limbs, x.limbs + words, count * 8);
  }
  result->limbs[count] = 0;
  if (lost) mpn_add_1(limbsOf(result), limbsOf(result), mp_size_t(count + 1), 1);
  return finishInt(t, result, count + 1, x.negative);
}

// ---- bits ----

namespace {

// Two's complement of `count` limbs into out.
void toTwos(uint64_t* out, const Digits& d, size_t count) {
  memcpy(out, d.limbs, d.count * 8);
  memset(out + d.count, 0, (count - d.count) * 8);
  if (d.negative) mpn_neg(reinterpret_cast<mp_ptr>(out), reinterpret_cast<mp_ptr>(out), mp_size_t(count));
}

template <class F>
Ref<> bitwise(Thread& t, Value a, Value b, F f) {
  a = intValue(a);
  b = intValue(b);
  if (KRAIT_LIKELY(bothInts(a, b))) return steal(Value::fromInt(int64_t(f(uint64_t(a.asInt()), uint64_t(b.asInt())))));
  Digits x(a), y(b);
  size_t count = std::max(x.count, y.count) + 1;
  LimbBuffer p(t, count), q(t, count);
  if (!p || !q) return nullptr;
  toTwos(p.get(), x, count);
  toTwos(q.get(), y, count);
  for (size_t i = 0; i < count; ++i) p[i] = f(p[i], q[i]);
  bool negative = p[count - 1] >> 63;
  if (negative) mpn_neg(p.data(), p.data(), mp_size_t(count));
  return newIntFromLimbs(t, p.get(), count, negative);
}

}  // namespace

Ref<> intAnd(Thread& t, Value a, Value b) {
  return bitwise(t, a, b, [](uint64_t x, uint64_t y) { return x & y; });
}
Ref<> intOr(Thread& t, Value a, Value b) {
  return bitwise(t, a, b, [](uint64_t x, uint64_t y) { return x | y; });
}
Ref<> intXor(Thread& t, Value a, Value b) {
  return bitwise(t, a, b, [](uint64_t x, uint64_t y) { return x ^ y; });
}

Ref<> intNegative(Thread& t, Value a) {
  a = intValue(a);
  if (a.isInt()) return newInt(t, -a.asInt());
  Digits x(a);
  return newIntFromLimbs(t, x.limbs, x.count, !x.negative);
}
Ref<> intAbsolute(Thread& t, Value a) {
  a = intValue(a);
  return intSign(a) < 0 ? intNegative(t, a) : share(a);
}
Ref<> intInvert(Thread& t, Value a) {
  a = intValue(a);
  if (a.isInt()) return steal(Value::fromInt(~a.asInt()));
  Ref<> next = intAdd(t, a, Value::fromInt(1));
  return next ? intNegative(t, next) : nullptr;
}

}  // namespace krait
