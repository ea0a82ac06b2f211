// classmethod and staticmethod.
#include "runtime/core/error.h"
#include "runtime/core/names.h"
#include "runtime/memory/gc.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/descriptors.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/function.h"
#include "runtime/objects/instance.h"
#include "runtime/objects/str.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

// Both have the same fields.
static_assert(sizeof(ClassMethod) == sizeof(StaticMethod) && offsetof(ClassMethod, dict) == offsetof(StaticMethod, dict));
StaticMethod* wrapper(Value v) { return static_cast<StaticMethod*>(v.asObject()); }

void dealloc(Object* o) {
  release(static_cast<StaticMethod*>(o)->callable);
  releaseIfAny(static_cast<StaticMethod*>(o)->dict);
  freeObject(o, sizeof(StaticMethod), Sort::kCollectable);
}
void traverse(Object* o, Visitor& visitor) {
  visitor.visit(static_cast<StaticMethod*>(o)->callable);
  visitor.visit(static_cast<StaticMethod*>(o)->dict);
}
void clear(Object* o) { assign(static_cast<StaticMethod*>(o)->callable, Ref<>()); }

Ref<> allocateWrapper(Thread& t, Type* type) {
  StaticMethod* w = allocateInstance<StaticMethod>(type);
  if (!w) return raiseNoMemory(t);
  w->callable = share(kNone).leak();
  w->dict = nullptr;
  return steal(Value(w));
}
Ref<> wrapperNew(Thread& t, Type* type, Args args) { return allocateWrapper(t, type); }

// As functools.update_wrapper does: the attributes that tell what is wrapped.
bool fill(Thread& t, Value self, Value callable) {
  assign(wrapper(self)->callable, share(callable));
  Str* const copied[] = {names::dunder_module, names::dunder_name, names::dunder_qualname, names::dunder_doc, names::dunder_annotations};
  for (Str* name : copied) {
    Ref<> found = getAttrOrEmpty(t, callable, name);
    if (!found) {
      if (t.raised()) return false;
      continue;
    }
    if (!setAttr(t, self, name, found)) return false;
  }
  return true;
}
bool wrapperInit(Thread& t, Value self, Args args) {
  const char* name = isInstance(self, &types::StaticMethod) ? "staticmethod" : "classmethod";
  if (!noKeywords(t, name, args) || !arity(t, name, args, 1, 1)) return false;
  return fill(t, self, args[0]);
}

Ref<> staticGet(Thread& t, Value v, Value instance, Type* owner) { return share(wrapper(v)->callable); }
Ref<> staticCall(Thread& t, Value v, Args args) { return call(t, wrapper(v)->callable, args); }

Ref<> classGet(Thread& t, Value v, Value instance, Type* owner) {
  Value callable = wrapper(v)->callable;
  Type* type = owner ? owner : typeOf(instance);
  // Wrapped descriptors are bound to the class (3.9 to 3.12): classmethod(property(...)).
  if (DescrGetFunction get = typeOf(callable)->slots.descr_get) return get(t, callable, type, typeOf(type));
  return newMethod(t, callable, type);
}

Ref<> reprAs(Thread& t, const char* what, Value v) {
  Ref<Str> inner = repr(t, wrapper(v)->callable);
  if (!inner) return kRaised;
  Utf8 text;
  if (!text.set(t, inner.get())) return kRaised;
  return strFormat(t, "<%s(%s)>", what, text.c_str());
}
Ref<> staticRepr(Thread& t, Value v) { return reprAs(t, "staticmethod", v); }
Ref<> classRepr(Thread& t, Value v) { return reprAs(t, "classmethod", v); }

Ref<> isAbstract(Thread& t, Value v) {
  Ref<> flag = getAttrOrEmpty(t, wrapper(v)->callable, names::dunder_isabstractmethod);
  if (!flag) return t.raised() ? Ref<>() : steal(kFalse);
  int yes = truth(t, flag);
  if (yes < 0) return kRaised;
  return steal(Value::fromBool(yes != 0));
}
Ref<> getDict(Thread& t, Value v) {
  Dict*& dict = wrapper(v)->dict;
  if (!dict) {
    Ref<Dict> fresh = newDict(t);
    if (!fresh) return kRaised;
    dict = fresh.leakObject();
  }
  return share(Value(dict));
}
bool setDict(Thread& t, Value v, Value to) {
  if (to.empty()) return raise(t, exc::TypeError, "cannot delete __dict__");
  if (!isDict(to)) return raise(t, exc::TypeError, "__dict__ must be set to a dictionary, not a '%s'", typeName(to));
  Dict* old = wrapper(v)->dict;
  wrapper(v)->dict = share(asDict(to)).leakObject();
  releaseIfAny(old);
  return true;
}

const GetSetDef kGetSets[] = {{"__isabstractmethod__", isAbstract, nullptr, nullptr}, {"__dict__", getDict, setDict, nullptr}, {}};
const MemberDef kMembers[] = {{"__func__", MemberType::kValueOrNone, true, offsetof(StaticMethod, callable), nullptr},
                              {"__wrapped__", MemberType::kValueOrNone, true, offsetof(StaticMethod, callable), nullptr},
                              {}};

Ref<> make(Thread& t, Type* type, Value callable) {
  Ref<> result = allocateWrapper(t, type);
  if (!result || !fill(t, result, callable)) return kRaised;
  return result;
}

}  // namespace

// During start-up (native static methods) there is nothing to copy from a native function that its type does not show.
Ref<> newStaticMethod(Thread& t, Value callable) {
  if (!types::NativeFunction.has(kTypeReady)) {
    Ref<> result = allocateWrapper(t, &types::StaticMethod);
    if (result) assign(wrapper(result)->callable, share(callable));
    return result;
  }
  return make(t, &types::StaticMethod, callable);
}
Ref<> newClassMethod(Thread& t, Value callable) { return make(t, &types::ClassMethod, callable); }

const TypeSpec& staticMethodTypeSpec() {
  static const TypeSpec spec{.type = &types::StaticMethod, .basic_size = sizeof(StaticMethod),
                             .doc = "staticmethod(function) -> method\n\nConvert a function to be a static method.",
                             .getsets = kGetSets, .members = kMembers, .dealloc = dealloc, .traverse = traverse, .clear = clear,
                             .fill = [](Slots& s) {
                               s.new_ = wrapperNew;
                               s.init = wrapperInit;
                               s.repr = staticRepr;
                               s.call = staticCall;
                               s.descr_get = staticGet;
                             },
                             .dict_offset = offsetof(StaticMethod, dict)};
  return spec;
}
const TypeSpec& classMethodTypeSpec() {
  static const TypeSpec spec{.type = &types::ClassMethod, .basic_size = sizeof(ClassMethod),
                             .doc = "classmethod(function) -> method\n\nConvert a function to be a class method.",
                             .getsets = kGetSets, .members = kMembers, .dealloc = dealloc, .traverse = traverse, .clear = clear,
                             .fill = [](Slots& s) {
                               s.new_ = wrapperNew;
                               s.init = wrapperInit;
                               s.repr = classRepr;
                               s.descr_get = classGet;
                             },
                             .dict_offset = offsetof(ClassMethod, dict)};
  return spec;
}

}  // namespace krait
