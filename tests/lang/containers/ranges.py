"""range: construction, indexing, slicing, membership, comparison, huge bounds; loops over it in every direction."""


def attempt(text):
    try:
        print(text, "=", repr(eval(text)))
    except Exception as error:
        print(text, "!", type(error).__name__ + ":", error)


for text in """
range(5)
range(1, 5)
range(1, 10, 3)
range(5, 0, -1)
range(0)
range()
range(1, 2, 3, 4)
range(1.0)
range('a')
range(1, 5, 0)
list(range(-5, 5, 2))
list(range(5, -5, -3))
len(range(10**18))
len(range(10**30))
range(10**30)[10**29]
range(10**30)[-1]
range(10)[3]
range(10)[-1]
range(10)[10]
range(10)['a']
range(10)[2:8]
range(10)[::-1]
range(10)[8:2:-2]
range(10)[5:2]
range(0, 10, 3)[1:]
5 in range(10)
5.0 in range(10)
'a' in range(10)
10**30 in range(10**31)
7 in range(0, 10, 2)
range(3) == range(0, 3)
range(0) == range(5, 5)
range(0, 4, 2) == range(0, 3, 2)
range(3) == [0, 1, 2]
hash(range(3)) == hash(range(0, 3, 1))
range(10).index(5)
range(10).index(50)
range(10).count(5)
range(1, 10, 2).start, range(1, 10, 2).stop, range(1, 10, 2).step
range(5).start
list(reversed(range(0, 10, 3)))
bool(range(0))
range(3) + range(3)
range(3) < range(4)
max(range(5)), min(range(5)), sum(range(101))
tuple(range(3))
[*range(3)]
range(True, 3)
range(5).nothing
iter(range(3)).__length_hint__()
list(range(2**63 - 2, 2**63 + 2))
list(range(-2**63 - 1, -2**63 + 2))
list(range(10**20, 10**20 + 3))
list(range(10**20, 10**20 - 6, -2))
range(stop=5)
str(range(1, 2)), repr(range(1, 2, 1)), repr(range(1, 2, 5))
next(iter(range(0)))
""".strip().splitlines():
    attempt(text)


def loops(n):
    total = 0
    for i in range(n):
        total += i
    for i in range(n, 0, -1):
        total -= i
    for i in range(-n, n, 7):
        total += i * 2
    for i in range(n - 1, -1, -3):
        total ^= i
    return total, i


def crosses_the_word(n):
    total = 0
    for base in (2**31, 2**49, 2**50, 2**62, 2**63):
        for i in range(base - n, base + n, 3):
            total += i
            last = i
    return total, last


def reassigned(n):
    """Assigning to the loop's variable does not move the iterator."""
    count = 0
    for i in range(n):
        count += 1
        i += 1000
    return count, i


def nested(n):
    count = 0
    for i in range(n):
        for j in range(i):
            for k in range(j, i, 2):
                count += k - j
    return count


def empty_in_the_middle(n):
    count = 0
    for i in range(n):
        for j in range(i % 4 - 2):
            count += 1
        else:
            count += 100
    return count


def one_iterator(n):
    it = iter(range(n))
    pairs = 0
    for a in it:
        b = next(it, None)
        pairs += a if b is None else b - a
    return pairs


def bounds_of_other_types(n):
    total = 0
    for i in range(n):
        for j in range(True, i % 3 + True):
            total += j
    return total


print(loops(3000), crosses_the_word(1000), reassigned(3000), nested(30), empty_in_the_middle(2000), one_iterator(3001), bounds_of_other_types(2000))
