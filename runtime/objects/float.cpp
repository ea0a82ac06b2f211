// float: conversion, arithmetic, repr and hash of doubles. Methods are in float_methods.cpp.
#include "runtime/objects/float.h"
#include <cmath>
#include "runtime/objects/float_text.h"
#include "runtime/objects/hash_bytes.h"
#include "runtime/objects/int.h"
#include "runtime/objects/variable.h"
#include "runtime/protocols/protocols.h"

namespace krait {

double floatFromSlot(Thread& t, Value v) {
  Type* type = typeOf(v);
  Ref<> result = type->slots.float_(t, v);
  if (!result) return -1.0;
  if (result.value().isDouble()) return result.value().asDouble();
  if (!isFloatLike(result)) {
    (void)raise(t, exc::TypeError, "%.50s.__float__ returned non-float (type %.50s)", type->cname, typeName(result));
    return -1.0;
  }
  if (!warn(t, exc::DeprecationWarning, 1,
            "%.50s.__float__ returned non-float (type %.50s).  The ability to return an instance of a strict subclass "
            "of float "
            "is deprecated, and may be removed in a future version of Python.",
            type->cname, typeName(result))) {
    return -1.0;
  }
  return floatValue(result);
}

double toDouble(Thread& t, Value v) {
  if (v.isDouble()) return v.asDouble();
  if (v.isInt()) return double(v.asInt());
  if (isFloatLike(v)) return floatValue(v);
  Type* type = typeOf(v);
  if (type->slots.float_) return floatFromSlot(t, v);
  if (type->slots.index) {
    Ref<> index = toIndexValue(t, v);
    return index ? intToDouble(t, index) : -1.0;
  }
  (void)raise(t, exc::TypeError, "must be real number, not %.50s", type->cname);
  return -1.0;
}

Ref<Str> floatRepr(Thread& t, double d) {
  FloatText text;
  if (!text.make(d, 'r', 0, kFloatAddPointZero)) return raiseNoMemory(t);
  return newStrLatin1(t, text.view());
}

// CPython's numeric hash: the number modulo 2^61-1, equal for equal ints and floats. A NaN hashes as the object does: here
// its word.
Hash floatHash(double d) {
  if (std::isinf(d)) return d > 0 ? 314159 : -314159;
  if (std::isnan(d)) return hashPointer(reinterpret_cast<void*>(Value::fromDouble(d).bits));
  constexpr int kBits = 61;
  constexpr uint64_t kModulus = (uint64_t(1) << kBits) - 1;
  if (std::fabs(d) < 1e15 && d == double(int64_t(d))) {
    int64_t i = int64_t(d);
    return i == -1 ? -2 : i;
  }
  int exponent;
  double m = std::frexp(std::fabs(d), &exponent);
  uint64_t x = uint64_t(std::ldexp(m, 53));
  exponent -= 53;
  int turn = exponent >= 0 ? exponent % kBits : kBits - 1 - ((-1 - exponent) % kBits);
  x = ((x << turn) & kModulus) | (turn ? x >> (kBits - turn) : 0);
  int64_t hash = d < 0 ? -int64_t(x) : int64_t(x);
  return hash == -1 ? -2 : hash;
}

double floatRemainder(double a, double b) {
  double remainder = std::fmod(a, b);
  if (remainder) return (b < 0) != (remainder < 0) ? remainder + b : remainder;
  return std::copysign(0.0, b);
}

double floatFloorDivide(double a, double b) {
  double remainder = std::fmod(a, b);
  double quotient = (a - remainder) / b;
  if (remainder && (b < 0) != (remainder < 0)) quotient -= 1.0;
  if (quotient == 0) return std::copysign(0.0, a / b);
  double floor = std::floor(quotient);
  return quotient - floor > 0.5 ? floor + 1.0 : floor;
}

Ref<> floatPower(Thread& t, double a, double b) {
  if (b == 0 || a == 1.0) return steal(Value::fromDouble(1.0));
  if (std::isnan(a) || std::isnan(b)) return steal(Value::fromDouble(canonicalNaN(a + b)));
  if (std::isinf(a) || std::isinf(b)) return steal(Value::fromDouble(a == -1.0 ? 1.0 : std::pow(a, b)));
  if (a == 0.0) {
    if (b < 0.0) return raise(t, exc::ZeroDivisionError, "0.0 cannot be raised to a negative power");
    return steal(Value::fromDouble(std::pow(a, b)));
  }
  if (a < 0.0 && b != std::floor(b)) {
    // A complex result: polar form, as complex.__pow__ computes it.
    double length = std::pow(-a, b), angle = b * M_PI;
    return newComplex(t, length * std::cos(angle), length * std::sin(angle));
  }
  double result = std::pow(a, b);
  if (std::isinf(result)) {
    Ref<Str> message = newStrLatin1(t, "Numerical result out of range");
    if (!message) return nullptr;
    Ref<Tuple> arguments = packTuple(t, Value::fromInt(34), message.value());
    if (!arguments) return nullptr;
    Ref<> exception = callWith(t, Value(&exc::OverflowError), arguments, Value());
    if (!exception) return nullptr;
    return raiseInstance(t, std::move(exception));
  }
  return steal(Value::fromDouble(result));
}

}  // namespace krait
