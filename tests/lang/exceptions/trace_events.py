"""Events of sys.settrace and sys.setprofile around generators, and jumps by f_lineno."""
import sys


class Numbers:
    count = 0

    def __iter__(self):
        return self

    def __next__(self):
        self.count += 1
        if self.count > 2:
            raise StopIteration
        return self.count


def generator():
    try:
        yield 1
    except ValueError:
        yield 2
    return 3


def delegating():
    result = yield from generator()
    return result


class Awaitable:
    def __await__(self):
        yield "waiting"
        return "done"


async def coroutine():
    return await Awaitable()


async def outer():
    return await coroutine()


def iterates():
    for x in Numbers():
        pass
    for x in generator():
        pass


def delegates():
    for x in delegating():
        pass


def throws():
    g = generator()
    next(g)
    g.throw(ValueError)
    g.close()


def dies():
    g = generator()
    next(g)
    del g


def breaks():
    return any(x for x in (1, 2))


def unstarted():
    generator().close()
    try:
        generator().throw(KeyError)
    except KeyError:
        pass


def awaits():
    c = outer()
    c.send(None)
    try:
        c.send(None)
    except StopIteration as end:
        return end.value


def trace(frame, event, argument):
    shown = argument[0].__name__ if event == "exception" else getattr(argument, "__name__", argument)
    if not isinstance(shown, (int, str, bool, type(None))):
        shown = type(shown).__name__
    print("   ", frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno, event, shown)
    return trace


for action in (iterates, delegates, throws, dies, breaks, unstarted, awaits):
    print(action.__name__)
    sys.settrace(trace)
    action()
    sys.settrace(None)
    print("  profile")
    sys.setprofile(trace)
    action()
    sys.setprofile(None)


# Jumps: (from, to) in lines of the function.
def jumper(function, start, target, on="line"):
    done = []

    def tracer(frame, event, argument):
        if frame.f_code is not function.__code__:
            return None
        if not done and event == on and frame.f_lineno - function.__code__.co_firstlineno == start:
            done.append(True)
            frame.f_lineno = function.__code__.co_firstlineno + target
        return tracer

    steps = []
    sys.settrace(tracer)
    try:
        result = function(steps)
    except BaseException as error:
        result = f"{type(error).__name__}: {error}"
    finally:
        sys.settrace(None)
    print(function.__name__, start, target, on, steps, result)


class Context:
    def __init__(self, steps, name):
        self.steps, self.name = steps, name

    def __enter__(self):
        self.steps.append("enter " + self.name)

    def __exit__(self, *error):
        self.steps.append("exit " + self.name)


def loops(steps):
    steps.append(1)
    for i in (1, 2):
        steps.append(3)
        for j in (4,):
            steps.append(5)
    steps.append(6)


def blocks(steps):
    steps.append(1)
    with Context(steps, "a"):
        steps.append(3)
    with Context(steps, "b"):
        steps.append(5)
    steps.append(6)


def handlers(steps):
    try:
        steps.append(2)
        1 / 0
    except ZeroDivisionError as error:
        steps.append(5)
        steps.append(6)
    finally:
        steps.append(8)
    steps.append(sys.exc_info()[0])
    return 10


for function in (loops, blocks, handlers):
    last = 6 if function is not handlers else 10
    for start in range(1, last + 1):
        for target in range(0, last + 2):
            jumper(function, start, target)
for on in ("call", "return", "exception"):
    jumper(handlers, {"call": 0, "return": 10, "exception": 3}[on], 5, on)


class Late:
    def __del__(self):
        sys.settrace(print)

    def __call__(self, *arguments):
        return None


sys.unraisablehook = lambda unraisable: print("unraisable", unraisable.exc_value)
sys.settrace(Late())
sys.settrace(None)
print(sys.gettrace())
