"""When objects die: at which statement, in which order, for locals, arguments, containers, frames, generators, exceptions."""


class D:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("del", self.name, end="; ")


def say(text):
    print(f"[{text}]", end=" ")


def line(title):
    print()
    print(title, end=": ")


line("rebinding")
x = D("a")
x = D("b")
say("after")
x = None
say("gone")
line("del")
x = y = D("c")
del x
say("one left")
del y
say("none left")
line("temporaries")
D("t")
say("after expression")
D("u").name
say("after attribute")
[D("in list")]
(D("in tuple"), say("inside"))
{"k": D("in dict")}
say("end")
line("container")
items = [D("0"), D("1"), D("2")]
items[1] = None
say("item replaced")
items.pop()
say("popped")
del items[0]
say("deleted")
items = [D("p"), D("q"), D("r")]
items.clear()
say("cleared")
items = [D("s1"), D("s2"), D("s3"), D("s4")]
items[1:3] = []
say("slice")
del items
say("list gone")
line("nested content dies at its statement")
t = ([D("deep")],)
t = None
say("after")
line("dict")
d = {"a": D("va"), "b": D("vb")}
d["a"] = 1
say("replaced")
d.pop("b")
say("popped")
d["c"] = D("vc")
d.clear()
say("cleared")
line("attributes")


class Holder:
    pass


h = Holder()
h.x, h.y = D("hx"), D("hy")
h.x = 1
say("replaced")
del h
say("holder gone")
line("locals in order")


def locals_die():
    b = D("first local")
    a = D("second local")
    c = a
    say("body")


locals_die()
say("returned")
line("arguments")


def takes(one, two):
    one = None
    say("inside")
    return 5


takes(D("one"), D("two"))
say("returned")
line("return value")


def gives():
    local = D("local")
    return D("result")


gives().name
say("after")
kept = gives()
say("kept")
del kept
line("exceptions")


def fails():
    local = D("local of the failing frame")
    raise ValueError(D("argument"))


try:
    fails()
except ValueError as error:
    say("handler")
say("after handler")
try:
    fails()
except ValueError:
    pass
say("after pass")
line("generator")


def g():
    a = D("in generator")
    try:
        yield D("yielded")
    finally:
        print("finally", end="; ")


it = g()
next(it)
say("suspended")
del it
say("dropped")
for value in g():
    say("body")
    break
say("loop left")
del value
say("variable gone")
line("closure")


def outer():
    cell = D("cell")
    return lambda: cell


f = outer()
say("made")
f = None
say("dropped")
line("loop variables")
for i in [D("i1"), D("i2")]:
    say("iteration")
say("after loop")
del i
say("after del")
line("comprehension")
r = [D(str(k)).name for k in range(3)]
say("done")
line("augmented")
total = [D("old")]
total += [D("new")]
say("added")
total = total + []
say("copied")
del total
say("dropped")
line("swap")
a, b = D("A"), D("B")
a, b = b, a
say(a.name + b.name)
a = b = None
say("both gone")
line("with")


class M:
    def __enter__(self):
        return D("entered")

    def __exit__(self, *args):
        say("exit")

    def __del__(self):
        print("del manager", end="; ")


with M():
    say("body, the value was not kept")
with M() as m:
    say("body")
say("after")
del m
line("conditional and boolean")
D("cond") and say("and")
x = D("if") if True else None
x = None
while D("while").name and say("test"):
    pass
if D("test of if"):
    say("body of if")
say("end")
line("call chain")


class Chain:
    def __init__(self, name):
        self.name = name

    def next(self):
        return Chain(self.name + "+")

    def __del__(self):
        print("del", self.name, end="; ")


Chain("c").next().next()
say("end")
line("resurrection")
graveyard = []


class Phoenix:
    def __del__(self):
        graveyard.append(self)
        print("resurrected", end="; ")


p = Phoenix()
p = None
say(str(len(graveyard)))
graveyard.clear()
say("finalised only once")
line("exception in __del__ is not fatal")


class Chatty:
    def __del__(self):
        say("dying")


c = [Chatty() for _ in range(2)]
c = 0
line("hot")
count = 0


class Counted:
    def __init__(self):
        global count
        count += 1

    def __del__(self):
        global count
        count -= 1


def hot(n):
    worst = 0
    held = []
    for i in range(n):
        a = Counted()
        b = [Counted(), (Counted(),)]
        c = a
        worst = max(worst, count)
        a = None
        if i % 3 == 0:
            held.append(c)
        b = i
        if len(held) > 5:
            held.pop(0)
        if count > 8:
            return "too many", i, count
    return worst, count, len(held)


print(hot(3000), count)
line("order in a hot loop")
order = []


class Ordered:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        order.append(self.n)


def ordered(n):
    previous = None
    for i in range(n):
        current = Ordered(i)
        order.append(-i)
        previous = current
        current = None
        if i % 100 == 0:
            order.append(("drop", i))
            previous = None
            order.append("dropped")


ordered(1000)
print(order[:14], len(order), order[-4:], hash(tuple(x for x in order if type(x) is int)))
line("at exit")
last = D("module global")
print("end of the program")
