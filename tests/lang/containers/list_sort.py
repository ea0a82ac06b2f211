"""sort and sorted: keys, reverse, stability, mixed types and their errors, keys that raise, lists changed by the key."""

seed = 12345


def random(limit):
    global seed
    seed = (seed * 1103515245 + 12345) % 2**31
    return (seed >> 8) % limit


def attempt(function):
    try:
        print(function())
    except Exception as error:
        print(type(error).__name__, error)


numbers = [random(1000) for _ in range(500)]
ordered = sorted(numbers)
assert all(a <= b for a, b in zip(ordered, ordered[1:])) and sum(ordered) == sum(numbers)
print(ordered[:10], ordered[-5:], sorted(numbers, reverse=True)[:5], numbers == sorted(numbers))
pairs = [(random(5), i) for i in range(60)]
print(sorted(pairs, key=lambda pair: pair[0]))
print(sorted(pairs, key=lambda pair: pair[0], reverse=True)[:15])
print(sorted("banana"), sorted({"b": 1, "a": 2}), sorted((3, 1, 2)), sorted([True, 0, 2.5, -1]), sorted([1.5, 1, 0.5, 10**20, -10**20]), sorted([]), sorted([5]))
print(sorted(["b", "A", "a", "B"], key=str.lower), sorted(["b", "A", "a", "B"]), sorted([[2], [1, 5], [1]]), sorted([(1, "b"), (1, "a"), (0, "z")]))
print(sorted(range(10), key=lambda x: (x % 3, -x)), sorted("hello world".split(), key=len), sorted([3, 1, 2], key=None))
attempt(lambda: sorted([1, "a"]))
attempt(lambda: sorted(["a", 1]))
attempt(lambda: sorted([1, None, 2]))
attempt(lambda: sorted([(1, "a"), (1, 2)]))
attempt(lambda: sorted([1j, 2j]))
attempt(lambda: sorted([{}, {}]))
attempt(lambda: sorted(5))
attempt(lambda: sorted([1], 5))
attempt(lambda: sorted([1], key=5))
attempt(lambda: sorted([1], reverse="x"))
attempt(lambda: sorted([1, 2], reverse=None))
attempt(lambda: sorted([1], foo=1))
attempt(lambda: sorted())
attempt(lambda: [3, 1].sort(None))
attempt(lambda: [3, 1].sort(key=lambda x: 1 / (x - 3)))
attempt(lambda: sorted([1, 2, 3], key=lambda x, y: 0))

items = [3, 1, 2]
print(items.sort(), items, items.sort(reverse=True), items)


def disturb():
    victims = [5, 3, 4, 1]

    def key(x):
        victims.append(x)
        return x

    try:
        victims.sort(key=key)
    except ValueError as error:
        print(error, victims)
    seen = []
    victims = [3, 2, 1]
    victims.sort(key=lambda x: seen.append(len(victims)) or x)
    print(seen, victims)


disturb()


class Item:
    compared = 0

    def __init__(self, value):
        self.value = value

    def __lt__(self, other):
        Item.compared += 1
        if self.value == 13:
            raise ValueError("unlucky")
        return self.value < other.value

    def __repr__(self):
        return f"i{self.value}"


print(sorted([Item(3), Item(1), Item(2)]), min(Item(2), Item(1)), Item.compared)
unlucky = [Item(3), Item(13), Item(1), Item(7)]
try:
    unlucky.sort()
except ValueError as error:
    print(error, sorted(each.value for each in unlucky))


class Reversed:
    def __init__(self, value):
        self.value = value

    def __gt__(self, other):
        return self.value > other.value


print([each.value for each in sorted([Reversed(3), Reversed(1), Reversed(2)])])
nan = float("nan")
print(len(sorted([3.0, nan, 1.0, nan, 2.0])), sorted([0.0, -0.0, 0]), sorted([2**60, 2**61, -2**60, 1, 1.5]))

for size in (2, 3, 10, 31, 32, 33, 63, 64, 65, 100, 200, 1000, 1500):
    data = [random(size) for _ in range(size)]
    tagged = sorted(((value, index) for index, value in enumerate(data)), key=lambda pair: pair[0])
    assert all(a < b for a, b in zip(tagged, tagged[1:])), size
    for shaped in (list(range(size)), list(range(size, 0, -1)), [i % 7 for i in range(size)], list(range(size // 2)) * 2, [float(i * 37 % size) for i in range(size)], [str(i * 7) for i in range(size)]):
        copy = list(shaped)
        copy.sort()
        assert all(not b < a for a, b in zip(copy, copy[1:])) and len(copy) == len(shaped)
        assert sorted(shaped, reverse=True) == list(reversed(copy)) or size > 0
print("sizes done")


def sort_in_a_loop(n):
    """Short lists of changing types sorted in a hot loop, errors included."""
    errors = 0
    total = 0
    for i in range(n):
        data = [i * 7 % 11, i * 3 % 5, i % 2 + 0.5, i % 13]
        if i % 100 == 99:
            data.append("text")
        try:
            data.sort(key=(lambda x: -x) if i % 3 == 0 else None, reverse=i % 4 == 0)
        except TypeError:
            errors += 1
        else:
            total += data[0] * 3 + data[-1]
    return total, errors


def insertion_sort(items):
    for i in range(1, len(items)):
        item = items[i]
        j = i - 1
        while j >= 0 and items[j] > item:
            items[j + 1] = items[j]
            j -= 1
        items[j + 1] = item
    return items


def quick_sort(items):
    if len(items) <= 1:
        return items
    pivot = items[len(items) // 2]
    return quick_sort([x for x in items if x < pivot]) + [x for x in items if x == pivot] + quick_sort([x for x in items if x > pivot])


print(sort_in_a_loop(3000), insertion_sort(numbers[:150]) == sorted(numbers[:150]), quick_sort(numbers) == sorted(numbers), quick_sort([n / 3 for n in numbers]) == sorted(n / 3 for n in numbers))
