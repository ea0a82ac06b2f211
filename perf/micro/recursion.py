"""Recursion of several shapes: double, mutual, with a default argument, through a method, and deep.

usage: recursion.py [ROUNDS]
"""

import sys


def ackermann(m, n):
    if m == 0:
        return n + 1
    if n == 0:
        return ackermann(m - 1, 1)
    return ackermann(m - 1, ackermann(m, n - 1))


def is_even(n):
    return True if n == 0 else is_odd(n - 1)


def is_odd(n):
    return False if n == 0 else is_even(n - 1)


def power_set_size(items, start=0):
    total = 1
    for index in range(start, len(items)):
        total += power_set_size(items, index + 1)
    return total


class Hanoi:
    def __init__(self):
        self.moves = 0

    def move(self, discs, source, target, spare):
        if discs == 0:
            return
        self.move(discs - 1, source, spare, target)
        self.moves += 1
        self.move(discs - 1, spare, target, source)


def depth_sum(n):
    return 0 if n == 0 else n + depth_sum(n - 1)


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    sys.setrecursionlimit(5000)
    total = 0
    for _ in range(rounds):
        hanoi = Hanoi()
        hanoi.move(15, "a", "b", "c")
        total += ackermann(2, 200) + power_set_size(list(range(14))) + hanoi.moves
        for _ in range(60):
            total += depth_sum(900) + is_even(801)
    print(total)


if __name__ == "__main__":
    main()
