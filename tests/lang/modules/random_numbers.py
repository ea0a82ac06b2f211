"""random: the same numbers from the same seed as CPython, from every method; the state; errors."""

import random

r = random.Random(42)
print([r.random() for _ in range(3)], [r.randrange(10) for _ in range(10)], [r.randint(-5, 5) for _ in range(10)], [r.getrandbits(k) for k in (1, 8, 32, 33, 64, 100)])
print(r.choice("abcdef"), r.choices([1, 2, 3], k=5), r.choices("ab", weights=[1, 10], k=8), r.sample(range(100), 5), r.uniform(1, 2), r.randbytes(5))
items = list(range(10))
r.shuffle(items)
print(items, r.gauss(0, 1), r.normalvariate(0, 1), r.expovariate(2), r.betavariate(1, 2), r.gammavariate(2, 1), r.triangular(0, 10, 3), r.paretovariate(3), r.vonmisesvariate(0, 4), r.lognormvariate(0, 1), r.weibullvariate(1, 2))
for seed in (0, 1, -1, 2**100, "text", b"bytes", 1.5, None):
    if seed is not None:
        print(repr(seed), random.Random(seed).random(), random.Random(seed).getrandbits(40))
state = r.getstate()
a = [r.random() for _ in range(5)]
r.setstate(state)
print(a == [r.random() for _ in range(5)], len(state), state[0], len(state[1]))
random.seed(7)
print(random.random(), random.randrange(1000), random.randint(1, 6), random.choice([1, 2, 3]))
for text in ("r.randrange(0)", "r.randrange(5, 2)", "r.choice([])", "r.sample([1], 5)", "r.randint(2, 1)", "r.getrandbits(-1)", "r.choices([1], weights=[0])", "r.sample({1}, 1)", "r.randrange(1.5)", "random.Random([])", "r.setstate(5)"):
    try:
        print(text, eval(text))
    except Exception as error:
        print(text, type(error).__name__, error)


def pi(n):
    r = random.Random(1)
    inside = 0
    for _ in range(n):
        x, y = r.random(), r.random()
        inside += x * x + y * y < 1
    return 4 * inside / n


def walk(n):
    random.seed(3)
    x = 0
    for i in range(n):
        x += random.choice((-1, 1)) if i % 2 else random.randrange(-3, 4)
    return x


print(pi(5000), walk(3000))
