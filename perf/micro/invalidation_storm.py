"""Assumptions that break regularly while hot loops depend on them: globals, class attributes, methods, a builtin.

A compiler that assumes, compiles, invalidates and assumes again at each change spends its time compiling.

usage: invalidation_storm.py [N]
"""

import sys

step = 1
unrelated = 0


class Counter:
    factor = 2

    def __init__(self):
        self.value = 0

    def bump(self):
        self.value += self.factor


class Child(Counter):
    pass


def bump_by_three(self):
    self.value += 3


def global_changes(n):
    """A global that a hot loop reads is rebound every 1000 iterations."""
    global step
    total = 0
    for i in range(n):
        total += step
        if i % 1000 == 999:
            step = step % 7 + 1
    return total


def class_attribute_changes(n):
    counter = Child()
    for i in range(n):
        counter.bump()
        if i % 1000 == 999:
            Counter.factor = Counter.factor % 5 + 1
    Counter.factor = 2
    return counter.value


def method_changes(n):
    original = Counter.bump
    counter = Child()
    for i in range(n):
        counter.bump()
        if i % 2000 == 999:
            Counter.bump = bump_by_three
        elif i % 2000 == 1999:
            Counter.bump = original
    Counter.bump = original
    return counter.value


def builtin_is_shadowed(n):
    """A global named like a builtin comes and goes."""
    global len
    items = [1, 2, 3]
    total = 0
    for i in range(n):
        total += len(items)
        if i % 2000 == 999:
            len = type(items).__len__
        elif i % 2000 == 1999:
            del len
    globals().pop("len", None)
    return total


def classes_are_made(n):
    """New classes with the same code, so that the types that a loop sees never settle."""
    total = 0
    for i in range(n // 1000):
        class Fresh(Counter):
            factor = i
        fresh = Fresh()
        for _ in range(1000):
            fresh.bump()
        total += fresh.value
    return total


def neighbours_change(n):
    """Another name in the same namespace changes at each iteration; the loop's own assumptions hold."""
    global unrelated
    total = 0
    for i in range(n):
        unrelated = i
        total += step + unrelated
    return total


def main():
    global step
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 3000000
    step = 1
    print(global_changes(n), class_attribute_changes(n), method_changes(n))
    print(builtin_is_shadowed(n), classes_are_made(n), neighbours_change(n))


if __name__ == "__main__":
    main()
