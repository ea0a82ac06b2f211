"""Runs the language tests and the contracts: every program must print under krait what it prints under CPython 3.11.

Each program is run by /usr/bin/python3.11 (the oracle) and by krait in every mode. Compared are standard output, the exit
status, and when that is not 0 the last line of standard error, which is the exception's message.

A program may carry header comments:
    # krait: modes=off,on      run only in these modes
    # krait: skip-cpython      behaviour that is krait's own: compared with the file NAME.expected beside it
    # krait: args=a b c        command line arguments
    # krait: timeout=60        seconds, when 30 are not enough
    # krait: stderr=full       compare all of standard error: tracebacks, warnings
    # krait: fails             ends with an uncaught exception by intention

usage: lang.py --krait PATH [--audit PATH] [--modes off,on,stress] [--jobs N] [--verbose] [--oracle-only] [FILTER...]
"""

import argparse
import concurrent.futures
import difflib
import os
import re
import subprocess
import sys
import time

from known import known_failures, reason_for

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CPYTHON = "/usr/bin/python3.11"
DEFAULT_MODES = ("off", "on", "stress")
DIFF_LINES = 12


class Outcome:
    """What a run of a program showed, as far as it is compared."""

    def __init__(self, stdout, status, message, stderr_end=""):
        self.stdout, self.status, self.message, self.stderr_end = stdout, status, message, stderr_end

    def __eq__(self, other):
        return (self.stdout, self.status, self.message) == (other.stdout, other.status, other.message)

    def lines(self):
        return self.stdout.splitlines() + [f"exit status {self.status}"] + self.message.splitlines()


def explain(expected, actual):
    """How two outcomes differ: the statuses first, because a crash explains everything else."""
    lines = []
    if actual.status != expected.status:
        lines.append(f"status {actual.status}, expected {expected.status}; stderr: {actual.message[-500:] or actual.stderr_end}")
    lines += difflib.unified_diff(expected.lines(), actual.lines(), "expected", "krait", n=0, lineterm="")
    if len(lines) > DIFF_LINES:
        lines[DIFF_LINES:] = [f"... {len(lines) - DIFF_LINES} more lines"]
    return "\n".join("    " + line for line in lines)


def find_programs():
    for folder in ("tests/lang", "tests/contracts"):
        for where, folders, files in os.walk(os.path.join(ROOT, folder)):
            folders.sort()
            for name in sorted(files):
                # Programs whose name starts with _ are imported or run by others.
                if name.endswith(".py") and not name.startswith("_"):
                    yield os.path.join(where, name)


def header(path):
    """The `# krait:` comments of a program, as a dict."""
    options = {}
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            if not line.startswith("#"):
                break
            found = re.match(r"# krait: ([a-z-]+)(?:=(.*))?$", line.rstrip())
            if found:
                options[found[1]] = found[2] or ""
    return options


def run(command, timeout, full_stderr=False):
    """Runs in the program's folder with an environment that no user setting can change."""
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": "/nonexistent",
        "LC_ALL": "C.UTF-8",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout, env=environment,
                              cwd="/")
    except subprocess.TimeoutExpired as expired:
        return Outcome((expired.stdout or b"").decode("utf-8", "replace"), f"timeout after {timeout} s", "")
    errors = done.stderr.decode("utf-8", "replace").strip()
    end = errors[-300:]
    if not full_stderr:
        errors = errors.splitlines()[-1] if errors and done.returncode != 0 else ""
    return Outcome(done.stdout.decode("utf-8", "replace"), done.returncode, errors, end)


def check(path, name, executables, modes):
    """Runs one program everywhere. Returns a list of (configuration, None or the text that explains the failure)."""
    options = header(path)
    timeout = float(options.get("timeout", 30))
    arguments = options.get("args", "").split()
    full_stderr = options.get("stderr") == "full"
    if "skip-cpython" in options:
        with open(path[:-3] + ".expected", encoding="utf-8") as file:
            expected = Outcome(file.read(), 0, "")
    else:
        expected = run([CPYTHON, path] + arguments, timeout, full_stderr)
        if str(expected.status).startswith("timeout"):
            return [("python3.11", f"the oracle itself: {expected.status}")]
    results = []
    if not executables:
        explanation = None
        if expected.status != 0 and "fails" not in options:
            explanation = f"exit status {expected.status}: {expected.message}"
        results.append(("python3.11", explanation))
    wanted = options["modes"].split(",") if "modes" in options else modes
    for label, executable in executables:
        for mode in wanted:
            if mode not in modes:
                continue
            # Stress compiles nearly everything and the audit build is slow by intention.
            factor = (4 if mode == "stress" else 1) * (4 if label == "audit" else 1)
            actual = run([executable, f"--jit={mode}", path] + arguments, timeout * factor, full_stderr)
            explanation = None
            if actual != expected:
                explanation = explain(expected, actual)
            results.append((f"{label} --jit={mode}", explanation))
    return results


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--krait")
    parser.add_argument("--audit")
    parser.add_argument("--modes", default=",".join(DEFAULT_MODES))
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--verbose", action="store_true", help="name every run")
    parser.add_argument("--brief", action="store_true", help="no differences, names only")
    parser.add_argument("--oracle-only", action="store_true", help="check only that CPython runs every program")
    parser.add_argument("filters", nargs="*", help="run programs whose path contains one of these")
    options = parser.parse_args()

    executables = []
    if not options.oracle_only:
        if not options.krait:
            parser.error("--krait is needed, or --oracle-only")
        executables.append(("release", os.path.abspath(options.krait)))
        if options.audit:
            executables.append(("audit", os.path.abspath(options.audit)))
        for _, executable in executables:
            if not os.access(executable, os.X_OK):
                print(f"lang: {executable} is not there", flush=True)
                print("0 passed, 1 failed")
                return 1

    programs = [(path, os.path.relpath(path, os.path.join(ROOT, "tests"))) for path in find_programs()]
    if options.filters:
        programs = [(path, name) for path, name in programs if any(each in name for each in options.filters)]
    passed = failed = skipped = 0
    known = known_failures()
    started = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        runs = [(name, pool.submit(check, path, name, executables, options.modes.split(","))) for path, name in programs]
        for name, future in runs:
            for configuration, explanation in future.result():
                reason = reason_for(known, name, configuration)
                if explanation is None:
                    passed += 1
                    if reason:
                        print(f"passes, though known to fail: {name} [{configuration}]", flush=True)
                    if options.verbose:
                        print(f"passed: {name} [{configuration}]", flush=True)
                elif reason:
                    skipped += 1
                    print(f"known to fail: {name} [{configuration}]: {reason}", flush=True)
                else:
                    failed += 1
                    print(f"FAILED: {name} [{configuration}]", flush=True)
                    if not options.brief:
                        print(explanation, flush=True)
    print(f"lang: {len(programs)} programs in {time.monotonic() - started:.1f} s")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
