"""What the default hook and the traceback module print, of the same exceptions: chains, notes, groups, carets, odd ones."""

import sys, traceback, io
def t(f, *a, **k):
    try: r = f(*a, **k); print("ok", type(r).__name__, str(r)[:200].split(' at 0x')[0])
    except BaseException as e: print(type(e).__name__, e)
def show(f):
    try: f()
    except BaseException as e:
        buf=io.StringIO(); traceback.print_exception(e, file=buf); a=buf.getvalue()
        old=sys.stderr; sys.stderr=io.StringIO()
        try: sys.__excepthook__(type(e),e,e.__traceback__); b=sys.stderr.getvalue()
        finally: sys.stderr=old
        print(b); print('SAME' if a==b else 'DIFF traceback:\n'+a)
class X:
    def __init__(s): s.a=None
    def __getitem__(s,k): raise KeyError(k)
    def __call__(s,*a): raise ValueError('call')
    def __add__(s,o): return 1/0
    def m(s): return s
x=X()
def f1(): x.a.b.c
def f2(): x.m().m()[  'k' ]
def f3(): return x + 1
def f4(): return (x.m() +
    2)
def f5(): x.m()(1,
   2)
def f6(): return 1 / 0 * 3
def f7(): return [i/0 for i in (1,)]
def f8(): assert x.a, 'msg'
def f9(): raise ValueError('multi\nline')
def f10(): import nonexistent_mod
def f11(): from sys import nope
def f12():
    try: 1/0
    except Exception as e: raise KeyError('k') from e
def f13():
    try: 1/0
    except Exception: raise KeyError('k')
def f14():
    try: 1/0
    except Exception: raise KeyError('k') from None
def f15():
    e=ValueError('n'); e.add_note('note1'); e.add_note('note2\nsecond'); raise e
def f16(): raise ExceptionGroup('eg',[ValueError(1),TypeError('t'),ExceptionGroup('in',[KeyError('k')])])
def f17():
    e=ValueError('n'); e.__notes__='str'; raise e
def f18():
    e=ValueError('n'); e.__notes__=[1,None]; raise e
def f19(): x['é'] ; 
def f20(): undefined_é_name
def f21(): é = 1; print(é.ñ, 5)
def f22(): "字" + 1 + 2
def f23(): eval("1 +")
def f24(): exec("def f():\n  x = (\n")
def f25(): exec("if 1:\n\tx\n        y")
def f26(): exec("x = 'abc")
def f27(): compile("a b", "somefile", "exec")
def f28():
    def rec(): rec()
    rec()
def f29(): raise SystemExit('bye')
def f30(): raise KeyboardInterrupt
class Bad(Exception):
    def __str__(s): raise ValueError
def f31(): raise Bad
class Bad2(Exception): __module__=5
def f32(): raise Bad2('x')
class Bad3(Exception):
    def __str__(s): return ''
def f33(): raise Bad3
def f34(): raise SyntaxError('custom')
def f35(): raise SyntaxError('m',('file.py',3,2,'text here\n',3,5))
def f36(): raise SyntaxError('m',('file.py',3,None,'text here'))
def f37(): raise SyntaxError('m',(None,3,4,'text here'))
def f38():
    try:
        try: 1/0
        except Exception as e: raise ExceptionGroup('g',[e, ValueError(2)]) from e
    except Exception as e2: raise RuntimeError('outer')
def f39():
    e1=ValueError(1); e2=ValueError(2); e1.__context__=e2; e2.__context__=e1; raise e1
def f40(): raise OSError(2,'No such','f')
def f41(): x.m(
     ).m(
     )(1)
def f42(): lambda: x; (lambda: 1/0)()
def f43(): return {**{1:2}, **x.a}
def f44(): a, b = 1,
def f45():
    for i in x.a: pass
def f46():
    with x.a: pass
def f47(): x.a.b = 1
def f48(): del x.a.b
def f49(): x.a[0] = 1
def f50(): return -x
def f51(): return not x < 1
def f52(): return f"{x.a.b!r:>{5}}"
def f53(): print(*5)
def f54(): int('a', base=3)
def f55(): return x.a if x.a.b else 1
def f56(): return x.a and x.m().q
def f57(): x.m().a += 1
def f58(): yield_ = (yield)
def f59(): next(iter([]))
def f60(): raise ValueError from 5
def f61(): raise 5
for i in range(1,62):
    f=globals().get(f'f{i}')
    if i==28:
        continue
    print(f'--- f{i}'); show(f)
