"""Contract: bytes from outside can hold any NaN; none of them may become anything but a NaN, whoever reads them."""

import struct

SIGNS = (0x7FF, 0xFFF)
PAYLOADS = [1, 0x8000000000000, 0x8000000000001, 0xFFFFFFFFFFFFF, 0x7FFFFFFFFFFFF, 0xA000000000000, 0xC000000000000, 0xD123456789ABC, 0xFFFF000000001, 0x0000DEADBEEF0]
PATTERNS = [sign << 52 | payload for sign in SIGNS for payload in PAYLOADS]


def is_nan(x):
    return type(x) is float and x != x and repr(x) == "nan" and not (x < 0 or x >= 0)


def survives(x):
    """The NaN goes through everything that stores and computes floats."""
    items = [x, 1.5]
    items.append(x)
    table = {"k": x}
    y = x + 1
    z = -x * 2 - x
    return (is_nan(x) and is_nan(items[0]) and is_nan(items[-1]) and is_nan(table["k"]) and is_nan(y) and is_nan(z) and is_nan(abs(x)) and bool(x) and str([x]) == "[nan]"
            and is_nan(max(x, x)) and type(x + 1) is float and (x is x) and x != x and isinstance(x, float) and not isinstance(x, int))


def by_struct():
    wrong = 0
    for pattern in PATTERNS:
        for code in ("<d", ">d"):
            data = struct.pack("<Q" if code == "<d" else ">Q", pattern)
            x, = struct.unpack(code, data)
            wrong += not survives(x)
    for pattern in (0x7F800001, 0x7FC00000, 0xFF800001, 0xFFFFFFFF, 0x7FBFFFFF):
        x, = struct.unpack("<f", struct.pack("<I", pattern))
        wrong += not survives(x)
    return wrong


def by_array():
    from array import array
    wrong = 0
    for pattern in PATTERNS:
        values = array("d")
        values.frombytes(struct.pack("<Q", pattern) * 3)
        wrong += sum(not survives(x) for x in values)
        wrong += not survives(values[1])
    return wrong


def by_memoryview():
    wrong = 0
    for pattern in PATTERNS:
        view = memoryview(bytearray(struct.pack("<QQ", pattern, pattern))).cast("d")
        wrong += sum(not survives(x) for x in view.tolist()) + (not survives(view[1]))
    return wrong


def by_marshal():
    import marshal
    wrong = 0
    for pattern in PATTERNS:
        x = marshal.loads(b"g" + struct.pack("<Q", pattern))
        wrong += not survives(x)
    return wrong


def by_pickle():
    import pickle
    wrong = 0
    for pattern in PATTERNS:
        x = pickle.loads(b"G" + struct.pack(">Q", pattern) + b".")
        wrong += not survives(x)
    return wrong


def by_text():
    return sum(not survives(float(text)) for text in ("nan", "-nan", "+NaN", " nan ")) + (not survives(float("inf") - float("inf"))) + (not survives(float("inf") * 0))


def hot(n):
    """Read by a hot loop that has seen ordinary floats only until then."""
    good = struct.pack("<d", 1.5)
    bad = [struct.pack("<Q", pattern) for pattern in PATTERNS]
    total = 0.0
    nans = 0
    items = [0.0] * 8
    for i in range(n):
        data = good if i < n // 2 or i % 3 else bad[i % len(bad)]
        x, = struct.unpack("<d", data)
        items[i % 8] = x
        y = items[i % 8] * 2
        if y == y:
            total += y
        else:
            nans += 1
    return total, nans, sum(x != x for x in items)


for function in (by_struct, by_array, by_memoryview, by_marshal, by_pickle, by_text):
    print(function.__name__, function())
print(hot(3000))
