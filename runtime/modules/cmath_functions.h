// Complex elementary functions for finite arguments, as Kahan gives them ("Branch cuts for complex elementary functions"); for
// infinities and NaNs C's Annex G, through libm.
#pragma once

namespace krait::cmath {

using Z = _Complex double;

inline Z make(double real, double imaginary) {
  Z z;
  __real__ z = real;
  __imag__ z = imaginary;
  return z;
}

Z acos(Z z);
Z acosh(Z z);
Z asin(Z z);
Z asinh(Z z);
Z atan(Z z);
Z atanh(Z z);
Z cos(Z z);
Z cosh(Z z);
Z exp(Z z);
Z log(Z z);
Z log10(Z z);
Z sin(Z z);
Z sinh(Z z);
Z sqrt(Z z);
Z tan(Z z);
Z tanh(Z z);

}  // namespace krait::cmath
