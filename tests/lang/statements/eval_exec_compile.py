"""eval, exec and compile: namespaces, code objects, flags, errors with positions; compiled code run in hot loops."""

g = {"x": 1}
exec("y = x + 1\nz = [y for _ in range(2)]", g)
print(g["y"], g["z"], "__builtins__" in g)
l = {}
exec("a = 5\ndef f(): return a if 'a' in globals() else 'no global'", g, l)
print(sorted(l), l["f"]())
code = compile("x * 2", "<expr>", "eval")
print(eval(code, {"x": 21}), code.co_filename, code.co_name, code.co_names, code.co_consts, eval(code, {}, {"x": "ab"}))
module = compile("def f(a, b=2, *c, d, **e):\n    'doc'\n    local = a\n    return lambda: local\n", "<mod>", "exec")
exec(module, g)
f = g["f"].__code__
print(f.co_argcount, f.co_kwonlyargcount, f.co_nlocals, f.co_varnames, f.co_cellvars, f.co_flags, f.co_firstlineno, f.co_name, f.co_qualname, f.co_consts[0], f.co_stacksize, len(f.co_code) > 0)
print(list(f.co_lines())[:3], list(f.co_positions())[:3], f == g["f"].__code__, hash(f) == hash(f))
single = compile("1 + 1\n", "<s>", "single")
exec(single)
exec(compile("None", "<s>", "single"))
exec(compile("x = 5", "<s>", "single"))
for source in ("1 +", "x = ", "(", "def f(:", "  x", "if 1:\nx", "a b", "'abc", "return 1", "yield 1", "break", "continue", "x = 1 +\n", "f(a for a in b, c)", "f(**a, *b)", "f(a=1, 2)", "f(a=1, a=2)", "def f(a, a): pass", "def f(a=1, b): pass", "def f(*): pass", "class A\n pass",
               "import a.b as", "1 = x", "x + 1 = 2", "nonlocal x", "def f():\n x = 1\n global x", "try: pass", "else: pass", "for x in: pass", "lambda x=: 1", "{1: 2, 3}", "{1, 2: 3}", "[1 2]", "(1, 2", "[1, 2)", "a.1", "1a", "0777", "1__0", "0b2", "1.e", "\u20ac = 1", "x = $", "x = ?",
               "if x = 1: pass", "print 1", "exec 'a'", "raise a, b", "except: pass", "async x", "await x", "x = \\ y", "\tif 1:\n        pass", "if 1:\n\tx\n        y", "while 1: pass else", "with a as 1: pass", "del 1", "@\ndef f(): pass", "f'{a b}'", "a if b", "not", "*a", "x = *a", "print(*a b)", "def f(x): return\n  y", "x\n  y"):
    try:
        compile(source, "<source>", "exec")
        print(repr(source), "compiles")
    except SyntaxError as error:
        print(repr(source), type(error).__name__, error.msg, error.lineno, error.offset, error.end_lineno, error.end_offset, repr(error.text))
for args in (("x", "f", "nope"), ("x",), (5, "f", "exec"), ("x", "f", "exec", -1), ("x\0y", "f", "exec"), (b"x = 1", "f", "exec"), (b"\xff", "f", "exec")):
    try:
        print(type(compile(*args)).__name__)
    except Exception as error:
        print(args, type(error).__name__, error)
for call in (lambda: eval("x", 5), lambda: eval("1", {}, 5), lambda: exec("x", {}, 5), lambda: eval("nope", {}), lambda: eval("1;2"), lambda: exec(f), lambda: eval(" 1"), lambda: eval("\n1")):
    try:
        print(call())
    except Exception as error:
        print(type(error).__name__, error)
exec("print('in exec', __name__)")
exec("print(sorted(locals())[:1])", {"q": 1})
print(eval("(lambda: q)()", {"q": 7}), eval("[q for _ in 'a']", {"q": 8}), eval("__builtins__['len']([1])", {}))


class Names(dict):
    def __missing__(self, name):
        return "missing " + name


exec("copy = anything\nresult = other", {}, names := Names())
print(names)


def hot(n):
    add = compile("total + i * k", "<hot>", "eval")
    body = compile("for j in range(5):\n    acc += j * step\n", "<hot>", "exec")
    total = 0
    namespace = {"acc": 0, "step": 1}
    for i in range(n):
        total = eval(add, {"total": total, "i": i, "k": 1 if i < n // 2 else 0.5})
        exec(body, namespace)
        if i == n // 2:
            namespace["step"] = 2.5
    return total, namespace["acc"]


print(hot(1500))
source = "def g(n):\n    t = 0\n    for i in range(n):\n        t += i\n    return t\n"
print([(exec(source, space := {}), space["g"](500))[1] for _ in range(20)][-1])
exec("t = 0\nfor i in range(3000):\n    t += i if i % 2 else i / 2\nprint(t)")
