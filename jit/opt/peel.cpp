// Loop peeling: the recorded iteration becomes the preamble, and is built once more as the loop body.
//
// The body is made by sending every instruction of the preamble through the builder again, with the slots that changed
// replaced by loop variables. Whatever the preamble proved about things that do not change - kinds, loads, global guards - is
// found again as a common subexpression and costs nothing in the loop.
//
// Two things need care, and are the reason for building in rounds:
//  - A body instruction may be answered by a preamble value that is not the same in every iteration: memory that the
//    iteration stores to. Such a value is carried: it becomes a loop variable too, and the body is built again.
//  - What is assumed of a loop variable (its range, its kind) must hold for what comes back; otherwise it is dropped
//    and the body is built again.
// Instructions that the preamble proved cheap (add instead of add_ovf) are asked again in their checking form: the proof
// may not hold for the loop variable.
// Like LuaJIT's copy-substitution (lj_opt_loop.c explains the idea); ours makes explicit phis.
#include <algorithm>
#include "jit/opt/pass.h"
#include "runtime/code/code.h"
#include "runtime/core/kind.h"

namespace krait::jit {
namespace {

constexpr int kMaxRounds = 12;

Op checkingForm(Op op) {
  switch (op) {
    case Op::k_add: return Op::k_add_ovf;
    case Op::k_sub: return Op::k_sub_ovf;
    case Op::k_mul: return Op::k_mul_ovf;
    case Op::k_shl: return Op::k_shl_ovf;
    case Op::k_narrow_fit: return Op::k_narrow;
    case Op::k_box_int: return Op::k_box_wide;
    case Op::k_div_pos: return Op::k_div_floor;
    case Op::k_mod_pos: return Op::k_mod_floor;
    default: return op;
  }
}

struct Variable {
  LoopSlot slot;          // slot.slot is kCarried for values carried through memory
  bool assume_range = true, assume_kind = true, any_word = false;
  bool boxed = false;  // a number at one end of the loop, something else at the other: a word at both
  Id word = kNoId;     // boxed: of slot.last, in front of the loop
  Id phi = kNoId;
  std::vector<std::pair<Id, Op>> boxes;  // of the value, that memory holds
};
constexpr uint16_t kCarried = 0xFFFF;

class Peeler final : public SnapshotSource {
 public:
  Peeler(const Builder& recorded, const Trace& preamble) : recorded_(recorded), preamble_(preamble) {}

  std::unique_ptr<Trace> run(const std::vector<LoopSlot>& slots) {
    for (const LoopSlot& s : slots) {
      bool unchanged = s.entry != kNoId && s.last == s.entry;
      if (!unchanged) variables_.push_back({s});
    }
    for (int round = 0; round < kMaxRounds; ++round) {
      Outcome outcome = build();
      if (outcome == Outcome::kDone) return std::move(trace_);
      if (outcome == Outcome::kImpossible) return nullptr;
    }
    return nullptr;
  }

  uint32_t snapshot() override {
    if (source_snapshot_ == kNoSnapshot) {  // the preamble needed no check here: there is nowhere to leave to
      builder_->setImpossible();
      return 0;
    }
    const Snapshot old = trace_->snapshots[source_snapshot_];
    Snapshot copy = old;
    copy.first_frame = uint32_t(trace_->snap_frames.size());
    for (uint32_t i = 0; i < old.frame_count; ++i) {
      SnapFrame frame = trace_->snap_frames[old.first_frame + i];
      uint32_t first = frame.first_slot, count = frame.slot_count;
      frame.first_slot = uint32_t(trace_->snap_slots.size());
      if (frame.function != kNoId) frame.function = map(frame.function);
      for (uint32_t j = 0; j < count; ++j) {
        SnapSlot slot = trace_->snap_slots[first + j];
        if (slot.value != kNoId) slot.value = map(slot.value);
        trace_->snap_slots.push_back(slot);
      }
      if (i == 0) addLoopVariables(first, count, frame.first_slot, frame.stack_depth, frame.code);
      frame.slot_count = uint32_t(trace_->snap_slots.size()) - frame.first_slot;
      trace_->snap_frames.push_back(frame);
    }
    copy.first_drop = uint32_t(trace_->extra.size());
    for (uint32_t i = 0; i < old.drop_count; ++i) trace_->extra.push_back(map(trace_->extra[old.first_drop + i]));
    trace_->snapshots.push_back(copy);
    return uint32_t(trace_->snapshots.size() - 1);
  }

 private:
  // From the second turn on the slot holds this. Not so heap objects: the slot keeps those alive, so its variable owns one.
  bool constant(const Variable& v) const { return isConst(v.slot.last) && trace_->typeOf(v.slot.last) != Ty::kObj; }
  enum class Outcome { kDone, kAgain, kImpossible };

  Id map(Id id) const { return isConst(id) ? id : subst_[id]; }
  Id asWord(Id id) {
    switch (trace_->typeOf(id)) {
      case Ty::kI64:
      case Ty::kI128: return builder_->op(Op::k_box_wide, id, kNoId, kNoId, 0, Ty::kValue);
      case Ty::kF64: return builder_->op(Op::k_box_float, id, kNoId, kNoId, 0, Ty::kValue);
      case Ty::kBool: return builder_->op(Op::k_box_bool, id, kNoId, kNoId, 0, Ty::kValue);
      default: return id;
    }
  }
  // The operand as the word that the preamble had here: a loop variable may be unboxed by now.
  Id mapWord(Id id) {
    Id number = map(id);
    Ty was = trace_->typeOf(id);
    if (was != Ty::kValue && was != Ty::kObj) return number;
    Id now = asWord(number);
    if (now != number && !isConst(now) && trace_->at(now).op == Op::k_box_wide) temporaries_.push_back(now);
    return now;
  }
  // Boxes made for an operand are given back behind their use.
  void dropTemporaries() {
    for (Id id : temporaries_) builder_->op(Op::k_drop_last, id, kNoId, kNoId, 1);
    temporaries_.clear();
  }

  // Slots that the iteration had not touched yet at this snapshot hold their loop variables by now.
  void addLoopVariables(uint32_t first, uint32_t count, uint32_t first_new, uint32_t stack_depth, const krait::Code* code);

  Outcome build();
  Id rebuild(const Ins& ins);
  bool usesVariantValues();

  const Builder& recorded_;
  const Trace& preamble_;
  std::vector<Variable> variables_;
  std::unique_ptr<Trace> trace_;
  Builder* builder_ = nullptr;
  std::vector<Id> subst_;
  std::vector<Id> temporaries_;
  uint32_t source_snapshot_ = 0;
};

void Peeler::addLoopVariables(uint32_t first, uint32_t count, uint32_t first_new, uint32_t stack_depth, const krait::Code* code) {
  uint32_t live = uint32_t(code->slot_count) + stack_depth;
  for (const Variable& v : variables_) {
    if (v.slot.slot == kCarried || v.slot.slot >= live) continue;
    bool listed = false;
    for (uint32_t j = 0; j < count; ++j) listed |= trace_->snap_slots[first + j].slot == v.slot.slot;
    if (!listed) trace_->snap_slots.push_back({v.slot.slot, false, v.phi});
  }
  std::sort(trace_->snap_slots.begin() + first_new, trace_->snap_slots.end(),
            [](const SnapSlot& a, const SnapSlot& b) { return a.slot < b.slot; });
}

Id Peeler::rebuild(const Ins& ins) {
  Builder& b = *builder_;
  source_snapshot_ = ins.snapshot;
  if (ins.op == Op::k_call) {
    std::vector<Id> operands;
    for (uint32_t i = 0; i < ins.extra_count; ++i) operands.push_back(mapWord(trace_->extra[ins.a + i]));
    Id result = b.call(Helper(ins.imm), operands.data(), operands.size());
    dropTemporaries();
    return result;
  }
  bool words = info(ins.op).effect == kStore || ins.op == Op::k_same || ins.op == Op::k_guard_same;
  Id a = ins.a == kNoId ? kNoId : words ? mapWord(ins.a) : map(ins.a);
  Id operand_b = ins.b == kNoId ? kNoId : words ? mapWord(ins.b) : map(ins.b);
  Id c = ins.c == kNoId ? kNoId : words ? mapWord(ins.c) : map(ins.c);
  Op op = checkingForm(ins.op);
  Id result = b.op(op, a, operand_b, c, ins.imm, ins.type);
  if (op == Op::k_mul_ovf && ins.type == Ty::kI128 && b.at(result).op == Op::k_mul_ovf) b.setImpossible();
  if (op == Op::k_shl_ovf && ins.type == Ty::kI128 && b.at(result).op == Op::k_shl_ovf) b.setImpossible();
  if (op == Op::k_drop_last && ins.imm == 0 && !isConst(a)) b.clobberAll();
  dropTemporaries();
  return result;
}

// Values of the preamble that the body uses although they differ from iteration to iteration become variables.
bool Peeler::usesVariantValues() {
  Builder& b = *builder_;
  std::vector<Id> found;
  auto look = [&](Id id) {
    if (id == kNoId || isConst(id) || id >= trace_->loop) return;
    if (b.root(subst_[id]) == b.root(id)) return;
    if (std::find(found.begin(), found.end(), id) == found.end()) found.push_back(id);
  };
  for (Id i = trace_->loop + 1; i < trace_->code_list.size(); ++i) {
    const Ins& ins = trace_->code_list[i];
    if (ins.op == Op::k_phi) continue;
    if (ins.op == Op::k_call)
      for (uint32_t k = 0; k < ins.extra_count; ++k) look(trace_->extra[ins.a + k]);
    else
      look(ins.a);
    look(ins.b);
    look(ins.c);
    if (ins.snapshot == kNoSnapshot || info(ins.op).effect == kPure) continue;
    const Snapshot& snap = trace_->snapshots[ins.snapshot];
    for (uint32_t f = 0; f < snap.frame_count; ++f) {
      const SnapFrame& frame = trace_->snap_frames[snap.first_frame + f];
      look(frame.function);
      for (uint32_t j = 0; j < frame.slot_count; ++j) look(trace_->snap_slots[frame.first_slot + j].value);
    }
    for (uint32_t d = 0; d < snap.drop_count; ++d) look(trace_->extra[snap.first_drop + d]);
  }
  bool again = false;
  size_t built = variables_.size();
  for (Id id : found) {
    // A number in a box is carried unboxed.
    Op op = trace_->at(id).op;
    if (op == Op::k_box_int || op == Op::k_box_wide || op == Op::k_box_float || op == Op::k_box_bool) {
      Id number = trace_->at(id).a;
      if (!isConst(number)) {
        auto variable = std::find_if(variables_.begin(), variables_.end(), [&](const Variable& v) { return v.slot.last == number; });
        if (variable == variables_.end()) variable = variables_.insert(variables_.end(), Variable{LoopSlot{kCarried, kNoId, number}});
        bool listed = std::any_of(variable->boxes.begin(), variable->boxes.end(), [&](auto& b) { return b.first == id; });
        if (listed) {
          b.setImpossible();
          return false;
        }
        variable->boxes.push_back({id, op == Op::k_box_int ? Op::k_box_wide : op});
        again = true;
        continue;
      }
    }
    // Memory may hold the word under any of the names that its guards gave it.
    Id word = b.root(id);
    size_t at = 0;
    while (at < variables_.size() && b.root(variables_[at].slot.last) != word) ++at;
    if (at < built) {  // carried, and used all the same
      b.setImpossible();
      return false;
    }
    if (at == variables_.size()) variables_.push_back({{kCarried, kNoId, word}});
    again = true;
  }
  return again;
}

Peeler::Outcome Peeler::build() {
  trace_ = std::make_unique<Trace>(preamble_);
  Ins jump = trace_->code_list.back();
  trace_->code_list.pop_back();
  Id end = Id(trace_->code_list.size());
  Builder b(recorded_, *trace_, *this);
  builder_ = &b;
  for (Variable& v : variables_)
    if (v.boxed) v.word = asWord(v.slot.last);
  trace_->loop = b.raw({Op::k_loop});
  subst_.assign(trace_->loop, kNoId);
  for (Id i = 0; i < end; ++i)
    if (trace_->code_list[i].op == Op::k_slot) subst_[i] = i;
  for (Variable& v : variables_) {
    if (constant(v)) {
      v.phi = v.slot.last;
      if (v.slot.entry != kNoId) subst_[v.slot.entry] = v.phi;
      continue;
    }
    Ins phi{Op::k_phi, b.typeOf(v.slot.last)};
    phi.a = v.boxed ? v.word : v.slot.last;
    if (v.any_word || v.boxed) {
      phi.type = Ty::kValue;
    } else if (phi.type == Ty::kValue && v.assume_kind && b.knownKind(v.slot.last) != kKindNone) {
      if (Id object = b.asObject(v.slot.last); object != kNoId) {
        phi.a = object;
        phi.type = Ty::kObj;
      }
    }
    v.phi = b.raw(phi);
    if (phi.type == Ty::kI64 || phi.type == Ty::kI128)
      b.setRange(v.phi, v.assume_range         ? b.range(v.slot.last)
                        : phi.type == Ty::kI64 ? IntRange{kI64Min, kI64Max}
                                               : IntRange{kWideMin, kWideMax});
    if (uint32_t kind = b.knownKind(v.slot.last); v.assume_kind && !v.boxed && kind != kKindNone)
      b.learnKind(v.phi, kind);
    if (v.slot.entry != kNoId) subst_[v.slot.entry] = v.phi;
  }
  for (const Variable& v : variables_) {
    if (constant(v)) continue;
    if (v.boxed && !v.boxes.empty()) return Outcome::kImpossible;
    if (!v.boxed) b.carry(v.slot.last, v.phi);
    for (const auto& [box, op] : v.boxes) b.carry(box, b.op(op, v.phi, kNoId, kNoId, 0, Ty::kValue));
  }

  for (Id i = 1; i < end; ++i) {
    Ins ins = trace_->code_list[i];
    if (ins.op == Op::k_slot) continue;
    subst_[i] = rebuild(ins);
    if (b.impossible()) return Outcome::kImpossible;
  }
  bool again = false;
  for (Variable& v : variables_) {
    if (constant(v)) continue;
    Id back = v.boxed ? asWord(map(v.slot.last)) : map(v.slot.last);
    Ins& phi = trace_->at(v.phi);
    if (b.typeOf(back) != phi.type) {
      bool words = (b.typeOf(back) == Ty::kObj || b.typeOf(back) == Ty::kValue) && (phi.type == Ty::kObj || phi.type == Ty::kValue);
      if (!words) {
        if (v.slot.slot == kCarried) return Outcome::kImpossible;
        v.boxed = again = true;
        continue;
      }
      if (phi.type == Ty::kObj) {
        if (Id object = b.asObject(back); object != kNoId) {
          back = object;
        } else {  // what comes back need not be an object
          v.any_word = true;
          again = true;
        }
      }
    }
    phi.b = back;
    IntRange assumed = v.assume_range ? b.range(v.slot.last) : IntRange{kWideMin, kWideMax};
    IntRange comes = b.range(back);
    bool number = phi.type == Ty::kI64 || phi.type == Ty::kI128;
    if (number && v.assume_range && (comes.low < assumed.low || comes.high > assumed.high)) {
      v.assume_range = false;
      again = true;
    }
    uint32_t kind = v.boxed ? uint32_t(kKindNone) : b.knownKind(v.slot.last);
    if (v.assume_kind && kind != kKindNone && b.knownKind(back) != kind) {
      v.assume_kind = false;
      again = true;
    }
  }
  if (usesVariantValues()) again = true;
  if (b.impossible()) return Outcome::kImpossible;
  if (again) return Outcome::kAgain;
  source_snapshot_ = jump.snapshot;
  jump.snapshot = snapshot();
  b.raw(jump);
  return Outcome::kDone;
}

}  // namespace

std::unique_ptr<Trace> peel(const Builder& recorded, const std::vector<LoopSlot>& slots) {
  return Peeler(recorded, recorded.trace()).run(slots);
}

}  // namespace krait::jit
