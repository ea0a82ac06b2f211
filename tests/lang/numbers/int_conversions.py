"""int(): from text in every base, from floats and objects; to text; the errors, letter by letter."""


def attempt(text):
    try:
        print(text, "->", repr(eval(text)))
    except Exception as error:
        print(text, "->", type(error).__name__ + ":", error)


class Index:
    def __index__(self):
        return 42


class Int:
    def __int__(self):
        return 7


class Trunc:
    def __trunc__(self):
        return 5


class Bad:
    def __index__(self):
        return "x"

    def __int__(self):
        return "y"


for text in ["int()", "int('12')", "int(' -12 ')", "int('+1_000')", "int('1__0')", "int('_1')", "int('')", "int(' ')", "int('0x10')",
             "int('0x10', 16)", "int('0x10', 0)", "int('0b101', 0)", "int('0o17', 0)", "int('017', 0)", "int('00', 0)", "int('z', 36)",
             "int('z', 35)", "int('10', 1)", "int('10', 37)", "int('10', -2)", "int('12', 2)", "int(b'12')", "int(bytearray(b'9'))",
             "int('\u0663\u0664')", "int('12a')", "int('1.5')", "int(1.9)", "int(-1.9)", "int(1e20)", "int(1e300) % 1000",
             "int(float('nan'))", "int(float('inf'))", "int(None)", "int([])", "int(Index())", "int(Int())", "int(Bad())",
             "int('12', base=8)", "int(x=1)", "int(12, 10)", "int('1' * 30)", "int('-' + '9' * 25)", "int(True)", "int('\\x00')",
             "int('a\\nb')", "int('9' * 5000)", "str(10**5000)", "int.from_bytes(b'\\x01\\x02', 'big')", "int.from_bytes(b'\\xff\\x02', 'little', signed=True)",
             "int.from_bytes(b'\\xff', 'big', signed=True)", "int.from_bytes(b'', 'big')", "int.from_bytes([1, 2, 3], 'little')",
             "(1000).to_bytes(2, 'big')", "(1000).to_bytes(4, 'little')", "(-1).to_bytes(2, 'big', signed=True)", "(256).to_bytes(1, 'big')",
             "(-1).to_bytes(1, 'big')", "(5).to_bytes()", "(1).to_bytes(-1, 'big')", "(1).to_bytes(1, 'middle')",
             "hex(255)", "hex(-255)", "oct(8)", "bin(5)", "bin(-5)", "hex(2**70)", "bin(2**65)", "oct(-2**66)", "hex(1.5)",
             "str(-0)", "repr(10**25)", "format(255, 'x')", "format(255, '#X')", "format(-5, 'b')", "format(1234567, ',')",
             "format(1234567, '_')", "format(0xdeadbeef, '_x')", "format(42, '08d')", "format(-42, '08d')", "format(42, '+')",
             "format(42, ' d')", "format(42, '<6') + '|'", "format(42, '^6') + '|'", "format(42, '*>6')", "format(42, 'e')",
             "format(42, '.2f')", "format(42, '%')", "format(65, 'c')", "format(42, 's')", "format(42, '.3d')", "format(2**70, ',')",
             "format(42, 'n')", "format(1, '=+5')", "format(10**20, 'e')", "format(-1, 'c')", "format(True, 'd')", "format(3, 'q')",
             "[1, 2, 3][Index()]", "range(Index())[3]", "'ab' * Index()", "[1][Bad()]", "hex(Index())", "int(Trunc())",
             "float(10**400)", "float('1_0')", "chr(65)", "chr(-1)", "chr(1114112)", "ord('ab')", "ord('a')", "ord(b'a')", "ord(5)"]:
    attempt(text)


def parse_many():
    """Text to int and back in a hot loop, with bad input in between."""
    total = 0
    bad = 0
    texts = ["0", "12", "-7", "x", "99999999999999999999", "1e5", " 5 ", "\n3"]
    for i in range(4000):
        try:
            value = int(texts[i % 8])
        except ValueError:
            bad += 1
        else:
            total += value
            assert int(str(value)) == value
    print(total, bad)


parse_many()
print(sum(len(str(i * i)) for i in range(3000)), "".join(str(i) for i in range(100)))
