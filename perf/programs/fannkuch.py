"""Pancakes: over all permutations of 1..n, how many reversals bring the 1 to the front? List slices and small ints.

usage: fannkuch.py [N [ROUNDS]]
"""

import sys


def flips_of(permutation):
    stack = permutation[:]
    flips = 0
    top = stack[0]
    while top != 0:
        stack[:top + 1] = stack[top::-1]
        flips += 1
        top = stack[0]
    return flips


def fannkuch(n):
    """Goes through the permutations by rotating ever longer prefixes; returns (checksum, the most flips)."""
    permutation = list(range(n))
    turns = [0] * n
    most = checksum = 0
    sign = 1
    while True:
        if permutation[0] != 0:
            flips = flips_of(permutation)
            if flips > most:
                most = flips
            checksum += sign * flips
        sign = -sign
        for length in range(2, n + 1):
            permutation.insert(length - 1, permutation.pop(0))
            turns[length - 1] += 1
            if turns[length - 1] < length:
                break
            turns[length - 1] = 0
        else:
            return checksum, most


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    for _ in range(rounds):
        checksum, most = fannkuch(n)
    print(checksum)
    print(f"fannkuch({n}) = {most}")


if __name__ == "__main__":
    main()
