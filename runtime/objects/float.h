// float: always immediate; subclasses have instances.
#pragma once
#include "runtime/core/type.h"

namespace krait {

struct FloatInstance : Object {  // instance of a subclass of float
  double number;
};
inline double floatValue(Value v) {  // of a float or subclass instance
  return v.isDouble() ? v.asDouble() : static_cast<FloatInstance*>(v.asObject())->number;
}
// A number as double through __float__/__index__; -1.0 with the exception set on error.
double toDouble(Thread& t, Value v);
// What the type's __float__ answers, also for subclasses of float; the type has one. -1.0 with the exception set on error.
double floatFromSlot(Thread& t, Value v);
Ref<Str> floatRepr(Thread& t, double d);
Hash floatHash(double d);
// Python's % and // on doubles; the divisor is not zero.
double floatRemainder(double a, double b);
double floatFloorDivide(double a, double b);
Ref<> floatPower(Thread& t, double a, double b);  // may give complex, may raise

struct Complex : Object {
  double real, imaginary;
};
Ref<> newComplex(Thread& t, double real, double imaginary);

}  // namespace krait
