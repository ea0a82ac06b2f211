"""throw() and close(): the context of what is thrown, the frames that see it, and classes that cannot be thrown."""

import sys


def chain(e):
    names = []
    while e is not None:
        names.append(f"{type(e).__name__}{e.args}")
        e = e.__context__
    return " <- ".join(names)


def handling():
    try:
        raise KeyError("a")
    except KeyError:
        try:
            yield
        except ValueError as e:
            print("inside:", chain(e))
            yield "caught"


g = handling()
g.send(None)
print(g.throw(ValueError))


def uncaught():
    try:
        raise KeyError("a")
    except KeyError:
        yield from plain()


def plain():
    yield


for make in (uncaught, plain):
    g = make()
    next(g)
    try:
        try:
            raise OSError("caller")
        except OSError:
            g.throw(ValueError("thrown"))
    except ValueError as e:
        print(make.__name__, chain(e))


def closing():
    try:
        yield
    except GeneratorExit as e:
        print("closed:", chain(e))
        raise


g = closing()
next(g)
try:
    raise OSError("closer")
except OSError:
    g.close()


# Frames of the generators that pass a throw on.
def names():
    frame, found = sys._getframe(1), []
    while frame and frame.f_code.co_name != "<module>":
        found.append(frame.f_code.co_name)
        frame = frame.f_back
    return found


def inner():
    try:
        yield
    except RuntimeError:
        print("thrown into", names())
    yield names()


def middle():
    yield from inner()


def outer():
    yield from middle()


g = outer()
next(g)
print("throw gives", g.throw(RuntimeError))


class NotAnException(Exception):
    def __new__(cls, *args):
        return cls


class Fails(Exception):
    def __init__(self, *args):
        raise LookupError("no instance")


def showing():
    while True:
        try:
            yield
        except Exception as e:
            print(type(e).__name__, e)


g = showing()
next(g)
g.throw(NotAnException)
g.throw(Fails)
g.throw(ValueError, 1)
g.throw(ValueError, (1, 2))
g.throw(ValueError, ValueError("given"))
for bad in [(1,), (ValueError("x"), 1), (ValueError, None, 1), (ValueError, 1, None)]:
    try:
        g.throw(*bad)
    except TypeError as e:
        print("TypeError", e)


# An ending by StopAsyncIteration carries no arguments, and athrow does not close what is awaited.
class Awaitable:
    def __await__(self):
        try:
            yield "step"
        except GeneratorExit as e:
            print("awaitable sees GeneratorExit")
            raise


async def agen():
    await Awaitable()
    yield 1


a = agen()
step = a.asend(None)
print(step.send(None))
try:
    a.aclose().send(None)
except BaseException as e:
    print(type(e).__name__, e)
try:
    step.throw(GeneratorExit)
except BaseException as e:
    print(type(e).__name__, e.args)


async def empty():
    return
    yield


try:
    empty().__anext__().send(None)
except StopAsyncIteration as e:
    print(e.args)


# What cannot be received is reported with the place where it arose.
def ignoring():
    try:
        yield
    except GeneratorExit:
        yield


def hook(unraisable):
    print(unraisable.exc_type.__name__, unraisable.exc_value, unraisable.exc_traceback.tb_frame.f_code.co_name)


sys.unraisablehook = hook


def dropping():
    g = ignoring()
    next(g)
    del g


dropping()


# anext() with a default awaits what await would.
import types


class Counter:
    def __init__(self):
        self.n = 0

    def __aiter__(self):
        return self

    @types.coroutine
    def __anext__(self):
        if False:
            yield
        if self.n >= 2:
            raise StopAsyncIteration
        self.n += 1
        return self.n


async def counting():
    c = Counter()
    return [await anext(c, "end"), await anext(c, "end"), await anext(c, "end")]


try:
    counting().send(None)
except StopIteration as e:
    print(e.value)
