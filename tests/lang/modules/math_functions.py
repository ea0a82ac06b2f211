"""math: every function at ordinary values and at its edges, with the errors; in hot loops with changing argument types."""

import math

inf, nan = math.inf, math.nan
VALUES = [0.0, -0.0, 0.5, 1.0, -1.0, 2.5, -3.7, 10.0, 100.5, 1e-300, 1e300, inf, -inf, nan, 5, -7, True, 10**20]
ONE = ["acos", "acosh", "asin", "asinh", "atan", "atanh", "cbrt", "ceil", "cos", "cosh", "degrees", "erf", "erfc", "exp", "exp2", "expm1", "fabs", "floor", "frexp", "gamma", "isfinite", "isinf", "isnan", "lgamma", "log", "log10", "log1p", "log2", "modf",
       "radians", "sin", "sinh", "sqrt", "tan", "tanh", "trunc", "ulp"]
TWO = ["atan2", "copysign", "fmod", "hypot", "nextafter", "pow", "remainder", "log"]


def show(value):
    if isinstance(value, float):
        return f"{value:.12g}"
    if isinstance(value, tuple):
        return "(" + ", ".join(map(show, value)) + ")"
    return repr(value) if not isinstance(value, int) or abs(value) < 10**30 else f"int of {value.bit_length()} bits"


for name in ONE:
    function = getattr(math, name)
    row = []
    for value in VALUES:
        try:
            row.append(show(function(value)))
        except (ValueError, OverflowError, TypeError) as error:
            row.append(f"{type(error).__name__}: {error}")
    print(name, row)
for name in TWO:
    function = getattr(math, name)
    row = []
    for a in (0.0, -0.0, 1.0, -2.5, inf, nan, 7):
        for b in (0.0, 2.0, -3.0, inf, -inf, nan, 10):
            try:
                row.append(show(function(a, b)))
            except (ValueError, OverflowError, ZeroDivisionError) as error:
                row.append(str(error))
    print(name, row)
for text in ["math.factorial(20)", "math.factorial(0)", "math.factorial(-1)", "math.factorial(1.5)", "math.gcd(12, 18)", "math.gcd()", "math.gcd(0, 5, 10)", "math.gcd(2**70, 2**65)", "math.lcm(4, 6)", "math.lcm(0, 3)", "math.comb(10, 3)", "math.comb(3, 10)", "math.comb(-1, 2)", "math.perm(5, 2)", "math.perm(5)",
             "math.isqrt(10**20)", "math.isqrt(-1)", "math.isqrt(2.0)", "math.fsum([0.1] * 10)", "math.fsum([1e100, 1, -1e100])", "math.fsum([])", "math.fsum(['a'])", "math.prod([1, 2, 3.5])", "math.prod([], start=5)", "math.dist((0, 0), (3, 4))", "math.dist((1,), (1, 2))", "math.hypot(1, 2, 3)", "math.hypot()",
             "math.isclose(1, 1 + 1e-10)", "math.isclose(1, 2, rel_tol=0.6)", "math.isclose(0, 1e-12, abs_tol=1e-9)", "math.isclose(1, 1, rel_tol=-1)", "math.ldexp(0.5, 10)", "math.ldexp(1, 5000)", "math.ldexp(1, 'a')", "math.log(8, 2)", "math.log(10**400)", "math.log(0)", "math.log(-1)", "math.log(10, 1)", "math.log2(2**1000)",
             "math.floor(-0.5), math.ceil(-0.5), math.trunc(-0.5)", "math.floor(1e300) % 10", "math.floor(inf)", "math.ceil(nan)", "math.floor('a')", "math.sqrt('a')", "math.sqrt(None)", "math.sqrt()", "math.sqrt(1, 2)", "math.sqrt(10**400)", "math.pi, math.e, math.tau", "math.sumprod", "math.nothing", "math.pow(2, 3)", "math.pow(0, -1)"]:
    try:
        print(text, "=", repr(eval(text)))
    except Exception as error:
        print(text, type(error).__name__, error)


class F:
    def __float__(self):
        return 2.25

    def __floor__(self):
        return "floor"

    def __ceil__(self):
        return "ceil"

    def __trunc__(self):
        return "trunc"

    def __index__(self):
        return 6


print(math.sqrt(F()), math.floor(F()), math.ceil(F()), math.trunc(F()), math.gcd(F(), 4), math.factorial(F()))


def hot(n):
    total = 0.0
    errors = 0
    values = [4.0, 9, True, -1.0, 2**60, "x"]
    for i in range(n):
        try:
            total += math.sqrt(values[i % 6]) + math.sin(i) * math.cos(i) + math.floor(i / 3) + math.hypot(i, 1)
        except (ValueError, TypeError):
            errors += 1
        if i == n // 2:
            values[5] = 1.5
    return f"{total:.9g}", errors


print(hot(3000))
