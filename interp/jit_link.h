// Where the interpreter and the JIT meet: a struct of function pointers that lib/libkrait_jit.so fills when it is loaded,
// and what the interpreter offers to it.
//
// How a loop becomes a trace
//   1. The cell of each JUMP_BACKWARD and RESUME has a counter. It counts down; at zero the interpreter calls hot_loop /
//      hot_function, with the thread's state stored (frame->pc is the instruction, sp is passed).
//   2. On kRecord the interpreter goes on with the recording table: before every instruction of this interpreter loop
//      record_step(thread, frame, pc, sp) is called, then the plain, unspecialised handler runs. This follows calls,
//      returns, generators and unwinding, until record_step answers false. Interpreter loops nested in C++ calls
//      run unrecorded.
//   3. installTrace patches the cell to ENTER_TRACE_LOOP / ENTER_TRACE_FUNCTION; from then on run_trace is called there.
//      For a loop the state passed is that of the jump's TARGET: the jump was executed, no poll bit was set. For a
//      function it is that behind RESUME.
//   4. run_trace comes back with the point at which the interpreter goes on: frames may have been rebuilt on top, or
//      callers of the entered frame may have been left, except that a frame with kFrameEntry is left by the interpreter
//      (exit before its RETURN_VALUE, or with raised set).
#pragma once
#include "runtime/core/frame.h"
#include "runtime/core/hooks.h"

namespace krait {
class Thread;
struct Function;

struct ResumePoint {
  Frame* frame;
  Cell* pc;       // the next instruction; when raised, the instruction that raised
  Value* sp;
  bool record;    // recording of a side trace begins here
};

enum class HotVerdict : uint8_t {
  kInterpret,  // go on; the callee has set the cell's counter anew
  kRecord,     // recording begins with the next instruction
  kEnter,      // the cell was patched: execute it again
};

// A Python function that the recorder wants to be entered in a frame of this loop, instead of the instruction's own call in C++.
struct FollowedMethod {
  Function* function = nullptr;
  uint8_t count = 0;         // of arguments, the topmost words of the stack
  bool waits = false;        // the operands stay on the stack (kFrameOperator); otherwise they become the arguments
};

struct JitLink {
  // pc: the JUMP_BACKWARD cell, before the jump; target: where it leads.
  HotVerdict (*hot_loop)(Thread& t, Frame* frame, Cell* pc, Cell* target, Value* sp);
  // pc: the RESUME cell, already executed.
  HotVerdict (*hot_function)(Thread& t, Frame* frame, Cell* pc, Value* sp);
  // False: stop recording; the instruction at pc is executed normally.
  bool (*record_step)(Thread& t, Frame* frame, Cell* pc, Value* sp, FollowedMethod* followed);
  // An exception is being unwound in a recorded loop: called before the search in `frame` (pc: where it was raised).
  bool (*record_raise)(Thread& t, Frame* frame, Cell* pc, Value* sp);
  ResumePoint (*run_trace)(Thread& t, Frame* frame, void* trace, Cell* pc, Value* sp);
  // kPollJit at a poll point.
  void (*serve_poll)(Thread& t);
  void (*code_dies)(Code* code);
  void (*force_frames)(Thread& t);
  void (*peek_trace)(const Activation* activation, uint32_t level, PeekedTrace* out);
  void (*shutdown)(Thread& t);
};

// What code->jit_data points to begins with this; a patched cell's counter indexes `traces`.
struct JitCode {
  void** traces;
};

struct JitParameters {
  uint16_t loop_threshold = 1039;      // executions of a JUMP_BACKWARD before hot_loop
  uint16_t function_threshold = 1619;  // of a RESUME before hot_function
  uint8_t mode = 1;                    // JitMode
  const char* dump = nullptr;          // --dump=..., parsed by the JIT
  bool log = false;                    // --jit-log
  bool stats = false;                  // --jit-stats
  const char* options = nullptr;       // --jit=...:name=value,name=value parameters, parsed by the JIT
};
enum JitMode : uint8_t { kJitOff, kJitOn, kJitSync, kJitStress };

extern JitLink jit_link;               // all null until the library was loaded
extern JitParameters jit_parameters;
extern uint64_t interpreted_bytecodes;  // counted from countBytecodes() on, while recording always
void countBytecodes();
// "[jit] bytecodes: ..." of --jit-stats, on stderr.
void printBytecodes(uint64_t compiled);

// The one symbol that the interpreter looks up in libkrait_jit.so. False: the library refuses (message on stderr).
using JitInit = bool (*)(JitLink* link, const JitParameters* parameters);
inline constexpr const char* kJitInitSymbol = "kraitJitInit";

// --- offered by the interpreter to compiled code and the recorder ---

// Patches the cell (JUMP_BACKWARD or RESUME) so that it enters code->jit_data's trace number `index`; and back, with a
// fresh counter.
void installTrace(Code* code, Cell* cell, uint16_t index);
void removeTrace(Code* code, Cell* cell, uint16_t counter);

// The frame of a call `function(args...)` whose arguments fit exactly (positional parameters only, count equal, no cells to
// be made by the caller). Takes over the references of function and args. Null: raised (memory, recursion).
// Links it behind t.frame and makes it t.frame; pc is the first instruction.
Frame* enterFunction(Thread& t, Function* function, const Value* args, uint32_t count);
// Leaves the innermost frame: releases its contents in CPython's order, gives its memory back, makes `previous` innermost.
void leaveFrame(Thread& t, Frame* frame);
// Runs from this state in an interpreter loop of its own until `frame` is left (it gets kFrameEntry): its result, or empty.
Ref<> runFrom(Thread& t, Frame* frame, Cell* pc, Value* sp, bool raised);
// Executes the instruction at pc on the operands below sp, with the names, constants and globals of `frame`, whose
// slots are not looked at. frame->top is the stack that it leaves, frame->pc the next instruction. False: raised, not
// unwound; operands that the instruction did not consume are still on the stack.
[[nodiscard]] bool stepInstruction(Thread& t, Frame* frame, Cell* pc, Value* sp);
// Whether the generic handler of this CALL cell has keyword names; the tuple, or null.
Tuple* callNames(const Code* code, const Cell* call);

}  // namespace krait
