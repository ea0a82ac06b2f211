"""The sieve of Eratosthenes, item by item. A list of bools and integer loops with a stride.

usage: sieve.py [LIMIT [ROUNDS]]
"""

import sys


def primes_below(limit):
    composite = [False] * limit
    primes = []
    for number in range(2, limit):
        if composite[number]:
            continue
        primes.append(number)
        for multiple in range(number * number, limit, number):
            composite[multiple] = True
    return primes


def main():
    limit = int(sys.argv[1]) if len(sys.argv) > 1 else 1000000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 35
    for _ in range(rounds):
        primes = primes_below(limit)
    print(len(primes), primes[-1], sum(primes))


if __name__ == "__main__":
    main()
