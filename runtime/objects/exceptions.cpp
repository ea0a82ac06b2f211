// BaseException and the exceptions without fields of their own; how all exception types start.
#include "runtime/objects/exceptions.h"

#include <cstdarg>
#include <cstdio>
#include <cstring>

#include "runtime/core/names.h"
#include "runtime/core/startup.h"
#include "runtime/core/type_internal.h"
#include "runtime/memory/gc.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/instance.h"
#include "runtime/objects/list.h"
#include "runtime/objects/str.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace exc {
#define EXCEPTION(Name, Base) ::krait::Type Name{};
#include "runtime/core/exceptions.def"
#undef EXCEPTION
}  // namespace exc

void exceptionDealloc(Object* o) {
  BaseException* e = static_cast<BaseException*>(o);
  instanceRelease(o);
  size_t fields = exceptionFieldCount(o->type()->solid_base);
  for (size_t i = 0; i < fields; ++i) release(exceptionFields(e)[i]);
  for (Value each : {e->args, e->traceback, e->cause, e->context}) release(each);
  freeObject(o, instanceSize(o), Sort::kCollectable);
}
void exceptionTraverse(Object* o, Visitor& visitor) {
  BaseException* e = static_cast<BaseException*>(o);
  instanceTraverse(o, visitor);
  size_t fields = exceptionFieldCount(o->type()->solid_base);
  for (size_t i = 0; i < fields; ++i) visitor.visit(exceptionFields(e)[i]);
  for (Value each : {e->args, e->traceback, e->cause, e->context}) visitor.visit(each);
}
void exceptionClear(Object* o) {
  BaseException* e = static_cast<BaseException*>(o);
  instanceClear(o);
  size_t fields = exceptionFieldCount(o->type()->solid_base);
  for (size_t i = 0; i < fields; ++i) assign(exceptionFields(e)[i], Ref<>());
  for (Value* each : {&e->traceback, &e->cause, &e->context}) assign(*each, Ref<>());
}

Ref<> newException(Thread& t, Type* type, Tuple* args) {
  BaseException* e = allocateInstance<BaseException>(type);
  if (!e) return raiseNoMemory(t);
  size_t size = type->basic_size;
  memset(reinterpret_cast<char*>(e) + sizeof(Object), 0, size - sizeof(Object));
  e->args = share(Value(args)).leak();
  return steal(Value(e));
}

Ref<> exceptionNew(Thread& t, Type* type, Args args) {
  Ref<Tuple> tuple = newTuple(t, args.values, int64_t(args.positional));
  if (!tuple) return kRaised;
  return newException(t, type, tuple.get());
}

bool exceptionSetArgs(Thread& t, Value self, Args args) {
  Ref<Tuple> tuple = newTuple(t, args.values, int64_t(args.positional));
  if (!tuple) return false;
  assign(asException(self)->args, std::move(tuple).as<void>());
  return true;
}

bool exceptionInit(Thread& t, Value self, Args args) {
  if (args.keywords() != 0) return raise(t, exc::TypeError, "%.200s() takes no keyword arguments", typeName(self));
  return exceptionSetArgs(t, self, args);
}

Ref<> exceptionStr(Thread& t, Value self) {
  Tuple* args = asTuple(asException(self)->args);
  if (args->size == 0) return share(Value(emptyStr()));
  return str(t, args->size == 1 ? args->items[0] : Value(args)).as<void>();
}

namespace {

Ref<> exceptionRepr(Thread& t, Value self) {
  Tuple* args = asTuple(asException(self)->args);
  const char* name = typeName(self);
  if (const char* dot = strrchr(name, '.')) name = dot + 1;
  Ref<Str> inner = repr(t, args->size == 1 ? args->items[0] : Value(args));
  if (!inner) return kRaised;
  Ref<Str> start = strFormat(t, args->size == 1 ? "%s(" : "%s", name);
  if (!start) return kRaised;
  Ref<> whole = strConcat(t, start, inner);
  if (!whole || args->size != 1) return whole;
  Ref<Str> end = newStrUtf8(t, ")");
  return end ? strConcat(t, whole, end) : Ref<>();
}

Ref<> getArgs(Thread& t, Value self) { return share(asException(self)->args); }
bool setArgs(Thread& t, Value self, Value to) {
  if (to.empty()) return raise(t, exc::TypeError, "args may not be deleted");
  Ref<Tuple> tuple = sequenceToTuple(t, to);
  if (!tuple) return false;
  assign(asException(self)->args, std::move(tuple).as<void>());
  return true;
}

Value orNone(Value v) { return v.empty() ? kNone : v; }

Ref<> getTraceback(Thread& t, Value self) { return share(orNone(asException(self)->traceback)); }
bool setTraceback(Thread& t, Value self, Value to) {
  if (to.empty()) return raise(t, exc::TypeError, "__traceback__ may not be deleted");
  if (!to.isNone() && !isExact(to, &types::Traceback)) return raise(t, exc::TypeError, "__traceback__ must be a traceback or None");
  assign(asException(self)->traceback, to.isNone() ? Ref<>() : share(to));
  return true;
}
bool setLink(Thread& t, Value& field, Value to, const char* attribute, const char* name) {
  if (to.empty()) return raise(t, exc::TypeError, "%s may not be deleted", attribute);
  if (!to.isNone() && !isException(to)) {
    return raise(t, exc::TypeError, "exception %s must be None or derive from BaseException", name);
  }
  assign(field, to.isNone() ? Ref<>() : share(to));
  return true;
}
Ref<> getContext(Thread& t, Value self) { return share(orNone(asException(self)->context)); }
bool setContext(Thread& t, Value self, Value to) { return setLink(t, asException(self)->context, to, "__context__", "context"); }
Ref<> getCause(Thread& t, Value self) { return share(orNone(asException(self)->cause)); }
bool setCause(Thread& t, Value self, Value to) {
  if (!setLink(t, asException(self)->cause, to, "__cause__", "cause")) return false;
  asException(self)->suppress_context = true;
  return true;
}
Ref<> getDict(Thread& t, Value self) { return instanceDict(t, self.asObject()).as<void>(); }
bool setDict(Thread& t, Value self, Value to) {
  if (to.empty()) return raise(t, exc::TypeError, "cannot delete __dict__");
  return instanceSetDict(t, self.asObject(), to);
}

Ref<> withTraceback(Thread& t, Value self, Value to) {
  if (!setTraceback(t, self, to)) return kRaised;
  return share(self);
}
Ref<> addNote(Thread& t, Value self, Value note) {
  if (!isStr(note)) return raise(t, exc::TypeError, "note must be a str, not '%s'", typeName(note));
  Ref<> notes = getAttrOrEmpty(t, self, names::dunder_notes);
  if (!notes) {
    if (t.raised()) return kRaised;
    notes = newList(t).as<void>();
    if (!notes || !setAttr(t, self, names::dunder_notes, notes)) return kRaised;
  } else if (!isList(notes)) {
    return raise(t, exc::TypeError, "Cannot add note: __notes__ is not a list");
  }
  if (!listAppend(t, asList(notes), share(note))) return kRaised;
  return steal(kNone);
}
Ref<> setState(Thread& t, Value self, Value state) {
  if (state.isNone()) return steal(kNone);
  if (!isDict(state)) return raise(t, exc::TypeError, "state is not a dictionary");
  Ref<Dict> copy = dictCopy(t, asDict(state));
  if (!copy) return kRaised;
  int64_t position = 0;
  Value key, v;
  while (dictNext(copy.get(), &position, &key, &v)) {
    if (!isStr(key)) return raise(t, exc::TypeError, "attribute name must be string, not '%.200s'", typeName(key));
    Ref<Str> name = intern(t, share(asStr(key)));
    if (!name || !setAttr(t, self, name.get(), v)) return kRaised;
  }
  return steal(kNone);
}

const MethodDef kMethods[] = {
    method("__reduce__", exceptionReduce, nullptr, ""),
    method("__setstate__", setState, nullptr, ""),
    method("with_traceback", withTraceback, nullptr,
           "Exception.with_traceback(tb) --\n    set self.__traceback__ to tb and return self."),
    method("add_note", addNote, nullptr, "Exception.add_note(note) --\n    add a note to the exception"),
    {},
};
const GetSetDef kGetSets[] = {
    {"__dict__", getDict, setDict, nullptr},
    {"args", getArgs, setArgs, nullptr},
    {"__traceback__", getTraceback, setTraceback, nullptr},
    {"__context__", getContext, setContext, "exception context"},
    {"__cause__", getCause, setCause, "exception cause"},
    {},
};
const MemberDef kMembers[] = {
    {"__suppress_context__", MemberType::kBool, false, offsetof(BaseException, suppress_context), nullptr},
    {},
};

// Docs and field tables of the exceptions; what has no row inherits all but the doc.
struct Row {
  Type* type;
  Type* base;
  const char* name;
};
const Row kRows[] = {
#define EXCEPTION(Name, Base) {&exc::Name, &exc::Base, #Name},
#include "runtime/core/exceptions.def"
#undef EXCEPTION
};

}  // namespace

Ref<> exceptionReduce(Thread& t, Value self) {
  BaseException* e = asException(self);
  Ref<> state = getAttrOrEmpty(t, self, names::dunder_dict);
  if (!state && t.raised()) return kRaised;
  if (state && isDict(state) && asDict(state)->size > 0) return packTuple(t, Value(typeOf(self)), e->args, state.value());
  return packTuple(t, Value(typeOf(self)), e->args);
}

Raised raiseAttributeError(Thread& t, Value obj, Str* name, const char* format, ...) {
  char text[600];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof(text), format, arguments);
  va_end(arguments);
  Ref<Str> message = newStrUtf8(t, text);
  if (!message) return kRaised;
  Ref<Tuple> args = packTuple(t, Value(message));
  if (!args) return kRaised;
  Ref<> exception = newException(t, &exc::AttributeError, args.get());
  if (!exception) return kRaised;
  AttributeErrorObject* e = static_cast<AttributeErrorObject*>(exception.value().asObject());
  e->obj = share(obj).leak();
  e->name = share(Value(name)).leak();
  return raiseInstance(t, std::move(exception));
}

Ref<> makeException(Thread& t, Value type_or_instance) {
  if (isType(type_or_instance) && static_cast<Type*>(type_or_instance.asObject())->has(kTypeExceptionSubclass)) {
    Ref<> made = call(t, type_or_instance);
    if (made && !isException(made)) {
      Ref<Str> shown = repr(t, type_or_instance), got = repr(t, typeOf(made));
      if (!shown || !got) return kRaised;
      Utf8 text, got_text;
      text.setLossy(shown.get());
      got_text.setLossy(got.get());
      return raise(t, exc::TypeError, "calling %s should have returned an instance of BaseException, not %s", text.c_str(),
                   got_text.c_str());
    }
    return made;
  }
  if (isException(type_or_instance)) return share(type_or_instance);
  return raise(t, exc::TypeError, "exceptions must derive from BaseException");
}

const TypeSpec& baseExceptionTypeSpec() {
  static const TypeSpec spec{.type = &types::BaseException, .basic_size = sizeof(BaseException),
                             .doc = "Common base class for all exceptions", .methods = kMethods, .getsets = kGetSets,
                             .members = kMembers, .dealloc = exceptionDealloc, .traverse = exceptionTraverse,
                             .clear = exceptionClear, .fill = [](Slots& s) {
                               s.new_ = exceptionNew;
                               s.init = exceptionInit;
                               s.repr = exceptionRepr;
                               s.str = exceptionStr;
                             }};
  return spec;
}

void prepareExceptionTypes() {
  for (const Row& row : kRows) {
    startStaticType(row.type, row.name, row.base, 0);
    prepareType(exceptionSpec(row.type));
  }
  startStaticType(&exception_group_type, "ExceptionGroup", &exc::BaseExceptionGroup, 0);
  prepareType(exceptionSpec(&exception_group_type));
}

void readyExceptionTypes(Thread& t) {
  for (const Row& row : kRows) readyType(t, exceptionSpec(row.type));
  readyExceptionGroup(t);
}

}  // namespace krait
