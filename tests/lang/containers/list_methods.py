"""list: every method, operators, comparison, identity of items, errors; iteration while the list changes."""


def attempt(text, **names):
    try:
        print(text, "=", repr(eval(text, {"a": [3, 1, 2], **names})))
    except Exception as error:
        print(text, "!", type(error).__name__ + ":", error)


for text in """
[] + [1]
[1] + (2,)
[1] * 3
2 * [1, 2]
[1] * -1
[1] * 'a'
[1] * 1.0
[1, 2] == [1, 2]
[1, 2] == (1, 2)
[1, 2] < [1, 3]
[1, 2] < [1, 2, 0]
[1] < [1.5]
[1] < ['a']
[1] < (2,)
[[]] < [[1]]
a[0]
a[-1]
a[3]
a[-4]
a['x']
a[1.0]
a[True]
a[10**20]
a.index(1)
a.index(9)
a.index(2, 0, 2)
a.index(3, -3)
a.count(1)
a.pop()
a.pop(0)
a.pop(-4)
a.pop('x')
[].pop()
a.append()
a.append(1, 2)
a.extend(5)
a.remove(9)
a.insert('x', 1)
a.insert(1)
a.copy()
a.clear()
a.reverse()
a.nothing
a()
1 in a
9 not in a
len(a)
list()
list('abc')
list(range(3))
list((1, 2))
list({1: 2})
list(5)
list([1], [2])
list(x for x in 'ab')
list(a) is a
a[:] == a
hash([])
{[]: 1}
repr([1, 'a', None, [2], (3,)])
str([])
[1, 2].__contains__(2)
[1, 2].__len__()
[1, 2].__iter__().__length_hint__()
list(reversed([1, 2, 3]))
sum([[1], [2]], [])
[*a, *'xy', *range(2)]
[*5]
[x for x in a][0]
bool([[]])
max([3, 1, 2]), min([3, 1, 2]), sum([3, 1, 2])
list(map(str, a))
list(zip(a, 'abc'))
""".strip().splitlines():
    attempt(text)

a = [1, 2, 3]
b = a
a += [4]
print(a is b, b)
a = a + [5]
print(a is b, b)
a *= 2
a.extend("xy")
a.extend(a)
a.insert(0, "first")
a.insert(100, "last")
a.insert(-1, "before last")
a.insert(-100, "very first")
print(a, a.pop(), a.pop(3), a.count("x"))
a.remove("x")
a.reverse()
print(a, a.index("x"), a.index(1, 3))
del a[0], a[-1]
print(a)
a.clear()
print(a, a == [], not a)
a += "abc"
a += {1: 2}
a += (i for i in range(2))
print(a)
try:
    a += 5
except TypeError as error:
    print(error, a)
try:
    a = a + "x"
except TypeError as error:
    print(error)
recursive = [1]
recursive.append(recursive)
print(recursive, recursive == recursive, recursive[1][1] is recursive)
nan = float("nan")
print([nan] == [nan], nan in [nan], [nan].index(nan), [nan].count(nan))


class Equal:
    def __init__(self, value):
        self.value = value

    def __eq__(self, other):
        return self.value == getattr(other, "value", other)


print(Equal(2) in [1, 2], [1, Equal(2)].index(2), [Equal(1)] == [1], [1, 2, 3].count(Equal(3)), [Equal(5)] != [5])


def grow_while_iterating():
    items = [1, 2, 3]
    out = []
    for item in items:
        out.append(item)
        if len(items) < 3000:
            items.append(item + 3)
    return len(out), out[-1]


def shrink_while_iterating():
    items = list(range(3000))
    seen = 0
    for item in items:
        seen += 1
        if item % 3 == 0:
            items.remove(item)
    return seen, len(items), items[:6]


def stack_and_queue(n):
    stack, queue = [], []
    total = 0
    for i in range(n):
        stack.append(i)
        queue.insert(0, i)
        if i % 3 == 2:
            total += stack.pop() * 2 + queue.pop()
            stack[-1] += 1
        if i % 7 == 6:
            total += stack.pop(0)
    return total, len(stack), len(queue)


def bounds(n):
    items = [10, 20, 30]
    low = high = 0
    total = 0
    for i in range(-n, n):
        try:
            total += items[i % 9 - 4]
        except IndexError:
            if i % 9 - 4 < 0:
                low += 1
            else:
                high += 1
    return total, low, high


print(grow_while_iterating(), shrink_while_iterating(), stack_and_queue(3000), bounds(2000))
