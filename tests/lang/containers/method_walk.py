# Every method of the builtin types, called with many argument shapes, right and wrong ones: what comes out, what is
# raised with which words, and what it leaves of the object.
import collections
import random
import re


class Index:
    def __index__(self): return 1
    def __repr__(self): return "Index()"


class BadIndex:
    def __index__(self): return "x"
    def __repr__(self): return "BadIndex()"


class Raising:
    def __index__(self): raise KeyError("index")
    def __len__(self): raise KeyError("length")
    def __iter__(self): raise KeyError("iter")
    def __repr__(self): return "Raising()"


class Text(str): pass
class Number(int): pass
class Row(list): pass
class Pair(tuple): pass
class Table(dict): pass


RECEIVERS = [
    lambda: 0, lambda: -7, lambda: 10**30, lambda: Number(5), lambda: True, lambda: 1.5, lambda: float("inf"), lambda: 1 + 2j,
    lambda: "", lambda: "a b  c", lambda: "\xe9t\xe9", lambda: "  x\n\ty\r\nz ", lambda: Text("ab {{}} %%"), lambda: "{} %s",
    lambda: b"", lambda: b"a b  c", lambda: bytearray(b"a b  c"), lambda: bytearray(b"\xe9\xff\0"),
    lambda: [], lambda: [3, 1, 2, 1], lambda: [1.5, 2.5], lambda: [1, "a", None], lambda: Row([1, 2]),
    lambda: (), lambda: ("a", 1, None), lambda: Pair((1, 2)), lambda: {}, lambda: {1: 2, 3: 4}, lambda: {"a": 1}, lambda: Table(a=1),
    lambda: set(), lambda: {1, 2, 3}, lambda: frozenset([1, 2]), lambda: range(5), lambda: range(10, 0, -3), lambda: slice(1, 5, 2),
    lambda: memoryview(b"abcd"), lambda: memoryview(bytearray(12)).cast("i", [3]), lambda: memoryview(bytearray(b"abcdefgh"))[::2],
    lambda: iter([1, 2]), lambda: iter("ab"), lambda: iter({1: 2}), lambda: iter(range(3)), lambda: enumerate("ab"), lambda: zip("ab", [1, 2]),
    lambda: {1: 2, 3: 4}.keys(), lambda: {1: 2}.items(), lambda: collections.OrderedDict(a=1, b=2),
    lambda: collections.defaultdict(list, {1: [2]}), lambda: list[int],
]
SKIPPED = {  # addresses, sizes, orders, the words of older argument parsers, and what is not the type's own
    "__init_subclass__", "__subclasshook__", "__class__", "__dir__", "__getattribute__", "__reduce_ex__", "__doc__", "__dict__", "__sizeof__",
    "__getstate__", "__setattr__", "__delattr__", "__hash__", "__repr__", "__str__", "__format__", "__alloc__", "__weakref__", "__lshift__",
    "__rlshift__", "__pow__", "__rpow__", "__ipow__", "__round__", "__init__", "__new__", "__reduce__", "__bool__", "__setstate__", "__bytes__",
    "__class_getitem__", "__origin__", "__call__",
}
KEYWORDS = ["key", "reverse", "sep", "maxsplit", "encoding", "errors", "keepends", "default", "signed", "byteorder", "length", "tabsize", "strict"]
ADDRESS = re.compile("0x[0-9a-f]+")


def arguments():
    return [None, True, 0, -1, 2, 10**20, 1.5, "a", "", "\xe9", "strict", b"a", b"", bytearray(b"ab"), [1], [], ["a", "b"], (1,), (1, 2), {1: 2}, {},
            {97: "z", 98: None}, {1}, range(3), slice(None, None, -1), Index(), BadIndex(), Raising(), Number(3), Text("ab"), len, iter([1, 2]),
            [("a", 1)], NotImplemented]


def shown(value, depth=0):
    kind = type(value)
    if hasattr(kind, "__next__"):
        return f"{kind.__name__}<{', '.join(shown(each, depth + 1) for _, each in zip(range(5), value))}>"
    if kind in (set, frozenset):
        return ADDRESS.sub("0x", f"{kind.__name__}<{', '.join(sorted(map(repr, value)))}>")
    return ADDRESS.sub("0x", f"{kind.__name__} {value!r}")[:200]


def attempt(function):
    try:
        return shown(function())
    except Exception as error:
        return f"{type(error).__name__}: {ADDRESS.sub('0x', str(error))}"


def walk(make, chance):
    count = len(arguments())
    for name in sorted(set(dir(type(make()))) - SKIPPED):
        shapes = [((), {})] + [((i,), {}) for i in range(count)]
        shapes += [(tuple(chance.randrange(count) for _ in range(size)), {}) for size in (2,) * 12 + (3,) * 4]
        shapes += [((chance.randrange(count),) * chance.randrange(2), {chance.choice(KEYWORDS): chance.randrange(count)}) for _ in range(3)]
        for positional, keywords in shapes:
            pool, receiver = arguments(), make()
            try:
                method = getattr(receiver, name)
            except AttributeError:
                break
            if not callable(method):
                print(name, attempt(lambda: method))
                break
            given = [pool[i] for i in positional]
            named = {key: pool[i] for key, i in keywords.items()}
            label = ADDRESS.sub("0x", f"{name}({given}, {named})")
            result = attempt(lambda: method(*given, **named))
            # Methods that CPython parses the old way name themselves shortly when they are bound.
            result = re.sub(r"TypeError: (\w+\.)?(\w+\(\)) takes no keyword", r"TypeError: \2 takes no keyword", result)
            print(ascii(f"{label} = {result}; {attempt(lambda: receiver)}"))


for number, make in enumerate(RECEIVERS):
    print("---", number, shown(make()))
    walk(make, random.Random(number))
