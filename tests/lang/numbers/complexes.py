"""complex: literals, arithmetic, text, comparison, errors."""

values = [0j, 1j, -1j, 1 + 2j, -1.5 - 0.5j, complex(3), complex(1, -2), complex("1+2j"), complex("-j"), complex(" 3 "), complex(0.0, -0.0), complex(float("inf"), float("nan"))]
for a in values:
    print(a, repr(a), a.real, a.imag, -a, a.conjugate(), bool(a))
for a in values[:7]:
    for b in values[1:7]:
        print(a + b, a - b, a * b, a / b, a == b, end=" | ")
    print()
print((1 + 2j) ** 2, (1 + 2j) ** 0.5, (1 + 2j) ** -1, abs(3 + 4j), 1j ** 2, 2 ** 1j, (1 + 1j) * 2, 2.5 - 1j, 1 == 1 + 0j, hash(1 + 0j) == hash(1), hash(1 + 2j))
print(format(1 + 2j, ".2f"), format(1 + 2j, ">12"), f"{1.5 + 2j:.3e}", str(1e20 + 1j), (0.1 + 0.2j) * 3)
for text in ["1j < 2j", "1j // 2", "1j % 2", "complex('x')", "complex('1 + 2j')", "complex(1, '2')", "complex('1', 2)", "1j / 0", "0j ** -1", "int(1j)", "float(1j)", "divmod(1j, 1)", "round(1j)", "complex([])"]:
    try:
        print(text, "=", eval(text))
    except Exception as error:
        print(text, type(error).__name__, error)


def julia(n):
    escaped = 0
    for i in range(n):
        z = complex(i / n * 3 - 1.5, 0.3)
        for _ in range(20):
            z = z * z + (-0.8 + 0.156j)
            if abs(z) > 2:
                escaped += 1
                break
    return escaped


print(julia(800))
total = 0
for i in range(2000):
    total += i if i < 1000 else 1j
print(total)
