"""What type() refuses, and assignments to attributes of classes: __bases__, __class__, names and the read-only ones."""

import inspect
import sys
import weakref


def t(f, *a, **k):
    try: r = f(*a, **k); print("ok", type(r).__name__, str(r)[:90].split(' at 0x')[0])
    except BaseException as e: print(type(e).__name__, e)
# type() creation
t(type, 'X')
t(type, 'X', ())
t(type, 1, (), {})
t(type, 'X', 1, {})
t(type, 'X', (), 1)
t(type, 'X', [], {})
t(type, 'X', (1,), {})
t(type, 'X', (int, str), {})
t(type, 'X', (bool,), {})
t(type, 'X', (type(None),), {})
t(type, 'X', (range,), {})
t(type, 'X', (slice,), {})
t(type,'X',(type(lambda:1),),{})
t(type,'X',(type(...),),{})
t(type,'X',(memoryview,),{})
t(type,'X',(type(len),),{})
t(type,'X',(property,),{})
t(type,'X',(super,),{})
t(type,'X',(staticmethod,),{})
t(type,'X',(type((lambda:(yield))()),),{})
t(type,'X',(object,object),{})
t(type,'X',(int,int),{})
t(type,'a\0b',(),{})
t(type,'\ud800',(),{})
t(type,'X',(),{'__slots__':1})
t(type,'X',(),{'__slots__':['a',1]})
t(type,'X',(),{'__slots__':'a b'})
t(type,'X',(),{'__slots__':'1a'})
t(type,'X',(),{'__slots__':['__dict__','__dict__']})
t(type,'X',(),{'__slots__':['__weakref__','__weakref__']})
t(type,'X',(),{'__slots__':['a'],'a':1})
t(type,'X',(int,),{'__slots__':['a']})
t(type,'X',(tuple,),{'__slots__':['a']})
t(type,'X',(bytes,),{'__slots__':['a']})
t(type,'X',(str,),{'__slots__':['a']})
t(type,'X',(list,),{'__slots__':['a']})
t(type,'X',(type,),{'__slots__':['a']})
t(type,'X',(int,),{'__slots__':['__dict__']})
t(type,'X',(int,),{'__slots__':['__weakref__']})
t(type,'X',(int,),{'__slots__':()})
t(type,'X',(),{'__qualname__':1})
t(type,'X',(),{'__qualname__':'a.b'})
t(type,'X',(),{'__doc__':5})
t(type,'X',(),{'__classcell__':5})
t(type,'X',(),{1:2})
t(type,'X',(),{'__module__':3})
t(type,'X',(),{},a=1)
t(type, a=1)
t(type, 'X', (), {}, metaclass=type)
t(type,1,a=2)
class A: pass
class B(A): pass
t(type,'X',(A,B),{})
t(type,'X',(B,A),{})
class C(A,): pass
class D(B, C): pass
class E(C, B): pass
t(type,'X',(D,E),{})
t(type,'X',(A,B,C,D),{})
class O1: __slots__='a'
class O2: __slots__='b'
class O3: __slots__=()
class O4: __slots__=('__dict__',)
class O5: __slots__=('__weakref__',)
t(type,'X',(O1,O2),{})
t(type,'X',(O1,O3),{})
t(type,'X',(O4,O5),{})
t(type,'X',(O1,O4),{})
t(type,'X',(O4,int),{})
t(type,'X',(int,O1),{})
t(type,'X',(O1,int),{})
t(type,'X',(O1,Exception),{})
t(type,'X',(Exception,O1),{})
t(type,'X',(dict,list),{})
t(type,'X',(OSError,SyntaxError),{})
t(type,'X',(OSError,ValueError),{})
t(type,'X',(KeyError,AttributeError),{})
t(type,'X',(ImportError,NameError),{})
t(type,'X',(StopIteration,ValueError),{})
t(type,'X',(O3,int,),{})
t(type,'X',(A,type),{})
t(type,'X',(type,A),{})
t(type,'X',(type,int),{})
t(type,'X',(object,A),{})
# __bases__ assign
def setb(c, b): c.__bases__ = b
class P1: pass
class P2: pass
class Q(P1): pass
t(setb, Q, (P2,)); print(Q.__mro__)
t(setb,Q,())
t(setb,Q,P1)
t(setb,Q,(1,))
t(setb,Q,(Q,))
t(setb,Q,(int,))
t(setb,Q,(O1,))
t(setb,Q,(object,))
t(setb,int,(object,))
t(setb, P1, (P2, Q))
t(setb, P2, (Q,))
t(setb, Q, (P1,P1))
t(setb, O1,(O3,))
def delb(c): del c.__bases__
t(delb, Q)
# __class__ assignment
def setc(o,c): o.__class__=c
t(setc, A(), B)
t(setc, A(), O1)
t(setc,O1(),O2)
t(setc, 1, int)
t(setc, A(), 5)
t(setc, A(), int)
t(setc, [], list)
t(setc, O3(), O3)
t(setc,O3(),A)
class O1b: __slots__='a'
t(setc,O1(),O1b)
t(setc, A, type)
class M(type): pass
t(setc,A,M); print(type(A))
t(setc,A,type)
t(setc,A,int)
t(setc,int,M)
class L1(list): pass
class L2(list): pass
t(setc,L1(),L2)
t(setc,L1(),A)
t(setc,A(),L1)
t(setc, L1(), list)
import types
class Mod(types.ModuleType): pass
m = types.ModuleType('m'); t(setc,m,Mod); print(type(m)); t(setc,m,types.ModuleType); t(setc,m,A)
def delc(o): del o.__class__
t(delc, A())
# names
def sa(o,n,v): setattr(o,n,v)
def da(o,n): delattr(o,n)
for n,v in [('__name__',1),('__name__','a\0b'),('__name__','new'),('__qualname__',1),('__qualname__','q.n'),('__module__',1),('__doc__','d'),('__dict__',{}),('__mro__',()),('__base__',int),('__basicsize__',1),('__abstractmethods__',1),('__abstractmethods__',frozenset(['a'])),('__text_signature__',1),('__annotations__',{}),('__annotations__',1), ('__weakrefoffset__',1)]:
    class Z:
        "doc"
    t(sa,Z,n,v)
    if not n.endswith(("size__", "offset__")):
        t(getattr, Z, n)
    t(da,Z,n)
    t(sa,int,n,v)
    t(da,int,n)
class Z: pass
Z.__name__='new'; print(Z, Z.__qualname__, Z.__name__); Z.__qualname__='a.b'; print(Z); Z.__module__=3; print(repr(Z)); Z.__module__='builtins'; print(Z)
Z.__abstractmethods__=frozenset(['b','a']); t(Z); Z.__abstractmethods__=(); t(Z)
t(lambda: Z.__abstractmethods__)
t(lambda: A.__abstractmethods__)
t(lambda: type.__abstractmethods__)

# Where references to instances can be weak, and what constructors tell about their parameters.
for base in (int, str, tuple, list, dict, set, float, bytes, Exception, type, complex, bytearray, frozenset, property, object):
    class X(base):
        pass
    x = X("X", (), {}) if base is type else X()
    try:
        weakref.ref(x)
        print(base.__name__, "ok")
    except TypeError as e:
        print(e)
    print(base.__name__, "__weakref__" in X.__dict__, "__dict__" in X.__dict__, base.__text_signature__, sorted(vars(X)))


class Documented:
    """Documented(a, b=1)
--

Text."""


print(Documented.__text_signature__, repr(Documented.__doc__))
for cls in (complex, float, enumerate, list, object, memoryview, int):
    try:
        print(cls.__name__, inspect.signature(cls), "--" in (cls.__doc__ or ""))
    except ValueError as e:
        print(e)
for owner, name in ((type, "__mro__"), (range, "start"), (super, "__self__"), (type(lambda: 0), "__module__"), (type((lambda: 0).__code__), "co_flags")):
    print(inspect.ismemberdescriptor(owner.__dict__[name]), owner.__dict__[name])
try:
    range(3).start = 1
except AttributeError as e:
    print(e)
