// A compiled trace and its exits.
#pragma once
#include <memory>
#include <vector>
#include "jit/backend/backend.h"
#include "jit/ir/exit_layout.h"
#include "jit/record/recorder.h"
#include "runtime/core/watch.h"

namespace krait::jit {
struct CompiledTrace;

// Links the trace to one of its assumptions; first member: the callback gets its address.
struct TraceDependent {
  Dependent dependent;
  CompiledTrace* trace = nullptr;
  Assumption assumption;
};

struct Exit {
  uint32_t count = 0;
  uint32_t limit = 0;                // count at which a side trace is recorded
  CompiledTrace* bridge = nullptr;   // a side trace, or another version of the loop for other types
  bool returns = false;              // the entered frame is about to return: its RETURN_VALUE comes next
  ExitLayout layout;
};

struct CompiledTrace {
  uint32_t number = 0;
  std::unique_ptr<Trace> ir;
  NativeCode code;                   // entry null: the evaluator runs the IR
  Gear gear = Gear::kEvaluate;
  std::vector<Exit> exits;           // by snapshot
  std::vector<std::unique_ptr<TraceDependent>> dependents;
  krait::Code* owner = nullptr;      // roots: the code whose cell enters the trace
  Cell* cell = nullptr;
  uint32_t unit = 0;
  CompiledTrace* parent = nullptr;   // side traces
  uint32_t parent_exit = 0;
  uint32_t header_depth = 0;         // loops: words on the value stack at the header
  uint32_t link = 0;                 // number of the root that `link` goes to
  bool valid = true;
  bool compiling = false;            // handed to the compiler thread for its next gear
  uint32_t running = 0;              // activations inside
  uint32_t words = 0;                // of exit buffer that it and its side traces need
  uint32_t levels = 0;               // of recursion that its inlined frames count, side traces included
  uint32_t reserve = 0;              // words of frame stack that its inlined frames need
  uint64_t entries = 0;
  Ending ending = Ending::kLoop;
};

// --- exits.cpp ---
// Rebuilds the frames of the snapshot through which `activation` left `trace`: where the interpreter goes on.
// The frames for recording a side trace go to *frames, outermost first, when it is not null.
ResumePoint rebuildFrames(Thread& t, Activation* activation, CompiledTrace* trace, uint32_t snapshot, std::vector<Frame*>* frames);
// Makes the frames of a running trace real while it waits in a call.
void forceActivation(Thread& t, Activation* activation);
// Words of frame stack that the inlined frames of the trace's largest snapshot take.
uint32_t reservedWords(const Trace& trace);
// The most frames that a snapshot has above the entry frame.
uint32_t inlinedLevels(const Trace& trace);

// --- dispatch.cpp ---
ResumePoint runTrace(Thread& t, Frame* frame, void* trace, Cell* pc, Value* sp);
// A call from a trace: runs the callee's function trace without an interpreter loop while it stays in compiled code.
// The arguments are borrowed.
Ref<> callFromTrace(Thread& t, Value callee, const Value* args, uint32_t count);
// Tells activations that are inside the trace that it is invalid.
void markInvalidated(CompiledTrace* trace);
void forceFrames(Thread& t);
void peekTrace(const Activation* activation, uint32_t level, PeekedTrace* out);

}  // namespace krait::jit
