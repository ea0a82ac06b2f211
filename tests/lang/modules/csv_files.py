"""csv: reader and writer with every combination of dialect attributes on generated text; errors of dialects and arguments."""
import _csv
import csv
import io
import itertools
import random

def attempt(f, *a, **k):
    try:
        return repr(f(*a, **k))
    except Exception as e:
        return f"{type(e).__name__}: {e}"

def read(text, **k):
    rows = []
    try:
        reader = csv.reader(io.StringIO(text, newline=""), **k)
        for row in reader:
            rows.append((reader.line_num, row))
    except Exception as e:
        rows.append(f"{type(e).__name__}: {e}")
    return rows

def write(row, **k):
    out = io.StringIO(newline="")
    try:
        csv.writer(out, **k).writerow(row)
    except Exception as e:
        return f"{type(e).__name__}: {e} {out.getvalue()!r}"
    return out.getvalue()

rng = random.Random(11)
options = [dict(zip(("quoting", "doublequote", "escapechar", "strict", "skipinitialspace"), values))
           for values in itertools.product(range(4), (True, False), (None, "\\"), (True, False), (True, False))]
texts = ["".join(rng.choices('ab1., "\\\n\r\'é\0', k=rng.randrange(1, 30))) for _ in range(60)]
for text in texts:
    for k in options:
        print(repr(text), read(text, **k))
values = [None, "", "a", 1, -2.5, "a,b", 'a"b', "a\nb", "a\rb", "\\", " x", "é\U0001f600", "'", True, 1j, b"x", [1], "\0"]
for _ in range(100):
    row = rng.choices(values, k=rng.randrange(4))
    for k in options:
        for extra in ({}, {"quotechar": "'"}, {"lineterminator": "!a"}, {"delimiter": "\t"}):
            print(row, repr(write(row, **k, **extra)))
for key in ("delimiter", "doublequote", "escapechar", "lineterminator", "quotechar", "quoting", "skipinitialspace", "strict"):
    for v in (None, "", "a", "ab", 1, 3, 4, -1, True, b"a", 2.5, 1 << 40, [], "é"):
        print(key, v, attempt(csv.reader, [], **{key: v})[:20], attempt(lambda: list(csv.reader(["a,b é"], **{key: v}))))
class Mine(csv.excel):
    delimiter = ";"
    quoting = csv.QUOTE_ALL
csv.register_dialect("mine", Mine, strict=True)
d = csv.get_dialect("mine")
print(d.delimiter, d.quoting, d.strict, d.doublequote, d.escapechar, repr(d.lineterminator), d.quotechar, d.skipinitialspace, type(d), type(d)() is d)
print(sorted(csv.list_dialects()), list(csv.reader(["a;b"], "mine")), list(csv.reader(["a;b"], "mine", delimiter=",")), list(csv.reader(["a;b"], Mine())))
csv.unregister_dialect("mine")
for call in ((csv.get_dialect, "mine"), (csv.unregister_dialect, "mine"), (csv.register_dialect,), (csv.register_dialect, 1), (csv.register_dialect, "x", "y"),
             (csv.register_dialect, 1, 2, 3), (csv.reader,), (csv.reader, 1), (csv.reader, [], "nothing"), (csv.writer,), (csv.writer, 1), (csv.writer, 1, 2, 3),
             (csv.field_size_limit, "a"), (csv.field_size_limit, 1 << 80), (csv.get_dialect, [])):
    print(attempt(*call)[:60])
print(csv.field_size_limit(), csv.field_size_limit(5), read("abcdef"), read("abcde"), csv.field_size_limit(131072))
print(attempt(csv.writer(io.StringIO()).writerow, 5), attempt(csv.writer(io.StringIO()).writerows, 5), attempt(csv.writer(io.StringIO()).writerows, [[1], 2]))
print(attempt(lambda: next(csv.reader([b"a"]))), attempt(lambda: next(csv.reader([1]))))
def fails():
    yield "a,b"
    raise KeyError("x")
r = csv.reader(fails())
print(next(r), attempt(next, r), attempt(next, r))
def failing_row():
    yield 1
    raise KeyError("y")
print(attempt(csv.writer(io.StringIO()).writerow, failing_row()))
class Sink:
    def write(self, text):
        return text
print(csv.writer(Sink()).writerow([1, 2]), csv.writer(Sink(), lineterminator="").writerows([[1], [2]]))
import copy, pickle
print(attempt(copy.copy, d), attempt(pickle.dumps, d), attempt(_csv.Dialect, 1, 2))
print(list(csv.DictReader(io.StringIO("a,b\r\n1,2\r\n3\r\n4,5,6\r\n"))), csv.Sniffer().sniff("a;b;c\n1;2;3\n").delimiter)
total = 0
for i in range(3000):
    total += len(next(csv.reader([f"{i},a,\"b\"\"c\""])))
print(total)
