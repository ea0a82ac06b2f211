// Numbers of the constant folder: integers of any size over GMP, and float and complex arithmetic with Python's rules.
#pragma once

#include <gmp.h>

#include <optional>

#include "frontend/ast/constant.h"

namespace krait::frontend {

// An integer that frees itself.
class Integer {
 public:
  Integer() { mpz_init(value_); }
  explicit Integer(const Constant& constant);  // Int, BigInt, True or False
  ~Integer() { mpz_clear(value_); }
  Integer(const Integer&) = delete;
  Integer& operator=(const Integer&) = delete;

  mpz_ptr get() { return value_; }
  mpz_srcptr get() const { return value_; }
  int sign() const { return mpz_sgn(value_); }
  size_t bits() const { return sign() ? mpz_sizeinbase(value_, 2) : 0; }

  const Constant* toConstant(Arena& arena) const;
  // Rounded to nearest, ties to even; nothing when too large.
  std::optional<double> toDouble() const;

 private:
  mpz_t value_;
};

// left / right, correctly rounded; nothing on overflow. `right` is not zero.
std::optional<double> trueDivide(const Integer& left, const Integer& right);

// Nothing where Python raises ZeroDivisionError or OverflowError. A negative base with a fractional exponent is complex.
double floatFloorDivide(double left, double right);
double floatModulo(double left, double right);
std::optional<Constant> floatPower(double base, double exponent);

using ComplexPair = Constant::Pair;
ComplexPair complexProduct(ComplexPair left, ComplexPair right);
std::optional<ComplexPair> complexQuotient(ComplexPair left, ComplexPair right);
std::optional<ComplexPair> complexPower(ComplexPair base, ComplexPair exponent);

}  // namespace krait::frontend
