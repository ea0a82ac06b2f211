// The cmath module, over libm's complex functions: glibc follows C99 Annex G, whose special values are CPython's tables.
#include <cmath>
#include <complex.h>
#undef I
#include "runtime/modules/math.h"
#include "runtime/objects/float.h"
#include "runtime/objects/int.h"
#include "runtime/objects/module.h"
#include "runtime/objects/str.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/protocols.h"

namespace krait {
namespace {

using Z = _Complex double;

Z make(double real, double imaginary) {
  Z z;
  __real__ z = real;
  __imag__ z = imaginary;
  return z;
}

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
    if (isNanZ(r)) return mathDomainError(t);
    if (isInfZ(r)) return pole ? mathDomainError(t) : mathRangeError(t);
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
  bool bad = std::isinf(across) && !std::isnan(along) && (std::isfinite(along) || along > 0 || f != cexp);
  return checked(t, z, f(z), false, bad);
}
template <Z (*f)(Z)>
Ref<> withPole(Thread& t, Value, Value v) {
  Z z;
  if (!argument(t, v, &z)) return kRaised;
  return checked(t, z, f(z), true, false);
}

Ref<> logFunction(Thread& t, Value, const Value* args) {
  Z z;
  if (!argument(t, args[0], &z)) return kRaised;
  Ref<> result = checked(t, z, clog(z), true, false);
  if (!result || args[1].empty()) return result;
  Z base;
  if (!argument(t, args[1], &base)) return kRaised;
  Ref<> divisor = checked(t, base, clog(base), true, false);
  return divisor ? binaryOp(t, kOp_true_divide, result, divisor) : Ref<>();
}
Z decimalLog(Z z) {
  Z r = clog(z);
  return make(__real__ r / M_LN10, __imag__ r / M_LN10);
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
    if (phi == 0) return newComplex(t, canonicalNaN(r), std::isnan(r) ? 0.0 : r * phi == r * phi ? r * phi : std::copysign(0.0, phi));
    if (r == 0) return newComplex(t, 0.0, 0.0);
    return newComplex(t, canonicalNaN(std::isinf(r) ? r : NAN), canonicalNaN(NAN));
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
    method("acos", plain<cacos>, kOne, "The arc cosine of z."),
    method("acosh", plain<cacosh>, kOne, "The inverse hyperbolic cosine of z."),
    method("asin", plain<casin>, kOne, "The arc sine of z."),
    method("asinh", plain<casinh>, kOne, "The inverse hyperbolic sine of z."),
    method("atan", withPole<catan>, kOne, "The arc tangent of z."),
    method("atanh", withPole<catanh>, kOne, "The inverse hyperbolic tangent of z."),
    method("cos", oscillating<ccos, true>, kOne, "The cosine of z."),
    method("cosh", oscillating<ccosh, false>, kOne, "The hyperbolic cosine of z."),
    method("exp", oscillating<cexp, false>, kOne, "The exponential value e**z."),
    method("isclose", isCloseFunction, "($module, /, a, b, *, rel_tol=1e-09, abs_tol=0.0)", "Whether two complex numbers are close in value."),
    method("isfinite", test<isFiniteZ>, kOne, "True if both parts of z are finite."),
    method("isinf", test<isInfZ>, kOne, "True if a part of z is infinite."),
    method("isnan", test<isNanZ>, kOne, "True if a part of z is not a number."),
    method("log", logFunction, "($module, z, base=<unrepresentable>, /)", "log(z[, base]): the logarithm of z to the given base."),
    method("log10", withPole<decimalLog>, kOne, "The base-10 logarithm of z."),
    method("phase", phaseFunction, kOne, "The argument, also known as the phase angle, of z."),
    method("polar", polarFunction, kOne, "From rectangular to polar coordinates."),
    method("rect", rectFunction, "($module, r, phi, /)", "From polar to rectangular coordinates."),
    method("sin", oscillating<csin, true>, kOne, "The sine of z."),
    method("sinh", oscillating<csinh, false>, kOne, "The hyperbolic sine of z."),
    method("sqrt", plain<csqrt>, kOne, "The square root of z."),
    method("tan", plain<ctan>, kOne, "The tangent of z."),
    method("tanh", plain<ctanh>, kOne, "The hyperbolic tangent of z."),
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
