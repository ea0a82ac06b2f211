"""Metaclasses: type(), __new__, __init__, __prepare__, __call__, __init_subclass__, __class_getitem__, __instancecheck__."""

log = []


class Meta(type):
    @classmethod
    def __prepare__(mcls, name, bases, **kwargs):
        log.append(("prepare", name, kwargs))
        return {"prepared": True}

    def __new__(mcls, name, bases, namespace, **kwargs):
        log.append(("new", name, sorted(key for key in namespace if not key.startswith("__"))))
        return super().__new__(mcls, name, bases, namespace)

    def __init__(cls, name, bases, namespace, **kwargs):
        log.append(("init", name))
        super().__init__(name, bases, namespace)

    def __call__(cls, *args, **kwargs):
        log.append(("call", cls.__name__, args))
        return super().__call__(*args, **kwargs)

    def __len__(cls):
        return 42

    def __iter__(cls):
        return iter("abc")

    def __getitem__(cls, key):
        return f"{cls.__name__}[{key}]"

    def __repr__(cls):
        return f"<{cls.__name__}>"

    def __instancecheck__(cls, instance):
        return instance == "yes" or super().__instancecheck__(instance)

    def __subclasscheck__(cls, other):
        return other is int or super().__subclasscheck__(other)

    def __add__(cls, other):
        return f"{cls}+{other}"

    def __eq__(cls, other):
        return cls is other or other == "equal"

    __hash__ = type.__hash__


class A(metaclass=Meta, option=5):
    x = 1

    def __init__(self, v=0):
        self.v = v


class B(A):
    pass


b = B(3)
print(log)
print(len(A), list(A), A["k"], A, B + 1, isinstance("yes", A), isinstance(b, A), isinstance("no", A), issubclass(int, A), issubclass(B, A), A.prepared, type(A), type(b), A == "equal", A == B)

T = type("T", (object,), {"x": 1, "get": lambda self: self.x})
print(T().get(), T.__name__, T.__bases__, type(T))


class Base:
    registry = []

    def __init_subclass__(cls, tag=None, **kwargs):
        super().__init_subclass__(**kwargs)
        Base.registry.append((cls.__name__, tag))


class One(Base, tag="one"):
    pass


class Two(One):
    pass


print(Base.registry)
try:
    class Three(Base, other=1):
        pass
except TypeError as error:
    print(error)


class Generic:
    def __class_getitem__(cls, item):
        return (cls.__name__, item)


print(Generic[int], Generic["a", 2])


class Singleton(type):
    instances = {}

    def __call__(cls, *args):
        if cls not in cls.instances:
            cls.instances[cls] = super().__call__(*args)
        return cls.instances[cls]


class Only(metaclass=Singleton):
    def __init__(self, x):
        self.x = x


print(Only(1) is Only(2), Only(3).x)


class New:
    def __new__(cls, kind):
        if kind == "int":
            return 5
        self = super().__new__(cls)
        self.kind = kind
        return self

    def __init__(self, kind):
        self.initialised = True


print(New("int"), New("x").kind, New("y").initialised)
for code in ("class X(A, metaclass=type): pass", "class X(A, metaclass=Singleton): pass", "type.__new__(type, 'X', (), {}).__name__", "type('a', 'b')", "type.__call__(int, 'z')", "object.__new__(5)", "object.__new__(int)",
             "class I:\n def __init__(self): return 5\nI()", "class N:\n def __new__(cls): return 5\nprint(N())", "int.__new__(str)", "class Q(metaclass=lambda n, b, d: (n, b, sorted(d)[:1])): pass\nprint(Q)"):
    try:
        exec(code)
        print(code, "fine")
    except Exception as error:
        print(repr(code), type(error).__name__, error)


def hot(n):
    total = 0
    for i in range(n):
        total += Only(i).x + len(A) + isinstance("yes", A) + (A == "equal")
        if i % 300 == 0:
            cls = type("Made", (Base,), {"value": i, "get": lambda self: self.value}) if i % 600 else type("Other", (), {"get": lambda self: 0.5})
        total += cls().get()
    return total, len(Base.registry)


print(hot(3000))
