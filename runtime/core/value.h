// A Value is one 64-bit word: every Python value that Krait handles, with numbers inside the word.
//
//   0x0000_0000_0000_0000                 nothing (unbound local, missing entry, "an exception is set")
//   0x0000_pppp_pppp_pppp                 pointer to a heap object, stored raw
//   0x0001_... to 0xFFF9_...              double: its bits + 2^48
//   0xFFFA_...                            None, False, True, Ellipsis, NotImplemented
//   0xFFFC_0000_0000_0000 and above       int of 50 bits, sign included
//
// Doubles that come from outside (struct, pickle, marshal, ...) pass canonicalNaN first: a NaN with a foreign
// payload would otherwise be boxed into the bits of something else. Arithmetic never makes such a NaN.
#pragma once
#include <bit>
#include <cstdint>

namespace krait {

struct Object;
struct Type;

inline constexpr uint64_t kDoubleOffset = uint64_t(1) << 48;
inline constexpr uint64_t kDoubleSpan = uint64_t(0xFFF9) << 48;  // boxed doubles: bits - 2^48 <= 0xFFF8<<48
inline constexpr uint64_t kSpecialBase = uint64_t(0xFFFA) << 48;
inline constexpr uint64_t kIntBase = uint64_t(0xFFFC) << 48;
inline constexpr int kIntBits = 50;
inline constexpr int64_t kIntMax = (int64_t(1) << (kIntBits - 1)) - 1;
inline constexpr int64_t kIntMin = -(int64_t(1) << (kIntBits - 1));

struct Value {
  uint64_t bits = 0;

  constexpr Value() = default;
  constexpr explicit Value(uint64_t raw) : bits(raw) {}
  Value(const Object* object) : bits(reinterpret_cast<uint64_t>(object)) {}

  static constexpr Value fromInt(int64_t i) { return Value(uint64_t(i) | kIntBase); }  // i must fit: see fitsInt
  static constexpr Value fromDouble(double d) { return Value(std::bit_cast<uint64_t>(d) + kDoubleOffset); }
  static constexpr Value fromBool(bool b);

  constexpr bool empty() const { return bits == 0; }
  constexpr explicit operator bool() const { return bits != 0; }
  constexpr bool isInt() const { return bits >= kIntBase; }  // immediate ints only; see isIntLike for the rest
  constexpr bool isDouble() const { return bits - kDoubleOffset <= (uint64_t(0xFFF8) << 48); }
  constexpr bool isObject() const { return (bits >> 48) == 0 && bits != 0; }
  constexpr bool isNone() const { return bits == kSpecialBase; }
  constexpr bool isBool() const { return (bits | 1) == (kSpecialBase | 3); }
  constexpr bool isSpecial() const { return (bits >> 48) == 0xFFFA; }

  constexpr int64_t asInt() const { return int64_t(bits << 14) >> 14; }
  constexpr double asDouble() const { return std::bit_cast<double>(bits - kDoubleOffset); }
  Object* asObject() const { return reinterpret_cast<Object*>(bits); }

  // Identity of representation; Python's `is` is isSame in protocols/compare.h (numbers compare by value).
  constexpr bool operator==(const Value& other) const = default;
};

static_assert(sizeof(Value) == 8);

inline constexpr Value kNone{kSpecialBase};
inline constexpr Value kFalse{kSpecialBase | 2};
inline constexpr Value kTrue{kSpecialBase | 3};
inline constexpr Value kEllipsis{kSpecialBase | 4};
inline constexpr Value kNotImplemented{kSpecialBase | 6};

constexpr Value Value::fromBool(bool b) { return Value(kFalse.bits | uint64_t(b)); }

// Whether i can be an immediate int.
constexpr bool fitsInt(int64_t i) { return i >= kIntMin && i <= kIntMax; }
// Both are immediate ints: the tops are all ones exactly when both are.
constexpr bool bothInts(Value a, Value b) { return (a.bits & b.bits) >= kIntBase; }

// Every NaN from foreign bytes becomes the one NaN that fits the double range.
inline double canonicalNaN(double d) { return d != d ? std::bit_cast<double>(uint64_t(0x7FF8) << 48) : d; }

}  // namespace krait
