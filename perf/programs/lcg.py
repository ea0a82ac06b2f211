"""Linear congruential generators: products beyond 64 bits, reduced again at once.

usage: lcg.py [N]
"""

import sys

# A 32-bit generator, and a 64-bit one whose products need 128 bits before the mask.
SMALL_FACTOR, SMALL_STEP, SMALL_MODULUS = 1103515245, 12345, 2 ** 31
LARGE_FACTOR, LARGE_STEP, LARGE_MASK = 6364136223846793005, 1442695040888963407, 2 ** 64 - 1


def small(n, seed):
    total = 0
    for _ in range(n):
        seed = (seed * SMALL_FACTOR + SMALL_STEP) % SMALL_MODULUS
        total += seed >> 16
    return total


def large(n, seed):
    bits = 0
    for _ in range(n):
        seed = (seed * LARGE_FACTOR + LARGE_STEP) & LARGE_MASK
        bits ^= seed >> 33
    return bits


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 10000000
    print(small(n, 1), large(n, 1))


if __name__ == "__main__":
    main()
