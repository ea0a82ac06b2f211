# krait: stderr=full
"""Tracebacks printed by sys.excepthook for one expression of each kind: which columns the carets mark."""

import sys


class Thing:
    def __getattr__(self, name):
        raise AttributeError(name)

    def __add__(self, other):
        raise TypeError("add")

    def __getitem__(self, key):
        raise KeyError(key)

    def __call__(self, *args):
        raise RuntimeError("called")


t = Thing()
x = {"a": {"b": None}}


def binary():
    return 1 + (2 * t + 5) - 3


def division(a, b):
    return (a + 1) / (b - b)


def subscript():
    return x["a"]["b"]["c"]["d"]


def attribute():
    return t.first.second.third


def call():
    return len(str(t(1, 2)) + "x")


def whole_line():
    raise ValueError("whole line")


def long_call():
    return t(
        1,
        2,
    )


def comparison():
    return 1 < t < "a" < 5


def unpack():
    a, b = 1, 2, 3


def comprehension():
    return [1 / y for y in (1, 0)]


def nested():
    return (lambda v: v.missing)(5)


def unicode():
    return "äöü€" + t["ключ"] + "😀"


def for_loop():
    for each in 5:
        pass


def with_statement():
    with 5 as five:
        pass


def assertion():
    assert x == {}, "not empty"


def delete():
    del x["nope"]


def store():
    x["a"]["b"]["c"] = 5


def augmented():
    t.value += 1


def keyword():
    return print(1, sepp=2)


def formatted():
    return f"{t.nope!r:>{5}} and {1/0}"


def import_fails():
    from sys import nothing_like_this


def condition():
    return 1 if t.flag else 2


for function in (binary, lambda: division(1, 2), subscript, attribute, call, whole_line, long_call, comparison, unpack, comprehension, nested, unicode, for_loop, with_statement, assertion, delete, store, augmented, keyword,
                 formatted, import_fails, condition):
    try:
        function()
    except Exception:
        sys.excepthook(*sys.exc_info())
