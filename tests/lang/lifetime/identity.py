"""is and id(): equal ints and floats of one variable are one object at every size; what is new is never identical."""


def same(x):
    y = x
    return x is y and [x][0] is x and (x,)[0] is x and {0: x}[0] is x and (lambda v: v)(x) is x and id(x) == id(y)


print([same(x) for x in (0, 1, -5, 256, 257, -6, 2**31, 2**49, 2**50, 2**62, 2**63, 2**64, -2**70, 10**30, 1.5, 0.0, -0.0, 1e300, float("inf"), "a", "long string " * 3, None, True, (), (1,), [], {}, b"", b"x", ...)])


class Holder:
    pass


def through_storage(n):
    """x is x after a trip through lists, attributes, dicts, cells, tuples and calls, in a hot loop, for every kind of number."""
    holder = Holder()
    items = [None]
    table = {}
    wrong = 0
    for i in range(n):
        for x in (i, i * 1.5, i + 2**60, -(i + 2**80), str(i)):
            holder.v = x
            items[0] = x
            table["k"] = x
            pair = (x, i)
            if not (holder.v is x and items[0] is x and table["k"] is x and pair[0] is x and passes(x) is x):
                wrong += 1
            if holder.v is not items[0] or id(table["k"]) != id(x):
                wrong += 1
    return wrong


def passes(x):
    return x


def none_tests(n):
    count = 0
    x = None
    for i in range(n):
        if x is None:
            count += 1
            x = i
        elif x is not None and i % 3 == 0:
            x = None
        if (i > 5) is True:
            count += 1
    return count


def fresh_objects(n):
    clashes = 0
    for i in range(n):
        a, b = [], []
        if a is b or {} is {} or Holder() is Holder() or a is [] or [i] is [i]:
            clashes += 1
        if (lambda: 0) is (lambda: 0):
            clashes += 1
    return clashes


def sentinel(n):
    missing = object()
    table = {i: i for i in range(0, n, 3)}
    return sum(1 for i in range(n) if table.get(i, missing) is missing)


small = [i for i in range(-5, 257)]
print(all(a is b for a, b in zip(small, range(-5, 257))), "abc" is "abc".__str__(), "x" is "xyz"[0], chr(200) is chr(200), () is tuple([]), "" is "abc"[:0], b"" is bytes(), frozenset() == frozenset(), True is bool(1), int("5") is 4 + 1)
print(through_storage(800), none_tests(3000), fresh_objects(1000), sentinel(3000))
a = [1, 2]
print(a is a[:], a[:] == a, a is list(a), (t := (1, 2)) is t[:], t is tuple(t), (s := "abc") is str(s), s is s[:], type(5) is int, type(a) is not tuple)
