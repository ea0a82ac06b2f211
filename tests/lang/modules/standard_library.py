"""The standard library's own modules that programs lean on: collections, functools, itertools, heapq, bisect, operator, string, json, re."""

import bisect
import collections
import copy
import functools
import heapq
import itertools
import operator
import string

Point = collections.namedtuple("Point", "x y", defaults=[0])
p = Point(1, 2)
print(p, p.x + p.y, p._replace(x=5), Point(3), p._asdict(), Point._fields, p == (1, 2))
counter = collections.Counter("abracadabra")
print(counter.most_common(3), counter["z"], sum(counter.values()), (counter + collections.Counter("aaa"))["a"], sorted(counter.elements())[:4])
queue = collections.deque([1, 2, 3], maxlen=4)
queue.extend([4, 5])
queue.appendleft(0)
queue.rotate(1)
print(queue, queue.popleft(), queue.pop(), len(queue), list(reversed(queue)))
groups = collections.defaultdict(list)
for word in "the quick brown fox jumps over the lazy dog".split():
    groups[len(word)].append(word)
print(dict(groups), collections.OrderedDict(a=1, b=2), collections.ChainMap({"a": 1}, {"b": 2})["b"])


@functools.lru_cache(maxsize=None)
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


@functools.wraps(fib)
def wrapped():
    pass


print(fib(90), fib.cache_info(), wrapped.__name__, functools.reduce(operator.add, range(10)), functools.partial(int, base=2)("101"), sorted([3, 1, 2], key=functools.cmp_to_key(lambda a, b: b - a)))


@functools.total_ordering
class Version:
    def __init__(self, n):
        self.n = n

    def __eq__(self, other):
        return self.n == other.n

    def __lt__(self, other):
        return self.n < other.n


print(Version(1) >= Version(0), Version(1) <= Version(1))


@functools.singledispatch
def kind(x):
    return "object"


kind.register(int, lambda x: "int")
kind.register(list, lambda x: "list")
print(kind(5), kind([]), kind("s"), kind(True))
print(list(itertools.chain([1], "ab")), list(itertools.islice(itertools.count(5), 3)), list(itertools.permutations([1, 2, 3], 2)), list(itertools.combinations("abc", 2)), list(itertools.product([0, 1], repeat=2)), list(itertools.accumulate([1, 2, 3], operator.mul)))
print([(k, list(g)) for k, g in itertools.groupby("aabbbc")], list(itertools.zip_longest([1], [2, 3])), list(itertools.takewhile(lambda x: x < 3, [1, 2, 3, 1])), list(itertools.starmap(pow, [(2, 3)])), list(itertools.pairwise("abc")), list(itertools.compress("abc", [1, 0, 1])), list(itertools.repeat(1, 3)))
heap = [5, 1, 4]
heapq.heapify(heap)
heapq.heappush(heap, 0)
print([heapq.heappop(heap) for _ in range(4)], heapq.nlargest(2, [1, 5, 3]), heapq.nsmallest(2, [3, 1, 2]), list(heapq.merge([1, 4], [2, 3])))
print(bisect.bisect([1, 2, 2, 3], 2), bisect.bisect_left([1, 2, 2, 3], 2), string.ascii_lowercase[:5], string.Template("$a b").substitute(a=1), copy.deepcopy({"a": [1, {2}]}), copy.copy([1, 2]))
print(operator.itemgetter(1, 0)("ab"), operator.attrgetter("x")(p), operator.methodcaller("upper")("a"), operator.index(5))

import enum
import dataclasses
import json
import re


class Colour(enum.Enum):
    RED = 1
    GREEN = enum.auto()


@dataclasses.dataclass(order=True)
class Item:
    name: str
    price: float = 1.5
    tags: list = dataclasses.field(default_factory=list)


print(Colour.RED, Colour(2), Colour["RED"].value, list(Colour), Item("a"), Item("a") < Item("b"), dataclasses.asdict(Item("x", 2)))
print(json.dumps({"a": [1, 2.5, None, True, "é\n"]}, sort_keys=True), json.loads('{"k": [1, -2.5e3, "x\\u00e9", null]}'), json.dumps([1], indent=2))
print(re.findall(r"\b(\w)(\w*)", "hello big world"), re.sub(r"(\d+)", lambda m: str(int(m[1]) * 2), "a1b22"), re.match(r"(?P<y>\d{4})-(\d\d)", "2024-05").groupdict(), re.split(r"[,;]\s*", "a, b;c"))


def hot(n):
    total = 0
    recent = collections.deque(maxlen=10)
    heap = []
    for i in range(n):
        recent.append(i)
        heapq.heappush(heap, (i * 7919) % 101)
        if len(heap) > 20:
            total += heapq.heappop(heap)
        total += sum(itertools.islice(recent, 3)) + Point(i, 1).x
        counter[i % 5] += 1
    return total, counter[3], fib(i % 50)


print(hot(2000))

# Paths are text: normpath takes surrogates of every kind as they are.
import os.path
print([ascii(os.path.normpath(path)) for path in ("\ud800/../\udcff", "a/\udfff//b/.", "\u00e9/..", "//x")])
