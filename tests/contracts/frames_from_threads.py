"""Contract: another thread may look at the frames of a running compiled loop, and sees names, lines and values that are true."""

import sys
import threading
import time


def worker(state):
    total = 0
    i = 0
    while not state["stop"]:
        i += 1
        total = i * 3
        state["spins"] = i
        total = helper(i, total)
    state["result"] = total == i * 3 + 1


def helper(a, b):
    c = b + 1
    return c


def inspect_running():
    state = {"stop": False, "spins": 0}
    thread = threading.Thread(target=worker, args=(state,))
    thread.start()
    names = set()
    inconsistent = 0
    looks = 0
    deadline = time.monotonic() + 10
    while looks < 50 and time.monotonic() < deadline:
        time.sleep(0.001)
        frame = sys._current_frames().get(thread.ident)
        if frame is None:
            continue
        looks += 1
        while frame is not None and frame.f_code.co_name not in ("worker", "helper"):
            frame = frame.f_back
        if frame is None:
            continue
        names.add(frame.f_code.co_name)
        values = dict(frame.f_locals)
        if frame.f_code.co_name == "worker" and "i" in values and "total" in values:
            # total is 3i, 3i + 1, or still one round behind.
            if values["total"] not in (values["i"] * 3, values["i"] * 3 + 1, (values["i"] - 1) * 3 + 1):
                inconsistent += 1
        if frame.f_code.co_name == "helper" and "c" in values and values["c"] != values["b"] + 1:
            inconsistent += 1
        line = frame.f_lineno - frame.f_code.co_firstlineno
        if not 0 <= line <= 8:
            inconsistent += 1
    state["stop"] = True
    thread.join()
    return "worker" in names, inconsistent, looks == 50, state["result"]


def many_threads():
    """Compiled loops of several threads over shared and own data; each result must be as if alone."""
    results = {}

    def run(k):
        total = 0
        for i in range(60000):
            total += i * k % 7
        results[k] = total
    threads = [threading.Thread(target=run, args=(k,)) for k in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(results.items())


def invalidated_elsewhere():
    """A thread is inside compiled code when another one breaks its assumptions, again and again."""
    class Box:
        factor = 1

        def value(self):
            return self.factor

    box = Box()
    wrong = 0
    stop = False

    def reader():
        nonlocal wrong
        while not stop:
            for _ in range(1000):
                a = box.value()
                b = Box.factor
                c = box.value()
                if not a <= b <= c:
                    wrong += 1
    thread = threading.Thread(target=reader)
    thread.start()
    for i in range(100):
        Box.factor += 1
        if i % 10 == 9:
            Box.value = (lambda self: self.factor) if i % 20 == 9 else (lambda self: Box.factor)
        time.sleep(0.001)
    stop = True
    thread.join()
    return wrong, Box.factor


def lock_in_a_loop():
    lock = threading.Lock()
    shared = 0

    def add(n):
        nonlocal shared
        for _ in range(n):
            with lock:
                shared += 1
    threads = [threading.Thread(target=add, args=(3000,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return shared


print(inspect_running())
print(many_threads())
print(invalidated_elsewhere())
print(lock_in_a_loop())
