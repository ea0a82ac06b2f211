// The descriptors that builtin types are made of: methods, slot wrappers, computed attributes, members.
#include "runtime/objects/descriptors.h"

#include "runtime/core/error.h"
#include "runtime/core/type_internal.h"
#include "runtime/memory/gc.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/exception_types.h"
#include "runtime/objects/float.h"
#include "runtime/objects/function.h"
#include "runtime/objects/int.h"
#include "runtime/objects/str.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/objects/variable.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

// All of these begin with owner; methods and wrappers have their name in the definition.
struct AnyDescr : Object {
  Type* owner;
};
AnyDescr* any(Value v) { return static_cast<AnyDescr*>(v.asObject()); }
MethodDescr* methodDescr(Value v) { return static_cast<MethodDescr*>(v.asObject()); }
WrapperDescr* wrapperDescr(Value v) { return static_cast<WrapperDescr*>(v.asObject()); }
GetSetDescr* getSet(Value v) { return static_cast<GetSetDescr*>(v.asObject()); }
MemberDescr* member(Value v) { return static_cast<MemberDescr*>(v.asObject()); }
MethodWrapper* bound(Value v) { return static_cast<MethodWrapper*>(v.asObject()); }

template <class T>
T* allocateDescr(Thread& t, Type* type, uint32_t kind, Type* owner) {
  T* descr = allocate<T>(Sort::kCollectable, type, kind);
  if (!descr) {
    (void)raiseNoMemory(t);
    return nullptr;
  }
  descr->owner = share(owner).leakObject();
  return descr;
}

template <class T>
void deallocOwned(Object* o) {
  release(static_cast<AnyDescr*>(o)->owner);
  freeObject(o, sizeof(T), Sort::kCollectable);
}
template <class T>
void deallocNamed(Object* o) {
  release(static_cast<T*>(o)->name);
  deallocOwned<T>(o);
}
void traverseOwned(Object* o, Visitor& visitor) { visitor.visit(static_cast<Object*>(static_cast<AnyDescr*>(o)->owner)); }

Str* nameOf(Value v) {
  switch (v.asObject()->kind) {
    case kKindMethodDescr:
    case kKindClassMethodDescr: return methodDescr(v)->name;
    case kKindWrapperDescr: return wrapperDescr(v)->def->interned;
    case kKindGetSetDescr: return getSet(v)->name;
    default: return member(v)->name;
  }
}

bool appliesTo(Thread& t, Value descr, Value instance) {
  Type* owner = any(descr)->owner;
  if (KRAIT_LIKELY(isInstance(instance, owner))) return true;
  Utf8 name;
  name.setLossy(nameOf(descr));
  return raise(t, exc::TypeError, "descriptor '%s' for '%.100s' objects doesn't apply to a '%.100s' object", name.c_str(),
               owner->cname, typeName(instance));
}

// --- what all show ---

Ref<> getName(Thread& t, Value v) { return share(Value(nameOf(v))); }
Ref<> getOwner(Thread& t, Value v) { return share(Value(any(v)->owner)); }
Ref<> getQualname(Thread& t, Value v) {
  Ref<> prefix = getAttr(t, any(v)->owner, "__qualname__");
  if (!prefix) return kRaised;
  Ref<Str> dot = newStrUtf8(t, ".");
  if (!dot) return kRaised;
  Ref<> whole = strConcat(t, prefix, dot);
  if (!whole) return kRaised;
  return strConcat(t, whole, nameOf(v));
}
Ref<> textOrNone(Thread& t, const char* text) { return text && *text ? newStrUtf8(t, text).as<void>() : steal(kNone); }

Ref<> reprAs(Thread& t, const char* what, Value v) {
  Utf8 name;
  name.setLossy(nameOf(v));
  return strFormat(t, "<%s '%s' of '%s' objects>", what, name.c_str(), any(v)->owner->cname);
}
Ref<> reduce(Thread& t, Value v) {
  Ref<> builtins = importModule(t, "builtins");
  if (!builtins) return kRaised;
  Ref<> function = getAttr(t, builtins, "getattr");
  if (!function) return kRaised;
  Ref<Tuple> args = packTuple(t, Value(any(v)->owner), Value(nameOf(v)));
  if (!args) return kRaised;
  return packTuple(t, function.value(), Value(args));
}

const MethodDef kReduce[] = {method("__reduce__", reduce, "($self, /)"), {}};
#define COMMON_GETSETS                                                                              \
  {"__name__", getName, nullptr, nullptr, true}, {"__qualname__", getQualname, nullptr, nullptr}, { \
    "__objclass__", getOwner, nullptr, nullptr, true                                                \
  }

// --- method_descriptor, classmethod_descriptor ---

Ref<> methodRepr(Thread& t, Value v) { return reprAs(t, "method", v); }
Ref<> methodDoc(Thread& t, Value v) { return textOrNone(t, methodDescr(v)->def->doc); }
Ref<> methodSignature(Thread& t, Value v) { return textOrNone(t, methodDescr(v)->def->signature); }
Ref<> methodCall(Thread& t, Value v, Args args) {
  MethodDescr* descr = methodDescr(v);
  if (args.positional == 0) {
    return raise(t, exc::TypeError, "unbound method %s.%s() needs an argument", descr->owner->cname, descr->def->name);
  }
  if (!appliesTo(t, v, args[0])) return kRaised;
  return callNative(t, *descr->def, args[0], Args{args.values + 1, args.positional - 1, args.names}, descr->owner);
}
Ref<> methodGet(Thread& t, Value v, Value instance, Type* owner) {
  if (instance.empty()) return share(v);
  if (!appliesTo(t, v, instance)) return kRaised;
  return newNativeFunction(t, methodDescr(v)->def, instance, Value());
}

Ref<> classMethodGet(Thread& t, Value v, Value instance, Type* owner) {
  MethodDescr* descr = methodDescr(v);
  if (!owner) {
    if (instance.empty()) {
      return raise(t, exc::TypeError, "descriptor '%s' for type '%s' needs either an object or a type", descr->def->name,
                   descr->owner->cname);
    }
    owner = typeOf(instance);
  }
  if (!isSubtype(owner, descr->owner)) {
    return raise(t, exc::TypeError, "descriptor '%s' requires a subtype of '%.100s' but received '%.100s'", descr->def->name,
                 descr->owner->cname, owner->cname);
  }
  return newNativeFunction(t, descr->def, owner, Value());
}
Ref<> classMethodCall(Thread& t, Value v, Args args) {
  MethodDescr* descr = methodDescr(v);
  if (args.positional == 0) {
    return raise(t, exc::TypeError, "descriptor '%s' of '%.100s' object needs an argument", descr->def->name, descr->owner->cname);
  }
  if (!isType(args[0])) {
    return raise(t, exc::TypeError, "descriptor '%s' requires a type but received a '%.100s' instance", descr->def->name,
                 typeName(args[0]));
  }
  Ref<> function = classMethodGet(t, v, Value(), static_cast<Type*>(args[0].asObject()));
  if (!function) return kRaised;
  return call(t, function, Args{args.values + 1, args.positional - 1, args.names});
}

const GetSetDef kMethodGetSets[] = {COMMON_GETSETS,
                                    {"__doc__", methodDoc, nullptr, nullptr},
                                    {"__text_signature__", methodSignature, nullptr, nullptr},
                                    {}};

// --- wrapper_descriptor ("slot wrapper") and method-wrapper ---

Ref<> wrapperRepr(Thread& t, Value v) { return reprAs(t, "slot wrapper", v); }
Ref<> wrapperDoc(Thread& t, Value v) { return textOrNone(t, wrapperDescr(v)->def->doc); }
Ref<> wrapperSignature(Thread& t, Value v) { return textOrNone(t, wrapperDescr(v)->def->signature); }
Ref<> wrapperCall(Thread& t, Value v, Args args) {
  WrapperDescr* descr = wrapperDescr(v);
  if (args.positional == 0) {
    return raise(t, exc::TypeError, "descriptor '%s' of '%.100s' object needs an argument", descr->def->name, descr->owner->cname);
  }
  if (!isInstance(args[0], descr->owner)) {
    return raise(t, exc::TypeError, "descriptor '%s' requires a '%.100s' object but received a '%.100s'", descr->def->name,
                 descr->owner->cname, typeName(args[0]));
  }
  return callWrapper(t, descr, args[0], Args{args.values + 1, args.positional - 1, args.names});
}
Ref<> wrapperGet(Thread& t, Value v, Value instance, Type* owner) {
  if (instance.empty()) return share(v);
  if (!appliesTo(t, v, instance)) return kRaised;
  MethodWrapper* result = allocate<MethodWrapper>(Sort::kCollectable, &types::MethodWrapper, kKindMethodWrapper);
  if (!result) return raiseNoMemory(t);
  result->descr = share(wrapperDescr(v)).leakObject();
  result->self = share(instance).leak();
  return steal(Value(result));
}
const GetSetDef kWrapperGetSets[] = {COMMON_GETSETS,
                                     {"__doc__", wrapperDoc, nullptr, nullptr},
                                     {"__text_signature__", wrapperSignature, nullptr, nullptr},
                                     {}};

void boundDealloc(Object* o) {
  MethodWrapper* wrapper = static_cast<MethodWrapper*>(o);
  release(wrapper->descr);
  release(wrapper->self);
  freeObject(o, sizeof(MethodWrapper), Sort::kCollectable);
}
void boundTraverse(Object* o, Visitor& visitor) {
  visitor.visit(static_cast<MethodWrapper*>(o)->descr);
  visitor.visit(static_cast<MethodWrapper*>(o)->self);
}
Ref<> boundCall(Thread& t, Value v, Args args) { return callWrapper(t, bound(v)->descr, bound(v)->self, args); }
Ref<> boundRepr(Thread& t, Value v) {
  return strFormat(t, "<method-wrapper '%s' of %s object at %p>", bound(v)->descr->def->name, typeName(bound(v)->self),
                   (void*)bound(v)->self.bits);
}
Ref<> boundCompare(Thread& t, Value a, Value b, CompareOp op) {
  if (typeOf(a) != typeOf(b) || (op != CompareOp::kEqual && op != CompareOp::kNotEqual)) return steal(kNotImplemented);
  bool same = bound(a)->descr == bound(b)->descr && bound(a)->self == bound(b)->self;
  return steal(Value::fromBool(same == (op == CompareOp::kEqual)));
}
Hash boundHash(Thread& t, Value v) {
  Hash h = Hash((bound(v)->self.bits >> 4) ^ (reinterpret_cast<uint64_t>(bound(v)->descr) >> 4));
  return h == -1 ? -2 : h;
}
Ref<> boundSelf(Thread& t, Value v) { return share(bound(v)->self); }
Ref<> boundName(Thread& t, Value v) { return getName(t, bound(v)->descr); }
Ref<> boundQualname(Thread& t, Value v) { return getQualname(t, bound(v)->descr); }
Ref<> boundOwner(Thread& t, Value v) { return getOwner(t, bound(v)->descr); }
Ref<> boundDoc(Thread& t, Value v) { return wrapperDoc(t, bound(v)->descr); }
Ref<> boundSignature(Thread& t, Value v) { return wrapperSignature(t, bound(v)->descr); }
Ref<> boundReduce(Thread& t, Value v) {
  Ref<> builtins = importModule(t, "builtins");
  if (!builtins) return kRaised;
  Ref<> function = getAttr(t, builtins, "getattr");
  if (!function) return kRaised;
  Ref<Tuple> args = packTuple(t, bound(v)->self, Value(nameOf(bound(v)->descr)));
  if (!args) return kRaised;
  return packTuple(t, function.value(), Value(args));
}
const MethodDef kBoundMethods[] = {method("__reduce__", boundReduce, "($self, /)"), {}};
const GetSetDef kBoundGetSets[] = {{"__self__", boundSelf, nullptr, nullptr, true},
                                   {"__name__", boundName, nullptr, nullptr},
                                   {"__qualname__", boundQualname, nullptr, nullptr},
                                   {"__objclass__", boundOwner, nullptr, nullptr},
                                   {"__doc__", boundDoc, nullptr, nullptr},
                                   {"__text_signature__", boundSignature, nullptr, nullptr},
                                   {}};

// --- getset_descriptor ---

Ref<> getSetRepr(Thread& t, Value v) { return reprAs(t, "attribute", v); }
Ref<> getSetDoc(Thread& t, Value v) { return textOrNone(t, getSet(v)->def->doc); }
Ref<> getSetGet(Thread& t, Value v, Value instance, Type* owner) {
  if (instance.empty()) return share(v);
  if (!appliesTo(t, v, instance)) return kRaised;
  const GetSetDef* def = getSet(v)->def;
  if (def->getter) return def->getter(t, instance);
  return raise(t, exc::AttributeError, "attribute '%s' of '%.100s' objects is not readable", def->name, any(v)->owner->cname);
}
bool getSetSet(Thread& t, Value v, Value instance, Value to) {
  if (!appliesTo(t, v, instance)) return false;
  const GetSetDef* def = getSet(v)->def;
  if (def->setter) return def->setter(t, instance, to);
  return raise(t, exc::AttributeError, "attribute '%s' of '%.100s' objects is not writable", def->name, any(v)->owner->cname);
}
const GetSetDef kGetSetGetSets[] = {COMMON_GETSETS, {"__doc__", getSetDoc, nullptr, nullptr}, {}};

// --- member_descriptor ---

Ref<> memberRepr(Thread& t, Value v) { return reprAs(t, "member", v); }
Ref<> memberDoc(Thread& t, Value v) {
  if (member(v)->computed) return textOrNone(t, member(v)->computed->doc);
  return member(v)->def ? textOrNone(t, member(v)->def->doc) : steal(kNone);
}

template <class T>
T& fieldAt(Value instance, uint32_t offset) {
  return *reinterpret_cast<T*>(reinterpret_cast<char*>(instance.asObject()) + offset);
}

Ref<> memberGet(Thread& t, Value v, Value instance, Type* owner) {
  if (instance.empty()) return share(v);
  if (!appliesTo(t, v, instance)) return kRaised;
  MemberDescr* descr = member(v);
  if (descr->computed) return descr->computed->getter(t, instance);
  MemberType type = descr->def ? descr->def->type : MemberType::kValue;
  switch (type) {
    case MemberType::kValue: {
      Value found = descr->def ? fieldAt<Value>(instance, descr->offset) : *slotField(instance.asObject(), descr);
      if (!found.empty()) return share(found);
      Utf8 name;
      name.setLossy(descr->name);
      return raiseAttributeError(t, instance, descr->name, "'%.200s' object has no attribute '%s'", typeName(instance), name.c_str());
    }
    case MemberType::kValueOrNone: {
      Value found = fieldAt<Value>(instance, descr->offset);
      return share(found.empty() ? kNone : found);
    }
    case MemberType::kInt64: return newInt(t, fieldAt<int64_t>(instance, descr->offset));
    case MemberType::kInt32: return newInt(t, fieldAt<int32_t>(instance, descr->offset));
    case MemberType::kUInt32: return newInt(t, fieldAt<uint32_t>(instance, descr->offset));
    case MemberType::kBool: return steal(Value::fromBool(fieldAt<bool>(instance, descr->offset)));
    case MemberType::kDouble: return steal(Value::fromDouble(canonicalNaN(fieldAt<double>(instance, descr->offset))));
  }
  __builtin_unreachable();
}

bool memberSet(Thread& t, Value v, Value instance, Value to) {
  if (!appliesTo(t, v, instance)) return false;
  MemberDescr* descr = member(v);
  if (descr->computed && descr->computed->setter) return descr->computed->setter(t, instance, to);
  if (descr->def && descr->def->readonly) return raise(t, exc::AttributeError, "readonly attribute");
  MemberType type = descr->def ? descr->def->type : MemberType::kValue;
  if (type == MemberType::kValue || type == MemberType::kValueOrNone) {
    Value* field = descr->def ? &fieldAt<Value>(instance, descr->offset) : slotField(instance.asObject(), descr);
    if (to.empty() && field->empty() && type == MemberType::kValue) {
      Utf8 name;
      name.setLossy(descr->name);
      return raise(t, exc::AttributeError, "%s", name.c_str());
    }
    assign(*field, share(to));
    return true;
  }
  if (to.empty()) return raise(t, exc::TypeError, "can't delete numeric/char attribute");
  if (type == MemberType::kBool) {
    if (!to.isBool()) return raise(t, exc::TypeError, "attribute value type must be bool");
    fieldAt<bool>(instance, descr->offset) = to == kTrue;
    return true;
  }
  if (type == MemberType::kDouble) {
    double d = toDouble(t, to);
    if (t.raised()) return false;
    fieldAt<double>(instance, descr->offset) = d;
    return true;
  }
  int64_t i = toInt64(t, to);
  if (i == -1 && t.raised()) return false;
  if (type == MemberType::kInt64) fieldAt<int64_t>(instance, descr->offset) = i;
  else fieldAt<int32_t>(instance, descr->offset) = int32_t(i);
  return true;
}
const GetSetDef kMemberGetSets[] = {COMMON_GETSETS, {"__doc__", memberDoc, nullptr, nullptr}, {}};

}  // namespace

Value* slotField(Object* self, const MemberDescr* descr) {
  if (descr->behind_data) return variableSlots(self) + descr->offset;
  return reinterpret_cast<Value*>(reinterpret_cast<char*>(self) + descr->offset);
}

Ref<> newMethodDescr(Thread& t, Type* owner, const MethodDef* def) {
  if (def->kind == MethodKind::kStatic) {
    Ref<> function = newNativeFunction(t, def, owner, Value());
    if (!function) return kRaised;
    return newStaticMethod(t, function);
  }
  bool of_class = def->kind == MethodKind::kClass;
  MethodDescr* descr = allocateDescr<MethodDescr>(t, of_class ? &types::ClassMethodDescr : &types::MethodDescr,
                                                  of_class ? kKindClassMethodDescr : kKindMethodDescr, owner);
  if (!descr) return kRaised;
  descr->def = def;
  descr->name = share(internStatic(def->name)).leakObject();
  return steal(Value(descr));
}

Ref<> newGetSetDescr(Thread& t, Type* owner, const GetSetDef* def) {
  if (def->member) {
    static const MemberDef kComputed{"", MemberType::kValue, true, 0, nullptr};
    Ref<> made = newMemberDescr(t, owner, &kComputed);
    if (!made) return made;
    release(member(made)->name);
    member(made)->name = share(internStatic(def->name)).leakObject();
    member(made)->computed = def;
    return made;
  }
  GetSetDescr* descr = allocateDescr<GetSetDescr>(t, &types::GetSetDescr, kKindGetSetDescr, owner);
  if (!descr) return kRaised;
  descr->def = def;
  descr->name = share(internStatic(def->name)).leakObject();
  return steal(Value(descr));
}

Ref<> newMemberDescr(Thread& t, Type* owner, const MemberDef* def) {
  MemberDescr* descr = allocateDescr<MemberDescr>(t, &types::MemberDescr, kKindMemberDescr, owner);
  if (!descr) return kRaised;
  descr->def = def;
  descr->name = share(internStatic(def->name)).leakObject();
  descr->offset = def->offset;
  descr->behind_data = false;
  descr->computed = nullptr;
  return steal(Value(descr));
}

Ref<> newSlotDescr(Thread& t, Type* owner, Str* name, uint32_t offset, bool behind_data) {
  MemberDescr* descr = allocateDescr<MemberDescr>(t, &types::MemberDescr, kKindMemberDescr, owner);
  if (!descr) return kRaised;
  descr->def = nullptr;
  descr->name = share(name).leakObject();
  descr->offset = offset;
  descr->behind_data = behind_data;
  descr->computed = nullptr;
  return steal(Value(descr));
}

Ref<> newWrapperDescr(Thread& t, Type* owner, const DunderDef* def, void* function) {
  WrapperDescr* descr = allocateDescr<WrapperDescr>(t, &types::WrapperDescr, kKindWrapperDescr, owner);
  if (!descr) return kRaised;
  descr->def = def;
  descr->function = function;
  return steal(Value(descr));
}

const TypeSpec& methodDescrTypeSpec() {
  static const TypeSpec spec{.type = &types::MethodDescr, .basic_size = sizeof(MethodDescr), .methods = kReduce,
                             .getsets = kMethodGetSets, .dealloc = deallocNamed<MethodDescr>, .traverse = traverseOwned,
                             .fill = [](Slots& s) {
                               s.repr = methodRepr;
                               s.call = methodCall;
                               s.descr_get = methodGet;
                             }};
  return spec;
}
const TypeSpec& classMethodDescrTypeSpec() {
  static const TypeSpec spec{.type = &types::ClassMethodDescr, .basic_size = sizeof(MethodDescr),
                             .getsets = kMethodGetSets, .dealloc = deallocNamed<MethodDescr>, .traverse = traverseOwned,
                             .fill = [](Slots& s) {
                               s.repr = methodRepr;
                               s.call = classMethodCall;
                               s.descr_get = classMethodGet;
                             }};
  return spec;
}
const TypeSpec& wrapperDescrTypeSpec() {
  static const TypeSpec spec{.type = &types::WrapperDescr, .basic_size = sizeof(WrapperDescr), .methods = kReduce,
                             .getsets = kWrapperGetSets, .dealloc = deallocOwned<WrapperDescr>, .traverse = traverseOwned,
                             .fill = [](Slots& s) {
                               s.repr = wrapperRepr;
                               s.call = wrapperCall;
                               s.descr_get = wrapperGet;
                             }};
  return spec;
}
const TypeSpec& methodWrapperTypeSpec() {
  static const TypeSpec spec{.type = &types::MethodWrapper, .basic_size = sizeof(MethodWrapper), .methods = kBoundMethods,
                             .getsets = kBoundGetSets, .dealloc = boundDealloc, .traverse = boundTraverse,
                             .fill = [](Slots& s) {
                               s.repr = boundRepr;
                               s.call = boundCall;
                               s.compare = boundCompare;
                               s.hash = boundHash;
                             }};
  return spec;
}
const TypeSpec& getSetDescrTypeSpec() {
  static const TypeSpec spec{.type = &types::GetSetDescr, .basic_size = sizeof(GetSetDescr), .getsets = kGetSetGetSets,
                             .dealloc = deallocNamed<GetSetDescr>, .traverse = traverseOwned,
                             .fill = [](Slots& s) {
                               s.repr = getSetRepr;
                               s.descr_get = getSetGet;
                               s.descr_set = getSetSet;
                             }};
  return spec;
}
const TypeSpec& memberDescrTypeSpec() {
  static const TypeSpec spec{.type = &types::MemberDescr, .basic_size = sizeof(MemberDescr), .methods = kReduce,
                             .getsets = kMemberGetSets, .dealloc = deallocNamed<MemberDescr>, .traverse = traverseOwned,
                             .fill = [](Slots& s) {
                               s.repr = memberRepr;
                               s.descr_get = memberGet;
                               s.descr_set = memberSet;
                             }};
  return spec;
}

}  // namespace krait
