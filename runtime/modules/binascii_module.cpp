// binascii: bytes as printable text and back (hexadecimal, base 64, uuencode, quoted-printable), and checksums.
#include <zlib.h>

#include "runtime/objects/byte_builder.h"
#include "runtime/objects/bytes_internal.h"
#include "runtime/objects/int.h"
#include "runtime/objects/int_internal.h"
#include "runtime/objects/module.h"
#include "runtime/objects/str.h"
#include "runtime/protocols/buffer.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

Type *error_type = nullptr, *incomplete_type = nullptr;
constexpr size_t kLargeInput = 5 * 1024;  // from here on other threads may run during a checksum
constexpr int kLongestQuotedLine = 76;

// The text to decode: anything with a buffer, or a str of ASCII characters.
class AsciiInput {
 public:
  bool set(Thread& t, Value v) {
    if (isStr(v)) {
      if (!asStr(v)->ascii) return raise(t, exc::ValueError, "string argument should contain only ASCII characters");
      text_ = asciiView(asStr(v));
      return true;
    }
    if (!hasBuffer(v) || !buffer_.get(t, v)) {
      if (t.raised()) clearException(t);
      return raise(t, exc::TypeError, "argument should be bytes, buffer or ASCII string, not '%.100s'", typeName(v));
    }
    text_ = buffer_.view();
    return true;
  }
  size_t size() const { return text_.size(); }
  uint8_t operator[](size_t i) const { return uint8_t(text_[i]); }

 private:
  Buffer buffer_;
  std::string_view text_;
};

bool flagArgument(Thread& t, Value v, bool* out) {
  int64_t number = toInt64(t, v);
  if (number == -1 && t.raised()) return false;
  *out = number != 0;
  return true;
}
int hexValue(uint8_t c) {
  if (c >= '0' && c <= '9') return c - '0';
  c |= 0x20;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// --- uuencode: a length character, then six bits a character ---

Ref<> decodeUu(Thread& t, Value, Value data) {
  AsciiInput in;
  if (!in.set(t, data)) return kRaised;
  ByteBuilder out(t);
  size_t i = 1;
  int left = in.size() ? (in[0] - ' ') & 63 : 32;  // nothing at all reads as the zero byte that ends it, as in CPython
  uint32_t bits = 0;
  int count = 0;
  for (; left > 0; ++i) {
    uint8_t c = i < in.size() ? in[i] : 0;
    if (i >= in.size() || c == '\n' || c == '\r') {
      c = 0;  // spaces at the end of the line were lost
    } else if (c < ' ' || c > ' ' + 64) {
      return raise(t, *error_type, "Illegal char");
    } else {
      c = (c - ' ') & 63;
    }
    bits = bits << 6 | c;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out.append(char(bits >> count));
    --left;
  }
  for (; i < in.size(); ++i) {
    if (in[i] != ' ' && in[i] != '`' && in[i] != '\n' && in[i] != '\r')
      return raise(t, *error_type, "Trailing garbage");
  }
  return out.finish();
}

Ref<> encodeUu(Thread& t, Value, const Value* args) {
  Buffer data;
  bool backtick;
  if (!data.get(t, args[0]) || !flagArgument(t, args[1], &backtick)) return kRaised;
  if (data.size() > 45) return raise(t, *error_type, "At most 45 bytes at once");
  auto character = [&](uint32_t six) { return char(backtick && six == 0 ? '`' : six + ' '); };
  ByteBuilder out(t);
  out.append(character(uint32_t(data.size())));
  for (size_t i = 0; i < data.size(); i += 3) {
    uint32_t three = 0;
    for (size_t k = i; k < i + 3; ++k) three = three << 8 | (k < data.size() ? data.data()[k] : 0);
    for (int shift = 18; shift >= 0; shift -= 6) out.append(character(three >> shift & 63));
  }
  out.append('\n');
  return out.finish();
}

// --- base 64 ---

constexpr char kBase64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

struct Base64Values {
  int8_t of[256];
  constexpr Base64Values() : of() {
    for (int8_t& v : of) v = -1;
    for (int i = 0; i < 64; ++i) of[uint8_t(kBase64[i])] = int8_t(i);
  }
};
constexpr Base64Values kBase64Values;

// Characters that are not of the alphabet are passed over, unless strict.
Ref<> decodeBase64(Thread& t, Value, const Value* args) {
  AsciiInput in;
  bool strict;
  if (!in.set(t, args[0]) || !flagArgument(t, args[1], &strict)) return kRaised;
  if (strict && in.size() && in[0] == '=') return raise(t, *error_type, "Leading padding not allowed");
  ByteBuilder out(t);
  int place = 0, pads = 0;  // place in the group of four
  uint32_t rest = 0;
  bool padding = false;
  for (size_t i = 0; i < in.size(); ++i) {
    if (in[i] == '=') {
      padding = true;
      if (place >= 2 && place + ++pads >= 4) {  // the padding that ends the data
        if (strict && i + 1 < in.size()) return raise(t, *error_type, "Excess data after padding");
        return out.finish();
      }
      continue;
    }
    int six = kBase64Values.of[in[i]];
    if (six < 0) {
      if (strict) return raise(t, *error_type, "Only base64 data is allowed");
      continue;
    }
    if (strict && padding) return raise(t, *error_type, "Discontinuous padding not allowed");
    pads = 0;
    rest = rest << 6 | uint32_t(six);
    if (place) out.append(char(rest >> (6 - 2 * place)));
    place = (place + 1) & 3;
  }
  if (place == 1) {
    return raise(t, *error_type,
                 "Invalid base64-encoded string: number of data characters (%zu) cannot be 1 more than a multiple of 4",
                 out.size() / 3 * 4 + 1);
  }
  if (place) return raise(t, *error_type, "Incorrect padding");
  return out.finish();
}

Ref<> encodeBase64(Thread& t, Value, const Value* args) {
  Buffer data;
  bool newline;
  if (!data.get(t, args[0]) || !flagArgument(t, args[1], &newline)) return kRaised;
  size_t size = data.size();
  if (size > size_t(kMaxBytes) / 2) return raise(t, *error_type, "Too much data for base64 line");
  Ref<Bytes> text = newBytesBlank(t, int64_t((size + 2) / 3 * 4 + newline));
  if (!text) return kRaised;
  if (text->size == 0) return text;
  if (text->size == 1) return share(Value(byteBytes('\n')));
  const uint8_t* p = data.data();
  uint8_t* to = text->data;
  for (; size >= 3; size -= 3, p += 3) {
    uint32_t three = uint32_t(p[0]) << 16 | uint32_t(p[1]) << 8 | p[2];
    for (int shift = 18; shift >= 0; shift -= 6) *to++ = uint8_t(kBase64[three >> shift & 63]);
  }
  if (size) {
    uint32_t three = uint32_t(p[0]) << 16 | (size == 2 ? uint32_t(p[1]) << 8 : 0);
    *to++ = uint8_t(kBase64[three >> 18]);
    *to++ = uint8_t(kBase64[three >> 12 & 63]);
    *to++ = size == 2 ? uint8_t(kBase64[three >> 6 & 63]) : '=';
    *to++ = '=';
  }
  if (newline) *to = '\n';
  return text;
}

// --- hexadecimal ---

Ref<> decodeHex(Thread& t, Value, Value data) {
  AsciiInput in;
  if (!in.set(t, data)) return kRaised;
  if (in.size() % 2) return raise(t, *error_type, "Odd-length string");
  ByteBuilder out(t);
  for (size_t i = 0; i < in.size(); i += 2) {
    int high = hexValue(in[i]), low = hexValue(in[i + 1]);
    if (high < 0 || low < 0) return raise(t, *error_type, "Non-hexadecimal digit found");
    out.append(char(high << 4 | low));
  }
  return out.finish();
}

Ref<> encodeHex(Thread& t, Value, const Value* args) {
  Buffer data;
  if (!data.get(t, args[0])) return kRaised;
  int64_t group = toInt64(t, args[2]);
  if (group == -1 && t.raised()) return kRaised;
  if (group != int32_t(group)) return raise(t, exc::OverflowError, "Python int too large to convert to C int");
  Ref<> text = hexText(t, data.view(), args[1], group);
  return text ? Ref<>(newBytes(t, asciiView(asStr(text)))) : Ref<>();
}

// --- quoted-printable ---

Ref<> decodeQuoted(Thread& t, Value, const Value* args) {
  AsciiInput in;
  bool header;
  if (!in.set(t, args[0]) || !flagArgument(t, args[1], &header)) return kRaised;
  ByteBuilder out(t);
  size_t i = 0;
  while (i < in.size()) {
    uint8_t c = in[i++];
    if (c != '=') {
      out.append(header && c == '_' ? ' ' : char(c));
      continue;
    }
    if (i >= in.size()) break;
    if (in[i] == '\n' || in[i] == '\r') {  // a soft line break, up to and with the newline
      while (i < in.size() && in[i] != '\n') ++i;
      ++i;
    } else if (in[i] == '=') {
      out.append('=');
      ++i;
    } else if (i + 1 < in.size() && hexValue(in[i]) >= 0 && hexValue(in[i + 1]) >= 0) {
      out.append(char(hexValue(in[i]) << 4 | hexValue(in[i + 1])));
      i += 2;
    } else {
      out.append('=');
    }
  }
  return out.finish();
}

class QuotedEncoder {
 public:
  QuotedEncoder(Thread& t, std::string_view data, bool tabs, bool text, bool header)
      : out_(t), data_(data), tabs_(tabs), text_(text), header_(header) {
    size_t newline = data.find('\n');
    crlf_ = newline != data.npos && newline > 0 && data[newline - 1] == '\r';
  }
  Ref<> encode() {
    while (i_ < data_.size()) {
      if (mustQuote()) {
        if (line_ + 3 >= kLongestQuotedLine) softBreak();
        quote(data_[i_++]);
        line_ += 3;
      } else if (text_ && (data_[i_] == '\n' || (data_[i_] == '\r' && next('\n')))) {
        i_ += data_[i_] == '\r' ? 2 : 1;
        hardBreak();
      } else {
        plain();
      }
    }
    return out_.finish();
  }

 private:
  bool atEnd() const { return i_ + 1 == data_.size(); }
  bool next(char c) const { return !atEnd() && data_[i_ + 1] == c; }
  bool mustQuote() const {
    uint8_t c = uint8_t(data_[i_]);
    bool blank = c == ' ' || c == '\t', breaks = c == '\r' || c == '\n';
    if (c > 126 || c == '=' || (header_ && c == '_')) return true;
    if (c == '.' && line_ == 0 && (atEnd() || next('\n') || next('\r') || next(0)))
      return true;  // would end an SMTP message
    if (breaks) return !text_;
    if (blank) return atEnd() || (tabs_ && c < 33);
    return c < 33;
  }
  void newline() {
    if (crlf_) out_.append('\r');
    out_.append('\n');
    line_ = 0;
  }
  void softBreak() {
    out_.append('=');
    newline();
  }
  // White space at the end of a line does not survive transport.
  void hardBreak() {
    if (out_.size() && (out_.last() == ' ' || out_.last() == '\t')) {
      char blank = out_.last();
      out_.last() = '=';
      digits(blank);
    }
    newline();
  }
  void digits(char c) {
    static const char kDigits[] = "0123456789ABCDEF";
    out_.append(kDigits[uint8_t(c) >> 4]);
    out_.append(kDigits[uint8_t(c) & 15]);
  }
  void quote(char c) {
    out_.append('=');
    digits(c);
  }
  void plain() {
    if (!atEnd() && !next('\n') && line_ + 1 >= kLongestQuotedLine) softBreak();
    ++line_;
    char c = data_[i_++];
    out_.append(header_ && c == ' ' ? '_' : c);
  }

  ByteBuilder out_;
  std::string_view data_;
  bool tabs_, text_, header_, crlf_;
  size_t i_ = 0;
  int line_ = 0;
};

Ref<> encodeQuoted(Thread& t, Value, const Value* args) {
  Buffer data;
  bool tabs, text, header;
  if (!data.get(t, args[0]) || !flagArgument(t, args[1], &tabs) || !flagArgument(t, args[2], &text) ||
      !flagArgument(t, args[3], &header)) {
    return kRaised;
  }
  return QuotedEncoder(t, data.view(), tabs, text, header).encode();
}

// --- checksums ---

// The lowest 32 bits of an int.
bool maskArgument(Thread& t, Value v, uint32_t* out) {
  Ref<> number = toIndexValue(t, v);
  if (!number) return false;
  Digits digits(number);
  *out = uint32_t(digits.negative ? -digits.low() : digits.low());
  return true;
}
Ref<> crc32Function(Thread& t, Value, const Value* args) {
  Buffer data;
  uint32_t crc;
  if (!data.get(t, args[0]) || !maskArgument(t, args[1], &crc)) return kRaised;
  if (data.size() < kLargeInput) {
    crc = uint32_t(crc32_z(crc, data.data(), data.size()));
  } else {
    WithoutGil released(t);
    crc = uint32_t(crc32_z(crc, data.data(), data.size()));
  }
  return newInt(t, crc);
}
// CRC-CCITT: x^16 + x^12 + x^5 + 1.
Ref<> crcHqx(Thread& t, Value, const Value* args) {
  Buffer data;
  uint32_t crc;
  if (!data.get(t, args[0]) || !maskArgument(t, args[1], &crc)) return kRaised;
  crc &= 0xFFFF;
  for (size_t i = 0; i < data.size(); ++i) {
    crc ^= uint32_t(data.data()[i]) << 8;
    for (int bit = 0; bit < 8; ++bit) crc = (crc << 1 ^ (crc & 0x8000 ? 0x1021 : 0)) & 0xFFFF;
  }
  return newInt(t, crc);
}

constexpr const char* kHexDoc =
    "Hexadecimal representation of binary data, as bytes; sep stands between groups of bytes_per_sep bytes.";
constexpr const char* kUnhexDoc = "Binary data of hexadecimal representation.";
const MethodDef kFunctions[] = {
    method("a2b_uu", decodeUu, "($module, data, /)", "Decode a line of uuencoded data."),
    method("b2a_uu", encodeUu, "($module, data, /, *, backtick=False)", "Uuencode line of data."),
    method("a2b_base64", decodeBase64, "($module, data, /, *, strict_mode=False)",
           "Decode base64 data; in strict mode only the alphabet and correct padding are accepted."),
    method("b2a_base64", encodeBase64, "($module, data, /, *, newline=True)", "Base64-code line of data."),
    method("a2b_hex", decodeHex, "($module, hexstr, /)", kUnhexDoc),
    method("unhexlify", decodeHex, "($module, hexstr, /)", kUnhexDoc),
    method("b2a_hex", encodeHex, "($module, /, data, sep=<unrepresentable>, bytes_per_sep=1)", kHexDoc),
    method("hexlify", encodeHex, "($module, /, data, sep=<unrepresentable>, bytes_per_sep=1)", kHexDoc),
    method("a2b_qp", decodeQuoted, "($module, /, data, header=False)", "Decode a string of qp-encoded data."),
    method("b2a_qp", encodeQuoted, "($module, /, data, quotetabs=False, istext=True, header=False)",
           "Encode a string using quoted-printable encoding."),
    method("crc32", crc32Function, "($module, data, crc=0, /)", "Compute CRC-32 incrementally."),
    method("crc_hqx", crcHqx, "($module, data, crc, /)", "Compute CRC-CCITT incrementally."),
    {},
};

bool init(Thread& t, ModuleObject* module) {
  error_type = addException(t, module, "binascii.Error", Value(&exc::ValueError));
  incomplete_type = error_type ? addException(t, module, "binascii.Incomplete", Value(&exc::Exception)) : nullptr;
  return incomplete_type != nullptr;
}

}  // namespace

const ModuleDef& binasciiModule() {
  static const ModuleDef def{"binascii", "Conversion between binary data and ASCII", kFunctions, init};
  return def;
}

}  // namespace krait
