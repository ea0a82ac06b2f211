"""Subclasses of builtin types whose special methods say something else, and special methods with wrong results."""

def tt_(e):
    try: print(e, '->', repr(eval(e, globals()))[:150].split(' at 0x')[0])
    except BaseException as x: print(e, '->', type(x).__name__, x)
import math, json
import sys, operator, itertools, collections
def t(f, *a, **k):
    try: r = f(*a, **k); print("ok", type(r).__name__, repr(r)[:150].split(' at 0x')[0])
    except BaseException as e: print(type(e).__name__, e)
class I(int):
    def __add__(s,o): return 'add'
    def __index__(s): return 7
    def __int__(s): return 8
    def __repr__(s): return 'I'
    def __hash__(s): return 3
    def __eq__(s,o): return False
    def __bool__(s): return False
i=I(5)
tt_('[10,11,12,13,14,15,16,17,18][i]')
tt_("'a'*i")
tt_('range(i)')
tt_('bytes(i)')
tt_('int(i)')
tt_('float(i)')
tt_('i+1')
tt_('1+i')
tt_('bool(i)')
tt_('hash(i)')
tt_('{i:1}')
tt_('i in [i]')
tt_('[i]==[i]')
tt_('str(i)')
tt_("f'{i}'")
tt_("'%d %s %x' % (i,i,i)")
tt_('list(range(20))[i:]')
tt_('chr(i)')
tt_('round(i)')
tt_('divmod(i,2)')
tt_('i*2')
tt_('-i')
tt_('~i')
tt_('i.real')
tt_('i.bit_length()')
tt_('hex(i)')
tt_('sum([i,1])')
tt_("math.factorial(i) if 0 else ''")
tt_('max(i,3)')
tt_('abs(i)')
tt_('int.__add__(i,1)')
tt_('i<<1')
tt_('pow(i,2)')
tt_('[1,2,3]*I(2)')
tt_('slice(i,i)')
tt_('i.__class__')
class S(str):
    def __str__(s): return 'str'
    def __repr__(s): return 'repr'
    def __hash__(s): return 5
    def __eq__(s,o): return NotImplemented
    def __len__(s): return 100
    def __iter__(s): return iter('xyz')
    def __getitem__(s,k): return 'gi'
    def __contains__(s,k): return True
    def __add__(s,o): return 'SA'
    def __format__(s,f): return 'fmt'
s=S('abc')
tt_('str(s)')
tt_('repr(s)')
tt_("f'{s}'")
tt_("'%s' % s")
tt_('len(s)')
tt_('list(s)')
tt_('s[0]')
tt_("'q' in s")
tt_("s+'a'")
tt_("'a'+s")
tt_("''.join([s,s])")
tt_('s.upper()')
tt_("s.split('b')")
tt_("s.join('12')")
tt_("'xabcx'.replace(s,'-')")
tt_("s=='abc'")
tt_("'abc'==s")
tt_('{s:1}')
tt_('s.encode()')
tt_('[*s]')
tt_("'abc'.startswith(s)")
tt_('s.center(9)')
tt_("sorted([s,'aa'])")
tt_('max(s)')
tt_("int(S('12'))")
tt_("1")
tt_('s.title()')
tt_('s*2')
tt_('S.__mro__')
pass

tt_("eval(S('1+1'))")
tt_("compile(S('1'),'f','eval').co_filename")
class L(list):
    def __len__(s): return 99
    def __iter__(s): return iter('LI')
    def __getitem__(s,k): return 'gi'
    def __contains__(s,x): return True
    def __eq__(s,o): return 'eq'
    def __bool__(s): return False
l=L([1,2,3])
tt_('len(l)')
tt_('list(l)')
tt_('l[0]')
tt_('9 in l')
tt_('l==1')
tt_('[*l]')
tt_('tuple(l)')
tt_('sorted(l)')
tt_('bool(l)')
tt_('repr(l)')
tt_('l+[4]')
tt_('[4]+l')
tt_('l*2')
tt_("sum(L([1])) if 0 else ''")
tt_('max(l)')
tt_("','.join(L('ab'))")
tt_('dict(enumerate(l))')
tt_('l.copy()')
tt_('l.index(2)')
tt_('reversed(l).__class__')
tt_('list(reversed(l))')
tt_('set(l)')
tt_('[x for x in l]')
tt_('list(map(str,l))')
tt_('list(zip(l,l))')
tt_('l[:]')
tt_('l.__len__()')
a,b=l
tt_('a')
tt_('b')
x=[]
x.extend(l)
tt_('x')
x[0:1]=l
tt_('x')
x+=l
tt_('x')
tt_('[].__add__(l)')
tt_('(lambda *a: a)(*l)')
tt_("'%s %s' % tuple(l)")
tt_("bytes(L([1,2])) if 0 else ''")
class D(dict):
    def __getitem__(s,k): return 'gi'
    def __len__(s): return 99
    def __iter__(s): return iter(['k1'])
    def keys(s): return ['kk']
    def items(s): return [('ii',1)]
    def get(s,k,d=None): return 'get'
    def __contains__(s,k): return True
    def __missing__(s,k): return 'miss'
d=D(a=1,b=2)
tt_("d['z']")
tt_('len(d)')
tt_('list(d)')
tt_('dict(d)')
tt_('{**d}')
tt_('(lambda **k:k)(**d)')
tt_("'q' in d")
tt_("d.get('q')")
tt_("d=={'a':1,'b':2}")
tt_('repr(d)')
tt_("dict.__getitem__(d,'a')")
tt_("dict.__getitem__(d,'q')")
tt_("d|{'c':3}")
tt_("{'c':3}|d")
tt_("'%(x)s' % d")
tt_("'{a}'.format(**d)")
tt_("'{a}'.format_map(d)")
tt_("json.dumps(d) if 0 else ''")
tt_('d.copy().__class__')
tt_('list(d.values())')
tt_('sorted(d)')
tt_("eval('zz', {}, d)")
tt_("d.pop('a')")
e={}
e.update(d)
tt_('e')
e|=d
tt_('e')
class DM(dict):
    def __missing__(s,k): return k*2
tt_("DM()['a']")
tt_("eval('foo', {}, DM())")
tt_("'%(q)s' % DM()")
tt_("'{q}'.format_map(DM())")
t(lambda: eval('foo', DM()))
t(lambda: exec('print(len)', {'__builtins__': {}}))
t(lambda: exec('print(1)', {'__builtins__': DM()}))
class T(tuple):
    def __iter__(s): return iter('TI')
    def __getitem__(s,k): return 'gi'
    def __len__(s): return 9
tt=T((1,2))
a,b=tt
tt_('a')
tt_('b')
tt_('len(tt)')
tt_('list(tt)')
tt_('tt[0]')
tt_('tt==(1,2)')
tt_('hash(tt)==hash((1,2))')
tt_('tt+(3,)')
tt_('(0,)+tt')
tt_("'%s %s' % tt")
tt_('(lambda *a:a)(*tt)')
tt_('tt*2')
tt_('isinstance(1,T((int,str)))')
tt_("'a'.startswith(T(('a',)))")
tt_('repr(tt)')
t(lambda: [].__class__(*tt))
class F(float):
    def __float__(s): return 9.0
    def __int__(s): return 8
    def __add__(s,o): return 'F+'
    def __repr__(s): return 'FR'
f=F(2.5)
tt_('float(f)')
tt_('int(f)')
tt_('f+1')
tt_('1+f')
tt_('f*2')
tt_('str(f)')
tt_("f'{f:.1f}'")
tt_("'%f' % f")
tt_('round(f)')
tt_('f==2.5')
tt_('hash(f)==hash(2.5)')
tt_('f.hex()')
tt_('divmod(f,1)')
tt_('complex(f)')
tt_('f.is_integer()')
tt_('-f')
tt_('abs(f)')
tt_('pow(f,2)')
tt_('{f:1}')
tt_('float.__add__(f,1)')
class B(bytes):
    def __len__(s): return 50
    def __getitem__(s,k): return 'gi'
    def __iter__(s): return iter([1])
b=B(b'abc')
tt_('len(b)')
tt_('b[0]')
tt_('list(b)')
tt_('bytes(b)')
tt_("b+b'd'")
tt_("b'd'+b")
tt_('b.decode()')
tt_("b==b'abc'")
tt_("b'%s' % b")
tt_('b.hex()')
tt_("b''.join([b])")
tt_('bytearray(b)')
tt_("int(B(b'12'))")
tt_('memoryview(b)[0]')
tt_("b.split(b'b')")
tt_('repr(b)')
tt_("hash(b)==hash(b'abc')")
class C(complex): pass
tt_('C(1,2)+1')
tt_("C('1j')")
tt_('type(C(1)*2)')
tt_('complex(C(1,2))')
class St(set):
    def __contains__(s,x): return True
    def __len__(s): return 77
    def __iter__(s): return iter('SI')
st=St([1,2])
tt_('len(st)')
tt_('9 in st')
tt_('sorted(map(str,st))')
tt_('st|{3}')
tt_('{3}|st')
tt_('st-{1}')
tt_('st=={1,2}')
tt_('repr(st)')
tt_('type(st&{1})')
tt_('type(st.copy())')
tt_('set(st)')
tt_("frozenset(st)=={'S','I'}")
tt_('list(st)')
tt_('st<={1,2,3}')
tt_('st.union([5])')
class Odd:
    def __init__(s, **k): s.__dict__.update(k)
def mk(**k): return type('Odd',(),{n:(lambda v: (lambda s,*a: v))(v) for n,v in k.items()})()
for n, f, vals in [('__len__', len, [-1, 1.5, 'a', 2**70, True, None]), ('__bool__', bool, [1, 0, None, 'a']), ('__hash__', hash, [1.5, 'a', 2**70, -1, None, True]), ('__repr__', repr, [1, None, b'a']), ('__str__', str, [1, None, b'a']), ('__bytes__', bytes, [1,'a',None]), ('__int__', int, [1.5,'a',None,True]), ('__float__', float, [1,'a',None]), ('__complex__', complex, [1,1.5,'a',None]), ('__index__', operator.index, [1.5,'a',None,True]), ('__iter__', iter, [1,None,[]]), ('__next__', next, [1,None]), ('__contains__', lambda o: 1 in o, [1,0,None,'a',[]]), ('__format__', format, [1,None]), ('__dir__', dir, [1,None,['b','a'],('q',)]), ('__length_hint__', operator.length_hint, [1,-1,'a',None,NotImplemented,1.5]), ('__reversed__', reversed, [1,None,[]]), ('__round__', round, [1,'a']), ('__enter__', lambda o: exec('with o: pass',{'o':o}), [1]), ('__sizeof__', sys.getsizeof, [-1,'a',1.5]), ('__instancecheck__', lambda o: isinstance(1,o), [1,0,'a',None]), ('__subclasscheck__', lambda o: issubclass(int,o), [1,0,None]), ('__abs__', abs, ['a']), ('__neg__', operator.neg, [None]), ('__trunc__', int, [5, 1.5, 'a']), ('__ceil__', __import__('math').ceil, ['c']), ('__fspath__', __import__('os').fspath, [1,'a',b'b',None]), ('__eq__', lambda o: o==1, ['x',None,NotImplemented]), ('__lt__', lambda o: o<1, ['x',NotImplemented]), ('__getattr__', lambda o: o.q, [5]), ('__call__', lambda o: o(1,2), [5]), ('__await__', lambda o: exec('async def f(): await o\nf().send(None)',{'o':o}), [1,None,[]]), ('__aiter__', lambda o: exec('async def f():\n async for x in o: pass\nf().send(None)',{'o':o}), [1,None]), ('__anext__', lambda o: exec('async def f():\n async for x in o: pass\nf().send(None)',{'o':o}), [1]), ('__aenter__', lambda o: exec('async def f():\n async with o: pass\nf().send(None)',{'o':o}), [1]), ('__missing__', lambda o: o['a'], [1]), ('__mod__', lambda o: o % 2, [5]), ('__class_getitem__', lambda o: o[1], [5]), ('__init__', lambda o: type(o)(), [1,None]), ('__set_name__', lambda o: type('Q',(),{'a':o}), [1]), ('__del__', lambda o: None, [1])]:
    for v in vals:
        print(n, repr(v)[:20], end=' ')
        try: o=mk(**{n:v})
        except Exception as e: print('MK', type(e).__name__, e); continue
        t(f, o)