// type: classes as objects - calling them, their attributes, and what may be assigned.
#include <cstring>

#include "runtime/core/audit.h"
#include "runtime/core/destroy.h"
#include "runtime/core/error.h"
#include "runtime/core/names.h"
#include "runtime/core/slot_functions.h"
#include "runtime/core/type_internal.h"
#include "runtime/core/watch.h"
#include "runtime/memory/gc.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/exception_types.h"
#include "runtime/objects/function.h"
#include "runtime/objects/int.h"
#include "runtime/objects/list.h"
#include "runtime/objects/mapping_proxy.h"
#include "runtime/objects/shape.h"
#include "runtime/objects/str.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/objects/union.h"
#include "runtime/objects/variable.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/isinstance.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

Type* asType(Value v) { return static_cast<Type*>(v.asObject()); }

// --- life and death ---

void typeDealloc(Object* o) {
  Type* type = static_cast<Type*>(o);
  if (type->bases) {
    for (int64_t i = 0; i < type->bases->size; ++i) removeSubclass(asType(type->bases->items[i]), type);
  }
  fireType(type);
  freeShapes(type);
  freeBuffer(type->subclasses);
  freeBuffer(const_cast<char*>(type->cname));
  for (Object* each : {static_cast<Object*>(type->dict), static_cast<Object*>(type->mro), static_cast<Object*>(type->bases),
                       static_cast<Object*>(type->base), static_cast<Object*>(type->name), static_cast<Object*>(type->qualname)}) {
    releaseIfAny(each);
  }
  freeObject(o, sizeof(Type), Sort::kCollectable);
}

void typeTraverse(Object* o, Visitor& visitor) {
  Type* type = static_cast<Type*>(o);
  visitor.visit(type->dict);
  visitor.visit(type->mro);
  visitor.visit(type->bases);
  visitor.visit(static_cast<Object*>(type->base));
}

// Cycles of classes run through the mro (which holds the class itself) and through functions in the dict.
void typeClear(Object* o) {
  Type* type = static_cast<Type*>(o);
  if (!type->has(kTypeHeap)) return;
  typeModified(type);
  dictClear(Thread::current(), type->dict);
  Tuple* mro = type->mro;
  // The mro stays a tuple with the class first: instances that die later still look up along it, past the class itself.
  type->mro = nullptr;
  releaseIfAny(mro);
}

// --- calling ---

Ref<> constructorCall(Thread& t, Type* type, Args args) {
  NewFunction make = type->slots.new_;
  if (KRAIT_UNLIKELY(!make)) return raise(t, exc::TypeError, "cannot create '%s' instances", type->cname);
  Ref<> result = make(t, type, args);
  if (KRAIT_UNLIKELY(!result)) return result;
  Type* made = typeOf(result);
  if (made != type && !isSubtype(made, type)) return result;
  InitFunction init = made->slots.init;
  if (init && !(init == objectInit && args.positional == 0 && !args.names) && !init(t, result, args)) return kRaised;
  return result;
}

Ref<> typeNew(Thread& t, Type* metatype, Args args) {
  if (args.positional != 3)
    return raise(t, exc::TypeError, "type.__new__() takes exactly 3 arguments (%zu given)", args.positional);
  auto wrong = [&](int i, const char* expected) {
    return raise(t, exc::TypeError, "type.__new__() argument %d must be %s, not %s", i, expected,
                 args[size_t(i) - 1].isNone() ? "None" : typeName(args[size_t(i) - 1]));
  };
  if (!isStr(args[0])) return wrong(1, "str");
  if (!isTuple(args[1])) return wrong(2, "tuple");
  if (!isDict(args[2])) return wrong(3, "dict");
  Tuple* bases = asTuple(args[1]);
  for (int64_t i = 0; i < bases->size; ++i) {
    if (isType(bases->items[i])) continue;
    Ref<> entries = getAttrOrEmpty(t, bases->items[i], names::dunder_mro_entries);
    if (entries) {
      return raise(t, exc::TypeError,
                   "type() doesn't support MRO entry resolution; use types.new_class()");
    }
    if (t.raised()) return kRaised;
  }
  Type* winner = calculateMetaclass(t, metatype, bases);
  if (!winner) return kRaised;
  if (winner != metatype) {
    if (winner->slots.new_ != typeNew) return winner->slots.new_(t, winner, args);
    metatype = winner;
  }
  return makeClass(t, metatype, args[0], args[1], args[2], args).as<void>();
}

bool typeInit(Thread& t, Value self, Args args) {
  if (args.keywords() != 0 && args.positional == 1) {
    return raise(t, exc::TypeError, "type.__init__() takes no keyword arguments");
  }
  if (args.positional != 1 && args.positional != 3) return raise(t, exc::TypeError, "type.__init__() takes 1 or 3 arguments");
  return true;
}

// __new__ of native types as a method: object.__new__(C). The constructor must be the one that C's layout needs.
Ref<> callNew(Thread& t, Value self, Args args) {
  Type* type = asType(self);
  if (args.positional == 0) return raise(t, exc::TypeError, "%s.__new__(): not enough arguments", type->cname);
  if (!isType(args[0])) {
    return raise(t, exc::TypeError, "%s.__new__(X): X is not a type object (%s)", type->cname, typeName(args[0]));
  }
  Type* wanted = asType(args[0]);
  if (!isSubtype(wanted, type)) {
    return raise(t, exc::TypeError, "%s.__new__(%s): %s is not a subtype of %s", type->cname, wanted->cname, wanted->cname, type->cname);
  }
  const Type* native = wanted;
  while (native && native->slots.new_ == slotNew) native = native->base;
  if (native && native->slots.new_ != type->slots.new_) {
    return raise(t, exc::TypeError, "%s.__new__(%s) is not safe, use %s.__new__()", type->cname, wanted->cname, native->cname);
  }
  return type->slots.new_(t, wanted, Args{args.values + 1, args.positional - 1, args.names});
}

const MethodDef kNew = method("__new__", callNew, "($type, *args, **kwargs)",
                              "Create and return a new object.  See help(type) for accurate signature.");

// --- attributes of types ---

Ref<> typeRepr(Thread& t, Value self) {
  Type* type = asType(self);
  Ref<> module = type->has(kTypeHeap) ? share(dictGetStr(type->dict, names::dunder_module)) : getAttr(t, self, names::dunder_module);
  if (t.raised()) return kRaised;
  Utf8 qualname, prefix;
  qualname.setLossy(type->qualname);
  if (!module || !isStr(module) || strEqualsAscii(asStr(module), "builtins"))
    return strFormat(t, "<class '%s'>", type->cname);
  prefix.setLossy(asStr(module));
  return strFormat(t, "<class '%s.%s'>", prefix.c_str(), qualname.c_str());
}

Raised immutable(Thread& t, Type* type, const char* name) {
  return raise(t, exc::TypeError, "cannot set '%s' attribute of immutable type '%s'", name, type->cname);
}

// Whether `name` may be assigned a value of the wanted kind.
bool settable(Thread& t, Type* type, const char* name, Value to) {
  if (!type->has(kTypeHeap)) return immutable(t, type, name);
  if (to.empty()) return raise(t, exc::TypeError, "cannot delete '%s' attribute of immutable type '%s'", name, type->cname);
  return auditWrite(t, Value(type), name, to);
}

Ref<> getName(Thread& t, Value self) { return share(Value(asType(self)->name)); }
bool setName(Thread& t, Value self, Value to) {
  Type* type = asType(self);
  if (!settable(t, type, "__name__", to)) return false;
  if (!isStr(to)) {
    return raise(t, exc::TypeError, "can only assign string to %s.__name__, not '%s'", type->cname, typeName(to));
  }
  Utf8 text;
  if (!text.set(t, asStr(to))) return false;
  if (memchr(text.c_str(), 0, text.size())) return raise(t, exc::ValueError, "type name must not contain null characters");
  char* copy = static_cast<char*>(allocateBuffer(text.size() + 1));
  if (!copy) return raiseNoMemory(t);
  memcpy(copy, text.c_str(), text.size() + 1);
  freeBuffer(const_cast<char*>(type->cname));
  type->cname = copy;
  Str* old = type->name;
  type->name = share(asStr(to)).leakObject();
  release(old);
  return true;
}

Ref<> getQualname(Thread& t, Value self) { return share(Value(asType(self)->qualname)); }
bool setQualname(Thread& t, Value self, Value to) {
  Type* type = asType(self);
  if (!settable(t, type, "__qualname__", to)) return false;
  if (!isStr(to)) {
    return raise(t, exc::TypeError, "can only assign string to %s.__qualname__, not '%s'", type->cname, typeName(to));
  }
  Str* old = type->qualname;
  type->qualname = share(asStr(to)).leakObject();
  release(old);
  return true;
}

Ref<> getModule(Thread& t, Value self) {
  Type* type = asType(self);
  if (type->has(kTypeHeap)) {
    Value found = dictGetStr(type->dict, names::dunder_module);
    if (found.empty()) return raise(t, exc::AttributeError, "__module__");
    return share(found);
  }
  const char* dot = strrchr(type->cname, '.');
  if (!dot) return share(Value(names::builtins));
  return newStrUtf8(t, std::string_view(type->cname, size_t(dot - type->cname))).as<void>();
}
bool setInDict(Thread& t, Value self, Str* name, Value to) {
  Type* type = asType(self);
  return settable(t, type, asciiView(name).data(), to) && setTypeAttribute(t, type, name, to);
}
bool setModule(Thread& t, Value self, Value to) { return setInDict(t, self, names::dunder_module, to); }

Ref<> getDoc(Thread& t, Value self) {
  Type* type = asType(self);
  Value found = dictGetStr(type->dict, names::dunder_doc);
  if (found.empty()) return steal(kNone);
  Ref<> keep = share(found);
  DescrGetFunction get = typeOf(found)->slots.descr_get;
  return get ? get(t, found, Value(), type) : std::move(keep);
}
bool setDoc(Thread& t, Value self, Value to) { return setInDict(t, self, names::dunder_doc, to); }

Ref<> getDict(Thread& t, Value self) { return newMappingProxy(t, asType(self)->dict); }
Ref<> getMro(Thread& t, Value self) { return asType(self)->mro ? share(Value(asType(self)->mro)) : steal(kNone); }
Ref<> getBase(Thread& t, Value self) { return asType(self)->base ? share(Value(asType(self)->base)) : steal(kNone); }
Ref<> getBases(Thread& t, Value self) { return share(Value(asType(self)->bases)); }

// The mro of a class and of everything below it; what was replaced goes to `undo` as pairs (type, old mro).
bool renewMro(Thread& t, Type* type, List* undo) {
  Ref<Tuple> mro = computeMro(t, type);
  if (!mro) return false;
  if (!listAppend(t, undo, share(type).as<void>()) || !listAppend(t, undo, share(type->mro).as<void>())) return false;
  Tuple* old = type->mro;
  type->mro = std::move(mro).leakObject();
  release(old);
  for (uint32_t i = 0; i < type->subclass_count; ++i) {
    if (!renewMro(t, type->subclasses[i], undo)) return false;
  }
  return true;
}
void updateBelow(Type* type) {
  updateSlots(type);
  for (uint32_t i = 0; i < type->subclass_count; ++i) updateBelow(type->subclasses[i]);
}

void replaceBases(Type* type, Ref<Tuple> bases, Type* base) {
  for (int64_t i = 0; i < type->bases->size; ++i) removeSubclass(asType(type->bases->items[i]), type);
  Ref<> old_bases = steal(Value(type->bases));
  Ref<> old_base = steal(Value(type->base));
  type->bases = std::move(bases).leakObject();
  type->base = share(base).leakObject();
  Thread& t = Thread::current();
  for (int64_t i = 0; i < type->bases->size; ++i) {
    if (!addSubclass(t, asType(type->bases->items[i]), type)) clearException(t);
  }
}

bool setBases(Thread& t, Value self, Value to) {
  Type* type = asType(self);
  if (!settable(t, type, "__bases__", to)) return false;
  if (!isTuple(to)) {
    return raise(t, exc::TypeError, "can only assign tuple to %s.__bases__, not %s", type->cname, typeName(to));
  }
  Tuple* bases = asTuple(to);
  if (bases->size == 0) {
    return raise(t, exc::TypeError, "can only assign non-empty tuple to %s.__bases__, not ()", type->cname);
  }
  for (int64_t i = 0; i < bases->size; ++i) {
    if (!isType(bases->items[i])) {
      return raise(t, exc::TypeError, "%s.__bases__ must be tuple of classes, not '%s'", type->cname, typeName(bases->items[i]));
    }
    if (isSubtype(asType(bases->items[i]), type)) {
      return raise(t, exc::TypeError, "a __bases__ item causes an inheritance cycle");
    }
  }
  Type* base = bestBase(t, bases);
  if (!base) return false;
  if (base->dealloc != type->base->dealloc) {
    return raise(t, exc::TypeError, "__bases__ assignment: '%s' deallocator differs from '%s'", base->cname, type->base->cname);
  }
  if (layoutBase(base) != layoutBase(type->base) || (base->attrs_offset == 0 && type->base->attrs_offset != 0)) {
    return raise(t, exc::TypeError, "__bases__ assignment: '%s' object layout differs from '%s'", base->cname, type->base->cname);
  }
  Ref<Tuple> old_bases = share(type->bases);
  Ref<Type> old_base = share(type->base);
  Ref<List> undo = newList(t);
  if (!undo) return false;
  replaceBases(type, share(bases), base);
  if (!renewMro(t, type, undo.get())) {
    PreserveException keep(t);
    replaceBases(type, std::move(old_bases), old_base.get());
    for (int64_t i = undo->size - 2; i >= 0; i -= 2) {
      Type* each = asType(undo->items[i]);
      Tuple* failed = each->mro;
      each->mro = share(asTuple(undo->items[i + 1])).leakObject();
      release(failed);
    }
    return false;
  }
  typeModified(type);
  updateBelow(type);
  return true;
}

Ref<> getAbstract(Thread& t, Value self) {
  Type* type = asType(self);
  Value found = type == &types::Type ? Value() : dictGetStr(type->dict, names::dunder_abstractmethods);
  if (found.empty()) return raise(t, exc::AttributeError, "__abstractmethods__");
  return share(found);
}
bool setAbstract(Thread& t, Value self, Value to) {
  Type* type = asType(self);
  int abstract = 0;
  if (!to.empty()) {
    abstract = truth(t, to);
    if (abstract < 0) return false;
    if (!dictSetStr(t, type->dict, names::dunder_abstractmethods, to)) return false;
  } else {
    int deleted = dictDeleteStr(t, type->dict, names::dunder_abstractmethods);
    if (deleted < 0) return false;
    if (!deleted) return raise(t, exc::AttributeError, "__abstractmethods__");
  }
  typeModified(type);
  type->flags = abstract ? type->flags | kTypeAbstract : type->flags & ~kTypeAbstract;
  return true;
}

Ref<> getAnnotations(Thread& t, Value self) {
  Type* type = asType(self);
  if (!type->has(kTypeHeap)) {
    return raise(t, exc::AttributeError, "type object '%s' has no attribute '__annotations__'", type->cname);
  }
  Value found = dictGetStr(type->dict, names::dunder_annotations);
  if (!found.empty()) {
    DescrGetFunction get = typeOf(found)->slots.descr_get;
    return get ? get(t, found, Value(), type) : share(found);
  }
  Ref<Dict> fresh = newDict(t);
  if (!fresh || !setTypeAttribute(t, type, names::dunder_annotations, fresh)) return kRaised;
  return std::move(fresh).as<void>();
}
bool setAnnotations(Thread& t, Value self, Value to) {
  Type* type = asType(self);
  if (!type->has(kTypeHeap)) return immutable(t, type, "__annotations__");
  if (to.empty() && !dictGetStr(type->dict, names::dunder_annotations)) {
    return raise(t, exc::AttributeError, "__annotations__");
  }
  return setTypeAttribute(t, type, names::dunder_annotations, to);
}

// Of a class the docstring may tell, in the form of native ones: "Name(parameters)\n--\n\n...".
Ref<> signatureInDoc(Thread& t, const Type* type) {
  Value doc = dictGetStr(type->dict, names::dunder_doc);
  if (doc.empty() || !isStr(doc)) return steal(kNone);
  Utf8 text;
  text.setLossy(asStr(doc));
  std::string_view rest = text.view(), name = type->cname;
  if (rest.substr(0, name.size()) != name || rest.substr(name.size(), 1) != "(") return steal(kNone);
  rest.remove_prefix(name.size());
  size_t end = rest.find(")\n--\n\n");
  if (end == rest.npos) return steal(kNone);
  return newStrUtf8(t, rest.substr(0, end + 1)).as<void>();
}

Ref<> getSignature(Thread& t, Value self) {
  static constexpr struct {
    const char *type, *text;
  } kSignatures[] = {
#define SIGNATURE(name, text) {name, text},
#include "runtime/objects/type_signatures.def"
  };
  const Type* type = asType(self);
  if (type->has(kTypeHeap)) return signatureInDoc(t, type);
  for (const auto& row : kSignatures) {
    if (strcmp(row.type, type->cname) == 0) return newStrUtf8(t, row.text);
  }
  return steal(kNone);
}

Ref<> getFlags(Thread& t, Value self) {
  const Type* type = asType(self);
  constexpr uint64_t kImmutable = 1 << 8, kHeap = 1 << 9, kBase = 1 << 10, kReady = 1 << 12, kGc = 1 << 14, kAbstract = 1 << 20;
  uint64_t flags = type->flags & (kTypeIntSubclass | kTypeListSubclass | kTypeTupleSubclass | kTypeBytesSubclass | kTypeStrSubclass |
                                  kTypeDictSubclass | kTypeExceptionSubclass | kTypeTypeSubclass);
  flags |= kReady | (type->has(kTypeHeap) ? kHeap : kImmutable) | (type->has(kTypeFinal) ? 0 : kBase) |
           (type->has(kTypeCollectable) ? kGc : 0) | (type->has(kTypeAbstract) ? kAbstract : 0);
  constexpr uint64_t kManagedDict = 1 << 4, kDisallowNew = 1 << 7;
  flags |= (type->has(kTypeHeap) && type->attrs_offset ? kManagedDict : 0) |
           (type->has(kTypeDisallowNew) ? kDisallowNew : 0);
  if (type->has(kTypeSequencePattern)) flags |= 1 << 5;
  if (type->has(kTypeMappingPattern)) flags |= 1 << 6;
  return newInt(t, int64_t(flags));
}
Ref<> getBasicSize(Thread& t, Value self) {
  const Type* type = asType(self);
  return newInt(t, int64_t(type->basic_size + (type->attrs_offset ? 8 : 0) + (type->has(kTypeWeakrefable) ? 8 : 0)));
}
Ref<> getItemSize(Thread& t, Value self) {
  const Type* type = asType(self);
  if (type->has(kTypeTupleSubclass)) return newInt(t, 8);
  if (type->has(kTypeBytesSubclass)) return newInt(t, 1);
  return newInt(t, type->has(kTypeIntSubclass) ? 4 : 0);
}
Ref<> getDictOffset(Thread& t, Value self) {
  const Type* type = asType(self);
  if (type->attrs_offset) return newInt(t, type->attrs_offset == kAttrsBehindData ? -8 : type->attrs_offset);
  return newInt(t, type->dict_offset);
}
Ref<> getWeakOffset(Thread& t, Value self) { return newInt(t, asType(self)->has(kTypeWeakrefable) ? 24 : 0); }

// --- methods ---

Ref<> mroMethod(Thread& t, Value self) {
  Ref<Tuple> mro = linearise(t, asType(self));
  if (!mro) return kRaised;
  return newListFrom(t, mro->items, mro->size).as<void>();
}
Ref<> subclasses(Thread& t, Value self) {
  Type* type = asType(self);
  Ref<List> list = newList(t, type->subclass_count);
  if (!list) return kRaised;
  for (uint32_t i = 0; i < type->subclass_count; ++i) {
    if (!listAppend(t, list.get(), share(type->subclasses[i]).as<void>())) return kRaised;
  }
  return std::move(list).as<void>();
}
Ref<> prepare(Thread& t, Value self, Args args) { return newDict(t).as<void>(); }
Ref<> instanceCheck(Thread& t, Value self, Value v) {
  int found = plainIsInstance(t, v, self);
  if (found < 0) return kRaised;
  return steal(Value::fromBool(found != 0));
}
Ref<> subclassCheck(Thread& t, Value self, Value v) {
  int found = plainIsSubclass(t, v, self);
  if (found < 0) return kRaised;
  return steal(Value::fromBool(found != 0));
}
bool mergeNames(Thread& t, Dict* into, Type* type) {
  for (int64_t i = type->mro->size - 1; i >= 0; --i) {
    if (!dictUpdate(t, into, asType(type->mro->items[i])->dict)) return false;
  }
  return true;
}
Ref<> typeDir(Thread& t, Value self) {
  Ref<Dict> found = newDict(t);
  if (!found || !mergeNames(t, found.get(), asType(self))) return kRaised;
  return dictKeysList(t, found.get());
}
Ref<> typeSizeof(Thread& t, Value self) { return newInt(t, int64_t(sizeof(Type))); }
Ref<> typeOr(Thread& t, Value a, Value b) { return unionOf(t, a, b); }

const MethodDef kMethods[] = {
    method("mro", mroMethod, "($self, /)", "Return a type's method resolution order."),
    method("__subclasses__", subclasses, "($self, /)", "Return a list of immediate subclasses."),
    method("__prepare__", prepare, nullptr,
           "__prepare__() -> dict\nused to create the namespace for the class statement", MethodKind::kClass),
    method("__instancecheck__", instanceCheck, "($self, instance, /)", "Check if an object is an instance."),
    method("__subclasscheck__", subclassCheck, "($self, subclass, /)", "Check if a class is a subclass."),
    method("__dir__", typeDir, "($self, /)", "Specialized __dir__ implementation for types."),
    method("__sizeof__", typeSizeof, "($self, /)", "Return memory consumption of the type object."),
    {},
};
const GetSetDef kGetSets[] = {
    {"__name__", getName, setName, nullptr},
    {"__qualname__", getQualname, setQualname, nullptr},
    {"__bases__", getBases, setBases, nullptr},
    {"__mro__", getMro, nullptr, nullptr, true},
    {"__base__", getBase, nullptr, nullptr, true},
    {"__module__", getModule, setModule, nullptr},
    {"__abstractmethods__", getAbstract, setAbstract, nullptr},
    {"__dict__", getDict, nullptr, nullptr},
    {"__doc__", getDoc, setDoc, nullptr},
    {"__text_signature__", getSignature, nullptr, nullptr},
    {"__annotations__", getAnnotations, setAnnotations, nullptr},
    {"__flags__", getFlags, nullptr, nullptr, true},
    {"__basicsize__", getBasicSize, nullptr, nullptr, true},
    {"__itemsize__", getItemSize, nullptr, nullptr, true},
    {"__dictoffset__", getDictOffset, nullptr, nullptr, true},
    {"__weakrefoffset__", getWeakOffset, nullptr, nullptr, true},
    {},
};

}  // namespace

const MethodDef* newMethodDef() { return &kNew; }

Ref<> typeCall(Thread& t, Value self, Args args) {
  Type* type = asType(self);
  if (KRAIT_UNLIKELY(type == &types::Type)) {
    if (args.positional == 1 && args.keywords() == 0) return share(Value(typeOf(args[0])));
    if (args.positional == 1) return raise(t, exc::TypeError, "type() takes no keyword arguments");
    if (args.positional != 3) return raise(t, exc::TypeError, "type() takes 1 or 3 arguments");
  }
  return constructorCall(t, type, args);
}

Ref<> typeGetAttr(Thread& t, Value self, Str* name) {
  Type* type = asType(self);
  Type* metatype = typeOf(self);
  Value meta = lookupType(metatype, name);
  Ref<> keep_meta = share(meta);
  DescrGetFunction meta_get = nullptr;
  if (!meta.empty()) {
    const Type* meta_type = typeOf(meta);
    meta_get = meta_type->slots.descr_get;
    if (meta_get && meta_type->slots.descr_set) return meta_get(t, meta, self, metatype);
  }
  Value found = lookupType(type, name);
  if (!found.empty()) {
    Ref<> keep = share(found);
    DescrGetFunction get = typeOf(found)->slots.descr_get;
    return get ? get(t, found, Value(), type) : std::move(keep);
  }
  if (meta_get) return meta_get(t, meta, self, metatype);
  if (!meta.empty()) return keep_meta;
  Utf8 text;
  text.setLossy(name);
  return raiseAttributeError(t, self, name, "type object '%.50s' has no attribute '%s'", type->cname, text.c_str());
}

bool typeSetAttr(Thread& t, Value self, Str* name, Value v) {
  Type* type = asType(self);
  Utf8 text;
  if (!type->has(kTypeHeap)) {
    text.setLossy(name);
    return raise(t, exc::TypeError, "cannot set '%s' attribute of immutable type '%s'", text.c_str(), type->cname);
  }
  Value descr = lookupType(typeOf(self), name);
  if (!descr.empty()) {
    if (DescrSetFunction set = typeOf(descr)->slots.descr_set) {
      Ref<> keep = share(descr);
      return set(t, descr, self, v);
    }
  }
  if (v.empty() && !dictGetStr(type->dict, name)) {
    text.setLossy(name);
    return raiseAttributeError(t, self, name, "type object '%.50s' has no attribute '%s'", type->cname, text.c_str());
  }
  return setTypeAttribute(t, type, name, v);
}

const TypeSpec& typeTypeSpec() {
  static const TypeSpec spec{.type = &types::Type, .basic_size = sizeof(Type),
                             .doc = "type(object) -> the object's type\ntype(name, bases, dict, **kwds) -> a new type",
                             .methods = kMethods, .getsets = kGetSets, .dealloc = typeDealloc, .traverse = typeTraverse,
                             .clear = typeClear, .fill = [](Slots& s) {
                               s.new_ = typeNew;
                               s.init = typeInit;
                               s.call = typeCall;
                               s.repr = typeRepr;
                               s.getattr = typeGetAttr;
                               s.setattr = typeSetAttr;
                               s.binary[kOp_or_] = typeOr;
                             }};
  return spec;
}

}  // namespace krait
