"""The builtin functions that have no file of their own: attributes, types, text, iteration helpers; results and errors."""


class A:
    x = 1

    def __init__(self):
        self.y = 2

    def method(self):
        pass


class B(A):
    pass


a = A()
NAMES = dict(globals())
for text in """
abs(-3), abs(3.5), abs(True)
all([]), any([])
ascii('\\u00e9')
bin(10), oct(8), hex(255)
callable(len), callable(A), callable(a), callable(a.method), callable(5)
chr(97), ord('a')
chr('a')
ord('')
delattr(a, 'zzz')
dir(5) == sorted(dir(5))
divmod(10, 3)
enumerate('ab')
list(enumerate('ab', 1))
list(enumerate('ab', start=10**20))
list(enumerate(5))
list(filter(None, [0, 1, '', 'a']))
list(filter(lambda x: x > 1, [1, 2, 3]))
type(filter(5, [1]))
list(filter(5, [1]))
format(3.14159, '.2f')
getattr(a, 'x')
getattr(a, 'nope')
getattr(a, 'nope', 5)
getattr(a, 5)
hasattr(a, 'x'), hasattr(a, 'nope')
hasattr(a, 5)
hash('a') == hash('a'), hash(1), hash(1.0), hash(2**61 - 1), hash(None) == hash(None)
id(a) == id(a)
isinstance(1, int), isinstance(True, int), isinstance(1, (str, int)), isinstance(1, int | str), isinstance(None, int | None)
isinstance(1, 'int')
issubclass(B, A), issubclass(A, (B, A)), issubclass(bool, int)
issubclass(1, int)
issubclass(int, 1)
iter(5)
next(iter([]))
next(iter([]), 'd')
next(5)
len([1]), len('ab'), len({}), len(range(5))
len(a)
list(map(lambda x, y: x + y, [1, 2, 3], [4, 5]))
list(map(5, [1]))
map(len, 5)
max(1, 2), min('b', 'a')
object() == object()
list(reversed([1, 2, 3])), list(reversed('abc')), list(reversed(range(3)))
reversed({1, 2})
reversed(5)
repr('a'), repr(None)
round(2.5), round(3.5), round(2.567, 1)
setattr(a, 5, 1)
sorted([3, 1, 2])
sum([1, 2])
type(1), type(None), type(A), type(a).__name__, type(len).__name__, type(a.method).__name__, type(lambda: 0).__name__, type(...), type(NotImplemented)
vars(a)
vars(5)
list(zip([1, 2], 'ab', (True, False)))
list(zip())
list(zip([1, 2], [1]))
list(zip([1, 2], [1], strict=True))
list(zip([1], [1, 2], strict=True))
list(zip([1], [1], [1, 2], strict=True))
zip(1)
list(zip(range(3), iter('abcdef')))
type('X', (A,), {'z': 3}).z, type('X', (), {}).__name__
type('X', 5, {})
type('X', (), 5)
type('X', (5,), {})
print, len, A
super(B, B()).x
staticmethod(len).__func__ is len
int.__add__(1, 2), str.__len__('abc'), list.__getitem__([1], 0)
(1).__class__, ''.__class__.__mro__
__import__('sys').__name__
eval('1 + 1'), eval(' 2 ')
eval('x = 1')
eval('')
eval(5)
exec('pass')
exec(5)
compile('1', 'f', 'eval').co_filename
compile('1', 'f', 'nope')
compile('1 +', 'f', 'eval')
memoryview(b'ab')[0]
slice(1, 2)
property().fget
complex(1, 2)
frozenset([1])
NotImplemented is NotImplemented, Ellipsis is ...
""".strip().splitlines():
    try:
        print(text, "=", repr(eval(text, NAMES)) if text not in ("print, len, A", "enumerate('ab')") and "hash('a')" not in text else "fine")
    except Exception as error:
        print(text, "!", type(error).__name__ + ":", error)

print(1, "a", None, sep="-", end="!\n")
print()
print(*[1, 2, 3], sep="")
print("x", end="")
print("", "y", sep="|")
for bad in (dict(sep=5), dict(end=5), dict(foo=1)):
    try:
        print(1, **bad)
    except TypeError as error:
        print(error)


class File:
    def __init__(self):
        self.parts = []

    def write(self, text):
        self.parts.append(text)


file = File()
print("a", 5, file=file)
print("b", end="", file=file)
print(file.parts)


def hot(n):
    total = 0
    values = [1, -2.5, True, 10**20, -7]
    texts = ["a", "bb", ""]
    for i in range(n):
        value = values[i % 5]
        total += abs(value) % 1000 + len(texts[i % 3]) + ord(chr(65 + i % 26)) + isinstance(value, float) + hasattr(a, "x" if i % 2 else "q")
        total += getattr(a, "y", 0) + callable(value) + min(i, 5) + max(i % 7, 3, 2) + sum((i, 1)) + bool(i % 2) + int("5") + round(i / 3)
    for i, (x, y) in enumerate(zip(range(n), map(lambda v: v * 2, range(n)))):
        total += i + x + y
    for x in filter(lambda v: v % 3, range(n)):
        total -= x
    for x in reversed(range(n)):
        total += x
    return total


print(hot(3000))
