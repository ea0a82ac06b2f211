// Finding classes and functions by their names, and names for them.
#include "runtime/core/names.h"
#include "runtime/core/runtime.h"
#include "runtime/modules/pickle/pickle.h"
#include "runtime/objects/function.h"
#include "runtime/objects/int.h"
#include "runtime/objects/list.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/protocols/protocols.h"

namespace krait::pickle {

Library library;

bool checkPath(Thread& t, Str* path, const char* verb, Value of) {
  Ref<> parts = callMethod(t, Value(path), "split", Value(charStr('.')));
  if (!parts) return false;
  for (int64_t i = 0; i < asList(parts)->size; ++i) {
    Ref<> part = listGet(asList(parts), i);
    if (!strEqualsAscii(asStr(part), "<locals>")) continue;
    Ref<Str> shown = repr(t, path);
    if (!shown) return false;
    if (!of) return raise(t, exc::AttributeError, "Can't %s local object %s", verb, Utf8(shown.get()).c_str());
    Ref<Str> owner = repr(t, of);
    if (!owner) return false;
    return raise(t, exc::AttributeError, "Can't %s local attribute %s on %s", verb, Utf8(shown.get()).c_str(),
                 Utf8(owner.get()).c_str());
  }
  return true;
}

Ref<> followPath(Thread& t, Value from, Str* path, bool dotted, Ref<>* parent) {
  Ref<> at = share(from);
  int64_t start = 0;
  for (;;) {
    int64_t dot = dotted ? strFind(path, charStr('.'), start, path->length, false) : -1;
    int64_t end = dot < 0 ? path->length : dot;
    Ref<Str> part = start == 0 && dot < 0 && isExactStr(path) ? share(path) : strSlice(t, path, start, end, 1);
    Ref<Str> name = part ? intern(t, std::move(part)) : Ref<Str>();
    if (!name) return kRaised;
    Ref<> next = getAttrOrEmpty(t, at, name.get());
    if (parent) *parent = share(at);
    if (!next || dot < 0) return next;
    at = std::move(next);
    start = dot + 1;
  }
}

Ref<> whichModule(Thread& t, Value v, Str* path) {
  Ref<> module = getAttrOrEmpty(t, v, names::dunder_module);
  if (!module && t.raised()) return kRaised;
  if (module && !module.value().isNone()) return module;
  // Bound methods of native types have none: whoever has the object under its name is its module.
  Ref<Dict> modules = dictCopy(t, interpreterOf(t).modules);
  if (!modules) return kRaised;
  int64_t position = 0;
  Value name, candidate;
  while (dictNext(modules.get(), &position, &name, &candidate)) {
    if (candidate.isNone() || (isStr(name) && strEqualsAscii(asStr(name), "__main__"))) continue;
    Ref<> found = followPath(t, candidate, path, true, nullptr);
    if (!found && t.raised()) return kRaised;
    if (found && found.value() == v) return share(name);
  }
  return share(Value(names::dunder_main));
}

bool mapNames(Thread& t, bool reverse, Ref<>* module, Ref<>* name) {
  Dict* pairs = reverse ? library.reverse_name_mapping : library.name_mapping;
  Dict* modules = reverse ? library.reverse_import_mapping : library.import_mapping;
  Ref<Tuple> key = packTuple(t, module->value(), name->value());
  if (!key) return false;
  Value found = dictGet(t, pairs, key);
  if (found) {
    const char* table = reverse ? "REVERSE_NAME_MAPPING" : "NAME_MAPPING";
    if (!isTuple(found) || asTuple(found)->size != 2) {
      return raise(t, exc::RuntimeError, "_compat_pickle.%s values should be 2-tuples, not %.200s", table,
                   typeName(found));
    }
    Value first = asTuple(found)->items[0], second = asTuple(found)->items[1];
    if (!isStr(first) || !isStr(second)) {
      return raise(t, exc::RuntimeError, "_compat_pickle.%s values should be pairs of str, not (%.200s, %.200s)", table,
                   typeName(first), typeName(second));
    }
    *module = share(first);
    *name = share(second);
    return true;
  }
  if (t.raised()) return false;
  found = dictGet(t, modules, *module);
  if (!found) return !t.raised();
  if (!isStr(found)) {
    return raise(t, exc::RuntimeError, "_compat_pickle.%s values should be strings, not %.200s",
                 reverse ? "REVERSE_IMPORT_MAPPING" : "IMPORT_MAPPING", typeName(found));
  }
  *module = share(found);
  return true;
}

Raised raisePickling(Thread& t, Value about, const char* before, const char* after, Value first, const char* between,
                     Value second) {
  if (t.raised()) clearException(t);
  Ref<Str> shown = repr(t, about);
  if (!shown) return kRaised;
  Ref<Str> a = first ? str(t, first) : share(emptyStr()), b = second ? str(t, second) : share(emptyStr());
  if (!a || !b) return kRaised;
  return raise(t, *pickling_error, "%s%s%s%s%s%s", before, Utf8(shown.get()).c_str(), after, Utf8(a.get()).c_str(),
               between, Utf8(b.get()).c_str());
}

bool findHook(Thread& t, Value self, const char* name, Hook* hook) {
  Ref<> found = getAttrOrEmpty(t, self, internStatic(name));
  if (!found && t.raised()) return false;
  Ref<> old = steal(hook->function);
  hook->by_self =
      found && isExact(found, &types::Method) && static_cast<Method*>(found.value().asObject())->self == self;
  hook->function =
      hook->by_self ? share(static_cast<Method*>(found.value().asObject())->function).leak() : found.leak();
  return true;
}
Ref<> callHook(Thread& t, const Hook& hook, Value self, Value argument) {
  Ref<> keep = share(hook.function);
  return hook.by_self ? call(t, keep, self, argument) : call(t, keep, argument);
}
Ref<> hookValue(Thread& t, const Hook& hook, Value self, const char* name) {
  if (!hook.function) return raise(t, exc::AttributeError, "%s", name);
  return hook.by_self ? newMethod(t, hook.function, self) : share(hook.function);
}

namespace {

bool loadDict(Thread& t, Value module, const char* module_name, const char* name, Dict** out) {
  Ref<> v = getAttr(t, module, name);
  if (!v) return false;
  if (!isExactDict(v))
    return raise(t, exc::RuntimeError, "%s.%s should be a dict, not %.200s", module_name, name, typeName(v));
  *out = asDict(v.leak());
  return true;
}
bool loadValue(Thread& t, const char* module_name, const char* name, Value* out) {
  Ref<> module = importModule(t, module_name);
  Ref<> v = module ? getAttr(t, module, name) : Ref<>();
  *out = v.leak();
  return !out->empty();
}

}  // namespace

void releaseLibrary() {
  Library old = library;
  library = Library();
  for (Dict* dict : {old.dispatch_table, old.extension_registry, old.inverted_registry, old.extension_cache, old.name_mapping,
                     old.import_mapping, old.reverse_name_mapping, old.reverse_import_mapping}) {
    releaseIfAny(dict);
  }
  for (Value v : {old.getattr, old.codecs_encode, old.partial}) release(v);
}
bool loadLibrary(Thread& t) {
  if (library.partial) return true;
  Ref<> copyreg = importModule(t, "copyreg"), compat = copyreg ? importModule(t, "_compat_pickle") : Ref<>();
  return compat && loadDict(t, copyreg, "copyreg", "dispatch_table", &library.dispatch_table) &&
         loadDict(t, copyreg, "copyreg", "_extension_registry", &library.extension_registry) &&
         loadDict(t, copyreg, "copyreg", "_inverted_registry", &library.inverted_registry) &&
         loadDict(t, copyreg, "copyreg", "_extension_cache", &library.extension_cache) &&
         loadDict(t, compat, "_compat_pickle", "NAME_MAPPING", &library.name_mapping) &&
         loadDict(t, compat, "_compat_pickle", "IMPORT_MAPPING", &library.import_mapping) &&
         loadDict(t, compat, "_compat_pickle", "REVERSE_NAME_MAPPING", &library.reverse_name_mapping) &&
         loadDict(t, compat, "_compat_pickle", "REVERSE_IMPORT_MAPPING", &library.reverse_import_mapping) &&
         loadValue(t, "builtins", "getattr", &library.getattr) &&
         loadValue(t, "codecs", "encode", &library.codecs_encode) &&
         loadValue(t, "functools", "partial", &library.partial);
}

}  // namespace krait::pickle
