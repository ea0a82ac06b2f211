"""Closures: cells shared between functions, rebinding, loops that make functions, unbound cells, nonlocal, deep nesting."""


def counter(start=0):
    count = start

    def up(by=1):
        nonlocal count
        count += by
        return count

    def get():
        return count

    return up, get


up, get = counter(5)
other, other_get = counter()
print(up(), up(10), get(), other(), other_get(), get())


def makers():
    return [lambda: i for i in range(3)], [lambda i=i: i for i in range(3)]


late, early = makers()
print([f() for f in late], [f() for f in early])


def unbound():
    def use():
        return later
    try:
        use()
    except NameError as error:
        print(type(error).__name__, error)
    later = 1
    print(use())
    del later
    try:
        use()
    except NameError as error:
        print(type(error).__name__, error)
    try:
        later
    except UnboundLocalError as error:
        print(type(error).__name__, error)


unbound()


def deep(a):
    def one(b):
        def two(c):
            def three(d):
                nonlocal a
                a += 1
                return a, b, c, d
            return three
        return two
    return one


three = deep(1)(2)(3)
print(three(4), three(5), three.__closure__[0].cell_contents, len(three.__closure__), three.__code__.co_freevars, deep.__code__.co_cellvars)


def shared():
    x = 0

    def add():
        nonlocal x
        x += 1

    def double():
        nonlocal x
        x *= 2

    class Peek:
        value = property(lambda self: x)

        def read(self):
            return x

    return add, double, Peek()


add, double, peek = shared()
for _ in range(3):
    add()
    double()
print(peek.value, peek.read())


def class_scope():
    x = "function"

    class A:
        x = "class"
        y = x

        def method(self):
            return x

    class B:
        y = x

    return A.y, A().method(), B.y


print(class_scope())


def parameter_cell(a, *args, k=1, **kwargs):
    def show():
        return a, args, k, kwargs
    a = a * 2
    return show


print(parameter_cell(2, 3, k=4, z=5)())


def recursive_closure(n):
    def fact(k):
        return 1 if k == 0 else k * fact(k - 1)
    return fact(n)


print(recursive_closure(20))


def compose(*functions):
    def composed(x):
        for function in functions:
            x = function(x)
        return x
    return composed


print(compose(lambda x: x + 1, lambda x: x * 2, str)(5))
try:
    exec("def f():\n nonlocal q\n q = 1")
except SyntaxError as error:
    print(error.msg)
try:
    exec("def f(a):\n global a")
except SyntaxError as error:
    print(error.msg)
print((lambda: 0).__closure__, three.__closure__[0] == three.__closure__[0], type(three.__closure__[0]).__name__)
cell = three.__closure__[0]
cell.cell_contents = 100
print(three(6))
del cell.cell_contents
try:
    three(7)
except NameError as error:
    print(error)


def accumulate(n):
    """The cell is written in a hot loop by an inlined closure, and its type changes half way."""
    total = 0
    steps = []

    def add(x):
        nonlocal total
        total = total + x
        if x % 1000 == 0:
            steps.append(total)

    for i in range(n):
        add(i if i < n // 2 else i / 2)
    return total, steps


def fresh_closures(n):
    total = 0
    for i in range(n):
        def f(x):
            return x + i
        g = lambda y: f(y) * 2
        total += g(1)
        if i % 100 == 0:
            kept = g
    return total, kept(0)


def counters(n):
    ups = [counter(i)[0] for i in range(5)]
    return [ups[i % 5](i % 3) for i in range(n)][-5:]


def generator_closure(n):
    base = 0

    def numbers():
        for i in range(n):
            yield i + base

    total = 0
    for x in numbers():
        total += x
        base = x % 3
    return total


print(accumulate(4000), fresh_closures(3000), counters(3000), generator_closure(3000))
