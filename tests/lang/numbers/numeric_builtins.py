"""sum, min, max, abs, round, divmod, pow over mixed numbers, with their errors and keyword arguments."""


def attempt(text):
    try:
        print(text, "=", repr(eval(text)))
    except Exception as error:
        print(text, type(error).__name__ + ":", error)


class Money:
    def __init__(self, cents):
        self.cents = cents

    def __add__(self, other):
        return Money(self.cents + (other.cents if isinstance(other, Money) else other * 100))

    __radd__ = __add__

    def __abs__(self):
        return Money(abs(self.cents))

    def __round__(self, digits=None):
        return ("rounded", digits)

    def __lt__(self, other):
        return self.cents < other.cents

    def __repr__(self):
        return f"Money({self.cents})"

    def __divmod__(self, other):
        return "divmod"

    def __rdivmod__(self, other):
        return "rdivmod"

    def __pow__(self, other, modulus=None):
        return ("pow", other, modulus)


for text in ["sum([])", "sum([1, 2, 3])", "sum([1, 2.5])", "sum([0.1] * 10)", "sum([1, 2], 10)", "sum([[1], [2]], [])", "sum(['a', 'b'])", "sum(['a'], '')", "sum([b'a'], b'')",
             "sum(5)", "sum([1], start=5)", "sum(x for x in range(5))", "sum([2**62, 2**62])", "sum([True, True])", "sum([Money(5), Money(7)])", "sum([1, None])", "sum()",
             "sum([1], 2, 3)", "min(3, 1, 2)", "min([3, 1, 2])", "min([])", "min([], default=None)", "min(1, 2, default=3)", "max('abc')", "max(1, 2.0, 2)", "max(2.0, 2)", "max()",
             "max(5)", "max([1, 'a'])", "max([1, -5], key=abs)", "max(['aa', 'b', 'cc'], key=len)", "min([Money(3), Money(1)])", "max(1, 2, key=None)", "max(x for x in [])",
             "max([1], foo=2)", "abs(-5)", "abs(-2.5)", "abs('a')", "abs(Money(-3))", "abs(True)", "abs(-2**70)", "round(2.567, 2)", "round(2.5)", "round(7, -1)", "round('a')",
             "round(Money(1))", "round(Money(1), 2)", "round(1.5, 'a')", "round(number=2.5, ndigits=0)", "divmod(7, 3)", "divmod(-7, 3)", "divmod(7.5, 2)", "divmod('a', 1)",
             "divmod(Money(1), 2)", "divmod(2, Money(1))", "pow(2, 10)", "pow(2, 10, 1000)", "pow(2.0, 3)", "pow(Money(1), 2)", "pow(Money(1), 2, 3)", "pow('a', 2)", "pow(2, -1)",
             "pow(base=2, exp=3)", "pow(2, 3, None)", "pow(0, 0)", "pow(2.5, 2, 3)"]:
    attempt(text)


def running(values):
    """sum, min and max over lists whose items change type, in a hot loop."""
    results = []
    for i in range(1500):
        part = values[i % 7: i % 7 + 5]
        results.append((sum(part), min(part), max(part)))
    return results[0], results[3], results[-1], sum(result[0] for result in results)


print(running(list(range(12))))
print(running([float(i) for i in range(12)]))
print(running([1, 2.5, True, 10**20, -3, 0.5, 7, 8, 9.25, 2**63, 11, 12]))
