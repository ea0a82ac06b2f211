"""match: every pattern, guards, captures, class patterns, sequences, mappings, errors; in a loop over changing types."""


class Point:
    __match_args__ = ("x", "y")

    def __init__(self, x, y):
        self.x, self.y = x, y


class Colour:
    RED = 1
    GREEN = "green"


class Silent:
    pass


def describe(value):
    match value:
        case 0:
            return "zero"
        case 1 | 2 | 3 as small:
            return f"small {small}"
        case -1.5 | 2 + 3j:
            return "odd literal"
        case True:
            return "unreachable for 1, True is 1"
        case None:
            return "none"
        case "text" | b"bytes":
            return f"literal {value!r}"
        case Colour.GREEN:
            return "green"
        case str() as s if len(s) > 5:
            return f"long {s}"
        case str(s):
            return f"str {s}"
        case []:
            return "empty sequence"
        case [x]:
            return f"one {x}"
        case [1, *rest]:
            return f"starts with 1 {rest}"
        case [first, (second, [*_]) as pair, *middle, last]:
            return f"{first} {second} {pair} {middle} {last}"
        case (a, b) if a == b:
            return f"pair of {a}"
        case [_, _, *_]:
            return "two or more"
        case {"kind": "circle", "r": r}:
            return f"circle {r}"
        case {"kind": kind, **rest} if rest:
            return f"{kind} {rest}"
        case {"kind": _}:
            return "only kind"
        case {}:
            return f"mapping {len(value)}"
        case Point(0, 0):
            return "origin"
        case Point(x=0, y=y):
            return f"on the axis at {y}"
        case Point(x, y=Point(x2, y2)):
            return f"nested {x} {x2} {y2}"
        case Point(int(x), float()):
            return f"int {x} and float"
        case Point():
            return "some point"
        case int(n) | float(n):
            return f"number {n}"
        case range() | set():
            return "range or set"
        case Silent(name="x"):
            return "silent x"
        case _:
            return "other"


silent = Silent()
silent.name = "x"
values = [0, 1, 2, -1.5, 2 + 3j, True, False, None, "text", b"bytes", "green", "lengthy", "abc", [], [9], [1, 2, 3], ["f", (2, [3, 4]), 5, 6, "l"], (7, 7), (7, 8), (1,), {"kind": "circle", "r": 2, "z": 1}, {"kind": "square", "side": 1},
          {"kind": "dot"}, {}, {1: 2}, Point(0, 0), Point(0, 5), Point(1, Point(2, 3)), Point(1, 2.5), Point("a", "b"), 42, 4.5, range(3), {1}, silent, Silent(), object, "ab", bytearray(b"x"), iter([])]
for value in values:
    print(describe(value))


def nothing_matches(x):
    match x:
        case 1:
            return 1
    return "fell through"


def binds_before_failing(x):
    a = b = None
    match x:
        case [a, b, 99]:
            pass
        case [a, *_] if False:
            pass
    return a, b


def tuple_subject(a, b):
    match a, b:
        case 0, _:
            return "a zero"
        case _, 0:
            return "b zero"
        case x, y:
            return x + y


print(nothing_matches(5), binds_before_failing([1, 2, 3]), tuple_subject(0, 1), tuple_subject(1, 0), tuple_subject(1, 2))


class BadArgs:
    __match_args__ = ["x"]


class NotStr:
    __match_args__ = (1,)


class Few:
    __match_args__ = ("a",)


for code in ("match BadArgs():\n case BadArgs(1): pass", "match NotStr():\n case NotStr(1): pass", "match Few():\n case Few(1, 2): pass", "match Silent():\n case Silent(1): pass", "match Few():\n case Few(1, a=1): pass",
             "match 1:\n case 5(): pass", "match 1:\n case int(1, 2): pass", "match 1:\n case x: pass\n case y: pass", "match 1:\n case a | b: pass", "match 1:\n case [a, a]: pass", "match 1:\n case {**rest, 'a': 1}: pass",
             "match 1:\n case [*a, *b]: pass", "match 1:\n case 1 + 1: pass", "match 1:\n case f'x': pass", "match 1:\n case {'a': 1, 'a': 2}: pass", "match 1:\n case Point(x=1, x=2): pass", "match {}:\n case {undefined.key: 1}: pass"):
    try:
        exec(code)
        print(repr(code), "fine")
    except Exception as error:
        print(repr(code), type(error).__name__, getattr(error, "msg", error))

match = 1
case = 2
match, case = case, match
print(match, case, match - case)


def evaluate(node):
    match node:
        case int() | float():
            return node
        case ("+", a, b):
            return evaluate(a) + evaluate(b)
        case ("*", a, b):
            return evaluate(a) * evaluate(b)
        case ("-", a):
            return -evaluate(a)
        case {"if": c, "then": a, "else": b}:
            return evaluate(a) if evaluate(c) else evaluate(b)
        case _:
            raise ValueError(f"bad node {node}")


def hot(n):
    trees = [("+", 1, ("*", 2, 3)), ("-", ("+", 1.5, 2)), {"if": ("-", 0), "then": 1, "else": ("*", 5, 5)}, 7, "bad", ("+", 10**20, 1)]
    total = errors = 0
    for i in range(n):
        try:
            total += evaluate(trees[i % 6])
        except ValueError:
            errors += 1
    counts = {}
    for i in range(n):
        text = describe(values[i % len(values)])
        counts[text] = counts.get(text, 0) + 1
    return total, errors, len(counts), counts["other"]


print(hot(3000))
