// What the files of the math module share.
#pragma once
#include "runtime/core/error.h"

namespace krait {

Raised mathDomainError(Thread& t);
Raised mathRangeError(Thread& t);
// An argument as double; false: raised.
[[nodiscard]] bool mathDouble(Thread& t, Value v, double* out);

// math_integer.cpp
Ref<> mathFactorial(Thread& t, Value module, Value n);
Ref<> mathComb(Thread& t, Value module, const Value* args);
Ref<> mathPerm(Thread& t, Value module, const Value* args);
Ref<> mathIsqrt(Thread& t, Value module, Value n);
Ref<> mathGcd(Thread& t, Value module, const Value* args);
Ref<> mathLcm(Thread& t, Value module, const Value* args);
// math_special.cpp
Ref<> mathGamma(Thread& t, Value module, Value x);
Ref<> mathLgamma(Thread& t, Value module, Value x);
Ref<> mathFsum(Thread& t, Value module, Value iterable);
Ref<> mathHypot(Thread& t, Value module, Args args);
Ref<> mathDist(Thread& t, Value module, const Value* args);

}  // namespace krait
