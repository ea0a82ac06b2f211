// str: immutable text of 1, 2 or 4 bytes a code point, the narrowest that holds its content.
#pragma once
#include <cstring>
#include <string_view>
#include "runtime/core/type.h"

namespace krait {

//  16 hash (-1: not computed)   24 length in code points   32 capacity of data[] in 8-byte words, terminator included
//  36 width (1, 2, 4)  37 ascii  38 interned (0 no, 1 mortal, 2 immortal)   40 data, ended by a zero code point
struct Str : Object {
  Hash hash;
  int64_t length;
  uint32_t capacity;
  uint8_t width;
  bool ascii;
  uint8_t interned;
  uint8_t reserved;
  uint8_t data[];

  const uint8_t* data1() const { return data; }
  const uint16_t* data2() const { return reinterpret_cast<const uint16_t*>(data); }
  const uint32_t* data4() const { return reinterpret_cast<const uint32_t*>(data); }
  uint32_t at(int64_t i) const { return width == 1 ? data[i] : width == 2 ? data2()[i] : data4()[i]; }
  size_t bytes() const { return size_t(length) * width; }
};

// Bytes of a str object (without a subclass's attributes).
inline constexpr size_t strSize(uint32_t capacity) { return sizeof(Str) + size_t(capacity) * 8; }
inline constexpr uint32_t strCapacityFor(int64_t length, int width) {  // the length was checked against kMaxStrLength
  return uint32_t((size_t(length + 1) * size_t(width) + 7) / 8);
}
inline constexpr int64_t kMaxStrLength = (int64_t(1) << 32) - 16;     // of any width: longer ones are a MemoryError

inline Str* asStr(Value v) { return static_cast<Str*>(v.asObject()); }  // str or a subclass
inline bool isExactStr(Value v) { return v.isObject() && v.asObject()->kind == kKindStr; }

struct StrIterator : Object {  // str_iterator, and str_ascii_iterator over ASCII text
  Value text;      // owned; empty: exhausted
  int64_t index;
};

// --- making; all results are exact str, owned; empty: MemoryError raised ---
Ref<Str> newStrUtf8(Thread& t, std::string_view utf8);              // valid UTF-8 or WTF-8 (surrogates allowed)
Ref<Str> newStrLatin1(Thread& t, std::string_view latin1);
Ref<Str> newStrUcs4(Thread& t, const uint32_t* text, int64_t length);
Ref<Str> newStrBlank(Thread& t, int64_t length, uint32_t max_char); // content to be written by the caller before anyone sees it
Ref<Str> strFormat(Thread& t, const char* format, ...) __attribute__((format(printf, 2, 3)));  // UTF-8, printf
extern Str* char_strs[256];                                         // made when first asked for: use charStr
Str* makeCharStr(uint32_t latin1);
inline Str* charStr(uint32_t latin1) {                              // the cached one-character string, immortal, borrowed; < 256
  Str* s = char_strs[latin1];
  return KRAIT_LIKELY(s != nullptr) ? s : makeCharStr(latin1);
}
Ref<Str> newCharStr(Thread& t, uint32_t code_point);
Str* emptyStr();                                                    // immortal, borrowed

// --- interning: identifiers are compared by pointer ---
Str* internStatic(const char* ascii);                               // immortal, borrowed; start-up and constants (aborts on no memory)
Ref<Str> intern(Thread& t, Ref<Str> str);                           // the canonical equal string
bool isInterned(const Str* str);

// --- looking ---
Hash strHash(Str* str);                                             // computes and caches; never fails
bool strEqual(const Str* a, const Str* b);
int strCompare(const Str* a, const Str* b);                         // <0, 0, >0 by code point
// UTF-8 bytes; valid while the string lives for ASCII strings, else until `buffer` goes. False: surrogates, raised.
class Utf8;                                                         // str_utf8.h
std::string_view asciiView(const Str* str);                         // only for ascii strings
bool strEqualsAscii(const Str* str, std::string_view ascii);

// --- operations: operands are str or subclasses; results exact ---
Ref<> strConcat(Thread& t, Value a, Value b);
// Appends in place when `a` has count 1 and is exact and not interned; consumes a.
Ref<> strAppend(Thread& t, Ref<> a, Value b);
Ref<> strItem(Thread& t, Str* str, int64_t index);                  // index in range, not negative
Ref<Str> strSlice(Thread& t, Str* str, int64_t start, int64_t stop, int64_t step);  // as slice.indices gives them
Ref<Str> strJoin(Thread& t, Value separator, const Value* items, size_t count);     // items checked: TypeError
Ref<Str> strRepr(Thread& t, Str* str);
int64_t strFind(const Str* str, const Str* part, int64_t start, int64_t end, bool reverse);  // -1: absent

}  // namespace krait
