"""Hot arithmetic loops: accumulators of every type, changes of type in the middle, overflow out of the word and back."""


def ints(n):
    s = i = 0
    x = 3
    while i < n:
        s += i * x
        i += 1
    return s


def floats(n):
    s = 0.0
    i = 0
    while i < n:
        s += i * 0.5
        i += 1
    return s


def int_becomes_float(n):
    s = 0
    for i in range(n):
        s += 1 if i < n // 2 else 0.25
    return s, type(s).__name__


def float_becomes_int(n):
    s = 0.5
    for i in range(n):
        if i == n // 2:
            s = int(s)
        s += 1
    return s, type(s).__name__


def bool_and_int(n):
    s = True
    for i in range(n):
        s = s + (i % 3 == 0)
    return s


def to_big_and_back(n):
    x = 1
    peaks = 0
    for i in range(n):
        x *= 3
        if x > 2**200:
            x %= 1000003
            peaks += 1
    return x, peaks


def mixed_signs(n):
    total = 0
    for i in range(-n, n):
        total += i // 7 - i % 7 + (i >> 2) ^ (i & 12)
        total -= -i // 3 * (-i % 5)
    return total


def division(n):
    total = 0.0
    for i in range(1, n):
        total += i / (i + 1) + i // 2.5 + i % 2.5
    return total


def powers(n):
    total = 0
    for i in range(n):
        total += i ** 2 + i ** 0.5 + (i % 5) ** (i % 7) + 2 ** -(i % 3)
    return total


def wide_products(n):
    x = 12345
    total = 0
    for i in range(n):
        x = x * 6364136223846793005 % (2**61 - 1)
        total ^= x
    return total


def masked(n):
    h = 14695981039346656037
    for i in range(n):
        h = (h ^ (i & 255)) * 1099511628211 & 0xFFFFFFFFFFFFFFFF
    return h


def sums_beyond_the_word(n):
    total = 2**63 - n
    low = -2**63 + n
    for i in range(2 * n):
        total += 1
        low -= 1
    return total, low


def comparisons(n):
    count = 0
    values = [0, 1.0, True, 2**70, -1.5]
    for i in range(n):
        a, b = values[i % 5], values[i // 5 % 5]
        count += (a < b) + (a == b) * 2 + (a != b) * 3 + (a >= b) * 4
    return count


def several_accumulators(n):
    a, b, c, d = 0, 0.0, "", []
    for i in range(n):
        a += i
        b -= i / 3
        if i % 100 == 0:
            c += str(i % 10)
            d.append(a)
    return a, b, c, len(d), sum(d)


def negative_zero(n):
    z = 0.0
    flips = 0
    for i in range(n):
        z = -z
        if str(z) == "-0.0":
            flips += 1
        z = z * 1.0 + (-0.0 if i % 2 else 0.0) * 0
    return flips, z


def loop_invariants(n, k):
    total = 0
    for i in range(n):
        total += k * k + len("abc") + (k << 3) - k // 2
        if i == n // 2:
            k = k + 0
        if i == n * 3 // 4:
            k = k / 2
        if isinstance(k, float):
            k = 3
    return total


def unused_results(n):
    for i in range(n):
        i * i
        i + 1.5
        -i
        i == 5
        [i, (i,)]
        x = i
        x = x + 1
    return x


def divisor_becomes_zero(n):
    total = 0
    for i in range(n):
        try:
            total += 100 // (n - 10 - i)
            total += 5 % (n - 20 - i)
            total += 1 / (n - 30 - i)
        except ZeroDivisionError as error:
            total += len(str(error))
    return total


N = 4000
for function in (ints, floats, int_becomes_float, float_becomes_int, bool_and_int, to_big_and_back, mixed_signs, division, powers, wide_products, masked, sums_beyond_the_word, comparisons, several_accumulators, negative_zero,
                 unused_results, divisor_becomes_zero):
    print(function.__name__, function(N), function(10), function(N) == function(N))
print(loop_invariants(N, 7), ints(20000), floats(20000))
