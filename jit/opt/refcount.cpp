// Reference counts: the recorder's drops become the fewest counts that keep every death at its bytecode.
//
// In:   a trace with drop, drop_last and release; no counts; snapshots without ownership.
// Out:  inc, dec_live, dec, dec_leaf in their places; snapshots say which references the trace hands over.
// Read first: docs/reference-counts.md
//
// The frames of the interpreter hold one collective claim for each distinct object. The trace owns a reference behind that claim,
// or borrows:
//   owned     results of calls that give a new reference, boxes, loop variables, what memory released, what a stolen slot held
//   borrowed  what a load found: memory holds it. Nothing dies inside a trace but where a call or a last drop may free
//             objects, so a borrowed value needs a reference only if it lives across such a point; then it gets one where
//             it was loaded, and its next drop gives it back.
//   slots     the entry frame's memory owns what it holds until the trace writes the slot; then the claim is the trace's.
// A drop of an owned value is a guard that it was not the last reference (dec_live): death is rare, and if it comes, the
// exit performs it in the interpreter, so that no destructor ever runs between two facts that the trace relies on.
// An exit adds a reference for each slot that holds a borrowed value, and for each further slot of an owned one.
#include <algorithm>
#include "jit/opt/pass.h"
#include "runtime/code/code.h"

namespace krait::jit {
namespace {

bool isWord(Ty type) { return type == Ty::kValue || type == Ty::kObj; }

class Counter {
 public:
  explicit Counter(Trace& trace) : in_(trace), size_(Id(trace.code_list.size())) {}

  void run() {
    findEnds();
    findClobbers();
    claims_.assign(size_, 0);
    out_.push_back(in_.code_list[0]);
    renumbered_.assign(size_, kNoId);
    for (Id i = 1; i < size_; ++i) place(i);
    finish();
  }

 private:
  Id root(Id id) const {
    while (id != kNoId && !isConst(id)) {
      const Ins& ins = in_.code_list[id];
      switch (ins.op) {
        case Op::k_guard_kind: case Op::k_guard_object: case Op::k_guard_type: case Op::k_guard_nonempty: case Op::k_guard_ok:
          id = ins.a;
          break;
        default: return id;
      }
    }
    return id;
  }
  bool counted(Id id) const { return id != kNoId && !isConst(id) && isWord(in_.typeOf(id)) && !immediate(id); }
  bool immediate(Id id) const {
    switch (in_.code_list[id].op) {
      case Op::k_box_int: case Op::k_box_float: case Op::k_box_bool: return true;
      default: return false;
    }
  }
  bool ownedAtDefinition(Id id) const {
    const Ins& ins = in_.code_list[id];
    if (ins.op == Op::k_call) return (kHelpers[ins.imm].effects & kHelperOwned) != 0;
    if (ins.op == Op::k_input) return (ins.imm & kInputOwned) != 0;
    return ins.op == Op::k_box_wide || ins.op == Op::k_phi || ins.op == Op::k_result;
  }
  bool frees(const Ins& ins) const {  // other objects may die here
    if (ins.op == Op::k_call) return (kHelpers[ins.imm].effects & (kHelperRuns | kHelperWrites)) != 0;
    return ins.op == Op::k_drop_last && ins.imm == 0;
  }

  bool isLoad(Id id) const { return id != kNoId && !isConst(id) && info(in_.code_list[id].op).effect == kLoad; }
  // Whether the borrowed value may be the object that a store took out of memory and that is dropped: found by a load of the
  // same field, of an object with another name.
  bool mayBeSame(Id borrowed, Id dropped) const {
    const Ins &x = in_.code_list[borrowed], &y = in_.code_list[dropped];
    return borrowed != dropped && (!isLoad(borrowed) || !isLoad(dropped) || (x.op == y.op && x.imm == y.imm));
  }

  template <class F>
  void eachSnapshotValue(uint32_t number, F f) const {
    const Snapshot& snap = in_.snapshots[number];
    for (uint32_t i = 0; i < snap.frame_count; ++i) {
      const SnapFrame& frame = in_.snap_frames[snap.first_frame + i];
      if (frame.function != kNoId) f(frame.function);
      for (uint32_t j = 0; j < frame.slot_count; ++j) {
        Id v = in_.snap_slots[frame.first_slot + j].value;
        if (v != kNoId) f(v);
      }
    }
  }
  bool hasSnapshot(const Ins& ins) const { return ins.snapshot != kNoSnapshot && info(ins.op).effect != kPure; }

  // The last position at which each value is needed: an operand, a slot of a snapshot, or a drop.
  void findEnds() {
    end_.assign(size_, 0);
    auto need = [&](Id id, Id at) {
      id = root(id);
      if (id == kNoId || isConst(id)) return;
      end_[id] = std::max(end_[id], at);
      // What was defined before the loop and is used in it is needed until the loop is left.
      if (in_.loop != kNoId && id < in_.loop && at > in_.loop) end_[id] = size_;
    };
    for (Id i = 1; i < size_; ++i) {
      const Ins& ins = in_.code_list[i];
      if (ins.op == Op::k_call) {
        for (uint32_t k = 0; k < ins.extra_count; ++k) need(in_.extra[ins.a + k], i);
      } else if (ins.op == Op::k_phi) {
        need(ins.a, in_.loop);
        need(ins.b, size_ - 1);
        continue;
      } else {
        need(ins.a, i);
      }
      need(ins.b, i);
      need(ins.c, i);
      if (hasSnapshot(ins)) eachSnapshotValue(ins.snapshot, [&](Id id) { need(id, i); });
    }
  }

  // Borrowed values that live across a point where objects may be freed get a reference at their definition.
  void findClobbers() {
    promoted_.assign(size_, false);
    last_clobber_.assign(size_, 0);
    struct Clobber {
      Id at;
      Id only;  // kNoId: anything may die; otherwise this one object, which other loads may have found too
    };
    std::vector<Clobber> clobbers;
    std::vector<bool> released(size_, false);
    for (Id i = 1; i < size_; ++i) {
      const Ins& ins = in_.code_list[i];
      Id v = isConst(ins.a) ? kNoId : root(ins.a);
      if (frees(ins)) clobbers.push_back({i, kNoId});
      else if (ins.op == Op::k_release && !isConst(v)) released[v] = true;
      else if (ins.op == Op::k_drop_last && !isConst(v) && released[v]) clobbers.push_back({i, v});
    }
    if (clobbers.empty()) return;
    for (Id i = 1; i < size_; ++i) {
      if (!counted(i) || root(i) != i || ownedAtDefinition(i) || in_.code_list[i].op == Op::k_slot) continue;
      if (in_.code_list[i].op == Op::k_load && kFields[in_.code_list[i].imm].mutability == kConstant) continue;
      Id last = 0;
      for (const Clobber& c : clobbers)
        if (c.at > i && (c.at < end_[i] || end_[i] == size_) && (c.only == kNoId || mayBeSame(i, c.only))) last = c.at;
      // A call's own operand is held by whoever holds it during the call only when somebody does: own it as well.
      for (const Clobber& c : clobbers)
        if (c.at > i && c.at == end_[i] && in_.code_list[c.at].op == Op::k_call) last = c.at;
      promoted_[i] = last != 0;
      last_clobber_[i] = last;
    }
  }

  Id emit(Ins ins) {
    out_.push_back(ins);
    return Id(out_.size() - 1);
  }
  Id renamed(Id id) const { return id == kNoId || isConst(id) ? id : renumbered_[id]; }
  void count(Op op, Id v, uint32_t at_snapshot = kNoSnapshot) {
    Ins ins{op};
    ins.a = renamed(v);
    ins.snapshot = at_snapshot;
    emit(ins);
  }

  // Whether the trace holds a reference behind v, as snapshot `number` sees it: slots that are not listed are memory's, but
  // a stack word that was popped is nobody's else.
  bool claimed(Id v, uint32_t number) const {
    if (in_.code_list[v].op != Op::k_slot) return claims_[v] != 0;
    if (claims_[v] != 0) return true;
    return !dropped(v) && takenOver(number, uint32_t(in_.code_list[v].imm));
  }
  bool dropped(Id slot) const { return std::find(dropped_slots_.begin(), dropped_slots_.end(), slot) != dropped_slots_.end(); }
  bool takenOver(uint32_t number, uint32_t slot) const {
    const Snapshot& snap = in_.snapshots[number];
    const SnapFrame& frame = in_.snap_frames[snap.first_frame];
    if (slot >= uint32_t(frame.code->slot_count) + frame.stack_depth) return true;
    for (uint32_t j = 0; j < frame.slot_count; ++j)
      if (in_.snap_slots[frame.first_slot + j].slot == slot) return true;
    return false;
  }

  // A copy of the snapshot with ownership filled in; `extra_drop` is what the guard itself is about to give back.
  uint32_t own(uint32_t number, Id extra_drop = kNoId) {
    // Guards of one instruction share their snapshot as long as the trace owns the same references.
    std::vector<Id> state = claimed_;
    state.insert(state.end(), slots_.begin(), slots_.end());
    state.push_back(Id(dropped_slots_.size()));
    if (extra_drop == kNoId)
      for (const Owned& o : owned_)
        if (o.number == number && o.state == state) return o.copy;
    uint32_t copy = makeOwned(number, extra_drop);
    if (extra_drop == kNoId) owned_.push_back({number, copy, std::move(state)});
    if (owned_.size() > 8) owned_.erase(owned_.begin());
    return copy;
  }
  struct Owned {
    uint32_t number, copy;
    std::vector<Id> state;
  };

  uint32_t makeOwned(uint32_t number, Id extra_drop) {
    Snapshot snap = in_.snapshots[number];
    Snapshot copy = snap;
    copy.first_frame = uint32_t(in_.snap_frames.size());
    std::vector<Id> placed;
    auto take = [&](Id id) {  // whether this occurrence gets the trace's reference
      Id v = root(id);
      if (!counted(v) || std::find(placed.begin(), placed.end(), v) != placed.end() || !claimed(v, number)) return false;
      placed.push_back(v);
      return true;
    };
    for (uint32_t i = 0; i < snap.frame_count; ++i) {
      SnapFrame frame = in_.snap_frames[snap.first_frame + i];
      uint32_t first = frame.first_slot;
      frame.first_slot = uint32_t(in_.snap_slots.size());
      if (frame.function != kNoId && frame.kind != SnapFrameKind::kGenerator) frame.function_owned = take(frame.function);
      for (uint32_t j = 0; j < frame.slot_count; ++j) {
        SnapSlot slot = in_.snap_slots[first + j];
        slot.owned = slot.value != kNoId && take(slot.value);
        in_.snap_slots.push_back(slot);
      }
      in_.snap_frames.push_back(frame);
    }
    copy.first_drop = uint32_t(in_.extra.size());
    auto drop = [&](Id id) {
      Id v = root(id);
      if (counted(v) && claimed(v, number) && std::find(placed.begin(), placed.end(), v) == placed.end()) {
        placed.push_back(v);
        in_.extra.push_back(v);
      }
    };
    if (extra_drop != kNoId && counted(extra_drop) && std::find(placed.begin(), placed.end(), extra_drop) == placed.end()) {
      placed.push_back(extra_drop);
      in_.extra.push_back(extra_drop);
    }
    for (uint32_t d = 0; d < snap.drop_count; ++d) drop(in_.extra[snap.first_drop + d]);
    for (Id v : claimed_)
      if (claims_[v]) drop(v);
    // Entry slots that the trace has written over, whose old content was not dropped yet.
    for (Id v : slots_) drop(v);
    copy.drop_count = uint32_t(in_.extra.size()) - copy.first_drop;
    in_.snapshots.push_back(copy);
    return uint32_t(in_.snapshots.size() - 1);
  }

  void claim(Id v) {
    claims_[v] = 1;
    if (std::find(claimed_.begin(), claimed_.end(), v) == claimed_.end()) claimed_.push_back(v);
  }
  void unclaim(Id v) {
    claims_[v] = 0;
    std::erase(claimed_, v);
  }

  // Where v is dropped, if nothing but that follows for v: its reference can be moved. Otherwise kNoId.
  Id onlyDropAfter(Id v, Id from) const {
    if (in_.loop != kNoId && v < in_.loop && from > in_.loop) return kNoId;
    for (Id i = from + 1; i < size_; ++i) {
      const Ins& ins = in_.code_list[i];
      if ((ins.op == Op::k_drop || ins.op == Op::k_drop_last) && root(ins.a) == v) return i;
      bool used = false;
      auto look = [&](Id id) { used |= root(id) == v; };
      if (ins.op == Op::k_call) {
        for (uint32_t k = 0; k < ins.extra_count; ++k) look(in_.extra[ins.a + k]);
      } else if (ins.op == Op::k_phi) {
        look(ins.a);
      } else if (ins.op != Op::k_guard_kind && ins.op != Op::k_guard_ok && ins.op != Op::k_guard_nonempty) {
        look(ins.a);
      }
      look(ins.b);
      look(ins.c);
      if (hasSnapshot(ins)) eachSnapshotValue(ins.snapshot, look);
      if (used || ins.op == Op::k_loop || ins.op == Op::k_jump) return kNoId;
    }
    return kNoId;
  }

  // Whether the entry slot's own reference can be handed to the instruction at `at`: it is dropped next, and until then every
  // exit writes the slot, so that nobody finds what the callee made of it.
  bool slotMoves(Id v, Id at) const {
    const Ins& user = in_.code_list[at];
    if (in_.code_list[v].op != Op::k_slot || dropped(v) || frees(user)) return false;
    Id drop = onlyDropAfter(v, at);
    if (drop == kNoId) return false;
    for (Id i = at; i < size_; ++i) {
      const Ins& ins = in_.code_list[i];
      if (hasSnapshot(ins) && !takenOver(ins.snapshot, uint32_t(in_.code_list[v].imm))) return false;
      if (i >= drop && hasSnapshot(ins)) return true;  // also the first exit behind a drop without one
    }
    return false;
  }

  // A reference for memory or a helper that takes one over.
  void supply(Id operand, Id at) {
    Id v = root(operand);
    if (isConst(v)) {
      if (in_.at(v).op == Op::k_const_value && Value(in_.at(v).imm).isObject()) count(Op::k_inc, operand);
      return;
    }
    if (!counted(v)) return;
    if (claims_[v] && onlyDropAfter(v, at) != kNoId) {
      unclaim(v);
      return;
    }
    if (!claims_[v] && slotMoves(v, at)) {
      dropped_slots_.push_back(v);
      return;
    }
    count(Op::k_inc, operand);
  }

  void place(Id i) {
    Ins ins = in_.code_list[i];
    switch (ins.op) {
      case Op::k_release: {
        Id v = root(ins.a);
        if (!counted(v)) return;
        if (claims_[v]) count(Op::k_dec_leaf, v);  // ours is another one: never the last
        else claim(v);
        return;
      }
      case Op::k_drop: case Op::k_drop_last: return placeDrop(i, ins);
      case Op::k_loop: enterLoop(); break;
      case Op::k_jump: closeLoop(); break;
      case Op::k_store: case Op::k_store_attr: case Op::k_store_far:
        if (isWord(in_.typeOf(ins.b))) supply(ins.b, i);
        break;
      case Op::k_store_item:
        if (isWord(in_.typeOf(ins.c))) supply(ins.c, i);
        break;
      case Op::k_call: {
        const HelperInfo& row = kHelpers[ins.imm];
        for (uint32_t k = 0; k < ins.extra_count; ++k)
          if (row.stolen >> k & 1) supply(in_.extra[ins.a + k], i);
        break;
      }
      default: break;
    }
    if (hasSnapshot(ins)) ins.snapshot = own(ins.snapshot);
    if (ins.op == Op::k_phi) {
      ins.a = renamed(ins.a);  // b is renamed at the end, when its definition has been placed
    } else if (ins.op == Op::k_call) {
      uint32_t first = uint32_t(in_.extra.size());
      for (uint32_t k = 0; k < ins.extra_count; ++k) in_.extra.push_back(in_.extra[ins.a + k]);
      ins.a = first;
      calls_.push_back(Id(out_.size()));
    } else {
      ins.a = renamed(ins.a);
      ins.b = renamed(ins.b);
      ins.c = renamed(ins.c);
    }
    renumbered_[i] = emit(ins);
    if (ins.op == Op::k_unbox_int || ins.op == Op::k_unbox_float || ins.op == Op::k_unbox_bool ||
        ins.op == Op::k_guard_empty)
      settleImmediate(in_.code_list[i].a);
    if (ins.op == Op::k_slot) slots_.push_back(i);
    if (counted(i) && root(i) == i) {
      if (ownedAtDefinition(i)) {
        claim(i);
      } else if (promoted_[i]) {
        count(Op::k_inc, i);
        claim(i);
      }
    }
  }

  // A word that turned out to be a number, or empty, needs no count.
  void settleImmediate(Id id) {
    Id v = root(id);
    if (v == kNoId || isConst(v)) return;
    if (claims_[v]) unclaim(v);
    if (in_.code_list[v].op == Op::k_slot) dropped_slots_.push_back(v);
  }

  void placeDrop(Id i, const Ins& ins) {
    Id v = root(ins.a);
    if (!counted(v)) return;
    bool slot = in_.code_list[v].op == Op::k_slot;
    bool have = claims_[v] || (slot && claimed(v, dropSnapshot(ins, i)));
    if (!have) return;
    // A promoted value stays owned until its last crossing lies behind; in a loop, until the loop is left.
    if (promoted_[v] && (i < last_clobber_[v] || (in_.loop != kNoId && v < in_.loop && i > in_.loop && end_[v] == size_))) return;
    bool last = ins.op == Op::k_drop_last;
    if (claims_[v]) unclaim(v);
    else dropped_slots_.push_back(v);
    if (last) {
      count(ins.imm ? Op::k_dec_leaf : Op::k_dec, v);
      return;
    }
    count(Op::k_dec_live, v, own(ins.snapshot, v));
  }
  // drop_last has no snapshot: the next instruction that has one shows which slots were written by now.
  uint32_t dropSnapshot(const Ins& ins, Id i) const {
    if (ins.snapshot != kNoSnapshot) return ins.snapshot;
    for (Id k = i + 1; k < size_; ++k)
      if (hasSnapshot(in_.code_list[k])) return in_.code_list[k].snapshot;
    return uint32_t(in_.snapshots.size() - 1);
  }

  // Gives each loop variable the reference it owns: from the trace's claims while they last, else a new one.
  void feed(const std::vector<Id>& values) {
    std::vector<Id> used;
    for (Id id : values) {
      Id v = root(id);
      if (isConst(v)) {
        if (in_.at(v).op == Op::k_const_value && Value(in_.at(v).imm).isObject()) count(Op::k_inc, id);
        continue;
      }
      if (!counted(v)) continue;
      bool ours = claims_[v] || takesSlot(v);
      if (ours && std::find(used.begin(), used.end(), v) == used.end() && !neededInLoop(v)) used.push_back(v);
      else count(Op::k_inc, id);
    }
    for (Id v : used) {
      if (claims_[v]) unclaim(v);
      else dropped_slots_.push_back(v);
    }
  }
  // An entry slot that the loop's variables replace: its reference moves into one of them.
  bool takesSlot(Id v) const {
    if (in_.code_list[v].op != Op::k_slot || dropped(v) || in_.loop == kNoId) return false;
    const Ins& jump = in_.code_list[size_ - 1];
    return jump.snapshot != kNoSnapshot && takenOver(jump.snapshot, uint32_t(in_.code_list[v].imm));
  }
  bool neededInLoop(Id v) const { return promoted_[v] && end_[v] == size_ && at_entry_; }

  void enterLoop() {
    at_entry_ = true;
    std::vector<Id> values;
    for (Id i = in_.loop + 1; i < size_ && in_.code_list[i].op == Op::k_phi; ++i)
      if (isWord(in_.code_list[i].type)) values.push_back(in_.code_list[i].a);
    feed(values);
    at_entry_ = false;
  }
  void closeLoop() {
    std::vector<Id> values;
    for (Id i = in_.loop + 1; i < size_ && in_.code_list[i].op == Op::k_phi; ++i)
      if (isWord(in_.code_list[i].type)) values.push_back(in_.code_list[i].b);
    feed(values);
    // What the body still owns behind no variable is given back before the next iteration.
    std::vector<Id> left;
    for (Id v : claimed_)
      if (v > in_.loop) left.push_back(v);
    for (Id v : left) {
      unclaim(v);
      count(Op::k_dec_live, v, own(in_.code_list[size_ - 1].snapshot, v));
    }
  }

  void finish() {
    for (Ins& ins : out_)
      if (ins.op == Op::k_phi) ins.b = renamed(ins.b);
    for (Id at : calls_) {
      Ins& ins = out_[at];
      for (uint32_t k = 0; k < ins.extra_count; ++k) in_.extra[ins.a + k] = renamed(in_.extra[ins.a + k]);
    }
    // Only the copies made by own() are named by instructions now; the drops in them are in old numbers.
    std::vector<bool> done(in_.snapshots.size(), false);
    for (const Ins& ins : out_) {
      if (!hasSnapshot(ins) || done[ins.snapshot]) continue;
      done[ins.snapshot] = true;
      const Snapshot& snap = in_.snapshots[ins.snapshot];
      for (uint32_t f = 0; f < snap.frame_count; ++f) {
        SnapFrame& frame = in_.snap_frames[snap.first_frame + f];
        frame.function = renamed(frame.function);
        for (uint32_t j = 0; j < frame.slot_count; ++j) {
          SnapSlot& slot = in_.snap_slots[frame.first_slot + j];
          slot.value = renamed(slot.value);
        }
      }
      for (uint32_t d = 0; d < snap.drop_count; ++d) {
        Id& id = in_.extra[snap.first_drop + d];
        id = renamed(id);
      }
    }
    if (in_.loop != kNoId) in_.loop = renumbered_[in_.loop];
    in_.code_list = std::move(out_);
  }

  Trace& in_;
  Id size_;
  std::vector<Ins> out_;
  std::vector<Id> renumbered_;
  std::vector<Id> end_;
  std::vector<bool> promoted_;
  std::vector<Id> last_clobber_;
  std::vector<uint8_t> claims_;
  std::vector<Id> claimed_;
  std::vector<Id> slots_;
  std::vector<Id> dropped_slots_;
  std::vector<Id> calls_;
  std::vector<Owned> owned_;
  bool at_entry_ = false;
};

}  // namespace

void countReferences(Trace& trace) {
  // Checks that were proved away have kept snapshots for peeling only.
  for (Ins& ins : trace.code_list)
    if (info(ins.op).effect == kPure) ins.snapshot = kNoSnapshot;
  Counter(trace).run();
}

}  // namespace krait::jit
