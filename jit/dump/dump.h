// --dump=KIND[,KIND...][:FILE]: shows the stages of a trace as text: trace (as recorded and peeled), ir (as compiled), llvm,
// llvm-opt, asm; source lines stand beside.
#pragma once
#include "jit/backend/backend.h"

namespace krait::jit {
// Parses what the interpreter was given; unknown kinds were refused there.
void startDump(const char* text);
bool dumpWants(const char* kind);
void dumpTrace(const char* kind, const Trace& trace);
void dumpListing(const Trace& trace, const Listing& listing);
void finishDump();
}  // namespace krait::jit
