#!/usr/bin/env python3.11
"""Lines a second and peak memory of compile() over the whole standard library: krait against CPython, in one interleaved run.

  compile_speed.py --krait PATH [--rounds N] [--library FOLDER] [--limit N]

Each round starts each interpreter once; the child reads all sources first and then compiles them, and reports the seconds of
the second part alone and its peak resident memory (which includes the sources). The fastest round counts.
"""
import argparse
import json
import os
import subprocess
import sys

CPYTHON = "/usr/bin/python3.11"
CHILD = r'''
import json, os, resource, sys, time, warnings
warnings.simplefilter("ignore")
library, limit = sys.argv[1], int(sys.argv[2])
sources = []
for folder, folders, names in os.walk(library):
    folders.sort()
    for name in sorted(names):
        if name.endswith(".py"):
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                sources.append((path, file.read()))
del sources[limit:]
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
lines = refused = 0
started = time.perf_counter()
for path, source in sources:
    try:
        compile(source, path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        refused += 1
    else:
        lines += source.count(b"\n")
seconds = time.perf_counter() - started
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps([seconds, lines, len(sources), refused, before, after]))
'''


def run(interpreter, options):
    done = subprocess.run([interpreter, "-S", "-E", "-c", CHILD, options.library, str(options.limit)], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{interpreter}: {done.stderr[-2000:]}")
    return json.loads(done.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--krait", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--library", default="/usr/lib/python3.11")
    parser.add_argument("--limit", type=int, default=1000000, help="compile so many files only")
    options = parser.parse_args()
    interpreters = {"CPython": CPYTHON, "Krait": os.path.abspath(options.krait)}
    rounds = {name: [] for name in interpreters}
    for _ in range(options.rounds):
        for name, path in interpreters.items():
            rounds[name].append(run(path, options))
    best = {name: min(runs) for name, runs in rounds.items()}
    if len({tuple(each[1:4]) for each in best.values()}) != 1:
        sys.exit(f"the interpreters did not compile the same: {best}")
    print("| | lines/s | seconds | peak memory | of it for compiling |\n|---|--:|--:|--:|--:|")
    for name, (seconds, lines, files, refused, before, after) in best.items():
        print(f"| {name} | {lines / seconds:,.0f} | {seconds:.2f} | {after / 1024:.0f} MB | {(after - before) / 1024:.0f} MB |")
    seconds = [best[name][0] for name in ("CPython", "Krait")]
    print(f"\n{lines:,} lines in {files - refused} files, fastest of {options.rounds} rounds: {seconds[0] / seconds[1]:.2f} times CPython's speed")


if __name__ == "__main__":
    main()
