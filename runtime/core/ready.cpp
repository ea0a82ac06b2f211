// Builtin types come to life: first their native side (sizes, functions, slots), then their Python side (dict, bases, mro).
#include <cstdlib>
#include <cstring>

#include "runtime/core/error.h"
#include "runtime/core/names.h"
#include "runtime/core/startup.h"
#include "runtime/core/type_internal.h"
#include "runtime/memory/failure.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/exceptions.h"
#include "runtime/objects/function.h"
#include "runtime/objects/shape.h"
#include "runtime/objects/str.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

constexpr uint32_t kInheritedFlags = kTypeIntSubclass | kTypeFloatSubclass | kTypeListSubclass | kTypeTupleSubclass | kTypeBytesSubclass |
                                     kTypeStrSubclass | kTypeDictSubclass | kTypeExceptionSubclass | kTypeTypeSubclass |
                                     kTypeHasDict | kTypeCollectable | kTypeSequencePattern | kTypeMappingPattern | kTypeWeakrefable;

// The Python-visible name: what follows the last dot.
const char* lastPart(const char* name) {
  const char* dot = strrchr(name, '.');
  return dot ? dot + 1 : name;
}

void mustSet(Thread& t, Type* type, Str* name, Ref<> v) {
  KRAIT_ASSERT(v && dictSetStr(t, type->dict, name, v), "no memory for type %s", type->cname);
}

bool isHashNone(const Type* type) { return type->slots.hash == hashNotImplemented; }

// CPython puts methods over wrappers when a row has the name of a slot (METH_COEXIST): rows come last and replace.
void fillDict(Thread& t, Type* type, const TypeSpec& spec) {
  addSlotWrappers(t, type);
  if (isHashNone(type) && !dictGetStr(type->dict, names::dunder_hash)) mustSet(t, type, names::dunder_hash, steal(kNone));
  for (const MethodDef* def = spec.methods; def && def->name; ++def) {
    mustSet(t, type, internStatic(def->name), newMethodDescr(t, type, def));
  }
  for (const MemberDef* def = spec.members; def && def->name; ++def) {
    mustSet(t, type, internStatic(def->name), newMemberDescr(t, type, def));
  }
  for (const GetSetDef* def = spec.getsets; def && def->name; ++def) {
    mustSet(t, type, internStatic(def->name), newGetSetDescr(t, type, def));
  }
  bool own_new = type->slots.new_ && (!type->base || type->base->slots.new_ != type->slots.new_);
  if (own_new) mustSet(t, type, names::dunder_new, newNativeFunction(t, newMethodDef(), type, Value()));
  if (!dictGetStr(type->dict, names::dunder_doc)) {
    mustSet(t, type, names::dunder_doc, spec.doc ? newStrUtf8(t, spec.doc).as<void>() : steal(kNone));
  }
}

}  // namespace

void startStaticType(Type* type, const char* name, Type* base, uint32_t flags) {
  type->count = kImmortalCount;
  type->kind = kKindType;
  type->type_and_flags = reinterpret_cast<uint64_t>(&types::Type);
  type->cname = name;
  type->base = base;
  type->flags |= flags | kTypeImmutable;
}

void prepareBuiltinTypes() {
#define TYPE(Name, python_name, Base, flags) \
  startStaticType(&types::Name, python_name, &types::Name == &types::Object ? nullptr : &types::Base, flags); \
  types::Name.instance_kind = kKind##Name;
#include "runtime/core/types.def"
#undef TYPE
  types::Type.flags |= kTypeWeakrefable;
}

void prepareType(const TypeSpec& spec) {
  Type* type = spec.type;
  const Type* base = type->base;
  type->basic_size = spec.basic_size ? spec.basic_size : base ? base->basic_size : uint32_t(sizeof(Object));
  if (spec.fill) spec.fill(type->slots);
  type->dealloc = spec.dealloc;
  type->traverse = spec.traverse;
  type->clear = spec.clear;
  if (base) {
    bool has_new = type->slots.new_ != nullptr;
    inheritSlots(type, base);
    // A builtin below object without a constructor cannot be instantiated from Python.
    if (!has_new && base == &types::Object) {
      type->slots.new_ = nullptr;
      type->flags |= kTypeDisallowNew;
    } else if (!has_new) {
      type->flags |= base->flags & kTypeDisallowNew;
    }
    if (!type->dealloc) type->dealloc = base->dealloc;
    if (!type->traverse) type->traverse = base->traverse;
    if (!type->clear) type->clear = base->clear;
    type->flags |= base->flags & kInheritedFlags;
  }
  type->solid_base = type;
  type->dict_offset = spec.dict_offset ? spec.dict_offset : base ? base->dict_offset : 0;
  if (type->has(kTypeHasDict)) type->attrs_offset = type->basic_size;
  updateTypeFlags(type);
}

void readyType(Thread& t, const TypeSpec& spec) {
  AllocationsSucceed scope;
  Type* type = spec.type;
  if (type->has(kTypeReady)) return;
  type->name = internStatic(lastPart(type->cname));
  type->qualname = type->name;
  KRAIT_ASSERT(!type->base || type->base->has(kTypeReady), "type %s comes before its base", type->cname);

  const Tuple* inherited = type->base ? type->base->mro : nullptr;
  Ref<Tuple> mro = newTupleBlank(t, 1 + (inherited ? inherited->size : 0));
  KRAIT_ASSERT(mro, "no memory for type %s", type->cname);
  mro->items[0] = share(type).leak();
  for (int64_t i = 0; inherited && i < inherited->size; ++i) mro->items[i + 1] = share(inherited->items[i]).leak();
  type->mro = mro.leakObject();
  type->bases = type->base ? packTuple(t, Value(type->base)).leakObject() : emptyTuple();
  type->dict = newDict(t).leakObject();
  KRAIT_ASSERT(type->dict && type->bases, "no memory for type %s", type->cname);
  fillDict(t, type, spec);
  type->flags |= kTypeReady;
  KRAIT_ASSERT(makeInstanceKind(t, type), "no memory for type %s", type->cname);
  if (type->base) KRAIT_ASSERT(addSubclass(t, type->base, type), "no memory for type %s", type->cname);
}

void checkBuiltinTypesReady() {
#define TYPE(Name, python_name, Base, flags) \
  KRAIT_ASSERT(types::Name.has(kTypeReady), "type %s has no row in type_specs.def", python_name);
#include "runtime/core/types.def"
#undef TYPE
}

Ref<Type> makeNativeType(Thread& t, const TypeSpec& given, const char* module_and_name, Type* base, uint32_t flags) {
  TypeSpec spec = given;
  if (!spec.type) {
    spec.type = static_cast<Type*>(calloc(1, sizeof(Type)));
    if (!spec.type) return raiseNoMemory(t);
  }
  startStaticType(spec.type, module_and_name, base ? base : &types::Object, flags);
  prepareType(spec);
  readyType(t, spec);
  return share(spec.type);
}

bool makeInstanceKind(Thread& t, Type* type) {
  if (!type->instance_kind) type->instance_kind = newKind(type, nullptr);
  if (!type->has(kTypeHasDict)) return true;
  type->root_shape = newRootShape(type, type->instance_kind);
  if (!type->root_shape) return raiseNoMemory(t);
  kindInfo(type->instance_kind).shape = type->root_shape;
  return true;
}

}  // namespace krait
