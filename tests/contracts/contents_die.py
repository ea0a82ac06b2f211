"""Contract: an object that dies takes its contents with it at that very bytecode, before the next statement, compiled or not."""

import weakref

log = []


class D:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        log.append(self.n)


def nested_tuple(n):
    for i in range(n):
        t = ([D(i)],)
        t = None
        log.append(-1)


def list_of_list(n):
    for i in range(n):
        items = [[D(i)], {"k": (D(i + 0.5),)}]
        items[0] = None
        log.append(-1)
        items = 5
        log.append(-2)


def attribute(n):
    class Holder:
        pass
    for i in range(n):
        h = Holder()
        h.content = [D(i)]
        h.content = None
        log.append(-1)
        h.again = D(i)
        h = None
        log.append(-2)


def arguments(n):
    def f(x):
        x = None
        log.append(-1)
    for i in range(n):
        f([D(i)])
        log.append(-2)
        f((D(i), i))


def temporaries(n):
    for i in range(n):
        [D(i)].append(1)
        log.append(-1)
        (D(i), 5)[1]
        log.append(-2)
        len([D(i)])
        log.append(-3)


def closures(n):
    for i in range(n):
        d = D(i)
        f = lambda: d
        d = None
        log.append(-1)
        f = None
        log.append(-2)


def generators(n):
    def g(x):
        yield x
        yield 1
    for i in range(n):
        it = g([D(i)])
        next(it)
        log.append(-1)
        it = None
        log.append(-2)


def exceptions(n):
    for i in range(n):
        try:
            raise ValueError([D(i)])
        except ValueError:
            log.append(-1)
        log.append(-2)


def swaps(n):
    a, b = [D("a")], [D("b")]
    for i in range(n):
        a, b = b, a
        if i % 2:
            a = [D(i)]
            log.append(-1)


def slices(n):
    items = [D(-10), D(-11)]
    for i in range(n):
        items[0:1] = [D(i)]
        log.append(-1)
        del items[1:]
        log.append(-2)
        items += [D(i + 0.5)]


def dictionaries(n):
    table = {}
    for i in range(n):
        table[i % 3] = D(i)
        log.append(-1)
        if i % 5 == 0:
            table.pop(i % 3)
            log.append(-2)
        if i % 7 == 0:
            table = {}
            log.append(-3)


def leaves_are_free(n):
    """What holds nothing that can be seen may die whenever it likes; results must not change."""
    total = 0
    for i in range(n):
        t = (i, str(i), (i / 2, "x"))
        u = t
        t = None
        total += len(u[1])
    return total


def weak(n):
    wrong = 0
    for i in range(n):
        d = D(i)
        ref = weakref.ref(d)
        box = ((d,),)
        d = None
        if ref() is None:
            wrong += 1
        box = ()
        if ref() is not None:
            wrong += 1
    return wrong


N = 1500
for function in (nested_tuple, list_of_list, attribute, arguments, temporaries, closures, generators, exceptions, swaps, slices, dictionaries, leaves_are_free, weak):
    log.clear()
    result = function(N)
    text = ",".join(map(str, log))
    checksum = 0
    for c in text:
        checksum = (checksum * 31 + ord(c)) % 1000003
    print(function.__name__, result, len(log), log[:6], log[-6:], checksum)
