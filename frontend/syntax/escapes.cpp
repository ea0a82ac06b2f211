// Escape sequences of str and bytes literals, with the messages of CPython's unicodeescape codec.
#include <cstdio>

#include "frontend/syntax/literals.h"
#include "frontend/syntax/utf8.h"

namespace krait::frontend {

namespace {

int hexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// What a one-letter escape stands for, or 0.
char simpleEscape(char c) {
  switch (c) {
    case '\\': return '\\';
    case '\'': return '\'';
    case '"': return '"';
    case 'a': return '\a';
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case 'v': return '\v';
    default: return 0;
  }
}

bool isOctal(char c) { return c >= '0' && c <= '7'; }

// Up to three octal digits; `i` is at the first and moves behind the last.
unsigned octalEscape(std::string_view text, size_t& i, std::string_view& invalid_escape) {
  unsigned value = 0;
  size_t start = i;
  for (int digits = 0; digits < 3 && i < text.size() && isOctal(text[i]); ++digits)
    value = value * 8 + (text[i++] - '0');
  if (value > 0xff && invalid_escape.empty()) invalid_escape = text.substr(start, 3);
  return value;
}

// CPython hands the codec a text in which each character beyond ASCII is spelled \UXXXXXXXX, and a backslash in front
// of one \u005c; the positions in messages count in that text.
size_t codecPosition(std::string_view text, size_t end) {
  size_t position = 0;
  for (size_t i = 0; i < end; ++i) {
    auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x80) {
      position += (c & 0xc0) != 0x80 ? 10 : 0;
    } else if (c == '\\' && i + 1 < text.size()) {
      bool wide_follows = static_cast<unsigned char>(text[i + 1]) >= 0x80;
      position += wide_follows ? 6 : 1;
      if (!wide_follows && i + 1 < end) {
        ++i;
        ++position;
      }
    } else {
      ++position;
    }
  }
  return position;
}

void codecError(std::string_view text, size_t start, size_t end, const char* why, std::string& message) {
  size_t from = codecPosition(text, start), to = codecPosition(text, end);
  char buffer[200];
  if (to - from == 1) {
    std::snprintf(buffer, sizeof buffer,
                  "(unicode error) 'unicodeescape' codec can't decode byte 0x5c in position %zu: %s", from, why);
  } else {
    std::snprintf(buffer, sizeof buffer,
                  "(unicode error) 'unicodeescape' codec can't decode bytes in position %zu-%zu: %s", from, to - 1,
                  why);
  }
  message = buffer;
}

class StrDecoder {
 public:
  StrDecoder(std::string_view text, const CompileHooks& hooks, std::string& out, std::string_view& invalid_escape,
             std::string& message)
      : text_(text), hooks_(hooks), out_(out), invalid_escape_(invalid_escape), message_(message) {}

  bool run() {
    out_.reserve(out_.size() + text_.size());
    while (i_ < text_.size()) {
      size_t backslash = std::min(text_.find('\\', i_), text_.size());
      out_.append(text_.substr(i_, backslash - i_));
      i_ = backslash;
      if (i_ < text_.size() && !escape()) return false;
    }
    return true;
  }

 private:
  bool escape() {
    size_t start = i_++;
    if (i_ == text_.size()) {
      out_ += '\\';
      return true;
    }
    char c = text_[i_];
    if (char simple = simpleEscape(c)) {
      out_ += simple;
      ++i_;
      return true;
    }
    switch (c) {
      case '\n': ++i_; return true;
      case 'x': return hex(start, 2, "truncated \\xXX escape");
      case 'u': return hex(start, 4, "truncated \\uXXXX escape");
      case 'U': return hex(start, 8, "truncated \\UXXXXXXXX escape");
      case 'N': return named(start);
      default: break;
    }
    if (isOctal(c)) {
      appendUtf8(octalEscape(text_, i_, invalid_escape_), out_);
      return true;
    }
    // A backslash before anything else stands for itself.
    out_ += '\\';
    if (static_cast<unsigned char>(c) < 0x80) {
      if (invalid_escape_.empty()) invalid_escape_ = text_.substr(i_, 1);
      out_ += c;
      ++i_;
    }
    return true;
  }

  bool hex(size_t start, int digits, const char* truncated) {
    ++i_;
    char32_t value = 0;
    for (int n = 0; n < digits; ++n, ++i_) {
      int digit = i_ < text_.size() ? hexValue(text_[i_]) : -1;
      if (digit < 0) {
        codecError(text_, start, i_, truncated, message_);
        return false;
      }
      value = value * 16 + static_cast<char32_t>(digit);
    }
    if (value > 0x10ffff) {
      codecError(text_, start, i_, "illegal Unicode character", message_);
      return false;
    }
    appendUtf8(value, out_);
    return true;
  }

  bool named(size_t start) {
    const char* why = "malformed \\N character escape";
    ++i_;
    if (i_ < text_.size() && text_[i_] == '{') {
      size_t name_start = ++i_;
      i_ = std::min(text_.find('}', i_), text_.size());
      if (i_ < text_.size() && i_ > name_start) {
        std::string_view name = text_.substr(name_start, i_ - name_start);
        ++i_;
        int32_t c = hooks_.unicodeNameLookup ? hooks_.unicodeNameLookup(hooks_.context, name) : -1;
        if (c >= 0) {
          appendUtf8(static_cast<char32_t>(c), out_);
          return true;
        }
        why = "unknown Unicode character name";
      }
    }
    codecError(text_, start, i_, why, message_);
    return false;
  }

  std::string_view text_;
  const CompileHooks& hooks_;
  std::string& out_;
  std::string_view& invalid_escape_;
  std::string& message_;
  size_t i_ = 0;
};

}  // namespace

bool decodeStrEscapes(std::string_view text, const CompileHooks& hooks, std::string& out, std::string_view& invalid_escape,
                      std::string& message) {
  return StrDecoder(text, hooks, out, invalid_escape, message).run();
}

bool decodeBytesEscapes(std::string_view text, std::string& out, std::string_view& invalid_escape, std::string& message) {
  for (size_t i = 0; i < text.size();) {
    if (text[i] != '\\') {
      out += text[i++];
      continue;
    }
    size_t start = i++;
    char c = i < text.size() ? text[i] : '\0';
    if (char simple = simpleEscape(c)) {
      out += simple;
      ++i;
    } else if (c == '\n') {
      ++i;
    } else if (c == 'x') {
      int high = i + 1 < text.size() ? hexValue(text[i + 1]) : -1;
      int low = i + 2 < text.size() ? hexValue(text[i + 2]) : -1;
      if (high < 0 || low < 0) {
        message = "(value error) invalid \\x escape at position " + std::to_string(start);
        return false;
      }
      out += static_cast<char>(high * 16 + low);
      i += 3;
    } else if (isOctal(c)) {
      out += static_cast<char>(octalEscape(text, i, invalid_escape));
    } else {
      if (invalid_escape.empty()) invalid_escape = text.substr(i, 1);
      out += '\\';
      out += c;
      ++i;
    }
  }
  return true;
}

}  // namespace krait::frontend
