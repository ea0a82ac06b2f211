"""The documents show real output: each block is made again from docs/examples/*.py and compared.

A block of a document stands behind a line `<!-- output: NAME -->`; NAME is a row of BLOCKS. Paths, times and code sizes are
normalised, and so are running numbers. Assembly depends on the processor: its instructions are compared without their operands, and not at all where the
processor lacks AVX, which is said.

usage: check_dumps.py --build build/release [--update]
"""

import argparse
import dis
import io
import marshal
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DOCUMENTS = [os.path.join(ROOT, name) for name in ("README.md", "docs/life-of-a-loop.md", "docs/reference-counts.md")]
BLOCK = re.compile(r"<!-- output: (\S+) -->\n```(\w*)\n(.*?)```\n", re.S)


class Missing(Exception):
    """The output does not hold what the document shows of it."""


class Outputs:
    """One run of an example, and the pieces of its output that documents show."""

    def __init__(self, build, example):
        self.path = example
        with tempfile.TemporaryDirectory() as folder:
            dump = os.path.join(folder, "dump")
            command = [os.path.join(build, "bin/krait"), "--jit=sync", "--jit-log", f"--dump=trace,ir,llvm,asm:{dump}", example]
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
            if done.returncode != 0:
                raise Missing(f"krait ended with {done.returncode}:\n{done.stderr}")
            self.printed, self.events = done.stdout, done.stderr
            with open(dump) as file:
                self.dump = file.read().replace(ROOT + "/", "")
            compiled = os.path.join(folder, "code")
            subprocess.run([os.path.join(build, "bin/krait_compile"), "--marshal", compiled, "0", example], cwd=ROOT, check=True)
            with open(compiled, "rb") as file:
                file.readline()  # `D number size`
                self.module = marshal.loads(file.read())

    def section(self, kind, number):
        """The dump of one stage of one trace."""
        found = re.search(rf"^=== {kind} of trace {number}, [^\n]*===\n(.*?)(?=^=== |\Z)", self.dump, re.S | re.M)
        if not found:
            raise Missing(f"no {kind} of trace {number}")
        return found[1].rstrip("\n") + "\n"

    def part(self, text, begin, end):
        """From the line that matches `begin` to before the next one that matches `end`."""
        found = re.search(rf"^(?:{begin}).*?(?=^(?:{end})|\Z)", text, re.S | re.M)
        if not found:
            raise Missing(f"nothing matches {begin!r}")
        return found[0].rstrip("\n") + "\n"

    def loop_exit(self):
        """The number of the exit through which the loop's condition leaves, in the compiled IR."""
        return re.findall(r"guard_true %\d+ -> s(\d+)", self.section("ir", 1))[-1]

    def example(self):
        with open(os.path.join(ROOT, self.path)) as file:
            return file.read()

    def bytecode(self):
        text = io.StringIO()
        dis.dis(next(each for each in self.module.co_consts if hasattr(each, "co_code")), file=text)
        return text.getvalue()

    def log(self):
        return self.events

    def result(self):
        return self.printed

    def trace(self):
        return self.section("trace", 1)

    def ir_loop(self):
        ir = self.section("ir", 1)
        body = self.part(ir, r"  loop$", r"$")
        named = set(re.findall(r"-> (s\d+)", body))
        return "".join(line for line in ir.splitlines(True) if line.split(" ")[0] == "snap" and line.split(" ")[1] in named) + body

    def llvm_loop(self):
        return self.part(self.section("llvm", 1), r"loop:", r"exit0:")

    def llvm_exit(self):
        return self.part(self.section("llvm", 1), rf"exit{self.loop_exit()}:", r"$")

    def asm_loop(self):
        for label, body in re.findall(r"^(\.LBB\d+_\d+):\n(.*?)(?=^\.LBB|\Z)", self.section("asm", 1), re.S | re.M):
            if re.search(rf"\bjmp\s+{re.escape(label)}$", body, re.M):
                return f"{label}:\n{body}"
        raise Missing("no loop in the assembly")

    def asm_exit(self):
        for label, body in re.findall(r"^(\.LBB\d+_\d+):\n(.*?)(?=^\.LBB|\Z)", self.section("asm", 1), re.S | re.M):
            if re.search(rf"\bmovl\s+\${self.loop_exit()}, %eax$", body, re.M):
                return f"{label}:\n{body}"
        raise Missing("no exit in the assembly")

    def side_ir(self):
        return self.section("ir", 2)


LOOP, COUNTS = "docs/examples/loop.py", "docs/examples/counts.py"
BLOCKS = {
    "loop.py": (LOOP, Outputs.example),
    "bytecode": (LOOP, Outputs.bytecode),
    "result": (LOOP, Outputs.result),
    "log": (LOOP, Outputs.log),
    "trace": (LOOP, Outputs.trace),
    "ir-loop": (LOOP, Outputs.ir_loop),
    "llvm-loop": (LOOP, Outputs.llvm_loop),
    "llvm-exit": (LOOP, Outputs.llvm_exit),
    "asm-loop": (LOOP, Outputs.asm_loop),
    "asm-exit": (LOOP, Outputs.asm_exit),
    "side-ir": (LOOP, Outputs.side_ir),
    "counts.py": (COUNTS, Outputs.example),
    "counts-loop": (COUNTS, Outputs.ir_loop),
}


def normalised(name, text):
    text = re.sub(r"\d+ bytes", "N bytes", text)
    text = re.sub(r"\d+\.\d+ ms", "N ms", text)
    text = re.sub(r"code object (\w+) at 0x[0-9a-f]+", r"code object \1", text)
    text = re.sub(r"!(tbaa|prof) !\d+", r"!\1", text)
    text = re.sub(r"\s*; preds = .*", "", text)
    # Numbers of values, snapshots, blocks and labels shift with every improvement elsewhere.
    text = re.sub(r"(%v?|\bs|\bexit|label %)\d+\b", r"\1N", text)
    text = re.sub(r"^\d+:", "N:", text, flags=re.M)
    if name.startswith("asm"):
        names = [line.split()[0] for line in text.splitlines() if line.startswith("\t") and not line.startswith("\t.")]
        return "\n".join(sorted(names))
    return text


def has_avx():
    with open("/proc/cpuinfo") as file:
        return " avx " in file.read()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", required=True)
    parser.add_argument("--update", action="store_true")
    options = parser.parse_args()
    passed = failed = 0
    try:
        outputs = {path: Outputs(os.path.abspath(options.build), path) for path in (LOOP, COUNTS)}
    except (Missing, OSError, subprocess.SubprocessError) as error:
        print(f"examples: {error}\n0 passed, 1 failed")
        return 1

    shown = set()

    def check(found):
        nonlocal passed, failed
        name, language, old = found.groups()
        shown.add(name)
        try:
            path, piece = BLOCKS[name]
            new = piece(outputs[path])
        except (Missing, KeyError) as error:
            print(f"block {name}: {error}")
            failed += 1
            return found[0]
        if name.startswith("asm") and not has_avx():
            print(f"block {name}: not compared, this processor has no AVX")
            return found[0]
        if normalised(name, old) == normalised(name, new):
            passed += 1
            return found[0]
        if options.update:
            passed += 1
        else:
            failed += 1
            print(f"block {name} is stale (--update rewrites it); now it is\n{new}")
        return f"<!-- output: {name} -->\n```{language}\n{new}```\n"

    for path in DOCUMENTS:
        with open(path) as file:
            document = file.read()
        updated = BLOCK.sub(check, document)
        if options.update and updated != document:
            with open(path, "w") as file:
                file.write(updated)
    for name in sorted(BLOCKS.keys() - shown):
        print(f"block {name} is in no document")
        failed += 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
