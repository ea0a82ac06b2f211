"""Guards that fail in every pattern: types that alternate, rotate, come in runs and in disorder; branches as well.

A tracing compiler that grows one path per pattern without bound, or that leaves native code at each failure, shows here.

usage: guard_storm.py [N]
"""

import sys


class Square:
    def __init__(self, side):
        self.side = side

    def area(self):
        return self.side * self.side


class Circle:
    def __init__(self, radius):
        self.radius = radius

    def area(self):
        return self.radius * self.radius * 3


class Sheet:
    """The same attributes as another class, set in another order, so with another layout."""

    def __init__(self, width, height):
        if width % 2:
            self.width = width
            self.height = height
        else:
            self.height = height
            self.width = width

    def area(self):
        return self.width * self.height


class Lazy:
    @property
    def area(self):
        return lambda: 7


def shapes():
    return [Square(3), Circle(2), Sheet(4, 5), Sheet(3, 5), Lazy(), Square(2.5), Circle(1.5)]


def patterns(n):
    """Index sequences over seven types: alternating, rotating, in runs, and by a generator without visible order."""
    alternating = [i & 1 for i in range(n)]
    rotating = [i % 7 for i in range(n)]
    runs = [i // 50 % 7 for i in range(n)]
    seed = 1
    disorder = []
    for _ in range(n):
        seed = (seed * 1103515245 + 12345) % 2147483648
        disorder.append((seed >> 16) % 7)
    return [alternating, rotating, runs, disorder]


def areas(indices, things):
    total = 0
    for index in indices:
        total += things[index].area()
    return total


def add_mixed(indices, operands):
    total = 0
    text = ""
    for index in indices:
        operand = operands[index]
        if isinstance(operand, str):
            text = operand + text[:3]
        elif operand is None:
            total -= 1
        else:
            total = total + operand
            if total > 1e15:
                total = 0
    return total, text


def branch_tree(indices):
    """128 paths through seven independent branches."""
    counts = [0, 0, 0, 0, 0, 0, 0]
    state = 12345
    for index in indices:
        state = (state * 69069 + index + 1) & 0xFFFFFFFF
        for bit in range(7):
            if state >> (bit * 4 + 3) & 1:
                counts[bit] += 1
            else:
                counts[bit] -= bit
    return counts


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 1000000
    things = shapes()
    operands = [1, 2.5, "ab", None, 2 ** 70, True, -4]
    for indices in patterns(n):
        print(areas(indices, things), add_mixed(indices, operands), branch_tree(indices[:n // 4]))


if __name__ == "__main__":
    main()
