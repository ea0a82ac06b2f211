// What the files of str share: dispatch over the three widths, copying between widths, and where the type is put together.
#pragma once
#include "runtime/core/error.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/str_builder.h"

namespace krait {

// Calls f with the typed data pointer.
template <class F>
inline auto visitText(const Str* s, F f) {
  switch (s->width) {
    case 1: return f(s->data1());
    case 2: return f(s->data2());
    default: return f(s->data4());
  }
}

inline int widthFor(uint32_t max_char) { return max_char < 0x100 ? 1 : max_char < 0x10000 ? 2 : 4; }

template <class C>
inline uint32_t maxChar(const C* text, int64_t length) {
  uint32_t all = 0;  // the OR has the same highest bit as the maximum: enough to choose width and ascii
  for (int64_t i = 0; i < length; ++i) all |= text[i];
  return all;
}
// A bound with the right width for the code points [from, from+length) of s.
inline uint32_t maxCharOf(const Str* s, int64_t from, int64_t length) {
  if (s->ascii) return 0x7F;
  return visitText(s, [&](auto* text) { return maxChar(text + from, length); });
}
inline uint32_t maxCharOf(const Str* s) { return s->ascii ? 0x7F : s->width == 1 ? 0xFF : s->width == 2 ? 0xFFFF : 0x10FFFF; }

inline void putChar(void* data, int width, int64_t i, uint32_t c) {
  if (width == 1) {
    static_cast<uint8_t*>(data)[i] = uint8_t(c);
  } else if (width == 2) {
    static_cast<uint16_t*>(data)[i] = uint16_t(c);
  } else {
    static_cast<uint32_t*>(data)[i] = c;
  }
}
// Copies code points between widths; those copied fit the target width.
void copyChars(void* to, int to_width, int64_t to_index, const void* from, int from_width, int64_t from_index, int64_t count);
inline void copyStr(void* to, int to_width, int64_t to_index, const Str* s, int64_t from, int64_t count) {
  copyChars(to, to_width, to_index, s->data, s->width, from, count);
}
inline void copyStr(Str* to, int64_t to_index, const Str* s, int64_t from, int64_t count) {
  copyChars(to->data, to->width, to_index, s->data, s->width, from, count);
}

// The shortest of \xhh, \uhhhh, \Uhhhhhhhh for a code point.
void putEscape(StrBuilder& out, uint32_t c);

// Raw allocation: header and fields set, terminator written, content not. Null: memory exhausted.
Str* allocateStr(int64_t length, int width, bool ascii);
// Registers str methods and slots elsewhere: the parts of the type's table.
extern const MethodDef kStrMethods[];
void fillStrSlots(Slots& slots);

}  // namespace krait
