// The native codecs: UTF-8, -16, -32, Latin-1, ASCII. What cannot be converted goes to codec_errors.cpp.
#include "runtime/objects/codecs.h"
#include "runtime/objects/codec_errors.h"
#include "runtime/objects/str_internal.h"
#include "runtime/objects/str_utf8.h"

namespace krait {

NativeCodec nativeCodec(std::string_view name) {
  char normal[16];
  if (name.size() >= sizeof normal) return NativeCodec::kOther;
  for (size_t i = 0; i < name.size(); ++i) {
    char c = name[i];
    normal[i] = c >= 'A' && c <= 'Z' ? char(c + 32) : c == '-' || c == ' ' ? '_' : c;
  }
  static constexpr struct {
    std::string_view name;
    NativeCodec codec;
  } kNames[] = {
      {"utf_8", NativeCodec::kUtf8},         {"utf8", NativeCodec::kUtf8},         {"latin_1", NativeCodec::kLatin1},
      {"latin1", NativeCodec::kLatin1},      {"iso_8859_1", NativeCodec::kLatin1}, {"iso8859_1", NativeCodec::kLatin1},
      {"ascii", NativeCodec::kAscii},        {"us_ascii", NativeCodec::kAscii},    {"utf_16", NativeCodec::kUtf16},
      {"utf16", NativeCodec::kUtf16},        {"utf_16_le", NativeCodec::kUtf16Le}, {"utf_16_be", NativeCodec::kUtf16Be},
      {"utf_32", NativeCodec::kUtf32},       {"utf32", NativeCodec::kUtf32},       {"utf_32_le", NativeCodec::kUtf32Le},
      {"utf_32_be", NativeCodec::kUtf32Be},  {"utf_16le", NativeCodec::kUtf16Le},  {"utf_16be", NativeCodec::kUtf16Be},
      {"utf_32le", NativeCodec::kUtf32Le},   {"utf_32be", NativeCodec::kUtf32Be},
  };
  for (auto& row : kNames) {
    if (row.name == std::string_view(normal, name.size())) return row.codec;
  }
  return NativeCodec::kOther;
}

namespace {

const char* codecName(NativeCodec codec) {
  switch (codec) {
    case NativeCodec::kUtf8: return "utf-8";
    case NativeCodec::kLatin1: return "latin-1";
    case NativeCodec::kAscii: return "ascii";
    case NativeCodec::kUtf16: return "utf-16";
    case NativeCodec::kUtf16Le: return "utf-16-le";
    case NativeCodec::kUtf16Be: return "utf-16-be";
    case NativeCodec::kUtf32: return "utf-32";
    case NativeCodec::kUtf32Le: return "utf-32-le";
    case NativeCodec::kUtf32Be: return "utf-32-be";
    case NativeCodec::kOther: break;
  }
  return "";
}

inline bool isSurrogate(uint32_t c) { return (c & 0xFFFFF800) == 0xD800; }

// ---- encoding ----

Ref<Bytes> encodeUtf8(Thread& t, Str* s, const char* errors) {
  if (s->ascii) return newBytes(t, asciiView(s));
  if (constexpr int64_t kShort = 256; s->length <= kShort) {  // in one pass, as long as there is no surrogate
    char local[kShort * 4];
    char* out = local;
    bool good = visitText(s, [&](auto* text) {
      for (int64_t i = 0; i < s->length; ++i) {
        if (isSurrogate(text[i])) return false;
        out = putUtf8(out, text[i]);
      }
      return true;
    });
    if (good) return newBytes(t, {local, size_t(out - local)});
  }
  if (findSurrogate(s) < 0) {
    Ref<Bytes> bytes = newBytesBlank(t, int64_t(utf8Size(s)));
    if (!bytes) return bytes;
    char* out = reinterpret_cast<char*>(bytes->data);
    visitText(s, [&](auto* text) {
      for (int64_t i = 0; i < s->length; ++i) out = putUtf8(out, text[i]);
    });
    return bytes;
  }
  EncodeErrors handler(t, s, "utf-8", NativeCodec::kUtf8, errors);
  ByteBuilder out(t);
  for (int64_t i = 0; i < s->length;) {
    uint32_t c = s->at(i);
    if (isSurrogate(c)) {
      int64_t end = i + 1;
      while (end < s->length && isSurrogate(s->at(end))) ++end;
      i = handler.handle(out, i, end, "surrogates not allowed");
      if (i < 0) return kRaised;
      continue;
    }
    char local[4];
    out.append(std::string_view(local, size_t(putUtf8(local, c) - local)));
    ++i;
  }
  return out.finish();
}

// Latin-1 and ASCII: code points below a limit.
Ref<Bytes> encodeNarrow(Thread& t, Str* s, NativeCodec codec, const char* errors) {
  uint32_t limit = codec == NativeCodec::kAscii ? 128 : 256;
  if (s->ascii || (s->width == 1 && limit == 256)) return newBytes(t, {reinterpret_cast<const char*>(s->data), size_t(s->length)});
  EncodeErrors handler(t, s, codecName(codec), codec, errors);
  ByteBuilder out(t);
  for (int64_t i = 0; i < s->length;) {
    uint32_t c = s->at(i);
    if (c < limit) {
      out.append(char(c));
      ++i;
      continue;
    }
    int64_t end = i + 1;
    while (end < s->length && s->at(end) >= limit) ++end;
    i = handler.handle(out, i, end, limit == 128 ? "ordinal not in range(128)" : "ordinal not in range(256)");
    if (i < 0) return kRaised;
  }
  return out.finish();
}

Ref<Bytes> encodeUnits(Thread& t, Str* s, NativeCodec codec, const char* errors) {
  int size = unitSize(codec);
  bool big = isBigEndian(codec);
  ByteBuilder out(t);
  if (codec == NativeCodec::kUtf16 || codec == NativeCodec::kUtf32) out.appendNumber(0xFEFF, size, false);
  EncodeErrors handler(t, s, codecName(codec), codec, errors);
  for (int64_t i = 0; i < s->length;) {
    uint32_t c = s->at(i);
    if (isSurrogate(c)) {
      int64_t end = i + 1;
      while (end < s->length && isSurrogate(s->at(end))) ++end;
      i = handler.handle(out, i, end, "surrogates not allowed");
      if (i < 0) return kRaised;
      continue;
    }
    if (size == 2 && c > 0xFFFF) {
      out.appendNumber(0xD7C0 + (c >> 10), 2, big);
      out.appendNumber(0xDC00 + (c & 0x3FF), 2, big);
    } else {
      out.appendNumber(c, size, big);
    }
    ++i;
  }
  return out.finish();
}

// ---- decoding UTF-8 ----

// The length of the valid sequence at p, 0 when it is not valid. Then *bad is the length of the malformed part and *reason tells
// why; an incomplete but so far valid end has *bad up to the end and reason kIncomplete.
const char* const kIncomplete = "unexpected end of data";
int utf8Sequence(const uint8_t* p, const uint8_t* end, int* bad, const char** reason) {
  uint8_t c = *p;
  int64_t left = end - p;
  *bad = 1;
  *reason = "invalid start byte";
  if (c < 0xC2 || c > 0xF4) return 0;
  int length = c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
  *reason = kIncomplete;
  if (left < 2) return 0;
  uint8_t low = c == 0xE0 ? 0xA0 : c == 0xF0 ? 0x90 : 0x80;
  uint8_t high = c == 0xED ? 0x9F : c == 0xF4 ? 0x8F : 0xBF;
  if (p[1] < low || p[1] > high) {
    *reason = "invalid continuation byte";
    return 0;
  }
  for (int i = 2; i < length; ++i) {
    *bad = i;
    if (i >= left) return 0;
    if ((p[i] & 0xC0) != 0x80) {
      *reason = "invalid continuation byte";
      return 0;
    }
  }
  return length;
}

// The first two of three bytes that surrogatepass would take: an incremental decoder waits for the third.
bool isTruncatedSurrogate(const uint8_t* p, const uint8_t* end) { return end - p == 2 && p[0] == 0xED && p[1] >= 0xA0 && p[1] <= 0xBF; }

uint32_t utf8CodePoint(const uint8_t* p, int length) {
  if (length == 2) return uint32_t(p[0] & 31) << 6 | (p[1] & 63);
  if (length == 3) return uint32_t(p[0] & 15) << 12 | uint32_t(p[1] & 63) << 6 | (p[2] & 63);
  return uint32_t(p[0] & 7) << 18 | uint32_t(p[1] & 63) << 12 | uint32_t(p[2] & 63) << 6 | (p[3] & 63);
}

size_t asciiPrefix(std::string_view data) {
  size_t i = 0;
  for (; i + 8 <= data.size(); i += 8) {
    uint64_t word;
    memcpy(&word, data.data() + i, 8);
    if (word & 0x8080808080808080) break;
  }
  while (i < data.size() && !(data[i] & 0x80)) ++i;
  return i;
}

// Valid text is measured first and then written where it belongs. Empty without exception: there is something wrong in
// it.
Ref<Str> decodeValidUtf8(Thread& t, std::string_view data, size_t plain) {
  const uint8_t *start = reinterpret_cast<const uint8_t*>(data.data()), *end = start + data.size();
  int64_t length = int64_t(plain);
  uint32_t all = 0;
  for (const uint8_t* p = start + plain; p < end; ++length) {
    if (*p < 0x80) {
      ++p;
      continue;
    }
    int bad;
    const char* reason;
    int size = utf8Sequence(p, end, &bad, &reason);
    if (!size) return {};
    all |= utf8CodePoint(p, size);
    p += size;
  }
  if (length == 1) return newStrUcs4(t, &all, 1);
  Ref<Str> text = newStrBlank(t, length, all < 0x10000 ? all : 0x10FFFF);
  if (!text) return text;
  visitText(text.get(), [&](auto* out) {
    auto* to = const_cast<std::remove_const_t<std::remove_pointer_t<decltype(out)>>*>(out);
    for (const uint8_t* p = start; p < end;) {
      if (*p < 0x80) {
        *to++ = *p++;
        continue;
      }
      int size = *p < 0xE0 ? 2 : *p < 0xF0 ? 3 : 4;
      *to++ = std::remove_pointer_t<decltype(to)>(utf8CodePoint(p, size));
      p += size;
    }
  });
  return text;
}

Ref<Str> decodeUtf8(Thread& t, std::string_view data, const char* errors, size_t* consumed) {
  size_t plain = asciiPrefix(data);
  if (consumed) *consumed = data.size();
  if (plain == data.size()) return newStrLatin1(t, data);
  if (Ref<Str> text = decodeValidUtf8(t, data, plain); text || t.raised()) return text;
  DecodeErrors handler(t, data, "utf-8", NativeCodec::kUtf8, errors);
  StrBuilder out(t);
  out.appendAscii(data.substr(0, plain));
  int64_t at = int64_t(plain);
  while (at < int64_t(handler.data().size())) {
    const uint8_t* base = reinterpret_cast<const uint8_t*>(handler.data().data());
    const uint8_t* end = base + handler.data().size();
    const uint8_t* p = base + at;
    if (*p < 0x80) {
      out.append(*p);
      ++at;
      continue;
    }
    int bad;
    const char* reason;
    if (int length = utf8Sequence(p, end, &bad, &reason)) {
      out.append(utf8CodePoint(p, length));
      at += length;
      continue;
    }
    if (consumed && (reason == kIncomplete || isTruncatedSurrogate(p, end))) break;
    at = handler.handle(out, at, at + bad, reason);
    if (at < 0) return kRaised;
  }
  if (consumed) *consumed = size_t(at);
  return out.finish();
}

// ---- decoding the others ----

Ref<Str> decodeAscii(Thread& t, std::string_view data, const char* errors) {
  size_t plain = asciiPrefix(data);
  if (plain == data.size()) return newStrLatin1(t, data);
  DecodeErrors handler(t, data, "ascii", NativeCodec::kAscii, errors);
  StrBuilder out(t);
  int64_t at = 0;
  while (at < int64_t(handler.data().size())) {
    uint8_t c = uint8_t(handler.data()[size_t(at)]);
    if (c < 0x80) {
      out.append(c);
      ++at;
      continue;
    }
    at = handler.handle(out, at, at + 1, "ordinal not in range(128)");
    if (at < 0) return kRaised;
  }
  return out.finish();
}

uint32_t readUnit(std::string_view data, int64_t at, int size, bool big) {
  uint32_t c = 0;
  for (int i = 0; i < size; ++i) c |= uint32_t(uint8_t(data[size_t(at + i)])) << (8 * (big ? size - 1 - i : i));
  return c;
}

// The byte order: as asked, or from the mark, which is skipped.
int64_t startOfUnits(std::string_view data, int size, int* byte_order) {
  if (*byte_order != 0 || data.size() < size_t(size)) return 0;
  if (readUnit(data, 0, size, false) == 0xFEFF) {
    *byte_order = -1;
    return size;
  }
  uint32_t swapped = size == 2 ? 0xFFFE : 0xFFFE0000;
  if (readUnit(data, 0, size, false) == swapped) {
    *byte_order = 1;
    return size;
  }
  return 0;
}

}  // namespace

Ref<Str> decodeUtf16(Thread& t, std::string_view data, const char* errors, int* byte_order, size_t* consumed) {
  int64_t at = startOfUnits(data, 2, byte_order);
  bool big = *byte_order > 0;
  DecodeErrors handler(t, data, big ? "utf-16-be" : "utf-16-le", big ? NativeCodec::kUtf16Be : NativeCodec::kUtf16Le,
                       errors);
  StrBuilder out(t);
  while (at < int64_t(handler.data().size())) {
    std::string_view input = handler.data();
    int64_t left = int64_t(input.size()) - at;
    const char* reason;
    int64_t bad = 2;
    if (left < 2) {
      if (consumed) break;
      reason = "truncated data";
      bad = left;
    } else {
      uint32_t c = readUnit(input, at, 2, big);
      if (!isSurrogate(c)) {
        out.append(c);
        at += 2;
        continue;
      }
      if (c >= 0xDC00) {
        reason = "illegal encoding";
      } else if (left < 4) {
        if (consumed) break;
        reason = "unexpected end of data";
        bad = left;
      } else {
        uint32_t low = readUnit(input, at + 2, 2, big);
        if ((low & 0xFC00) == 0xDC00) {
          out.append(0x10000 + ((c & 0x3FF) << 10 | (low & 0x3FF)));
          at += 4;
          continue;
        }
        reason = "illegal UTF-16 surrogate";
      }
    }
    at = handler.handle(out, at, at + bad, reason);
    if (at < 0) return kRaised;
  }
  if (consumed) *consumed = size_t(at);
  return out.finish();
}

Ref<Str> decodeUtf32(Thread& t, std::string_view data, const char* errors, int* byte_order, size_t* consumed) {
  int64_t at = startOfUnits(data, 4, byte_order);
  bool big = *byte_order > 0;
  DecodeErrors handler(t, data, big ? "utf-32-be" : "utf-32-le", big ? NativeCodec::kUtf32Be : NativeCodec::kUtf32Le,
                       errors);
  StrBuilder out(t);
  while (at < int64_t(handler.data().size())) {
    std::string_view input = handler.data();
    int64_t left = int64_t(input.size()) - at;
    const char* reason;
    int64_t bad = 4;
    if (left < 4) {
      if (consumed) break;
      reason = "truncated data";
      bad = left;
    } else {
      uint32_t c = readUnit(input, at, 4, big);
      if (c < 0x110000 && !isSurrogate(c)) {
        out.append(c);
        at += 4;
        continue;
      }
      reason = c < 0x110000 ? "code point in surrogate code point range(0xd800, 0xe000)" : "code point not in range(0x110000)";
    }
    at = handler.handle(out, at, at + bad, reason);
    if (at < 0) return kRaised;
  }
  if (consumed) *consumed = size_t(at);
  return out.finish();
}

Ref<Bytes> encodeText(Thread& t, Str* s, NativeCodec codec, const char* errors) {
  switch (codec) {
    case NativeCodec::kUtf8: return encodeUtf8(t, s, errors);
    case NativeCodec::kLatin1: case NativeCodec::kAscii: return encodeNarrow(t, s, codec, errors);
    default: return encodeUnits(t, s, codec, errors);
  }
}

Ref<Str> decodeText(Thread& t, std::string_view data, NativeCodec codec, const char* errors, size_t* consumed) {
  int order = 0;
  switch (codec) {
    case NativeCodec::kUtf8: return decodeUtf8(t, data, errors, consumed);
    case NativeCodec::kLatin1:
      if (consumed) *consumed = data.size();
      return newStrLatin1(t, data);
    case NativeCodec::kAscii:
      if (consumed) *consumed = data.size();
      return decodeAscii(t, data, errors);
    case NativeCodec::kUtf16Le: case NativeCodec::kUtf32Le: order = -1; break;
    case NativeCodec::kUtf16Be: case NativeCodec::kUtf32Be: order = 1; break;
    default: break;
  }
  return unitSize(codec) == 2 ? decodeUtf16(t, data, errors, &order, consumed) : decodeUtf32(t, data, errors, &order, consumed);
}

}  // namespace krait
