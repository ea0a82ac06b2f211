"""ast: trees of every kind of statement, compiled again, in all modes and with type comments; unparse; literal_eval."""

import ast

SOURCE = '''
"""doc"""
from __future__ import annotations
import a.b as c, d
from . import e
from ..f import (g as h, i)

@decorator(1)
class K(Base, metaclass=M, *args, **kw):
    x: int = 1
    (y): "str"
    z.w[1:2, ::3]: list[int]

    async def m(self, p, /, q=1, *r: int, s, t=2, **u) -> None:
        async with p as (q, *r), s: pass
        async for n in await r: continue
        return [k async for k in s if k if not k]

def f():
    global g1, g2
    del x[0], y.z, (w, [v])
    for i, *j in range(3):
        while True:
            if i: break
            elif j: pass
            else: raise E from None
        else:
            yield x, f"{x!r:>{width}} {y=} {{}}"
    try:
        x += y @ z ** -w // 3 % 4
    except (A, B) as e: nonlocal_ = e
    except C: ...
    else: pass
    finally: yield from x
    try: pass
    except* D: pass
    return lambda a, *b, c=1, **d: (a, b, c, d)

match x, y:
    case [1, -2.5, 3 + 4j, *rest] if rest: pass
    case {"k": v, 1: None, **others}: pass
    case Point(x=0, y=Point(1)) | Other.attr: pass
    case str() as s: pass
    case (True | False): pass
    case _: pass

a = b = {1, *x} | {k: v for k, v in z.items()} | {**m, 1: 2} | {q for q in r}
print(1 < x <= z is not None in y, not a or b and c, x if y else z, (n := 10), b"bytes", u"u", ..., 1j, 10**30, 1.5, *x, **y)
with (open(f) as g, h): pass
'''


def counted(tree):
    kinds = {}
    for node in ast.walk(tree):
        kinds[type(node).__name__] = kinds.get(type(node).__name__, 0) + 1
    return sorted(kinds.items())


tree = ast.parse(SOURCE)
print(counted(tree))
print(ast.dump(tree, include_attributes=True))
print(ast.unparse(tree))
again = ast.parse(ast.unparse(tree))
print(ast.dump(again) == ast.dump(tree))

# The same code from the text and from its tree.
def codes(code):
    yield code.co_code, code.co_names, code.co_varnames, code.co_flags, list(code.co_positions()), code.co_exceptiontable
    for const in code.co_consts:
        if hasattr(const, "co_code"):
            yield from codes(const)


for optimize in (0, 1, 2):
    from_text = compile(SOURCE, "f.py", "exec", optimize=optimize)
    from_tree = compile(ast.parse(SOURCE), "f.py", "exec", optimize=optimize)
    print(list(codes(from_text)) == list(codes(from_tree)))

# Modes.
print(ast.dump(ast.parse("x + 1", mode="eval")), eval(compile(ast.parse("2 ** 10", mode="eval"), "f", "eval")))
print(ast.dump(ast.parse("x = 1; y\n", mode="single")))
exec(compile(ast.parse("6 * 7\n", mode="single"), "f", "single"))
print(ast.dump(ast.parse("(int, *str, **Any) -> float", mode="func_type")))
print(ast.dump(ast.parse("x = []  # type: list[int]\nfor i in x:  # type: int\n    pass  # type: ignore[code]\n"
                         "def f(a,  # type: str\n      ):\n    # type: (...) -> None\n    pass\n", type_comments=True)))
for version in ((3, 4), (3, 5), (3, 7), (3, 8), (3, 9), 10):
    for source in ("async def f(): await x", "x: int = 1", "(x := 1)", "with (a as b, c): pass", "match x:\n case 1: pass", "1_000"):
        try:
            ast.parse(source, feature_version=version)
            print(version, source, "ok")
        except SyntaxError as error:
            print(version, source, error)

# Contexts and operators are one object each; positions count bytes.
first, second = ast.parse("é = a + b; c").body[0].value, ast.parse("x * (y + z)").body[0].value.right
print(first.op is second.op, first.left.ctx is second.left.ctx, first.col_offset, ast.get_source_segment("é = a + b", first))
print(list(vars(ast.parse("x").body[0].value)), list(vars(ast.parse("f(1)").body[0])))

# Built, changed and copied trees.
class Doubler(ast.NodeTransformer):
    def visit_Constant(self, node):
        return ast.copy_location(ast.BinOp(node, ast.Mult(), ast.Constant(2)), node) if isinstance(node.value, int) else node


doubled = ast.fix_missing_locations(Doubler().visit(ast.parse("[1, 2, 'a', 2.5][-1:] + [3]", mode="eval")))
print(ast.unparse(doubled), eval(compile(doubled, "f", "eval")))
module = ast.Module(body=[ast.Assign(targets=[ast.Name("made", ast.Store())], value=ast.Tuple([ast.Constant(i) for i in range(3)], ast.Load()))],
                    type_ignores=[])
space = {}
exec(compile(ast.fix_missing_locations(module), "made.py", "exec"), space)
print(space["made"])


class OwnName(ast.Name):
    def __init__(self, n):
        super().__init__(n, ast.Load(), lineno=1, col_offset=0)


print(eval(compile(ast.Expression(OwnName("module")), "f", "eval")) is module)
for value in (0, -1, 2**40, -2**70, True, None, ..., 1.5, -0.0, 2j, "s\udc80\0", b"b\xff", (1, (2.0, "x"))):
    print(ascii(eval(compile(ast.fix_missing_locations(ast.Expression(ast.Constant(value))), "f", "eval"))))
print(eval(compile(ast.fix_missing_locations(ast.Expression(ast.Constant(frozenset([1, "a"])))), "f", "eval")) == {1, "a"})

for value in (frozenset(), frozenset([1, 2.0]), (1, "a", (-0.0,)), 2**70, "some text", b"bytes" * 3):
    tree = ast.fix_missing_locations(ast.Expression(ast.Tuple([ast.Constant(value), ast.Lambda(ast.parse("lambda: 0").body[0].value.args, ast.Constant(value))], ast.Load())))
    first, function = eval(compile(tree, "f", "eval"))
    print(first is value, function() is value)

print(ast.literal_eval("{'a': [1, -2.5, (True, None)], b'b': {1, 2}, 3+4j: ...}"), ast.literal_eval(" -1"))
for bad in ("f()", "a", "1 + 1", "[x for x in y]", "{**a}"):
    try:
        ast.literal_eval(bad)
    except ValueError as error:
        print(str(error).split(" object at")[0])

# Many trees, for the JIT.
total = 0
for i in range(300):
    tree = ast.parse(f"x{i} = {i} + y * (z - {i * 2})")
    for node in ast.walk(tree):
        total += getattr(node, "lineno", 0) + len(node._fields)
print(total)
