"""_dbm: databases on disk, every method, errors of closed and read-only ones."""
import _dbm
import dbm.ndbm
import os
import shelve
import tempfile

def attempt(f, *a, **k):
    try:
        return repr(f(*a, **k)).split(" object at")[0]
    except Exception as e:
        return f"{type(e).__module__}.{type(e).__name__}: {e}"

with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    d = _dbm.open("one", "c")
    print(type(d), _dbm.library, _dbm.error.__mro__, len(d), d.keys(), bool(d))
    d["a"] = "text"
    d[b"b"] = b"bytes\0\xff"
    d["é"] = "ü"
    d["empty"] = b""
    print(d["a"], d[b"b"], d["é"], d["empty"], sorted(d.keys()), len(d), "a" in d, b"zz" in d, d.get("a"), d.get("zz"), d.get("zz", 5), d.get(b"b", 1))
    print(attempt(lambda: d["zz"]), attempt(d.__setitem__, "a", 1), attempt(d.__setitem__, 1, "a"), attempt(lambda: 1 in d), attempt(lambda: d[1]), attempt(d.get, 1), attempt(iter, d), attempt(type(d)), attempt(d.__delitem__, "zz"), attempt(d.__delitem__, 1))
    print(d.setdefault("a", "other"), d.setdefault("new", "made"), d.setdefault("none"), attempt(d.setdefault, "x", 5), d["new"], d["none"])
    d["a"] = b"replaced"
    del d["b"]
    print(sorted(d.keys()), d["a"])
    with d as same:
        print(same is d)
    print(attempt(len, d), attempt(d.keys), attempt(lambda: d["a"]), attempt(d.__setitem__, "a", "b"), attempt(lambda: "a" in d), attempt(d.get, "a"), attempt(d.setdefault, "a"), d.close())
    for flags in ("r", "w", "rw", "c", "n", "x", "", 5, None):
        print(flags, attempt(_dbm.open, "one", flags), attempt(lambda: sorted(_dbm.open("one", flags).keys())))
    print(attempt(_dbm.open, "missing"), attempt(_dbm.open, 5), attempt(_dbm.open, "a\0b"), attempt(_dbm.open), attempt(_dbm.open, b"bytes", "c", 0o600), sorted(os.listdir()))
    with shelve.open("shelf") as s:
        s["k"] = {"v": [1, 2]}
    with shelve.open("shelf") as s:
        print(dict(s))
    d = dbm.ndbm.open("many", "n")
    for i in range(2000):
        d[str(i)] = "x" * (i % 50 + 1)
    total = 0
    for i in range(2000):
        total += len(d[str(i)])
    print(total, len(d))
    d.close()
    os.chdir("/")
