"""Every opcode records: for each row of runtime/code/opcodes.def a hot loop with it becomes a root trace that runs.

A program below holds one loop for each opcode, in a function (or module, or class body) that is called as it says. With
CPython's own `dis` the check makes sure that the instruction really stands in that loop, or in a function that the loop calls;
then krait runs the program with --jit=sync --jit-stats: the loop must have a trace whose header was passed often, and the
output must be CPython's. Opcodes that no loop can hold are listed with the reason; a row that is neither fails.

usage: check_opcodes.py [--build build/release] [--verbose] [OPCODE...]
"""

import argparse
import dis
import os
import re
import subprocess
import sys
import tempfile
import textwrap

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CPYTHON = "/usr/bin/python3.11"
TURNS = 3000
LEAST_PASSES = 500   # of the loop's header; recording begins after some 1000 turns

IMPOSSIBLE = {
    "CACHE": "never executed: room for inline caches",
    "RETURN_GENERATOR": "the first instruction of a generator's frame, which is made there: no loop, and calls of generators are not inlined",
    "SETUP_ANNOTATIONS": "the first instruction of a module or class body",
    "ASYNC_GEN_WRAP": "stands in front of a yield of an asynchronous generator, whose frame is left there in each turn of its loop",
}

# Loops. `{...}` is the body of `for i in range(n)` in a function `f(n)` unless the text defines f itself. What f returns is
# printed. Helpers stand in front.
HELPERS = '''
class Plain:
    kind = 1
    def __init__(self, v):
        self.v = v
    def method(self, x):
        return self.v + x


class Manager:
    def __enter__(self):
        return 1
    def __exit__(self, *error):
        return True
    async def __aenter__(self):
        return 2
    async def __aexit__(self, *error):
        return True


class Times:
    def __init__(self, n):
        self.left = n
    def __aiter__(self):
        return self
    async def __anext__(self):
        self.left -= 1
        if self.left < 0:
            raise StopAsyncIteration
        return self.left


class Truth:
    def __init__(self, truth):
        self.truth = truth
    def __bool__(self):
        return self.truth


class Awaitable:
    def __await__(self):
        return iter(())


def drive(coroutine):
    """Runs a coroutine that never waits for anything."""
    try:
        while True:
            coroutine.send(None)
    except StopIteration as end:
        return end.value


def add(a, b=2, *rest, c=3, **named):
    return a + b + len(rest) + c + len(named)


def closure(x):
    def inner(y):
        return x + y
    return inner


def numbers(n):
    for j in range(n):
        yield j


def delegating(n):
    yield from numbers(n)


yes, no = Truth(True), Truth(False)
pair, items, table = (1, 2), [1, 2, 3], {"a": 1, "b": 2}
'''


def simple(body, start="t = 0", end="return t"):
    indented = textwrap.indent(textwrap.dedent(body).strip(), "        ")
    return f"def f(n):\n    {start}\n    for i in range(n):\n{indented}\n    {end}\n"


def coroutine(body):
    indented = textwrap.indent(textwrap.dedent(body).strip(), "        ")
    return f"async def g(n):\n    t = 0\n    for i in range(n):\n{indented}\n    return t\ndef f(n):\n    return drive(g(n))\n"


def in_module(body):
    """The loop stands in the module itself, run by exec."""
    return f"SOURCE = '''\nt = 0\nfor i in range(n):\n{textwrap.indent(textwrap.dedent(body).strip(), '    ')}\n'''\n" \
           "def f(n):\n    space = {'n': n}\n    exec(compile(SOURCE, 'opcode', 'exec'), space)\n    return space['t']\n"


def in_class(body):
    indented = textwrap.indent(textwrap.dedent(body).strip(), "            ")
    return f"def f(n):\n    x = 1\n    class Body:\n        t = 0\n        for i in range(n):\n{indented}\n    return Body.t\n"


EXTENDED = "def f(n):\n    t = 0\n" + "".join(f"    v{k} = {k}\n" for k in range(300)) + "    for i in range(n):\n        t += v299\n    return t\n"

LOOPS = {
    "POP_TOP": simple("add(1)\nt += i"),
    "PUSH_NULL": simple("h = closure\nt += h(1)(i)"),
    "NOP": simple("while True:\n    break\nt += i"),
    "UNARY_POSITIVE": simple("t += +i"),
    "UNARY_NEGATIVE": simple("t += -i"),
    "UNARY_NOT": simple("t += not yes"),
    "UNARY_INVERT": simple("t += ~i"),
    "BINARY_SUBSCR": simple("t += items[i % 3]"),
    "GET_LEN": simple("match pair:\n    case (a, b):\n        t += a + i"),
    "MATCH_MAPPING": simple("match table:\n    case {'a': a}:\n        t += a + i"),
    "MATCH_SEQUENCE": simple("match items:\n    case [a, *rest]:\n        t += a + len(rest)"),
    "MATCH_KEYS": simple("match table:\n    case {'a': a, 'z': z}:\n        t += 1\n    case {'a': a, **rest}:\n        t += a + len(rest)"),
    "MATCH_CLASS": simple("match Plain(i):\n    case Plain(v=v):\n        t += v"),
    "PUSH_EXC_INFO": simple("try:\n    t += {}[i]\nexcept KeyError as e:\n    t += e.args[0]"),
    "CHECK_EXC_MATCH": simple("try:\n    raise ValueError(i)\nexcept (TypeError, KeyError):\n    t += 1\nexcept ValueError:\n    t += 2"),
    "CHECK_EG_MATCH": simple("try:\n    raise ExceptionGroup('g', [ValueError(i), KeyError(i)])\nexcept* ValueError as e:\n    t += len(e.exceptions)\nexcept* KeyError:\n    t += 1"),
    "PREP_RERAISE_STAR": simple("try:\n    raise ExceptionGroup('g', [ValueError(i)])\nexcept* ValueError:\n    t += 1"),
    "WITH_EXCEPT_START": simple("with Manager() as m:\n    raise KeyError(i)\nt += 1"),
    "GET_AITER": coroutine("async for j in Times(1):\n    t += j + i"),
    "GET_ANEXT": coroutine("async for j in Times(2):\n    t += j + i"),
    "END_ASYNC_FOR": coroutine("async for j in Times(1):\n    t += j\nelse:\n    t += i"),
    "BEFORE_ASYNC_WITH": coroutine("async with Manager() as m:\n    t += m"),
    "GET_AWAITABLE": coroutine("await Awaitable()\nt += i"),
    "SEND": coroutine("await Awaitable()\nt += 1"),
    "BEFORE_WITH": simple("with Manager() as m:\n    t += m"),
    "STORE_SUBSCR": simple("items[i % 3] = i\nt += items[0]"),
    "DELETE_SUBSCR": simple("d[i] = 1\ndel d[i]\nt += len(d)", start="t, d = 0, {}"),
    "GET_ITER": simple("for j in pair:\n    t += j", start="t = 0"),
    "GET_YIELD_FROM_ITER": "def g(n):\n    t = 0\n    for i in range(n):\n        yield from ()\n        t += i\n    return t\n"
                           "def f(n):\n    return drive(g(n))\n",
    "PRINT_EXPR": "def f(n):\n    space = {'n': n, 'nothing': lambda: None}\n"
                  "    exec(compile('for i in range(n):\\n    nothing()\\n', 'opcode', 'single'), space)\n    return space['i']\n",
    "LOAD_BUILD_CLASS": simple("class C:\n    k = i\nt += C is not None"),
    "LOAD_ASSERTION_ERROR": simple("try:\n    assert i < 0, i\nexcept AssertionError as e:\n    t += e.args[0]"),
    "LIST_TO_TUPLE": simple("t += len((*items, i))"),
    "RETURN_VALUE": simple("t += Plain(i).method(1)"),
    "IMPORT_STAR": in_module("from math import *\nt += int(floor(1.5)) + i"),
    "YIELD_VALUE": simple("t += j", end="return t").replace("for i in range(n)", "for j in numbers(n)"),
    "POP_EXCEPT": simple("try:\n    raise KeyError\nexcept KeyError:\n    t += i"),
    "STORE_NAME": in_module("t = t + i"),
    "DELETE_NAME": in_module("x = i\nt += x\ndel x"),
    "LOAD_NAME": in_class("t = t + i"),
    "UNPACK_SEQUENCE": simple("a, b, c = items\nd, e = 'xy'\nt += a + len(d + e)"),
    "FOR_ITER": simple("t += len(w)", start="t = 0").replace("for i in range(n)", "for w in map(str, range(n))"),
    "UNPACK_EX": simple("a, *b, c = items\nt += a + len(b) + i"),
    "STORE_ATTR": simple("o.v = i\nt += o.v", start="t, o = 0, Plain(0)"),
    "DELETE_ATTR": simple("o.w = i\ndel o.w\nt += hasattr(o, 'w')", start="t, o = 0, Plain(0)"),
    "STORE_GLOBAL": "total = 0\ndef f(n):\n    global total\n    for i in range(n):\n        total += i\n    return total\n",
    "DELETE_GLOBAL": "def f(n):\n    global gone\n    t = 0\n    for i in range(n):\n        gone = i\n        t += gone\n        del gone\n    return t\n",
    "SWAP": simple("a, b = b, a\nt += a", start="t, a, b = 0, 1, 2"),
    "LOAD_CONST": simple("t += 12345"),
    "BUILD_TUPLE": simple("t += len((i, t))"),
    "BUILD_LIST": simple("t += len([i, t])"),
    "BUILD_SET": simple("t += len({i, t, 'x'})"),
    "BUILD_MAP": simple("t += len({i: t, str(i): 1})"),
    "LOAD_ATTR": simple("t += o.v + o.kind", start="t, o = 0, Plain(2)"),
    "COMPARE_OP": simple("t += (i < 1000) + ('a' == str(i))"),
    "IMPORT_NAME": simple("import math\nt += math.floor(1.5) + i"),
    "IMPORT_FROM": simple("from math import floor\nt += floor(1.5) + i"),
    "JUMP_FORWARD": simple("if i & 1:\n    t += 1\nelse:\n    t += 2\nt += 3"),
    "JUMP_IF_FALSE_OR_POP": simple("x = i and yes and 1\nt += x == 1"),
    "JUMP_IF_TRUE_OR_POP": simple("t += (no or i)"),
    "POP_JUMP_FORWARD_IF_FALSE": simple("if yes:\n    t += 1\nt += i"),
    "POP_JUMP_FORWARD_IF_TRUE": simple("if not no:\n    t += 1\nt += i"),
    "LOAD_GLOBAL": simple("t += len(items)"),
    "IS_OP": simple("t += (i is None) + (pair is not items)"),
    "CONTAINS_OP": simple("t += (i in items) + ('q' not in table)"),
    "RERAISE": simple("try:\n    try:\n        raise KeyError(i)\n    finally:\n        t += 1\nexcept KeyError:\n    t += 2"),
    "COPY": simple("a = b = i\nt += a + b + (0 <= i < 5)"),
    "BINARY_OP": simple("t += i * 2 - i // 3 + (i ** 2) % 7"),
    "LOAD_FAST": simple("t += i"),
    "STORE_FAST": simple("x = i\nt += x"),
    "DELETE_FAST": simple("x = i\nt += x\ndel x"),
    "POP_JUMP_FORWARD_IF_NOT_NONE": simple("if x is None:\n    t += 1\nt += i", start="t, x = 0, None"),
    "POP_JUMP_FORWARD_IF_NONE": simple("if x is not None:\n    t += 1\nt += i", start="t, x = 0, 1"),
    "RAISE_VARARGS": simple("try:\n    raise KeyError(i) from None\nexcept KeyError as e:\n    t += e.args[0]"),
    "MAKE_FUNCTION": simple("h = lambda x, y=i: x + y + t\nt = h(1) % 1000"),
    "BUILD_SLICE": simple("t += len(items[0:i]) + len(items[::2])"),
    "JUMP_BACKWARD_NO_INTERRUPT": simple("t += j").replace("for i in range(n)", "for j in delegating(n)"),
    "MAKE_CELL": simple("t += closure(i)(1)"),
    "COPY_FREE_VARS": simple("t += h(i)", start="t, h = 0, closure(3)"),
    "LOAD_CLOSURE": simple("t += closure(i)(2)"),
    "LOAD_DEREF": simple("t += h(i)", start="t, h = 0, closure(4)"),
    "STORE_DEREF": "def f(n):\n    t = 0\n    def get():\n        return t\n    for i in range(n):\n        t += i\n    return get()\n",
    "DELETE_DEREF": "def f(n):\n    t = x = 0\n    def get():\n        return x\n    for i in range(n):\n        x = i\n        t += x\n        del x\n    return t\n",
    "JUMP_BACKWARD": simple("t += i"),
    "CALL_FUNCTION_EX": simple("t += add(*pair, **{'q': i}) + max(*items)"),
    "EXTENDED_ARG": EXTENDED,
    "LIST_APPEND": "def f(n):\n    return len([i * i for i in range(n)])\n",
    "SET_ADD": "def f(n):\n    return len({i * i for i in range(n)})\n",
    "MAP_ADD": "def f(n):\n    return len({i: i for i in range(n)})\n",
    "LOAD_CLASSDEREF": in_class("t = t + x + i"),
    "RESUME": simple("t += Plain(i).method(2)"),
    "FORMAT_VALUE": simple("t += len(f'{i}{i:5d}{o!r}')", start="t, o = 0, 'o'"),
    "BUILD_CONST_KEY_MAP": simple("t += len({'x': i, 'y': t})"),
    "BUILD_STRING": simple("t += len(f'<{i}>')"),
    "LOAD_METHOD": simple("t += o.method(i) + len('abc'.upper()) + Plain.method(o, 1)", start="t, o = 0, Plain(1)"),
    "LIST_EXTEND": simple("t += len([1, *pair, *range(2)])"),
    "SET_UPDATE": simple("t += len({1, *pair, i})"),
    "DICT_MERGE": simple("t += add(1, **{'c': i}, **{'q': i})"),
    "DICT_UPDATE": simple("t += len({**table, 'q': i})"),
    "PRECALL": simple("t += add(i)"),
    "CALL": simple("t += add(i, 1, 2, 3, 4, 5, 6, 7) + add(1, c=2, d=i) + max(1, i, key=int)"),
    "KW_NAMES": simple("t += add(i, c=2) + int('12', base=8)"),
    "POP_JUMP_BACKWARD_IF_NOT_NONE": "def f(n):\n    t, x = 0, n\n    while x is not None:\n        t += 1\n        x = t if t < n else None\n    return t\n",
    "POP_JUMP_BACKWARD_IF_NONE": "def f(n):\n    t, x = 0, None\n    while x is None:\n        t += 1\n        x = None if t < n else 1\n    return t\n",
    "POP_JUMP_BACKWARD_IF_FALSE": "def f(n):\n    t = 0\n    while not t >= n:\n        t += 1\n    return t\n",
    "POP_JUMP_BACKWARD_IF_TRUE": "def f(n):\n    t, x = 0, Truth(True)\n    while x:\n        t += 1\n        x.truth = t < n\n    return t\n",
}


def opcodes():
    with open(os.path.join(ROOT, "runtime/code/opcodes.def"), encoding="utf-8") as file:
        return re.findall(r"^KRAIT_OPCODE\((\w+),", file.read(), re.M)


def codes_in(code):
    yield code
    for constant in code.co_consts:
        if hasattr(constant, "co_code"):
            yield from codes_in(constant)
        elif isinstance(constant, str) and "for i in range(n)" in constant and "\n" in constant:
            yield from codes_in(compile(constant, "opcode", "single" if constant.count("\n") < 3 else "exec"))


def loop_of(code):
    """(first, last) offsets of the instructions between a backward jump and its target, the widest one."""
    spans = [(i.argval, i.offset) for i in dis.get_instructions(code)
             if "JUMP_BACKWARD" in i.opname and i.opname != "JUMP_BACKWARD_NO_INTERRUPT"]
    return max(spans, key=lambda s: s[1] - s[0], default=None)


def holds(opcode, source):
    """Whether the opcode stands in a loop of the program, or in a function that has none (and is called in one)."""
    for code in codes_in(compile(HELPERS + source, "opcode", "exec")):
        span = loop_of(code)
        for i in dis.get_instructions(code):
            if i.opname == opcode and (span is None or span[0] <= i.offset <= span[1] or opcode in ("RESUME", "MAKE_CELL", "COPY_FREE_VARS")):
                return True
    return False


def run(command):
    result = subprocess.run(command, capture_output=True, text=True, timeout=120)
    return result


def check(opcode, source, krait, verbose):
    """What is wrong, or None."""
    if not holds(opcode, source):
        return "the program does not hold it"
    with tempfile.TemporaryDirectory(prefix="krait-opcodes-") as folder:
        path = os.path.join(folder, "opcode.py")
        with open(path, "w", encoding="utf-8") as file:
            file.write(HELPERS + source + f"print(f({TURNS}))\n")
        expected = run([CPYTHON, path])
        actual = run([krait, "--jit=sync", "--jit-log", "--jit-stats", path])
    if expected.returncode or actual.returncode:
        return f"exit status {actual.returncode}, CPython's {expected.returncode}: {(actual.stderr + expected.stderr)[-300:]}"
    if actual.stdout != expected.stdout:
        return f"prints {actual.stdout!r}, CPython {expected.stdout!r}"
    traces = re.findall(r"trace \d+, loop (.*): entered (\d+), passes (\d+), bytecodes \d+", actual.stderr)
    ran = [name for name, entered, passes in traces if int(passes) >= LEAST_PASSES and "opcode" in name]
    if verbose:
        print(f"{opcode}: {ran}")
    if not ran:
        given_up = [line for line in actual.stderr.splitlines() if "given up" in line]
        return "no root trace of its loop ran" + "".join("\n    " + line for line in given_up[:3]) + f"\n    {traces}"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", default=os.path.join(ROOT, "build/release"))
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("opcodes", nargs="*", metavar="OPCODE")
    options = parser.parse_args()
    krait = os.path.join(options.build, "bin/krait")
    passed = failed = skipped = 0
    for opcode in opcodes():
        if options.opcodes and opcode not in options.opcodes:
            continue
        if opcode in IMPOSSIBLE:
            skipped += 1
            continue
        complaint = check(opcode, LOOPS[opcode], krait, options.verbose) if opcode in LOOPS else "there is no loop for it"
        if complaint:
            failed += 1
            print(f"FAILED: {opcode}: {complaint}")
        else:
            passed += 1
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
