"""FNV-1a, the 64-bit hash: exclusive-or, multiply, mask, over bytes and over the characters of a string.

usage: fnv.py [ROUNDS]
"""

import sys

OFFSET = 0xCBF29CE484222325
PRIME = 0x100000001B3
MASK = 0xFFFFFFFFFFFFFFFF
TEXT = "The quick brown fox jumps over the lazy dog. " * 20


def hash_bytes(data, seed=OFFSET):
    for byte in data:
        seed = (seed ^ byte) * PRIME & MASK
    return seed


def hash_text(text, seed=OFFSET):
    for character in text:
        seed = (seed ^ ord(character)) * PRIME & MASK
    return seed


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 20000
    data = TEXT.encode("ascii")
    one = two = OFFSET
    for _ in range(rounds):
        one = hash_bytes(data, one)
        two = hash_text(TEXT, two)
    print(f"{one:016x} {two:016x} {one == two}")


if __name__ == "__main__":
    main()
