// math: gamma functions by Lanczos' approximation, exact sums, Euclidean norms.
//
// CPython computes these itself rather than through libm; to agree in the last digit we use the same mathematics: the
// rational Lanczos approximation with g = 6.0246800407767296 and 13 terms (Boost's lanczos13m53), Shewchuk's partial sums, and norms
// with the squares split and summed in double length.
#include <cmath>
#include <cstring>
#include "runtime/memory/memory.h"
#include "runtime/modules/math.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/iteration.h"
#include "runtime/protocols/protocols.h"

namespace krait {
namespace {

Ref<> boxed(double d) { return steal(Value::fromDouble(d)); }

// ---- gamma ----

constexpr double kLanczosG = 6.024680040776729583740234375;
constexpr double kLanczosGMinusHalf = 5.524680040776729583740234375;
constexpr int kLanczosTerms = 13;
constexpr double kNumerators[kLanczosTerms] = {
    23531376880.410759688572007674451636754734846804940, 42919803642.649098768957899047001988850926355848959,
    35711959237.355668049440185451547166705960488635843, 17921034426.037209699919755754458931112671403265390,
    6039542586.3520280050642916443072979210699388420708, 1439720407.3117216736632230727949123939715485786372,
    248874557.86205415651146038641322942321632125127801, 31426415.585400194380614231628318205362874684987640,
    2876370.6289353724412254090516208496135991145378768, 186056.26539522349504029498971604569928220784236328,
    8071.6720023658162106380029022722506138218516325024, 210.82427775157934587250973392071336271166969580291,
    2.5066282746310002701649081771338373386264310793408};
constexpr double kDenominators[kLanczosTerms] = {0.0,       39916800.0, 120543840.0, 150917976.0, 105258076.0, 45995730.0, 13339535.0,
                                                 2637558.0, 357423.0,   32670.0,     1925.0,      66.0,        1.0};

double lanczosSum(double x) {
  double numerator = 0.0, denominator = 0.0;
  if (x < 5.0) {
    for (int i = kLanczosTerms; --i >= 0;) {
      numerator = numerator * x + kNumerators[i];
      denominator = denominator * x + kDenominators[i];
    }
  } else {  // in powers of 1/x, so that large x does not overflow
    for (int i = 0; i < kLanczosTerms; ++i) {
      numerator = numerator / x + kNumerators[i];
      denominator = denominator / x + kDenominators[i];
    }
  }
  return numerator / denominator;
}

// sin(pi * x) for positive x, exact at integers.
double sinPi(double x) {
  double y = std::fmod(std::fabs(x), 2.0);
  double r;
  switch (int(std::round(2.0 * y))) {
    case 0: r = std::sin(M_PI * y); break;
    case 1: r = std::cos(M_PI * (y - 0.5)); break;
    case 2: r = std::sin(M_PI * (1.0 - y)); break;
    case 3: r = -std::cos(M_PI * (y - 1.5)); break;
    default: r = std::sin(M_PI * (y - 2.0)); break;
  }
  return std::copysign(1.0, x) * r;
}

enum class Outcome { kGood, kDomain, kRange };

Outcome gammaOf(double x, double* out) {
  if (!std::isfinite(x)) {
    *out = x;
    return std::isnan(x) || x > 0.0 ? Outcome::kGood : Outcome::kDomain;
  }
  if (x == 0.0) return Outcome::kDomain;
  if (x == std::floor(x)) {
    if (x < 0.0) return Outcome::kDomain;
    if (x <= 23.0) {
      double product = 1.0;
      for (int i = 2; i < int(x); ++i) product *= i;  // exact below 2**53 times powers of two
      *out = product;
      return Outcome::kGood;
    }
  }
  double absolute = std::fabs(x);
  if (absolute < 1e-20) {
    *out = 1.0 / x;
    return std::isinf(*out) ? Outcome::kRange : Outcome::kGood;
  }
  if (absolute > 200.0) {
    if (x > 0.0) return Outcome::kRange;
    *out = 0.0 / sinPi(x);
    return Outcome::kGood;
  }
  double y = absolute + kLanczosGMinusHalf;
  // z: the rounding error of y
  double z;
  if (absolute > kLanczosGMinusHalf) {
    double q = y - absolute;
    z = q - kLanczosGMinusHalf;
  } else {
    double q = y - kLanczosGMinusHalf;
    z = q - absolute;
  }
  z = z * kLanczosG / y;
  double r;
  if (x < 0.0) {
    r = -M_PI / sinPi(absolute) / absolute * std::exp(y) / lanczosSum(absolute);
    r -= z * r;
    if (absolute < 140.0) {
      r /= std::pow(y, absolute - 0.5);
    } else {
      double root = std::pow(y, absolute / 2.0 - 0.25);
      r /= root;
      r /= root;
    }
  } else {
    r = lanczosSum(absolute) / std::exp(y);
    r += z * r;
    if (absolute < 140.0) {
      r *= std::pow(y, absolute - 0.5);
    } else {
      double root = std::pow(y, absolute / 2.0 - 0.25);
      r *= root;
      r *= root;
    }
  }
  *out = r;
  return std::isinf(r) ? Outcome::kRange : Outcome::kGood;
}

Outcome logGammaOf(double x, double* out) {
  if (!std::isfinite(x)) {
    *out = std::isnan(x) ? x : HUGE_VAL;
    return Outcome::kGood;
  }
  if (x == std::floor(x) && x <= 2.0) {
    *out = 0.0;
    return x <= 0.0 ? Outcome::kDomain : Outcome::kGood;
  }
  double absolute = std::fabs(x);
  if (absolute < 1e-20) {
    *out = -std::log(absolute);
    return Outcome::kGood;
  }
  double r = std::log(lanczosSum(absolute)) - kLanczosG;
  r += (absolute - 0.5) * (std::log(absolute + kLanczosG - 0.5) - 1);
  constexpr double kLogPi = 1.144729885849400174143427351353058711647;
  if (x < 0.0) r = kLogPi - std::log(std::fabs(sinPi(absolute))) - std::log(absolute) - r;
  *out = r;
  return std::isinf(r) ? Outcome::kRange : Outcome::kGood;
}

Ref<> special(Thread& t, Value v, Outcome (*f)(double, double*)) {
  double x, r = 0;
  if (!mathDouble(t, v, &x)) return kRaised;
  switch (f(x, &r)) {
    case Outcome::kGood: return boxed(canonicalNaN(r));
    case Outcome::kDomain: return mathDomainError(t);
    default: return mathRangeError(t);
  }
}

}  // namespace

Ref<> mathGamma(Thread& t, Value, Value x) { return special(t, x, gammaOf); }
Ref<> mathLgamma(Thread& t, Value, Value x) { return special(t, x, logGammaOf); }

// ---- sums ----

// Shewchuk: the partial sums never overlap, so that together they hold the exact sum; at the end it is rounded once, half to even.
Ref<> mathFsum(Thread& t, Value, Value iterable) {
  double local[32];
  double* partials = local;
  int64_t count = 0, room = 32;
  double special_sum = 0.0, infinite_sum = 0.0;
  Iteration items(t, iterable);
  Ref<> result;
  while (Ref<> item = items.next()) {
    double x;
    if (!mathDouble(t, item, &x)) break;
    double original = x;
    int64_t kept = 0;
    for (int64_t j = 0; j < count; ++j) {
      double y = partials[j];
      if (std::fabs(x) < std::fabs(y)) std::swap(x, y);
      double high = x + y;
      double low = y - (high - x);
      if (low != 0.0) partials[kept++] = low;
      x = high;
    }
    count = kept;
    if (x == 0.0) continue;
    if (!std::isfinite(x)) {
      if (std::isfinite(original)) {
        (void)raise(t, exc::OverflowError, "intermediate overflow in fsum");
        break;
      }
      if (std::isinf(original)) infinite_sum += original;
      special_sum += original;
      count = 0;
      continue;
    }
    if (count == room) {
      double* grown = static_cast<double*>(allocateBuffer(size_t(room) * 2 * sizeof(double)));
      if (!grown) {
        (void)raiseNoMemory(t);
        break;
      }
      memcpy(grown, partials, size_t(count) * sizeof(double));
      if (partials != local) freeBuffer(partials);
      partials = grown;
      room *= 2;
    }
    partials[count++] = x;
  }
  if (!t.raised()) {
    double high = 0.0, low = 0.0;
    if (special_sum != 0.0) {
      if (std::isnan(infinite_sum)) {
        (void)raise(t, exc::ValueError, "-inf + inf in fsum");
      } else {
        high = special_sum;
      }
    } else if (count > 0) {
      high = partials[--count];
      while (count > 0) {
        double x = high, y = partials[--count];
        high = x + y;
        low = y - (high - x);
        if (low != 0.0) break;
      }
      // Half-way cases: round towards what the remaining partials say.
      if (count > 0 && ((low < 0.0 && partials[count - 1] < 0.0) || (low > 0.0 && partials[count - 1] > 0.0))) {
        double y = low * 2.0, x = high + y;
        if (y == x - high) high = x;
      }
    }
    if (!t.raised()) result = boxed(canonicalNaN(high));
  }
  if (partials != local) freeBuffer(partials);
  return result;
}

// ---- norms ----

namespace {

// Adds x to a double-length sum: the error goes to `fraction`.
inline void addTo(double* sum, double* fraction, double x) {
  double old = *sum;
  *sum += x;
  *fraction += (old - *sum) + x;
}
inline void splitDouble(double x, double* high, double* low) {
  double scaled = x * 134217729.0;  // 2**27 + 1
  *high = scaled - (scaled - x);
  *low = x - *high;
}

double norm(const double* values, size_t count, double largest, bool found_nan) {
  if (std::isinf(largest)) return largest;
  if (found_nan) return NAN;
  if (largest == 0.0 || count <= 1) return largest;
  int exponent;
  (void)std::frexp(largest, &exponent);
  double sum = 1.0, fraction1 = 0.0, fraction2 = 0.0, fraction3 = 0.0;
  if (exponent < -1023) {  // the scale would overflow: divide by the largest
    for (size_t i = 0; i < count; ++i) {
      double x = values[i] / largest;
      addTo(&sum, &fraction1, x * x);
    }
    return largest * std::sqrt(sum - 1.0 + fraction1);
  }
  double scale = std::ldexp(1.0, -exponent);
  for (size_t i = 0; i < count; ++i) {
    double high, low;
    splitDouble(values[i] * scale, &high, &low);
    addTo(&sum, &fraction1, high * high);
    addTo(&sum, &fraction2, 2.0 * high * low);
    fraction3 += low * low;
  }
  double h = std::sqrt(sum - 1.0 + (fraction1 + fraction2 + fraction3));
  // One Newton step with the residual in double length.
  double high, low;
  splitDouble(h, &high, &low);
  addTo(&sum, &fraction1, -high * high);
  addTo(&sum, &fraction2, -2.0 * high * low);
  addTo(&sum, &fraction3, -low * low);
  double rest = sum - 1.0 + (fraction1 + fraction2 + fraction3);
  return (h + rest / (2.0 * h)) / scale;
}

// f(i) gives coordinate i as a double; false: raised.
template <class F>
Ref<> normOf(Thread& t, size_t count, F f) {
  double local[20];
  double* values = count <= 20 ? local : static_cast<double*>(allocateBuffer(count * sizeof(double)));
  if (!values) return raiseNoMemory(t);
  double largest = 0.0;
  bool found_nan = false, good = true;
  for (size_t i = 0; i < count && good; ++i) {
    double x;
    good = f(i, &x);
    if (!good) break;
    values[i] = std::fabs(x);
    found_nan |= std::isnan(values[i]);
    if (values[i] > largest) largest = values[i];
  }
  double result = good ? norm(values, count, largest, found_nan) : 0.0;
  if (values != local) freeBuffer(values);
  return good ? boxed(canonicalNaN(result)) : Ref<>();
}

}  // namespace

Ref<> mathHypot(Thread& t, Value, Args args) {
  if (args.keywords()) return raise(t, exc::TypeError, "math.hypot() takes no keyword arguments");
  return normOf(t, args.positional, [&](size_t i, double* x) { return mathDouble(t, args[i], x); });
}

Ref<> mathDist(Thread& t, Value, const Value* args) {
  Ref<Tuple> p = sequenceToTuple(t, args[0]);
  Ref<Tuple> q = p ? sequenceToTuple(t, args[1]) : Ref<Tuple>();
  if (!q) return kRaised;
  if (p->size != q->size) return raise(t, exc::ValueError, "both points must have the same number of dimensions");
  return normOf(t, size_t(p->size), [&](size_t i, double* x) {
    double a, b;
    if (!mathDouble(t, p->items[i], &a) || !mathDouble(t, q->items[i], &b)) return false;
    *x = a - b;
    return true;
  });
}

}  // namespace krait
