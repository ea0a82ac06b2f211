# What builtin types and the modules beside them say to wrong arguments, and their odd corners: subclasses, empty inputs, views of
# several dimensions, signatures.
import heapq, bisect, operator, cmath, collections
def r(f,*a,**k):
    try: return f(*a,**k)
    except Exception as e: return f'{type(e).__name__}: {e}'
for f in (heapq.heappush,heapq.heappushpop,heapq.heapreplace): print(r(f,None,1), r(f,{},1))
for f in (heapq.heapify,heapq.heappop,heapq._heappop_max,heapq._heapify_max): print(r(f,None))
print(r(bisect.bisect,{1:2},1), r(bisect.bisect,{1},1), r(bisect.insort,{},1), r(bisect.bisect_left,(1,2,3),2))
print(r(sum,5,''), r(sorted,5,x=1), r(int,bytearray(b'ab')), r(int,memoryview(b'x1')), int(bytearray(b'12')), r(sum,[],''))
print(r(operator.length_hint,None,collections.namedtuple('I','x')(1)), r(operator.countOf,5,1), r(operator.indexOf,5,1), r(operator.iconcat,'a',1), r(operator.concat,{},{}))
class L(list): pass
x=L([1,2]); x+=x; x.extend(x); print(x)
x=[1]; x+=x; x.extend(x); print(x)
def f():
    a=1.5; a&=2.5
def g():
    a=1; a@=2
print(r(f), r(g), r(operator.ilshift,1.5,2.5))
print(collections._tuplegetter(True,None) if hasattr(collections,'_tuplegetter') else '', r(cmath.log,2,1), r(cmath.log,0,'a'))
class S(str):
    def __len__(self): return 0
print(bool(S('x')), bool(S('')), bool('x'), [1 for _ in (1,) if S('y')])
class F(float):
    def __str__(self): return 'F!'
print(format(F(2.5)), f'{F(1.5)}', '{}'.format(F(1)), format(F(1.5),'.2f'), r(format,F(1),'q'))
class C(dict):
    def __setitem__(self,k,v): super().__setitem__(k,v*10)
from collections import Counter
class D(Counter):
    def __setitem__(self,k,v): super().__setitem__(k,v)
print(Counter('abca'), D('abca'), Counter(a=1)+Counter('a'))
print(b'abc'.partition(bytearray(b'b')), bytearray(b'abc').partition(b'b'), type(b"a,b".rpartition(memoryview(b","))[1]))
print(r('a'.splitlines,None), r('a\nb'.splitlines,True), r(b'a'.splitlines,1.5), r(''.maketrans,{}), r(str.maketrans,C()))
print(b''.decode('nonsense'), r(str,b'','nonsense'), r(bytearray(b'').decode,'nonsense'))
a=bytearray(b'abc'); print(r(a.__init__,'x',5), a, r(a.__setitem__,99,'x'), r(a.__setitem__,slice(0,1),None))
m=memoryview(bytearray(12)).cast('B',[3,4])
print(r(m.__getitem__,10**20), r(m.__setitem__,0,1), r(iter,m), r(memoryview(b'').cast,'B',[1]), r(memoryview(b'ab').cast,'\xe9'), type(iter(memoryview(b'a'))), list(memoryview(b'ab')))
it=iter(list[int]); print(it.__reduce__(), next(it), list(it))
import copy,pickle,weakref
t=tuple[int]; s=next(iter(t)); print(copy.deepcopy(s)==s, pickle.loads(pickle.dumps(s))==s, weakref.ref(t)() is t)
import inspect
for o in (tuple,list,float,complex,enumerate,property,reversed,int,dict): print(o.__name__, r(inspect.signature,o))
import types
ns={}; types.FunctionType(compile('x=1\ny=x+1','m','exec'),ns)(); print(ns['y'])
print(r(hash, types.MappingProxyType({})), r(weakref.ref, collections.defaultdict()), (1+2j)**2, r(lambda:(1+2j)**float('inf')), r(pow,0j,-1), r(pow,1j,{},None), r((1j).__pow__,'a','b'))
print(r(b'a'.__contains__, 300), r(b'a'.__contains__, 'a'), 97 in b'a', r([].__getitem__), r([1].__getitem__,0), type(list.__getitem__).__name__)
