#!/usr/bin/env python3
"""The cycle collector against other interpreters: time and peak memory.

    perf/collector.py --krait build/release/bin/krait [--other /usr/bin/python3.11 ...] [--rounds 3]

replacement: a million live objects that refer to each other at random; one after another is replaced by a fresh one.
mebibytes: objects that refer to themselves and hold 1 MiB each are dropped, one after another."""
import argparse
import subprocess
import sys

PROGRAMS = {
    "replacement": """
import random
class Node:
    __slots__ = ('other', 'number')
    def __init__(self, other, number):
        self.other, self.number = other, number
def run(live, replaced):
    choose = random.Random(1).randrange
    nodes = [Node(None, i) for i in range(live)]
    for node in nodes:
        node.other = nodes[choose(live)]
    for i in range(replaced):
        nodes[choose(live)] = Node(nodes[choose(live)], i)
run(1_000_000, 2_000_000)
""",
    "mebibytes": """
class Holder:
    def __init__(self):
        self.me = self
        self.data = bytearray(1 << 20)
def run(count):
    for i in range(count):
        Holder()
run(3000)
""",
}

REPORT = """
with open('/proc/self/status') as file:
    for line in file:
        if line.startswith('VmHWM'):
            peak = int(line.split()[1]) // 1024
print(f'{time.perf_counter() - start:.2f} {peak}')
"""


def measure(interpreter, program, rounds):
    best = None
    for _ in range(rounds):
        text = "import time\nstart = time.perf_counter()\n" + program + REPORT
        done = subprocess.run([interpreter, "-S", "-c", text], capture_output=True, text=True, timeout=600)
        if done.returncode:
            return None
        seconds, peak = done.stdout.split()
        best = min(best or (1e9, 0), (float(seconds), int(peak)))
    return best


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--krait", required=True)
    parser.add_argument("--other", action="append")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    interpreters = [arguments.krait, *(arguments.other or ["/usr/bin/python3.11"])]
    print("| seconds, peak MiB |" + "".join(f" {name.rsplit('/', 1)[-1]} |" for name in interpreters))
    print("|---|" + "--:|" * len(interpreters))
    for name, program in PROGRAMS.items():
        row = [measure(interpreter, program, arguments.rounds) for interpreter in interpreters]
        print(f"| {name} |" + "".join(" - |" if cell is None else f" {cell[0]:.2f}, {cell[1]} |" for cell in row), flush=True)


if __name__ == "__main__":
    sys.exit(main())
