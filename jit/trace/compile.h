// From trace IR to something that runs: which gear, in place or on the compiler thread.
#pragma once
#include "interp/jit_link.h"

namespace krait::jit {
struct CompiledTrace;

// Compiles in place, or hands the trace to the compiler thread (then code.entry stays null until takeCompiled installs it).
// False: the code generator refused it.
bool compileTrace(CompiledTrace* trace);
// Installs what the compiler thread has finished.
void takeCompiled();
// A trace that starts at this cell waits for the compiler.
bool pendingCompile(Cell* cell);
// The cell dies; another one may come to stand at its address.
void forgetPending(Cell* cell);

// --- manager.cpp ---
void installCompiled(CompiledTrace* trace);
void refuseTrace(CompiledTrace* trace);
JitMode jitMode();
}  // namespace krait::jit
