"""The % operator of str and bytes: every conversion, flags, mappings, and its many errors."""


class Show:
    def __str__(self):
        return "str!"

    def __repr__(self):
        return "repr!"

    def __int__(self):
        return 7

    def __float__(self):
        return 7.5

    def __index__(self):
        return 9


def attempt(template, values):
    try:
        print(repr(template), repr(template % values))
    except Exception as error:
        print(repr(template), type(error).__name__ + ":", error)


for template, values in [
        ("%s %r %a", ("\u00e9", "\u00e9", "\u00e9")), ("%d %i %u", (1, -2, 3)), ("%5d|%-5d|%05d|%+d|% d", (42, 42, 42, 42, 42)), ("%x %X %#x %o %#o", (255, 255, 255, 8, 8)),
        ("%e %E %f %F %g %G", (1.5, 1.5, 1.5, 1.5, 1e-10, 1e10)), ("%.3f %10.2f %-10.2f| %+.1e", (1 / 3, 2.5, 2.5, 12345.678)), ("%c %c", ("a", 98)), ("%c", "ab"), ("%c", -1), ("%c", 1.5),
        ("%5s|%-5s|%.2s|%5.1s|", ("abc", "abc", "abc", "abc")), ("%*d|%-*d|%.*f", (5, 1, 5, 2, 2, 3.14159)), ("%%", ()), ("%d%%", 50), ("%s", (1,)), ("%s", 1), ("%s", [1, 2]), ("%s %s", (1, 2)),
        ("%s %s", 1), ("%s %s", (1,)), ("%s", (1, 2)), ("abc", 1), ("abc", ()), ("abc", {"a": 1}), ("abc", [1]), ("%(a)s %(b)d", {"a": 1, "b": 2}), ("%(a)s", {"b": 1}), ("%(a)s", 1), ("%(a", {"a": 1}),
        ("%()s", {"": 5}), ("%(a)5.1f|", {"a": 2.25}), ("%s", {"a": 1}), ("%s %(a)s", {"a": 1}), ("%d", "a"), ("%d", 1.9), ("%d", None), ("%x", 1.5), ("%f", "a"), ("%d", Show()), ("%f", Show()),
        ("%x", Show()), ("%s %r", (Show(), Show())), ("%d", 10**30), ("%x", -10**30), ("%.5d", 42), ("%+5.3d|", 42), ("%q", 1), ("%", 1), ("%5", 1), ("%l", 1), ("%ld", 1), ("%hd", 2), ("%s", None), ("%s", True),
        ("%d", True), ("%5%|", ()), ("%-5s|%5s", ("\u20ac", "\U0001f600")), ("%#.3x", 10), ("%08.3f", -3.14159), ("%i", 3.99), ("%.0f", 2.5), ("%s", (())), ("%r", "it's"), ("%.2147483648d", 1), ("%*d", ("a", 1)),
        (b"%s %d %r", (b"a", 1, "x")), (b"%b", b"y"), (b"%s", "a"), (b"%a", "\u00e9"), (b"%c%c", (65, b"B")), (b"%x", 255), (b"%5.1f", 2.25), (b"%(k)s", {b"k": b"v"}), (b"%c", 256)]:
    attempt(template, values)

total = 0
for i in range(3000):
    total += len("%d-%s-%5.2f" % (i, i % 13, i / 7)) + len("%(x)s" % {"x": i}) + len("%s" % (i if i % 3 else None))
print(total)
