"""The iteration protocol: classes with __iter__ and __next__, sequences, iter() with a sentinel, errors in __next__."""


class Count:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        self.i = 0
        return self

    def __next__(self):
        if self.i >= self.n:
            raise StopIteration
        self.i += 1
        return self.i


class Iterable:
    def __init__(self, *items):
        self.items = items

    def __iter__(self):
        return iter(self.items)


class Sequence:
    def __init__(self, n):
        self.n = n

    def __getitem__(self, i):
        if i >= self.n:
            raise IndexError
        return i * i


class Failing:
    def __iter__(self):
        return self

    def __next__(self):
        self.n = getattr(self, "n", 0) + 1
        if self.n == 3:
            raise ValueError("in next")
        return self.n


class BadIter:
    def __iter__(self):
        return 5


class NoNext:
    def __iter__(self):
        return self


print(list(Count(3)), list(Iterable(1, "a")), list(Sequence(4)), [*Count(2)], sum(Count(10)), max(Sequence(5)), 9 in Sequence(5), 10 in Count(3), dict(zip("ab", Count(2))), tuple(Iterable()))
for kind in (Failing, BadIter, NoNext):
    try:
        print(list(kind()))
    except Exception as error:
        print(kind.__name__, type(error).__name__, error)
    try:
        for _ in kind():
            pass
    except Exception as error:
        print(kind.__name__, type(error).__name__, error)
source = iter([1, 2, 3])
print(next(source), list(source), next(source, "empty"), iter(source) is source, list(source))
values = iter([3, 1, 4, 1, 5, 0, 9])
print(list(iter(lambda: next(values), 0)), list(values))
print(list(iter(lambda: next(values), 0)))
try:
    iter(5, 0)
except TypeError as error:
    print(error)
for kind in ([1], (1,), "a", {1: 2}, {1}, range(1), b"a", enumerate([]), zip(), map(len, []), reversed([]), {}.items(), iter(lambda: 0, 0), (x for x in ())):
    print(type(iter(kind)).__name__, end=" ")
print()
i = iter([1, 2, 3, 4])
next(i)
print(i.__length_hint__(), list(i))
items = [1, 2]
i = iter(items)
print(next(i), next(i), next(i, "end"))
items.append(3)
print(next(i, "stays ended"))
d = {"a": 1}
i = iter(d)
next(i)
d["b"] = 2
try:
    next(i)
except RuntimeError as error:
    print(error)
print(list(zip(i := iter(range(6)), i)), list(map(lambda *a: a, "abc", range(2))), list(enumerate(Count(2), 5)), list(reversed(range(3))))


def all_kinds(n):
    sources = [lambda: Count(3), lambda: Iterable(1.5, 2), lambda: Sequence(3), lambda: [1, 2, 3], lambda: (4, 5), lambda: {7: 0, 8: 0}, lambda: {9}, lambda: "12", lambda: range(3), lambda: map(abs, [-1, -2]), lambda: (x for x in (1, 2)), lambda: {1: 2}.values(), lambda: enumerate("a")]
    total = 0
    for k in range(n):
        for x in sources[k % 13]():
            total += x if isinstance(x, (int, float)) else len(x)
    return total


def failing(n):
    errors = total = 0
    for i in range(n):
        try:
            for x in (Failing() if i % 3 else Count(i % 5)):
                total += x
        except ValueError:
            errors += 1
    return total, errors


def class_changes(n):
    """__next__ is replaced on the class in the middle of the loops that use it."""
    total = 0
    original = Count.__next__
    for i in range(n):
        for x in Count(4):
            total += x
        if i == n // 2:
            def slower(self):
                if self.i >= 2:
                    raise StopIteration
                self.i += 1
                return 0.5
            Count.__next__ = slower
    Count.__next__ = original
    return total


def manual(n):
    iterator = iter(range(n))
    total = 0
    while True:
        try:
            total += next(iterator)
        except StopIteration:
            return total


print(all_kinds(2600), failing(2000), class_changes(1500), manual(4000))
