"""weakref: references, callbacks and their order, proxies, dictionaries; seen at the very statement in which the object dies."""

import weakref


class Thing:
    def __init__(self, name="t"):
        self.name = name

    def greet(self):
        return "hello " + self.name

    def __repr__(self):
        return f"Thing({self.name})"


t = Thing("a")
r = weakref.ref(t)
print(r() is t, r == weakref.ref(t), r is weakref.ref(t), hash(r) == hash(t), weakref.getweakrefcount(t), type(r).__name__)
del t
print(r(), repr(r)[:9])
log = []
t = Thing("b")
refs = [weakref.ref(t, lambda ref, i=i: log.append((i, ref() is None))) for i in range(3)]
print(weakref.getweakrefcount(t), len(weakref.getweakrefs(t)))
t = None
print(log)
t = Thing("c")
dropped = weakref.ref(t, lambda ref: log.append("never"))
del dropped
t = None
print(log[3:])
t = Thing("d")
p = weakref.proxy(t)
print(p.name, p.greet(), p == t, isinstance(p, Thing))
p.name = "changed"
print(t.name)
del t
try:
    p.name
except ReferenceError as error:
    print(error)
for bad in (5, "s", None, (1,), [1], {}):
    try:
        weakref.ref(bad)
        print(type(bad), "fine")
    except TypeError as error:
        print(error)
print(weakref.ref({1}.__class__)() is set, weakref.ref(len)() is len, weakref.ref(lambda: 0)() is None)


class Both:
    def __del__(self):
        log.append(("del, weakref is", self.ref() is None))


b = Both()
b.ref = weakref.ref(b, lambda ref: log.append("callback"))
log.clear()
keep = b.ref
del b
print(log)
values = weakref.WeakValueDictionary()
keys = weakref.WeakKeyDictionary()
bag = weakref.WeakSet()
a, b = Thing("x"), Thing("y")
values["a"], values["b"] = a, b
keys[a], keys[b] = 1, 2
bag.add(a)
bag.add(b)
print(sorted(values), sorted(keys.values()), len(bag), "a" in values, a in keys, a in bag)
del a
print(sorted(values), list(keys.values()), len(bag))
finalized = []
f = weakref.finalize(b, finalized.append, "done")
print(f.alive)
del b
print(finalized, f.alive, len(values), len(keys))
method = weakref.WeakMethod(Thing("m").greet)
print(method())
nested = ([Thing("deep")],)
r = weakref.ref(nested[0][0])
nested = None
print(r())


def hot(n):
    """The reference is dead at the statement after the last owner went, in every iteration."""
    wrong = callbacks = 0

    def note(ref):
        nonlocal callbacks
        callbacks += 1

    for i in range(n):
        x = Thing("h")
        ref = weakref.ref(x, note)
        if ref() is not x:
            wrong += 1
        holder = [x] if i % 2 else (x,)
        x = None
        if ref() is None:
            wrong += 1
        holder = None
        if ref() is not None or callbacks != i + 1:
            wrong += 1
    return wrong, callbacks


def cache(n):
    table = weakref.WeakValueDictionary()
    strong = []
    hits = 0
    for i in range(n):
        key = i % 20
        thing = table.get(key)
        if thing is None:
            thing = table[key] = Thing(str(key))
        else:
            hits += 1
        strong.append(thing)
        if len(strong) > 10:
            strong.pop(0)
    return hits, len(table)


print(hot(2000), cache(2000))
