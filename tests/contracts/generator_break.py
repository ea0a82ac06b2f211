"""Contract: leaving a loop over a generator runs the generator's finally at that statement, however the loop was left."""

log = []


def numbers(n, name):
    try:
        for i in range(n):
            yield i
    finally:
        log.append(name)


def breaks(n):
    for i in range(n):
        for x in numbers(10, i):
            if x == i % 5:
                break
        log.append("next statement")
        assert log[-2] == i


def returns(n):
    def first_over(k, limit):
        for x in numbers(100, k):
            if x > limit:
                return x
    total = 0
    for i in range(n):
        total += first_over(i, i % 7)
        assert log[-1] == i
    return total


def raises(n):
    caught = 0
    for i in range(n):
        try:
            for x in numbers(10, i):
                if x == 3:
                    raise KeyError(i)
        except KeyError as error:
            caught += 1
            # The loop's iterator is gone with the evaluation stack, before the handler starts.
            assert log[-1] == i
    return caught


def outer_breaks(n):
    for i in range(n):
        for x in numbers(5, ("outer", i)):
            for y in numbers(5, ("inner", i)):
                if y == 2:
                    break
            if x == 1:
                break
        assert log[-1] == ("outer", i) and log[-2] == ("inner", i)


def named(n):
    """A generator that has a name lives on."""
    for i in range(n):
        g = numbers(10, i)
        for x in g:
            if x == 2:
                break
        log.append("still alive")
        assert next(g) == 3
        g = None
        assert log[-1] == i


def delegated(n):
    def outer(k):
        try:
            yield from numbers(10, ("in", k))
        finally:
            log.append(("out", k))
    for i in range(n):
        for x in outer(i):
            if x == 1:
                break
        assert log[-2:] == [("in", i), ("out", i)]


def consumed_by_builtins(n):
    total = 0
    for i in range(n):
        total += any(x == 3 for x in numbers(10, i))
        assert log[-1] == i
        total += next(numbers(10, -i))
        assert log[-1] == -i
        a, b, *_ = numbers(4, "unpacked")
        total += a + b + sum(x for x, _ in zip(numbers(9, "zip"), range(3)))
    return total


def finally_changes_the_world(n):
    global weight
    weight = 1

    def g():
        global weight
        try:
            while True:
                yield weight
        finally:
            weight += 1
    total = 0
    for i in range(n):
        for x in g():
            total += x
            break
        total += weight
    return total, weight


def finally_raises(n):
    def g(k):
        try:
            yield k
            yield k
        finally:
            if k % 10 == 0:
                raise ValueError(k)
    caught = finished = 0
    for i in range(n):
        try:
            it = g(i)
            for x in it:
                break
            it.close()
            finished += 1
        except ValueError:
            caught += 1
    return caught, finished


def coroutine_like(n):
    def worker():
        received = 0
        try:
            while True:
                received += yield received
        except GeneratorExit:
            log.append(received)
            raise
    for i in range(n):
        w = worker()
        next(w)
        w.send(i)
        w.send(1)
        del w
        assert log[-1] == i + 1


for function in (breaks, returns, raises, outer_breaks, named, delegated, consumed_by_builtins, finally_changes_the_world, finally_raises, coroutine_like):
    log.clear()
    print(function.__name__, function(1500), len(log))
