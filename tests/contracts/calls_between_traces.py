"""Functions that call each other in compiled code have frames all the same: whoever looks sees them, whatever happens to the
function meanwhile, and arguments die at their bytecode."""

import gc
import sys
import traceback
import weakref


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


print(fib(21))


# --- frames that somebody looks at ---

def chain(n, look):
    if n == 0:
        return look()
    return chain(n - 1, look) + 1


def depth():
    frame, count = sys._getframe(1), 0
    while frame.f_code is chain.__code__:
        assert frame.f_locals["n"] == count and frame.f_back is not None
        count += 1
        frame = frame.f_back
    return count * 1000


for _ in range(300):
    chain(20, lambda: 0)
print(chain(20, lambda: 0), chain(20, depth), chain(20, lambda: 7))


# --- exceptions through compiled frames ---

def fails(n):
    if n == 0:
        raise ValueError("at the bottom")
    return fails(n - 1) + 1


def catches(n):
    try:
        return fails(n)
    except ValueError as e:
        return len(traceback.extract_tb(e.__traceback__))


print({catches(9) for _ in range(2000)})


# --- the limit of the recursion ---

def endless(n):
    return endless(n + 1) + 1


def reached(n):
    global deepest
    deepest = n
    return reached(n + 1) + 1


def limit_of(function):
    try:
        function(0)
    except RecursionError as e:
        return str(e)


for _ in range(30):
    message = limit_of(endless)
print(message)
limit_of(reached)
first = deepest
for _ in range(30):
    limit_of(reached)
print(deepest - first)


# --- the function goes while it runs ---

def shrinking(n, at):
    if n == at:
        global shrinking
        kept = weakref.ref(shrinking)
        del shrinking
        gc.collect()
        globals()["shrinking"] = lambda n, at: -1 if kept() is None else -2
    return n if n <= 0 else n + shrinking(n - 1, at)


original = shrinking.__code__
for _ in range(2000):
    shrinking(10, -5)
print(shrinking(10, 6))


def first_body(n, change):
    if n == 3:
        change()
    return n if n <= 0 else n + second(n - 1, change)


def second(n, change):
    return first_body(n, change)


def other_body(n, change):
    return 100


for _ in range(2000):
    first_body(12, lambda: None)


def swap():
    first_body.__code__ = other_body.__code__


print(first_body(12, swap))


# --- arguments ---

class Noisy:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        log.append("del " + self.name)


def forgets(x, n):
    if n:
        return forgets(x, n - 1)
    log.append("before")
    del x
    log.append("after")
    return 1


def keeps(x, n):
    if n:
        return keeps(x, n - 1)
    log.append("return")
    return 2


class Quiet:
    pass


log = []
for _ in range(2000):
    forgets(Quiet(), 3)
    keeps(Quiet(), 3)
log = []
forgets(Noisy("a"), 0)
keeps(Noisy("b"), 0)
log.append("called")
keeps(Noisy("c"), 4)
print(log)
x = Quiet()
before = sys.getrefcount(x)
for _ in range(500):
    forgets(x, 3)
    keeps(x, 3)
print(sys.getrefcount(x) - before)


# --- a loop in the callee, another in the caller ---

def inner(a, b):
    total = 0
    for i in range(a, b):
        if i % 7 == 6:
            return total
        total += i
    return -total


def outer(n):
    total = 0
    for i in range(n):
        for j in range(3):
            if j == 2 and i % 5 == 0:
                continue
            total += inner(i, i + j * 3)
    return total


print(outer(3000))
