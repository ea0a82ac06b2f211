"""Measures perf/programs and perf/micro against CPython 3.11 and PyPy and prints the tables of perf/README.md.

Every comparison is made by `krait bench`: fresh processes in turns, outputs compared. PyPy runs twice, as it comes and with
a nursery of 4 MiB, and the better of the two counts. `./dev bench` builds krait and calls this.

usage: run.py [--krait PATH] [--rounds N] [--budget SECONDS] [--json FILE] [--micro] [FILTER...]
"""

import argparse
import glob
import json
import math
import os
import statistics
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CPYTHON = "/usr/bin/python3.11"
PYPY = "/usr/bin/pypy3"
PYPY_SMALL = f"PYPY_GC_NURSERY=4M {PYPY}"
OTHERS = ",".join([CPYTHON, PYPY, PYPY_SMALL])


def bench(krait, script, options, others=OTHERS):
    """The JSON of `krait bench`, or None after its message."""
    command = [krait, "bench", "--json", "--vs", others, "--rounds", str(options.rounds), "--budget", str(options.budget),
               "--least", str(options.least), script]
    done = subprocess.run(command, stdout=subprocess.PIPE, cwd=ROOT)
    if done.returncode != 0:
        return None
    return json.loads(done.stdout)


def geometric_mean(values):
    return math.exp(statistics.fmean(math.log(value) for value in values))


class Row:
    """One program's figures, by contender."""

    def __init__(self, name, report):
        self.name = name
        self.by_name = {each["name"]: each for each in report["contenders"]}
        self.krait = self.by_name["krait"]
        self.off = self.by_name["krait --jit=off"]
        self.cpython = self.by_name[CPYTHON]
        self.pypys = [self.by_name[PYPY], self.by_name[PYPY_SMALL]]

    def best_pypy(self, figure):
        """PyPy's setting with the lower median of `figure` (wall or steady)."""
        return min(self.pypys, key=lambda each: statistics.median(each[figure]))

    def ratio(self, other, kind):
        return other["ratio"][kind]

    def ratios(self):
        """The five columns: against CPython steady and whole, against the better PyPy steady and whole, --jit=off."""
        off = [slow / fast for slow, fast in zip(self.cpython["wall"], self.off["wall"])]
        quartiles = statistics.quantiles(off, n=4, method="inclusive") if len(off) > 1 else off * 3
        return [
            self.ratio(self.cpython, "steady"),
            self.ratio(self.cpython, "whole"),
            self.ratio(self.best_pypy("steady"), "steady"),
            self.ratio(self.best_pypy("wall"), "whole"),
            {"median": statistics.median(off), "low": quartiles[0], "high": quartiles[2]},
        ]


def number(value):
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def cell(spread):
    return f"{number(spread['median'])} [{number(spread['low'])}, {number(spread['high'])}]"


def seconds(values):
    value = statistics.median(values)
    return f"{value:.2f} s" if value >= 1 else f"{value * 1000:.1f} ms"


def mebibytes(contender):
    return f"{statistics.median(contender['peak_kib']) / 1024:.0f}"


def print_ratio_table(rows):
    print("How many times krait's time the other takes (median over the rounds, quartiles in brackets); above 1 krait is faster.\n")
    print("| program | CPython, steady | CPython, whole | PyPy, steady | PyPy, whole | `--jit=off`: CPython, whole |")
    print("|---|---|---|---|---|---|")
    columns = [[], [], [], [], []]
    for row in rows:
        ratios = row.ratios()
        for column, ratio in zip(columns, ratios):
            column.append(ratio["median"])
        print(f"| {row.name} | " + " | ".join(cell(ratio) for ratio in ratios) + " |")
    means = " | ".join(f"**{number(geometric_mean(column))}**" for column in columns)
    print(f"| **geometric mean** | {means} |\n")


def print_time_table(rows):
    print("| program | krait whole | krait steady | `--jit=off` whole | CPython whole | CPython steady | PyPy whole | PyPy steady "
          "| memory, MiB: krait, off, CPython, PyPy |")
    print("|---|---|---|---|---|---|---|---|---|")
    for row in rows:
        pypy_whole, pypy_steady = row.best_pypy("wall"), row.best_pypy("steady")
        cells = [seconds(row.krait["wall"]), seconds(row.krait["steady"]), seconds(row.off["wall"]), seconds(row.cpython["wall"]),
                 seconds(row.cpython["steady"]), seconds(pypy_whole["wall"]), seconds(pypy_steady["steady"]),
                 ", ".join([mebibytes(row.krait), mebibytes(row.off), mebibytes(row.cpython), mebibytes(pypy_whole)])]
        print(f"| {row.name} | " + " | ".join(cells) + " |")
    print()


def measure_startup(krait):
    """From exec to exit of `-S -c pass`, the least of many: start-up has no spread upwards that says anything."""
    print("| | `-S -c pass` | peak memory |\n|---|---|---|")
    commands = {"krait": [krait], "krait --jit=off": [krait, "--jit=off"], CPYTHON: [CPYTHON], PYPY: [PYPY]}
    results = {name: [] for name in commands}
    for _ in range(20):
        for name, command in commands.items():
            results[name].append(timed(command + ["-S", "-c", "pass"]))
    for name, runs in results.items():
        wall = statistics.median(each[0] for each in runs)
        peak = statistics.median(each[1] for each in runs)
        print(f"| {name} | {wall * 1000:.1f} ms | {peak / 1024:.1f} MiB |")
    print()


def timed(command):
    started = time.perf_counter()
    child = os.posix_spawn(command[0], command, os.environ)
    _, status, usage = os.wait4(child, 0)
    if status != 0:
        sys.exit(f"{' '.join(command)}: status {status}")
    return time.perf_counter() - started, usage.ru_maxrss


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--krait", default=os.path.join(ROOT, "build/release/bin/krait"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--budget", type=float, default=6)
    parser.add_argument("--least", type=int, default=3, help="iterations in one process at the least")
    parser.add_argument("--json", help="write everything measured to this file")
    parser.add_argument("--micro", action="store_true", help="the micro-benchmarks instead of the programs")
    parser.add_argument("--startup", action="store_true", help="start-up only")
    parser.add_argument("filters", nargs="*", help="programs whose name contains one of these")
    options = parser.parse_args()
    krait = os.path.abspath(options.krait)

    if options.startup:
        measure_startup(krait)
        return 0
    folder = "perf/micro" if options.micro else "perf/programs"
    scripts = sorted(os.path.relpath(path, ROOT) for path in glob.glob(os.path.join(ROOT, folder, "*.py")))
    if options.filters:
        scripts = [script for script in scripts if any(each in os.path.basename(script) for each in options.filters)]
    rows, reports, failed = [], [], []
    for script in scripts:
        name = os.path.basename(script)[:-3]
        print(f"measuring {name}", file=sys.stderr, flush=True)
        report = bench(krait, script, options)
        if report is None:
            failed.append(name)
            continue
        reports.append(report)
        rows.append(Row(name, report))
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(reports, file, indent=1)
    if rows:
        print_ratio_table(rows)
        print_time_table(rows)
    if not options.micro and not options.filters:
        measure_startup(krait)
    if failed:
        print("Not compared, because outputs differ or a run failed: " + ", ".join(failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
