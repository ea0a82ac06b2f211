"""What every builtin exception makes of its arguments; groups, except*, raise and match statements with everything odd."""

# exceptions and groups API, builtin exceptions' constructors, matching, pattern matching errors
import sys, traceback
def t(f, *a, **k):
    try: r = f(*a, **k); print("ok", type(r).__name__, repr(r)[:200].split(' at 0x')[0])
    except BaseException as e: print(type(e).__name__, e)
E=[n for n in dir(__import__('builtins')) if isinstance(getattr(__import__('builtins'),n),type) and issubclass(getattr(__import__('builtins'),n),BaseException)]
for n in E:
    c=getattr(__import__('builtins'),n)
    for a,k in [((),{}),(('a',),{}),(('a','b'),{}),((1,'b','c'),{}),((2,'m','f'),{}),((2,'m','f',None,'g'),{}),((1,)*5,{}),((1,2,3,4,5,6,7),{}),(('utf8','x',1,2,'r'),{}),(('utf8',b'x',1,2,'r'),{}),(('x',1,2,'r'),{}),(('m',[ValueError(1)]),{}),(('m',[KeyboardInterrupt()]),{}),(('m',[]),{}),(('m',5),{}),(('m',[5]),{}),((5,[ValueError()]),{}),(('m',('f',1,2,'t')),{}),(('m',('f',1,2,'t',3,4)),{}),(('m',('f',)),{}),(('a',),{'name':'n'}),(('a',),{'name':'n','path':'p'}),(('a',),{'name':'n','obj':5}),((),{'x':1}),(('a',),{'msg':'q'})]:
        try:
            e=c(*a,**k)
            print(n,a,k,'->',type(e).__name__,repr(e)[:80],'|',str(e)[:80],'|',e.args, {x:getattr(e,x) for x in ('errno','strerror','filename','filename2','name','path','obj','msg','lineno','offset','text','end_lineno','end_offset','print_file_and_line','code','value','encoding','object','start','end','reason','message','exceptions','characters_written') if hasattr(e,x)}, e.__dict__)
        except BaseException as x: print(n,a,k,'!!',type(x).__name__,x)
e=OSError(2,'m'); e.filename='q'; print(str(e)); e.errno=5; print(str(e), e.args); e=OSError(); t(lambda: e.characters_written); e=BlockingIOError(11,'m',5); print(e.characters_written); e.characters_written=7; print(e.characters_written); del e.characters_written; t(lambda: e.characters_written); t(lambda: setattr(e,'characters_written','a'))
for i in range(0,140): 
    x=type(OSError(i,'a')).__name__
    if x!='OSError': print(i,x)
class MyOS(OSError):
    def __init__(s,a,b,c): super().__init__(a,b); s.c=c
print(repr(MyOS(1,2,3)), MyOS(1,2,3).errno)
class MyOS2(OSError):
    def __new__(cls,*a): return super().__new__(cls,*a)
print(type(MyOS2(2,'x')), type(OSError.__new__(OSError,2,'x')))
# groups
eg=ExceptionGroup('m',[ValueError(1),TypeError(2),ExceptionGroup('n',[KeyError(3),ValueError(4)])])
print(repr(eg), str(eg), eg.message, eg.exceptions); print(eg.subgroup(ValueError)); print(eg.split(KeyError)); print(eg.subgroup(lambda e: isinstance(e,TypeError))); print(eg.subgroup(OSError)); print(eg.split((ValueError,TypeError))); t(eg.subgroup, 5); t(eg.split, 'a'); t(eg.subgroup, (int,)); t(eg.split); print(eg.derive([ValueError(9)])); t(eg.derive, []); t(eg.derive, 5); t(setattr, eg, 'message','q'); t(setattr, eg,'exceptions',()); print(ExceptionGroup[int]); print(BaseExceptionGroup('m',[ValueError()]).__class__, BaseExceptionGroup('m',[KeyboardInterrupt()]).__class__); t(ExceptionGroup,'m',[KeyboardInterrupt()])
class EG(ExceptionGroup):
    def derive(s, ex): return EG('derived', ex)
print(EG('a',[ValueError(1),KeyError(2)]).split(ValueError))
class EG2(ExceptionGroup):
    def derive(s, ex): return 5
t(EG2('a',[ValueError(1),KeyError(2)]).split, ValueError)
class EG3(ExceptionGroup): pass
x=EG3('a',[ValueError(1),KeyError(2)]); x.add_note('n'); x.__cause__=ValueError('c'); m,r=x.split(ValueError); print(type(m), m.__notes__, m.__cause__, m.__context__, m.__suppress_context__)
class EG4(ExceptionGroup, KeyError): pass
t(EG4, 'm', [ValueError()]); 
class EG5(BaseExceptionGroup, ValueError): pass
t(EG5, 'm', [KeyboardInterrupt()])
# except*
def es(ex, *types_):
    log=[]
    try:
        try: raise ex
        except* ValueError as e: log.append(('V',repr(e)))
        except* (TypeError, KeyError) as e: log.append(('TK',repr(e)))
        else: log.append('else')
        finally: log.append('fin')
    except BaseException as o: log.append(('out',repr(o)))
    print(log)
for ex in [ValueError(1), KeyError(2), OSError(3), eg, ExceptionGroup('q',[OSError(1),ValueError(2)]), BaseExceptionGroup('b',[KeyboardInterrupt(),ValueError(1)]), KeyboardInterrupt()]: es(ex)
def es2():
    try: raise ExceptionGroup('e',[ValueError(1),TypeError(2)])
    except* ValueError as e: raise
t(es2)
def es3():
    try: raise ExceptionGroup('e',[ValueError(1),TypeError(2)])
    except* ValueError as e: raise KeyError('new')
try: es3()
except BaseException as e: print(repr(e), repr(e.__context__), [repr(x.__context__) for x in getattr(e,'exceptions',())])
def es4():
    try: raise ValueError(1)
    except* ExceptionGroup: pass
t(es4)
def es5():
    try: raise ValueError(1)
    except* (ValueError, ExceptionGroup): pass
t(es5)
def es6():
    try: raise ValueError(1)
    except* 5: pass
t(es6)
def ec(x):
    try: raise ValueError(1)
    except x: print('caught')
for x in [ValueError, (ValueError,), (KeyError,(ValueError,)), (KeyError, int), int, 5, 'a', (), [ValueError], Exception, object, None]: t(ec, x)
def ra(*a):
    if len(a)==1: raise a[0]
    raise a[0] from a[1]
for a in [(ValueError,),(ValueError(1),),(5,),('a',),(int,),(object,),(None,),(ValueError,None),(ValueError,KeyError),(ValueError,5),(ValueError,int),(5,ValueError)]: t(ra,*a)
class BadNew(Exception):
    def __new__(c,*a): return 5
t(ra, BadNew)
class BadInit(Exception):
    def __init__(s): raise KeyError('init')
t(ra, BadInit)
def rr(): raise
t(rr)
e=ValueError(1); t(e.with_traceback, 5); t(e.with_traceback, None); t(e.add_note, 5); t(setattr,e,'__notes__',5); t(e.add_note,'x'); t(e.__setstate__, {'a':1}); print(e.__dict__.get('a')); t(e.__setstate__, 5); t(e.__reduce__); t(setattr,e,'args',[1,2]); print(e.args); t(setattr,e,'__traceback__',5); e2=KeyError(1); e.__context__=e2; e2.__context__=e
try: raise e
except ValueError as q: print(q.__context__ is e2)
# match
def mt(v):
    match v:
        case 1|2: return 'int12'
        case -5: return 'neg'
        case 1.5: return 'f'
        case 1+2j: return 'c'
        case 'a'|b'b': return 's'
        case None|True: return 'sing'
        case []: return 'empty'
        case [x]: return ('one',x)
        case [1,*r]: return ('r',r)
        case (a,[b,*_],*c): return (a,b,c)
        case {'k':v1,**rest}: return ('k',v1,rest)
        case {}: return 'map'
        case str(s) if len(s)>3: return ('long',s)
        case int(n): return ('n',n)
        case float()|complex(): return 'num'
        case P(x=1): return 'P1'
        case P(1,y): return ('P',y)
        case P() as p: return 'P'
        case set(): return 'set'
        case _: return 'other'
class P:
    __match_args__=('x','y')
    def __init__(s,x,y): s.x=x; s.y=y
for v in [1,2,-5,1.5,1+2j,'a',b'b',None,True,False,[],[5],[1,2,3],(2,[3,4],5),{'k':1,'z':2},{},{'q':1},'long!','ab',99,2.5,2j,P(1,2),P(3,4),set(),object,range(1),bytearray(b'x'),iter([])]: print(repr(v)[:30].split(' at ')[0], mt(v))
def m2(v, C):
    match v:
        case C(1,2,3): return 'y'
def m3(v, C):
    match v:
        case C(1,x=2): return 'y'
class Q: __match_args__=['x']
class Q2: __match_args__=(5,)
class Q3: __match_args__=('x','x')
class Q4: pass
for c in (P,Q,Q2,Q3,Q4,int,str,dict): 
    v=c(1,2) if c is P else c()
    t(m2,v,c); t(m3,v,c)
t(m2,5,5); t(m2,5,'a')
def m4(d):
    match d:
        case {'a':1,'b':2}: return 'ab'
import collections
print(m4(collections.defaultdict(int)), m4({'a':1,'b':2,'c':3}), m4(collections.ChainMap({'a':1},{'b':2})))
