// raise, except, with.
#include "interp/handlers/handlers.h"
#include "runtime/objects/exception.h"

namespace krait {

HANDLER(RAISE_VARARGS) {
  frame->pc = pc;
  uint32_t n = pc->arg;
  Value exception = n == 0 ? Value() : sp[-int64_t(n)];
  Value cause = n == 2 ? sp[-1] : Value();
  bool reraise;
  opRaise(*thread, exception, cause, &reraise);
  if (reraise) TAIL_CALL unwindAt(pc, sp, frame, thread, table);
  TAIL_CALL raisedAt(pc, sp, frame, thread, table);
}

HANDLER(RERAISE) {
  Value exception = sp[-1];
  frame->pc = pc;
  if (pc->arg) {
    // The unit of the instruction that raised first stands below: f_lineno and tracebacks keep it.
    Value last = sp[-1 - int64_t(pc->arg)];
    if (last.isInt() && last.asInt() >= 0 && last.asInt() < frame->code->units()) frame->pc = frame->code->cells + last.asInt();
  }
  if (KRAIT_UNLIKELY(!isException(exception))) {
    (void)raise(*thread, exc::SystemError, "RERAISE of something that is no exception");
    TAIL_CALL raisedAt(pc, sp, frame, thread, table);
  }
  restoreException(*thread, steal(exception));
  TAIL_CALL unwindAt(pc, sp - 1, frame, thread, table);
}

HANDLER(PUSH_EXC_INFO) {
  Value exception = sp[-1];
  ExceptionState* state = thread->handled;
  Value previous = state->handled;
  sp[-1] = previous.empty() ? kNone : previous;
  *sp = exception;
  retain(exception);
  state->handled = exception;
  TAIL_CALL advance(pc + 1, sp + 1, frame, thread, table);
}

HANDLER(POP_EXCEPT) {
  ExceptionState* state = thread->handled;
  Value old = state->handled;
  Value previous = sp[-1];
  state->handled = previous.isNone() ? Value() : previous;
  release(old);
  TAIL_CALL advance(pc + 1, sp - 1, frame, thread, table);
}

HANDLER(CHECK_EXC_MATCH) {
  frame->pc = pc;
  int matches = opCheckExceptionMatch(*thread, sp[-2], sp[-1]);
  if (KRAIT_UNLIKELY(matches < 0)) TAIL_CALL raisedAt(pc, sp, frame, thread, table);
  Value type = sp[-1];
  sp[-1] = Value::fromBool(matches);
  release(type);
  TAIL_CALL advance(pc + 1, sp, frame, thread, table);
}

static bool checkGroupMatch(Thread& t, Value* sp) {
  Ref<> rest, match;
  if (!opCheckGroupMatch(t, sp[-2], sp[-1], &rest, &match)) return false;
  if (!match.value().isNone()) {
    // The matching part is being handled now.
    ExceptionState* state = t.handled;
    assign(state->handled, share(match));
  }
  Value exception = sp[-2], type = sp[-1];
  sp[-2] = rest.leak();
  sp[-1] = match.leak();
  release(exception);
  release(type);
  return true;
}

HANDLER(CHECK_EG_MATCH) {
  frame->pc = pc;
  if (KRAIT_UNLIKELY(!checkGroupMatch(*thread, sp))) TAIL_CALL raisedAt(pc, sp, frame, thread, table);
  TAIL_CALL advance(pc + 1, sp, frame, thread, table);
}

HANDLER(PREP_RERAISE_STAR) {
  frame->pc = pc;
  *sp = opPrepareReraiseStar(*thread, sp[-2], sp[-1]).leak();
  TAIL_CALL replaced<2, 1>(pc, sp, frame, thread, table);
}

static bool beforeWith(Thread& t, Value* sp, bool is_async) {
  Ref<> exit, entered;
  bool ok = is_async ? opBeforeAsyncWith(t, sp[-1], &exit, &entered) : opBeforeWith(t, sp[-1], &exit, &entered);
  if (!ok) return false;
  Value manager = sp[-1];
  sp[-1] = exit.leak();
  sp[0] = entered.leak();
  release(manager);
  return true;
}

HANDLER(BEFORE_WITH) {
  frame->pc = pc;
  if (KRAIT_UNLIKELY(!beforeWith(*thread, sp, false))) TAIL_CALL raisedAt(pc, sp, frame, thread, table);
  TAIL_CALL advance(pc + 1, sp + 1, frame, thread, table);
}

HANDLER(BEFORE_ASYNC_WITH) {
  frame->pc = pc;
  if (KRAIT_UNLIKELY(!beforeWith(*thread, sp, true))) TAIL_CALL raisedAt(pc, sp, frame, thread, table);
  TAIL_CALL advance(pc + 1, sp + 1, frame, thread, table);
}

HANDLER(WITH_EXCEPT_START) {
  // Stack: exit, lasti, previous exception, exception.
  frame->pc = pc;
  *sp = opWithExceptStart(*thread, sp[-4], sp[-1]).leak();
  TAIL_CALL pushed<1>(pc, sp, frame, thread, table);
}

}  // namespace krait
