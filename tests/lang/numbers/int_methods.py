"""int: attributes and methods, subclasses, and how an int subclass takes part in arithmetic."""

n = 37
print(n.numerator, n.denominator, n.real, n.imag, n.conjugate(), n.as_integer_ratio(), n.bit_length(), n.bit_count())
print((-37).bit_count(), (0).bit_length(), (2**100).bit_count(), n.__index__(), n.__bool__(), (0).__bool__())
print(n.__add__(1), n.__radd__(2), n.__sub__(1), n.__rsub__(1), n.__mul__(2), n.__floordiv__(5), n.__mod__(5), n.__divmod__(5))
print(n.__lt__(38), n.__eq__("x"), n.__hash__(), n.__neg__(), n.__invert__(), n.__lshift__(2), n.__round__(-1), n.__floor__(), n.__ceil__())
print(n.__format__("05"), n.__str__(), n.__repr__(), n.__float__(), n.__trunc__(), n.__sizeof__() > 0, n.__class__)


class Count(int):
    """Arithmetic of a subclass gives plain ints, except where it is overridden."""

    def __new__(cls, value, label="none"):
        self = super().__new__(cls, value)
        self.label = label
        return self

    def __add__(self, other):
        return Count(int(self) + int(other), self.label)

    def __repr__(self):
        return f"Count({int(self)}, {self.label})"


a = Count(5, "five")
print(a, a + 1, 1 + a, a - 1, type(a - 1), a * 2, -a, a == 5, hash(a) == hash(5), a < 6, [10, 20, 30, 40, 50, 60][a], a.label)
print({5: "x"}[a], isinstance(a, int), a // 2, f"{a:03d}", f"{a}", int(a), type(int(a)), a.real, type(a.real))
total = Count(0, "sum")
for i in range(3000):
    total = total + (i if i % 3 else Count(i, "other"))
print(total)

plain = 0
mixed = [1, Count(2), True, 3.5, Count(10)]
for i in range(3000):
    plain += mixed[i % 5] * 2
print(plain, type(plain))

try:
    n.x = 1
except AttributeError as error:
    print(error)
try:
    n.nothing
except AttributeError as error:
    print(error)
try:
    n()
except TypeError as error:
    print(error)
try:
    for _ in n:
        pass
except TypeError as error:
    print(error)
try:
    n[0]
except TypeError as error:
    print(error)
try:
    len(n)
except TypeError as error:
    print(error)
print(int.__name__, int.__mro__, int.__doc__ is not None, type(int), callable(int))
print(round(1234, -2), round(1250, -2), round(1350, -2), round(-1250, -2), round(15, -1), round(25, -1), round(5, 3), round(10**25 + 5, -1), round(7))
