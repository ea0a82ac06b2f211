"""property and descriptors: getters, setters, deleters, precedence over instance attributes, __set_name__, cached values."""


class Celsius:
    def __init__(self, degrees):
        self._degrees = degrees

    @property
    def degrees(self):
        """The temperature."""
        return self._degrees

    @degrees.setter
    def degrees(self, value):
        if value < -273:
            raise ValueError("too cold")
        self._degrees = value

    @degrees.deleter
    def degrees(self):
        print("deleted")
        self._degrees = None

    @property
    def fahrenheit(self):
        return self._degrees * 9 / 5 + 32

    broken = property(lambda self: self.missing_inside)
    write_only = property(None, lambda self, value: setattr(self, "written", value))


c = Celsius(10)
c.degrees += 5
c.write_only = 7
print(c.degrees, c.fahrenheit, c.written, Celsius.degrees.__doc__, type(Celsius.degrees).__name__, Celsius.degrees.fget(c))
for code in ("c.degrees = -300", "c.fahrenheit = 1", "del c.fahrenheit", "c.broken", "c.write_only", "c.degrees()", "c.nope", "del c.nope"):
    try:
        exec(code)
    except Exception as error:
        print(code, type(error).__name__, error)
del c.degrees
print(c.degrees)
c.__dict__["degrees"] = "hidden by the property"
print(c.degrees)


class Data:
    def __set_name__(self, owner, name):
        self.name = name
        print("set_name", owner.__name__, name)

    def __get__(self, instance, owner=None):
        if instance is None:
            return f"class access to {self.name} of {owner.__name__}"
        return instance.__dict__.get(self.name, "unset")

    def __set__(self, instance, value):
        instance.__dict__[self.name] = value * 2

    def __delete__(self, instance):
        del instance.__dict__[self.name]


class NonData:
    def __get__(self, instance, owner):
        return "from the descriptor"


class Lazy:
    def __init__(self, function):
        self.function = function

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, instance, owner):
        if instance is None:
            return self
        value = self.function(instance)
        instance.__dict__[self.name] = value
        return value


class Host:
    data = Data()
    plain = NonData()

    @Lazy
    def lazy(self):
        print("computed")
        return 42


h = Host()
print(Host.data, h.data, h.plain, Host.plain, h.lazy, h.lazy)
h.data = 5
h.plain = "instance wins"
print(h.data, h.plain, h.__dict__)
del h.data
del h.plain
print(h.data, h.plain)
try:
    del h.data
except KeyError as error:
    print("KeyError", error)


class Child(Celsius):
    @property
    def degrees(self):
        return super().degrees * 100

    @Celsius.fahrenheit.getter
    def fahrenheit(self):
        return "child"


print(Child(2).degrees, Child(2).fahrenheit)


class Meta(type):
    @property
    def label(cls):
        return "label of " + cls.__name__


class WithMeta(metaclass=Meta):
    pass


print(WithMeta.label, hasattr(WithMeta(), "label"))


class Bad:
    def __set_name__(self, owner, name):
        raise ValueError("no")


try:
    class Fails:
        x = Bad()
except Exception as error:
    print(type(error).__name__, error, getattr(error, "__cause__", None))


def hot(n):
    things = [Celsius(1), Celsius(2.5), Child(3)]
    total = 0
    errors = 0
    for i in range(n):
        thing = things[i % 3] if i < n // 2 else things[0]
        total += thing.degrees
        try:
            if i % 3 != 2 or i >= n // 2:
                thing.degrees = thing.degrees + 1 if i % 50 else -300
        except ValueError:
            errors += 1
        if i == n * 3 // 4:
            Celsius.degrees = property(lambda self: 1000, lambda self, value: None)
    return total, errors


def descriptors(n):
    host = Host()
    total = 0
    for i in range(n):
        host.data = i
        total += host.data
        if i == n // 2:
            Data.__get__ = lambda self, instance, owner=None: 1
    return total


print(hot(3000), descriptors(3000))
