// The formatting mini-language:  [[fill]align][sign][z][#][0][width][grouping][.precision][type]
#include "runtime/objects/number_format.h"
#include <algorithm>
#include <clocale>
#include <cmath>
#include "runtime/objects/float.h"
#include "runtime/objects/float_text.h"
#include "runtime/objects/int.h"
#include "runtime/objects/str_internal.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/unicode.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/protocols.h"

namespace krait {

Str* formatSpec(Thread& t, Value spec) {
  if (isStr(spec)) return asStr(spec);
  return raise(t, exc::TypeError, "__format__() argument must be str, not %.50s", argumentTypeName(spec));
}

namespace {

// ---- the specification ----

struct Spec {
  uint32_t fill = ' ';
  uint32_t align;        // '<' '>' '=' '^'
  uint32_t sign = 0;     // '+', '-', ' '
  bool no_negative_zero = false;
  bool alternate = false;
  int64_t width = -1;
  int64_t precision = -1;
  uint32_t grouping = 0;  // ',' or '_'
  uint32_t type;          // 0: none
};

bool isAlign(uint32_t c) { return c == '<' || c == '>' || c == '=' || c == '^'; }

// Digits at *at; false: too many (raised).
bool readNumber(Thread& t, const Str* s, int64_t* at, int64_t* out) {
  int64_t begin = *at, number = 0;
  for (int digit; *at < s->length && (digit = unicode::decimalValue(s->at(*at))) >= 0; ++*at) {
    if (__builtin_mul_overflow(number, 10, &number) || __builtin_add_overflow(number, digit, &number)) {
      return raise(t, exc::ValueError, "Too many decimal digits in format string");
    }
  }
  if (*at > begin) *out = number;
  return true;
}

bool readSpec(Thread& t, const Str* s, uint32_t default_type, uint32_t default_align, Value v, Spec* spec) {
  int64_t at = 0, n = s->length;
  auto next = [&](uint32_t c) { return at < n && s->at(at) == c; };
  bool fill_given = false, align_given = false;
  spec->type = default_type;
  spec->align = default_align;
  if (n >= 2 && isAlign(s->at(1))) {
    spec->fill = s->at(0);
    spec->align = s->at(1);
    fill_given = align_given = true;
    at = 2;
  } else if (n >= 1 && isAlign(s->at(0))) {
    spec->align = s->at(0);
    align_given = true;
    at = 1;
  }
  if (next('+') || next('-') || next(' ')) spec->sign = s->at(at++);
  if (next('z')) {
    spec->no_negative_zero = true;
    ++at;
  }
  if (next('#')) {
    spec->alternate = true;
    ++at;
  }
  if (!fill_given && next('0')) {
    spec->fill = '0';
    if (!align_given && default_align == '>') spec->align = '=';
    ++at;
  }
  if (!readNumber(t, s, &at, &spec->width)) return false;
  if (next(',')) {
    spec->grouping = ',';
    ++at;
  }
  if (next('_')) {
    if (spec->grouping) return raise(t, exc::ValueError, "Cannot specify both ',' and '_'.");
    spec->grouping = '_';
    ++at;
  }
  if (next(',') && spec->grouping == '_') return raise(t, exc::ValueError, "Cannot specify both ',' and '_'.");
  if (next('.')) {
    ++at;
    if (!readNumber(t, s, &at, &spec->precision)) return false;
    if (spec->precision < 0) return raise(t, exc::ValueError, "Format specifier missing precision");
  }
  if (n - at > 1) {
    Utf8 text;
    text.setLossy(s);
    return raise(t, exc::ValueError, "Invalid format specifier '%s' for object of type '%.200s'", text.c_str(), typeName(v));
  }
  if (n - at == 1) spec->type = s->at(at);
  if (spec->grouping) {
    switch (spec->type) {
      case 'd': case 'e': case 'f': case 'g': case 'E': case 'G': case '%': case 'F': case 0: break;
      case 'b': case 'o': case 'x': case 'X':
        if (spec->grouping == '_') break;
        [[fallthrough]];
      default:
        if (spec->type > 32 && spec->type < 128) {
          return raise(t, exc::ValueError, "Cannot specify '%c' with '%c'.", char(spec->grouping), char(spec->type));
        }
        return raise(t, exc::ValueError, "Cannot specify '%c' with '\\x%x'.", char(spec->grouping), spec->type);
    }
  }
  return true;
}

Raised unknownType(Thread& t, uint32_t type, Value v) {
  if (type > 32 && type < 128) {
    return raise(t, exc::ValueError, "Unknown format code '%c' for object of type '%.200s'", char(type), typeName(v));
  }
  return raise(t, exc::ValueError, "Unknown format code '\\x%x' for object of type '%.200s'", type, typeName(v));
}

// How many fill characters stand before and after text of this length.
void padding(const Spec& spec, int64_t length, int64_t* left, int64_t* right) {
  int64_t missing = std::max<int64_t>(spec.width - length, 0);
  *left = spec.align == '>' ? missing : spec.align == '^' ? missing / 2 : 0;
  if (spec.align == '=') *left = missing;
  *right = missing - *left;
}

bool checkWidth(Thread& t, const Spec& spec) {
  if (spec.width > kMaxStrLength) return raiseNoMemory(t);
  return true;
}

// ---- the layout of numbers ----

// What separates groups of digits, and the decimal point.
struct NumberLocale {
  std::string_view point = ".";
  std::string_view separator;
  const char* grouping = "";  // as in localeconv: sizes of groups from the right, the last repeats
};

NumberLocale numberLocale(const Spec& spec, bool four) {
  NumberLocale locale;
  if (spec.type == 'n') {
    struct lconv* conventions = localeconv();
    locale.point = conventions->decimal_point;
    locale.separator = conventions->thousands_sep;
    locale.grouping = conventions->grouping;
  } else if (spec.grouping) {
    locale.separator = spec.grouping == ',' ? "," : "_";
    locale.grouping = four ? "\4" : "\3";
  }
  return locale;
}

struct NumberParts {
  bool negative;
  std::string_view prefix;  // "0x"
  std::string_view digits;  // before the point
  bool point = false;
  std::string_view rest;    // after the point: fraction, exponent, "inf", "%"
};

// The digits in groups, with zeros in front until the text is `least` long. Written from the right into a buffer of the
// builder's making: sizes are small, so two passes (measure, write) are not needed.
void putGrouped(StrBuilder& out, std::string_view digits, const NumberLocale& locale, int64_t least) {
  if (!*locale.grouping || locale.separator.empty()) {
    out.fill('0', least - int64_t(digits.size()));
    out.appendAscii(digits);
    return;
  }
  // First the sizes of the groups, from the right.
  struct Group {
    int64_t digits, zeros;
  };
  constexpr size_t kLocalGroups = 64;
  Group local[kLocalGroups];
  size_t most = size_t(std::max<int64_t>(int64_t(digits.size()), least)) + 1;
  Group* groups = most <= kLocalGroups ? local : static_cast<Group*>(allocateBuffer(most * sizeof(Group)));
  if (!groups) return out.fill('0', kMaxStrLength + 1);  // makes finish() raise MemoryError
  size_t count = 0;
  int64_t left = int64_t(digits.size());
  const char* size = locale.grouping;
  while (true) {
    int64_t limit = *size > 0 && *size < 127 ? *size : INT64_MAX;
    int64_t length = std::min(limit, std::max<int64_t>(std::max(left, least), 1));
    int64_t taken = std::min(left, length);
    groups[count++] = {taken, length - taken};
    left -= taken;
    least -= length;
    if (left <= 0 && least <= 0) break;
    least -= int64_t(locale.separator.size());
    if (size[1]) ++size;
  }
  int64_t at = 0;
  for (size_t i = count; i-- > 0;) {
    out.fill('0', groups[i].zeros);
    out.appendAscii(digits.substr(size_t(at), size_t(groups[i].digits)));
    at += groups[i].digits;
    if (i) {
      for (char c : locale.separator) out.append(uint8_t(c));
    }
  }
  if (groups != local) freeBuffer(groups);
}

// Length that putGrouped will produce.
int64_t groupedLength(size_t digit_count, const NumberLocale& locale, int64_t least) {
  int64_t left = int64_t(digit_count);
  if (!*locale.grouping || locale.separator.empty()) return std::max(left, least);
  int64_t length = 0;
  for (const char* size = locale.grouping;;) {
    int64_t limit = *size > 0 && *size < 127 ? *size : INT64_MAX;
    int64_t group = std::min(limit, std::max<int64_t>(std::max(left, least), 1));
    length += group;
    left -= group;
    least -= group;
    if (left <= 0 && least <= 0) return length;
    least -= int64_t(locale.separator.size());
    length += int64_t(locale.separator.size());
    if (size[1]) ++size;
  }
}

void putNumber(StrBuilder& out, const Spec& spec, const NumberParts& parts, const NumberLocale& locale) {
  uint32_t sign = parts.negative ? '-' : spec.sign == '+' || spec.sign == ' ' ? spec.sign : 0;
  int64_t fixed = (sign != 0) + int64_t(parts.prefix.size()) + (parts.point ? int64_t(locale.point.size()) : 0) +
                  int64_t(parts.rest.size());
  int64_t least = spec.fill == '0' && spec.align == '=' ? spec.width - fixed : 0;
  int64_t grouped = parts.digits.empty() ? 0 : groupedLength(parts.digits.size(), locale, least);
  int64_t left, right;
  padding(spec, fixed + grouped, &left, &right);
  if (spec.align != '=') out.fill(spec.fill, left);
  if (sign) out.append(sign);
  out.appendAscii(parts.prefix);
  if (spec.align == '=') out.fill(spec.fill, left);
  if (!parts.digits.empty()) putGrouped(out, parts.digits, locale, least);
  if (parts.point) {
    for (char c : locale.point) out.append(uint8_t(c));
  }
  out.appendAscii(parts.rest);
  out.fill(spec.fill, right);
}

// ---- float ----

// Splits the text of a double; the sign is taken off.
NumberParts splitFloat(std::string_view text) {
  NumberParts parts{};
  parts.negative = !text.empty() && text[0] == '-';
  if (parts.negative) text.remove_prefix(1);
  size_t digits = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') ++digits;
  parts.digits = text.substr(0, digits);
  parts.point = digits < text.size() && text[digits] == '.';
  parts.rest = text.substr(digits + parts.point);
  return parts;
}

Ref<> formatFloatSpec(Thread& t, double d, Spec& spec) {
  if (!checkWidth(t, spec)) return kRaised;
  uint32_t type = spec.type;
  unsigned flags = 0;
  if (spec.alternate) flags |= kFloatAlternate;
  if (spec.no_negative_zero) flags |= kFloatNoNegativeZero;
  int64_t default_precision = 6;
  bool percent = false;
  if (type == 0) {
    flags |= kFloatAddPointZero;
    type = 'r';
    default_precision = 0;
  } else if (type == 'n') {
    type = 'g';
  } else if (type == '%') {
    type = 'f';
    d *= 100;
    percent = true;
  }
  if (spec.precision > INT32_MAX) return raise(t, exc::ValueError, "precision too big");
  int64_t precision = spec.precision;
  if (precision < 0) {
    precision = default_precision;
  } else if (type == 'r') {
    type = 'g';
  }
  FloatText text;
  if (!text.make(d, char(type), int(precision), flags)) return raiseNoMemory(t);
  NumberParts parts = splitFloat(text.view());
  StrBuilder out(t), rest(t);
  NumberLocale locale = numberLocale(spec, false);
  char percent_rest[64];
  Ref<Str> long_rest;
  if (percent) {
    // The sign belongs to the text after the digits.
    size_t size = parts.rest.size();
    if (size + 1 <= sizeof percent_rest) {
      memcpy(percent_rest, parts.rest.data(), size);
      percent_rest[size] = '%';
      parts.rest = {percent_rest, size + 1};
    } else {
      rest.appendAscii(parts.rest);
      rest.append('%');
      long_rest = rest.finish();
      if (!long_rest) return kRaised;
      parts.rest = asciiView(long_rest.get());
    }
  }
  putNumber(out, spec, parts, locale);
  return out.finish();
}

bool isFloatType(uint32_t type) {
  switch (type) {
    case 0: case 'e': case 'E': case 'f': case 'F': case 'g': case 'G': case 'n': case '%': return true;
    default: return false;
  }
}

// ---- int ----

Ref<> formatIntSpec(Thread& t, Value v, Spec& spec) {
  if (!checkWidth(t, spec)) return kRaised;
  if (spec.precision != -1) return raise(t, exc::ValueError, "Precision not allowed in integer format specifier");
  if (spec.no_negative_zero) return raise(t, exc::ValueError, "Negative zero coercion (z) not allowed in integer format specifier");
  StrBuilder out(t);
  if (spec.type == 'c') {
    if (spec.sign) return raise(t, exc::ValueError, "Sign not allowed with integer format specifier 'c'");
    if (spec.alternate) return raise(t, exc::ValueError, "Alternate form (#) not allowed with integer format specifier 'c'");
    int64_t c;
    if (!intFits64(v, &c)) return raise(t, exc::OverflowError, "Python int too large to convert to C long");
    if (c < 0 || c > 0x10FFFF) return raise(t, exc::OverflowError, "%%c arg not in range(0x110000)");
    int64_t left, right;
    padding(spec, 1, &left, &right);
    out.fill(spec.fill, left);
    out.append(uint32_t(c));
    out.fill(spec.fill, right);
    return out.finish();
  }
  int base = spec.type == 'b' ? 2 : spec.type == 'o' ? 8 : spec.type == 'x' || spec.type == 'X' ? 16 : 10;
  Ref<Str> text = intToText(t, v, base);
  if (!text) return kRaised;
  if (spec.type == 'X') {
    for (int64_t i = 0; i < text->length; ++i) {  // ours alone, unless it is a cached one-character string
      if (text->length > 1 && text->data[i] >= 'a') text->data[i] -= 32;
    }
    if (text->length == 1 && text->data[0] >= 'a') text = share(charStr(uint32_t(text->data[0] - 32)));
  }
  NumberParts parts{};
  parts.digits = asciiView(text.get());
  parts.negative = parts.digits[0] == '-';
  if (parts.negative) parts.digits.remove_prefix(1);
  if (spec.alternate && base != 10) parts.prefix = base == 2 ? "0b" : base == 8 ? "0o" : spec.type == 'X' ? "0X" : "0x";
  putNumber(out, spec, parts, numberLocale(spec, base != 10));
  return out.finish();
}

}  // namespace

Ref<> formatInt(Thread& t, Value v, Str* text) {
  if (text->length == 0) return str(t, v);
  Spec spec;
  if (!readSpec(t, text, 'd', '>', v, &spec)) return kRaised;
  switch (spec.type) {
    case 'b': case 'c': case 'd': case 'o': case 'x': case 'X': case 'n': return formatIntSpec(t, v, spec);
    case 'e': case 'E': case 'f': case 'F': case 'g': case 'G': case '%': {
      double d = intToDouble(t, v);
      if (d == -1.0 && t.raised()) return kRaised;
      return formatFloatSpec(t, d, spec);
    }
    default: return unknownType(t, spec.type, v);
  }
}

Ref<> formatFloat(Thread& t, Value v, Str* text) {
  if (text->length == 0) return v.isDouble() ? floatRepr(t, v.asDouble()).as<void>() : str(t, v).as<void>();
  Spec spec;
  if (!readSpec(t, text, 0, '>', v, &spec)) return kRaised;
  if (!isFloatType(spec.type)) return unknownType(t, spec.type, v);
  return formatFloatSpec(t, floatValue(v), spec);
}

Ref<> formatComplex(Thread& t, double real, double imaginary, Str* text, Value v) {
  if (text->length == 0) return str(t, v);
  Spec spec;
  if (!readSpec(t, text, 0, '>', v, &spec)) return kRaised;
  if (!isFloatType(spec.type) || spec.type == '%') return unknownType(t, spec.type, v);
  if (!checkWidth(t, spec)) return kRaised;
  if (spec.fill == '0') return raise(t, exc::ValueError, "Zero padding is not allowed in complex format specifier");
  if (spec.align == '=') return raise(t, exc::ValueError, "'=' alignment flag is not allowed in complex format specifier");
  uint32_t type = spec.type;
  bool imaginary_only = false, parentheses = false;
  int64_t default_precision = 6;
  if (type == 0) {
    type = 'r';
    default_precision = 0;
    imaginary_only = real == 0.0 && !std::signbit(real);
    parentheses = !imaginary_only;
  } else if (type == 'n') {
    type = 'g';
  }
  if (spec.precision > INT32_MAX) return raise(t, exc::ValueError, "precision too big");
  int64_t precision = spec.precision;
  if (precision < 0) {
    precision = default_precision;
  } else if (type == 'r') {
    type = 'g';
  }
  unsigned flags = (spec.alternate ? kFloatAlternate : 0) | (spec.no_negative_zero ? kFloatNoNegativeZero : 0);
  FloatText real_text, imaginary_text;
  if (!real_text.make(real, char(type), int(precision), flags) || !imaginary_text.make(imaginary, char(type), int(precision), flags)) {
    return raiseNoMemory(t);
  }
  NumberLocale locale = numberLocale(spec, false);
  Spec part = spec;
  part.width = -1;
  part.align = '<';
  StrBuilder number(t);
  if (parentheses) number.append('(');
  if (!imaginary_only) {
    putNumber(number, part, splitFloat(real_text.view()), locale);
    part.sign = '+';
  }
  putNumber(number, part, splitFloat(imaginary_text.view()), locale);
  number.append('j');
  if (parentheses) number.append(')');
  Ref<Str> unpadded = number.finish();
  if (!unpadded) return kRaised;
  int64_t left, right;
  padding(spec, unpadded->length, &left, &right);
  StrBuilder out(t);
  out.fill(spec.fill, left);
  out.append(unpadded.get());
  out.fill(spec.fill, right);
  return out.finish();
}

Ref<> formatStr(Thread& t, Value v, Str* text) {
  Str* s = asStr(v);
  if (text->length == 0) return isExactStr(v) ? share(v) : Ref<>(str(t, v));
  Spec spec;
  if (!readSpec(t, text, 's', '<', v, &spec)) return kRaised;
  if (spec.type != 's') return unknownType(t, spec.type, v);
  if (spec.sign) {
    return raise(t, exc::ValueError, "%s not allowed in string format specifier", spec.sign == ' ' ? "Space" : "Sign");
  }
  if (spec.no_negative_zero) return raise(t, exc::ValueError, "Negative zero coercion (z) not allowed in string format specifier");
  if (spec.alternate) return raise(t, exc::ValueError, "Alternate form (#) not allowed in string format specifier");
  if (spec.align == '=') return raise(t, exc::ValueError, "'=' alignment not allowed in string format specifier");
  if (!checkWidth(t, spec)) return kRaised;
  int64_t length = spec.precision >= 0 ? std::min(spec.precision, s->length) : s->length;
  int64_t left, right;
  padding(spec, length, &left, &right);
  if (left == 0 && right == 0) return strSlice(t, s, 0, length, 1);
  StrBuilder out(t);
  out.fill(spec.fill, left);
  out.append(s, 0, length);
  out.fill(spec.fill, right);
  return out.finish();
}

}  // namespace krait
