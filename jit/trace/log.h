// --jit-log: one line an event on stderr, with its named reason; --jit-stats: totals at exit.
#pragma once
#include <cstdint>
#include <string>
#include "jit/ir/ir.h"
#include "jit/record/aborts.h"

namespace krait::jit {
struct CompiledTrace;

// Writes "[jit] event ..." when the log is on. printf-style.
void logEvent(const char* format, ...) __attribute__((format(printf, 1, 2)));
bool logging();
void setLogging(bool on);
bool countsBytecodes();  // --jit-stats
void setCounting(bool on);
// "f (x.py:12)" of a place in a code object.
std::string placeName(const krait::Code* code, uint32_t unit);

struct Statistics {
  uint64_t recordings = 0, aborted = 0, compiled_quick = 0, compiled_best = 0, evaluated = 0, invalidated = 0;
  uint64_t recorded_instructions = 0, code_bytes = 0, compile_ns = 0;
  uint64_t aborts[64] = {};
};
Statistics& statistics();
// What a trace did, kept when it is freed: for --jit-stats.
struct TraceSummary {
  uint32_t number;
  std::string what;  // "loop f (x.py:12)"
  uint64_t entries, passes, bytecodes;
};
void keepSummary(TraceSummary summary);
void printStatistics();
}  // namespace krait::jit
