# krait: stderr=full
# krait: fails
"""An uncaught exception: the traceback's files, lines, carets, chained causes and notes, as CPython prints them."""


def level_one(x):
    return level_two(x) + 1


def level_two(x):
    value = x * 2
    return level_three(value,
                       other=[x, x])


def level_three(value, other):
    try:
        return other[value]
    except IndexError as error:
        raise ValueError(f"bad value {value}") from error


def warm(n):
    total = 0
    for i in range(n):
        try:
            total += level_one(i % 3)
        except ValueError:
            total -= 1
    return total


print(warm(3000))
try:
    level_one(5)
except ValueError as error:
    error.add_note("a note that belongs to it")
    raise KeyError("the last one")
