"""Runs modules of CPython's own test suite (Debian's libpython3.11-testsuite) under krait and compares with the pass list.

The list, tests/cpython/pass_list/GROUP.txt, names every test that passed in all three modes, under its module and class. It is a
ratchet: a listed test that fails makes the run fail; --update adds what passes now and never takes anything away. A listed test
that fails is run again with its module, and then asked of /usr/bin/python3.11: what fails there too, on this machine, is skipped.

Each module runs in a process of its own (tests/cpython/driver.py). With --sample modules are taken in an order that the checked-out
commit decides, one mode each, until the seconds are used up.

usage: cpython.py --krait PATH [--modes off,on,stress] [--sample SECONDS] [--jobs N] [--update GROUP] [MODULE...]
"""

import argparse
import collections
import concurrent.futures
import glob
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LISTS = os.path.join(ROOT, "tests/cpython/pass_list")
DRIVER = os.path.join(ROOT, "tests/cpython/driver.py")
CPYTHON = ["/usr/bin/python3.11"]
MODES = ("off", "on", "stress")
HANG_SECONDS, MODULE_SECONDS = 120, 900


# --- the pass list: a module in each unindented line, then its classes, then their tests, indented ---

def read_list(path):
    listed, module, group = {}, None, None
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            text = line.strip()
            if not text or text.startswith("#"):
                continue
            depth = len(line) - len(line.lstrip(" "))
            if depth == 0:
                module = listed.setdefault(text, set())
            elif depth == 2:
                group = text
            else:
                module.add(f"{group}.{text}" if group != "-" else text)
    return listed


def write_list(path, listed):
    with open(path, "w", encoding="utf-8") as out:
        out.write("# Tests of CPython's suite that pass under krait in all modes. Written by tests/run/cpython.py --update.\n")
        for module in sorted(listed):
            if not listed[module]:
                continue
            out.write(module + "\n")
            classes = collections.defaultdict(list)
            for test in listed[module]:
                group, _, name = test.rpartition(".")
                classes[group or "-"].append(name)
            for group in sorted(classes):
                out.write(f"  {group}\n")
                out.writelines(f"    {name}\n" for name in sorted(classes[group]))


def group_paths():
    return {os.path.splitext(os.path.basename(p))[0]: p for p in sorted(glob.glob(os.path.join(LISTS, "*.txt")))}


# --- running ---

class Progress:
    """What the driver has written so far."""

    def __init__(self, path):
        self.path, self.position, self.rest = path, 0, ""
        self.passed, self.current, self.done, self.changed = set(), None, False, time.monotonic()

    def poll(self):
        try:
            with open(self.path, encoding="utf-8", errors="replace") as report:
                report.seek(self.position)
                text = report.read()
                self.position = report.tell()
        except OSError:
            return
        if text:
            self.changed = time.monotonic()
        lines = (self.rest + text).split("\n")
        self.rest = lines.pop()
        for line in lines:
            word, _, test = line.partition(" ")
            if word == "start":
                self.current = test
                continue
            self.current = None
            if word == "pass":
                self.passed.add(test)
            elif word == "done":
                self.done = True


def environment(folder):
    keep = {name: os.environ[name] for name in ("PATH", "USER", "LOGNAME") if name in os.environ}
    return dict(keep, LC_ALL="C.UTF-8", HOME=folder, TMPDIR=folder, PYTHONDONTWRITEBYTECODE="1")


def run_module(command, module):
    """(names of the tests that passed, how the process ended when it was not by itself)"""
    folder = tempfile.mkdtemp(prefix="krait-cpython-")
    try:
        work = os.path.join(folder, "work")
        os.mkdir(work)
        progress = Progress(os.path.join(folder, "report"))
        process = subprocess.Popen([*command, DRIVER, progress.path, module], cwd=work, env=environment(work), stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        begin, how = time.monotonic(), ""
        while process.poll() is None and not how:
            try:
                process.wait(0.1)
            except subprocess.TimeoutExpired:
                progress.poll()
                now = time.monotonic()
                if now - progress.changed > HANG_SECONDS or now - begin > MODULE_SECONDS:
                    how = "hangs"
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        status = process.wait()
        progress.poll()
        if not how and not progress.done:
            how = f"ends with status {status}"
        return progress.passed, f"{how} in {progress.current or 'no test'}" if how else ""
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Ratchet:
    def __init__(self, krait, listed):
        self.krait, self.listed = krait, listed
        self.passed = self.failed = self.skipped = self.more = 0
        self.lock = threading.Lock()

    def command(self, mode):
        return [self.krait, "--jit=" + mode]

    def check(self, module, mode):
        """Runs a module in a mode, and what is missing again; prints what failed."""
        wanted = self.listed[module]
        found, how = run_module(self.command(mode), module)
        missing, more = wanted - found, len(found - wanted)
        if missing:
            again, how = run_module(self.command(mode), module)
            missing -= again
        here = run_module(CPYTHON, module)[0] if missing else set()
        failed = sorted(missing & here)
        with self.lock:
            self.passed += len(wanted - missing)
            self.failed += len(failed)
            self.skipped += len(missing) - len(failed)
            self.more += more
            if failed:
                print(f"FAILED: {module} [--jit={mode}]: {len(failed)} listed tests" + (f"; it {how}" if how else ""))
                for test in failed[:20]:
                    print(f"    {test}")
                if len(failed) > 20:
                    print(f"    ... {len(failed) - 20} more")
                sys.stdout.flush()


def commit_id():
    done = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    return done.stdout.strip()


def sample_order(modules):
    """(module, mode) in an order that is the same for everyone who looks at this commit."""
    commit = commit_id()
    digests = {m: hashlib.sha256(f"{commit} {m}".encode()).digest() for m in modules}
    return [(m, MODES[digests[m][0] % len(MODES)]) for m in sorted(modules, key=digests.get)]


def update(krait, group, modules, modes, jobs):
    path = group_paths().get(group, os.path.join(LISTS, group + ".txt"))
    listed = read_list(path) if os.path.exists(path) else {}
    modules = modules or sorted(listed)
    before = sum(map(len, listed.values()))

    def passes(module):
        sets = []
        for mode in modes:
            found, how = run_module([krait, "--jit=" + mode], module)
            if how:
                print(f"{module} [--jit={mode}] {how}", flush=True)
            sets.append(found)
        return module, set.intersection(*sets)

    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for module, found in pool.map(passes, modules):
            lost = listed.get(module, set()) - found
            for test in sorted(lost):
                print(f"listed, but does not pass: {module} {test}", flush=True)
            listed.setdefault(module, set()).update(found)
    write_list(path, listed)
    print(f"{group}: {sum(map(len, listed.values()))} tests, {before} before")


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--krait", required=True)
    parser.add_argument("--modes", default=",".join(MODES))
    parser.add_argument("--sample", type=float)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--update", metavar="GROUP")
    parser.add_argument("modules", nargs="*")
    options = parser.parse_args()
    krait, modes = os.path.abspath(options.krait), options.modes.split(",")
    if options.update:
        update(krait, options.update, options.modules, modes, options.jobs)
        return 0
    listed = {}
    for path in group_paths().values():
        listed.update(read_list(path))
    if options.modules:
        listed = {module: tests for module, tests in listed.items() if any(wanted in module for wanted in options.modules)}
    ratchet = Ratchet(krait, listed)
    work = sample_order(listed) if options.sample else [(module, mode) for module in listed for mode in modes]
    begin, count = time.monotonic(), 0

    def one(item):
        nonlocal count
        if options.sample and time.monotonic() - begin > options.sample:
            return
        ratchet.check(*item)
        count += 1

    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        list(pool.map(one, work))
    if ratchet.more:
        print(f"{ratchet.more} tests pass that are not listed: add them with --update")
    if ratchet.skipped:
        print(f"{ratchet.skipped} listed tests do not pass under CPython either, on this machine")
    print(f"cpython: {count} of {len(work)} runs of modules in {time.monotonic() - begin:.0f} s")
    print(f"{ratchet.passed} passed, {ratchet.failed} failed")
    return 1 if ratchet.failed or count == 0 else 0


sys.exit(main())
