"""Special methods for containers, text, calls, conversion and hashing, with the errors of wrong results."""


class Sequence:
    def __init__(self, n):
        self.n = n

    def __len__(self):
        return self.n

    def __getitem__(self, index):
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(self.n))]
        if not -self.n <= index < self.n:
            raise IndexError("out")
        return index * 10

    def __contains__(self, item):
        return item == "magic"


s = Sequence(4)
print(len(s), s[2], s[-1], s[1:3], list(s), "magic" in s, 20 in s, list(reversed(s)), [*s], max(s), dict(enumerate(s)), bool(Sequence(0)))


class OldIteration:
    def __getitem__(self, index):
        if index > 3:
            raise StopIteration if index == 99 else IndexError
        return "abcd"[index]


print(list(OldIteration()), "c" in OldIteration(), "z" in OldIteration(), "".join(OldIteration()), tuple(OldIteration()))
a, *b = OldIteration()
print(a, b)


class Mapping:
    def keys(self):
        return ["a", "b"]

    def __getitem__(self, key):
        return key * 2


print(dict(Mapping()), {**Mapping()}, (lambda **kw: kw)(**Mapping()))


class Store:
    def __init__(self):
        self.data = {}

    def __setitem__(self, key, value):
        self.data[key] = value

    def __delitem__(self, key):
        del self.data[key]

    def __getitem__(self, key):
        return self.data[key]

    def __iter__(self):
        return iter(self.data)

    def __reversed__(self):
        return "reversed!"

    def __len__(self):
        return len(self.data)


store = Store()
store["a"] = 1
store["b", 2] = 3
store["a"] += 5
del store["b", 2]
print(store.data, list(store), "a" in store, reversed(store), len(store))


class Texts:
    def __repr__(self):
        return "R"

    def __str__(self):
        return "S"

    def __format__(self, spec):
        return "F" + spec

    def __bytes__(self):
        return b"B"

    def __hash__(self):
        return 7

    def __index__(self):
        return 3

    def __int__(self):
        return 4

    def __float__(self):
        return 5.5

    def __complex__(self):
        return 1j

    def __call__(self, *args, **kwargs):
        return args, kwargs

    def __bool__(self):
        return False

    def __round__(self, n=None):
        return ("round", n)

    def __dir__(self):
        return ["b", "a"]

    def __sizeof__(self):
        return 100

    def __length_hint__(self):
        return 5


t = Texts()
print(repr(t), str(t), f"{t} {t!r} {t:x}", bytes(t), hash(t), [0, 1, 2, 3][t], int(t), float(t), complex(t), t(1, a=2), bool(t), round(t), round(t, 2), dir(t), hex(t), [t], "%s %r %d %x" % (t, t, t, t), t.__sizeof__())


class OnlyRepr:
    def __repr__(self):
        return "only"


print(str(OnlyRepr()), f"{OnlyRepr()}", [OnlyRepr()], "{}".format(OnlyRepr()))
WRONG = {
    "__len__": [("len", -1), ("len", "x"), ("len", 1.5), ("len", 2**70)],
    "__repr__": [("repr", 5), ("str", None)],
    "__str__": [("str", 5), ("print", 5)],
    "__hash__": [("hash", "x"), ("hash", 2**70), ("hash", -1)],
    "__bool__": [("bool", 1)],
    "__iter__": [("iter", 5), ("list", None)],
    "__index__": [("hex", "x"), ("range", 1.5)],
    "__int__": [("int", "x"), ("int", True)],
    "__float__": [("float", 1)],
    "__format__": [("format", 5)],
    "__contains__": [],
    "__bytes__": [("bytes", "x")],
}
for method, cases in WRONG.items():
    for function, result in cases:
        instance = type("W", (), {method: lambda self, *args, result=result: result})()
        try:
            print(method, function, result, eval(function)(instance))
        except Exception as error:
            print(method, function, result, type(error).__name__, error)


class NotHashable:
    __hash__ = None


class NotIterable:
    __iter__ = None


for code in ("hash(NotHashable())", "iter(NotIterable())", "1 in NotIterable()", "len(5)", "NotHashable()[0]", "NotHashable()[0] = 1", "del NotHashable()[0]", "NotHashable()()", "reversed(NotHashable())", "{NotHashable(): 1}"):
    try:
        exec(code)
    except TypeError as error:
        print(code, error)


class Ring:
    """Its special methods are looked up on the type, also when they change there in the middle of a hot loop."""

    def __init__(self, items):
        self.items = items

    def __getitem__(self, i):
        return self.items[i % len(self.items)]

    def __setitem__(self, i, value):
        self.items[i % len(self.items)] = value

    def __len__(self):
        return len(self.items)

    def __contains__(self, item):
        return item in self.items

    def __call__(self, x):
        return x + len(self)

    def __iter__(self):
        return iter(self.items)


def hot(n):
    ring = Ring([1, 2, 3, 4.5, 5])
    total = 0
    for i in range(n):
        total += ring[i] + len(ring) + (i % 6 in ring) + ring(i)
        ring[i * 3] = i % 5 if i < n // 2 else i % 5 + 0.5
        if i == n * 3 // 4:
            Ring.__getitem__ = lambda self, i: 1000
            Ring.__call__ = lambda self, x: 0
            ring.__len__ = lambda: 99
        if i % 500 == 0:
            for item in ring:
                total += item
    return total


print(hot(3000))
