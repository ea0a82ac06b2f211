// Exits: from the values of a snapshot to the frames of the interpreter.
//
// References: a slot marked owned takes over the trace's reference, every other object gets a new one. What the entry frame's
// memory held in a slot that is written is not released: the trace took that reference over when it wrote the slot
// (opt/refcount), and drops it through the snapshot if nothing else does.
#include <algorithm>
#include <utility>
#include "interp/call.h"
#include "interp/opcodes.h"
#include "jit/trace/compiled.h"
#include "runtime/core/error.h"
#include "runtime/core/frame.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/function.h"
#include "runtime/objects/generator.h"
#include "runtime/objects/int.h"

namespace krait::jit {
namespace {

class Rebuilder {
 public:
  Rebuilder(Thread& t, Activation* activation, CompiledTrace* trace, uint32_t snapshot)
      : thread_(t),
        activation_(activation),
        trace_(*trace->ir),
        snapshot_(trace_.snapshots[snapshot]),
        layout_(trace->exits[snapshot].layout) {}

  // share_all: the trace keeps its own references (forcing); otherwise those marked owned move.
  Frame* frames(bool share_all, std::vector<Frame*>* list) {
    share_all_ = share_all;
    forced_ = activation_->state & kStateForced;
    Frame* frame = activation_->frame;
    for (uint32_t i = 0; i < snapshot_.frame_count; ++i) {
      const SnapFrame& sf = trace_.snap_frames[snapshot_.first_frame + i];
      if (i > 0) frame = inlined(frame, sf);
      fill(frame, sf);
      if (list) list->push_back(frame);
    }
    return frame;
  }

  // Whether memory still held words of a generator's stack that the trace had popped: a side trace would not know of
  // them.
  bool popped() const { return !popped_.empty(); }

  void releaseDrops() {
    for (Value v : popped_) release(v);
    for (uint32_t i = 0; i < snapshot_.drop_count; ++i) release(word(trace_.extra[snapshot_.first_drop + i]));
  }

  ResumePoint resumePoint(Frame* frame) const {
    const SnapFrame& sf = trace_.snap_frames[snapshot_.first_frame + snapshot_.frame_count - 1];
    return {frame, frame->code->cells + sf.unit, frame->stackBase() + sf.stack_depth, false};
  }

 private:
  // The value as a word; a number that needs a heap int gets one (owned: see boxed_).
  Value word(Id id) {
    fresh_ = false;
    if (isConst(id)) {
      const Ins& c = trace_.at(id);
      switch (c.op) {
        case Op::k_const_int: return number(int64_t(c.imm));
        case Op::k_const_wide: return number(trace_.wide_constants[c.imm]);
        case Op::k_const_float: return Value::fromDouble(std::bit_cast<double>(c.imm));
        case Op::k_const_bool: return Value::fromBool(c.imm != 0);
        case Op::k_const_value: return Value(c.imm);
        default: return Value();
      }
    }
    const uint64_t* at = activation_->buffer + layout_.wordOf(id);
    switch (trace_.typeOf(id)) {
      case Ty::kI64: return number(int64_t(at[0]));
      case Ty::kI128: return number(__int128((unsigned __int128)at[1] << 64 | at[0]));
      case Ty::kF64: return Value::fromDouble(std::bit_cast<double>(at[0]));
      case Ty::kBool: return Value::fromBool((at[0] & 1) != 0);
      default: return Value(at[0]);
    }
  }
  Value number(__int128 i) {
    if (i >= kIntMin && i <= kIntMax) return Value::fromInt(int64_t(i));
    fresh_ = true;
    Ref<> made = newInt128(thread_, i);
    if (!made) return kNone;  // MemoryError is set: the interpreter unwinds at once
    return steal(made.leak()).leak();
  }
  Value taken(Id id, bool owned) {
    if (id == kNoId) return Value();
    Value v = word(id);
    if (fresh_) return v;
    if (!owned || share_all_) retain(v);
    return v;
  }

  // A generator's frame stands in its object, which a word of the caller's stack holds: it is resumed, not built.
  Frame* resumed(Frame* caller, const SnapFrame& sf) {
    Generator* generator = asGenerator(word(sf.function));
    Frame* frame = &generator->frame;
    if (forced_) return frame;
    frame->previous = caller;
    generator->state = GeneratorState::kRunning;
    generator->handled.previous = thread_.handled;
    thread_.handled = &generator->handled;
    ++thread_.recursion_depth;
    return frame;
  }

  Frame* inlined(Frame* caller, const SnapFrame& sf) {
    if (sf.kind == SnapFrameKind::kGenerator) return resumed(caller, sf);
    Frame* frame = pushFrame(thread_, sf.code);
    if (!frame) KRAIT_FATAL("no room for the frames of an exit");
    if (forced_) return frame;  // it stands there already
    Value function = taken(sf.function, sf.function_owned);
    auto* f = static_cast<Function*>(function.asObject());
    retain(sf.code);
    initFrame(frame, sf.code, f, f->globals, f->builtins, Value());
    std::fill_n(frame->slots, uint32_t(sf.code->slot_count) + sf.stack_depth, Value());  // what is not listed is empty
    if (sf.kind == SnapFrameKind::kConstructor) frame->flags |= kFrameConstructor;
    if (sf.kind == SnapFrameKind::kOperator) frame->flags |= kFrameOperator;
    frame->previous = caller;
    ++thread_.recursion_depth;
    return frame;
  }

  void fill(Frame* frame, const SnapFrame& sf) {
    bool innermost = &sf == &trace_.snap_frames[snapshot_.first_frame + snapshot_.frame_count - 1];
    for (uint32_t j = 0; j < sf.slot_count; ++j) {
      const SnapSlot& slot = trace_.snap_slots[sf.first_slot + j];
      Value* place = &frame->slots[slot.slot];
      // A stack word of a generator that the trace wrote over is still its memory's.
      if (sf.kind == SnapFrameKind::kGenerator && place >= frame->stackBase() && place < frame->top)
        popped_.push_back(*place);
      *place = taken(slot.value, slot.owned);
    }
    // Stack words of a generator that the trace popped are still its memory's.
    if (sf.kind == SnapFrameKind::kGenerator)
      for (Value* word = frame->stackBase() + sf.stack_depth; word < frame->top; ++word) popped_.push_back(std::exchange(*word, Value()));
    // A caller waits at its call; the innermost frame resumes at sf.unit, so the instruction before counts as executed.
    frame->pc = frame->code->cells + sf.unit - (innermost && !snapshot_.raises ? 1 : 0);
    frame->top = frame->stackBase() + sf.stack_depth;
    if (!innermost) frame->return_offset = uint16_t(1 + kOpcodeInfo[genericOp(frame->pc)].caches);
  }

  Thread& thread_;
  Activation* activation_;
  const Trace& trace_;
  const Snapshot& snapshot_;
  const ExitLayout& layout_;
  bool share_all_ = false, forced_ = false, fresh_ = false;
  std::vector<Value> popped_;
};

// What forcing put into the frames goes again, before the exit writes the state behind the call.
void releaseForced(Activation* activation) {
  ForcedFrames* forced = activation->forced;
  for (Value* slot : forced->slots) {
    Value old = *slot;
    *slot = Value();
    release(old);
  }
  delete forced;
  activation->forced = nullptr;
}

}  // namespace

uint32_t reservedWords(const Trace& trace) {
  size_t most = 0;
  for (const Snapshot& snap : trace.snapshots) {
    size_t words = 0;
    for (uint32_t i = 1; i < snap.frame_count; ++i)
      if (trace.snap_frames[snap.first_frame + i].kind != SnapFrameKind::kGenerator)
        words += frameWords(trace.snap_frames[snap.first_frame + i].code);
    most = std::max(most, words);
  }
  return uint32_t(most);
}

uint32_t inlinedLevels(const Trace& trace) {
  uint32_t most = 1;
  for (const Snapshot& snap : trace.snapshots) most = std::max(most, snap.frame_count);
  return most - 1;
}

ResumePoint rebuildFrames(Thread& t, Activation* activation, CompiledTrace* trace, uint32_t snapshot, std::vector<Frame*>* list) {
  t.stack_top = activation->stack_top;
  if (activation->forced) releaseForced(activation);
  Rebuilder rebuilder(t, activation, trace, snapshot);
  Frame* frame = rebuilder.frames(false, list);
  if (list && rebuilder.popped()) list->clear();
  t.frame = frame;
  rebuilder.releaseDrops();
  return rebuilder.resumePoint(frame);
}

void fillEntryFrame(Activation* activation, bool with_function) {
  if (activation->entry_frame != EntryFrame::kBare) return;
  Frame* frame = activation->frame;
  Function* function = activation->function;
  krait::Code* code = activation->unit->members[activation->entry]->ir->code;
  retain(code);
  if (with_function) {
    retain(function);
  } else {
    retain(function->globals);
    retain(function->builtins);
  }
  initFrame(frame, code, with_function ? function : nullptr, function->globals, function->builtins, Value());
  frame->pc = code->cells;
  activation->entry_frame = EntryFrame::kFilled;
}

Frame* linkEntryFrame(Activation* activation) {
  if (activation->entry_frame == EntryFrame::kReal) return activation->frame;
  fillEntryFrame(activation, true);
  activation->frame->previous = activation->outer;
  activation->entry_frame = EntryFrame::kReal;
  return activation->outer;
}

void forceActivation(Thread& t, Activation* activation) {
  if (activation->site == kNoSite || activation->forced) return;
  Value* top = t.stack_top;
  t.stack_top = activation->stack_top;
  uint32_t site;
  CompiledTrace* trace = activation->unit->resolve(activation->site, &site);
  // Frames above hang behind the entry frame; behind the frame of the call, while the entry frame is not linked.
  Frame* below = linkEntryFrame(activation);
  Rebuilder rebuilder(t, activation, trace, site);
  std::vector<Frame*> frames;
  Frame* innermost = rebuilder.frames(true, &frames);
  t.stack_top = top;
  // The frames that the call pushed hang behind the innermost one now.
  if (t.frame == below) {
    t.frame = innermost;
  } else {
    Frame* above = t.frame;
    while (above && (above->previous != below || above == activation->frame)) above = above->previous;
    if (above && innermost != below) above->previous = innermost;
  }
  auto* forced = new ForcedFrames;
  const Snapshot& snap = trace->ir->snapshots[site];
  for (uint32_t i = 0; i < snap.frame_count; ++i) {
    const SnapFrame& sf = trace->ir->snap_frames[snap.first_frame + i];
    for (uint32_t j = 0; j < sf.slot_count; ++j) forced->slots.push_back(&frames[i]->slots[trace->ir->snap_slots[sf.first_slot + j].slot]);
  }
  activation->forced = forced;
  activation->state |= kStateForced;
}

}  // namespace krait::jit
