"""Unpacking: targets of every form, stars, nesting, order of evaluation, iterators, errors."""


def attempt(code):
    names = {}
    try:
        exec(code, names)
        names.pop("__builtins__")
        print(code, "->", {k: v for k, v in names.items() if k in "abcdxyz"})
    except Exception as error:
        print(code, "!", type(error).__name__ + ":", error)


for code in """
a, b = 1, 2
a, b = [1, 2]
a, b = 'xy'
a, b = {1: 2, 3: 4}
a, b = (x for x in (1, 2))
a, = [5]
[a, b] = 1, 2
(a, (b, c)) = 1, (2, 3)
a, (b, *c), d = 1, (2, 3, 4), 5
a, *b = [1, 2, 3]
*a, b = [1, 2, 3]
a, *b, c = [1, 2]
a, *b, c = 'hello'
*a, = 'ab'
[*a] = range(3)
a = b = c = [1]
a, b = b, a = 1, 2
a, b = 1
a, b = 1, 2, 3
a, b = [1]
a, b = []
a, b, c = 1, 2
a, *b, c = [1]
a, b = 5
a, b = None
*a, b = []
a, b = {1, 2, 3} and (1, 2)
(a, b), c = [1, 2], 3
(a, b), c = 1, 2
a, b = range(3)
a, b = iter([1])
() = []
() = [1]
[] = ()
a, *(b, c) = 1, 2, 3
a[0], b = 1, 2
x = [0, 0]; i = 0; i, x[i] = 1, 9; a = x
x = [1, 2]; x[0], x[1] = x[1], x[0]; a = x
for a, (b, c) in [(1, (2, 3)), (4, (5, 6))]: pass
for a, *b in [(1, 2, 3), 'xyz']: pass
for a, b in [1]: pass
a = [*'ab', *(1, 2)]; b = (*a, 3); c = {*a, *b} == {'a', 'b', 1, 2, 3}; d = {**{'k': 1}, 'l': 2}
a = *b, = 1, 2
a = 1, *[2, 3], 4
a = [x for x, *y in [(1, 2, 3), (4,)]]
a, b = lambda: 1, 2; a = a()
""".strip().splitlines():
    attempt(code)


class Loud:
    def __setitem__(self, key, value):
        print("set", key, value)

    def __setattr__(self, name, value):
        print("attr", name, value)


def say(x):
    print("eval", x)
    return x


loud = Loud()
loud[say(1)], loud.a, loud[say(2)] = say("p"), say("q"), say("r")


class Fussy:
    """An iterator that fails at its third item."""

    def __init__(self):
        self.n = 0

    def __iter__(self):
        return self

    def __next__(self):
        self.n += 1
        if self.n == 3:
            raise ValueError("third")
        return self.n


for code in ("a, b = Fussy()", "a, b, c = Fussy()", "a, *b = Fussy()"):
    try:
        exec(code)
        print("fine")
    except ValueError as error:
        print(code, type(error).__name__, error)


def rolling(n):
    a, b, c, d = 0, 1, 2, 3
    for i in range(n):
        a, b, c, d = b, c, d, (a + d) % 1009
        (a, b), (c, d) = (c, d), (a, b)
        first, *rest = a, b, c
        if i == n // 2:
            a = a / 2
    return a, b, c, d, first, rest


def mixed(n):
    sources = [(1, 2), [3, 4], "56", {7: 0, 8: 0}, range(9, 11), (x for x in ())]
    total = 0
    errors = []
    for i in range(n):
        try:
            a, b = sources[i % 6]
        except ValueError as error:
            errors.append(str(error))
        else:
            total += int(a) * 10 + int(b)
    return total, len(errors), errors[0]


def wrong_lengths(n):
    counts = {}
    for i in range(n):
        try:
            a, b, c = range(i % 6)
            result = "fine"
        except ValueError as error:
            result = str(error)
        counts[result] = counts.get(result, 0) + 1
    return counts


print(rolling(3000), mixed(3000), wrong_lengths(3000))
