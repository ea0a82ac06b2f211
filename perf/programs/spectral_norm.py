"""The largest singular value of an infinite matrix's corner, by the power method. A function call in an inner loop.

usage: spectral_norm.py [N]
"""

import sys


def element(i, j):
    """The matrix: 1, 1/2, 1/3; 1/4, ... along its diagonals."""
    diagonal = i + j
    return 1.0 / (diagonal * (diagonal + 1) // 2 + i + 1)


def times(vector):
    n = len(vector)
    return [sum(element(i, j) * vector[j] for j in range(n)) for i in range(n)]


def times_transposed(vector):
    result = []
    for i in range(len(vector)):
        total = 0.0
        for j, x in enumerate(vector):
            total += element(j, i) * x
        result.append(total)
    return result


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 700
    u = [1.0] * n
    v = u
    for _ in range(10):
        v = times_transposed(times(u))
        u = times_transposed(times(v))
    product = square = 0.0
    for a, b in zip(u, v):
        product += a * b
        square += b * b
    print(repr((product / square) ** 0.5))


if __name__ == "__main__":
    main()
