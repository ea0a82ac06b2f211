#!/usr/bin/env python3.11
"""Compares krait_compile --ast with CPython's ast, with all positions, over files or whole folders.

usage: ast_parity.py KRAIT_COMPILE [PATH...]      (default: the standard library with its tests)
"""
import ast
import os
import subprocess
import sys
import warnings

import unicode_table

BATCH = 50


def quoted(data, prefix=''):
    return prefix + '"' + ''.join(chr(c) if 32 <= c < 127 and c not in b'"\\' else '\\x%02x' % c for c in data) + '"'


def constant(value):
    if value is None or value is True or value is False:
        return repr(value)
    if value is ...:
        return 'Ellipsis'
    if isinstance(value, str):
        return quoted(value.encode('utf-8', 'surrogatepass'))
    if isinstance(value, bytes):
        return quoted(value, 'b')
    if isinstance(value, int):
        return str(value) if value < 2**63 else hex(value)
    if isinstance(value, float):
        return 'float %.17g' % value
    return 'complex %.17g %.17g' % (value.real, value.imag)


def dump(node, in_field=''):
    """ast.dump(node, include_attributes=True), but with constants as frontend/ast/dump.h spells them."""
    if isinstance(node, list):
        return '[' + ', '.join(dump(item) for item in node) + ']'
    if not isinstance(node, ast.AST):
        return constant(node)
    parts = []
    for name in node._fields + node._attributes:
        value = getattr(node, name)
        optional = value is None and getattr(type(node), name, ...) is None
        if not optional or (name == 'value' and type(node) in (ast.Constant, ast.MatchSingleton)):
            parts.append(f'{name}={dump(value)}')
    return f"{type(node).__name__}({', '.join(parts)})"


def sources(paths):
    for path in paths:
        if os.path.isfile(path):
            yield path
        for folder, folders, files in os.walk(path):
            folders.sort()
            for name in sorted(files):
                if name.endswith('.py'):
                    yield os.path.join(folder, name)


def expected(path):
    with open(path, 'rb') as file:
        data = file.read()
    try:
        return dump(ast.parse(data, path))
    except (SyntaxError, ValueError) as error:
        return f'{type(error).__name__}|'


def first_difference(a, b):
    i = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
    return f'    krait:   …{a[max(0, i - 120):i + 80]}\n    cpython: …{b[max(0, i - 120):i + 80]}'


def main(tool, paths):
    warnings.simplefilter('ignore')
    unicode_table.install()
    sys.setrecursionlimit(20000)
    files = list(sources(paths or ['/usr/lib/python3.11']))
    same = failed = 0
    for start in range(0, len(files), BATCH):
        batch = files[start:start + BATCH]
        run = subprocess.run([tool, '--ast', *batch], capture_output=True)
        lines = run.stdout.decode('utf-8', 'replace').split('\n')[:-1]
        if len(lines) != len(batch):
            print(f'{tool}: {len(lines)} lines for {len(batch)} files from {batch[0]}, status {run.returncode}')
        for path, line in zip(batch, lines):
            want = expected(path)
            if line == want or ('|' in want[:20] and line.startswith(want)):
                same += 1
            else:
                failed += 1
                if failed <= 15:
                    print(f'{path}:\n{first_difference(line, want)}')
        failed += len(batch) - min(len(lines), len(batch))
    print(f'{same} of {len(files)} identical')
    return failed != 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1], sys.argv[2:]))
