// The _collections module: defaultdict, _tuplegetter, _count_elements, and the module's definition. deque.cpp has
// deque, ordered_dict.cpp OrderedDict.
#include "runtime/modules/collections/collections.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/dict_table.h"
#include "runtime/objects/generic_alias.h"
#include "runtime/objects/instance.h"
#include "runtime/objects/int.h"
#include "runtime/objects/sequence.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/iteration.h"

namespace krait {

namespace collections {

namespace {

Type defaultdict_type, tuplegetter_type;

// --- defaultdict ---

struct DefaultDict : Dict {
  Value factory;  // empty or None: plain dict
};
DefaultDict* asDefault(Value v) { return static_cast<DefaultDict*>(v.asObject()); }
Value factoryOf(Value self) { return asDefault(self)->factory.empty() ? kNone : asDefault(self)->factory; }

bool defaultInit(Thread& t, Value self, Args args) {
  Value factory = kNone;
  if (args.positional) {
    factory = args[0];
    if (!factory.isNone() && !isCallable(factory)) return raise(t, exc::TypeError, "first argument must be callable or None");
    ++args.values;
    --args.positional;
  }
  assign(asDefault(self)->factory, share(factory));
  return types::Dict.slots.init(t, self, args);
}
void deallocDefault(Object* self) {
  release(static_cast<DefaultDict*>(self)->factory);
  types::Dict.dealloc(self);
}
void traverseDefault(Object* self, Visitor& visitor) {
  visitor.visit(static_cast<DefaultDict*>(self)->factory);
  types::Dict.traverse(self, visitor);
}

Ref<> defaultMissing(Thread& t, Value self, Value key) {
  Value factory = factoryOf(self);
  if (factory.isNone()) return raiseKeyError(t, key);
  Ref<> kept = share(factory);
  Ref<> v = call(t, kept);
  if (!v || !setItem(t, self, key, v)) return kRaised;
  return v;
}
Ref<> defaultCopy(Thread& t, Value self) { return call(t, Value(typeOf(self)), factoryOf(self), self); }
Ref<> defaultReduce(Thread& t, Value self) {
  Ref<Tuple> arguments = factoryOf(self).isNone() ? share(emptyTuple()) : packTuple(t, factoryOf(self));
  Ref<> items = arguments ? callMethod(t, self, "items") : Ref<>();
  Ref<> iterator = items ? iterate(t, items) : Ref<>();
  if (!iterator) return kRaised;
  return packTuple(t, Value(typeOf(self)), arguments.value(), kNone, kNone, iterator.value());
}
Ref<> defaultRepr(Thread& t, Value self) {
  Ref<Str> content = types::Dict.slots.repr(t, self).as<Str>();
  if (!content) return kRaised;
  Ref<Str> factory;
  {
    ReprScope scope(t, factoryOf(self));
    if (scope.failed()) return kRaised;
    factory = scope.recursive() ? newStrUtf8(t, "...") : repr(t, factoryOf(self));
    if (!factory) return kRaised;
  }
  StrBuilder out(t);
  out.append(typeOf(self)->name);
  out.appendAscii("(");
  out.append(factory.get());
  out.appendAscii(", ");
  out.append(content.get());
  out.appendAscii(")");
  return out.finish();
}
Ref<> defaultOr(Thread& t, Value a, Value b) {
  if (!isDict(a) || !isDict(b)) return share(kNotImplemented);
  Value self = isInstance(a, &defaultdict_type) ? a : b;
  // The result is of the type of the defaultdict operand, with what it makes of missing keys.
  Ref<> result = call(t, Value(typeOf(self)), factoryOf(self), a);
  if (!result || !dictUpdate(t, asDict(result), b)) return kRaised;
  return result;
}
const MethodDef kDefaultMethods[] = {
    method("__missing__", defaultMissing, "($self, key, /)",
           "__missing__(key) # Called by __getitem__ for missing key; pseudo-code:\n"
           "  if self.default_factory is None: raise KeyError((key,))\n"
           "  self[key] = value = self.default_factory()\n  return value"),
    method("copy", defaultCopy, "($self, /)", "D.copy() -> a shallow copy of D."),
    method("__copy__", defaultCopy, "($self, /)", "D.copy() -> a shallow copy of D."),
    method("__reduce__", defaultReduce, "($self, /)", "Return state information for pickling."),
    method("__class_getitem__", classGetItem, "($cls, item, /)", "See PEP 585", MethodKind::kClass),
    {},
};
const MemberDef kDefaultMembers[] = {
    {"default_factory", MemberType::kValueOrNone, false, offsetof(DefaultDict, factory),
     "Factory for default value called by __missing__()."},
    {},
};

// --- _tuplegetter: the descriptor of a named tuple's field ---

struct TupleGetter : Fields<2> {  // index, doc
  int64_t index;
};
Ref<> tupleGetterNew(Thread& t, Type* type, Args args) {
  if (!noKeywords(t, "_tuplegetter", args) || !arity(t, "_tuplegetter", args, 2, 2)) return kRaised;
  int64_t index = toIndex(t, args[0]);
  if (t.raised()) return kRaised;
  Ref<TupleGetter> getter = makeFields<TupleGetter>(t, type);
  if (!getter) return kRaised;
  getter->index = index;
  getter->v[0] = newInt(t, index).leak();
  getter->v[1] = share(args[1]).leak();
  return getter;
}
Ref<> tupleGetterGet(Thread& t, Value descr, Value instance, Type*) {
  auto* getter = fieldsOf<TupleGetter>(descr);
  if (instance.empty() || instance.isNone()) return share(descr);
  if (!isTuple(instance)) {
    return raise(t, exc::TypeError, "descriptor for index '%zd' for tuple subclasses doesn't apply to '%s' object",
                 ssize_t(getter->index), typeName(instance));
  }
  Tuple* tuple = asTuple(instance);
  if (uint64_t(getter->index) >= uint64_t(tuple->size)) return raise(t, exc::IndexError, "tuple index out of range");
  return share(tuple->items[getter->index]);
}
bool tupleGetterSet(Thread& t, Value, Value, Value v) {
  return raise(t, exc::AttributeError, "can't %s attribute", v.empty() ? "delete" : "set");
}
Ref<> tupleGetterReduce(Thread& t, Value self) {
  Ref<Tuple> arguments = packTuple(t, fieldsOf<TupleGetter>(self)->v[0], fieldsOf<TupleGetter>(self)->v[1]);
  return arguments ? Ref<>(packTuple(t, Value(typeOf(self)), arguments.value())) : kRaised;
}
Ref<> tupleGetterRepr(Thread& t, Value self) {
  Ref<Str> doc = repr(t, fieldsOf<TupleGetter>(self)->v[1]);
  if (!doc) return kRaised;
  StrBuilder out(t);
  Ref<Str> index = intToText(t, fieldsOf<TupleGetter>(self)->v[0]);
  if (!index) return kRaised;
  out.appendAscii("_tuplegetter(");
  out.append(index.get());
  out.appendAscii(", ");
  out.append(doc.get());
  out.appendAscii(")");
  return out.finish();
}
const MethodDef kTupleGetterMethods[] = {method("__reduce__", tupleGetterReduce, "($self, /)"), {}};
const MemberDef kTupleGetterMembers[] = {
    {"__doc__", MemberType::kValueOrNone, false, offsetof(TupleGetter, v) + sizeof(Value), nullptr},
    {},
};

// --- _count_elements ---

// mapping[item] += 1 for each item; exact dicts, and subclasses that read and write as dict does, are counted in place.
Ref<> countElements(Thread& t, Value, const Value* args) {
  Value mapping = args[0];
  Iteration items(t, args[1]);
  if (t.raised()) return kRaised;
  static Str *const get_name = internStatic("get"), *const set_name = internStatic("__setitem__");
  auto isDicts = [&](Str* name) { return lookupType(typeOf(mapping), name) == lookupType(&types::Dict, name); };
  bool direct = isDict(mapping) && isDicts(get_name) && isDicts(set_name);
  Ref<> get = direct ? Ref<>() : getAttr(t, mapping, get_name);
  if (!direct && !get) return kRaised;
  while (Ref<> item = items.next()) {
    if (direct) {
      Hash hash = keyHash(t, item);
      if (hash == -1) return kRaised;
      Value old = dictGetHashed(t, asDict(mapping), item, hash);
      if (old.empty() && t.raised()) return kRaised;
      Ref<> kept = old.empty() ? steal(Value::fromInt(0)) : share(old);
      Ref<> sum = kept.value().isInt() && fitsInt(kept.value().asInt() + 1)
                      ? steal(Value::fromInt(kept.value().asInt() + 1))
                      : binaryOp(t, kOp_add, kept, Value::fromInt(1));
      if (!sum || !dictSetHashed(t, asDict(mapping), item, hash, sum)) return kRaised;
    } else {
      Ref<> old = call(t, get, item, Value::fromInt(0));
      Ref<> sum = old ? binaryOp(t, kOp_add, old, Value::fromInt(1)) : Ref<>();
      if (!sum || !setItem(t, mapping, item, sum)) return kRaised;
    }
  }
  return t.raised() ? Ref<>() : share(kNone);
}

const MethodDef kFunctions[] = {
    method("_count_elements", countElements, "($module, mapping, iterable, /)", "Count elements in the iterable, updating the mapping"),
    {},
};

bool init(Thread& t, ModuleObject* module) {
  TypeSpec default_dict{.type = &defaultdict_type, .basic_size = sizeof(DefaultDict),
                        .doc = "defaultdict(default_factory=None, /, [...]) --> dict with default factory\n\n"
                               "The default factory is called without arguments to produce\n"
                               "a new value when a key is not present, in __getitem__ only.\n"
                               "A defaultdict compares equal to a dict with the same items.\n"
                               "All remaining arguments are treated the same as if they were\n"
                               "passed to the dict constructor, including keyword arguments.",
                        .methods = kDefaultMethods, .members = kDefaultMembers, .dealloc = deallocDefault,
                        .traverse = traverseDefault, .fill = [](Slots& slots) {
                          slots.init = defaultInit;
                          slots.repr = defaultRepr;
                          slots.binary[kOp_or_] = defaultOr;
                        }};
  Ref<Type> made = makeNativeType(t, default_dict, "collections.defaultdict", &types::Dict, kTypeCollectable);
  if (!made || !moduleAdd(t, module, "defaultdict", std::move(made)) || !addDeque(t, module) ||
      !addOrderedDict(t, module)) {
    return false;
  }
  TypeSpec getter{.type = &tuplegetter_type, .basic_size = sizeof(TupleGetter), .doc = nullptr, .methods = kTupleGetterMethods,
                  .members = kTupleGetterMembers, .dealloc = deallocFields<TupleGetter>, .traverse = traverseFields<TupleGetter>,
                  .fill = [](Slots& slots) {
                    slots.new_ = tupleGetterNew;
                    slots.repr = tupleGetterRepr;
                    slots.descr_get = tupleGetterGet;
                    slots.descr_set = tupleGetterSet;
                  }};
  return addNativeType(t, module, getter, "_collections._tuplegetter", kTypeCollectable | kTypeFinal);
}

}  // namespace

}  // namespace collections

const ModuleDef& collectionsModule() {
  static const ModuleDef def{
      "_collections",
      "High performance data structures.\n- deque:        ordered collection accessible from endpoints only\n"
      "- defaultdict:  dict subclass with a default value factory\n- OrderedDict:  dict subclass that remembers "
      "insertion order",
      collections::kFunctions, collections::init};
  return def;
}

}  // namespace krait
