// Passes over traces: what runs between the recorder and a backend.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include "jit/ir/builder.h"

namespace krait::jit {

// --- peel.cpp ---
// A loop variable: what slot `slot` of the entry frame holds at the back edge.
struct LoopSlot {
  uint16_t slot;
  Id entry;  // the `slot` instruction that read it; kNoId when the iteration only wrote it
  Id last;   // its content at the end of the iteration
};
// In: one recorded iteration that ends in `jump`, with the builder that made it. Out: the same iteration as preamble, a loop header
// with phis, and the body. Null: the second iteration cannot be built from the first (types at the header differ).
std::unique_ptr<Trace> peel(const Builder& recorded, const std::vector<LoopSlot>& slots);

// --- the passes by name, for the pipeline and the text tests ---
// dce: removes what nothing needs. refcount: turns drops into counts and gives snapshots their ownership.
void eliminateDeadCode(Trace& trace);
void countReferences(Trace& trace);

// Runs the pass of passes.def with this name; false: no such pass.
bool runPass(const char* name, Trace& trace);

}  // namespace krait::jit
