// str: split, rsplit, splitlines, partition, join.
#include <algorithm>
#include "runtime/objects/int.h"
#include "runtime/objects/list.h"
#include "runtime/objects/piece_list.h"
#include "runtime/objects/str_internal.h"
#include "runtime/objects/str_methods.h"
#include "runtime/objects/tuple.h"
#include "runtime/objects/unicode.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/protocols.h"

namespace krait {
namespace {

// Appends s[from:to]; false: raised.
bool addPart(Thread& t, PieceList& list, Str* s, int64_t from, int64_t to) { return list.add(strSlice(t, s, from, to, 1)); }

bool splitSpaces(Thread& t, PieceList& list, Str* s, int64_t most) {
  return visitText(s, [&](auto* text) {
    int64_t i = 0, n = s->length;
    while (true) {
      while (i < n && unicode::isSpace(text[i])) ++i;
      if (i == n) return true;
      if (most-- == 0) return addPart(t, list, s, i, n);
      int64_t start = i;
      while (i < n && !unicode::isSpace(text[i])) ++i;
      if (!addPart(t, list, s, start, i)) return false;
    }
  });
}

bool splitSpacesReverse(Thread& t, PieceList& list, Str* s, int64_t most) {
  int64_t i = s->length;
  while (true) {
    while (i > 0 && unicode::isSpace(s->at(i - 1))) --i;
    if (i == 0) return true;
    if (most-- == 0) return addPart(t, list, s, 0, i);
    int64_t end = i;
    while (i > 0 && !unicode::isSpace(s->at(i - 1))) --i;
    if (!addPart(t, list, s, i, end)) return false;
  }
}

// One character: most pieces are short, so a plain loop finds their ends sooner than memchr, which takes over for long ones.
bool splitChar(Thread& t, PieceList& list, Str* s, Str* separator, int64_t most) {
  constexpr int64_t kShort = 24;
  uint32_t c = separator->at(0);
  return visitText(s, [&](auto* text) {
    int64_t from = 0, n = s->length;
    while (most-- > 0) {
      int64_t at = from, near = std::min(n, from + kShort);
      while (at < near && text[at] != c) ++at;
      if (at == near) {
        at = near < n ? strFind(s, separator, near, n, false) : -1;
        if (at < 0) break;
      }
      if (!addPart(t, list, s, from, at)) return false;
      from = at + 1;
    }
    return addPart(t, list, s, from, n);
  });
}

bool splitSeparator(Thread& t, PieceList& list, Str* s, Str* separator, int64_t most) {
  if (separator->length == 1) return splitChar(t, list, s, separator, most);
  int64_t from = 0;
  while (most-- > 0) {
    int64_t at = strFind(s, separator, from, s->length, false);
    if (at < 0) break;
    if (!addPart(t, list, s, from, at)) return false;
    from = at + separator->length;
  }
  return addPart(t, list, s, from, s->length);
}

bool splitSeparatorReverse(Thread& t, PieceList& list, Str* s, Str* separator, int64_t most) {
  int64_t to = s->length;
  while (most-- > 0) {
    int64_t at = strFind(s, separator, 0, to, true);
    if (at < 0) break;
    if (!addPart(t, list, s, at + separator->length, to)) return false;
    to = at;
  }
  return addPart(t, list, s, 0, to);
}

Ref<> split(Thread& t, Value self, const Value* args, bool reverse) {
  int64_t most = sizeParameter(t, args[1]);
  if (most == -1 && t.raised()) return kRaised;
  if (most < 0) most = INT64_MAX;
  PieceList list(t);
  Str* s = asStr(self);
  bool done;
  if (args[0].isNone()) {
    done = reverse ? splitSpacesReverse(t, list, s, most) : splitSpaces(t, list, s, most);
  } else {
    Str* separator = strArgument(t, args[0], "must be str or None, not %.100s");
    if (!separator) return kRaised;
    if (separator->length == 0) return raise(t, exc::ValueError, "empty separator");
    done = reverse ? splitSeparatorReverse(t, list, s, separator, most) : splitSeparator(t, list, s, separator, most);
  }
  if (!done) return kRaised;
  if (reverse) list.reverse();
  return list.finish();
}

Ref<> partition(Thread& t, Value self, Value separator_value, bool reverse) {
  Str* separator = strArgument(t, separator_value, "must be str, not %.100s");
  if (!separator) return kRaised;
  if (separator->length == 0) return raise(t, exc::ValueError, "empty separator");
  Str* s = asStr(self);
  int64_t at = strFind(s, separator, 0, s->length, reverse);
  if (at < 0) {
    Ref<Str> whole = exactStr(t, self);
    if (!whole) return kRaised;
    Value empty(emptyStr());
    return reverse ? packTuple(t, empty, empty, whole.value()) : packTuple(t, whole.value(), empty, empty);
  }
  Ref<Str> before = strSlice(t, s, 0, at, 1);
  Ref<Str> after = strSlice(t, s, at + separator->length, s->length, 1);
  if (!before || !after) return kRaised;
  return packTuple(t, before.value(), separator_value, after.value());
}

}  // namespace

Ref<> strSplitMethod(Thread& t, Value self, const Value* args) { return split(t, self, args, false); }
Ref<> strRSplitMethod(Thread& t, Value self, const Value* args) { return split(t, self, args, true); }
Ref<> strPartitionMethod(Thread& t, Value self, Value separator) { return partition(t, self, separator, false); }
Ref<> strRPartitionMethod(Thread& t, Value self, Value separator) { return partition(t, self, separator, true); }

Ref<> strSplitLinesMethod(Thread& t, Value self, const Value* args) {
  int keep_ends = intParameter(t, args[0]);
  if (keep_ends == -1 && t.raised()) return kRaised;
  PieceList list(t);
  Str* s = asStr(self);
  for (int64_t i = 0; i < s->length;) {
    int64_t start = i;
    while (i < s->length && !unicode::isLineBreak(s->at(i))) ++i;
    int64_t end = i;
    if (i < s->length) {
      i += s->at(i) == '\r' && i + 1 < s->length && s->at(i + 1) == '\n' ? 2 : 1;
      if (keep_ends) end = i;
    }
    if (!addPart(t, list, s, start, end)) return kRaised;
  }
  return list.finish();
}

Ref<> strJoinMethod(Thread& t, Value self, Value iterable) {
  if (isExactTuple(iterable)) return strJoin(t, self, asTuple(iterable)->items, size_t(asTuple(iterable)->size));
  if (isExactList(iterable) && asList(iterable)->kind != kKindListInt && asList(iterable)->kind != kKindListFloat) {
    return strJoin(t, self, asList(iterable)->items, size_t(asList(iterable)->size));
  }
  if (!typeOf(iterable)->slots.iter && !typeOf(iterable)->slots.getitem) {
    return raise(t, exc::TypeError, "can only join an iterable");
  }
  Ref<Tuple> items = sequenceToTuple(t, iterable);
  if (!items) return kRaised;
  return strJoin(t, self, items->items, size_t(items->size));
}

}  // namespace krait
