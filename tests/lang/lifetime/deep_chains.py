# krait: skip-cpython
"""Iterators wrapped in iterators and structures nested far deeper than the stack: an error or an answer, never the end of the process."""

import collections
import copy
import functools
import gc
import itertools
import marshal
import operator
import types


def deep(make, n=100000):
    x = make(None)
    for _ in range(n):
        x = make(x)
    return x


first = [1]
wrappers = {
    "map": lambda x: map(abs, x or first),
    "filter": lambda x: filter(None, x or first),
    "enumerate": lambda x: enumerate(x or first),
    "zip": lambda x: zip(x or first),
    "chain": lambda x: itertools.chain(x or first),
    "islice": lambda x: itertools.islice(x or first, 5),
    "takewhile": lambda x: itertools.takewhile(bool, x or first),
    "accumulate": lambda x: itertools.accumulate(x or first),
    "cycle": lambda x: itertools.cycle(x or first),
    "compress": lambda x: itertools.compress(x or first, itertools.repeat(1)),
    "pairwise": lambda x: itertools.pairwise(x or first),
    "zip_longest": lambda x: itertools.zip_longest(x or first),
    "groupby": lambda x: itertools.groupby(x or first),
    "tee": lambda x: itertools.tee(x or first)[0],
}
for name, make in wrappers.items():
    iterator = deep(make)
    try:
        next(iterator)
    except (RecursionError, StopIteration, TypeError):
        pass
    del iterator
    gc.collect()
    print(name)

holders = {
    "partial": lambda x: functools.partial(operator.not_, x),
    "property": property,
    "slice": slice,
    "deque": lambda x: collections.deque([x]),
    "exception": ValueError,
    "tuple": lambda x: (x,),
    "namespace": lambda x: types.SimpleNamespace(x=x),
    "proxy": lambda x: types.MappingProxyType({1: x}),
    "method": lambda x: types.MethodType(print, [x]),
    "cell": types.CellType,
}
for name, make in holders.items():
    x, y = deep(make, 50000), deep(make, 50000)
    for f in (repr, hash, lambda v: v == y, lambda v: v < y):
        try:
            f(x)
        except (RecursionError, TypeError):
            pass
    del x, y
    gc.collect()
    print(name)

nested = []
for _ in range(50000):
    nested = [nested]
for f in (copy.deepcopy, marshal.dumps, lambda v: sorted([v, v])):
    try:
        f(nested)
    except (RecursionError, ValueError):
        pass
print("done")
