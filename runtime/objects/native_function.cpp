// builtin_function_or_method: a native function, alone or bound to a module, an instance or a class.
#include "runtime/core/error.h"
#include "runtime/memory/gc.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/float.h"
#include "runtime/objects/function.h"
#include "runtime/objects/int.h"
#include "runtime/objects/str.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/protocols.h"

namespace krait {

Ref<> newNativeFunction(Thread& t, const MethodDef* def, Value self, Value module_name) {
  NativeFunction* f = allocate<NativeFunction>(Sort::kCollectable, &types::NativeFunction, kKindNativeFunction);
  if (!f) return raiseNoMemory(t);
  f->def = def;
  f->self = share(self).leak();
  f->module = share(module_name).leak();
  return steal(Value(f));
}

namespace {

NativeFunction* native(Value v) { return static_cast<NativeFunction*>(v.asObject()); }
bool isModuleOrNone(Value self) { return self.empty() || isInstance(self, &types::Module); }

void dealloc(Object* o) {
  NativeFunction* f = static_cast<NativeFunction*>(o);
  release(f->self);
  release(f->module);
  freeObject(o, sizeof(NativeFunction), Sort::kCollectable);
}
void traverse(Object* o, Visitor& visitor) {
  visitor.visit(static_cast<NativeFunction*>(o)->self);
  visitor.visit(static_cast<NativeFunction*>(o)->module);
}

Ref<> callFunction(Thread& t, Value self, Args args) { return callNative(t, *native(self)->def, native(self)->self, args); }

Ref<> reprFunction(Thread& t, Value v) {
  NativeFunction* f = native(v);
  if (isModuleOrNone(f->self)) return strFormat(t, "<built-in function %s>", f->def->name);
  return strFormat(t, "<built-in method %s of %s object at %p>", f->def->name, typeName(f->self), (void*)f->self.bits);
}
Hash hashFunction(Thread& t, Value v) {
  uint64_t h = native(v)->self.bits ^ reinterpret_cast<uint64_t>(native(v)->def->function);
  h = (h >> 4) | (h << 60);
  return Hash(h) == -1 ? -2 : Hash(h);
}
Ref<> compareFunctions(Thread& t, Value a, Value b, CompareOp op) {
  if (typeOf(a) != typeOf(b) || (op != CompareOp::kEqual && op != CompareOp::kNotEqual)) return steal(kNotImplemented);
  bool same = native(a)->self == native(b)->self && native(a)->def->function == native(b)->def->function;
  return steal(Value::fromBool(same == (op == CompareOp::kEqual)));
}

Ref<> getName(Thread& t, Value v) { return newStrUtf8(t, native(v)->def->name); }
Ref<> getQualname(Thread& t, Value v) {
  NativeFunction* f = native(v);
  if (isModuleOrNone(f->self)) return getName(t, v);
  Value owner = isType(f->self) ? f->self : Value(typeOf(f->self));
  Ref<> prefix = getAttr(t, owner, "__qualname__");
  if (!prefix) return kRaised;
  Ref<Str> text = str(t, prefix);
  Ref<Str> rest = strFormat(t, ".%s", f->def->name);
  if (!text || !rest) return kRaised;
  return strConcat(t, text, rest);
}
Ref<> getModule(Thread& t, Value v) { return share(native(v)->module.empty() ? kNone : native(v)->module); }
bool setModule(Thread& t, Value v, Value to) {
  assign(native(v)->module, share(to));
  return true;
}
Ref<> getSelf(Thread& t, Value v) { return share(native(v)->self.empty() ? kNone : native(v)->self); }
Ref<> getDoc(Thread& t, Value v) {
  const char* doc = native(v)->def->doc;
  return doc && *doc ? newStrUtf8(t, doc).as<void>() : steal(kNone);
}
Ref<> getSignature(Thread& t, Value v) {
  const char* signature = native(v)->def->signature;
  return signature ? newStrUtf8(t, signature).as<void>() : steal(kNone);
}
Ref<> reduce(Thread& t, Value v) {
  NativeFunction* f = native(v);
  if (isModuleOrNone(f->self)) return getName(t, v);
  Ref<> builtins = importModule(t, "builtins");
  if (!builtins) return kRaised;
  Ref<> getattr = getAttr(t, builtins, "getattr");
  Ref<> name = getName(t, v);
  if (!getattr || !name) return kRaised;
  Ref<Tuple> args = packTuple(t, f->self, name.value());
  if (!args) return kRaised;
  return packTuple(t, getattr.value(), Value(args));
}

const MethodDef kMethods[] = {method("__reduce__", reduce, "($self, /)"), {}};
const GetSetDef kGetSets[] = {
    {"__name__", getName, nullptr, nullptr},
    {"__qualname__", getQualname, nullptr, nullptr},
    {"__module__", getModule, setModule, nullptr, true},
    {"__self__", getSelf, nullptr, nullptr},
    {"__doc__", getDoc, nullptr, nullptr},
    {"__text_signature__", getSignature, nullptr, nullptr},
    {},
};

}  // namespace

const TypeSpec& nativeFunctionTypeSpec() {
  static const TypeSpec spec{.type = &types::NativeFunction,
                             .basic_size = sizeof(NativeFunction),
                             .doc = nullptr,
                             .methods = kMethods,
                             .getsets = kGetSets,
                             .dealloc = dealloc,
                             .traverse = traverse,
                             .fill = [](Slots& s) {
                               s.call = callFunction;
                               s.repr = reprFunction;
                               s.hash = hashFunction;
                               s.compare = compareFunctions;
                             }};
  return spec;
}

}  // namespace krait
