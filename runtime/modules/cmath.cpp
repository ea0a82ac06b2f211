// The cmath module: the functions of cmath_functions.cpp with CPython's arguments and errors.
#include <cmath>
#include "runtime/modules/cmath_functions.h"
#include "runtime/modules/math.h"
#include "runtime/objects/float.h"
#include "runtime/objects/int.h"
#include "runtime/objects/module.h"
#include "runtime/objects/str.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/protocols.h"

namespace krait {
namespace {

using cmath::make;
using cmath::Z;

// An argument as complex: complex itself, __complex__, or a real number. False: raised.
bool argument(Thread& t, Value v, Z* out) {
  if (v.isObject() && !isFloatLike(v) && !isIntLike(v)) {
    Ref<> converted;
    if (!isInstance(v, &types::Complex)) {
      Ref<> self;
      Ref<> function = lookupSpecial(t, v, internStatic("__complex__"), &self);
      if (function) {
        converted = self ? call(t, function, self) : call(t, function);
        if (!converted) return false;
        if (!isInstance(converted, &types::Complex)) {
          return raise(t, exc::TypeError, "__complex__ returned non-complex (type %.200s)", typeName(converted));
        }
        v = converted;
      } else if (t.raised()) {
        return false;
      }
    }
    if (isInstance(v, &types::Complex)) {
      Complex* c = static_cast<Complex*>(v.asObject());
      *out = make(c->real, c->imaginary);
      return true;
    }
  }
  double real;
  if (!mathDouble(t, v, &real)) return false;
  *out = make(real, 0.0);
  return true;
}

bool isFiniteZ(Z z) { return std::isfinite(__real__ z) && std::isfinite(__imag__ z); }
bool isNanZ(Z z) { return std::isnan(__real__ z) || std::isnan(__imag__ z); }
bool isInfZ(Z z) { return std::isinf(__real__ z) || std::isinf(__imag__ z); }

Ref<> boxed(Thread& t, Z z) { return newComplex(t, canonicalNaN(__real__ z), canonicalNaN(__imag__ z)); }

// Finite input: an infinity in the result is overflow (or a pole), a NaN a domain error. Infinite input into the functions that
// oscillate is a domain error too.
Ref<> checked(Thread& t, Z z, Z r, bool pole, bool infinite_is_domain) {
  if (isFiniteZ(z)) {
    if (isInfZ(r)) return pole ? mathDomainError(t) : mathRangeError(t);
    if (isNanZ(r)) return mathDomainError(t);
  } else if (infinite_is_domain && !isNanZ(z)) {
    return mathDomainError(t);
  }
  return boxed(t, r);
}

template <Z (*f)(Z)>
Ref<> plain(Thread& t, Value, Value v) {
  Z z;
  if (!argument(t, v, &z)) return kRaised;
  return checked(t, z, f(z), false, false);
}
// Functions that oscillate in the imaginary (or, turned, the real) direction.
template <Z (*f)(Z), bool turned>
Ref<> oscillating(Thread& t, Value, Value v) {
  Z z;
  if (!argument(t, v, &z)) return kRaised;
  double along = turned ? __imag__ z : __real__ z, across = turned ? __real__ z : __imag__ z;
  bool bad = std::isinf(across) && !std::isnan(along) && (std::isfinite(along) || along > 0 || f != cmath::exp);
  return checked(t, z, f(z), false, bad);
}
// tan and tanh: infinite in the direction in which they oscillate, finite in the other.
template <Z (*f)(Z), bool turned>
Ref<> tangent(Thread& t, Value, Value v) {
  Z z;
  if (!argument(t, v, &z)) return kRaised;
  double along = turned ? __imag__ z : __real__ z, across = turned ? __real__ z : __imag__ z;
  return checked(t, z, f(z), false, std::isinf(across) && std::isfinite(along));
}
template <Z (*f)(Z)>
Ref<> withPole(Thread& t, Value, Value v) {
  Z z;
  if (!argument(t, v, &z)) return kRaised;
  return checked(t, z, f(z), true, false);
}

Ref<> logFunction(Thread& t, Value, const Value* args) {
  Z z, base = 0;
  if (!argument(t, args[0], &z) || (!args[1].empty() && !argument(t, args[1], &base))) return kRaised;
  Ref<> result = checked(t, z, cmath::log(z), true, false);
  if (!result || args[1].empty()) return result;
  Ref<> divisor = checked(t, base, cmath::log(base), true, false);
  if (divisor && !truth(t, divisor)) return mathDomainError(t);
  return divisor ? binaryOp(t, kOp_true_divide, result, divisor) : Ref<>();
}
Ref<> phaseFunction(Thread& t, Value, Value v) {
  Z z;
  if (!argument(t, v, &z)) return kRaised;
  return steal(Value::fromDouble(canonicalNaN(std::atan2(__imag__ z, __real__ z))));
}
Ref<> polarFunction(Thread& t, Value, Value v) {
  Z z;
  if (!argument(t, v, &z)) return kRaised;
  double length = std::hypot(__real__ z, __imag__ z);
  if (std::isinf(length) && isFiniteZ(z)) return mathRangeError(t);
  return packTuple(t, Value::fromDouble(canonicalNaN(length)), Value::fromDouble(canonicalNaN(std::atan2(__imag__ z, __real__ z))));
}
Ref<> rectFunction(Thread& t, Value, const Value* args) {
  double r, phi;
  if (!mathDouble(t, args[0], &r) || !mathDouble(t, args[1], &phi)) return kRaised;
  if (!std::isfinite(r) || !std::isfinite(phi)) {
    if (std::isinf(phi) && r != 0 && !std::isnan(r)) return mathDomainError(t);
    if (std::isinf(r) && std::isfinite(phi) && phi != 0) {
      if (r > 0) return newComplex(t, std::copysign(HUGE_VAL, std::cos(phi)), std::copysign(HUGE_VAL, std::sin(phi)));
      return newComplex(t, -std::copysign(HUGE_VAL, std::cos(phi)), -std::copysign(HUGE_VAL, std::sin(phi)));
    }
    if (phi == 0) return newComplex(t, canonicalNaN(r), std::isnan(r) ? 0.0 : std::copysign(0.0, std::signbit(r) ? -phi : phi));
    if (r == 0) return newComplex(t, 0.0, 0.0);
    return newComplex(t, canonicalNaN(std::isinf(r) ? HUGE_VAL : NAN), canonicalNaN(NAN));
  }
  if (phi == 0.0) return newComplex(t, r, r * phi);
  return newComplex(t, r * std::cos(phi), r * std::sin(phi));
}

template <bool (*f)(Z)>
Ref<> test(Thread& t, Value, Value v) {
  Z z;
  if (!argument(t, v, &z)) return kRaised;
  return steal(Value::fromBool(f(z)));
}

Ref<> isCloseFunction(Thread& t, Value, const Value* args) {
  Z a, b;
  double relative = 1e-9, absolute = 0.0;
  if (!argument(t, args[0], &a) || !argument(t, args[1], &b)) return kRaised;
  if (!args[2].empty() && !mathDouble(t, args[2], &relative)) return kRaised;
  if (!args[3].empty() && !mathDouble(t, args[3], &absolute)) return kRaised;
  if (relative < 0.0 || absolute < 0.0) return raise(t, exc::ValueError, "tolerances must be non-negative");
  if (__real__ a == __real__ b && __imag__ a == __imag__ b) return steal(kTrue);
  if (isInfZ(a) || isInfZ(b)) return steal(kFalse);
  double difference = std::hypot(__real__ a - __real__ b, __imag__ a - __imag__ b);
  bool close = difference <= relative * std::hypot(__real__ b, __imag__ b) ||
               difference <= relative * std::hypot(__real__ a, __imag__ a) || difference <= absolute;
  return steal(Value::fromBool(close));
}

const char kOne[] = "($module, z, /)";
const MethodDef kFunctions[] = {
    method("acos", plain<cmath::acos>, kOne, "The arc cosine of z."),
    method("acosh", plain<cmath::acosh>, kOne, "The inverse hyperbolic cosine of z."),
    method("asin", plain<cmath::asin>, kOne, "The arc sine of z."),
    method("asinh", plain<cmath::asinh>, kOne, "The inverse hyperbolic sine of z."),
    method("atan", withPole<cmath::atan>, kOne, "The arc tangent of z."),
    method("atanh", withPole<cmath::atanh>, kOne, "The inverse hyperbolic tangent of z."),
    method("cos", oscillating<cmath::cos, true>, kOne, "The cosine of z."),
    method("cosh", oscillating<cmath::cosh, false>, kOne, "The hyperbolic cosine of z."),
    method("exp", oscillating<cmath::exp, false>, kOne, "The exponential value e**z."),
    method("isclose", isCloseFunction, "($module, /, a, b, *, rel_tol=1e-09, abs_tol=0.0)",
           "Whether two complex numbers are close in value."),
    method("isfinite", test<isFiniteZ>, kOne, "True if both parts of z are finite."),
    method("isinf", test<isInfZ>, kOne, "True if a part of z is infinite."),
    method("isnan", test<isNanZ>, kOne, "True if a part of z is not a number."),
    method("log", logFunction, "($module, z, base=<unrepresentable>, /)",
           "log(z[, base]): the logarithm of z to the given base."),
    method("log10", withPole<cmath::log10>, kOne, "The base-10 logarithm of z."),
    method("phase", phaseFunction, kOne, "The argument, also known as the phase angle, of z."),
    method("polar", polarFunction, kOne, "From rectangular to polar coordinates."),
    method("rect", rectFunction, "($module, r, phi, /)", "From polar to rectangular coordinates."),
    method("sin", oscillating<cmath::sin, true>, kOne, "The sine of z."),
    method("sinh", oscillating<cmath::sinh, false>, kOne, "The hyperbolic sine of z."),
    method("sqrt", plain<cmath::sqrt>, kOne, "The square root of z."),
    method("tan", tangent<cmath::tan, true>, kOne, "The tangent of z."),
    method("tanh", tangent<cmath::tanh, false>, kOne, "The hyperbolic tangent of z."),
    {},
};

bool init(Thread& t, ModuleObject* module) {
  auto real = [](double d) { return steal(Value::fromDouble(d)); };
  double nan = canonicalNaN(NAN);
  return moduleAdd(t, module, "pi", real(M_PI)) && moduleAdd(t, module, "e", real(M_E)) && moduleAdd(t, module, "tau", real(2 * M_PI)) &&
         moduleAdd(t, module, "inf", real(HUGE_VAL)) && moduleAdd(t, module, "infj", newComplex(t, 0.0, HUGE_VAL)) &&
         moduleAdd(t, module, "nan", real(nan)) && moduleAdd(t, module, "nanj", newComplex(t, 0.0, nan));
}

}  // namespace

const ModuleDef& cmathModule() {
  static const ModuleDef def{"cmath", "Mathematical functions for complex numbers.", kFunctions, init};
  return def;
}

}  // namespace krait
