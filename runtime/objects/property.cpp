// property.
#include "runtime/core/error.h"
#include "runtime/core/names.h"
#include "runtime/core/type_internal.h"
#include "runtime/memory/gc.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/descriptors.h"
#include "runtime/objects/instance.h"
#include "runtime/objects/str.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

// The struct of property with the name that __set_name__ told it.
struct NamedProperty : Property {
  Value name;  // owned; empty: unknown
};
NamedProperty* property(Value v) { return static_cast<NamedProperty*>(v.asObject()); }

void dealloc(Object* o) {
  NamedProperty* p = static_cast<NamedProperty*>(o);
  for (Value* field : {&p->getter, &p->setter, &p->deleter, &p->doc, &p->name}) release(*field);
  freeObject(o, sizeof(NamedProperty), Sort::kCollectable);
}
void traverse(Object* o, Visitor& visitor) {
  NamedProperty* p = static_cast<NamedProperty*>(o);
  for (Value field : {p->getter, p->setter, p->deleter, p->doc, p->name}) visitor.visit(field);
}
void clear(Object* o) {
  NamedProperty* p = static_cast<NamedProperty*>(o);
  for (Value* field : {&p->getter, &p->setter, &p->deleter, &p->doc, &p->name}) assign(*field, Ref<>());
}

Ref<> allocateProperty(Thread& t, Type* type) {
  NamedProperty* p = allocateInstance<NamedProperty>(type);
  if (!p) return raiseNoMemory(t);
  p->getter = p->setter = p->deleter = p->doc = p->name = Value();
  p->getter_doc = false;
  return steal(Value(p));
}
Ref<> propertyNew(Thread& t, Type* type, Args args) { return allocateProperty(t, type); }

Value orNone(Value v) { return v.empty() ? kNone : v; }

bool fill(Thread& t, Value self, Value getter, Value setter, Value deleter, Value doc) {
  NamedProperty* p = property(self);
  assign(p->getter, share(orNone(getter)));
  assign(p->setter, share(orNone(setter)));
  assign(p->deleter, share(orNone(deleter)));
  assign(p->doc, share(orNone(doc)));
  assign(p->name, Ref<>());
  p->getter_doc = false;
  if (!orNone(doc).isNone() || p->getter.isNone()) return true;
  Ref<> text = getAttrOrEmpty(t, p->getter, names::dunder_doc);
  if (!text) return !t.raised();
  p->getter_doc = true;
  if (typeOf(self) == &types::Property) {
    assign(p->doc, std::move(text));
    return true;
  }
  // A subclass hides the C++ field behind its own __doc__: the text goes to the instance.
  return setAttr(t, self, names::dunder_doc, text);
}

const MethodDef kInit =
    method("property", static_cast<NativeBound>([](Thread& t, Value self, const Value* a) -> Ref<> {
             return fill(t, self, a[0], a[1], a[2], a[3]) ? steal(kNone) : Ref<>();
           }),
           "($self, fget=None, fset=None, fdel=None, doc=None)");
bool propertyInit(Thread& t, Value self, Args args) { return bool(callNative(t, kInit, self, args)); }

// "property 'x' of 'C' object has no getter"
Raised missing(Thread& t, Value v, Value instance, const char* what) {
  Ref<> qualname = getAttr(t, typeOf(instance), names::dunder_qualname);
  if (!qualname) return kRaised;
  Utf8 type_name, shown;
  if (isStr(qualname)) type_name.setLossy(asStr(qualname));
  Value name = property(v)->name;
  if (name.empty()) return raise(t, exc::AttributeError, "property of '%s' object has no %s", type_name.c_str(), what);
  Ref<Str> text = repr(t, name);
  if (!text) return kRaised;
  shown.setLossy(text.get());
  return raise(t, exc::AttributeError, "property %s of '%s' object has no %s", shown.c_str(), type_name.c_str(), what);
}

Ref<> propertyGet(Thread& t, Value v, Value instance, Type* owner) {
  if (instance.empty()) return share(v);
  Value getter = property(v)->getter;
  if (getter.empty() || getter.isNone()) return missing(t, v, instance, "getter");
  return call(t, getter, instance);
}
bool propertySet(Thread& t, Value v, Value instance, Value to) {
  NamedProperty* p = property(v);
  Value function = to.empty() ? p->deleter : p->setter;
  if (function.empty() || function.isNone()) return missing(t, v, instance, to.empty() ? "deleter" : "setter");
  return to.empty() ? bool(call(t, function, instance)) : bool(call(t, function, instance, to));
}

Ref<> copyWith(Thread& t, Value self, Value getter, Value setter, Value deleter) {
  NamedProperty* p = property(self);
  Value doc = p->getter_doc && !orNone(getter.empty() ? p->getter : getter).isNone() ? kNone : orNone(p->doc);
  Value args[] = {orNone(getter.empty() || getter.isNone() ? p->getter : getter), orNone(setter.empty() ? p->setter : setter),
                  orNone(deleter.empty() ? p->deleter : deleter), doc};
  Ref<> result = call(t, typeOf(self), Args{args, 4});
  if (result && isInstance(result, &types::Property)) assign(property(result)->name, share(p->name));
  return result;
}
Ref<> withGetter(Thread& t, Value self, Value f) { return copyWith(t, self, f, Value(), Value()); }
Ref<> withSetter(Thread& t, Value self, Value f) { return copyWith(t, self, Value(), f, Value()); }
Ref<> withDeleter(Thread& t, Value self, Value f) { return copyWith(t, self, Value(), Value(), f); }
Ref<> setName(Thread& t, Value self, Args args) {
  if (!noKeywords(t, "property.__set_name__", args)) return kRaised;
  if (args.positional != 2)
    return raise(t, exc::TypeError, "__set_name__() takes 2 positional arguments but %zu were given", args.positional);
  assign(property(self)->name, share(args[1]));
  return steal(kNone);
}

Ref<> isAbstract(Thread& t, Value self) {
  NamedProperty* p = property(self);
  for (Value function : {p->getter, p->setter, p->deleter}) {
    if (function.empty() || function.isNone()) continue;
    Ref<> flag = getAttrOrEmpty(t, function, names::dunder_isabstractmethod);
    if (!flag) {
      if (t.raised()) return kRaised;
      continue;
    }
    int yes = truth(t, flag);
    if (yes < 0) return kRaised;
    if (yes) return steal(kTrue);
  }
  return steal(kFalse);
}

const MethodDef kMethods[] = {
    method("getter", withGetter, "($self, fget, /)",
           "Descriptor to obtain a copy of the property with a different getter."),
    method("setter", withSetter, "($self, fset, /)",
           "Descriptor to obtain a copy of the property with a different setter."),
    method("deleter", withDeleter, "($self, fdel, /)",
           "Descriptor to obtain a copy of the property with a different deleter."),
    method("__set_name__", setName, nullptr, "Method to set name of a property."),
    {},
};
const GetSetDef kGetSets[] = {{"__isabstractmethod__", isAbstract, nullptr, nullptr}, {}};
const MemberDef kMembers[] = {
    {"fget", MemberType::kValueOrNone, true, offsetof(Property, getter), nullptr},
    {"fset", MemberType::kValueOrNone, true, offsetof(Property, setter), nullptr},
    {"fdel", MemberType::kValueOrNone, true, offsetof(Property, deleter), nullptr},
    {"__doc__", MemberType::kValueOrNone, false, offsetof(Property, doc), nullptr},
    {},
};

}  // namespace

Ref<> newProperty(Thread& t, Value getter, Value setter, Value deleter, Value doc) {
  Ref<> result = allocateProperty(t, &types::Property);
  if (!result || !fill(t, result, getter, setter, deleter, doc)) return kRaised;
  return result;
}

const TypeSpec& propertyTypeSpec() {
  static const TypeSpec spec{.type = &types::Property,
                             .basic_size = sizeof(NamedProperty),
                             .doc = "Property attribute.",
                             .methods = kMethods,
                             .getsets = kGetSets,
                             .members = kMembers,
                             .dealloc = dealloc,
                             .traverse = traverse,
                             .clear = clear,
                             .fill =
                                 [](Slots& s) {
                                   s.new_ = propertyNew;
                                   s.init = propertyInit;
                                   s.descr_get = propertyGet;
                                   s.descr_set = propertySet;
                                 }};
  return spec;
}

}  // namespace krait
