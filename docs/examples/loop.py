"""The loop that docs/life-of-a-loop.md follows."""


def total(x, n):
    s = 0.0
    i = 0
    while i < n:
        s += i * x
        i += 1
    return s


for k in range(200):
    total(0.5, 2000)
print(total(0.5, 2000))
