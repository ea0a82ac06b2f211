// int: immediate up to 50 bits, above that an object with 64-bit limbs for GMP's mpn functions.
#pragma once
#include "runtime/core/type.h"

namespace krait {

// Normalised: never holds a number that fits an immediate.
//  16 size: number of limbs, negative for negative numbers    24 limbs, least significant first
struct Int : Object {
  int64_t size;
  uint64_t limbs[];

  size_t limbCount() const { return size_t(size < 0 ? -size : size); }
  bool negative() const { return size < 0; }
};

// Instances of subclasses of int (bool excepted) hold their number as a plain int.
struct IntInstance : Object {
  Value number;  // owned: immediate or exact Int
};

// The plain int (immediate or exact heap int) in an int, bool or subclass instance; borrowed from v.
Value intValue(Value v);

Ref<> newInt(Thread& t, int64_t i);
Ref<> newIntUnsigned(Thread& t, uint64_t i);
Ref<> newInt128(Thread& t, __int128 i);
Ref<> newIntFromDouble(Thread& t, double d);        // truncates; raises for nan and inf
Ref<> newIntFromBytes(Thread& t, const uint8_t* bytes, size_t size, bool little_endian, bool is_signed);
// Text with an optional sign, base 2..36 or 0; as int(text, base). `original` is what the error message shows.
Ref<> newIntFromText(Thread& t, const char* text, size_t length, int base, Value original);

// The number as int64; false when it does not fit (nothing raised). v is int-like.
bool intFits64(Value v, int64_t* out);
// As a C integer, or -1 with OverflowError/TypeError raised (check t.raised()); accepts __index__.
int64_t toInt64(Thread& t, Value v);
// An index: __index__ honoured; clamps instead of overflowing when `clamp`. -1 with exception set on error.
int64_t toIndex(Thread& t, Value v, bool clamp = false, Type* overflow_error = nullptr);
double intToDouble(Thread& t, Value v);             // -1.0 with OverflowError raised when too large
bool intFitsDouble(Value v, double* out);            // the nearest double; false when too large (nothing raised)
bool intToDoubleExact(Value v, double* out);        // only when exactly representable
int intSign(Value v);
Hash intHash(Value v);
bool intEqual(Value a, Value b);
int intCompare(Value a, Value b);                   // -1, 0, 1; int-likes
int intCompareDouble(Value a, double d);            // -1, 0, 1; d is not nan
size_t intBitLength(Value v);

// Arithmetic on int-likes (plain ints, bools, subclasses); results exact ints. Division by zero raises.
Ref<> intAdd(Thread& t, Value a, Value b);
Ref<> intSubtract(Thread& t, Value a, Value b);
Ref<> intMultiply(Thread& t, Value a, Value b);
Ref<> intFloorDivide(Thread& t, Value a, Value b);
Ref<> intRemainder(Thread& t, Value a, Value b);
Ref<> intDivmod(Thread& t, Value a, Value b);
Ref<> intTrueDivide(Thread& t, Value a, Value b);
Ref<> intPower(Thread& t, Value a, Value b, Value modulus /* or None */);
Ref<> intLeftShift(Thread& t, Value a, Value b);
Ref<> intRightShift(Thread& t, Value a, Value b);
Ref<> intAnd(Thread& t, Value a, Value b);
Ref<> intOr(Thread& t, Value a, Value b);
Ref<> intXor(Thread& t, Value a, Value b);
Ref<> intNegative(Thread& t, Value a);
Ref<> intAbsolute(Thread& t, Value a);
Ref<> intInvert(Thread& t, Value a);
Ref<Str> intToText(Thread& t, Value v, int base = 10, bool prefix = false);

}  // namespace krait
