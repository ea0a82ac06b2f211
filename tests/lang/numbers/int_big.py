"""int beyond the machine word: multiplication and division of many limbs, text, powers, roots, bit operations."""


def fibonacci(n):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a


def isqrt(n):
    x = 1 << ((n.bit_length() + 1) // 2)
    while True:
        y = (x + n // x) // 2
        if y >= x:
            return x
        x = y


def digits_of_e(n):
    scale = 10 ** (n + 10)
    term = total = scale
    k = 1
    while term:
        term //= k
        total += term
        k += 1
    return str(total // 10**10)


f = fibonacci(2000)
print(f)
print(hash(f), hash(-f), hash(2**61 - 1), hash(2**61), hash(-1), hash(-(2**61 - 1)), hash(-2), hash(10**100))
print(digits_of_e(100))
print(isqrt(10**120), isqrt(2 * 10**100))

factorial = 1
for i in range(1, 301):
    factorial *= i
print(factorial)
for i in range(300, 0, -1):
    quotient, rest = divmod(factorial, i)
    assert rest == 0
    factorial = quotient
print(factorial)

for bits in (63, 64, 65, 127, 128, 129, 1000):
    n = (1 << bits) - 1
    print(bits, n * n % 1000000007, (n << 3) >> 5 == n >> 2, n & -n, n ^ (n >> 1), (~n).bit_length(), n.bit_length(), -n >> 7, -n & 0xFF)
    print(n // 3, -n // 3, n % -10, -n % 10, divmod(-n, 2**40))

a = 3**500
b = 7**200
for sign_a in (1, -1):
    for sign_b in (1, -1):
        q, r = divmod(sign_a * a, sign_b * b)
        print(q * sign_b * b + r == sign_a * a, r % 97, q % 97, abs(r) < b)
print((a * b) // b == a, (a + b) - b == a, a ** 3 % 1000007, pow(a, b, 10**20 + 39))
print(a & b, a | b == (a + b) - (a & b), a ^ b)
print(-a & b, -a | b, -a ^ b, ~a & ~b)

# Both sides of the boundary in one hot loop: a big value that shrinks to a small one and grows again.
value = 1
turns = 0
for i in range(4000):
    if value < 10**40:
        value = value * 37 + i
    else:
        value = value % 1009
        turns += 1
print(value, turns)

big = 10**50
total = 0
for i in range(3000):
    total += big // (i + 1) % 10
    big ^= i
print(total, big)
print(sum([10**20] * 50), max(10**20, 10**19), min(-10**20, 5), 10**20 == 1e20, 10**20 < 1e21, 2**53 + 1 > 2.0**53)
print(10**23 == 1e23, float(10**23) == 1e23, 2**1024 > 1e308, -2**1024 < float("-inf"), 2**1024 == float("inf"))
