// str: case mappings and tests, with Unicode's full mappings and the final sigma.
#include "runtime/objects/str_internal.h"
#include "runtime/objects/str_methods.h"
#include "runtime/objects/unicode.h"

namespace krait {
namespace {

inline bool isAsciiLower(uint32_t c) { return c - 'a' < 26; }
inline bool isAsciiUpper(uint32_t c) { return c - 'A' < 26; }

// A capital sigma becomes the final form when a cased letter stands before it and none after, case-ignorable ones skipped.
uint32_t lowerSigma(const Str* s, int64_t at) {
  int64_t i = at - 1;
  while (i >= 0 && unicode::has(s->at(i), unicode::kCaseIgnorable)) --i;
  if (i < 0 || !unicode::has(s->at(i), unicode::kCased)) return 0x3C3;
  i = at + 1;
  while (i < s->length && unicode::has(s->at(i), unicode::kCaseIgnorable)) ++i;
  return i < s->length && unicode::has(s->at(i), unicode::kCased) ? 0x3C3 : 0x3C2;
}

int lowerAt(const Str* s, int64_t at, uint32_t c, uint32_t* out) {
  if (c == 0x3A3) {
    out[0] = lowerSigma(s, at);
    return 1;
  }
  return unicode::toLower(c, out);
}

// f(i, c, out) gives the mapping of the code point at i.
template <class F>
Ref<> mapChars(Thread& t, const Str* s, F f) {
  StrBuilder builder(t);
  for (int64_t i = 0; i < s->length; ++i) {
    uint32_t out[4];
    int count = f(i, s->at(i), out);
    for (int k = 0; k < count; ++k) builder.append(out[k]);
  }
  return builder.finish();
}

template <class F>
Ref<> mapAscii(Thread& t, const Str* s, F f) {
  Ref<Str> result = s->length == 1 ? Ref<Str>(share(charStr(f(s->data[0])))) : newStrBlank(t, s->length, 0x7F);
  if (!result || s->length <= 1) return result;
  const uint8_t* from = s->data;
  uint8_t* to = result->data;
  for (int64_t i = 0, n = s->length; i < n; ++i) to[i] = f(from[i]);
  return result;
}

}  // namespace

Ref<> strLowerMethod(Thread& t, Value self) {
  Str* s = asStr(self);
  if (s->ascii) return mapAscii(t, s, [](uint8_t c) { return uint8_t(isAsciiUpper(c) ? c + 32 : c); });
  return mapChars(t, s, [s](int64_t i, uint32_t c, uint32_t* out) { return lowerAt(s, i, c, out); });
}

Ref<> strUpperMethod(Thread& t, Value self) {
  Str* s = asStr(self);
  if (s->ascii) return mapAscii(t, s, [](uint8_t c) { return uint8_t(isAsciiLower(c) ? c - 32 : c); });
  return mapChars(t, s, [](int64_t, uint32_t c, uint32_t* out) { return unicode::toUpper(c, out); });
}

Ref<> strCasefoldMethod(Thread& t, Value self) {
  Str* s = asStr(self);
  if (s->ascii) return strLowerMethod(t, self);
  return mapChars(t, s, [](int64_t, uint32_t c, uint32_t* out) { return unicode::toFolded(c, out); });
}

Ref<> strSwapCaseMethod(Thread& t, Value self) {
  Str* s = asStr(self);
  if (s->ascii) {
    return mapAscii(t, s, [](uint8_t c) { return uint8_t(isAsciiLower(c) ? c - 32 : isAsciiUpper(c) ? c + 32 : c); });
  }
  return mapChars(t, s, [s](int64_t i, uint32_t c, uint32_t* out) {
    if (unicode::isUpper(c)) return lowerAt(s, i, c, out);
    if (unicode::isLower(c)) return unicode::toUpper(c, out);
    out[0] = c;
    return 1;
  });
}

Ref<> strCapitalizeMethod(Thread& t, Value self) {
  Str* s = asStr(self);
  return mapChars(t, s, [s](int64_t i, uint32_t c, uint32_t* out) {
    return i == 0 ? unicode::toTitle(c, out) : lowerAt(s, i, c, out);
  });
}

Ref<> strTitleMethod(Thread& t, Value self) {
  Str* s = asStr(self);
  bool in_word = false;
  return mapChars(t, s, [s, &in_word](int64_t i, uint32_t c, uint32_t* out) {
    int count = in_word ? lowerAt(s, i, c, out) : unicode::toTitle(c, out);
    in_word = unicode::has(c, unicode::kCased);
    return count;
  });
}

Ref<> strIsLowerMethod(Thread&, Value self) {
  Str* s = asStr(self);
  bool cased = false;
  for (int64_t i = 0; i < s->length; ++i) {
    uint32_t c = s->at(i);
    if (unicode::has(c, unicode::kUpper | unicode::kTitle)) return steal(kFalse);
    cased |= unicode::isLower(c);
  }
  return steal(Value::fromBool(cased));
}

Ref<> strIsUpperMethod(Thread&, Value self) {
  Str* s = asStr(self);
  bool cased = false;
  for (int64_t i = 0; i < s->length; ++i) {
    uint32_t c = s->at(i);
    if (unicode::has(c, unicode::kLower | unicode::kTitle)) return steal(kFalse);
    cased |= unicode::isUpper(c);
  }
  return steal(Value::fromBool(cased));
}

Ref<> strIsTitleMethod(Thread&, Value self) {
  Str* s = asStr(self);
  bool cased = false, in_word = false;
  for (int64_t i = 0; i < s->length; ++i) {
    uint32_t c = s->at(i);
    if (unicode::has(c, unicode::kUpper | unicode::kTitle)) {
      if (in_word) return steal(kFalse);
      in_word = cased = true;
    } else if (unicode::isLower(c)) {
      if (!in_word) return steal(kFalse);
      cased = true;
    } else {
      in_word = false;
    }
  }
  return steal(Value::fromBool(cased));
}

}  // namespace krait
