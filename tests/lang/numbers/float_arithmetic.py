"""float: operators, signed zero, infinities, NaN, comparisons with ints, methods, errors."""

import sys

inf = float("inf")
nan = float("nan")
VALUES = [0.0, -0.0, 1.0, -1.0, 0.5, 1.5, -2.5, 3.0, 1e-300, 5e-324, 1e300, -1e300, inf, -inf, nan, 0.1, 1e16, 2.0**53]


def table(name, function):
    row = []
    for a in VALUES:
        for b in VALUES:
            try:
                result = repr(function(a, b))
            except (ZeroDivisionError, OverflowError, ValueError) as error:
                result = f"{type(error).__name__}: {error}"
            row.append(result)
    print(name, len(set(row)), sorted(set(row)))


table("+", lambda a, b: a + b)
table("-", lambda a, b: a - b)
table("*", lambda a, b: a * b)
table("/", lambda a, b: a / b)
table("//", lambda a, b: a // b)
table("%", lambda a, b: a % b)
table("divmod", divmod)
table("<", lambda a, b: (a < b, a <= b, a == b, a != b, a > b, a >= b))
for a, b in [(2.0, 0.5), (2.0, -1074.0), (0.0, 0.0), (-8.0, 1 / 3), (0.0, -1.0), (-0.0, -3.0), (10.0, 400.0), (nan, 0.0), (1.0, nan), (inf, -1.0),
             (-1.0, inf), (0.5, inf), (2.0, 0.5), (-2.0, 3.0), (-2.0, 2.0)]:
    try:
        print(a, b, a ** b)
    except (ZeroDivisionError, OverflowError) as error:
        print(a, b, type(error).__name__, error)
for a in VALUES:
    print(repr(a), -a, +a, abs(a), bool(a), a.is_integer(), hash(a) if a == a else "nan", int(a) if abs(a) < 1e17 else "large")

print(1 == 1.0, 2**53 == 2.0**53, 2**53 + 1 == 2.0**53, 2**53 + 1 > 2.0**53, 1 < 1.5 < 2, 10**400 > 1e308, 10**400 < inf, -10**400 > -inf)
print(0.1 + 0.2, 0.1 * 3, 1 / 3, 2 / 3, 1e22 + 1, 1.1 + 2.2, 100 * 1.1, 5 // 0.3, 5 % 0.3, -5 % 0.3, 5 % -0.3, -7 // 2.0, 7 % -2.0)
print(min(0.0, -0.0), max(-0.0, 0.0), min(nan, 1.0), min(1.0, nan), sorted([3.0, 1.0, 2.0, -inf, inf]))
print(1.5.as_integer_ratio(), (-0.25).as_integer_ratio(), 0.1.as_integer_ratio(), 1.5.hex(), (-0.1).hex(), 5e-324.hex(), inf.hex(), 0.0.hex())
print(float.fromhex("0x1.8p+1"), float.fromhex("-0x.1p-4"), float.fromhex("inf"), float.fromhex("0x1p-1074"), 3.7.__trunc__(), 3.7.__floor__(), 3.2.__ceil__())
print(1.5.real, 1.5.imag, 1.5.conjugate(), 1.5.__eq__("a"), 1.5.__add__("a"), 1.5.__radd__(1), 1.5.__lt__(2))
print(sys.float_info.max, sys.float_info.epsilon, sys.float_info.min, sys.float_info.mant_dig)
for text in ["1.5 + 'a'", "1.5 // 0", "1.5 % 0.0", "1.5 / 0.0", "divmod(1.5, 0)", "1.5 < 'a'", "1.5 & 1", "~1.5", "1.5 << 1", "[1][1.0]", "1.5()", "1.5[0]",
             "inf.as_integer_ratio()", "nan.as_integer_ratio()", "(1.5).foo", "1e308 * 10", "10.0 ** 400", "float.fromhex('x')", "round(inf)", "round(nan)", "int(inf)"]:
    try:
        print(text, "=", eval(text))
    except Exception as error:
        print(text, type(error).__name__, error)


def series(n):
    """Ints and floats meet; the accumulator changes its type in the middle of the hot loop."""
    total = 0
    for i in range(1, n):
        if i < n // 2:
            total += i
        else:
            total += 1 / i
    return total


def newton(x):
    guess = x / 2 or 1.0
    for _ in range(60):
        guess = (guess + x / guess) / 2
    return guess


def logistic(n):
    x = 0.3
    for _ in range(n):
        x = 3.9 * x * (1.0 - x)
    return x


def grows_to_infinity(n):
    x = 1.0
    seen = 0
    for _ in range(n):
        x *= 1.5
        if x == inf:
            seen += 1
            x = 1.0
        elif x - x != 0:
            seen += 1000
    return x, seen


def nan_in_a_loop(n):
    low = high = other = 0
    values = [1.0, nan, -1.0, inf, -inf, 0.0, -0.0]
    for i in range(n):
        x = values[i % 7]
        if x < 0:
            low += 1
        elif x >= 0:
            high += 1
        else:
            other += 1
    return low, high, other


def divides(n):
    total = 0.0
    zeros = 0
    for i in range(n):
        try:
            total += 1.0 / (i % 10)
        except ZeroDivisionError:
            zeros += 1
    return total, zeros


print(series(4000), newton(2.0), newton(1e10), logistic(3000), grows_to_infinity(5000), nan_in_a_loop(4000), divides(4000))
