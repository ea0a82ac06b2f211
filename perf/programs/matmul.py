"""Multiplying square matrices held as lists of rows. Float lists and the triple loop.

usage: matmul.py [N]
"""

import sys


def make(n, seed):
    """A matrix of fractions that a linear congruential generator draws."""
    matrix = []
    for _ in range(n):
        row = []
        for _ in range(n):
            seed = (seed * 1103515245 + 12345) % 2147483648
            row.append(seed / 2147483648.0)
        matrix.append(row)
    return matrix


def multiply(a, b):
    n = len(b)
    width = len(b[0])
    result = []
    for row in a:
        out = []
        for j in range(width):
            total = 0.0
            for k in range(n):
                total += row[k] * b[k][j]
            out.append(total)
        result.append(out)
    return result


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 375
    product = multiply(make(n, 1), make(n, 2))
    trace = 0.0
    total = 0.0
    for i, row in enumerate(product):
        trace += row[i]
        for x in row:
            total += x
    print(repr(trace), repr(total))


if __name__ == "__main__":
    main()
