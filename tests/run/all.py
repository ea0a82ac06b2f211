"""Runs every test of a build: unit tests, text tests, command line, house rules, language tests. `./dev test` calls it.

Each group is a program that prints 'N passed, N failed' or 'N of M identical' (Catch2 executables are asked for their XML
totals). A group that ends without that line, or that cannot be run, counts as one failure: nothing passes by being absent.

usage: all.py --build build/release [--audit build/debug] [FILTER...]
"""

import argparse
import glob
import os
import re
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TOTALS = re.compile(rb"^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?")
# The parity checks of the frontend count what is identical.
PARITY = re.compile(rb"^(?:files )?(\d+) of (\d+)\b")
DAMAGED_SOURCES = "1", "2000"  # seed and count
known_to_fail = {}             # by group: how many listed tests failed
FUZZED_TRACES, FUZZ_SEED = "300", "1"
CPYTHON_SECONDS = "60"  # for a sample of CPython's own tests
FUZZED_CASES = "150"
FAILING_ALLOCATIONS = "100"  # each n-th
CATCH_TOTALS = re.compile(rb'<OverallResultsCases successes="(\d+)" failures="(\d+)"')


def groups(build, audit, filters):
    """(name, command, is it a Catch2 executable) of each group, the quick ones first."""
    here = os.path.join(ROOT, "tests")
    krait = os.path.join(build, "bin/krait")
    yield "rules", [sys.executable, os.path.join(here, "rules/rules.py")], False
    for executable in sorted(glob.glob(os.path.join(build, "bin/*_test"))):
        yield os.path.basename(executable), [executable], True
    irtest = os.path.join(build, "bin/krait_irtest")
    if os.path.exists(irtest):
        texts = sorted(glob.glob(os.path.join(here, "jit/**/*.trace"), recursive=True))
        yield "irtest", [irtest, *texts], False
        yield "irfuzz", [irtest, "--fuzz", FUZZED_TRACES, FUZZ_SEED], False
    compiler = os.path.join(build, "bin/krait_compile")
    frontend = os.path.join(here, "frontend")
    yield "bytecode-parity", [sys.executable, os.path.join(frontend, "bytecode_parity.py"), "--compiler", compiler], False
    yield "bytecode-fuzz", [sys.executable, os.path.join(frontend, "fuzz_bytecode.py"), "--", "--compiler", compiler], False
    yield "symbol-parity", [sys.executable, os.path.join(frontend, "symbol_parity.py"), "--compiler", compiler], False
    yield "ast-parity", [sys.executable, os.path.join(frontend, "ast_parity.py"), compiler], False
    sources = [sys.executable, os.path.join(frontend, "source_parity.py"), compiler]
    yield "source-parity", sources, False
    yield "source-fuzz", [*sources, "--fuzz", *DAMAGED_SOURCES], False
    fuzzer = os.path.join(frontend, "fuzz_compiler.py")
    yield "compiler-fuzz", [sys.executable, fuzzer, "--krait", krait, "--replay", "--count", FUZZED_CASES], False
    yield "compile-errors", [sys.executable, os.path.join(frontend, "compile_errors.py"), compiler], False
    yield "cli", [sys.executable, os.path.join(here, "cli/cli.py"), "--krait", krait], False
    for script in sorted(glob.glob(os.path.join(here, "*/check_*.py"))):
        name = os.path.relpath(script, here)[:-3].replace("/check_", "-")
        yield name, [sys.executable, script, "--build", build], False
    yield "cpython", [sys.executable, os.path.join(here, "run/cpython.py"), "--krait", krait, "--sample", CPYTHON_SECONDS], False
    yield "allocation", [sys.executable, os.path.join(here, "run/allocation.py"), "--krait", krait, "--every", FAILING_ALLOCATIONS], False
    lang = [sys.executable, os.path.join(here, "run/lang.py"), "--krait", krait]
    if audit:
        lang += ["--audit", os.path.join(audit, "bin/krait")]
    yield "lang", lang, False


def run_group(name, command, is_catch):
    """Runs one group with its output visible; returns (passed, failed)."""
    print(f"== {name}", flush=True)
    if is_catch:
        done = subprocess.run(command + ["-r", "xml"], stdin=subprocess.DEVNULL, capture_output=True, cwd=ROOT)
        found = CATCH_TOTALS.search(done.stdout)
        if found and done.returncode == 0:
            return int(found[1]), int(found[2])
        # Once more for a person to read.
        again = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=ROOT)
        sys.stdout.buffer.write(again.stdout[-20000:])
        print(f"{name}: exit status {done.returncode}", flush=True)
        return (int(found[1]), max(1, int(found[2]))) if found else (0, 1)
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, cwd=ROOT)
    found = None
    for line in process.stdout:
        totals = TOTALS.match(line)
        parity = PARITY.match(line)
        if totals:
            found = int(totals[1]), int(totals[2])
            known_to_fail[name] = int(totals[3] or 0)
        elif parity:
            found = int(parity[1]), int(parity[2]) - int(parity[1])
        else:
            sys.stdout.buffer.write(line)
            sys.stdout.buffer.flush()
    status = process.wait()
    if not found:
        print(f"{name}: ended without totals, exit status {status}", flush=True)
        return 0, 1
    passed, failed = found
    if status != 0 and failed == 0:
        print(f"{name}: exit status {status}", flush=True)
        failed = 1
    return passed, failed


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", required=True)
    parser.add_argument("--audit")
    parser.add_argument("filters", nargs="*", help="groups to run, or parts of the names of language tests")
    options = parser.parse_args()
    build = os.path.abspath(options.build)
    audit = os.path.abspath(options.audit) if options.audit else None

    everything = list(groups(build, audit, options.filters))
    if options.filters:
        names = [each for each in options.filters if any(each == name for name, _, _ in everything)]
        rest = [each for each in options.filters if each not in names]
        chosen = [group for group in everything if group[0] in names]
        if rest:
            # What names no group is a filter of language tests.
            chosen = [group for group in chosen if group[0] != "lang"]
            chosen += [(name, command + rest, catch) for name, command, catch in everything if name == "lang"]
        everything = chosen

    started = time.monotonic()
    passed = failed = 0
    summary = []
    for name, command, is_catch in everything:
        try:
            ok, bad = run_group(name, command, is_catch)
        except OSError as error:
            print(f"{name}: {error}", flush=True)
            ok, bad = 0, 1
        summary.append((name, ok, bad))
        passed, failed = passed + ok, failed + bad
    print(f"\n== all groups, {time.monotonic() - started:.0f} s")
    for name, ok, bad in summary:
        print(f"{name:24} {ok:6} passed {bad:6} failed")
    skipped = sum(known_to_fail.values())
    if skipped:
        print(f"{skipped} known to fail, each with its reason: tests/known_failures.txt")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
