"""global, nonlocal, del, builtins that are shadowed, names that are unbound: which error, with which text."""

x = 1


def read_global():
    return x


def write_global():
    global x, fresh
    x += 1
    fresh = "made"


def local_hides():
    x = 10
    return x


def unbound_local():
    try:
        x += 1
    except UnboundLocalError as error:
        print(error)


def deleted():
    y = 1
    del y
    try:
        return y
    except UnboundLocalError as error:
        print(error)


def conditional(flag):
    if flag:
        z = 1
    return z


write_global()
print(read_global(), fresh, local_hides())
unbound_local()
deleted()
print(conditional(True))
try:
    conditional(False)
except UnboundLocalError as error:
    print(error)
try:
    undefined
except NameError as error:
    print(error, error.name)
try:
    del undefined
except NameError as error:
    print(error)
del fresh
try:
    fresh
except NameError as error:
    print(error)


def del_global():
    global x
    del x


del_global()
try:
    read_global()
except NameError as error:
    print(error)
x = 5

len = lambda items: "shadowed"
print(len([]))
del len
print(len([]))


def shadows_inside():
    max = min
    return max(1, 2)


print(shadows_inside(), max(1, 2))

for i in range(3):
    pass
print(i, [i for i in "q"], i)
try:
    pass
except Exception as i:
    pass
print(i)
try:
    raise ValueError("v")
except ValueError as i:
    pass
try:
    i
except NameError as error:
    print(error)


class Scope:
    a = 1
    b = a + 1
    x = x + 1
    try:
        c = undefined_in_class
    except NameError as error:
        c = str(error)
    del a
    for q in range(2):
        pass


print(Scope.b, Scope.x, Scope.c, hasattr(Scope, "a"), Scope.q, x)


def use_locals():
    a, b = 1, 2
    before = sorted(locals().items())
    del a
    return before, sorted(locals())[:1]


print(use_locals(), "x" in globals(), globals()["x"], sorted(vars(Scope))[:2], "__name__" in globals(), __name__)
namespace = {"value": 3}
exec("result = value * 2\ndef f(): return result + 1", namespace)
print(namespace["result"], namespace["f"](), eval("value + result", namespace), eval("a + b", {"a": 1}, {"b": 2}))
try:
    eval("a b")
except SyntaxError as error:
    print(error.msg)


def many(n):
    """Unbound in some iterations of a hot loop."""
    unbound = 0
    total = 0
    for i in range(n):
        if i % 3 == 0:
            value = i
        try:
            total += value
            if i % 3 == 1:
                del value
        except UnboundLocalError:
            unbound += 1
    return total, unbound


limit = 10


def rebinds_global(n):
    global limit
    count = 0
    for i in range(n):
        if i % limit == 0:
            count += 1
            if i % 700 == 0:
                limit = limit % 13 + 1
    return count, limit


def shadow_builtin_while_hot(n):
    total = 0
    for i in range(n):
        total += abs(-i)
        if i == n // 3:
            globals()["abs"] = lambda v: 1
        elif i == 2 * n // 3:
            del globals()["abs"]
    return total


def missing_global(n):
    global sometimes
    misses = 0
    for i in range(n):
        try:
            sometimes
            del sometimes
        except NameError:
            misses += 1
            if i % 5 == 0:
                sometimes = i
    return misses


print(many(3000), rebinds_global(5000), shadow_builtin_while_hot(3000), missing_global(3000))
