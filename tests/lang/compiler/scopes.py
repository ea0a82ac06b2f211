"""symtable: every kind of scope, its flags and its errors."""

import _symtable
import symtable

SOURCE = '''
import a.b, c as d
from e import f
glob = some_builtin
class K(Base):
    attr: int = 1
    __private = attr
    def method(self, p, /, q, *r, s=glob, **u):
        nonlocal_here = q
        def inner():
            nonlocal nonlocal_here
            global glob2
            glob2 = nonlocal_here = __class__
            return [z for z in r if (w := z)]
        return lambda s: inner() + s + super().x
def gen(x: "annotated") -> int:
    for i in x: yield i
    del x
    {k: v for k, v in i}
    local: int
    class Inner:
        x = x
    return
async def co(): await 1
'''


def show(table, indent=0):
    pad = "  " * indent
    print(f"{pad}{table.get_type()} {table.get_name()} line {table.get_lineno()} optimized={table.is_optimized()} nested={table.is_nested()} "
          f"children={table.has_children()} {sorted(table.get_identifiers())}")
    for symbol in sorted(table.get_symbols(), key=lambda each: each.get_name()):
        facts = [name for name in sorted(dir(symbol)) if name.startswith("is_") and name != "is_namespace" and getattr(symbol, name)()]
        print(f"{pad}  {symbol.get_name()}: {facts} {[space.get_name() for space in symbol.get_namespaces()]}")
    if isinstance(table, symtable.Function):
        print(f"{pad}  {table.get_parameters()} {table.get_locals()} {table.get_globals()} {table.get_nonlocals()} {table.get_frees()}")
    if isinstance(table, symtable.Class):
        print(f"{pad}  {table.get_methods()}")
    for child in table.get_children():
        show(child, indent + 1)


def raw(entry):
    return (entry.type, entry.name, entry.lineno, entry.nested, entry.symbols, entry.varnames, [raw(child) for child in entry.children])


show(symtable.symtable(SOURCE, "file.py", "exec"))
print(raw(_symtable.symtable(SOURCE, "file.py", "exec")))
print(raw(_symtable.symtable("[x for x in y]", "file.py", "eval")), raw(_symtable.symtable("x = lambda: x\n", "file.py", "single")))
print(raw(_symtable.symtable(b"# coding: latin-1\n\xe9 = 1", "file.py", "exec")))
top = _symtable.symtable("x", "f", "exec")
print(repr(top).replace(str(top.id), "ID").split("(")[0], type(top), {k: v for k, v in sorted(vars(_symtable).items()) if k.isupper()})
for arguments in [("x", "f", "bad"), ("x\0", "f", "exec"), (3, "f", "exec"), ("x", 3, "exec"), ("x", "f", 3), ("x",), ("yield = 3", "f", "exec"),
                  ("\udc80", "f", "exec"), ("x", "a\0b", "exec"), ("if x", "f", "eval")]:
    try:
        _symtable.symtable(*arguments)
    except (TypeError, ValueError, SyntaxError) as error:
        print(type(error).__name__, error)
try:
    type(top)()
except TypeError as error:
    print(error)

# Faults that only the scopes show: the place is in attributes, the message is the only argument.
for source in ["def f():\n x\n global x", "def f():\n x = 1\n global x", "def f(x):\n global x", "def f():\n x: int\n global x", "def f():\n global x\n x: int",
               "from __future__ import braces", "from __future__ import nope", "x = 1\nfrom __future__ import division", "def f(a, a): pass",
               "[x := 1 for x in y]", "[i for i in (x := y)]", "class K: [x := 1 for i in y]", "nonlocal x", "class A:\n def f(): nonlocal zz",
               "def f():\n from a import *", "def f(): [(yield) for x in y]", "def f():\n global x\n nonlocal x", "def f(x):\n nonlocal x",
               "def f():\n nonlocal x\n x = 1", "x: (yield)", "def f(x: (y := 1)): pass", "from __future__ import annotations\nx: (yield)"]:
    for function in (lambda: _symtable.symtable(source, "file.py", "exec"), lambda: compile(source, "file.py", "exec")):
        try:
            function()
            print(repr(source), "is fine")
        except SyntaxError as error:
            print(repr(source), error.args, error.lineno, error.offset, error.end_lineno, error.end_offset, error.text, error.filename)

total = 0
for i in range(300):
    entry = _symtable.symtable(f"def f{i}(a, b):\n    return [a for c in b]\n", "f", "exec")
    total += len(entry.children[0].symbols) + entry.children[0].children[0].lineno
print(total)
