"""The command line and bad input: what krait does with arguments, exits, broken files, closed outputs, signals, empty memory.

Where CPython 3.11 has an answer, it is the oracle: both run with the same arguments and are compared. What is krait's own
(the JIT's options, a missing JIT library) is checked against what the documentation promises. A crash by a signal is always
a failure.

usage: cli.py --krait PATH [--verbose] [FILTER...]
"""

import argparse
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "run"))
from known import known_failures, reason_for  # noqa: E402

CPYTHON = "/usr/bin/python3.11"
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}

krait = None


class Failure(Exception):
    pass


class Result:
    def __init__(self, status, stdout, stderr):
        self.status, self.stdout, self.stderr = status, stdout, stderr

    def last_line(self):
        lines = self.stderr.strip().splitlines()
        return lines[-1] if lines else ""


def execute(program, args, stdin="", env=None, cwd=None, timeout=60, **options):
    environment = dict(ENVIRONMENT, **(env or {}))
    try:
        done = subprocess.run([program, *args], input=stdin.encode() if isinstance(stdin, str) else stdin, capture_output=True, env=environment, cwd=cwd, timeout=timeout, **options)
    except subprocess.TimeoutExpired:
        raise Failure(f"{' '.join([program, *args])[:200]} did not end in {timeout} s")
    # The program's own name may stand in messages.
    stderr = done.stderr.decode("utf-8", "replace").replace(program, "PROGRAM")
    return Result(done.returncode, done.stdout.decode("utf-8", "replace"), stderr)


def expect(condition, message):
    if not condition:
        raise Failure(message)


def run(*args, **options):
    """Runs krait; only a crash is a failure."""
    result = execute(krait, args, **options)
    expect(result.status >= 0, f"{list(args)[:4]} was ended by signal {-result.status}: {result.stderr[-500:]}")
    return result


def same(*args, stderr="last", **options):
    """Runs both; stdout, status and (the last line of, or all of, or none of) stderr must agree."""
    expected = execute(CPYTHON, args, **options)
    actual = execute(krait, args, **options)
    where = f"{list(args)[:4]}"
    expect(actual.status == expected.status, f"{where}: status {actual.status}, expected {expected.status}: {actual.stderr[-600:]}")
    expect(actual.stdout == expected.stdout, f"{where}: printed {actual.stdout[-600:]!r}, expected {expected.stdout[-600:]!r}")
    if stderr == "full":
        expect(actual.stderr == expected.stderr, f"{where}: stderr\n{actual.stderr[-1500:]}\nexpected\n{expected.stderr[-1500:]}")
    elif stderr == "last":
        expect(actual.last_line() == expected.last_line(), f"{where}: stderr ends {actual.last_line()!r}, expected {expected.last_line()!r}")
    elif stderr == "first":
        first = (expected.stderr.splitlines() or [""])[0]
        expect((actual.stderr.splitlines() or [""])[0] == first, f"{where}: stderr starts {actual.stderr[:200]!r}, expected {first!r}")
    return actual


class Folder:
    """A temporary folder with helper methods; gone after the test."""

    def __init__(self, path):
        self.path = path

    def write(self, name, content):
        path = os.path.join(self.path, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        return path


# ---- arguments ----

SHOW_ARGV = "import sys\nprint(sys.argv, __name__)\n"


def test_arguments(folder):
    script = folder.write("show.py", SHOW_ARGV)
    same(script)
    same(script, "a", "-b", "--jit=off", "", "ünicode", "--", "-c")
    same("-c", SHOW_ARGV, "x", "-y", "--z")
    same("-", "a", "b", stdin=SHOW_ARGV)
    same(stdin=SHOW_ARGV)
    same("show.py", "q", cwd=folder.path)
    same("./show.py", cwd=folder.path)
    same("-c", "")
    same("-c", "print(1)\n\nprint(2)")
    same("-cprint(5)", "x")


def test_module_arguments(folder):
    folder.write("mod.py", SHOW_ARGV + "print(__package__, __spec__.name)\n")
    folder.write("pkg/__init__.py", "print('package', __name__)\n")
    folder.write("pkg/__main__.py", SHOW_ARGV + "print(__package__)\n")
    same("-m", "mod", "a", "-b", cwd=folder.path)
    same("-m", "pkg", "a", cwd=folder.path)
    same("-mmod", "a", cwd=folder.path)
    same("-m", "nothing_like_this", cwd=folder.path)
    same("-m", "pkg.nothing", cwd=folder.path)


def test_main_module_and_path(folder):
    folder.write("sub/beside.py", "value = 'found beside the script'\n")
    script = folder.write("sub/main.py", "import sys, beside\nprint(beside.value, sys.path[0], __file__, __name__, __builtins__ is not None, sys.modules['__main__'].__name__)\n")
    same(script)
    same("sub/main.py", cwd=folder.path)
    same("-c", "import sys; print(repr(sys.path[0]))", cwd=folder.path)
    folder.write("app/__main__.py", SHOW_ARGV)
    same(os.path.join(folder.path, "app"), "x")
    same(folder.path)


def test_flags(folder):
    for flags in (["-S"], ["-E"], ["-s"], ["-B"], ["-u"], ["-I"], ["-q"], ["-O"], ["-OO"], ["-W", "ignore"], ["-Wignore"], ["-X", "utf8"], ["-Xdev"], ["-bb"], ["-d"], ["-SEsB"], ["-P"]):
        same(*flags, "-c", "import sys\nprint(sys.argv, sys.flags.optimize, sys.flags.no_site, __debug__)\nassert False", stderr="last")


def test_unknown_flags(folder):
    for args in (["-Z"], ["--nothing"], ["--nothing=5"], ["-c"], ["-m"], ["-W"], ["-X"], ["-SZ"]):
        result = same(*args, stderr="first")
        expect(result.status == 2, f"{args}: status {result.status}")


def test_jit_options(folder):
    code = "t = 0\nfor i in range(20000):\n    t += i * 2\nprint(t)"
    for mode in ("on", "off", "sync", "stress"):
        result = run(f"--jit={mode}", "-c", code)
        expect((result.status, result.stdout) == (0, "399980000\n"), f"--jit={mode}: {result.status} {result.stdout!r} {result.stderr[-300:]}")
    for bad in ("--jit=nonsense", "--jit=", "--dump=nonsense", "--jit-threshold=x"):
        result = run(bad, "-c", "print(1)")
        expect(result.status == 2 and result.stdout == "" and result.stderr, f"{bad}: status {result.status} {result.stdout!r} {result.stderr[:200]!r}")
    for env in ({"PYTHON_JIT": "0"}, {"PYTHON_JIT": "1"}, {"KRAIT_JIT": "off"}):
        result = run("-c", code, env=env)
        expect(result.stdout == "399980000\n", f"{env}: {result.stdout!r} {result.stderr[-300:]}")


def test_help_and_version(folder):
    for flag in ("-h", "--help", "-V", "--version"):
        result = run(flag)
        expect(result.status == 0 and result.stdout.strip(), f"{flag}: {result.status} {result.stdout!r} {result.stderr!r}")
    expect("3.11" in run("-V").stdout, "-V does not name the language's version")
    expect("--jit" in run("--help").stdout, "--help does not name --jit")


# ---- scripts that cannot be run ----

def test_missing_script(folder):
    same(os.path.join(folder.path, "missing.py"), stderr="full")
    same("missing.py", cwd=folder.path, stderr="full")
    same(os.path.join(folder.path, "no/such/folder.py"), stderr="full")
    same("", cwd=folder.path)


def test_folder_as_script(folder):
    os.mkdir(os.path.join(folder.path, "empty"))
    same(os.path.join(folder.path, "empty"), stderr="full")


def test_unreadable_script(folder):
    script = folder.write("secret.py", "print(1)")
    os.chmod(script, 0)
    os.chmod(folder.path, 0o755)
    # Root reads everything, so the test becomes somebody else.
    options = {"user": 65534, "group": 65534} if os.getuid() == 0 else {}
    try:
        same(script, stderr="full", **options)
    except (PermissionError, subprocess.SubprocessError):
        # Nobody may not reach the executable here (a checkout below /root): then there is nothing to compare.
        if os.getuid() != 0 or execute("/bin/true", [], user=65534).status != 0:
            raise


SYNTAX_ERRORS = {
    "unclosed": "print(1)\nx = (1,\n     2\n",
    "no_colon": "if True\n    pass\n",
    "bad_indent": "def f():\n    x = 1\n  y = 2\n",
    "unexpected_indent": "x = 1\n    y = 2\n",
    "missing_block": "if x:\npass\n",
    "tabs": "if 1:\n        x = 1\n\ty = 2\n",
    "string": "x = 'abc\ny = 1\n",
    "triple": "x = '''abc\ny = 1\n",
    "assign": "1 = x\n",
    "call": "f(a for a in b, c)\n",
    "keyword": "class = 5\n",
    "return": "x = 1\nreturn x\n",
    "unicode": "äöü = 1\nx = äöü ¤ 5\n",
    "print": "print 'hello'\n",
    "fstring": "x = f'{a b}'\n",
    "bracket": "x = [1, 2)\n",
    "nonlocal": "def f():\n    nonlocal q\n",
    "await": "def f():\n    await x\n",
    "star": "*a = 1, *b, *c = 1\n",
    "number": "x = 0777\n",
    "late": "print('not printed')\n" * 50 + "x = = 5\n",
    "del": "del f()\n",
    "walrus": "x := 5\n",
    "match": "match x:\n    case 1 + 1:\n        pass\n",
    "except": "try:\n    pass\nexcept* A:\n    pass\nexcept B:\n    pass\n",
    "backslash": "x = \\ 5\n",
    "eof_backslash": "x = 5 + \\",
    "dunder_debug": "__debug__ = 1\n",
}


def test_syntax_errors(folder):
    for name, source in SYNTAX_ERRORS.items():
        same(folder.write(name + ".py", source), stderr="full")


def test_syntax_errors_elsewhere(folder):
    same("-c", "x = (", stderr="full")
    same("-c", "if 1:\nx", stderr="full")
    same("-", stdin="x = 5\ny = = 3\n", stderr="full")
    folder.write("broken.py", "def f(:\n    pass\n")
    same("-c", "import broken", cwd=folder.path, stderr="full")
    same("-m", "broken", cwd=folder.path, stderr="full")
    same("-c", "compile('a b', 'file', 'exec')", stderr="full")


def test_strange_files(folder):
    for name, content in {
        "empty": b"", "newline": b"\n", "no_newline": b"print(1)", "crlf": b"print(1)\r\nif 1:\r\n    print(2)\r\n", "cr": b"print(1)\rprint(2)\r", "bom": b"\xef\xbb\xbfprint('bom')\n",
        "latin": b"# -*- coding: latin-1 -*-\nprint(ascii('\xe9'))\n", "bad_utf8": b"x = '\xff'\n", "bad_cookie": b"# coding: nonsense\nprint(1)\n", "bom_cookie": b"\xef\xbb\xbf# coding: latin-1\nprint(1)\n",
        "null": b"print(1)\n\0print(2)\n", "form_feed": b"if 1:\n\x0c    print(1)\n", "long_line": b"x = " + b"1 + " * 5000 + b"1\nprint(x)\n", "long_string": b"print(len('" + b"a" * 200000 + b"'))\n",
        "shebang": b"#!/usr/bin/env python\nprint('shebang')\n", "only_comment": b"# nothing", "control": b"x = 1\x01\n", "many_lines": b"x = 1\n" * 30000 + b"print(x)\n", "second_cookie": b"\n# coding: latin-1\nprint(ascii('\xe4'))\n",
    }.items():
        same(folder.write(name + ".py", content), stderr="last")


def test_nested_source(folder):
    """Sources that are nested too deeply are errors; which limit strikes first may differ, crashing may not."""
    for name, source in {
        "parens": "(" * 5000 + ")" * 5000, "lists": "[" * 100000, "minus": "x = " + "-" * 100000 + "1", "nots": "x = " + "not " * 50000 + "1", "calls": "f" + "()" * 50000, "attributes": "x" + ".a" * 100000, "ifs": "".join(" " * i + "if 1:\n" for i in range(150)),
        "blocks": "".join(" " * i + "for x in y:\n" for i in range(30)) + " " * 30 + "pass\n", "lambda": "lambda: " * 20000 + "1", "plus": "x = " + "1 + " * 100000 + "1", "comprehension": "[" * 200 + "x" + " for x in y]" * 200, "strings": "x = " + "'a' " * 100000,
        "power": "x = " + "2 ** " * 50000 + "1", "fstring": "f'" + "{" * 500 + "'", "elif": "if 0: pass\n" + "elif 1: pass\n" * 20000, "or": "x = " + "a or " * 100000 + "a", "dicts": "{1:" * 50000, "ternary": "x = " + "1 if 2 else " * 50000 + "3",
    }.items():
        result = run(folder.write(name + ".py", source), timeout=120)
        expect(result.status in (0, 1), f"{name}: status {result.status}")


# ---- exits ----

EXITS = ["sys.exit()", "sys.exit(0)", "sys.exit(3)", "sys.exit(255)", "sys.exit(256)", "sys.exit(-1)", "sys.exit(1000)", "sys.exit(2**40)", "sys.exit(2**80)", "sys.exit('text')", "sys.exit('')", "sys.exit(None)", "sys.exit(True)", "sys.exit(2.5)", "sys.exit((1, 2))", "sys.exit([])", "raise SystemExit", "raise SystemExit(4)",
         "raise SystemExit('bye')", "raise SystemExit(1, 2)", "exit(5)", "quit()", "sys.exit(b'bytes')", "1/0", "raise KeyError('k')", "raise KeyError", "raise type('E', (Exception,), {})", "assert 0, 'why'", "undefined", "import nothing_here", "raise BaseException('b')", "raise Exception", "x = 5", "try:\n    sys.exit(2)\nfinally:\n    print('finally')", "try:\n    sys.exit(2)\nexcept SystemExit as e:\n    print(e.code)",
         "import os; os._exit(7)", "print('before'); sys.exit(9)", "def f(): sys.exit(6)\nf()", "sys.stderr.write('err\\n'); sys.exit(1)", "raise KeyboardInterrupt", "raise StopIteration", "class E(SystemExit): pass\nraise E(8)", "sys.excepthook = lambda *a: print('hook', a[0].__name__)\n1/0", "sys.excepthook = None\n1/0", "sys.excepthook = lambda *a: 1/0\n[][0]",
         "class D:\n    def __del__(self): print('del at exit')\nd = D()", "class D:\n    def __del__(self): 1/0\nd = D()\nd = None\nprint('after')", "import atexit; atexit.register(print, 'at exit'); print('main')", "import atexit\natexit.register(lambda: 1/0)", "print('no newline', end='')", "sys.stdout.write('a' * 100000)", "raise ValueError('multi\\nline')",
         "class E(Exception):\n    def __str__(self): 1/0\nraise E", "class E(Exception):\n    __module__ = 'm.n'\nraise E('x')", "raise OSError(2, 'No such', 'f')", "raise UnicodeDecodeError('a', b'b', 0, 1, 'r')", "raise ExceptionGroup('g', [ValueError(1)])", "raise ValueError from KeyError(1)"]


def test_exit_codes(folder):
    for code in EXITS:
        same("-c", "import sys\n" + code)


def test_tracebacks_of_scripts(folder):
    script = folder.write("trace.py", "import sys\n\ndef f(x):\n    return g(x)[0]\n\ndef g(x):\n    return 1 + x\n\nfor i in range(3000):\n    try:\n        f(i)\n    except TypeError:\n        pass\nf('text')\n")
    same(script, stderr="full")
    same("trace.py", cwd=folder.path, stderr="full")
    same("-c", "def f():\n    1/0\nf()", stderr="full")
    same("-", stdin="def f():\n    1/0\nf()\n", stderr="full")
    folder.write("other.py", "def fails():\n    raise ValueError('in other')\n")
    same(folder.write("imports.py", "import other\nother.fails()\n"), stderr="full")


# ---- outputs and inputs ----

def test_closed_outputs(folder):
    for redirect in (">&-", "2>&-", ">&- 2>&-", "<&-", "<&- >&- 2>&-"):
        for code in ("print('x')", "import sys; sys.stderr.write('e')", "1/0", "import sys; sys.stdout.write('x')", "import sys; print(sys.stdout is None, sys.stdin is None, file=sys.stderr)", "open('/dev/null').close(); print('y')"):
            results = [execute("/bin/sh", ["-c", f'"$0" -c "$1" {redirect}', program, code]) for program in (CPYTHON, krait)]
            expected, actual = results
            text = f"{code} {redirect}"
            expect(actual.status == expected.status, f"{text}: status {actual.status}, expected {expected.status} {actual.stderr[-300:]}")
            expect(actual.stdout == expected.stdout and actual.last_line() == expected.last_line(), f"{text}: {actual.stdout!r} {actual.stderr[-300:]!r}, expected {expected.stdout!r} {expected.stderr[-300:]!r}")


def test_full_device(folder):
    for code in ("print('x')", "print('x' * 100000)", "import sys; sys.stdout.write('x'); sys.stdout.flush()"):
        results = []
        for program in (CPYTHON, krait):
            with open("/dev/full", "w") as full:
                done = subprocess.run([program, "-c", code], stdout=full, stderr=subprocess.PIPE, env=ENVIRONMENT, timeout=30)
            results.append((done.returncode, done.stderr.decode().strip().splitlines()[-1:]))
        expect(results[0] == results[1], f"{code}: {results[1]}, expected {results[0]}")


def test_broken_pipe(folder):
    """The reader is gone before the first write: how much of a pipe's last write arrives is left to the kernel."""
    code = "for i in range(200000): print(i)"
    outcomes = []
    for program in (CPYTHON, krait):
        reader, writer = os.pipe()
        os.close(reader)
        process = subprocess.run([program, "-c", code], stdout=writer, stderr=subprocess.PIPE, env=ENVIRONMENT, timeout=30)
        os.close(writer)
        outcomes.append((process.returncode, process.stderr.decode()))
    expect(outcomes[0] == outcomes[1], f"{outcomes[1]}, expected {outcomes[0]}")


def test_buffering(folder):
    """Output arrives in the order and at the times that buffering promises: at exit, and at once with -u."""
    same("-c", "import sys\nprint('out')\nsys.stderr.write('err\\n')\nsys.stdout.flush()\nprint('more', flush=True)\nprint('end')")
    same("-c", "import os\nprint('buffered')\nos.write(1, b'direct\\n')")
    same("-u", "-c", "import os\nprint('unbuffered')\nos.write(1, b'direct\\n')")
    same("-c", "import os, sys\nprint('lost')\nos._exit(0)")
    same("-c", "print('\\u20ac\\U0001f600')")
    same("-c", "print('\\ud800')")
    same("-c", "print('\\xe9')", env={"PYTHONIOENCODING": "ascii"})
    same("-c", "print('\\xe9')", env={"PYTHONIOENCODING": "latin-1:replace"})


def test_standard_input(folder):
    same("-c", "import sys\nprint(sys.stdin.read().upper())", stdin="some text\nmore\n")
    same("-c", "while True:\n    try:\n        print(repr(input('> ')))\n    except EOFError as e:\n        print('eof', e)\n        break", stdin="one\ntwo\n\nlast")
    same("-c", "import sys\nfor line in sys.stdin:\n    print(len(line), repr(line))", stdin="a\nbb\n\nccc")
    same("-c", "input()", stdin="")
    same(stdin="")
    same(stdin="x = 5\nprint(x)\ndef f():\n    return x\n\nprint(f())\n")
    same(stdin="print(1)\n1/0\nprint(2)\n")


# ---- signals ----

LOOPS = {
    "while": "while True: pass",
    "counting": "i = 0\nwhile True: i += 1",
    "for": "for i in iter(int, 1): x = i * 2",
    "calls": "def f(x): return x + 1\nx = 0\nwhile True: x = f(x) & 1023",
    "floats": "x = 0.5\nwhile True: x = x * 3.5 * (1 - x)",
    "nested": "while True:\n    t = 0\n    for i in range(1000):\n        for j in range(1000):\n            t += i ^ j",
    "generator": "def g():\n    while True: yield 1\nfor x in g(): pass",
    "objects": "class A:\n    def __init__(self, v): self.v = v\nwhile True: a = A(A(1)).v.v",
    "recursion": "def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)\nfib(60)",
    "exceptions": "while True:\n    try: raise ValueError\n    except ValueError: pass",
    "comprehension": "while True: [i * i for i in range(10000)]",
    "sort": "import sys\nwhile True: sorted(range(20000), key=lambda x: -x)",
    "dict": "d = {}\nwhile True:\n    for i in range(1000): d[i] = d.get(i, 0) + 1",
    "strings": "while True:\n    s = ''\n    for i in range(1000): s += str(i)",
    "big": "x = 3\nwhile True: x = x * x % (10 ** 2000 + 7)",
    "sleep": "import time\ntime.sleep(1000)",
    "input": "input()",
}


def interrupt(program, code, *flags):
    """Starts, waits for the loop to be hot, interrupts; returns (status, stderr). A loop that goes on fails."""
    process = subprocess.Popen([program, *flags, "-c", "print('ready', flush=True)\n" + code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT)
    try:
        expect(process.stdout.readline() == b"ready\n", "did not start: " + (process.stderr.read().decode() if process.poll() is not None else ""))
        time.sleep(0.4)
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            raise Failure("was not interrupted in 10 s")
        return process.returncode, process.stderr.read().decode()
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            stream.close()


def test_interrupt(folder):
    failures = []
    for name, code in LOOPS.items():
        for mode in ("on", "off"):
            try:
                status, stderr = interrupt(krait, code, f"--jit={mode}")
                expect(status == -signal.SIGINT, f"status {status}, expected {-signal.SIGINT}: {stderr[-300:]}")
                expect(stderr.strip().endswith("KeyboardInterrupt"), f"stderr ends {stderr[-300:]!r}")
            except Failure as failure:
                failures.append(f"{name} --jit={mode}: {failure}")
    expect(not failures, "\n".join(failures))


def test_interrupt_is_caught(folder):
    code = "import sys\nfor k in range(3):\n    print('ready', flush=True)\n    try:\n        i = 0\n        while True: i += 1\n    except KeyboardInterrupt:\n        print('caught', i > 1000, flush=True)\nprint('end')"
    process = subprocess.Popen([krait, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT)
    try:
        for _ in range(3):
            expect(process.stdout.readline() == b"ready\n", "no ready")
            time.sleep(0.2)
            process.send_signal(signal.SIGINT)
            expect(process.stdout.readline() == b"caught True\n", "not caught")
        expect(process.stdout.read() == b"end\n" and process.wait(10) == 0, "did not go on")
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        process.stderr.close()


def test_terminate(folder):
    process = subprocess.Popen([krait, "-c", "print('ready', flush=True)\nwhile True: pass"], stdout=subprocess.PIPE, env=ENVIRONMENT)
    process.stdout.readline()
    process.terminate()
    expect(process.wait(10) == -signal.SIGTERM, f"status {process.returncode}")
    process.stdout.close()


# ---- broken byte code ----

PYC_SOURCE = """
import sys
class A:
    def method(self, x, *args, k=1, **kw):
        try:
            return [i * x for i in range(5) if i], f"{x!r:>5}"
        except ValueError as e:
            raise KeyError("k") from e
        finally:
            self.y = (1, 2.5, "text", b"bytes", 10 ** 30, None, ...)
def g(n):
    with open("/dev/null") as f:
        yield from range(n)
print(A().method(3), list(g(3)), {k: v for k, v in [(1, 2)]}, sys.maxsize > 0)
match 5:
    case [a, *b]: pass
    case {"k": v}: pass
    case int(q): print(q)
"""


def make_pyc(folder, source=PYC_SOURCE):
    script = folder.write("module.py", source)
    pyc = os.path.join(folder.path, "module.pyc")
    subprocess.run([CPYTHON, "-c", f"import py_compile; py_compile.compile({script!r}, {pyc!r}, doraise=True)"], check=True)
    with open(pyc, "rb") as file:
        return pyc, file.read()


def test_pyc(folder):
    pyc, _ = make_pyc(folder)
    same(pyc)


def test_truncated_pyc(folder):
    pyc, data = make_pyc(folder)
    for size in sorted({*range(0, 40), *range(40, len(data), max(1, len(data) // 60))}):
        path = folder.write("cut.pyc", data[:size])
        result = run(path, timeout=20)
        expect(result.status == 1 and result.stderr, f"{size} bytes of {len(data)}: status {result.status}, {result.stderr[-200:]!r}")
    same(folder.write("magic.pyc", b"\0\0\r\n" + data[4:]))
    same(folder.write("empty.pyc", b""))


def test_hostile_pyc(folder):
    """Bytes changed at random: any answer will do, except a crash. Programs that run for ever are stopped and are fine."""
    pyc, data = make_pyc(folder)
    state = 12345
    failures = []
    for trial in range(150):
        broken = bytearray(data)
        for _ in range(1 + trial % 3):
            state = (state * 1103515245 + 12345) % 2**31
            at = 16 + (state >> 8) % (len(data) - 16)
            state = (state * 1103515245 + 12345) % 2**31
            broken[at] = state >> 16 & 255
        path = folder.write(f"broken{trial}.pyc", bytes(broken))
        try:
            done = subprocess.run([krait, path], capture_output=True, timeout=5, env=ENVIRONMENT, preexec_fn=limit_memory)
        except subprocess.TimeoutExpired:
            continue
        if done.returncode < 0:
            failures.append(f"trial {trial}: signal {-done.returncode}")
    expect(not failures, f"{len(failures)} of 150 crash: " + ", ".join(failures[:10]))


# ---- recursion and memory ----

def test_recursion(folder):
    for code in ("def f(): f()\nf()", "def f(n): return 1 + f(n + 1)\nf(0)", "class A:\n    def __repr__(self): return repr(self)\nrepr(A())", "class A:\n    def __getattr__(self, n): return getattr(self, n)\nA().x", "f = lambda: f()\nf()",
                 "a = []\na.append(a)\nprint(a)\nb = []\nfor _ in range(100000): b = [b]\nrepr(b)", "b = ()\nfor _ in range(100000): b = (b,)\nhash(b)", "def g(): yield from g()\nlist(g())", "class A:\n    def __eq__(self, o): return self == o\nA() == 1", "class A:\n    def __hash__(self): return hash(self)\nhash(A())",
                 "import sys\nsys.setrecursionlimit(10**6)\ndef f(n): return 0 if n == 0 else f(n - 1) + 1\nfor _ in range(3): print(f(100000))", "class A: pass\nx = None\nfor _ in range(300000):\n    a = A()\n    a.next = x\n    x = a\nx = None\nprint('freed')",
                 "def f(n):\n    try: f(n + 1)\n    finally: f(n + 1) if n > 990 else None\ntry: f(0)\nexcept RecursionError: print('survived')", "def f(x): return sorted([x], key=f)\nf(1)", "def f(x): return list(map(f, [x]))\nf(1)", "def f(x): return max([x, x], key=f)\nf(1)", "exec('f()', {'f': lambda: 5})",
                 "def f(): exec('f()')\nf()", "def f(): eval('f()')\nf()", "class M(type):\n    def __call__(cls): return cls()\nclass A(metaclass=M): pass\nA()", "class P:\n    @property\n    def x(self): return self.x\nP().x", "class D(dict):\n    def __missing__(self, k): return self[k]\nD()[1]", "class I:\n    def __iter__(self): return iter(self)\niter(I())",
                 "class C:\n    def __call__(self): return self()\nC()()", "class F:\n    def __format__(self, s): return format(self)\nf'{F()}'", "class B:\n    def __bool__(self): return bool(self)\nbool(B())", "class S:\n    def __str__(self): return str(self)\nprint(S())"):
        same("-c", code, timeout=120)


def limit_memory(megabytes=1500):
    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))


def test_memory(folder):
    for code in ("x = [0] * 10**10", "x = 'a' * 10**11", "x = bytes(10**11)", "x = (1,) * 10**11", "x = list(range(10**10))", "x = bytearray(10**11)", "x = [None] * (2**62)", "x = 'ab' * (2**62)", "x = [[0] * 10**9 for _ in range(10)]", "x = b'x' * (2**63 - 1)", "x = 'x'.ljust(10**12)", "x = 'x'.zfill(2**62)",
                 "x = 1 << 10**11", "x = [1]\nwhile True: x = x + x", "x = 'a'\nwhile True: x += x", "x = 'a'\nwhile True: x = x * 2", "x = []\ntry:\n    while True: x.append([0] * 10**6)\nexcept MemoryError:\n    x = None\n    print('caught')", "x = {}\ni = 0\ntry:\n    while True:\n        x[i] = 'v' * 1000 + str(i)\n        i += 1\nexcept MemoryError:\n    x = None\n    print('caught')",
                 "x = []\ntry:\n    while True: x.append(len(x) + 2**70)\nexcept MemoryError:\n    del x\n    print('caught')", "print('%' + '1' * 30 + 'd')\n'%1000000000000d' % 1", "x = '{:1000000000000}'.format(1)", "x = ' '.join(['a' * 10**8] * 10**3)", "x = 'a'.replace('a', 'b' * 10**6) * 10**6", "x = list('a' * 10**6) * 10**6", "x = range(10**30)\nlen(x)",
                 "x = set(range(10**10))", "x = 'x' * -5\nprint(repr(x))", "x = tuple(iter(int, 1))", "x = [i for i in iter(int, 1)]", "x = sorted(iter(int, 1))", "class A: pass\nx = []\ntry:\n    while True:\n        a = A()\n        a.v = len(x)\n        x.append(a)\nexcept MemoryError:\n    x = None\n    print('caught')"):
        same("-c", code, preexec_fn=limit_memory, timeout=120)


# ---- the JIT library and where things are ----

LOOP = "t = 0\nfor i in range(200000):\n    t += i % 7\nprint(t)"


def test_missing_jit_library(folder):
    """The executable alone, without lib/: it interprets, and --jit-log says so."""
    os.mkdir(os.path.join(folder.path, "bin"))
    alone = shutil.copy(krait, os.path.join(folder.path, "bin/krait"))
    expected = execute(CPYTHON, ["-c", LOOP])
    result = execute(alone, ["-c", LOOP])
    expect((result.status, result.stdout) == (0, expected.stdout), f"{result.status} {result.stdout!r} {result.stderr[-300:]}")
    expect(result.stderr == "", f"it should be quiet: {result.stderr!r}")
    result = execute(alone, ["--jit-log", "-c", LOOP])
    expect(result.stdout == expected.stdout and "libkrait_jit" in result.stderr, f"--jit-log does not name the missing library: {result.stderr!r}")
    result = execute(alone, ["--jit=stress", "-c", LOOP])
    expect((result.status, result.stdout) == (0, expected.stdout), f"stress: {result.status} {result.stdout!r} {result.stderr[-300:]}")


def test_broken_jit_library(folder):
    alone = os.path.join(folder.path, "bin/krait")
    folder.write("lib/libkrait_jit.so", b"this is not a library")
    os.makedirs(os.path.dirname(alone))
    shutil.copy(krait, alone)
    result = execute(alone, ["--jit-log", "-c", LOOP])
    expect(result.status == 0 and result.stdout == execute(CPYTHON, ["-c", LOOP]).stdout and "libkrait_jit" in result.stderr, f"{result.status} {result.stderr[-300:]!r}")


def test_jit_log_and_stats(folder):
    result = run("--jit-log", "--jit-stats", "-c", LOOP)
    expect(result.status == 0 and result.stdout == execute(CPYTHON, ["-c", LOOP]).stdout, f"{result.status} {result.stdout!r}")
    expect("compile" in result.stderr, f"no compiled trace in the log: {result.stderr[-500:]!r}")
    expect(re.search(r"interpreted", result.stderr), f"the statistics lack the interpreted share: {result.stderr[-500:]!r}")


def test_append_in_place(folder):
    """`s += t` takes the local's own reference over, so that the text grows in place: in the entry of a trace as in its loop."""
    script = folder.write("append.py", "def f(n):\n    r = ''\n    for i in range(n):\n        r += 'ab'\n    return len(r)\nprint(f(20000))\n")
    result = run("--dump=ir", "--jit=sync", script)
    concatenations = re.findall(r"(?:inc (%\d+)\n\s*)?%\d+ = call str_concat\((%\d+)", result.stdout + result.stderr)
    expect(len(concatenations) >= 2, f"no concatenations in {result.stdout[:300]!r}")
    expect(not any(counted == operand for counted, operand in concatenations), f"a reference is added: {concatenations}")


def test_dumps(folder):
    script = folder.write("loop.py", LOOP)
    for kind in ("bytecode", "trace", "ir", "llvm", "asm", "bytecode,trace,ir"):
        result = run(f"--dump={kind}", "--jit=sync", script)
        expect(result.status == 0 and len(result.stdout + result.stderr) > 100, f"--dump={kind}: status {result.status}, {result.stderr[-300:]!r}")


def test_found_from_anywhere(folder):
    link = os.path.join(folder.path, "linked")
    os.symlink(krait, link)
    code = "import os, sys\nprint(os.path.basename(os.__file__))"
    for program, cwd in ((krait, "/"), (link, "/tmp"), (os.path.relpath(krait, folder.path), folder.path)):
        result = execute(program, ["-c", code], cwd=cwd)
        expect((result.status, result.stdout) == (0, "os.py\n"), f"{program} in {cwd}: {result.status} {result.stderr[-300:]}")
    result = execute("/bin/sh", ["-c", f"krait -c '{code.replace(chr(10), ';')}'"], env={"PATH": os.path.dirname(krait) + ":/usr/bin"})
    expect(result.stdout == "os.py\n", f"by PATH: {result.stderr[-300:]}")
    result = execute(link, ["--jit-log", "-c", LOOP])
    expect("compile" in result.stderr, f"no JIT through a symbolic link: {result.stderr[-300:]!r}")


def test_bench(folder):
    script = folder.write("quick.py", "import sys\ndef main():\n    print(sum(i * i for i in range(int(sys.argv[1]))))\nmain()\n")
    result = run("bench", "--rounds", "1", "--budget", "0.1", "--vs", CPYTHON, script, "1000")
    expect(result.status == 0 and CPYTHON in result.stdout and "MiB" in result.stdout, f"{result.status} {result.stdout!r} {result.stderr[-300:]!r}")
    differs = folder.write("differs.py", "import sys\nprint(sys.executable)\n")
    result = run("bench", "--rounds", "1", "--no-steady", "--vs", CPYTHON, differs)
    expect(result.status == 1 and "differ" in result.stderr, f"{result.status} {result.stderr[-300:]!r}")
    for args in ([], ["--rounds", "x", script], ["--vs", "no-such-python", script], [os.path.join(folder.path, "missing.py")], ["--nonsense", script]):
        result = run("bench", *args)
        expect(result.status == 2 and result.stderr, f"{args}: {result.status}")


def main():
    global krait
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--krait", required=True)
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("filters", nargs="*")
    options = parser.parse_args()
    krait = os.path.abspath(options.krait)
    tests = [(name[5:], test) for name, test in globals().items() if name.startswith("test_")]
    if options.filters:
        tests = [(name, test) for name, test in tests if any(each in name for each in options.filters)]
    passed = failed = skipped = 0
    known = known_failures()
    for name, test in tests:
        with tempfile.TemporaryDirectory() as path:
            try:
                test(Folder(path))
            except (Failure, OSError, subprocess.SubprocessError, ValueError) as failure:
                if reason := reason_for(known, f"cli/{name}"):
                    skipped += 1
                    print(f"known to fail: cli/{name}: {reason}", flush=True)
                    continue
                failed += 1
                print(f"FAILED: cli/{name}\n    " + str(failure).replace("\n", "\n    "), flush=True)
            else:
                passed += 1
                if reason_for(known, f"cli/{name}"):
                    print(f"passes, though known to fail: cli/{name}", flush=True)
                if options.verbose:
                    print(f"passed: cli/{name}", flush=True)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
