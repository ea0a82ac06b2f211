"""__getattr__, __getattribute__, __setattr__, __delattr__, __dir__, and the builtins that go through them."""


class Fallback:
    real = 1

    def __getattr__(self, name):
        if name.startswith("no"):
            raise AttributeError("refused " + name)
        return "made " + name


f = Fallback()
f.own = 2
print(f.real, f.own, f.anything, getattr(f, "x"), hasattr(f, "nothing"), hasattr(f, "y"), getattr(f, "nope", "default"))
try:
    f.nothing
except AttributeError as error:
    print(error)


class Everything:
    def __init__(self):
        self.log = []

    def __getattribute__(self, name):
        if name == "log" or name.startswith("__"):
            return object.__getattribute__(self, name)
        object.__getattribute__(self, "log").append(name)
        return object.__getattribute__(self, name)

    def method(self):
        return self.x

    x = 5


e = Everything()
print(e.method(), e.x, e.log)


class Guarded:
    def __setattr__(self, name, value):
        if name == "readonly":
            raise AttributeError("readonly!")
        object.__setattr__(self, name, value)
        order.append(name)

    def __delattr__(self, name):
        order.append("del " + name)
        super().__delattr__(name)


order = []
g = Guarded()
g.a = 1
g.b = g.a + 1
setattr(g, "c", 3)
del g.a
delattr(g, "b")
print(order, g.__dict__)
for code in ("g.readonly = 1", "del g.missing", "g.missing"):
    try:
        exec(code)
    except AttributeError as error:
        print(code, error)


class Proxy:
    def __init__(self, target):
        object.__setattr__(self, "_target", target)

    def __getattr__(self, name):
        return getattr(object.__getattribute__(self, "_target"), name)

    def __setattr__(self, name, value):
        setattr(self._target, name, value)


p = Proxy(Fallback())
p.value = 10
print(p.value, p._target.value, p.real, p.whatever)


class PropertyThenFallback:
    @property
    def broken(self):
        raise AttributeError("from the property")

    def __getattr__(self, name):
        return "fallback for " + name


print(PropertyThenFallback().broken)


class Meta(type):
    def __getattr__(cls, name):
        return f"{cls.__name__}.{name}"

    def __setattr__(cls, name, value):
        print("meta set", name)
        super().__setattr__(name, value)


class M(metaclass=Meta):
    pass


M.x = 1
print(M.x, M.y, hasattr(M(), "y"))


class Module:
    """AttributeError carries its name and object."""


try:
    Module().zip
except AttributeError as error:
    print(error.name, type(error.obj).__name__, error)
try:
    None.foo
except AttributeError as error:
    print(error)
try:
    (5).foo = 1
except AttributeError as error:
    print(error)
try:
    [].append = 1
except AttributeError as error:
    print(error)
try:
    object().x = 1
except AttributeError as error:
    print(error)
try:
    int.x = 1
except TypeError as error:
    print(error)
try:
    (lambda: 0).__code__ = 5
except TypeError as error:
    print(error)
try:
    f.__class__ = 5
except TypeError as error:
    print(error)


def hot(n):
    """Found, made by __getattr__, set and deleted again, at one place in the code."""
    thing = Fallback()
    total = 0
    refused = 0
    for i in range(n):
        total += len(str(thing.value))
        if i % 3 == 0:
            thing.value = i
        elif i % 3 == 1 and "value" in thing.__dict__:
            del thing.value
        try:
            thing.nope
        except AttributeError:
            refused += 1
        if i == n // 2:
            Fallback.value = "on the class"
    del Fallback.value
    return total, refused


def proxies(n):
    proxy = Proxy(Fallback())
    proxy.count = 0
    for i in range(n):
        proxy.count += 1 if i < n // 2 else 0.5
    guarded = Guarded()
    for i in range(n):
        guarded.total = getattr(guarded, "total", 0) + i
    return proxy.count, guarded.total, len(order)


print(hot(3000), proxies(3000))
