"""Contract: a class, a global, a builtin changed from a callee, a signal handler or another thread holds for the next bytecode."""

import builtins
import os
import signal
import sys
import threading
import time

step = 1


class Model:
    rate = 1

    def tick(self):
        return self.rate


def poke(i):
    global step
    if i % 300 == 299:
        step += 1
    if i % 400 == 399:
        Model.rate += 1
    if i % 1000 == 999:
        Model.tick = (lambda self: self.rate + 100) if i % 2000 == 1999 else (lambda self: self.rate)
    if i % 500 == 250:
        builtins.abs = lambda x: 7
    if i % 500 == 260:
        builtins.abs = original_abs


original_abs = abs


def from_a_callee(n):
    model = Model()
    total = 0
    for i in range(n):
        total += step + model.tick() + abs(-1)
        poke(i)
        total += step * 3 + model.tick() * 5 + abs(-2)
    return total


def from_a_signal_handler():
    global step
    step = Model.rate = 1
    hits = 0

    def handler(number, frame):
        global step
        nonlocal hits
        hits += 1
        step = -step
        Model.rate = 1 if step > 0 else 2
    old = signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, 0.005, 0.005)
    model = Model()
    Model.tick = lambda self: self.rate
    wrong = 0
    deadline = time.monotonic() + 5
    while hits < 20 and time.monotonic() < deadline:
        for i in range(2000):
            before = hits
            a = step
            b = model.rate
            c = step
            # A handler may run between any two statements; while none ran, all must agree.
            if hits == before and (a != c or (b == 1) != (a > 0)):
                wrong += 1
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, old)
    return wrong, hits >= 20


def from_another_thread():
    global step
    step = 0
    stop = False

    def other():
        global step
        for _ in range(50):
            step += 1
            Model.rate = step
            time.sleep(0.002)
    thread = threading.Thread(target=other)
    model = Model()
    thread.start()
    last = 0
    backwards = 0
    seen = set()
    while thread.is_alive():
        for i in range(5000):
            now = step
            if now < last:
                backwards += 1
            last = now
            seen.add(model.rate)
    thread.join()
    return backwards, len(seen) > 10, step


def loop_waits_for_a_flag():
    """A loop whose only way out is a global that another thread sets."""
    global flag
    flag = False

    def setter():
        global flag
        time.sleep(0.1)
        flag = True
    thread = threading.Thread(target=setter)
    thread.start()
    spins = 0
    while not flag:
        spins += 1
    thread.join()
    return spins > 0


def exception_from_handler():
    class Alarm(Exception):
        pass

    def handler(number, frame):
        raise Alarm(frame.f_code.co_name)
    old = signal.signal(signal.SIGALRM, handler)
    results = []
    for _ in range(5):
        signal.setitimer(signal.ITIMER_REAL, 0.02)
        total = 0
        try:
            while True:
                total += 1
        except Alarm as error:
            results.append((error.args[0], total > 0))
    signal.signal(signal.SIGALRM, old)
    return results


print(from_a_callee(4000))
print(from_a_signal_handler())
print(from_another_thread())
print(loop_waits_for_a_flag())
print(exception_from_handler())
