// Backslash escapes: see escapes.h.
#include "runtime/objects/escapes.h"
#include <cstdio>
#include "runtime/objects/codec_errors.h"
#include "runtime/protocols/protocols.h"

namespace krait {
namespace {

int hexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  char lower = char(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// Up to `most` hexadecimal digits from *at on.
int readHex(std::string_view data, int64_t* at, int most, uint32_t* out) {
  int count = 0;
  *out = 0;
  while (count < most && *at < int64_t(data.size())) {
    int digit = hexDigit(data[size_t(*at)]);
    if (digit < 0) break;
    *out = *out << 4 | uint32_t(digit);
    ++*at;
    ++count;
  }
  return count;
}

// The escapes of one character; -1: none of them.
int simpleEscape(char c) {
  switch (c) {
    case '\\': case '\'': case '"': return c;
    case 'b': return '\b';
    case 'f': return '\f';
    case 't': return '\t';
    case 'n': return '\n';
    case 'r': return '\r';
    case 'v': return '\v';
    case 'a': return '\a';
    default: return -1;
  }
}

// \N{NAME} after the N: the code point, or -1 (nothing raised).
int64_t namedCodePoint(Thread& t, std::string_view name) {
  Ref<> module = importModule(t, "unicodedata");
  Ref<> function = module ? getAttr(t, module, "lookup") : Ref<>();
  Ref<Str> text = function ? newStrLatin1(t, name) : Ref<Str>();
  Ref<> result = text ? call(t, function, text) : Ref<>();
  if (!result) {
    clearException(t);
    return -1;
  }
  return isStr(result) && asStr(result)->length == 1 ? int64_t(asStr(result)->at(0)) : -1;
}

// The first escape that means nothing, or is an octal number beyond a byte; the warning comes when all is decoded.
class InvalidEscape {
 public:
  void character(char c) {
    if (!seen()) character_ = c;
  }
  void octal(uint32_t number) {
    if (!seen() && number > 0xFF) octal_ = number;
  }
  bool warn(Thread& t) const {
    if (octal_) return krait::warn(t, exc::DeprecationWarning, 1, "invalid octal escape sequence '\\%o'", octal_);
    return !character_ || krait::warn(t, exc::DeprecationWarning, 1, "invalid escape sequence '\\%c'", character_);
  }

 private:
  bool seen() const { return character_ || octal_; }

  char character_ = 0;
  uint32_t octal_ = 0;
};

uint32_t readOctal(std::string_view data, int64_t* at) {
  uint32_t c = 0;
  for (int i = 0; i < 3 && *at < int64_t(data.size()) && data[size_t(*at)] >= '0' && data[size_t(*at)] <= '7'; ++i) {
    c = c << 3 | uint32_t(data[size_t((*at)++)] - '0');
  }
  return c;
}

}  // namespace

Ref<Str> decodeUnicodeEscape(Thread& t, std::string_view input, const char* errors, size_t* consumed) {
  DecodeErrors handler(t, input, "unicodeescape", NativeCodec::kOther, errors);
  StrBuilder out(t);
  InvalidEscape invalid;
  int64_t at = 0;
  while (at < int64_t(handler.data().size())) {
    std::string_view data = handler.data();
    int64_t start = at;
    char c = data[size_t(at++)];
    if (c != '\\') {
      out.append(uint8_t(c));
      continue;
    }
    const char* reason = nullptr;
    bool incomplete = false;
    if (at == int64_t(data.size())) {
      reason = "\\ at end of string";
      incomplete = true;
    } else {
      c = data[size_t(at++)];
      int simple = simpleEscape(c);
      int digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
      if (simple >= 0) {
        out.append(uint32_t(simple));
      } else if (c == '\n') {
        // continues the line
      } else if (c >= '0' && c <= '7') {
        --at;
        uint32_t code = readOctal(data, &at);
        invalid.octal(code);
        out.append(code);
      } else if (digits) {
        uint32_t code;
        int count = readHex(data, &at, digits, &code);
        if (count < digits) {
          reason = digits == 2 ? "truncated \\xXX escape" : digits == 4 ? "truncated \\uXXXX escape" : "truncated \\UXXXXXXXX escape";
          incomplete = at == int64_t(data.size());
        } else if (code > 0x10FFFF) {
          reason = "illegal Unicode character";
        } else {
          out.append(code);
        }
      } else if (c == 'N') {
        reason = "malformed \\N character escape";
        if (at >= int64_t(data.size())) {
          incomplete = true;
        } else if (data[size_t(at)] == '{') {
          size_t end = data.find('}', size_t(at));
          incomplete = end == data.npos;
          if (!incomplete && end > size_t(at) + 1) {
            int64_t code = namedCodePoint(t, data.substr(size_t(at) + 1, end - size_t(at) - 1));
            at = int64_t(end) + 1;
            reason = "unknown Unicode character name";
            if (code >= 0) {
              out.append(uint32_t(code));
              reason = nullptr;
            }
          } else {
            at = incomplete ? int64_t(data.size()) : int64_t(end) + 1;
          }
        }
      } else {
        invalid.character(c);
        out.append('\\');
        out.append(uint8_t(c));
      }
    }
    if (!reason) continue;
    if (incomplete && consumed) {
      at = start;
      break;
    }
    at = handler.handle(out, start, at, reason);
    if (at < 0) return kRaised;
  }
  if (consumed) *consumed = size_t(at);
  return invalid.warn(t) ? out.finish() : Ref<Str>();
}

Ref<Bytes> encodeUnicodeEscape(Thread& t, const Str* s) {
  ByteBuilder out(t);
  for (int64_t i = 0; i < s->length; ++i) {
    uint32_t c = s->at(i);
    char local[16];
    if (c >= 0x10000) {
      out.append(std::string_view(local, size_t(snprintf(local, sizeof local, "\\U%08x", c))));
    } else if (c >= 0x100) {
      out.append(std::string_view(local, size_t(snprintf(local, sizeof local, "\\u%04x", c))));
    } else if (c == '\\' || c == '\t' || c == '\n' || c == '\r') {
      out.append('\\');
      out.append(c == '\t' ? 't' : c == '\n' ? 'n' : c == '\r' ? 'r' : '\\');
    } else if (c < ' ' || c >= 0x7F) {
      out.append(std::string_view(local, size_t(snprintf(local, sizeof local, "\\x%02x", c))));
    } else {
      out.append(char(c));
    }
  }
  return out.finish();
}

Ref<Str> decodeRawUnicodeEscape(Thread& t, std::string_view input, const char* errors, size_t* consumed) {
  DecodeErrors handler(t, input, "rawunicodeescape", NativeCodec::kOther, errors);
  StrBuilder out(t);
  int64_t at = 0;
  while (at < int64_t(handler.data().size())) {
    std::string_view data = handler.data();
    int64_t start = at;
    char c = data[size_t(at++)];
    if (c != '\\') {
      out.append(uint8_t(c));
      continue;
    }
    if (at == int64_t(data.size())) {
      if (consumed) {
        at = start;
        break;
      }
      out.append('\\');
      continue;
    }
    c = data[size_t(at++)];
    int digits = c == 'u' ? 4 : c == 'U' ? 8 : 0;
    if (!digits) {
      out.append('\\');
      out.append(uint8_t(c));
      continue;
    }
    uint32_t code;
    int count = readHex(data, &at, digits, &code);
    const char* reason = digits == 4 ? "truncated \\uXXXX escape" : "truncated \\UXXXXXXXX escape";
    if (count == digits) {
      if (code <= 0x10FFFF) {
        out.append(code);
        continue;
      }
      reason = "\\Uxxxxxxxx out of range";
    } else if (consumed && at == int64_t(data.size())) {
      at = start;
      break;
    }
    at = handler.handle(out, start, at, reason);
    if (at < 0) return kRaised;
  }
  if (consumed) *consumed = size_t(at);
  return out.finish();
}

Ref<Bytes> encodeRawUnicodeEscape(Thread& t, const Str* s) {
  ByteBuilder out(t);
  for (int64_t i = 0; i < s->length; ++i) {
    uint32_t c = s->at(i);
    char local[16];
    if (c < 0x100) {
      out.append(char(c));
    } else {
      out.append(std::string_view(local, size_t(snprintf(local, sizeof local, c < 0x10000 ? "\\u%04x" : "\\U%08x", c))));
    }
  }
  return out.finish();
}

Ref<Bytes> decodeEscape(Thread& t, std::string_view data, const char* errors) {
  ErrorMode mode = errors ? errorMode(errors) : ErrorMode::kStrict;
  ByteBuilder out(t);
  InvalidEscape invalid;
  int64_t at = 0;
  while (at < int64_t(data.size())) {
    char c = data[size_t(at++)];
    if (c != '\\') {
      out.append(c);
      continue;
    }
    if (at == int64_t(data.size())) return raise(t, exc::ValueError, "Trailing \\ in string");
    c = data[size_t(at++)];
    int simple = simpleEscape(c);
    if (simple >= 0) {
      out.append(char(simple));
    } else if (c == '\n') {
      // continues the line
    } else if (c >= '0' && c <= '7') {
      --at;
      uint32_t code = readOctal(data, &at);
      invalid.octal(code);
      out.append(char(code));
    } else if (c == 'x') {
      int64_t start = at;
      uint32_t code;
      if (readHex(data, &at, 2, &code) == 2) {
        out.append(char(code));
      } else if (mode == ErrorMode::kReplace) {
        out.append('?');
      } else if (mode == ErrorMode::kStrict) {
        return raise(t, exc::ValueError, "invalid \\x escape at position %lld", static_cast<long long>(start - 2));
      } else if (mode != ErrorMode::kIgnore) {
        return raise(t, exc::ValueError, "decoding error; unknown error handling code: %.400s", errors);
      }
    } else {
      invalid.character(c);
      out.append('\\');
      out.append(c);
    }
  }
  return invalid.warn(t) ? out.finish() : Ref<Bytes>();
}

Ref<Bytes> encodeEscape(Thread& t, std::string_view data) {
  ByteBuilder out(t);
  for (char c : data) {
    char local[8];
    if (c == '\'' || c == '\\') {
      out.append('\\');
      out.append(c);
    } else if (c == '\t' || c == '\n' || c == '\r') {
      out.append('\\');
      out.append(c == '\t' ? 't' : c == '\n' ? 'n' : 'r');
    } else if (c < ' ' || c >= 0x7F) {
      out.append(std::string_view(local, size_t(snprintf(local, sizeof local, "\\x%02x", uint8_t(c)))));
    } else {
      out.append(c);
    }
  }
  return out.finish();
}

}  // namespace krait
