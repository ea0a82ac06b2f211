"""Reference cycles: they die at a collection, gc.collect() finds them, finalisers in them run once, weak references clear."""

import gc
import weakref


class Node:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        dead.append(self.name)


dead = []
gc.disable()
a, b = Node("a"), Node("b")
a.other, b.other = b, a
r = weakref.ref(a)
a = b = None
print(dead, r() is not None)
print(gc.collect() > 0, sorted(dead), r())
dead.clear()
n = Node("self")
n.me = n
del n
gc.collect()
print(dead)
dead.clear()
items = [Node("in list")]
items.append(items)
del items
d = {"n": Node("in dict")}
d["d"] = d
del d


def closure():
    x = Node("in closure")

    def f():
        return f, x
    return f


closure()
gc.collect()
print(sorted(dead))
dead.clear()


def raises():
    local = Node("in frame")
    try:
        raise ValueError
    except ValueError as error:
        kept = error


raises()
print(dead)
gc.collect()
print(dead)
dead.clear()
kept = []


class Phoenix:
    def __del__(self):
        kept.append(self)


p = Phoenix()
p.me = p
del p
gc.collect()
print(len(kept))
kept.clear()
gc.collect()
print(len(kept), gc.isenabled(), gc.get_threshold(), gc.is_tracked([]), gc.is_tracked(5), gc.garbage)
gc.enable()


def churn(n):
    """Cycles made in a hot loop are collected by themselves: the number alive stays bounded."""
    born = 0
    worst = 0
    for i in range(n):
        x, y = Node(i), [i]
        x.list = y
        y.append(x)
        born += 1
        worst = max(worst, born - len(dead))
    return worst < 50000


dead.clear()
print(churn(60000))
gc.collect()
x = y = None
gc.collect()
print(len(dead) >= 59999)
