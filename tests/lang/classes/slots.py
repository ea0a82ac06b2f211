"""__slots__: fixed attributes, inheritance with and without a dict, defaults, errors, deletion; layout and __class__."""


class Slotted:
    __slots__ = ("a", "b")

    def __init__(self, a):
        self.a = a

    def total(self):
        return self.a + self.b


s = Slotted(1)
s.b = 2
print(s.total(), Slotted.__slots__, hasattr(s, "__dict__"), type(Slotted.a).__name__, Slotted.a.__get__(s), Slotted.a.__name__)
for code in ("s.c = 1", "s.c", "del s.a; s.a", "del s.a", "s.__dict__", "Slotted.a.__get__(5)", "Slotted.a.__set__(5, 1)", "import weakref; weakref.ref(s)"):
    try:
        exec(code)
        print(code, "fine")
    except Exception as error:
        print(code, type(error).__name__, error)
s.a = 10
print(s.total())


class Child(Slotted):
    __slots__ = ("c",)


class Loose(Slotted):
    pass


class WithDict:
    __slots__ = ("a", "__dict__", "__weakref__")


class One:
    __slots__ = "single"


class Private:
    __slots__ = ("__hidden",)

    def __init__(self):
        self.__hidden = 5


child = Child(1)
child.b, child.c = 2, 3
loose = Loose(1)
loose.b, loose.z = 2, 26
w = WithDict()
w.a, w.other = 1, 2
one = One()
one.single = 1
print(child.total(), child.c, loose.total(), loose.__dict__, w.a, w.__dict__, one.single, Private()._Private__hidden)
for code in ("class X:\n __slots__ = ('a',)\n a = 1", "class X:\n __slots__ = ('1a',)", "class X:\n __slots__ = (1,)", "class X(int):\n __slots__ = ('a',)", "class X:\n __slots__ = ('__dict__', '__dict__')",
             "class X(tuple):\n __slots__ = ()\nprint(X((1, 2)))", "class X(Slotted, One): pass", "child.__class__ = Slotted", "class E:\n __slots__ = ()\nE().x = 1", "class T(tuple):\n __slots__ = ('a',)"):
    try:
        exec(code)
        print(repr(code), "fine")
    except Exception as error:
        print(repr(code), type(error).__name__, error)


class Vector:
    __slots__ = ("x", "y", "z")

    def __init__(self, x, y, z):
        self.x, self.y, self.z = x, y, z

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y, self.z + other.z)

    def dot(self, other):
        return self.x * other.x + self.y * other.y + self.z * other.z


def floats(n):
    position = Vector(0.0, 0.0, 0.0)
    velocity = Vector(1.0, 0.5, -0.25)
    energy = 0.0
    for i in range(n):
        position = position + velocity
        energy += position.dot(velocity)
        if position.x > 100:
            position = Vector(0.0, 0.0, 0.0)
    return energy, position.x


def types_change(n):
    vectors = [Vector(1, 2, 3), Vector(1.5, 2, 3), Vector(2**60, 1, 0), Vector(True, 0.5, 1)]
    total = Vector(0, 0, 0)
    for i in range(n):
        total = total + vectors[i % 4 if i > n // 2 else 0]
    return total.x, total.y, total.z


def unset(n):
    slotted = Slotted(1)
    missing = 0
    total = 0
    for i in range(n):
        try:
            total += slotted.b
            if i % 3 == 0:
                del slotted.b
        except AttributeError:
            missing += 1
            slotted.b = i
    return total, missing


def linked(n):
    class Node:
        __slots__ = ("next", "value")
    head = None
    for i in range(n):
        node = Node()
        node.next, node.value = head, i if i % 2 else i / 2
        head = node
    total = 0
    while head is not None:
        total += head.value
        head = head.next
    return total


print(floats(3000), types_change(3000), unset(3000), linked(3000))
