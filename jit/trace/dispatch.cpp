// Running traces: entry, the chain from exit to side trace to root, and the way back into the interpreter.
#include <alloca.h>
#include "interp/call.h"
#include "jit/trace/compiled.h"
#include "jit/trace/log.h"
#include "jit/trace/manager.h"
#include "runtime/core/frame.h"
#include "runtime/protocols/protocols.h"

namespace krait::jit {
namespace {

Activation* running = nullptr;  // of all threads

// Links an activation for as long as native code runs.
class Running {
 public:
  Running(Thread& t, Frame* frame, Activation* a) : thread_(t), activation_(a) {
    a->previous = t.activation;
    a->frame = frame;
    a->site = kNoSite;
    a->state = 0;
    a->thread = &t;
    a->stack_top = t.stack_top;
    a->forced = nullptr;
    a->next_running = running;
    a->running_link = &running;
    if (running) running->running_link = &a->next_running;
    running = a;
    t.activation = a;
  }
  ~Running() {
    thread_.activation = activation_->previous;
    *activation_->running_link = activation_->next_running;
    if (activation_->next_running) activation_->next_running->running_link = activation_->running_link;
  }
  Running(const Running&) = delete;

 private:
  Thread& thread_;
  Activation* activation_;
};

// Room for inlined frames stays free below the frames of what the trace calls. False: the chunk is too full.
bool reserve(Thread& t, Activation* a, uint32_t words) {
  if (a->stack_top + words > t.stack_limit) return false;
  t.stack_top = a->stack_top + words;
  return true;
}

uint32_t enter(Thread& t, Frame* frame, Activation* a, CompiledTrace* trace) {
  ++trace->entries;
  ++trace->running;
  uint32_t snapshot = trace->code.entry ? trace->code.entry(&t, frame, a) : evaluate(*trace->ir, &t, frame, a);
  --trace->running;
  return snapshot;
}

}  // namespace

namespace {

enum class Left : uint8_t { kToInterpreter, kReturned, kToTrace };

// One stay in compiled code, from the entry of `trace` through its side traces: how it was left, and where.
struct Stay {
  ResumePoint to{};
  CompiledTrace* next = nullptr;   // kToTrace
  Value result;                    // kReturned, owned
};

Left stay(Thread& t, Frame* frame, CompiledTrace* trace, Activation* a, bool may_return, Stay* out) {
  // A call that would go beyond the limit is the interpreter's: it raises where the call stands.
  if (KRAIT_UNLIKELY(t.recursion_depth + trace->levels > t.recursion_limit)) return Left::kToInterpreter;
  uint32_t hot = kNoSnapshot;
  std::vector<Frame*> frames;
  CompiledTrace* next = nullptr;
  bool returns = false;
  {
    Running scope(t, frame, a);
    uint32_t snapshot;
    for (;;) {
      if (!reserve(t, a, trace->reserve)) {
        // Leave before anything ran: the interpreter goes on from here until the stack has room.
        t.stack_top = a->stack_top;
        if (trace->ir->kind != TraceKind::kSide) return Left::kToInterpreter;
      }
      a->trace = trace;
      snapshot = enter(t, frame, a, trace);
      CompiledTrace* bridge = trace->exits[snapshot].bridge;
      bool direct = bridge && bridge->ir->kind == TraceKind::kSide && bridge->words <= a->words && !(a->state & kStateForced) &&
                    !t.raised() && t.poll.load(std::memory_order_relaxed) == 0;
      if (!direct) break;
      trace = bridge;
      a->state = 0;
    }
    Exit& exit = trace->exits[snapshot];
    if (exit.bridge && exit.bridge->ir->kind == TraceKind::kLoop) {
      next = exit.bridge;
    } else if (trace->link && trace->ir->code_list.back().op == Op::k_link && trace->ir->code_list.back().snapshot == snapshot) {
      next = linkedTrace(trace);
    } else if (exit.returns) {
      returns = may_return;
    } else if (!exit.bridge && ++exit.count >= exit.limit && !t.raised() && mayRecordSide(t, trace, snapshot)) {
      hot = snapshot;
    }
    out->to = rebuildFrames(t, a, trace, snapshot, hot != kNoSnapshot ? &frames : nullptr);
  }
  if (t.raised()) return Left::kToInterpreter;
  if (returns) {
    out->result = *--frame->top;
    leaveFrame(t, frame);
    return Left::kReturned;
  }
  if (next && next->valid && t.poll.load(std::memory_order_relaxed) == 0) {
    out->next = next;
    return Left::kToTrace;
  }
  if (hot != kNoSnapshot) out->to.record = startSideTrace(t, trace, hot, frames);
  return Left::kToInterpreter;
}

}  // namespace

// Room for an activation with the buffer that the trace needs, on the C++ stack of the caller.
#define NEW_ACTIVATION(trace) newActivation(alloca(sizeof(Activation) + 8 * size_t((trace)->words)), (trace)->words)
static inline Activation* newActivation(void* memory, uint32_t words) {
  auto* a = static_cast<Activation*>(memory);
  a->words = words;
  return a;
}

// Calls out of traces nest on the C++ stack, the interpreter's do not: traces use half of what the outermost one found, and what
// recurses deeper is interpreted.
static thread_local char* nesting_limit = nullptr;
static inline bool roomToNest(Thread& t) {
  char* here = static_cast<char*>(__builtin_frame_address(0));
  if (!t.activation) nesting_limit = here - (here - t.native_limit) / 2;
  return here > nesting_limit;
}

ResumePoint runTrace(Thread& t, Frame* frame, void* entered, Cell* pc, Value* sp) {
  auto* trace = static_cast<CompiledTrace*>(entered);
  if (KRAIT_UNLIKELY(!roomToNest(t))) return {frame, pc, sp, false};
  Activation* a = NEW_ACTIVATION(trace);
  Stay out;
  out.to = {frame, pc, sp, false};
  frame->top = sp;
  while (stay(t, out.to.frame, trace, a, false, &out) == Left::kToTrace) {
    trace = out.next;
    if (trace->words > a->words) a = NEW_ACTIVATION(trace);
  }
  collectRetired();
  return out.to;
}

namespace {

// Recursion is counted in Python frames, those that the caller's trace has inlined among them.
class CountedDepth {
 public:
  CountedDepth(Thread& t, uint32_t more) : thread_(t), more_(more) { t.recursion_depth += more; }
  ~CountedDepth() { thread_.recursion_depth -= more_; }
  CountedDepth(const CountedDepth&) = delete;

 private:
  Thread& thread_;
  uint32_t more_;
};

uint32_t inlinedDepth(const Thread& t) {
  const Activation* a = t.activation;
  return a->site == kNoSite || a->forced ? 0 : a->trace->ir->snapshots[a->site].frame_count - 1;  // forced frames count already
}

Ref<> callInterpreted(Thread& t, Value callee, const Value* args, uint32_t count) {
  // The interpreter loop that a Python function gets here would count as a level of its own.
  bool level = isFunction(callee) && t.recursion_depth < t.recursion_limit && t.recursion_depth > 0;
  CountedDepth same(t, level ? ~uint32_t(0) : 0);
  return call(t, callee, Args{args, count, nullptr});
}

}  // namespace

Ref<> callFromTrace(Thread& t, Value callee, const Value* args, uint32_t count) {
  CountedDepth inlined(t, inlinedDepth(t));
  CompiledTrace* trace = functionTrace(callee, count);
  if (!trace || !roomToNest(t) || t.poll.load(std::memory_order_relaxed) != 0) return callInterpreted(t, callee, args, count);
  for (uint32_t i = 0; i < count; ++i) retain(args[i]);
  retain(callee);
  Frame* frame = enterFunction(t, asFunction(callee), args, count);
  if (!frame) return Ref<>();
  frame->pc = frame->code->cells;
  Activation* a = NEW_ACTIVATION(trace);
  Stay out;
  out.to = {frame, frame->code->cells + 1, frame->stackBase(), false};
  for (;;) {
    switch (stay(t, out.to.frame, trace, a, true, &out)) {
      case Left::kReturned: return steal(out.result);
      case Left::kToTrace:
        trace = out.next;
        if (trace->words > a->words) a = NEW_ACTIVATION(trace);
        continue;
      case Left::kToInterpreter: break;
    }
    frame->flags |= kFrameEntry;
    return steal(runLoop(t, out.to.frame, out.to.pc, out.to.sp, t.raised(), out.to.record));
  }
}

void markInvalidated(CompiledTrace* trace) {
  for (Activation* a = running; a; a = a->next_running)
    if (a->trace == trace) a->state |= kStateInvalidated;
}

bool anythingRuns() { return running != nullptr; }

void forceFrames(Thread& t) {
  // Innermost first: each hooks its frames behind those of the activation above it.
  for (Activation* a = t.activation; a; a = a->previous) forceActivation(t, a);
}

void peekTrace(const Activation* a, uint32_t level, PeekedTrace* out) {
  uint32_t site = a->site;
  *out = {a->frame, a->previous, nullptr, 0, true};
  if (site == kNoSite || a->forced) return;
  const Snapshot& snap = a->trace->ir->snapshots[site];
  const SnapFrame& frame = a->trace->ir->snap_frames[snap.first_frame + snap.frame_count - 1 - level];
  out->code = frame.code;
  out->unit = int(frame.unit) - (level == 0 && !snap.raises ? 1 : 0);  // the innermost resumes behind its call, the others wait at theirs
  out->last = level + 1 == snap.frame_count;
}

}  // namespace krait::jit
