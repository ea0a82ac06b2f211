# krait: stderr=full
# krait: fails
"""A traceback of a deep recursion is shortened in the middle, by the number of repetitions."""

import sys


def down(n):
    if n == 0:
        raise ValueError("bottom")
    return down(n - 1) + 1


for _ in range(50):
    try:
        down(30)
    except ValueError:
        pass


def a(n):
    return b(n)


def b(n):
    if n == 0:
        return down(6)
    return a(n - 1)


try:
    a(8)
except ValueError:
    sys.excepthook(*sys.exc_info())
sys.setrecursionlimit(300)


def forever():
    return forever()


forever()
