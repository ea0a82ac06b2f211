"""What __reduce__, __reduce_ex__, __getstate__ and copy make of objects of every sort."""

import copy, pickle, copyreg, sys
def t(f, *a, **k):
    try: r = f(*a, **k); print("ok", type(r).__name__, str(r)[:150].split(' at 0x')[0])
    except BaseException as e: print(type(e).__name__, e)
class A: 
    def __init__(s): s.x=1
class S: __slots__=('a','b')
class SD(S): pass
class L(list): pass
class D(dict): pass
class I(int): pass
class T(tuple): pass
class St(str): pass
class E(Exception): pass
class N:
    def __getnewargs__(s): return (1,2)
    def __new__(c,*a): o=object.__new__(c); o.args=a; return o
class NX:
    def __getnewargs_ex__(s): return (1,),{'k':2}
    def __new__(c,*a,**k): o=object.__new__(c); o.args=a,k; return o
class BadN:
    def __getnewargs__(s): return 5
class BadNX:
    def __getnewargs_ex__(s): return 5
class BadNX2:
    def __getnewargs_ex__(s): return (1,2,3)
class BadNX3:
    def __getnewargs_ex__(s): return (1,{})
class BadNX4:
    def __getnewargs_ex__(s): return ((),1)
class GS:
    def __getstate__(s): return {'q':1}
    def __setstate__(s, st): s.got=st
class R:
    def __reduce__(s): return (str, ('R',))
class R2:
    def __reduce_ex__(s, p): return (str, (p,))
class R3:
    def __reduce__(s): return 5
class R4:
    def __reduce__(s): return 'sys'
s=S(); s.a=1
sd=SD(); sd.a=1; sd.z=2
l=L([1]); l.x=1
d=D(a=1); d.x=1
i=I(5); i.x=1
objs=[A(),s,sd,l,d,i,T((1,)),St('a'),E(1,2),N(),NX(),GS(),R(),R2(), object(), [], {}, set([1]), frozenset([1]), range(3), slice(1,2), 1, 'a', b'a', bytearray(b'a'), None, ..., NotImplemented, 1.5, 2j, int, A, len, [].append, iter([1,2]), iter((1,)), iter('ab'), iter({1:2}), iter({1}), iter(range(3)), reversed([1]), enumerate('a'), zip('a'), map(str,'a'), filter(None,'a'), int|str, Exception('x'), OSError(1,'a','f'), KeyError('k'), StopIteration(5), ImportError('m',name='n',path='p'), SyntaxError('m',('f',1,2,'t')), UnicodeDecodeError('a',b'b',0,1,'r'), ExceptionGroup('g',[ValueError(1)]), AttributeError('m',name='n',obj=1), SystemExit(3), (lambda: 0), (i for i in ()), memoryview(b'a'), property(), classmethod(len), staticmethod(len), super(A, A()), type(sys)('m'), A.__dict__, {}.keys(), {}.items(), A().__init__, A.__init__, str.join, 'a'.join, object.__str__, ''.__str__, type.__dict__['__mro__'], BadN(),BadNX(),BadNX2(),BadNX3(),BadNX4(), R3(), R4(), (lambda:(yield))(), sys._getframe(), (lambda:0).__code__]
def show(r, depth=0):
    if isinstance(r, tuple) and depth<3: return '('+', '.join(show(x, depth+1) for x in r)+')'
    return repr(r).split(' at 0x')[0][:80]
for o in objs:
    for p in (0,1,2,4):
        try: print(type(o).__name__, p, show(o.__reduce_ex__(p)))
        except BaseException as e: print(type(o).__name__, p, type(e).__name__, e)
    try: print('reduce', show(o.__reduce__()))
    except BaseException as e: print('reduce', type(e).__name__, e)
    try: print('state', show(o.__getstate__()))
    except BaseException as e: print('state', type(e).__name__, e)
for o in objs:
    for f in (copy.copy, copy.deepcopy):
        try: c=f(o); print(f.__name__, type(c).__name__, c is o, show(getattr(c,'__dict__',None)) if not isinstance(c,(type,type(sys),type(len))) else '-')
        except BaseException as e: print(f.__name__, type(o).__name__, type(e).__name__, str(e)[:150])
