#!/usr/bin/env python3
"""Memory of a million objects of each common kind: resident bytes an object, against other interpreters.

    perf/memory.py --krait build/release/bin/krait [--other /usr/bin/python3.11 ...] [--count 1000000]

Each kind is made in a process of its own; what the process needed before, compilers
included, is subtracted. Memory does not depend on the load of the
machine, so that this may run beside anything."""
import argparse
import subprocess
import sys

KINDS = {
    "instances": "class C:\n    def __init__(self, i):\n        self.a = i\n        self.b = None\n        self.c = self\nmake = C",
    "__slots__ instances": "class C:\n    __slots__ = ('a', 'b', 'c')\n    def __init__(self, i):\n        self.a = i\n        self.b = None\n        self.c = self\nmake = C",
    "tuples of 3": "def make(i):\n    return (i, None, i + 1)",
    "lists of 4 ints": "def make(i):\n    return [i, i + 1, i + 2, i + 3]",
    "lists of 4 floats": "def make(i):\n    return [i + 0.5, i + 1.5, i + 2.5, i + 3.5]",
    "dicts of 3": "def make(i):\n    return {'a': i, 'b': None, 'c': i + 1}",
    "strings of 10": "def make(i):\n    return '%010d' % i",
    "bytes of 10": "def make(i):\n    return b'%010d' % i",
    "sets of 3": "def make(i):\n    return {i, i + 1, i + 2}",
    "functions": "def make(i):\n    return lambda: i",
    "ints beyond 2^60": "def make(i):\n    return (1 << 62) + i",
    "floats in a list": "def make(i):\n    return i + 0.25",
    "ints in a list": "def make(i):\n    return i + 1000",
}

PROGRAM = """
import time
def resident():
    with open('/proc/self/statm') as file:
        return int(file.read().split()[1]) * 4096
def peak():
    with open('/proc/self/status') as file:
        for line in file:
            if line.startswith('VmHWM'):
                return int(line.split()[1]) * 1024
{make}
keep = []
def fill(count):
    for i in range(count):
        keep.append(make(i))
for warm_up in range(3):
    fill(20000)
    time.sleep(0.2)
    keep.clear()
before = resident()
fill({count})
print(peak() - before)
"""


def measure(interpreter, make, count):
    done = subprocess.run([interpreter, "-S", "-c", PROGRAM.format(make=make, count=count)], capture_output=True, text=True, timeout=600)
    if done.returncode:
        return None
    return int(done.stdout) / count


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--krait", required=True)
    parser.add_argument("--other", action="append")
    parser.add_argument("--count", type=int, default=1_000_000)
    arguments = parser.parse_args()
    interpreters = [arguments.krait, *(arguments.other or ["/usr/bin/python3.11"])]
    print("| bytes an object, its place in a list included |" + "".join(f" {name.rsplit('/', 1)[-1]} |" for name in interpreters))
    print("|---|" + "--:|" * len(interpreters))
    for kind, make in KINDS.items():
        sizes = [measure(interpreter, make, arguments.count) for interpreter in interpreters]
        print(f"| {kind} |" + "".join(" - |" if size is None else f" {size:.0f} |" for size in sizes), flush=True)


if __name__ == "__main__":
    sys.exit(main())
