// int <-> text in bases 2 to 36, with CPython's limit on the length of decimal texts.
#include <cstring>
#include "runtime/core/runtime.h"
#include "runtime/objects/int_internal.h"
#include "runtime/objects/str_internal.h"
#include "runtime/protocols/protocols.h"

namespace krait {
namespace {

const char kDigitChars[] = "0123456789abcdefghijklmnopqrstuvwxyz";

int digitOf(unsigned char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c |= 0x20;
  return c >= 'a' && c <= 'z' ? c - 'a' + 10 : 99;
}

bool isAsciiSpace(unsigned char c) { return c == ' ' || (c >= 9 && c <= 13) || (c >= 28 && c <= 31); }

constexpr int64_t kDigitLimitThreshold = 640;  // shorter numbers are never refused

Raised invalidLiteral(Thread& t, int base, Value original) {
  Ref<Str> shown = repr(t, original);
  if (!shown) return kRaised;
  StrBuilder out(t);
  out.appendAscii("invalid literal for int() with base ");
  char number[16];
  out.appendAscii(std::string_view(number, size_t(snprintf(number, sizeof number, "%d: ", base))));
  out.append(shown.get(), 0, shown->length > 200 ? 200 : shown->length);
  Ref<Str> message = out.finish();
  if (!message) return kRaised;
  return raiseWith(t, exc::ValueError, message);
}

}  // namespace

// ---- to text ----

Ref<Str> intToText(Thread& t, Value v, int base, bool prefix) {
  v = intValue(v);
  Digits d(v);
  char lead[4];
  size_t lead_size = 0;
  if (d.negative) lead[lead_size++] = '-';
  if (prefix) {
    lead[lead_size++] = '0';
    lead[lead_size++] = base == 2 ? 'b' : base == 8 ? 'o' : 'x';
  }
  if (d.count <= 1) {
    char local[72];
    char* end = local + sizeof local;
    char* p = end;
    uint64_t rest = d.low();
    if (base == 10) {
      do *--p = char('0' + rest % 10);
      while (rest /= 10);
    } else {
      do *--p = kDigitChars[rest % unsigned(base)];
      while (rest /= unsigned(base));
    }
    p -= lead_size;
    memcpy(p, lead, lead_size);
    return newStrLatin1(t, {p, size_t(end - p)});
  }
  int64_t limit = interpreterOf(t).int_max_str_digits;
  auto tooLong = [&] {
    return raise(t, exc::ValueError, "Exceeds the limit (%lld digits) for integer string conversion; use sys.set_int_max_str_digits() "
                 "to increase the limit", static_cast<long long>(limit));
  };
  if (!isBinaryBase(base) && limit && double(bitLength(d) - 1) * 0.30102999566398119 > double(limit)) return tooLong();
  LimbBuffer copy(t, d.count + 1);
  if (!copy) return nullptr;
  memcpy(copy.get(), d.limbs, d.count * 8);
  size_t size = mpn_sizeinbase(d.data(), mp_size_t(d.count), base);
  Str* text = allocateStr(int64_t(size + lead_size), 1, true);
  if (!text) return raiseNoMemory(t);
  size_t written = mpn_get_str(text->data + lead_size, base, copy.data(), mp_size_t(d.count));
  uint8_t* digits = text->data + lead_size;
  size_t zeros = 0;
  while (zeros + 1 < written && digits[zeros] == 0) ++zeros;
  size_t count = written - zeros;
  if (!isBinaryBase(base) && limit && int64_t(count) > limit && int64_t(count) > kDigitLimitThreshold) {
    release(text);
    return tooLong();
  }
  for (size_t i = 0; i < count; ++i) digits[i] = uint8_t(kDigitChars[digits[i + zeros]]);
  memcpy(text->data, lead, lead_size);
  text->length = int64_t(lead_size + count);
  text->data[text->length] = 0;
  return steal(text);
}

// The limbs of a short decimal number, nineteen digits at a time; GMP's conversion prepares for long ones. The limbs
// that count.
static size_t fewDecimals(mp_limb_t* limbs, const uint8_t* digits, size_t count) {
  constexpr size_t kStep = 19;  // the most that fit a limb
  size_t size = 0;
  for (size_t at = 0; at < count;) {
    size_t end = at + ((count - at - 1) % kStep + 1);  // a short step first, then full ones
    mp_limb_t part = 0, scale = 1;
    for (; at < end; ++at, scale *= 10) part = part * 10 + digits[at];
    mp_limb_t carry = size ? mpn_mul_1(limbs, limbs, mp_size_t(size), scale) : 0;
    if (size) carry += mpn_add_1(limbs, limbs, mp_size_t(size), part);
    if (!size) carry = part;
    if (carry) limbs[size++] = carry;
  }
  return size;
}

// ---- from text ----

Ref<> newIntFromText(Thread& t, const char* text, size_t length, int base, Value original) {
  if ((base != 0 && base < 2) || base > 36) return raise(t, exc::ValueError, "int() base must be >= 2 and <= 36, or 0");
  const unsigned char* p = reinterpret_cast<const unsigned char*>(text);
  const unsigned char* end = p + length;
  int asked_base = base;
  while (p < end && isAsciiSpace(*p)) ++p;
  while (end > p && isAsciiSpace(end[-1])) --end;
  bool negative = false;
  if (p < end && (*p == '+' || *p == '-')) negative = *p++ == '-';
  bool zero_only = false;
  bool after_prefix = false;
  if (end - p >= 2 && p[0] == '0') {
    int letter = p[1] | 0x20;
    int prefix_base = letter == 'x' ? 16 : letter == 'o' ? 8 : letter == 'b' ? 2 : 0;
    if (prefix_base && (base == 0 || base == prefix_base)) {
      base = prefix_base;
      p += 2;
      after_prefix = true;
    } else if (base == 0) {
      zero_only = true;  // "00" is a zero, "01" an error
    }
  }
  if (base == 0) base = 10;
  // Digits: at least one; single underscores between them (and after a prefix).
  const unsigned char* first = p;
  size_t count = 0;
  bool underscore = !after_prefix;  // whether an underscore may not come now
  uint64_t small = 0;
  bool is_small = true;
  bool nonzero = false;
  for (const unsigned char* q = p; q < end; ++q) {
    if (*q == '_') {
      if (underscore) return invalidLiteral(t, asked_base, original);
      underscore = true;
      continue;
    }
    int digit = digitOf(*q);
    if (digit >= base) return invalidLiteral(t, asked_base, original);
    underscore = false;
    ++count;
    nonzero |= digit != 0;
    if (is_small)
      is_small = !__builtin_mul_overflow(small, uint64_t(base), &small) &&
                 !__builtin_add_overflow(small, uint64_t(digit), &small);
  }
  if (count == 0 || underscore || (zero_only && nonzero)) return invalidLiteral(t, asked_base, original);
  if (is_small) return newInt128(t, negative ? -__int128(small) : __int128(small));
  int64_t limit = interpreterOf(t).int_max_str_digits;
  if (!isBinaryBase(base) && limit && int64_t(count) > limit && int64_t(count) > kDigitLimitThreshold) {
    return raise(t, exc::ValueError, "Exceeds the limit (%lld digits) for integer string conversion: value has %zu digits; use "
                 "sys.set_int_max_str_digits() to increase the limit", static_cast<long long>(limit), count);
  }
  uint8_t few[256];
  uint8_t* digits = count <= sizeof few ? few : static_cast<uint8_t*>(allocateBuffer(count));
  if (!digits) return raiseNoMemory(t);
  size_t used = 0;
  for (const unsigned char* q = first; q < end; ++q) {
    if (*q == '_') continue;
    int digit = digitOf(*q);
    if (used || digit) digits[used++] = uint8_t(digit);
  }
  int digit_bits = 64 - __builtin_clzll(uint64_t(base - 1));
  size_t limbs = (used * size_t(digit_bits) + 63) / 64 + 2;
  Int* result = allocateInt(t, limbs);
  if (!result) {
    if (digits != few) freeBuffer(digits);
    return nullptr;
  }
  size_t filled = base == 10 && used <= sizeof few ? fewDecimals(limbsOf(result), digits, used)
                                                   : size_t(mpn_set_str(limbsOf(result), digits, used, base));
  memset(result->limbs + filled, 0, (limbs - filled) * 8);
  if (digits != few) freeBuffer(digits);
  return finishInt(t, result, limbs, negative);
}

}  // namespace krait
