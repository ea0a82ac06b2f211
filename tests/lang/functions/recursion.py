"""Recursion: of every shape, with floats, through methods, closures and generators; and RecursionError, caught and gone on from."""

import sys


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def float_fib(n):
    return n if n < 2 else float_fib(n - 1) + float_fib(n - 2.0)


def tak(x, y, z):
    return z if y >= x else tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y))


def hanoi(n, a="a", b="b", c="c"):
    return 0 if n == 0 else hanoi(n - 1, a, c, b) + 1 + hanoi(n - 1, c, b, a)


def even(n):
    return True if n == 0 else odd(n - 1)


def odd(n):
    return False if n == 0 else even(n - 1)


def permutations(items):
    if not items:
        return [[]]
    return [[item] + rest for i, item in enumerate(items) for rest in permutations(items[:i] + items[i + 1:])]


def queens(n, row=0, columns=0, left=0, right=0):
    if row == n:
        return 1
    count = 0
    for column in range(n):
        bit = 1 << column
        if not (columns & bit or left & bit or right & bit):
            count += queens(n, row + 1, columns | bit, (left | bit) << 1, (right | bit) >> 1)
    return count


def flatten(tree):
    for item in tree:
        if isinstance(item, list):
            yield from flatten(item)
        else:
            yield item


def changes_type(n):
    if n <= 0:
        return 0
    if n % 7 == 0:
        return changes_type(n - 1) + 0.5
    if n % 11 == 0:
        return changes_type(n - 1.0) + 2**60
    return changes_type(n - 1) + 1


def raises_at_the_bottom(n):
    if n == 0:
        raise KeyError("bottom")
    try:
        return raises_at_the_bottom(n - 1)
    finally:
        depths.append(n)


def catches_half_way(n):
    if n == 0:
        raise ValueError("deep")
    if n % 10 == 5:
        try:
            return catches_half_way(n - 1)
        except ValueError:
            return n
    return catches_half_way(n - 1) + 1


class Node:
    def __init__(self, depth):
        self.children = [Node(depth - 1) for _ in range(2)] if depth else []

    def total(self):
        return 1 + sum(child.total() for child in self.children)

    def deepest(self):
        return 1 + max((child.deepest() for child in self.children), default=0)


print(fib(18), float_fib(15), float_fib(15.0), tak(8, 4, 2), hanoi(9), even(700), odd(701), len(permutations([1, 2, 3, 4, 5])), queens(6))
print(list(flatten([1, [2, [3, [4, []], 5]], [[[6]]]])), changes_type(300), Node(7).total(), Node(5).deepest())
depths = []
for _ in range(20):
    try:
        raises_at_the_bottom(50)
    except KeyError as error:
        message = error.args
print(message, len(depths), depths[:3], [catches_half_way(n) for n in range(5, 40, 6)])


def down(n):
    return 1 + down(n + 1)


def depth_reached(function):
    """How deep a recursion gets: the limit is obeyed to the frame."""
    deepest = 0

    def go(n):
        nonlocal deepest
        deepest = n
        function(go, n + 1)

    try:
        go(1)
    except RecursionError as error:
        return deepest, str(error)


sys.setrecursionlimit(500)
print(sys.getrecursionlimit())
first = depth_reached(lambda go, n: go(n))
second = depth_reached(lambda go, n: go(n))
print(first == second, 200 < first[0] < 500, first[1])
for _ in range(30):
    try:
        down(0)
    except RecursionError as error:
        text = str(error)
print(text)


class Loop:
    def __getattr__(self, name):
        return getattr(self, name + "x")

    def __repr__(self):
        return f"{self!r}"

    def __eq__(self, other):
        return self == other

    def __add__(self, other):
        return self + other


for action in (lambda: Loop().anything, lambda: repr(Loop()), lambda: Loop() == 1, lambda: Loop() + 1):
    try:
        action()
    except RecursionError as error:
        print(str(error)[:32])

nested = []
for _ in range(100000):
    nested = [nested]
try:
    repr(nested)
except RecursionError as error:
    print(str(error)[:32])
try:
    nested == [nested]
except RecursionError as error:
    print(str(error)[:32])
while nested:
    nested = nested[0]


def recover(n):
    """RecursionError raised, caught and survived in a hot loop."""
    caught = 0
    total = 0
    for i in range(n):
        try:
            total += down(0) if i % 10 == 0 else fib(5)
        except RecursionError:
            caught += 1
    return caught, total


print(recover(200))
sys.setrecursionlimit(1000)
for bad in (0, -1, "a", 1.5):
    try:
        sys.setrecursionlimit(bad)
    except (ValueError, TypeError) as error:
        print(type(error).__name__, error)
