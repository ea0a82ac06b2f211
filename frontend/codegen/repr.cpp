// repr() of constants: see repr.h.
#include "frontend/codegen/repr.h"

#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "frontend/fold/numbers.h"

namespace krait::frontend {

namespace {

using Kind = Constant::Kind;

// Single quotes, unless the text has some and no double ones.
char quoteFor(std::string_view text) {
  return text.find('\'') != text.npos && text.find('"') == text.npos ? '"' : '\'';
}

void appendEscape(std::string& out, const char* format, unsigned value) {
  char buffer[12];
  std::snprintf(buffer, sizeof buffer, format, value);
  out += buffer;
}

// Quotes, backslashes and control characters, which are the same in strings and bytes. False: not one of them.
bool appendAscii(std::string& out, unsigned char c, char quote) {
  switch (c) {
    case '\\': out += "\\\\"; return true;
    case '\n': out += "\\n"; return true;
    case '\r': out += "\\r"; return true;
    case '\t': out += "\\t"; return true;
    default: break;
  }
  if (c >= 0x80) return false;
  if (c < 0x20 || c == 0x7f) {
    appendEscape(out, "\\x%02x", c);
  } else {
    if (c == static_cast<unsigned char>(quote)) out += '\\';
    out += static_cast<char>(c);
  }
  return true;
}

// The code point at `position`, which moves behind it.
char32_t nextCodePoint(std::string_view text, size_t& position) {
  auto lead = static_cast<unsigned char>(text[position++]);
  int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
  char32_t c = lead & (0x3F >> more);
  while (more-- > 0 && position < text.size()) c = c << 6 | (static_cast<unsigned char>(text[position++]) & 0x3F);
  return c;
}

std::string reprBytes(std::string_view bytes) {
  char quote = quoteFor(bytes);
  std::string out{'b', quote};
  for (unsigned char c : bytes)
    if (!appendAscii(out, c, quote)) appendEscape(out, "\\x%02x", c);
  return out += quote;
}

// The shortest digits that read back as the same number; an exponent below 1e-4 and from 1e16.
std::string reprDouble(double value, bool add_point) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  char buffer[64];
  auto end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific).ptr;
  std::string_view text(buffer, static_cast<size_t>(end - buffer));
  size_t mark = text.find('e');
  int exponent = std::atoi(std::string(text.substr(mark + 1)).c_str());
  if (exponent < -4 || exponent >= 16) return std::string(text);
  end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed).ptr;
  std::string fixed(buffer, end);
  if (add_point && fixed.find('.') == fixed.npos) fixed += ".0";
  return fixed;
}

std::string reprComplex(Constant::Pair value) {
  std::string imag = reprDouble(value.imag, false) + "j";
  if (value.real == 0 && !std::signbit(value.real)) return imag;
  if (imag[0] != '-') imag.insert(0, "+");
  return "(" + reprDouble(value.real, false) + imag + ")";
}

std::string reprInteger(const Constant& constant) {
  Integer value(constant);
  char* digits = mpz_get_str(nullptr, 10, value.get());
  std::string text(digits);
  std::free(digits);
  return text;
}

std::string reprItems(const Constant& constant, const CompileHooks& hooks) {
  std::string out;
  for (const Constant* item : constant.elements()) {
    if (!out.empty()) out += ", ";
    out += reprConstant(*item, hooks);
  }
  if (constant.kind == Kind::FrozenSet) return out.empty() ? "frozenset()" : "frozenset({" + out + "})";
  return "(" + out + (constant.items.size == 1 ? ",)" : ")");
}

}  // namespace

std::string reprText(std::string_view text, const CompileHooks& hooks) {
  char quote = quoteFor(text);
  std::string out{quote};
  for (size_t i = 0; i < text.size();) {
    if (appendAscii(out, static_cast<unsigned char>(text[i]), quote)) {
      ++i;
      continue;
    }
    size_t start = i;
    char32_t c = nextCodePoint(text, i);
    bool surrogate = c >= 0xD800 && c < 0xE000;
    bool printable = !surrogate && (hooks.isPrintable ? hooks.isPrintable(hooks.context, c) : c >= 0xA1 && c != 0xAD);
    if (printable)
      out += text.substr(start, i - start);
    else
      appendEscape(out, c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x", c);
  }
  return out += quote;
}

std::string reprConstant(const Constant& constant, const CompileHooks& hooks) {
  switch (constant.kind) {
    case Kind::None: return "None";
    case Kind::True: return "True";
    case Kind::False: return "False";
    case Kind::Ellipsis: return "Ellipsis";
    case Kind::Int:
    case Kind::BigInt: return reprInteger(constant);
    case Kind::Float: return reprDouble(constant.real, true);
    case Kind::Complex: return reprComplex(constant.complex);
    case Kind::Str: return reprText(constant.view(), hooks);
    case Kind::Bytes: return reprBytes(constant.view());
    case Kind::Tuple:
    case Kind::FrozenSet: return reprItems(constant, hooks);
    case Kind::Foreign: break;
  }
  return "";
}

}  // namespace krait::frontend
