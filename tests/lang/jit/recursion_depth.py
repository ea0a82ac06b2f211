"""RecursionError comes at the same depth compiled and interpreted, and never crashes."""

import sys
import threading


def depth(n):
    try:
        return depth(n + 1)
    except RecursionError:
        return n


def helper(n):
    return count(n + 1)


def count(n):
    global deepest
    deepest = n
    return helper(n) + 1


def through_two_functions():
    try:
        count(0)
    except RecursionError as error:
        return deepest, str(error)


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


results = set()
for i in range(30):
    fib(12)
    results.add((depth(0), through_two_functions()))
print(len(results), results)

sys.setrecursionlimit(60_000)
print(depth(0) > 50_000)


def down(n):
    return 0 if n == 0 else 1 + down(n - 1)


threading.stack_size(256 * 1024)
answers = []
for i in range(4):
    thread = threading.Thread(target=lambda: answers.append(down(50_000)))
    thread.start()
    thread.join()
print(answers)
