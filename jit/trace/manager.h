// The manager: what is known about traces, and what the recorder asks it.
//
// One for the process; everything here happens under the GIL, but for the compiler thread's queue.
#pragma once
#include <cstdint>
#include "runtime/core/value.h"

namespace krait {
struct Dict;
struct Str;
struct Code;
}  // namespace krait

namespace krait::jit {

struct Parameters {
  uint32_t trace_limit = 6000;     // recorded bytecodes
  uint32_t ir_limit = 12000;       // IR instructions of a recording
  uint32_t inline_depth = 12;      // frames a trace
  uint32_t recursion_inline = 1;   // copies of one function among them
  uint32_t exit_threshold = 200;   // exits through one snapshot before a side trace is recorded
  uint32_t best_threshold = 20000; // entries and loop exits of a trace before it is compiled in the best gear
};
const Parameters& parameters();

// Number of the looping root trace that starts at this code unit; 0: none.
uint32_t loopTraceAt(krait::Code* code, uint32_t unit);

// A binding that changed under a trace is not embedded again: it is looked up instead.
bool unstableKey(Dict* dict, Str* name);
void markUnstable(Dict* dict, Str* name);

// Objects of this kind can die without running Python code.
bool kindIsLeaf(uint32_t kind);

}  // namespace krait::jit
