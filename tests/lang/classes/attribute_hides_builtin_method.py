"""An attribute that was set on an instance of a builtin type hides the type's method, also where the method was seen before."""
import functools
import io

def ask(o):
    return o.seekable()

for _ in range(3):
    for i in range(2000):
        ask(io.BytesIO())
    b = io.BytesIO()
    b.seekable = lambda: "mine"
    print(ask(b), ask(io.BytesIO()), ask(b))
    del b.seekable
    print(ask(b))

def total(files):
    n = 0
    for f in files:
        n += f.tell()
    return n

files = [io.BytesIO() for _ in range(3000)]
print(total(files), total(files))
files[1500].tell = lambda: 1000
files[2999].tell = lambda: 1
print(total(files))

def reduced(p):
    return p.__reduce__()

p = functools.partial(print)
for i in range(2000):
    reduced(p)
p.__reduce__ = lambda: "own"
print(reduced(p))

# Another type whose instance hides the method must not leave its method in the cache of the first.
def read(file):
    return file.read(1)

data = b"abc" * 2000
binary = io.BufferedReader(io.BytesIO(data))
text = io.TextIOWrapper(io.BytesIO(data))
text.mode = "r"
for _ in range(2):
    for i in range(1500):
        read(binary)
    for i in range(900):
        read(text)
print(read(binary), read(text))
