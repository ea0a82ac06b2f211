"""Imports: circular submodules, errors in submodules of a from-import, importlib imported afresh while its names are blocked."""

import importlib
import os
import sys
import tempfile
import traceback

with tempfile.TemporaryDirectory() as folder:
    def write(path, text):
        os.makedirs(os.path.dirname(os.path.join(folder, path)), exist_ok=True)
        with open(os.path.join(folder, path), "w") as file:
            file.write(text)

    sys.path.insert(0, folder)
    write("ring/__init__.py", "")
    write("ring/parent/__init__.py", "import ring.parent.child\n")
    write("ring/parent/child.py", "import ring.parent\nring.parent\n")
    write("ring/partial.py", "import ring.other\nx = 1\n")
    write("ring/other.py", "import ring.partial as p\np.x\n")
    write("broken/__init__.py", "")
    write("broken/bar.py", "1 / 0\n")
    write("broken/missing.py", "import no_such_module\n")
    for statement in ("import ring.parent", "import ring.partial", "from ring import parent", "from ring import nothing", "import ring.nothing"):
        try:
            exec(statement)
        except (ImportError, AttributeError) as error:
            print(statement, type(error).__name__, str(error).replace(folder, "FOLDER"))
    for statement in ("from broken import bar", "import broken.bar", "from broken import missing", "from broken.missing import x"):
        try:
            exec(statement)
        except Exception as error:
            print(statement, type(error).__name__, error, [os.path.basename(each.filename) for each in traceback.extract_tb(error.__traceback__)])

# As test.support's import_fresh_module does it.
saved = {name: sys.modules[name] for name in list(sys.modules) if name == "importlib" or name.startswith(("importlib.", "_frozen_importlib"))}
for name in saved:
    del sys.modules[name]
sys.modules["_frozen_importlib"] = sys.modules["_frozen_importlib_external"] = None
try:
    fresh = importlib.import_module("importlib")
    print(fresh is not importlib, fresh._bootstrap is not importlib._bootstrap, fresh._bootstrap.__name__, fresh.import_module("json").dumps([1]))
    print(repr(fresh).replace(os.path.dirname(os.path.dirname(fresh.__file__)), "LIBRARY"))
finally:
    del sys.modules["_frozen_importlib"], sys.modules["_frozen_importlib_external"]
    sys.modules.update(saved)
print(importlib.import_module("string").digits)
