"""Slices of lists and tuples: reading, storing, deleting with every sign of step; slice objects; errors."""

BOUNDS = [None, 0, 1, 3, -1, -3, 7, -9]
STEPS = [None, 1, 2, -1, -2, 3]
checksum = 0
count = 0
for size in (0, 1, 4, 7):
    for start in BOUNDS:
        for stop in BOUNDS:
            for step in STEPS:
                items = list(range(size))
                piece = items[start:stop:step]
                assert piece == list(tuple(items)[start:stop:step])
                assert slice(start, stop, step).indices(size) is not None
                checksum = (checksum * 31 + len(piece) + sum(piece)) % 1000003
                items[start:stop:step] = [9] * len(piece)
                checksum = (checksum * 31 + sum(items)) % 1000003
                del items[start:stop:step]
                checksum = (checksum * 31 + len(items)) % 1000003
                if step in (None, 1):
                    items = list(range(size))
                    items[start:stop] = "abc"
                    checksum = (checksum * 31 + len(items) + items.index("b")) % 1000003
                count += 1
print(checksum, count)

a = list(range(10))
a[2:4] = []
a[0:0] = [100, 200]
a[len(a):] = (1, 2)
a[::3] = "wxyz"
a[5:2] = ["middle"]
print(a)
a[:] = a[::-1]
a[1:3] = a
print(a)
a[2:5] = iter("gen")
a[:1] = {"set"}
a[-2:] = range(3)
print(a)
del a[1:4], a[::2], a[-1:]
print(a)
for code in ("a[::2] = [1]", "a[::0]", "a[1:2] = 5", "a['x':]", "a[::2] = 5", "del a[::0]", "a[1:2, 3]", "a[slice(1, 'x')]", "a[::-1] = a[:-1]", "slice()", "slice(1, 2, 3, 4)",
             "slice(1) < slice(2)", "hash(slice(1))", "slice(1, 2).indices(-1)", "slice(None, None, 0).indices(5)"):
    try:
        exec(code, {"a": a})
        print(code, "done", a)
    except Exception as error:
        print(code, type(error).__name__, error)
s = slice(1, 10, 2)
print(s, s.start, s.stop, s.step, s.indices(5), s == slice(1, 10, 2), slice(5), list(range(20))[s], "abcdefghij"[s], (1, 2, 3, 4)[s], slice(None, -2).indices(10), slice(-1, None, -1).indices(4))


class Probe:
    def __getitem__(self, key):
        return key

    def __setitem__(self, key, value):
        print("set", key, value)

    def __delitem__(self, key):
        print("del", key)


p = Probe()
print(p[1], p[1:2], p[::], p[1:2:3], p[1, 2], p[1:2, ::3], p[...], p[()], p[-1], p["a":"b"])
p[1:2] = 3
p[1, ...] = 4
del p[::2], p["k"]


class Index:
    def __init__(self, value):
        self.value = value

    def __index__(self):
        return self.value


print([1, 2, 3, 4][Index(1):Index(-1)], [1, 2, 3][Index(2)], range(10)[Index(2):Index(8):Index(3)])


def rotate(n):
    items = list(range(12))
    for i in range(n):
        k = i % 12
        items = items[k:] + items[:k]
        items[:3] = items[2::-1]
        if i % 5 == 0:
            items[4:8] = [items[7], items[6], items[5], items[4]]
    return items


def grow_and_cut(n):
    items = []
    total = 0
    for i in range(n):
        items[len(items):] = [i, i / 2] if i % 2 else [i]
        if len(items) > 50:
            total += sum(items[10:40:3])
            del items[5:45]
    return total, len(items)


print(rotate(3000), grow_and_cut(3000))
