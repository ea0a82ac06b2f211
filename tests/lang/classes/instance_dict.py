"""Instance dictionaries: views of the slots, order, changes through either side, shared and odd keys, objects that outgrow."""


class Thing:
    pass


t = Thing()
t.a, t.b = 1, 2.5
d = t.__dict__
d["c"] = 3
t.d = 4
del t.a
print(t.c, d, t.__dict__ is d, list(d), vars(t) == {"b": 2.5, "c": 3, "d": 4}, len(d))
d.clear()
print(hasattr(t, "b"), d)
t.x = 1
print(d, d.pop("x"), hasattr(t, "x"))
t.__dict__.update({"p": 1, "q": 2})
print(t.p + t.q, sorted(t.__dict__.items()))
t.__dict__[5] = "int key"
t.__dict__["not an identifier"] = 1
print(t.__dict__, getattr(t, "not an identifier"))
other = Thing()
other.__dict__ = t.__dict__
other.shared = "both"
print(t.shared, other.p, other.__dict__ is t.__dict__)
del t
print(other.shared, other.__dict__)


def outlives():
    thing = Thing()
    thing.value = [1, 2]
    thing.number = 1.5
    return thing.__dict__


kept = outlives()
print(kept, kept["value"], kept["number"] + 1)
items = outlives().items()
print(list(items), type(items).__name__)


class Init:
    def __init__(self, n):
        self.a = n
        self.b = n
        if n % 2:
            self.c = n
        else:
            self.d = n
        if n % 3 == 0:
            del self.a
            self.a = "late"


print([Init(n).__dict__ for n in range(4)])


def layouts(n):
    """Instances whose attributes arrive in different orders meet at one place."""
    things = []
    for order in ("abc", "acb", "bac", "bca", "cab", "cba"):
        thing = Thing()
        for i, name in enumerate(order):
            setattr(thing, name, i if order != "cab" else i / 2)
        things.append(thing)
    total = 0
    for i in range(n):
        thing = things[i % 6 if i > n // 3 else 0]
        thing.a = thing.a + thing.b
        thing.b = thing.c - thing.b
        total += thing.a
        if i % 1000 == 999:
            thing.__dict__["a"] = "x" * (i // 1000)
            total += len(thing.a)
            thing.a = 0
    return total, [sorted(thing.__dict__.items()) for thing in things]


def attribute_types(n):
    """One attribute that is an int, a float, a string, a big int, None and a list in turn."""
    values = [1, 2.5, "s", 2**80, None, [1], True, 3, -0.0, float("nan")]
    thing = Thing()
    counts = {}
    for i in range(n):
        thing.v = values[i // 100 % 10] if i < n // 2 else values[i % 10]
        name = type(thing.v).__name__
        counts[name] = counts.get(name, 0) + 1
        if name in ("int", "float"):
            thing.v += 1
            counts["sum"] = counts.get("sum", 0) + (thing.v if thing.v == thing.v else 0)
    return counts


def many_names(n):
    thing = Thing()
    for i in range(n):
        setattr(thing, f"name{i % 300}", i)
    total = 0
    for i in range(n):
        total += getattr(thing, f"name{i * 7 % 300}")
        if i % 11 == 0:
            delattr(thing, f"name{i * 7 % 300}")
            setattr(thing, f"name{i * 7 % 300}", 0.5)
    return total, len(thing.__dict__), list(thing.__dict__)[:3]


def through_the_dict(n):
    thing = Thing()
    thing.count = 0
    view = thing.__dict__
    for i in range(n):
        if i % 2:
            thing.count += 1
        else:
            view["count"] += 2
        if i % 1000 == 500:
            view["new" + str(i)] = i
    return thing.count, view


print(layouts(4000), attribute_types(4000), many_names(3000), through_the_dict(3000))
