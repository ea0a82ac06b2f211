#!/usr/bin/env python3.11
"""Compares what krait_compile --sources makes of sources with CPython's trees and exceptions.

usage: source_parity.py KRAIT_COMPILE [FILE | --fuzz SEED COUNT]

FILE (default: sources.txt beside this script) holds sources as Python string literals, one a line, each optionally
behind a mode letter (e, v, s: exec, eval, single; b: a bytes literal, with its encoding;
i: single, as codeop compiles; t: exec with type comments; f: a function type; 3 to 9: as Python 3.n; default e). --fuzz makes COUNT sources by damaging pieces of the
standard library; the same SEED makes the same sources.
"""
import ast
import codeop
import os
import random
import subprocess
import sys
import tokenize
import warnings

import ast_parity
import unicode_table

MODES = {'e': 'exec', 'v': 'eval', 's': 'single', 'b': 'exec', 'i': 'single', 't': 'exec', 'f': 'func_type', **dict.fromkeys('3456789', 'exec')}
# With this explanation CPython 3.11 looks at freed memory, and goes wrong when that was used again.
FREED = 'iterable argument unpacking follows'
FLAGS = {'i': codeop.PyCF_DONT_IMPLY_DEDENT | codeop.PyCF_ALLOW_INCOMPLETE_INPUT, 't': ast.PyCF_TYPE_COMMENTS}


def read_sources(path):
    for line in open(path, encoding='utf-8'):
        line = line.strip()
        if not line or line.startswith('#'):
            continue
        mode = 'e'
        if line[0] in MODES and line[1] == ' ':
            mode, line = line[0], line[2:]
        yield mode, ast.literal_eval(line)


def expected(mode, source):
    try:
        version = int(mode) if mode.isdigit() else -1
        tree = compile(source, '<source>', MODES[mode], ast.PyCF_ONLY_AST | FLAGS.get(mode, 0), _feature_version=version)
        return [ast_parity.dump(tree)]
    except SyntaxError as error:
        text = '<none>' if error.text is None else error.text
        return [type(error).__name__, error.msg, *(str(-1 if place is None else place) for place in
                (error.lineno, error.offset, error.end_lineno, error.end_offset)), text]
    except (ValueError, MemoryError, RecursionError) as error:
        return [type(error).__name__, str(error)]


def escape(text):
    return text.replace('\\', '\\\\').replace('\n', '\\n')


WORDS = ('( ) [ ] { } , : ; = == := . -> * ** @ ! $ ? \\ + - ~ if else for in while with as def class return yield lambda not and or '
         'try except finally raise import from global nonlocal del pass async await None True False print exec match case _ x y 1 '
         '1.5 0x 07 1_ "s" b"b" f"{x}" f"{" f"{x!z}" f"{}" \' """ += /= ... is').split()


def damaged(seed, count):
    """Sources made from whole statements of the library by removing, doubling, swapping or inserting a word."""
    rng = random.Random(seed)
    root = '/usr/lib/python3.11'
    files = sorted(os.path.join(folder, name) for folder in (root, root + '/test') for name in os.listdir(folder)
                   if name.endswith('.py'))
    pieces = []
    while len(pieces) < min(count, 400):
        path = rng.choice(files)
        try:
            with tokenize.open(path) as file:
                text = file.read()
            tree = ast.parse(text)
        except (SyntaxError, UnicodeDecodeError):
            continue
        statements = [node for node in ast.walk(tree) if isinstance(node, ast.stmt) and node.col_offset == 0]
        for node in rng.sample(statements, min(len(statements), 12)):
            piece = ast.get_source_segment(text, node)
            if piece and len(piece) < 1500 and '\\N{' not in piece and '\0' not in piece:
                pieces.append(piece)
    for _ in range(count):
        piece = rng.choice(pieces)
        words = [(m.start(), m.end()) for m in WORD.finditer(piece)]
        start, end = rng.choice(words)
        how = rng.randrange(6)
        if how == 0:
            piece = piece[:start] + piece[end:]
        elif how == 1:
            piece = piece[:start] + rng.choice(WORDS) + ' ' + piece[start:]
        elif how == 2:
            piece = piece[:start] + rng.choice(WORDS) + piece[end:]
        elif how == 3:
            other = rng.choice(words)
            piece = piece[:start] + piece[other[0]:other[1]] + piece[end:]
        elif how == 4:
            piece = piece[:end]
        else:
            piece = piece[:start] + piece[start:end] + ' ' + piece[start:]
        yield 'e', piece


def main(tool, arguments):
    warnings.simplefilter('ignore')
    unicode_table.install()
    if arguments[:1] == ['--fuzz']:
        sources = list(damaged(int(arguments[1]), int(arguments[2])))
    else:
        sources = list(read_sources(arguments[0] if arguments else os.path.join(os.path.dirname(__file__), 'sources.txt')))
    data = b'\0'.join(mode.encode() + (source if mode == 'b' else source.encode()) for mode, source in sources)
    run = subprocess.run([tool, '--sources'], input=data, capture_output=True)
    lines = run.stdout.decode('utf-8', 'replace').split('\n')[:-1]
    if run.returncode or len(lines) != len(sources):
        print(f'{tool}: status {run.returncode}, {len(lines)} answers for {len(sources)} sources')
    failed = 0
    for (mode, source), line in zip(sources, lines):
        want = expected(mode, source)
        want = want[0] if len(want) == 1 else '|'.join(escape(part) for part in want)
        if line != want and FREED not in want + line:
            failed += 1
            if failed <= 40:
                print(f'{mode} {source!r}\n    krait:   {line}\n    cpython: {want}')
    failed += len(sources) - min(len(lines), len(sources))
    print(f'{len(sources) - failed} of {len(sources)} identical')
    return failed != 0


if __name__ == '__main__':
    import re
    WORD = re.compile(r"\w+|[^\w\s]|\n")
    sys.exit(main(sys.argv[1], sys.argv[2:]))
