# OrderedDict: order of its own, views and iterators, changes while iterating, keys that come and go behind its back.
import copy
import gc
import pickle
import weakref
from collections import OrderedDict


def raised(function, *args):
    try:
        return function(*args)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


class Sub(OrderedDict):
    pass


class Counting:
    def __init__(self, name):
        self.name, self.asked = name, 0

    def __hash__(self):
        self.asked += 1
        return hash(self.name)

    def __eq__(self, other):
        return self.name == other.name

    def __repr__(self):
        return self.name


od = OrderedDict(a=1, b=2, c=3)
print(od, list(reversed(od)), od.keys(), od.items(), od.values())
print([type(each).__name__ for each in (od.keys(), od.values(), od.items(), iter(od), reversed(od.items()))])
od.move_to_end("a")
od.move_to_end("c", last=False)
print(od, list(od.values()), list(reversed(od.items())))
print(od.popitem(), od.popitem(last=False), od, raised(od.move_to_end, "x"), raised(od.pop, "x"), od.pop("x", 5))

for i in range(200):
    od[i] = i
for i in range(0, 200, 2):
    del od[i]
for i in (7, 199, 1):
    od.move_to_end(i, last=i != 7)
print(len(od), list(od)[:3], list(od)[-3:], od[101])

od.extra = [1]
for twin in (od.copy(), copy.copy(od), copy.deepcopy(od), pickle.loads(pickle.dumps(od)), Sub(od)):
    print(type(twin).__name__, twin == od, list(twin) == list(od), vars(twin))
print(OrderedDict(a=1, b=2) == OrderedDict(b=2, a=1), OrderedDict(a=1, b=2) == dict(b=2, a=1), OrderedDict(a=1) != {"a": 1})
print(OrderedDict(a=1) | {"b": 2}, {"b": 2, "a": 3} | OrderedDict(a=1), raised(lambda: OrderedDict() | [("a", 1)]))
od = Sub(x=1)
od |= [("y", 2), ("x", 3)]
print(od, raised(od.update, {}, {}), Sub.fromkeys("ab", 0), OrderedDict.fromkeys([2, 1]), raised(OrderedDict, {}, {}))
for wrong in ([1], [(1,)], [(1, 2, 3)], 5):
    print(raised(OrderedDict, wrong))

for change in (lambda d: d.update(z=1), lambda d: d.pop("a"), lambda d: d.move_to_end("a"), lambda d: dict.__setitem__(d, "n", 1)):
    d = OrderedDict(a=1, b=2, c=3)
    iterator = iter(d.items())
    next(iterator)
    change(d)
    print(raised(next, iterator), raised(next, iterator), raised(next, iterator))
iterator = iter(OrderedDict(a=1, b=2).items())
next(iterator)
print(iterator.__reduce__(), list(iterator), list(iterator))
print(list(copy.copy(reversed(OrderedDict(a=1, b=2)))))

d = OrderedDict(a=1)
dict.__setitem__(d, "b", 2)
print(list(d), d == {"a": 1, "b": 2}, d.setdefault("b", 5))
d["b"] = 3
print(d)
dict.__delitem__(d, "a")
print(raised(list, d), raised(repr, d), raised(d.copy), raised(list, d.values()))
dict.clear(d)
print(repr(d), len(d))
d.clear()
print(list(d))

key = Counting("k")
d = OrderedDict([(key, 1)])
asked = key.asked
print(list(d), key.asked > asked, d.pop(Counting("k")), d)

d = OrderedDict()
d["self"] = d
print(d, Sub(a=d))
d.cycle = Sub(d=d)
gone = weakref.ref(d)
del d
gc.collect()
print(gone())
print(OrderedDict(a=1).items() & {("a", 1)}, OrderedDict(a=1).keys() | {"b"} == {"a", "b"}, ("a", 1) in OrderedDict(a=1).items())
print({**OrderedDict([(2, 1), (1, 2)])}, dict(Sub([(2, 1), (1, 2)])), OrderedDict(a=1).keys() == {"a": 2}.keys())


def loops():  # hot enough for a trace
    d = OrderedDict()
    total = 0
    for i in range(3000):
        d[i % 50] = i
        if i % 7 == 0:
            d.move_to_end(i % 50)
        if i % 11 == 0:
            d.popitem(last=False)
        for k, v in d.items():
            total += v - k
            break
    return total, list(d)[:5], list(d)[-5:]


print(loops())
