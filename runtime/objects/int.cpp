// int: making numbers, converting to and from C types, comparing, hashing. Arithmetic is in int_arithmetic.cpp.
#include "runtime/objects/int.h"
#include <cmath>
#include <cstring>
#include "runtime/objects/int_internal.h"
#include "runtime/protocols/protocols.h"

namespace krait {

// ---- making ----

Value intValue(Value v) {
  if (v.isInt()) return v;
  if (v.isBool()) return Value::fromInt(v == kTrue);
  if (v.asObject()->kind == kKindInt) return v;
  return static_cast<IntInstance*>(v.asObject())->number;
}

Int* allocateInt(Thread& t, size_t limbs) {
  Object* o = limbs > kMaxLimbs ? nullptr : allocateObject(intObjectSize(limbs), Sort::kPlain, &types::Int, kKindInt);
  if (!o) return raiseNoMemory(t);
  return static_cast<Int*>(o);
}

Ref<> finishInt(Thread& t, Int* result, size_t allocated, bool negative) {
  size_t count = allocated;
  while (count && result->limbs[count - 1] == 0) --count;
  if (count <= 1) {
    uint64_t magnitude = count ? result->limbs[0] : 0;
    if (magnitude <= uint64_t(kIntMax) + negative) {
      freeObject(result, intObjectSize(allocated), Sort::kPlain);
      return steal(Value::fromInt(negative ? -int64_t(magnitude) : int64_t(magnitude)));
    }
  }
  if (count != allocated) {
    Object* smaller = resizeObject(result, intObjectSize(allocated), intObjectSize(count));
    if (!smaller) {
      freeObject(result, intObjectSize(allocated), Sort::kPlain);
      return raiseNoMemory(t);
    }
    result = static_cast<Int*>(smaller);
  }
  result->size = negative ? -int64_t(count) : int64_t(count);
  return steal(Value(result));
}

Ref<> newIntFromLimbs(Thread& t, const uint64_t* limbs, size_t count, bool negative) {
  while (count && limbs[count - 1] == 0) --count;
  if (count <= 1) {
    uint64_t magnitude = count ? limbs[0] : 0;
    if (magnitude <= uint64_t(kIntMax) + negative) {
      return steal(Value::fromInt(negative ? -int64_t(magnitude) : int64_t(magnitude)));
    }
  }
  Int* result = allocateInt(t, count);
  if (!result) return nullptr;
  memcpy(result->limbs, limbs, count * sizeof(uint64_t));
  result->size = negative ? -int64_t(count) : int64_t(count);
  return steal(Value(result));
}

Ref<> newInt(Thread& t, int64_t i) {
  if (KRAIT_LIKELY(fitsInt(i))) return steal(Value::fromInt(i));
  uint64_t magnitude = i < 0 ? 0 - uint64_t(i) : uint64_t(i);
  return newIntFromLimbs(t, &magnitude, 1, i < 0);
}

Ref<> newIntUnsigned(Thread& t, uint64_t i) {
  if (KRAIT_LIKELY(i <= uint64_t(kIntMax))) return steal(Value::fromInt(int64_t(i)));
  return newIntFromLimbs(t, &i, 1, false);
}

Ref<> newInt128(Thread& t, __int128 i) {
  if (KRAIT_LIKELY(i >= kIntMin && i <= kIntMax)) return steal(Value::fromInt(int64_t(i)));
  unsigned __int128 magnitude = i < 0 ? 0 - static_cast<unsigned __int128>(i) : static_cast<unsigned __int128>(i);
  uint64_t limbs[2] = {uint64_t(magnitude), uint64_t(magnitude >> 64)};
  return newIntFromLimbs(t, limbs, 2, i < 0);
}

Ref<> newIntFromDouble(Thread& t, double d) {
  if (std::isnan(d)) return raise(t, exc::ValueError, "cannot convert float NaN to integer");
  if (std::isinf(d)) return raise(t, exc::OverflowError, "cannot convert float infinity to integer");
  if (std::fabs(d) < 9.2e18) return newInt(t, int64_t(d));
  int exponent;
  uint64_t mantissa = uint64_t(std::ldexp(std::frexp(std::fabs(d), &exponent), 53));  // exponent > 53
  size_t shift = size_t(exponent - 53);
  uint64_t limbs[18] = {};
  size_t word = shift / 64, bits = shift % 64;
  limbs[word] = mantissa << bits;
  if (bits) limbs[word + 1] = mantissa >> (64 - bits);
  return newIntFromLimbs(t, limbs, word + 2, d < 0);
}

Ref<> newIntFromBytes(Thread& t, const uint8_t* bytes, size_t size, bool little_endian, bool is_signed) {
  auto at = [&](size_t i) { return bytes[little_endian ? i : size - 1 - i]; };  // i-th byte, least significant first
  bool negative = is_signed && size && (at(size - 1) & 0x80);
  size_t count = (size + 7) / 8;
  LimbBuffer limbs(t, count + 1);
  if (!limbs) return nullptr;
  memset(limbs.get(), negative ? 0xFF : 0, (count + 1) * sizeof(uint64_t));
  uint8_t* out = reinterpret_cast<uint8_t*>(limbs.get());
  if (little_endian) {
    memcpy(out, bytes, size);
  } else {
    for (size_t i = 0; i < size; ++i) out[i] = at(i);
  }
  if (negative) mpn_neg(limbs.data(), limbs.data(), mp_size_t(count + 1));
  return newIntFromLimbs(t, limbs.get(), count + 1, negative);
}

// ---- converting ----

bool intFits64(Value v, int64_t* out) {
  v = intValue(v);
  if (v.isInt()) {
    *out = v.asInt();
    return true;
  }
  Int* i = static_cast<Int*>(v.asObject());
  if (i->limbCount() != 1) return false;
  uint64_t magnitude = i->limbs[0];
  if (magnitude > uint64_t(INT64_MAX) + i->negative()) return false;
  *out = i->negative() ? int64_t(0 - magnitude) : int64_t(magnitude);
  return true;
}

int64_t toInt64(Thread& t, Value v) {
  if (v.isInt()) return v.asInt();
  Ref<> index = toIndexValue(t, v);
  if (!index) return -1;
  int64_t out;
  if (!intFits64(index, &out)) return raise(t, exc::OverflowError, "Python int too large to convert to C long");
  return out;
}

int64_t toIndex(Thread& t, Value v, bool clamp, Type* overflow_error) {
  if (v.isInt()) return v.asInt();
  Ref<> index = toIndexValue(t, v);
  if (!index) return -1;
  int64_t out;
  if (intFits64(index, &out)) return out;
  if (clamp) return intSign(index) < 0 ? INT64_MIN : INT64_MAX;
  return raise(t, overflow_error ? *overflow_error : exc::OverflowError, "cannot fit '%.200s' into an index-sized integer", typeName(v));
}

namespace {

// The nearest double to a magnitude (half to even), infinity when too large.
double magnitudeToDouble(const Digits& d) {
  if (d.count <= 1) return double(d.low());
  size_t bits = bitLength(d);
  if (bits > 1024) return HUGE_VAL;
  size_t shift = bits - 64;  // the top 64 bits, with everything below gathered in the lowest
  size_t word = shift / 64, offset = shift % 64;
  uint64_t top = d.limbs[word] >> offset;
  if (offset && word + 1 < d.count) top |= d.limbs[word + 1] << (64 - offset);
  bool sticky = offset && (d.limbs[word] << (64 - offset)) != 0;
  for (size_t i = 0; i < word && !sticky; ++i) sticky = d.limbs[i] != 0;
  return std::ldexp(double(top | uint64_t(sticky)), int(shift));
}

}  // namespace

double intToDouble(Thread& t, Value v) {
  v = intValue(v);
  if (v.isInt()) return double(v.asInt());
  Digits d(v);
  double result = magnitudeToDouble(d);
  if (std::isinf(result)) {
    (void)raise(t, exc::OverflowError, "int too large to convert to float");
    return -1.0;
  }
  return d.negative ? -result : result;
}

bool intFitsDouble(Value v, double* out) {
  Digits d(intValue(v));
  double result = magnitudeToDouble(d);
  *out = d.negative ? -result : result;
  return !std::isinf(result);
}

bool intToDoubleExact(Value v, double* out) {
  v = intValue(v);
  if (v.isInt()) {
    *out = double(v.asInt());
    return true;
  }
  Digits d(v);
  size_t trailing = mpn_scan1(d.data(), 0);
  size_t bits = bitLength(d);
  if (bits - trailing > 53 || bits > 1024) return false;
  double result = magnitudeToDouble(d);
  *out = d.negative ? -result : result;
  return true;
}

// ---- looking ----

size_t bitLength(const Digits& d) {
  return d.count ? d.count * 64 - size_t(__builtin_clzll(d.limbs[d.count - 1])) : 0;
}

int intSign(Value v) {
  v = intValue(v);
  if (v.isInt()) return (v.asInt() > 0) - (v.asInt() < 0);
  return static_cast<Int*>(v.asObject())->negative() ? -1 : 1;
}

size_t intBitLength(Value v) { return bitLength(Digits(intValue(v))); }

Hash intHash(Value v) {
  v = intValue(v);
  if (v.isInt()) return v.asInt() == -1 ? -2 : v.asInt();
  constexpr uint64_t kModulus = (uint64_t(1) << 61) - 1;
  Digits d(v);
  uint64_t hash = 0;
  for (size_t i = d.count; i-- > 0;) hash = uint64_t(((static_cast<unsigned __int128>(hash) << 64) + d.limbs[i]) % kModulus);
  int64_t result = d.negative ? -int64_t(hash) : int64_t(hash);
  return result == -1 ? -2 : result;
}

int compareMagnitudes(const Digits& a, const Digits& b) {
  if (a.count != b.count) return a.count < b.count ? -1 : 1;
  int order = a.count ? mpn_cmp(a.data(), b.data(), mp_size_t(a.count)) : 0;
  return (order > 0) - (order < 0);
}

bool intEqual(Value a, Value b) {
  a = intValue(a);
  b = intValue(b);
  if (a == b) return true;
  if (a.isInt() || b.isInt()) return false;
  return intCompare(a, b) == 0;
}

int intCompare(Value a, Value b) {
  a = intValue(a);
  b = intValue(b);
  if (a.isInt() && b.isInt()) return (a.asInt() > b.asInt()) - (a.asInt() < b.asInt());
  Digits x(a), y(b);
  if (x.negative != y.negative) return x.negative ? -1 : 1;
  int order = compareMagnitudes(x, y);
  return x.negative ? -order : order;
}

int intCompareDouble(Value a, double d) {
  a = intValue(a);
  if (a.isInt()) {
    double exact = double(a.asInt());
    return (exact > d) - (exact < d);
  }
  Digits x(a);
  if (std::isinf(d)) return d > 0 ? -1 : 1;
  if (x.negative != (d < 0)) return x.negative ? -1 : 1;  // |x| > 2^49, so zero needs no care
  int sign = x.negative ? -1 : 1;
  int exponent;
  double fraction = std::frexp(std::fabs(d), &exponent);
  size_t bits = bitLength(x);
  if (exponent < 0 || bits > size_t(exponent)) return sign;
  if (bits < size_t(exponent)) return -sign;
  // Same number of integer bits: compare limb by limb with the mantissa, then its fraction.
  double rest = std::ldexp(fraction, 0);
  for (size_t i = x.count; i-- > 0;) {
    int width = i == x.count - 1 ? int((bits - 1) % 64 + 1) : 64;
    rest = std::ldexp(rest, width);
    double whole = std::floor(rest);
    uint64_t limb = uint64_t(whole);
    if (x.limbs[i] != limb) return x.limbs[i] > limb ? sign : -sign;
    rest -= whole;
  }
  return rest > 0 ? -sign : 0;
}

}  // namespace krait
