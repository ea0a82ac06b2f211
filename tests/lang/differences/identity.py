# krait: skip-cpython
"""docs/differences.md, identity: numbers are identical when they are equal numbers of one type, NaNs included."""

import math
import sys


def pair(text, type):
    return type(text), type(text)


def same(n):
    """The same answers from compiled code."""
    a, b = pair("12345", int)
    x, y = pair("1.5", float)
    found = 0
    for _ in range(n):
        found += (a is b) + (x is y) + (id(x) == id(y))
    return found


a, b = pair("12345", int)
print("equal ints are identical:", a is b, id(a) == id(b))
a, b = pair("9" * 40, int)
print("big ones too:", a is b)
a, b = pair("1.5", float)
print("equal floats are identical:", a is b, id(a) == id(b))
print("0.0 and -0.0 are not:", float("0.0") is float("-0.0"))
print("1 and 1.0 are not:", int("1") is float("1"))
print("in hot code:", same(5000))

nan, other = pair("nan", float)
print("any two NaNs are identical, and still not equal:", nan is other, nan == other, math.isnan(nan))
print("so containers find one NaN by another:", nan in [other], [nan] == [other], [nan].index(other), [nan].count(other))
print("and keep one:", len({nan, other}), {nan: 1}.get(other), hash(nan) == hash(other))

immediate = sys.getrefcount(None)
print("the count of what is not on the heap, or never dies:", immediate)
print([sys.getrefcount(v) == immediate for v in (0, 12345, 1.5, True, ..., (), "a", int, NotImplemented)])
print("other objects are counted:", sys.getrefcount([]), sys.getrefcount(int("9" * 40)))
