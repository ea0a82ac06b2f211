"""Special methods that are properties which fail: some operations report that, others take it for absence."""

import copy
import math
import operator
import re
import sys
class It:
    def booh(self): raise AttributeError("b")
    __iter__ = property(booh)
    def __getitem__(self, i):
        if i > 3: raise IndexError
        return i
class R:
    def booh(self): raise AttributeError("b")
    __repr__ = property(booh)
    __hash__ = property(booh)
    __bool__ = property(booh)
    __len__ = property(booh)
    __contains__ = property(booh)
    __call__ = property(booh)
    __add__ = property(booh)
    __radd__ = property(booh)
    __enter__ = property(booh)
    __eq__ = __lt__ = property(booh)
    __index__ = __int__ = __float__ = __complex__ = property(booh)
    __next__ = property(booh)
    __format__ = __dir__ = __sizeof__ = __reduce_ex__ = property(booh)
    __reversed__ = property(booh)
    __length_hint__ = property(booh)
    __round__ = __trunc__ = __floor__ = property(booh)
    __instancecheck__ = property(booh)
    __divmod__ = property(booh)
    __pow__ = property(booh)
    __iadd__ = property(booh)
    __getitem__ = __setitem__ = __delitem__ = property(booh)
def t(f):
    try: r = f(); print("ok", str(r)[:30].split(' at ')[0])
    except Exception as e: print(type(e), e)
r = R()
def iadd():
    global r
    r += 1
def w():
    with r: pass
for f in [lambda: list(It()), lambda: 1 in It(), lambda: repr(r), lambda: hash(r), lambda: bool(r), lambda: len(r), lambda: 1 in r, lambda: r(), lambda: r+1, lambda: 1+r, w,
   lambda: r==r, lambda: r<r, lambda: operator.index(r), lambda: int(r), lambda: float(r), lambda: complex(r), lambda: next(r), lambda: format(r), lambda: dir(r), lambda: reversed(r), lambda: operator.length_hint(r),
   lambda: round(r), lambda: math.trunc(r), lambda: math.floor(r), lambda: isinstance(1, r), lambda: divmod(r, 1), lambda: r**2, lambda: pow(r,2,3), iadd, lambda: r[1], lambda: operator.setitem(r,1,2), lambda: operator.delitem(r,1), lambda: list(r), lambda: __import__('copy').copy(r), lambda: __import__('sys').getsizeof(r)]:
    t(f)


# Iteration by subscripts is for sequences: not for matches, but for classes whose metaclass has __getitem__.
match = re.match("a", "a")
for f in [iter, list, reversed, lambda m: 1 in m]:
    t(lambda: f(match))


class Meta(type):
    def __getitem__(cls, i):
        if i > 2:
            raise IndexError
        return i


class Subscripted(metaclass=Meta):
    pass


print(list(Subscripted), 2 in Subscripted)
for f in [iter, list, reversed, lambda c: 1 in c]:
    t(lambda: f(int))
