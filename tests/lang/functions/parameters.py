"""Every kind of parameter, bound in every way that is allowed; defaults; annotations; the function's attributes."""


def none():
    return "none"


def positional(a, b):
    return a, b


def defaults(a, b=2, c=3):
    return a, b, c


def stars(*args, **kwargs):
    return args, kwargs


def positional_only(a, b=2, /, c=3):
    return a, b, c


def keyword_only(*, a, b=2):
    return a, b


def after_star(*args, a=1, **rest):
    return args, a, rest


def everything(a, b=2, /, c=3, *args, d, e=5, **kwargs):
    return a, b, c, args, d, e, kwargs


def same_name_allowed(a, /, **kwargs):
    return a, kwargs


print(none(), positional(1, 2), positional(b=1, a=2), positional(*[1, 2]), positional(**{"a": 1, "b": 2}), positional(1, *[2]), positional(*"x", **{"b": 1}))
print(defaults(1), defaults(1, 5), defaults(1, c=9), defaults(c=1, a=2), defaults(*(1, 2, 3)), defaults(1, *(), c=4))
print(stars(), stars(1, 2), stars(a=1), stars(1, *[2, 3], *"ab", x=1, **{"y": 2}, **{"z": 3}))
print(positional_only(1), positional_only(1, 5), positional_only(1, c=9), positional_only(1, 2, 3))
print(keyword_only(a=1), keyword_only(b=5, a=1), keyword_only(**{"a": 7}))
print(after_star(1, 2, 3), after_star(a=5, z=1), after_star(*range(3), a="k"))
print(everything(1, d=4), everything(1, 2, 3, 4, 5, d=6, e=7, f=8), everything(1, d=0, c=9), everything(*[1, 2], **{"d": 3, "x": 4}))
print(same_name_allowed(1, a=2), (lambda *a, b=1: (a, b))(5, b=6), (lambda a, /, *, k: (a, k))(1, k=2))

seen = []


def log(x):
    seen.append(x)
    return x


stars(log(1), *log([2]), log(3), k=log(4), **log({"m": 5}), n=log(6))
print(seen)


def mutable(item, items=[]):
    items.append(item)
    return items


print(mutable(1), mutable(2), mutable(3, []), mutable(4), mutable.__defaults__)
value = 1


def frozen(a=value):
    return a


value = 2
print(frozen(), value)
defaults.__defaults__ = (20, 30)
print(defaults(1))
defaults.__defaults__ = None
try:
    defaults(1)
except TypeError as error:
    print(error)
keyword_only.__kwdefaults__ = {"a": "new"}
print(keyword_only(b=1))
keyword_only.__kwdefaults__ = {"b": 2}


def annotated(a: int, b: "text" = 2, *args: list, c: log("annotation") = 3, **kw: dict) -> str:
    """A docstring."""


print(annotated.__annotations__, annotated.__doc__, annotated.__name__, annotated.__qualname__, annotated.__module__, annotated.__defaults__, annotated.__kwdefaults__)
print(everything.__code__.co_varnames, everything.__code__.co_argcount, everything.__code__.co_posonlyargcount, everything.__code__.co_kwonlyargcount, everything.__code__.co_flags & 12)
annotated.extra = 5
print(annotated.extra, annotated.__dict__, none.__dict__)


def hot(n):
    """Each calling convention in turn, in one hot loop."""
    total = 0
    args = [1, 2]
    kwargs = {"d": 4, "x": 1}
    for i in range(n):
        a, b = positional(i, b=1)
        total += a + b
        total += sum(positional_only(i, c=2)[1:])
        total += len(stars(*args, i, **kwargs)[0])
        total += everything(i, *args, **kwargs)[3] == ()
        total += keyword_only(a=i % 3)[0]
        if i % 100 == 0:
            args = args + [i] if len(args) < 5 else [1, 2]
    return total


def kinds_change(n):
    def f(a, b=1.5, *rest, c=0):
        return a * 2 + b + len(rest) + c
    total = 0
    for i in range(n):
        if i % 4 == 0:
            total += f(i)
        elif i % 4 == 1:
            total += f(i, 2)
        elif i % 4 == 2:
            total += f(i, 2, 3, 4, c=1.25)
        else:
            total += f(b=i, a=0.5)
    return total


print(hot(1500), kinds_change(4000))
