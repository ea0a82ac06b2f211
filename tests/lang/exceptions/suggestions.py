# krait: stderr=full
# krait: fails
"""Suggestions of the default excepthook, and what they are made from: names and objects of AttributeErrors."""

import sys


class A:
    blech = None
    blach = None

    def __getattr__(self, name):
        raise AttributeError("mine")


class B:
    @property
    def failing(self):
        raise AttributeError("from the property")

    @property
    def told(self):
        raise AttributeError("told", name="other", obj=5)


class C:
    blucha = None
    bluc = None


class Slots:
    __slots__ = ("first", "second")

    def __getattribute__(self, name):
        return super().__getattribute__(name)


for make, name in [(A, "bluch"), (B, "failing"), (B, "told"), (C, "bluch"), (Slots, "firs"), (Slots, "first"), (int, "reel"), (lambda: sys, "stdot")]:
    try:
        getattr(make(), name)
    except AttributeError as e:
        print(e.args, e.name, type(e.obj).__name__)
        sys.__excepthook__(*sys.exc_info())


def names():
    counter = 1
    if counter > 5:
        unbound = 2
    for text in ("countr", "unboud", "lenn", "sy", "zzz"):
        try:
            eval(text)
        except NameError as e:
            sys.__excepthook__(type(e), e, e.__traceback__.tb_next)
        try:
            exec(f"def f():\n  {text}_ = 1\n  del {text}_\n  {text}\nf()")
        except NameError as e:
            sys.__excepthook__(type(e), e, e.__traceback__.tb_next)


names()


class Body:
    attribute = 1
    try:
        atribute
    except NameError as e:
        sys.__excepthook__(type(e), e, e.__traceback__)


C().bluch
