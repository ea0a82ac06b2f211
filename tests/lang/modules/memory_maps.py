"""mmap: files and anonymous memory, as sequence, file and buffer; wrong arguments; what a closed map refuses."""
import mmap
import tempfile
import weakref


def tell(f, *args, **keywords):
    try:
        return f(*args, **keywords)
    except BaseException as e:
        return f"{type(e).__name__}: {e}"


print(sorted((name, v) for name, v in vars(mmap).items() if isinstance(v, int)), mmap.error)

m = mmap.mmap(-1, 100)
print(repr(m), tell(m.size), tell(m.resize, 200), len(m), tell(m.flush, 50), tell(m.flush, 0, 201), tell(m.flush, 0, 200), tell(m.flush, -1), tell(m.flush, 1, 2))
m[0:5] = b"abcde"
print(list(m)[:6], b"a" in m, 97 in m, m[0], m[0:3], m[::50], m[-1], tell(lambda: m[1000]), tell(lambda: m["a"]), hasattr(m, "__iter__"), next(iter(m)))
m[0:10:2] = b"VWXYZ"
print(m[:10], m[9::-3])

m = mmap.mmap(-1, 100, flags=mmap.MAP_PRIVATE)
print(tell(m.resize, 200), tell(m.resize, -1), tell(m.resize, 0), tell(m.resize, 50), m)
for v in ("a", 1.5, 2**70, None, -3, 5):
    m.seek(0)
    print(v, tell(m.read, v), tell(m.seek, v), tell(m.write_byte, v), tell(m.write, v), tell(m.find, v), tell(m.find, b"a", v), tell(m.madvise, v))
    print(v, tell(m.rfind, b"\0", 0, v), tell(m.move, v, 0, 0), tell(m.flush, v), tell(m.resize, v) if v != 5 else "")
print(tell(mmap.mmap, -1, -1), tell(mmap.mmap, -1, 0), tell(mmap.mmap, -1, 1, offset=-1), tell(mmap.mmap, -1, 1, offset=1), tell(mmap.mmap, -1, 1, access=9))
print(tell(mmap.mmap, -1, 1, access=1, prot=1), tell(mmap.mmap, 99, 1), tell(mmap.mmap, 99, 0), tell(mmap.mmap, "a", 0), tell(mmap.mmap, -1, "a"))
print(tell(m.__setitem__, 0, None), tell(m.__setitem__, 0, 256), tell(m.__setitem__, slice(0, 2), b"a"), tell(m.__setitem__, slice(0, 2), 5))
print(tell(m.__delitem__, 0), tell(m.__delitem__, slice(0, 1)), tell(m.__setitem__, "a", 5), tell(m.__setitem__, 0, "a"), tell(m.__setitem__, 0, 2**70), tell(m.__setitem__, 77, 1))
print(tell(m.move, 0, 1, 1000), tell(m.move, 0, -1, 1), tell(m.seek, 0, 5), tell(m.seek, -1), tell(m.seek, 1000), tell(m.seek, 2**63 - 1, 1))

view = memoryview(m)
print(tell(m.close), tell(m.resize, 10), view.format, view.readonly, view.shape)
view[3:6] = b"xyz"
view.release()
print(m[2:7], m.closed, m.close(), m.closed, m, m.close(), tell(m.__exit__, 1, 2, 3))
for f in (m.read, lambda: len(m), lambda: m[0], m.__enter__, lambda: memoryview(m), m.size, m.tell, m.readline, m.read_byte, lambda: list(m), lambda: 1 in m,
          lambda: m.find(b""), lambda: m.write(b""), lambda: m.seek(0), lambda: m.resize(1), lambda: m.flush(), lambda: m.__setitem__(0, 1)):
    print(tell(f))

r = mmap.mmap(-1, 10, access=mmap.ACCESS_READ)
print(r, tell(r.write, b"a"), tell(r.write_byte, 1), tell(r.__setitem__, 0, 1), tell(r.resize, 5), memoryview(r).readonly, tell(r.move, 0, 1, 1), tell(r.flush))
print(tell(r.madvise, 4, -1), tell(r.madvise, 4, 0, -1), tell(r.madvise, 4, 0, 2**63 - 1), tell(r.madvise, 12345), tell(r.madvise, 4, 10))
c = mmap.mmap(-1, 10, access=mmap.ACCESS_COPY)
print(c, mmap.mmap(-1, 10, prot=1), mmap.mmap(-1, 10, prot=2), tell(c.resize, 20))
print(weakref.ref(c)() is c, tell(memoryview, r).readonly, tell(lambda: bytearray(5).__init__(r)))

with tempfile.TemporaryFile() as file:
    file.write(b"one\ntwo\nthree\n\n" + bytes(mmap.PAGESIZE))
    file.flush()
    fd = file.fileno()
    print(tell(mmap.mmap, fd, 100000), tell(mmap.mmap, fd, 0, offset=mmap.PAGESIZE * 4), tell(mmap.mmap, fd, 0, offset=3))
    with mmap.mmap(fd, 0) as m:
        print(len(m), m.size(), m.readline(), m.tell(), m.readline(), m.find(b"t"), m.find(b"t", 0), m.rfind(b"t"), m.rfind(b"t", 0), m.find(b"t", -3), m.find(b"", 5, 3))
        print(m.read(3), m.read_byte(), m.write(b"XY"), m.write_byte(33), m[:20], m.seek(-2, 2), tell(m.write, b"abc"), m.read(), m.read(), tell(m.read_byte), m.readline())
        print(m.seek(2), m.seek(3, 1), m.tell(), m.move(10, 0, 5), m[:20], m.flush())
        file.seek(0)
        print(file.read(20), m.resize(30), len(m), m.size(), m.tell())
    with mmap.mmap(fd, 10, access=mmap.ACCESS_COPY) as m:
        m[:3] = b"???"
        file.seek(0)
        print(m[:], file.read(10), m.flush())
empty = tempfile.TemporaryFile()
print(tell(mmap.mmap, empty.fileno(), 0))


class Sub(mmap.mmap):
    def __new__(cls, *args, **keywords):
        return super().__new__(cls, -1, *args, **keywords)


s = Sub(3)
s.extra = 1
print(repr(s), list(s), b"\0" in s, s.extra, len(s))
