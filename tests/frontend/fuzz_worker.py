"""The half of fuzz_compiler.py that runs in the interpreter under test and in CPython: answers cases, one line each.

A case on standard input is a length (four bytes, little-endian), a letter for its kind, and its content. The answer depends
on nothing but the case, and both interpreters must give the same one; PYTHONHASHSEED=0 makes their hashes equal.
"""
import ast
import importlib._bootstrap_external as external
import marshal
import signal
import sys
import types
import warnings

CPYTHON = sys.implementation.name == "cpython"
MODES = {"e": "exec", "v": "eval", "s": "single"}
SECONDS = 3


class Timeout(BaseException):
    pass


def time_is_up(*_):
    raise Timeout


def canonical(value, depth=60):
    """A text for a value, the same for equal values of equal types; code objects by everything they consist of."""
    if depth == 0:
        return "..."
    if isinstance(value, types.CodeType):
        parts = [value.co_code, value.co_names, value.co_varnames, value.co_cellvars, value.co_freevars, value.co_flags, value.co_stacksize, value.co_name,
                 value.co_qualname, value.co_firstlineno, value.co_linetable, value.co_exceptiontable, value.co_argcount, value.co_posonlyargcount,
                 value.co_kwonlyargcount]
        return f"code({parts!r} {canonical(value.co_consts, depth - 1)})"
    if isinstance(value, (tuple, list)):
        return type(value).__name__ + "(" + ",".join([canonical(item, depth - 1) for item in value]) + ")"
    if isinstance(value, (set, frozenset)):
        return type(value).__name__ + "{" + ",".join(sorted([canonical(item, depth - 1) for item in value])) + "}"
    if isinstance(value, dict):
        return "dict{" + ",".join([canonical(key, depth - 1) + ":" + canonical(item, depth - 1) for key, item in value.items()]) + "}"
    return repr(value)


def holds_code(value, depth=60):
    if isinstance(value, dict):
        value = [*value.keys(), *value.values()]
    if isinstance(value, (tuple, list, set, frozenset)):
        return depth == 0 or any(holds_code(item, depth - 1) for item in value)
    return isinstance(value, types.CodeType)


def of_source(content):
    """Compiles text or bytes (a letter each for mode and form); the code object, by its hash."""
    mode, form, source = content[0:1].decode(), content[1:2], content[2:]
    code = compile(source.decode("utf-8", "surrogatepass") if form == b"t" else source, "<fuzz>", MODES[mode])
    return f"compiles {hash(canonical(code)):x}"


def of_tree(content):
    """Builds a tree from its description and compiles it."""
    tree = eval(content[1:].decode("utf-8", "surrogatepass"), vars(ast).copy())
    return f"compiles {hash(canonical(compile(tree, '<fuzz>', MODES[content[0:1].decode()]))):x}"


def of_marshal(content):
    """What loads; code objects are not compared, because CPython believes what it reads about them."""
    try:
        value = marshal.loads(content)
    except Exception:
        return "refused"
    if holds_code(value):
        return "code"
    try:
        return f"loads {hash(canonical(value)):x}"
    except RecursionError:
        return "loads"


def of_pyc(content):
    """Whether the header is good. What is behind it is also run, but not by CPython, which would crash."""
    details = {"name": "fuzz", "path": "fuzz.pyc"}
    try:
        flags = external._classify_pyc(content, "fuzz", details)
    except (ImportError, EOFError) as error:
        return f"{type(error).__name__}: {error}"
    if not CPYTHON:
        signal.setitimer(signal.ITIMER_REAL, SECONDS)
        try:
            code = external._compile_bytecode(memoryview(content)[16:], "fuzz", "fuzz.pyc", "fuzz.py")
            exec(code, {"__builtins__": {}, "x": 1})
        except BaseException:
            pass
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    return f"header {flags}"


KINDS = {"s": of_source, "t": of_tree, "m": of_marshal, "p": of_pyc}


def answer(kind, content):
    try:
        return KINDS[kind](content)
    except SyntaxError as error:
        return f"{type(error).__name__}: {error.msg} {error.lineno},{error.offset},{error.end_lineno},{error.end_offset}"
    except Exception as error:
        # Addresses differ from run to run.
        return f"{type(error).__name__}: {str(error).split(' object at 0x')[0]}"


def main():
    warnings.simplefilter("ignore")
    signal.signal(signal.SIGALRM, time_is_up)
    stream = sys.stdin.buffer
    while head := stream.read(4):
        case = stream.read(int.from_bytes(head, "little"))
        line = answer(case[:1].decode(), case[1:])
        sys.stdout.write(ascii(line)[1:-1] + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
