// Frames: activation records of Python functions, linked, on a per-thread stack of Values (or inside a generator).
#pragma once
#include "runtime/code/code.h"
#include "runtime/core/thread.h"

namespace krait {
struct Function;
struct Dict;
struct FrameObject;
struct Generator;

enum class FrameOwner : uint8_t { kThread, kGenerator, kFrameObject };
enum FrameFlag : uint8_t {
  kFrameEntry = 1,       // returning from it leaves the interpreter loop that C++ entered
  kFrameHidden = 2,      // of a builtin's step function: not shown to Python
  kFrameConstructor = 4, // __init__ called by a class: its None result is replaced by the instance
  kFrameOperator = 8,    // the left operand's method of an operator, whose operands wait on the caller's stack
};

//  The slots (localsplus) follow, then the value stack: slots[slot_count + stack_size].
struct Frame {
  Frame* previous;
  Code* code;           // owned
  const Value* consts;  // code->consts->items
  Function* function;   // owned; null for module and class bodies run by exec
  Dict* globals;        // borrowed from the function, or owned (function null)
  Value builtins;       // dict or mapping; borrowed likewise
  Value locals;         // owned; empty for optimised functions
  FrameObject* object;  // owned; null until Python asks
  Cell* pc;             // the instruction being executed (calls and slow paths store it); f_lasti is its index
  Value* top;           // stored with pc: first free word of the value stack
  FrameOwner owner;
  uint8_t flags;
  uint16_t return_offset;
  uint32_t line_override;
  Value slots[];

  Value* stackBase() { return slots + code->slot_count; }
  int unit() const { return int(pc - code->cells); }  // code unit of the instruction being executed; -1 before the first
};

//  ┌ thread.stack_chunk ... [Frame | slots | stack][Frame | slots | stack] ... stack_top ... stack_limit
struct StackChunk {
  StackChunk* previous;
  size_t words;
  Value* saved_top;     // stack_top of the previous chunk when this one was opened
  Value data[];
};

// Room for a frame of this code on the thread's stack (chunks grow; contents are uninitialised); null: MemoryError raised.
Frame* pushFrame(Thread& t, Code* code);
// Gives the memory of the innermost frame back; its contents were released (clearFrame).
void popFrame(Thread& t, Frame* frame);
// Releases slots (by index), then the stack, then the rest, in CPython's order. A live frame object takes the contents over.
void clearFrame(Thread& t, Frame* frame);
void traverseFrame(Frame* frame, Visitor& visitor);
size_t frameWords(const Code* code);  // Frame and slots and stack, in Values

// The Python object of a frame (made when asked for), borrowed from the frame; null: MemoryError raised.
FrameObject* frameObject(Thread& t, Frame* frame);
// The innermost frame that Python sees (hidden ones skipped, frames of running traces forced).
Frame* visibleFrame(Thread& t);
// Whether there is a namespace besides the slots. Code that is no function's own but is called as one (a types.FunctionType made
// from a module's code) has that of its globals.
bool hasLocals(Frame* frame);
Ref<> frameLocals(Thread& t, Frame* frame);   // f_locals of 3.11: a dict, updated from the slots
// Writes changes of f_locals back to the slots (after trace functions).
void frameLocalsToSlots(Thread& t, Frame* frame, bool clear);
// Fills a frame's fixed part; slots are the caller's. Takes over code's and function's references (function may be null).
inline void initFrame(Frame* frame, Code* code, Function* function, Dict* globals, Value builtins, Value locals) {
  frame->previous = nullptr;
  frame->code = code;
  frame->consts = code->constants;
  frame->function = function;
  frame->globals = globals;
  frame->builtins = builtins;
  frame->locals = locals;
  frame->object = nullptr;
  frame->pc = code->cells - 1;
  frame->top = frame->stackBase();
  frame->owner = FrameOwner::kThread;
  frame->flags = 0;
  frame->return_offset = 0;
  frame->line_override = 0;
}
// Frees the frame stack of a thread that ends.
void freeFrameStack(Thread& t);

// The Python object of a frame.
struct FrameObject : Object {
  Frame* frame;        // on a thread's stack, in a generator, or our own copy (owner kFrameObject)
  Value back;          // FrameObject or empty: f_back of a frame that was left
  Value trace;         // f_trace or empty
  bool trace_lines, trace_opcodes;
  int32_t new_line;    // f_lineno assigned by a trace function; 0: none
  int32_t resume_unit; // where a generator goes on whose f_lineno was assigned at its yield; -1: none
};
inline FrameObject* asFrameObject(Value v) { return static_cast<FrameObject*>(v.asObject()); }
int frameLine(Frame* frame);

}  // namespace krait
