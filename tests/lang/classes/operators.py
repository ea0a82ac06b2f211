"""Operator methods: binary, reflected, in-place, unary, comparison, priority of subclasses, NotImplemented, errors."""

NAMES = ["add", "sub", "mul", "truediv", "floordiv", "mod", "divmod", "pow", "lshift", "rshift", "and", "xor", "or", "matmul"]


def named(prefix, name):
    def method(self, other, *rest):
        return f"{type(self).__name__}.{prefix}{name}({other if not isinstance(other, Base) else type(other).__name__})"
    return method


class Base:
    pass


class Full(Base):
    pass


class Reflected(Base):
    pass


class InPlace(Base):
    pass


for name in NAMES:
    setattr(Full, f"__{name}__", named("", name))
    setattr(Reflected, f"__r{name}__", named("r", name))
    if name != "divmod":
        setattr(InPlace, f"__i{name}__", named("i", name))


class FullChild(Full):
    def __radd__(self, other):
        return "FullChild first"

    def __rsub__(self, other):
        return "FullChild rsub"


class Refuses(Base):
    def __add__(self, other):
        return NotImplemented

    def __radd__(self, other):
        return NotImplemented

    def __iadd__(self, other):
        return NotImplemented

    def __lt__(self, other):
        return NotImplemented

    def __eq__(self, other):
        return NotImplemented


full, reflected, inplace, child, refuses = Full(), Reflected(), InPlace(), FullChild(), Refuses()
SYMBOLS = ["+", "-", "*", "/", "//", "%", "**", "<<", ">>", "&", "^", "|", "@"]
for symbol in SYMBOLS:
    print(symbol, eval(f"full {symbol} 1"), eval(f"1 {symbol} reflected"), eval(f"full {symbol} reflected"))
    names = {"x": inplace, "y": full}
    exec(f"x {symbol}= 1\ny {symbol}= 2", names)
    print(names["x"], names["y"])
    for expression in (f"1 {symbol} full", f"reflected {symbol} 1", f"refuses {symbol} refuses", f"1 {symbol} None", f"'a' {symbol} full"):
        try:
            print(expression, eval(expression))
        except TypeError as error:
            print(expression, error)
print(divmod(full, 1), divmod(1, reflected), pow(full, 2), pow(full, 2, 3), full + child, full - child, child + full, child + child, 1.5 + reflected)
try:
    refuses += 1
except TypeError as error:
    print(error)
print(refuses == 1, refuses != 1, refuses == refuses, 1 == refuses)
try:
    refuses < 1
except TypeError as error:
    print(error)


class Ordered:
    def __init__(self, n):
        self.n = n

    def __lt__(self, other):
        return ("lt", self.n, getattr(other, "n", other))

    def __le__(self, other):
        return ("le", self.n, getattr(other, "n", other))

    def __eq__(self, other):
        return ("eq", self.n)

    def __ne__(self, other):
        return ("ne", self.n)


a, b = Ordered(1), Ordered(2)
print(a < b, a > b, a <= 5, 5 >= a, 5 > a, a == b, a != b, 1 == a, a < b < a)
try:
    hash(a)
except TypeError as error:
    print(error)


class OnlyEq:
    def __eq__(self, other):
        print("eq called")
        return False


print(OnlyEq() != 5, OnlyEq() in [1], [OnlyEq()] == [OnlyEq()])


class Unary:
    def __neg__(self):
        return "neg"

    def __pos__(self):
        return "pos"

    def __invert__(self):
        return "inv"

    def __abs__(self):
        return "abs"


u = Unary()
print(-u, +u, ~u, abs(u))
for expression in ("-a", "+a", "~a", "abs(a)"):
    try:
        eval(expression)
    except TypeError as error:
        print(error)
a.__neg__ = lambda: "instance methods do not count"
try:
    -a
except TypeError as error:
    print(error)


class Vector:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __add__(self, other):
        if not isinstance(other, Vector):
            return NotImplemented
        return Vector(self.x + other.x, self.y + other.y)

    def __mul__(self, k):
        return Vector(self.x * k, self.y * k)

    __rmul__ = __mul__

    def __iadd__(self, other):
        self.x += other.x
        self.y += other.y
        return self

    def __neg__(self):
        return Vector(-self.x, -self.y)

    def __eq__(self, other):
        return isinstance(other, Vector) and (self.x, self.y) == (other.x, other.y)

    def __lt__(self, other):
        return self.x < other.x

    def __bool__(self):
        return bool(self.x or self.y)

    def __repr__(self):
        return f"({self.x}, {self.y})"


def hot(n):
    total = Vector(0, 0)
    same = total
    step = Vector(1, 2)
    flags = 0
    errors = 0
    for i in range(n):
        total = total + step * 2 + 3 * -step
        total += step
        if total == same or not total:
            flags += 1
        if step < total:
            flags += 2
        if i == n // 2:
            step = Vector(0.5, -1)
        try:
            if i % 100 == 0:
                total + i
        except TypeError:
            errors += 1
    return total, flags, errors, same


def mixed_operands(n):
    operands = [1, 2.5, "s", Vector(1, 1), [1], (2,), True, None]
    results = {}
    for i in range(n):
        left, right = operands[i % 8], operands[i // 8 % 8]
        try:
            kind = type(left + right).__name__
        except TypeError:
            kind = "TypeError"
        results[kind] = results.get(kind, 0) + 1
        try:
            kind = type(left * right).__name__
        except TypeError:
            kind = "no *"
        results[kind] = results.get(kind, 0) + 1
    return results


print(hot(3000), mixed_operands(3200))
