// math functions of integers, over GMP.
#include <cmath>
#include <numeric>
#include "runtime/modules/math.h"
#include "runtime/objects/int_internal.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/protocols.h"

namespace krait {
namespace {

constexpr long long kMostIndex = INT64_MAX;

class Mpz {
 public:
  Mpz() { mpz_init(z_); }
  ~Mpz() { mpz_clear(z_); }
  Mpz(const Mpz&) = delete;
  operator mpz_ptr() { return z_; }

 private:
  mpz_t z_;
};

}  // namespace

Ref<> mathFactorial(Thread& t, Value, Value n_value) {
  Ref<> n = toIndexValue(t, n_value);
  if (!n) return kRaised;
  if (intSign(n) < 0) return raise(t, exc::ValueError, "factorial() not defined for negative values");
  int64_t number;
  if (!intFits64(n, &number)) return raise(t, exc::OverflowError, "factorial() argument should not exceed %lld", kMostIndex);
  static const int64_t kSmall[] = {1, 1, 2, 6, 24, 120, 720, 5040, 40320, 362880, 3628800, 39916800, 479001600, 6227020800, 87178291200};
  if (number < int64_t(sizeof kSmall / sizeof kSmall[0])) return newInt(t, kSmall[number]);
  if (number > (int64_t(1) << 32)) return raiseNoMemory(t);
  Mpz result;
  mpz_fac_ui(result, static_cast<unsigned long>(number));
  return newIntFromMpz(t, result);
}

Ref<> mathComb(Thread& t, Value, const Value* args) {
  Ref<> n = toIndexValue(t, args[0]);
  Ref<> k = n ? toIndexValue(t, args[1]) : Ref<>();
  if (!k) return kRaised;
  if (intSign(n) < 0) return raise(t, exc::ValueError, "n must be a non-negative integer");
  if (intSign(k) < 0) return raise(t, exc::ValueError, "k must be a non-negative integer");
  Ref<> other = intSubtract(t, n, k);
  if (!other) return kRaised;
  if (intSign(other) < 0) return steal(Value::fromInt(0));
  if (intCompare(other, k) < 0) k = std::move(other);
  int64_t least;
  if (!intFits64(k, &least)) return raise(t, exc::OverflowError, "min(n - k, k) must not exceed %lld", kMostIndex);
  Mpz result;
  mpz_t base;
  Digits digits(n);
  readOnly(base, digits);
  mpz_bin_ui(result, base, static_cast<unsigned long>(least));
  return newIntFromMpz(t, result);
}

Ref<> mathPerm(Thread& t, Value module, const Value* args) {
  if (args[1].isNone()) return mathFactorial(t, module, args[0]);
  Ref<> n = toIndexValue(t, args[0]);
  Ref<> k = n ? toIndexValue(t, args[1]) : Ref<>();
  if (!k) return kRaised;
  if (intSign(n) < 0) return raise(t, exc::ValueError, "n must be a non-negative integer");
  if (intSign(k) < 0) return raise(t, exc::ValueError, "k must be a non-negative integer");
  if (intCompare(n, k) < 0) return steal(Value::fromInt(0));
  int64_t factors;
  if (!intFits64(k, &factors)) return raise(t, exc::OverflowError, "k must not exceed %lld", kMostIndex);
  // The product of n, n-1, ..., halves first, so that operands are of like size.
  struct Product {
    static Ref<> of(Thread& t, Value first, int64_t count) {
      if (count == 0) return steal(Value::fromInt(1));
      if (count == 1) return share(first);
      int64_t half = count / 2;
      Ref<> high = of(t, first, half);
      Ref<> middle = high ? intSubtract(t, first, Value::fromInt(half)) : Ref<>();
      Ref<> low = middle ? of(t, middle, count - half) : Ref<>();
      return low ? intMultiply(t, high, low) : Ref<>();
    }
  };
  return Product::of(t, n, factors);
}

Ref<> mathIsqrt(Thread& t, Value, Value n_value) {
  Ref<> n = toIndexValue(t, n_value);
  if (!n) return kRaised;
  if (intSign(n) < 0) return raise(t, exc::ValueError, "isqrt() argument must be nonnegative");
  if (n.value().isInt()) {  // below 2**49: the double's root is exact enough to truncate
    return steal(Value::fromInt(int64_t(std::sqrt(double(n.value().asInt())))));
  }
  Digits digits(n);
  mpz_t number;
  readOnly(number, digits);
  Mpz root;
  mpz_sqrt(root, number);
  return newIntFromMpz(t, root);
}

namespace {

Ref<> gcdOf(Thread& t, Value a, Value b) {
  if (bothInts(a, b)) return newInt(t, std::gcd(a.asInt(), b.asInt()));
  Digits x(a), y(b);
  mpz_t p, q;
  readOnly(p, x);
  readOnly(q, y);
  Mpz result;
  mpz_gcd(result, p, q);
  return newIntFromMpz(t, result);
}

Ref<> lcmOf(Thread& t, Value a, Value b) {
  if (intSign(a) == 0 || intSign(b) == 0) return steal(Value::fromInt(0));
  Ref<> divisor = gcdOf(t, a, b);
  Ref<> factor = divisor ? intFloorDivide(t, a, divisor) : Ref<>();
  Ref<> product = factor ? intMultiply(t, factor, b) : Ref<>();
  return product ? intAbsolute(t, product) : Ref<>();
}

// Folds all arguments; each is converted even when the result is settled.
Ref<> fold(Thread& t, Value arguments, int64_t start, Ref<> (*f)(Thread&, Value, Value)) {
  Tuple* numbers = asTuple(arguments);
  Ref<> result = steal(Value::fromInt(start));
  for (int64_t i = 0; i < numbers->size; ++i) {
    Ref<> number = toIndexValue(t, numbers->items[i]);
    if (!number) return kRaised;
    result = i == 0 ? intAbsolute(t, number) : f(t, result, number);
    if (!result) return kRaised;
  }
  return result;
}

}  // namespace

Ref<> mathGcd(Thread& t, Value, const Value* args) { return fold(t, args[0], 0, gcdOf); }
Ref<> mathLcm(Thread& t, Value, const Value* args) { return fold(t, args[0], 1, lcmOf); }

}  // namespace krait
