"""Comprehensions and generator expressions: scopes, nesting, conditions, closures, laziness, errors."""

x = "outer"
print([x for x in range(3)], x, {x for x in "a"}, {x: x * 2 for x in range(3)}, x)
print([(a, b) for a in range(3) for b in "xy" if a != 1], [[c for c in row] for row in ["ab", "cd"]], [a for a in range(20) if a % 2 if a % 3])
print([a if a % 2 else -a for a in range(5)], [(a, b) for a, b in {"k": 1}.items()], [*(a for a in "ab"), *[1]], [[]] + [[a] for a in ()])
print([last := a for a in range(4)], last, [y for a in range(3) if (y := a * 2) > 1], y)
print(list(map(lambda f: f(), [lambda: a for a in range(3)])), [f() for f in [lambda a=a: a for a in range(3)]])
print(sum(a * a for a in range(10)), max((a for a in [3, 1, 2]), default=None), ",".join(str(a) for a in range(4)), dict((a, a * a) for a in range(3)), tuple(a for a in "xy"))


class Body:
    n = 3
    items = [i for i in range(n)]
    squares = {i: i * i for i in items}
    try:
        wrong = [n for _ in items]
    except NameError as error:
        message = str(error)


print(Body.items, Body.squares, getattr(Body, "wrong", None), getattr(Body, "message", None))


def scopes():
    k = 10
    f = [lambda: k + j for j in range(3)]
    k = 20
    return [g() for g in f], [k for _ in range(2)], [[k + a + b for a in range(2)] for b in range(2)]


print(scopes())


def lazy(log):
    source = (log.append(a) or a for a in range(5))
    log.append("made")
    first = next(source)
    log.append("first")
    rest = list(source)
    return first, rest, log


print(lazy([]))
try:
    (a for a in 5)
except TypeError as error:
    print("at once:", error)
try:
    generator = (1 / a for a in [1, 0, 2])
    print(next(generator))
    print(next(generator))
except ZeroDivisionError as error:
    print(error, list(generator))
try:
    [a for a in range(3) if undefined_name]
except NameError as error:
    print(error)
try:
    [1 / a for a in (1, 0)]
except ZeroDivisionError as error:
    print(error)
for bad in ("[a for a in 1, 2]", "[a, b for a in x]", "[*a for a in x]", "{**a for a in x}", "(yield) for a in x", "[a async for a in x]", "[a := 1 for a in x]", "[for a in x]"):
    try:
        compile(bad, "<c>", "exec")
        print(bad, "compiles")
    except SyntaxError as error:
        print(bad, error.msg)


def hot(n):
    total = 0
    for i in range(n):
        row = [j * i for j in range(i % 6)]
        table = {j: str(j) for j in row}
        unique = {j % 3 for j in row}
        total += sum(row) + len(table) + len(unique) + sum(j for j in row if j % 2)
        if i == n // 2:
            n = float(n)
    return total


def matrix(n):
    a = [[i * j % 5 for j in range(n)] for i in range(n)]
    b = [[(i + j) / 2 for j in range(n)] for i in range(n)]
    c = [[sum(x * y for x, y in zip(row, column)) for column in zip(*b)] for row in a]
    return sum(sum(row) for row in c), [row[0] for row in zip(*c)][:4]


def raising(n):
    errors = 0
    total = 0
    for i in range(n):
        try:
            total += len([10 // (j - 3) for j in range(i % 6)])
        except ZeroDivisionError:
            errors += 1
    return total, errors


def captured(n):
    functions = []
    for i in range(n):
        functions.extend([lambda: (i, j) for j in range(2)])
    return functions[0](), functions[-1](), len(functions)


print(hot(2000), matrix(20), raising(3000), captured(1000))
