"""What a loop keeps in memory under several names: cells, class attributes, list items, popped stack words."""


def cell_behind_two_names(n):
    s = str(n)

    def get():
        return s
    for i in range(n):
        t = get()
        s += "c"
        if t == s or get() is not s:
            return "wrong", i
        if len(s) > 60:
            s = "c" * 2
    return "fine"


class Counted:
    made = 0

    def __init__(self):
        Counted.made += 1


def class_attribute_counts(n):
    for i in range(n):
        Counted()
    return Counted.made


log = []


def numbers(n, name):
    try:
        for i in range(n):
            yield i
    finally:
        log.append(name)


def zipped(n):
    return sum(x for x, _ in zip(numbers(9, "zip"), range(n)))


def generators_end_where_they_are_left(n):
    wrong = 0
    for i in range(n):
        for x in numbers(10, i):
            if x == i % 5:
                break
        wrong += log[-1] != i
    for i in range(n):
        log.clear()
        zipped(3)
        wrong += len(log) != 1
    return wrong


def null_below_the_callee(n):
    """An exit between the callee and the call: the word below the callee is empty, whatever stood there before."""
    def size(x):
        return len(x.v)

    class Holder:
        def __init__(self, v):
            self.v = v
    holders = [Holder(v) for v in ([1], "ab", (1, 2, 3), {1: 2}, b"x")]
    total = 0
    for i in range(n):
        total += size(holders[i % 5 if i > n // 2 else 0])
    return total


def keywords_behind_an_exit(n):
    def f(a, b=1.5, *rest, c=0):
        return a * 2 + b + len(rest) + c
    total = 0
    for i in range(n):
        if i % 3 == 0:
            total += f(i)
        elif i % 3 == 1:
            total += f(i, 2, 3, c=1.25)
        else:
            total += f(b=i, a=0.5)
    return total


def wide_shifts(n):
    h = 1
    for i in range(n):
        h = (h << 13 ^ h >> 7 ^ i) & 0xFFFFFFFFFFFFFFFF
        h ^= (h << 17) & 0xFFFFFFFFFFFFFFFF
    return h


def kinds_of_a_local(n):
    """The same variable unbound, text, a number, a huge number."""
    seen = 0
    for i in range(n):
        if i % 7 == 6:
            del x
        if i % 7 == 0:
            x = "text" * (i % 3)
        elif i % 7 == 1:
            x = i
        elif i % 7 == 2:
            x = 1 << 70 + i % 5
        elif i % 7 == 3:
            x = [x]
        try:
            seen += x is not None
        except UnboundLocalError:
            seen += 10
    return seen


print(cell_behind_two_names(3000))
print(class_attribute_counts(3000))
print(generators_end_where_they_are_left(1500))
print(null_below_the_callee(3000))
print(keywords_behind_an_exit(3000))
print(wide_shifts(3000))
print(kinds_of_a_local(3000))


def through_a_tuple(n):
    """What is packed and unpacked leaves the frames and comes back from memory; then the memory dies."""
    w, k, t = [], "k", (1,)
    for i in range(n):
        w, k, t = w[-5:], (k + "x")[-9:], t[-1:] * 2
        if i % 3 == 0:
            w.append([i])
        extra = [len(w), k, t]
    return w, k, t, extra


print(through_a_tuple(3000))
