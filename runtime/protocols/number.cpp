// The arithmetic of the language: operators on any two values, with CPython's order of dispatch and messages.
//
// Numbers first (two immediates, two doubles, or one of each), because programs do almost nothing else here; then the general
// rule: the left operand's slot, unless the right one's type derives from it and brings a slot of its own; then, for + and *,
// the slots of sequences.
#include <cmath>
#include "runtime/core/slot_functions.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/float.h"
#include "runtime/objects/function.h"
#include "runtime/objects/int.h"
#include "runtime/objects/number_text.h"
#include "runtime/objects/str.h"
#include "runtime/protocols/buffer.h"
#include "runtime/protocols/operator_methods.h"

namespace krait {
namespace {

const char* const kSymbols[] = {
#define BINARY(name, symbol, dunder, reflected, inplace) symbol,
#include "runtime/core/slots.def"
};

bool isNotImplemented(const Ref<>& v) { return v.value() == kNotImplemented; }

// ---- numbers ----

Ref<> intOperation(Thread& t, BinaryOp op, Value a, Value b) {
  switch (op) {
    case kOp_add: return newInt(t, a.asInt() + b.asInt());
    case kOp_subtract: return newInt(t, a.asInt() - b.asInt());
    case kOp_multiply: return newInt128(t, __int128(a.asInt()) * b.asInt());
    case kOp_true_divide: return intTrueDivide(t, a, b);
    case kOp_floor_divide: return intFloorDivide(t, a, b);
    case kOp_remainder: return intRemainder(t, a, b);
    case kOp_left_shift: return intLeftShift(t, a, b);
    case kOp_right_shift: return intRightShift(t, a, b);
    case kOp_and_: return steal(Value::fromInt(a.asInt() & b.asInt()));
    case kOp_or_: return steal(Value::fromInt(a.asInt() | b.asInt()));
    case kOp_xor_: return steal(Value::fromInt(a.asInt() ^ b.asInt()));
    case kOp_divmod: return intDivmod(t, a, b);
    default: return steal(kNotImplemented);
  }
}

// A number that is certain to become a double without loss of meaning: double or immediate int.
inline bool smallNumber(Value v, double* out) {
  if (v.isDouble()) {
    *out = v.asDouble();
    return true;
  }
  if (v.isInt()) {
    *out = double(v.asInt());
    return true;
  }
  return false;
}

// ---- dispatch ----

// The slots of both operands in CPython's order; NotImplemented when none answers.
Ref<> dispatch(Thread& t, Value a, Value b, BinaryFunction left, BinaryFunction right) {
  Type* a_type = typeOf(a);
  Type* b_type = typeOf(b);
  if (a_type == b_type || left == right) right = nullptr;
  if (left) {
    if (right && isSubtype(b_type, a_type)) {
      Ref<> result = right(t, a, b);
      if (!isNotImplemented(result)) return result;
      right = nullptr;
    }
    Ref<> result = left(t, a, b);
    if (!isNotImplemented(result)) return result;
  }
  if (right) return right(t, a, b);
  return steal(kNotImplemented);
}

Raised unsupported(Thread& t, Value a, Value b, const char* symbol) {
  return raise(t, exc::TypeError, "unsupported operand type(s) for %.100s: '%.100s' and '%.100s'", symbol, typeName(a), typeName(b));
}

Raised unsupportedBinary(Thread& t, BinaryOp op, Value a, Value b) {
  if (op == kOp_right_shift && isExact(a, &types::NativeFunction) &&
      strcmp(static_cast<NativeFunction*>(a.asObject())->def->name, "print") == 0) {
    return raise(t, exc::TypeError, "unsupported operand type(s) for >>: '%.100s' and '%.100s'. Did you mean \"print(<message>, "
                 "file=<output_stream>)\"?", typeName(a), typeName(b));
  }
  return unsupported(t, a, b, kSymbols[op]);
}

Raised unsupportedInplace(Thread& t, BinaryOp op, Value a, Value b) {
  char symbol[4] = {};
  snprintf(symbol, sizeof symbol, "%.2s=", kSymbols[op]);
  return unsupported(t, a, b, symbol);
}

Ref<> repeatSequence(Thread& t, BinaryFunction repeat, Value sequence, Value times) {
  if (!typeOf(times)->slots.index) {
    return raise(t, exc::TypeError, "can't multiply sequence by non-int of type '%.200s'", typeName(times));
  }
  return repeat(t, sequence, times);
}

// What + and * mean for sequences; NotImplemented when neither operand is one.
Ref<> sequenceOperation(Thread& t, BinaryOp op, Value a, Value b, bool inplace) {
  Slots& left = typeOf(a)->slots;
  if (op == kOp_add) {
    if (inplace && left.inplace_concat) return left.inplace_concat(t, a, b);
    if (left.concat) return left.concat(t, a, b);
  } else if (op == kOp_multiply) {
    if (inplace && left.inplace_repeat) return repeatSequence(t, left.inplace_repeat, a, b);
    if (left.repeat) return repeatSequence(t, left.repeat, a, b);
    // In place, the right operand is asked only when the left one could be no sequence.
    if (inplace && hasSequenceMethods(typeOf(a))) return steal(kNotImplemented);
    if (BinaryFunction repeat = typeOf(b)->slots.repeat) return repeatSequence(t, repeat, b, a);
  }
  return steal(kNotImplemented);
}

}  // namespace

Ref<> binaryOp(Thread& t, BinaryOp op, Value a, Value b) {
  if (bothInts(a, b) && op != kOp_matrix_multiply) return intOperation(t, op, a, b);
  double x, y;
  if (smallNumber(a, &x) && smallNumber(b, &y)) {
    switch (op) {
      case kOp_add: return steal(Value::fromDouble(x + y));
      case kOp_subtract: return steal(Value::fromDouble(x - y));
      case kOp_multiply: return steal(Value::fromDouble(x * y));
      case kOp_true_divide:
        if (y == 0) break;
        return steal(Value::fromDouble(x / y));
      default: break;
    }
  } else if (op == kOp_add && isExactStr(a) && isExactStr(b)) {
    return strConcat(t, a, b);
  }
  Ref<> result = dispatch(t, a, b, typeOf(a)->slots.binary[op], typeOf(b)->slots.binary[op]);
  if (!isNotImplemented(result)) return result;
  result = sequenceOperation(t, op, a, b, false);
  if (!isNotImplemented(result)) return result;
  return unsupportedBinary(t, op, a, b);
}

Function* leftOperatorMethod(BinaryOp op, bool inplace, Value a, Value b) {
  Type *left = typeOf(a), *right = typeOf(b);
  if (!left->has(kTypeHeap) || (inplace && left->slots.inplace[op])) return nullptr;
  if (left != right && isSubtype(right, left)) return nullptr;
  Value method = left->slots.binary[op] ? leftMethod(op, left) : Value();
  return isFunction(method) ? asFunction(method) : nullptr;
}

Ref<> binaryOpAfterLeft(Thread& t, BinaryOp op, Value a, Value b, bool inplace) {
  Type *left = typeOf(a), *right = typeOf(b);
  Ref<> result = steal(kNotImplemented);
  if (left != right && left->slots.binary[op] == right->slots.binary[op]) result = callReflected(t, op, a, b);
  else if (left != right && right->slots.binary[op]) result = right->slots.binary[op](t, a, b);
  if (!isNotImplemented(result)) return result;
  result = sequenceOperation(t, op, a, b, inplace);
  if (!isNotImplemented(result)) return result;
  return inplace ? unsupportedInplace(t, op, a, b) : unsupportedBinary(t, op, a, b);
}

Ref<> inplaceOp(Thread& t, BinaryOp op, Value a, Value b) {
  if (!a.isObject()) {
    // No number has in-place slots of its own; an operator that they lack names itself with "=".
    bool of_ints = op != kOp_matrix_multiply, of_floats = op <= kOp_remainder;
    if ((of_ints && bothInts(a, b)) || (of_floats && a.isDouble() && b.isDouble())) return binaryOp(t, op, a, b);
  } else if (BinaryFunction inplace = typeOf(a)->slots.inplace[op]) {
    Ref<> result = inplace(t, a, b);
    if (!isNotImplemented(result)) return result;
  }
  Ref<> result = dispatch(t, a, b, typeOf(a)->slots.binary[op], typeOf(b)->slots.binary[op]);
  if (!isNotImplemented(result)) return result;
  result = sequenceOperation(t, op, a, b, true);
  if (!isNotImplemented(result)) return result;
  return unsupportedInplace(t, op, a, b);
}

// ---- power ----

namespace {

// The slots in CPython's order: left, right (first when a subtype), then the modulus's.
Ref<> dispatchPower(Thread& t, Value a, Value b, Value modulus) {
  Type* a_type = typeOf(a);
  Type* b_type = typeOf(b);
  TernaryFunction left = a_type->slots.power;
  TernaryFunction right = a_type == b_type ? nullptr : b_type->slots.power;
  if (right == left) right = nullptr;
  TernaryFunction first = left, second = right;
  if (left && right && isSubtype(b_type, a_type)) {
    first = right;
    second = left;
  }
  for (TernaryFunction function : {first, second}) {
    if (!function) continue;
    Ref<> result = function(t, a, b, modulus);
    if (!isNotImplemented(result)) return result;
  }
  TernaryFunction third = modulus.isNone() ? nullptr : typeOf(modulus)->slots.power;
  if (third && third != left && third != right) return third(t, a, b, modulus);
  return steal(kNotImplemented);
}

Ref<> powerOrError(Thread& t, Value a, Value b, Value modulus, const char* symbol) {
  if (bothInts(a, b) && modulus.isNone()) return intPower(t, a, b, modulus);
  Ref<> result = dispatchPower(t, a, b, modulus);
  if (!isNotImplemented(result)) return result;
  if (modulus.isNone()) return unsupported(t, a, b, symbol);
  return raise(t, exc::TypeError, "unsupported operand type(s) for %.100s: '%.100s', '%.100s', '%.100s'", symbol, typeName(a),
               typeName(b), typeName(modulus));
}

}  // namespace

Ref<> power(Thread& t, Value a, Value b, Value modulus) { return powerOrError(t, a, b, modulus, "** or pow()"); }

Ref<> inplacePower(Thread& t, Value a, Value b) {
  if (TernaryFunction inplace = typeOf(a)->slots.inplace_power) {
    Ref<> result = inplace(t, a, b, kNone);
    if (!isNotImplemented(result)) return result;
  }
  return powerOrError(t, a, b, kNone, "**=");
}

// ---- one operand ----

namespace {

Ref<> unary(Thread& t, Value v, UnaryFunction slot, const char* symbol) {
  if (slot) return slot(t, v);
  return raise(t, exc::TypeError, "bad operand type for %s: '%.200s'", symbol, typeName(v));
}

}  // namespace

Ref<> negative(Thread& t, Value v) {
  if (v.isInt()) return newInt(t, -v.asInt());
  if (v.isDouble()) return steal(Value::fromDouble(-v.asDouble()));
  return unary(t, v, typeOf(v)->slots.negative, "unary -");
}
Ref<> positive(Thread& t, Value v) {
  if (v.isInt() || v.isDouble()) return steal(v);
  return unary(t, v, typeOf(v)->slots.positive, "unary +");
}
Ref<> invert(Thread& t, Value v) {
  if (v.isInt()) return steal(Value::fromInt(~v.asInt()));
  return unary(t, v, typeOf(v)->slots.invert, "unary ~");
}
Ref<> absolute(Thread& t, Value v) {
  if (v.isInt()) return newInt(t, v.asInt() < 0 ? -v.asInt() : v.asInt());
  if (v.isDouble()) return steal(Value::fromDouble(std::fabs(v.asDouble())));
  return unary(t, v, typeOf(v)->slots.absolute, "abs()");
}

// ---- conversions ----

namespace {

// A result of __int__ or __index__, made a plain int: subclasses are deprecated.
Ref<> plainInt(Thread& t, Ref<> result, const char* method) {
  if (!result || result.value().isInt() || isExact(result, &types::Int)) return result;
  if (!isIntLike(result)) {
    return raise(t, exc::TypeError, "%s returned non-int (type %.200s)", method, typeName(result));
  }
  if (!warn(t, exc::DeprecationWarning, 1,
            "%s returned non-int (type %.200s).  The ability to return an instance of a strict subclass of int is "
            "deprecated, and "
            "may be removed in a future version of Python.",
            method, typeName(result))) {
    return kRaised;
  }
  return share(intValue(result));
}

Ref<> truncated(Thread& t, Value v, Ref<> method) {
  if (!warn(t, exc::DeprecationWarning, 1, "The delegation of int() to __trunc__ is deprecated.")) return kRaised;
  Ref<> result = call(t, method);
  if (!result) return kRaised;
  if (isIntLike(result)) return share(intValue(result));
  if (!typeOf(result)->slots.index) {
    return raise(t, exc::TypeError, "__trunc__ returned non-Integral (type %.200s)", typeName(result));
  }
  return toIndexValue(t, result);
}

}  // namespace

Ref<> toIndexValue(Thread& t, Value v) {
  if (v.isInt()) return steal(v);
  if (isIntLike(v)) return share(intValue(v));
  UnaryFunction index = typeOf(v)->slots.index;
  if (!index) return raise(t, exc::TypeError, "'%.200s' object cannot be interpreted as an integer", typeName(v));
  return plainInt(t, index(t, v), "__index__");
}

Ref<> toInt(Thread& t, Value v) {
  if (v.isInt() || isExact(v, &types::Int)) return share(v);
  if (v.isDouble()) return newIntFromDouble(t, v.asDouble());
  Type* type = typeOf(v);
  if (type->slots.int_) return plainInt(t, type->slots.int_(t, v), "__int__");
  if (type->slots.index) return toIndexValue(t, v);
  static Str* const trunc_name = internStatic("__trunc__");
  Ref<> self;
  if (Ref<> method = lookupSpecial(t, v, trunc_name, &self)) {
    if (self) method = getAttr(t, v, trunc_name);
    return method ? truncated(t, v, std::move(method)) : kRaised;
  }
  if (t.raised()) return kRaised;
  if (isStr(v)) return intFromStr(t, v, 10);
  Buffer buffer;
  if (buffer.tryGet(t, v)) {
    Ref<> text = isBytes(v) ? share(v) : Ref<>(newBytes(t, buffer.view()));  // what the message shows
    return text ? newIntFromText(t, buffer.chars(), buffer.size(), 10, text) : kRaised;
  }
  if (t.raised()) return kRaised;
  return raise(t, exc::TypeError, "int() argument must be a string, a bytes-like object or a real number, not '%.200s'", typeName(v));
}

Ref<> toFloat(Thread& t, Value v) {
  if (v.isDouble()) return steal(v);
  if (v.isInt()) return steal(Value::fromDouble(double(v.asInt())));
  if (typeOf(v)->slots.float_ || typeOf(v)->slots.index) {
    double d = typeOf(v)->slots.float_ ? floatFromSlot(t, v) : toDouble(t, v);
    if (d == -1.0 && t.raised()) return kRaised;
    return steal(Value::fromDouble(d));
  }
  return floatFromText(t, v);
}

}  // namespace krait
