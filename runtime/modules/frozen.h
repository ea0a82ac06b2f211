// Frozen modules: those that CPython carries inside its executable. Ours are read from the library when they are asked for; their
// code objects name no file.
#pragma once
#include "runtime/core/native.h"

namespace krait {

extern const MethodDef kFrozenFunctions[];  // of _imp
// The code of a frozen module; empty: raised.
Ref<> frozenCode(Thread& t, const char* name);

}  // namespace krait
