"""Assignment expressions, augmented and chained assignment, del of every target, conditional expressions, evaluation order."""

if (n := 10) > 5:
    print(n)
print([y := 1, y + 1], (z := 5) + z, {(k := "a"): k}, [w for v in range(5) if (w := v * v) > 4], w)
while (n := n - 3) > 0:
    print("n", n)


def f(x, y=(default := 7)):
    return (a := x) + (b := a * 2) + y


print(f(1), default, (lambda: (inner := 5) + inner)())
any((hit := x) > 3 for x in [1, 5, 2])
print(hit)
for source in ("x := 1", "(x.y := 1)", "(x[0] := 1)", "f(a := 1, b=2)", "f(a=b := 1)", "lambda: x := 1", "[i := 0 for i in x]", "(a, b := 1, 2)", "del (x := 1)", "x = y := 1", "def f(a=b := 1): pass", "assert x := 1", "{a := 1: 2}", "x[y := 1]", "x[a := 1:2]"):
    try:
        compile(source, "<s>", "exec")
        print(source, "compiles")
    except SyntaxError as error:
        print(source, "!", error.msg)

order = []


class Item:
    def __init__(self, name):
        self.name = name

    def __getitem__(self, key):
        order.append(f"get {self.name}[{key}]")
        return 10

    def __setitem__(self, key, value):
        order.append(f"set {self.name}[{key}]={value}")

    def __delitem__(self, key):
        order.append(f"del {self.name}[{key}]")

    def __getattr__(self, attribute):
        order.append(f"get {self.name}.{attribute}")
        return 20

    def __delattr__(self, attribute):
        order.append(f"del {self.name}.{attribute}")


def say(x):
    order.append(f"say {x}")
    return x


a, b = Item("a"), Item("b")
a[say(1)] = b[say(2)] = say(3)
a[say(4)] += say(5)
a[say("x")], b[say("y")] = say("p"), say("q")
del a[say(6)], b.attribute, (b[0], [a[1]])
say(1) if say(0) else say(2)
say(0) and say(9) or say(3)
say(1) < say(2) < say(0) < say(7)
{say("k"): say("v"), say("k2"): say("v2")}
print(order)

x = 5
x += 1; x -= 2; x *= 3; x //= 2; x **= 2; x %= 7; x <<= 4; x >>= 1; x |= 3; x &= 6; x ^= 5; x /= 2
print(x)
items = [1]
same = items
items += [2]
items *= 2
print(items, same is items)
t = (1,)
old = t
t += (2,)
print(t, old)
c = d = e = []
c.append(1)
print(c, d, e, c is e)
v = 1
del v
try:
    v
except NameError as error:
    print(error)
for code in ("del 5", "del f()", "del (a, 5)", "del a + b", "5 = x", "f() = 1", "a + b = 1", "x += y += 1", "(a, b) += 1", "None = 1", "x = yield = 1", "a, 5 = 1, 2", "*a = [1]", "*a, *b = [1]", "del *a", "for 5 in x: pass", "True += 1", "__debug__ = 1",
             "x: int = 5", "(x): int = 5", "x.y: int", "x, y: int = 1", "lambda x: int = 5"):
    try:
        compile(code, "<s>", "exec")
        print(code, "compiles")
    except SyntaxError as error:
        print(code, "!", error.msg)
annotated: int = 5
only_annotated: str
print(annotated, __annotations__)


def hot(n):
    total = 0
    items = [0] * 10
    table = {}
    while (n := n - 1) > 0:
        if (k := n % 10) > 5 and (m := k * 2) < 18:
            total += m
        items[k] += n if n % 3 else n / 2
        table[k] = table.get(k, 0) + 1
        if n % 4 == 0:
            del table[k]
        if n % 1000 == 0:
            del items[0], items[-1]
            items += [0, 0]
    return total, items, table


print(hot(4000))
