"""Coroutines without an event loop: await, async for, async with, async generators and comprehensions, errors."""


class Pause:
    """Awaiting it hands a value to whoever drives, and gives back what is sent."""

    def __init__(self, value):
        self.value = value

    def __await__(self):
        return (yield self.value)


def drive(coroutine, answers=()):
    """Runs a coroutine to its end; returns (what it handed out, its result)."""
    handed = []
    answers = iter(answers)
    try:
        handed.append(coroutine.send(None))
        while True:
            handed.append(coroutine.send(next(answers, None)))
    except StopIteration as stop:
        return handed, stop.value


async def simple():
    return 5


async def waits(n):
    total = 0
    for i in range(n):
        total += await Pause(i) or 0
    return total


async def nested():
    a = await simple()
    b = await waits(2)
    try:
        await fails()
    except ValueError as error:
        c = str(error)
    return a, b, c


async def fails():
    await Pause("before")
    raise ValueError("async failure")


print(drive(simple()), drive(waits(3), [10, 20, 30]), drive(nested(), [1, 2]))


class Manager:
    def __init__(self, name, swallow=False):
        self.name, self.swallow = name, swallow

    async def __aenter__(self):
        print("enter", self.name, await Pause("entering"))
        return self

    async def __aexit__(self, kind, value, traceback):
        print("exit", self.name, kind and kind.__name__, value)
        return self.swallow


class Countdown:
    def __init__(self, n):
        self.n = n

    def __aiter__(self):
        return self

    async def __anext__(self):
        if self.n == 0:
            raise StopAsyncIteration
        self.n -= 1
        await Pause("tick")
        return self.n


async def agen(n):
    try:
        for i in range(n):
            received = yield i
            if received:
                print("received", received)
            await Pause("between")
    finally:
        print("agen finally")


async def uses():
    async with Manager("a") as a, Manager("b", swallow=True):
        print("inside", a.name)
        raise KeyError("swallowed")
    items = []
    async for x in Countdown(3):
        items.append(x)
    else:
        items.append("else")
    items.append([x async for x in agen(3)])
    items.append({x: y async for x in Countdown(2) for y in "z"})
    items.append([await simple() for _ in range(2)])
    items.append([x async for x in agen(4) if x % 2])
    return items


handed, result = drive(uses())
print(len(handed), result)


async def steps():
    g = agen(5)
    print(await g.__anext__(), await g.asend("hello"))
    try:
        await g.athrow(ValueError("thrown"))
    except ValueError as error:
        print(error)
    try:
        await g.__anext__()
    except StopAsyncIteration:
        print("over")
    g = agen(5)
    await g.__anext__()
    await g.aclose()


drive(steps())


async def bad_await():
    await 5


async def bad_for():
    async for x in [1]:
        pass


async def bad_with():
    async with 5:
        pass


for function in (bad_await, bad_for, bad_with):
    try:
        drive(function())
    except TypeError as error:
        print(error)
c = simple()
print(type(c).__name__, c.cr_running, c.cr_await, c.__name__, hasattr(c, "__await__"), hasattr(c, "__iter__"))
try:
    next(c)
except TypeError as error:
    print(error)
c.close()
try:
    c.send(None)
except RuntimeError as error:
    print(error)
c = waits(1)
c.send(None)
c.close()
try:
    c = simple()
    c.send(5)
except TypeError as error:
    print(error)
finally:
    c.close()
for source in ("await x", "async def f():\n yield from []", "async def f():\n yield 1\n return 2", "def f():\n async with a: pass", "def f():\n await x", "async def f(): [await x for x in y]", "lambda: await x"):
    try:
        compile(source, "<s>", "exec")
        print(repr(source), "compiles")
    except SyntaxError as error:
        print(repr(source), error.msg)


def scheduler(n):
    """Many coroutines advanced in turn, in a hot loop."""
    async def task(k):
        total = 0
        async for x in Countdown(k % 5):
            total += x
        async with Quiet():
            total += await waits(2)
        if k % 50 == 0:
            raise ValueError(k)
        return total + (k if k % 2 else k / 2)

    class Quiet:
        async def __aenter__(self):
            return await simple()

        async def __aexit__(self, *details):
            return False

    ready = [task(k) for k in range(n)]
    results = errors = steps = 0
    while ready:
        waiting = []
        for each in ready:
            try:
                each.send(None)
                steps += 1
                waiting.append(each)
            except StopIteration as stop:
                results += stop.value
            except ValueError:
                errors += 1
        ready = waiting
    return results, errors, steps


print(scheduler(600))
