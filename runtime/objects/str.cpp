// str: making, interning, hashing. Operations are in str_ops.cpp, methods in str_methods*.cpp.
#include "runtime/objects/str.h"
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include "runtime/memory/failure.h"
#include "runtime/objects/hash_bytes.h"
#include "runtime/objects/str_internal.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/variable.h"

namespace krait {

// ---- allocation ----

Str* allocateStr(int64_t length, int width, bool ascii) {
  if (length > kMaxStrLength) return nullptr;
  uint32_t capacity = strCapacityFor(length, width);
  Str* s = static_cast<Str*>(allocateObject(strSize(capacity), Sort::kPlain, &types::Str, kKindStr));
  if (!s) return nullptr;
  s->hash = -1;
  s->length = length;
  s->capacity = capacity;
  s->width = uint8_t(width);
  s->ascii = ascii;
  s->interned = 0;
  s->reserved = 0;
  putChar(s->data, width, length, 0);
  return s;
}

void copyChars(void* to, int to_width, int64_t to_index, const void* from, int from_width, int64_t from_index, int64_t count) {
  char* target = static_cast<char*>(to) + to_index * to_width;
  const char* source = static_cast<const char*>(from) + from_index * from_width;
  if (to_width == from_width) {
    memcpy(target, source, size_t(count) * size_t(to_width));
    return;
  }
  auto convert = [count](auto* out, auto* in) {
    for (int64_t i = 0; i < count; ++i) out[i] = static_cast<std::remove_reference_t<decltype(out[0])>>(in[i]);
  };
  auto fromAny = [&](auto* out) {
    if (from_width == 1) {
      convert(out, reinterpret_cast<const uint8_t*>(source));
    } else if (from_width == 2) {
      convert(out, reinterpret_cast<const uint16_t*>(source));
    } else {
      convert(out, reinterpret_cast<const uint32_t*>(source));
    }
  };
  if (to_width == 1) {
    fromAny(reinterpret_cast<uint8_t*>(target));
  } else if (to_width == 2) {
    fromAny(reinterpret_cast<uint16_t*>(target));
  } else {
    fromAny(reinterpret_cast<uint32_t*>(target));
  }
}

// ---- immortal strings ----

namespace {

Str* empty_string;

Str* makeImmortal(Str* s) {
  KRAIT_ASSERT(s, "no memory for a string at start-up");
  s->count = kImmortalCount;
  return s;
}

}  // namespace

Str* char_strs[256];
Str* makeCharStr(uint32_t latin1) {
  AllocationsSucceed scope;
  Str* s = makeImmortal(allocateStr(1, 1, latin1 < 0x80));
  s->data[0] = uint8_t(latin1);
  return char_strs[latin1] = s;
}

Str* emptyStr() {
  if (KRAIT_UNLIKELY(!empty_string)) empty_string = makeImmortal(allocateStr(0, 1, true));
  return empty_string;
}

Ref<Str> newCharStr(Thread& t, uint32_t code_point) {
  if (code_point < 256) return share(charStr(code_point));
  Str* s = allocateStr(1, widthFor(code_point), false);
  if (!s) return raiseNoMemory(t);
  putChar(s->data, s->width, 0, code_point);
  return steal(s);
}

// ---- making ----

Ref<Str> newStrBlank(Thread& t, int64_t length, uint32_t max_char) {
  if (length == 0) return share(emptyStr());
  Str* s = allocateStr(length, widthFor(max_char), max_char < 0x80);
  if (!s) return raiseNoMemory(t);
  return steal(s);
}

namespace {

// ASCII test, eight bytes a step.
bool allAscii(const char* p, size_t size) {
  size_t i = 0;
  for (; i + 8 <= size; i += 8) {
    uint64_t word;
    memcpy(&word, p + i, 8);
    if (word & 0x8080808080808080) return false;
  }
  for (; i < size; ++i) {
    if (p[i] & 0x80) return false;
  }
  return true;
}

}  // namespace

Ref<Str> newStrLatin1(Thread& t, std::string_view latin1) {
  if (latin1.size() <= 1) return share(latin1.empty() ? emptyStr() : charStr(uint8_t(latin1[0])));
  Str* s = allocateStr(int64_t(latin1.size()), 1, allAscii(latin1.data(), latin1.size()));
  if (!s) return raiseNoMemory(t);
  memcpy(s->data, latin1.data(), latin1.size());
  return steal(s);
}

Ref<Str> newStrUcs4(Thread& t, const uint32_t* text, int64_t length) {
  uint32_t max_char = maxChar(text, length);
  if (length == 1 && max_char < 256) return share(charStr(text[0]));
  Ref<Str> s = newStrBlank(t, length, max_char);
  if (s && length) copyChars(s->data, s->width, 0, text, 4, 0, length);
  return s;
}

Ref<Str> newStrUtf8(Thread& t, std::string_view utf8) {
  if (allAscii(utf8.data(), utf8.size())) return newStrLatin1(t, utf8);
  // First pass: count and find the width from the lead bytes.
  int64_t length = 0;
  uint32_t max_char = 0;
  for (unsigned char c : utf8) {
    if ((c & 0xC0) == 0x80) continue;
    ++length;
    uint32_t bound = c < 0x80 ? 0x7F : c < 0xC4 ? 0xFF : c < 0xF0 ? 0xFFFF : 0x10FFFF;
    if (bound > max_char) max_char = bound;
  }
  if (length == 1 && max_char < 256) return share(charStr((uint32_t(utf8[0] & 0x1F) << 6) | uint32_t(utf8[1] & 0x3F)));
  Ref<Str> s = newStrBlank(t, length, max_char);
  if (!s) return s;
  const unsigned char* p = reinterpret_cast<const unsigned char*>(utf8.data());
  for (int64_t i = 0; i < length; ++i) {
    uint32_t c = *p++;
    if (c >= 0xF0) {
      c = (c & 7) << 18 | uint32_t(p[0] & 0x3F) << 12 | uint32_t(p[1] & 0x3F) << 6 | uint32_t(p[2] & 0x3F);
      p += 3;
    } else if (c >= 0xE0) {
      c = (c & 15) << 12 | uint32_t(p[0] & 0x3F) << 6 | uint32_t(p[1] & 0x3F);
      p += 2;
    } else if (c >= 0xC0) {
      c = (c & 31) << 6 | uint32_t(p[0] & 0x3F);
      p += 1;
    }
    putChar(s->data, s->width, i, c);
  }
  return s;
}

Ref<Str> strFormat(Thread& t, const char* format, ...) {
  char local[512];
  va_list arguments, again;
  va_start(arguments, format);
  va_copy(again, arguments);
  int size = vsnprintf(local, sizeof local, format, arguments);
  va_end(arguments);
  Ref<Str> result;
  if (size_t(size) < sizeof local) {
    result = newStrUtf8(t, {local, size_t(size)});
  } else if (char* buffer = static_cast<char*>(allocateBuffer(size_t(size) + 1))) {
    vsnprintf(buffer, size_t(size) + 1, format, again);
    result = newStrUtf8(t, {buffer, size_t(size)});
    freeBuffer(buffer);
  } else {
    (void)raiseNoMemory(t);
  }
  va_end(again);
  return result;
}

// ---- hashing and interning ----

Hash strHash(Str* s) {
  if (s->hash == -1) s->hash = hashBytes(s->data, s->bytes());
  return s->hash;
}

namespace {

// Open addressing; entries are not owned: a mortal interned string leaves the table when it dies.
struct InternTable {
  Str** entries = nullptr;
  size_t mask = 0;
  size_t used = 0;  // tombstones included
  size_t live = 0;
};
InternTable interns;
Str* const kTombstone = reinterpret_cast<Str*>(8);

size_t internProbe(Hash hash, const Str* text, bool* found) {
  size_t i = size_t(hash) & interns.mask;
  size_t free = SIZE_MAX;
  for (;; i = (i + 1) & interns.mask) {
    Str* entry = interns.entries[i];
    if (!entry) {
      *found = false;
      return free == SIZE_MAX ? i : free;
    }
    if (entry == kTombstone) {
      if (free == SIZE_MAX) free = i;
    } else if (entry == text || (entry->hash == hash && strEqual(entry, text))) {
      *found = true;
      return i;
    }
  }
}

bool internReserve() {
  if (interns.entries && (interns.used + 1) * 3 < (interns.mask + 1) * 2) return true;
  size_t size = 4096;
  while (size < interns.live * 4) size *= 2;
  Str** fresh = static_cast<Str**>(allocateBuffer(size * sizeof(Str*)));
  if (!fresh) return false;
  memset(fresh, 0, size * sizeof(Str*));
  for (size_t i = 0; interns.entries && i <= interns.mask; ++i) {
    Str* entry = interns.entries[i];
    if (!entry || entry == kTombstone) continue;
    size_t j = size_t(entry->hash) & (size - 1);
    while (fresh[j]) j = (j + 1) & (size - 1);
    fresh[j] = entry;
  }
  if (interns.entries) freeBuffer(interns.entries);
  interns.entries = fresh;
  interns.mask = size - 1;
  interns.used = interns.live;
  return true;
}

void internInsert(size_t at, Str* s) {
  if (!interns.entries[at]) ++interns.used;
  interns.entries[at] = s;
  ++interns.live;
}

void internForget(Str* s) {
  size_t i = size_t(s->hash) & interns.mask;
  while (interns.entries[i] != s) i = (i + 1) & interns.mask;
  interns.entries[i] = kTombstone;
  --interns.live;
}

void strDealloc(Object* self) {
  Str* s = static_cast<Str*>(self);
  if (s->interned) internForget(s);
  freeInstance(s);
}

}  // namespace

Str* internStatic(const char* ascii) {
  AllocationsSucceed scope;
  size_t size = strlen(ascii);
  Str* s = size == 1 ? charStr(uint8_t(*ascii)) : size == 0 ? emptyStr() : makeImmortal(allocateStr(int64_t(size), 1, true));
  memcpy(s->data, ascii, size);
  KRAIT_ASSERT(internReserve(), "no memory for interned strings at start-up");
  bool found;
  size_t at = internProbe(strHash(s), s, &found);
  if (found) {
    Str* known = interns.entries[at];
    if (known != s) {
      s->count = 0;
      freeObject(s, strSize(s->capacity), Sort::kPlain);
    }
    known->count = kImmortalCount;
    known->interned = 2;
    return known;
  }
  s->interned = 2;
  internInsert(at, s);
  return s;
}

Ref<Str> intern(Thread& t, Ref<Str> str) {
  if (str->interned) return str;
  if (!isExactStr(str)) return str;
  if (!internReserve()) return raiseNoMemory(t);
  bool found;
  size_t at = internProbe(strHash(str.get()), str.get(), &found);
  if (found) return share(interns.entries[at]);
  str->interned = str->immortal() ? 2 : 1;
  internInsert(at, str.get());
  return str;
}

bool isInterned(const Str* str) { return str->interned != 0; }

// ---- type ----

const TypeSpec& strTypeSpec() {
  static const TypeSpec spec{
      .type = &types::Str,
      .basic_size = sizeof(Str),
      .doc = "str(object='') -> str\nstr(bytes_or_buffer[, encoding[, errors]]) -> str\n\n"
             "The text of an object, or text decoded from bytes (utf-8 and strict errors unless told otherwise).",
      .methods = kStrMethods,
      .dealloc = strDealloc,
      .fill = fillStrSlots,
  };
  return spec;
}

}  // namespace krait
