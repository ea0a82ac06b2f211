// yield, yield from, await: the frame of a generator runs in place, in the interpreter loop of its consumer.
//
// While it runs, frame->previous is the consumer's frame, whose pc stands at FOR_ITER or SEND (or the frame has
// kFrameEntry: C++ resumed it, see resumeGenerator in loop.cpp). What a yield or return means there is decided by that
// instruction.
#include "interp/handlers/generators.h"

#include "interp/call.h"
#include "interp/handlers/handlers.h"
#include "interp/jit_link.h"
#include "interp/tracing.h"
#include "runtime/objects/exception.h"

namespace krait {

// The generator's frame stops being the innermost one.
static inline void stopResuming(Thread& t, Generator* generator) {
  Frame* frame = &generator->frame;
  t.handled = generator->handled.previous;
  generator->handled.previous = nullptr;
  t.frame = frame->previous;
  frame->previous = nullptr;
  leavePython(t);
}

void finishGenerator(Thread& t, Generator* generator) {
  generator->state = GeneratorState::kFinished;
  generator->clearFlag(kFlagFinalizer);
  clearFrame(t, &generator->frame);
  Value handled = generator->handled.handled;
  generator->handled.handled = Value();
  release(handled);
}

void convertStopIteration(Thread& t, Generator* generator) {
  Type* type = generator->type();
  const char* what = type == &types::Generator   ? "generator"
                     : type == &types::Coroutine ? "coroutine"
                                                 : "async generator";
  const char* which = nullptr;
  if (raisedIs(t, exc::StopIteration)) {
    which = "StopIteration";
  } else if (type == &types::AsyncGenerator && raisedIs(t, exc::StopAsyncIteration)) {
    which = "StopAsyncIteration";
  }
  if (!which) return;
  Ref<> cause = takeException(t);
  (void)raise(t, exc::RuntimeError, "%s raised %s", what, which);
  setCauseAndContext(t, std::move(cause));
}

HANDLER(RETURN_GENERATOR) {
  frame->pc = pc;
  frame->top = sp;
  Frame* caller = frame->previous;
  bool entry = frame->flags & kFrameEntry;
  Value generator = newGenerator(*thread, frame).leak();
  if (KRAIT_UNLIKELY(generator.empty())) TAIL_CALL raisedAt(pc, sp, frame, thread, table);
  thread->frame = caller;
  leavePython(*thread);
  popFrame(*thread, frame);
  if (entry) return generator;
  sp = caller->top;
  *sp = generator;
  TAIL_CALL advance(caller->pc + caller->return_offset, sp + 1, caller, thread, table);
}

HANDLER(YIELD_VALUE) {
  Generator* generator = generatorOf(frame);
  Value v = sp[-1];
  frame->pc = pc;
  frame->top = sp - 1;
  Frame* caller = frame->previous;
  generator->state = GeneratorState::kSuspended;
  stopResuming(*thread, generator);
  if (frame->flags & kFrameEntry) {
    frame->flags &= uint8_t(~kFrameEntry);
    return v;
  }
  // FOR_ITER pushes the value behind the iterator, SEND behind the receiver: the same place.
  sp = caller->top;
  *sp = v;
  TAIL_CALL advance(caller->pc + 1, sp + 1, caller, thread, table);
}

// A result other than None is the value of a StopIteration, which a tracer sees. False: raised.
static bool traceGeneratorReturn(Thread& t, Frame* caller, Value result) {
  if (result.isNone()) return true;
  (void)raiseStopIteration(t, result);
  if (!traceStopIteration(t, caller)) return false;
  clearException(t);
  return true;
}

HANDLER_TAIL(returnFromGenerator) {
  Generator* generator = generatorOf(frame);
  Value result = *sp;
  Frame* caller = frame->previous;
  bool entry = frame->flags & kFrameEntry;
  frame->flags &= uint8_t(~kFrameEntry);
  stopResuming(*thread, generator);
  finishGenerator(*thread, generator);
  if (entry) return result;
  pc = caller->pc;
  sp = caller->top;
  if (genericOp(pc) == op_FOR_ITER) {
    if (KRAIT_UNLIKELY(tracingActive(*thread)) && !traceGeneratorReturn(*thread, caller, result)) {
      release(result);
      TAIL_CALL raisedAt(pc, sp, caller, thread, table);
    }
    Value iterator = sp[-1];
    release(result);
    release(iterator);
    TAIL_CALL advance(pc + 1 + pc->arg, sp - 1, caller, thread, table);
  }
  Value receiver = sp[-1];  // SEND
  sp[-1] = result;
  release(receiver);
  TAIL_CALL advance(pc + 1 + pc->arg, sp, caller, thread, table);
}

HANDLER_TAIL(raiseFromGenerator) {
  Generator* generator = generatorOf(frame);
  Frame* caller = frame->previous;
  bool entry = frame->flags & kFrameEntry;
  frame->flags &= uint8_t(~kFrameEntry);
  frame->top = sp;
  stopResuming(*thread, generator);
  finishGenerator(*thread, generator);
  convertStopIteration(*thread, generator);
  if (entry) return Value();
  TAIL_CALL raisedAt(caller->pc, caller->top, caller, thread, table);
}

// A generator that cannot be resumed: it is over, or running.
static bool canResume(Thread& t, Generator* generator) {
  if (generator->state <= GeneratorState::kSuspended) return true;
  if (generator->state == GeneratorState::kRunning) {
    Type* type = generator->type();
    (void)raise(t, exc::ValueError, "%s already executing",
                type == &types::Generator   ? "generator"
                : type == &types::Coroutine ? "coroutine"
                                            : "async generator");
  }
  return false;
}

HANDLER_TAIL(forIterGenerator) {
  Generator* generator = asGenerator(sp[-1]);
  frame->pc = pc;
  frame->top = sp;
  if (KRAIT_UNLIKELY(!canResume(*thread, generator))) {
    if (thread->raised()) TAIL_CALL raisedAt(pc, sp, frame, thread, table);
    release(generator);
    TAIL_CALL advance(pc + 1 + pc->arg, sp - 1, frame, thread, table);
  }
  if (KRAIT_UNLIKELY(!startResuming(*thread, generator, kNone))) TAIL_CALL raisedAt(pc, sp, frame, thread, table);
  frame = &generator->frame;
  TAIL_CALL advance(frame->pc + 1, frame->top, frame, thread, table);
}

// SEND to something that is not a generator to be resumed in place: 0 it yielded, 1 it returned, -1 raised; *sp is the
// result.
static int sendTo(Thread& t, Value receiver, Value v, Value* result) {
  Ref<> r;
  Type* type = typeOf(receiver);
  if (type == &types::Generator || type == &types::Coroutine) {
    Resume outcome = generatorSend(t, asGenerator(receiver), v, &r);
    // CPython traces what next() and send() raise: next() of a generator that returned None ends without an exception.
    bool quiet = type == &types::Generator && v.isNone() && r && r.value().isNone();
    if (KRAIT_UNLIKELY(tracingActive(t)) && outcome == Resume::kReturn && !quiet) {
      (void)raiseStopIteration(t, r.value().isNone() ? Value() : r.value());
      if (!traceStopIteration(t, t.frame)) {
        *result = Value();
        return -1;
      }
      clearException(t);
    }
    *result = r.leak();
    return outcome == Resume::kYield ? 0 : outcome == Resume::kReturn ? 1 : -1;
  }
  r = v.isNone() && type->slots.next ? type->slots.next(t, receiver) : callMethod(t, receiver, "send", v);
  if (r) {
    *result = r.leak();
    return 0;
  }
  *result = Value();
  if (!t.raised()) {
    *result = kNone;
    return 1;
  }
  if (!raisedIs(t, exc::StopIteration) || !traceStopIteration(t, t.frame)) return -1;
  *result = stopIterationValue(t).leak();
  return 1;
}

HANDLER(SEND) {
  frame->pc = pc;
  Value receiver = sp[-2], v = sp[-1];
  bool follow =
      followsCalls(thread, table) && !tracingActive(*thread);  // a tracer sees how the receiver ends: sendTo() tells it
  if (follow && receiver.isObject() &&
      (receiver.asObject()->kind == kKindGenerator || receiver.asObject()->kind == kKindCoroutine) &&
      asGenerator(receiver)->state <= GeneratorState::kSuspended &&
      (v.isNone() || asGenerator(receiver)->state == GeneratorState::kSuspended)) {
    frame->top = sp - 1;
    if (KRAIT_UNLIKELY(!startResuming(*thread, asGenerator(receiver), v))) {
      TAIL_CALL raisedAt(pc, sp - 1, frame, thread, table);
    }
    frame = &asGenerator(receiver)->frame;
    TAIL_CALL advance(frame->pc + 1, frame->top, frame, thread, table);
  }
  int outcome = sendTo(*thread, receiver, v, sp);
  if (KRAIT_UNLIKELY(outcome < 0)) TAIL_CALL raisedAt(pc, sp, frame, thread, table);
  Value result = *sp;
  release(v);
  if (outcome == 0) {
    sp[-1] = result;
    TAIL_CALL advance(pc + 1, sp, frame, thread, table);
  }
  release(receiver);
  sp[-2] = result;
  TAIL_CALL advance(pc + 1 + pc->arg, sp - 1, frame, thread, table);
}

HANDLER(GET_YIELD_FROM_ITER) {
  frame->pc = pc;
  *sp = opGetYieldFromIter(*thread, frame, sp[-1]).leak();
  TAIL_CALL replaced<1, 1>(pc, sp, frame, thread, table);
}

HANDLER(GET_AWAITABLE) {
  frame->pc = pc;
  *sp = opGetAwaitable(*thread, sp[-1], int(pc->arg)).leak();
  TAIL_CALL replaced<1, 1>(pc, sp, frame, thread, table);
}

HANDLER(GET_AITER) {
  frame->pc = pc;
  *sp = opGetAiter(*thread, sp[-1]).leak();
  TAIL_CALL replaced<1, 1>(pc, sp, frame, thread, table);
}

HANDLER(GET_ANEXT) {
  frame->pc = pc;
  *sp = opGetAnext(*thread, sp[-1]).leak();
  TAIL_CALL pushed<1>(pc, sp, frame, thread, table);
}

HANDLER(ASYNC_GEN_WRAP) {
  frame->pc = pc;
  *sp = wrapAsyncValue(*thread, sp[-1]).leak();
  TAIL_CALL replaced<1, 1>(pc, sp, frame, thread, table);
}

HANDLER(END_ASYNC_FOR) {
  // Stack: the aiter, the exception that ended the loop.
  Value exception = sp[-1], aiter = sp[-2];
  if (isInstance(exception, &exc::StopAsyncIteration)) {
    release(exception);
    release(aiter);
    TAIL_CALL advance(pc + 1, sp - 2, frame, thread, table);
  }
  frame->pc = pc;
  restoreException(*thread, steal(exception));
  TAIL_CALL unwindAt(pc, sp - 1, frame, thread, table);
}

}  // namespace krait
