"""Lists whose items are all ints or all floats, and the moment another kind of item arrives, in every way it can arrive."""


def show(items):
    return items, [type(item).__name__ for item in items]


ARRIVALS = [
    ("append", lambda items, x: items.append(x)),
    ("insert", lambda items, x: items.insert(1, x)),
    ("setitem", lambda items, x: items.__setitem__(0, x)),
    ("extend", lambda items, x: items.extend([x, x])),
    ("extend tuple", lambda items, x: items.extend((x,))),
    ("iadd", lambda items, x: items.__iadd__([x])),
    ("slice", lambda items, x: items.__setitem__(slice(1, 2), [x, x])),
    ("step slice", lambda items, x: items.__setitem__(slice(None, None, 2), [x, x])),
    ("reverse", lambda items, x: (items.append(x), items.reverse())),
    ("imul", lambda items, x: (items.append(x), items.__imul__(2))),
]
for kind in ([1, 2, 3], [1.5, 2.5, 3.5], ["a", "b", "c"], [True, False, True], [None, None, None]):
    for name, arrive in ARRIVALS:
        for x in (7, 2.25, "s", None, True, 2**60, -2**80, float("nan"), -0.0):
            items = list(kind)
            arrive(items, x)
            items.append(kind[0])
            print(name, *show(items))

print([1, 1.0, True], [0.0, -0.0], [1] + [1.5], [1.5] + ["a"], [1] * 2 + [None], [1.5, 2.5][::-1], [x / 2 for x in range(4)], list(range(3)) + [1e10])
print([1, 2, 3] == [1.0, 2.0, 3.0], [1, 2] < [1.0, 2.5], 1.0 in [1, 2], 1 in [1.5, 1.0], [1, 2].index(2.0), [1.0, 2.0].count(2), [True] == [1])
print([1.5, float("nan")], sorted([2.5, 1.5, -0.0, 0.0]), max([1.5, 2.5]), sum([1.5, 2.5]), sum([1, 2, 3]), min([3, 2, 1]))


def write_floats_then_ints(n):
    """The list the loop writes is a list of floats for half of the time."""
    items = [0.0] * 10
    for i in range(n):
        items[i % 10] = i * 0.5 if i < n // 2 else i
    return items, sum(items)


def read_alternating(n):
    ints, floats, mixed = [1, 2, 3], [1.5, 2.5, 3.5], [1, 2.5, "x"]
    lists = [ints, floats, ints, mixed]
    total = 0
    texts = 0
    for i in range(n):
        item = lists[i % 4][i % 3]
        if type(item) is str:
            texts += 1
        else:
            total += item
    return total, texts


def leaves_machine_ints(n):
    items = [1, 1]
    for i in range(n):
        items[i & 1] += items[~i & 1]
        if items[0] > 10**30:
            items[0] = items[1] = 1
    return items


def converts_back(n):
    """Emptied and filled again with another kind."""
    items = []
    total = 0
    for i in range(n):
        if i % 100 == 0:
            items.clear()
        items.append(i if i // 100 % 2 else i / 4)
        total += items[-1] + items[0]
    return total, len(items), items[:3]


def grid(n):
    rows = [[0.0] * n for _ in range(n)]
    for i in range(n):
        for j in range(n):
            rows[i][j] = (i * j) % 7 / 2
    rows[0][0] = "corner"
    total = 0
    for row in rows:
        for cell in row:
            if cell != "corner":
                total += cell
    return total


def swap(n):
    items = [i for i in range(20)] + [0.5, "t"]
    for i in range(n):
        a, b = i * 7 % 22, i * 3 % 22
        items[a], items[b] = items[b], items[a]
    return items


print(write_floats_then_ints(3000), read_alternating(4000), leaves_machine_ints(3000), converts_back(3000), grid(50), swap(3000))
