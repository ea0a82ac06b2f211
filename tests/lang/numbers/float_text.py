"""float to text and back: shortest repr, every format code, round(), and float() of text with its errors."""

VALUES = [0.0, -0.0, 1.0, 0.1, 1 / 3, 2 / 3, 1e15, 1e16, 1e17, 123456789.0, 1234567890123456.0, 12345678901234567.0, 1e-4, 1e-5, 0.00001234,
          1e100, 1.7976931348623157e308, 5e-324, 2.2250738585072014e-308, 9007199254740993.0, 0.3, 2.5, 3.5, 1e22, 1e23, 4.35, 0.5, 1.005,
          float("inf"), float("-inf"), float("nan"), 100.0, 1.5e-7, 299792458.0, 6.02214076e23, -273.15]
for value in VALUES:
    print(repr(value), str(value), f"{value}", f"{value!r:>25}|")
    assert value != value or float(repr(value)) == value

SPECS = ["", "g", "e", "f", ".0f", ".2f", ".10f", ".3e", ".0e", ".3g", "G", "E", "F", "%", ".1%", "+", " ", "010.2f", "+010.3f", "<12.3f", ">12.3f", "^12.3f",
         "*^12.2f", "=+12.1f", ",", ",.2f", "_.2f", "#g", "#.0f", ".17g", ".1", ".3", "10", "n", "020,.2f", "z.1f", "z"]
for spec in SPECS:
    print(repr(spec), [format(value, spec) for value in VALUES])

for spec in ["d", "s", "x", ".2d", "c", "q", ",n", ".f", "10.", "..2f", "_,"]:
    try:
        print(spec, format(1.5, spec))
    except ValueError as error:
        print(spec, error)

print("%f %e %g %.3f %10.2f|%-10.2f|%+.1f %05.1f %r %s %d %i %x" % (1.5, 1.5, 1.5, 2.0005, 3.14159, 3.14159, 2, 2.5, 0.1, 0.1, 3.99, -3.99, 255))
print("%.0f %.0f %.0f %#.0f %g %g %g" % (0.5, 1.5, 2.5, 3, 1e5, 1e6, 1e-5))

for value in [0.5, 1.5, 2.5, -0.5, -1.5, 2.675, 1.005, 1234.5678, 1e20, 5e-324, 0.15, 0.25, 0.35, 12345.0]:
    print(value, round(value), [round(value, digits) for digits in (0, 1, 2, 3, -1, -2, -20, 20)], round(value, None))

for text in ["1", " 1.5\n", "1e5", "1E+5", "-.5", "5.", ".", "", "e5", "1e", "inf", "-Infinity", "nan", "+nan", "infin", "1_000.5", "1__0", "_1", "0x10", "1.5.2",
             "1,5", "١.٥", "1e400", "-1e400", "1e-400", "0" * 50 + "1", "1" * 400, "123456789" * 5 + "e-40", "4.9e-324", "2.4e-324", "2.5e-324", "1 2",
             "9007199254740993", "0.1000000000000000055511151231257827021181583404541015625", "\x00", "1\x00"]:
    try:
        print(repr(text)[:40], float(text))
    except ValueError as error:
        print(repr(text)[:40], error)


class Float:
    def __float__(self):
        return 2.5


class Bad:
    def __float__(self):
        return 1


class Index:
    def __index__(self):
        return 3


for argument in [Float(), Bad(), Index(), None, [], b"1.5", bytearray(b"2.5"), True, 10**400, "x"]:
    try:
        print(float(argument))
    except Exception as error:
        print(type(error).__name__, error)
print(float(), float(10**20), float(2**53 + 1), float(-(2**1023)))

total = 0
for i in range(2000):
    text = str(i / 7)
    total += len(text) + len(f"{i / 3:.3f}") + len("%g" % (i * 1.1))
    assert float(text) == i / 7
print(total)
