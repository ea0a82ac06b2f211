// A compiled trace and its exits.
#pragma once
#include <algorithm>
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

// What one piece of machine code runs: a trace alone, or a root with its side traces and the roots that they link to.
struct CodeUnit {
  NativeCode code;  // entry null: the evaluator runs the IR of the only member
  Gear gear = Gear::kEvaluate;
  std::vector<CompiledTrace*> members;
  std::vector<uint32_t> first_exit;  // by member: the number of its snapshot 0
  uint32_t words = 0;                // of exit buffer
  uint32_t levels = 0;               // of recursion that inlined frames count
  uint32_t reserve = 0;              // words of frame stack that inlined frames need

  bool contains(const CompiledTrace* trace) const {
    return std::find(members.begin(), members.end(), trace) != members.end();
  }
  // Which trace, and which of its snapshots, an exit number means.
  CompiledTrace* resolve(uint32_t number, uint32_t* snapshot) const {
    size_t i = members.size() - 1;
    while (first_exit[i] > number) --i;
    *snapshot = number - first_exit[i];
    return members[i];
  }
};

struct CompiledTrace {
  uint32_t number = 0;
  std::unique_ptr<Trace> ir;
  std::shared_ptr<CodeUnit> alone;    // its own code
  std::shared_ptr<CodeUnit> entered;  // what is entered: `alone`, or the code of its whole tree
  uint32_t entry = 0;                 // its index among the unit's members
  std::vector<DirectCall> calls;      // functions that it calls without C++ in between
  bool unit_waits = false;            // roots: the compiler thread has the tree
  bool unit_changed = false;          // roots: the tree changed meanwhile
  std::vector<Exit> exits;           // by snapshot
  std::vector<std::unique_ptr<TraceDependent>> dependents;
  krait::Code* owner = nullptr;      // roots: the code whose cell enters the trace
  Cell* cell = nullptr;
  std::vector<Cell*> more_cells;  // further backward jumps to the same header
  uint32_t unit = 0;
  CompiledTrace* parent = nullptr;   // side traces
  uint32_t parent_exit = 0;
  uint32_t header_depth = 0;         // loops: words on the value stack at the header
  uint32_t link = 0;                 // number of the root that `link` goes to
  bool valid = true;
  uint32_t compiling = 0;            // packages with it that the compiler thread has
  uint32_t words = 0;                // of exit buffer that it needs
  uint32_t levels = 0;               // of recursion that its inlined frames count
  uint32_t reserve = 0;              // words of frame stack that its inlined frames need
  uint32_t loop_bytecodes = 0;       // of one pass
  TraceCounters counters;            // for --jit-stats
  std::string place;                 // likewise: "loop f (x.py:12)"
  Ending ending = Ending::kLoop;
};

// --- exits.cpp ---
// Rebuilds the frames of the snapshot through which `activation` left `trace`: where the interpreter goes on.
// The frames for recording a side trace go to *frames, outermost first, when it is not null; none when it cannot begin
// here.
ResumePoint rebuildFrames(Thread& t, Activation* activation, CompiledTrace* trace, uint32_t snapshot, std::vector<Frame*>* frames);
// Completes the entry frame of an activation that compiled code made; without the function when that is about to die.
void fillEntryFrame(Activation* activation, bool with_function);
// The same, and hangs it behind the frame of the call. Answers the frame behind which frames above it hang so far.
Frame* linkEntryFrame(Activation* activation);
// Makes the frames of a running trace real while it waits in a call.
void forceActivation(Thread& t, Activation* activation);
// Words of frame stack that the inlined frames of the trace's largest snapshot take.
uint32_t reservedWords(const Trace& trace);
// The most frames that a snapshot has above the entry frame.
uint32_t inlinedLevels(const Trace& trace);

// --- dispatch.cpp ---
ResumePoint runTrace(Thread& t, Frame* frame, void* trace, Cell* pc, Value* sp);
// A call from a trace: runs the callee's function trace without an interpreter loop while it stays in compiled code.
// The arguments are taken over.
Ref<> callFromTrace(Thread& t, Value callee, Value* args, uint32_t count);
// The same where the caller has counted its inlined frames.
Ref<> callCounted(Thread& t, Value callee, Value* args, uint32_t count);
// A call that compiled code made left the callee's code through this exit: finishes the call.
uint64_t finishCall(Thread* t, Activation* activation, uint32_t number);
// Frames that exist only as an activation get what makes them independent of it: function and code are theirs from now
// on.
void fillBareFrames();
// The same for a function that is about to die: its frames go on without it.
void fillFramesOf(Object* dying);
// Tells activations that are inside the trace that it is invalid.
void markInvalidated(CompiledTrace* trace);
void forceFrames(Thread& t);
void peekTrace(const Activation* activation, uint32_t level, PeekedTrace* out);

}  // namespace krait::jit
