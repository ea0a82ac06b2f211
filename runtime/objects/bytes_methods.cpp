// Methods that bytes and bytearray share, and the tables of both. Results have the type of self (bytes or bytearray).
//
// Arguments are converted before the content of self is looked at: conversion may run Python code, which may change a bytearray.
#include <algorithm>
#include <cstring>
#include "runtime/objects/bytes_internal.h"
#include "runtime/objects/codecs.h"
#include "runtime/objects/int.h"
#include "runtime/objects/piece_list.h"
#include "runtime/objects/search_arguments.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/objects/variable.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/iteration.h"
#include "runtime/protocols/protocols.h"

namespace krait {
namespace {

inline bool isSpace(char c) { return c == ' ' || (c >= 9 && c <= 13); }
inline bool isLower(char c) { return c >= 'a' && c <= 'z'; }
inline bool isUpper(char c) { return c >= 'A' && c <= 'Z'; }
inline bool isAlpha(char c) { return isLower(c) || isUpper(c); }
inline bool isDigit(char c) { return c >= '0' && c <= '9'; }
inline char toLower(char c) { return isUpper(c) ? char(c + 32) : c; }
inline char toUpper(char c) { return isLower(c) ? char(c - 32) : c; }

// A new object like self of this size; *data is where its content goes. Empty: raised.
Ref<> blankLike(Thread& t, Value self, int64_t size, char** data) {
  if (isBytes(self)) {
    Bytes* b = static_cast<Bytes*>(allocateVariable(&types::Bytes, bytesSize(size)));
    if (!b || size > kMaxBytes) return raiseNoMemory(t);
    b->hash = -1;
    b->size = size;
    b->data[size] = 0;
    *data = reinterpret_cast<char*>(b->data);
    return steal(Value(b));
  }
  Ref<ByteArray> array = newByteArray(t, {});
  if (!array || !byteArrayResize(t, array.get(), size)) return kRaised;
  *data = reinterpret_cast<char*>(array->data);
  return array;
}

// ---- searching ----

int locate(Thread& t, Value self, Args args, const char* name, bool reverse, int64_t* index) {
  SearchArguments search;
  BytesPart part;
  if (!searchArguments(t, self, name, args, int64_t(contentOf(self).size()), &search) || !part.set(t, search.what)) return -1;
  std::string_view content = contentOf(self);
  *index = findBytes(content, part.view(), search.start, std::min(search.end, int64_t(content.size())), reverse);
  return *index >= 0;
}
Ref<> find(Thread& t, Value self, Args args) {
  int64_t index;
  if (locate(t, self, args, "find", false, &index) < 0) return kRaised;
  return steal(Value::fromInt(index));
}
Ref<> rfind(Thread& t, Value self, Args args) {
  int64_t index;
  if (locate(t, self, args, "rfind", true, &index) < 0) return kRaised;
  return steal(Value::fromInt(index));
}
Ref<> index(Thread& t, Value self, Args args) {
  int64_t at;
  int found = locate(t, self, args, "index", false, &at);
  if (found < 0) return kRaised;
  if (!found) return raise(t, exc::ValueError, "subsection not found");
  return steal(Value::fromInt(at));
}
Ref<> rindex(Thread& t, Value self, Args args) {
  int64_t at;
  int found = locate(t, self, args, "rindex", true, &at);
  if (found < 0) return kRaised;
  if (!found) return raise(t, exc::ValueError, "subsection not found");
  return steal(Value::fromInt(at));
}

int64_t countIn(std::string_view content, std::string_view part, int64_t start, int64_t end, int64_t most) {
  if (start > end) return 0;
  if (part.empty()) return std::min(end - start + 1, most);
  int64_t count = 0;
  while (count < most) {
    int64_t at = findBytes(content, part, start, end, false);
    if (at < 0) break;
    ++count;
    start = at + int64_t(part.size());
  }
  return count;
}
Ref<> count(Thread& t, Value self, Args args) {
  SearchArguments search;
  BytesPart part;
  if (!searchArguments(t, self, "count", args, int64_t(contentOf(self).size()), &search) || !part.set(t, search.what)) return kRaised;
  std::string_view content = contentOf(self);
  return steal(Value::fromInt(countIn(content, part.view(), search.start, std::min(search.end, int64_t(content.size())), INT64_MAX)));
}

// 1, 0, -1 raised.
int tailIs(Thread& t, Value self, Value part_value, const SearchArguments& search, bool at_end) {
  Buffer part;
  if (!part.get(t, part_value)) return -1;
  std::string_view content = contentOf(self);
  int64_t end = std::min(search.end, int64_t(content.size()));
  if (search.start > end || int64_t(part.size()) > end - search.start) return 0;
  const char* at = content.data() + (at_end ? end - int64_t(part.size()) : search.start);
  return part.size() == 0 || memcmp(at, part.data(), part.size()) == 0;
}
Ref<> tail(Thread& t, Value self, Args args, const char* name, bool at_end) {
  SearchArguments search;
  if (!searchArguments(t, self, name, args, int64_t(contentOf(self).size()), &search)) return kRaised;
  int result = 0;
  if (isTuple(search.what)) {
    Tuple* choices = asTuple(search.what);
    for (int64_t i = 0; i < choices->size && result == 0; ++i) result = tailIs(t, self, choices->items[i], search, at_end);
  } else {
    result = tailIs(t, self, search.what, search, at_end);
    if (result < 0 && raisedIs(t, exc::TypeError)) {
      clearException(t);
      return raise(t, exc::TypeError, "%s first arg must be bytes or a tuple of bytes, not %.100s", name, typeName(search.what));
    }
  }
  if (result < 0) return kRaised;
  return steal(Value::fromBool(result));
}
Ref<> startsWith(Thread& t, Value self, Args args) { return tail(t, self, args, "startswith", false); }
Ref<> endsWith(Thread& t, Value self, Args args) { return tail(t, self, args, "endswith", true); }

// self itself when it is exact bytes, else a copy.
Ref<> copyOf(Thread& t, Value self) { return isExactBytes(self) ? share(self) : newLike(t, self, contentOf(self)); }

Ref<> removePrefix(Thread& t, Value self, Value prefix) {
  Buffer part;
  if (!part.get(t, prefix)) return kRaised;
  std::string_view content = contentOf(self);
  if (part.size() == 0 || !content.starts_with(part.view())) return copyOf(t, self);
  return newLike(t, self, content.substr(part.size()));
}
Ref<> removeSuffix(Thread& t, Value self, Value suffix) {
  Buffer part;
  if (!part.get(t, suffix)) return kRaised;
  std::string_view content = contentOf(self);
  if (part.size() == 0 || !content.ends_with(part.view())) return copyOf(t, self);
  return newLike(t, self, content.substr(0, content.size() - part.size()));
}

// ---- replacing ----

Ref<> replace(Thread& t, Value self, const Value* args) {
  Buffer old, fresh;
  if (!old.get(t, args[0]) || !fresh.get(t, args[1])) return kRaised;
  int64_t most = sizeParameter(t, args[2]);
  if (most == -1 && t.raised()) return kRaised;
  if (most < 0) most = INT64_MAX;
  std::string_view content = contentOf(self);
  int64_t times = countIn(content, old.view(), 0, int64_t(content.size()), most);
  if (times == 0) return copyOf(t, self);
  int64_t growth = int64_t(fresh.size()) - int64_t(old.size());
  if (growth > 0 && times > (kMaxBytes - int64_t(content.size())) / growth) {
    return raise(t, exc::OverflowError, "replace bytes is too long");
  }
  char* out;
  Ref<> result = blankLike(t, self, int64_t(content.size()) + times * growth, &out);
  if (!result) return kRaised;
  int64_t from = 0;
  for (int64_t i = 0; i < times; ++i) {
    int64_t at = old.size() ? findBytes(content, old.view(), from, int64_t(content.size()), false) : i;
    memcpy(out, content.data() + from, size_t(at - from));
    out += at - from;
    memcpy(out, fresh.data(), fresh.size());
    out += fresh.size();
    from = at + int64_t(old.size());
  }
  memcpy(out, content.data() + from, content.size() - size_t(from));
  return result;
}

Ref<> translate(Thread& t, Value self, const Value* args) {
  Buffer table, deleted;
  if (!args[0].isNone() && !table.get(t, args[0])) return kRaised;
  if (!args[0].isNone() && table.size() != 256) return raise(t, exc::ValueError, "translation table must be 256 characters long");
  if (!args[1].empty() && !deleted.get(t, args[1])) return kRaised;
  bool drop[256] = {};
  for (size_t i = 0; i < deleted.size(); ++i) drop[deleted.data()[i]] = true;
  std::string_view content = contentOf(self);
  int64_t kept = 0;
  for (char c : content) kept += !drop[uint8_t(c)];
  char* out;
  Ref<> result = blankLike(t, self, kept, &out);
  if (!result) return kRaised;
  for (char c : content) {
    if (!drop[uint8_t(c)]) *out++ = args[0].isNone() ? c : char(table.data()[uint8_t(c)]);
  }
  return result;
}

Ref<> makeTrans(Thread& t, Value, const Value* args) {
  Buffer from, to;
  if (!from.get(t, args[0]) || !to.get(t, args[1])) return kRaised;
  if (from.size() != to.size()) return raise(t, exc::ValueError, "maketrans arguments must have same length");
  Ref<Bytes> table = newBytesBlank(t, 256);
  if (!table) return kRaised;
  for (int i = 0; i < 256; ++i) table->data[i] = uint8_t(i);
  for (size_t i = 0; i < from.size(); ++i) table->data[from.data()[i]] = to.data()[i];
  return table;
}

Ref<> expandTabs(Thread& t, Value self, const Value* args) {
  int64_t size = intParameter(t, args[0]);
  if (size == -1 && t.raised()) return kRaised;
  std::string_view content = contentOf(self);
  Ref<> result;
  char* out = nullptr;
  for (int pass = 0; pass < 2; ++pass) {  // measure, then write
    int64_t column = 0, length = 0;
    for (char c : content) {
      int64_t fill = c != '\t' ? 1 : size > 0 ? size - column % size : 0;
      if (fill > kMaxBytes - length) return raise(t, exc::OverflowError, "result too long");
      if (out) memset(out + length, c == '\t' ? ' ' : c, size_t(fill));
      length += fill;
      column = c == '\n' || c == '\r' ? 0 : column + fill;
    }
    if (pass == 0) {
      result = blankLike(t, self, length, &out);
      if (!result) return kRaised;
    }
  }
  return result;
}

// ---- aligning and stripping ----

Ref<> pad(Thread& t, Value self, int64_t left, int64_t right, char fill) {
  std::string_view content = contentOf(self);
  left = std::max<int64_t>(left, 0);
  right = std::max<int64_t>(right, 0);
  if (left == 0 && right == 0) return copyOf(t, self);
  char* out;
  Ref<> result = blankLike(t, self, int64_t(content.size()) + left + right, &out);
  if (!result) return kRaised;
  memset(out, fill, size_t(left));
  memcpy(out + left, content.data(), content.size());
  memset(out + left + content.size(), fill, size_t(right));
  return result;
}
bool alignArguments(Thread& t, Value self, const Value* args, const char* name, int64_t* width, int64_t* missing, char* fill) {
  *width = sizeParameter(t, args[0]);
  if (*width == -1 && t.raised()) return false;
  *fill = ' ';
  if (!args[1].empty()) {
    if ((!isBytes(args[1]) && !isByteArray(args[1])) || contentOf(args[1]).size() != 1) {
      return raise(t, exc::TypeError, "%s() argument 2 must be a byte string of length 1, not %.50s", name,
                   argumentTypeName(args[1]));
    }
    *fill = contentOf(args[1])[0];
  }
  *missing = *width - int64_t(contentOf(self).size());
  return true;
}
Ref<> center(Thread& t, Value self, const Value* args) {
  int64_t width, missing;
  char fill;
  if (!alignArguments(t, self, args, "center", &width, &missing, &fill)) return kRaised;
  if (missing <= 0) return copyOf(t, self);
  int64_t left = missing / 2 + (missing & width & 1);
  return pad(t, self, left, missing - left, fill);
}
Ref<> ljust(Thread& t, Value self, const Value* args) {
  int64_t width, missing;
  char fill;
  if (!alignArguments(t, self, args, "ljust", &width, &missing, &fill)) return kRaised;
  return pad(t, self, 0, missing, fill);
}
Ref<> rjust(Thread& t, Value self, const Value* args) {
  int64_t width, missing;
  char fill;
  if (!alignArguments(t, self, args, "rjust", &width, &missing, &fill)) return kRaised;
  return pad(t, self, missing, 0, fill);
}
Ref<> zfill(Thread& t, Value self, Value width_value) {
  int64_t width = sizeParameter(t, width_value);
  if (width == -1 && t.raised()) return kRaised;
  int64_t missing = width - int64_t(contentOf(self).size());
  Ref<> result = pad(t, self, missing, 0, '0');
  if (!result || missing <= 0) return result;
  char* out = const_cast<char*>(contentOf(result).data());
  if (missing < int64_t(contentOf(result).size()) && (out[missing] == '+' || out[missing] == '-')) std::swap(out[0], out[missing]);
  return result;
}

Ref<> stripSides(Thread& t, Value self, Value chars, bool left, bool right) {
  Buffer set;
  bool spaces = chars.isNone();
  if (!spaces && !set.get(t, chars)) return kRaised;
  auto unwanted = [&](char c) { return spaces ? isSpace(c) : set.view().find(c) != std::string_view::npos; };
  std::string_view content = contentOf(self);
  size_t start = 0, end = content.size();
  while (left && start < end && unwanted(content[start])) ++start;
  while (right && end > start && unwanted(content[end - 1])) --end;
  if (end - start == content.size()) return copyOf(t, self);
  return newLike(t, self, content.substr(start, end - start));
}
Ref<> strip(Thread& t, Value self, const Value* args) { return stripSides(t, self, args[0], true, true); }
Ref<> lstrip(Thread& t, Value self, const Value* args) { return stripSides(t, self, args[0], true, false); }
Ref<> rstrip(Thread& t, Value self, const Value* args) { return stripSides(t, self, args[0], false, true); }

// ---- splitting and joining ----

bool addPart(Thread& t, PieceList& list, Value self, std::string_view part) { return list.add(newLike(t, self, part)); }

Ref<> splitSides(Thread& t, Value self, const Value* args, bool reverse) {
  int64_t most = sizeParameter(t, args[1]);
  if (most == -1 && t.raised()) return kRaised;
  if (most < 0) most = INT64_MAX;
  Buffer separator;
  if (!args[0].isNone()) {
    if (!separator.get(t, args[0])) return kRaised;
    if (separator.size() == 0) return raise(t, exc::ValueError, "empty separator");
  }
  PieceList list(t);
  std::string_view content = contentOf(self);
  int64_t n = int64_t(content.size());
  if (!args[0].isNone() && !reverse && separator.size() == 1) {
    // Most pieces are short: a plain loop finds their ends sooner than memchr, which takes over for long ones.
    constexpr int64_t kShort = 24;
    const char c = separator.chars()[0];
    int64_t from = 0;
    while (most-- > 0) {
      int64_t at = from, near = std::min(n, from + kShort);
      while (at < near && content[size_t(at)] != c) ++at;
      if (at == near) {
        at = near < n ? findBytes(content, separator.view(), near, n, false) : -1;
        if (at < 0) break;
      }
      if (!addPart(t, list, self, content.substr(size_t(from), size_t(at - from)))) return kRaised;
      from = at + 1;
    }
    if (!addPart(t, list, self, content.substr(size_t(from)))) return kRaised;
  } else if (!args[0].isNone()) {
    int64_t from = 0, to = n;
    while (most-- > 0) {
      int64_t at = findBytes(content, separator.view(), from, to, reverse);
      if (at < 0) break;
      int64_t after = at + int64_t(separator.size());
      if (!addPart(t, list, self,
                   reverse ? content.substr(size_t(after), size_t(to - after))
                           : content.substr(size_t(from), size_t(at - from))))
        return kRaised;
      if (reverse) {
        to = at;
      } else {
        from = after;
      }
    }
    if (!addPart(t, list, self, content.substr(size_t(from), size_t(to - from)))) return kRaised;
  } else if (reverse) {
    int64_t i = n;
    while (true) {
      while (i > 0 && isSpace(content[size_t(i - 1)])) --i;
      if (i == 0) break;
      if (most-- == 0) {
        if (!addPart(t, list, self, content.substr(0, size_t(i)))) return kRaised;
        break;
      }
      int64_t end = i;
      while (i > 0 && !isSpace(content[size_t(i - 1)])) --i;
      if (!addPart(t, list, self, content.substr(size_t(i), size_t(end - i)))) return kRaised;
    }
  } else {
    int64_t i = 0;
    while (true) {
      while (i < n && isSpace(content[size_t(i)])) ++i;
      if (i == n) break;
      int64_t start = i;
      if (most-- == 0) {
        i = n;
      } else {
        while (i < n && !isSpace(content[size_t(i)])) ++i;
      }
      if (!addPart(t, list, self, content.substr(size_t(start), size_t(i - start)))) return kRaised;
    }
  }
  if (reverse) list.reverse();
  return list.finish();
}
Ref<> split(Thread& t, Value self, const Value* args) { return splitSides(t, self, args, false); }
Ref<> rsplit(Thread& t, Value self, const Value* args) { return splitSides(t, self, args, true); }

Ref<> splitLines(Thread& t, Value self, const Value* args) {
  int keep_ends = intParameter(t, args[0]);
  if (keep_ends == -1 && t.raised()) return kRaised;
  PieceList list(t);
  std::string_view content = contentOf(self);
  for (size_t i = 0; i < content.size();) {
    size_t start = i;
    while (i < content.size() && content[i] != '\n' && content[i] != '\r') ++i;
    size_t end = i;
    if (i < content.size()) {
      i += content[i] == '\r' && i + 1 < content.size() && content[i + 1] == '\n' ? 2 : 1;
      if (keep_ends) end = i;
    }
    if (!addPart(t, list, self, content.substr(start, end - start))) return kRaised;
  }
  return list.finish();
}

Ref<> partitionAt(Thread& t, Value self, Value separator_value, bool reverse) {
  Buffer separator;
  if (!separator.get(t, separator_value)) return kRaised;
  if (separator.size() == 0) return raise(t, exc::ValueError, "empty separator");
  std::string_view content = contentOf(self);
  int64_t at = findBytes(content, separator.view(), 0, int64_t(content.size()), reverse);
  bool found = at >= 0;
  std::string_view before = found ? content.substr(0, size_t(at)) : reverse ? std::string_view() : content;
  std::string_view after = found ? content.substr(size_t(at) + separator.size()) : reverse ? content : std::string_view();
  Ref<> middle =
      found && isBytes(self) ? share(separator_value) : newLike(t, self, found ? separator.view() : std::string_view());
  Ref<> parts[3] = {newLike(t, self, before), std::move(middle), newLike(t, self, after)};
  if (!parts[0] || !parts[1] || !parts[2]) return kRaised;
  return packTuple(t, parts[0].value(), parts[1].value(), parts[2].value());
}
Ref<> partition(Thread& t, Value self, Value separator) { return partitionAt(t, self, separator, false); }
Ref<> rpartition(Thread& t, Value self, Value separator) { return partitionAt(t, self, separator, true); }

Ref<> join(Thread& t, Value self, Value iterable) {
  if (!isList(iterable) && !isTuple(iterable) && !typeOf(iterable)->slots.iter && !typeOf(iterable)->slots.getitem) {
    return raise(t, exc::TypeError, "can only join an iterable");
  }
  Ref<Tuple> items = sequenceToTuple(t, iterable);
  if (!items) return kRaised;
  std::string_view separator = contentOf(self);
  int64_t length = items->size ? int64_t(separator.size()) * (items->size - 1) : 0;
  for (int64_t i = 0; i < items->size; ++i) {
    if (isExactBytes(items->items[i])) {
      length += asBytes(items->items[i])->size;
      continue;
    }
    Buffer part;
    if (!part.tryGet(t, items->items[i])) {
      if (t.raised()) return kRaised;
      return raise(t, exc::TypeError, "sequence item %lld: expected a bytes-like object, %.80s found", static_cast<long long>(i),
                   typeName(items->items[i]));
    }
    length += int64_t(part.size());
  }
  if (items->size == 1 && isBytes(self) && isExactBytes(items->items[0])) return share(items->items[0]);
  char* out;
  Ref<> result = blankLike(t, self, length, &out);
  if (!result) return kRaised;
  for (int64_t i = 0; i < items->size; ++i) {
    if (i) {
      memcpy(out, separator.data(), separator.size());
      out += separator.size();
    }
    if (Value item = items->items[i]; isExactBytes(item)) {
      memcpy(out, asBytes(item)->data, size_t(asBytes(item)->size));
      out += asBytes(item)->size;
      continue;
    }
    Buffer part;
    if (!part.get(t, items->items[i])) return kRaised;
    memcpy(out, part.data(), part.size());
    out += part.size();
  }
  return result;
}

// ---- case and tests ----

template <class F>
Ref<> mapBytes(Thread& t, Value self, F f) {
  std::string_view content = contentOf(self);
  char* out;
  Ref<> result = blankLike(t, self, int64_t(content.size()), &out);
  if (!result) return kRaised;
  for (size_t i = 0; i < content.size(); ++i) out[i] = f(i, content[i]);
  return result;
}
Ref<> lower(Thread& t, Value self) {
  return mapBytes(t, self, [](size_t, char c) { return toLower(c); });
}
Ref<> upper(Thread& t, Value self) {
  return mapBytes(t, self, [](size_t, char c) { return toUpper(c); });
}
Ref<> swapCase(Thread& t, Value self) {
  return mapBytes(t, self, [](size_t, char c) { return isUpper(c) ? toLower(c) : toUpper(c); });
}
Ref<> capitalize(Thread& t, Value self) {
  return mapBytes(t, self, [](size_t i, char c) { return i ? toLower(c) : toUpper(c); });
}
Ref<> title(Thread& t, Value self) {
  bool in_word = false;
  return mapBytes(t, self, [&in_word](size_t, char c) {
    char mapped = in_word ? toLower(c) : toUpper(c);
    in_word = isAlpha(c);
    return mapped;
  });
}

template <bool (*f)(char)>
Ref<> all(Thread&, Value self) {
  std::string_view content = contentOf(self);
  for (char c : content) {
    if (!f(c)) return steal(kFalse);
  }
  return steal(Value::fromBool(!content.empty()));
}
bool alnumByte(char c) { return isAlpha(c) || isDigit(c); }
bool alphaByte(char c) { return isAlpha(c); }
bool digitByte(char c) { return isDigit(c); }
bool spaceByte(char c) { return isSpace(c); }
Ref<> isAsciiMethod(Thread&, Value self) {
  for (char c : contentOf(self)) {
    if (c & 0x80) return steal(kFalse);
  }
  return steal(kTrue);
}
Ref<> isLowerMethod(Thread&, Value self) {
  bool cased = false;
  for (char c : contentOf(self)) {
    if (isUpper(c)) return steal(kFalse);
    cased |= isLower(c);
  }
  return steal(Value::fromBool(cased));
}
Ref<> isUpperMethod(Thread&, Value self) {
  bool cased = false;
  for (char c : contentOf(self)) {
    if (isLower(c)) return steal(kFalse);
    cased |= isUpper(c);
  }
  return steal(Value::fromBool(cased));
}
Ref<> isTitleMethod(Thread&, Value self) {
  bool cased = false, in_word = false;
  for (char c : contentOf(self)) {
    if (isUpper(c) ? in_word : isLower(c) && !in_word) return steal(kFalse);
    in_word = isAlpha(c);
    cased |= in_word;
  }
  return steal(Value::fromBool(cased));
}

// ---- text ----

// "utf-8" and "strict" are the defaults, and what most callers write: names in the text of a program are interned.
bool isPlainUtf8(const Value* args) {
  static Str *const utf8 = internStatic("utf-8"), *const strict = internStatic("strict");
  return args[0] == Value(utf8) && args[1] == Value(strict);
}

Ref<> decode(Thread& t, Value self, const Value* args) {
  if (isPlainUtf8(args) && isBytes(self)) return decodeText(t, asBytes(self)->view(), NativeCodec::kUtf8, nullptr);
  Utf8 encoding, errors;
  Utf8* texts[2] = {&encoding, &errors};
  for (int i = 0; i < 2; ++i) {
    if (!isStr(args[i])) {
      return raise(t, exc::TypeError, "decode() argument '%s' must be str, not %.50s", i ? "errors" : "encoding",
                   argumentTypeName(args[i]));
    }
    if (!texts[i]->set(t, asStr(args[i]))) return kRaised;
  }
  return decodeBytes(t, self, encoding.c_str(), errors.c_str());
}

Ref<> hex(Thread& t, Value self, const Value* args) {
  int64_t per_group = intParameter(t, args[1]);
  if (per_group == -1 && t.raised()) return kRaised;
  return hexText(t, contentOf(self), args[0], per_group);
}

Ref<> fromHex(Thread& t, Value cls, Value text) {
  Str* s = strParameter(t, text, "fromhex() argument");
  if (!s) return kRaised;
  Ref<ByteArray> out = newByteArray(t, {});
  if (!out || !byteArrayResize(t, out.get(), s->length / 2)) return kRaised;
  auto digit = [&](int64_t i) {
    uint32_t c = i < s->length ? s->at(i) : 0;
    uint32_t lowered = c | 0x20;
    return c >= '0' && c <= '9' ? int(c - '0') : lowered >= 'a' && lowered <= 'f' && c < 128 ? int(lowered - 'a' + 10) : -1;
  };
  int64_t size = 0;
  for (int64_t i = 0; i < s->length;) {
    uint32_t c = s->at(i);
    if (c < 128 && isSpace(char(c))) {
      ++i;
      continue;
    }
    int high = digit(i), low = high < 0 ? -1 : digit(i + 1);
    if (high < 0 || low < 0) {
      return raise(t, exc::ValueError, "non-hexadecimal number found in fromhex() arg at position %lld",
                   static_cast<long long>(high < 0 ? i : i + 1));
    }
    out->data[size++] = uint8_t(high << 4 | low);
    i += 2;
  }
  std::string_view content(reinterpret_cast<const char*>(out->data), size_t(size));
  bool array = isSubtype(static_cast<Type*>(cls.asObject()), &types::ByteArray);
  Ref<> result = array ? Ref<>(newByteArray(t, content)) : Ref<>(newBytes(t, content));
  if (!result || cls == Value(&types::Bytes) || cls == Value(&types::ByteArray)) return result;
  return call(t, cls, result);
}

Ref<> bytesMethod(Thread& t, Value self) { return copyOf(t, self); }
Ref<> newArgs(Thread& t, Value self) {
  Ref<> copy = copyOf(t, self);
  return copy ? Ref<>(packTuple(t, copy.value())) : Ref<>();
}
Ref<> sizeofMethod(Thread&, Value self) { return steal(Value::fromInt(int64_t(instanceSize(self.asObject())))); }

}  // namespace

// sep is a str or bytes of length 1, or empty; groups are counted from the right, for a negative size from the left.
Ref<> hexText(Thread& t, std::string_view content, Value separator, int64_t per_group) {
  static const char kHex[] = "0123456789abcdef";
  int sep = -1;
  if (!separator.empty()) {
    int64_t length = lengthOf(t, separator);
    if (length < 0) return kRaised;
    if (length != 1) return raise(t, exc::ValueError, "sep must be length 1.");
    if (isStr(separator)) {
      uint32_t c = asStr(separator)->at(0);
      if (c > 127) return raise(t, exc::ValueError, "sep must be ASCII.");
      sep = int(c);
    } else if (isBytes(separator)) {
      sep = asBytes(separator)->data[0];
      if (sep > 127) return raise(t, exc::ValueError, "sep must be ASCII.");
    } else {
      return raise(t, exc::TypeError, "sep must be str or bytes.");
    }
  }
  size_t n = content.size();
  size_t group = size_t(per_group < 0 ? -per_group : per_group);
  size_t separators = sep >= 0 && group && n ? (n - 1) / group : 0;
  if (n == 0) return share(Value(emptyStr()));
  Ref<Str> result = newStrBlank(t, int64_t(n * 2 + separators), 0x7F);
  if (!result) return kRaised;
  uint8_t* out = result->data;
  for (size_t i = 0; i < n; ++i) {
    if (separators && i && (per_group > 0 ? (n - i) % group == 0 : i % group == 0)) *out++ = uint8_t(sep);
    uint8_t c = uint8_t(content[i]);
    *out++ = uint8_t(kHex[c >> 4]);
    *out++ = uint8_t(kHex[c & 15]);
  }
  return result;
}

// The rows of both types.
#define KRAIT_SHARED_BYTES_METHODS                                                                                     \
  method("capitalize", capitalize, "($self, /)", "A copy with the first byte uppercased and the rest lowercased."),    \
      method("center", center, "($self, width, fillchar=b' ', /)", "A centered copy of length width."),                \
      method("count", count, nullptr, "B.count(sub[, start[, end]]) -> int"),                                          \
      method("decode", decode, "($self, /, encoding='utf-8', errors='strict')", "The bytes decoded as text."),         \
      method("endswith", endsWith, nullptr, "B.endswith(suffix[, start[, end]]) -> bool"),                             \
      method("expandtabs", expandTabs, "($self, /, tabsize=8)", "A copy where all tabs are expanded using spaces."),   \
      method("find", find, nullptr, "B.find(sub[, start[, end]]) -> int"),                                             \
      method("fromhex", fromHex, "($type, string, /)", "The bytes that a string of hexadecimal numbers stands for.",   \
             MethodKind::kClass),                                                                                      \
      method("hex", hex, "($self, /, sep=<unrepresentable>, bytes_per_sep=1)",                                         \
             "A string of hexadecimal numbers, two digits a byte. "                                                    \
             "A separator may stand between groups of bytes_per_sep bytes,\ncounted from the right, or from the left " \
             "if it is negative.\n\n"                                                                                  \
             ">>> bytes([17, 171, 34]).hex('-')\n'11-ab-22'\n>>> bytes([17, 171, 34]).hex(' ', 2)\n'11 ab22'"),        \
      method("index", index, nullptr, "B.index(sub[, start[, end]]) -> int"),                                          \
      method("isalnum", all<alnumByte>, "($self, /)", "True if all bytes are ASCII alphanumeric, and there is one."),  \
      method("isalpha", all<alphaByte>, "($self, /)", "True if all bytes are ASCII letters, and there is one."),       \
      method("isascii", isAsciiMethod, "($self, /)", "True if all bytes are ASCII."),                                  \
      method("isdigit", all<digitByte>, "($self, /)", "True if all bytes are ASCII digits, and there is one."),        \
      method("islower", isLowerMethod, "($self, /)", "True if all cased bytes are lowercase, and there is one."),      \
      method("isspace", all<spaceByte>, "($self, /)", "True if all bytes are ASCII whitespace, and there is one."),    \
      method("istitle", isTitleMethod, "($self, /)", "True if the bytes are title-cased."),                            \
      method("isupper", isUpperMethod, "($self, /)", "True if all cased bytes are uppercase, and there is one."),      \
      method("join", join, "($self, iterable_of_bytes, /)",                                                            \
             "Concatenates any number of bytes objects, with self between them."),                                     \
      method("ljust", ljust, "($self, width, fillchar=b' ', /)", "A left-justified copy of length width."),            \
      method("lower", lower, "($self, /)", "A copy with all ASCII characters lowercased."),                            \
      method("lstrip", lstrip, "($self, bytes=None, /)", "A copy with leading bytes removed."),                        \
      method("maketrans", makeTrans, "(frm, to, /)", "A translation table usable for translate().",                    \
             MethodKind::kStatic),                                                                                     \
      method("partition", partition, "($self, sep, /)",                                                                \
             "The parts before and after the first separator, and the separator."),                                    \
      method("removeprefix", removePrefix, "($self, prefix, /)", "A copy without the prefix, if it is there."),        \
      method("removesuffix", removeSuffix, "($self, suffix, /)", "A copy without the suffix, if it is there."),        \
      method("replace", replace, "($self, old, new, count=-1, /)",                                                     \
             "A copy with all occurrences of old replaced by new."),                                                   \
      method("rfind", rfind, nullptr, "B.rfind(sub[, start[, end]]) -> int"),                                          \
      method("rindex", rindex, nullptr, "B.rindex(sub[, start[, end]]) -> int"),                                       \
      method("rjust", rjust, "($self, width, fillchar=b' ', /)", "A right-justified copy of length width."),           \
      method("rpartition", rpartition, "($self, sep, /)",                                                              \
             "The parts before and after the last separator, and the separator."),                                     \
      method("rsplit", rsplit, "($self, /, sep=None, maxsplit=-1)", "Like split, starting at the end."),               \
      method("rstrip", rstrip, "($self, bytes=None, /)", "A copy with trailing bytes removed."),                       \
      method("split", split, "($self, /, sep=None, maxsplit=-1)", "A list of the sections between separators."),       \
      method("splitlines", splitLines, "($self, /, keepends=False)", "A list of the lines."),                          \
      method("startswith", startsWith, nullptr, "B.startswith(prefix[, start[, end]]) -> bool"),                       \
      method("strip", strip, "($self, bytes=None, /)", "A copy with leading and trailing bytes removed."),             \
      method("swapcase", swapCase, "($self, /)",                                                                       \
             "A copy with uppercase ASCII letters lowercased and the other way round."),                               \
      method("title", title, "($self, /)", "A titlecased copy."),                                                      \
      method("translate", translate, "($self, table, /, delete=b'')", "A copy with each byte mapped by the table."),   \
      method("upper", upper, "($self, /)", "A copy with all ASCII characters uppercased."),                            \
      method("zfill", zfill, "($self, width, /)", "Pads a numeric string with zeros on the left.")

const MethodDef kBytesMethods[] = {
    KRAIT_SHARED_BYTES_METHODS,
    method("__bytes__", bytesMethod, "($self, /)", "Converts to exact bytes."),
    method("__getnewargs__", newArgs, nullptr),
    method("__sizeof__", sizeofMethod, "($self, /)", "Size in memory, in bytes."),
    {},
};

const MethodDef kByteArrayMethods[] = {
    KRAIT_SHARED_BYTES_METHODS,
    method("append", byteArrayAppend, "($self, item, /)", "Appends a single byte."),
    method("clear", byteArrayClear, "($self, /)", "Removes all bytes."),
    method("copy", byteArrayCopy, "($self, /)", "A copy."),
    method("extend", byteArrayExtend, "($self, iterable_of_ints, /)", "Appends all the bytes of the iterable."),
    method("insert", byteArrayInsert, "($self, index, item, /)", "Inserts a single byte before the index."),
    method("pop", byteArrayPop, "($self, index=-1, /)", "Removes and returns a single byte."),
    method("remove", byteArrayRemove, "($self, value, /)", "Removes the first occurrence of a value."),
    method("reverse", byteArrayReverse, "($self, /)", "Reverses the order of the bytes in place."),
    method("__alloc__", byteArrayAlloc, nullptr, "B.__alloc__() -> int"),
    method("__sizeof__", byteArraySizeof, "($self, /)", "Size in memory, in bytes."),
    method("__reduce__", byteArrayReduce, "($self, /)", "State information for pickling."),
    method("__reduce_ex__", byteArrayReduceEx, "($self, proto=0, /)", "State information for pickling."),
    {},
};
#undef KRAIT_SHARED_BYTES_METHODS

}  // namespace krait
