"""_pickle: streams byte for byte as CPython writes them, reading them back, hooks, memo, buffers, malformed input."""
import _pickle
import collections.abc
import copyreg
import enum
import functools
import io
import pickle
import pickletools
import random
import sys

def attempt(f, *a, **k):
    try:
        return repr(f(*a, **k))
    except Exception as e:
        return f"{type(e).__module__}.{type(e).__name__}: {e}"
def clean(text): return __import__("re").sub("0x[0-9a-f]+", "0x", text)

assert pickle.dumps is _pickle.dumps

class Plain:
    def __init__(self, *a): self.a = a
    def __eq__(self, other): return type(self) is type(other) and self.__dict__ == other.__dict__
    def __hash__(self): return 1
    class Nested: pass
class Slots:
    __slots__ = ("x", "y")
    def __eq__(self, other): return self.x == other.x
class SlotsAndDict(Slots):
    pass
class NewArgs(int):
    def __getnewargs__(self): return (int(self),)
class NewArgsEx:
    def __new__(cls, a, *, b): self = super().__new__(cls); self.a, self.b = a, b; return self
    def __getnewargs_ex__(self): return (self.a,), {"b": self.b}
    def __eq__(self, other): return (self.a, self.b) == (other.a, other.b)
class Stateful:
    def __init__(self): self.x = 1
    def __getstate__(self): return {"y": 2}
    def __setstate__(self, state): self.got = state
    def __eq__(self, other): return True
class MyList(list): pass
class MyDict(dict): pass
class MyTuple(tuple): pass
class MyStr(str): pass
class MySet(set): pass
class Color(enum.Enum):
    RED = 1
    BLUE = "b"
Point = collections.namedtuple("Point", "x y")
def function(): pass
class Reduced:
    def __init__(self, r): self.r = r
    def __reduce__(self): return self.r
def make(*a): return list(a)
def setter(o, s): o.append(s)

values = [None, True, False, 0, 1, -1, 255, 256, 65535, 65536, -65536, 2**31 - 1, 2**31, -2**31, -2**31 - 1, 2**40, -2**40, 2**63, 2**64, -2**64, 2**2040, -2**2047, 1 << 3000, -128, -32768, 0.0, -0.0, 1.5, 1e300, float("inf"), float("-inf"), 5e-324,
          "", "a", "é", "\u20ac", "\U0001f600", "\ud800", "a\n\\\0\r\x1a\xff", "x" * 255, "x" * 256, "x" * 70000, b"", b"a", b"\xff" * 255, b"y" * 256, b"z" * 70000, bytearray(), bytearray(b"abc"), bytearray(b"q" * 66000),
          (), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), [], [1], [1, 2], list(range(2500)), {}, {1: 2}, {1: 2, "a": [3]}, {i: i for i in range(2200)}, set(), {1}, frozenset(), frozenset([1]), set(range(1500)), Ellipsis, NotImplemented, type(None), type(...), int, Plain, Plain.Nested, len, function, functools.partial(int, base=2),
          Plain(1, [2]), NewArgs(5), NewArgsEx(1, b=2), Stateful(), MyList([1, 2]), MyDict(a=1), MyTuple((1, 2)), MyStr("s"), Color.RED, Color.BLUE, Point(1, 2), collections.OrderedDict(a=1, b=2), collections.deque([1, 2], 5), collections.Counter("abca"), complex(1, 2), range(5), slice(1, 2, 3), ValueError("x", 1), OSError(2, "no"), KeyError("k"),
          [[]] * 3, ("same", "same"), {"k": ("v", "k")}, str.upper, [].append, Plain.__init__, object(), Exception, collections.abc.Mapping, sys.intern("interned"), print, dict.fromkeys, iter([1, 2, 3]), enumerate("ab"), zip([1], [2]), map(int, ["1"])]
for v in values:
    for protocol in range(6):
        for fix in (True, False):
            try:
                data = _pickle.dumps(v, protocol, fix_imports=fix)
            except Exception as e:
                print(protocol, type(v).__name__, clean(f"{type(e).__name__}: {e}"))
                continue
            print(protocol, type(v).__name__, len(data), data if len(data) < 300 else hash(data) * 0 + sum(data))
            back = _pickle.loads(data)
            assert type(back) is type(v)
            assert back == v or callable(v) or type(v).__eq__ is object.__eq__ or isinstance(v, Exception) or v != v, v
            if fix:
                if not isinstance(v, (set, frozenset)) and type(v).__name__ not in ("object",):
                    assert pickle._dumps(v, protocol) == data or protocol < 2 or type(v).__name__ in ("method", "type"), (v, protocol, data, pickle._dumps(v, protocol))
                f = io.BytesIO(data + b"rest")
                assert type(_pickle.load(f)) is type(v) and f.read() == b"rest"
slots = SlotsAndDict()
slots.x = 1
slots.z = 2
for protocol in range(2, 6):
    back = _pickle.loads(_pickle.dumps(slots, protocol))
    print(back.x, back.z, hasattr(back, "y"), _pickle.dumps(slots, protocol))
print(attempt(_pickle.dumps, Slots(), 0), attempt(_pickle.dumps, slots, 1))

# --- recursion ---
loop = []
loop.append(loop)
t = ([],)
t[0].append(t)
t4 = ([], 1, 2, 3)
t4[0].append(t4)
d = {}
d["d"] = d
o = Plain()
o.self = o
m = MyList()
m.append(m)
f = frozenset([o])
o.f = f
mt = MyTuple(([],))
mt[0].append(mt)
for v in (loop, t, t4, d, o, m, f, mt):
    for protocol in range(2 if type(v) in (MyTuple, MyList, frozenset) else 0, 6):
        data = _pickle.dumps(v, protocol)
        print(protocol, type(v).__name__, len(data), data if type(v) is not frozenset else 0)
        back = _pickle.loads(data)
        assert type(back) is type(v)
deep = []
for _ in range(100000):
    deep = [deep]
print(attempt(_pickle.dumps, deep)[:60])

# --- reduction ---
for r in ("function", "nothing", "Plain.Nested", (make, (1, 2)), (make,), (make, 1), (5, ()), (make, (), None, None, None, None, None), (make, (), None, iter([7, 8])), (make, (), None, 5), (make, (), None, None, 5), (make, (), None, None, iter([1])),
          (MyDict, (), {"a": 1}, None, iter([("k", "v"), ("l", "w")])), (make, (1,), "state", None, None, setter), (make, (), 1, None, None, 5), (make, (), 5), 5, None, (copyreg.__newobj__, (Plain,)), (copyreg.__newobj__, ()), (copyreg.__newobj__, (int,)), (copyreg.__newobj__, (5,)),
          (copyreg.__newobj_ex__, (Reduced, (1,), {})), (copyreg.__newobj_ex__, (Reduced,)), (copyreg.__newobj_ex__, (1, 2, 3)), (copyreg.__newobj_ex__, (Reduced, 2, 3)), (copyreg.__newobj_ex__, (Reduced, (), 3)), (make, (), (None, {"a": 1})), (Plain, (), (None, {"b": 1})), (Plain, (), ({"c": 1}, None))):
    for protocol in (0, 2, 3, 4, 5):
        if isinstance(r, tuple) and len(r) > 3:
            r = tuple(iter([7, 8]) if i == 3 and type(x).__name__ == "list_iterator" else iter([("k", "v"), ("l", "w")]) if i == 4 and type(x).__name__ == "list_iterator" and len(r) == 5 and r[0] is MyDict else x for i, x in enumerate(r))
        text = attempt(_pickle.dumps, Reduced(r), protocol)
        print(protocol, clean(text), clean(attempt(lambda: _pickle.loads(eval(text)) if text.startswith("b") else None)))
def local():
    class Local: pass
    return Local
print(attempt(_pickle.dumps, local()), clean(attempt(_pickle.dumps, lambda: 1)), attempt(_pickle.dumps, sys), clean(attempt(_pickle.dumps, (x for x in ()))))
moved = type("Moved", (), {"__module__": "no.such"})
other = type("Plain", (), {"__module__": "__main__"})
print(clean(attempt(_pickle.dumps, moved)), clean(attempt(_pickle.dumps, other)), clean(attempt(_pickle.dumps, type("Gone", (), {"__module__": "__main__"}))))
uni = type("Ünï", (), {"__module__": "__main__"})
globals()["Ünï"] = uni
for protocol in range(6):
    print(protocol, attempt(_pickle.dumps, uni, protocol))

# --- extension registry ---
copyreg.add_extension("__main__", "Plain", 200)
copyreg.add_extension("__main__", "function", 0x1234)
copyreg.add_extension("__main__", "make", 0x12345678)
for v in (Plain, function, make):
    for protocol in (1, 2, 4):
        data = _pickle.dumps(v, protocol)
        print(data, _pickle.loads(data) is v)
copyreg.clear_extension_cache()
for name, code in (("Plain", 200), ("function", 0x1234), ("make", 0x12345678)):
    copyreg.remove_extension("__main__", name, code)
print(attempt(_pickle.loads, b"\x82\xc9."), attempt(_pickle.loads, b"\x82\0."), attempt(_pickle.loads, b"\x84\xff\xff\xff\xff."))

# --- hooks ---
class P(_pickle.Pickler):
    def persistent_id(self, o): return ("id", o.a) if isinstance(o, Plain) else "abc" if o == "text" else None
class U(_pickle.Unpickler):
    def persistent_load(self, i): return ("loaded", i)
    def find_class(self, module, name):
        print("find", module, name)
        return super().find_class(module, name)
for protocol in range(6):
    out = io.BytesIO()
    P(out, protocol).dump([Plain(1), "text", "other", function])
    print(out.getvalue(), U(io.BytesIO(out.getvalue())).load()[:3], attempt(_pickle.loads, out.getvalue()))
class Ascii(_pickle.Pickler):
    def persistent_id(self, o): return "é"
print(attempt(Ascii(io.BytesIO(), 0).dump, 1), attempt(_pickle.loads, b"P\xff\n."))
class Override(_pickle.Pickler):
    def reducer_override(self, o):
        if o is int: return make, (1,)
        if isinstance(o, Plain): return 5
        return NotImplemented
    dispatch_table = copyreg.dispatch_table.copy()
Override.dispatch_table[complex] = lambda c: (complex, ("7",))
out = io.BytesIO()
Override(out).dump([int, 1j, function])
print(out.getvalue(), _pickle.loads(out.getvalue())[:2], attempt(Override(io.BytesIO()).dump, Plain()))
p = _pickle.Pickler(io.BytesIO())
p.dispatch_table = {Plain: lambda o: "function"}
print(clean(attempt(p.dump, Plain())), p.dispatch_table is not None, attempt(getattr, _pickle.Pickler(io.BytesIO()), "dispatch_table"), attempt(getattr, p, "persistent_id"), attempt(setattr, p, "persistent_id", 5))
p.persistent_id = lambda o: None
print(p.persistent_id(1), p.bin, p.fast, attempt(getattr, _pickle.Unpickler(io.BytesIO()), "persistent_load"))

# --- memo ---
out = io.BytesIO()
p = _pickle.Pickler(out, 2)
shared = ["shared"]
p.dump(shared)
p.dump(shared)
print(out.getvalue(), sorted(n for n, _ in p.memo.copy().values()), type(p.memo).__name__)
memo = p.memo
p.clear_memo()
p.dump(shared)
q = _pickle.Pickler(out, 2)
q.memo = memo
q.dump(shared)
q.memo = {1: (5, shared)}
q.dump([shared])
print(out.getvalue(), attempt(setattr, q, "memo", 5), attempt(setattr, q, "memo", {1: 2}), attempt(setattr, q, "memo", {1: ("a", 2)}), memo.__reduce__()[0], memo.clear(), len(memo.copy()))
data = out.getvalue()
u = _pickle.Unpickler(io.BytesIO(data))
print(u.load(), u.load(), u.load(), u.load(), u.memo.copy(), type(u.memo).__name__)
u2 = _pickle.Unpickler(io.BytesIO(b"h\x01."))
u2.memo = u.memo
print(attempt(u2.load), attempt(setattr, u2, "memo", {"a": 1}), attempt(setattr, u2, "memo", {-1: 1}), attempt(setattr, u2, "memo", 5), u2.memo.__reduce__())
fast = _pickle.Pickler(io.BytesIO(), 2)
fast.fast = 1
print(fast.dump([1, "a", "a"]), clean(attempt(fast.dump, loop)), clean(attempt(fast.dump, d)), fast.fast)

# --- buffers ---
B = pickle.PickleBuffer
for source in (b"abc", bytearray(b"xyz"), b"L" * 70000):
    for protocol in (4, 5):
        print(protocol, attempt(lambda: sum(_pickle.dumps(B(source), protocol))))
        out = []
        print(attempt(lambda: _pickle.dumps([B(source), 1], protocol, buffer_callback=out.append)), len(out))
        if out:
            data = _pickle.dumps([B(source), 1], 5, buffer_callback=lambda b: None)
            print(attempt(_pickle.loads, data)[:80], attempt(_pickle.loads, data, buffers=[])[:60], type(_pickle.loads(data, buffers=out)[0]), type(_pickle.loads(data, buffers=[bytearray(source)])[0]), attempt(_pickle.loads, data, buffers=5))
print(attempt(_pickle.dumps, B(b"x"), 5, buffer_callback=lambda b: True), attempt(_pickle.dumps, 1, 4, buffer_callback=print), attempt(B, 5), attempt(_pickle.dumps, B(memoryview(b"abcdef")[::2]), 5), attempt(B(memoryview(b"abcdef")[::2]).raw))
b = B(bytearray(b"abc"))
print(bytes(b), b.raw().tobytes(), memoryview(b).readonly, b.release(), attempt(b.raw), attempt(memoryview, b), attempt(_pickle.dumps, b, 5), b.release())
import array
a = array.array("i", [1, 2])
print(B(a).raw().format, memoryview(B(a)).format, memoryview(B(a)).shape, B(a).raw().nbytes)

# --- malformed and old input ---
for data in (b"", b".", b"N", b"0.", b"(.", b"(0.", b"a.", b"s.", b"}s.", b"(NNu.", b"}(Nu.", b"(Nd.", b"](.", b"(e.", b"t.", b"\x85.", b"\x87.", b"1.", b"2.", b"N2\x86.", b"h\x05.", b"j\0\0\0\1.", b"gx\n.", b"g5\n.", b"pz\n.", b"Np-1\n.", b"q\0.", b"r\0\0\0\0.", b"\x94.", b"I1\n.", b"I01\n.", b"I00\n.", b"Ix\n.", b"I\n.",
             b"I0x10\n.", b"I99999999999999999999\n.", b"L5L\n.", b"L5\n.", b"Lx\n.", b"F1.5\n.", b"Fx\n.", b"Finf\n.", b"G\0\0.", b"S'abc'\n.", b"S\"a\\n\"\n.", b"Sabc\n.", b"S'abc\n.", b"S'\n.", b"U\3abc.", b"U\3\xff\xfe\xfd.", b"T\3\0\0\0abc.", b"T\xff\xff\xff\xffabc.", b"Vab\\u20ac\n.", b"V\\uzz\n.", b"X\3\0\0\0a\xffb.", b"X\3\0\0\0\xed\xa0\x80.", b"\x8c\5abc.",
             b"\x8b\xff\xff\xff\xff.", b"\x8a\0.", b"\x8a\1\xff.", b"\x8b\2\0\0\0\0\x80.", b"\x80\6.", b"\x80\5N.", b"\x95\1\0\0\0\0\0\0\0N.", b"\x95\xff\0\0\0\0\0\0\0N.", b"\x95\xff\xff\xff\xff\xff\xff\xff\xff.", b"\x8e\xff\xff\xff\xff\xff\xff\xff\xff.", b"\x96\xff\xff\xff\xff\xff\xff\xff\xff.", b"\x96\3\0\0\0\0\0\0\0abc.", b"\x96\3\0\0\0\0\0\0\0a", b"\x97.", b"N\x98.", b"\x98.",
             b"cbuiltins\nint\n.", b"cbuiltins\nnothing\n.", b"cno_such\nx\n.", b"c__builtin__\nxrange\n.", b"\x80\3c__builtin__\nxrange\n.", b"\x8c\7builtins\x8c\3int\x93.", b"NN\x93.", b"\x80\4\x8c\7builtins\x8c\7int.abs\x93.", b"\x80\4\x8c\7builtins\x8c\5a.b.c\x93.", b"\x80\4\x8c\7builtins\x8c\x0ca.<locals>.c\x93.",
             b"cbuiltins\nint\n(S'5'\ntR.", b"cbuiltins\nint\nNR.", b"NNR.", b"(ibuiltins\nint\n.", b"(S'5'\nibuiltins\nint\n.", b"(cbuiltins\nint\no.", b"(cbuiltins\nint\nS'7'\no.", b"(o.", b"cbuiltins\nint\n)\x81.", b"N)\x81.", b"cbuiltins\nint\nN\x81.", b"cbuiltins\nint\n)}\x92.", b"cbuiltins\nint\n)N\x92.", b"N)}\x92.", b"NNb.", b"b.", b"c__main__\nPlain\n)\x81}S'q'\nI5\nsb.", b"c__main__\nPlain\n)\x81Nb.",
             b"c__main__\nPlain\n)\x81I5\nb.", b"c__main__\nPlain\n)\x81NN\x86b.", b"c__main__\nPlain\n)\x81NI5\n\x86b.", b"c__main__\nPlain\n)\x81N}S'w'\nI5\ns\x86b.", b"c__main__\nPlain\n)\x81}I1\nI2\nsb.", b"P1\n.", b"NQ.", b"\x8f(I1\nI2\n\x90.", b"](I1\n\x90.", b"(I1\nI1\n\x91.", b"\x8f(]\x90.", b"NNNa.", b"]Na.", b"c__main__\nMyList\n)\x81(NNe.", b"NNN(NNe.", b"}(NNNu.", b"}(NNNNu.", b"N(NNu.", b"x", b"'", b"\\", b"\xff", b"\0", b" "):
    print(data, clean(attempt(_pickle.loads, data)), clean(attempt(_pickle.load, io.BytesIO(data))), clean(attempt(_pickle.loads, data, encoding="bytes")) if b"U" in data or b"S" in data else "", attempt(_pickle.loads, data, encoding="latin1", errors="replace") if b"U" in data else "")
rng = random.Random(8)
base = [_pickle.dumps(v, p) for v in values[:70] if not isinstance(v, (list, dict, set)) or len(v) < 10 for p in range(6) if len(_pickle.dumps(v, p)) < 100]
for _ in range(3000):
    data = bytearray(rng.choice(base))
    for _ in range(rng.randrange(1, 3)):
        data[rng.randrange(len(data))] = rng.choice(b"0(12.NI)K]}aehjqrsu\x00\x01\x05\x80\x85\x86\x8c\x94")
    data = bytes(data)
    if b"\x80" in data[2:] or b"\xff\xff" in data or b"\x96" in data or b"F" in data or b"encode" in data or b"r" in data:  # what only asks for much memory
        continue
    a = clean(attempt(_pickle.loads, data))
    print(data, a)

# --- files ---
class File:
    def __init__(self, data, *, peek=False, into=False):
        self.f = io.BytesIO(data)
        self.calls = []
        if peek: self.peek = self._peek
        if into: self.readinto = self._readinto
    def read(self, n): self.calls.append(("read", n)); return self.f.read(n)
    def readline(self): self.calls.append("line"); return self.f.readline()
    def _peek(self, n): self.calls.append("peek"); return self.f.getvalue()[self.f.tell():self.f.tell() + 20]
    def _readinto(self, b): self.calls.append(("into", len(b))); return self.f.readinto(b)
for v in ([1, "two", 3.5], b"x" * 10000, bytearray(100000), "é" * 70000, [list(range(300))] * 3):
    for protocol in range(6):
        data = _pickle.dumps(v, protocol) + b"tail"
        for k in ({}, {"peek": True}, {"into": True}, {"peek": True, "into": True}):
            f = File(data, **k)
            assert _pickle.load(f) == v and f.f.read() == b"tail", (protocol, k)
class Short:
    def read(self, n): return b"\x80"
    def readline(self): return b"no end"
class Wrong:
    def read(self, n): return 5
    def readline(self): return 5
class Raises:
    def read(self, n): raise KeyError("read")
    def readline(self): raise KeyError("line")
for f in (Short(), Wrong(), Raises(), 5, io.StringIO("N.")):
    print(attempt(_pickle.load, f))
class Chunks:
    def __init__(self): self.sizes = []
    def write(self, b): self.sizes.append(len(b))
for protocol in (3, 4, 5):
    c = Chunks()
    _pickle.dump([b"a" * 100000, "b" * 100000, list(range(60000))], c, protocol)
    print(protocol, c.sizes)
class Fails:
    def write(self, b): raise KeyError("write")
print(attempt(_pickle.dump, 1, Fails()), attempt(_pickle.dump, 1, 5), attempt(_pickle.dump, 1), attempt(_pickle.Pickler), attempt(_pickle.Pickler, 5), attempt(_pickle.Pickler, Fails(), 9), attempt(_pickle.dumps, 1, "a"), attempt(_pickle.dumps, 1, -1), attempt(_pickle.dumps), attempt(_pickle.loads), attempt(_pickle.loads, "a"), attempt(_pickle.loads, b"N.", encoding=5), attempt(_pickle.Unpickler, 5), attempt(_pickle.Unpickler, io.BytesIO(b"N."), encoding=None))
class NoInit(_pickle.Pickler):
    def __init__(self): pass
class NoInitU(_pickle.Unpickler):
    def __init__(self): pass
print(attempt(NoInit().dump, 1), attempt(NoInitU().load))
u = _pickle.Unpickler(io.BytesIO(b"N."))
print(attempt(u.find_class, "builtins", "int"), attempt(u.find_class, "builtins", "x"), attempt(u.find_class, 1, 2), u.load(), attempt(u.load))
class BadGetattr:
    def __getattr__(self, name): return self.endless
print([type(_pickle.dumps(BadGetattr(), protocol)) for protocol in range(2, 6)])
class Changing:
    def __init__(self, target): self.target = target
    def __reduce__(self): self.target[len(self.target)] = 1; return int, ()
grow = {}
grow[0] = Changing(grow)
print(attempt(_pickle.dumps, {**grow, "x": Changing(grow)}) [:20], attempt(_pickle.dumps, grow))
total = 0
data = {"list": [1, 2.5, "three"], "nested": {"a": (1, 2)}, "object": Plain(1)}
for i in range(2000):
    data["i"] = i
    total += len(_pickle.dumps(data)) + _pickle.loads(_pickle.dumps(data))["i"]
print(total, _pickle.PickleError.__mro__, _pickle.PicklingError.__mro__, _pickle.UnpicklingError.__mro__)
