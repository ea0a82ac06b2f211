#!/usr/bin/env python3.11
"""Compares the code objects of krait_compile with CPython's, field by field.

  bytecode_parity.py [--compiler build/release/bin/krait_compile] [-O LEVEL] [--mode MODE] [--await] [--show N] [FILE_OR_FOLDER...]

Without paths: the whole standard library with its tests. Exit code 0 when everything is identical. Must run under
CPython 3.11, which is the reference and reads both dumps.
"""
import argparse
import ast
import collections
import dis
import marshal
import os
import struct
import subprocess
import sys
import tempfile
import types
import warnings

import unicode_table

FIELDS = ["co_name", "co_qualname", "co_argcount", "co_posonlyargcount", "co_kwonlyargcount", "co_flags", "co_varnames",
          "co_cellvars", "co_freevars", "co_names", "co_consts", "co_code", "co_stacksize", "co_exceptiontable",
          "co_firstlineno", "co_linetable", "co_nlocals", "co_filename"]
BATCH = 200


def sources(paths):
    for path in paths:
        if os.path.isfile(path):
            yield path
            continue
        for root, folders, files in os.walk(path):
            folders[:] = sorted(name for name in folders if name != "__pycache__")
            yield from (os.path.join(root, name) for name in sorted(files) if name.endswith(".py"))


def const_key(value):
    """Equal only for constants that are equal in type and value."""
    if isinstance(value, float):
        return "float", struct.pack("<d", value)
    if isinstance(value, complex):
        return "complex", struct.pack("<dd", value.real, value.imag)
    if isinstance(value, tuple):
        return "tuple", tuple(map(const_key, value))
    if isinstance(value, frozenset):
        return "frozenset", tuple(sorted(repr(const_key(item)) for item in value))
    if isinstance(value, types.CodeType):
        return "code", value.co_qualname
    return type(value).__name__, value


def instruction_lines(code):
    lines = []
    for instruction, position in zip(dis.get_instructions(code, show_caches=True), code.co_positions()):
        if instruction.opname != "CACHE":
            meaning = instruction.argrepr.split(" at 0x")[0][:40]
            lines.append(f"{instruction.offset:5} {instruction.opname:28} {instruction.arg!s:>6} {meaning:40} {position}")
    return lines


class Comparison:
    def __init__(self, show):
        self.show = show
        self.codes = self.same_codes = 0
        self.first_fields = collections.Counter()

    def compare(self, expected, got, where):
        self.codes += 1
        inner_expected = [item for item in expected.co_consts if isinstance(item, types.CodeType)]
        inner_got = [item for item in got.co_consts if isinstance(item, types.CodeType)]
        same_below = True
        for one, other in zip(inner_expected, inner_got):
            same_below &= self.compare(one, other, where)
        for field in FIELDS:
            left, right = getattr(expected, field), getattr(got, field)
            if field == "co_consts":
                left, right = const_key(left), const_key(right)
            if left != right:
                self.report(expected, got, field, where)
                return False
        self.same_codes += 1
        return same_below

    def report(self, expected, got, field, where):
        self.first_fields[field] += 1
        if self.show <= 0:
            return
        self.show -= 1
        print(f"--- {where}:{expected.co_firstlineno} {expected.co_qualname}: {field}")
        if field not in ("co_code", "co_linetable", "co_exceptiontable", "co_stacksize"):
            print(f"    expected {getattr(expected, field)!r}\n    got      {getattr(got, field)!r}")
            return
        left, right = instruction_lines(expected), instruction_lines(got)
        for number, (one, other) in enumerate(zip(left, right)):
            if one != other:
                break
        else:
            print(f"    {len(left)} and {len(right)} instructions; stack {expected.co_stacksize} {got.co_stacksize}")
            table = [dis._parse_exception_table(code) for code in (expected, got)]
            for number, (one, other) in enumerate(zip(*table)):
                if one != other:
                    print(f"    region {number}: expected {one}\n    got {other}")
                    break
            for number in range(0, min(len(expected.co_code), len(got.co_code)), 2):
                one, other = expected.co_code[number:number + 2], got.co_code[number:number + 2]
                if one != other:
                    print(f"    offset {number}: expected {dis.opname[one[0]]} {one[1]}, got {dis.opname[other[0]]} {other[1]}")
                    break
            return
        print("    expected", *left[max(0, number - 3):number + 5], sep="\n        ")
        print("    got", *right[max(0, number - 3):number + 5], sep="\n        ")


def compile_batch(compiler, how, files):
    with tempfile.NamedTemporaryFile() as out:
        process = subprocess.run([compiler, "--marshal", out.name, how, *files], capture_output=True, text=True)
        results = {}
        while header := out.readline().split():
            kind, number, size = header[0].decode(), int(header[1]), int(header[2])
            results[files[number]] = kind, out.read(size)
            out.read(1)
    if process.returncode:
        done = len(results)
        print(f"{files[min(done, len(files) - 1)]}: the compiler died ({process.returncode}) {process.stderr[-300:]}")
        rest = files[done + 1:]
        if rest:
            results.update(compile_batch(compiler, how, rest))
    return results


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--compiler", default="build/release/bin/krait_compile")
    parser.add_argument("-O", dest="level", type=int, default=0, choices=(0, 1, 2))
    parser.add_argument("--mode", default="exec", choices=("exec", "eval", "single"))
    parser.add_argument("--await", dest="top_level_await", action="store_true", help="allow await at top level")
    parser.add_argument("--show", type=int, default=5, help="print this many differences")
    parser.add_argument("paths", nargs="*", default=[os.path.dirname(os.__file__)])
    options = parser.parse_args()
    unicode_table.install()
    letter = {"exec": "e", "eval": "v", "single": "s"}[options.mode]
    how = f"{options.level}{letter}{'a' * options.top_level_await}"
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT if options.top_level_await else 0
    files = list(sources(options.paths))
    comparison = Comparison(options.show)
    same_files = 0
    warnings.simplefilter("ignore")
    for start in range(0, len(files), BATCH):
        batch = files[start:start + BATCH]
        results = compile_batch(options.compiler, how, batch)
        for path in batch:
            kind, data = results.get(path, ("C", b"no result"))
            with open(path, "rb") as file:
                text = file.read()
            try:
                expected = compile(text, path, options.mode, flags, dont_inherit=True, optimize=options.level)
            except Exception as error:
                message = error.msg if isinstance(error, SyntaxError) else str(error)
                if kind == "X" and data.decode("utf-8", "replace") == f"{type(error).__name__}: {message}":
                    same_files += 1
                else:
                    print(f"{path}: expected {type(error).__name__}: {message}, got {kind} {data[:100]!r}")
                continue
            if kind != "D":
                print(f"{path}: {data[:200]!r}")
                continue
            same_files += comparison.compare(expected, marshal.loads(data), path)
    print(f"files {same_files} of {len(files)}, code objects {comparison.same_codes} of {comparison.codes}")
    for field, count in comparison.first_fields.most_common():
        print(f"    {field}: {count}")
    return same_files != len(files)


if __name__ == "__main__":
    sys.exit(main())
