"""zip, map, filter, enumerate, reversed, any, all, min, max, sum, sorted as consumers and producers, lazily, in hot loops."""

log = []


def say(x):
    log.append(x)
    return x


m = map(say, [1, 2, 3])
log.append("made")
print(next(m), log, list(m), log)
z = zip([1, 2, 3], map(say, "ab"))
print(list(z), log[-2:])
short = iter([1, 2, 3])
print(list(zip([1], short)), next(short), list(zip(iter([9, 8, 7]), [1])))
f = filter(lambda x: say(x) > 1, [1, 2, 3])
print(next(f), log[-2:], list(f))
print(any(map(say, [0, 5, 6])), log[-2:], all(map(say, [1, 0, 7])), log[-2:])
e = enumerate(iter("ab"), -1)
print(next(e), list(e), list(enumerate([], 5)))
r = reversed([1, 2, 3])
print(next(r), list(r), list(reversed((1, 2))), list(reversed({"a": 1, "b": 2})), "".join(reversed("abc")))
print(list(map(pow, [2, 3], [3, 2])), list(map(str, range(3))), list(map(None.__class__.__name__.__class__, [1])), list(filter(str.isalpha, "a1b")), list(filter(None, (0, "", "x", [], [0]))))
print(sum(map(len, ["a", "bb"])), max(map(abs, [-3, 2])), min(zip([2, 1], "ab")), sorted(map(lambda x: -x, range(3))), dict(map(lambda k: (k, k * 2), "ab")), set(filter(lambda x: x % 2, range(5))))
for code in ("next(map(lambda x: 1 / x, [0]))", "list(map(lambda x: x, [1], 5))", "list(filter(lambda x, y: 1, [1]))", "list(map(lambda: 1, [1]))", "zip([1], 5)", "enumerate([1], 'a')", "enumerate()", "reversed(iter([]))", "map(1)", "filter(1)", "list(zip([1], [2, 3], strict=True))",
             "zip(foo=1)", "next(zip())", "list(map(int, 'a1'))", "any(5)", "all(None)", "sum('ab')", "min(x for x in ())", "any([1], [2])"):
    try:
        print(code, eval(code))
    except Exception as error:
        print(code, type(error).__name__, error)


def stops(x):
    if x == 3:
        raise StopIteration("leaks out of map")
    return x


print(list(map(stops, range(10))), [x for x in map(stops, range(10))])


class Weird:
    """max and min compare through the class's methods."""

    def __init__(self, v):
        self.v = v

    def __gt__(self, other):
        return self.v > other.v

    def __lt__(self, other):
        return self.v < other.v


print(max([Weird(1), Weird(3), Weird(2)]).v, min(Weird(5), Weird(4)).v, max("a", "bb", key=len), max([1, 1.0, True]), min([0.0, -0.0, 0]), max([], default="d"), max((2, "a"), (1, "b")))


def hot(n):
    total = 0
    words = ["a", "bb", "ccc"]
    for i in range(n):
        total += sum(map(len, words))
        total += sum(x * y for x, y in zip(range(5), (i, 1, 2.5)))
        for k, w in enumerate(words):
            total += k * len(w)
        if any(x == i % 7 for x in (1, 3, 5)):
            total += 1
        if all(map(lambda x: x < i, (1, 2, 3))):
            total += max(words, key=lambda w: (len(w), w)) == "ccc"
        total += len(list(filter(None, [i % 2, i % 3, i % 5])))
        for x in reversed(words):
            total += ord(x[0])
        if i == n // 2:
            words = ["dddd", "e"]
    return total


def long_chains(n):
    numbers = range(n)
    doubled = map(lambda x: x * 2, numbers)
    odd = filter(lambda x: x % 3, doubled)
    pairs = zip(odd, enumerate(iter(range(n))))
    total = 0
    for a, (b, c) in pairs:
        total += a - b * c % 7
        if a == n:
            total += 0.5
    return total


def callback_raises(n):
    def risky(x):
        if x % 10 == 9:
            raise ValueError(x)
        return x
    total = errors = 0
    for i in range(n):
        try:
            total += sum(map(risky, range(i % 15)))
        except ValueError as error:
            errors += error.args[0]
    return total, errors


print(hot(2000), long_chains(4000), callback_raises(2000))
