"""tracemalloc: blocks and their origins, from interpreted and from compiled code; limits, peaks, snapshots, wrong arguments."""
import subprocess
import sys
import tracemalloc
import _tracemalloc


def tell(f, *args, **keywords):
    try:
        return f(*args, **keywords)
    except BaseException as e:
        return f"{type(e).__name__}: {e}"


def allocate(size):
    return bytes(size)


def outer(size):
    return allocate(size)


print(tracemalloc.is_tracing(), tracemalloc.get_traced_memory(), tracemalloc.get_object_traceback([]), _tracemalloc._get_traces())
for frames in (0, -1, 65536, 2**40, 2**70, "x", 1.5):
    print(frames, tell(tracemalloc.start, frames))
tracemalloc.start(10)
block = outer(100000)
where = tracemalloc.get_object_traceback(block)
print(tracemalloc.is_tracing(), tracemalloc.get_traceback_limit(), [(frame.lineno, frame.filename == __file__) for frame in where], where.total_nframe)
now, peak = tracemalloc.get_traced_memory()
del block
after = tracemalloc.get_traced_memory()
print(now >= 100000, now - after[0] >= 90000, after[1] >= now)
tracemalloc.reset_peak()
print(tracemalloc.get_traced_memory()[1] < 100000, tracemalloc.get_tracemalloc_memory() > 0)
snapshot = tracemalloc.take_snapshot()
kept = [outer(5000) for i in range(20)]
difference = tracemalloc.take_snapshot().compare_to(snapshot, "lineno")[0]
print(difference.traceback[0].lineno, difference.count_diff >= 20, difference.size_diff >= 100000)
tracemalloc.clear_traces()
print(tracemalloc.get_object_traceback(kept[0]), tracemalloc.get_traced_memory()[0] < 10000)
tracemalloc.stop()
print(tracemalloc.is_tracing(), tracemalloc.get_traced_memory(), tracemalloc.get_object_traceback(outer(10)), tracemalloc.stop())


# Objects that compiled code makes are seen as well.
class Node:
    def __init__(self, n):
        self.n = n
        self.next = None


def build(count):
    head = None
    for i in range(count):
        node = Node(i)
        node.next = head
        head = node
    return head


build(5000)
tracemalloc.start()
nodes = build(5000)
first = build.__code__.co_firstlineno
statistics = [s for s in tracemalloc.take_snapshot().statistics("lineno") if s.traceback[0].filename == __file__]
print(sum(s.count for s in statistics if first - 5 < s.traceback[0].lineno < first + 7) >= 5000)
del nodes
print(tracemalloc.get_traced_memory()[0] < 100000)
tracemalloc.stop()

CODE = "import tracemalloc; print(tracemalloc.is_tracing(), tracemalloc.get_traceback_limit())"
for option in ("tracemalloc", "tracemalloc=5", "tracemalloc=0", "tracemalloc=x", "tracemalloc=-1"):
    done = subprocess.run([sys.executable, "-X", option, "-c", CODE], capture_output=True, text=True)
    print(option, done.returncode, done.stdout.strip(), done.stderr.split("\n")[0])
for v in ("3", "0", "", "x"):
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, env={"PYTHONTRACEMALLOC": v})
    print(v, done.returncode, done.stdout.strip(), done.stderr.split("\n")[0])
