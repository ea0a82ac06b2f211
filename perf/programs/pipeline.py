"""A generator that feeds sum(), and a chain of generators that feed each other.

usage: pipeline.py [N]
"""

import sys


def squares(n):
    return sum(i * i for i in range(n))


def numbers(n):
    for i in range(n):
        yield i


def multiples(source, factor):
    for number in source:
        if number % factor == 0:
            yield number


def scaled(source, by):
    for number in source:
        yield number * by + 1


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 25000000
    print(squares(n))
    print(sum(scaled(multiples(numbers(n), 3), 7)))


if __name__ == "__main__":
    main()
