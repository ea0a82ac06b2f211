// Methods of str that search, test and align; the table of all methods. Splitting and joining: str_split.cpp; case: str_case.cpp.
#include "runtime/objects/str_methods.h"
#include <algorithm>
#include "runtime/objects/codecs.h"
#include "runtime/objects/int.h"
#include "runtime/objects/list.h"
#include "runtime/objects/number_format.h"
#include "runtime/objects/search_arguments.h"
#include "runtime/objects/str_format.h"
#include "runtime/objects/str_internal.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/objects/unicode.h"
#include "runtime/objects/variable.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/protocols.h"

namespace krait {

Str* strArgument(Thread& t, Value v, const char* message) {
  if (isStr(v)) return asStr(v);
  return raise(t, exc::TypeError, message, typeName(v));
}

Ref<Str> exactStr(Thread& t, Value self) {
  if (isExactStr(self)) return share(asStr(self));
  return strSlice(t, asStr(self), 0, asStr(self)->length, 1);
}

namespace {

// ---- searching ----

// 1 found (*index set), 0 absent, -1 raised.
int locate(Thread& t, Value self, Args args, const char* name, bool reverse, int64_t* index) {
  SearchArguments search;
  Str* s = asStr(self);
  if (!searchArguments(t, self, name, args, s->length, &search)) return -1;
  Str* part = strArgument(t, search.what, "must be str, not %.100s");
  if (!part) return -1;
  *index = search.start > search.end ? -1 : strFind(s, part, search.start, search.end, reverse);
  return *index >= 0;
}

Ref<> findMethod(Thread& t, Value self, Args args) {
  int64_t index;
  if (locate(t, self, args, "find", false, &index) < 0) return kRaised;
  return steal(Value::fromInt(index));
}
Ref<> rfindMethod(Thread& t, Value self, Args args) {
  int64_t index;
  if (locate(t, self, args, "rfind", true, &index) < 0) return kRaised;
  return steal(Value::fromInt(index));
}
Ref<> indexMethod(Thread& t, Value self, Args args) {
  int64_t index;
  int found = locate(t, self, args, "index", false, &index);
  if (found < 0) return kRaised;
  if (!found) return raise(t, exc::ValueError, "substring not found");
  return steal(Value::fromInt(index));
}
Ref<> rindexMethod(Thread& t, Value self, Args args) {
  int64_t index;
  int found = locate(t, self, args, "rindex", true, &index);
  if (found < 0) return kRaised;
  if (!found) return raise(t, exc::ValueError, "substring not found");
  return steal(Value::fromInt(index));
}

// Where the first occurrences are, so that replacing need not search again.
struct Places {
  static constexpr int64_t kRoom = 64;
  int64_t at[kRoom];
};

int64_t countParts(const Str* s, const Str* part, int64_t start, int64_t end, int64_t most, Places* places = nullptr) {
  if (start > end) return 0;
  if (part->length == 0) return std::min(end - start + 1, most);
  int64_t count = 0;
  if (s->width == 1 && part->length == 1 && part->width == 1 && most == INT64_MAX && !places) {
    const uint8_t c = part->data[0];
    for (int64_t i = start; i < end; ++i) count += s->data[i] == c;
    return count;
  }
  while (count < most) {
    int64_t at = strFind(s, part, start, end, false);
    if (at < 0) break;
    if (places && count < Places::kRoom) places->at[count] = at;
    ++count;
    start = at + part->length;
  }
  return count;
}

Ref<> countMethod(Thread& t, Value self, Args args) {
  SearchArguments search;
  Str* s = asStr(self);
  if (!searchArguments(t, self, "count", args, s->length, &search)) return kRaised;
  Str* part = strArgument(t, search.what, "must be str, not %.100s");
  if (!part) return kRaised;
  return steal(Value::fromInt(countParts(s, part, search.start, search.end, INT64_MAX)));
}

bool equalAt(const Str* s, const Str* part, int64_t at) {
  if (part->width > s->width) return false;
  if (part->width == s->width) return memcmp(s->data + at * s->width, part->data, part->bytes()) == 0;
  for (int64_t i = 0; i < part->length; ++i) {
    if (s->at(at + i) != part->at(i)) return false;
  }
  return true;
}

bool tailMatches(const Str* s, const Str* part, int64_t start, int64_t end, bool at_end) {
  if (start > end || part->length > end - start) return false;
  return equalAt(s, part, at_end ? end - part->length : start);
}

Ref<> tailMethod(Thread& t, Value self, Args args, const char* name, bool at_end) {
  SearchArguments search;
  Str* s = asStr(self);
  if (!searchArguments(t, self, name, args, s->length, &search)) return kRaised;
  if (isTuple(search.what)) {
    Tuple* choices = asTuple(search.what);
    for (int64_t i = 0; i < choices->size; ++i) {
      if (!isStr(choices->items[i])) {
        return raise(t, exc::TypeError, "tuple for %s must only contain str, not %.100s", name, typeName(choices->items[i]));
      }
      if (tailMatches(s, asStr(choices->items[i]), search.start, search.end, at_end)) return steal(kTrue);
    }
    return steal(kFalse);
  }
  if (!isStr(search.what)) {
    return raise(t, exc::TypeError, "%s first arg must be str or a tuple of str, not %.100s", name, typeName(search.what));
  }
  return steal(Value::fromBool(tailMatches(s, asStr(search.what), search.start, search.end, at_end)));
}
Ref<> startsWithMethod(Thread& t, Value self, Args args) { return tailMethod(t, self, args, "startswith", false); }
Ref<> endsWithMethod(Thread& t, Value self, Args args) { return tailMethod(t, self, args, "endswith", true); }

Ref<> removePrefixMethod(Thread& t, Value self, Value prefix) {
  Str* part = strParameter(t, prefix, "removeprefix() argument");
  if (!part) return kRaised;
  Str* s = asStr(self);
  if (!tailMatches(s, part, 0, s->length, false)) return exactStr(t, self);
  return strSlice(t, s, part->length, s->length, 1);
}
Ref<> removeSuffixMethod(Thread& t, Value self, Value suffix) {
  Str* part = strParameter(t, suffix, "removesuffix() argument");
  if (!part) return kRaised;
  Str* s = asStr(self);
  if (part->length == 0 || !tailMatches(s, part, 0, s->length, true)) return exactStr(t, self);
  return strSlice(t, s, 0, s->length - part->length, 1);
}

// ---- replacing ----

// Every occurrence of one ASCII character by another: a loop without branches.
Ref<> replaceByte(Thread& t, Value self, uint32_t old, uint8_t fresh) {
  Str* s = asStr(self);
  if (old > 0x7F || !memchr(s->data, int(old), size_t(s->length))) return exactStr(t, self);
  if (s->length == 1) return share(Value(charStr(fresh)));
  Str* result = allocateStr(s->length, 1, true);
  if (!result) return raiseNoMemory(t);
  const uint8_t *from = s->data, wanted = uint8_t(old);
  uint8_t* to = result->data;
  for (int64_t i = 0; i < s->length; ++i) to[i] = from[i] == wanted ? fresh : from[i];
  return steal(Value(result));
}

Ref<> replaceMethod(Thread& t, Value self, const Value* args) {
  Str* old = strParameter(t, args[0], "replace() argument 1");
  if (!old) return kRaised;
  Str* fresh = strParameter(t, args[1], "replace() argument 2");
  if (!fresh) return kRaised;
  int64_t most = sizeParameter(t, args[2]);
  if (most == -1 && t.raised()) return kRaised;
  if (most < 0) most = INT64_MAX;
  Str* s = asStr(self);
  if (most == 0 || (s->length < old->length) || strEqual(old, fresh)) return exactStr(t, self);
  if (s->ascii && old->length == 1 && fresh->ascii && fresh->length == 1 && most >= s->length) {
    return replaceByte(t, self, old->data[0], fresh->data[0]);
  }
  Places places;
  int64_t count = countParts(s, old, 0, s->length, most, &places);
  if (count == 0) return exactStr(t, self);
  auto place = [&](int64_t i, int64_t from) {
    if (old->length == 0) return i;
    return i < Places::kRoom ? places.at[i] : strFind(s, old, from, s->length, false);
  };
  // The exact result needs one allocation when no wide character can disappear.
  int64_t growth = fresh->length - old->length;
  if (growth > 0 && count > (INT64_MAX - s->length) / growth) return raise(t, exc::OverflowError, "replace string is too long");
  if (s->ascii) {
    int64_t length = s->length + count * growth;
    if (length == 0) return share(Value(emptyStr()));
    Str* result = allocateStr(length, fresh->width, fresh->ascii);
    if (!result) return raiseNoMemory(t);
    int64_t from = 0, to = 0;
    for (int64_t i = 0; i < count; ++i) {
      int64_t at = place(i, from);
      copyStr(result, to, s, from, at - from);
      to += at - from;
      copyStr(result, to, fresh, 0, fresh->length);
      to += fresh->length;
      from = at + old->length;
    }
    copyStr(result, to, s, from, s->length - from);
    if (length == 1 && result->width == 1) {
      Ref<> canonical = share(Value(charStr(result->data[0])));
      release(result);
      return canonical;
    }
    return steal(Value(result));
  }
  StrBuilder out(t);
  int64_t from = 0;
  for (int64_t i = 0; i < count; ++i) {
    int64_t at = place(i, from);
    out.append(s, from, at);
    out.append(fresh);
    from = at + old->length;
  }
  out.append(s, from, s->length);
  return out.finish();
}

Ref<> expandTabsMethod(Thread& t, Value self, const Value* args) {
  int64_t size = intParameter(t, args[0]);
  if (size == -1 && t.raised()) return kRaised;
  Str* s = asStr(self);
  if (strFind(s, charStr('\t'), 0, s->length, false) < 0) return exactStr(t, self);
  StrBuilder out(t);
  int64_t column = 0;
  for (int64_t i = 0; i < s->length; ++i) {
    uint32_t c = s->at(i);
    if (c == '\t') {
      if (size <= 0) continue;
      int64_t fill = size - column % size;
      if (out.length() > INT64_MAX - fill) return raise(t, exc::OverflowError, "new string is too long");
      out.fill(' ', fill);
      column += fill;
    } else {
      out.append(c);
      column = c == '\n' || c == '\r' ? 0 : column + 1;
    }
  }
  return out.finish();
}

// ---- aligning ----

Ref<Str> padded(Thread& t, Value self, int64_t left, int64_t right, uint32_t fill) {
  Str* s = asStr(self);
  if (left <= 0 && right <= 0) return exactStr(t, self);
  if (left > INT64_MAX - s->length || right > INT64_MAX - s->length - left) {
    return raise(t, exc::OverflowError, "padded string is too long");
  }
  Ref<Str> result = newStrBlank(t, s->length + left + right, std::max(maxCharOf(s), fill));
  if (!result) return result;
  Str* out = result.get();
  if (out->width == 1) {
    memset(out->data, int(fill), size_t(left));
    memset(out->data + left + s->length, int(fill), size_t(right));
  } else {
    for (int64_t i = 0; i < left; ++i) putChar(out->data, out->width, i, fill);
    for (int64_t i = 0; i < right; ++i) putChar(out->data, out->width, left + s->length + i, fill);
  }
  copyStr(out, left, s, 0, s->length);
  return result;
}

enum class Side { kLeft, kRight, kBoth };

Ref<> alignMethod(Thread& t, Value self, const Value* args, Side side) {
  int64_t width = sizeParameter(t, args[0]);
  if (width == -1 && t.raised()) return kRaised;
  uint32_t fill = ' ';
  if (!args[1].empty()) {
    Str* text = strArgument(t, args[1], "The fill character must be a unicode character, not %.100s");
    if (!text) return kRaised;
    if (text->length != 1) return raise(t, exc::TypeError, "The fill character must be exactly one character long");
    fill = text->at(0);
  }
  int64_t missing = width - asStr(self)->length;
  if (missing <= 0) return exactStr(t, self);
  if (side == Side::kLeft) return padded(t, self, 0, missing, fill);
  if (side == Side::kRight) return padded(t, self, missing, 0, fill);
  int64_t left = missing / 2 + (missing & width & 1);
  return padded(t, self, left, missing - left, fill);
}
Ref<> centerMethod(Thread& t, Value self, const Value* args) { return alignMethod(t, self, args, Side::kBoth); }
Ref<> ljustMethod(Thread& t, Value self, const Value* args) { return alignMethod(t, self, args, Side::kLeft); }
Ref<> rjustMethod(Thread& t, Value self, const Value* args) { return alignMethod(t, self, args, Side::kRight); }

Ref<> zfillMethod(Thread& t, Value self, Value width_argument) {
  int64_t width = sizeParameter(t, width_argument);
  if (width == -1 && t.raised()) return kRaised;
  Str* s = asStr(self);
  int64_t missing = width - s->length;
  if (missing <= 0) return exactStr(t, self);
  Ref<Str> result = padded(t, self, missing, 0, '0');
  if (!result || s->length == 0) return result;
  uint32_t first = s->at(0);
  if (first == '+' || first == '-') {
    putChar(result->data, result->width, 0, first);
    putChar(result->data, result->width, missing, '0');
  }
  return result;
}

// ---- stripping ----

bool containsChar(const Str* set, uint32_t c) {
  for (int64_t i = 0; i < set->length; ++i) {
    if (set->at(i) == c) return true;
  }
  return false;
}

Ref<> stripMethod(Thread& t, Value self, Value chars, const char* name, bool left, bool right) {
  Str* s = asStr(self);
  Str* set = nullptr;
  if (!chars.isNone()) {
    if (!isStr(chars)) return raise(t, exc::TypeError, "%s arg must be None or str", name);
    set = asStr(chars);
  }
  auto unwanted = [&](uint32_t c) { return set ? containsChar(set, c) : unicode::isSpace(c); };
  int64_t start = 0, end = s->length;
  if (left) {
    while (start < end && unwanted(s->at(start))) ++start;
  }
  if (right) {
    while (end > start && unwanted(s->at(end - 1))) --end;
  }
  return strSlice(t, s, start, end, 1);
}
Ref<> bothStrip(Thread& t, Value self, const Value* args) { return stripMethod(t, self, args[0], "strip", true, true); }
Ref<> leftStrip(Thread& t, Value self, const Value* args) { return stripMethod(t, self, args[0], "lstrip", true, false); }
Ref<> rightStrip(Thread& t, Value self, const Value* args) { return stripMethod(t, self, args[0], "rstrip", false, true); }

// ---- testing ----

template <bool (*f)(uint32_t)>
Ref<> allChars(Thread&, Value self) {
  Str* s = asStr(self);
  for (int64_t i = 0; i < s->length; ++i) {
    if (!f(s->at(i))) return steal(kFalse);
  }
  return steal(Value::fromBool(s->length != 0));
}
Ref<> isPrintableMethod(Thread&, Value self) {
  Str* s = asStr(self);
  for (int64_t i = 0; i < s->length; ++i) {
    if (!unicode::isPrintable(s->at(i))) return steal(kFalse);
  }
  return steal(kTrue);
}
Ref<> isAsciiMethod(Thread&, Value self) { return steal(Value::fromBool(asStr(self)->ascii)); }
Ref<> isIdentifierMethod(Thread&, Value self) { return steal(Value::fromBool(isIdentifier(asStr(self)))); }

// ---- the rest ----

Ref<> encodeMethod(Thread& t, Value self, const Value* args) {
  static Str *const utf8 = internStatic("utf-8"), *const strict = internStatic("strict");
  if (args[0] == Value(utf8) && args[1] == Value(strict)) {  // the defaults, and what most callers write
    return encodeText(t, asStr(self), NativeCodec::kUtf8, nullptr);
  }
  Utf8 encoding, errors;
  const char* names[2] = {"encoding", "errors"};
  Utf8* texts[2] = {&encoding, &errors};
  for (int i = 0; i < 2; ++i) {
    if (!isStr(args[i])) {
      return raise(t, exc::TypeError, "encode() argument '%s' must be str, not %.50s", names[i],
                   argumentTypeName(args[i]));
    }
    if (!texts[i]->set(t, asStr(args[i]))) return kRaised;
  }
  return encodeStr(t, self, encoding.c_str(), errors.c_str());
}

Ref<> formatMethod(Thread& t, Value self, Value spec) {
  Str* text = formatSpec(t, spec);
  return text ? formatStr(t, self, text) : kRaised;
}
// A copy, which a pickler does not take for the string that it is pickling.
Ref<> newArgsMethod(Thread& t, Value self) {
  Str* s = asStr(self);
  Ref<Str> copy = newStrBlank(t, s->length, maxCharOf(s));
  if (copy && s->length) copyStr(copy.get(), 0, s, 0, s->length);
  return copy ? Ref<>(packTuple(t, copy.value())) : Ref<>();
}
Ref<> sizeofMethod(Thread&, Value self) { return steal(Value::fromInt(int64_t(instanceSize(self.asObject())))); }

bool isAlphaChar(uint32_t c) { return unicode::isAlpha(c); }
bool isAlnumChar(uint32_t c) { return unicode::isAlnum(c); }
bool isDecimalChar(uint32_t c) { return unicode::isDecimal(c); }
bool isDigitChar(uint32_t c) { return unicode::isDigit(c); }
bool isNumericChar(uint32_t c) { return unicode::isNumeric(c); }
bool isSpaceChar(uint32_t c) { return unicode::isSpace(c); }

}  // namespace

bool isIdentifier(const Str* s) {
  if (s->length == 0) return false;
  uint32_t first = s->at(0);
  if (first != '_' && !unicode::has(first, unicode::kXidStart)) return false;
  for (int64_t i = 1; i < s->length; ++i) {
    if (!unicode::has(s->at(i), unicode::kXidContinue)) return false;
  }
  return true;
}

const MethodDef kStrMethods[] = {
    method("encode", encodeMethod, "($self, /, encoding='utf-8', errors='strict')", "The string encoded as bytes."),
    method("replace", replaceMethod, "($self, old, new, count=-1, /)",
           "A copy with all occurrences of old replaced by new."),
    method("split", strSplitMethod, "($self, /, sep=None, maxsplit=-1)",
           "A list of the substrings between separators."),
    method("rsplit", strRSplitMethod, "($self, /, sep=None, maxsplit=-1)", "Like split, starting at the end."),
    method("join", strJoinMethod, "($self, iterable, /)",
           "Concatenates any number of strings, with self between them."),
    method("capitalize", strCapitalizeMethod, "($self, /)", "A capitalized version of the string."),
    method("casefold", strCasefoldMethod, "($self, /)", "A version of the string suitable for caseless comparisons."),
    method("title", strTitleMethod, "($self, /)", "A version of the string where each word is titlecased."),
    method("center", centerMethod, "($self, width, fillchar=' ', /)", "A centered string of length width."),
    method("count", countMethod, nullptr,
           "S.count(sub[, start[, end]]) -> int\n\nThe number of non-overlapping occurrences of sub."),
    method("expandtabs", expandTabsMethod, "($self, /, tabsize=8)", "A copy where all tabs are expanded using spaces."),
    method("find", findMethod, nullptr,
           "S.find(sub[, start[, end]]) -> int\n\nThe lowest index where sub is found, or -1."),
    method("partition", strPartitionMethod, "($self, sep, /)",
           "The parts before and after the first separator, and the separator."),
    method("index", indexMethod, nullptr,
           "S.index(sub[, start[, end]]) -> int\n\nThe lowest index where sub is found, or ValueError."),
    method("ljust", ljustMethod, "($self, width, fillchar=' ', /)", "A left-justified string of length width."),
    method("lower", strLowerMethod, "($self, /)", "A copy converted to lowercase."),
    method("lstrip", leftStrip, "($self, chars=None, /)", "A copy with leading whitespace (or chars) removed."),
    method("rfind", rfindMethod, nullptr,
           "S.rfind(sub[, start[, end]]) -> int\n\nThe highest index where sub is found, or -1."),
    method("rindex", rindexMethod, nullptr,
           "S.rindex(sub[, start[, end]]) -> int\n\nThe highest index where sub is found, or ValueError."),
    method("rjust", rjustMethod, "($self, width, fillchar=' ', /)", "A right-justified string of length width."),
    method("rstrip", rightStrip, "($self, chars=None, /)", "A copy with trailing whitespace (or chars) removed."),
    method("rpartition", strRPartitionMethod, "($self, sep, /)",
           "The parts before and after the last separator, and the separator."),
    method("splitlines", strSplitLinesMethod, "($self, /, keepends=False)", "A list of the lines in the string."),
    method("strip", bothStrip, "($self, chars=None, /)",
           "A copy with leading and trailing whitespace (or chars) removed."),
    method("swapcase", strSwapCaseMethod, "($self, /)",
           "Uppercase characters become lowercase and the other way round."),
    method("translate", strTranslateMethod, "($self, table, /)", "Each character replaced as the table says."),
    method("upper", strUpperMethod, "($self, /)", "A copy converted to uppercase."),
    method("startswith", startsWithMethod, nullptr, "S.startswith(prefix[, start[, end]]) -> bool"),
    method("endswith", endsWithMethod, nullptr, "S.endswith(suffix[, start[, end]]) -> bool"),
    method("removeprefix", removePrefixMethod, "($self, prefix, /)", "A copy without the prefix, if it is there."),
    method("removesuffix", removeSuffixMethod, "($self, suffix, /)", "A copy without the suffix, if it is there."),
    method("isascii", isAsciiMethod, "($self, /)", "True if all characters are ASCII.", MethodKind::kInstance,
           kPure | kNoPython | kNoRaise),
    method("islower", strIsLowerMethod, "($self, /)", "True if all cased characters are lowercase, and there is one."),
    method("isupper", strIsUpperMethod, "($self, /)", "True if all cased characters are uppercase, and there is one."),
    method("istitle", strIsTitleMethod, "($self, /)", "True if the string is title-cased."),
    method("isspace", allChars<isSpaceChar>, "($self, /)", "True if all characters are whitespace, and there is one."),
    method("isdecimal", allChars<isDecimalChar>, "($self, /)",
           "True if all characters are decimals, and there is one."),
    method("isdigit", allChars<isDigitChar>, "($self, /)", "True if all characters are digits, and there is one."),
    method("isnumeric", allChars<isNumericChar>, "($self, /)", "True if all characters are numeric, and there is one."),
    method("isalpha", allChars<isAlphaChar>, "($self, /)", "True if all characters are alphabetic, and there is one."),
    method("isalnum", allChars<isAlnumChar>, "($self, /)",
           "True if all characters are alpha-numeric, and there is one."),
    method("isidentifier", isIdentifierMethod, "($self, /)", "True if the string is a valid Python identifier."),
    method("isprintable", isPrintableMethod, "($self, /)", "True if all characters are printable."),
    method("zfill", zfillMethod, "($self, width, /)", "Pads a numeric string with zeros on the left."),
    method("format", strFormatMethod, nullptr, "S.format(*args, **kwargs) -> str\n\nA formatted version of S."),
    method("format_map", strFormatMapMethod, nullptr, "S.format_map(mapping) -> str\n\nA formatted version of S."),
    method("__format__", formatMethod, "($self, format_spec, /)",
           "A formatted version of the string as described by format_spec."),
    method("maketrans", strMakeTransMethod, nullptr, "A translation table usable for str.translate().",
           MethodKind::kStatic),
    method("__sizeof__", sizeofMethod, "($self, /)", "The size of the string in memory, in bytes."),
    method("__getnewargs__", newArgsMethod, nullptr),
    {},
};

}  // namespace krait
