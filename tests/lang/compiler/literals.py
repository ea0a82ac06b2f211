"""Literals: warnings of escapes and numbers, the place of errors in strings, the limit of digits, f-strings as patterns."""

import codecs
import sys
import warnings

for source in ["0xfif x else y", "1or x", "1if x else 2", "0b1and x", "1.5in x", "1jis x", r"'\400'", r"b'\400'", r"'\z\400'", r"'\377'", r"f'\400'", r"'\8'", r"f'{1}\{2}'", r"'\
\q'", r"b'\q\477'", r"r'\q'"]:
    for filter in "always", "error":
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter(filter)
            try:
                compile(source, "file.py", "eval")
            except SyntaxError as error:
                print(repr(source), error.args)
            print([(str(each.message), each.category.__name__, each.lineno, each.filename) for each in seen])
for decode in [lambda: rb"\400".decode("unicode_escape"), lambda: codecs.escape_decode(rb"\400\z"), lambda: rb"\z\400".decode("unicode_escape")]:
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        print(decode(), [(str(each.message), each.category.__name__) for each in seen])

for source in ["b'é' 'a'", "'a' b'é' 'c'\n", "(b'é')", r"'\N{no such name}'", r"('\N{no such name}')", "'a' b'b'", "b'é'\n", "(1, b'é'", r"'\ud' b'é'", r"b'\x'", "(b'\\x',\n2)",
               "(é,\nb'é')", r"'\U00110000'", r"'\x4'"]:
    for mode in "eval", "exec", "single":
        try:
            compile(source, "file.py", mode)
        except SyntaxError as error:
            print(repr(source), mode, error.args)
for pattern in ["f'x'", "f'{x}'", "{f'x': 1}", "f''", "'a' f'b'", "1 + 1", "-1", "{-1: 1, -1: 2}", "a(f'x')", "1 - 2j", "1j + 1", "-x"]:
    try:
        compile(f"match 1:\n case {pattern}: pass", "file.py", "exec")
        print(pattern, "is a pattern")
    except SyntaxError as error:
        print(pattern, error.args)

digits = "1" * 5000
for limit in (640, 4300, 5000, 0):
    sys.set_int_max_str_digits(limit)
    for source in (digits, "x = [" + digits + "]", "0x" + digits, "-" + digits, digits + "j"):
        try:
            compile(source, "file.py", "exec")
            print(limit, source[:6], "compiles")
        except SyntaxError as error:
            print(limit, error.args[0], error.lineno, error.offset)

# Folded as the running program computes.
minus_one, two = -1, 2.5
print((-1) ** 1j, minus_one ** 1j, 2.5 ** (1 - 2j), two ** (1 - 2j), (1 + 2j) ** (0.5 - 1j))
