"""sys.getrefcount: differences that a program can see, for names, containers, calls, closures, loops; nothing leaks."""

import sys

count = sys.getrefcount


class Thing:
    def method(self):
        return self


def base():
    return count(Thing())


thing = Thing()
alone = count(thing)
print("alone", alone)
other = thing
print("two names", count(thing) - alone)
items = [thing, thing, (thing,), {"k": thing}, {thing}]
print("in containers", count(thing) - alone)
del items[1:]
print("after del", count(thing) - alone)
items = None
print("none", count(thing) - alone)


def argument(x):
    return count(x)


def arguments(x, y, *rest, **named):
    return count(x)


print("as an argument", argument(thing) - alone, arguments(thing, thing, thing, k=thing) - alone)
bound = thing.method
print("bound method", count(thing) - alone)
del bound
print("closure", (lambda: count(thing))() - alone)


def cell(x):
    def inner():
        return x
    return inner


f = cell(thing)
print("cell", count(thing) - alone)
del f


def generator(x):
    yield count(x)
    yield count(x)


g = generator(thing)
print("generator", count(thing) - alone, next(g) - alone, next(g) - alone)
del g
print("after", count(thing) - alone)
holder = Thing()
holder.x = thing
view = holder.__dict__
print("attribute", count(thing) - alone)
del holder
print("dict keeps it", count(thing) - alone)
view.clear()
print("cleared", count(thing) - alone)
iterator = iter([thing])
print("iterator", count(thing) - alone)
next(iterator)
print("consumed", count(thing) - alone)
del iterator
a, b = thing, thing
a, b = b, a
print("swapped", count(thing) - alone)
del a, b, other
try:
    raise ValueError(thing)
except ValueError as error:
    print("in an exception", count(thing) - alone)
print("handled", count(thing) - alone)
print("slice and copy", [count(x) - alone for x in [thing][:]], len([thing] * 3), count(thing) - alone)
print("sorted", sorted([thing], key=id)[0] is thing, count(thing) - alone)
print("immediates", count(None) > 1000, count(5) > 100)

lst = []
print("list", count(lst), count([]))
lst2 = lst
print(count(lst))


def function():
    pass


print("function", count(function))
g = function
table = {"f": function}
print(count(function))
del g, table
print(count(function))


def hot_function(x):
    """Its own count and its argument's must not be changed by having been compiled."""
    total = 0
    for i in range(2000):
        y = x
        total += helper(y)
    return total


def helper(v):
    return 1


before = count(helper), count(thing), count(Thing)
for _ in range(5):
    hot_function(thing)
after = count(helper), count(thing), count(Thing)
print("hot", before == after, before[0] - after[0], before[1] - after[1])


def inside(n):
    """Counts read in the middle of a hot loop, at points where the program can predict them."""
    seen = {}
    for i in range(n):
        x = Thing()
        y = x
        pair = (x, y)
        c = count(x)
        seen[c] = seen.get(c, 0) + 1
        del y
        c = count(x)
        seen[c] = seen.get(c, 0) + 1
        pair = None
        c = count(x)
        seen[c] = seen.get(c, 0) + 1
        c = count(pair_of(x))
        seen[c] = seen.get(c, 0) + 1
    return seen


def pair_of(x):
    return (x, x)


print(inside(2000))


def strings(n):
    text = "ab" * 10 + str(n)
    start = count(text)
    kept = []
    for i in range(n):
        kept.append(text)
        if len(kept) > 10:
            kept.pop()
    during = count(text)
    kept = None
    return during - start, count(text) - start


def globals_and_attributes(n):
    thing.link = lst
    start = count(lst)
    for i in range(n):
        local = thing.link
        local2 = lst
        if local is not local2:
            return "wrong"
    now = count(lst) - start
    del local, local2
    return now, count(lst) - start


print(strings(2000), globals_and_attributes(2000))
