// sys.settrace and sys.setprofile: events with CPython's sequence.
#pragma once
#include "runtime/core/frame.h"

namespace krait {

// Whether this thread's code runs with the tracing table.
inline bool tracingActive(Thread& t) {
  return KRAIT_UNLIKELY(t.poll.load(std::memory_order_relaxed) & kPollTrace) && t.tracing == 0;
}
// Before the instruction at *pc: call, line, opcode, return and c_call events. A trace function may move *pc by setting f_lineno.
// False: raised.
[[nodiscard]] bool traceInstruction(Thread& t, Frame* frame, Cell** pc, Value** sp);
// An exception was raised in the frame (an `exception` event); it stays pending, or is replaced.
void traceException(Thread& t, Frame* frame);
// An iterator ended with a pending StopIteration, which the instruction goes on to swallow: the `exception` event all the same. False:
// the trace function raised something else.
[[nodiscard]] bool traceStopIteration(Thread& t, Frame* frame);
// A generator is resumed by an exception that is pending: its `call` event. The exception stays pending, or is replaced.
void traceThrow(Thread& t, Frame* frame);
// The frame is left with this result (empty: by an exception).
void traceReturn(Thread& t, Frame* frame, Value result);

}  // namespace krait
