"""Generators, coroutines, unpacking, scopes, with statements and asyncio: results, states and messages."""

import sys, types, asyncio, contextlib, inspect, gc, warnings
def t(f, *a, **k):
    try: r = f(*a, **k); print("ok", type(r).__name__, repr(r)[:150].split(' at 0x')[0])
    except BaseException as e: print(type(e).__name__, e, '| ctx', repr(e.__context__)[:80], '| cause', repr(e.__cause__)[:80])
# generators
def g():
    try:
        x = yield 1
        print('got', x)
        y = yield 2
    except GeneratorExit: print('exit'); raise
    finally: print('fin')
    return 'r'
a=g(); t(next,a); t(a.send,5); t(a.send,6); t(next,a); t(a.close); t(a.throw, ValueError)
a=g(); t(a.send, 5); t(a.close); t(next,a)
a=g(); next(a); t(a.throw, ValueError('x')); t(a.throw, ValueError('y')); t(a.close)
a=g(); next(a); t(a.close); t(a.close); t(a.gi_frame.__class__)
a=g(); print(a.gi_running, a.gi_suspended, a.gi_frame.f_lineno-0>0, a.gi_yieldfrom, a.gi_code.co_name, a.__name__, a.__qualname__); a.__name__='q'; print(repr(a).split(' at')[0]); a.__qualname__='w'; print(repr(a).split(' at')[0]); t(setattr,a,'__name__',5); t(setattr,a,'gi_code',5); del a
def g2():
    a=yield from g()
    print('result', a); return (yield from [1,2])
a=g2(); print([next(a), a.send('s'), a.send('q'), next(a)]); t(next,a)
a=g2(); next(a); t(a.throw, KeyError('k'))
a=g2(); next(a); t(a.close)
def g3(): yield from 5
t(next, g3())
def g4():
    def self_(): pass
    yield next(me)
me=g4(); t(next, me)
def g5(): raise StopIteration(5); yield
t(next, g5())
def g6():
    try: yield
    except ValueError: return 7
a=g6(); next(a); t(a.throw, ValueError)
def g7():
    try: yield 1
    finally: yield 2
a=g7(); next(a); t(a.close); del a
def g8():
    yield 1
    return 8
t(lambda: (lambda: (yield from g8()))().__next__()); print(list(g8()))
class It:
    def __iter__(s): return s
    def __next__(s): return 1
    def throw(s,*a): print('throw', a[0].__class__ if not isinstance(a[0], type) else a[0].__name__); raise StopIteration(9)
    def close(s): print('close'); raise ValueError('in close')
    def send(s,v): print('send', v); return v
def g9(): r = yield from It(); print('r', r); yield 'end'
a=g9(); print(next(a), a.send(4), a.throw(KeyError)); a.close()
a=g9(); next(a); t(a.close)
# comprehension scoping
print([x for x in range(3) if [y for y in range(x)]], {k:v for k,v in zip('ab',(1,2))}, [(lambda: i)() for i in range(3)], [f() for f in [lambda: i for i in range(3)]], list(i for i in (j*2 for j in range(3))))
t(lambda: [x for x in 5]); t(lambda: list(x for x in 5)); t(lambda: (x for x in 5)); t(lambda: {**5}); t(lambda: [*5]); t(lambda: {*5}); t(lambda: f(**5) if 0 else print(*5)); t(lambda: print(**{'a':1})); t(lambda: (lambda **k: k)(**[1]))
class Cs:
    x=5
    try: y=[x for _ in range(1)]
    except NameError as e: print(e)
    z=[q for q in [x]]
# unpack
def u(src, val): 
    try: d={'v':val}; exec(src, d); d.pop('__builtins__'); d.pop('v'); print(src, d)
    except Exception as e: print(src, type(e).__name__, e)
for src in ['a,b=v','a,*b=v','*a,b=v','a,*b,c=v','[a,b]=v','(a,(b,c))=v','*a,=v','a,b,*c,d=v']:
    for val in [(1,2),(1,),(),(1,2,3),'ab',{1:2,3:4},5,iter([1,2]),[1,(2,3)],None,range(10**20)]:
        if 'range' in repr(val) and '*' in src: continue
        u(src,val)
# del / names
def dn():
    x=1; del x; return x
t(dn)
def dn2(): del yy_; 
t(lambda: exec('del yy_')); t(dn2)
def dn3():
    def inner(): return q
    if 0: q=1
    return inner()
t(dn3)
def dn4():
    try: 1/0
    except ZeroDivisionError as e: pass
    return e
t(dn4)
def dn5():
    global gg; gg=1; del gg; return gg
t(dn5)
t(lambda: exec('def f():\n nonlocal x')); t(lambda: exec('nonlocal x')); t(lambda: exec('def f(x):\n global x')); t(lambda: exec('def f():\n x=1\n global x')); t(lambda: exec('return 5')); t(lambda: exec('yield 5')); t(lambda: exec('await x')); t(lambda: exec('break')); t(lambda: exec('def f(a,a): pass')); t(lambda: exec('f(a=1,a=2)')); t(lambda: exec('x: int = yield')); t(lambda: exec('(x:=1)=2')); t(lambda: exec('[i:=0 for i in x]')); t(lambda: exec('class A:\n [x:=1 for i in y]')); t(lambda: exec('None=1')); t(lambda: exec('f()=1')); t(lambda: exec('a+1=2')); t(lambda: exec('*a=1')); t(lambda: exec('a,*b,*c=1')); t(lambda: exec('import *')); t(lambda: exec('def f():\n from x import *')); t(lambda: exec('from __future__ import nope')); t(lambda: exec('x=1\nfrom __future__ import annotations')); t(lambda: exec('try: pass\nexcept: pass\nexcept ValueError: pass')); t(lambda: exec('async def f():\n [x async for x in y]\ndef g():\n [x async for x in y]')); t(lambda: exec('lambda: (yield)')); t(lambda: exec('def f(): return (yield 5)')); t(lambda: exec('del f()')); t(lambda: exec('for f() in x: pass')); t(lambda: exec('with x as f(): pass')); t(lambda: exec('def f(x=1, y): pass')); t(lambda: exec('def f(*): pass')); t(lambda: exec('f(**a, *b)')); t(lambda: exec('f(a for a in b, c)')); t(lambda: exec('match x:\n case y: pass\n case z: pass')); t(lambda: exec('match x:\n case a|b: pass')); t(lambda: exec('match x:\n case {**r, "a":1}: pass')); t(lambda: exec("f'{a b}'")); t(lambda: exec("f'{}'")); t(lambda: exec("f'{a!x}'"))
# with
class CM:
    def __init__(s, sup=False, fail=None): s.sup=sup; s.fail=fail
    def __enter__(s): print('enter'); return s
    def __exit__(s,*a): print('exit', a[0].__name__ if a[0] else None, a[1]); 
    
class CM2(CM):
    def __exit__(s,*a):
        if s.fail: raise s.fail
        return s.sup
def w1():
    with CM() as c, CM2(sup=True): 1/0
    print('after')
t(w1)
def w2():
    with CM2(fail=KeyError('in exit')): 1/0
t(w2)
def w3():
    for i in range(3):
        with CM(): 
            if i==1: break
            continue
    return i
t(w3)
def w4():
    with CM(): return 5
t(w4)
class NoExit:
    def __enter__(s): pass
t(lambda: exec('with n: pass', {'n':NoExit()})); t(lambda: exec('with 5: pass')); t(lambda: exec('with n: pass', {'n':CM})); t(lambda: exec('async def f():\n async with 5: pass\nf().send(None)')); t(lambda: exec('async def f():\n async with n: pass\nf().send(None)', {'n':CM()})); t(lambda: exec('with n: pass',{'n':asyncio.Lock()}))
# async
async def co(x): 
    if x==1: raise ValueError('v')
    return x
async def main():
    print(await co(0), await asyncio.gather(co(2),co(3)), [x async for x in ag(3)], {x: y async for x,y in ag2()}); 
    try: await co(1)
    except ValueError as e: print('caught', e)
    try: await 5
    except TypeError as e: print(e)
    c=co(5); await c
    try: await c
    except RuntimeError as e: print(e)
    a=ag(5); print(await a.__anext__(), await a.asend(None)); await a.aclose()
    try: await a.__anext__()
    except StopAsyncIteration as e: print('stop', e.args)
    a=ag(5); await a.__anext__()
    try: await a.athrow(KeyError('k'))
    except KeyError as e: print(repr(e))
    async with contextlib.AsyncExitStack() as st: print('stack')
    try:
        async with asyncio.timeout(0.01): await asyncio.sleep(5)
    except TimeoutError as e: print('timeout')
    async with asyncio.TaskGroup() as tg: x=tg.create_task(co(7))
    print(x.result())
    try:
        async with asyncio.TaskGroup() as tg: tg.create_task(co(1)); tg.create_task(co(1))
    except* ValueError as eg: print(eg.exceptions)
async def ag(n):
    try:
        for i in range(n): yield i
    finally: print('ag fin')
async def ag2():
    yield 'a',1
    yield 'b',2
asyncio.run(main())
with warnings.catch_warnings(record=True) as w:
    warnings.simplefilter('always'); co(1); gc.collect(); print([str(x.message) for x in w])
c=co(3); print(c.cr_await, c.cr_running, c.cr_frame is not None, c.cr_code.co_name, inspect.getcoroutinestate(c)); t(c.send, 5); t(c.send, None); t(c.send,None); t(c.close); t(lambda: next(c)); t(lambda: iter(c)); t(lambda: [*c])
c=co(1); t(c.throw, KeyError('q')); t(c.send, None)
@types.coroutine
def tc(): r=yield 'y'; return r
async def usetc(): return await tc()
c=usetc(); print(c.send(None), c.cr_await is not None); t(c.send, 'back')
def ng(): yield
t(lambda: exec('async def f(): await x\nf().send(None)', {'x': ng()})); 
