"""Contract: frames are what they are for whoever looks: a callee through sys._getframe, a destructor, a key function, an operator."""

import sys


def look(depth=1):
    """(function, line within it, its locals) of each caller's frame, as text."""
    frame = sys._getframe(depth)
    seen = []
    while frame is not None and frame.f_code.co_name != "<module>":
        local = {k: v for k, v in sorted(frame.f_locals.items()) if isinstance(v, (int, float, str, tuple))}
        seen.append((frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno, local))
        frame = frame.f_back
    return seen


def from_a_callee(n):
    total = 0
    for i in range(n):
        x = i * 2
        y = x / 4
        if i % 1000 == 999:
            print(look())
        total += x
        if i == n - 5:
            text = "late"
    return total


def through_inlined_calls(n):
    def one(a):
        b = a + 1
        return two(b) + b

    def two(c):
        d = c * 0.5
        if c % 900 == 0:
            print(look())
        return d
    total = 0
    for i in range(n):
        total += one(i)
    return total


class Spy:
    def __del__(self):
        if reports is not None:
            reports.append(look(1))


def from_del(n):
    total = 0
    for i in range(n):
        spy = Spy() if i % 800 == 799 else None
        half = i / 2
        spy = None
        total += half
    return total


class Operand:
    def __init__(self, v):
        self.v = v

    def __add__(self, other):
        if other % 1100 == 1099:
            print(look())
        return Operand(self.v + other)

    def __bool__(self):
        if self.v > 10**6:
            print(look(1)[1:])
            self.v = 0
        return True

    def __getattr__(self, name):
        if seen_attributes.setdefault(name, 0) == 1500:
            print(name, look(1))
        seen_attributes[name] += 1
        return 1


def from_operators(n):
    o = Operand(0)
    total = 0
    for i in range(n):
        o = o + i
        if o:
            total += o.dynamic
    return total


def from_key_functions(n):
    calls = 0

    def key(x):
        nonlocal calls
        calls += 1
        if calls == 5000:
            print([(name, line) for name, line, _ in look(1)])
        return -x
    total = 0
    for i in range(n):
        items = [i % 7, i % 5, i % 3]
        items.sort(key=key)
        total += items[0] + max(items, key=key)
    return total


def from_a_generator(n):
    def numbers(k):
        for j in range(k):
            if j == 1300:
                print([(name, line) for name, line, _ in look(1)])
            yield j
    total = 0
    for x in numbers(n):
        total += x
    return total


def kept_frames(n):
    """Frames that outlive their function show its last values."""
    kept = []

    def body(i):
        a = i
        b = i / 2
        if i % 700 == 0:
            kept.append(sys._getframe())
        a += 1
        return a + b
    total = 0
    for i in range(n):
        total += body(i)
    return total, [(frame.f_locals["a"], frame.f_locals["b"], frame.f_locals["i"], frame.f_back is None or frame.f_back.f_code.co_name) for frame in kept]


def caller_name():
    return sys._getframe(1).f_code.co_name


def names(n):
    wrong = 0
    for i in range(n):
        if caller_name() != "names" or (lambda: caller_name())() != "<lambda>":
            wrong += 1
    return wrong


def locals_in_a_loop(n):
    x = y = 0
    wrong = 0
    for i in range(n):
        x += i
        y = x / 2
        if i % 100 == 0:
            now = locals()
            if now["x"] != x or now["y"] != y or now["i"] != i:
                wrong += 1
            del now
    return wrong


def line_numbers(n):
    lines = set()
    for i in range(n):
        lines.add(sys._getframe().f_lineno - sys._getframe().f_code.co_firstlineno)
        if i % 2:
            lines.add(sys._getframe().f_lineno - sys._getframe().f_code.co_firstlineno)
        else:
            lines.add(
                sys._getframe().f_lineno - sys._getframe().f_code.co_firstlineno)
    return sorted(lines)


reports = []
seen_attributes = {}
print(from_a_callee(3000), through_inlined_calls(2500), from_del(2500))
print([[(name, line, {k: v for k, v in local.items() if k != "self"}) for name, line, local in report] for report in reports])
reports = None
print(from_operators(3000), from_key_functions(2000), from_a_generator(2500), kept_frames(2500), names(2000), locals_in_a_loop(3000), line_numbers(2000))
