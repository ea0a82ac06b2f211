"""Attributes of functions, code, methods, properties and partial objects; builtins with arguments that they refuse."""

# functions, code, frames, closures, callables, builtins misc
import sys, types, functools, inspect, operator
def t(f, *a, **k):
    try: r = f(*a, **k); print("ok", type(r).__name__, repr(r)[:200].split(' at 0x')[0])
    except BaseException as e: print(type(e).__name__, e)
def f(a, b=2, /, c=3, *args, d, e=5, **kw): 
    "doc"
    x=1
    def inner(): return x, a
    return inner
co=f.__code__
for n in dir(co):
    if n.startswith('co_') and n not in ('co_code','co_linetable','co_exceptiontable','co_filename','co_consts','co_lnotab'): 
        v=getattr(co,n); print(n, v if not callable(v) else '')
print(f.__defaults__, f.__kwdefaults__, f.__closure__, f.__name__, f.__qualname__, f.__module__, f.__doc__, f.__annotations__, f.__globals__ is globals(), f.__builtins__.__class__, f.__type_params__ if hasattr(f,'__type_params__') else '')
i=f(1,d=4); print(i.__closure__[0].cell_contents, i.__code__.co_freevars, i()); c=i.__closure__[0]; c.cell_contents=9; print(i()); del c.cell_contents; t(lambda: c.cell_contents); t(i); print(repr(c).split(' at ')[0]); t(types.CellType); print(types.CellType(5)==types.CellType(5), types.CellType(4)<types.CellType(5)); t(lambda: types.CellType()==types.CellType(1)); t(types.CellType,1,2); t(lambda: hash(c))
t(types.FunctionType, co); t(types.FunctionType, co, {}); t(types.FunctionType, i.__code__, {}); t(types.FunctionType, i.__code__, {}, 'n', (1,), (types.CellType(1),types.CellType(2))); t(types.FunctionType, i.__code__, {}, 'n', None, (1,2)); t(types.FunctionType, i.__code__, {}, 'n', None, ()); t(types.FunctionType, 5, {}); t(types.FunctionType, co, 5); t(types.FunctionType, co, {}, 5); t(types.FunctionType, co, {}, 'n', 5); t(types.FunctionType, co, {}, None, None, ())
g=types.FunctionType(co, {'__name__':'mm'}, 'nn', (7,8)); print(g.__name__, g.__module__, g.__defaults__, g.__qualname__)
def s1(o,n,v): setattr(o,n,v)
t(s1,f,'__code__',i.__code__); t(s1,f,'__defaults__',(1,)); t(f); f.__kwdefaults__={'d':1,'e':2}; t(lambda: f(1)()); 
def simple(x=1): return x
simple.__defaults__=(5,); print(simple()); simple.__code__=(lambda x: x*2).__code__; print(simple()); simple.attr=1; print(simple.__dict__, vars(simple)); del simple.attr; t(lambda: simple.attr); simple.__dict__={'q':1}; print(simple.q); t(s1,simple,'__dict__',5); simple.__annotations__={'x':int}; print(simple.__annotations__); simple.__annotations__=None; print(simple.__annotations__); simple.__doc__='new'; print(simple.__doc__); simple.__module__=None; print(simple.__module__); simple.__name__='zz'; print(simple.__name__, repr(simple).split(' at')[0]); simple.__qualname__='a.b.zz'; t(simple, 1, 2, 3); t(simple, q=1)
print((lambda: 0).__name__, (lambda: 0).__qualname__, [x.__qualname__ for x in [lambda: 0]])
# methods
class A:
    def m(self, x): return self, x
    def __call__(self, *a, **k): return a, k
    @classmethod
    def c(cls): pass
a=A(); b=a.m
print(b.__self__ is a, b.__func__ is A.m, b.__name__, b==a.m, b is a.m, hash(b)==hash(a.m), b==A().m, b.__doc__); t(types.MethodType, 5, a); t(types.MethodType, len, None); t(types.MethodType, len, [1,2]); t(types.MethodType(len,[1,2])); t(types.MethodType); t(b); t(b,1,2); t(A.m, 1); t(A.m, 1, 2); print(types.MethodType(A(),5)(6, k=7)); t(lambda: b<b); t(b.__get__, 5, int); t(b.__reduce__); t(lambda: A.c.__self__); print(A.c.__func__.__name__, [].append.__self__, len.__self__.__name__, [].append.__name__, [].append.__qualname__, str.join.__objclass__, (5).__add__.__self__, (5).__add__.__name__, (5).__add__==(5).__add__, [].append==[].append, hash((5).__add__)==hash((5).__add__), {}.get.__call__('a'))
t(str.join); t(str.join, 5); t(str.join, 5, []); t(str.join,'a'); t(int.__add__); t(int.__add__,'a',5); t(object.__str__); t(dict.fromkeys); t(list.append); t(list.append, (), 5); t(type.mro); t(type.mro, 5); t(str.__dict__['join'].__get__, 5); t(str.__dict__['join'].__get__, 'a'); t(str.__dict__['join'].__get__, None, str); t(str.__dict__['join'].__get__, None); t(int.__dict__['real'].__get__, 'a'); t(int.__dict__['real'].__get__, 5); t(int.__dict__['real'].__set__, 5, 6); t(int.__dict__['from_bytes'].__get__, 5); t(int.__dict__['from_bytes'].__get__, None, int); t(int.__dict__['from_bytes'].__get__, None, str); t(dict.__dict__['fromkeys'].__get__(None, dict), 'ab'); t(int.__dict__['__add__'].__get__, 5); t(int.__dict__['__add__'].__call__, 5, 6); t(int.__dict__['__add__'], 5); t(int.__dict__['__add__'], 'a', 6)
# decorators objects
sm=staticmethod(simple); cm=classmethod(A.m); print(sm.__wrapped__ is simple, sm.__name__, repr(sm).split(' at')[0], repr(cm).split(' at')[0], sm(3), cm.__func__ is A.m, sm.__isabstractmethod__); t(cm, 5); t(staticmethod); t(classmethod, 5); t(lambda: classmethod(5).__get__(1,int)); t(lambda: staticmethod(5).__get__(1,int)); t(lambda: staticmethod(5)()); t(cm.__get__, None); t(cm.__get__, None, None); class_prop=classmethod(property(lambda c: c.__name__)); print(class_prop.__get__(None,A)); sm.x=1; print(sm.x, sm.__dict__)
p=property(lambda s: 1, doc='d'); print(p.__doc__, p.fget(0), p.fset, p.__get__(None,int) is p); t(p.__get__, 5); t(p.__set__, 5, 6); t(p.__delete__, 5); t(property(5).__get__, 5); t(property(None).__get__, 5); t(p.getter, 5); t(p.setter, 5); q=p.setter(lambda s,v: print('set',v)); q.__set__(1,2); print(q.__doc__, q is p); 
class PP(property): 
    pass
pp=PP(lambda s: 'x'); print(pp.__doc__, type(pp.getter(len))); pp.__doc__='zz'; print(pp.__doc__); 
class WithDoc:
    @property
    def x(self): "xdoc"
    y = property(x.fget, doc='ydoc')
    @x.setter
    def x(self, v): pass
print(WithDoc.x.__doc__, WithDoc.y.__doc__); t(lambda: WithDoc().y.z)
class NoGet:
    x=property(fset=lambda s,v: None)
    @property
    def ro(self): return 1
n=NoGet(); t(lambda: n.x); t(s1,n,'ro',1); t(delattr,n,'ro'); t(delattr,n,'x')
# partial, cmp_to_key, lru_cache, singledispatch
pt=functools.partial(print, 1, sep='-'); print(pt.func, pt.args, pt.keywords, repr(pt)); pt(2, end='!\n'); t(functools.partial); t(functools.partial, 5); t(pt.__setstate__, 5); print(functools.partial(pt, 3).args, functools.reduce(operator.add,[1,2],3)); t(functools.reduce, operator.add, []); t(functools.cmp_to_key); k=functools.cmp_to_key(lambda a,b: b-a); print(sorted([1,3,2],key=k), k(1)<k(2)); t(lambda: k(1)<5); t(hash, k(1))
@functools.lru_cache(maxsize=2)
def lc(x, y=1): return x+y
print(lc(1), lc(1), lc(2), lc(3), lc.cache_info(), lc.cache_parameters(), lc.__wrapped__.__name__); lc.cache_clear(); print(lc.cache_info()); t(lc, []); t(functools.lru_cache, 'a'); t(functools.lru_cache(-1), len); t(lambda: functools.lru_cache(5, True)(len)([1]))
# eval/exec/compile/vars/dir/getattr odds
t(eval, 5); t(eval, '1', 5); t(eval, '1', {}, 5); t(exec, '1', 5); t(exec, 5); t(compile, 5, 'f', 'exec'); t(compile, '1', 'f', 'nope'); t(compile, '1', 5, 'exec'); t(compile, '1', 'f', 'exec', 99999999); t(compile, '1', 'f', 'exec', 0, 0, 5); t(eval, '1\0'); t(eval, b'1\0'); t(eval, ' 1'); t(eval, '\n1'); t(eval, '1;2'); t(eval, ''); t(exec, co); t(eval, compile('x=1','f','exec')); t(eval, (lambda: 5).__code__); t(eval, i.__code__); t(exec, i.__code__, {}, closure=(types.CellType(1),types.CellType(2))); t(exec, i.__code__, {}, closure=(1,)); t(exec, '1', {}, closure=()); t(lambda: eval('locals()', {}, {'a':1})); t(lambda: eval('[a for _ in (1,)]', {'a':5}, {'a':1})); t(__import__, 5); t(__import__, ''); t(__import__, 'nope_mod'); t(__import__, 'sys', 5); t(__import__,'x',{},{},[],-1); t(__import__,'x',{},{},[],1); t(vars, 5); t(vars, a); t(dir, 5, 6); t(getattr, 5); t(getattr, 5, 'a', 1, 2); t(hasattr, 5); t(setattr, 5); t(delattr, 5); t(isinstance, 5); t(issubclass, 5); t(callable); t(id); t(hash); t(iter, 5); t(iter, 5, 6); t(iter, len, 0); t(next, 5); t(next, iter([]), 'd'); t(round, 'a'); t(round, 1.5, 'a'); t(round, 1.5, None); t(sum, 5); t(sum, ['a'], 'b'); t(sum, ['a']); t(sum, [b''], b''); t(min, []); t(min, 5); t(min, [], default=3); t(max, 1, 'a'); t(max, 1, 2, default=3); t(sorted, 5); t(sorted, [1,'a']); t(zip, 5); t(lambda: list(zip([1],[1,2],strict=True))); t(lambda: list(zip([1,2],[1],strict=True))); t(map, len); t(map); t(filter, None); t(enumerate, 5); t(enumerate, [], 'a'); t(reversed, 5); t(reversed, {1}); t(chr, -1); t(chr, 2**31); t(ord, ''); t(ord, b'ab'); t(pow, 2, -1, 5); t(pow, 2, 3, 0); t(pow, 0, -1); t(pow,2,-1,4); t(divmod, 1, 0); t(abs, 'a'); t(bin, 1.5); t(hex, 'a'); t(print, sep=5); t(print, end=5); t(print, file=5); t(input, 1, 2); t(open, 5.5); t(open, '/nonexistent'); t(open, 'f', 'q'); t(open, 'f', 'rw'); t(open,'f','rb',encoding='u'); t(slice); t(slice,1,2,3,4); t(lambda: slice(1,2).indices()); t(lambda: slice(1,2).indices(-1)); t(lambda: slice('a').indices(5)); t(lambda: hash(slice(1))); t(range, 1.5); t(range, 1,2,0); t(range); t(lambda: range(5)['a']); t(lambda: range(5)[9]); t(lambda: range(5).index(9)); t(object, 5); t(super); t(bool, 1, 2); t(type(None), 5); t(type(...)); t(type(NotImplemented)); t(bool, NotImplemented); t(lambda: not NotImplemented)
