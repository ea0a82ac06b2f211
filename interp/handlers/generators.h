// Generators that are resumed in place, by the loop of their consumer.
#pragma once
#include "interp/call.h"
#include "interp/dispatch.h"
#include "runtime/objects/generator.h"

namespace krait {

// FOR_ITER over a generator: pc is the FOR_ITER, the generator is the top of the stack.
HANDLER_TAIL(forIterGenerator);
// The generator's frame was left: by return (the result is *sp), or by an exception. `frame` is the generator's.
HANDLER_TAIL(returnFromGenerator);
HANDLER_TAIL(raiseFromGenerator);

// Makes the generator's frame the innermost one, with `v` (owned) pushed as the result of its yield. False: RecursionError.
[[nodiscard]] inline bool startResuming(Thread& t, Generator* generator, Value v) {
  if (KRAIT_UNLIKELY(!enterPython(t))) {
    release(v);
    return false;
  }
  Frame* frame = &generator->frame;
  frame->previous = t.frame;
  *frame->top++ = v;
  t.frame = frame;
  generator->state = GeneratorState::kRunning;
  generator->handled.previous = t.handled;
  t.handled = &generator->handled;
  return true;
}
// A StopIteration that leaves a generator becomes a RuntimeError.
void convertStopIteration(Thread& t, Generator* generator);
// The generator is over: its frame's contents go.
void finishGenerator(Thread& t, Generator* generator);

}  // namespace krait
