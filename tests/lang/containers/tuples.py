"""tuple: literals, operators, methods, hashing, comparison, nesting; swapping and returning tuples in hot loops."""


def attempt(text):
    try:
        print(text, "=", repr(eval(text)))
    except Exception as error:
        print(text, "!", type(error).__name__ + ":", error)


for text in """
()
(1,)
(1, 2)
1, 2
(1)
tuple()
tuple('abc')
tuple([1, 2])
tuple(x for x in (1, 2))
tuple(5)
(1, 2) + (3,)
(1, 2) + [3]
(1, 2) * 2
2 * (1,)
(1,) * -5
(1, 2)[0]
(1, 2)[-1]
(1, 2)[2]
(1, 2)[1:]
(1, 2, 3)[::-1]
(1, 2)['a']
(1, 2) == (1, 2)
(1, 2) == [1, 2]
(1, 2) < (1, 3)
(1, 2) < (1, 2, 3)
(1, 'a') < (1, 2)
(1, 2) < [1]
() < (1,)
(1, 2).index(2)
(1, 2).index(3)
(1, 2, 1).count(1)
1 in (1, 2)
len((1, 2))
hash((1, 2)) == hash((1.0, 2))
hash(([],))
hash(()) == hash(tuple())
{(1, 2): 'x'}[1, 2]
((1, 2), (3, (4,)))
(1, 2).append(3)
tuple((1, 2)) is (1, 2) or True
(*'ab', *[1])
sorted([(2, 'b'), (1, 'z'), (2, 'a')])
max((1, 5), (2, 0))
(1, 2)(3)
repr((None, (True,), 'x'))
(1, 2) is not None
bool(()), bool((0,))
isinstance((), tuple), type((1,)) is tuple
list(zip(*[(1, 2), (3, 4)]))
divmod(7, 2) + (1,)
(lambda *a: a)(1, 2)
[(1, 2) for _ in range(2)]
""".strip().splitlines():
    attempt(text)

t = (1, [2])
try:
    t[1] += [3]
except TypeError as error:
    print(error, t)
try:
    t[0] = 5
except TypeError as error:
    print(error)
try:
    del t[0]
except TypeError as error:
    print(error)
u = t
t += (4,)
print(t, u, t is u, tuple(t) is t, t[:] is t, t * 1 is t)
print(hash((1, 2, 3)), hash(()), hash((1, (2, 3))), hash((-1, 0, 1)), hash((10**20, 1.5, True)))


class Pair(tuple):
    def __new__(cls, a, b):
        return super().__new__(cls, (a, b))

    @property
    def first(self):
        return self[0]

    def __repr__(self):
        return "Pair" + super().__repr__()


p = Pair(1, 2)
print(p, p.first, p == (1, 2), p + (3,), hash(p) == hash((1, 2)), {(1, 2): "found"}[p], p[::-1], len(p), isinstance(p, tuple))


def swaps(n):
    a, b, c = 1, 2, 3
    for i in range(n):
        a, b = b, a + i % 5
        a, b, c = c, a, b
        if i == n // 2:
            a, c = a / 2, float(c)
    return a, b, c


def minmax(items):
    low = high = items[0]
    for item in items:
        low, high = (item, high) if item < low else (low, item) if item > high else (low, high)
    return low, high


def returned(n):
    def both(x):
        return x // 3, x % 3
    total = 0
    for i in range(n):
        q, r = both(i)
        total += q * 3 + r == i
        total += both(i)[1]
    return total


def keys(n):
    table = {}
    for i in range(n):
        key = (i % 7, i % 3) if i % 2 else (i % 7, str(i % 3), None)
        table[key] = table.get(key, 0) + 1
    return len(table), sorted(table.values())[:5], table[1, 1]


def escapes(n):
    kept = []
    last = None
    for i in range(n):
        pair = (i, last and last[0])
        last = pair
        if i % 500 == 0:
            kept.append(pair)
    return kept


print(swaps(3000), minmax([i * 37 % 1009 for i in range(3000)]), returned(3000), keys(3000), escapes(3000))
