"""bool: truth of every kind of object, arithmetic as 0 and 1, and/or/not with their values, short circuits."""


class Truthy:
    def __init__(self, answer):
        self.answer = answer

    def __bool__(self):
        print("bool", self.answer)
        return self.answer


class Sized:
    def __init__(self, size):
        self.size = size

    def __len__(self):
        return self.size


class Neither:
    pass


for value in [True, False, None, 0, 1, -1, 0.0, -0.0, 0.5, float("nan"), "", "0", b"", b"\0", [], [0], (), ((),), {}, {0: 0}, set(), {0}, range(0), range(1),
              Sized(0), Sized(3), Neither(), Neither, len, "x", 0j, 1j, frozenset(), bytearray(), ...]:
    print("T" if value else "F", not value, bool(value) is True, end="; ")
print()
print(True + True, True * 3, -True, ~True, True / 2, True // 2, 5 % True, True << 3, True & False, True | False, True ^ True, type(True & 1), type(True ^ True), True == 1)
print(True < 2, False == 0.0, hash(True), {True: "a", 1: "b", 1.0: "c"}, [10, 20][True], "ab"[False], sum([True, False, True]), repr(True), str(False), f"{True}", f"{True:d}", f"{True:5}|")
print(bool("False"), bool(), int(True), float(False), isinstance(True, int), bool.__mro__, True.real, True.bit_length())
print(1 and 2, 0 and 2, 1 or 2, 0 or 2, 0 or None, None and 1, not 1, not 0, (1 and 2) or 3, 1 and (0 or 3), not not 5)
print(Truthy(True) and 1, type(Truthy(False) and 1), type(Truthy(False) or 2), not Truthy(True))
print(any([0, "", None]), any([0, 1]), all([]), all([1, 0]), any(x > 2 for x in range(5)), all(x < 3 for x in range(5)))

for bad in ("class A:\n def __bool__(self): return 1\nbool(A())", "class A:\n def __len__(self): return -1\nbool(A())",
            "class A:\n def __len__(self): return 'x'\nbool(A())", "class A(bool): pass", "bool(1, 2)"):
    try:
        exec(bad)
    except Exception as error:
        print(type(error).__name__, error)


def hot():
    """A condition whose operand changes its type while the loop is hot."""
    operands = [0, 1, "", "a", None, [], [1], 0.0, 2.5, Sized(0), Sized(2), True, False]
    counts = [0, 0, 0, 0]
    for i in range(5000):
        x = operands[i // 100 % 13]
        y = operands[i % 13]
        if x and y:
            counts[0] += 1
        if x or y:
            counts[1] += 1
        if not x:
            counts[2] += 1
        while y:
            counts[3] += 1
            break
    return counts


print(hot())
