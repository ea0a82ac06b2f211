"""The loop that docs/reference-counts.md shows: an object replaces another in a local variable."""


class Rows:
    def __init__(self, items):
        self.items = items


def walk(rows, n):
    row = None
    i = 0
    while i < n:
        row = rows.items[i & 1]
        i += 1
    return row


print(walk(Rows([["a", 1], ["b", 2]]), 5000))
