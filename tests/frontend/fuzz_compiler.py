#!/usr/bin/env python3.11
"""Random sources, syntax trees, marshal data and .pyc files, given to krait and to CPython: no crash, no hang, the same answer.

  fuzz_compiler.py --krait PATH [--replay] [--count N] [--seconds N] [--seed N] [--kinds stmp] [--save FILE]

kinds: s sources (pieces of the library damaged by words or by bytes, and generated programs), t trees with wrong, missing and
exchanged parts, m marshal data and p .pyc files with changed bytes. --replay answers the cases of fuzz_corpus.txt first; it holds
what was found once. A case that fails is printed as a line for that file. The same seed makes the same cases.

Where CPython itself crashes any answer will do, except a crash. Prints 'N passed, N failed'.
"""
import argparse
import ast
import copy
import marshal
import os
import random
import re
import select
import struct
import subprocess
import sys
import time
import warnings

import fuzz_bytecode
import source_parity

HERE = os.path.dirname(os.path.abspath(__file__))
CPYTHON = "/usr/bin/python3.11"
CORPUS = os.path.join(HERE, "fuzz_corpus.txt")
ANSWER_SECONDS = 30
BATCH = 25


# ---- the cases ----

class Cases:
    """Makes cases (bytes, beginning with the letter of their kind) from a seed."""

    def __init__(self, seed):
        self.rng = random.Random(seed)
        source_parity.WORD = re.compile(r"\w+|[^\w\s]|\n")
        self.pieces = [piece for _, piece in source_parity.damaged(seed, 1000)]
        self.good = []
        for piece in self.pieces + ["match x:\n case [1, *_, {'k': A(b=c) | None}] if d: pass", "async def f():\n async with a as b, c: [x async for x in await y]",
                                    "try: pass\nexcept* (A, B) as e: raise\nfinally: del x[1:2], y.z", "def f(a, /, b: int = 1, *c, d, e=2, **g) -> h: yield f'{a!r:>{b}}' ",
                                    "class K(B, metaclass=M):\n x: int = 1\n def f(self): nonlocal_ = super().f(); return lambda *a: __class__"]:
            try:
                self.good.append(ast.parse(piece))
            except (SyntaxError, ValueError, RecursionError):
                pass
        self.codes = [compile(tree, "fuzz.py", "exec") for tree in map(self.compilable, self.good) if tree]

    @staticmethod
    def compilable(tree):
        try:
            compile(tree, "fuzz.py", "exec")
        except (SyntaxError, ValueError, RecursionError):
            return None
        return tree

    def make(self, kind):
        return kind.encode() + {"s": self.source, "t": self.tree, "m": self.marshal, "p": self.pyc}[kind]()

    # ---- sources ----

    def source(self):
        how = self.rng.random()
        if how < 0.5:
            text = self.rng.choice(self.pieces)
            mode = self.rng.choice("eeeevs")
        elif how < 0.65:
            text = fuzz_bytecode.prune(fuzz_bytecode.Generator(self.rng).block(0, 4, 8))
            mode = "e"
        else:
            return self.damaged_bytes()
        return mode.encode() + b"t" + text.encode("utf-8", "surrogatepass")

    SPICE = [b"\0", b"\f", b"\r", b"\r\n", b"\t", b"\\\n", b"\\", b"\xef\xbb\xbf", b"\xff", b"\xc3\xa9", b"\xed\xb2\x80", b"# coding: latin-1\n", b"# -*- coding: utf-16 -*-\n",
             b"#coding=utf8\n", b"\n\n", b" ", b"        ", b"'", b'"""', b"f'{", b"}'", b"0x", b"1_0", b"1e", b"\x1a", b"\\N{DASH}", b"\\u12", b"(", b"]", b"#", b";", b":", b"\xf0\x9f\x98\x80"]

    def damaged_bytes(self):
        data = bytearray(self.rng.choice(self.pieces).encode("utf-8", "surrogatepass"))
        for _ in range(self.rng.choice([1, 1, 2, 4])):
            self.change(data, self.SPICE)
        return self.rng.choice(b"eeevs").to_bytes(1, "little") + b"b" + bytes(data)

    def change(self, data, spice):
        rng = self.rng
        at = rng.randrange(len(data) + 1)
        how = rng.randrange(6)
        if how == 0 and at < len(data):
            data[at] = rng.randrange(256)
        elif how == 1:
            del data[at:at + rng.choice([1, 1, 2, 8])]
        elif how == 2:
            data[at:at] = rng.choice(spice)
        elif how == 3:
            other = rng.randrange(len(data) + 1)
            data[at:at] = data[other:other + rng.randrange(1, 20)]
        elif how == 4 and at < len(data):
            data[at] ^= 1 << rng.randrange(8)
        else:
            del data[at:]

    # ---- trees ----

    VALUES = [None, 0, 1, -1, 3, 2**40, "x", "None", "__debug__", "_", "", b"x", 1.5, 2j, True, False, ..., (), (1, "a"), (1, [2]), frozenset([1]), [], [None], {}]

    def tree(self):
        rng = self.rng
        tree = copy.deepcopy(rng.choice(self.good))
        mode = "e"
        expressions = [node for node in ast.walk(tree) if isinstance(node, ast.expr)]
        if rng.random() < 0.3 and expressions:
            tree, mode = ast.Expression(rng.choice(expressions)), "v"
        elif rng.random() < 0.1:
            tree, mode = ast.Interactive(tree.body), "s"
        for _ in range(rng.choice([1, 1, 1, 2, 3])):
            self.wound(tree)
        return mode.encode() + self.describe(tree).encode("utf-8", "surrogatepass")

    def wound(self, tree):
        rng = self.rng
        nodes = [node for node in ast.walk(tree) if node.__dict__]
        if not nodes:
            return
        node = rng.choice(nodes)
        name = rng.choice(list(node.__dict__))
        old = getattr(node, name)
        if name in ("lineno", "col_offset", "end_lineno", "end_col_offset") and rng.random() < 0.7:
            name = rng.choice([field for field in node._fields if field in node.__dict__] or [name])
            old = getattr(node, name)
        how = rng.randrange(7)
        other = copy.deepcopy(rng.choice(nodes))
        if how == 0:
            delattr(node, name)
        elif how == 1:
            setattr(node, name, rng.choice(self.VALUES))
        elif how == 2:
            setattr(node, name, [other] if isinstance(old, list) else other)
        elif how == 3 and isinstance(old, list):
            old[rng.randrange(len(old) + 1):0] = [rng.choice([None, other, 3])]
        elif how == 4 and isinstance(old, list):
            del old[rng.randrange(len(old) + 1):]
        elif how == 5 and hasattr(node, "ctx"):
            node.ctx = rng.choice([ast.Load(), ast.Store(), ast.Del()])
        else:
            # The like of it, from another node: such trees often make sense.
            like = [getattr(each, name) for each in nodes if name in each.__dict__]
            setattr(node, name, copy.deepcopy(rng.choice(like)))

    def describe(self, value):
        if isinstance(value, ast.AST):
            return type(value).__name__ + "(" + ",".join(f"{name}={self.describe(item)}" for name, item in value.__dict__.items()) + ")"
        if isinstance(value, list):
            return "[" + ",".join(map(self.describe, value)) + "]"
        return repr(value).replace("inf", "1e999").replace("nan", "(1e999-1e999)") if isinstance(value, (float, complex)) else repr(value)

    # ---- marshal ----

    CODES = [bytes([code | flag]) for code in b"0NTF.Siflgyxstuaz Z()[]{<>cr?A" for flag in (0, 0x80)] + [b"\xff\xff\xff\xff", b"\0\0\0\x80", b"\1\0\0\0", b"\0\0\0\0", b"r\0\0\0\0"]

    def value(self, depth=3):
        rng = self.rng
        if depth == 0 or rng.random() < 0.3:
            return rng.choice([None, True, ..., 0, -1, 2**31, -2**75, 1.5, -0.0, 2j, "", "name", "é" * 3, "\udc80", b"", b"bytes\xff", StopIteration, "x" * 300])
        items = [self.value(depth - 1) for _ in range(rng.randrange(4))]
        flat = [item for item in items if isinstance(item, (str, int, bytes, float))]
        return rng.choice([items, tuple(items), {i: item for i, item in enumerate(items)}, set(flat), frozenset(flat), (items, items)])

    def marshal(self):
        data = bytearray(marshal.dumps(self.rng.choice(self.codes) if self.rng.random() < 0.3 else self.value(), self.rng.choice([0, 1, 2, 3, 4, 4, 4])))
        for _ in range(self.rng.choice([0, 1, 1, 2, 3])):
            self.change(data, self.CODES)
        return bytes(data)

    def pyc(self):
        data = bytearray(b"\xa7\r\r\n" + struct.pack("<III", self.rng.choice([0, 0, 1, 3]), 1, 2) + marshal.dumps(self.rng.choice(self.codes)))
        for _ in range(self.rng.choice([1, 1, 2, 4])):
            if self.rng.random() < 0.8:
                data[self.rng.randrange(16, len(data)) if len(data) > 16 else 0] = self.rng.randrange(256)
            else:
                self.change(data, self.CODES)
        return bytes(data)


# ---- the interpreters ----

class Worker:
    """One process that answers; it is started again when it dies."""

    def __init__(self, command):
        self.command = command
        self.process = None
        self.pending = b""

    def start(self):
        environment = {**os.environ, "PYTHONHASHSEED": "0", "ASAN_OPTIONS": "detect_leaks=0:allocator_may_return_null=1", "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1"}
        self.process = subprocess.Popen([*self.command, os.path.join(HERE, "fuzz_worker.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)
        self.pending = b""
        os.set_blocking(self.process.stderr.fileno(), False)

    def line(self):
        """One line, or why there is none."""
        while b"\n" not in self.pending:
            ready, _, _ = select.select([self.process.stdout], [], [], ANSWER_SECONDS)
            if not ready:
                self.process.kill()
                self.process.wait()
                return None, "hang"
            chunk = os.read(self.process.stdout.fileno(), 65536)
            if not chunk:
                return None, "crash"
            self.pending += chunk
        line, _, self.pending = self.pending.partition(b"\n")
        return line.decode(), None

    def answers(self, cases):
        """For each case its answer, 'CRASH ...' or 'HANG'."""
        found = []
        while len(found) < len(cases):
            if not self.process or self.process.poll() is not None:
                self.start()
            rest = cases[len(found):]
            try:
                self.process.stdin.write(b"".join(struct.pack("<I", len(case)) + case for case in rest))
                self.process.stdin.flush()
            except BrokenPipeError:
                pass
            for _ in rest:
                line, problem = self.line()
                if problem:
                    found.append("HANG" if problem == "hang" else "CRASH " + self.last_words())
                    self.process = None
                    break
                found.append(line)
        return found

    def last_words(self):
        """How it ended. CPython may be killed by a signal; that it does not even start is no answer."""
        status = self.process.wait()
        text = (self.process.stderr.read() or b"").decode("utf-8", "replace")
        if self.command == [CPYTHON] and status >= 0:
            raise SystemExit(f"CPython does not run: {text}")
        telling = [line for line in text.splitlines() if "ERROR" in line or "runtime error" in line or "assert" in line.lower() or re.match(r"\s+#[0-6] ", line)]
        return f"status {status} " + " | ".join(telling or text.splitlines()[-3:])[:900]

    def stop(self):
        if self.process:
            self.process.kill()
            self.process.wait()


def as_line(case):
    return repr(case)


def corpus():
    if not os.path.exists(CORPUS):
        return []
    with open(CORPUS, encoding="ascii") as file:
        return [ast.literal_eval(line) for line in file if line.strip() and not line.startswith("#")]


def same(krait, cpython):
    if krait.startswith(("CRASH", "HANG")):
        return False
    # CPython's validator goes on behind a wrong key of a mapping pattern, and notices only that it has lost count.
    if "AST validator recursion depth mismatch" in cpython:
        return not krait.startswith("compiles")
    # CPython believes what marshal data says of a code object; krait checks it.
    if (krait, cpython) == ("refused", "code"):
        return True
    # With this explanation CPython 3.11 looks at freed memory.
    return krait == cpython or cpython.startswith(("CRASH", "HANG")) or source_parity.FREED in krait + cpython


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--krait", required=True, help="the executable, with options")
    parser.add_argument("--replay", action="store_true")
    parser.add_argument("--count", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kinds", default="sstmp")
    parser.add_argument("--save", help="file to which cases that fail are added")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    krait, cpython = Worker([*options.krait.split(), "--jit=off"]), Worker([CPYTHON])
    started = time.monotonic()
    passed = failed = reference_crashes = 0
    waiting = corpus() if options.replay else []
    total = len(waiting) + options.count
    cases = Cases(options.seed) if options.count or options.seconds else None
    done = 0
    while waiting or done < total or time.monotonic() - started < options.seconds:
        while cases and len(waiting) < BATCH and (done + len(waiting) < total or options.seconds):
            waiting.append(cases.make(cases.rng.choice(options.kinds)))
        batch, waiting = waiting[:BATCH], waiting[BATCH:]
        for case, ours, theirs in zip(batch, krait.answers(batch), cpython.answers(batch)):
            done += 1
            reference_crashes += theirs.startswith("CRASH")
            if same(ours, theirs):
                passed += 1
                continue
            failed += 1
            print(f"{as_line(case)}\n    krait:   {ours}\n    cpython: {theirs}", flush=True)
            if options.save:
                with open(options.save, "a", encoding="ascii") as file:
                    file.write(as_line(case) + "\n")
    krait.stop()
    cpython.stop()
    print(f"fuzz_compiler: {done} cases in {time.monotonic() - started:.0f} s; CPython crashed on {reference_crashes}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
