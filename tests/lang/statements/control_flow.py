"""for, while, break, continue, else, pass, nested loops, chained comparisons, conditionals: which branch runs when."""


def loop_else(items, wanted):
    for item in items:
        if item == wanted:
            break
    else:
        return "not found"
    return "found"


def while_else(n, stop):
    while n > 0:
        n -= 1
        if n == stop:
            break
    else:
        return "ran out"
    return n


print(loop_else([1, 2], 2), loop_else([1, 2], 3), loop_else([], 1), while_else(5, 2), while_else(5, 10), while_else(0, 0))
for i in range(3):
    for j in range(3):
        if j == 1:
            continue
        if i == 1:
            break
        print(i, j, end="; ")
    else:
        print("inner else", i, end="; ")
        continue
    print("inner broke", i, end="; ")
print()
while True:
    break
else:
    print("never")
print(1 < 2 < 3, 1 < 3 < 2, 1 < 2 > 1, 3 > 2 == 2, 1 == 1.0 == True, 1 in [1] == True, not 1 == 2, 1 is not None, None is None, "a" not in "b" in "ab")
print("yes" if 1 else "no", (1 if 0 else 2) if 3 else 4, [x if x else -1 for x in (0, 1)], 1 if 0 else 2 if 0 else 3)


def many_returns(x):
    if x < 0:
        return "negative"
    elif x == 0:
        return
    elif x < 10:
        if x % 2:
            return "small odd"
        return "small even"
    else:
        pass
    return "large"


print([many_returns(x) for x in (-1, 0, 3, 4, 50)])


def collatz(limit):
    best = (0, 0)
    for start in range(1, limit):
        n = start
        steps = 0
        while n != 1:
            n = n // 2 if n % 2 == 0 else 3 * n + 1
            steps += 1
        if steps > best[0]:
            best = steps, start
    return best


def branches(n):
    """Branches whose direction is stable, then flips, then is periodic."""
    a = b = c = d = 0
    for i in range(n):
        if i < n // 2:
            a += 1
        else:
            b += 1
        if i % 100 == 99:
            c += 1
            continue
        if i % 7 < 3 and i % 5 > 1 or i % 11 == 0:
            d += i
        elif not i % 13:
            d -= i
        if d > 10**6:
            d = 0
            break
    else:
        d += 10**9
    return a, b, c, d, i


def triangular(n):
    count = 0
    for i in range(n):
        j = 0
        while j < i:
            k = j
            while k < i:
                if (i + j + k) % 7 == 0:
                    break
                k += 1
                count += 1
            j += 3
    return count


def trip_counts(n):
    """Inner loops that run zero times, once, a few times and often."""
    total = 0
    for i in range(n):
        for j in range((0, 1, 3, 40)[i % 4]):
            total += j
            if j == 35:
                break
        else:
            total += 1
        k = i % 3
        while k:
            k -= 1
            total += k
    return total


def early_exit(n):
    def search(rows, x):
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                if value == x:
                    return r, c
        return None
    rows = [[r * 10 + c for c in range(10)] for r in range(10)]
    found = missing = 0
    for i in range(n):
        place = search(rows, i % 120)
        if place is None:
            missing += 1
        else:
            found += place[0] * place[1]
    return found, missing


def comparisons(n):
    count = 0
    bounds = [0, 10, 20.5, True, 10**20]
    for i in range(n):
        if 0 <= i % 50 < bounds[i % 5] != i:
            count += 1
        if bounds[i % 5] is True or bounds[i % 5] == 10:
            count += 2
    return count


print(collatz(400), branches(3000), triangular(40), trip_counts(2000), early_exit(600), comparisons(4000))
