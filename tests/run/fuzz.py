"""Random programs, run by CPython and by krait in every mode: what they print must be the same.

A program is a hot loop whose body is made of random statements over variables that change their types: numbers of every size,
strings, lists, dicts, tuples, objects with destructors, closures, generators, exceptions, globals and class attributes that
are rebound. The same seed makes the same program. A program that differs is made smaller, statement by statement, and printed.

usage: fuzz.py --krait PATH [--count N] [--seed N] [--modes off,on,stress] [--keep FOLDER] [--size N]
"""

import argparse
import concurrent.futures
import os
import random
import subprocess
import sys
import tempfile
import time
import warnings

CPYTHON = "/usr/bin/python3.11"
TIMEOUT = 20
REDUCE_SECONDS = 40

PRELUDE = '''\
import sys

log = []
trail = 0


def note(x):
    """Everything the program does is folded into one number; the latest events are kept as text."""
    global trail
    text = show(x)
    for c in text:
        trail = (trail * 31 + ord(c)) % 1000000007
    log.append(text)
    if len(log) > 12:
        del log[:6]


def show(x, depth=4):
    if depth == 0:
        return "..."
    if isinstance(x, (A, B)):
        return type(x).__name__ + show(sorted(x.__dict__.items(), key=first), depth - 1)
    if isinstance(x, (list, tuple)):
        return "(" + ",".join([show(y, depth - 1) for y in x[:6]]) + ")"
    if isinstance(x, dict):
        return show(list(x.items()), depth - 1)
    if isinstance(x, float):
        return "%.10g" % x
    return repr(x)[:60]


def first(pair):
    return pair[0]


def tame(x):
    """Keeps values from growing for ever."""
    if type(x) is int:
        return x if -2**130 < x < 2**130 else x % 1000003
    if type(x) is float:
        return x if -1e200 < x < 1e200 else 0.5
    if type(x) is str:
        return x[-12:]
    if type(x) is list:
        return [y if type(y) in (int, float, str, bool) else 1 for y in x[-8:]]
    if type(x) is tuple:
        return tuple([y if type(y) in (int, float, str, bool) else 2 for y in x[-4:]])
    if type(x) is dict:
        return x if len(x) < 12 else {"k": 1}
    return x


class D:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        note(("del", self.n))

    def __repr__(self):
        return "D"


class A:
    k = 2

    def __init__(self, v=0):
        self.v = v

    def get(self):
        return self.v * self.k

    def put(self, v):
        self.v = v
        return self

    def __repr__(self):
        return type(self).__name__

    def __add__(self, other):
        return A(self.v + (other.v if isinstance(other, A) else other))


class B(A):
    k = 3

    def get(self):
        return super().get() + 1

    @property
    def twice(self):
        return self.v * 2


G = 1
H = 2.5
T = [1, 2.5, "t", 2**60]


def f1(x, y=1):
    return x + y


def f2(x, *rest, z=2):
    if x:
        return rest and rest[0] or z
    return x


def f3(n):
    return 1 if n <= 0 else f3(n - 1) + n % 3


def f4(x):
    if type(x) is str:
        raise ValueError(x)
    return x * G


def g1(n, x):
    try:
        for j in range(n):
            yield x + j
    finally:
        note("g1 ends")


def g2(items):
    for item in items:
        if item:
            yield item


def make(x):
    def add(y):
        nonlocal x
        x = y
        return x
    return add
'''

NAMES = ["a", "b", "c", "d", "e"]
CONSTANTS = ["0", "1", "2", "-1", "3", "7", "i", "i", "i % 3", "i % 7", "0.5", "2.25", "-1.5", "1e10", "2**48", "2**49", "2**62", "-2**63", "2**70", "''", "'x'", "'ab'", "True", "False", "None", "(1, 2)", "[1, 2]", "[0.5]", "{}", "G", "H", "T[i % 4]"]


class Maker:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.depth = 0
        self.loops = 0

    def pick(self, *choices):
        return self.random.choice(choices)

    def name(self):
        return self.random.choice(NAMES)

    def expression(self, depth=2):
        if depth == 0 or self.random.random() < 0.25:
            return self.name() if self.random.random() < 0.6 else self.random.choice(CONSTANTS)
        x, y = self.expression(depth - 1), self.expression(depth - 1)
        n = self.name()
        return self.pick(
            f"({x} + {y})", f"({x} - {y})", f"({x} * {y})", f"({x} + {y})", f"({x} // {y})", f"({x} % {y})", f"({x} / {y})", f"({x} & {y})", f"({x} | {y})", f"({x} ^ {y})", f"({x} >> (i & 15))", f"({x} << (i & 7))", f"(-{x})", f"(not {x})",
            f"({x} < {y})", f"({x} == {y})", f"({x} != {y})", f"({x} >= {y})", f"({x} is None)", f"({x} and {y})", f"({x} or {y})", f"({x} if {y} else {n})", f"f1({x}, {y})", f"f1({x})", f"f2({x}, {y})", f"f2({x}, z={y})", f"f3(i & 7)", f"f4({x})",
            f"len({x})", f"abs({x})", f"int({x})", f"float({x})", f"str({x})", f"bool({x})", f"min({x}, {y})", f"max({x}, {y})", f"({x}, {y})", f"[{x}, {y}]", f"{{'k': {x}, i & 3: {y}}}", f"{n}[0]", f"{n}[-1]", f"{n}[i % 3]", f"{n}['k']", f"{n}[1:]", f"{n}[::-1]",
            f"o.v", f"o.k", f"o.get()", f"p.get()", f"p.twice", f"o.put({x}).v", f"(o + {x}).v", f"add({x})", f"sum(g1(i & 3, {x}))", f"[u for u in g2([{x}, {y}])]", f"[u + {x} for u in range(i & 3)]", f"sorted([{x}, {y}])", f"(lambda u: u + {x})({y})",
            f"isinstance({x}, int)", f"type({x}) is float", f"f'{{{n}}}{{i & 7:03d}}'", f"'%s' % ({x},)", f"D({n}).n", f"[D(i)][0].n", f"getattr(o, 'v', {x})", f"({x} in [{y}, 1, 2.5])", f"tuple([{x}])", f"list(({x}, {y}))", f"next(g1(2, {x}))", f"dict(k={x})",
            f"round({x})", f"divmod({x}, {y})", f"repr({n})", f"any([{x}, {y}])", f"(u := {x})", f"{{v for v in [{x}]}} and {y}", f"''.join([str({x}), 'z'])", f"pow(i & 3, 2)", f"T[i & 1]", f"sys.getrefcount(q) - base")

    def statement(self):
        n, m = self.name(), self.name()
        x = self.expression()
        kind = self.random.random()
        if kind < 0.40 or self.depth > 3:
            return self.pick(
                f"{n} = {x}", f"{n} = {x}", f"{n} = {x}", f"{n} += {x}", f"{n} -= {x}", f"{n} *= {x}", f"{n}, {m} = {m}, {x}", f"{n} = {m} = {x}", f"{n}, {m} = {x}", f"{n}, *{m} = [{x}, 1, 2]", f"note({x})", f"o.v = {x}", f"o.v += {x}", f"p.v = {x}", f"o.w = {x}",
                f"{n}.append({x})", f"{n}[0] = {x}", f"{n}['k'] = {x}", f"{n}[i % 3] += {x}", f"{n}.pop()", f"del {n}[0]", f"{n} = tame({n})", f"{n} = D(i)", f"{n} = [D(i), ({m},)]", f"{n} = None", f"q = {n}", f"q = D(i)", f"T[i % 4] = {x}", f"o.put({x})", f"add({x})", f"o, p = p, o",
                f"{n} += 'x'", f"{n} += 1", f"{n} += 0.5", f"{n} = i", f"{n} = i * 0.5", f"{n} = str(i)", f"{n} = [i, i + 1]", f"o = A({x})", f"p = B({x})", f"w.append({x})", f"{n} = w", f"w = []", f"{n} = o.__dict__", f"{n} = list(o.__dict__.values())", f"{n} = {n}.n")
        self.depth += 1
        try:
            if kind < 0.56:
                return [f"if {self.condition()}:", self.block(2), *self.pick([], [], ["else:", self.block(2)])]
            if kind < 0.66:
                self.loops += 1
                if self.loops > 3:
                    return f"{n} = {x}"
                variable = f"j{self.depth}"
                header = self.pick(f"for {variable} in range(i & 7):", f"for {variable} in range({self.random.randrange(1, 30)}):", f"for {variable} in [1, 2.5, 'z', {n}]:", f"for {variable}, {m} in enumerate(tame([{x}, 1])):", f"for {variable} in g1(3, {x}):", f"for {variable} in zip('ab', [{x}, {m}]):",
                                   f"for {variable} in list(T):", f"for {variable}, {m} in {{'p': {x}, 'q': 2}}.items():")
                block = self.block(3)
                if self.random.random() < 0.4:
                    block.append([f"if {self.condition()}:", [self.pick("break", "continue")]])
                    block.append(self.statement())
                return [header, block, *self.pick([], [], ["else:", self.block(1)])]
            if kind < 0.72:
                self.loops += 1
                if self.loops > 3:
                    return f"{n} = {x}"
                variable = f"k{self.depth}"
                return [f"{variable} = 0", f"while {variable} < {self.random.randrange(1, 12)}:", [f"{variable} += 1", *self.block(2)]]
            if kind < 0.90:
                handler = self.pick("except Exception as error:", "except (TypeError, ValueError) as error:", "except TypeError as error:", "except LookupError as error:", "except ArithmeticError as error:")
                return ["try:", self.block(3), handler, [self.pick("note(type(error).__name__)", f"{n} = i", "note(error.args)", f"{n} = {x}"), *self.pick([], self.block(1))], *self.pick([], [], ["finally:", self.block(1)])]
            if kind < 0.95:
                period = self.pick(50, 97, 200)
                change = self.pick("G = G % 5 + 1", "G = 0.5", "H = i", "A.k = i % 4", "B.k = i * 0.5", "del B.k", "B.k = 7", "A.get = lambda self: self.v", "f1 = (lambda x, y=2: x) if i % 2 else (lambda x, y=3: y)", "T = [i, 0.5, None, 'n']", "B.extra = i", "o.__class__ = B", "add = make(i)", "len = (lambda x: 3)", "globals().pop('len', None)")
                return [f"if i % {period} == {self.random.randrange(period)}:", [change]]
            return ["with Context():", self.block(2)] if self.random.random() < 0.3 else [f"if i % {self.random.randrange(2, 9)} == 0:", [self.pick("raise ValueError(i)", "continue", "raise KeyError", "note(locals_of())", "raise StopIteration(i)")]]
        finally:
            self.depth -= 1

    def condition(self):
        n = self.name()
        return self.pick(f"i % {self.random.randrange(2, 6)} == 0", f"{n}", f"not {n}", f"type({n}) is int", f"type({n}) is str", f"i < {self.random.randrange(100, 500)}", f"{n} == {self.expression(1)}", f"i & {self.pick(1, 2, 4, 8)}", f"{n} is None", f"isinstance({n}, (int, float)) and {n} > 3")

    def block(self, most):
        return [self.statement() for _ in range(self.random.randrange(1, most + 1))]

    def program(self, size):
        """Most statements have a handler of their own, so that one that raises does not starve those behind it."""
        body = []
        for _ in range(size):
            self.loops = 0
            statement = self.statement()
            if self.random.random() < 0.7:
                statement = ["try:", [statement], "except Exception as error:", ["note((type(error).__name__, str(error)[:80]))"]]
            body.append(statement)
        return body


def flatten(block, indent):
    """Nested lists of statements as lines. A list that follows a header is its block."""
    lines = []
    for item in block:
        if isinstance(item, str):
            lines.append("    " * indent + item)
        elif lines and isinstance(item, list) and item and all(True for _ in item) and lines[-1].endswith(":"):
            lines += flatten(item, indent + 1) or ["    " * (indent + 1) + "pass"]
        else:
            lines += flatten(item, indent)
    return lines


def render(body, iterations):
    lines = flatten(body, 3) or ["            pass"]
    return PRELUDE + f'''

class Context:
    def __enter__(self):
        note("enter")

    def __exit__(self, kind, value, traceback):
        note(("exit", kind and kind.__name__))
        return kind is ValueError


def locals_of():
    return sorted([name for name in sys._getframe(1).f_locals if len(name) == 1])


def main(n):
    global G, H, T, f1, len
    a, b, c, d, e = 1, 2.5, "s", [1, 2], None
    o, p, q, w = A(1), B(2), D(-1), []
    add = make(0)
    base = sys.getrefcount(q)
    for i in range(n):
        a, b, c, d, e, w = tame(a), tame(b), tame(c), tame(d), tame(e), w[-5:]
        o.v, p.v, T = tame(o.v), tame(p.v), [tame(t) for t in T]
        try:
''' + "\n".join(lines) + f'''
        except Exception as error:
            note((type(error).__name__, str(error)[:80]))
        if i % 50 == 0:
            print(i, trail, show((a, b, c, d, e)), show(o), show(p))
    note((a, b, c, d, e, o, p))


main({iterations})
print(trail)
print("\\n".join(log))
'''


def run(program, path):
    environment = {"PATH": "/usr/bin:/bin", "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C.UTF-8"}
    try:
        done = subprocess.run([*program, path], capture_output=True, timeout=TIMEOUT, env=environment, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return "timeout", "", ""
    return done.returncode, done.stdout, done.stderr[-300:]


class Fuzzer:
    def __init__(self, options):
        self.options = options
        self.folder = tempfile.mkdtemp(prefix="krait-fuzz-")
        self.modes = options.modes.split(",")

    def differs(self, body, label, mode=None):
        """The first mode in which krait and CPython disagree, or None; programs that CPython cannot finish count as equal."""
        path = os.path.join(self.folder, f"{label}.py")
        with open(path, "w", encoding="utf-8") as file:
            file.write(render(body, self.options.iterations))
        expected = run([CPYTHON], path)
        if expected[0] != 0:
            return None
        for each in [mode] if mode else self.modes:
            actual = run([self.options.krait, f"--jit={each}"], path)
            if actual[:2] != expected[:2]:
                return each, expected, actual
        return None

    def reduce(self, body, label, mode):
        """Takes statements away as long as the two still disagree."""
        changed = True
        deadline = time.monotonic() + REDUCE_SECONDS
        while changed:
            changed = False
            for owner, index in list(places(body)):
                if time.monotonic() > deadline:
                    return body
                if index >= len(owner):
                    continue
                saved = owner[:]
                # A header goes with its block.
                removed = owner[index]
                del owner[index]
                if isinstance(removed, str) and removed.endswith(":") and index < len(owner) and isinstance(owner[index], list):
                    del owner[index]
                if compiles(body) and self.differs(body, label, mode):
                    changed = True
                else:
                    owner[:] = saved
        return body

    def one(self, seed):
        body = Maker(seed).program(self.options.size)
        if not compiles(body):
            return None
        found = self.differs(body, str(seed))
        if not found:
            return None
        mode, expected, actual = found
        body = self.reduce(body, str(seed), mode)
        found = self.differs(body, str(seed), mode) or found
        name = os.path.join(self.options.keep or self.folder, f"seed{seed}_{mode}.py")
        with open(name, "w", encoding="utf-8") as file:
            file.write(render(body, self.options.iterations))
        text = "\n".join(flatten(body, 1))
        return f"FAILED: seed {seed} --jit={mode}, status {actual[0]}: {name}\n{text}\n{difference(found[1][1], found[2][1])}{found[2][2].decode('utf-8', 'replace')}"


def places(block):
    """Every (list, index) of a nested program, the large pieces first."""
    for index in range(len(block) - 1, -1, -1):
        yield block, index
    for item in block:
        if isinstance(item, list):
            yield from places(item)


def compiles(body):
    try:
        compile(render(body, 1), "program", "exec")
        return True
    except (SyntaxError, ValueError):
        return False


def difference(expected, actual):
    one, two = expected.decode("utf-8", "replace").splitlines(), actual.decode("utf-8", "replace").splitlines()
    for a, b in zip(one + [""] * len(two), two + [""] * len(one)):
        if a != b:
            return f"    expected {a[:200]}\n    krait    {b[:200]}\n"
    return ""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--krait", required=True)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--modes", default="off,on,stress")
    parser.add_argument("--size", type=int, default=8, help="statements in the loop")
    parser.add_argument("--iterations", type=int, default=600)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--keep", help="where programs that differ are kept")
    options = parser.parse_args()
    options.krait = os.path.abspath(options.krait)
    if options.keep:
        os.makedirs(options.keep, exist_ok=True)
    warnings.simplefilter("ignore")
    fuzzer = Fuzzer(options)
    passed = failed = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        runs = [pool.submit(fuzzer.one, seed) for seed in range(options.seed, options.seed + options.count)]
        for finished in concurrent.futures.as_completed(runs):
            message = finished.result()
            if message:
                failed += 1
                print(message, flush=True)
            else:
                passed += 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
