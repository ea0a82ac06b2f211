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

// What sites that see many kinds of objects ask again and again: (kind, name) -> a slot of the instance, or a method of the
// class that no slot hides (the kind says which slots there are). Valid while the type has the version.
struct AttributeEntry {
  Str* name;         // owned
  uint32_t kind;
  uint32_t version;
  int32_t slot;      // -1: `method`
  Value method;      // supported by the version
};
constexpr uint32_t kCacheSize = 2048;
AttributeEntry attribute_cache[kCacheSize];

AttributeEntry& cacheEntry(uint32_t kind, const Str* name) {
  return attribute_cache[(uint32_t(reinterpret_cast<uint64_t>(name) >> 4) ^ (kind * 0x9E5)) & (kCacheSize - 1)];
}
// The entry for this name and kind, null when there is none that is valid.
AttributeEntry* cached(Object* o, const Type* type, const Str* name) {
  AttributeEntry& entry = cacheEntry(o->kind, name);
  bool hit = entry.name == name && entry.kind == o->kind && entry.version == type->version && entry.version != 0;
  return hit ? &entry : nullptr;
}
void remember(Object* o, Type* type, Str* name, int slot, Value method) {
  const Shape* shape = shapeOf(o);
  if (type->dict_offset || (shape ? shape->dictionary_mode : type->attrs_offset != 0)) return;
  uint32_t version = typeVersion(type);
  if (version == 0) return;
  AttributeEntry& entry = cacheEntry(o->kind, name);
  Str* old = entry.name;
  retain(name);
  entry = AttributeEntry{name, o->kind, version, slot, method};
  releaseIfAny(old);
}

// The rule of object.__getattribute__; absent gives empty without exception.
Ref<> findAttribute(Thread& t, Value v, Str* name) {
  Type* type = typeOf(v);
  if (v.isObject()) {
    if (const AttributeEntry* entry = cached(v.asObject(), type, name); entry && entry->slot >= 0) {
      return readSlot(v.asObject(), shapeOf(v.asObject()), entry->slot);
    }
  }
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
  if (own) {
    const Shape* shape = type->attrs_offset ? shapeOf(v.asObject()) : nullptr;
    if (shape && !shape->dictionary_mode) remember(v.asObject(), type, name, shapeFind(shape, name), Value());
    return own;
  }
  if (t.raised()) return kRaised;
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

namespace {

// An AttributeError that came out of an attribute lookup tells what was looked up, unless it does already: for
// suggestions.
Ref<> noteLookup(Thread& t, Value v, Str* name) {
  if (!raisedIs(t, exc::AttributeError)) return kRaised;
  auto* e = static_cast<AttributeErrorObject*>(t.exception.asObject());
  if (e->obj.empty() && e->name.empty()) {
    e->obj = share(v).leak();
    e->name = share(name).as<void>().leak();
  }
  return kRaised;
}

}  // namespace

Ref<> getAttr(Thread& t, Value v, Str* name) {
  GetAttrFunction function = typeOf(v)->slots.getattr;
  Ref<> found = KRAIT_LIKELY(function == genericGetAttr) ? genericGetAttr(t, v, name) : function(t, v, name);
  if (KRAIT_UNLIKELY(!found)) return noteLookup(t, v, name);
  return found;
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
  if (v.isObject()) {
    if (const AttributeEntry* entry = cached(v.asObject(), type, name); entry && entry->slot < 0) {
      *self = share(v);
      return share(entry->method);
    }
  }
  Value descr = lookupType(type, name);
  if (descr.empty() || !typeOf(descr)->has(kTypeMethodDescriptor)) return getAttr(t, v, name);
  // An attribute of the object itself goes before the method.
  Ref<> keep = share(descr);
  Ref<> own = ownAttribute(t, v, name);
  if (own || t.raised()) return own;
  if (v.isObject()) remember(v.asObject(), type, name, -1, descr);
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
