// weakref.proxy: an object that passes every operation on to its referent while that lives.
#include "runtime/objects/weak_proxy.h"

#include "runtime/core/error.h"
#include "runtime/memory/gc.h"
#include "runtime/objects/str.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

bool isProxy(Value v) { return isExact(v, &types::WeakProxy) || isExact(v, &types::WeakCallableProxy); }

// The referent of a proxy, or the value itself; empty: it died, ReferenceError raised.
Ref<> behind(Thread& t, Value v) {
  if (!isProxy(v)) return share(v);
  Ref<> target = weakrefTarget(v);
  if (!target) return raise(t, exc::ReferenceError, "weakly-referenced object no longer exists");
  return target;
}

template <auto operation>
Ref<> forwardUnary(Thread& t, Value self) {
  Ref<> v = behind(t, self);
  return v ? Ref<>(operation(t, v)) : Ref<>();
}
template <BinaryOp op>
Ref<> forwardBinary(Thread& t, Value a, Value b) {
  Ref<> x = behind(t, a), y = x ? behind(t, b) : Ref<>();
  return y ? binaryOp(t, op, x, y) : Ref<>();
}
template <BinaryOp op>
Ref<> forwardInplace(Thread& t, Value a, Value b) {
  Ref<> x = behind(t, a), y = x ? behind(t, b) : Ref<>();
  return y ? inplaceOp(t, op, x, y) : Ref<>();
}

Ref<> proxyPower(Thread& t, Value a, Value b, Value c) {
  Ref<> x = behind(t, a), y = x ? behind(t, b) : Ref<>(), z = y ? behind(t, c) : Ref<>();
  return z ? power(t, x, y, z) : Ref<>();
}
Ref<> proxyInplacePower(Thread& t, Value a, Value b, Value c) {
  Ref<> x = behind(t, a), y = x ? behind(t, b) : Ref<>();
  return y ? inplacePower(t, x, y) : Ref<>();
}
Ref<> proxyGetattr(Thread& t, Value self, Str* name) {
  Ref<> v = behind(t, self);
  return v ? getAttr(t, v, name) : Ref<>();
}
bool proxySetattr(Thread& t, Value self, Str* name, Value to) {
  Ref<> v = behind(t, self);
  return v && setAttr(t, v, name, to);
}
Ref<> proxyRepr(Thread& t, Value self) {
  Ref<> v = behind(t, self);
  if (!v) return kRaised;
  return strFormat(t, "<weakproxy at %p to %s at %p>", (void*)self.bits, typeName(v), (void*)v.value().bits);
}
Ref<> proxyStr(Thread& t, Value self) {
  Ref<> v = behind(t, self);
  return v ? str(t, v).as<void>() : Ref<>();
}
Ref<> proxyCompare(Thread& t, Value a, Value b, CompareOp op) {
  Ref<> x = behind(t, a), y = x ? behind(t, b) : Ref<>();
  return y ? compare(t, x, y, op) : Ref<>();
}
int proxyTruth(Thread& t, Value self) {
  Ref<> v = behind(t, self);
  return v ? truth(t, v) : -1;
}
int64_t proxyLength(Thread& t, Value self) {
  Ref<> v = behind(t, self);
  return v ? lengthOf(t, v) : -1;
}
Ref<> proxyGetitem(Thread& t, Value self, Value key) {
  Ref<> v = behind(t, self), k = v ? behind(t, key) : Ref<>();
  return k ? getItem(t, v, k) : Ref<>();
}
bool proxySetitem(Thread& t, Value self, Value key, Value to) {
  Ref<> v = behind(t, self);
  return v && setItem(t, v, key, to);
}
int proxyContains(Thread& t, Value self, Value item) {
  Ref<> v = behind(t, self);
  return v ? contains(t, v, item) : -1;
}
Ref<> proxyIter(Thread& t, Value self) {
  Ref<> v = behind(t, self);
  return v ? iterate(t, v) : Ref<>();
}
Ref<> proxyNext(Thread& t, Value self) {
  Ref<> v = behind(t, self);
  if (!v) return kRaised;
  if (!typeOf(v)->slots.next) {
    return raise(t, exc::TypeError, "Weakref proxy referenced a non-iterator '%.200s' object", typeName(v));
  }
  return next(t, v);
}
Ref<> proxyCall(Thread& t, Value self, Args args) {
  Ref<> v = behind(t, self);
  return v ? call(t, v, args) : Ref<>();
}
Ref<> proxyBytes(Thread& t, Value self) {
  Ref<> v = behind(t, self);
  return v ? callMethod(t, v, "__bytes__") : Ref<>();
}
Ref<> proxyReversed(Thread& t, Value self) {
  Ref<> v = behind(t, self);
  return v ? callMethod(t, v, "__reversed__") : Ref<>();
}

void fillProxy(Slots& s) {
  s.getattr = proxyGetattr;
  s.setattr = proxySetattr;
  s.repr = proxyRepr;
  s.str = proxyStr;
  s.compare = proxyCompare;
  s.iter = proxyIter;
  s.next = proxyNext;
  s.length = proxyLength;
  s.getitem = proxyGetitem;
  s.setitem = proxySetitem;
  s.contains = proxyContains;
  s.truth = proxyTruth;
  s.negative = forwardUnary<negative>;
  s.positive = forwardUnary<positive>;
  s.absolute = forwardUnary<absolute>;
  s.invert = forwardUnary<invert>;
  s.int_ = forwardUnary<toInt>;
  s.float_ = forwardUnary<toFloat>;
  s.index = forwardUnary<toIndexValue>;
  s.power = proxyPower;
  s.inplace_power = proxyInplacePower;
#define BINARY(name, symbol, dunder, reflected, inplace_name) s.binary[kOp_##name] = forwardBinary<kOp_##name>;
#include "runtime/core/slots.def"
#define BINARY(name, symbol, dunder, reflected, inplace_name) \
  if (inplace_name[0]) s.inplace[kOp_##name] = forwardInplace<kOp_##name>;
#include "runtime/core/slots.def"
}

const MethodDef kMethods[] = {
    method("__bytes__", proxyBytes, nullptr, ""),
    method("__reversed__", proxyReversed, nullptr, ""),
    {},
};

}  // namespace

Ref<> newWeakProxy(Thread& t, Value object, Value callback) {
  Type* type = isCallable(object) ? &types::WeakCallableProxy : &types::WeakProxy;
  return makeWeakref(t, type, object, callback);
}

const TypeSpec& weakProxyTypeSpec() {
  static const TypeSpec spec{.type = &types::WeakProxy, .basic_size = sizeof(WeakRef), .methods = kMethods, .dealloc = deallocWeak,
                             .traverse = traverseWeak, .clear = clearWeak, .fill = fillProxy};
  return spec;
}
const TypeSpec& weakCallableProxyTypeSpec() {
  static const TypeSpec spec{.type = &types::WeakCallableProxy, .basic_size = sizeof(WeakRef), .methods = kMethods,
                             .dealloc = deallocWeak, .traverse = traverseWeak, .clear = clearWeak, .fill = [](Slots& s) {
                               fillProxy(s);
                               s.call = proxyCall;
                             }};
  return spec;
}

}  // namespace krait
