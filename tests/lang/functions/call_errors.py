"""The messages of calls that do not fit: too few, too many, twice, unknown, positional-only, bad stars, not callable."""


def f0():
    pass


def f1(a):
    pass


def f2(a, b):
    pass


def f3(a, b, c):
    pass


def fd(a, b=1, c=2):
    pass


def fk(*, k):
    pass


def fk2(a, *, k, m):
    pass


def fkd(a, *, k=1):
    pass


def fp(a, b, /):
    pass


def fp2(a, b=1, /, c=2):
    pass


def fs(a, *args):
    pass


def fkw(a, **kwargs):
    pass


class C:
    def m(self, a):
        pass

    @classmethod
    def c(cls, a):
        pass

    @staticmethod
    def s(a):
        pass

    def __call__(self, x):
        pass


class Empty:
    pass


class Init:
    def __init__(self, a):
        pass


class Nested:
    class Inner:
        def method(self):
            pass


def outer():
    def inner(a):
        pass
    return inner


c = C()
NAMES = dict(globals())
for text in """
f0(1)
f0(1, 2)
f0(a=1)
f1()
f1(1, 2)
f1(1, a=2)
f1(b=1)
f1(1, b=1)
f1(1, b=1, c=2)
f2()
f2(1)
f2(b=1)
f2(1, 2, 3)
f3()
f3(1)
f3(b=1)
fd()
fd(1, 2, 3, 4)
fd(1, 2, 3, 4, d=1)
fd(b=1)
fd(1, a=1)
fk()
fk(1)
fk(1, k=2)
fk(k=1, j=2)
fk2(1)
fk2(1, k=2)
fk2()
fkd(1, 2)
fkd(1, 2, k=3)
fp(a=1, b=2)
fp(1, b=2)
fp(1)
fp(1, 2, 3)
fp2(1, b=2)
fp2(a=1)
fp2(1, 2, 3, 4)
fs()
fkw()
fkw(1, 2)
fkw(1, a=2)
c.m()
c.m(1, 2)
c.m(b=1)
C.m()
C.m(c)
c.c()
c.c(1, 2)
c.s()
c()
c(1, 2)
Empty(1)
Empty(a=1)
Init()
Init(1, 2)
Init(b=1)
Nested.Inner().method(1)
outer()()
(lambda: 0)(1)
(lambda a, b: 0)()
f1(*5)
f1(**5)
f1(*[1], **[2])
f1(**{1: 2})
f1(**{'a': 1}, **{'a': 2})
f1(*None)
f1(a=1, **{'a': 2})
f2(*[1, 2, 3])
5()
'abc'()
None()
[]()
(1)(2)
f0()()
Empty()()
len()
len(1, 2)
len(5)
len(x=[])
int('a', 'b', 'c')
print(foo=1)
isinstance(1)
isinstance(1, 5)
[].append()
[].append(1, 2)
{}.get()
'a'.join()
'a'.split(1, 2, 3)
range(1, 2, 3, 4)
sorted()
abs()
max()
zip(1)
map()
map(len)
enumerate()
getattr(1)
ord()
sum()
pow(1)
type()
type(1, 2)
object(1)
dict(1)
super()
str(1, 2, 3, 4)
next()
iter()
hash()
divmod(1)
round()
open()
""".strip().splitlines():
    try:
        eval(text, NAMES)
        print(text, "fine")
    except Exception as error:
        print(text, "!", type(error).__name__ + ":", error)


def hot(n):
    """Wrong calls between right ones; the right ones must go on being right."""
    messages = {}
    right = 0
    for i in range(n):
        arguments = range(i % 5)
        try:
            fd(*arguments)
            right += 1
        except TypeError as error:
            messages[str(error)] = messages.get(str(error), 0) + 1
        try:
            if i % 3:
                f2(1, b=2)
            else:
                f2(1, c=2)
            right += 1
        except TypeError as error:
            messages[str(error)] = messages.get(str(error), 0) + 1
    return right, messages


print(hot(3000))
