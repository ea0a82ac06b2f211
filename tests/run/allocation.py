"""Language tests while allocations fail: every n-th one does (-X fail_allocation=N). What a program prints then is its own affair; it must
end, and not by a signal.

    allocation.py --krait PATH [--every N,N,...] [NAME ...]
"""

import argparse
import glob
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
LANG = os.path.join(os.path.dirname(HERE), "lang")


def outcome(krait, every, program, folder):
    command = [krait, "--jit=off", "-X", f"fail_allocation={every}", program]
    try:
        done = subprocess.run(command, capture_output=True, timeout=120, cwd=folder, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return "does not end"
    if done.returncode >= 0:
        return None
    last = done.stderr.decode("utf-8", "replace").strip().splitlines()
    return f"ended by signal {-done.returncode}" + (f": {last[-1]}" if last else "")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--krait", required=True)
    parser.add_argument("--every", default="60,1000", help="which allocations fail")
    parser.add_argument("names", nargs="*", help="parts of the programs' names")
    arguments = parser.parse_args()
    programs = sorted(glob.glob(os.path.join(LANG, "*", "*.py")))
    if arguments.names:
        programs = [program for program in programs if any(name in program for name in arguments.names)]
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for program in programs:
            for every in arguments.every.split(","):
                problem = outcome(os.path.abspath(arguments.krait), every, program, folder)
                if problem:
                    failed += 1
                    print(f"FAILED: {os.path.relpath(program, LANG)}, every {every}: {problem}", flush=True)
                else:
                    passed += 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
