// isinstance and issubclass, with the hooks of metaclasses and objects that only look like classes.
#include "runtime/core/error.h"
#include "runtime/core/names.h"
#include "runtime/core/type_internal.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/isinstance.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

// The __bases__ tuple of a class-like object; empty without exception when it has none.
Ref<> basesOf(Thread& t, Value cls) {
  Ref<> bases = getAttrOrEmpty(t, cls, names::dunder_bases);
  if (bases && !isTuple(bases)) return Ref<>();
  return bases;
}

bool checkClass(Thread& t, Value cls, const char* message) {
  Ref<> bases = basesOf(t, cls);
  if (bases) return true;
  return t.raised() ? false : bool(raise(t, exc::TypeError, "%s", message));
}

int abstractSubclass(Thread& t, Value derived, Value cls) {
  Ref<> current = share(derived);
  for (;;) {
    if (current.value() == cls) return 1;
    Ref<> bases = basesOf(t, current);
    if (!bases) return t.raised() ? -1 : 0;
    Tuple* tuple = asTuple(bases);
    if (tuple->size == 0) return 0;
    if (tuple->size == 1) {
      current = share(tuple->items[0]);
      continue;
    }
    NativeScope scope(t, " in __issubclass__");
    if (!scope) return kRaised;
    for (int64_t i = 0; i < tuple->size; ++i) {
      int found = abstractSubclass(t, tuple->items[i], cls);
      if (found != 0) return found;
    }
    return 0;
  }
}

// Calls the class's check method; -2: it has none.
int callCheck(Thread& t, Value cls, Str* name, Value argument, const char* where) {
  Ref<> self;
  Ref<> method = lookupSpecial(t, cls, name, &self);
  if (!method) return t.raised() ? -1 : -2;
  NativeScope scope(t, where);
  if (!scope) return kRaised;
  Ref<> result = self ? call(t, method, self, argument) : call(t, method, argument);
  if (!result) return kRaised;
  return truth(t, result);
}

}  // namespace

int plainIsInstance(Thread& t, Value v, Value cls) {
  if (isType(cls)) {
    Type* type = static_cast<Type*>(cls.asObject());
    if (isInstance(v, type)) return 1;
    Ref<> declared = getAttrOrEmpty(t, v, names::dunder_class);
    if (!declared) return t.raised() ? -1 : 0;
    if (!isType(declared) || declared.value() == Value(typeOf(v))) return 0;
    return isSubtype(static_cast<Type*>(declared.value().asObject()), type);
  }
  if (!checkClass(t, cls, "isinstance() arg 2 must be a type, a tuple of types, or a union")) return kRaised;
  Ref<> declared = getAttrOrEmpty(t, v, names::dunder_class);
  if (!declared) return t.raised() ? -1 : 0;
  return abstractSubclass(t, declared, cls);
}

int plainIsSubclass(Thread& t, Value derived, Value cls) {
  if (isType(cls) && isType(derived)) {
    return isSubtype(static_cast<Type*>(derived.asObject()), static_cast<Type*>(cls.asObject()));
  }
  if (!checkClass(t, derived, "issubclass() arg 1 must be a class")) return kRaised;
  if (!checkClass(t, cls, "issubclass() arg 2 must be a class, a tuple of classes, or a union")) return kRaised;
  return abstractSubclass(t, derived, cls);
}

int isInstanceOf(Thread& t, Value v, Value cls) {
  if (Value(typeOf(v)) == cls) return 1;
  if (isExact(cls, &types::Type)) return plainIsInstance(t, v, cls);
  if (isTuple(cls)) {
    NativeScope scope(t, " in __instancecheck__");
    if (!scope) return kRaised;
    Ref<> keep = share(cls);
    for (int64_t i = 0; i < asTuple(cls)->size; ++i) {
      int found = isInstanceOf(t, v, asTuple(cls)->items[i]);
      if (found != 0) return found;
    }
    return 0;
  }
  int checked = callCheck(t, cls, names::dunder_instancecheck, v, " in __instancecheck__");
  return checked != -2 ? checked : plainIsInstance(t, v, cls);
}

int isSubclassOf(Thread& t, Value derived, Value cls) {
  if (isExact(cls, &types::Type)) {
    if (derived == cls) return 1;
    return plainIsSubclass(t, derived, cls);
  }
  if (isTuple(cls)) {
    NativeScope scope(t, " in __subclasscheck__");
    if (!scope) return kRaised;
    Ref<> keep = share(cls);
    for (int64_t i = 0; i < asTuple(cls)->size; ++i) {
      int found = isSubclassOf(t, derived, asTuple(cls)->items[i]);
      if (found != 0) return found;
    }
    return 0;
  }
  int checked = callCheck(t, cls, names::dunder_subclasscheck, derived, " in __subclasscheck__");
  return checked != -2 ? checked : plainIsSubclass(t, derived, cls);
}

}  // namespace krait
