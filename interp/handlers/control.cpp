// Jumps, iteration, function entry, poll points.
#include "interp/handlers/quick.h"
#include "interp/handlers/generators.h"
#include "interp/jit_link.h"
#include "interp/tracing.h"

namespace krait {

HANDLER(JUMP_FORWARD) { TAIL_CALL advance(pc + 1 + pc->arg, sp, frame, thread, table); }
HANDLER(JUMP_BACKWARD_NO_INTERRUPT) { TAIL_CALL advance(pc + 1 - pc->arg, sp, frame, thread, table); }

// The counter of a loop ran out: the JIT decides.
static HANDLER_TAIL(loopIsHot) {
  Cell* target = pc + 1 - pc->arg;
  if (!jit_link.hot_loop || table != normal_table || thread->recorder) {
    pc->counter = jit_link.hot_loop ? jit_parameters.loop_threshold : 0xffff;
  } else {
    HotVerdict verdict = jit_link.hot_loop(*thread, frame, pc, target, sp);
    if (verdict == HotVerdict::kEnter) TAIL_CALL handle_ENTER_TRACE_LOOP(pc, sp, frame, thread, table);
    if (verdict == HotVerdict::kRecord) table = kRecordTable;
  }
  if (mustPoll(thread)) TAIL_CALL servePolls(target, sp, frame, thread, table);
  TAIL_CALL advance(target, sp, frame, thread, table);
}

HANDLER(JUMP_BACKWARD) {
  frame->pc = pc;
  if (KRAIT_UNLIKELY(--pc->counter == 0)) TAIL_CALL loopIsHot(pc, sp, frame, thread, table);
  pc += 1 - int64_t(pc->arg);
  if (mustPoll(thread)) TAIL_CALL servePolls(pc, sp, frame, thread, table);
  TAIL_CALL advance(pc, sp, frame, thread, table);
}

// A comparison fused with the branch that closes a loop comes here when it is taken.
HANDLER_TAIL(takeBackwardJump) {
  frame->pc = pc;
  if (pc->op < kOpcodeCount) {
    if (KRAIT_UNLIKELY(--pc->counter == 0)) TAIL_CALL loopIsHot(pc, sp, frame, thread, table);
    pc += 1 - int64_t(pc->arg);
    if (mustPoll(thread)) TAIL_CALL servePolls(pc, sp, frame, thread, table);
    TAIL_CALL advance(pc, sp, frame, thread, table);
  }
  TAIL_CALL handle_ENTER_TRACE_LOOP(pc, sp, frame, thread, table);
}

static HANDLER_TAIL(functionIsHot) {
  if (!jit_link.hot_function || table != normal_table || thread->recorder) {
    pc->counter = jit_link.hot_function ? jit_parameters.function_threshold : 0xffff;
  } else {
    HotVerdict verdict = jit_link.hot_function(*thread, frame, pc, sp);
    if (verdict == HotVerdict::kEnter) TAIL_CALL advance(pc, sp, frame, thread, table);
    if (verdict == HotVerdict::kRecord) table = kRecordTable;
  }
  if (mustPoll(thread)) TAIL_CALL servePolls(pc + 1, sp, frame, thread, table);
  TAIL_CALL advance(pc + 1, sp, frame, thread, table);
}

HANDLER(RESUME) {
  frame->pc = pc;
  if (KRAIT_UNLIKELY(--pc->counter == 0)) TAIL_CALL functionIsHot(pc, sp, frame, thread, table);
  if (mustPoll(thread)) TAIL_CALL servePolls(pc + 1, sp, frame, thread, table);
  TAIL_CALL advance(pc + 1, sp, frame, thread, table);
}

// --- conditional jumps ---

// 0, 1; -1: raised. The three constants of conditions need no call.
static inline int isTrue(Thread* thread, Value v) {
  if (v.isBool()) return int(v.bits & 1);
  return truth(*thread, v);
}

#define CONDITIONAL_JUMP(name, condition, target)                                           \
  HANDLER(name) {                                                                           \
    Value v = sp[-1];                                                                       \
    if (KRAIT_LIKELY(v.isBool())) {                                                         \
      bool is_true = v.bits & 1;                                                            \
      pc = (condition) ? (target) : pc + 1;                                                 \
      TAIL_CALL advance(pc, sp - 1, frame, thread, table);                                  \
    }                                                                                       \
    frame->pc = pc;                                                                         \
    int outcome = truth(*thread, v);                                                        \
    if (KRAIT_UNLIKELY(outcome < 0)) TAIL_CALL raisedAt(pc, sp, frame, thread, table);      \
    release(v);                                                                             \
    bool is_true = outcome;                                                                 \
    pc = (condition) ? (target) : pc + 1;                                                   \
    TAIL_CALL advance(pc, sp - 1, frame, thread, table);                                    \
  }
CONDITIONAL_JUMP(POP_JUMP_FORWARD_IF_FALSE, !is_true, pc + 1 + pc->arg)
CONDITIONAL_JUMP(POP_JUMP_FORWARD_IF_TRUE, is_true, pc + 1 + pc->arg)
#undef CONDITIONAL_JUMP

#define NONE_JUMP(name, condition, target)                    \
  HANDLER(name) {                                             \
    Value v = sp[-1];                                         \
    pc = (condition) ? (target) : pc + 1;                     \
    release(v);                                               \
    TAIL_CALL advance(pc, sp - 1, frame, thread, table);      \
  }
NONE_JUMP(POP_JUMP_FORWARD_IF_NONE, v.isNone(), pc + 1 + pc->arg)
NONE_JUMP(POP_JUMP_FORWARD_IF_NOT_NONE, !v.isNone(), pc + 1 + pc->arg)
#undef NONE_JUMP

// The back edge of a `while` loop: a branch that counts, polls and enters traces as JUMP_BACKWARD does. `jumps` is computed
// from v; -1 means raised. The condition is dropped before the loop goes on.
#define LOOP_BRANCH(name, enter_name, jumps)                                                     \
  HANDLER(name) {                                                                                \
    frame->pc = pc;                                                                              \
    Value v = sp[-1];                                                                            \
    int taken = (jumps);                                                                         \
    if (KRAIT_UNLIKELY(taken < 0)) TAIL_CALL raisedAt(pc, sp, frame, thread, table);             \
    --sp;                                                                                        \
    if (!v.isBool()) release(v);                                                                 \
    if (!taken) TAIL_CALL advance(pc + 1, sp, frame, thread, table);                             \
    if (KRAIT_UNLIKELY(--pc->counter == 0)) TAIL_CALL loopIsHot(pc, sp, frame, thread, table);   \
    pc += 1 - int64_t(pc->arg);                                                                  \
    if (mustPoll(thread)) TAIL_CALL servePolls(pc, sp, frame, thread, table);                    \
    TAIL_CALL advance(pc, sp, frame, thread, table);                                             \
  }                                                                                              \
  HANDLER(enter_name) {                                                                          \
    frame->pc = pc;                                                                              \
    Value v = sp[-1];                                                                            \
    int taken = (jumps);                                                                         \
    if (KRAIT_UNLIKELY(taken < 0)) TAIL_CALL raisedAt(pc, sp, frame, thread, table);             \
    --sp;                                                                                        \
    if (!v.isBool()) release(v);                                                                 \
    if (!taken) TAIL_CALL advance(pc + 1, sp, frame, thread, table);                             \
    TAIL_CALL handle_ENTER_TRACE_LOOP(pc, sp, frame, thread, table);                             \
  }
static inline int negated(int truth) { return truth < 0 ? truth : !truth; }
LOOP_BRANCH(POP_JUMP_BACKWARD_IF_FALSE, ENTER_TRACE_IF_FALSE, negated(isTrue(thread, v)))
LOOP_BRANCH(POP_JUMP_BACKWARD_IF_TRUE, ENTER_TRACE_IF_TRUE, isTrue(thread, v))
LOOP_BRANCH(POP_JUMP_BACKWARD_IF_NONE, ENTER_TRACE_IF_NONE, v.isNone())
LOOP_BRANCH(POP_JUMP_BACKWARD_IF_NOT_NONE, ENTER_TRACE_IF_NOT_NONE, !v.isNone())
#undef LOOP_BRANCH

HANDLER(JUMP_IF_FALSE_OR_POP) {
  frame->pc = pc;
  Value v = sp[-1];
  int is_true = isTrue(thread, v);
  if (KRAIT_UNLIKELY(is_true < 0)) TAIL_CALL raisedAt(pc, sp, frame, thread, table);
  if (!is_true) TAIL_CALL advance(pc + 1 + pc->arg, sp, frame, thread, table);
  release(v);
  TAIL_CALL advance(pc + 1, sp - 1, frame, thread, table);
}

HANDLER(JUMP_IF_TRUE_OR_POP) {
  frame->pc = pc;
  Value v = sp[-1];
  int is_true = isTrue(thread, v);
  if (KRAIT_UNLIKELY(is_true < 0)) TAIL_CALL raisedAt(pc, sp, frame, thread, table);
  if (is_true) TAIL_CALL advance(pc + 1 + pc->arg, sp, frame, thread, table);
  release(v);
  TAIL_CALL advance(pc + 1, sp - 1, frame, thread, table);
}

// --- iteration ---

HANDLER(GET_ITER) {
  frame->pc = pc;
  *sp = iterate(*thread, sp[-1]).leak();
  TAIL_CALL replaced<1, 1>(pc, sp, frame, thread, table);
}

HANDLER(FOR_ITER) {
  if (KRAIT_UNLIKELY(--pc->counter == 0)) TAIL_CALL specialiseForIter(pc, sp, frame, thread, table);
  frame->pc = pc;
  Value iterator = sp[-1];
  Type* type = typeOf(iterator);
  if (type == &types::Generator && followsCalls(thread, table))
    TAIL_CALL forIterGenerator(pc, sp, frame, thread, table);
  *sp = type->slots.next(*thread, iterator).leak();
  if (KRAIT_LIKELY(!sp->empty())) TAIL_CALL advance(pc + 1, sp + 1, frame, thread, table);
  if (KRAIT_UNLIKELY(thread->raised())) {
    if (!raisedIs(*thread, exc::StopIteration) || !traceStopIteration(*thread, frame)) TAIL_CALL raisedAt(pc, sp, frame, thread, table);
    clearException(*thread);
  }
  release(iterator);
  TAIL_CALL advance(pc + 1 + pc->arg, sp - 1, frame, thread, table);
}

}  // namespace krait
