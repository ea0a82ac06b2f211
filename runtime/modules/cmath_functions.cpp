// Complex elementary functions: see cmath_functions.h. The formulas are CPython's choice too, so that last digits agree.
#include "runtime/modules/cmath_functions.h"
#include <cfloat>
#include <cmath>
#include <complex.h>
#undef I

namespace krait::cmath {
namespace {

constexpr double kLarge = DBL_MAX / 4.0;         // beyond it sums of two would overflow
const double kSqrtLarge = std::sqrt(kLarge);
const double kLogLarge = std::log(kLarge);
const double kSqrtSmall = std::sqrt(DBL_MIN);

bool finite(Z z) { return std::isfinite(__real__ z) && std::isfinite(__imag__ z); }
bool large(Z z) { return std::fabs(__real__ z) > kLarge || std::fabs(__imag__ z) > kLarge; }
// log of twice the absolute value, for large z.
double logTwice(Z z) { return std::log(std::hypot(__real__ z / 2.0, __imag__ z / 2.0)) + M_LN2 * 2.0; }
Z timesI(Z z) { return make(-__imag__ z, __real__ z); }
// What goes to libm: without the sign of a NaN, which must not become the sign of a result.
Z plainNan(Z z) {
  return make(std::isnan(__real__ z) ? NAN : __real__ z, std::isnan(__imag__ z) ? NAN : __imag__ z);
}
bool zeroAndNan(double zero, double nan) { return zero == 0.0 && std::isnan(nan); }
Z timesMinusI(Z z) { return make(__imag__ z, -__real__ z); }

}  // namespace

Z sqrt(Z z) {
  if (!finite(z)) return ::csqrt(z);
  double x = __real__ z, y = __imag__ z;
  if (x == 0.0 && y == 0.0) return make(0.0, y);
  double ax = std::fabs(x), ay = std::fabs(y), s;
  if (ax < DBL_MIN && ay < DBL_MIN) {
    ax = std::ldexp(ax, 53);
    s = std::ldexp(std::sqrt(ax + std::hypot(ax, std::ldexp(ay, 53))), -27);
  } else {
    ax /= 8.0;
    s = 2.0 * std::sqrt(ax + std::hypot(ax, ay / 8.0));
  }
  double d = ay / (2.0 * s);
  return x >= 0.0 ? make(s, std::copysign(d, y)) : make(d, std::copysign(s, y));
}

Z acos(Z z) {
  double x = __real__ z, y = __imag__ z;
  if (std::isinf(x) && std::isnan(y)) return make(NAN, HUGE_VAL);
  if (!finite(z)) return ::cacos(plainNan(z));
  if (large(z)) {
    double part = logTwice(z);
    return make(std::atan2(std::fabs(y), x), x < 0.0 ? -std::copysign(part, y) : std::copysign(part, -y));
  }
  Z p = sqrt(make(1.0 - x, -y)), q = sqrt(make(1.0 + x, y));
  return make(2.0 * std::atan2(__real__ p, __real__ q), std::asinh(__real__ q * __imag__ p - __imag__ q * __real__ p));
}

Z acosh(Z z) {
  double x = __real__ z, y = __imag__ z;
  if (zeroAndNan(x, y)) return make(NAN, NAN);
  if (!finite(z)) return ::cacosh(plainNan(z));
  if (large(z)) return make(logTwice(z), std::atan2(y, x));
  Z p = sqrt(make(x - 1.0, y)), q = sqrt(make(x + 1.0, y));
  return make(std::asinh(__real__ p * __real__ q + __imag__ p * __imag__ q), 2.0 * std::atan2(__imag__ p, __real__ q));
}

Z asinh(Z z) {
  if (!finite(z)) return ::casinh(plainNan(z));
  double x = __real__ z, y = __imag__ z;
  if (large(z)) {
    double part = logTwice(z);
    return make(y >= 0.0 ? std::copysign(part, x) : -std::copysign(part, -x), std::atan2(y, std::fabs(x)));
  }
  Z p = sqrt(make(1.0 + y, -x)), q = sqrt(make(1.0 - y, x));
  return make(std::asinh(__real__ p * __imag__ q - __real__ q * __imag__ p),
              std::atan2(y, __real__ p * __real__ q - __imag__ p * __imag__ q));
}

Z asin(Z z) { return timesMinusI(asinh(timesI(z))); }

Z atanh(Z z) {
  if (!finite(z)) return ::catanh(plainNan(z));
  double x = __real__ z, y = __imag__ z;
  if (x < 0.0 || (x == 0.0 && std::signbit(x))) {
    Z r = atanh(make(-x, -y));
    return make(-__real__ r, -__imag__ r);
  }
  double ay = std::fabs(y);
  if (x > kSqrtLarge || ay > kSqrtLarge) {
    double h = std::hypot(x / 2.0, y / 2.0);
    return make(x / 4.0 / h / h, -std::copysign(M_PI / 2.0, -y));
  }
  if (x == 1.0 && ay < kSqrtSmall) {
    if (ay == 0.0) return make(HUGE_VAL, y);
    return make(-std::log(std::sqrt(ay) / std::sqrt(std::hypot(ay, 2.0))), std::copysign(std::atan2(2.0, -ay) / 2.0, y));
  }
  double gap = 1.0 - x;
  return make(std::log1p(4.0 * x / (gap * gap + ay * ay)) / 4.0, -std::atan2(-2.0 * y, gap * (1.0 + x) - ay * ay) / 2.0);
}

Z atan(Z z) { return timesMinusI(atanh(timesI(z))); }

Z cosh(Z z) {
  double x = __real__ z, y = __imag__ z;
  if (zeroAndNan(y, x)) return make(NAN, 0.0);
  if (!finite(z)) return ::ccosh(plainNan(z));
  if (std::fabs(x) > kLogLarge) {
    double less = x - std::copysign(1.0, x);
    return make(std::cos(y) * std::cosh(less) * M_E, std::sin(y) * std::sinh(less) * M_E);
  }
  return make(std::cos(y) * std::cosh(x), std::sin(y) * std::sinh(x));
}

Z cos(Z z) { return cosh(timesI(z)); }

Z sinh(Z z) {
  double x = __real__ z, y = __imag__ z;
  if (zeroAndNan(x, y)) return make(0.0, NAN);
  if (!finite(z)) return ::csinh(plainNan(z));
  if (std::fabs(x) > kLogLarge) {
    double less = x - std::copysign(1.0, x);
    return make(std::cos(y) * std::sinh(less) * M_E, std::sin(y) * std::cosh(less) * M_E);
  }
  return make(std::cos(y) * std::sinh(x), std::sin(y) * std::cosh(x));
}

Z sin(Z z) { return timesMinusI(sinh(timesI(z))); }

Z exp(Z z) {
  double x = __real__ z, y = __imag__ z;
  if (std::isinf(x) && x < 0.0 && !std::isfinite(y)) return make(0.0, 0.0);
  if (!finite(z)) return ::cexp(plainNan(z));
  if (x > kLogLarge) {
    double length = std::exp(x - 1.0);
    return make(length * std::cos(y) * M_E, length * std::sin(y) * M_E);
  }
  double length = std::exp(x);
  return make(length * std::cos(y), length * std::sin(y));
}

Z log(Z z) {
  if (!finite(z)) return ::clog(z);
  double ax = std::fabs(__real__ z), ay = std::fabs(__imag__ z), real;
  if (large(z)) {
    real = std::log(std::hypot(ax / 2.0, ay / 2.0)) + M_LN2;
  } else if (ax < DBL_MIN && ay < DBL_MIN) {
    if (ax == 0.0 && ay == 0.0) {
      real = -HUGE_VAL;
    } else {
      real = std::log(std::hypot(std::ldexp(ax, 53), std::ldexp(ay, 53))) - 53 * M_LN2;
    }
  } else {
    double h = std::hypot(ax, ay);
    if (0.71 <= h && h <= 1.73) {  // near 1 the logarithm of h would lose digits
      double more = ax > ay ? ax : ay, less = ax > ay ? ay : ax;
      real = std::log1p((more - 1) * (more + 1) + less * less) / 2.0;
    } else {
      real = std::log(h);
    }
  }
  return make(real, std::atan2(__imag__ z, __real__ z));
}

Z log10(Z z) {
  Z r = log(z);
  return make(__real__ r / M_LN10, __imag__ r / M_LN10);
}

Z tanh(Z z) {
  double x = __real__ z, y = __imag__ z;
  if (zeroAndNan(x, y)) return make(NAN, NAN);
  if (std::isinf(x) && std::isinf(y)) return make(std::copysign(1.0, x), 0.0);
  if (!finite(z)) return ::ctanh(plainNan(z));
  if (std::fabs(x) > kLogLarge) {
    return make(std::copysign(1.0, x), 4.0 * std::sin(y) * std::cos(y) * std::exp(-2.0 * std::fabs(x)));
  }
  double tx = std::tanh(x), ty = std::tan(y), cx = 1.0 / std::cosh(x);
  double product = tx * ty, denominator = 1.0 + product * product;
  return make(tx * (1.0 + ty * ty) / denominator, ty / denominator * cx * cx);
}

Z tan(Z z) { return timesMinusI(tanh(timesI(z))); }

}  // namespace krait::cmath
