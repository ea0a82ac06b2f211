// str: comparison, concatenation, slicing, searching, joining, repr.
#include <algorithm>
#include "runtime/objects/byte_search.h"
#include "runtime/objects/list.h"
#include "runtime/objects/str_internal.h"
#include "runtime/objects/tuple.h"
#include "runtime/objects/unicode.h"

namespace krait {

// ---- comparing ----

bool strEqual(const Str* a, const Str* b) {
  if (a == b) return true;
  if (a->length != b->length || a->width != b->width) return false;
  if (a->hash != b->hash && a->hash != -1 && b->hash != -1) return false;
  return memcmp(a->data, b->data, a->bytes()) == 0;
}

int strCompare(const Str* a, const Str* b) {
  if (a == b) return 0;
  int64_t common = std::min(a->length, b->length);
  if (a->width == 1 && b->width == 1) {
    if (int order = memcmp(a->data, b->data, size_t(common))) return order;
  } else {
    int order = visitText(a, [&](auto* x) {
      return visitText(b, [&](auto* y) {
        for (int64_t i = 0; i < common; ++i) {
          if (x[i] != y[i]) return uint32_t(x[i]) < uint32_t(y[i]) ? -1 : 1;
        }
        return 0;
      });
    });
    if (order) return order;
  }
  return a->length < b->length ? -1 : a->length > b->length ? 1 : 0;
}

std::string_view asciiView(const Str* str) {
  KRAIT_AUDIT_ASSERT(str->ascii, "asciiView of a string that is not ASCII");
  return {reinterpret_cast<const char*>(str->data), size_t(str->length)};
}

bool strEqualsAscii(const Str* str, std::string_view ascii) {
  return str->ascii && size_t(str->length) == ascii.size() && memcmp(str->data, ascii.data(), ascii.size()) == 0;
}

// ---- concatenation ----

namespace {

Ref<> concatInto(Thread& t, const Str* a, const Str* b, uint32_t spare) {
  int width = std::max(a->width, b->width);
  int64_t length = a->length + b->length;
  if (length > kMaxStrLength) return raiseNoMemory(t);
  uint32_t capacity = strCapacityFor(length, width) + spare;
  Str* s = static_cast<Str*>(allocateObject(strSize(capacity), Sort::kPlain, &types::Str, kKindStr));
  if (!s) return raiseNoMemory(t);
  s->hash = -1;
  s->length = length;
  s->capacity = capacity;
  s->width = uint8_t(width);
  s->ascii = a->ascii && b->ascii;
  s->interned = 0;
  s->reserved = 0;
  copyStr(s, 0, a, 0, a->length);
  copyStr(s, a->length, b, 0, b->length);
  putChar(s->data, width, length, 0);
  return steal(Value(s));
}

}  // namespace

Ref<> strConcat(Thread& t, Value a, Value b) {
  Str* x = asStr(a);
  Str* y = asStr(b);
  if (y->length == 0 && isExactStr(a)) return share(a);
  if (x->length == 0 && isExactStr(b)) return share(b);
  return concatInto(t, x, y, 0);
}

Ref<> strAppend(Thread& t, Ref<> a, Value b) {
  Str* x = asStr(a);
  Str* y = asStr(b);
  if (y->length == 0 && isExactStr(a)) return a;
  if (x->length == 0 && isExactStr(b)) return share(b);
  // In place only when nobody else can see it: no other reference, no weak user (kFlagsAtDeath), not in the intern table.
  if (x->count != 1 || !isExactStr(a) || x->interned || y->width > x->width || x->hasFlag(kFlagsAtDeath)) {
    return concatInto(t, x, y, 0);
  }
  int64_t length = x->length + y->length;
  if (length > kMaxStrLength) return raiseNoMemory(t);
  uint32_t needed = strCapacityFor(length, x->width);
  if (needed > x->capacity) {
    uint32_t capacity = needed + needed / 4;  // amortises a chain of appends
    Object* moved = resizeObject(x, strSize(x->capacity), strSize(capacity));
    if (!moved) return raiseNoMemory(t);
    (void)a.leak();
    x = static_cast<Str*>(moved);
    x->capacity = capacity;
    a = steal(Value(x));
  }
  copyStr(x, x->length, y, 0, y->length);
  x->length = length;
  x->ascii = x->ascii && y->ascii;
  x->hash = -1;
  putChar(x->data, x->width, length, 0);
  return a;
}

// ---- parts ----

Ref<> strItem(Thread& t, Str* str, int64_t index) {
  uint32_t c = str->at(index);
  if (KRAIT_LIKELY(c < 256)) return share(Value(charStr(c)));
  return newCharStr(t, c);
}

Ref<Str> strSlice(Thread& t, Str* str, int64_t start, int64_t stop, int64_t step) {
  if (step == 1) {
    int64_t count = stop - start;
    if (count <= 0) return share(emptyStr());
    if (count == str->length && isExactStr(str)) return share(str);
    if (count == 1) return strItem(t, str, start).as<Str>();
    Ref<Str> part = newStrBlank(t, count, maxCharOf(str, start, count));
    if (part) copyStr(part.get(), 0, str, start, count);
    return part;
  }
  int64_t count = step > 0 ? (start < stop ? (stop - start - 1) / step + 1 : 0) : (stop < start ? (start - stop - 1) / -step + 1 : 0);
  uint32_t max_char = str->ascii ? 0x7F : 0;
  int64_t at = start;
  for (int64_t i = 0; !str->ascii && i < count; ++i, at += step) max_char |= str->at(at);
  if (count == 1) return strItem(t, str, start).as<Str>();
  Ref<Str> part = newStrBlank(t, count, max_char);
  if (!part) return part;
  at = start;
  if (str->width == 1 && part->width == 1) {
    for (int64_t i = 0; i < count; ++i, at += step) part->data[i] = str->data[at];
    return part;
  }
  for (int64_t i = 0; i < count; ++i, at += step) putChar(part->data, part->width, i, str->at(at));
  return part;
}

// ---- searching ----

namespace {

// The part, at the width of the text: the search is one of bytes, and hits that are not aligned to a code point are
// skipped.
template <class C>
int64_t findForward(const C* text, int64_t start, int64_t end, const C* part, int64_t part_length) {
  const char* base = reinterpret_cast<const char*>(text);
  const char* from = base + start * int64_t(sizeof(C));
  const char* to = base + end * int64_t(sizeof(C));
  size_t size = size_t(part_length) * sizeof(C);
  while (to - from >= int64_t(size)) {
    const char* hit = searchBytes(from, size_t(to - from), reinterpret_cast<const char*>(part), size);
    if (!hit) return -1;
    int64_t offset = hit - base;
    if (offset % int64_t(sizeof(C)) == 0) return offset / int64_t(sizeof(C));
    from = base + (offset / int64_t(sizeof(C)) + 1) * int64_t(sizeof(C));
  }
  return -1;
}

template <class C>
int64_t findBackward(const C* text, int64_t start, int64_t end, const C* part, int64_t part_length) {
  for (int64_t i = end - part_length; i >= start; --i) {
    if (text[i] == part[0] && memcmp(text + i, part, size_t(part_length) * sizeof(C)) == 0) return i;
  }
  return -1;
}

template <class C>
int64_t findChar(const C* text, int64_t start, int64_t end, uint32_t c, bool reverse) {
  if constexpr (sizeof(C) == 1) {
    const void* hit = reverse ? memrchr(text + start, int(c), size_t(end - start)) : memchr(text + start, int(c), size_t(end - start));
    return hit ? static_cast<const C*>(hit) - text : -1;
  } else if (reverse) {
    for (int64_t i = end; i-- > start;) {
      if (text[i] == c) return i;
    }
    return -1;
  } else {
    for (int64_t i = start; i < end; ++i) {
      if (text[i] == c) return i;
    }
    return -1;
  }
}

// A part of another width, where there is no memory for a copy of the text's width.
int64_t findWithoutMemory(const Str* str, const Str* part, int64_t start, int64_t end, bool reverse) {
  int64_t last = end - part->length;
  for (int64_t n = 0; n <= last - start; ++n) {
    int64_t at = reverse ? last - n : start + n, same = 0;
    while (same < part->length && str->at(at + same) == part->at(same)) ++same;
    if (same == part->length) return at;
  }
  return -1;
}

}  // namespace

int64_t strFind(const Str* str, const Str* part, int64_t start, int64_t end, bool reverse) {
  if (end > str->length) end = str->length;
  if (part->length > end - start) return -1;
  if (part->length == 0) return reverse ? end : start;
  if (part->width > str->width) return -1;
  if (part->length == 1) {
    uint32_t c = part->at(0);
    return visitText(str, [&](auto* text) { return findChar(text, start, end, c, reverse); });
  }
  if (part->width == str->width) {
    return visitText(str, [&](auto* text) {
      auto* needle = reinterpret_cast<decltype(text)>(part->data);
      return reverse ? findBackward(text, start, end, needle, part->length) : findForward(text, start, end, needle, part->length);
    });
  }
  // A narrower part in wide text: search its widened copy.
  uint32_t local[64];
  void* wide = local;
  size_t bytes = size_t(part->length) * str->width;
  if (bytes > sizeof local) wide = allocateBuffer(bytes);
  if (!wide) return findWithoutMemory(str, part, start, end, reverse);
  copyChars(wide, str->width, 0, part->data, part->width, 0, part->length);
  int64_t result = visitText(str, [&](auto* text) {
    auto* needle = static_cast<decltype(text)>(wide);
    return reverse ? findBackward(text, start, end, needle, part->length) : findForward(text, start, end, needle, part->length);
  });
  if (wide != local) freeBuffer(wide);
  return result;
}

// ---- joining ----

Ref<Str> strJoin(Thread& t, Value separator, const Value* items, size_t count) {
  if (count == 0) return share(emptyStr());
  Str* between = asStr(separator);
  int64_t length = 0;
  int width = count > 1 ? between->width : 1;
  bool ascii = count > 1 ? between->ascii : true;
  for (size_t i = 0; i < count; ++i) {
    if (!isStr(items[i])) {
      return raise(t, exc::TypeError, "sequence item %zu: expected str instance, %.80s found", i, typeName(items[i]));
    }
    Str* item = asStr(items[i]);
    length += item->length;
    width = std::max<int>(width, item->width);
    ascii &= item->ascii;
  }
  if (count == 1 && isExactStr(items[0])) return share(asStr(items[0]));
  if (between->length && int64_t(count - 1) > (INT64_MAX - length) / between->length) {
    return raise(t, exc::OverflowError, "join() result is too long for a Python string");
  }
  length += int64_t(count - 1) * between->length;
  if (length == 0) return share(emptyStr());
  if (length == 1 && width == 1) {
    for (size_t i = 0; i < count; ++i) {
      if (asStr(items[i])->length) return share(charStr(asStr(items[i])->data[0]));
    }
    return share(charStr(between->data[0]));
  }
  Str* result = allocateStr(length, width, ascii);
  if (!result) return raiseNoMemory(t);
  int64_t at = 0;
  for (size_t i = 0; i < count; ++i) {
    if (i && between->length) {
      copyStr(result, at, between, 0, between->length);
      at += between->length;
    }
    Str* item = asStr(items[i]);
    copyStr(result, at, item, 0, item->length);
    at += item->length;
  }
  return steal(result);
}

// ---- repr ----

Ref<Str> strRepr(Thread& t, Str* str) {
  bool single = false, both = false, plain = true;
  for (int64_t i = 0; i < str->length; ++i) {
    uint32_t c = str->at(i);
    if (c == '\'') single = true;
    if (c == '"') both = true;
    if (c == '\\' || c < ' ' || c >= 0x7F) plain = false;
  }
  uint32_t quote = single && !both ? '"' : '\'';
  if (plain && !(single && quote == '\'')) {
    Ref<Str> result = newStrBlank(t, str->length + 2, 0x7F);
    if (!result) return result;
    result->data[0] = uint8_t(quote);
    copyStr(result.get(), 1, str, 0, str->length);
    result->data[str->length + 1] = uint8_t(quote);
    return result;
  }
  StrBuilder out(t);
  out.append(quote);
  for (int64_t i = 0; i < str->length; ++i) {
    uint32_t c = str->at(i);
    if (c == quote || c == '\\') {
      out.append('\\');
      out.append(c);
    } else if (c == '\n') {
      out.appendAscii("\\n");
    } else if (c == '\t') {
      out.appendAscii("\\t");
    } else if (c == '\r') {
      out.appendAscii("\\r");
    } else if (c < 0x7F && c >= ' ') {
      out.append(c);
    } else if (c > 0x7F && unicode::isPrintable(c)) {
      out.append(c);
    } else {
      putEscape(out, c);
    }
  }
  out.append(quote);
  return out.finish();
}

void putEscape(StrBuilder& out, uint32_t c) {
  static const char kHex[] = "0123456789abcdef";
  int digits = c < 0x100 ? 2 : c < 0x10000 ? 4 : 8;
  out.append('\\');
  out.append(digits == 2 ? 'x' : digits == 4 ? 'u' : 'U');
  while (digits-- > 0) out.append(kHex[c >> (4 * digits) & 15]);
}

}  // namespace krait
