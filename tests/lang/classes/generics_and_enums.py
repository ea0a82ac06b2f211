"""__format__, abstract classes, generic aliases, unions, dataclasses, enums and signatures."""

# format protocol, dataclasses, enum, abc, typing, generic alias, unions
import abc, enum, dataclasses, typing, types, collections, functools, inspect, weakref
from typing import *
def t(f, *a, **k):
    try: r = f(*a, **k); print("ok", type(r).__name__, str(r)[:200].split(' at 0x')[0])
    except BaseException as e: print(type(e).__name__, e)
class F:
    def __format__(s, spec): return 'F<'+spec+'>'
print(f'{F():abc}', format(F(),'x'), '{:y}'.format(F()), f'{F()}', f'{F()!r:>5}'[:3])
class F2:
    def __format__(s, spec): return 5
t(lambda: f'{F2()}'); t(format, F2()); t(format, 1, 2); t(format, object(), 'x'); t(format, None, 'x'); t(format, [], 'd'); t(format, 1, 'q'); t(format, 1.5, 'd'); t(format, 'a', 'd'); t(format, 'a', '=5'); t(format, 1, ',_'); t(format, 1j, '=5'); t(format, True, 's'); t(format, 3, 'c'); t(format, -1, 'c'); t(format, 2.5, '.2,f' ); t(format, 1, '.3'); t('{} {1}'.format, 1, 2); t('{1} {}'.format, 1, 2); t('{a.b}'.format, a=1); t('{0[a]}'.format, {'a':1}); t('{0[1]}'.format, [1]); t('{'.format); t('}'.format); t('{!x}'.format,1); t('{:{}}'.format, 1, '>5'); t('{:{:{}}}'.format, 1,2,3); t('{a}'.format); t('{0}'.format); t('{0.}'.format,1); t('{0[}'.format,1); t('{0[]}'.format,1); t('{!}'.format,1); t('{!r:}'.format,1); t('{0!rs}'.format, 1); t('{.real}'.format, 3)
# abc
class B(abc.ABC):
    @abc.abstractmethod
    def f(self): pass
    @property
    @abc.abstractmethod
    def g(self): pass
t(B); 
class B1(B):
    def f(self): pass
t(B1); 
class B2(B1): g=1
t(lambda: B2().g); print(B.__abstractmethods__==frozenset({'f','g'}), B1.__abstractmethods__, inspect.isabstract(B1))
@B.register
class V: pass
print(isinstance(V(),B), issubclass(V,B), V in B.__subclasses__()); t(B.register, 5); t(B1.register, B); t(isinstance, 5, B); t(issubclass, 5, B)
class H(abc.ABC):
    @classmethod
    def __subclasshook__(cls, c): return True if c.__name__=='int' else NotImplemented
print(issubclass(int,H), issubclass(str,H), isinstance(3,H))
class H2(abc.ABC):
    @classmethod
    def __subclasshook__(cls, c): return 5
t(issubclass, int, H2)
B1.g = 5; t(B1); abc.update_abstractmethods(B1); t(lambda: type(B1()).__name__)
# generic alias
LI=list[int]
print(LI, repr(LI), LI.__origin__, LI.__args__, LI.__parameters__, LI==list[int], hash(LI)==hash(list[int]), LI(), type(LI)); T=TypeVar('T'); S=TypeVar('S'); P=ParamSpec('P'); Ts=TypeVarTuple('Ts')
print(list[T], list[T][int], dict[T,S][int,str], dict[T,T].__parameters__, tuple[()], tuple[int,...], tuple[T,...][int], list[list[T]][int], type[int], collections.abc.Callable[[int],str], collections.abc.Callable[...,T][int], collections.abc.Callable[P,T][[int,str],bool], collections.deque[int], types.MappingProxyType[int,str], tuple[*Ts][int,str], tuple[*tuple[int,str]], list[int|str], list['fwd'], list[None], list[...], type[T]|None)
t(lambda: LI[int]); t(lambda: dict[T,S][int]); t(lambda: list[T][int,str]); t(lambda: list()[int]); t(lambda: int[str]); t(lambda: LI.nope); t(lambda: LI.append); t(setattr, LI, 'x', 1); t(lambda: isinstance([], LI)); t(lambda: len(LI)); t(lambda: LI+1); t(lambda: LI|int); t(lambda: LI|None|LI); t(types.GenericAlias, int); t(types.GenericAlias, int, str); t(lambda: types.GenericAlias(list,int) is LI)
class CL(list[int]): pass
print(CL.__bases__, CL.__orig_bases__, CL.__mro__[1])
class CG(Generic[T]): pass
class CG2(CG[int], Generic[S]): pass
print(CG[int], CG[int]().__orig_class__, CG2.__parameters__, CG2[str], CG2.__orig_bases__); t(lambda: CG[int,str]); t(lambda: CG[()]); t(lambda: Generic[int]); t(lambda: exec('class X(Generic[T,T]): pass')); t(lambda: CG2[str][int])
# unions
U=int|str
print(U, U.__args__, int|str==str|int, hash(U)==hash(str|int), int|None, None|int, (int|str)|int, int|int, U|list[int], Optional[int], Union[int,str]==int|str, int|T, T|int, 'a' if False else list[T]|int); t(lambda: int|5); t(lambda: 5|int); t(lambda: int|'a'); t(lambda: U.x); t(lambda: U()); t(lambda: isinstance(1,U)); t(lambda: (int|T)[str]); t(lambda: U[int]); t(lambda: type(U)()); t(lambda: exec('class X(int|str): pass')); t(lambda: weakref.ref(U)); t(lambda: U<U); t(lambda: type(U).__name__); t(lambda: type(U).__module__)
# dataclass
@dataclasses.dataclass(order=True)
class DC: 
    a:int; b:list=dataclasses.field(default_factory=list); c:str=dataclasses.field(default='x', repr=False, compare=False)
print(DC(1), DC(1)==DC(1), DC(1)<DC(2), dataclasses.replace(DC(1),a=3), dataclasses.asdict(DC(1)), dataclasses.astuple(DC(1)), inspect.signature(DC)); t(DC); t(lambda: DC(1)<5); t(hash, DC(1))
@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class DF: a:int=1; b:int=2
d=DF(a=2); t(setattr, d, 'a', 1); t(delattr, d, 'a'); t(setattr, d, 'z', 1); print(d, hash(d)==hash(DF(a=2)), DF.__slots__, DF.__match_args__)
t(lambda: exec('@dataclasses.dataclass\nclass X:\n a:list=[]')); t(lambda: exec('@dataclasses.dataclass\nclass X:\n a:int=1\n b:int')); t(lambda: dataclasses.fields(5)); t(lambda: dataclasses.make_dataclass('Q',['x',('y',int,5)])(1))
# enum
class Col(enum.Enum): R=1; G=2; X=1
print(Col.R, repr(Col.G), Col(1), Col['G'], list(Col), Col.X is Col.R, Col.R.name, Col.R.value, Col.__members__, len(Col), Col.R in Col, hash(Col.R)==hash('R')); t(lambda: Col(5)); t(lambda: Col['Q']); t(lambda: Col.Q); t(setattr, Col, 'R', 5); t(delattr, Col, 'R'); t(lambda: exec('class Y(Col): pass')); t(lambda: Col.R<Col.G); t(lambda: 5 in Col); t(lambda: Col('a','b'))
class Fl(enum.Flag): A=enum.auto(); B=enum.auto(); C=A|B
print(Fl.A|Fl.B, Fl(0), Fl(3), ~Fl.A, Fl.A in Fl.C, list(Fl.C), Fl.C&Fl.A, repr(Fl(0)), bool(Fl(0))); t(lambda: Fl(8)); t(lambda: Fl.A|1)
class IE(enum.IntEnum): A=1
class SE(enum.StrEnum): A=enum.auto(); B='q'
print(IE.A+1, f'{IE.A}', str(IE.A), repr(IE.A), SE.A, repr(SE.B), SE.A.upper(), IE.A==1, isinstance(SE.A,str), format(IE.A,'>5'), IE.A.__class__, '%s %d' % (IE.A, IE.A)); t(lambda: exec('class Z(enum.Enum):\n A=1\n A=2')); E2=enum.Enum('E2','a b c'); print(list(E2), E2.a)
# signature
def fn(a, /, b:int=1, *args, c, d=2, **kw)->str: pass
print(inspect.signature(fn), inspect.signature(functools.partial(fn,1)), inspect.getfullargspec(fn))
