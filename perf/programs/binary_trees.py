"""Trees that are built, counted and dropped, while a large one stays alive. Allocation, recursion and dying objects.

usage: binary_trees.py [DEPTH]
"""

import sys

SMALLEST = 4
# Of the deepest kind; twice as many of each kind that is one level lower.
TREES = 28


class Node:
    __slots__ = ("left", "right")

    def __init__(self, left, right):
        self.left = left
        self.right = right

    def count(self):
        if self.left is None:
            return 1
        return 1 + self.left.count() + self.right.count()


def build(depth):
    if depth == 0:
        return Node(None, None)
    return Node(build(depth - 1), build(depth - 1))


def main():
    deepest = max(SMALLEST + 2, int(sys.argv[1]) if len(sys.argv) > 1 else 15)
    print(f"stretch tree of depth {deepest + 1}: {build(deepest + 1).count()} nodes")
    long_lived = build(deepest)
    for depth in range(SMALLEST, deepest + 1, 2):
        trees = TREES << (deepest - depth)
        nodes = 0
        for _ in range(trees):
            nodes += build(depth).count()
        print(f"{trees} trees of depth {depth}: {nodes} nodes")
    print(f"long lived tree of depth {deepest}: {long_lived.count()} nodes")


if __name__ == "__main__":
    main()
