# The parts of the standard library that lean on classes: enum, dataclasses, typing, weakref, abc, pickle.
import enum, dataclasses, typing, collections, functools, abc, copy, pickle, weakref, types, inspect, contextlib, threading
class Color(enum.Enum):
    RED = 1; GREEN = 'g'
    @property
    def low(self): return self.name.lower()
print(Color.RED, repr(Color.GREEN), Color('g'), Color['RED'], list(Color), Color.RED.low, Color.RED is Color(1), hash(Color.RED) == hash('RED'))
class F(enum.Flag): A = 1; B = 2; C = 4
print(F.A | F.B, F(7), ~F.A, F.A in (F.A | F.C))
class IE(enum.IntEnum): X = 5
print(IE.X + 1, IE.X == 5, repr(IE.X))
class SE(str, enum.Enum): Q = 'qq'
print(SE.Q == 'qq', SE.Q.value, SE.Q.upper(), SE('qq'))
try: Color(99)
except ValueError as e: print(e)
try: Color.RED = 3
except AttributeError as e: print(e)
@dataclasses.dataclass(order=True)
class P:
    x: int
    y: float = 2.0
    z: list = dataclasses.field(default_factory=list)
print(P(1), P(1) == P(1), P(1) < P(2), dataclasses.asdict(P(3)), dataclasses.replace(P(1), x=9))
@dataclasses.dataclass(frozen=True, slots=True)
class Fz: a: int = 1
try: Fz().a = 3
except dataclasses.FrozenInstanceError as e: print(repr(e))
print(Fz(2), hash(Fz(2)) == hash(Fz(2)))
NT = collections.namedtuple('NT', 'a b c', defaults=[9]); n = NT(1, 2); print(n, n._replace(a=5), n.a, n[2], NT._fields, n._asdict(), pickle.loads(pickle.dumps((1, 'a', {2: [3]}))))
class TN(typing.NamedTuple):
    a: int; b: str = 'x'
print(TN(1), TN.__annotations__)
T = typing.TypeVar('T')
class G(typing.Generic[T]):
    def __init__(self, v: T): self.v = v
print(G[int], G[int](3).v, typing.List[int], typing.Optional[int], typing.Union[int, str], G.__parameters__, typing.get_type_hints(TN), dict[str, T][int], list[T][int])
class Proto(typing.Protocol):
    def meth(self): ...
@typing.runtime_checkable
class RP(typing.Protocol):
    def close(self): ...
class HasClose:
    def close(self): pass
print(isinstance(HasClose(), RP), isinstance(3, RP))
@functools.singledispatch
def sd(x): return 'obj'
@sd.register
def _(x: int): return 'int'
print(sd(1), sd('a'))
@functools.lru_cache
def fibo(n): return n if n < 2 else fibo(n-1) + fibo(n-2)
print(fibo(80), fibo.cache_info())
class CP:
    @functools.cached_property
    def v(self): print('compute'); return 5
c = CP(); print(c.v, c.v, c.__dict__)
class X: 
    def __init__(self): self.a = [1]; self.b = 2.5
x = X(); y = copy.copy(x); z = copy.deepcopy(x); print(y.a is x.a, z.a is x.a, z.__dict__)
globals()['X'] = X
p = pickle.loads(pickle.dumps(x)); print(p.a, p.b, type(p) is X)
wd = weakref.WeakValueDictionary(); wd['x'] = x; print(len(wd)); del x; print(len(wd))
wk = weakref.WeakKeyDictionary(); k = X(); wk[k] = 1; print(len(wk)); del k; print(len(wk))
ws = weakref.WeakSet(); k = X(); ws.add(k); print(len(ws), k in ws); del k; print(len(ws))
fin = weakref.finalize(y, print, 'finalized'); del y
wm = weakref.WeakMethod(HasClose().close); print(wm())
print(types.SimpleNamespace(a=1, b='x'), types.SimpleNamespace(a=1) == types.SimpleNamespace(a=1))
print(inspect.signature(fibo), inspect.signature(P), inspect.signature(X), inspect.getmro(IE)[:2], inspect.isclass(X))
@contextlib.contextmanager
def cm():
    print('enter')
    try: yield 5
    finally: print('exit')
with cm() as v: print(v)
with contextlib.suppress(ValueError): raise ValueError
r = []
def work(i): r.append(i)
ts = [threading.Thread(target=work, args=(i,)) for i in range(5)]
for t_ in ts: t_.start()
for t_ in ts: t_.join()
print(sorted(r))
l = threading.local(); l.x = 1; print(l.x, l.__dict__)
class AB(abc.ABC):
    @property
    @abc.abstractmethod
    def p(self): ...
try: AB()
except TypeError as e: print(e)
from collections.abc import Mapping, Sequence, MutableMapping
class MyM(Mapping):
    def __getitem__(s, k): return k
    def __len__(s): return 1
    def __iter__(s): return iter(['k'])
m = MyM(); print(dict(m), list(m.items()), m.get('z'), 'q' in m, isinstance({}, Mapping), isinstance([], Sequence))
match m:
    case {'k': v}: print('mapping', v)
print(collections.Counter('abca').most_common(1), collections.OrderedDict(a=1), collections.defaultdict(list, a=[1]), collections.deque([1, 2], 5), collections.ChainMap({'a': 1}, {'b': 2})['b'])
print(types.MappingProxyType({'a': 1}), types.new_class('NC', (X,), {}, lambda ns: ns.update(q=1)).q)
class Meta(type):
    def __prepare__(name, bases): return collections.OrderedDict(pre=1)
    def __instancecheck__(c, o): return True
    def __getitem__(c, k): return k
    def __len__(c): return 4
    def __iter__(c): return iter([1])
    def __contains__(c, k): return True
    def __call__(c, *a): return 'called'
    @property
    def mp(c): return 'mp'
class WM(metaclass=Meta): pass
print(WM.pre, isinstance(3, WM), WM[2], len(WM), list(WM), 5 in WM, WM(), WM.mp)
