// The form of a handler, and how one leads to the next.
//
// A handler is a function of five register values with the calling convention preserve_none; it ends by a tail call. Nothing
// with a destructor may be live there: handlers work on raw owned words, `Ref<T>` is for the functions they call.
//
//   pc      the cell being executed            sp      first free word of the value stack
//   frame   the running frame                  table   one handler an opcode: normal, recording or tracing
//
// Every handler passes `table` on, so that a recording or tracing loop stays one until somebody says otherwise.
// A handler that may raise or run Python stores pc in frame->pc first: f_lineno, tracebacks and unwinding read it there.
#pragma once
#include "interp/opcodes.h"
#include "runtime/core/frame.h"
#include "runtime/core/thread.h"
#include "runtime/objects/str.h"
#include "runtime/objects/tuple.h"

namespace krait {

struct DispatchEntry;

#define HANDLER_STATE Cell *pc, Value *sp, Frame *frame, Thread *thread, const DispatchEntry *table
typedef Value (*Handler)(HANDLER_STATE) __attribute__((preserve_none));
struct DispatchEntry {
  Handler run;
};

#define TAIL_CALL [[clang::musttail]] return
// Declares or begins the handler of an opcode.
#define HANDLER(name) __attribute__((preserve_none)) Value handle_##name(HANDLER_STATE)
// A slow path that handlers end in, kept out of line.
#define HANDLER_TAIL(name) __attribute__((preserve_none, noinline)) Value name(HANDLER_STATE)

extern const DispatchEntry* const kHandlers;  // kOpCount rows each
extern const DispatchEntry* normal_table;     // kHandlers, or what counts as well (--jit-stats)
extern const DispatchEntry* const kRecordTable;
extern const DispatchEntry* const kTraceTable;
extern const DispatchEntry* const kStepTable;  // one instruction, for compiled code: see step.cpp

// Goes on at pc.
__attribute__((preserve_none, always_inline)) inline Value advance(HANDLER_STATE) {
  TAIL_CALL table[pc->op].run(pc, sp, frame, thread, table);
}

// An exception is set: adds a traceback entry for the instruction at pc, then looks for a handler.
HANDLER_TAIL(raisedAt);
// The same without a traceback entry (RERAISE).
HANDLER_TAIL(unwindAt);
// The same in an instruction that compiled code has executed: it unwinds itself.
HANDLER_TAIL(stepRaised);
// A poll bit is set at pc, which is the next instruction: serve it, go on. frame->pc is the instruction just executed.
HANDLER_TAIL(servePolls);
// The callee's frame was pushed as thread->frame: begin to run it. `frame` is the caller with pc and top stored.
HANDLER_TAIL(enterCallee);

inline bool mustPoll(Thread* thread) { return KRAIT_UNLIKELY(thread->poll.load(std::memory_order_relaxed) != 0); }

// Releases what an instruction drops; a destructor that runs sees the instruction as the frame's line.
inline void releaseAt(Frame* frame, Cell* pc, Value v) {
  if (v.isObject() && KRAIT_UNLIKELY(--v.asObject()->count == 0)) {
    frame->pc = pc;
    destroy(v.asObject());
  }
}

inline Str* nameAt(Frame* frame, uint32_t arg) {
  return asStr(frame->code->names->items[arg]);
}

}  // namespace krait
