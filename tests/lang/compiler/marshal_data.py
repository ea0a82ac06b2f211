"""marshal: every type in every version, references, files, hostile data."""

import io
import marshal
import math
import types

values = [None, True, False, ..., StopIteration, 0, 1, -1, 255, 2**31 - 1, -2**31, 2**31, 2**63, -2**100, 0.0, -0.0, 1.5, 0.1, 1e300, float("inf"), float("-inf"),
          1j, -2.5 + 0.1j, "", "abc", "x" * 300, "é", "\udc80", "\U0001f600", b"", b"abc", b"\0\xff" * 200, (), (1, 2), tuple(range(300)), [], [1, [2, [3]]], {}, {"a": 1, 2: (3,)},
          set(), {1, 2, 3}, frozenset(), frozenset("abc"), bytearray(b"xyz"), memoryview(b"view"), (None, (True, (...,)))]
for v in values:
    for version in range(6):
        data = marshal.dumps(v, version)
        back = marshal.loads(data)
        if isinstance(v, (bytearray, memoryview)):
            assert type(back) is bytes and back == bytes(v)
        else:
            assert type(back) is type(v) and repr(back) == repr(v) or back == v, (v, version)
        assert marshal.load(io.BytesIO(data + b"rest")) == back
print(len(values), "values")
print([marshal.dumps(v, version) for v in (0.1, 1e100, float("nan"), 0.5j, [1.0]) for version in (0, 1)])
print(marshal.dumps({"b", "a", "c"}, 2)[:5], sorted(marshal.loads(marshal.dumps({b"b", b"a", 2.0, "c"})), key=str))
assert marshal.dumps({"b", "a", "c", 1, (2, 3)}, 2) == marshal.dumps({(2, 3), 1, "c", "a", "b"}, 2)

print([math.copysign(1, marshal.loads(marshal.dumps(v, version))) for v in (float("nan"), -float("nan")) for version in (0, 4)])
print(math.copysign(1, eval("1e400 * 0.0")), math.copysign(1, eval("-(1e400 * 0.0)")), math.copysign(1, marshal.loads(b"g" + bytes(6) + b"\xf9\xff")))

# One object, several places.
part = [1]
shared = [part, part, {"k": part}]
back = marshal.loads(marshal.dumps(shared))
print(back[0] is back[1] is back[2]["k"], marshal.loads(marshal.dumps(shared, 2))[0] is not back[0], len(marshal.dumps(shared)) < len(marshal.dumps(shared, 2)) + 20)
cycle = []
cycle.append(cycle)
back = marshal.loads(marshal.dumps(cycle))
print(back[0] is back)
cycle = {}
cycle["self"] = (cycle,)
back = marshal.loads(marshal.dumps(cycle))
print(back["self"][0] is back)


def function(a, /, b, *c, d=1, **e):
    """doc"""
    try:
        return [lambda: a, {x for x in b}]
    except* ValueError:
        pass


code = function.__code__
for version in range(5):
    back = marshal.loads(marshal.dumps(code, version))
    print(back == code, back.co_name, back.co_consts[0], list(back.co_positions()) == list(code.co_positions()))
print(types.FunctionType(marshal.loads(marshal.dumps(compile("x = 6 * y; z = sorted(locals())", "f", "exec"))), namespace := {"y": 7})(), namespace["x"], namespace["z"])


def attempt(call, *args):
    try:
        print(repr(call(*args))[:60])
    except (ValueError, TypeError, EOFError, MemoryError, AttributeError) as error:
        print(f"{type(error).__name__}: {error}")


class Text(io.StringIO):
    pass


class Liar(io.BytesIO):
    def __init__(self, data, more):
        super().__init__(data)
        self.more = more

    def readinto(self, buffer):
        return super().readinto(buffer) + self.more


for v in (object(), type("T", (int,), {})(3), [object()], {1: function}, int, ValueError, range(3), type("S", (str,), {})("x"), (1, {object()})):
    attempt(marshal.dumps, v)
deep = []
for _ in range(3000):
    deep = [deep]
attempt(marshal.dumps, deep)
attempt(marshal.dumps, [cycle], 2)
attempt(marshal.loads, "text")
attempt(marshal.loads, 3)
attempt(marshal.load, Text("x"))
attempt(marshal.load, 3)
attempt(marshal.load, Liar(marshal.dumps("abcdefgh"), 3))
attempt(marshal.load, Liar(marshal.dumps(1.5), -1))
attempt(marshal.dump, 1, Text())
attempt(marshal.dumps, 1, "4")
for data in [b"", b"0", b"?", b"\xff", b"i", b"i\0\0", b"I" + bytes(8), b"l\2\0\0\0\0\0\0\0", b"l\1\0\0\0\0\x80", b"l\xff\xff\xff\x7f", b"l\0\0\0\x80", b"s\xff\xff\xff\xff", b"s\5\0\0\0abc",
             b"u\2\0\0\0\xff\xff", b"u\3\0\0\0\xed\xb2\x80", b"a\xff\xff\xff\xff", b"z\5ab", b"(\xff\xff\xff\xff", b"[\xff\xff\xff\xff", b"<\xff\xff\xff\xff", b")\2N0", b"[\1\0\0\0" + b"0",
             b"{N", b"{0", b"{N0", b"{[\0\0\0\0N0", b">\1\0\0\0[\0\0\0\0", b"<\2\0\0\0NN", b"r\0\0\0\0", b"\xa9\1r\0\0\0\0", b"\xdb\1\0\0\0r\0\0\0\0", b"f\3abc", b"f\0031.5", b"x\0011\0012",
             b"y" + bytes(15), b"c" + bytes(20), b"\xe3" + b"\xff" * 40, b"t\1\0\0\0x", b"R\0\0\0\0", b"Z\1x", b"A\1\0\0\0x", b"S", b".", b"T", b"g" + b"\xff" * 8]:
    attempt(marshal.loads, data)
for depth in (100, 1000, 1997, 5000, 100000):
    for head, tail in ((b")\1", b""), (b"[\1\0\0\0", b""), (b"{N", b"0"), (b">\1\0\0\0", b"")):
        try:
            marshal.loads(head * depth + b"N" + tail * depth)
            print(depth, head, "loads")
        except ValueError as error:
            print(depth, head, error)
whole = marshal.dumps(("hello", 2**70, 1.5, [b"x"], {"k": None}, code))
for size in range(len(whole)):
    for load in (marshal.loads, lambda data: marshal.load(io.BytesIO(data))):
        try:
            load(whole[:size])
            print("cut at", size, "loads")
        except EOFError:
            pass
        except ValueError as error:
            print(size, error)
total = 0
for i in range(2000):
    total += len(marshal.loads(marshal.dumps({"i": i, "list": [i] * (i % 7), "f": i / 3})))
print(total)
