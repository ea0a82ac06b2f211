"""Operators, subscripts, properties and calls of classes written in Python, in hot loops: compiled code follows their methods, and
leaves them in the middle."""
import gc
import sys
import traceback
import weakref


class V:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, o):
        if not isinstance(o, V):
            return NotImplemented
        return V(self.x + o.x, self.y + o.y)

    def __radd__(self, o):
        return V(self.x + o, self.y)

    def __neg__(self):
        return V(-self.x, -self.y)

    def __lt__(self, o):
        return self.x < o.x

    def __eq__(self, o):
        if isinstance(o, int):
            return NotImplemented
        return self.x == o.x

    def __getitem__(self, i):
        if i > 1:
            raise IndexError(i)
        return self.x if i == 0 else self.y

    def __call__(self, k, extra=1):
        return self.x * k + extra

    @property
    def norm(self):
        return (self.x * self.x + self.y * self.y) ** 0.5


class Reflects:
    def __radd__(self, o):
        return "radd"

    def __lt__(self, o):
        return "lt"

    def __gt__(self, o):
        return "gt"


class Sub(V):
    def __radd__(self, o):
        return "sub first"

    def __gt__(self, o):
        return "sub gt"


def everything(n):
    total, count = 0.0, 0
    for i in range(n):
        a = V(i * 1.0, 2.0)
        b = a + a
        c = -b
        total += c[0] + c[1] + a(2) + b.norm
        count += (c < a) + (a == b) + (a == 3) + (a != b)
        a += b
        total += a.x
    return total, count


def answers_change(n):
    out, left = [], V(1.0, 2.0)
    rights = [V(2.0, 2.0), Reflects(), 5, "s", Sub(1.0, 1.0), None]
    for i in range(n):
        right = rights[0] if i < n - 30 else rights[i % 6]
        try:
            s = left + right
            out.append(s if isinstance(s, str) else s.x)
        except TypeError as e:
            out.append(str(e))
        try:
            out.append(left < right)
        except (TypeError, AttributeError) as e:
            out.append(str(e))
        out.append(left == right if not isinstance(right, (Reflects, str, type(None))) else 0)
    return out[-90:], len(out)


class Deep:
    def __init__(self, depth):
        self.depth = depth

    def __add__(self, o):
        if self.depth == 0:
            raise ValueError("bottom")
        return Deep(self.depth - 1) + o


def errors(n):
    out, values = [], [V(1, 2), V("a", 2), V(None, 2)]
    for i in range(n):
        v = values[0 if i < n - 9 else i % 3]
        try:
            out.append((v + values[0]).x)
        except TypeError as e:
            out.append((str(e), [f.name for f in traceback.extract_tb(e.__traceback__)], [f.lineno for f in traceback.extract_tb(e.__traceback__)]))
        try:
            v[0 if i < n - 9 else i % 3]
        except IndexError as e:
            out.append([f.name for f in traceback.extract_tb(e.__traceback__)])
    for depth in (3, 50):
        try:
            Deep(depth) + 1
        except ValueError as e:
            out.append(len(traceback.extract_tb(e.__traceback__)))
    try:
        Deep(10 ** 6) + 1
    except RecursionError as e:
        out.append(str(e)[:32])
    return out[-20:], len(out)


class Looks:
    frames = []

    def __init__(self, n):
        self.n = n

    def __add__(self, o):
        if self.n == o.n:
            f = sys._getframe()
            Looks.frames.append((f.f_code.co_name, f.f_back.f_code.co_name, f.f_back.f_lineno - f.f_back.f_code.co_firstlineno, sorted(f.f_locals)))
        return Looks(self.n + o.n)

    @property
    def counted(self):
        return sys.getrefcount(self) - 2


def frames(n):
    total = Looks(0)
    for i in range(1, n):
        total = Looks(i) + Looks(i + 1 if i % 500 else i)
    return Looks.frames, total.n, total.counted >= 0


def class_changes(n):
    class C:
        def __init__(self, v):
            self.v = v

        def __add__(self, o):
            return C(self.v + o.v)

        def __getitem__(self, i):
            return i

        @property
        def p(self):
            return 1
    a, total = C(1), 0
    for i in range(n):
        total += (a + a).v + a[2] + a.p
        if i == n // 2:
            C.__add__ = lambda self, o: C(100)
        elif i == n // 2 + 50:
            C.__getitem__ = lambda self, i: 1000
        elif i == n // 2 + 100:
            C.p = property(lambda self: 10000)
    return total


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y


def deaths(n):
    """Instances that hold numbers only die without a sound, unless somebody listens."""
    dead, refs, p = [], [], Point(0, 0)
    for i in range(n):
        p = Point(i, i + 1)
        if i % 1000 == 999:
            refs.append(weakref.ref(p, lambda r, i=i: dead.append((i, r() is None))))
    p = None
    return dead, len(refs)


def finalizer_appears(n):
    class P:
        def __init__(self, x):
            self.x = x
    died = []
    for i in range(n):
        p = P(i)
        if i == n - 10:
            P.__del__ = lambda self: died.append(self.x)
    del p
    return died


def content_changes(n):
    """The class sees another type of attribute: instances hold objects from then on."""
    class Died:
        count = 0

        def __del__(self):
            Died.count += 1
    out = []
    for i in range(n):
        p = Point(i, 1.5 if i < n - 10 else Died())
        out.append(Died.count)
    del p
    return out[-12:], Died.count


def swapped_class(n):
    class Other:
        def __add__(self, o):
            return V(1000.0, 0.0)
    a, total = V(1.0, 1.0), 0.0
    for i in range(n):
        total += (a + a).x
        if i == n - 100:
            a.__class__ = Other
    return total


def in_generators(n):
    def vectors(k):
        v = V(0.0, 1.0)
        for i in range(k):
            v = v + V(1.0, 2.0)
            yield v
    return sum(v.norm for v in vectors(n)) == sum((v.x ** 2 + v.y ** 2) ** 0.5 for v in vectors(n)), max(v.x for v in vectors(n))


class Callable:
    def __init__(self):
        self.calls = 0

    def __call__(self, a, b=2, *rest, c=3):
        self.calls += 1
        return a + b + c + len(rest)


def callables(n):
    f, total = Callable(), 0
    for i in range(n):
        total += f(i) + f(i, 1) + f(i, 1, 2, 3, c=i)
    return total, f.calls


for function in (everything, answers_change, errors, frames, class_changes, deaths, finalizer_appears, content_changes, swapped_class,
                 in_generators, callables):
    print(function.__name__, function(3000))
gc.collect()
