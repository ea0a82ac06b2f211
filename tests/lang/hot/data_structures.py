"""Hot loops over lists, dicts, strings, sets and objects together: small algorithms whose results are known."""


def primes(n):
    flags = [True] * n
    flags[0] = flags[1] = False
    for i in range(2, int(n ** 0.5) + 1):
        if flags[i]:
            for j in range(i * i, n, i):
                flags[j] = False
    return sum(flags), [i for i, f in enumerate(flags) if f][-3:]


def matrix(n):
    a = [[(i * j) % 7 + 0.5 for j in range(n)] for i in range(n)]
    b = [[i - j for j in range(n)] for i in range(n)]
    c = [[0] * n for _ in range(n)]
    for i in range(n):
        for j in range(n):
            s = 0
            for k in range(n):
                s += a[i][k] * b[k][j]
            c[i][j] = s
    return sum(map(sum, c)), c[3][5]


def edit_distance(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        previous, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (x != y))
    return row[-1]


def word_frequencies(text):
    counts = {}
    for word in text.split():
        word = word.strip(".,").lower()
        counts[word] = counts.get(word, 0) + 1
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:4]


def shortest_paths(n):
    graph = {i: [((i * 7 + k * 13) % n, (i + k) % 9 + 1) for k in range(4)] for i in range(n)}
    distance = {0: 0}
    queue = [(0, 0)]
    while queue:
        queue.sort(reverse=True)
        d, node = queue.pop()
        if d > distance.get(node, 10**9):
            continue
        for other, weight in graph[node]:
            candidate = d + weight
            if candidate < distance.get(other, 10**9):
                distance[other] = candidate
                queue.append((candidate, other))
    return len(distance), sum(distance.values()), max(distance.values())


def heap_sort(items):
    heap = list(items)

    def sift(start, end):
        root = start
        while (child := 2 * root + 1) < end:
            if child + 1 < end and heap[child] < heap[child + 1]:
                child += 1
            if heap[root] >= heap[child]:
                return
            heap[root], heap[child] = heap[child], heap[root]
            root = child

    for start in range(len(heap) // 2 - 1, -1, -1):
        sift(start, len(heap))
    for end in range(len(heap) - 1, 0, -1):
        heap[0], heap[end] = heap[end], heap[0]
        sift(0, end)
    return heap


class Tree:
    def __init__(self):
        self.root = None
        self.size = 0

    def insert(self, key):
        if self.root is None:
            self.root = [key, None, None]
        node = self.root
        while True:
            if key == node[0]:
                break
            side = 1 if key < node[0] else 2
            if node[side] is None:
                node[side] = [key, None, None]
                break
            node = node[side]
        self.size += 1

    def __iter__(self):
        stack, node = [], self.root
        while stack or node:
            while node:
                stack.append(node)
                node = node[1]
            node = stack.pop()
            yield node[0]
            node = node[2]


def life(n, steps):
    cells = {(x, y) for x in range(n) for y in range(n) if (x * 3 + y * 5) % 7 < 3}
    for _ in range(steps):
        counts = {}
        for x, y in cells:
            for dx in (-1, 0, 1):
                for dy in (-1, 0, 1):
                    if dx or dy:
                        key = (x + dx) % n, (y + dy) % n
                        counts[key] = counts.get(key, 0) + 1
        cells = {cell for cell, c in counts.items() if c == 3 or c == 2 and cell in cells}
    return len(cells), sum(x * n + y for x, y in cells)


def tokenize(source):
    tokens = []
    i = 0
    while i < len(source):
        c = source[i]
        if c.isspace():
            i += 1
        elif c.isdigit():
            start = i
            while i < len(source) and source[i].isdigit():
                i += 1
            tokens.append(int(source[start:i]))
        elif c.isalpha():
            start = i
            while i < len(source) and source[i].isalnum():
                i += 1
            tokens.append(source[start:i])
        else:
            tokens.append(c)
            i += 1
    return tokens


def machine(program, limit):
    """A little interpreter: a loop with a jump table, the JIT's own kind of customer."""
    registers = {"a": 0, "b": 1, "c": 0}
    pc = steps = 0
    while pc < len(program) and steps < limit:
        op, *args = program[pc]
        steps += 1
        if op == "add":
            registers[args[0]] += registers[args[1]]
        elif op == "inc":
            registers[args[0]] += args[1]
        elif op == "jlt":
            if registers[args[0]] < args[1]:
                pc = args[2]
                continue
        elif op == "swap":
            registers[args[0]], registers[args[1]] = registers[args[1]], registers[args[0]]
        pc += 1
    return steps, registers


def josephus(n, k):
    circle = list(range(n))
    i = 0
    while len(circle) > 1:
        i = (i + k - 1) % len(circle)
        del circle[i]
    return circle[0]


print(primes(8000), matrix(24), edit_distance("kitten sitting on a mat" * 3, "sitting kitten at the mall" * 3))
print(word_frequencies("the cat and the dog. The end, and the cat " * 200), shortest_paths(150))
data = [(i * 7919) % 1009 for i in range(800)]
print(heap_sort(data) == sorted(data), heap_sort([x / 3 for x in data]) == sorted(x / 3 for x in data), heap_sort([str(x) for x in data]) == sorted(map(str, data)))
tree = Tree()
for x in data:
    tree.insert(x)
print(list(tree) == sorted(set(data)), tree.size, life(16, 12), tokenize("x1 = (foo + 42) * 7 - bar2 / 100; " * 60)[-12:])
print(machine([("inc", "c", 1), ("add", "a", "b"), ("swap", "a", "b"), ("jlt", "c", 900, 0)], 10000)[1]["a"] % 10**12, josephus(1500, 7))
