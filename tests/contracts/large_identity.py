"""Contract: x is x for numbers of every size, wherever the two came from and whichever of interpreter and compiled code held them."""


class Box:
    __slots__ = ("v",)


class Open:
    pass


def trips(x):
    """Every way a value can be stored and fetched."""
    box = Box()
    box.v = x
    o = Open()
    o.v = x
    items = [x]
    pair = (x,)
    table = {"k": x}
    keyed = {x: x}

    def cell():
        return x
    yield box.v
    yield o.v
    yield items[0]
    yield pair[0]
    yield table["k"]
    yield keyed[x]
    yield cell()
    yield (lambda v: v)(x)
    yield [v for v in items][0]
    yield next(iter(pair))
    yield max(x, x)
    yield o.__dict__["v"]
    for v in items:
        yield v
    a, = pair
    yield a


def check(n):
    wrong = 0
    for i in range(n):
        for x in (i, i + 2**49, -i - 2**49, i + 2**50, i + 2**62, i + 2**63, -i - 2**63, i + 2**64, i * 2**100 + 1, i / 7, i * 1e300, -0.0, float(i)):
            for y in trips(x):
                if y is not x or id(y) != id(x):
                    wrong += 1
    return wrong


def accumulates(n):
    """The value was computed unboxed in a compiled loop; two names of it are one object afterwards."""
    wrong = 0
    a = 1
    f = 0.5
    for i in range(n):
        a = a * 6364136223846793005 + 1442695040888963407 & 0xFFFFFFFFFFFFFFFF
        f = f * 3.7 * (1 - f)
        b = a
        g = f
        if b is not a or g is not f:
            wrong += 1
        if i % 100 == 0:
            kept = [a, f]
            if kept[0] is not a or kept[1] is not f:
                wrong += 1
    c = a
    if c is not a or not (c is a):
        wrong += 1
    return wrong, a, f


def identity_in_containers(n):
    """`in`, index, count and == of containers test identity first; NaN shows it."""
    nan = float("nan")
    items = [nan]
    hits = 0
    for i in range(n):
        big = i + 2**70
        row = [big, nan]
        hits += (nan in items) + (big in row) + row.index(big) + ([nan] == items) + ((nan,) == (nan,)) + row.count(nan)
    return hits


print(check(300), accumulates(4000), identity_in_containers(2000))
