# Instances: many attributes, changing types of attributes, __dict__ in every use, subclasses of builtins, super.
def t(f, *a):
    try: print(repr(f(*a)))
    except BaseException as e: print(type(e).__name__, e)
# shapes
class P: pass
ps = []
for i in range(300):
    p = P(); setattr(p, 'a%d' % i, i); ps.append(p)
print(sum(getattr(p, 'a%d' % i) for i, p in enumerate(ps)))
p = P()
for i in range(200): setattr(p, 'n%d' % i, i * 1.5 if i % 3 else i)
print(sum(p.__dict__.values()), len(p.__dict__))
for i in range(0, 200, 2): delattr(p, 'n%d' % i)
print(len(p.__dict__), list(p.__dict__)[:5])
class V:
    def __init__(s, x, y): s.x = x; s.y = y
vs = [V(i, i * 2.0) for i in range(10)]
vs[3].x = 'str'; vs[4].y = 5; vs[5].x = 2**80; vs[6].x = None; vs[7].x = 1.5
print([(v.x, v.y, type(v.x).__name__, type(v.y).__name__) for v in vs])
v = vs[0]; d = v.__dict__; d['z'] = 9; v.w = 8; print(d, v.z, vars(v) is d); del v.x; print(d); v.__dict__ = {'q': 1}; print(v.q, d, hasattr(v, 'y'))
t(lambda: setattr(v, '__dict__', 1)); del v.__dict__; print(v.__dict__); v.new = 2; print(v.__dict__)
d = V(1, 2).__dict__; print(d)
o = V(1, 2); d = o.__dict__; del o; d['x'] = 3; print(d)
o = V(1,2); o.__dict__[1] = 2; print(o.__dict__, o.x); 
o = V(1,2); del o.x; o.x = 5; print(list(o.__dict__)); 
o = V(1,2); del o.y; del o.x; print(o.__dict__); o.y = 1; print(o.__dict__)
import sys
o = V([], []); print(sys.getrefcount(o), sys.getrefcount(o.x), sys.getrefcount(o.__dict__), sys.getrefcount(o.x))
class Dp:
    def __init__(s, n): s.n = n
    def __del__(s): print('del', s.n)
o = V(Dp(1), Dp(2)); o.x = None; print('-'); del o; print('=')
o = V(Dp(3), Dp(4)); d = o.__dict__; del o; print('alive'); del d; print('==')
o = V(Dp(5), 1); o.__dict__ = {}; print('replaced')
class R:
    keep = []
    def __del__(s): R.keep.append(s); print('res')
r = R(); r = None; print(len(R.keep)); R.keep.clear(); print('after')
# deep
l = None
for i in range(200000): l = [l]
del l; print('deep ok')
class Node:
    def __init__(s, n): s.next = n
n = None
for i in range(200000): n = Node(n)
del n; print('deep nodes ok')
t_ = ()
for i in range(200000): t_ = (t_,)
del t_; d = {}
for i in range(100000): d = {'a': d}
del d; print('deep dict ok')
e = None
# subclass instances
class L(list):
    def __init__(s, *a): super().__init__(*a); s.extra = 5
x = L([3, 1, 2]); x.sort(); x.append('q'); print(x, x.extra, x.__dict__, x == [1,2,3,'q'], type(x + [1]).__name__)
class I(int):
    def __new__(cls, v, tag): o = super().__new__(cls, v); o.tag = tag; return o
i = I(5, 'five'); print(i + 1, i.tag, i, repr(i), I.__mro__, hash(i) == hash(5), {5: 'a'}[i], i == 5, int(i), type(int(i)))
class F(float):
    pass
f = F(1.5); f.a = 1; print(f * 2, f.a, f, f == 1.5, f.is_integer())
class S(str):
    def __new__(cls, v): o = super().__new__(cls, v.upper()); o.raw = v; return o
s = S('abc'); print(s, s.raw, s + 'd', len(s), {'ABC': 1}[s], s == 'ABC', hash(s) == hash('ABC'), s[0], s.__dict__)
class B(bytes): pass
b = B(b'xyz'); b.q = 2; print(b, b.q, b[0])
class T(tuple):
    def __new__(cls, *a): o = super().__new__(cls, a); o.n = len(a); return o
x = T(1, 2, 3); print(x, x.n, x[1], x == (1,2,3), hash(x) == hash((1,2,3)), x + (4,)); x.zz = 2; print(x.__dict__)
class SS(str):
    __slots__ = ('a', 'b')
x = SS('hello'); x.a = 1; x.b = [2]; print(x, x.a, x.b); t(lambda: setattr(x, 'c', 1))
class D(dict):
    def __getitem__(s, k): return 'over'
d = D(a=1); print(d['a'], d.get('a'), d, dict(d)); d.attr = 1; print(d.attr)
class DS(dict): __slots__ = ('s',)
d = DS(); d.s = 1; print(d.s, d); t(lambda: setattr(d, 'q', 1))
class St(set): pass
x = St([1]); x.a = 1; print(x, x.a, x | {2})
class E(Exception):
    def __init__(s, a, b): super().__init__(a); s.b = b
e = E(1, 2); print(repr(e), e.b, e.args, e.__dict__)
class E2(ValueError, KeyError): pass
print(repr(E2('x')), str(E2('x')), E2.__mro__)
class E3(OSError):
    def __init__(s, *a, **k): super().__init__(*a); s.k = k
print(repr(E3(2, 'msg', 'file', x=1)), E3(2, 'msg').errno)
class Pr(property): pass
class UP:
    @Pr
    def v(s): "doc"; return 3
print(UP().v, UP.v.__doc__)
class Prop:
    def __init__(s): s._x = 1
    @property
    def x(s): "xdoc"; return s._x
    @x.setter
    def x(s, v): s._x = v
    @x.deleter
    def x(s): del s._x
p = Prop(); p.x = 5; print(p.x, Prop.x.__doc__, Prop.x.fget.__name__); del p.x; t(lambda: p.x)
t(lambda: Prop.__dict__['x'].getter(lambda s: 'new').__get__(p))
class CM:
    @classmethod
    def f(cls): return cls.__name__
    @staticmethod
    def g(x=1): return x
    @classmethod
    @property
    def h(cls): return 'cp' + cls.__name__
print(CM.f(), CM().f(), CM.g(), CM().g(2), CM.h, CM.__dict__['f'].__func__, CM.__dict__['g'](9)) if False else print(CM.f(), CM().f(), CM.g(), CM().g(2), CM.h, CM.__dict__['g'](9))
# super
class A0:
    def m(s): return ['A0']
    @classmethod
    def c(cls): return ['A0', cls.__name__]
class A1(A0):
    def m(s): return ['A1'] + super().m()
    @classmethod
    def c(cls): return ['A1'] + super().c()
class A2(A0):
    def m(s): return ['A2'] + super().m()
class A3(A1, A2):
    def m(s): return ['A3'] + super(A3, s).m()
print(A3().m(), A3.c(), super(A1, A3()).m(), super(A1, A3).m(A3()))
t(lambda: super(A1, A3()).nope); t(lambda: super(A3, A0())); t(lambda: super(1)); print(super(A1, A3()).__self_class__.__name__)
def notmethod(): super()
t(notmethod)
def badsuper(x): return super().y
t(badsuper, 1)
# unusual
t(lambda: type.__call__(int, '3')); t(lambda: object.__getattribute__(5, 'real')); t(lambda: object.__setattr__(5, 'x', 1)); t(lambda: V(1,2).__reduce_ex__(2)[2]); t(lambda: V(1,2).__getstate__()); t(lambda: object().__getstate__()); t(lambda: SS('a').__getstate__()); t(lambda: object().__sizeof__()); t(lambda: object().__format__('')[:8]); t(lambda: object().__format__('x')); t(lambda: object().__dir__()[:0]); t(lambda: object.__subclasshook__()); t(lambda: object().__eq__(1)); t(lambda: object().__ne__(1)); t(lambda: object.__eq__(1, 1)); t(lambda: object.__init_subclass__()); t(lambda: int.mro()); t(lambda: type.mro(int)); t(lambda: V.__flags__ & (1 << 9)); t(lambda: int.__flags__ & (1<<24)); t(lambda: V.__dictoffset__ != 0); t(lambda: V.__weakrefoffset__ != 0); t(lambda: int.__base__); t(lambda: V.__base__); t(lambda: int.__itemsize__); t(lambda: type.__basicsize__ > 0); t(lambda: V.__text_signature__); t(lambda: V.__abstractmethods__); t(lambda: type.__prepare__('a', ())); t(lambda: type.__instancecheck__(int, 1)); t(lambda: int.__or__(1, 2)); t(lambda: (int | str) == (str | int)); t(lambda: int | 'a'); t(lambda: int | list[int] | None); t(lambda: (int | None).__args__); t(lambda: isinstance(None, int | None)); t(lambda: list[int](range(3))); t(lambda: list[int].append); t(lambda: dict[str, list[int]].__args__); t(lambda: isinstance([], list[int])); t(lambda: list[int] == list[int]); t(lambda: hash(list[int]) == hash(list[int])); t(lambda: tuple[int, ...]); t(lambda: list[int][str]); t(lambda: tuple[()]); t(lambda: list[V]); t(lambda: type[int]); t(lambda: list['a'])
