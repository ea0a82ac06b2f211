"""Class statements: metaclasses, __prepare__, __init_subclass__, __set_name__, __mro_entries__, mro(), and what they refuse."""

def t(f, *a, **k):
    try: r = f(*a, **k); print("ok", type(r).__name__, str(r)[:120].split(' at 0x')[0])
    except BaseException as e: print(type(e).__name__, e)
# metaclass, prepare, init_subclass, set_name
class Meta(type):
    @classmethod
    def __prepare__(m, name, bases, **k):
        print('prepare', m.__name__, name, bases, k); return {'injected': 1}
    def __new__(m, name, bases, ns, **k):
        print('new', name, sorted(x for x in ns if x[0] != '_'), k); return super().__new__(m, name, bases, ns)
    def __init__(c, name, bases, ns, **k):
        print('init', name, k); super().__init__(name, bases, ns)
    def __call__(c, *a, **k):
        print('call', a, k); return super().__call__(*a, **k)
class A(metaclass=Meta, x=1): a = injected
class B(A, y=2): pass
A(); 
def f(): 
    class Bad(metaclass=lambda *a, **k: print('fn', a[0], a[1], sorted(a[2]), k)): q=1
    return Bad
t(f)
class PM(type):
    def __prepare__(*a): return 5
t(lambda: exec('class X(metaclass=PM): pass', globals()))
class PM2(type):
    @classmethod
    def __prepare__(*a): return []
t(lambda: exec('class X(metaclass=PM2): pass', globals()))
class Ns(dict):
    def __setitem__(s, k, v): print('set', k); dict.__setitem__(s, k, v)
    def __missing__(s, k):
        if k.startswith('m_'): return k
        raise KeyError(k)
class PM3(type):
    @classmethod
    def __prepare__(*a): return Ns()
class X(metaclass=PM3):
    a = m_foo
    def b(self): return 1
    del a
print(sorted(k for k in vars(X) if k[0]!='_'))
class M1(type): pass
class M2(type): pass
class C1(metaclass=M1): pass
class C2(metaclass=M2): pass
t(lambda: exec('class Z(C1, C2): pass', globals())); t(lambda: exec('class Z(C1, metaclass=M2): pass', globals()))
class IS:
    def __init_subclass__(cls, /, tag=None, **k): print('is', cls.__name__, tag, k); super().__init_subclass__(**k)
class IS1(IS, tag=1): pass
t(lambda: exec('class IS2(IS, tag=1, other=2): pass', globals()))
class IS3:
    def __init_subclass__(cls): raise ValueError('no')
t(lambda: exec('class IS4(IS3): pass', globals()))
t(lambda: exec('class IS5(IS3, a=1): pass', globals()))
class D:
    def __set_name__(self, owner, name): print('sn', owner.__name__, name)
class HD: d = D(); e = D()
class DB:
    def __set_name__(self, owner, name): 1/0
t(lambda: exec('class Z:\n x = DB()', globals()))
try: exec('class Z:\n x = DB()', globals())
except RuntimeError as e: print(repr(e.__cause__), repr(e.__context__))
class DB2:
    def __set_name__(self): pass
t(lambda: exec('class Z:\n x = DB2()', globals()))
class ME:
    def __mro_entries__(self, bases): print('me', len(bases)); return (dict, list)[:1]
class Z(ME(), IS): pass
print(Z.__mro__, Z.__orig_bases__ [1:])
class ME2:
    def __mro_entries__(self, bases): return 5
t(lambda: exec('class Z(ME2()): pass', globals()))
class ME3:
    def __mro_entries__(self, bases): return (5,)
t(lambda: exec('class Z(ME3()): pass', globals()))
t(lambda: exec('class Z(5): pass', globals())); t(lambda: exec('class Z(None): pass', globals())); t(lambda: exec('class Z("a"): pass', globals()))
class CG:
    def __class_getitem__(cls, k): return (cls.__name__, k)
class CG2(CG): pass
print(CG[1], CG2[int, str], CG2['a':2])
t(lambda: CG()[1])
t(lambda: int[1])
t(lambda: A[1])
class CG3:
    __class_getitem__ = 5
t(lambda: CG3[1])
class CG4: 
    __class_getitem__ = None
t(lambda: CG4[1])
# __classcell__
class NoCell(type):
    def __new__(m, n, b, ns): ns.pop('__classcell__', None); return super().__new__(m, n, b, ns)
t(lambda: exec('class Z(metaclass=NoCell):\n def f(self): return __class__', globals()))
class BadCell(type):
    def __new__(m, n, b, ns): ns['__classcell__'] = 5; return super().__new__(m, n, b, ns)
t(lambda: exec('class Z(metaclass=BadCell):\n pass', globals()))
class OtherCell(type):
    def __new__(m, n, b, ns):
        c = super().__new__(m, n, b, ns)
        return super().__new__(type, 'Other', (), {})
t(lambda: exec('class Z(metaclass=OtherCell):\n def f(self): return __class__', globals()))
# mro()
class MroM(type):
    def mro(cls):
        r = super().mro(); print('mro', cls.__name__, [x.__name__ for x in r]); return r
class P(metaclass=MroM): pass
class Q(P): pass
Q.__bases__ = (P, dict) if False else (P,)
class MroBad(type):
    def mro(cls): return 5
t(lambda: exec('class Z(metaclass=MroBad): pass', globals()))
class MroBad2(type):
    def mro(cls): return [cls, 5]
t(lambda: exec('class Z(metaclass=MroBad2): pass', globals()))
class MroBad3(type):
    def mro(cls): return []
t(lambda: exec('class Z(metaclass=MroBad3): pass', globals()))
class MroBad4(type):
    def mro(cls): return [object]
t(lambda: exec('class Z(metaclass=MroBad4): pass\nprint(Z.__mro__)', globals()))
class MroBad5(type):
    def mro(cls): return [cls, dict, object]
t(lambda: exec('class Z(metaclass=MroBad5): pass\nprint(Z.__mro__)', globals()))
t(lambda: type.mro(5))
t(lambda: type.mro(int))
t(type.__subclasses__, bool)
t(type.__subclasses__, 5)
t(lambda: type.__call__(int, '5'))
t(lambda: type.__init__(A))
t(lambda: type.__init__(A, 1, 2))
t(lambda: type.__new__(type))
t(lambda: type.__new__(type, 'a', (), {}, x=1))
t(lambda: type.__new__(int, 'a', (), {}))
t(lambda: type.__prepare__())
t(lambda: type.__prepare__(1,2,a=3))
t(lambda: type.__instancecheck__(int, 5))
t(lambda: type.__subclasscheck__(int, 5))
t(lambda: isinstance(1, []))
t(lambda: issubclass(1, int))
t(lambda: issubclass(int, 1))
t(lambda: isinstance(1, (int, 5)))
t(lambda: isinstance('a', (int, 5)))
t(lambda: isinstance(1, int|str))
t(lambda: issubclass(int, int|str))
t(lambda: isinstance(1, list[int]))
t(lambda: issubclass(int, list[int]))
t(lambda: isinstance(1, int|list[int]))
t(lambda: isinstance([], int|list[int]))
