// re.Match: what a match found.
#include "runtime/memory/memory.h"
#include "runtime/modules/fields.h"
#include "runtime/modules/sre/sre.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/generic_alias.h"
#include "runtime/objects/int.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"

namespace krait::sre {

namespace {
Type* match_type = nullptr;
}

Ref<> makeMatch(Thread& t, Pattern* pattern, Value string, State& state, int64_t pos, int64_t endpos, int status) {
  if (status < 0) return kRaised;
  if (status == 0) return steal(kNone);
  uint32_t groups = pattern->program->groups;
  int64_t* marks = static_cast<int64_t*>(allocateBuffer(sizeof(int64_t) * 2 * (groups + 1)));
  Match* m = marks ? allocateInstance<Match>(match_type) : nullptr;
  if (!m) {
    if (marks) freeBuffer(marks);
    return raiseNoMemory(t);
  }
  marks[0] = state.start;
  marks[1] = state.at;
  for (uint32_t i = 0; i < groups; ++i) {
    int64_t from = state.marks[i * 2], to = state.marks[i * 2 + 1];
    bool set = from >= 0 && to >= from;
    marks[i * 2 + 2] = set ? from : -1;
    marks[i * 2 + 3] = set ? to : -1;
  }
  m->string = share(string).leak();
  m->pattern = share(Value(pattern)).leak();
  m->regs = Value();
  m->pos = pos;
  m->endpos = endpos;
  m->marks = marks;
  m->last_index = state.last_index;
  m->groups = groups + 1;
  return steal(Value(m));
}

namespace {

void matchDealloc(Object* self) {
  Match* m = static_cast<Match*>(self);
  Value string = m->string, pattern = m->pattern, regs = m->regs;
  freeBuffer(m->marks);
  freeInstance(self);
  release(string);
  release(pattern);
  release(regs);
}
void matchTraverse(Object* self, Visitor& visitor) {
  Match* m = static_cast<Match*>(self);
  visitor.visit(m->string);
  visitor.visit(m->pattern);
  visitor.visit(m->regs);
}

// The text of group i; `fallback` when it took no part.
Ref<> groupAt(Thread& t, Match* m, int64_t i, Value fallback) {
  int64_t from = m->marks[i * 2], to = m->marks[i * 2 + 1];
  if (from < 0) return share(fallback);
  Subject subject;
  if (!subject.open(t, m->string)) return kRaised;
  // A bytearray may have shrunk since.
  if (to > subject.length) to = subject.length;
  if (from > to) from = to;
  return sliceText(t, subject, m->string, from, to);
}
// A group's number from a number or name; -1: raised.
int64_t groupNumber(Thread& t, Match* m, Value v) {
  int64_t i = -1;
  if (isIntLike(v) || (v.isObject() && typeOf(v)->slots.index)) {
    i = toIndex(t, v, true);
    if (t.raised()) return -1;
  } else {
    Value index = asPattern(m->pattern)->group_index;
    Value found = dictGet(t, asDict(index), v);
    if (t.raised()) {
      clearException(t);  // an unhashable name is no group either
    } else if (found && found.isInt()) {
      i = found.asInt();
    }
  }
  if (i < 0 || i >= int64_t(m->groups)) return raise(t, exc::IndexError, "no such group");
  return i;
}

Ref<> group(Thread& t, Value self, Args args) {
  Match* m = asMatch(self);
  if (args.keywords()) return raise(t, exc::TypeError, "Match.group() takes no keyword arguments");
  if (args.positional == 0) return groupAt(t, m, 0, kNone);
  if (args.positional == 1) {
    int64_t i = groupNumber(t, m, args[0]);
    return i < 0 ? Ref<>(kRaised) : groupAt(t, m, i, kNone);
  }
  Ref<Tuple> row = newTupleBlank(t, int64_t(args.positional));
  for (size_t k = 0; row && k < args.positional; ++k) {
    int64_t i = groupNumber(t, m, args[k]);
    Ref<> v = i < 0 ? Ref<>() : groupAt(t, m, i, kNone);
    if (!v) return kRaised;
    row->items[k] = v.leak();
  }
  return row;
}
Ref<> item(Thread& t, Value self, Value key) {
  int64_t i = groupNumber(t, asMatch(self), key);
  return i < 0 ? Ref<>(kRaised) : groupAt(t, asMatch(self), i, kNone);
}
Ref<> groups(Thread& t, Value self, const Value* args) {
  Match* m = asMatch(self);
  Ref<Tuple> row = newTupleBlank(t, m->groups - 1);
  for (uint32_t i = 1; row && i < m->groups; ++i) {
    Ref<> v = groupAt(t, m, i, args[0]);
    if (!v) return kRaised;
    row->items[i - 1] = v.leak();
  }
  return row;
}
Ref<> groupDict(Thread& t, Value self, const Value* args) {
  Match* m = asMatch(self);
  Ref<Dict> result = newDict(t);
  Ref<Dict> index = share(asDict(asPattern(m->pattern)->group_index));
  int64_t position = 0;
  Value name, number;
  while (result && dictNext(index.get(), &position, &name, &number)) {
    Ref<> v = groupAt(t, m, number.asInt(), args[0]);
    if (!v || !dictSet(t, result.get(), name, v)) return kRaised;
  }
  return result;
}
template <int side>
Ref<> bound(Thread& t, Value self, const Value* args) {
  int64_t i = groupNumber(t, asMatch(self), args[0]);
  return i < 0 ? Ref<>(kRaised) : newInt(t, asMatch(self)->marks[i * 2 + side]);
}
Ref<> pairOf(Thread& t, Match* m, int64_t i) {
  Ref<> a = newInt(t, m->marks[i * 2]), b = newInt(t, m->marks[i * 2 + 1]);
  return a && b ? packTuple(t, a.value(), b.value()) : Ref<Tuple>();
}
Ref<> span(Thread& t, Value self, const Value* args) {
  int64_t i = groupNumber(t, asMatch(self), args[0]);
  return i < 0 ? Ref<>(kRaised) : pairOf(t, asMatch(self), i);
}
Ref<> expand(Thread& t, Value self, Value text) {
  Ref<> re = importModule(t, "re");
  Ref<> function = re ? getAttr(t, re, "_expand") : Ref<>();
  return function ? call(t, function, asMatch(self)->pattern, self, text) : Ref<>();
}
Ref<> matchRepr(Thread& t, Value self) {
  Match* m = asMatch(self);
  Ref<> text = groupAt(t, m, 0, kNone);
  Ref<Str> shown = text ? repr(t, text) : Ref<Str>();
  return shown ? strFormat(t, "<%s object; span=(%lld, %lld), match=%s>", typeName(self), static_cast<long long>(m->marks[0]),
                           static_cast<long long>(m->marks[1]), Utf8(shown.get()).c_str())
               : Ref<Str>();
}
Ref<> copySelf(Thread&, Value self) { return share(self); }
Ref<> deepCopySelf(Thread&, Value self, Value) { return share(self); }
Ref<> classItem(Thread& t, Value cls, Value v) { return newGenericAlias(t, cls, v); }

Ref<> getString(Thread&, Value self) { return share(asMatch(self)->string); }
Ref<> getPattern(Thread&, Value self) { return share(asMatch(self)->pattern); }
Ref<> getPos(Thread& t, Value self) { return newInt(t, asMatch(self)->pos); }
Ref<> getEndPos(Thread& t, Value self) { return newInt(t, asMatch(self)->endpos); }
Ref<> getLastIndex(Thread& t, Value self) {
  int32_t i = asMatch(self)->last_index;
  return i < 0 ? steal(kNone) : newInt(t, i);
}
Ref<> getLastGroup(Thread&, Value self) {
  Match* m = asMatch(self);
  Tuple* names = asTuple(asPattern(m->pattern)->index_group);
  return m->last_index >= 0 && m->last_index < names->size ? share(names->items[m->last_index]) : steal(kNone);
}
Ref<> getRegs(Thread& t, Value self) {
  Match* m = asMatch(self);
  if (m->regs) return share(m->regs);
  Ref<Tuple> regs = newTupleBlank(t, m->groups);
  for (uint32_t i = 0; regs && i < m->groups; ++i) {
    Ref<> pair = pairOf(t, m, i);
    if (!pair) return kRaised;
    regs->items[i] = pair.leak();
  }
  if (regs) m->regs = share(regs.value()).leak();
  return regs;
}

const MethodDef kMethods[] = {
    method("group", group, nullptr,
           "group([group1, ...]) -> str or tuple.\nReturn subgroup(s) of the match by indices or names."),
    method("start", bound<0>, "($self, group=0, /)", "Return index of the start of the substring matched by group."),
    method("end", bound<1>, "($self, group=0, /)", "Return index of the end of the substring matched by group."),
    method("span", span, "($self, group=0, /)",
           "For match object m, return the 2-tuple (m.start(group), m.end(group))."),
    method("groups", groups, "($self, /, default=None)",
           "Return a tuple containing all the subgroups of the match, from 1."),
    method("groupdict", groupDict, "($self, /, default=None)",
           "Return a dictionary containing all the named subgroups of the match, keyed by the subgroup name."),
    method("expand", expand, "($self, /, template)",
           "Return the string obtained by doing backslash substitution on the string template, as done by the sub() "
           "method."),
    method("__copy__", copySelf, "($self, /)"),
    method("__deepcopy__", deepCopySelf, "($self, memo, /)"),
    method("__class_getitem__", classItem, nullptr, "See PEP 585", MethodKind::kClass),
    {},
};
const GetSetDef kGetSets[] = {{"string", getString, nullptr, "The string passed to match() or search()."},
                              {"re", getPattern, nullptr, "The regular expression object."},
                              {"pos", getPos, nullptr, "The index into the string at which the RE engine started looking for a match."},
                              {"endpos", getEndPos, nullptr, "The index into the string beyond which the RE engine will not go."},
                              {"lastindex", getLastIndex, nullptr, "The integer index of the last matched capturing group."},
                              {"lastgroup", getLastGroup, nullptr, "The name of the last matched capturing group."},
                              {"regs", getRegs, nullptr, nullptr},
                              {}};

}  // namespace

bool addMatchType(Thread& t, ModuleObject*) {
  static const TypeSpec spec{
      .type = nullptr,
      .basic_size = sizeof(Match),
      .doc = "The result of re.match() and re.search().\nMatch objects always have a boolean value of True.",
      .methods = kMethods,
      .getsets = kGetSets,
      .dealloc = matchDealloc,
      .traverse = matchTraverse,
      .fill = [](Slots& slots) {
        slots.repr = matchRepr;
        slots.getitem = item;
      }};
  Ref<Type> made = makeNativeType(t, spec, "re.Match", nullptr, kTypeFinal | kTypeDisallowNew);
  if (!made) return false;
  match_type = made.leakObject();
  return true;
}

}  // namespace krait::sre
