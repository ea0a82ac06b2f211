#!/usr/bin/env python3.11
"""Compares krait_compile with CPython over random programs.

  fuzz_bytecode.py [--seed N] [--programs N] [--keep FOLDER]

The programs mean nothing; they nest statements and expressions in ways that people seldom write, to reach the corners of
the flow graph: jumps out of `finally`, dead code, patterns with many captures, conditions on constants. Programs that
CPython refuses must be refused with the same message. Exit code 0 when all are equal.
"""
import argparse
import os
import random
import subprocess
import sys
import tempfile
import warnings

NAMES = "a b c d e x y z __p self".split()
CONSTANTS = ["0", "1", "-1", "2.5", "1j", "True", "False", "None", "...", "'s'", "b'b'", "''", "()", "(1, 2)", "300", "10**9"]


class Generator:
    def __init__(self, rng):
        self.rng = rng
        self.no_walrus = False

    def pick(self, *choices):
        return self.rng.choice(choices)

    def name(self):
        return self.rng.choice(NAMES)

    # ---- expressions ----

    def expr(self, depth=3):
        if depth <= 0 or self.rng.random() < 0.2:
            return self.name() if self.rng.random() < 0.6 else self.rng.choice(CONSTANTS)
        return getattr(self, "expr_" + self.rng.choice(self.EXPRESSIONS))(depth - 1)

    EXPRESSIONS = ["binary", "binary", "unary", "boolean", "boolean", "compare", "compare", "call", "call", "method", "method",
                   "attribute", "subscript", "display", "dict", "if", "lambda", "comprehension", "fstring", "walrus", "format",
                   "star_call", "constant_display"]

    def line_break(self):
        return "\n" if self.rng.random() < 0.1 else ""

    def expr_binary(self, d):
        op = self.pick("+", "-", "*", "/", "//", "%", "**", "<<", ">>", "&", "|", "^", "@")
        return f"({self.expr(d)} {op}{self.line_break()} {self.expr(d)})"

    def expr_unary(self, d):
        return f"({self.pick('not ', '-', '~', '+')}{self.expr(d)})"

    def expr_boolean(self, d):
        op = self.pick(" and ", " or ")
        return "(" + (op + self.line_break()).join(self.expr(d) for _ in range(self.rng.randint(2, 4))) + ")"

    def expr_compare(self, d):
        parts = [self.expr(d)]
        for _ in range(self.rng.choice([1, 1, 1, 2, 3])):
            parts.append(self.pick("<", "==", "!=", ">=", "is", "is not", "in", "not in") + self.line_break())
            parts.append(self.expr(d))
        return "(" + " ".join(parts) + ")"

    def arguments(self, d, stars=False):
        args = [self.expr(d) for _ in range(self.rng.randint(0, 3))]
        if stars:
            args = [("*" if self.rng.random() < 0.4 else "") + arg for arg in args]
        keywords = [f"k{i}={self.expr(d)}" for i in range(self.rng.choice([0, 0, 0, 1, 2]))]
        if stars and self.rng.random() < 0.5:
            keywords.insert(self.rng.randint(0, len(keywords)), "**" + self.expr(0))
        return (", " + self.line_break()).join(args + keywords)

    def expr_call(self, d):
        return f"{self.pick('a', 'f', 'g')}({self.arguments(d)})"

    def expr_star_call(self, d):
        return f"{self.pick('a', 'f', 'g.h')}({self.arguments(d, stars=True)})"

    def expr_method(self, d):
        return f"({self.expr(d)}{self.line_break()}).{self.pick('m', '__n')}({self.arguments(d)})"

    def expr_attribute(self, d):
        return f"({self.expr(d)}{self.line_break()}).{self.pick('q', '__r')}"

    def expr_subscript(self, d):
        index = self.pick(self.expr(d), f"{self.expr(d)}:{self.expr(d)}", ":", f"::{self.expr(d)}", f"{self.expr(d)}, :")
        return f"{self.name()}[{index}]"

    def elements(self, d, stars=True):
        count = self.rng.choice([0, 1, 2, 3, 4, 33]) if self.rng.random() < 0.3 else self.rng.randint(1, 3)
        return [("*" if stars and self.rng.random() < 0.1 else "") + self.expr(d if count < 9 else 0) for _ in range(count)]

    def expr_display(self, d):
        items = self.elements(d)
        return self.pick(f"[{', '.join(items)}]", f"({''.join(i + ', ' for i in items)})",
                         f"{{{', '.join(items)}}}" if items else "()")

    def expr_constant_display(self, d):
        items = ", ".join(self.rng.choice(CONSTANTS) for _ in range(self.rng.randint(2, 5)))
        return self.pick(f"[{items}]", f"({items})", f"{{{items}}}", f"{self.name()} in [{items}]", f"{self.name()} not in {{{items}}}")

    def expr_dict(self, d):
        items = [f"**{self.expr(0)}" if self.rng.random() < 0.15 else f"{self.expr(0)}: {value}" for value in self.elements(d, False)]
        return "{" + ", ".join(items) + "}"

    def expr_if(self, d):
        return f"({self.expr(d)} if{self.line_break()} {self.expr(d)} else {self.expr(d)})"

    def expr_lambda(self, d):
        return f"(lambda {self.parameters(d)}: {self.expr(d)})"

    def expr_comprehension(self, d):
        loops = ""
        outer, self.no_walrus = self.no_walrus, True
        for _ in range(self.rng.choice([1, 1, 2, 3])):
            iterable = self.pick(self.expr(d), self.expr(d), f"[{self.expr(d)}]", "[1, 2]")
            loops += f" for {self.target()} in ({iterable})"
            for _ in range(self.rng.choice([0, 0, 1, 2])):
                loops += f" if ({self.expr(d)})"
        self.no_walrus = outer
        element = self.expr(d)
        return self.pick(f"[{element}{loops}]", f"{{{element}{loops}}}", f"({element}{loops})", f"{{{self.expr(0)}: {element}{loops}}}")

    def expr_fstring(self, d):
        return f"f'p{{{self.name()}{self.pick('', '!r', '!s')}{self.pick('', ':>3', ':{w}')}}}{self.pick('', 'q', '{{')}'"

    def expr_format(self, d):
        units = [self.pick("%s", "%r", "%a", "%5s", "%-3s", "%d", "%%", "t") for _ in range(self.rng.randint(0, 3))]
        return f"('{''.join(units)}' % ({''.join(self.expr(0) + ', ' for u in units if u not in ('t', '%%'))}))"

    def expr_walrus(self, d):
        return self.expr(d) if self.no_walrus else f"({self.name()} := {self.expr(d)})"

    # ---- targets, parameters ----

    def target(self, depth=2):
        kind = self.rng.random()
        if depth <= 0 or kind < 0.5:
            return self.name()
        if kind < 0.7:
            return self.pick(f"{self.name()}.t", f"{self.name()}[{self.expr(1)}]", f"{self.name()}.__t")
        items = [self.target(depth - 1) for _ in range(self.rng.randint(1, 4))]
        if self.rng.random() < 0.3:
            position = self.rng.randrange(len(items))
            items[position] = "*" + items[position]
        return self.pick(f"({''.join(i + ', ' for i in items)})", f"[{', '.join(items)}]")

    def parameters(self, d, annotated=False):
        names = self.rng.sample(NAMES, self.rng.randint(0, 4))
        out, default = [], False
        for i, name in enumerate(names):
            default = default or self.rng.random() < 0.3
            note = f": {self.expr(1)}" if annotated and self.rng.random() < 0.3 else ""
            out.append(name + note + (f"={self.expr(d)}" if default else ""))
            if i == 0 and self.rng.random() < 0.15:
                out.append("/")
        if self.rng.random() < 0.3:
            out += [self.pick("*", "*args"), f"key={self.expr(d)}"]
        if self.rng.random() < 0.15:
            out.append("**kw")
        return ", ".join(out)

    # ---- patterns ----

    def pattern(self, d=3, names=None):
        kind = self.rng.random()
        if d <= 0 or kind < 0.25:
            return self.pick("1", "'s'", "None", "-2", "a.b", "_", "1+2j")
        if kind < 0.4:
            return "n" + str(self.rng.randint(0, 9))
        if kind < 0.6:
            items = [self.pattern(d - 1) for _ in range(self.rng.randint(0, 4))]
            if self.rng.random() < 0.4:
                items.insert(self.rng.randint(0, len(items)), self.pick("*_", "*rest"))
            return f"[{', '.join(items)}]"
        if kind < 0.72:
            items = [f"{key}: {self.pattern(d - 1)}" for key in self.rng.sample(["1", "'k'", "a.b", "None"], self.rng.randint(0, 3))]
            if self.rng.random() < 0.3:
                items.append("**more")
            return f"{{{', '.join(items)}}}"
        if kind < 0.84:
            items = [self.pattern(d - 1) for _ in range(self.rng.randint(0, 2))]
            items += [f"k{i}={self.pattern(d - 1)}" for i in range(self.rng.randint(0, 2))]
            return f"{self.pick('A', 'a.B')}({', '.join(items)})"
        if kind < 0.92:
            return f"({self.pattern(d - 1)} as m{self.rng.randint(0, 9)})"
        captures = self.rng.sample(["u", "v", "w"], self.rng.randint(0, 3))
        alternatives = []
        for _ in range(self.rng.randint(2, 3)):
            self.rng.shuffle(captures)
            alternatives.append(f"[{', '.join([self.pick('1', '2', 'None')] + captures)}]")
        return "(" + " | ".join(alternatives) + ")"

    # ---- statements ----

    STATEMENTS = ["expr", "assign", "assign", "augmented", "annotated", "if", "if", "while", "for", "try", "try", "with", "match",
                  "function", "class", "return", "return", "flow", "flow", "raise", "assert", "delete", "pass", "import", "global",
                  "yield", "async", "star"]

    def block(self, indent, depth, count=None):
        lines = []
        for _ in range(count or self.rng.choice([1, 1, 2, 3])):
            lines += self.statement(indent, depth)
        return lines

    def statement(self, indent, depth):
        kind = self.rng.choice(self.STATEMENTS)
        if depth <= 0 and kind in ("if", "while", "for", "try", "with", "match", "function", "class", "async", "star"):
            kind = self.pick("expr", "assign", "return", "flow", "pass", "raise")
        return getattr(self, "stmt_" + kind)("  " * indent, indent, depth - 1)

    def stmt_expr(self, p, indent, d):
        return [p + self.expr()]

    def stmt_assign(self, p, indent, d):
        targets = " = ".join(self.target() for _ in range(self.rng.choice([1, 1, 2])))
        value = self.pick(self.expr(), ", ".join(self.expr(1) for _ in range(self.rng.randint(2, 4))))
        return [f"{p}{targets} = {value}"]

    def stmt_augmented(self, p, indent, d):
        target = self.pick(self.name(), self.name() + ".t", f"{self.name()}[{self.expr(1)}]")
        return [f"{p}{target} {self.pick('+=', '//=', '@=', '|=')} {self.expr()}"]

    def stmt_annotated(self, p, indent, d):
        target = self.pick("t1", "t2", self.name() + ".t", f"{self.name()}[{self.expr(1)}]", "(t3)")
        return [f"{p}{target}: {self.expr(1)}" + (f" = {self.expr()}" if self.rng.random() < 0.5 else "")]

    def stmt_if(self, p, indent, d):
        lines = [f"{p}if {self.expr()}:"] + self.block(indent + 1, d)
        for _ in range(self.rng.choice([0, 0, 1, 2])):
            lines += [f"{p}elif {self.expr()}:"] + self.block(indent + 1, d)
        if self.rng.random() < 0.4:
            lines += [f"{p}else:"] + self.block(indent + 1, d)
        return lines

    def otherwise(self, p, indent, d):
        return [f"{p}else:"] + self.block(indent + 1, d) if self.rng.random() < 0.3 else []

    def stmt_while(self, p, indent, d):
        test = self.pick(self.expr(), self.expr(), "1", "True", "0")
        return [f"{p}while {test}:"] + self.block(indent + 1, d) + self.otherwise(p, indent, d)

    def stmt_for(self, p, indent, d):
        return [f"{p}for {self.target()} in {self.expr()}:"] + self.block(indent + 1, d) + self.otherwise(p, indent, d)

    def stmt_try(self, p, indent, d):
        lines = [f"{p}try:"] + self.block(indent + 1, d)
        handlers = self.rng.choice([0, 1, 1, 2])
        for i in range(handlers):
            head = self.pick("A", "(A, B)", f"A as {self.name()}", "B as err", "" if i == handlers - 1 else "C")
            lines += [f"{p}except {head}:"] + self.block(indent + 1, d)
        if handlers:
            lines += self.otherwise(p, indent, d)
        if not handlers or self.rng.random() < 0.4:
            lines += [f"{p}finally:"] + self.block(indent + 1, d)
        return lines

    def stmt_star(self, p, indent, d):
        lines = [f"{p}try:"] + self.block(indent + 1, d)
        for _ in range(self.rng.choice([1, 2])):
            lines += [f"{p}except* {self.pick('A', '(A, B)', 'A as err')}:"] + [p + "  " + self.expr()]
        lines += self.otherwise(p, indent, d)
        if self.rng.random() < 0.4:
            lines += [f"{p}finally:"] + self.block(indent + 1, d)
        return lines

    def stmt_with(self, p, indent, d):
        items = [self.expr(2) + (f" as {self.target()}" if self.rng.random() < 0.5 else "") for _ in range(self.rng.choice([1, 1, 2]))]
        return [f"{p}with {', '.join(items)}:"] + self.block(indent + 1, d)

    def stmt_match(self, p, indent, d):
        lines = [f"{p}match {self.expr()}:"]
        for _ in range(self.rng.randint(1, 3)):
            guard = f" if {self.expr()}" if self.rng.random() < 0.4 else ""
            lines += [f"{p}  case {self.pattern()}{guard}:"] + self.block(indent + 2, d)
        if self.rng.random() < 0.4:
            lines += [f"{p}  case _:"] + self.block(indent + 2, d)
        return lines

    def decorators(self, p):
        return [f"{p}@{self.expr(1)}" for _ in range(self.rng.choice([0, 0, 0, 1, 2]))]

    def stmt_function(self, p, indent, d):
        returns = f" -> {self.expr(1)}" if self.rng.random() < 0.2 else ""
        doc = [p + "  'doc'"] if self.rng.random() < 0.2 else []
        head = f"{p}{self.pick('', '', 'async ')}def {self.pick('f', 'g', '__h')}({self.parameters(1, True)}){returns}:"
        return self.decorators(p) + [head] + doc + self.block(indent + 1, d, self.rng.randint(1, 5))

    def stmt_class(self, p, indent, d):
        bases = self.pick("", "(A)", "(A, metaclass=M)", "(*x, **y)")
        body = self.block(indent + 1, d)
        if self.rng.random() < 0.4:
            body += [f"{p}  def m(self):", f"{p}    return {self.pick('super().m()', '__class__', 'self.__x', self.expr())}"]
        return self.decorators(p) + [f"{p}class {self.pick('C', 'D', '_E')}{bases}:"] + body

    def stmt_return(self, p, indent, d):
        return [p + self.pick("return", f"return {self.expr()}", "return 1", f"return (\n{p}  {self.expr(1)})")]

    def stmt_flow(self, p, indent, d):
        return [p + self.pick("break", "continue")]

    def stmt_raise(self, p, indent, d):
        return [p + self.pick("raise", f"raise {self.expr(1)}", f"raise A from {self.expr(1)}")]

    def stmt_assert(self, p, indent, d):
        return [f"{p}assert {self.expr()}" + (f", {self.expr(1)}" if self.rng.random() < 0.5 else "")]

    def stmt_delete(self, p, indent, d):
        return [f"{p}del {self.pick(self.name(), self.name() + '.t', 'a[0], b', '(c, d)')}"]

    def stmt_pass(self, p, indent, d):
        return [p + "pass"]

    def stmt_import(self, p, indent, d):
        return [p + self.pick("import x", "import a.b", "import a.b.c as z", "from a import b", "from . import c as d", "import g")]

    def stmt_global(self, p, indent, d):
        return [p + self.pick("global gl", "global G", "pass")] if indent else [p + "pass"]

    def stmt_yield(self, p, indent, d):
        return [p + self.pick("yield", f"yield {self.expr()}", f"x = yield {self.expr(1)}", f"y = yield from {self.expr(1)}",
                              f"await {self.expr(1)}", f"x = [await y for z in {self.expr(1)}]")]

    def stmt_async(self, p, indent, d):
        head = self.pick(f"async for {self.target()} in {self.expr(1)}:", f"async with {self.expr(1)} as {self.target()}, b:")
        lines = [f"{p}async def co({self.parameters(1)}):", f"{p}  {head}"] + self.block(indent + 2, d)
        return lines + [f"{p}  return [q async for q in {self.expr(1)} if {self.expr(1)}]"]


HEADERS = {"if": "if a:", "elif": "elif a:", "while": "while a:", "for": "for a in b:", "case": "case 1:", "match": "match a:",
           "with": "with a:", "def": "def f():", "class": "class C:", "async": "async def f():"}


def prune(lines):
    """Simplifies statements at which CPython finds fault, so that one `break` in the wrong place does not waste a program.

    `lines` are logical lines: each may contain line breaks inside brackets."""
    lines = list(lines)
    for _ in range(200):
        try:
            compile("\n".join(lines), "<fuzz>", "exec")
            break
        except SyntaxError as error:
            row, index = 0, -1
            while row < (error.lineno or 0) and index + 1 < len(lines):
                index += 1
                row += lines[index].count("\n") + 1
            line = lines[index]
            text = line.lstrip()
            simple = HEADERS.get(text.split()[0].rstrip(":"), None) if text.endswith(":") else "pass"
            if simple is None or simple == text:
                break
            lines[index] = line[:len(line) - len(text)] + simple
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--programs", type=int, default=300)
    parser.add_argument("--keep", help="write the programs here and leave them")
    parser.add_argument("arguments", nargs="*", help="for bytecode_parity.py, behind --")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        folder = options.keep or folder
        os.makedirs(folder, exist_ok=True)
        for number in range(options.programs):
            generator = Generator(random.Random(f"{options.seed}/{number}"))
            with open(os.path.join(folder, f"{number:04}.py"), "w") as file:
                file.write(prune(generator.block(0, 4, 12)))
        parity = os.path.join(os.path.dirname(os.path.abspath(__file__)), "bytecode_parity.py")
        return subprocess.run([sys.executable, parity, *options.arguments, folder]).returncode


if __name__ == "__main__":
    sys.exit(main())
