// double <-> text: see float_text.h. Digits come from std::to_chars (shortest and exact), the layout is Python's.
#include "runtime/objects/float_text.h"
#include <charconv>
#include <cmath>
#include <cstring>
#include <strings.h>
#include "runtime/memory/memory.h"

namespace krait {

FloatText::~FloatText() {
  if (text_ != local_) freeBuffer(text_);
}

bool FloatText::reserve(size_t size) {
  if (size <= room_) return true;
  char* fresh = static_cast<char*>(allocateBuffer(size));
  if (!fresh) return false;
  if (text_ != local_) freeBuffer(text_);
  text_ = fresh;
  room_ = size;
  return true;
}

namespace {

// Appends an exponent the way C and Python write it: sign and at least two digits.
char* putExponent(char* p, int exponent, bool upper) {
  *p++ = upper ? 'E' : 'e';
  *p++ = exponent < 0 ? '-' : '+';
  unsigned magnitude = unsigned(exponent < 0 ? -exponent : exponent);
  if (magnitude < 10) *p++ = '0';
  return std::to_chars(p, p + 5, magnitude).ptr;
}

// Significant digits (no point, no trailing zeros beyond `count`) and the decimal exponent of the first.
struct Decimal {
  const char* digits;
  int count;
  int exponent;
};

// Reads "d.ddde+xx" in place: moves the digits together.
Decimal splitScientific(char* text, char* end) {
  char* e = end;
  while (*--e != 'e') {
  }
  int exponent = 0;
  for (char* q = e + 2; q < end; ++q) exponent = exponent * 10 + (*q - '0');
  if (e[1] == '-') exponent = -exponent;
  int count = 1;
  if (text[1] == '.') {
    count = int(e - text) - 1;
    memmove(text + 1, text + 2, size_t(count - 1));
  }
  return {text, count, exponent};
}

}  // namespace

bool FloatText::make(double d, char code, int precision, unsigned flags) {
  bool upper = code == 'E' || code == 'F' || code == 'G';
  char form = char(code | 0x20);
  bool negative = std::signbit(d);
  char* p;
  if (!std::isfinite(d)) {
    p = text_;
    if (std::isnan(d)) negative = false;
    if (negative) {
      *p++ = '-';
    } else if (flags & kFloatSign) {
      *p++ = '+';
    }
    memcpy(p, std::isnan(d) ? (upper ? "NAN" : "nan") : (upper ? "INF" : "inf"), 3);
    size_ = size_t(p + 3 - text_);
    return true;
  }
  double magnitude = std::fabs(d);
  // Room for the digits that are asked for, 310 before the point, sign, point, exponent; twice for 'g' and 'r' (laid out anew).
  size_t room = 400 + size_t(precision > 0 ? precision : 0);
  if (form != 'r' && !reserve(room * 2)) return false;
  if (form == 'r') {
    // The shortest digits that read back; fixed notation for exponents -4 to 15.
    char digits_text[40];
    char* end = std::to_chars(digits_text, digits_text + sizeof digits_text, magnitude, std::chars_format::scientific).ptr;
    Decimal n = splitScientific(digits_text, end);
    p = text_;
    if (negative && !((flags & kFloatNoNegativeZero) && magnitude == 0)) {
      *p++ = '-';
    } else if (flags & kFloatSign) {
      *p++ = '+';
    }
    if (n.exponent < -4 || n.exponent >= 16) {
      *p++ = n.digits[0];
      if (n.count > 1 || (flags & kFloatAlternate)) *p++ = '.';
      memcpy(p, n.digits + 1, size_t(n.count - 1));
      p += n.count - 1;
      p = putExponent(p, n.exponent, false);
    } else if (n.exponent < 0) {
      *p++ = '0';
      *p++ = '.';
      for (int i = -1; i > n.exponent; --i) *p++ = '0';
      memcpy(p, n.digits, size_t(n.count));
      p += n.count;
    } else {
      for (int i = 0; i <= n.exponent; ++i) *p++ = i < n.count ? n.digits[i] : '0';
      if (n.count > n.exponent + 1) {
        *p++ = '.';
        memcpy(p, n.digits + n.exponent + 1, size_t(n.count - n.exponent - 1));
        p += n.count - n.exponent - 1;
      } else if (flags & kFloatAddPointZero) {
        *p++ = '.';
        *p++ = '0';
      } else if (flags & kFloatAlternate) {
        *p++ = '.';
      }
    }
    size_ = size_t(p - text_);
    return true;
  }
  char* start = text_ + 1;  // one place for the sign
  char* limit = text_ + room_;
  bool zero_after_rounding = false;
  p = start;
  if (form == 'f') {
    p = std::to_chars(start, limit, magnitude, std::chars_format::fixed, precision).ptr;
    if ((flags & kFloatAlternate) && precision == 0) *p++ = '.';
  } else if (form == 'e') {
    p = std::to_chars(start, limit, magnitude, std::chars_format::scientific, precision).ptr;
    if (((flags & kFloatAlternate) && precision == 0) || upper) {
      char* e = p;
      while (*--e != 'e') {
      }
      if (upper) *e = 'E';
      if ((flags & kFloatAlternate) && precision == 0) {
        memmove(e + 1, e, size_t(p - e));
        *e = '.';
        ++p;
      }
    }
  } else {  // 'g': significant digits, then the notation by the exponent after rounding
    if (precision == 0) precision = 1;
    char* scratch = text_ + room;
    char* end = std::to_chars(scratch, limit, magnitude, std::chars_format::scientific, precision - 1).ptr;
    Decimal n = splitScientific(scratch, end);
    int keep = n.count;
    if (!(flags & kFloatAlternate)) {
      while (keep > 1 && n.digits[keep - 1] == '0') --keep;
    }
    // Where ".0" would be added, the last digit before the point must be significant.
    if (n.exponent < -4 || n.exponent >= precision - (flags & kFloatAddPointZero ? 1 : 0)) {
      *p++ = n.digits[0];
      if (keep > 1 || (flags & kFloatAlternate)) *p++ = '.';
      memcpy(p, n.digits + 1, size_t(keep - 1));
      p += keep - 1;
      p = putExponent(p, n.exponent, upper);
    } else if (n.exponent < 0) {
      *p++ = '0';
      *p++ = '.';
      for (int i = -1; i > n.exponent; --i) *p++ = '0';
      memcpy(p, n.digits, size_t(keep));
      p += keep;
    } else {
      for (int i = 0; i <= n.exponent; ++i) *p++ = i < n.count ? n.digits[i] : '0';
      if (keep > n.exponent + 1) {
        *p++ = '.';
        memcpy(p, n.digits + n.exponent + 1, size_t(keep - n.exponent - 1));
        p += keep - n.exponent - 1;
      } else if (flags & kFloatAlternate) {
        *p++ = '.';
      } else if (flags & kFloatAddPointZero) {
        *p++ = '.';
        *p++ = '0';
      }
    }
  }
  if ((flags & kFloatNoNegativeZero) && negative) {
    zero_after_rounding = true;
    for (char* q = start; q < p && (*q | 0x20) != 'e'; ++q) zero_after_rounding &= *q == '0' || *q == '.';
  }
  if (negative && !zero_after_rounding) {
    *--start = '-';
  } else if (flags & kFloatSign) {
    *--start = '+';
  }
  size_ = size_t(p - start);
  if (start != text_) memmove(text_, start, size_);
  return true;
}

bool parseFloat(std::string_view text, double* out, size_t* used) {
  const char* begin = text.data();
  const char* end = begin + text.size();
  const char* p = begin;
  bool negative = false;
  if (p < end && (*p == '+' || *p == '-')) negative = *p++ == '-';
  size_t left = size_t(end - p);
  double d;
  if (left && (*p == '.' || (*p >= '0' && *p <= '9'))) {
    auto result = std::from_chars(p, end, d, std::chars_format::general);
    if (result.ec == std::errc::invalid_argument) return false;
    if (result.ec == std::errc::result_out_of_range) {
      // Too large or too small: strtod (correctly rounded in glibc) tells; the text needs an end.
      char local[64];
      size_t size = size_t(result.ptr - p);
      char* copy = size < sizeof local ? local : static_cast<char*>(allocateBuffer(size + 1));
      if (!copy) return false;
      memcpy(copy, p, size);
      copy[size] = 0;
      d = strtod(copy, nullptr);
      if (copy != local) freeBuffer(copy);
    }
    p = result.ptr;
  } else if (left >= 3 && strncasecmp(p, "nan", 3) == 0) {
    d = __builtin_nan("");
    p += 3;
  } else if (left >= 8 && strncasecmp(p, "infinity", 8) == 0) {
    d = HUGE_VAL;
    p += 8;
  } else if (left >= 3 && strncasecmp(p, "inf", 3) == 0) {
    d = HUGE_VAL;
    p += 3;
  } else {
    return false;
  }
  if (used) {
    *used = size_t(p - begin);
  } else if (p != end) {
    return false;
  }
  *out = negative ? -d : d;
  return true;
}

}  // namespace krait
