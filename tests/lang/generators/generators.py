"""Generators: send, throw, close, return values, finally, state, errors; deep chains and early exits in hot loops."""


def echo():
    received = []
    try:
        while True:
            received.append((yield len(received)))
    except GeneratorExit:
        received.append("closed")
        raise
    finally:
        print("finally", received)


g = echo()
print(next(g), g.send("a"), g.send("b"), next(g))
g.close()
g.close()
try:
    next(g)
except StopIteration as stop:
    print("stopped", stop.value)


def catches():
    while True:
        try:
            x = yield
            print("got", x)
        except ValueError as error:
            print("caught", error)
            x = yield "from handler"
            print("then", x)


g = catches()
next(g)
print(g.throw(ValueError("one")))
print(g.send(5))
print(g.throw(ValueError("two")))
try:
    g.throw(KeyError("escapes"))
except KeyError as error:
    print("escaped", error)
try:
    g.send(1)
except StopIteration:
    print("finished")


def returns(x):
    yield 1
    return x


g = returns("value")
next(g)
try:
    next(g)
except StopIteration as stop:
    print(stop.value, stop.args)
for code in ("g = returns(1); g.send(5)", "g = returns(1); next(g); next(g, None); print(next(g, 'default'))", "returns(1).throw(ValueError('before start'))", "g = returns((1, 2)); list(g); next(g)", "len(returns(1))", "returns(1)[0]",
             "g = returns(1); g.throw(5)", "g = returns(1); g.throw(ValueError('x'), 'y')", "returns()"):
    try:
        exec(code)
        print(code, "fine")
    except BaseException as error:
        print(code, type(error).__name__, error)


def ignores_exit():
    try:
        yield 1
    except GeneratorExit:
        yield 2


g = ignores_exit()
next(g)
try:
    g.close()
except RuntimeError as error:
    print(error)


def reenters():
    yield next(me)


me = reenters()
try:
    next(me)
except ValueError as error:
    print(error)


def raises_stop():
    yield 1
    raise StopIteration("inside")


try:
    list(raises_stop())
except RuntimeError as error:
    print(error, repr(error.__cause__))


def simple(n):
    for i in range(n):
        yield i


g = simple(3)
print(g.gi_frame is not None, g.gi_running, g.gi_code.co_name, g.gi_yieldfrom, g.__name__, g.__qualname__, iter(g) is g, list(g), g.gi_frame)
print(sum(simple(10)), max(simple(5)), sorted(simple(4), reverse=True), list(zip(simple(3), simple(5))), dict(enumerate(simple(2))), "".join(map(str, simple(5))), 3 in simple(10), [*simple(3)], tuple(simple(2)), {*simple(2)})
a, b, *c = simple(5)
print(a, b, c)


def with_finally(log):
    try:
        for i in range(100):
            yield i
    finally:
        log.append("done")


log = []
for x in with_finally(log):
    if x == 3:
        break
print(log)
for x in with_finally(log):
    try:
        if x == 2:
            raise KeyError(x)
    except KeyError:
        break
print(log)


def early():
    for x in with_finally(log):
        if x == 1:
            return x


print(early(), log)


def primes():
    found = []
    n = 2
    while True:
        if all(n % p for p in found):
            found.append(n)
            yield n
        n += 1


def take(source, n):
    for _, x in zip(range(n), source):
        yield x


def chained(depth, n):
    source = iter(range(n))
    for k in range(depth):
        source = (x + k for x in source)
    return sum(source)


def types_change(n):
    for i in range(n):
        yield i if i < n // 2 else i / 2 if i % 2 else True


def coroutine_average():
    total = count = 0
    average = None
    while True:
        total += yield average
        count += 1
        average = total / count


def interleaved(n):
    a, b = simple(n), types_change(n)
    total = 0
    for _ in range(n):
        total += next(a) - next(b)
    return total


def sends(n):
    average = coroutine_average()
    next(average)
    for i in range(n):
        result = average.send(i if i % 3 else i / 2)
    return result


def breaks(n):
    log = []
    total = 0
    for i in range(n):
        for x in with_finally(log):
            total += x
            if x == i % 4:
                break
    return total, len(log)


def throws(n):
    def resilient():
        errors = 0
        while True:
            try:
                yield errors
            except ValueError:
                errors += 1
    g = resilient()
    next(g)
    for i in range(n):
        value = g.throw(ValueError()) if i % 3 == 0 else next(g)
    return value


def exhausted(n):
    count = 0
    g = simple(n // 2)
    for i in range(n):
        try:
            next(g)
        except StopIteration:
            count += 1
    return count


print(list(take(primes(), 30)), chained(6, 1000), sum(types_change(3000)), interleaved(3000), sends(3000), breaks(2000), throws(3000), exhausted(3000))
