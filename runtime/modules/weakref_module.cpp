// The _weakref module.
#include "runtime/core/error.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/int.h"
#include "runtime/objects/list.h"
#include "runtime/objects/module.h"
#include "runtime/objects/weak_proxy.h"

namespace krait {

namespace {

Ref<> proxy(Thread& t, Value self, const Value* a) { return newWeakProxy(t, a[0], a[1]); }
Ref<> count(Thread& t, Value self, Value object) { return newInt(t, weakrefCount(object)); }

Ref<> getWeakrefs(Thread& t, Value self, Value object) {
  Ref<List> result = newList(t);
  if (!result) return kRaised;
  Ref<> first = firstWeakref(object);
  if (!first) return std::move(result).as<void>();
  for (WeakRef* each = static_cast<WeakRef*>(first.value().asObject()); each; each = nextWeakref(each)) {
    if (!listAppend(t, result.get(), share(Value(each)))) return kRaised;
  }
  return std::move(result).as<void>();
}

// Used by WeakValueDictionary's callbacks: removes the entry only if its reference is dead (it may have been replaced).
Ref<> removeDead(Thread& t, Value self, const Value* a) {
  if (!isDict(a[0])) {
    return raise(t, exc::TypeError, "_remove_dead_weakref() argument 1 must be dict, not %s", typeName(a[0]));
  }
  Ref<> found = share(dictGet(t, asDict(a[0]), a[1]));
  if (!found) return t.raised() ? Ref<>() : steal(kNone);
  if (!isInstance(found, &types::WeakRef)) return raise(t, exc::TypeError, "not a weakref");
  if (weakrefTarget(found)) return steal(kNone);
  if (dictDelete(t, asDict(a[0]), a[1]) < 0) return kRaised;
  return steal(kNone);
}

const MethodDef kFunctions[] = {
    method("proxy", proxy, "($module, object, callback=None, /)", "Create a proxy object that weakly references 'object'."),
    method("getweakrefcount", count, "($module, object, /)", "Return the number of weak references to 'object'."),
    method("getweakrefs", getWeakrefs, "($module, object, /)", "Return a list of all weak reference objects pointing to 'object'."),
    method("_remove_dead_weakref", removeDead, "($module, dct, key, /)",
           "Atomically remove key from dict if it points to a dead weakref."),
    {},
};

bool init(Thread& t, ModuleObject* module) {
  const struct {
    const char* name;
    Type* type;
  } rows[] = {{"ref", &types::WeakRef},
              {"ReferenceType", &types::WeakRef},
              {"ProxyType", &types::WeakProxy},
              {"CallableProxyType", &types::WeakCallableProxy}};
  for (const auto& row : rows) {
    if (!moduleAdd(t, module, row.name, share(Value(row.type)))) return false;
  }
  return true;
}

}  // namespace

const ModuleDef& weakrefModule() {
  static const ModuleDef def{"_weakref", "Weak-reference support module.", kFunctions, init};
  return def;
}

}  // namespace krait
