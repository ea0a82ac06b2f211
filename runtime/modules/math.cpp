// The math module: functions of doubles over libm, with CPython's errors. Those of ints are in math_integer.cpp, gamma functions
// and exact sums in math_special.cpp.
#include "runtime/modules/math.h"
#include <cmath>
#include <cerrno>
#include "runtime/objects/float.h"
#include "runtime/objects/int_internal.h"
#include "runtime/objects/module.h"
#include "runtime/objects/str.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/iteration.h"
#include "runtime/protocols/protocols.h"

namespace krait {

Raised mathDomainError(Thread& t) { return raise(t, exc::ValueError, "math domain error"); }
Raised mathRangeError(Thread& t) { return raise(t, exc::OverflowError, "math range error"); }

bool mathDouble(Thread& t, Value v, double* out) {
  *out = toDouble(t, v);
  return *out != -1.0 || !t.raised();
}

namespace {

Ref<> boxed(double d) { return steal(Value::fromDouble(d)); }

// A NaN from a number is a domain error; an infinity from a finite number is overflow, or a pole (a domain error too).
template <double (*f)(double), bool can_overflow>
Ref<> unary(Thread& t, Value, Value v) {
  double x;
  if (!mathDouble(t, v, &x)) return kRaised;
  double r = f(x);
  if (KRAIT_UNLIKELY(!std::isfinite(r))) {
    if (std::isnan(r) && !std::isnan(x)) return mathDomainError(t);
    if (std::isinf(r) && std::isfinite(x)) {
      if (can_overflow) return mathRangeError(t);
      return mathDomainError(t);
    }
    r = canonicalNaN(r);
  }
  return boxed(r);
}
template <double (*f)(double, double)>
Ref<> binary(Thread& t, Value, const Value* args) {
  double x, y;
  if (!mathDouble(t, args[0], &x) || !mathDouble(t, args[1], &y)) return kRaised;
  double r = f(x, y);
  if (std::isnan(r) && !std::isnan(x) && !std::isnan(y)) return mathDomainError(t);
  if (std::isinf(r) && std::isfinite(x) && std::isfinite(y)) return mathRangeError(t);
  return boxed(canonicalNaN(r));
}
// A plain product, which may overflow to infinity.
template <double (*f)(double)>
Ref<> scaled(Thread& t, Value, Value v) {
  double x;
  return mathDouble(t, v, &x) ? boxed(f(x)) : Ref<>();
}
template <bool (*f)(double)>
Ref<> test(Thread& t, Value, Value v) {
  double x;
  if (!mathDouble(t, v, &x)) return kRaised;
  return steal(Value::fromBool(f(x)));
}
bool finiteTest(double x) { return std::isfinite(x); }
bool infiniteTest(double x) { return std::isinf(x); }
bool nanTest(double x) { return std::isnan(x); }

double absolute(double x) { return std::fabs(x); }
double toDegrees(double x) { return x * (180.0 / M_PI); }
double toRadians(double x) { return x * (M_PI / 180.0); }
double arcTangent2(double y, double x) { return std::atan2(y, x); }
double copySign(double x, double y) { return std::copysign(x, y); }

// ---- integers out of numbers ----

Ref<> roundedBy(Thread& t, Value v, Str* name, double (*f)(double)) {
  if (!v.isDouble()) {
    if (v.isInt()) return steal(v);
    Ref<> self;
    Ref<> function = lookupSpecial(t, v, name, &self);
    if (function) return self ? call(t, function, self) : call(t, function);
    if (t.raised()) return kRaised;
  }
  double x;
  if (!mathDouble(t, v, &x)) return kRaised;
  return newIntFromDouble(t, f(x));
}
double floorOf(double x) { return std::floor(x); }
double ceilOf(double x) { return std::ceil(x); }
Ref<> floorFunction(Thread& t, Value, Value v) { return roundedBy(t, v, internStatic("__floor__"), floorOf); }
Ref<> ceilFunction(Thread& t, Value, Value v) { return roundedBy(t, v, internStatic("__ceil__"), ceilOf); }
Ref<> truncFunction(Thread& t, Value, Value v) {
  if (v.isDouble()) return newIntFromDouble(t, v.asDouble());
  Ref<> self;
  Ref<> function = lookupSpecial(t, v, internStatic("__trunc__"), &self);
  if (function) return self ? call(t, function, self) : call(t, function);
  if (t.raised()) return kRaised;
  return raise(t, exc::TypeError, "type %.100s doesn't define __trunc__ method", typeName(v));
}

// ---- logarithms ----

// An int too large for a double is split into mantissa and exponent.
Ref<> logarithm(Thread& t, Value v, double (*f)(double)) {
  if (isIntLike(v)) {
    if (intSign(v) <= 0) return mathDomainError(t);
    double x;
    if (intFitsDouble(v, &x)) return boxed(f(x));
    int64_t exponent = int64_t(intBitLength(v));
    Ref<> mantissa = intRightShift(t, v, Value::fromInt(exponent - 64));
    if (!mantissa) return kRaised;
    double m = intToDouble(t, mantissa);
    return boxed(f(std::ldexp(m, -64)) + f(2.0) * double(exponent));
  }
  double x;
  if (!mathDouble(t, v, &x)) return kRaised;
  double r = f(x);
  if (!std::isfinite(r)) {
    if ((std::isnan(r) && !std::isnan(x)) || (std::isinf(r) && std::isfinite(x))) return mathDomainError(t);
    r = canonicalNaN(r);
  }
  return boxed(r);
}
double naturalLog(double x) { return std::log(x); }
double binaryLog(double x) { return std::log2(x); }
double decimalLog(double x) { return std::log10(x); }

Ref<> logFunction(Thread& t, Value, Args args) {
  if (args.keywords()) return raise(t, exc::TypeError, "math.log() takes no keyword arguments");
  if (args.positional < 1 || args.positional > 2) return raise(t, exc::TypeError, "math.log requires 1 to 2 arguments");
  Ref<> numerator = logarithm(t, args[0], naturalLog);
  if (!numerator || args.positional == 1) return numerator;
  Ref<> denominator = logarithm(t, args[1], naturalLog);
  if (!denominator) return kRaised;
  return binaryOp(t, kOp_true_divide, numerator, denominator);
}
Ref<> log2Function(Thread& t, Value, Value v) { return logarithm(t, v, binaryLog); }
Ref<> log10Function(Thread& t, Value, Value v) { return logarithm(t, v, decimalLog); }

// ---- powers and remainders ----

Ref<> powFunction(Thread& t, Value, const Value* args) {
  double x, y;
  if (!mathDouble(t, args[0], &x) || !mathDouble(t, args[1], &y)) return kRaised;
  double r = std::pow(x, y);
  if (!std::isfinite(r) && std::isfinite(x) && std::isfinite(y)) {
    if (std::isnan(r) || x == 0) return mathDomainError(t);
    return mathRangeError(t);
  }
  return boxed(canonicalNaN(r));
}
Ref<> fmodFunction(Thread& t, Value, const Value* args) {
  double x, y;
  if (!mathDouble(t, args[0], &x) || !mathDouble(t, args[1], &y)) return kRaised;
  if (std::isinf(y) && std::isfinite(x)) return boxed(x);
  double r = std::fmod(x, y);
  if (std::isnan(r) && !std::isnan(x) && !std::isnan(y)) return mathDomainError(t);
  return boxed(canonicalNaN(r));
}
double ieeeRemainder(double x, double y) { return std::remainder(x, y); }
double nextAfter(double x, double y) { return std::nextafter(x, y); }
Ref<> nextAfterFunction(Thread& t, Value, const Value* args) {
  double x, y;
  if (!mathDouble(t, args[0], &x) || !mathDouble(t, args[1], &y)) return kRaised;
  return boxed(canonicalNaN(nextAfter(x, y)));
}
double unitInLastPlace(double x) {
  if (std::isnan(x)) return x;
  x = std::fabs(x);
  if (std::isinf(x)) return x;
  double above = std::nextafter(x, HUGE_VAL);
  return std::isinf(above) ? x - std::nextafter(x, -HUGE_VAL) : above - x;
}
Ref<> ulpFunction(Thread& t, Value, Value v) {
  double x;
  if (!mathDouble(t, v, &x)) return kRaised;
  return boxed(unitInLastPlace(x));
}

Ref<> frexpFunction(Thread& t, Value, Value v) {
  double x;
  if (!mathDouble(t, v, &x)) return kRaised;
  int exponent = 0;
  if (std::isfinite(x) && x != 0) x = std::frexp(x, &exponent);
  return packTuple(t, Value::fromDouble(x), Value::fromInt(exponent));
}
Ref<> ldexpFunction(Thread& t, Value, const Value* args) {
  double x;
  if (!mathDouble(t, args[0], &x)) return kRaised;
  if (!isIntLike(args[1])) return raise(t, exc::TypeError, "Expected an int as second argument to ldexp.");
  int64_t exponent;
  if (!intFits64(args[1], &exponent)) exponent = intSign(args[1]) < 0 ? INT64_MIN : INT64_MAX;
  if (x == 0 || !std::isfinite(x)) return boxed(x);
  if (exponent > INT32_MAX) return mathRangeError(t);
  if (exponent < INT32_MIN) return boxed(std::copysign(0.0, x));
  double r = std::ldexp(x, int(exponent));
  if (std::isinf(r)) return mathRangeError(t);
  return boxed(r);
}
Ref<> modfFunction(Thread& t, Value, Value v) {
  double x;
  if (!mathDouble(t, v, &x)) return kRaised;
  double whole = x, fraction = x;
  if (std::isinf(x)) {
    fraction = std::copysign(0.0, x);
  } else if (!std::isnan(x)) {
    fraction = std::modf(x, &whole);
  }
  return packTuple(t, Value::fromDouble(fraction), Value::fromDouble(whole));
}

Ref<> isCloseFunction(Thread& t, Value, const Value* args) {
  double a, b, relative = 1e-9, absolute_tolerance = 0.0;
  if (!mathDouble(t, args[0], &a) || !mathDouble(t, args[1], &b)) return kRaised;
  if (!args[2].empty() && !mathDouble(t, args[2], &relative)) return kRaised;
  if (!args[3].empty() && !mathDouble(t, args[3], &absolute_tolerance)) return kRaised;
  if (relative < 0.0 || absolute_tolerance < 0.0) return raise(t, exc::ValueError, "tolerances must be non-negative");
  if (a == b) return steal(kTrue);
  if (std::isinf(a) || std::isinf(b)) return steal(kFalse);
  double difference = std::fabs(b - a);
  bool close = difference <= std::fabs(relative * b) || difference <= std::fabs(relative * a) || difference <= absolute_tolerance;
  return steal(Value::fromBool(close));
}

Ref<> prodFunction(Thread& t, Value, const Value* args) {
  Ref<> product = args[1].empty() ? steal(Value::fromInt(1)) : share(args[1]);
  Iteration items(t, args[0]);
  while (Ref<> item = items.next()) {
    product = binaryOp(t, kOp_multiply, product, item);
    if (!product) return kRaised;
  }
  return t.raised() ? Ref<>() : std::move(product);
}

double sine(double x) { return std::sin(x); }
double cosine(double x) { return std::cos(x); }
double tangent(double x) { return std::tan(x); }
double arcSine(double x) { return std::asin(x); }
double arcCosine(double x) { return std::acos(x); }
double arcTangent(double x) { return std::atan(x); }
double hyperbolicSine(double x) { return std::sinh(x); }
double hyperbolicCosine(double x) { return std::cosh(x); }
double hyperbolicTangent(double x) { return std::tanh(x); }
double areaSine(double x) { return std::asinh(x); }
double areaCosine(double x) { return std::acosh(x); }
double areaTangent(double x) { return std::atanh(x); }
double exponential(double x) { return std::exp(x); }
double exponential2(double x) { return std::exp2(x); }
double exponentialMinus1(double x) { return std::expm1(x); }
double logPlus1(double x) { return std::log1p(x); }
double squareRoot(double x) { return std::sqrt(x); }
double cubeRoot(double x) { return std::cbrt(x); }
double errorFunction(double x) { return std::erf(x); }
double errorComplement(double x) { return std::erfc(x); }

MethodDef function1(const char* name, NativeOne f, const char* doc) { return method(name, f, "($module, x, /)", doc); }

const MethodDef kFunctions[] = {
    function1("acos", unary<arcCosine, false>, "The arc cosine of x, in radians."),
    function1("acosh", unary<areaCosine, false>, "The inverse hyperbolic cosine of x."),
    function1("asin", unary<arcSine, false>, "The arc sine of x, in radians."),
    function1("asinh", unary<areaSine, false>, "The inverse hyperbolic sine of x."),
    function1("atan", unary<arcTangent, false>, "The arc tangent of x, in radians."),
    method("atan2", binary<arcTangent2>, "($module, y, x, /)", "The arc tangent of y/x, in radians, in the right quadrant."),
    function1("atanh", unary<areaTangent, false>, "The inverse hyperbolic tangent of x."),
    function1("cbrt", unary<cubeRoot, false>, "The cube root of x."),
    function1("ceil", ceilFunction, "The smallest integer >= x."),
    method("comb", mathComb, "($module, n, k, /)", "Number of ways to choose k items from n items without repetition and without order."),
    method("copysign", binary<copySign>, "($module, x, y, /)", "A float with the magnitude of x and the sign of y."),
    function1("cos", unary<cosine, false>, "The cosine of x (radians)."),
    function1("cosh", unary<hyperbolicCosine, true>, "The hyperbolic cosine of x."),
    function1("degrees", scaled<toDegrees>, "Converts x from radians to degrees."),
    method("dist", mathDist, "($module, p, q, /)", "The Euclidean distance between two points."),
    function1("erf", unary<errorFunction, false>, "The error function at x."),
    function1("erfc", unary<errorComplement, false>, "The complementary error function at x."),
    function1("exp", unary<exponential, true>, "e raised to the power of x."),
    function1("exp2", unary<exponential2, true>, "2 raised to the power of x."),
    function1("expm1", unary<exponentialMinus1, true>, "exp(x)-1."),
    function1("fabs", unary<absolute, false>, "The absolute value of the float x."),
    method("factorial", mathFactorial, "($module, n, /)", "n!."),
    function1("floor", floorFunction, "The largest integer <= x."),
    method("fmod", fmodFunction, "($module, x, y, /)", "fmod(x, y), as in C."),
    function1("frexp", frexpFunction, "The mantissa and exponent of x, as (m, e)."),
    method("fsum", mathFsum, "($module, seq, /)", "An accurate floating point sum."),
    function1("gamma", mathGamma, "The gamma function at x."),
    method("gcd", mathGcd, "($module, *integers)", "Greatest common divisor."),
    method("hypot", mathHypot, nullptr, "hypot(*coordinates) -> value\n\nThe Euclidean distance from the origin."),
    method("isclose", isCloseFunction, "($module, /, a, b, *, rel_tol=1e-09, abs_tol=0.0)", "Whether two floats are close in value."),
    function1("isfinite", test<finiteTest>, "Whether x is neither an infinity nor a NaN."),
    function1("isinf", test<infiniteTest>, "Whether x is an infinity."),
    function1("isnan", test<nanTest>, "Whether x is a NaN."),
    method("isqrt", mathIsqrt, "($module, n, /)", "The integer part of the square root of the input."),
    method("lcm", mathLcm, "($module, *integers)", "Least common multiple."),
    method("ldexp", ldexpFunction, "($module, x, i, /)", "x * (2**i)."),
    function1("lgamma", mathLgamma, "The logarithm of the absolute value of the gamma function."),
    method("log", logFunction, nullptr, "log(x, [base=math.e])\nThe logarithm of x to the given base."),
    function1("log10", log10Function, "The base 10 logarithm of x."),
    function1("log1p", unary<logPlus1, false>, "The natural logarithm of 1+x."),
    function1("log2", log2Function, "The base 2 logarithm of x."),
    function1("modf", modfFunction, "The fractional and integer parts of x."),
    method("nextafter", nextAfterFunction, "($module, x, y, /)", "The next floating-point value after x towards y."),
    method("perm", mathPerm, "($module, n, k=None, /)", "Number of ways to choose k items from n items without repetition and with order."),
    method("pow", powFunction, "($module, x, y, /)", "x**y (x to the power of y)."),
    method("prod", prodFunction, "($module, iterable, /, *, start=1)", "The product of all the elements in the input iterable."),
    function1("radians", unary<toRadians, false>, "Converts x from degrees to radians."),
    method("remainder", binary<ieeeRemainder>, "($module, x, y, /)", "Difference between x and the closest integer multiple of y."),
    function1("sin", unary<sine, false>, "The sine of x (radians)."),
    function1("sinh", unary<hyperbolicSine, true>, "The hyperbolic sine of x."),
    function1("sqrt", unary<squareRoot, false>, "The square root of x."),
    function1("tan", unary<tangent, false>, "The tangent of x (radians)."),
    function1("tanh", unary<hyperbolicTangent, false>, "The hyperbolic tangent of x."),
    function1("trunc", truncFunction, "Truncates the Real x to the nearest Integral toward 0."),
    function1("ulp", ulpFunction, "The value of the least significant bit of the float x."),
    {},
};

bool init(Thread& t, ModuleObject* module) {
  return moduleAdd(t, module, "pi", boxed(M_PI)) && moduleAdd(t, module, "e", boxed(M_E)) && moduleAdd(t, module, "tau", boxed(2 * M_PI)) &&
         moduleAdd(t, module, "inf", boxed(HUGE_VAL)) && moduleAdd(t, module, "nan", boxed(canonicalNaN(NAN)));
}

}  // namespace

const ModuleDef& mathModule() {
  static const ModuleDef def{"math", "Mathematical functions defined by the C standard, and some more.", kFunctions, init};
  return def;
}

}  // namespace krait
