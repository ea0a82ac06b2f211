"""The house checks itself: include direction, the first comment of a file, names, leftovers.

Each rule is a function that yields (file, line, message). Prints every breach and 'N passed, N failed', where N counts
rule and file together.
"""

import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# What each folder may include, as data. interp/main.cpp alone sees everything.
MAY_INCLUDE = {
    "frontend": {"frontend"},
    "runtime": {"runtime"},
    "interp": {"interp", "runtime"},
    "jit": {"jit", "interp", "runtime"},
}
SEES_EVERYTHING = {"interp/main.cpp"}
# The border to the frontend: source text becomes code objects, trees become objects and back, scopes become entries.
SEES_FRONTEND = re.compile(r"interp/(compile\.cpp|symtable_module\.cpp|frontend_bridge\.(h|cpp)|ast/.*)$")
# Tables hold rows and no logic, so that the standalone frontend may read the runtime's opcode table.
TABLES_FOR_ALL = re.compile(r"\.def$")
PARTS = "frontend|runtime|interp|jit"
INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]')
LONGEST_LINE = 140
LONGEST_FILE = 1500


def tracked(root):
    listing = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=root,
                             capture_output=True)
    if listing.returncode == 0:
        return [name for name in listing.stdout.decode().split("\0") if name and os.path.isfile(os.path.join(root, name))]
    # Not a checkout (an unpacked archive): walk.
    found = []
    for where, folders, files in os.walk(root):
        folders[:] = [each for each in folders if each not in ("build", ".git", "__pycache__")]
        found += [os.path.relpath(os.path.join(where, each), root) for each in files]
    return found


def is_cpp(name):
    return name.endswith((".cpp", ".h", ".def", ".inc"))


def includes_go_downhill(name, lines):
    part = name.split("/")[0]
    if not is_cpp(name) or part not in MAY_INCLUDE or name in SEES_EVERYTHING:
        return
    for number, line in enumerate(lines, 1):
        found = INCLUDE.match(line)
        if not found:
            continue
        target = found[2]
        other = target.split("/")[0]
        allowed = MAY_INCLUDE[part] | ({"frontend"} if SEES_FRONTEND.match(name) else set())
        if other in MAY_INCLUDE and other not in allowed and not TABLES_FOR_ALL.search(target):
            yield number, f"{part} may not include {target}"


def llvm_stays_in_its_backend(name, lines):
    if not is_cpp(name) or name.startswith("jit/backend/llvm/"):
        return
    for number, line in enumerate(lines, 1):
        found = INCLUDE.match(line)
        if found and found[2].startswith(("llvm/", "llvm-c/")):
            yield number, f"{found[2]} belongs in jit/backend/llvm"


def includes_start_at_the_root(name, lines):
    if not is_cpp(name) or not re.match(f"({PARTS})/", name):
        return
    for number, line in enumerate(lines, 1):
        found = INCLUDE.match(line)
        if found and found[1] == '"' and not re.match(f"({PARTS}|tests)/", found[2]) and "generated" not in found[2]:
            yield number, f'"{found[2]}" is not a path from the repository\'s root'


def starts_by_saying_why(name, lines):
    if is_cpp(name):
        if not lines or not lines[0].startswith(("//", "/*")):
            yield 1, "a file starts with a comment that says why it exists"
    elif name.endswith(".py"):
        for line in lines:
            if line.startswith("#!") or re.match(r"# krait:", line) or not line.strip():
                continue
            if not line.startswith(("#", '"""', 'r"""', "'''")):
                yield 1, "a file starts with a comment that says why it exists"
            break


def headers_are_included_once(name, lines):
    if name.endswith(".h") and not any(line.startswith("#pragma once") for line in lines):
        yield 1, "#pragma once is missing"


def nothing_is_left_for_later(name, lines):
    if name.startswith("tests/rules/") or not (is_cpp(name) or name.endswith((".py", ".txt", ".cmake")) or name == "dev"):
        return
    for number, line in enumerate(lines, 1):
        found = re.search(r"\b(TODO|FIXME|XXX|HACK)\b", line)
        if found:
            yield number, f"{found[1]}: finish it, or make it a row or an issue"


def names_are_snake_case(name, lines):
    base = os.path.basename(name)
    if is_cpp(name) or name.endswith(".py"):
        if not re.fullmatch(r"[a-z0-9_]+(\.[a-z0-9_]+)+", base):
            yield 1, "file names are snake_case"


def fits_the_eye(name, lines):
    if not is_cpp(name) or name.endswith(".def"):
        return
    if len(lines) > LONGEST_FILE:
        yield len(lines), f"{len(lines)} lines: split it, 150 to 600 fit the eye"
    for number, line in enumerate(lines, 1):
        if len(line) > LONGEST_LINE:
            yield number, f"{len(line)} columns"


def no_exceptions_in_cpp(name, lines):
    if not is_cpp(name) or not re.match(r"(runtime|interp|jit|frontend)/", name):
        return
    for number, line in enumerate(lines, 1):
        code = re.sub(r'//.*|"(\\.|[^"\\])*"', "", line)
        if re.search(r"\b(try|catch|dynamic_cast|typeid)\b\s*[({<]", code):
            yield number, "built without C++ exceptions and RTTI"


RULES = [
    includes_go_downhill,
    llvm_stays_in_its_backend,
    includes_start_at_the_root,
    starts_by_saying_why,
    headers_are_included_once,
    nothing_is_left_for_later,
    names_are_snake_case,
    fits_the_eye,
    no_exceptions_in_cpp,
]


def check(root):
    passed = failed = 0
    for name in sorted(tracked(root)):
        try:
            with open(os.path.join(root, name), encoding="utf-8") as file:
                lines = file.read().split("\n")
        except UnicodeDecodeError:
            continue
        for rule in RULES:
            breaches = list(rule(name, lines))
            for number, message in breaches:
                print(f"{name}:{number}: {message} [{rule.__name__}]")
            passed, failed = (passed, failed + 1) if breaches else (passed + 1, failed)
    return passed, failed


def every_rule_can_fail():
    """A rule that nothing breaks is no rule: each is shown one line that it must refuse."""
    bad = {
        includes_go_downhill: ("runtime/x.cpp", ['#include "jit/ir/ir.h"']),
        llvm_stays_in_its_backend: ("jit/opt/x.cpp", ["#include <llvm/IR/Module.h>"]),
        includes_start_at_the_root: ("runtime/x.cpp", ['#include "value.h"']),
        starts_by_saying_why: ("runtime/x.cpp", ["#pragma once"]),
        headers_are_included_once: ("runtime/x.h", ["// why"]),
        nothing_is_left_for_later: ("runtime/x.cpp", ["// TODO"]),
        names_are_snake_case: ("runtime/BadName.cpp", []),
        fits_the_eye: ("runtime/x.cpp", ["x" * 200]),
        no_exceptions_in_cpp: ("runtime/x.cpp", ["try {"]),
    }
    blunt = [rule.__name__ for rule in RULES if not list(rule(*bad[rule]))]
    for name in blunt:
        print(f"the rule {name} accepts what it should refuse")
    return len(RULES) - len(blunt), len(blunt)


def main():
    ok, bad = every_rule_can_fail()
    passed, failed = check(ROOT)
    print(f"{ok + passed} passed, {bad + failed} failed")
    return 1 if bad or failed else 0


if __name__ == "__main__":
    sys.exit(main())
