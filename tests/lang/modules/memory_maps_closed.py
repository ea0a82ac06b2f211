# krait: skip-cpython
"""mmap: an argument whose conversion closes the map. CPython 3.11.2 crashes here."""
import mmap


class Closing:
    """An index whose conversion closes the map."""

    def __init__(self, m):
        self.m = m

    def __index__(self):
        self.m.close()
        return 1


for use in (lambda m, i: m.read(i), lambda m, i: m.seek(i), lambda m, i: m.find(b"a", i), lambda m, i: m.flush(0, i), lambda m, i: m.move(0, 0, i),
            lambda m, i: m.madvise(0, 0, i), lambda m, i: m.resize(i), lambda m, i: m.__setitem__(0, i)):
    m = mmap.mmap(-1, 10)
    try:
        print(use(m, Closing(m)))
    except ValueError as e:
        print(e)
