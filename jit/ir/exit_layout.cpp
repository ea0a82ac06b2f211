// The order of values in the exit buffer (exit_layout.h).
#include "jit/ir/exit_layout.h"

namespace krait::jit {
namespace {

class Builder {
 public:
  explicit Builder(const Trace& trace) : trace_(trace) {}

  void add(Id id) {
    if (id == kNoId || isConst(id)) return;
    if (isVirtual(id)) return addVirtual(id);
    if (layout_.wordOf(id) >= 0) return;
    Ty type = trace_.typeOf(id);
    layout_.values.push_back({id, type, uint16_t(layout_.words)});
    layout_.words += type == Ty::kI128 ? 2 : 1;
  }
  ExitLayout take() { return std::move(layout_); }

 private:
  // Virtual objects may hold each other (a cell in a tuple in that cell): each is expanded once.
  void addVirtual(Id id) {
    uint32_t index = id & ~kVirtualBit;
    for (uint32_t seen : expanded_)
      if (seen == index) return;
    expanded_.push_back(index);
    const Virtual& v = trace_.virtuals[index];
    for (uint32_t i = 0; i < v.count; ++i) add(trace_.extra[v.first + i]);
  }

  const Trace& trace_;
  ExitLayout layout_;
  std::vector<uint32_t> expanded_;
};

}  // namespace

ExitLayout exitLayout(const Trace& trace, uint32_t snapshot) {
  Builder builder(trace);
  const Snapshot& snap = trace.snapshots[snapshot];
  for (uint32_t f = 0; f < snap.frame_count; ++f) {
    const SnapFrame& frame = trace.snap_frames[snap.first_frame + f];
    builder.add(frame.function);
    for (uint32_t s = 0; s < frame.slot_count; ++s) builder.add(trace.snap_slots[frame.first_slot + s].value);
  }
  for (uint32_t d = 0; d < snap.drop_count; ++d) builder.add(trace.extra[snap.first_drop + d]);
  return builder.take();
}

}  // namespace krait::jit
