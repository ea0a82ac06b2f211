"""Descriptors, attribute hooks, __slots__ and super(), with the messages of everything that is refused."""

import sys, types
def t(f, *a, **k):
    try: r = f(*a, **k); print("ok", type(r).__name__, str(r)[:120].split(' at 0x')[0])
    except BaseException as e: print(type(e).__name__, e)
class ND:
    def __get__(s,o,c): return ('nd', o is None, c.__name__)
class DD(ND):
    def __set__(s,o,v): print('set', v)
class DDel(ND):
    def __delete__(s,o): print('del')
class A:
    nd=ND(); dd=DD(); ddel=DDel()
    def m(self): return 'm'
    @classmethod
    def cm(cls): return cls.__name__
    @staticmethod
    def sm(x=1): return x
    @property
    def p(self): "doc"; return 1
    @p.setter
    def p(self, v): print('pset', v)
    ro = property(lambda s: 1)
    wo = property(None, lambda s,v: None)
a=A()
a.__dict__.update(nd=1, dd=2, ddel=3, m=4)
print(a.nd, a.dd, a.ddel, a.m, A.nd, A.dd)
def sa(o,n,v): setattr(o,n,v)
def da(o,n): delattr(o,n)
a.dd=5; a.nd=6; print(a.nd); t(da,a,'dd'); t(sa,a,'ddel',1); del a.ddel; t(da,a,'nd'); print(a.nd); t(da,a,'p'); t(sa,a,'ro',1); t(da,a,'ro'); t(getattr,a,'wo'); t(da, a,'nope'); t(sa,a,'p',3); t(da,a,'m'); print(a.m()); t(da,a,'m'); t(da,a,'cm'); t(sa, a, 'cm', 1); print(a.cm)
t(getattr, A, 'nope')
t(getattr, a, 'nope')
t(getattr, 5, 'nope')
t(getattr, None, 'nope')
t(getattr,'a','nope')
t(getattr, len, 'nope')
t(getattr, A.m, 'nope')
t(getattr,a.m,'nope')
t(getattr, sys, 'nope')
t(getattr, type, 'nope')
t(getattr, object(), 'nope')
t(getattr, [], 'nope')
t(getattr, (i for i in ()), 'nope')
t(getattr, 1.5, 'nope')
t(getattr, Exception(), 'nope')
t(getattr, A.__dict__, 'nope')
t(getattr, super(A,a), 'nope')
t(getattr, property(), 'nope')
t(getattr, slice(1), 'nope')
t(getattr, NotImplemented, 'nope')
t(sa, 5, 'x', 1)
t(sa, None, 'x', 1)
t(sa,'a','x',1)
t(sa,'a','upper',1)
t(sa, len,'x',1)
t(sa, len, '__name__', 1)
t(sa, a.m, 'x', 1)
t(sa, [], 'x', 1)
t(sa,[], 'append', 1)
t(sa, object(), 'x', 1)
t(sa, int, 'x', 1)
t(da, int, 'x')
t(da, int, 'real')
t(sa, 5, 'real', 1)
t(da, 5, 'real')
t(da, [], 'append')
t(da, [], 'x')
t(sa, slice(1), 'start', 1)
t(sa, property(), 'fget', 1)
t(da, property(), 'fget')
t(sa, property(), '__doc__', 1)
t(sa, A.m, '__code__', 1)
t(sa, A.m, '__defaults__', 1)
t(sa, A.m, '__kwdefaults__', 1)
t(sa, A.m, '__name__', 1)
t(sa, A.m, '__globals__', 1)
t(sa,A.m,'__closure__',1)
t(sa,A.m,'__dict__',1)
t(da,A.m,'__dict__')
t(da,A.m,'__name__')
t(da,A.m,'__code__')
t(da,A.m,'__defaults__')
t(sa,A.m,'__annotations__',1)
t(da,A.m,'__annotations__')
t(sa,A.m,'__module__',1)
t(sa,A.m,'__doc__',1)
t(da,A.m,'__doc__')
t(sa,A.m,'__qualname__',1)
t(sa,A.m,'__builtins__',1)
t(sa, a, '__dict__', 1)
t(da, a, '__dict__')
t(sa, a, '__class__', 1)
t(sa, (lambda:0).__code__, 'co_name', 1)
t(sa, sys._getframe(), 'f_locals', 1)
t(da, sys._getframe(), 'f_lineno')
t(sa, Exception(), 'args', 1)
t(da, Exception(), 'args')
t(sa, Exception(), '__traceback__', 1)
t(da, Exception(), '__traceback__')
t(sa, Exception(), '__cause__', 1)
t(sa, Exception(), '__context__', 1)
t(da, Exception(), '__cause__')
t(da, Exception(), '__context__')
t(sa, Exception(), '__suppress_context__', 1)
t(da, Exception(), '__suppress_context__')
t(sa, Exception(), '__dict__', 1)
t(sa, a, 5, 1)
t(getattr, a, 5)
t(hasattr, a, 5)
t(da, a, 5)
# getattr hooks
class G:
    def __getattr__(s,n): return 'ga '+n
print(G().x, G().__class__.__name__, hasattr(G(),'zz'))
t(lambda: len(G()))
t(lambda: G()())
t(lambda: G()+1)
class G2:
    def __getattribute__(s,n):
        if n=='ok': return object.__getattribute__(s,'__class__').__name__
        raise AttributeError('nope '+n)
    def __getattr__(s,n): return 'fallback '+n
print(G2().ok, G2().other, G2().__dict__)
class G3:
    def __getattr__(s,n): raise KeyError(n)
t(lambda: G3().x)
t(hasattr, G3(), 'x')
t(getattr, G3(), 'x', 5)
class G4:
    def __getattr__(s): pass
t(lambda: G4().x)
class G5:
    __getattr__ = 5
t(lambda: G5().x)
class G6:
    def __setattr__(s,n,v): print('sa', n, v); object.__setattr__(s,n,v)
    def __delattr__(s,n): print('da', n); object.__delattr__(s,n)
g=G6(); g.x=1; del g.x; t(da,g,'x')
class G7:
    def __setattr__(s,n,v): pass
g=G7(); g.x=1; t(lambda: g.x); t(lambda: object.__delattr__(g,'x'))
class G8:
    def __dir__(s): return ['b','a']
print(dir(G8()))
class G9:
    def __dir__(s): return 5
t(dir, G9())
class G10:
    def __dir__(s): return [1,'a']
t(dir, G10())
# slots
class S:
    __slots__=('a','__b','c')
    def f(s): s.__b=1; return s.__b
s=S(); t(lambda: s.a); s.a=1; print(s.a, s.f()); del s.a; t(da,s,'a'); t(sa,s,'z',1); print(S.a, S.__slots__, S.__dict__['_S__b']); t(lambda: S.a.__get__(5)); t(lambda: S.a.__set__(5,1)); t(lambda: S.a.__get__(None)); print(S.a.__get__(None,S) is S.a, S.a.__objclass__, S.a.__name__, S.a.__doc__)
class S2(S): __slots__={'d':'docd'}
print(S2.__slots__, S2.d.__doc__); import inspect
print(inspect.getdoc(S2.d))
class S3(S): pass
x=S3(); x.z=1; x.a=2; print(x.__dict__, x.a)
class S4: __slots__=iter(['a','b'])
print(sorted(k for k in S4.__dict__ if k[0]!='_'))
t(lambda: list(S4.__slots__))
# super
class B0: 
    x=1
    def f(self): return 'B0.f'
class B1(B0):
    def f(self): return 'B1>'+super().f()
    def g(self): return super().x, super(B1,self).f()
    @classmethod
    def c(cls): return super().__name__ if False else super().x
    def noself(): return super()
    def delself(self): del self; return super()
    def h(self): return [super().x for _ in (1,)] 
print(B1().f(), B1().g(), B1.c(), super(B1,B1()).f(), super(B1,B1).f.__qualname__)
t(lambda: B1.noself())
t(lambda: B1().delself())
t(lambda: B1().h())
t(lambda: super())
t(lambda: super(1))
t(lambda: super(B1,1))
t(lambda: super(B1,B0))
t(lambda: super(B1).f); s=super(B1)
print(s)
print(super(B1,B1()), super(B1,B1))
t(sa,s,'x',1)
t(lambda: super(B1,B1()).nope)
print(s.__thisclass__, s.__self__, s.__self_class__); b=s.__get__(B1())
print(b)
t(lambda: s.__get__(5))
t(lambda: s.__init__(B0))
print(s.__thisclass__)
t(lambda: super.__new__(super))
t(lambda: repr(super.__new__(super)))
