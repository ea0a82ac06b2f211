"""Classes: bodies, instances, bound methods, class and instance attributes, changes to a class while its instances are hot."""


class Point:
    """A point."""

    dimension = 2
    made = 0

    def __init__(self, x, y=0):
        self.x = x
        self.y = y
        Point.made += 1

    def move(self, dx, dy):
        self.x += dx
        self.y += dy
        return self

    def norm(self):
        return self.x * self.x + self.y * self.y

    @classmethod
    def origin(cls):
        return cls(0, 0)

    @staticmethod
    def distance(a, b):
        return abs(a.x - b.x) + abs(a.y - b.y)


p = Point(3, 4)
print(p.x, p.y, p.norm(), p.move(1, -1).norm(), Point.norm(p), Point.made, p.made, Point.origin().x, Point.distance(p, Point(0)), p.dimension)
print(p.__dict__, Point.__name__, Point.__doc__, p.__class__ is Point, type(p) is Point, isinstance(p, Point), Point.__module__, Point.__qualname__, Point.__bases__, Point.__mro__)
p.dimension = 3
print(p.dimension, Point.dimension, Point(1).dimension, vars(p))
del p.dimension
print(p.dimension)
p.extra = "x"
print(sorted(p.__dict__), hasattr(p, "extra"), getattr(p, "nope", "default"))
for code in ("p.nope", "Point.nope", "del p.nope", "p.move.nope", "del Point.nope", "p.norm(1)", "Point()", "Point(1, 2, 3)", "p.dimension.x", "p()", "p[0]", "len(p)", "p + 1", "p < p", "iter(p)", "del p.norm"):
    try:
        exec(code)
    except Exception as error:
        print(code, type(error).__name__, error)
method = p.norm
print(method(), method.__self__ is p, method.__func__ is Point.norm, method == p.norm, method is p.norm, method.__name__, hash(method) == hash(p.norm), p.norm != Point(1).norm)
p.norm = lambda: "instance"
print(p.norm(), Point.norm(p))
del p.norm
print(p.norm())
q = Point(1, 2)
q.__dict__["z"] = 9
q.__dict__.update(x=50)
print(q.z, q.x, q.norm())
q.__dict__ = {"x": 2, "y": 2}
print(q.norm(), q.__dict__)
try:
    q.__dict__ = 5
except TypeError as error:
    print(error)
q.__class__ = type("Other", (), {"norm": lambda self: "other"})
print(q.norm(), type(q).__name__, q.x)


class Empty:
    pass


e = Empty()
e.a, e.b = 1, 2
print(e.__dict__, Empty.__dict__.get("a"), Empty().__dict__)
Empty.shared = []
e.shared.append(1)
print(Empty().shared, Empty.shared is e.shared)


def outer():
    class Local:
        def method(self):
            return __class__.__qualname__
    return Local


print(outer().__qualname__, outer()().method(), outer() is outer())
print([type(each).__name__ for each in (Point, p, p.move, Point.move, Point.origin, Point.__dict__["origin"], Point.__dict__["distance"])])


def hot(n):
    """Attributes of instances whose types change; the class is changed while the loop runs."""
    points = [Point(i, i) for i in range(4)]
    total = 0
    for i in range(n):
        point = points[i % 4]
        point.move(1, -1)
        total += point.norm() + point.dimension
        if i == n // 4:
            points[1].x = 0.5
        elif i == n // 2:
            Point.dimension = 5
        elif i == 3 * n // 4:
            Point.norm = lambda self: self.x
            points[2].dimension = 100
        elif i == 7 * n // 8:
            points[0].norm = lambda: 1
            del points[2].dimension
    return total, [(point.x, point.y) for point in points]


original = Point.norm
print(hot(4000))
Point.norm = original


def many_attributes(n):
    objects = []
    for i in range(50):
        thing = Empty()
        for j in range(i % 12 + 1):
            setattr(thing, "abcdefghijkl"[(j * 5 + i) % 12], i * j)
        objects.append(thing)
    total = missing = 0
    for i in range(n):
        thing = objects[i % 50]
        try:
            total += thing.a
        except AttributeError:
            missing += 1
            thing.a = 1
        if i % 9 == 0:
            del thing.a
    return total, missing


print(many_attributes(4000))
