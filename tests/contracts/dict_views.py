"""Contract: an instance's __dict__, its views and its iterators go on when the instance is gone, with the values it had."""


class P:
    def __init__(self, x, y):
        self.x = x
        self.y = y


class D:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        log.append(self.n)


log = []


def dict_outlives():
    p = P(1, 2.5)
    d = p.__dict__
    del p
    return d, d["x"], d["y"]


def views_outlive():
    p = P("a", [1])
    keys, values, items = p.__dict__.keys(), p.__dict__.values(), p.__dict__.items()
    iterator = iter(p.__dict__.items())
    p = None
    return list(keys), list(values), list(items), next(iterator), len(keys), "x" in keys


def values_die_with_the_dict():
    p = P(D(1), D(2))
    d = p.__dict__
    p = None
    log.append("instance gone")
    d["x"] = None
    log.append("replaced")
    d = None
    log.append("dict gone")
    print(log)
    log.clear()


def dict_does_not_own_the_instance():
    class Loud:
        def __del__(self):
            log.append("instance died")
    p = Loud()
    p.v = 5
    d = p.__dict__
    p = None
    log.append("after")
    print(log, d)
    log.clear()


def both_ways(n):
    """Writes through either side are seen by the other at once, in a hot loop."""
    p = P(0, 0.0)
    d = p.__dict__
    for i in range(n):
        p.x += 1
        if d["x"] != i + 1:
            return "wrong", i
        d["y"] = i / 2
        if p.y != i / 2:
            return "wrong", i
    return p.x, p.y, d


def hot(n):
    kept = []
    total = 0
    for i in range(n):
        p = P(i, i * 0.5)
        d = p.__dict__
        if i % 2:
            p = None
        total += d["x"] + d["y"]
        if i % 500 == 0:
            kept.append((d, d.items()))
        if i % 3 == 0:
            d["z"] = i
            total += len(d)
    return total, kept[1][0], list(kept[2][1])


def raw_slots(n):
    """Attributes that are stored as raw doubles or ints come out of the dict as what they were, also when they change kind."""
    results = set()
    for i in range(n):
        p = P(i, float(i))
        d = vars(p)
        if i % 4 == 1:
            p.x = 2**60 + i
        elif i % 4 == 2:
            p.y = str(i)
        elif i % 4 == 3:
            d["x"] = None
        del p
        results.add((type(d["x"]).__name__, type(d["y"]).__name__))
        copy = dict(d)
        if copy != d or d.get("x") != copy["x"]:
            return "wrong"
    return sorted(results)


def swapped_dicts(n):
    a, b = P(1, 2), P(3, 4)
    total = 0
    for i in range(n):
        a.__dict__, b.__dict__ = b.__dict__, a.__dict__
        total += a.x - b.x
        a.x += 1
    return total, a.__dict__, b.__dict__


def class_changes(n):
    class Other:
        x = "class"
    total = 0
    for i in range(n):
        p = P(i, 1)
        d = p.__dict__
        if i % 2:
            p.__class__ = Other
        del d["x"]
        total += len(getattr(p, "x", ""))
        del p
        total += len(d)
    return total


print(dict_outlives(), views_outlive())
values_die_with_the_dict()
dict_does_not_own_the_instance()
print(both_ways(3000), hot(3000), raw_slots(3000), swapped_dicts(2000), class_changes(2000))
