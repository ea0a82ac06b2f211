# The builtin exceptions: arguments, fields, texts, groups, what cannot be raised, recursion.
def t(f, *a):
    try: print(repr(f(*a)))
    except BaseException as e: print(type(e).__name__, e)
for T,a in ((UnicodeDecodeError,()),(UnicodeDecodeError,(1,2,3,4,5)),(UnicodeDecodeError,('a','b',3,4,'5')),(UnicodeDecodeError,('ascii',b'ab\xff',2,3,'why')),(UnicodeEncodeError,('ascii','ab\xff',2,3,'why')),(UnicodeEncodeError,('ascii','ab\u1234',0,3,'why')),(UnicodeTranslateError,('x\U00012345',1,2,'r')),(UnicodeEncodeError,('a',b'b',3,4,'5')),(UnicodeTranslateError,(b'b',3,4,'5')),(ExceptionGroup,()),(ExceptionGroup,(1,2)),(ExceptionGroup,('a',2)),(ExceptionGroup,('a',[])),(ExceptionGroup,('a',[1])),(ExceptionGroup,('a',[KeyboardInterrupt()])),(BaseExceptionGroup,('a',[KeyboardInterrupt()])),(BaseExceptionGroup,('a',[ValueError()])),(OSError,(1,)),(OSError,(2,'x','f')),(OSError,(2,'x','f',None,'g')),(OSError,(11,'x',5)),(OSError,(1,2,3,4,5,6)),(KeyError,(1,2)),(KeyError,("a",)),(KeyError,()),(StopIteration,(1,2)),(SystemExit,(1,2)),(SystemExit,()),(ImportError,("a",)),(ImportError,()),(SyntaxError,("m",("f",1,2,"t"))),(SyntaxError,("m",("/a/f",1,2,"t",3,4))),(SyntaxError,("m",(1,2))),(SyntaxError,()),(SyntaxError,('a',)),(BlockingIOError,(11,'a',7))):
    try:
        e=T(*a); print(type(e).__name__, repr(e),'|',str(e),'|',e.args, '|', e.__dict__, {k: getattr(e,k) for k in ('errno','strerror','filename','filename2','code','value','msg','lineno','offset','text','end_lineno','start','end','reason','encoding','object','message','exceptions') if hasattr(e,k)})
    except BaseException as e: print(T.__name__, type(e).__name__, e)
t(lambda: ImportError("a",foo=1)); t(lambda: ImportError("a",name='n',path='p').name); t(lambda: ImportError(name='a').foo); t(lambda: BaseException(x=1)); t(lambda: KeyError(x=1)); t(lambda: OSError(x=1)); t(lambda: AttributeError(x=1)); t(lambda: AttributeError('a', name='n', obj=3).obj); t(lambda: NameError(x=1)); t(lambda: NameError(name='q').name); t(lambda: StopIteration(x=1))
e=Exception(1)
def s(n,v): setattr(e,n,v)
t(lambda: s('args',1)); t(lambda: s('args',[1,2])); print(e.args); t(lambda: s('__traceback__',1)); t(lambda: s('__cause__',1)); t(lambda: s('__context__',1)); t(lambda: delattr(e,'args'));t(lambda: delattr(e,'__traceback__'));t(lambda: delattr(e,'__cause__'))
t(lambda: s('__cause__', ValueError(3))); print(e.__cause__, e.__suppress_context__)
t(lambda: e.add_note(1)); e.add_note('x'); e.add_note('y'); print(e.__dict__, e.__notes__)
t(lambda: e.with_traceback(1));t(lambda: e.__setstate__(1)); e.__setstate__({'foo': 5}); print(e.foo)
print(e.__reduce__(), OSError(1,'a').__reduce__(), OSError(2,'a','b').__reduce__(), ImportError('a',name='b').__reduce__(), AttributeError('a',name='x',obj=1).__reduce__())
def f():
    try: raise KeyError('k')
    except KeyError: raise ValueError('v')
try: f()
except ValueError as e: print(repr(e.__context__), e.__cause__, e.__suppress_context__, e.__traceback__.tb_frame.f_code.co_name)
try:
    try: raise ValueError(1)
    except ValueError: raise TypeError(2) from None
except TypeError as e: print(repr(e.__context__), e.__cause__, e.__suppress_context__)
try:
    try: 1/0
    finally: raise ValueError('f')
except ValueError as e: print(repr(e.__context__))
try: raise 1
except TypeError as e: print(e)
try: raise int
except TypeError as e: print(e)
try: raise ValueError from 1
except TypeError as e: print(e)
class B(Exception):
    def __new__(cls, *a): return 5
try: raise B
except TypeError as e: print(e)
try:
    try: raise ValueError
    except 5: pass
except TypeError as e: print(e, repr(e.__context__))
try:
    try: raise ValueError
    except (KeyError, 5): pass
except TypeError as e: print(e)
eg = ExceptionGroup('eg', [ValueError(1), ExceptionGroup('in', [TypeError(2), ValueError(3)]), OSError(4)])
print(eg.split(ValueError), eg.subgroup((TypeError, OSError)), eg.split(lambda e: isinstance(e, OSError)), eg.subgroup(KeyError)); t(lambda: eg.split(1)); t(lambda: eg.derive([KeyError()])); print(ExceptionGroup.__mro__, ExceptionGroup.__bases__); t(lambda: ExceptionGroup[int]); eg.add_note('n'); print(eg.subgroup(ValueError).__notes__, str(eg))
try:
    raise eg
except* ValueError as g: print('V', g.exceptions)
except* TypeError as g: print('T', g.exceptions)
except* OSError as g: print('O', g)
class MyEG(ExceptionGroup):
    def derive(self, excs): return MyEG(self.message, excs)
print(repr(MyEG('m', [ValueError(1), TypeError(2)]).split(ValueError)))
try: {}['x']
except KeyError as e: print(e, repr(e), e.args)
try: [][3]
except IndexError as e: print(e)
try: nope
except NameError as e: print(e, e.name)
try: (1).foo
except AttributeError as e: print(e, e.name, e.obj)
try: import nope_mod
except ModuleNotFoundError as e: print(e, e.name, e.path)
try: from sys import nope_attr
except ImportError as e: print(e, e.name)
def rec(): return rec()
try: rec()
except RecursionError as e: print(e)
class RG:
    def __getattr__(s, n): return getattr(s, n + 'x')
try: RG().a
except RecursionError as e: print(type(e).__name__, str(e)[:40])
class RR:
    def __repr__(s): return repr(s)
try: repr(RR())
except RecursionError as e: print(e)
l = []; l.append(l); print(l)
l = []
for i in range(100000): l = [l]
try: repr(l)
except RecursionError as e: print(e)
try: l == l[0]
except RecursionError as e: print(e)
l2 = []
for i in range(100000): l2 = [l2]
try: l == l2
except RecursionError as e: print(e)
def g():
    yield 1
    return 5
it = g(); next(it)
try: next(it)
except StopIteration as e: print(e.value)
print([c.__name__ for c in BaseException.__subclasses__()], len(Exception.__subclasses__()))
print(ValueError.__doc__, OSError.__doc__, BaseException.__doc__)
