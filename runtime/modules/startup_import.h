// The importer that works before importlib does.
#pragma once
#include "runtime/core/ref.h"

namespace krait {
class Thread;
struct Str;

// The module of a dotted absolute name: a native module, or a source file or package on sys.path (a parent's __path__).
Ref<> startupImport(Thread& t, Str* name);
// `from package import names`: loads submodules that are not attributes yet. Gives the package back.
Ref<> startupFromList(Thread& t, Ref<> package, Value names);
// Starts the library's importlib when what it needs is there: afterwards sys.meta_path and sys.path_hooks are its own.
// False: raised.
[[nodiscard]] bool startImportlib(Thread& t);
// At the end of the program, when the modules are gone: what start-up kept of importlib goes.
void endImportlib(Thread& t);
// The code of a source file: its cached .pyc when that is CPython 3.11's and fresh, else compiled. Empty: raised.
Ref<> codeOfFile(Thread& t, const char* path);

}  // namespace krait
