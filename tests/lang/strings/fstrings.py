"""f-strings: expressions, conversions, specs with fields, =, nesting, quoting, evaluation order."""

name = "World"
n = 42
x = 3.14159
items = [1, 2, 3]
table = {"key": "value", "n": {"deep": 1}}


class Thing:
    def __format__(self, spec):
        return f"[{spec}]"

    def __str__(self):
        return "thing-str"

    def __repr__(self):
        return "thing-repr"


thing = Thing()
print(f"Hello {name}!", f"{n}", f"{n:5}|{n:<5}|{n:^5}|{n:05}", f"{x:.2f}", f"{x:{n // 4}.{2}f}|")
print(f"{name!r} {name!s} {name!a} {thing} {thing!r} {thing!s} {thing:abc} {thing!r:>12}|")
print(f"{n=} {n = } {n=:5} {n!r} {name=} {name=!s} {n+1=} {items[0]=} {x=:.1f}")
print(f"{{}} {{{n}}} {{{{{n}", f"{'a' 'b'}", f"{'nested ' + f'{n}'}", f"{table['key']} {table['n']['deep']}", f'{", ".join(str(i) for i in items)}')
print(f"{n if n > 10 else 'small'} {[i * 2 for i in items]} {(lambda a: a + 1)(n)} { {1, 2} } {(1, 2)} {items[1:]}")
print(f"", f"x" f"y{n}" "z{n}", rf"\n{n}", f"\n{n}\t".encode(), f"""multi
{n}
line {
    n
}""")
print(f"{n:{'>'}{10}}|", f"{n:#x} {n:b} {n:,} {1234567:_}", f"{'abc':.2}", f"{True} {None} {...}", f"{3 != 4} {n:=+5}", f"{x!r:.3}", f"{n:\x3e6}|")
print(f"{(y := 5)} {y} {y:=3}", f"{'€'}{'é':>3}")


def order(log):
    def say(value):
        log.append(value)
        return value
    text = f"{say(1)} {say('w'):{say(4)}} {say(3)}"
    return text, log


print(order([]))
for bad in ["f'{n:d}' f'{name:d}'", "f'{undefined}'", "f'{1/0}'", "f'{items[9]}'", "f'{n:q}'", "f'{None:5}'"]:
    try:
        print(eval(bad))
    except Exception as error:
        print(bad, type(error).__name__, error)
for bad in ["f'{'", "f'}'", "f'{}'", "f'{a b}'", "f'{a!x}'", "f'{a!}'", "f'{#}'", "f'{lambda x: 1}'", "f'{a:{b:{c}}}'", "f'{*a}'", "f'{a\\n}'"]:
    try:
        compile(bad, "<f>", "eval")
        print(bad, "compiles")
    except SyntaxError as error:
        print(bad, error.msg)


def render(rows):
    out = 0
    for i in range(rows):
        value = i if i < rows // 2 else i / 2 if i % 2 else str(i)
        out += len(f"{i:04d}: {value} {value!r:>8} {i % 7:x}")
    return out


print(render(3000))
