# Weak references, finalizers and the collector, as the gc and _weakref modules show them.
import _weakref as weakref, gc, sys
def t(f, *a):
    try: print(repr(f(*a)))
    except BaseException as e: print(type(e).__name__, e)
class A:
    def __init__(s, n=0): s.n = n
    def __repr__(s): return f'A{s.n}'
log = []
a = A(1)
r1 = weakref.ref(a); r2 = weakref.ref(a); print(r1 is r2, r1() is a, weakref.getweakrefcount(a))
r3 = weakref.ref(a, lambda r: log.append(('r3', r is r3))); r4 = weakref.ref(a, lambda r: log.append('r4'))
print(weakref.getweakrefcount(a), len(weakref.getweakrefs(a)), a.__weakref__ is r1)
p = weakref.proxy(a); print(p.n, p, repr(p)[:14], isinstance(p, A), type(p).__name__)
t(lambda: hash(r1) == hash(a)); t(lambda: r1 == weakref.ref(a)); t(lambda: hash(p))
del a; print(log, r1(), r3()); t(lambda: p.n); t(lambda: str(p)); t(lambda: hash(weakref.ref(A()))); t(lambda: r1 == r2); t(lambda: repr(r1)[-5:]); t(lambda: weakref.ref(1)); t(lambda: weakref.ref([])); t(lambda: weakref.ref())
class WR(weakref.ref):
    def __init__(s, o, cb=None, k=None): super().__init__(o, cb); s.k = k
    def __new__(cls, o, cb=None, k=None): return super().__new__(cls, o, cb)
a = A(2); w = WR(a, None, 'key'); print(w.k, w() is a, w is weakref.ref(a))
# callbacks raising
r = weakref.ref(a, lambda r: 1/0)
import io
old = sys.stderr; sys.stderr = io.StringIO(); 
try:
    del a
finally:
    out = sys.stderr.getvalue(); sys.stderr = old
print(out.splitlines()[-1] if out else None)
# weakref to function, method, class, generator
def f(): pass
t(lambda: weakref.ref(f)() is f); t(lambda: weakref.ref(A)() is A); t(lambda: weakref.ref(len)() is len)
# cycles
class C:
    def __init__(s, n): s.n = n; s.me = s
    def __del__(s): print('del', s.n)
for i in range(3): C(i)
print(gc.collect())
# resurrect in cycle
class R:
    saved = []
    def __init__(s): s.me = s
    def __del__(s): R.saved.append(s)
R(); print(gc.collect(), len(R.saved), gc.is_finalized(R.saved[0])); R.saved.clear(); print(gc.collect())
# weakrefs in cycles
c = C(9); cb = []; w = weakref.ref(c, lambda r: cb.append(1)); del c; gc.collect(); print(w(), cb)
class Holder: pass
h = Holder(); h.self = h; h.w = weakref.ref(h, lambda r: print('must not be called')); del h; print(gc.collect() > 0)
l = []; l.append(l); del l; print(gc.collect())
d = {}; d['d'] = d; del d; print(gc.collect())
def gen():
    g = yield
    try: yield
    finally: print('gen closed')
g = gen(); next(g); g.send(g); del g; print(gc.collect() > 0)
def clos():
    def inner(): return inner
    return inner
clos(); print(gc.collect() > 0)
class Cl: pass
Cl = None; print(gc.collect() > 0)
try: 1/0
except Exception as e: ee = e; ee.self = ee
del ee; print(gc.collect() > 0)
print(gc.get_threshold(), gc.isenabled(), gc.get_debug()); gc.disable(); print(gc.isenabled()); gc.enable()
print(gc.is_tracked([]), gc.is_tracked({}), gc.is_tracked({1: []}), gc.is_tracked(()), gc.is_tracked(1), gc.is_tracked('a'), gc.is_tracked(A()))
x = [A(5)]; print(any(o is x for o in gc.get_objects()), any(o is x for o in gc.get_referrers(x[0])), gc.get_referents(x)); 
gc.callbacks.append(lambda p, i: print(p, i['generation'])); gc.collect(1); gc.callbacks.clear()
gc.set_threshold(5, 2, 2); keep = [[] for i in range(100)]; print(gc.get_count()[0] <= 6, gc.get_threshold()); gc.set_threshold(700, 10, 10)
t(lambda: gc.collect(5)); print(len(gc.get_stats()), gc.garbage)
gc.freeze(); print(gc.get_freeze_count() > 100); gc.unfreeze(); print(gc.get_freeze_count())
# automatic collection
n = 0
class Auto:
    def __init__(s): s.me = s
    def __del__(s): global n; n += 1
for i in range(20000): Auto()
print(n > 10000)
def mk(n):
    return None if n == 0 else (mk(n-1), mk(n-1))
tree = mk(14); del tree
