// The _abc module: what abc.ABCMeta is made of - abstract methods, registration, cached subclass checks.
#include "runtime/core/error.h"
#include "runtime/core/names.h"
#include "runtime/core/type.h"
#include "runtime/memory/gc.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/function.h"
#include "runtime/objects/int.h"
#include "runtime/objects/list.h"
#include "runtime/objects/module.h"
#include "runtime/objects/set.h"
#include "runtime/objects/str.h"
#include "runtime/objects/tuple.h"
#include "runtime/objects/weakref.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

// Every registration invalidates all negative caches.
int64_t invalidation_counter = 0;
Type* data_type = nullptr;

// The three sets of weak references of an abstract class, in its _abc_impl.
struct AbcData : Object {
  Set* registry;
  Set* cache;
  Set* negative_cache;
  int64_t negative_version;
};

void dataDealloc(Object* o) {
  AbcData* d = static_cast<AbcData*>(o);
  releaseIfAny(d->registry);
  releaseIfAny(d->cache);
  releaseIfAny(d->negative_cache);
  freeObject(o, sizeof(AbcData), Sort::kCollectable);
}
void dataTraverse(Object* o, Visitor& visitor) {
  AbcData* d = static_cast<AbcData*>(o);
  visitor.visit(d->registry);
  visitor.visit(d->cache);
  visitor.visit(d->negative_cache);
}

AbcData* dataOf(Thread& t, Value cls) {
  Ref<> impl = getAttr(t, cls, "_abc_impl");
  if (!impl) return nullptr;
  if (!isExact(impl, data_type)) return raise(t, exc::TypeError, "_abc_impl is set to a wrong type");
  return static_cast<AbcData*>(impl.value().asObject());  // the class keeps it
}

void replaceSet(Set*& field, Ref<Set> fresh) {
  Set* old = field;
  field = fresh ? fresh.leakObject() : nullptr;
  releaseIfAny(old);
}

int inWeakSet(Thread& t, Set* set, Value v) {
  if (!set || set->used == 0) return 0;
  if (!canHaveWeakrefs(v)) return 0;
  Ref<> ref = newWeakref(t, v);
  if (!ref) return kRaised;
  return setContains(t, set, ref);
}

// When a member dies, its reference leaves the set: the callback holds the set weakly.
Ref<> removeMember(Thread& t, Value set_ref, Value member) {
  Ref<> set = weakrefTarget(set_ref);
  if (set && setDiscard(t, asSet(set), member) < 0) return kRaised;
  return steal(kNone);
}
const MethodDef kRemove = method("_destroy", removeMember, "($self, member, /)");
Ref<> newRemover(Thread& t, Value set) {
  Ref<> set_ref = newWeakref(t, set);
  return set_ref ? newNativeFunction(t, &kRemove, set_ref, Value()) : Ref<>();
}

bool addWeak(Thread& t, Set*& set, Value v) {
  if (!set) {
    Ref<Set> fresh = newSet(t, Value());
    if (!fresh) return false;
    set = fresh.leakObject();
  }
  Ref<> remover = newRemover(t, set);
  Ref<> ref = remover ? newWeakref(t, v, remover) : Ref<>();
  return ref && setAdd(t, set, ref);
}

// --- abstract methods ---

int isAbstract(Thread& t, Value v) {
  Ref<> flag = getAttrOrEmpty(t, v, names::dunder_isabstractmethod);
  if (!flag) return t.raised() ? -1 : 0;
  return truth(t, flag);
}

bool computeAbstractMethods(Thread& t, Value cls) {
  Ref<Set> abstract = newFrozenSet(t, Value());
  Ref<Set> found = newSet(t, Value());
  if (!abstract || !found) return false;
  Ref<> space = getAttr(t, cls, names::dunder_dict);
  if (!space) return false;
  Ref<> items = callMethod(t, space, "items");
  Ref<List> pairs = items ? sequenceToList(t, items) : Ref<List>();
  if (!pairs) return false;
  for (int64_t i = 0; i < pairs->size; ++i) {
    Ref<> pair = listGet(pairs.get(), i);
    if (!isTuple(pair) || asTuple(pair)->size != 2) continue;
    int yes = isAbstract(t, asTuple(pair)->items[1]);
    if (yes < 0 || (yes && !setAdd(t, found.get(), asTuple(pair)->items[0]))) return false;
  }
  Ref<> bases = getAttr(t, cls, names::dunder_bases);
  if (!bases) return false;
  for (int64_t i = 0; isTuple(bases) && i < asTuple(bases)->size; ++i) {
    Ref<> inherited = getAttrOrEmpty(t, asTuple(bases)->items[i], names::dunder_abstractmethods);
    if (!inherited) {
      if (t.raised()) return false;
      continue;
    }
    Ref<List> keys = sequenceToList(t, inherited);
    if (!keys) return false;
    for (int64_t k = 0; k < keys->size; ++k) {
      Ref<> key = listGet(keys.get(), k);
      if (!isStr(key)) return raise(t, exc::TypeError, "attribute name must be string");
      Ref<Str> name = intern(t, share(asStr(key)));
      if (!name) return false;
      Ref<> v = getAttrOrEmpty(t, cls, name.get());
      if (!v) {
        if (t.raised()) return false;
        continue;
      }
      int yes = isAbstract(t, v);
      if (yes < 0 || (yes && !setAdd(t, found.get(), key))) return false;
    }
  }
  Ref<Set> frozen = newFrozenSet(t, found);
  return frozen && setAttr(t, cls, names::dunder_abstractmethods, frozen);
}

Ref<> abcInit(Thread& t, Value self, Value cls) {
  if (!computeAbstractMethods(t, cls)) return kRaised;
  AbcData* data = allocate<AbcData>(Sort::kCollectable, data_type, data_type->instance_kind);
  if (!data) return raiseNoMemory(t);
  data->registry = data->cache = data->negative_cache = nullptr;
  data->negative_version = invalidation_counter;
  Ref<> keep = steal(Value(data));
  if (!setAttr(t, cls, internStatic("_abc_impl"), keep)) return kRaised;
  // Pattern matching flags of collections.abc.Sequence and Mapping.
  if (isType(cls)) {
    Type* type = static_cast<Type*>(cls.asObject());
    Ref<Str> flags = newStrUtf8(t, "__abc_tpflags__");
    if (flags) flags = intern(t, std::move(flags));
    if (!flags) return kRaised;
    Value wanted = dictGetStr(type->dict, flags.get());
    if (wanted.isInt()) {
      constexpr int64_t kSequence = 1 << 5, kMapping = 1 << 6;
      if (wanted.asInt() & kSequence) type->flags |= kTypeSequencePattern;
      if (wanted.asInt() & kMapping) type->flags |= kTypeMappingPattern;
      if (!setTypeAttribute(t, type, flags.get(), Value())) return kRaised;
    }
  }
  return steal(kNone);
}

void inheritPatternFlags(Type* child, Type* parent) {
  uint32_t wanted = parent->flags & (kTypeSequencePattern | kTypeMappingPattern);
  if (!wanted || !child->has(kTypeHeap)) return;
  child->flags = (child->flags & ~(kTypeSequencePattern | kTypeMappingPattern)) | wanted;
  for (uint32_t i = 0; i < child->subclass_count; ++i) inheritPatternFlags(child->subclasses[i], parent);
}

Ref<> abcRegister(Thread& t, Value self, const Value* a) {
  Value cls = a[0], subclass = a[1];
  if (!isType(subclass)) return raise(t, exc::TypeError, "Can only register classes");
  int already = isSubclassOf(t, subclass, cls);
  if (already < 0) return kRaised;
  if (already) return share(subclass);
  int cycle = isSubclassOf(t, cls, subclass);
  if (cycle < 0) return kRaised;
  if (cycle) return raise(t, exc::RuntimeError, "Refusing to create an inheritance cycle");
  AbcData* data = dataOf(t, cls);
  if (!data || !addWeak(t, data->registry, subclass)) return kRaised;
  ++invalidation_counter;
  if (isType(cls)) inheritPatternFlags(static_cast<Type*>(subclass.asObject()), static_cast<Type*>(cls.asObject()));
  return share(subclass);
}

// --- checks ---

Ref<> answer(int found) { return found < 0 ? Ref<>() : steal(Value::fromBool(found != 0)); }

Ref<> abcInstanceCheck(Thread& t, Value self, const Value* a) {
  Value cls = a[0], instance = a[1];
  AbcData* data = dataOf(t, cls);
  if (!data) return kRaised;
  Ref<> subclass = getAttr(t, instance, names::dunder_class);
  if (!subclass) return kRaised;
  int cached = inWeakSet(t, data->cache, subclass);
  if (cached != 0) return answer(cached);
  if (subclass.value() == Value(typeOf(instance))) {
    if (data->negative_version == invalidation_counter) {
      int negative = inWeakSet(t, data->negative_cache, subclass);
      if (negative < 0) return kRaised;
      if (negative) return steal(kFalse);
    }
    return callMethod(t, cls, "__subclasscheck__", subclass);
  }
  Ref<> result = callMethod(t, cls, "__subclasscheck__", subclass);
  if (!result) return kRaised;
  int yes = truth(t, result);
  if (yes != 0) return yes < 0 ? Ref<>() : std::move(result);
  return callMethod(t, cls, "__subclasscheck__", Value(typeOf(instance)));
}

// 1: subclass of something registered, 0: not, -1: raised.
int inRegistry(Thread& t, AbcData* data, Value subclass) {
  int direct = inWeakSet(t, data->registry, subclass);
  if (direct != 0) return direct;
  if (!data->registry || data->registry->used == 0) return 0;
  Ref<List> members = sequenceToList(t, data->registry);  // the checks may change the registry
  if (!members) return -1;
  for (int64_t i = 0; i < members->size; ++i) {
    Ref<> each = weakrefTarget(listGet(members.get(), i));
    if (!each) continue;
    int found = isSubclassOf(t, subclass, each);
    if (found != 0) return found;
  }
  return 0;
}

Ref<> abcSubclassCheck(Thread& t, Value self, const Value* a) {
  Value cls = a[0], subclass = a[1];
  if (!isType(subclass)) return raise(t, exc::TypeError, "issubclass() arg 1 must be a class");
  AbcData* data = dataOf(t, cls);
  if (!data) return kRaised;
  Ref<> keep = getAttr(t, cls, "_abc_impl");
  if (!keep) return kRaised;
  int cached = inWeakSet(t, data->cache, subclass);
  if (cached != 0) return answer(cached);
  if (data->negative_version < invalidation_counter) {
    replaceSet(data->negative_cache, Ref<Set>());
    data->negative_version = invalidation_counter;
  } else {
    int negative = inWeakSet(t, data->negative_cache, subclass);
    if (negative != 0) return answer(negative < 0 ? -1 : 0);
  }
  auto remember = [&](bool yes) -> Ref<> {
    if (!addWeak(t, yes ? data->cache : data->negative_cache, subclass)) return kRaised;
    return steal(Value::fromBool(yes));
  };
  Ref<> hook = callMethod(t, cls, "__subclasshook__", subclass);
  if (!hook) return kRaised;
  if (hook.value() == kTrue) return remember(true);
  if (hook.value() == kFalse) return remember(false);
  if (hook.value() != kNotImplemented) {
    return raise(t, exc::AssertionError, "__subclasshook__ must return either False, True, or NotImplemented");
  }
  if (isType(cls) && isSubtype(static_cast<Type*>(subclass.asObject()), static_cast<Type*>(cls.asObject()))) return remember(true);
  int registered = inRegistry(t, data, subclass);
  if (registered != 0) return registered < 0 ? Ref<>() : remember(true);
  Ref<> below = callMethod(t, cls, "__subclasses__");
  if (!below) return kRaised;
  if (!isList(below)) return raise(t, exc::TypeError, "__subclasses__() must return a list");
  for (int64_t i = 0; i < asList(below)->size; ++i) {
    Ref<> each = listGet(asList(below), i);
    int found = isSubclassOf(t, subclass, each);
    if (found != 0) return found < 0 ? Ref<>() : remember(true);
  }
  return remember(false);
}

Ref<> resetRegistry(Thread& t, Value self, Value cls) {
  AbcData* data = dataOf(t, cls);
  if (!data) return kRaised;
  replaceSet(data->registry, Ref<Set>());
  return steal(kNone);
}
Ref<> resetCaches(Thread& t, Value self, Value cls) {
  AbcData* data = dataOf(t, cls);
  if (!data) return kRaised;
  replaceSet(data->cache, Ref<Set>());
  replaceSet(data->negative_cache, Ref<Set>());
  return steal(kNone);
}
Ref<> getDump(Thread& t, Value self, Value cls) {
  AbcData* data = dataOf(t, cls);
  if (!data) return kRaised;
  auto copy = [&](Set* set) { return newSet(t, set ? Value(set) : Value()); };
  Ref<Set> registry = copy(data->registry), cache = copy(data->cache), negative = copy(data->negative_cache);
  if (!registry || !cache || !negative) return kRaised;
  return packTuple(t, Value(registry), Value(cache), Value(negative), Value::fromInt(data->negative_version));
}
Ref<> getToken(Thread& t, Value self) { return newInt(t, invalidation_counter); }

const MethodDef kFunctions[] = {
    method("_abc_init", abcInit, "($module, self, /)", "Internal ABC helper for class set-up."),
    method("_abc_register", abcRegister, "($module, self, subclass, /)", "Internal ABC helper for subclasss registration."),
    method("_abc_instancecheck", abcInstanceCheck, "($module, self, instance, /)", "Internal ABC helper for instance checks."),
    method("_abc_subclasscheck", abcSubclassCheck, "($module, self, subclass, /)", "Internal ABC helper for subclasss checks."),
    method("_reset_registry", resetRegistry, "($module, self, /)", "Internal ABC helper to reset registry of a given class."),
    method("_reset_caches", resetCaches, "($module, self, /)", "Internal ABC helper to reset both caches of a given class."),
    method("_get_dump", getDump, "($module, self, /)", "Internal ABC helper for cache and registry debugging."),
    method("get_cache_token", getToken, "($module, /)", "Returns the current ABC cache token."),
    {},
};

bool init(Thread& t, ModuleObject* module) {
  if (data_type) return true;
  const TypeSpec spec{.type = nullptr, .basic_size = sizeof(AbcData), .doc = "Internal state held by ABC machinery.",
                      .dealloc = dataDealloc, .traverse = dataTraverse};
  Ref<Type> type = makeNativeType(t, spec, "_abc._abc_data", nullptr, kTypeCollectable | kTypeFinal);
  if (!type) return false;
  data_type = type.leakObject();
  return true;
}

}  // namespace

const ModuleDef& abcModule() {
  static const ModuleDef def{"_abc", "Module contains faster C implementation of abc.ABCMeta", kFunctions, init};
  return def;
}

}  // namespace krait
