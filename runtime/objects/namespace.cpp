// types.SimpleNamespace, and the types of None, Ellipsis and NotImplemented.
#include "runtime/core/error.h"
#include "runtime/core/names.h"
#include "runtime/memory/gc.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/instance.h"
#include "runtime/objects/int.h"
#include "runtime/objects/list.h"
#include "runtime/objects/namespace.h"
#include "runtime/objects/str.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

struct Namespace : Object {
  Dict* dict;  // owned
};
Namespace* space(Value v) { return static_cast<Namespace*>(v.asObject()); }

void dealloc(Object* o) {
  releaseIfAny(static_cast<Namespace*>(o)->dict);
  freeObject(o, sizeof(Namespace), Sort::kCollectable);
}
void traverse(Object* o, Visitor& visitor) { visitor.visit(static_cast<Namespace*>(o)->dict); }
void clear(Object* o) {
  Dict* dict = static_cast<Namespace*>(o)->dict;
  static_cast<Namespace*>(o)->dict = nullptr;
  releaseIfAny(dict);
}

Ref<> allocateNamespace(Thread& t, Type* type) {
  Ref<Dict> dict = newDict(t);
  Namespace* result = dict ? allocateInstance<Namespace>(type) : nullptr;
  if (!result) return dict ? Ref<>(raiseNoMemory(t)) : Ref<>();
  result->dict = dict.leakObject();
  return steal(Value(result));
}
Ref<> namespaceNew(Thread& t, Type* type, Args args) { return allocateNamespace(t, type); }
bool namespaceInit(Thread& t, Value self, Args args) {
  if (args.positional != 0) {
    return raise(t, exc::TypeError, "no positional arguments expected");
  }
  for (size_t i = 0; i < args.keywords(); ++i) {
    if (!dictSet(t, space(self)->dict, args.names->items[i], args.values[i])) return false;
  }
  return true;
}

// namespace(a=1, b=2); a subclass shows its own name.
Ref<> namespaceRepr(Thread& t, Value self) {
  const char* name = typeOf(self) == &types::SimpleNamespace ? "namespace" : typeName(self);
  int inside = enterRepr(t, self);
  if (inside < 0) return kRaised;
  if (inside > 0) return strFormat(t, "%s(...)", name);
  Ref<> result = strFormat(t, "%s(", name).as<void>();
  int64_t position = 0;
  Value key, v;
  bool first = true;
  Ref<Dict> copy = dictCopy(t, space(self)->dict);
  auto append = [&](Ref<Str> part) { result = result && part ? strConcat(t, result, part) : Ref<>(); };
  while (copy && result && dictNext(copy.get(), &position, &key, &v)) {
    if (!isStr(key) || asStr(key)->length == 0) continue;
    if (!first) append(newStrUtf8(t, ", "));
    first = false;
    append(str(t, key));
    append(newStrUtf8(t, "="));
    append(repr(t, v));
  }
  append(newStrUtf8(t, ")"));
  leaveRepr(t, self);
  return copy ? std::move(result) : Ref<>();
}

Ref<> namespaceCompare(Thread& t, Value a, Value b, CompareOp op) {
  if (!isInstance(a, &types::SimpleNamespace) || !isInstance(b, &types::SimpleNamespace)) return steal(kNotImplemented);
  return compare(t, space(a)->dict, space(b)->dict, op);
}
Ref<> getDict(Thread& t, Value self) { return share(Value(space(self)->dict)); }
Ref<> reduce(Thread& t, Value self) {
  return packTuple(t, Value(typeOf(self)), Value(emptyTuple()), Value(space(self)->dict));
}
const MethodDef kMethods[] = {method("__reduce__", reduce, nullptr, "Return state information for pickling"), {}};
const GetSetDef kGetSets[] = {{"__dict__", getDict, nullptr, nullptr, true}, {}};

// --- the singletons' types ---

template <uint64_t bits>
Ref<> singletonNew(Thread& t, Type* type, Args args) {
  if (args.positional != 0 || args.keywords() != 0) return raise(t, exc::TypeError, "%s takes no arguments", type->cname);
  return steal(Value(bits));
}
Ref<> noneRepr(Thread& t, Value self) { return newStrUtf8(t, "None").as<void>(); }
int noneTruth(Thread& t, Value self) { return 0; }
Ref<> ellipsisRepr(Thread& t, Value self) { return newStrUtf8(t, "Ellipsis").as<void>(); }
Ref<> notImplementedRepr(Thread& t, Value self) { return newStrUtf8(t, "NotImplemented").as<void>(); }
int notImplementedTruth(Thread& t, Value self) {
  if (!warn(t, exc::DeprecationWarning, 1, "NotImplemented should not be used in a boolean context")) return -1;
  return 1;
}
const MethodDef kEllipsisMethods[] = {method("__reduce__", ellipsisRepr, nullptr), {}};
const MethodDef kNotImplementedMethods[] = {method("__reduce__", notImplementedRepr, nullptr), {}};

}  // namespace

Ref<> newNamespace(Thread& t) { return allocateNamespace(t, &types::SimpleNamespace); }
bool namespaceSet(Thread& t, Value self, const char* name, Value v) {
  return dictSetStr(t, space(self)->dict, internStatic(name), v);
}

const TypeSpec& simpleNamespaceTypeSpec() {
  static const TypeSpec spec{.type = &types::SimpleNamespace, .basic_size = sizeof(Namespace),
                             .doc = "A simple attribute-based namespace.\n\nSimpleNamespace(**kwargs)", .methods = kMethods,
                             .getsets = kGetSets, .dealloc = dealloc, .traverse = traverse, .clear = clear, .fill = [](Slots& s) {
                               s.new_ = namespaceNew;
                               s.init = namespaceInit;
                               s.repr = namespaceRepr;
                               s.compare = namespaceCompare;
                             },
                             .dict_offset = offsetof(Namespace, dict)};
  return spec;
}
const TypeSpec& noneTypeSpec() {
  static const TypeSpec spec{.type = &types::NoneType, .basic_size = sizeof(Object), .fill = [](Slots& s) {
                               s.new_ = singletonNew<kNone.bits>;
                               s.repr = noneRepr;
                               s.truth = noneTruth;
                             }};
  return spec;
}
const TypeSpec& ellipsisTypeSpec() {
  static const TypeSpec spec{.type = &types::EllipsisType, .basic_size = sizeof(Object), .methods = kEllipsisMethods,
                             .fill = [](Slots& s) {
                               s.new_ = singletonNew<kEllipsis.bits>;
                               s.repr = ellipsisRepr;
                             }};
  return spec;
}
const TypeSpec& notImplementedTypeSpec() {
  static const TypeSpec spec{.type = &types::NotImplementedType, .basic_size = sizeof(Object), .methods = kNotImplementedMethods,
                             .fill = [](Slots& s) {
                               s.new_ = singletonNew<kNotImplemented.bits>;
                               s.repr = notImplementedRepr;
                               s.truth = notImplementedTruth;
                             }};
  return spec;
}

}  // namespace krait
