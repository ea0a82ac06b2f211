// weakref.ref: the side table of weak references, and references as objects. Proxies: weak_proxy.cpp.
//
// An object with weak references carries kFlagWeakrefs, so that its death looks here. The list of an object begins with the
// canonical reference and the canonical proxy (without callback; shared by all who ask), then the newest first: that is the
// order in which callbacks run.
#include "runtime/objects/weakref.h"

#include "runtime/base/pointer_map.h"
#include "runtime/core/destroy.h"
#include "runtime/core/error.h"
#include "runtime/core/names.h"
#include "runtime/memory/gc.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/function.h"
#include "runtime/objects/generic_alias.h"
#include "runtime/objects/instance.h"
#include "runtime/objects/str.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/weak_proxy.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

PointerMap<WeakRef*> heads;

WeakRef* weak(Value v) { return static_cast<WeakRef*>(v.asObject()); }

bool isCanonical(const WeakRef* ref) {
  return ref->callback.empty() && (ref->kind == kKindWeakRef || ref->kind == kKindWeakProxy || ref->kind == kKindWeakCallableProxy);
}

void unlink(WeakRef* ref) {
  if (!ref->referent) return;
  if (ref->next) ref->next->previous = ref->previous;
  if (ref->previous) {
    ref->previous->next = ref->next;
  } else if (ref->next) {
    *heads.find(ref->referent) = ref->next;
  } else {
    heads.erase(ref->referent);
    ref->referent->clearFlag(kFlagWeakrefs);
  }
  ref->next = ref->previous = nullptr;
  ref->referent = nullptr;
}

bool linkTo(Thread& t, WeakRef* ref, Object* referent) {
  WeakRef** head = heads.insert(referent);
  if (!head) return raiseNoMemory(t);
  referent->setFlag(kFlagWeakrefs);
  ref->referent = referent;
  WeakRef* after = nullptr;  // the last canonical one, unless this is the canonical reference
  if (!(isCanonical(ref) && ref->kind == kKindWeakRef)) {
    for (WeakRef* each = *head; each && isCanonical(each); each = each->next) {
      if (isCanonical(ref) && each->kind != kKindWeakRef) break;
      after = each;
    }
  }
  ref->previous = after;
  ref->next = after ? after->next : *head;
  if (ref->next) ref->next->previous = ref;
  if (after) after->next = ref;
  else *head = ref;
  return true;
}

void weakDealloc(Object* o) {
  WeakRef* ref = static_cast<WeakRef*>(o);
  unlink(ref);
  release(ref->callback);
  freeObject(o, sizeof(WeakRef), Sort::kCollectable);
}
void weakTraverse(Object* o, Visitor& visitor) { visitor.visit(static_cast<WeakRef*>(o)->callback); }
void weakClear(Object* o) {
  unlink(static_cast<WeakRef*>(o));
  assign(static_cast<WeakRef*>(o)->callback, Ref<>());
}

Ref<> refNew(Thread& t, Type* type, Args args) {
  if (args.positional < 1 || args.positional > 2) {
    return raise(t, exc::TypeError, "__new__ expected at %s %d argument%s, got %zu", args.positional < 1 ? "least" : "most",
                 args.positional < 1 ? 1 : 2, args.positional < 1 ? "" : "s", args.positional);
  }
  return makeWeakref(t, type, args[0], args.positional > 1 ? args[1] : Value());
}
bool refInit(Thread& t, Value self, Args args) { return noKeywords(t, "ref", args) && arity(t, "__init__", args, 1, 2); }

Ref<> refCall(Thread& t, Value self, Args args) {
  if (!noKeywords(t, "weakref", args) || !arity(t, "__call__", args, 0, 0)) return kRaised;
  Ref<> target = weakrefTarget(self);
  return target ? std::move(target) : steal(kNone);
}

Ref<> refRepr(Thread& t, Value self) {
  Ref<> target = weakrefTarget(self);
  if (!target) return strFormat(t, "<weakref at %p; dead>", (void*)self.bits);
  Ref<> name = getAttrOrEmpty(t, target, names::dunder_name);
  if (!name && t.raised()) return kRaised;
  if (!name || !isStr(name)) {
    return strFormat(t, "<weakref at %p; to '%s' at %p>", (void*)self.bits, typeName(target), (void*)target.value().bits);
  }
  Utf8 text;
  text.setLossy(asStr(name));
  return strFormat(t, "<weakref at %p; to '%s' at %p (%s)>", (void*)self.bits, typeName(target), (void*)target.value().bits, text.c_str());
}

Hash refHash(Thread& t, Value self) {
  WeakRef* ref = weak(self);
  if (ref->hash != -1) return ref->hash;
  Ref<> target = weakrefTarget(self);
  if (!target) return int64_t(raise(t, exc::TypeError, "weak object has gone away"));
  return ref->hash = hashOf(t, target);
}

Ref<> refCompare(Thread& t, Value a, Value b, CompareOp op) {
  if (op != CompareOp::kEqual && op != CompareOp::kNotEqual) return steal(kNotImplemented);
  if (!isInstance(a, &types::WeakRef) || !isInstance(b, &types::WeakRef)) return steal(kNotImplemented);
  Ref<> x = weakrefTarget(a), y = weakrefTarget(b);
  if (!x || !y) return steal(Value::fromBool((a == b) == (op == CompareOp::kEqual)));
  return compare(t, x, y, op);
}

Ref<> getCallback(Thread& t, Value self) {
  WeakRef* ref = weak(self);
  return share(ref->referent && !ref->callback.empty() ? ref->callback : kNone);
}

const MethodDef kMethods[] = {
    method("__class_getitem__", classGetItem, nullptr, "See PEP 585", MethodKind::kClass),
    {},
};
const GetSetDef kGetSets[] = {{"__callback__", getCallback, nullptr, nullptr}, {}};

}  // namespace

Ref<> makeWeakref(Thread& t, Type* type, Value object, Value callback) {
  if (!canHaveWeakrefs(object)) {
    return raise(t, exc::TypeError, "cannot create weak reference to '%s' object", typeName(object));
  }
  if (callback.isNone()) callback = Value();
  bool builtin = type == &types::WeakRef || type == &types::WeakProxy || type == &types::WeakCallableProxy;
  if (callback.empty() && builtin) {
    WeakRef** head = heads.find(object.asObject());
    for (WeakRef* each = head ? *head : nullptr; each && isCanonical(each); each = each->next) {
      if (each->type() == type) return share(Value(each));
    }
  }
  WeakRef* ref = allocateInstance<WeakRef>(type);
  if (!ref) return raiseNoMemory(t);
  ref->referent = nullptr;
  ref->callback = share(callback).leak();
  ref->next = ref->previous = nullptr;
  ref->hash = -1;
  Ref<> result = steal(Value(ref));
  if (!linkTo(t, ref, object.asObject())) return kRaised;
  return result;
}

Ref<> newWeakref(Thread& t, Value object, Value callback) { return makeWeakref(t, &types::WeakRef, object, callback); }

Ref<> weakrefTarget(Value weakref) {
  Object* referent = weak(weakref)->referent;
  // A dying object (count 0) is gone for everyone.
  return referent && referent->count != 0 ? share(Value(referent)) : Ref<>();
}

Ref<> firstWeakref(Value object) {
  if (!object.isObject() || !object.asObject()->hasFlag(kFlagWeakrefs)) return Ref<>();
  WeakRef** head = heads.find(object.asObject());
  return head ? share(Value(*head)) : Ref<>();
}

int64_t weakrefCount(Value object) {
  if (!object.isObject() || !object.asObject()->hasFlag(kFlagWeakrefs)) return 0;
  WeakRef** head = heads.find(object.asObject());
  int64_t count = 0;
  for (WeakRef* each = head ? *head : nullptr; each; each = each->next) ++count;
  return count;
}

WeakRef* nextWeakref(WeakRef* ref) { return ref->next; }

bool canHaveWeakrefs(Value object) { return object.isObject() && object.asObject()->type()->has(kTypeWeakrefable); }

void takeWeakrefs(Object* object, void (*with_callback)(WeakRef*, void*), void* argument) {
  WeakRef** head = heads.find(object);
  if (!head) return;
  WeakRef* first = *head;
  heads.erase(object);
  object->clearFlag(kFlagWeakrefs);
  for (WeakRef* each = first; each;) {
    WeakRef* next = each->next;
    each->referent = nullptr;
    each->next = each->previous = nullptr;
    // A reference that is itself being destroyed has count 0: its callback is not called.
    if (!each->callback.empty() && each->count != 0) {
      retain(each);
      with_callback(each, argument);
    }
    each = next;
  }
}

void callWeakrefCallback(Thread& t, WeakRef* ref) {
  Ref<> callback = steal(ref->callback);
  ref->callback = Value();
  Ref<> result = call(t, callback, ref);
  if (!result) writeUnraisable(t, callback);
}

void clearWeakrefs(Object* o) {
  // Those with a callback are linked among themselves: they refer to nothing any more, and there may be no memory for a list.
  struct Pending {
    WeakRef* first = nullptr;
    WeakRef* last = nullptr;
  } pending;
  takeWeakrefs(
      o,
      [](WeakRef* ref, void* argument) {
        Pending* p = static_cast<Pending*>(argument);
        (p->last ? p->last->next : p->first) = ref;
        p->last = ref;
      },
      &pending);
  if (!pending.first) return;
  Thread& t = Thread::current();
  PreserveException keep(t);
  for (WeakRef* ref = pending.first; ref;) {
    WeakRef* next = ref->next;
    ref->next = nullptr;
    callWeakrefCallback(t, ref);
    release(ref);
    ref = next;
  }
}

const TypeSpec& weakRefTypeSpec() {
  static const TypeSpec spec{.type = &types::WeakRef, .basic_size = sizeof(WeakRef), .methods = kMethods, .getsets = kGetSets,
                             .dealloc = weakDealloc, .traverse = weakTraverse, .clear = weakClear, .fill = [](Slots& s) {
                               s.new_ = refNew;
                               s.init = refInit;
                               s.call = refCall;
                               s.repr = refRepr;
                               s.hash = refHash;
                               s.compare = refCompare;
                             }};
  return spec;
}

void deallocWeak(Object* o) { weakDealloc(o); }
void traverseWeak(Object* o, Visitor& visitor) { weakTraverse(o, visitor); }
void clearWeak(Object* o) { weakClear(o); }

}  // namespace krait
