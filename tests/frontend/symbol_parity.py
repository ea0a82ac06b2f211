#!/usr/bin/env python3.11
"""Compares the scopes that krait_compile finds with those of CPython's _symtable: every symbol's flags, in every scope.

  symbol_parity.py [--compiler build/release/bin/krait_compile] [FILE_OR_FOLDER...]

Without paths: the standard library. Exit code 0 when everything is identical.
"""
import argparse
import os
import subprocess
import sys
import warnings

import _symtable

import bytecode_parity
import unicode_table


def lines(table, indent=0):
    symbols = "".join(f" {name}={flags}" for name, flags in table.symbols.items())
    head = f"{' ' * indent}{table.type} {table.name} {table.lineno} {table.nested:d}{symbols} |"
    yield " ".join([head, *table.varnames])
    for child in table.children:
        yield from lines(child, indent + 1)


def by_file(text):
    """The lines of each file: its first one is not indented."""
    outputs = []
    for line in text.split("\n")[:-1]:
        if not line.startswith(" "):
            outputs.append([])
        outputs[-1].append(line)
    return outputs


def normal(line):
    """The order of symbols is of no consequence where inner scopes add some."""
    head, _, varnames = line.partition("|")
    words = head.split()
    return len(head) - len(head.lstrip()), words[:4], sorted(words[4:]), varnames


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--compiler", default="build/release/bin/krait_compile")
    parser.add_argument("paths", nargs="*", default=[os.path.dirname(os.__file__)])
    options = parser.parse_args()
    unicode_table.install()
    warnings.simplefilter("ignore")
    same = total = 0
    files = list(bytecode_parity.sources(options.paths))
    process = subprocess.run([options.compiler, "--symbols", *files], capture_output=True)
    outputs = by_file(process.stdout.decode("utf-8", "surrogatepass"))
    for path, got in zip(files, outputs):
        with open(path, "rb") as file:
            source = file.read()
        try:
            expected = list(lines(_symtable.symtable(source, path, "exec")))
        except (SyntaxError, ValueError):
            continue  # errors are compared by bytecode_parity.py
        total += 1
        if list(map(normal, expected)) == list(map(normal, got)):
            same += 1
            continue
        for one, other in zip(expected, got):
            if normal(one) != normal(other):
                print(f"--- {path}\n    expected {one}\n    got      {other}")
                break
    print(f"files {same} of {total}")
    return same != total or len(outputs) != len(files)


if __name__ == "__main__":
    sys.exit(main())
