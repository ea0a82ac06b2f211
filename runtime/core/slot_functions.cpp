// Slots of Python classes: each looks its special method up on the type and calls it, with CPython's rules for reflected
// operators, missing methods and result types.
#include "runtime/core/slot_functions.h"

#include "runtime/core/error.h"
#include "runtime/core/names.h"
#include "runtime/core/type_internal.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/int.h"
#include "runtime/objects/iterators.h"
#include "runtime/objects/str.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

constexpr size_t kMostArguments = 4;

// Calls a special method that was found on the type: functions get self in front, other descriptors are bound first.
Ref<> callFound(Thread& t, Value method, Value self, const Value* args, size_t count) {
  Ref<> keep = share(method);  // the call may replace it on the class
  if (method.asObject()->type()->has(kTypeMethodDescriptor)) {
    Value all[kMostArguments + 1];
    all[0] = self;
    for (size_t i = 0; i < count; ++i) all[i + 1] = args[i];
    return call(t, method, Args{all, count + 1});
  }
  DescrGetFunction get = method.asObject()->type()->slots.descr_get;
  if (!get) return call(t, method, Args{args, count});
  Ref<> bound = get(t, method, self, typeOf(self));
  if (!bound) return kRaised;
  return call(t, bound, Args{args, count});
}

// Calls self.name(args...); found says whether the type has it. Immediates as methods ("__len__ = 3") fail in the call.
Ref<> callSpecial(Thread& t, Value self, Str* name, bool* found, const Value* args = nullptr, size_t count = 0) {
  Value method = lookupType(typeOf(self), name);
  *found = !method.empty();
  if (method.empty()) return Ref<>();
  if (!method.isObject()) return call(t, method, Args{args, count});
  return callFound(t, method, self, args, count);
}
// The same for methods that must be there: AttributeError with the name otherwise.
Ref<> callRequired(Thread& t, Value self, Str* name, const Value* args = nullptr, size_t count = 0) {
  bool found;
  Ref<> result = callSpecial(t, self, name, &found, args, count);
  if (!found) return raise(t, exc::AttributeError, "%s", asciiView(name).data());
  return result;
}
// The same for operators: NotImplemented when absent.
Ref<> callOperator(Thread& t, Value self, Str* name, Value other) {
  bool found;
  Ref<> result = callSpecial(t, self, name, &found, &other, 1);
  if (!found) return steal(kNotImplemented);
  return result;
}

struct OperatorNames {
  Str* left;
  Str* right;
  Str* inplace;
};
const OperatorNames& operatorNames(BinaryOp op) {
  static const OperatorNames table[] = {
#define BINARY(name, symbol, dunder, reflected, inplace) {internStatic(dunder), internStatic(reflected), internStatic(inplace)},
#include "runtime/core/slots.def"
  };
  return table[op];
}

// Whether other's type brings a reflected method of its own.
bool reflectedDiffers(Value self, Value other, Str* name) {
  Value theirs = lookupType(typeOf(other), name);
  return !theirs.empty() && theirs != lookupType(typeOf(self), name);
}

// a OP b where at least one type has `slot` as its function: the subclass's reflected method goes first.
template <class SlotOf>
Ref<> operate(Thread& t, Value a, Value b, Str* left, Str* right, SlotOf has_slot) {
  bool try_other = typeOf(a) != typeOf(b) && has_slot(typeOf(b));
  if (has_slot(typeOf(a))) {
    if (try_other && isSubtype(typeOf(b), typeOf(a)) && reflectedDiffers(a, b, right)) {
      Ref<> result = callOperator(t, b, right, a);
      if (result.value() != kNotImplemented) return result;
      try_other = false;
    }
    Ref<> result = callOperator(t, a, left, b);
    if (result.value() != kNotImplemented || typeOf(a) == typeOf(b)) return result;
  }
  if (try_other) return callOperator(t, b, right, a);
  return steal(kNotImplemented);
}

}  // namespace

template <BinaryOp op>
Ref<> slotBinary(Thread& t, Value a, Value b) {
  const OperatorNames& names = operatorNames(op);
  return operate(t, a, b, names.left, names.right, [](const Type* type) { return type->slots.binary[op] == slotBinary<op>; });
}
Ref<> callReflected(Thread& t, BinaryOp op, Value a, Value b) { return callOperator(t, b, operatorNames(op).right, a); }
Value leftMethod(BinaryOp op, Type* type) { return lookupType(type, operatorNames(op).left); }
template <BinaryOp op>
Ref<> slotInplace(Thread& t, Value a, Value b) {
  return callRequired(t, a, operatorNames(op).inplace, &b, 1);
}
#define BINARY(name, symbol, dunder, reflected, inplace)           \
  template Ref<> slotBinary<kOp_##name>(Thread&, Value, Value);    \
  template Ref<> slotInplace<kOp_##name>(Thread&, Value, Value);
#include "runtime/core/slots.def"

Ref<> slotPower(Thread& t, Value a, Value b, Value c) {
  auto has_slot = [](const Type* type) { return type->slots.power == slotPower; };
  if (c.isNone()) return operate(t, a, b, names::dunder_pow, names::dunder_rpow, has_slot);
  // Three-argument power never tries the reflected method.
  if (!has_slot(typeOf(a))) return steal(kNotImplemented);
  Value args[] = {b, c};
  return callRequired(t, a, names::dunder_pow, args, 2);
}
Ref<> slotInplacePower(Thread& t, Value a, Value b, Value c) { return callRequired(t, a, names::dunder_ipow, &b, 1); }

#define UNARY_SLOT(function, name) \
  Ref<> function(Thread& t, Value self) { return callRequired(t, self, names::name); }
UNARY_SLOT(slotNegative, dunder_neg)
UNARY_SLOT(slotPositive, dunder_pos)
UNARY_SLOT(slotAbsolute, dunder_abs)
UNARY_SLOT(slotInvert, dunder_invert)
UNARY_SLOT(slotInt, dunder_int)
UNARY_SLOT(slotFloat, dunder_float)
UNARY_SLOT(slotIndex, dunder_index)
#undef UNARY_SLOT

// StopIteration stays pending: next() in iterate.cpp swallows it, the builtin next() passes it on with its value.
Ref<> slotNext(Thread& t, Value self) {
  return callRequired(t, self, names::dunder_next);
}

Ref<> slotRepr(Thread& t, Value self) {
  Ref<> bound;
  Ref<> method = lookupSpecial(t, self, names::dunder_repr, &bound);
  if (method) return bound ? call(t, method, bound) : call(t, method);
  if (t.raised()) clearException(t);  // a descriptor's error counts as absence
  return strFormat(t, "<%s object at %p>", typeName(self), (void*)self.asObject()).as<void>();
}
Ref<> slotStr(Thread& t, Value self) { return callRequired(t, self, names::dunder_str); }

Hash slotHash(Thread& t, Value self) {
  Value method = lookupType(typeOf(self), names::dunder_hash);
  if (method.empty() || method.isNone()) return hashNotImplemented(t, self);
  Ref<> bound;
  Ref<> function = lookupSpecial(t, self, names::dunder_hash, &bound);
  if (!function) {
    clearException(t);
    return hashNotImplemented(t, self);
  }
  Ref<> result = bound ? call(t, function, bound) : call(t, function);
  if (!result) return kRaised;
  if (!isIntLike(result)) return int64_t(raise(t, exc::TypeError, "__hash__ method should return an integer"));
  int64_t hash;
  if (!intFits64(result, &hash)) hash = intHash(result);
  return hash == -1 ? -2 : hash;
}

Ref<> slotCall(Thread& t, Value self, Args args) {
  Value method = lookupType(typeOf(self), names::dunder_call);
  if (method.empty()) return raise(t, exc::TypeError, "'%s' object is not callable", typeName(self));
  NativeScope scope(t, " while calling a Python object");
  if (!scope) return kRaised;
  if (!method.isObject()) return call(t, method, args);
  Ref<> keep = share(method);
  if (method.asObject()->type()->has(kTypeMethodDescriptor)) return callPrepended(t, method, self, args);
  DescrGetFunction get = method.asObject()->type()->slots.descr_get;
  if (!get) return call(t, method, args);
  Ref<> bound = get(t, method, self, typeOf(self));
  if (!bound) return kRaised;
  return call(t, bound, args);
}

Ref<> slotCompare(Thread& t, Value a, Value b, CompareOp op) {
  Str* const method_names[] = {names::dunder_lt, names::dunder_le, names::dunder_eq, names::dunder_ne, names::dunder_gt, names::dunder_ge};
  Ref<> self;
  Ref<> method = lookupSpecial(t, a, method_names[int(op)], &self);
  if (method) return self ? call(t, method, self, b) : call(t, method, b);
  if (t.raised()) clearException(t);  // a descriptor's error counts as absence
  return steal(kNotImplemented);
}

Ref<> slotIter(Thread& t, Value self) {
  Ref<> bound;
  Ref<> method = lookupSpecial(t, self, names::dunder_iter, &bound);
  if (method && !method.value().isNone()) return bound ? call(t, method, bound) : call(t, method);
  if (t.raised()) {
    clearException(t);  // a descriptor's error counts as absence
    if (subscriptsByIndex(typeOf(self))) return sequenceIterator(t, self);
  }
  return raise(t, exc::TypeError, "'%s' object is not iterable", typeName(self));
}

Ref<> slotAwait(Thread& t, Value self) {
  bool found;
  Ref<> result = callSpecial(t, self, names::dunder_await, &found);
  if (!found) return raise(t, exc::AttributeError, "object %s does not have __await__ method", typeName(self));
  return result;
}
Ref<> slotAiter(Thread& t, Value self) {
  bool found;
  Ref<> result = callSpecial(t, self, names::dunder_aiter, &found);
  if (!found) return raise(t, exc::AttributeError, "object %s does not have __aiter__ method", typeName(self));
  return result;
}
Ref<> slotAnext(Thread& t, Value self) {
  bool found;
  Ref<> result = callSpecial(t, self, names::dunder_anext, &found);
  if (!found) return raise(t, exc::AttributeError, "object %s does not have __anext__ method", typeName(self));
  return result;
}

int slotTruth(Thread& t, Value self) {
  bool found;
  Ref<> result = callSpecial(t, self, names::dunder_bool, &found);
  if (found) {
    if (!result) return kRaised;
    if (!result.value().isBool()) {
      return int(raise(t, exc::TypeError, "__bool__ should return bool, returned %s", typeName(result)));
    }
    return result.value() == kTrue;
  }
  if (lookupType(typeOf(self), names::dunder_len).empty()) return 1;
  int64_t length = slotLength(t, self);
  return length < 0 ? -1 : length > 0;
}

int64_t slotLength(Thread& t, Value self) {
  Ref<> result = callRequired(t, self, names::dunder_len);
  if (!result) return kRaised;
  Ref<> number = toIndexValue(t, result);
  if (!number) return kRaised;
  if (intSign(number) < 0) return int64_t(raise(t, exc::ValueError, "__len__() should return >= 0"));
  int64_t length;
  if (!intFits64(number, &length)) {
    return int64_t(raise(t, exc::OverflowError, "cannot fit 'int' into an index-sized integer"));
  }
  return length;
}

Ref<> slotGetitem(Thread& t, Value self, Value key) { return callRequired(t, self, names::dunder_getitem, &key, 1); }

bool slotSetitem(Thread& t, Value self, Value key, Value v) {
  if (v.empty()) return bool(callRequired(t, self, names::dunder_delitem, &key, 1));
  Value args[] = {key, v};
  return bool(callRequired(t, self, names::dunder_setitem, args, 2));
}

int slotContains(Thread& t, Value self, Value item) {
  Value method = lookupType(typeOf(self), names::dunder_contains);
  if (method.isNone()) return int(raise(t, exc::TypeError, "'%s' object is not a container", typeName(self)));
  if (!method.empty()) {
    bool found;
    Ref<> result = callSpecial(t, self, names::dunder_contains, &found, &item, 1);
    if (!result) return kRaised;
    return truth(t, result);
  }
  Ref<> iterator = iterate(t, self);
  if (!iterator) {
    if (!raisedIs(t, exc::TypeError)) return kRaised;
    clearException(t);
    return int(raise(t, exc::TypeError, "argument of type '%.200s' is not iterable", typeName(self)));
  }
  while (Ref<> each = next(t, iterator)) {
    int equal = compareBool(t, each, item, CompareOp::kEqual);
    if (equal != 0) return equal;
  }
  return t.raised() ? -1 : 0;
}

Ref<> slotDescrGet(Thread& t, Value descr, Value instance, Type* owner) {
  Value args[] = {instance.empty() ? kNone : instance, owner ? Value(owner) : kNone};
  bool found;
  Ref<> result = callSpecial(t, descr, names::dunder_get, &found, args, 2);
  if (!found) return share(descr);
  return result;
}

bool slotDescrSet(Thread& t, Value descr, Value instance, Value v) {
  Value args[] = {instance, v};
  if (v.empty()) return bool(callRequired(t, descr, names::dunder_delete, args, 1));
  return bool(callRequired(t, descr, names::dunder_set, args, 2));
}

bool slotInit(Thread& t, Value self, Args args) {
  Value method = lookupType(typeOf(self), names::dunder_init);
  if (method.empty()) return raise(t, exc::AttributeError, "__init__");
  Ref<> keep = share(method);
  Ref<> result;
  if (method.isObject() && method.asObject()->type()->has(kTypeMethodDescriptor)) {
    result = callPrepended(t, method, self, args);
  } else if (DescrGetFunction get = typeOf(method)->slots.descr_get) {
    Ref<> bound = get(t, method, self, typeOf(self));
    if (!bound) return kRaised;
    result = call(t, bound, args);
  } else {
    result = call(t, method, args);
  }
  if (!result) return kRaised;
  if (!result.value().isNone()) {
    return raise(t, exc::TypeError, "__init__() should return None, not '%.200s'", typeName(result));
  }
  return true;
}

Ref<> slotNew(Thread& t, Type* type, Args args) {
  Ref<> function = getAttr(t, type, names::dunder_new);
  if (!function) return kRaised;
  return callPrepended(t, function, type, args);
}

Ref<> slotGetattr(Thread& t, Value self, Str* name) {
  Type* type = typeOf(self);
  Value hook = lookupType(type, names::dunder_getattr);
  Value method = lookupType(type, names::dunder_getattribute);
  Ref<> keep = share(hook);
  Ref<> result;
  bool native = method.isObject() && method.asObject()->kind == kKindWrapperDescr &&
                static_cast<WrapperDescr*>(method.asObject())->function == reinterpret_cast<void*>(genericGetAttr);
  if (method.empty() || native) {
    result = genericGetAttr(t, self, name);
  } else {
    Value arg = name;
    bool found;
    result = callSpecial(t, self, names::dunder_getattribute, &found, &arg, 1);
  }
  if (result || hook.empty() || !raisedIs(t, exc::AttributeError)) return result;
  clearException(t);
  Value arg = name;
  if (!hook.isObject()) return call(t, hook, arg);
  return callFound(t, hook, self, &arg, 1);
}

bool slotSetattr(Thread& t, Value self, Str* name, Value v) {
  Value args[] = {name, v};
  if (v.empty()) return bool(callRequired(t, self, names::dunder_delattr, args, 1));
  return bool(callRequired(t, self, names::dunder_setattr, args, 2));
}

void slotFinalize(Thread& t, Object* self) {
  Value method = lookupType(self->type(), names::dunder_del);
  if (method.empty()) return;
  Ref<> keep = share(method);
  bool found;
  Ref<> result = callSpecial(t, self, names::dunder_del, &found);
  if (!result) writeUnraisable(t, method);
}

}  // namespace krait
