"""_stat, _opcode, _statistics and _queue against CPython: constants, results and error messages."""
import _opcode
import _queue
import _stat
import _statistics
import stat
import statistics
import threading

def attempt(f, *a, **k):
    try:
        return repr(f(*a, **k))
    except Exception as e:
        return f"{type(e).__name__}: {e}"

print(sorted((k, v) for k, v in vars(_stat).items() if not k.startswith("__") and not callable(v)))
names = sorted(k for k, v in vars(_stat).items() if callable(v) and not k.startswith("__"))
print(names)
for mode in (0, 0o644, 0o40755, 0o120777, 0o20600, 0o60660, 0o10600, 0o140777, 0o107777, 0o104711, 0o102755, 0o41777, 0o160000, -1, 2**33, 2**70, "a", 1.5, True):
    print(mode, [attempt(getattr(_stat, name), mode) for name in names])
print(stat.filemode(0o100644), attempt(_stat.filemode), attempt(_stat.filemode, 1, 2))

for opcode in range(-14, 300):
    for jump in (None, True, False):
        print(opcode, [attempt(_opcode.stack_effect, opcode, *argument, jump=jump) for argument in ((), (0,), (1,), (2,), (5,), (256,))])
print(attempt(_opcode.stack_effect, "a"), attempt(_opcode.stack_effect, 100, "a"), attempt(_opcode.stack_effect, 100, 0, jump=3), attempt(_opcode.stack_effect, 1 << 40))
print(_opcode.get_specialization_stats())

for p in (0.5, 0.1, 0.9, 0.0001, 1e-10, 1e-300, 0.999999, 0.075, 0.925, 0.0, 1.0, 2, -1, "a", None):
    print(p, attempt(_statistics._normal_dist_inv_cdf, p, 3.0, 2.0), attempt(_statistics._normal_dist_inv_cdf, p, 3, 0))
print(statistics.NormalDist(1, 2).inv_cdf(0.3), attempt(_statistics._normal_dist_inv_cdf, 0.5, "a", 1))

q = _queue.SimpleQueue()
print(q.empty(), q.qsize(), attempt(q.get_nowait), attempt(q.get, False), attempt(q.get, timeout=0.01), attempt(q.get, timeout=-1), attempt(q.get, timeout="a"),
      attempt(q.get, timeout=float("nan")), attempt(q.get, timeout=1e30), attempt(q.put), attempt(_queue.SimpleQueue, 1), attempt(q.get, True, 1, 2))
for i in range(100):
    q.put(i)
print(q.qsize(), [q.get() for _ in range(50)], q.empty())
q.put_nowait("x")
q.put("y", False, None)
print([q.get_nowait() for _ in range(52)], _queue.SimpleQueue[int], _queue.Empty.__mro__)
results = []
def worker():
    while (item := q.get()) is not None:
        results.append(item)
threads = [threading.Thread(target=worker) for _ in range(4)]
for each in threads:
    each.start()
for i in range(2000):
    q.put(i)
for each in threads:
    q.put(None)
for each in threads:
    each.join()
print(sorted(results) == list(range(2000)), q.qsize())
class Link:
    def __init__(self, queue): self.queue = queue
    def __del__(self): print("gone")
import gc
q.put(Link(q))
del q
gc.collect()
import weakref
class Sub(_queue.SimpleQueue): pass
s = Sub()
print(weakref.ref(s)() is s, s.__dict__)
