"""int: every operator over small, negative, boundary and huge operands, and the errors of division and powers."""

VALUES = [0, 1, -1, 2, -2, 3, 7, -7, 10, 255, 2**29, 2**30, 2**31 - 1, -2**31, 2**48, 2**49 - 1, 2**49, -2**49, -2**49 - 1,
          2**50 - 1, 2**50, -2**50, 2**62, 2**63 - 1, 2**63, -2**63, -2**63 - 1, 2**64 - 1, 2**64, 10**30, -10**30]


def apply(name, function):
    checksum = 0
    errors = 0
    for a in VALUES:
        for b in VALUES:
            try:
                result = function(a, b)
            except ZeroDivisionError:
                errors += 1
                continue
            if isinstance(result, tuple):
                result = result[0] * 31 + result[1]
            checksum = (checksum * 1000003 + hash(result)) % (2**61 - 1)
    print(name, checksum, errors)


def main():
    apply("+", lambda a, b: a + b)
    apply("-", lambda a, b: a - b)
    apply("*", lambda a, b: a * b)
    apply("//", lambda a, b: a // b)
    apply("%", lambda a, b: a % b)
    apply("divmod", divmod)
    apply("&", lambda a, b: a & b)
    apply("|", lambda a, b: a | b)
    apply("^", lambda a, b: a ^ b)
    apply("/", lambda a, b: a / b)
    apply("<<", lambda a, b: a << (b % 70))
    apply(">>", lambda a, b: a >> (b % 70))
    apply("**", lambda a, b: a ** (b % 9))
    apply("pow3", lambda a, b: pow(a, abs(b), 1000007))
    for a in VALUES:
        print(a, -a, +a, ~a, abs(a), a < 0, bool(a), a.bit_length(), a.bit_count())


def comparisons():
    table = ""
    for a in VALUES:
        for b in VALUES:
            table += "<" if a < b else ">" if a > b else "="
            assert (a < b) == (b > a) and (a <= b) == (not a > b) and (a == b) == (not a != b)
    print(hash(table) == hash("" + table), table.count("<"), table.count(">"), table.count("="))


def signs():
    """Floor division and modulo round towards minus infinity."""
    for a in (7, -7):
        for b in (2, -2):
            print(a, b, a // b, a % b, divmod(a, b), a / b, int(a / b))


def overflow_into_big_and_back():
    """The boundary of every machine representation is crossed while the loop is hot."""
    for start in (2**31 - 1500, 2**48 - 1500, 2**49 - 1500, 2**50 - 1500, 2**62 - 1500, 2**63 - 1500, 2**64 - 1500):
        up = start
        down = -start
        for _ in range(3000):
            up += 1
            down -= 1
        for _ in range(1500):
            up -= 3
            down += 3
        print(start, up, down, up + down)


def products():
    x = 1
    total = 0
    for i in range(1, 2000):
        x = x * i
        if x > 10**40:
            total += x % 1000003
            x = 1 + i
    print(x, total)


def errors():
    for text in ("1 // 0", "1 % 0", "1 / 0", "divmod(1, 0)", "0 ** -1", "1 << -1", "1 >> -1", "pow(2, -1, 4)", "pow(2, 3, 0)",
                 "10**400 / 3.0", "10**400 / 1", "1 + 'a'", "'a' + 1", "1 - None", "-'a'", "~1.5", "1 << 1.0", "1 < 'a'", "2 ** 'x'",
                 "int.__add__(1, 'a')", "(1).__add__(2.0)", "1 @ 2", "pow(2, 3.0, 5)"):
        try:
            print(text, "=", eval(text))
        except Exception as error:
            print(text, type(error).__name__, error)
    print(pow(3, -1, 7), pow(-3, 5, 7), pow(3, 5, -7), (-8) ** 3, 2 ** -2, 0 ** 0, (-1) ** 10**20)


def division_is_correctly_rounded():
    print(10**400 // 10**399, 10**400 / 10**399, (2**1000 + 1) / 2**999, 2**53 + 1 == (2**53 + 1) / 1, 1 / 3, -1 / 3)
    print((10**25) / (10**3), 123456789012345678901234567890 / 987654321)


main()
comparisons()
signs()
overflow_into_big_and_back()
products()
errors()
division_is_correctly_rounded()
