// Python functions.
#include "runtime/objects/function.h"

#include "runtime/code/code.h"
#include "runtime/core/audit.h"
#include "runtime/core/error.h"
#include "runtime/core/hooks.h"
#include "runtime/core/names.h"
#include "runtime/core/runtime.h"
#include "runtime/core/watch.h"
#include "runtime/memory/gc.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/own_dict.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

uint32_t next_version = 1;

Function* self_(Value v) { return asFunction(v); }

}  // namespace

Ref<Function> newFunction(Thread& t, Code* code, Dict* globals, Value qualname) {
  Function* f = allocate<Function>(Sort::kCollectable, &types::Function, kKindFunction);
  if (!f) return raiseNoMemory(t);
  retain(code);
  retain(globals);
  f->code = code;
  f->globals = globals;
  Value builtins = dictGetStr(globals, internStatic("__builtins__"));
  if (builtins && isInstance(builtins, &types::Module)) builtins = Value(interpreterOf(t).builtins);
  if (!builtins) builtins = Value(interpreterOf(t).builtins);
  f->builtins = share(builtins).leak();
  f->defaults = f->kw_defaults = f->closure = f->annotations = Value();
  f->name = share(Value(code->name)).leak();
  f->qualname = share(qualname ? qualname : Value(code->qualname)).leak();
  Value doc = code->consts->size > 0 ? code->consts->items[0] : Value();
  f->doc = doc && isStr(doc) ? share(doc).leak() : kNone;
  f->module = share(dictGetStr(globals, names::dunder_name)).leak();
  f->dict = nullptr;
  f->version = 0;
  f->reserved = 0;
  f->watchers = nullptr;
  return steal(f);
}

uint32_t functionVersion(Function* function) {
  if (function->version == 0 && next_version != 0) function->version = next_version++;
  return function->version;
}

void watchFunction(Function* function, Dependent* dependent) {
  dependent->next = function->watchers;
  if (dependent->next) dependent->next->link = &dependent->next;
  dependent->link = &function->watchers;
  function->watchers = dependent;
}

namespace {

// Code or defaults changed: caches and traces that relied on them end.
void functionChanged(Function* f) {
  f->version = 0;
  while (Dependent* d = f->watchers) {
    unwatch(d);
    d->invalidate(d);
  }
}

Ref<> orNone(Value v) { return v ? share(v) : share(kNone); }

Ref<> getCode(Thread& t, Value self) {
  return auditRead(t, self, "__code__") ? share(Value(self_(self)->code)) : Ref<>(kRaised);
}
bool setCode(Thread& t, Value self, Value v) {
  Function* f = self_(self);
  if (!v || !isExact(v, &types::Code)) return raise(t, exc::TypeError, "__code__ must be set to a code object");
  int64_t closure = f->closure ? asTuple(f->closure)->size : 0;
  if (asCode(v)->free_count != closure) {
    return raise(t, exc::ValueError, "%s() requires a code object with %ld free vars, not %d", Utf8(asStr(f->name)).c_str(), long(closure),
                 asCode(v)->free_count);
  }
  if (!auditWrite(t, self, "__code__", v)) return false;
  functionChanged(f);
  Code* old = f->code;
  f->code = asCode(share(v).leak());
  release(old);
  return true;
}

Ref<> getDefaults(Thread& t, Value self) {
  return auditRead(t, self, "__defaults__") ? orNone(self_(self)->defaults) : Ref<>(kRaised);
}
bool setDefaults(Thread& t, Value self, Value v) {
  if (v && v.isNone()) v = Value();
  if (v && !isTuple(v)) return raise(t, exc::TypeError, "__defaults__ must be set to a tuple object");
  if (!auditWrite(t, self, "__defaults__", v)) return false;
  functionChanged(self_(self));
  assign(self_(self)->defaults, share(v));
  return true;
}

Ref<> getKwDefaults(Thread& t, Value self) {
  if (!auditRead(t, self, "__kwdefaults__")) return kRaised;
  return orNone(self_(self)->kw_defaults);
}
bool setKwDefaults(Thread& t, Value self, Value v) {
  if (v && v.isNone()) v = Value();
  if (v && !isDict(v)) return raise(t, exc::TypeError, "__kwdefaults__ must be set to a dict object");
  if (!auditWrite(t, self, "__kwdefaults__", v)) return false;
  functionChanged(self_(self));
  assign(self_(self)->kw_defaults, share(v));
  return true;
}

Ref<> getAnnotations(Thread& t, Value self) {
  Function* f = self_(self);
  if (!f->annotations) {
    Ref<Dict> fresh = newDict(t);
    if (!fresh) return kRaised;
    f->annotations = fresh.leak();
  } else if (isExactTuple(f->annotations)) {
    // As MAKE_FUNCTION got them: name, annotation, name, ...
    Tuple* pairs = asTuple(f->annotations);
    Ref<Dict> dict = newDict(t, pairs->size / 2);
    if (!dict) return kRaised;
    for (int64_t i = 0; i + 1 < pairs->size; i += 2) {
      if (!dictSet(t, dict.get(), pairs->items[i], pairs->items[i + 1])) return kRaised;
    }
    assign(f->annotations, std::move(dict));
  }
  return share(f->annotations);
}
bool setAnnotations(Thread& t, Value self, Value v) {
  if (v && v.isNone()) v = Value();
  if (v && !isDict(v)) return raise(t, exc::TypeError, "__annotations__ must be set to a dict object");
  assign(self_(self)->annotations, share(v));
  return true;
}

Ref<> getName(Thread&, Value self) { return share(self_(self)->name); }
bool setName(Thread& t, Value self, Value v) {
  if (!v || !isStr(v)) return raise(t, exc::TypeError, "__name__ must be set to a string object");
  assign(self_(self)->name, share(v));
  return true;
}
Ref<> getQualname(Thread&, Value self) { return share(self_(self)->qualname); }
bool setQualname(Thread& t, Value self, Value v) {
  if (!v || !isStr(v)) return raise(t, exc::TypeError, "__qualname__ must be set to a string object");
  assign(self_(self)->qualname, share(v));
  return true;
}

Ref<> getDict(Thread& t, Value self) {
  Function* f = self_(self);
  if (!f->dict && !(f->dict = newDict(t).leakObject())) return kRaised;
  return share(Value(f->dict));
}
bool setDict(Thread& t, Value self, Value v) {
  if (!v) return raise(t, exc::TypeError, "cannot delete __dict__");
  if (!isDict(v)) return raise(t, exc::TypeError, "__dict__ must be set to a dictionary, not a '%s'", typeName(v));
  Dict* old = self_(self)->dict;
  self_(self)->dict = asDict(share(v).leak());
  releaseIfAny(old);
  return true;
}

Ref<> getModule(Thread&, Value self) { return orNone(self_(self)->module); }
bool setModule(Thread&, Value self, Value v) {
  assign(self_(self)->module, share(v));
  return true;
}
Ref<> getDoc(Thread&, Value self) { return orNone(self_(self)->doc); }
bool setDoc(Thread&, Value self, Value v) {
  assign(self_(self)->doc, share(v ? v : kNone));
  return true;
}

const GetSetDef kGetSets[] = {
    {"__code__", getCode, setCode, nullptr},
    {"__defaults__", getDefaults, setDefaults, nullptr},
    {"__kwdefaults__", getKwDefaults, setKwDefaults, nullptr},
    {"__annotations__", getAnnotations, setAnnotations, nullptr},
    {"__dict__", getDict, setDict, nullptr},
    {"__name__", getName, setName, nullptr},
    {"__qualname__", getQualname, setQualname, nullptr},
    {"__module__", getModule, setModule, nullptr, true},
    {"__doc__", getDoc, setDoc, nullptr},
    {},
};
const MemberDef kMembers[] = {
    {"__closure__", MemberType::kValueOrNone, true, offsetof(Function, closure), nullptr},
    {"__globals__", MemberType::kValue, true, offsetof(Function, globals), nullptr},
    {"__builtins__", MemberType::kValue, true, offsetof(Function, builtins), nullptr},
    {},
};

Ref<> functionRepr(Thread& t, Value self) {
  return strFormat(t, "<function %s at %p>", Utf8(asStr(self_(self)->qualname)).c_str(), static_cast<void*>(self.asObject()));
}
Ref<> functionGet(Thread& t, Value descr, Value instance, Type*) {
  if (!instance || instance.isNone()) return share(descr);
  return newMethod(t, descr, instance);
}
Ref<> functionCall(Thread& t, Value callee, Args args) { return hooks.call_function(t, asFunction(callee), args); }
Ref<> functionGetAttr(Thread& t, Value self, Str* name) { return getAttrWithDict(t, self, name, self_(self)->dict); }
bool functionSetAttr(Thread& t, Value self, Str* name, Value v) { return setAttrWithDict(t, self, name, v, &self_(self)->dict); }

// types.FunctionType(code, globals, name=None, argdefs=None, closure=None)
Ref<> functionNew(Thread& t, Type*, Args args) {
  Value v[5];
  static const char* const kNames[] = {"code", "globals", "name", "argdefs", "closure"};
  for (size_t i = 0; i < args.positional && i < 5; ++i) v[i] = args[i];
  if (args.positional > 5) return raise(t, exc::TypeError, "function() takes at most 5 arguments (%zu given)", args.total());
  for (size_t k = 0; k < args.keywords(); ++k) {
    Str* name = asStr(args.names->items[k]);
    size_t i = 0;
    while (i < 5 && !strEqualsAscii(name, kNames[i])) ++i;
    if (i == 5) return raise(t, exc::TypeError, "'%s' is an invalid keyword argument for function()", Utf8(name).c_str());
    if (v[i]) return raise(t, exc::TypeError, "argument for function() given by name ('%s') and position (%zu)", kNames[i], i + 1);
    v[i] = args[args.positional + k];
  }
  if (!v[0]) return raise(t, exc::TypeError, "function() missing required argument 'code' (pos 1)");
  if (!v[1]) return raise(t, exc::TypeError, "function() missing required argument 'globals' (pos 2)");
  if (!isExact(v[0], &types::Code)) {
    return raise(t, exc::TypeError, "function() argument 'code' must be code, not %s", typeName(v[0]));
  }
  if (!isDict(v[1])) return raise(t, exc::TypeError, "function() argument 'globals' must be dict, not %s", typeName(v[1]));
  Code* code = asCode(v[0]);
  if (v[2] && !v[2].isNone() && !isStr(v[2])) return raise(t, exc::TypeError, "arg 3 (name) must be None or string");
  if (v[3] && !v[3].isNone() && !isTuple(v[3])) return raise(t, exc::TypeError, "arg 4 (defaults) must be None or tuple");
  int64_t closure = 0;
  if (v[4] && !v[4].isNone()) {
    if (!isTuple(v[4]))
      return raise(t, exc::TypeError,
                   code->free_count ? "arg 5 (closure) must be tuple" : "arg 5 (closure) must be None or tuple");
    closure = asTuple(v[4])->size;
    for (int64_t i = 0; i < closure; ++i) {
      if (!isExact(asTuple(v[4])->items[i], &types::Cell)) {
        return raise(t, exc::TypeError, "arg 5 (closure) expected cell, found %s", typeName(asTuple(v[4])->items[i]));
      }
    }
  } else if (code->free_count) {
    return raise(t, exc::TypeError, "arg 5 (closure) must be tuple");
  }
  if (closure != code->free_count) {
    return raise(t, exc::ValueError, "%s requires closure of length %d, not %ld", Utf8(code->name).c_str(),
                 code->free_count, long(closure));
  }
  if (!audit(t, "function.__new__", v[0])) return kRaised;
  Ref<Function> f = newFunction(t, code, asDict(v[1]), Value());
  if (!f) return kRaised;
  if (v[2] && !v[2].isNone()) assign(f->name, share(v[2]));
  if (v[3] && !v[3].isNone()) f->defaults = share(v[3]).leak();
  if (closure) f->closure = share(v[4]).leak();
  return f;
}

void functionTraverse(Object* o, Visitor& visitor) {
  Function* f = static_cast<Function*>(o);
  visitor.visit(f->globals);
  visitor.visit(f->dict);
  for (Value v : {f->builtins, f->defaults, f->kw_defaults, f->closure, f->name, f->qualname, f->module, f->doc, f->annotations}) {
    visitor.visit(v);
  }
}
void functionClear(Object* o) {
  Function* f = static_cast<Function*>(o);
  functionChanged(f);
  for (Value* v : {&f->defaults, &f->kw_defaults, &f->closure, &f->module, &f->doc, &f->annotations}) assign(*v, Ref<>());
  Dict* dict = f->dict;
  f->dict = nullptr;
  releaseIfAny(dict);
}
void functionDealloc(Object* o) {
  Function* f = static_cast<Function*>(o);
  functionClear(o);
  release(f->globals);
  release(f->builtins);
  release(f->name);
  release(f->qualname);
  release(f->code);
  freeObject(o, sizeof(Function), Sort::kCollectable);
}

}  // namespace

const TypeSpec& functionTypeSpec() {
  static const TypeSpec spec{
      .type = &types::Function,
      .basic_size = sizeof(Function),
      .doc =
          "Create a function object.\n\n  code\n    a code object\n  globals\n    the globals dictionary\n"
          "  name\n    a string that overrides the name from the code object\n  argdefs\n    a tuple "
          "that specifies the default argument values\n  closure\n    a tuple that supplies the bindings "
          "for free variables",
      .getsets = kGetSets,
      .members = kMembers,
      .dealloc = functionDealloc,
      .traverse = functionTraverse,
      .clear = functionClear,
      .fill =
          [](Slots& s) {
            s.new_ = functionNew;
            s.call = functionCall;
            s.repr = functionRepr;
            s.descr_get = functionGet;
            s.getattr = functionGetAttr;
            s.setattr = functionSetAttr;
          }};
  return spec;
}

}  // namespace krait
