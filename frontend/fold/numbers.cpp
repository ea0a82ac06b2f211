// Numbers of the constant folder: see numbers.h.
#include "frontend/fold/numbers.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace krait::frontend {

static_assert(GMP_NUMB_BITS == 64);

Integer::Integer(const Constant& constant) {
  mpz_init(value_);
  switch (constant.kind) {
    case Constant::Kind::True: mpz_set_ui(value_, 1); break;
    case Constant::Kind::Int: mpz_set_si(value_, constant.integer); break;
    case Constant::Kind::BigInt:
      mpz_import(value_, constant.big.count, -1, sizeof(uint64_t), 0, 0, constant.big.limbs);
      if (constant.big.negative) mpz_neg(value_, value_);
      break;
    default: break;
  }
}

const Constant* Integer::toConstant(Arena& arena) const {
  if (mpz_fits_slong_p(value_)) return arena.make<Constant>(Constant::ofInt(mpz_get_si(value_)));
  size_t count = mpz_size(value_);
  auto* limbs = static_cast<uint64_t*>(arena.allocate(count * sizeof(uint64_t), alignof(uint64_t)));
  std::memcpy(limbs, mpz_limbs_read(value_), count * sizeof(uint64_t));
  return arena.make<Constant>(Constant::ofBig(limbs, static_cast<uint32_t>(count), sign() < 0));
}

namespace {

// numerator / denominator (both positive), rounded once, whatever the size of the result.
std::optional<double> roundedQuotient(mpz_srcptr numerator, mpz_srcptr denominator) {
  constexpr long kPrecision = 53, kSmallestExponent = -1074;
  long exponent = static_cast<long>(mpz_sizeinbase(numerator, 2)) - static_cast<long>(mpz_sizeinbase(denominator, 2));
  // The quotient lies in (2^(exponent-1), 2^(exponent+1)). Two bits more than the precision decide the rounding.
  long shift = std::max(exponent - kPrecision - 2, kSmallestExponent - 2);
  Integer scaled, quotient, remainder;
  if (shift > 0) {
    mpz_mul_2exp(scaled.get(), denominator, shift);
    mpz_tdiv_qr(quotient.get(), remainder.get(), numerator, scaled.get());
  } else {
    mpz_mul_2exp(scaled.get(), numerator, -shift);
    mpz_tdiv_qr(quotient.get(), remainder.get(), scaled.get(), denominator);
  }
  // quotient * 2^shift has at most 56 bits; drop those beyond the precision, to even.
  long extra = std::max<long>(static_cast<long>(quotient.bits()) - kPrecision, kSmallestExponent - shift);
  uint64_t bits = mpz_get_ui(quotient.get());
  if (extra > 0) {
    uint64_t dropped = bits & ((1ull << extra) - 1), half = 1ull << (extra - 1);
    bool sticky = remainder.sign() != 0;
    bits >>= extra;
    if (dropped > half || (dropped == half && (sticky || (bits & 1)))) ++bits;
    shift += extra;
  }
  double result = std::ldexp(static_cast<double>(bits), static_cast<int>(std::min(shift, 100000l)));
  if (std::isinf(result)) return std::nullopt;
  return result;
}

}  // namespace

std::optional<double> Integer::toDouble() const {
  Integer one;
  mpz_set_ui(one.get(), 1);
  return trueDivide(*this, one);
}

std::optional<double> trueDivide(const Integer& left, const Integer& right) {
  bool negative = (left.sign() < 0) != (right.sign() < 0);
  if (left.sign() == 0) return negative ? -0.0 : 0.0;
  Integer numerator, denominator;
  mpz_abs(numerator.get(), left.get());
  mpz_abs(denominator.get(), right.get());
  std::optional<double> result = roundedQuotient(numerator.get(), denominator.get());
  if (result && negative) return -*result;
  return result;
}

double floatModulo(double left, double right) {
  double mod = std::fmod(left, right);
  if (mod == 0) return std::copysign(0.0, right);
  if ((right < 0) != (mod < 0)) mod += right;
  return mod;
}

double floatFloorDivide(double left, double right) {
  double mod = std::fmod(left, right);
  double quotient = (left - mod) / right;
  if (mod != 0 && (right < 0) != (mod < 0)) quotient -= 1.0;
  if (quotient == 0) return std::copysign(0.0, left / right);
  double floored = std::floor(quotient);
  if (quotient - floored > 0.5) floored += 1.0;
  return floored;
}

std::optional<Constant> floatPower(double base, double exponent) {
  if (base == 0 && exponent < 0) return std::nullopt;
  if (std::isfinite(base) && std::isfinite(exponent) && base < 0 && exponent != std::floor(exponent)) {
    std::optional<ComplexPair> result = complexPower({base, 0}, {exponent, 0});
    if (!result) return std::nullopt;
    return Constant::ofComplex(result->real, result->imag);
  }
  double result = std::pow(base, exponent);
  if (std::isinf(result) && std::isfinite(base) && std::isfinite(exponent)) return std::nullopt;
  return Constant::ofFloat(result);
}

ComplexPair complexProduct(ComplexPair left, ComplexPair right) {
  return {left.real * right.real - left.imag * right.imag, left.real * right.imag + left.imag * right.real};
}

// Smith's method: scale by the larger part of the divisor, so that nothing overflows on the way.
std::optional<ComplexPair> complexQuotient(ComplexPair left, ComplexPair right) {
  double abs_real = std::fabs(right.real), abs_imag = std::fabs(right.imag);
  if (abs_real >= abs_imag) {
    if (abs_real == 0) return std::nullopt;
    double ratio = right.imag / right.real;
    double denominator = right.real + right.imag * ratio;
    return ComplexPair{(left.real + left.imag * ratio) / denominator, (left.imag - left.real * ratio) / denominator};
  }
  if (abs_imag >= abs_real) {
    double ratio = right.real / right.imag;
    double denominator = right.real * ratio + right.imag;
    return ComplexPair{(left.real * ratio + left.imag) / denominator, (left.imag * ratio - left.real) / denominator};
  }
  double nan = std::nan("");
  return ComplexPair{nan, nan};
}

namespace {

ComplexPair complexPowerOfNatural(ComplexPair base, long exponent) {
  ComplexPair result{1, 0};
  for (long mask = 1; mask > 0 && exponent >= mask; mask <<= 1) {
    if (exponent & mask) result = complexProduct(result, base);
    base = complexProduct(base, base);
  }
  return result;
}

bool overflowed(ComplexPair value) { return std::isinf(value.real) || std::isinf(value.imag); }

}  // namespace

std::optional<ComplexPair> complexPower(ComplexPair base, ComplexPair exponent) {
  if (exponent.imag == 0 && exponent.real == std::floor(exponent.real) && std::fabs(exponent.real) <= 100) {
    long n = static_cast<long>(exponent.real);
    std::optional<ComplexPair> result = complexPowerOfNatural(base, std::labs(n));
    if (n <= 0) result = complexQuotient({1, 0}, *result);
    if (!result || overflowed(*result)) return std::nullopt;
    return result;
  }
  if (base.real == 0 && base.imag == 0) {
    if (exponent.imag != 0 || exponent.real < 0) return std::nullopt;
    return ComplexPair{0, 0};
  }
  double magnitude = std::hypot(base.real, base.imag);
  double length = std::pow(magnitude, exponent.real);
  double angle = std::atan2(base.imag, base.real);
  double phase = angle * exponent.real;
  if (exponent.imag != 0) {
    length /= std::exp(angle * exponent.imag);
    phase += exponent.imag * std::log(magnitude);
  }
  ComplexPair result{length * std::cos(phase), length * std::sin(phase)};
  if (overflowed(result)) return std::nullopt;
  return result;
}

}  // namespace krait::frontend
