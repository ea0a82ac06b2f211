// re.Pattern: compiled patterns and their methods, and the scanner behind finditer.
#include <string>

#include "runtime/memory/gc.h"
#include "runtime/modules/fields.h"
#include "runtime/modules/sre/sre.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/generic_alias.h"
#include "runtime/objects/int.h"
#include "runtime/objects/list.h"
#include "runtime/objects/mapping_proxy.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"

namespace krait::sre {

bool Subject::open(Thread& t, Value text) {
  if (isStr(text)) {
    const Str* s = asStr(text);
    data = s->data;
    length = s->length;
    width = s->width;
    return true;
  }
  if (!buffer.tryGet(t, text)) {
    if (t.raised()) return false;
    return raise(t, exc::TypeError, "expected string or bytes-like object, got '%.200s'", typeName(text));
  }
  data = buffer.data();
  length = int64_t(buffer.size());
  width = 1;
  bytes = true;
  return true;
}

Ref<> sliceText(Thread& t, const Subject& subject, Value string, int64_t start, int64_t end) {
  if (!subject.bytes) {
    if (start == 0 && end == subject.length && isExactStr(string)) return share(string);
    return strSlice(t, asStr(string), start, end, 1);
  }
  if (start == 0 && end == subject.length && isExactBytes(string)) return share(string);
  return newBytes(t, std::string_view(static_cast<const char*>(subject.data) + start, size_t(end - start)));
}

namespace {

Type* pattern_type = nullptr;
Type* scanner_type = nullptr;

// Opens the text and sets the bounds. False: raised.
bool openSubject(Thread& t, Pattern* pattern, Value string, Subject* subject) {
  if (!subject->open(t, string)) return false;
  if (pattern->pattern.isNone()) return true;
  if (pattern->bytes && !subject->bytes) return raise(t, exc::TypeError, "cannot use a bytes pattern on a string-like object");
  if (!pattern->bytes && subject->bytes) return raise(t, exc::TypeError, "cannot use a string pattern on a bytes-like object");
  return true;
}
// pos and endpos as the methods take them, clamped to the text.
bool bounds(Thread& t, const Subject& subject, Value pos_value, Value end_value, int64_t* pos, int64_t* endpos) {
  *pos = pos_value ? toIndex(t, pos_value, true) : 0;
  if (t.raised()) return false;
  *endpos = end_value ? toIndex(t, end_value, true) : INT64_MAX;
  if (t.raised()) return false;
  *pos = *pos < 0 ? 0 : *pos > subject.length ? subject.length : *pos;
  *endpos = *endpos < 0 ? 0 : *endpos > subject.length ? subject.length : *endpos;
  return true;
}
void reset(State& state) {
  for (int64_t& mark : state.marks) mark = -1;
  state.last_index = -1;
}

enum class Way { kMatch, kFullMatch, kSearch };
template <Way way>
Ref<> once(Thread& t, Value self, const Value* args) {
  Pattern* pattern = asPattern(self);
  Subject subject;
  int64_t pos, endpos;
  if (!openSubject(t, pattern, args[0], &subject) || !bounds(t, subject, args[1], args[2], &pos, &endpos)) return kRaised;
  State state(t, *pattern->program, subject);
  state.start = pos;
  state.end = endpos;
  state.full = way == Way::kFullMatch;
  int status = pos > endpos ? 0 : way == Way::kSearch ? search(state) : match(state);
  return makeMatch(t, pattern, args[0], state, pos, endpos, status);
}

// Calls visit(state) for each match from pos on, left to right; empty matches may not touch the end of the previous one twice.
template <class F>
bool eachMatch(State& state, F visit) {
  while (state.start <= state.end) {
    reset(state);
    int status = search(state);
    if (status < 0) return false;
    if (status == 0) return true;
    if (!visit()) return false;
    state.must_advance = state.at == state.start ? state.at : -1;
    state.start = state.at;
  }
  return true;
}

Ref<> groupText(Thread& t, State& state, Value string, uint32_t group) {
  if (group == 0) return sliceText(t, state.subject, string, state.start, state.at);
  int64_t from = state.marks[(group - 1) * 2], to = state.marks[(group - 1) * 2 + 1];
  return from < 0 || to < from ? Ref<>() : sliceText(t, state.subject, string, from, to);
}
Ref<> emptyText(const Subject& subject) { return subject.bytes ? share(Value(emptyBytes())) : share(Value(emptyStr())); }

Ref<> findAll(Thread& t, Value self, const Value* args) {
  Pattern* pattern = asPattern(self);
  Subject subject;
  int64_t pos, endpos;
  if (!openSubject(t, pattern, args[0], &subject) || !bounds(t, subject, args[1], args[2], &pos, &endpos)) return kRaised;
  State state(t, *pattern->program, subject);
  state.start = pos;
  state.end = endpos;
  Ref<List> found = newList(t);
  if (!found) return kRaised;
  uint32_t groups = pattern->program->groups;
  bool good = eachMatch(state, [&] {
    auto text = [&](uint32_t group) {
      Ref<> v = groupText(t, state, args[0], group);
      return v || t.raised() ? std::move(v) : emptyText(subject);
    };
    if (groups < 2) return listAppend(t, found.get(), text(groups));
    Ref<Tuple> row = newTupleBlank(t, groups);
    for (uint32_t i = 0; row && i < groups; ++i) {
      Ref<> v = text(i + 1);
      if (!v) return false;
      row->items[i] = v.leak();
    }
    return row && listAppend(t, found.get(), std::move(row));
  });
  return good ? Ref<>(std::move(found)) : Ref<>(kRaised);
}

Ref<> split(Thread& t, Value self, const Value* args) {
  Pattern* pattern = asPattern(self);
  Subject subject;
  int64_t most = toIndex(t, args[1]);
  if (t.raised() || !openSubject(t, pattern, args[0], &subject)) return kRaised;
  State state(t, *pattern->program, subject);
  state.end = subject.length;
  Ref<List> parts = newList(t);
  if (!parts) return kRaised;
  int64_t last = 0, done = 0;
  bool stopped = false;
  bool good = eachMatch(state, [&] {
    if (most && done >= most) {
      stopped = true;
      return false;
    }
    Ref<> part = sliceText(t, subject, args[0], last, state.start);
    if (!part || !listAppend(t, parts.get(), std::move(part))) return false;
    for (uint32_t i = 1; i <= pattern->program->groups; ++i) {
      Ref<> v = groupText(t, state, args[0], i);
      if (!v && t.raised()) return false;
      if (!listAppend(t, parts.get(), v ? std::move(v) : steal(kNone))) return false;
    }
    last = state.at;
    ++done;
    return true;
  });
  if (!good && !stopped) return kRaised;
  Ref<> rest = sliceText(t, subject, args[0], last, subject.length);
  if (!rest || !listAppend(t, parts.get(), std::move(rest))) return kRaised;
  return parts;
}

// Whether a template is plain text (no backslash).
bool isLiteral(Thread& t, Value text, bool* literal) {
  Subject subject;
  if (!subject.open(t, text)) return false;
  *literal = true;
  for (int64_t i = 0; i < subject.length && *literal; ++i) {
    uint32_t c = subject.width == 1   ? static_cast<const uint8_t*>(subject.data)[i]
                 : subject.width == 2 ? static_cast<const uint16_t*>(subject.data)[i]
                                      : static_cast<const uint32_t*>(subject.data)[i];
    *literal = c != '\\';
  }
  return true;
}

Ref<> substitute(Thread& t, Value self, const Value* args, bool with_count) {
  Pattern* pattern = asPattern(self);
  int64_t most = toIndex(t, args[2]);
  if (t.raised()) return kRaised;
  Ref<> filter = share(args[0]);
  bool callable = isCallable(args[0]);
  if (!callable) {
    bool literal = false;
    if (isStr(args[0]) || hasBuffer(args[0])) {
      if (!isLiteral(t, args[0], &literal)) return kRaised;
    }
    if (!literal) {
      Ref<> re = importModule(t, "re");
      Ref<> make = re ? getAttr(t, re, "_subx") : Ref<>();
      filter = make ? call(t, make, self, args[0]) : Ref<>();
      if (!filter) return kRaised;
      callable = isCallable(filter);
    }
  }
  Subject subject;
  if (!openSubject(t, pattern, args[1], &subject)) return kRaised;
  State state(t, *pattern->program, subject);
  state.end = subject.length;
  Ref<List> parts = newList(t);
  if (!parts) return kRaised;
  int64_t last = 0, done = 0;
  bool stopped = false;
  bool good = eachMatch(state, [&] {
    if (most && done >= most) {
      stopped = true;
      return false;
    }
    if (last < state.start) {
      Ref<> part = sliceText(t, subject, args[1], last, state.start);
      if (!part || !listAppend(t, parts.get(), std::move(part))) return false;
    }
    Ref<> item;
    if (callable) {
      Ref<> found = makeMatch(t, pattern, args[1], state, 0, subject.length, 1);
      item = found ? call(t, filter, found) : Ref<>();
      if (!item) return false;
    } else {
      item = share(filter);
    }
    if (!item.value().isNone() && !listAppend(t, parts.get(), std::move(item))) return false;
    last = state.at;
    ++done;
    return true;
  });
  if (!good && !stopped) return kRaised;
  if (last < subject.length) {
    Ref<> part = sliceText(t, subject, args[1], last, subject.length);
    if (!part || !listAppend(t, parts.get(), std::move(part))) return kRaised;
  }
  Ref<> joined;
  if (parts->size == 0) {
    joined = sliceText(t, subject, args[1], 0, 0);
  } else if (!subject.bytes) {
    Ref<Tuple> items = sequenceToTuple(t, parts);
    joined = items ? Ref<>(strJoin(t, Value(emptyStr()), items->items, size_t(items->size))) : Ref<>();
  } else {
    joined = callMethod(t, Value(emptyBytes()), "join", parts);
  }
  if (!joined || !with_count) return joined;
  Ref<> count = newInt(t, done);
  return count ? packTuple(t, joined.value(), count.value()) : Ref<Tuple>();
}
Ref<> sub(Thread& t, Value self, const Value* args) { return substitute(t, self, args, false); }
Ref<> subn(Thread& t, Value self, const Value* args) { return substitute(t, self, args, true); }

// --- scanner ---

struct Scanner : Object {
  Value pattern, string;  // owned
  Subject* subject;       // owned
  State* state;           // owned
  int64_t pos, endpos;
  bool running;
};
Scanner* asScanner(Value v) { return static_cast<Scanner*>(v.asObject()); }

Ref<> newScanner(Thread& t, Value self, const Value* args) {
  Scanner* scanner = allocateInstance<Scanner>(scanner_type);
  if (!scanner) return raiseNoMemory(t);
  scanner->pattern = share(self).leak();
  scanner->string = share(args[0]).leak();
  scanner->subject = new Subject();
  scanner->state = nullptr;
  scanner->running = false;
  Ref<> owner = steal(Value(scanner));
  if (!openSubject(t, asPattern(self), args[0], scanner->subject) ||
      !bounds(t, *scanner->subject, args[1], args[2], &scanner->pos, &scanner->endpos)) {
    return kRaised;
  }
  scanner->state = new State(t, *asPattern(self)->program, *scanner->subject);
  scanner->state->start = scanner->pos;
  scanner->state->end = scanner->endpos;
  return owner;
}
template <bool searching>
Ref<> scan(Thread& t, Value self) {
  Scanner* scanner = asScanner(self);
  State& state = *scanner->state;
  if (scanner->running) return raise(t, exc::ValueError, "regular expression scanner already executing");
  if (state.start < 0 || state.start > state.end) return steal(kNone);
  scanner->running = true;
  reset(state);
  Ref<> keep = share(self);
  int status = searching ? search(state) : match(state);
  Ref<> found = makeMatch(t, asPattern(scanner->pattern), scanner->string, state, scanner->pos, scanner->endpos, status);
  if (status <= 0) {
    state.start = -1;
  } else {
    state.must_advance = state.at == state.start ? state.at : -1;
    state.start = state.at;
  }
  scanner->running = false;
  return found;
}
void scannerDealloc(Object* self) {
  Scanner* scanner = static_cast<Scanner*>(self);
  delete scanner->state;
  delete scanner->subject;
  release(scanner->string);
  release(scanner->pattern);
  freeInstance(self);
}
Ref<> scannerPattern(Thread&, Value self) { return share(asScanner(self)->pattern); }
const MethodDef kScannerMethods[] = {method("match", scan<false>, "($self, /)"), method("search", scan<true>, "($self, /)"), {}};
const GetSetDef kScannerGetSets[] = {{"pattern", scannerPattern, nullptr, nullptr}, {}};

Ref<> findIter(Thread& t, Value self, const Value* args) {
  Ref<> scanner = newScanner(t, self, args);
  Ref<> step = scanner ? getAttr(t, scanner, "search") : Ref<>();
  return step ? callIterator(t, step, kNone) : Ref<>();
}

// --- the object ---

void patternDealloc(Object* self) {
  Pattern* p = static_cast<Pattern*>(self);
  delete p->program;
  release(p->pattern);
  release(p->group_index);
  release(p->index_group);
  freeInstance(self);
}
void patternTraverse(Object* self, Visitor& visitor) {
  Pattern* p = static_cast<Pattern*>(self);
  visitor.visit(p->pattern);
  visitor.visit(p->group_index);
  visitor.visit(p->index_group);
}

Ref<> patternRepr(Thread& t, Value self) {
  static const struct {
    uint32_t flag;
    const char* name;
  } kNames[] = {{kFlagTemplate, "re.TEMPLATE"}, {kFlagIgnoreCase, "re.IGNORECASE"}, {kFlagLocale, "re.LOCALE"},
                {kFlagMultiline, "re.MULTILINE"}, {kFlagDotAll, "re.DOTALL"},       {kFlagVerbose, "re.VERBOSE"},
                {kFlagDebug, "re.DEBUG"},         {kFlagAscii, "re.ASCII"}};
  Pattern* p = asPattern(self);
  uint32_t flags = p->flags;
  if (!p->bytes && (flags & (kFlagLocale | kFlagUnicode | kFlagAscii)) == kFlagUnicode) flags &= ~kFlagUnicode;
  Ref<Str> shown = repr(t, p->pattern);
  if (!shown) return kRaised;
  if (shown->length > 200) {
    shown = strSlice(t, shown.get(), 0, 200, 1);
    if (!shown) return kRaised;
  }
  std::string text;
  for (const auto& n : kNames) {
    if (!(flags & n.flag)) continue;
    text += text.empty() ? "" : "|";
    text += n.name;
    flags &= ~n.flag;
  }
  if (flags) {
    char hex[16];
    snprintf(hex, sizeof hex, "0x%x", flags);
    text += text.empty() ? "" : "|";
    text += hex;
  }
  return strFormat(t, "re.compile(%s%s%s)", Utf8(shown.get()).c_str(), text.empty() ? "" : ", ", text.c_str());
}
Hash patternHash(Thread& t, Value self) {
  Pattern* p = asPattern(self);
  Hash h = hashOf(t, p->pattern);
  if (h == -1) return -1;
  uint64_t mixed = uint64_t(h);
  for (uint32_t c : p->program->code) mixed = (mixed ^ c) * 0x100000001b3;
  mixed ^= p->flags ^ uint64_t(p->bytes) << 32 ^ uint64_t(p->program->groups) << 33;
  return mixed == uint64_t(-1) ? -2 : Hash(mixed);
}
Ref<> patternCompare(Thread& t, Value a, Value b, CompareOp op) {
  if ((op != CompareOp::kEqual && op != CompareOp::kNotEqual) || !isExact(b, pattern_type) || !isExact(a, pattern_type))
    return steal(kNotImplemented);
  Pattern *x = asPattern(a), *y = asPattern(b);
  int same = x == y;
  if (!same && x->flags == y->flags && x->bytes == y->bytes && x->program->code == y->program->code) {
    same = compareBool(t, x->pattern, y->pattern, CompareOp::kEqual);
    if (same < 0) return kRaised;
  }
  return steal(Value::fromBool(bool(same) == (op == CompareOp::kEqual)));
}
Ref<> copySelf(Thread&, Value self) { return share(self); }
Ref<> deepCopySelf(Thread&, Value self, Value) { return share(self); }
Ref<> classItem(Thread& t, Value cls, Value item) { return newGenericAlias(t, cls, item); }
Ref<> getPattern(Thread&, Value self) { return share(asPattern(self)->pattern); }
Ref<> getFlags(Thread& t, Value self) { return newInt(t, asPattern(self)->flags); }
Ref<> getGroups(Thread& t, Value self) { return newInt(t, asPattern(self)->program->groups); }
Ref<> getGroupIndex(Thread& t, Value self) { return call(t, Value(&types::MappingProxy), asPattern(self)->group_index); }

#define TEXT_BOUNDS "($self, /, string, pos=0, endpos=sys.maxsize)"
const MethodDef kMethods[] = {
    method("match", once<Way::kMatch>, TEXT_BOUNDS, "Matches zero or more characters at the beginning of the string."),
    method("fullmatch", once<Way::kFullMatch>, TEXT_BOUNDS, "Matches against all of the string."),
    method("search", once<Way::kSearch>, TEXT_BOUNDS,
           "Scan through string looking for a match, and return a corresponding match object instance."),
    method("sub", sub, "($self, /, repl, string, count=0)",
           "Return the string with non-overlapping occurrences of pattern replaced by repl."),
    method("subn", subn, "($self, /, repl, string, count=0)", "Return the tuple (new_string, number_of_subs_made)."),
    method("findall", findAll, TEXT_BOUNDS, "Return a list of all non-overlapping matches of pattern in string."),
    method("split", split, "($self, /, string, maxsplit=0)", "Split string by the occurrences of pattern."),
    method("finditer", findIter, TEXT_BOUNDS,
           "Return an iterator over all non-overlapping matches for the RE pattern in string."),
    method("scanner", newScanner, TEXT_BOUNDS),
    method("__copy__", copySelf, "($self, /)"),
    method("__deepcopy__", deepCopySelf, "($self, memo, /)"),
    method("__class_getitem__", classItem, nullptr, "See PEP 585", MethodKind::kClass),
    {},
};
#undef TEXT_BOUNDS
const GetSetDef kGetSets[] = {{"pattern", getPattern, nullptr, "The pattern string from which the RE object was compiled."},
                              {"flags", getFlags, nullptr, "The regex matching flags."},
                              {"groups", getGroups, nullptr, "The number of capturing groups in the pattern."},
                              {"groupindex", getGroupIndex, nullptr, "A dictionary mapping group names to group numbers."},
                              {}};

}  // namespace

Type* patternType() { return pattern_type; }

Ref<> newPattern(Thread& t, const Value* args) {
  int64_t flags = toInt64(t, args[1]);
  if (t.raised()) return kRaised;
  if (!isList(args[2])) return raise(t, exc::TypeError, "compile() argument 'code' must be list, not %.50s", typeName(args[2]));
  int64_t groups = toIndex(t, args[3]);
  if (t.raised()) return kRaised;
  if (!isDict(args[4])) return raise(t, exc::TypeError, "compile() argument 'groupindex' must be dict, not %.50s", typeName(args[4]));
  if (!isTuple(args[5])) return raise(t, exc::TypeError, "compile() argument 'indexgroup' must be tuple, not %.50s", typeName(args[5]));
  List* codes = asList(args[2]);
  Pattern* p = allocateInstance<Pattern>(pattern_type);
  if (!p) return raiseNoMemory(t);
  Program* program = p->program = new Program();
  p->pattern = share(args[0]).leak();
  p->group_index = share(args[4]).leak();
  p->index_group = share(args[5]).leak();
  p->flags = uint32_t(flags);
  p->bytes = false;
  Ref<> owner = steal(Value(p));
  if (!args[0].isNone()) {
    Subject subject;
    if (!subject.open(t, args[0])) return kRaised;
    p->bytes = subject.bytes;
  }
  program->code.reserve(size_t(codes->size));
  for (int64_t i = 0; i < codes->size; ++i) {
    int64_t code = toInt64(t, listGet(codes, i));
    if (t.raised()) return kRaised;
    if (code < 0 || code > int64_t(UINT32_MAX)) return raise(t, exc::OverflowError, "regular expression code size limit exceeded");
    program->code.push_back(uint32_t(code));
  }
  program->groups = uint32_t(groups);
  if (groups < 0 || groups > int64_t(kMaxGroups) || !prepareProgram(*program)) return raise(t, exc::RuntimeError, "invalid SRE code");
  return owner;
}

bool addPatternTypes(Thread& t, ModuleObject*) {
  static const TypeSpec spec{.type = nullptr,
                             .basic_size = sizeof(Pattern),
                             .doc = "Compiled regular expression object.",
                             .methods = kMethods,
                             .getsets = kGetSets,
                             .dealloc = patternDealloc,
                             .traverse = patternTraverse,
                             .fill = [](Slots& slots) {
                               slots.repr = patternRepr;
                               slots.hash = patternHash;
                               slots.compare = patternCompare;
                             }};
  static const TypeSpec scanner_spec{.type = nullptr, .basic_size = sizeof(Scanner), .doc = nullptr, .methods = kScannerMethods,
                                     .getsets = kScannerGetSets, .dealloc = scannerDealloc};
  Ref<Type> made = makeNativeType(t, spec, "re.Pattern", nullptr, kTypeFinal | kTypeDisallowNew | kTypeWeakrefable);
  Ref<Type> scanner = made ? makeNativeType(t, scanner_spec, "_sre.SRE_Scanner", nullptr, kTypeFinal | kTypeDisallowNew) : Ref<Type>();
  if (!scanner) return false;
  pattern_type = made.leakObject();
  scanner_type = scanner.leakObject();
  return true;
}

}  // namespace krait::sre
