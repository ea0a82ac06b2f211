// types.GenericAlias: list[int] - an object that answers for its origin and remembers its arguments.
#include "runtime/objects/generic_alias.h"

#include "runtime/core/error.h"
#include "runtime/core/names.h"
#include "runtime/core/type_internal.h"
#include "runtime/memory/gc.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/instance.h"
#include "runtime/objects/iterators.h"
#include "runtime/objects/list.h"
#include "runtime/objects/str.h"
#include "runtime/objects/tuple.h"
#include "runtime/objects/type_parameters.h"
#include "runtime/objects/union.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

struct GenericAlias : Object {
  Value origin;
  Tuple* args;
  Value parameters;  // tuple, or empty: not computed yet
  bool starred;      // *tuple[int, ...]
};
GenericAlias* alias(Value v) { return static_cast<GenericAlias*>(v.asObject()); }
bool isAlias(Value v) { return isInstance(v, &types::GenericAlias); }

void dealloc(Object* o) {
  GenericAlias* a = static_cast<GenericAlias*>(o);
  release(a->origin);
  releaseIfAny(a->args);
  release(a->parameters);
  freeObject(o, sizeof(GenericAlias), Sort::kCollectable);
}
void traverse(Object* o, Visitor& visitor) {
  GenericAlias* a = static_cast<GenericAlias*>(o);
  visitor.visit(a->origin);
  visitor.visit(a->args);
  visitor.visit(a->parameters);
}

Ref<> make(Thread& t, Type* type, Value origin, Value args, bool starred = false) {
  Ref<Tuple> tuple = isTuple(args) ? share(asTuple(args)) : packTuple(t, args);
  if (!tuple) return kRaised;
  GenericAlias* a = allocateInstance<GenericAlias>(type);
  if (!a) return raiseNoMemory(t);
  a->origin = share(origin).leak();
  a->args = tuple.leakObject();
  a->parameters = Value();
  a->starred = starred;
  return steal(Value(a));
}

Ref<> aliasNew(Thread& t, Type* type, Args args) {
  if (!noKeywords(t, "GenericAlias", args) || !arity(t, "GenericAlias", args, 2, 2)) return kRaised;
  return make(t, type, args[0], args[1]);
}

Tuple* parametersOf(Thread& t, Value self) {
  GenericAlias* a = alias(self);
  if (a->parameters.empty()) {
    Ref<Tuple> found = collectParameters(t, a->args);
    if (!found) return nullptr;
    a->parameters = std::move(found).as<void>().leak();
  }
  return asTuple(a->parameters);
}

// Lists stand for the parameters of callables: their items show like arguments.
Ref<Str> reprArgument(Thread& t, Value v) {
  if (!isList(v)) return reprTypeArgument(t, v);
  Ref<> text = newStrUtf8(t, "[").as<void>();
  List* list = asList(v);
  for (int64_t i = 0; text && i < list->size; ++i) {
    Ref<Str> part = reprTypeArgument(t, listGet(list, i));
    Ref<Str> comma = newStrUtf8(t, i ? ", " : "");
    if (!part || !comma) return kRaised;
    text = strConcat(t, text, comma);
    if (text) text = strConcat(t, text, part);
  }
  Ref<Str> end = newStrUtf8(t, "]");
  return text && end ? strConcat(t, text, end).as<Str>() : Ref<Str>();
}

Ref<> aliasRepr(Thread& t, Value self) {
  GenericAlias* a = alias(self);
  Ref<Str> origin = reprTypeArgument(t, a->origin);
  Ref<Str> star = newStrUtf8(t, a->starred ? "*" : "");
  if (!origin || !star) return kRaised;
  Ref<> text = strConcat(t, star, origin);
  auto append = [&](Ref<Str> part) { text = text && part ? strConcat(t, text, part) : Ref<>(); };
  append(newStrUtf8(t, "["));
  for (int64_t i = 0; text && i < a->args->size; ++i) {
    if (i) append(newStrUtf8(t, ", "));
    append(reprArgument(t, a->args->items[i]));
  }
  if (a->args->size == 0) append(newStrUtf8(t, "()"));
  append(newStrUtf8(t, "]"));
  return text;
}

Ref<> aliasGetitem(Thread& t, Value self, Value item) {
  Tuple* parameters = parametersOf(t, self);
  if (!parameters) return kRaised;
  Ref<Tuple> args = substituteParameters(t, self, alias(self)->args, parameters, item);
  if (!args) return kRaised;
  return make(t, &types::GenericAlias, alias(self)->origin, args, alias(self)->starred);
}

Hash aliasHash(Thread& t, Value self) {
  Hash origin = hashOf(t, alias(self)->origin);
  if (origin == -1) return -1;
  Hash args = hashOf(t, alias(self)->args);
  if (args == -1) return -1;
  Hash mixed = origin ^ args;
  return mixed == -1 ? -2 : mixed;
}

Ref<> aliasCompare(Thread& t, Value a, Value b, CompareOp op) {
  if (!isAlias(a) || !isAlias(b) || (op != CompareOp::kEqual && op != CompareOp::kNotEqual)) return steal(kNotImplemented);
  bool want = op == CompareOp::kEqual;
  if (alias(a)->starred != alias(b)->starred) return steal(Value::fromBool(!want));
  int equal = compareBool(t, alias(a)->origin, alias(b)->origin, CompareOp::kEqual);
  if (equal > 0) equal = compareBool(t, alias(a)->args, alias(b)->args, CompareOp::kEqual);
  if (equal < 0) return kRaised;
  return steal(Value::fromBool((equal == 1) == want));
}

// The new object remembers the alias it was made through, if it can.
Ref<> aliasCall(Thread& t, Value self, Args args) {
  Ref<> result = call(t, alias(self)->origin, args);
  if (!result) return result;
  if (!setAttr(t, result, names::dunder_orig_class, self)) {
    if (!raisedIs(t, exc::AttributeError) && !raisedIs(t, exc::TypeError)) return kRaised;
    clearException(t);
  }
  return result;
}

// Attributes of the alias itself; all others are the origin's.
const char* const kOwnNames[] = {"__class__", "__bases__", "__origin__", "__args__", "__unpacked__", "__parameters__",
                                 "__typing_unpacked_tuple_args__", "__mro_entries__", "__reduce_ex__", "__reduce__",
                                 "__copy__", "__deepcopy__"};
Ref<> aliasGetattr(Thread& t, Value self, Str* name) {
  bool own = false;
  for (const char* each : kOwnNames) own = own || strEqualsAscii(name, each);
  if (!own) return getAttr(t, alias(self)->origin, name);
  return genericGetAttr(t, self, name);
}

// --- iter(tuple[int]) gives *tuple[int], once: for *Ts in subscripts ---

struct AliasIterator : Object {
  Value alias;  // owned; empty: exhausted
};
AliasIterator* asIterator(Value v) { return static_cast<AliasIterator*>(v.asObject()); }

Ref<> aliasIter(Thread& t, Value self) {
  auto* iterator = allocate<AliasIterator>(Sort::kCollectable, &types::GenericAliasIterator, kKindGenericAliasIterator);
  if (!iterator) return raiseNoMemory(t);
  iterator->alias = share(self).leak();
  return steal(Value(iterator));
}
Ref<> iteratorNext(Thread& t, Value self) {
  AliasIterator* iterator = asIterator(self);
  if (iterator->alias.empty()) return {};
  Ref<> starred = make(t, &types::GenericAlias, alias(iterator->alias)->origin, alias(iterator->alias)->args, true);
  if (starred) assign(iterator->alias, {});
  return starred;
}
Ref<> iteratorReduce(Thread& t, Value self) {
  Value of = asIterator(self)->alias;
  return reduceToIter(t, of.empty() ? Value(emptyTuple()) : of);
}
void deallocAliasIterator(Object* o) {
  Value of = static_cast<AliasIterator*>(o)->alias;
  freeObject(o, sizeof(AliasIterator), Sort::kCollectable);
  release(of);
}
void traverseAliasIterator(Object* o, Visitor& visitor) { visitor.visit(static_cast<AliasIterator*>(o)->alias); }
const MethodDef kIteratorMethods[] = {method("__reduce__", iteratorReduce, nullptr, "State for pickling."), {}};

Ref<> mroEntries(Thread& t, Value self, Value bases) { return packTuple(t, alias(self)->origin).as<void>(); }
Ref<> instanceCheck(Thread& t, Value self, Value v) {
  return raise(t, exc::TypeError, "isinstance() argument 2 cannot be a parameterized generic");
}
Ref<> subclassCheck(Thread& t, Value self, Value v) {
  return raise(t, exc::TypeError, "issubclass() argument 2 cannot be a parameterized generic");
}
Ref<> reduce(Thread& t, Value self) {
  GenericAlias* a = alias(self);
  if (a->starred) {
    Ref<> plain = make(t, &types::GenericAlias, a->origin, a->args);
    if (!plain) return kRaised;
    Ref<> iterator = iterate(t, plain);
    Ref<> builtins = importModule(t, "builtins");
    if (!iterator || !builtins) return kRaised;
    Ref<> next_function = getAttr(t, builtins, "next");
    Ref<Tuple> args = packTuple(t, iterator.value());
    if (!next_function || !args) return kRaised;
    return packTuple(t, next_function.value(), Value(args));
  }
  Ref<Tuple> args = packTuple(t, a->origin, Value(a->args));
  if (!args) return kRaised;
  return packTuple(t, Value(&types::GenericAlias), Value(args));
}
Ref<> aliasDir(Thread& t, Value self) {
  Ref<> names = callMethod(t, alias(self)->origin, "__dir__");
  if (isType(alias(self)->origin)) {
    clearException(t);
    Ref<> method = getAttr(t, &types::Type, "__dir__");
    names = method ? call(t, method, alias(self)->origin) : Ref<>();
  }
  if (!names) return kRaised;
  Ref<List> list = sequenceToList(t, names);
  if (!list) return kRaised;
  for (const char* each : kOwnNames) {
    Ref<Str> name = newStrUtf8(t, each);
    if (!name) return kRaised;
    int known = contains(t, list, name);
    if (known < 0 || (!known && !listAppend(t, list.get(), std::move(name).as<void>()))) return kRaised;
  }
  return std::move(list).as<void>();
}
Ref<> aliasOr(Thread& t, Value a, Value b) { return unionOf(t, a, b); }

Ref<> getOrigin(Thread& t, Value self) { return share(alias(self)->origin); }
Ref<> getArgs(Thread& t, Value self) { return share(Value(alias(self)->args)); }
Ref<> getUnpacked(Thread& t, Value self) { return steal(Value::fromBool(alias(self)->starred)); }
Ref<> getParameters(Thread& t, Value self) {
  Tuple* parameters = parametersOf(t, self);
  return parameters ? share(Value(parameters)) : Ref<>();
}
Ref<> getUnpackedArgs(Thread& t, Value self) {
  GenericAlias* a = alias(self);
  return a->starred && a->origin == Value(&types::Tuple) ? share(Value(a->args)) : steal(kNone);
}

const MethodDef kMethods[] = {
    method("__mro_entries__", mroEntries, nullptr, ""),
    method("__instancecheck__", instanceCheck, nullptr, ""),
    method("__subclasscheck__", subclassCheck, nullptr, ""),
    method("__reduce__", reduce, nullptr, ""),
    method("__dir__", aliasDir, nullptr, ""),
    {},
};
const GetSetDef kGetSets[] = {
    {"__origin__", getOrigin, nullptr, nullptr, true},
    {"__args__", getArgs, nullptr, nullptr, true},
    {"__unpacked__", getUnpacked, nullptr, nullptr, true},
    {"__parameters__", getParameters, nullptr, "Type variables in the GenericAlias."},
    {"__typing_unpacked_tuple_args__", getUnpackedArgs, nullptr, nullptr},
    {},
};

}  // namespace

Ref<> newGenericAlias(Thread& t, Value origin, Value args) { return make(t, &types::GenericAlias, origin, args); }
Ref<> classGetItem(Thread& t, Value cls, Value item) { return newGenericAlias(t, cls, item); }

const TypeSpec& genericAliasIteratorTypeSpec() {
  static const TypeSpec spec{.type = &types::GenericAliasIterator,
                             .basic_size = sizeof(AliasIterator),
                             .doc = nullptr,
                             .methods = kIteratorMethods,
                             .dealloc = deallocAliasIterator,
                             .traverse = traverseAliasIterator,
                             .fill = [](Slots& s) {
                               s.iter = iteratorSelf;
                               s.next = iteratorNext;
                             }};
  return spec;
}

const TypeSpec& genericAliasTypeSpec() {
  static const TypeSpec spec{.type = &types::GenericAlias, .basic_size = sizeof(GenericAlias),
                             .doc = "Represent a PEP 585 generic type\n\nE.g. for t = list[int], t.__origin__ is list and "
                                    "t.__args__ is (int,).",
                             .methods = kMethods, .getsets = kGetSets, .dealloc = dealloc, .traverse = traverse,
                             .fill = [](Slots& s) {
                               s.new_ = aliasNew;
                               s.repr = aliasRepr;
                               s.hash = aliasHash;
                               s.compare = aliasCompare;
                               s.call = aliasCall;
                               s.getattr = aliasGetattr;
                               s.getitem = aliasGetitem;
                               s.iter = aliasIter;
                               s.binary[kOp_or_] = aliasOr;
                             }};
  return spec;
}

}  // namespace krait
