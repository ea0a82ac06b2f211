"""yield from: values, return values, send and throw through several levels, delegation to lists and other iterators."""


def leaf(name):
    received = []
    try:
        while True:
            x = yield (name, len(received))
            if x == "stop":
                return received
            received.append(x)
    except KeyError as error:
        received.append(f"caught {error}")
        yield "handled"
        return received
    finally:
        log.append("leaf done")


def middle():
    result = yield from leaf("one")
    print("middle got", result)
    result = yield from leaf("two")
    return result


def top():
    result = yield from middle()
    print("top got", result)
    yield "last"


log = []
g = top()
print(next(g), g.send("a"), g.send("b"), g.send("stop"), g.send("c"))
print(g.throw(KeyError("k")), next(g), log)
try:
    next(g)
except StopIteration:
    print("end")
g = top()
next(g)
g.close()
print(log)
g = top()
next(g)
try:
    g.throw(ValueError("through"))
except ValueError as error:
    print("out", error, log)


def delegates():
    a = yield from [1, 2]
    b = yield from "xy"
    c = yield from range(2)
    d = yield from {"k": 1}
    e = yield from (i for i in ())
    return a, b, c, d, e


def run(generator):
    items = []
    while True:
        try:
            items.append(next(generator))
        except StopIteration as stop:
            return items, stop.value


print(run(delegates()))


class Plain:
    """An iterator without send and throw."""

    def __init__(self):
        self.n = 0

    def __iter__(self):
        return self

    def __next__(self):
        self.n += 1
        if self.n > 3:
            raise StopIteration("plain value")
        return self.n


def over_plain():
    return (yield from Plain())


print(run(over_plain()))
g = over_plain()
next(g)
for action in (lambda: g.send(5), lambda: g.throw(ValueError("no throw method"))):
    try:
        print(action())
    except Exception as error:
        print(type(error).__name__, error)
try:
    run((lambda: (yield from 5))())
except TypeError as error:
    print(error)


def tree(depth):
    if depth:
        yield from tree(depth - 1)
        yield depth
        yield from tree(depth - 1)


def deep(n):
    if n:
        yield n
        yield from deep(n - 1)


def inner_frames():
    g = deep(3)
    next(g)
    next(g)
    return g.gi_yieldfrom is not None, g.gi_yieldfrom.gi_frame.f_locals


def flatten(x):
    if isinstance(x, (list, tuple)):
        for item in x:
            yield from flatten(item)
    else:
        yield x


def accumulate(n):
    def part(k):
        total = 0
        for i in range(k):
            total += (yield i) or 0
        return total

    def whole():
        totals = 0
        for k in range(n):
            totals += yield from part(k % 7)
        return totals

    g = whole()
    count = 0
    try:
        x = next(g)
        while True:
            x = g.send(x if count < n else x / 2)
            count += 1
    except StopIteration as stop:
        return count, stop.value


print(list(tree(4)), sum(tree(10)), sum(deep(150)), inner_frames(), list(flatten([1, [2, (3, [4, []]), 5]])), accumulate(1000))
total = 0
for i in range(1500):
    for x in flatten([i, [i + 1, (i + 2,)]]):
        total += x
        if x % 5 == 0:
            break
print(total)
