"""str.format and format(): fields, conversions, nested specs, attribute and item access, alignment, errors."""


class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __format__(self, spec):
        return f"<{spec or 'empty'}:{self.x},{self.y}>"

    def __repr__(self):
        return "Point()"


p = Point(1, 2)


def attempt(template, *args, **kwargs):
    try:
        print(repr(template), repr(template.format(*args, **kwargs)))
    except Exception as error:
        print(repr(template), type(error).__name__ + ":", error)


attempt("{} {} {}", 1, "a", None)
attempt("{0} {1} {0}", 1, 2)
attempt("{a} {b}", a=1, b=2)
attempt("{0} {a}", 1, a=2)
attempt("{} {0}", 1)
attempt("{0} {}", 1)
attempt("{}")
attempt("{1}", 1)
attempt("{a}")
attempt("{{}} {{{}}}", 5)
attempt("{", 1)
attempt("}", 1)
attempt("{!}", 1)
attempt("{!x}", 1)
attempt("{!r} {!s} {!a}", "\u00e9", "\u00e9", "\u00e9")
attempt("{!r:>8}|", "a")
attempt("{0.x} {0.y}", p)
attempt("{0.z}", p)
attempt("{0[1]} {0[-1]}", [1, 2])
attempt("{0[a]} {0[1]}", {"a": 1, 1: 2})
attempt("{a[0].x}", a=[p])
attempt("{} {:>5} {!r}", p, p, p)
attempt("{:{}}|{:{w}.{p}f}", "a", 5, 3.14159, w=8, p=2)
attempt("{:{}{}}", 5, ">", 4)
attempt("{:{:{}}}", 5, 4, 3)
attempt("{:5}|{:<5}|{:>5}|{:^5}|{:*^5}", "ab", "ab", "ab", "ab", "ab")
attempt("{:.2}|{:5.1}|{:s}", "abc", "xyz", "q")
attempt("{:d}", "a")
attempt("{:s}", 1)
attempt("{:=5}", "a")
attempt("{:,}", "a")
attempt("{:+}", "a")
attempt("{:05}", "ab")
attempt("{:5}|{:<5}|{:05}|{:,}", 42, 42, 42, 1234567)
attempt("{:x} {:X} {:#x} {:o} {:b} {:#b} {:c} {:n}", 255, 255, 255, 8, 5, 5, 97, 10)
attempt("{:.2f} {:8.3f} {:e} {:g} {:%}", 3.14159, 2.5, 12345.678, 1e-10, 0.25)
attempt("{:>10}|{}", None, True)
attempt("{:>10}", None)
attempt("{:5}|", True)
attempt("{:>5}", [1])
attempt("{}", [1, "a", 2.5])
attempt("{:\u20ac^7}", "x")
attempt("{:100000000000000000000}", "x")
attempt("{0[}", [1])
attempt("{0.}", 1)
attempt("{0[]}", [1])
attempt("{ }", 1)
attempt("{a b}", **{"a b": 3})
attempt("{:%Y}", p)
print("{x} {y}".format_map({"x": 1, "y": 2}), "{0.real:5}|".format(7), "%s" % (p,), format(p, "q"), format("abc", "^9"), format(5), format(""))
try:
    print(format(object(), "x"))
except TypeError as error:
    print(error)
try:
    format(1, 2)
except TypeError as error:
    print(error)

lines = []
for i in range(2000):
    lines.append("{:>4}|{:<6}|{:05.1f}|{!r}".format(i, "k" + str(i % 7), i / 3, "v" if i % 2 else i))
print(len("".join(lines)), lines[0], lines[1999])
mixed = [1, 2.5, "s", None, True, 10**20]
print(sum(len("{}-{}".format(mixed[i % 6], mixed[i % 5])) for i in range(3000)))
