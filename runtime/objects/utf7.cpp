// UTF-7: direct ASCII, and runs of base64-coded UTF-16 between '+' and '-'.
#include "runtime/objects/utf7.h"
#include "runtime/objects/codec_errors.h"

namespace krait {
namespace {

const char kBase64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int base64Value(uint32_t c) {
  if (c >= 'A' && c <= 'Z') return int(c - 'A');
  if (c >= 'a' && c <= 'z') return int(c - 'a' + 26);
  if (c >= '0' && c <= '9') return int(c - '0' + 52);
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

// Characters that encode as themselves: RFC 2152's set D and white space (set O is encoded directly too, as CPython does).
bool isDirect(uint32_t c) {
  if (c == '\t' || c == '\n' || c == '\r' || c == ' ') return true;
  return c > ' ' && c < 127 && c != '+' && c != '\\' && c != '~';
}

}  // namespace

Ref<Bytes> encodeUtf7(Thread& t, const Str* s) {
  ByteBuilder out(t);
  uint32_t bits = 0;
  int count = 0;
  bool shifted = false;
  auto putUnit = [&](uint32_t unit) {
    bits = bits << 16 | unit;
    count += 16;
    while (count >= 6) {
      out.append(kBase64[bits >> (count - 6) & 63]);
      count -= 6;
    }
    bits &= (1u << count) - 1;
  };
  auto endRun = [&](uint32_t next, bool at_end) {
    if (count) out.append(kBase64[bits << (6 - count) & 63]);
    bits = 0;
    count = 0;
    shifted = false;
    if (at_end || base64Value(next) >= 0 || next == '-') out.append('-');
  };
  for (int64_t i = 0; i < s->length; ++i) {
    uint32_t c = s->at(i);
    if (isDirect(c)) {
      if (shifted) endRun(c, false);
      out.append(char(c));
      continue;
    }
    if (!shifted && c == '+') {
      out.append("+-");
      continue;
    }
    if (!shifted) out.append('+');
    shifted = true;
    if (c > 0xFFFF) {
      putUnit(0xD7C0 + (c >> 10));
      putUnit(0xDC00 + (c & 0x3FF));
    } else {
      putUnit(c);
    }
  }
  if (shifted) endRun(0, true);
  return out.finish();
}

Ref<Str> decodeUtf7(Thread& t, std::string_view input, const char* errors, size_t* consumed) {
  DecodeErrors handler(t, input, "utf7", NativeCodec::kOther, errors);
  StrBuilder out(t);
  int64_t at = 0;
  while (at < int64_t(handler.data().size())) {
    std::string_view data = handler.data();
    int64_t size = int64_t(data.size());
    int64_t start = at;
    uint8_t c = uint8_t(data[size_t(at)]);
    const char* reason = nullptr;
    if (c >= 0x80) {
      reason = "unexpected special character";
      ++at;
    } else if (c != '+') {
      out.append(c);
      ++at;
      continue;
    } else if (at + 1 < size && data[size_t(at + 1)] == '-') {
      out.append('+');
      at += 2;
      continue;
    } else {
      // A run: units of UTF-16 until a character that is no base64 digit; a '-' there is swallowed.
      ++at;
      uint32_t bits = 0, high = 0;
      int count = 0;
      StrBuilder run(t);
      for (; at < size; ++at) {
        int digit = base64Value(uint8_t(data[size_t(at)]));
        if (digit < 0) break;
        bits = bits << 6 | uint32_t(digit);
        count += 6;
        if (count < 16) continue;
        count -= 16;
        uint32_t unit = bits >> count & 0xFFFF;
        bits &= (1u << count) - 1;
        if (high && (unit & 0xFC00) == 0xDC00) {
          run.append(0x10000 + ((high & 0x3FF) << 10 | (unit & 0x3FF)));
          high = 0;
          continue;
        }
        if (high) run.append(high);
        high = (unit & 0xFC00) == 0xD800 ? unit : 0;
        if (!high) run.append(unit);
      }
      if (at == size && consumed) {  // the run may go on in the next piece
        at = start;
        break;
      }
      bool empty = at == start + 1;
      bool rest = count >= 6 || bits;
      if (high && !rest && at < size && isDirect(uint8_t(data[size_t(at)]))) run.append(high);
      Ref<Str> text = run.finish();
      if (!text) return kRaised;
      if (at == size) {
        if (high || rest) reason = "unterminated shift sequence";
      } else if (empty) {
        reason = "ill-formed sequence";
      } else if (rest) {
        reason = count >= 6 ? "partial character in shift sequence" : "non-zero padding bits in shift sequence";
      }
      // The character after the run belongs to what is wrong; a '-' after a good run is swallowed.
      if (at < size && (reason || data[size_t(at)] == '-')) ++at;
      out.append(text.get());
      if (!reason) continue;
    }
    at = handler.handle(out, start, at, reason);
    if (at < 0) return kRaised;
  }
  if (consumed) *consumed = size_t(at);
  return out.finish();
}

}  // namespace krait
