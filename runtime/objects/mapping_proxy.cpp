// mappingproxy.
#include "runtime/objects/mapping_proxy.h"

#include "runtime/core/error.h"
#include "runtime/memory/gc.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/generic_alias.h"
#include "runtime/objects/str.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

Value mapping(Value v) { return static_cast<MappingProxy*>(v.asObject())->mapping; }
Value unwrap(Value v) { return isExact(v, &types::MappingProxy) ? mapping(v) : v; }

void dealloc(Object* o) {
  release(static_cast<MappingProxy*>(o)->mapping);
  freeObject(o, sizeof(MappingProxy), Sort::kCollectable);
}
void traverse(Object* o, Visitor& visitor) { visitor.visit(static_cast<MappingProxy*>(o)->mapping); }

const MethodDef kNew = method("mappingproxy", static_cast<NativeBound>([](Thread& t, Value, const Value* a) -> Ref<> {
                                if (!typeOf(a[0])->slots.getitem || isList(a[0]) || isTuple(a[0])) {
                                  return raise(t, exc::TypeError, "mappingproxy() argument must be a mapping, not %s", typeName(a[0]));
                                }
                                return newMappingProxy(t, a[0]);
                              }),
                              "($type, mapping)");
Ref<> proxyNew(Thread& t, Type* type, Args args) { return callNative(t, kNew, type, args); }

Ref<> proxyGetitem(Thread& t, Value self, Value key) { return getItem(t, mapping(self), key); }
int64_t proxyLength(Thread& t, Value self) { return lengthOf(t, mapping(self)); }
int proxyContains(Thread& t, Value self, Value key) {
  Value m = mapping(self);
  return isExactDict(m) ? dictContains(t, asDict(m), key) : contains(t, m, key);
}
Ref<> proxyIter(Thread& t, Value self) { return iterate(t, mapping(self)); }
Ref<> proxyStr(Thread& t, Value self) { return str(t, mapping(self)).as<void>(); }
Ref<> proxyRepr(Thread& t, Value self) {
  Ref<Str> inner = repr(t, mapping(self));
  if (!inner) return kRaised;
  Utf8 text;
  if (!text.set(t, inner.get())) return kRaised;
  Ref<Str> start = newStrUtf8(t, "mappingproxy("), end = newStrUtf8(t, ")");
  if (!start || !end) return kRaised;
  Ref<> whole = strConcat(t, start, inner);
  return whole ? strConcat(t, whole, end) : Ref<>();
}
Ref<> proxyCompare(Thread& t, Value a, Value b, CompareOp op) { return compare(t, unwrap(a), unwrap(b), op); }
Ref<> proxyOr(Thread& t, Value a, Value b) { return binaryOp(t, kOp_or_, unwrap(a), unwrap(b)); }
Ref<> proxyInplaceOr(Thread& t, Value a, Value b) {
  return raise(t, exc::TypeError, "'|=' is not supported by %s; use '|' instead", typeName(a));
}

Ref<> getMethod(Thread& t, Value self, const Value* a) {
  Value args[] = {a[0], a[1]};
  return callMethod(t, mapping(self), "get", Args{args, 2});
}
Ref<> keys(Thread& t, Value self) { return callMethod(t, mapping(self), "keys"); }
Ref<> values(Thread& t, Value self) { return callMethod(t, mapping(self), "values"); }
Ref<> items(Thread& t, Value self) { return callMethod(t, mapping(self), "items"); }
Ref<> copy(Thread& t, Value self) { return callMethod(t, mapping(self), "copy"); }
Ref<> reversed(Thread& t, Value self) { return callMethod(t, mapping(self), "__reversed__"); }

const MethodDef kMethods[] = {
    method("get", getMethod, "($self, key, default=None, /)", "Return the value for key if key is in the mapping, else default."),
    method("keys", keys, nullptr, "D.keys() -> a set-like object providing a view on D's keys"),
    method("values", values, nullptr, "D.values() -> an object providing a view on D's values"),
    method("items", items, nullptr, "D.items() -> a set-like object providing a view on D's items"),
    method("copy", copy, nullptr, "D.copy() -> a shallow copy of D"),
    method("__reversed__", reversed, nullptr, "D.__reversed__() -> reverse iterator"),
    method("__class_getitem__", classGetItem, nullptr, "See PEP 585", MethodKind::kClass),
    {},
};

}  // namespace

Ref<> newMappingProxy(Thread& t, Value m) {
  MappingProxy* proxy = allocate<MappingProxy>(Sort::kCollectable, &types::MappingProxy, kKindMappingProxy);
  if (!proxy) return raiseNoMemory(t);
  proxy->mapping = share(m).leak();
  return steal(Value(proxy));
}

const TypeSpec& mappingProxyTypeSpec() {
  static const TypeSpec spec{.type = &types::MappingProxy, .basic_size = sizeof(MappingProxy), .methods = kMethods,
                             .dealloc = dealloc, .traverse = traverse, .fill = [](Slots& s) {
                               s.new_ = proxyNew;
                               s.getitem = proxyGetitem;
                               s.length = proxyLength;
                               s.contains = proxyContains;
                               s.iter = proxyIter;
                               s.str = proxyStr;
                               s.repr = proxyRepr;
                               s.compare = proxyCompare;
                               s.binary[kOp_or_] = proxyOr;
                               s.inplace[kOp_or_] = proxyInplaceOr;
                             }};
  return spec;
}

}  // namespace krait
