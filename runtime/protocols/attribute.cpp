// Attribute access: the generic rule of objects, methods without bound method objects, special methods, super.
#include <cstring>

#include "runtime/core/error.h"
#include "runtime/core/names.h"
#include "runtime/core/type_internal.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/exception_types.h"
#include "runtime/objects/function.h"
#include "runtime/objects/instance.h"
#include "runtime/objects/str.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

Dict*& dictField(Value v) {
  return *reinterpret_cast<Dict**>(reinterpret_cast<char*>(v.asObject()) + v.asObject()->type()->dict_offset);
}

// Own attribute of the object: from its slots or its dict; empty: absent (or raised).
Ref<> ownAttribute(Thread& t, Value v, Str* name) {
  if (!v.isObject()) return Ref<>();
  const Type* type = v.asObject()->type();
  if (type->attrs_offset) return instanceGet(t, v.asObject(), name);
  if (type->dict_offset) {
    Dict* dict = dictField(v);
    if (dict) return share(dict->key_kind == KeyKind::kStr ? dictGetStr(dict, name) : dictGet(t, dict, name));
  }
  return Ref<>();
}

Raised noAttribute(Thread& t, Value v, Str* name) {
  Utf8 text;
  text.setLossy(name);
  return raiseAttributeError(t, v, name, "'%.100s' object has no attribute '%s'", typeName(v), text.c_str());
}

// The rule of object.__getattribute__; absent gives empty without exception.
Ref<> findAttribute(Thread& t, Value v, Str* name) {
  Type* type = typeOf(v);
  Value descr = lookupType(type, name);
  DescrGetFunction get = nullptr;
  Ref<> keep;
  if (!descr.empty()) {
    const Type* descr_type = typeOf(descr);
    get = descr_type->slots.descr_get;
    if (get && descr_type->slots.descr_set) {
      keep = share(descr);
      return get(t, descr, v, type);
    }
    keep = share(descr);
  }
  Ref<> own = ownAttribute(t, v, name);
  if (own || t.raised()) return own;
  if (get) return get(t, descr, v, type);
  return keep;
}

Ref<Str> internedName(Thread& t, const char* name) {
  Ref<Str> text = newStrUtf8(t, name);
  if (!text) return text;
  return intern(t, std::move(text));
}

}  // namespace

Ref<> genericGetAttr(Thread& t, Value v, Str* name) {
  Ref<> found = findAttribute(t, v, name);
  if (KRAIT_UNLIKELY(!found) && !t.raised()) return noAttribute(t, v, name);
  return found;
}

Ref<> getAttr(Thread& t, Value v, Str* name) {
  GetAttrFunction function = typeOf(v)->slots.getattr;
  if (KRAIT_LIKELY(function == genericGetAttr)) return genericGetAttr(t, v, name);
  return function(t, v, name);
}

Ref<> getAttr(Thread& t, Value v, const char* name) {
  Ref<Str> interned = internedName(t, name);
  if (!interned) return kRaised;
  return getAttr(t, v, interned.get());
}

Ref<> getAttrOrEmpty(Thread& t, Value v, Str* name) {
  GetAttrFunction function = typeOf(v)->slots.getattr;
  Ref<> found = function == genericGetAttr ? findAttribute(t, v, name) : function(t, v, name);
  if (!found && t.raised() && raisedIs(t, exc::AttributeError)) clearException(t);
  return found;
}

bool setAttr(Thread& t, Value v, Str* name, Value to) {
  SetAttrFunction function = typeOf(v)->slots.setattr;
  if (KRAIT_LIKELY(function == genericSetAttr)) return genericSetAttr(t, v, name, to);
  if (!isInterned(name)) {
    Ref<Str> interned = intern(t, share(name));
    return interned && function(t, v, interned.get(), to);
  }
  return function(t, v, name, to);
}

bool genericSetAttr(Thread& t, Value v, Str* name, Value to) {
  Type* type = typeOf(v);
  Value descr = lookupType(type, name);
  Ref<> keep;
  if (!descr.empty()) {
    if (DescrSetFunction set = typeOf(descr)->slots.descr_set) {
      keep = share(descr);
      return set(t, descr, v, to);
    }
  }
  if (v.isObject() && type->attrs_offset) {
    if (!to.empty()) return instanceSet(t, v.asObject(), name, to);
    int deleted = instanceDelete(t, v.asObject(), name);
    if (deleted > 0) return true;
    return deleted < 0 ? false : bool(noAttribute(t, v, name));
  }
  if (v.isObject() && type->dict_offset) {
    Dict*& dict = dictField(v);
    if (!dict) {
      if (to.empty()) return noAttribute(t, v, name);
      Ref<Dict> fresh = newDict(t);
      if (!fresh) return false;
      dict = fresh.leakObject();
    }
    if (!to.empty()) return dictSetStr(t, dict, name, to);
    int deleted = dictDeleteStr(t, dict, name);
    if (deleted > 0) return true;
    return deleted < 0 ? false : bool(noAttribute(t, v, name));
  }
  if (descr.empty()) return noAttribute(t, v, name);
  Utf8 text;
  text.setLossy(name);
  return raiseAttributeError(t, v, name, "'%.100s' object attribute '%s' is read-only", typeName(v), text.c_str());
}

Ref<> getMethod(Thread& t, Value v, Str* name, Ref<>* self) {
  Type* type = typeOf(v);
  if (type->slots.getattr != genericGetAttr) return getAttr(t, v, name);
  Value descr = lookupType(type, name);
  if (descr.empty() || !typeOf(descr)->has(kTypeMethodDescriptor)) return getAttr(t, v, name);
  // An attribute of the object itself goes before the method.
  Ref<> keep = share(descr);
  Ref<> own = ownAttribute(t, v, name);
  if (own || t.raised()) return own;
  *self = share(v);
  return keep;
}

Ref<> lookupSpecial(Thread& t, Value v, Str* name, Ref<>* self) {
  Type* type = typeOf(v);
  Value descr = lookupType(type, name);
  if (descr.empty()) return Ref<>();
  const Type* descr_type = typeOf(descr);
  if (descr_type->has(kTypeMethodDescriptor)) {
    *self = share(v);
    return share(descr);
  }
  DescrGetFunction get = descr_type->slots.descr_get;
  if (!get) return share(descr);
  Ref<> keep = share(descr);
  return get(t, descr, v, type);
}

}  // namespace krait
