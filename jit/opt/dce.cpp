// Dead code elimination: removes what neither an effect, nor a guard, nor a snapshot of one needs.
//
// In: a verified trace.   Out: the same trace without dead pure operations, loads and phis; ids are renumbered, and the snapshots
// that no instruction names any more are dropped.
// Keeps: every guard, store, call, drop and count. `slot` and `input` go when nothing reads them.
#include "jit/opt/pass.h"

namespace krait::jit {
namespace {

bool removable(const Ins& ins) {
  switch (info(ins.op).effect) {
    case kPure: case kLoad: return true;
    case kGuard: return false;
    case kCall:
      return ins.op == Op::k_box_wide || (ins.op == Op::k_call && (kHelpers[ins.imm].effects & kHelperPure) != 0);
    default: return ins.op == Op::k_slot || ins.op == Op::k_input || ins.op == Op::k_phi;
  }
}

class Marker {
 public:
  explicit Marker(Trace& trace) : trace_(trace), live_(trace.code_list.size(), false) {}

  void run() {
    for (Id i = 1; i < trace_.code_list.size(); ++i)
      if (!removable(trace_.code_list[i])) mark(i);
    while (!work_.empty()) {
      Id id = work_.back();
      work_.pop_back();
      visit(trace_.code_list[id]);
    }
  }
  bool live(Id id) const { return live_[id]; }

 private:
  void mark(Id id) {
    if (id == kNoId || isConst(id)) return;
    if (isVirtual(id)) {
      const Virtual& v = trace_.virtuals[id & ~kVirtualBit];
      for (uint32_t i = 0; i < v.count; ++i) mark(trace_.extra[v.first + i]);
      return;
    }
    if (live_[id]) return;
    live_[id] = true;
    work_.push_back(id);
  }
  void visit(const Ins& ins) {
    if (ins.op == Op::k_call) {
      for (uint32_t i = 0; i < ins.extra_count; ++i) mark(trace_.extra[ins.a + i]);
    } else {
      mark(ins.a);
    }
    mark(ins.b);
    mark(ins.c);
    if (ins.snapshot == kNoSnapshot || info(ins.op).effect == kPure) return;
    const Snapshot& snap = trace_.snapshots[ins.snapshot];
    for (uint32_t f = 0; f < snap.frame_count; ++f) {
      const SnapFrame& frame = trace_.snap_frames[snap.first_frame + f];
      mark(frame.function);
      for (uint32_t j = 0; j < frame.slot_count; ++j) mark(trace_.snap_slots[frame.first_slot + j].value);
    }
    for (uint32_t d = 0; d < snap.drop_count; ++d) mark(trace_.extra[snap.first_drop + d]);
  }

  Trace& trace_;
  std::vector<bool> live_;
  std::vector<Id> work_;
};

}  // namespace

void eliminateDeadCode(Trace& trace) {
  Marker marker(trace);
  marker.run();
  std::vector<Id> renumbered(trace.code_list.size(), kNoId);
  std::vector<Ins> code{trace.code_list[0]};
  for (Id i = 1; i < trace.code_list.size(); ++i) {
    if (!marker.live(i)) continue;
    renumbered[i] = Id(code.size());
    code.push_back(trace.code_list[i]);
  }
  auto rename = [&](Id& id) {
    if (id != kNoId && !isConst(id) && !isVirtual(id)) id = renumbered[id];
  };
  Trace out;
  out.extra.reserve(trace.extra.size());
  std::vector<uint32_t> snapshots(trace.snapshots.size(), kNoSnapshot);
  auto keepSnapshot = [&](uint32_t number) {
    if (snapshots[number] != kNoSnapshot) return snapshots[number];
    Snapshot snap = trace.snapshots[number];
    uint32_t first_frame = uint32_t(out.snap_frames.size());
    for (uint32_t f = 0; f < snap.frame_count; ++f) {
      SnapFrame frame = trace.snap_frames[snap.first_frame + f];
      uint32_t first_slot = uint32_t(out.snap_slots.size());
      for (uint32_t j = 0; j < frame.slot_count; ++j) {
        SnapSlot slot = trace.snap_slots[frame.first_slot + j];
        rename(slot.value);
        out.snap_slots.push_back(slot);
      }
      frame.first_slot = first_slot;
      rename(frame.function);
      out.snap_frames.push_back(frame);
    }
    snap.first_frame = first_frame;
    uint32_t first_drop = uint32_t(out.extra.size());
    for (uint32_t d = 0; d < snap.drop_count; ++d) {
      Id id = trace.extra[snap.first_drop + d];
      rename(id);
      out.extra.push_back(id);
    }
    snap.first_drop = first_drop;
    snapshots[number] = uint32_t(out.snapshots.size());
    out.snapshots.push_back(snap);
    return snapshots[number];
  };
  for (Virtual& v : trace.virtuals) {
    uint32_t first = uint32_t(out.extra.size());
    for (uint32_t i = 0; i < v.count; ++i) {
      Id id = trace.extra[v.first + i];
      rename(id);
      out.extra.push_back(id);
    }
    v.first = first;
  }
  for (Ins& ins : code) {
    if (ins.op == Op::k_call) {
      uint32_t first = uint32_t(out.extra.size());
      for (uint32_t i = 0; i < ins.extra_count; ++i) {
        Id id = trace.extra[ins.a + i];
        rename(id);
        out.extra.push_back(id);
      }
      ins.a = first;
    } else {
      rename(ins.a);
    }
    rename(ins.b);
    rename(ins.c);
    if (ins.snapshot == kNoSnapshot) continue;
    if (info(ins.op).effect == kPure) ins.snapshot = kNoSnapshot;
    else ins.snapshot = keepSnapshot(ins.snapshot);
  }
  trace.code_list = std::move(code);
  trace.extra = std::move(out.extra);
  trace.snapshots = std::move(out.snapshots);
  trace.snap_frames = std::move(out.snap_frames);
  trace.snap_slots = std::move(out.snap_slots);
  if (trace.loop != kNoId) trace.loop = renumbered[trace.loop];
}

}  // namespace krait::jit
