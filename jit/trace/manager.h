// The manager: all traces, and the decisions about them - what is recorded, compiled, linked, thrown away.
//
// One for the process; everything here happens under the GIL, but for the compiler thread's queue.
#pragma once
#include <vector>
#include "interp/jit_link.h"
#include "jit/ir/ir.h"

namespace krait {
struct Dict;
struct Str;
}  // namespace krait

namespace krait::jit {
struct CompiledTrace;

// --- parameters.def: what --jit=MODE:name=value can set ---
struct Parameters {
#define PARAMETER(name, value, sentence) uint32_t name = value;
#include "interp/jit_parameters.def"
#undef PARAMETER
};
const Parameters& parameters();
// Parses "name=value,name=value"; false with the offending word in *bad.
bool setParameters(const char* text, const char** bad);

// --- asked by the recorder ---
// Number of the looping root trace that starts at this code unit; 0: none.
uint32_t loopTraceAt(krait::Code* code, uint32_t unit);
// What the entry of that root unboxes: slots of its frame and the types it takes them as.
std::vector<std::pair<uint16_t, Ty>> entryTypes(uint32_t root);
// A binding that changed under a trace is not embedded again: it is looked up instead.
bool unstableKey(Dict* dict, Str* name);
void markUnstable(Dict* dict, Str* name);
// A function in whose inlined frame exceptions were seen is not inlined again: they are caught in traces of its own.
void noteRaising(krait::Code* code);
bool raisesOften(krait::Code* code);
// Objects of this kind can die without running Python code.
bool kindIsLeaf(uint32_t kind);

// --- asked by the dispatcher ---
// The compiled function trace that a call with this many positional arguments may enter; null: none.
CompiledTrace* functionTrace(Value callee, uint32_t count);
CompiledTrace* linkedTrace(CompiledTrace* trace);
bool mayRecordSide(Thread& t, CompiledTrace* trace, uint32_t snapshot);
// Begins to record from an exit whose frames stand; false: not now.
bool startSideTrace(Thread& t, CompiledTrace* trace, uint32_t snapshot, const std::vector<Frame*>& frames);
// Frees traces that are invalid and that nobody runs.
void collectRetired();
bool anythingRuns();

// --- the interpreter's calls (interp/jit_link.h) ---
HotVerdict hotLoop(Thread& t, Frame* frame, Cell* pc, Cell* target, Value* sp);
HotVerdict hotFunction(Thread& t, Frame* frame, Cell* pc, Value* sp);
bool recordStep(Thread& t, Frame* frame, Cell* pc, Value* sp, FollowedMethod* followed);
bool recordRaise(Thread& t, Frame* frame, Cell* pc, Value* sp);
void servePoll(Thread& t);
void codeDies(krait::Code* code);
void shutDown(Thread& t);

void startManager(const JitParameters& from_interpreter);
void collectSummaries();  // for --jit-stats: of all traces there are

}  // namespace krait::jit
