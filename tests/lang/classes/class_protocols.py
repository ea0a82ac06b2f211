# Classes as CPython makes and refuses them: descriptors, operators, metaclasses, layouts, assignable attributes.
def t(f, *a):
    try: print(repr(f(*a)))
    except BaseException as e: print(type(e).__name__, e)
class D:
    def __init__(s, n): s.n = n
    def __get__(s, i, o=None): return ('get', s.n, i is None, o.__name__)
class DD(D):
    def __set__(s, i, v): i.__dict__['_'+s.n] = v
    def __delete__(s, i): print('delete', s.n)
class A:
    x = D('x'); y = DD('y')
a = A(); a.__dict__['x'] = 1; a.__dict__['y'] = 2
t(lambda: a.x); t(lambda: a.y); a.y = 5; t(lambda: a.__dict__); del a.y; t(lambda: A.x)
class G:
    def __getattr__(s, n): return 'ga:'+n if n != 'bad' else s.__getattribute__(n)
    z = 3
g = G(); t(lambda: g.q); t(lambda: g.z); t(lambda: g.bad); t(lambda: hasattr(g, 'any'))
class GA:
    def __getattribute__(s, n):
        if n == 'k': raise AttributeError('nope')
        return object.__getattribute__(s, n)
    def __getattr__(s, n): return 'fallback ' + n
t(lambda: GA().k); t(lambda: GA().j)
class SA:
    def __setattr__(s, n, v): print('set', n, v); object.__setattr__(s, n, v)
    def __delattr__(s, n): print('del', n); object.__delattr__(s, n)
s = SA(); s.p = 1; del s.p
t(lambda: delattr(s, 'p'))
class N:
    def __init__(s, v): s.v = v
    def __add__(s, o): return NotImplemented if isinstance(o, str) else ('add', s.v)
    def __radd__(s, o): return ('radd', s.v)
    def __iadd__(s, o): s.v += 1; return s
    def __eq__(s, o): return s.v == o.v if isinstance(o, N) else NotImplemented
    def __lt__(s, o): return NotImplemented
    def __call__(s, *a, **k): return a, k
    def __len__(s): return s.v
    def __bool__(s): return False
    def __getitem__(s, k): return k
    def __contains__(s, k): return k == 1
    def __iter__(s): return iter([1,2])
    def __neg__(s): return 'neg'
    def __index__(s): return s.v
    def __matmul__(s, o): return 'mm'
    def __pow__(s, o, m=None): return ('pow', o, m)
    def __rpow__(s, o): return ('rpow', o)
    def __divmod__(s, o): return 'dm'
class N2(N):
    def __radd__(s, o): return 'N2radd'
n = N(3)
t(lambda: n + 1); t(lambda: n + 'a'); t(lambda: 1 + n); t(lambda: n + N2(1)); t(lambda: N2(1) + n)
n += 1; t(lambda: n.v); t(lambda: n == N(4)); t(lambda: n == 4); t(lambda: n < n); t(lambda: hash(n)); t(lambda: n(1, a=2)); t(lambda: len(n)); t(lambda: bool(n)); t(lambda: n[1:2, ...]); t(lambda: 1 in n); t(lambda: list(n)); t(lambda: -n); t(lambda: [1,2,3,4,5][n]); t(lambda: n @ 1); t(lambda: n ** 2); t(lambda: 2 ** n); t(lambda: pow(n, 2, 3)); t(lambda: divmod(n, 1)); t(lambda: +n); t(lambda: n - 1); t(lambda: n != 4)
class BadLen:
    def __len__(s): return -1
class BadLen2:
    def __len__(s): return 'x'
class BadBool:
    def __bool__(s): return 1
class BadHash:
    def __hash__(s): return 'x'
class BadStr:
    def __str__(s): return 1
    def __repr__(s): return 2
class BadInit:
    def __init__(s): return 1
t(lambda: len(BadLen())); t(lambda: len(BadLen2())); t(lambda: bool(BadBool())); t(lambda: hash(BadHash())); t(lambda: str(BadStr())); t(lambda: repr(BadStr())); t(BadInit)
class BigHash:
    def __hash__(s): return 2**70
t(lambda: hash(BigHash()))
class H:
    __hash__ = None
t(lambda: hash(H())); t(lambda: {H()})
class Eq:
    def __eq__(s, o): return True
t(lambda: Eq.__hash__); t(lambda: hash(Eq()))
class X: pass
class Y(X): pass
def tryclass(src):
    try: exec(src, globals())
    except BaseException as e: print(type(e).__name__, e)
tryclass('class Z(X, Y): pass'); tryclass('class Z(X, X): pass'); tryclass('class Z(int, str): pass'); tryclass('class Z(bool): pass'); tryclass('class Z(1): pass')
class MA(type): pass
class MB(type): pass
class CA(metaclass=MA): pass
class CB(metaclass=MB): pass
tryclass('class Z(CA, CB): pass')
class MRO(type):
    def mro(cls): return [cls, X, object]
class W(metaclass=MRO): pass
print(W.__mro__)
t(lambda: setattr(X, '__name__', 'NewX')); t(lambda: X.__name__); t(lambda: repr(X)); t(lambda: setattr(X, '__name__', 1)); t(lambda: delattr(X, '__name__'))
X.__qualname__ = 'Q.X'; print(X)
t(lambda: setattr(X, '__module__', 'mm')); print(X)
t(lambda: X.__doc__); X.__doc__ = 'dd'; t(lambda: X.__doc__)
t(lambda: X.__dict__['__doc__']); t(lambda: X.__annotations__); t(lambda: type.__dict__['__name__'])
class P1: a = 1
class P2: a = 2
class Q(P1): pass
q = Q(); print(q.a); Q.__bases__ = (P2,); print(q.a, Q.__mro__, P1.__subclasses__(), P2.__subclasses__())
t(lambda: setattr(Q, '__bases__', (int,))); t(lambda: setattr(Q, '__bases__', ())); t(lambda: setattr(Q, '__bases__', (Q,))); t(lambda: setattr(Q,'__bases__', 1))
class C1: pass
class C2: pass
class C3: __slots__ = ('a',)
c = C1(); c.v = 1; c.__class__ = C2; print(type(c).__name__, c.v, c.__dict__); t(lambda: setattr(c, '__class__', C3)); t(lambda: setattr(c, '__class__', int)); t(lambda: setattr(c, '__class__', 1)); t(lambda: setattr(1, '__class__', C1))
class S1:
    __slots__ = 'a', 'b', '__priv'
    def __init__(s): s.__priv = 7
    def get(s): return s.__priv
class S2(S1):
    __slots__ = ('c', '__dict__')
class S3(S1): pass
s = S1(); print(s.get(), S1.a, sorted(x for x in dir(s) if not x.startswith('__')))
s = S2(); s.a, s.b, s.c, s.d = 1, 2, 3, 4; print(s.a, s.b, s.c, s.d, s.__dict__)
s = S3(); s.zz = 1; print(s.__dict__)
t(lambda: type('B', (), {'__slots__': ('a',), 'a': 1})); t(lambda: type('B', (), {'__slots__': (1,)})); t(lambda: type('B', (), {'__slots__': ('1a',)})); t(lambda: type('B', (int,), {'__slots__': ('a',)})); t(lambda: type('B', (S2,), {'__slots__': ('__dict__',)}))
tryclass('class SS(S1, S2): pass')
class Sa: __slots__ = ('a',)
class Sb: __slots__ = ('b',)
tryclass('class SS(Sa, Sb): pass')
class SN:
    def __set_name__(s, o, n): print('set_name', o.__name__, n)
class HasSN: f = SN()
class BadSN:
    def __set_name__(s, o, n): raise ValueError('bad')
try:
    class HasBad: f = BadSN()
except RuntimeError as e: print(e, repr(e.__cause__))
class IS:
    def __init_subclass__(cls, /, tag=None, **kw): super().__init_subclass__(**kw); cls.tag = tag
class IS2(IS, tag='T'): pass
print(IS2.tag)
tryclass('class IS3(X, foo=1): pass')
class ME:
    def __mro_entries__(s, bases): return (X,)
class UsesME(ME()): pass
print(UsesME.__bases__, UsesME.__orig_bases__[0].__class__.__name__)
class CG:
    def __class_getitem__(cls, k): return (cls.__name__, k)
print(CG[3])
t(lambda: X[1])
t(lambda: object(1)); t(lambda: X(1)); t(lambda: X(a=1)); t(lambda: object.__new__(X, 1)); t(lambda: object.__init__(X(), 1)); t(lambda: int.__new__(str)); t(lambda: type()); t(lambda: type(1,2)); t(lambda: type('a', 2, {})); t(lambda: type(1, (), {})); t(lambda: type('a', (), 3)); t(lambda: type('a\0', (), {}))
t(lambda: isinstance(1, 'a')); t(lambda: issubclass(1, int)); t(lambda: issubclass(int, 1)); t(lambda: isinstance(1, (int, 'a'))); t(lambda: isinstance('a', (int, 'a')))
t(lambda: X()()); t(lambda: NotImplemented()); t(lambda: ...); t(lambda: type(None)()); t(lambda: type(None)(1)); t(lambda: type(...)()); t(lambda: (lambda: 0)(1)); t(lambda: type(lambda:0)())
import abc
class Ab(abc.ABC):
    @abc.abstractmethod
    def f(s): pass
    @abc.abstractmethod
    def g(s): pass
t(lambda: Ab()); Ab.register(int); t(lambda: isinstance(3, Ab)); t(lambda: issubclass(str, Ab))
class Ac(Ab):
    def f(s): pass
t(lambda: Ac()); t(lambda: Ac.__abstractmethods__)
from collections.abc import Sized, Iterable, Hashable, Sequence
t(lambda: isinstance([], Sized)); t(lambda: isinstance([], Hashable)); t(lambda: isinstance((), Sequence)); t(lambda: issubclass(list, Iterable))
