"""Items of builtin containers in hot loops: lookups that compiled code does without Python code, until a key or an object appears
whose comparison is written in Python, whose value dies, or that is not there."""
import math


class Odd:
    """Equal to the int of its number, with the same hash, and tells when it is asked."""
    asked = 0

    def __init__(self, number):
        self.number = number

    def __hash__(self):
        return hash(self.number)

    def __eq__(self, other):
        Odd.asked += 1
        return self.number == other


class Plain:
    """Equal to itself only."""


class Died:
    count = 0

    def __del__(self):
        Died.count += 1


def counting(n):
    table = {}
    for i in range(n):
        table[i % 7] = table.get(i % 7, 0) + 1
    table[Odd(3)] = 100
    for i in range(n):
        table[i % 9] = table.get(i % 9, 0) + 1
    return sorted((int(k.number if isinstance(k, Odd) else k), v) for k, v in table.items()), Odd.asked > 0


def odd_keys(n):
    Odd.asked = 0
    table = {Odd(i): i for i in range(5)}
    total = 0
    for i in range(n):
        if i % 5 in table:
            total += table[i % 5]
        table[i % 5] = i
    return total, Odd.asked >= n, sorted(table.values())


def tuples(n):
    seen, table = set(), {}
    for i in range(n):
        key = (i % 11, "k" + str(i % 3))
        if key in seen:
            table[key] += 1
        else:
            seen.add(key)
            table[key] = 0
    return len(seen), sum(table.values()), (1, "k1") in table, (1, Plain()) in table


def objects(n):
    items = [Plain() for _ in range(8)]
    table = {p: 0 for p in items}
    for i in range(n):
        table[items[i % 8]] += i
    return list(table.values()), Plain() in table


def dying_values(n):
    Died.count = 0
    table = {}
    alive = []
    for i in range(n):
        table[i % 4] = Died()
        alive.append(Died.count)
    before = Died.count
    table.clear()
    return before, Died.count, alive[3], alive[4], alive[-1]


def kept_value(n):
    table = {"x": [0]}
    total = 0
    for i in range(n):
        old = table["x"]
        table["x"] = [i]
        old.append(i)
        total += len(old)
    return total, table


def not_there(n):
    table = {i: i for i in range(0, n, 2)}
    missing = found = 0
    for i in range(n):
        try:
            found += table[i]
        except KeyError as e:
            missing += e.args[0]
    return missing, found


class Missing(dict):
    def __missing__(self, key):
        self[key] = value = key * 2
        return value


class Logged(dict):
    writes = 0

    def __setitem__(self, key, value):
        Logged.writes += 1
        dict.__setitem__(self, key, value)


def subclasses(n):
    missing, logged, total = Missing(), Logged(), 0
    for i in range(n):
        total += missing[i % 10]
        logged[i % 3] = i
    return total, len(missing), Logged.writes, dict(logged)


def changed_class(n):
    class Store(dict):
        pass
    store = Store(a=1)
    total = 0
    for i in range(n):
        total += store["a"]
        if i == n // 2:
            Store.__getitem__ = lambda self, key: 1000
    return total


def text(n):
    s, vowels, total, out = "the quick brown fox_\xe9", 0, 0, ""
    for i in range(n):
        c = s[i % len(s)]
        if c in "aeiou":
            vowels += 1
        if "a" <= c <= "m":
            total += ord(c)
        elif c == " " or c == "\xe9":
            total -= 1
        else:
            out += chr((ord(c) + i) % 256)
        total += len(s[i % 5:-2]) + s[-1 - i % 3].isalpha()
    return vowels, total, len(out), out[-20:], s[::-2]


def wide(n):
    s, total = "a\u20acb\U0001f600c", 0
    for i in range(n):
        if s[i % 5] > "b":
            total += 1
        if s[i % 5] == "\u20ac":
            total += ord(s[i % 5])
    return total


def changing_width(n):
    texts, total = ["abc", "d\u20acf", "ghi"], 0
    for i in range(n):
        t = texts[i // (n // 3 + 1)]
        total += t[i % 3] < "e"
        total += ord(t[1])
    return total


def strings(n):
    total, parts = 0, []
    for i in range(n):
        word = f"w{i % 13}"
        if word.startswith("w1") and word.isalnum():
            total += word.find("2")
        parts.append(word.upper())
        if len(parts) == 20:
            total += len("-".join(parts).split("W"))
            parts.clear()
    return total


def join_changes(n):
    lists, total = [["a", "b"], ["c", "d"], ["e", 5]], 0
    for i in range(n):
        try:
            total += len(",".join(lists[0 if i < n - 10 else 2]))
        except TypeError as e:
            total += len(str(e))
    return total


class Index:
    calls = 0

    def __index__(self):
        Index.calls += 1
        return 2


def index_argument(n):
    starts, total = [1, 1, Index()], 0
    for i in range(n):
        total += "abcabcabc".find("c", starts[0 if i < n - 5 else 2])
        total += len("abcdef"[starts[0 if i < n - 5 else 2]:])
    return total, Index.calls


def stack(n):
    items, total = [1, 2, 3], 0
    for i in range(n):
        items.append(i)
        items.append(i * 2)
        total += items.pop()
        total += items.pop(0)
    return total, len(items), items[:3]


def pop_objects(n):
    Died.count = 0
    items = []
    for i in range(n):
        items.append(Died())
        if len(items) > 3:
            items.pop(1)
    return Died.count, len(items)


class Liar:
    @property
    def __class__(self):
        return int


class Meta(type):
    def __instancecheck__(cls, other):
        return other == 3


class Hooked(metaclass=Meta):
    pass


def checks(n):
    values = [1, True, 2.5, "s", None, [1], (2,), 10 ** 20, Plain(), Liar(), 3]
    counts = [0] * 7
    for i in range(n):
        v = values[i % len(values)]
        counts[0] += isinstance(v, int)
        counts[1] += isinstance(v, (str, list))
        counts[2] += isinstance(v, Plain)
        counts[3] += isinstance(v, Hooked)
        counts[4] += type(v) is int
        counts[5] += bool(v) if not isinstance(v, Liar) else 0
        counts[6] += isinstance(v, object)
    return counts


def becomes_subclass(n):
    class Base:
        pass

    class Other:
        pass
    o = Other()
    total = 0
    for i in range(n):
        total += isinstance(o, Base)
        if i == n // 2:
            o.__class__ = Base
    return total


def numbers(n):
    total = 0.0
    for i in range(1, n):
        x = i / 7
        total += math.sin(x) + math.log(x) + math.atan2(x, 2) + math.floor(x) + math.ceil(-x) + round(x) + int(x) + float(i)
        total -= math.trunc(-x)
    return repr(total)


def number_errors(n):
    wrong, total = 0, 0
    values = [1.0, 2.0, 0.0, float("inf"), float("nan"), -1.0, 1e308]
    for i in range(n):
        v = values[i % 2 if i < n - 20 else i % 7]
        for f in (math.log, math.exp, math.floor, round, int):
            try:
                total += f(v) < 100
            except (ValueError, OverflowError) as e:
                wrong += len(str(e))
    return wrong, total


def objects_made(n):
    """Operations on builtin values, until an operand of a class of its own comes."""
    class Mine:
        asked = 0

        def __rmod__(self, other):
            Mine.asked += 1
            return "mine"

        def __str__(self):
            Mine.asked += 1
            return "me"

        def __abs__(self):
            return 7

        def __format__(self, spec):
            Mine.asked += 1
            return "<" + spec + ">"

        def __mul__(self, other):
            return 3

        __rmul__ = __add__ = __radd__ = __mul__
    values = [3, 2.5, 1j, "s", Mine()]
    total, out = 0, []
    for i in range(n):
        v = values[i % 3 if i < n - 50 else i % 5]
        a = v * 2
        if v is not values[3]:
            total += abs(a)
        b = "%s|" % v
        out.append(b + f"{v!s:>6}" + str(v))
        if len(out) > 9:
            out = out[5:] + ["x"] * (i % 2)
        c = (i, v) + (1,)
        total += len(c * 2)
    return repr(total), out, Mine.asked


def big_ints(n):
    total, x = 0, 3 ** 80
    for i in range(n):
        x = (x * x + i) % (10 ** 60 + 7)
        total ^= x >> (i % 9)
        q, r = divmod(x, 10 ** 9 + i)
        total += hash(q) % 7 + len(hex(r)) + pow(i, 3) + int(str(r)[:5])
    return total


def conversions_fail(n):
    values, wrong, total = ["12", "x", "1.5"], [], 0
    for i in range(n):
        v = values[0 if i < n - 30 else i % 3]
        try:
            total += int(v) + float(v)
        except ValueError as e:
            wrong.append(str(e))
    return total, len(wrong), sorted(set(wrong))


for function in (counting, odd_keys, tuples, objects, dying_values, kept_value, not_there, subclasses, changed_class, text, wide,
                 changing_width, strings, join_changes, index_argument, stack, pop_objects, checks, becomes_subclass, numbers, number_errors, objects_made, big_ints,
                 conversions_fail):
    print(function.__name__, function(3000))
