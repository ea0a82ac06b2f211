"""Fibonacci numbers by double recursion. Nothing but calls, compares and small ints.

usage: fib.py [N]
"""

import sys


def fib(n):
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 37
    print(fib(n))


if __name__ == "__main__":
    main()
