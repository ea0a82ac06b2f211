"""Compiled files: the three ways of invalidation, moved files, damaged files, py_compile, compileall; the tag is the interpreter's own."""

import compileall
import contextlib
import importlib.util
import io
import marshal
import os
import py_compile
import struct
import subprocess
import sys
import tempfile
import traceback

sys.dont_write_bytecode = False
TAG = sys.implementation.cache_tag
environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}


def write(path, text, time=1_000_000_000):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)
    os.utime(path, (time, time))


def run(folder, *options):
    done = subprocess.run([sys.executable, *options, "-c", "import mod; print(mod.x)"], cwd=folder, env=environment, capture_output=True, text=True)
    return done.stdout + done.stderr.replace(TAG, "TAG")


def head(path):
    with open(path, "rb") as file:
        flags, first, second = struct.unpack("<4xIII", file.read(16))
    return flags


with tempfile.TemporaryDirectory() as folder:
    source, cached = os.path.join(folder, "mod.py"), os.path.join(folder, "__pycache__", f"mod.{TAG}.pyc")
    # Written by an import, and used as long as time and size are the source's.
    write(source, "x = 1")
    print(run(folder), os.listdir(os.path.dirname(cached)) == [f"mod.{TAG}.pyc"], head(cached))
    write(source, "x = 2")
    print("same time and size:", run(folder))
    write(source, "x = 3", 1_000_000_005)
    print("other time:", run(folder))
    write(source, "x = 44", 1_000_000_005)
    print("other size:", run(folder))
    # By hash.
    for mode in (py_compile.PycInvalidationMode.CHECKED_HASH, py_compile.PycInvalidationMode.UNCHECKED_HASH):
        write(source, "x = 5")
        print(py_compile.compile(source, invalidation_mode=mode) == cached, mode, head(cached))
        write(source, "x = 6", 1_000_000_009)
        for check in ("default", "always", "never"):
            py_compile.compile(source, invalidation_mode=mode)
            write(source, "x = 7", 1_000_000_010)
            print(check, run(folder, "--check-hash-based-pycs", check), end="")
            write(source, "x = 6", 1_000_000_009)
    # A module without source; one that was moved shows its new name.
    write(os.path.join(folder, "lonely.py"), "def f(): 1 / 0\n")
    py_compile.compile(os.path.join(folder, "lonely.py"), cfile=os.path.join(folder, "lonely.pyc"))
    os.remove(os.path.join(folder, "lonely.py"))
    sys.path.insert(0, folder)
    import lonely
    print(os.path.basename(lonely.__file__), lonely.f.__code__.co_filename == os.path.join(folder, "lonely.py"))
    os.makedirs(os.path.join(folder, "here"))
    write(os.path.join(folder, "here", "moved.py"), "def f():\n    return lambda: None\n")
    py_compile.compile(os.path.join(folder, "here", "moved.py"))
    os.rename(os.path.join(folder, "here"), os.path.join(folder, "there"))
    sys.path.insert(0, os.path.join(folder, "there"))
    import moved
    print(moved.f().__code__.co_filename == moved.__file__, os.path.dirname(moved.__file__).endswith("there"))
    # Damaged ones.
    write(source, "x = 8")
    py_compile.compile(source)
    with open(cached, "rb") as file:
        good = file.read()
    for damaged in (b"", good[:10], b"\0" * 16 + good[16:], good[:4] + struct.pack("<I", 9) + good[8:], good[:-3], good[:16] + b"N", good[:16] + marshal.dumps(3)):
        with open(cached, "wb") as file:
            file.write(damaged)
        print(run(folder).replace(folder, "FOLDER").strip().splitlines()[-1:])
        os.remove(cached)
    for damaged in (b"", good[:10], b"\0" * 16 + good[16:], good[:4] + struct.pack("<I", 9) + good[8:], good[:-3], good[:16] + marshal.dumps(3)):
        with open(os.path.join(folder, "only.pyc"), "wb") as file:
            file.write(damaged)
        try:
            import only
        except (ImportError, EOFError, ValueError) as error:
            print(type(error).__name__, str(error).replace(folder, "FOLDER"))
    # py_compile and compileall.
    write(os.path.join(folder, "bad.py"), "def f(:\n")
    for quiet in (0, 1, 2):
        try:
            with contextlib.redirect_stderr(io.StringIO()) as out:
                print(py_compile.compile(os.path.join(folder, "bad.py"), quiet=quiet), repr(out.getvalue().replace(folder, "FOLDER")))
            py_compile.compile(os.path.join(folder, "bad.py"), doraise=True)
        except py_compile.PyCompileError as error:
            print(error.msg.replace(folder, "FOLDER"))
    print(os.path.basename(py_compile.compile(source, optimize=2)).replace(TAG, "TAG"), importlib.util.cache_from_source("/a/b.py", optimization=1).replace(TAG, "TAG"))
    write(os.path.join(folder, "tree", "a.py"), "assert x\n")
    write(os.path.join(folder, "tree", "sub", "b.py"), '"""doc"""\n')
    with contextlib.redirect_stdout(io.StringIO()) as out:
        print(compileall.compile_dir(os.path.join(folder, "tree"), optimize=[0, 1, 2]), compileall.compile_dir(folder, quiet=2), compileall.compile_file(source, force=True))
    print(sorted(out.getvalue().replace(folder, "FOLDER").splitlines()))
    print(sorted(os.path.join(os.path.relpath(where, folder), name).replace(TAG, "TAG") for where, _, names in os.walk(os.path.join(folder, "tree")) for name in names))
    done = subprocess.run([sys.executable, "-m", "compileall", "-q", "bad.py"], cwd=folder, env=environment, capture_output=True, text=True)
    print(done.returncode, done.stdout, done.stderr)
    loader = importlib.util.spec_from_file_location("mod", source).loader
    print(loader.get_code("mod").co_filename == source, loader.source_to_code("y = 1", "here.py").co_filename)
