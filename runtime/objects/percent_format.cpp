// The % operator of str, bytes and bytearray. One parser serves both: the format of bytes is read as Latin-1 text, and what
// its conversions give has no code point above 255.
#include <algorithm>
#include <cmath>
#include "runtime/objects/bytes.h"
#include "runtime/objects/codecs.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/float.h"
#include "runtime/objects/float_text.h"
#include "runtime/objects/int.h"
#include "runtime/objects/str_format.h"
#include "runtime/objects/str_internal.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/buffer.h"
#include "runtime/protocols/protocols.h"

namespace krait {
namespace {

enum Flag : unsigned { kLeft = 1, kSign = 2, kBlank = 4, kAlternate = 8, kZero = 16 };

struct Conversion {
  unsigned flags = 0;
  int64_t width = -1;
  int64_t precision = -1;
  uint32_t type = 0;
  int64_t index = 0;  // of the type character, for messages
};

class PercentFormatter {
 public:
  PercentFormatter(Thread& t, const Str* format, Value arguments, bool bytes)
      : t_(t), format_(format), arguments_(arguments), bytes_(bytes), out_(t) {
    if (isTuple(arguments)) {
      count_ = asTuple(arguments)->size;
    } else if (typeOf(arguments)->slots.getitem && !isStr(arguments) &&
               !(bytes && (isBytes(arguments) || isByteArray(arguments)))) {
      mapping_ = arguments;
    }
  }

  Ref<Str> run() {
    int64_t n = format_->length;
    while (at_ < n) {
      int64_t literal = at_;
      while (at_ < n && format_->at(at_) != '%') ++at_;
      out_.append(format_, literal, at_);
      if (at_ >= n) break;
      ++at_;
      if (at_ < n && format_->at(at_) == '%') {
        ++at_;
        out_.append('%');
        continue;
      }
      Conversion c;
      if (!parse(&c) || !convert(c)) return kRaised;
    }
    bool unused = count_ >= 0 ? next_ < count_ : !single_used_;
    if (unused && mapping_.empty()) {
      return raise(t_, exc::TypeError, "not all arguments converted during %s formatting", bytes_ ? "bytes" : "string");
    }
    return out_.finish();
  }

 private:
  // ---- parsing ----

  bool more(uint32_t* c) {
    if (at_ >= format_->length) return raise(t_, exc::ValueError, "incomplete format");
    *c = format_->at(at_++);
    return true;
  }

  bool key() {
    if (mapping_.empty()) return raise(t_, exc::TypeError, "format requires a mapping");
    int64_t begin = at_;
    int depth = 1;
    while (at_ < format_->length && depth > 0) {
      uint32_t c = format_->at(at_++);
      depth += (c == '(') - (c == ')');
    }
    if (depth > 0) return raise(t_, exc::ValueError, "incomplete format key");
    Ref<Str> name = strSlice(t_, const_cast<Str*>(format_), begin, at_ - 1, 1);
    if (!name) return false;
    Ref<> lookup = std::move(name);
    if (bytes_) {
      lookup = encodeText(t_, asStr(lookup), NativeCodec::kLatin1, nullptr);
      if (!lookup) return false;
    }
    keyed_ = getItem(t_, mapping_, lookup);
    if (!keyed_) return false;
    single_used_ = false;
    return true;
  }

  // A number after '*' or in digits; `what` names it in messages.
  bool number(uint32_t* c, int64_t* out, const char* what, bool* given) {
    *given = false;
    if (*c == '*') {
      Ref<> v = argument();
      if (!v) return false;
      if (!isIntLike(v)) return raise(t_, exc::TypeError, "* wants int");
      if (!intFits64(v, out)) return raise(t_, exc::OverflowError, "Python int too large to convert to C ssize_t");
      *given = true;
      return more(c);
    }
    if (*c < '0' || *c > '9') return true;
    int64_t value = 0;
    while (*c >= '0' && *c <= '9') {
      if (__builtin_mul_overflow(value, 10, &value) || __builtin_add_overflow(value, int64_t(*c - '0'), &value)) {
        return raise(t_, exc::ValueError, "%s too big", what);
      }
      if (!more(c)) return false;
    }
    *out = value;
    *given = true;
    return true;
  }

  bool parse(Conversion* out) {
    uint32_t c;
    if (!more(&c)) return false;
    if (c == '(') {
      if (!key() || !more(&c)) return false;
    }
    for (;;) {
      unsigned flag = c == '-' ? kLeft : c == '+' ? kSign : c == ' ' ? kBlank : c == '#' ? kAlternate : c == '0' ? kZero : 0;
      if (!flag) break;
      out->flags |= flag;
      if (!more(&c)) return false;
    }
    bool given;
    if (!number(&c, &out->width, "width", &given)) return false;
    if (given && out->width < 0) {
      out->flags |= kLeft;
      out->width = -out->width;
    }
    if (c == '.') {
      if (!more(&c)) return false;
      out->precision = 0;
      bool from_argument = c == '*';
      if (!number(&c, &out->precision, bytes_ ? "prec" : "precision", &given)) return false;
      if (out->precision < 0) out->precision = 0;
      if (out->precision > INT32_MAX && from_argument) return raise(t_, exc::OverflowError, "Python int too large to convert to C int");
      if (out->precision > INT32_MAX) return raise(t_, exc::ValueError, bytes_ ? "prec too big" : "precision too big");
    }
    if (c == 'h' || c == 'l' || c == 'L') {
      if (!more(&c)) return false;
    }
    out->type = c;
    out->index = at_ - 1;
    return true;
  }

  Ref<> argument() {
    if (keyed_) {
      if (!single_used_) {
        single_used_ = true;
        return share(keyed_.value());
      }
    } else if (count_ >= 0) {
      if (next_ < count_) return share(asTuple(arguments_)->items[next_++]);
    } else if (!single_used_) {
      single_used_ = true;
      return share(arguments_);
    }
    return raise(t_, exc::TypeError, "not enough arguments for format string");
  }

  // ---- converting ----

  bool convert(const Conversion& c) {
    Ref<> v = argument();
    if (!v) return false;
    switch (c.type) {
      case 's': case 'r': case 'a': case 'b': {
        if (c.type == 'b' && !bytes_) break;
        Ref<Str> text = bytes_ ? bytesText(c.type, v) : c.type == 's' ? str(t_, v) : c.type == 'r' ? repr(t_, v) : ascii(t_, v);
        if (!text) return false;
        int64_t length = text->length;
        if (c.precision >= 0) length = std::min(length, c.precision);
        return padText(c, text.get(), length);
      }
      case 'd': case 'i': case 'u': case 'o': case 'x': case 'X': return integer(c, v);
      case 'e': case 'E': case 'f': case 'F': case 'g': case 'G': return real(c, v);
      case 'c': return character(c, v);
      default: break;
    }
    return raise(t_, exc::ValueError, "unsupported format character '%c' (0x%x) at index %lld",
                 c.type > 31 && c.type < 127 ? char(c.type) : '?', c.type, static_cast<long long>(c.index));
  }

  // The text of a bytes conversion, as Latin-1.
  Ref<Str> bytesText(uint32_t type, Value v) {
    if (type == 'a' || type == 'r') return ascii(t_, v);
    Buffer buffer;
    if (buffer.tryGet(t_, v)) return newStrLatin1(t_, buffer.view());
    if (t_.raised()) return kRaised;
    static Str* const bytes_name = internStatic("__bytes__");
    Ref<> self;
    Ref<> function = lookupSpecial(t_, v, bytes_name, &self);
    if (function) {
      Ref<> result = self ? call(t_, function, self) : call(t_, function);
      if (!result) return kRaised;
      if (!isBytes(result)) {
        return raise(t_, exc::TypeError, "__bytes__ returned non-bytes (type %.200s)", typeName(result));
      }
      return newStrLatin1(t_, asBytes(result)->view());
    }
    if (t_.raised()) return kRaised;
    return raise(t_, exc::TypeError, "%%b requires a bytes-like object, or an object that implements __bytes__, not '%.100s'", typeName(v));
  }

  bool room(const Conversion& c) {
    if (c.width > kMaxStrLength || c.precision > kMaxStrLength) return raiseNoMemory(t_);
    return true;
  }

  bool padText(const Conversion& c, const Str* text, int64_t length) {
    if (!room(c)) return false;
    int64_t missing = c.width - length;
    if (!(c.flags & kLeft)) out_.fill(' ', missing);
    out_.append(text, 0, length);
    if (c.flags & kLeft) out_.fill(' ', missing);
    return true;
  }

  // Sign, prefix, zeros up to the precision, digits; padded with spaces, or zeros after the prefix.
  bool padNumber(const Conversion& c, bool negative, std::string_view prefix, int64_t zeros, std::string_view digits) {
    if (!room(c)) return false;
    uint32_t sign = negative ? '-' : c.flags & kSign ? '+' : c.flags & kBlank ? ' ' : 0;
    int64_t missing = c.width - int64_t((sign != 0) + prefix.size() + digits.size()) - zeros;
    bool zero_fill = (c.flags & kZero) && !(c.flags & kLeft);
    if (!zero_fill && !(c.flags & kLeft)) out_.fill(' ', missing);
    if (sign) out_.append(sign);
    out_.appendAscii(prefix);
    if (zero_fill) out_.fill('0', missing);
    out_.fill('0', zeros);
    out_.appendAscii(digits);
    if (c.flags & kLeft) out_.fill(' ', missing);
    return true;
  }

  bool integer(const Conversion& c, Value v) {
    bool hex_or_octal = c.type == 'o' || c.type == 'x' || c.type == 'X';
    Ref<> number;
    if (isIntLike(v)) {
      number = share(intValue(v));
    } else {
      Slots& slots = typeOf(v)->slots;
      if (hex_or_octal ? slots.index != nullptr : slots.index || slots.int_ || slots.float_) {
        number = hex_or_octal ? toIndexValue(t_, v) : toInt(t_, v);
        if (!number && !raisedIs(t_, exc::TypeError)) return false;
        if (!number) clearException(t_);
      }
    }
    if (!number) {
      return raise(t_, exc::TypeError, "%%%c format: %s is required, not %.200s", char(c.type),
                   hex_or_octal ? "an integer" : "a real number", typeName(v));
    }
    int base = c.type == 'o' ? 8 : hex_or_octal ? 16 : 10;
    Ref<Str> text = intToText(t_, number, base);
    if (!text) return false;
    char upper[80];
    std::string_view digits = asciiView(text.get());
    bool negative = digits[0] == '-';
    if (negative) digits.remove_prefix(1);
    Ref<Str> upper_text;
    if (c.type == 'X') {
      char* target = upper;
      if (digits.size() > sizeof upper) {
        upper_text = newStrBlank(t_, int64_t(digits.size()), 0x7F);
        if (!upper_text) return false;
        target = reinterpret_cast<char*>(upper_text->data);
      }
      for (size_t i = 0; i < digits.size(); ++i) target[i] = char(digits[i] >= 'a' ? digits[i] - 32 : digits[i]);
      digits = {target, digits.size()};
    }
    std::string_view prefix;
    if (c.flags & kAlternate) prefix = c.type == 'o' ? "0o" : c.type == 'x' ? "0x" : c.type == 'X' ? "0X" : "";
    return padNumber(c, negative, prefix, std::max<int64_t>(c.precision - int64_t(digits.size()), 0), digits);
  }

  bool real(const Conversion& c, Value v) {
    double d = toDouble(t_, v);
    if (d == -1.0 && t_.raised()) {
      if (bytes_ && raisedIs(t_, exc::TypeError)) {
        clearException(t_);
        return raise(t_, exc::TypeError, "float argument required, not %.200s", typeName(v));
      }
      return false;
    }
    if (!room(c)) return false;
    if (c.precision > INT32_MAX) return raise(t_, exc::ValueError, "precision too big");
    FloatText text;
    if (!text.make(d, char(c.type), c.precision < 0 ? 6 : int(c.precision), c.flags & kAlternate ? kFloatAlternate : 0)) {
      return raiseNoMemory(t_);
    }
    std::string_view digits = text.view();
    bool negative = digits[0] == '-';
    if (negative) digits.remove_prefix(1);
    return padNumber(c, negative, "", 0, digits);
  }

  bool character(const Conversion& c, Value v) {
    uint32_t code;
    if (!bytes_ && isStr(v)) {
      if (asStr(v)->length != 1) return raise(t_, exc::TypeError, "%%c requires int or char");
      code = asStr(v)->at(0);
    } else if (bytes_ && (isBytes(v) || isByteArray(v))) {
      std::string_view text = isBytes(v) ? asBytes(v)->view() : asByteArray(v)->view();
      if (text.size() != 1) return raise(t_, exc::TypeError, "%%c requires an integer in range(256) or a single byte");
      code = uint8_t(text[0]);
    } else {
      if (!isIntLike(v) && !typeOf(v)->slots.index) {
        return raise(t_, exc::TypeError, bytes_ ? "%%c requires an integer in range(256) or a single byte" : "%%c requires int or char");
      }
      Ref<> index = toIndexValue(t_, v);
      if (!index) return false;
      int64_t number;
      int64_t limit = bytes_ ? 256 : 0x110000;
      if (!intFits64(index, &number) || number < 0 || number >= limit) {
        return raise(t_, exc::OverflowError, bytes_ ? "%%c arg not in range(256)" : "%%c arg not in range(0x110000)");
      }
      code = uint32_t(number);
    }
    if (!room(c)) return false;
    int64_t missing = c.width - 1;
    if (!(c.flags & kLeft)) out_.fill(' ', missing);
    out_.append(code);
    if (c.flags & kLeft) out_.fill(' ', missing);
    return true;
  }

  Thread& t_;
  const Str* format_;
  Value arguments_;
  bool bytes_;
  StrBuilder out_;
  Value mapping_;
  Ref<> keyed_;               // what %(key) found, until the next key
  bool single_used_ = false;  // the one argument (not a tuple, or keyed_) was used
  int64_t count_ = -1;        // of a tuple of arguments
  int64_t next_ = 0;          // argument of the tuple
  int64_t at_ = 0;
};

}  // namespace

Ref<> percentFormat(Thread& t, Str* format, Value arguments) { return PercentFormatter(t, format, arguments, false).run(); }

Ref<Bytes> percentFormatBytes(Thread& t, std::string_view format, Value arguments) {
  Ref<Str> text = newStrLatin1(t, format);
  if (!text) return kRaised;
  Ref<Str> result = PercentFormatter(t, text.get(), arguments, true).run();
  if (!result) return kRaised;
  return newBytes(t, {reinterpret_cast<const char*>(result->data), size_t(result->length)});
}

}  // namespace krait
