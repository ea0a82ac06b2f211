"""Exceptions raised and caught in hot loops stay in compiled code; tracebacks and frames are as in the interpreter."""
import sys


def f(n):
    seen = []
    d = {}
    for i in range(n):
        j = i * 2
        try:
            d[i]
        except KeyError as e:
            if i % 500 == 499:
                seen.append((e.__traceback__.tb_frame.f_locals['j'], e.__traceback__.tb_lineno, e.__traceback__.tb_next, sys.exc_info()[1] is e, e.__traceback__.tb_frame is sys._getframe()))
    return seen, sys.exc_info()
print(f(4000))
def g(i):
    if i % 3 == 0: raise ValueError(i)
    return i
def h(n):
    t = 0
    for i in range(n):
        try:
            t += g(i)
        except (ValueError, KeyError) as e:
            t += e.args[0] * 2
            if i % 999 == 0:
                tb = e.__traceback__
                t += tb.tb_next.tb_frame.f_locals['i']
        else:
            t += 1
        finally:
            t += 1
    return t
print(h(5000))
def k(n):
    t = 0
    for i in range(n):
        try:
            try:
                if i & 1: raise KeyError(i)
                t += 1
            except IndexError:
                t += 1000
        except KeyError:
            t += 2
    return t
print(k(5000))
def rec(n):
    try:
        if n == 0: raise KeyError
        return rec(n-1) + 1
    except KeyError:
        return 0
def m(n):
    return sum(rec(i % 5) for i in range(n))
print(m(5000))


class M:
    def __enter__(self):
        return 5

    def __exit__(self, *a):
        return True


def suppressed(n):
    t = 0
    m = M()
    for i in range(n):
        with m as q:
            t += q
            if i % 3 == 0:
                raise ValueError(i)
            t += 1
    return t


log = []


def numbers(n, name):
    try:
        for i in range(n):
            yield i
    finally:
        log.append(name)


def zipped(n):
    """A generator whose iterator ends inside of it: the words that its frame still owns are given back."""
    return sum(x for x, _ in zip(numbers(9, "zip"), range(n)))


def generators_end(n):
    wrong = 0
    for i in range(n):
        log.clear()
        zipped(3)
        wrong += len(log) != 1
    return wrong


class Kept:
    pass


def constant_in_a_slot(n):
    """A local keeps alive what it was given, also when the global that it came from is gone."""
    global holder
    t = 0
    for i in range(n):
        holder = Kept
        x = holder
        if i == n // 2:
            del holder
        t += x is Kept
    return t


def changing_forms(n):
    a, b, c = 1, 2.5, "c"
    t = 0
    for i in range(n):
        a, b, c = b, c, a
        t += (a == 1) + 2 * (b == 2.5)
    return t, a, b, c


class Plain:
    def __init__(self, v):
        self.v = v

    def method(self, x):
        return self.v + x


def made_and_called(n):
    t = 0
    p = Plain(0)
    for i in range(n):
        t += Plain(i).method(1)
        p = Plain(p.v + 1)
    return t, p.v


print(suppressed(5000), generators_end(2000), constant_in_a_slot(4000), changing_forms(4000), made_and_called(4000))
