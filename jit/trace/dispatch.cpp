// Running traces: entry, the chain from exit to side trace to root, and the way back into the interpreter.
#include "jit/trace/manager.h"
#include "jit/trace/compiled.h"
#include "jit/trace/log.h"
#include "runtime/core/frame.h"

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

ResumePoint runTrace(Thread& t, Frame* frame, void* entered, Cell* pc, Value* sp) {
  auto* trace = static_cast<CompiledTrace*>(entered);
  Activation activation;
  for (;;) {
    ResumePoint to;
    CompiledTrace* next = nullptr;
    uint32_t hot = kNoSnapshot;
    std::vector<Frame*> frames;
    {
      Running scope(t, frame, &activation);
      frame->top = sp;
      uint32_t snapshot;
      for (;;) {
        if (!reserve(t, &activation, trace->reserve)) {
          // Leave before anything ran: the interpreter goes on from here until the stack has room.
          if (trace->ir->kind != TraceKind::kSide) {
            t.stack_top = activation.stack_top;
            return {frame, pc, sp, false};
          }
          t.stack_top = activation.stack_top;
        }
        activation.trace = trace;
        noteEntry(trace);
        snapshot = enter(t, frame, &activation, trace);
        CompiledTrace* bridge = trace->exits[snapshot].bridge;
        if (!bridge || (activation.state & kStateForced) || t.raised() || t.poll.load(std::memory_order_relaxed) != 0) break;
        trace = bridge;
        activation.state = 0;
      }
      bool links = trace->ir->code_list.back().op == Op::k_link && trace->ir->code_list.back().snapshot == snapshot;
      Exit& exit = trace->exits[snapshot];
      if (links) {
        next = linkedTrace(trace);
      } else if (++exit.count >= exit.limit && mayRecordSide(t, trace, snapshot) && !t.raised()) {
        hot = snapshot;
      }
      to = rebuildFrames(t, &activation, trace, snapshot, hot != kNoSnapshot ? &frames : nullptr);
    }
    if (next && next->valid && !t.raised() && t.poll.load(std::memory_order_relaxed) == 0) {
      trace = next;
      frame = to.frame;
      pc = to.pc;
      sp = to.sp;
      continue;
    }
    if (hot != kNoSnapshot && !t.raised()) to.record = startSideTrace(t, trace, hot, frames);
    collectRetired();
    return to;
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

}  // namespace krait::jit
