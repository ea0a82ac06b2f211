// Types at run time: the static type objects, lookup with its cache, versions, changes of attributes, subclass lists.
#include "runtime/core/type.h"

#include <cstring>

#include "runtime/core/error.h"
#include "runtime/core/type_internal.h"
#include "runtime/core/watch.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/str.h"
#include "runtime/objects/tuple.h"

namespace krait {

namespace types {
#define TYPE(Name, python_name, Base, flags) ::krait::Type Name{};
#include "runtime/core/types.def"
#undef TYPE
}  // namespace types

namespace {

// The method cache: (version of the type, name) -> what the mro gives, absence included. A name is owned, so that its
// address cannot come back as another string; values are supported by the version.
struct CacheEntry {
  Str* name;
  uint32_t version;
  Value value;
};
constexpr uint32_t kCacheSize = 4096;
CacheEntry method_cache[kCacheSize];

uint32_t next_version = 1;

CacheEntry& cacheEntry(uint32_t version, const Str* name) {
  return method_cache[(uint32_t(reinterpret_cast<uint64_t>(name) >> 4) ^ (version * 0x9E5)) & (kCacheSize - 1)];
}

}  // namespace

bool isSubtype(const Type* sub, const Type* base) {
  if (sub == base) return true;
  if (KRAIT_LIKELY(sub->mro != nullptr)) {
    const Tuple* mro = sub->mro;
    for (int64_t i = 1; i < mro->size; ++i) {
      if (mro->items[i].asObject() == base) return true;
    }
    return false;
  }
  for (; sub; sub = sub->base) {  // during start-up
    if (sub == base) return true;
  }
  return base == &types::Object;
}

Value lookupInMro(const Type* type, Str* name) {
  const Tuple* mro = type->mro;
  if (!mro) return Value();
  for (int64_t i = 0; i < mro->size; ++i) {
    Dict* dict = static_cast<Type*>(mro->items[i].asObject())->dict;
    if (!dict) continue;
    if (Value found = dictGetStr(dict, name)) return found;
  }
  return Value();
}

Value lookupType(Type* type, Str* name) {
  uint32_t version = type->version;
  if (KRAIT_LIKELY(version != 0)) {
    CacheEntry& entry = cacheEntry(version, name);
    if (KRAIT_LIKELY(entry.version == version && entry.name == name)) return entry.value;
  }
  Value found = lookupInMro(type, name);
  version = typeVersion(type);
  if (version != 0) {
    CacheEntry& entry = cacheEntry(version, name);
    Str* old = entry.name;
    retain(name);
    entry = CacheEntry{name, version, found};
    releaseIfAny(old);
  }
  return found;
}

// A type has a version only while all its bases have one, so that typeModified can stop at types without.
uint32_t typeVersion(Type* type) {
  if (type->version != 0) return type->version;
  if (!type->has(kTypeReady) || next_version == UINT32_MAX) return 0;
  if (type->bases) {
    for (int64_t i = 0; i < type->bases->size; ++i) {
      if (typeVersion(static_cast<Type*>(type->bases->items[i].asObject())) == 0) return 0;
    }
  }
  return type->version = next_version++;
}

void typeModified(Type* type) {
  if (type->version != 0) {
    type->version = 0;
    for (uint32_t i = 0; i < type->subclass_count; ++i) typeModified(type->subclasses[i]);
  }
  fireType(type);
}

bool setTypeAttribute(Thread& t, Type* type, Str* name, Value v) {
  if (v.empty()) {
    int deleted = dictDeleteStr(t, type->dict, name);
    if (deleted < 0) return false;
    if (deleted == 0) return raise(t, exc::AttributeError, "%s", asciiView(name).data());
    typeModified(type);
  } else {
    // The old value may be the last thing that keeps code alive that its destruction runs: versions change first.
    Ref<> old = share(dictGetStr(type->dict, name));
    typeModified(type);
    if (!dictSetStr(t, type->dict, name, v)) return false;
    typeModified(type);
  }
  if (isDunderName(name)) updateSlots(type, name);
  return true;
}

bool addSubclass(Thread& t, Type* base, Type* type) {
  uint32_t count = base->subclass_count;
  if ((count & (count - 1)) == 0) {  // at powers of two
    void* grown = resizeBuffer(base->subclasses, sizeof(Type*) * (count ? count * 2 : 1));
    if (!grown) return raiseNoMemory(t);
    base->subclasses = static_cast<Type**>(grown);
  }
  base->subclasses[base->subclass_count++] = type;
  return true;
}

void removeSubclass(Type* base, Type* type) {
  for (uint32_t i = 0; i < base->subclass_count; ++i) {
    if (base->subclasses[i] != type) continue;
    memmove(base->subclasses + i, base->subclasses + i + 1, sizeof(Type*) * (base->subclass_count - i - 1));
    --base->subclass_count;
    return;
  }
}

}  // namespace krait
