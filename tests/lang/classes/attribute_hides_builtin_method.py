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
