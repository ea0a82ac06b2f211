"""import in its forms, of modules that every Python has built in; names, errors, sys.modules, import inside hot functions."""

import sys
import sys as system
from sys import argv, modules as mods
from time import perf_counter as clock
import builtins

print(sys is system, argv is sys.argv, mods is sys.modules, clock() <= clock(), builtins.len is len, sys.__name__, type(sys).__name__)
print("sys" in sys.modules, sys.modules["builtins"] is builtins, __name__, __import__("sys") is sys)
for code in ("import nothing_here", "import nothing.here", "from nothing_here import x", "from sys import nothing_there", "import sys.nothing", "from . import x", "from .x import y", "from sys import (path, maxsize)", "import sys, time", "from builtins import *",
             "from __future__ import annotations", "from __future__ import nothing", "from sys import *, x", "import", "from x import", "import a.b as c.d", "def f():\n from sys import *", "__import__('')", "__import__(5)", "import sys as s, builtins as b\nprint(s.__name__, b.__name__)"):
    try:
        exec(code, {"__name__": "__main__", "__package__": None})
        print(repr(code), "fine")
    except Exception as error:
        print(repr(code), type(error).__name__, getattr(error, "msg", None) or error)

Module = type(sys)
made = Module("made", "its doc")
made.x = 1
sys.modules["made"] = made
import made as again
from made import x
print(again is made, x, made.__doc__, made.__name__, repr(made))
try:
    from made import y
except ImportError as error:
    print(error, error.name)
sys.modules["blocked"] = None
try:
    import blocked
except ImportError as error:
    print(type(error).__name__, error)
made.__getattr__ = lambda name: "dynamic " + name
print(made.anything)
from made import whatever
print(whatever)


def hot(n):
    total = 0
    for i in range(n):
        import made as local
        from made import x as value
        total += local.x + value
        if i == n // 2:
            made.x = 0.5
        if i == n * 3 // 4:
            replacement = Module("made")
            replacement.x = 100
            sys.modules["made"] = replacement
    return total


print(hot(2000))
