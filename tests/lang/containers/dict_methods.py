"""dict: every method, order of insertion, views, merging, errors; hashing of equal keys of different types."""


def attempt(text):
    try:
        print(text, "=", repr(eval(text, {"d": {"a": 1, "b": 2}})))
    except Exception as error:
        print(text, "!", type(error).__name__ + ":", error)


for text in """
{}
dict()
dict(a=1, b=2)
dict([('a', 1), ('b', 2)])
dict({'a': 1}, b=2)
dict([1])
dict([(1, 2, 3)])
dict(['ab', 'cd'])
dict(5)
dict({}, {})
dict(zip('ab', range(2)))
dict.fromkeys('abc')
dict.fromkeys([1, 2], 0)
dict.fromkeys(5)
{1: 'a', 1.0: 'b', True: 'c'}
{'a': 1, **{'b': 2}, 'a': 3}
{**5}
{**[('a', 1)]}
d['a']
d['x']
d[1]
d[[]]
d.get('a')
d.get('x')
d.get('x', 5)
d.get([])
d.get()
d.pop('a')
d.pop('x')
d.pop('x', None)
d.pop()
d.popitem()
{}.popitem()
d.setdefault('a', 9)
d.setdefault('x')
d.setdefault('x', 9)
d.update({'b': 3, 'c': 4})
d.update([('c', 4)], e=5)
d.update(5)
d.update([5])
d.update('ab')
d.update({}, {})
d.copy()
d.clear()
d.keys()
d.values()
d.items()
list(d)
list(d.items())
list(reversed(d))
list(reversed(d.items()))
'a' in d
1 not in d
[] in d
len(d)
d == {'b': 2, 'a': 1}
d == {'a': 1}
d != {}
d < {}
d | {'c': 3}
d | [('c', 3)]
d | 5
{'x': 1} | {'x': 2}
d + {}
hash(d)
bool({})
max(d)
sorted(d, reverse=True)
sum(d.values())
d.keys() & {'a', 'z'}
d.keys() | ['z']
d.keys() - {'a'}
d.keys() ^ {'a', 'z'}
d.keys() == {'a', 'b'}
d.keys() < {'a', 'b', 'c'}
d.keys().isdisjoint({'z'})
d.items() & {('a', 1)}
d.items() == {'a': 1, 'b': 2}.items()
d.values() == d.values()
('a', 1) in d.items()
1 in d.values()
d.keys()[0]
d.keys().mapping
d.nothing
d()
{k: v for k, v in d.items()}
{v: k for k, v in d.items()}
{[]: 1}
{**{'a': 1}, 'b': 2}
repr({'a': {'b': []}, (1,): None})
str({})
type({}.keys()), type({}.values()), type({}.items())
""".strip().splitlines():
    attempt(text)

d = {}
for i in range(10):
    d[i] = i * i
del d[3], d[0]
d[3] = "again"
d[0] = "zero"
print(d, list(d), d.popitem(), d)
d.update(d)
d |= {"x": 1}
d |= [("y", 2)]
print(d)
keys = d.keys()
d["late"] = 1
print(len(keys), list(keys)[-1], keys)
recursive = {}
recursive["self"] = recursive
print(recursive)
print({1: "int"}[1.0], {1: "int"}[True], {2**70: 1}[2.0**70], {0.0: "z"}[-0.0], {"a": 1}["".join(["a"])])


class Key:
    def __init__(self, name, hash_value):
        self.name, self.hash_value = name, hash_value

    def __hash__(self):
        return self.hash_value

    def __eq__(self, other):
        return isinstance(other, Key) and self.name == other.name

    def __repr__(self):
        return f"Key({self.name})"


collide = {Key(str(i), i % 3): i for i in range(30)}
print(collide[Key("17", 2)], len(collide), Key("17", 1) in collide, list(collide)[:3])
for i in range(0, 30, 2):
    del collide[Key(str(i), i % 3)]
print(list(collide.values()))


class Default(dict):
    def __missing__(self, key):
        self[key] = value = len(self)
        return value


missing = Default()
print(missing["a"], missing["b"], missing["a"], missing, missing.get("zzz"), type(missing.copy()), missing | {"c": 1}, type(missing | {}))

for text in ("for k in d: d[k + 'x'] = 1", "for k in d: del d[k]", "for k, v in d.items(): d.pop(k)", "for k in d: d.clear()", "for v in d.values(): d['new'] = 1"):
    d = {"a": 1, "b": 2, "c": 3}
    try:
        exec(text, {"d": d})
        print(text, "ended", d)
    except RuntimeError as error:
        print(text, error, d)
d = {"a": 1, "b": 2}
for k in d:
    d[k] += 10
for k in list(d):
    del d[k]
print(d)


def count_words(n):
    words = "the quick brown fox jumps over the lazy dog the end".split()
    counts = {}
    for i in range(n):
        word = words[i * 7 % len(words)]
        counts[word] = counts.get(word, 0) + 1
        if word in counts and counts[word] % 100 == 0:
            counts[word] += 1
    return counts


def keys_change_type(n):
    table = {}
    misses = 0
    for i in range(n):
        key = i % 20 if i < n // 3 else str(i % 20) if i < 2 * n // 3 else (i % 20, i % 2)
        try:
            table[key] += 1
        except KeyError as error:
            misses += 1
            table[error.args[0]] = 1
    return len(table), misses, sum(table.values())


def fill_and_empty(n):
    table = {}
    total = 0
    for i in range(n):
        table[i] = i
        if i % 3 == 0:
            total += table.pop(i // 3, 0)
        if i % 500 == 499:
            total += len(table)
            while len(table) > 10:
                total += table.popitem()[1]
    return total, len(table)


def memo(n):
    cache = {}

    def steps(x):
        if x == 1:
            return 0
        if x not in cache:
            cache[x] = 1 + steps(x // 2 if x % 2 == 0 else 3 * x + 1)
        return cache[x]

    return max(steps(i) for i in range(1, n)), len(cache)


def walk(n):
    table = {str(i): i for i in range(30)}
    total = 0
    for i in range(n // 30):
        for key, value in table.items():
            total += len(key) * value
        for key in table:
            table[key] += 1
        for value in table.values():
            total -= value
    return total


print(count_words(3000), keys_change_type(3000), fill_and_empty(3000), memo(600), walk(3000))
