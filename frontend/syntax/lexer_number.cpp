// Lexer: the spelling of numbers, and what may stand behind one. Values are computed in number_literal.cpp.
#include <cstring>

#include "frontend/syntax/lexer.h"
#include "frontend/syntax/utf8.h"

namespace krait::frontend {

namespace {

bool isDigit(char c) { return c >= '0' && c <= '9'; }

bool isRadixDigit(char c, int radix) {
  if (radix == 16) return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  return c >= '0' && c < '0' + radix;
}

bool isAsciiNameCharacter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || isDigit(c) || c == '_'; }

// Keywords that have always been allowed to touch the number before them ("1if x else y"); deprecated since 3.9.
bool beginsKeywordAfterNumber(const char* text) {
  for (const char* word : {"and", "else", "for", "or", "not"}) {
    size_t size = std::strlen(word);
    if (std::strncmp(text, word, size) != 0) continue;
    return !isAsciiNameCharacter(text[size]) && static_cast<unsigned char>(text[size]) < 128;
  }
  // Of these CPython looks at the two letters only.
  return text[0] == 'i' && (text[1] == 'f' || text[1] == 'n' || text[1] == 's');
}

}  // namespace

bool Lexer::endNumber(uint32_t start, const char* kind) {
  if (isAsciiNameCharacter(at(pos_)) || static_cast<unsigned char>(at(pos_)) >= 128) {
    if (!beginsKeywordAfterNumber(text_ + pos_)) return fail(std::string("invalid ") + kind + " literal");
    warnSoFar(std::string("invalid ") + kind + " literal");
  }
  add(TokenKind::Number, start, pos_);
  return true;
}

bool Lexer::radixNumber(uint32_t start, int radix) {
  const char* kind = radix == 16 ? "hexadecimal" : radix == 8 ? "octal" : "binary";
  pos_ += 2;
  do {
    if (at(pos_) == '_') ++pos_;
    if (!isRadixDigit(at(pos_), radix)) {
      if (isDigit(at(pos_))) {
        ++pos_;
        return fail(std::string("invalid digit '") + at(pos_ - 1) + "' in " + kind + " literal");
      }
      return fail(std::string("invalid ") + kind + " literal");
    }
    while (isRadixDigit(at(pos_), radix)) ++pos_;
  } while (at(pos_) == '_');
  if (isDigit(at(pos_))) {
    ++pos_;
    return fail(std::string("invalid digit '") + at(pos_ - 1) + "' in " + kind + " literal");
  }
  return endNumber(start, kind);
}

bool Lexer::decimalTail() {
  for (;;) {
    while (isDigit(at(pos_))) ++pos_;
    if (at(pos_) != '_') return true;
    ++pos_;
    if (!isDigit(at(pos_))) return fail("invalid decimal literal");
  }
}

bool Lexer::imaginary(uint32_t start) {
  ++pos_;
  return endNumber(start, "imaginary");
}

// At the letter e or E.
bool Lexer::exponent(uint32_t start) {
  uint32_t letter = pos_++;
  if (at(pos_) == '+' || at(pos_) == '-') {
    ++pos_;
    if (!isDigit(at(pos_))) return fail("invalid decimal literal");
  } else if (!isDigit(at(pos_))) {
    // Not an exponent: the letter begins the next word, as in "1else".
    pos_ = letter;
    return endNumber(start, "decimal");
  }
  if (!decimalTail()) return false;
  if ((at(pos_) | 0x20) == 'j') return imaginary(start);
  return endNumber(start, "decimal");
}

// Behind the point.
bool Lexer::fraction(uint32_t start) {
  if (isDigit(at(pos_)) && !decimalTail()) return false;
  if ((at(pos_) | 0x20) == 'e') return exponent(start);
  if ((at(pos_) | 0x20) == 'j') return imaginary(start);
  return endNumber(start, "decimal");
}

bool Lexer::zeroNumber(uint32_t start) {
  ++pos_;
  for (;;) {
    if (at(pos_) == '_') {
      ++pos_;
      if (!isDigit(at(pos_))) return fail("invalid decimal literal");
    }
    if (at(pos_) != '0') break;
    ++pos_;
  }
  uint32_t zeros_end = pos_ + 1;
  bool nonzero = isDigit(at(pos_));
  if (nonzero && !decimalTail()) return false;
  char c = at(pos_);
  if (c == '.') {
    ++pos_;
    return fraction(start);
  }
  if ((c | 0x20) == 'e') return exponent(start);
  if ((c | 0x20) == 'j') return imaginary(start);
  if (nonzero) {
    return fail("leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers",
                static_cast<int32_t>(start + 1 - line_start_), static_cast<int32_t>(zeros_end - line_start_));
  }
  return endNumber(start, "decimal");
}

bool Lexer::number() {
  uint32_t start = pos_;
  if (at(pos_) == '.') {
    ++pos_;
    return fraction(start);
  }
  if (at(pos_) == '0') {
    switch (at(pos_ + 1) | 0x20) {
      case 'x': return radixNumber(start, 16);
      case 'o': return radixNumber(start, 8);
      case 'b': return radixNumber(start, 2);
      default: return zeroNumber(start);
    }
  }
  if (!decimalTail()) return false;
  if (at(pos_) == '.') {
    ++pos_;
    return fraction(start);
  }
  if ((at(pos_) | 0x20) == 'e') return exponent(start);
  if ((at(pos_) | 0x20) == 'j') return imaginary(start);
  return endNumber(start, "decimal");
}

}  // namespace krait::frontend
