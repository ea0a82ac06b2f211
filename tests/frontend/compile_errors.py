#!/usr/bin/env python3.11
"""Compares what the compiler finds wrong behind the parser with CPython: messages, positions and warnings.

  compile_errors.py [COMPILER]

The programs are in bad_programs.txt. Exit code 0 when every answer is the same.
"""
import os
import subprocess
import sys
import warnings

import unicode_table

HERE = os.path.dirname(os.path.abspath(__file__))
COMPILER = sys.argv[1] if len(sys.argv) > 1 else "build/release/bin/krait_compile"


def programs():
    with open(os.path.join(HERE, "bad_programs.txt"), encoding="utf-8") as file:
        return [text.lstrip("\n") for text in file.read().split("###\n")[1:]]


def one_line(text):
    return text.replace("\\", "\\\\").replace("\n", "\\n")


def reference(source):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            compile(source, "<string>", "exec")
        except SyntaxError as error:
            numbers = [error.lineno, error.offset, error.end_lineno, error.end_offset]
            place = "|".join(str(-1 if number is None else number) for number in numbers)
            text = "<none>" if error.text is None else one_line(error.text)
            return [f"{type(error).__name__}|{one_line(error.msg)}|{place}|{text}"]
    return [f"Warning|{one_line(str(warning.message))}|{warning.lineno}" for warning in caught] + ["ok"]


def main():
    unicode_table.install()
    sources = programs()
    text = "\0".join("e" + source for source in sources).encode()
    output = subprocess.run([COMPILER, "--compile-errors"], input=text, capture_output=True).stdout.decode()
    answers = iter(output.split("\n"))
    failed = 0
    for source in sources:
        found = []
        for line in answers:
            found.append(line)
            if not line.startswith("Warning|"):
                break
        if found[-1:] != ["ok"]:
            found = found[-1:]  # CPython's warnings of a program that does not compile are not looked at
        expected = reference(source)
        if found != expected:
            failed += 1
            print(f"--- {source}    expected {expected}\n    got      {found}")
    print(f"{len(sources) - failed} passed, {failed} failed")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
