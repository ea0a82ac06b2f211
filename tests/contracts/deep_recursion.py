# krait: timeout=120
"""Contract: recursion is bounded by sys.setrecursionlimit and memory, not by the C stack: two million levels, compiled or not."""

import sys

sys.setrecursionlimit(2_100_000)


def down(n):
    return 0 if n == 0 else 1 + down(n - 1)


def floats(n):
    if n <= 0:
        return 0.0
    return 0.5 + floats(n - 1)


def keeps_locals(n, acc):
    here = n * 2
    if n == 0:
        return acc
    result = keeps_locals(n - 1, acc + 1)
    return result + (here - n * 2)


def raises_at_the_bottom(n):
    if n == 0:
        raise ValueError("bottom")
    return raises_at_the_bottom(n - 1)


class Node:
    __slots__ = ("next",)

    def length(self):
        return 1 if self.next is None else 1 + self.next.length()


def method_chain(n):
    head = None
    for _ in range(n):
        node = Node()
        node.next = head
        head = node
    return head


for _ in range(3000):
    down(20)
    floats(20)
    keeps_locals(10, 0)
print(down(2_000_000))
print(floats(1_000_000), keeps_locals(500_000, 0))
try:
    raises_at_the_bottom(200_000)
except ValueError as error:
    depth = 0
    traceback = error.__traceback__
    while traceback:
        depth += 1
        traceback = traceback.tb_next
    print(error, depth)
chain = method_chain(100_000)
print(chain.length())
# Letting go of a long chain must not recurse in C either.
chain = None
nested = None
for _ in range(1_000_000):
    nested = [nested]
nested = None
t = ()
for _ in range(500_000):
    t = (t, {"k": t} if _ % 2 else [t])
    t = t[1]
t = None
sys.setrecursionlimit(3000)
try:
    down(10_000)
except RecursionError as error:
    print(error)
print(down(2500))
