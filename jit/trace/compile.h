// From trace IR to something that runs: which gear, in place or on the compiler thread.
#pragma once
#include <memory>
#include "interp/jit_link.h"

namespace krait::jit {
struct CodeUnit;
struct CompiledTrace;

// Compiles in place, or hands the trace to the compiler thread (then code.entry stays null until takeCompiled installs it).
// False: the code generator refused it.
bool compileTrace(CompiledTrace* trace);
// Installs what the compiler thread has finished.
void takeCompiled();
// The root that the trace's end goes on in; null: it ends otherwise.
CompiledTrace* linkTarget(CompiledTrace* trace);
// A trace that starts at this cell waits for the compiler.
bool pendingCompile(Cell* cell);
// The cell dies; another one may come to stand at its address.
void forgetPending(Cell* cell);

// The tree that the trace belongs to has grown: it is compiled as one function, and entered when that is done.
void compileTree(CompiledTrace* trace);
// The unit is not entered any more; freed when nobody runs it.
void retireUnit(std::shared_ptr<CodeUnit> unit);

// --- manager.cpp ---
// The root is entered through this unit from now on.
void enterUnit(CompiledTrace* root, const std::shared_ptr<CodeUnit>& unit, uint32_t entry);
// Whether calls from traces may enter the trace without a frame.
bool takesDirectCalls(const CompiledTrace* trace);
void installCompiled(CompiledTrace* trace);
void refuseTrace(CompiledTrace* trace);
JitMode jitMode();
}  // namespace krait::jit
