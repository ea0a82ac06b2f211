// types.UnionType: int | None.
#include "runtime/objects/union.h"

#include "runtime/core/error.h"
#include "runtime/core/names.h"
#include "runtime/core/type.h"
#include "runtime/memory/gc.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/list.h"
#include "runtime/objects/set.h"
#include "runtime/objects/str.h"
#include "runtime/objects/tuple.h"
#include "runtime/objects/type_parameters.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

UnionObject* unionObject(Value v) { return static_cast<UnionObject*>(v.asObject()); }
bool isUnion(Value v) { return isExact(v, &types::Union); }
bool isGenericAlias(Value v) { return isInstance(v, &types::GenericAlias); }
bool isUnionable(Value v) { return v.isNone() || isType(v) || isGenericAlias(v) || isUnion(v); }

void dealloc(Object* o) {
  release(static_cast<UnionObject*>(o)->args);
  release(static_cast<UnionObject*>(o)->parameters);
  freeObject(o, sizeof(UnionObject), Sort::kCollectable);
}
void traverse(Object* o, Visitor& visitor) {
  visitor.visit(static_cast<UnionObject*>(o)->args);
  visitor.visit(static_cast<UnionObject*>(o)->parameters);
}

// Adds an argument unless an equal one is there; None stands for its type; unions are flattened.
bool addArgument(Thread& t, List* into, Value v) {
  if (v.isNone()) v = &types::NoneType;
  if (isUnion(v)) {
    Tuple* args = unionObject(v)->args;
    for (int64_t i = 0; i < args->size; ++i) {
      if (!addArgument(t, into, args->items[i])) return false;
    }
    return true;
  }
  for (int64_t i = 0; i < into->size; ++i) {
    Ref<> known = listGet(into, i);
    if (isGenericAlias(known) != isGenericAlias(v)) continue;  // list and list[int] are not compared
    int equal = known.value() == v ? 1 : isGenericAlias(v) ? compareBool(t, known, v, CompareOp::kEqual) : 0;
    if (equal < 0) return false;
    if (equal) return true;
  }
  return listAppend(t, into, share(v));
}

Ref<> fromList(Thread& t, List* list) {
  if (list->size == 1) return listGet(list, 0);
  Ref<Tuple> args = sequenceToTuple(t, list);
  if (!args) return kRaised;
  UnionObject* u = allocate<UnionObject>(Sort::kCollectable, &types::Union, kKindUnion);
  if (!u) return raiseNoMemory(t);
  u->args = args.leakObject();
  u->parameters = Value();
  return steal(Value(u));
}

Ref<> unionRepr(Thread& t, Value self) {
  Tuple* args = unionObject(self)->args;
  Ref<> text = newStrUtf8(t, "").as<void>();
  for (int64_t i = 0; text && i < args->size; ++i) {
    Ref<Str> bar = newStrUtf8(t, i ? " | " : "");
    Ref<Str> part = args->items[i] == Value(&types::NoneType) ? newStrUtf8(t, "None") : reprTypeArgument(t, args->items[i]);
    if (!bar || !part) return kRaised;
    text = strConcat(t, text, bar);
    if (text) text = strConcat(t, text, part);
  }
  return text;
}

Hash unionHash(Thread& t, Value self) {
  Ref<Set> args = newFrozenSet(t, unionObject(self)->args);
  return args ? hashOf(t, args) : -1;
}
Ref<> unionCompare(Thread& t, Value a, Value b, CompareOp op) {
  if (!isUnion(a) || !isUnion(b) || (op != CompareOp::kEqual && op != CompareOp::kNotEqual)) return steal(kNotImplemented);
  Ref<Set> x = newSet(t, unionObject(a)->args), y = newSet(t, unionObject(b)->args);
  if (!x || !y) return kRaised;
  return compare(t, x, y, op);
}

Tuple* parametersOf(Thread& t, Value self) {
  UnionObject* u = unionObject(self);
  if (u->parameters.empty()) {
    Ref<Tuple> found = collectParameters(t, u->args);
    if (!found) return nullptr;
    u->parameters = std::move(found).as<void>().leak();
  }
  return asTuple(u->parameters);
}
Ref<> unionGetitem(Thread& t, Value self, Value item) {
  Tuple* parameters = parametersOf(t, self);
  if (!parameters) return kRaised;
  Ref<Tuple> args = substituteParameters(t, self, unionObject(self)->args, parameters, item);
  if (!args) return kRaised;
  Ref<> result = share(args->items[0]);
  for (int64_t i = 1; result && i < args->size; ++i) result = binaryOp(t, kOp_or_, result, args->items[i]);
  return result;
}

enum class Check : uint8_t { kInstance, kSubclass };
Ref<> checkAny(Thread& t, Value self, Value v, Check check) {
  Tuple* args = unionObject(self)->args;
  const char* name = check == Check::kInstance ? "isinstance" : "issubclass";
  for (int64_t i = 0; i < args->size; ++i) {
    if (isGenericAlias(args->items[i])) return raise(t, exc::TypeError, "%s() argument 2 cannot be a parameterized generic", name);
    if (!isType(args->items[i])) continue;
    int found = check == Check::kInstance ? isInstanceOf(t, v, args->items[i]) : isSubclassOf(t, v, args->items[i]);
    if (found < 0) return kRaised;
    if (found) return steal(kTrue);
  }
  return steal(kFalse);
}
Ref<> instanceCheck(Thread& t, Value self, Value v) { return checkAny(t, self, v, Check::kInstance); }
Ref<> subclassCheck(Thread& t, Value self, Value v) {
  if (!isType(v)) return raise(t, exc::TypeError, "issubclass() arg 1 must be a class");
  return checkAny(t, self, v, Check::kSubclass);
}

Ref<> getArgs(Thread& t, Value self) { return share(Value(unionObject(self)->args)); }
Ref<> getParameters(Thread& t, Value self) {
  Tuple* parameters = parametersOf(t, self);
  return parameters ? share(Value(parameters)) : Ref<>();
}

// int | str has the __module__ of its class, which is no attribute of instances otherwise.
Ref<> unionGetattr(Thread& t, Value self, Str* name) {
  if (name == names::dunder_module) return getAttr(t, Value(&types::Union), name);
  return genericGetAttr(t, self, name);
}

const MethodDef kMethods[] = {
    method("__instancecheck__", instanceCheck, nullptr, ""),
    method("__subclasscheck__", subclassCheck, nullptr, ""),
    {},
};
const GetSetDef kGetSets[] = {{"__args__", getArgs, nullptr, nullptr, true},
                              {"__parameters__", getParameters, nullptr, "Type variables in the types.UnionType."},
                              {}};

}  // namespace

Ref<> unionOf(Thread& t, Value a, Value b) {
  if (!isUnionable(a) || !isUnionable(b)) return steal(kNotImplemented);
  Ref<List> args = newList(t, 2);
  if (!args || !addArgument(t, args.get(), a) || !addArgument(t, args.get(), b)) return kRaised;
  return fromList(t, args.get());
}

const TypeSpec& unionTypeSpec() {
  static const TypeSpec spec{.type = &types::Union, .basic_size = sizeof(UnionObject),
                             .doc = "Represent a PEP 604 union type\n\nE.g. for int | str", .methods = kMethods,
                             .getsets = kGetSets, .dealloc = dealloc, .traverse = traverse, .fill = [](Slots& s) {
                               s.repr = unionRepr;
                               s.hash = unionHash;
                               s.compare = unionCompare;
                               s.getattr = unionGetattr;
                               s.getitem = unionGetitem;
                               s.binary[kOp_or_] = unionOf;
                             }};
  return spec;
}

}  // namespace krait
