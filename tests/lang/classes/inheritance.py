"""Inheritance: method resolution with diamonds, super in every form, overriding, isinstance, abstract patterns, errors."""


class A:
    def who(self):
        return "A"

    def hello(self):
        return f"hello from {self.who()}"

    def chain(self):
        return ["A"]

    @classmethod
    def make(cls, *args):
        return cls.__name__, args


class B(A):
    def who(self):
        return "B"

    def chain(self):
        return ["B"] + super().chain()


class C(A):
    def who(self):
        return "C"

    def chain(self):
        return ["C"] + super(C, self).chain()

    @classmethod
    def make(cls, *args):
        return ("C",) + super().make(*args)


class D(B, C):
    def chain(self):
        return ["D"] + super().chain()

    def skip(self):
        return super(B, self).who()

    @property
    def value(self):
        return super().who()

    @staticmethod
    def helper():
        try:
            return super().who()
        except RuntimeError as error:
            return str(error)


d = D()
print(d.hello(), d.chain(), d.skip(), d.value, d.helper(), [each.__name__ for each in D.__mro__], D.make(1), B.make(), D.mro() == list(D.__mro__))
print(isinstance(d, A), issubclass(D, C), issubclass(B, C), D.__bases__, A.__subclasses__() == [B, C], D.__base__)
print(super(D, d).who(), super(D, D).make(5), super(A, d).__repr__ is not None, type(super(D, d)).__name__)
for code in ("class X(A, D): pass", "class X(A, A): pass", "class X(5): pass", "class X(bool): pass", "class X(int, str): pass", "class X(type(None)): pass", "super().x", "super(A, 5).x", "super(5, A)", "super(D, A()).x",
             "D().nope", "super(D, d).nope", "class X(A, metaclass=5): pass", "class X(int, float): pass", "class X(lambda: 0): pass", "class X(A, foo=1): pass"):
    try:
        exec(code)
        print(code, "fine")
    except Exception as error:
        print(code, type(error).__name__, error)


class Shape:
    sides = 0

    def area(self):
        raise NotImplementedError("area")

    def describe(self):
        return f"{type(self).__name__} {self.sides} {self.area()}"


class Square(Shape):
    sides = 4

    def __init__(self, a):
        self.a = a

    def area(self):
        return self.a ** 2


class Rectangle(Square):
    def __init__(self, a, b):
        super().__init__(a)
        self.b = b

    def area(self):
        return self.a * self.b


class Circle(Shape):
    def __init__(self, r):
        self.r = r

    def area(self):
        return 3 * self.r ** 2


shapes = [Square(2), Rectangle(2, 3), Circle(1.5), Square(1.5)]
print([shape.describe() for shape in shapes])
try:
    Shape().describe()
except NotImplementedError as error:
    print(error)


class Counter(dict):
    def __missing__(self, key):
        return 0

    def add(self, key):
        self[key] += 1
        return self


class Stack(list):
    def push(self, item):
        self.append(item)

    def __len__(self):
        return super().__len__() * 10


class Text(str):
    def shout(self):
        return self.upper() + "!"

    def __eq__(self, other):
        return self.lower() == str(other).lower()

    __hash__ = str.__hash__


print(Counter().add("a").add("a"), len(Stack([1, 2])), Stack("ab"), Text("hi").shout(), Text("Hi") == "hI", Text("x") + "y", type(Text("x") + "y"), type(Text("a").upper()), bool(Stack()))


class Cooperative:
    def __init__(self, **kwargs):
        self.rest = kwargs


class Left(Cooperative):
    def __init__(self, left=1, **kwargs):
        super().__init__(**kwargs)
        self.left = left


class Right(Cooperative):
    def __init__(self, right=2, **kwargs):
        super().__init__(**kwargs)
        self.right = right


class Both(Left, Right):
    pass


print(vars(Both(left=5, right=6, other=7)))


def hot(n):
    """The same call site sees every class; super() inside; a base class changes its method in the middle."""
    objects = [A(), B(), C(), D()]
    total = 0
    for i in range(n):
        thing = objects[i % 4] if i < n // 2 else objects[3]
        total += len(thing.chain()) + len(thing.hello())
        total += shapes[i % 4].area()
        if i == n * 3 // 4:
            A.chain = lambda self: ["patched", "A"]
        if i == n * 7 // 8:
            B.who = lambda self: "BBBB"
    return total


def constructors(n):
    total = 0
    for i in range(n):
        r = Rectangle(i, i + 1) if i % 3 else Square(i) if i % 2 else Circle(i / 2)
        total += r.area() + r.sides
        if i == n // 2:
            Square.sides = 40
    return total


print(hot(3000), constructors(3000))
