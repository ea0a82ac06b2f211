// Running traces: entry, the chain from exit to side trace to root, and the way back into the interpreter.
#include <alloca.h>
#include <algorithm>
#include "interp/call.h"
#include "jit/trace/compiled.h"
#include "jit/trace/log.h"
#include "jit/trace/manager.h"
#include "runtime/core/error.h"
#include "runtime/core/frame.h"
#include "runtime/core/runtime.h"
#include "runtime/protocols/protocols.h"

namespace krait::jit {
namespace {

// Links an activation for as long as native code runs.
void link(Thread& t, Frame* frame, Activation* a) {
  a->previous = t.activation;
  a->frame = frame;
  a->site = kNoSite;
  a->state = 0;
  a->entry_frame = EntryFrame::kReal;
  a->stack_top = t.stack_top;
  a->forced = nullptr;
  a->function = nullptr;
  a->outer = nullptr;
  t.activation = a;
}

// Room for inlined frames stays free below the frames of what the trace calls. False: the chunk is too full.
bool reserve(Thread& t, Activation* a, uint32_t words) {
  if (a->stack_top + words > t.stack_limit) return false;
  t.stack_top = a->stack_top + words;
  return true;
}

uint32_t enter(Thread& t, Activation* a, CompiledTrace* trace) {
  CodeUnit* unit = trace->entered.get();
  a->unit = unit;
  a->entry = trace->entry;
  return unit->code.entry ? unit->code.entry(&t, a->frame, a) : evaluate(*trace->ir, &t, a->frame, a);
}

enum class Left : uint8_t { kToInterpreter, kReturned, kToTrace };

// One stay in compiled code, from the entry of a trace through its side traces: how it was left, and where.
struct Stay {
  ResumePoint to{};
  CompiledTrace* next = nullptr;   // kToTrace
  Value result;                    // kReturned, owned
};

// The frame is complete but for its slots, which compiled code has emptied: it stands in front of its RETURN_VALUE.
ResumePoint returning(Frame* frame, const CompiledTrace* trace, uint32_t snapshot, Value result) {
  const SnapFrame& at = trace->ir->snap_frames[trace->ir->snapshots[snapshot].first_frame];
  std::fill_n(frame->slots, size_t(frame->code->slot_count), Value());
  *frame->stackBase() = result;
  frame->pc = frame->code->cells + at.unit - 1;
  frame->top = frame->stackBase() + 1;
  return {frame, frame->code->cells + at.unit, frame->top, false};
}

// What comes after compiled code has answered `number`: side traces that are not in the same unit are entered, then the
// frames are rebuilt. The activation is off the chain afterwards.
Left leave(Thread& t, Activation* a, uint32_t number, bool may_return, Stay* out) {
  uint32_t hot = kNoSnapshot, snapshot;
  std::vector<Frame*> frames;
  CompiledTrace *next = nullptr, *trace;
  Frame* frame = a->frame;
  bool returns = false;
  for (;;) {
    trace = a->unit->resolve(number & ~kReturned, &snapshot);
    if (number & kReturned) break;
    CompiledTrace* bridge = trace->exits[snapshot].bridge;
    bool direct = bridge && bridge->ir->kind == TraceKind::kSide && bridge->entered->words <= a->words &&
                  !(a->state & kStateForced) && t.raised() == trace->ir->snapshots[snapshot].raises &&
                  t.poll.load(std::memory_order_relaxed) == 0 && t.recursion_depth + bridge->levels <= t.recursion_limit &&
                  reserve(t, a, bridge->entered->reserve);
    if (!direct) break;
    fillEntryFrame(a, true);  // from its unit, which changes
    a->state = 0;
    number = enter(t, a, bridge);
  }
  t.activation = a->previous;
  linkEntryFrame(a);
  if (number & kReturned) {
    t.stack_top = a->stack_top;
    t.frame = frame;
    out->to = returning(frame, trace, snapshot, Value(a->buffer[0]));
    returns = may_return;
  } else {
    Exit& exit = trace->exits[snapshot];
    bool raises = trace->ir->snapshots[snapshot].raises;
    if (exit.bridge && exit.bridge->ir->kind == TraceKind::kLoop) {
      next = exit.bridge;
    } else if (trace->link && trace->ir->code_list.back().op == Op::k_link && trace->ir->code_list.back().snapshot == snapshot) {
      next = linkedTrace(trace);
    } else if (exit.returns) {
      returns = may_return;
    } else if (!exit.bridge && ++exit.count >= exit.limit && t.raised() == raises &&
               mayRecordSide(t, trace, snapshot)) {
      hot = snapshot;
    }
    out->to = rebuildFrames(t, a, trace, snapshot, hot != kNoSnapshot ? &frames : nullptr);
    if (frames.empty()) hot = kNoSnapshot;
  }
  if (t.raised()) {
    if (hot != kNoSnapshot && trace->valid && trace->ir->snapshots[hot].raises) out->to.record = startSideTrace(t, trace, hot, frames);
    return Left::kToInterpreter;
  }
  if (returns) {
    out->result = *--frame->top;
    leaveFrame(t, frame);
    return Left::kReturned;
  }
  if (next && next->valid && t.poll.load(std::memory_order_relaxed) == 0) {
    out->next = next;
    return Left::kToTrace;
  }
  if (hot != kNoSnapshot && trace->valid) out->to.record = startSideTrace(t, trace, hot, frames);
  return Left::kToInterpreter;
}

Left stay(Thread& t, Frame* frame, CompiledTrace* trace, Activation* a, bool may_return, Stay* out) {
  // A call that would go beyond the limit is the interpreter's: it raises where the call stands.
  if (KRAIT_UNLIKELY(t.recursion_depth + trace->entered->levels > t.recursion_limit)) return Left::kToInterpreter;
  link(t, frame, a);
  if (!reserve(t, a, trace->entered->reserve)) {
    // Leave before anything ran: the interpreter goes on from here until the stack has room.
    t.activation = a->previous;
    return Left::kToInterpreter;
  }
  return leave(t, a, enter(t, a, trace), may_return, out);
}

// Calls out of traces nest on the C++ stack, the interpreter's do not: traces use half of what the outermost one found, and what
// recurses deeper is interpreted.
inline char* nestingLimit(Thread& t) {
  if (t.activation) return t.activation->native_limit;
  char* here = static_cast<char*>(__builtin_frame_address(0));
  return here - (here - t.native_limit) / 2;
}
inline bool roomToNest(char* limit) { return static_cast<char*>(__builtin_frame_address(0)) > limit; }

}  // namespace

// Of the entered unit, which may hold other roots, and of side traces that are not in it yet.
static inline uint32_t bufferWords(const CompiledTrace* trace) { return std::max(trace->words, trace->entered->words); }

// Room for an activation with the buffer that the trace and its side traces need, on the C++ stack of the caller.
#define NEW_ACTIVATION(trace, limit) \
  newActivation(alloca(sizeof(Activation) + 8 * size_t(bufferWords(trace))), bufferWords(trace), limit)
static inline Activation* newActivation(void* memory, uint32_t words, char* limit) {
  auto* a = static_cast<Activation*>(memory);
  a->words = words;
  a->native_limit = limit;
  return a;
}

ResumePoint runTrace(Thread& t, Frame* frame, void* entered, Cell* pc, Value* sp) {
  auto* trace = static_cast<CompiledTrace*>(entered);
  char* limit = nestingLimit(t);
  if (KRAIT_UNLIKELY(!roomToNest(limit))) return {frame, pc, sp, false};
  Activation* a = NEW_ACTIVATION(trace, limit);
  Stay out;
  out.to = {frame, pc, sp, false};
  frame->top = sp;
  while (stay(t, out.to.frame, trace, a, false, &out) == Left::kToTrace) {
    trace = out.next;
    if (bufferWords(trace) > a->words) a = NEW_ACTIVATION(trace, limit);
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
  if (a->site == kNoSite || a->forced) return 0;  // forced frames count already
  uint32_t site;
  const CompiledTrace* trace = a->unit->resolve(a->site, &site);
  return trace->ir->snapshots[site].frame_count - 1;
}

Ref<> callInterpreted(Thread& t, Value callee, Value* args, uint32_t count) {
  if (isFunction(callee)) {
    retain(callee);  // no level of the recursion but its own, and the arguments are its frame's

    Frame* frame = bindFrame(t, asFunction(callee), args, count, nullptr);
    return frame ? runInnermost(t, frame) : Ref<>();
  }
  Ref<> result = call(t, callee, Args{args, count, nullptr});
  PreserveException preserve(t);
  for (uint32_t i = 0; i < count; ++i) release(args[i]);
  return result;
}

// From one trace into the next while the frame stays compiled, then in an interpreter loop of its own.
Ref<> goOn(Thread& t, Frame* frame, Activation* a, Left left, Stay* out) {
  while (left == Left::kToTrace) {
    CompiledTrace* trace = out->next;
    if (bufferWords(trace) > a->words) a = NEW_ACTIVATION(trace, a->native_limit);
    left = stay(t, out->to.frame, trace, a, true, out);
  }
  if (left == Left::kReturned) return steal(out->result);
  frame->flags |= kFrameEntry;
  return steal(runLoop(t, out->to.frame, out->to.pc, out->to.sp, t.raised(), out->to.record));
}

}  // namespace

Ref<> callFromTrace(Thread& t, Value callee, Value* args, uint32_t count) {
  CountedDepth inlined(t, inlinedDepth(t));
  return callCounted(t, callee, args, count);
}

Ref<> callCounted(Thread& t, Value callee, Value* args, uint32_t count) {
  CompiledTrace* trace = functionTrace(callee, count);
  char* limit = nestingLimit(t);
  if (!trace || !roomToNest(limit) || t.poll.load(std::memory_order_relaxed) != 0)
    return callInterpreted(t, callee, args, count);
  retain(callee);
  Frame* frame = enterFunction(t, asFunction(callee), args, count);
  if (!frame) return Ref<>();
  frame->pc = frame->code->cells;
  Stay out;
  out.to = {frame, frame->code->cells + 1, frame->stackBase(), false};
  Activation* a = NEW_ACTIVATION(trace, limit);
  return goOn(t, frame, a, stay(t, frame, trace, a, true, &out), &out);
}

uint64_t finishCall(Thread* t, Activation* a, uint32_t number) {
  Frame* frame = a->frame;
  Stay out;
  out.to = {frame, nullptr, nullptr, false};
  Left left = leave(*t, a, number, true, &out);
  return goOn(*t, frame, a, left, &out).leak().bits;
}

namespace {
template <class F>
void eachActivation(F f) {
  Interpreter& interpreter = interpreterOf(Thread::current());
  for (Thread* t = interpreter.threads; t; t = t->next_thread)
    for (Activation* a = t->activation; a; a = a->previous) f(a);
}
}  // namespace

void markInvalidated(CompiledTrace* trace) {
  eachActivation([&](Activation* a) {
    if (a->unit->contains(trace)) a->state |= kStateInvalidated;
  });
}

void fillBareFrames() {
  eachActivation([](Activation* a) { fillEntryFrame(a, true); });
}
void fillFramesOf(Object* dying) {
  eachActivation([&](Activation* a) {
    if (a->function == dying) fillEntryFrame(a, false);
  });
}

bool anythingRuns() {
  for (Thread* t = interpreterOf(Thread::current()).threads; t; t = t->next_thread)
    if (t->activation) return true;
  return false;
}

void forceFrames(Thread& t) {
  // Innermost first: each hooks its frames behind those of the activation above it. Below forced ones all are forced.
  for (Activation* a = t.activation; a && !a->forced; a = a->previous) forceActivation(t, a);
}

void peekTrace(const Activation* a, uint32_t level, PeekedTrace* out) {
  bool linked = a->entry_frame == EntryFrame::kReal;
  *out = {linked ? a->frame : a->outer, a->previous, nullptr, 0, true, linked};
  if (a->site != kNoSite && !a->forced) {
    uint32_t site;
    const Trace& ir = *a->unit->resolve(a->site, &site)->ir;
    const Snapshot& snap = ir.snapshots[site];
    const SnapFrame& frame = ir.snap_frames[snap.first_frame + snap.frame_count - 1 - level];
    out->code = frame.code;
    // The innermost resumes behind its call, the others wait at theirs.
    out->unit = int(frame.unit) - (level == 0 && !snap.raises ? 1 : 0);
    out->last = level + 1 == snap.frame_count;
  } else if (!linked) {
    const Trace& ir = *a->unit->members[a->entry]->ir;
    out->code = ir.code;
    out->unit = int(ir.unit) - 1;
  }
}

}  // namespace krait::jit
