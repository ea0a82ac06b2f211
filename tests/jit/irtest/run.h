// Runs a trace in every backend from the same state, and compares what they leave behind.
#pragma once
#include <memory>
#include <string>
#include <vector>
#include "jit/backend/backend.h"
#include "jit/ir/text.h"

namespace krait::jit {

// What a run starts from.
struct Setup {
  std::vector<uint64_t> slots;    // of the frame, boxed
  std::vector<uint64_t> inputs;   // words of the exit buffer
  uint32_t poll = 0, state = 0;
};

// What a run leaves: the snapshot, its values in the order of its layout, and the memory of all stand-ins.
struct Outcome {
  uint32_t exit = kNoSnapshot;
  std::vector<uint64_t> values;
  std::vector<uint64_t> memory;

  bool operator==(const Outcome&) const = default;
};

class Engine {
 public:
  // The compiler may be null: then only the evaluator runs.
  Engine();
  bool native() const { return compiler_ != nullptr; }
  const std::string& error() const { return error_; }

  bool compile(const Trace& trace, Gear gear, NativeCode* code, std::string* error, Listing* listing = nullptr);
  Outcome run(const Trace& trace, StandIns* stand_ins, const Setup& setup, TraceEntry entry /* null: evaluator */,
              Id* left_at = nullptr);

 private:
  std::unique_ptr<Compiler> compiler_;
  std::string error_;
};

// "s2 %3=7 %4=1.5": for messages.
std::string outcomeText(const Trace& trace, const Outcome& outcome);

// Thread CPU time and code size that went into compiles, by gear.
struct CompileFigures {
  uint64_t traces = 0, instructions = 0, guards = 0, nanoseconds = 0, bytes = 0;
};
void addFigures(CompileFigures* figures, const Trace& trace, const NativeCode& code);
void printFigures(const char* gear, const CompileFigures& figures);

struct Totals {
  int passed = 0, failed = 0;
};
// The text tests in a file; prints failures. `update`: rewrites what passes are expected to make.
void runTestFile(Engine& engine, const std::string& path, bool update, Totals* totals);

// n random traces, evaluator against both gears; of about `size` operations (0: of many sizes). Prints what compiling costs.
void fuzz(Engine& engine, int count, uint64_t seed, int size, Totals* totals);

}  // namespace krait::jit
