"""Decorators and lambdas: order, arguments, classes as decorators, wrapping in hot loops, functools-like helpers by hand."""

log = []


def note(name):
    log.append("eval " + name)

    def decorate(function):
        log.append("apply " + name)
        return function
    return decorate


@note("a")
@note("b")
def f():
    return 1


@note("class")
class C:
    @note("method")
    def m(self):
        return 2


print(log, f(), C().m())


def counted(function):
    def wrapper(*args, **kwargs):
        wrapper.calls += 1
        return function(*args, **kwargs)
    wrapper.calls = 0
    wrapper.__name__ = function.__name__
    return wrapper


def cached(function):
    table = {}

    def wrapper(*args):
        if args not in table:
            table[args] = function(*args)
        return table[args]
    wrapper.table = table
    return wrapper


def repeat(times):
    def decorate(function):
        def wrapper(x):
            for _ in range(times):
                x = function(x)
            return x
        return wrapper
    return decorate


class Trace:
    def __init__(self, function):
        self.function = function
        self.seen = 0

    def __call__(self, *args):
        self.seen += 1
        return self.function(*args)

    def __get__(self, instance, owner):
        return lambda *args: self(instance, *args)


@counted
def add(a, b=1):
    return a + b


@cached
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


@repeat(5)
def double(x):
    return x * 2


class Account:
    @Trace
    def deposit(self, amount):
        self.balance = getattr(self, "balance", 0) + amount
        return self.balance


@lambda function: "replaced"
def gone():
    pass


@(note("expression") if True else None)
def g():
    pass


print(add(1), add(1, b=5), add.calls, add.__name__, fib(50), len(fib.table), double(3), gone)
account = Account()
print(account.deposit(5), account.deposit(7), Account.__dict__["deposit"].seen)
try:
    @5
    def bad():
        pass
except TypeError as error:
    print(error)

square = lambda x: x * x
print(square(5), (lambda: None)(), (lambda *a, **k: (a, k))(1, x=2), (lambda x: lambda y: x + y)(1)(2), [(lambda i: i * 10)(i) for i in range(3)], square.__name__)
print(sorted(["bb", "a"], key=lambda s: len(s)), list(map(lambda a, b: a * b, [1, 2], [3, 4])), list(filter(lambda x: x % 2, range(6))), (lambda x, y=2, *z: (x, y, z))(1))


def hot(n):
    total = 0
    for i in range(n):
        total += add(i) + add(i, b=2) + double(i % 3)
        total += (lambda v: v + i)(1)
        if i % 500 == 0:
            total += account.deposit(0.5 if i > n // 2 else 1)
    return total, add.calls


def pipeline(n):
    steps = [lambda x: x + 1, lambda x: x * 2, square, abs, float, lambda x: int(x) % 1000]
    x = 1
    for i in range(n):
        x = steps[i % 6](x)
    return x


print(hot(2000), pipeline(6000))
