"""Loops whose types, branches, classes and callees change: at once, alternating, in runs, in disorder; many exits at once."""


class A:
    v = 1

    def get(self):
        return self.v


class B(A):
    v = 2.5


class C:
    def __init__(self, v):
        self.v = v

    def get(self):
        return len(self.v)


def disorder(n, limit):
    seed = 7
    for _ in range(n):
        seed = (seed * 1103515245 + 12345) & 0x7FFFFFFF
        yield (seed >> 12) % limit


VALUES = [1, 2.5, True, 2**70, -3]


def types(indices):
    total = 0
    for i in indices:
        total += VALUES[i % 5]
    return total


def objects(indices):
    things = [A(), B(), C("abc"), C([1]), A()]
    total = 0
    for i in indices:
        total += things[i % 5].get()
    return total


def callees(indices):
    functions = [lambda x: x, abs, int, lambda x, y=2: x * y, lambda *a: len(a)]
    total = 0
    for i in indices:
        total += functions[i % 5](i)
    return total


def paths(indices):
    counts = [0] * 16
    state = 1
    for i in indices:
        state = (state * 69069 + i) & 0xFFFFFFFF
        k = 0
        if state & 0x10:
            k += 1
        if state & 0x400:
            k += 2
        if state & 0x8000:
            k += 4
        if state & 0x200000:
            k += 8
        counts[k] += 1
    return counts


def mixed_containers(indices):
    containers = [[1, 2, 3], (4, 5, 6), "789", {0: 1, 1: 2, 2: 3}, range(5, 9)]
    total = 0
    for i in indices:
        item = containers[i % 5][i % 3]
        total += int(item) + len(containers[i % 5])
    return total


def lengths(indices):
    total = 0
    for i in indices:
        row = list(range(i % 6))
        for j in range(7):
            try:
                total += row[j]
            except IndexError:
                total += 1
                break
    return total


def locals_come_and_go(indices):
    total = 0
    for i in indices:
        if i % 3 == 0:
            x = i
        elif i % 3 == 1:
            x = i / 2
        else:
            x = str(i)
        y = x * 2
        if isinstance(y, str):
            total += len(y)
            del x
            x = None
        else:
            total += y
    return total


def attribute_sets(indices):
    things = [A(), B(), C(1), C(2.5)]
    for i in indices:
        thing = things[i % 4]
        if i % 7 == 0:
            thing.v = i
        elif i % 7 == 1:
            thing.v = i / 2
        elif i % 7 == 2:
            thing.w = thing.v
    return [thing.v for thing in things]


def unpack(indices):
    shapes = [(1, 2), [3, 4], (5.5, 6), "78", (9, "x")]
    total = 0
    for i in indices:
        a, b = shapes[i % 5]
        total += len(str(a)) * 10 + len(str(b))
    return total


def patterns(n):
    yield "stable", [0] * n
    yield "flip", [0] * (n // 2) + [1] * (n - n // 2)
    yield "alternating", [i & 1 for i in range(n)]
    yield "rotating", [i % 5 for i in range(n)]
    yield "runs", [i // 37 % 5 for i in range(n)]
    yield "rare", [3 if i % 97 == 0 else 0 for i in range(n)]
    yield "disorder", list(disorder(n, 5))
    yield "wide disorder", list(disorder(n, 1000))


for name, indices in patterns(2000):
    for function in (types, objects, callees, paths, mixed_containers, lengths, locals_come_and_go, attribute_sets, unpack):
        print(name, function.__name__, function(indices))
