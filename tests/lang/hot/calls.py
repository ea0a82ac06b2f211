"""Inlined calls: depth, defaults, closures, methods, constructors, rebinding of what is called, recursion inside of loops."""


def identity(x):
    return x


def add(a, b=1):
    return a + b


def level5(x):
    return x + 5


def level4(x):
    return level5(x) + 4


def level3(x):
    return level4(x) * 2


def level2(x):
    y = level3(x)
    return y - level3(1)


def level1(x):
    return level2(x) + level2(x + 1)


def early(x):
    if x % 3 == 0:
        return "three"
    for k in range(x % 5):
        if k == 2:
            return k
    return None


def chain(n):
    total = 0
    for i in range(n):
        total += level1(i) + add(i) + add(i, 2.5) + identity(i)
    return total


def returns_of_many_types(n):
    counts = {}
    for i in range(n):
        result = early(i)
        counts[result] = counts.get(result, 0) + 1
    return sorted(counts.items(), key=str)


def rebound(n):
    global add
    original = add
    total = 0
    for i in range(n):
        total += add(i)
        if i % 500 == 250:
            def add(a, b=i):
                return b
        elif i % 500 == 499:
            add = original
    add = original
    return total


def code_replaced(n):
    def f(x):
        return x + 1

    def g(x):
        return x * 100

    total = 0
    for i in range(n):
        total += f(i)
        if i == n // 2:
            f.__code__ = g.__code__
    return total


def defaults_replaced(n):
    def f(x, k=1):
        return x * k
    total = 0
    for i in range(n):
        total += f(i)
        if i == n // 3:
            f.__defaults__ = (0.5,)
        if i == 2 * n // 3:
            f.__defaults__ = (10**20,)
    return total


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, other):
        return Point(self.x + other.x, self.y + other.y)

    def length(self):
        return abs(self.x) + abs(self.y)


def short_lived(n):
    total = 0
    for i in range(n):
        p = Point(i, -i) + Point(1, 2.5 if i % 2 else 2)
        total += p.length()
    return total


def escaping(n):
    kept = []
    last = Point(0, 0)
    for i in range(n):
        p = Point(i, last.x)
        if i % 300 == 0:
            kept.append(p)
        last = p
    return [(p.x, p.y) for p in kept]


def factorial(n):
    return 1 if n <= 1 else n * factorial(n - 1)


def gcd(a, b):
    return a if b == 0 else gcd(b, a % b)


def recursion_inside(n):
    total = 0
    for i in range(n):
        total += factorial(i % 25) % 1000 + gcd(i, 360)
    return total


def arguments_change(n):
    def f(a, b):
        return a + b
    total = 0
    for i in range(n):
        x = f(i, 1) if i % 4 else f(i, 0.5)
        total += x
        s = f("a", "b") if i % 5 == 0 else f([1], [2])
        total += len(s)
    return total


def varargs(n):
    def f(*args, **kwargs):
        return sum(args) + len(kwargs)
    total = 0
    for i in range(n):
        total += f() + f(i) + f(i, 1, 2) + f(*range(i % 4)) + f(x=1, y=2) + f(1, **{"z": i})
    return total


def methods(n):
    class Acc:
        def __init__(self):
            self.n = 0

        def add(self, x):
            self.n += x
            return self

        @staticmethod
        def twice(x):
            return x * 2

        @classmethod
        def make(cls):
            return cls()

        @property
        def value(self):
            return self.n
    acc = Acc()
    bound = acc.add
    for i in range(n):
        acc.add(i).add(1)
        bound(acc.twice(2))
        if i % 1000 == 0:
            fresh = acc.make()
            fresh.add(acc.value)
            acc = fresh
    return acc.value, bound.__self__.value


def builtins_in_calls(n):
    total = 0
    for i in range(n):
        total += len(str(i)) + max(i, 5) + min(i, 2.5) + abs(-i) + ord(chr(i % 128)) + int(i / 2) + bool(i % 2) + sum((i, 1)) + isinstance(i, int) + hash(i) % 7 + round(i / 3)
    return total


for function in (chain, returns_of_many_types, rebound, code_replaced, defaults_replaced, short_lived, escaping, recursion_inside, arguments_change, varargs, methods, builtins_in_calls):
    print(function.__name__, function(3000))
