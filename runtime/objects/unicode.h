// Facts about code points, Unicode 14.0.0: two-level tables that tools/make_unicode.pl generates at build time.
#pragma once
#include <cstdint>

namespace krait::unicode {

enum Flag : uint16_t {
  kAlpha = 1, kDecimal = 2, kDigit = 4, kNumeric = 8, kLower = 16, kUpper = 32, kTitle = 64, kSpace = 128,
  kLineBreak = 256, kPrintable = 512, kXidStart = 1024, kXidContinue = 2048, kCased = 4096, kCaseIgnorable = 8192,
  kLongCase = 16384,  // a case mapping has several code points: lower, upper, title, fold are indices into long_cases
};

// What a set of code points have in common. Mappings are differences to the code point.
struct Record {
  uint16_t flags;
  int8_t decimal, digit;  // values, -1: none
  int32_t lower, upper, title, fold;
};
// Generated (unicode_tables.cpp in the build folder).
extern const Record kRecords[];
extern const uint16_t kIndex1[];
extern const uint16_t kIndex2[];
extern const uint32_t kLongCases[];  // count, then the code points
inline constexpr int kBlockShift = 7;

inline const Record& record(uint32_t c) {
  return kRecords[c > 0x10FFFF ? 0 : kIndex2[(uint32_t(kIndex1[c >> kBlockShift]) << kBlockShift) + (c & ((1 << kBlockShift) - 1))]];
}
inline bool has(uint32_t c, uint16_t flags) { return record(c).flags & flags; }

inline bool isAlpha(uint32_t c) { return has(c, kAlpha); }
inline bool isDecimal(uint32_t c) { return has(c, kDecimal); }
inline bool isDigit(uint32_t c) { return has(c, kDigit); }
inline bool isNumeric(uint32_t c) { return has(c, kNumeric); }
inline bool isAlnum(uint32_t c) { return has(c, kAlpha | kDecimal | kDigit | kNumeric); }
inline bool isLower(uint32_t c) { return has(c, kLower); }
inline bool isUpper(uint32_t c) { return has(c, kUpper); }
inline bool isTitle(uint32_t c) { return has(c, kTitle); }
inline bool isSpace(uint32_t c) {
  if (c < 128) return c == ' ' || (c >= 9 && c <= 13) || (c >= 28 && c <= 31);
  return has(c, kSpace);
}
inline bool isLineBreak(uint32_t c) {
  if (c < 128) return (c >= 10 && c <= 13) || (c >= 28 && c <= 30);
  return has(c, kLineBreak);
}
inline bool isPrintable(uint32_t c) { return has(c, kPrintable); }
inline int decimalValue(uint32_t c) { return c < 128 ? (c >= '0' && c <= '9' ? int(c - '0') : -1) : record(c).decimal; }
inline int digitValue(uint32_t c) { return record(c).digit; }

// Full mappings: up to three code points into out, returns how many.
int toLower(uint32_t c, uint32_t* out);
int toUpper(uint32_t c, uint32_t* out);
int toTitle(uint32_t c, uint32_t* out);
int toFolded(uint32_t c, uint32_t* out);

}  // namespace krait::unicode
