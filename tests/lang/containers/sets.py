"""set and frozenset: algebra with sets and with any iterable, methods, comparison, errors. Only sorted contents are printed."""


def show(value):
    if isinstance(value, (set, frozenset)):
        return type(value).__name__ + str(sorted(value, key=lambda x: (str(type(x)), x)))
    return repr(value)


def attempt(text):
    names = {"a": {1, 2, 3}, "b": {2, 3, 4}, "f": frozenset([1, 9])}
    try:
        print(text, "=", show(eval(text, names)), show(names["a"]))
    except Exception as error:
        print(text, "!", type(error).__name__ + ":", error)


for text in """
set()
{1, 1.0, True}
set('hello')
set(5)
set([1], [2])
{*'ab', *[1]}
a | b
a & b
a - b
a ^ b
a | [4]
a | f
f | a
a & f
f - a
a.union([4], (5,))
a.union(5)
a.intersection([2, 3, 9], {3})
a.difference([1], [2])
a.symmetric_difference([3, 4])
a.update([4], 'x')
a.intersection_update(b)
a.difference_update([1])
a.symmetric_difference_update(b)
a.isdisjoint(b)
a.isdisjoint([9])
a.issubset([1, 2, 3, 4])
a.issuperset([1])
a <= {1, 2, 3}
a < {1, 2, 3}
a < {1, 2, 3, 4}
a >= {1}
a == frozenset(a)
a == [1, 2, 3]
a < [1]
a.add(5)
a.add([])
a.remove(1)
a.remove(9)
a.discard(9)
a.discard([])
a.pop() in {1, 2, 3}
set().pop()
a.clear()
a.copy()
1 in a
[] in a
{1} in a
len(a)
hash(a)
hash(f) == hash(frozenset([9, 1]))
{f: 1}[frozenset([9, 1])]
frozenset([1, 2]).add(3)
frozenset(f) is f
f.copy() is f
{frozenset(), frozenset()}
a.nothing
a[0]
a + b
sorted(a)
sum(a), max(a), min(a)
{x * x for x in a}
set(dict(a=1))
bool(set())
repr(set()), repr(frozenset()), repr({5}), repr(frozenset([5]))
set([1, 2]) == {2, 1}
{(1, 2), (2, 1)}
""".strip().splitlines():
    attempt(text)

a = {1, 2}
b = a
a |= {3}
a &= {1, 3, 5}
a ^= {5, 1}
a -= {5}
print(a is b, show(a))
for code in ("a |= [1]", "a += {1}", "for x in a: a.add(x + 10)", "for x in a: a.remove(x)"):
    s = {1, 2, 3}
    try:
        exec(code, {"a": s})
    except (TypeError, RuntimeError) as error:
        print(code, type(error).__name__, error)


class Sub(set):
    pass


s = Sub([1, 2])
print(type(s | {3}), type({3} | s), type(s.copy()), s == {1, 2})


def sieve(n):
    numbers = set(range(2, n))
    for i in range(2, n):
        if i in numbers:
            numbers -= set(range(i * i, n, i))
    return len(numbers), max(numbers)


def unique(n):
    seen = set()
    repeated = 0
    for i in range(n):
        item = i * i % 101 if i < n // 2 else str(i % 50) if i % 3 else (i % 10, i % 3)
        if item in seen:
            repeated += 1
        else:
            seen.add(item)
    return len(seen), repeated


def walk(n):
    reached = {1}
    frontier = [1]
    while frontier:
        x = frontier.pop()
        for y in (x * 2 % n, x * 3 % n, (x + 7) % n):
            if y not in reached:
                reached.add(y)
                frontier.append(y)
    return len(reached)


def add_and_drop(n):
    items = set()
    errors = 0
    for i in range(n):
        items.add(i % 37)
        try:
            items.remove(i * 5 % 41)
        except KeyError:
            errors += 1
        items.discard(i % 3)
    return sorted(items), errors


print(sieve(1000), unique(4000), walk(997), add_and_drop(3000))
