// The recorder's state: symbolic frames, snapshots, drops, the end of a recording. The instructions stand in the files beside it.
#include "jit/record/recorder.h"
#include <algorithm>
#include "interp/opcodes.h"
#include "jit/ir/exit_layout.h"
#include "jit/trace/log.h"
#include "jit/trace/manager.h"
#include "runtime/core/frame.h"
#include "runtime/objects/function.h"
#include "runtime/objects/instance.h"

namespace krait::jit {

// An id that left the frames during the current instruction, and whether its object died of it.
struct Recorder::Candidate {
  Dependent death;  // first: the callback gets its address
  bool died = false;
  bool leaf = false;       // its death frees memory and nothing else
  bool temporary = false;  // boxed for a call: never was in a frame
  Id id = kNoId;
  Value concrete;
  uint32_t kind = kKindNone;  // of its object, when it left the frames
};

Recorder::Recorder(Thread& t, TraceKind kind, Frame* frame, Cell* target, Value* sp)
    : thread_(t), trace_(std::make_unique<Trace>()), b_(*trace_, *this), kind_(kind), start_frame_(frame) {
  RecFrame f;
  f.frame = frame;
  f.code = frame->code;
  f.slots.assign(size_t(f.code->slot_count + f.code->stack_size), kNoId);
  f.dirty.assign(f.slots.size(), false);
  f.depth = uint16_t(sp - frame->stackBase());
  f.globals = Value(reinterpret_cast<Object*>(frame->globals));
  f.builtins = frame->builtins;
  start_unit_ = uint32_t(target - f.code->cells);
  start_depth_ = f.depth;
  f.unit = start_unit_;
  next_unit_ = start_unit_;
  entry_slots_.assign(f.slots.size(), kNoId);
  trace_->kind = kind;
  trace_->code = f.code;
  trace_->unit = start_unit_;
  frames_.push_back(std::move(f));
}

Recorder::Recorder(Thread& t, const Trace& parent, uint32_t snapshot, const std::vector<Frame*>& frames)
    : thread_(t),
      trace_(std::make_unique<Trace>()),
      b_(*trace_, *this),
      kind_(TraceKind::kSide),
      start_frame_(frames.front()) {
  const Snapshot& snap = parent.snapshots[snapshot];
  ExitLayout layout = exitLayout(parent, snapshot);
  std::vector<std::pair<Id, Id>> seen;
  auto import = [&](Id id, bool owned) -> Id {
    if (isConst(id)) {
      const Ins& c = parent.at(id);
      switch (c.op) {
        case Op::k_const_wide: return b_.constWide(parent.wide_constants[c.imm]);
        case Op::k_const_int: return c.type == Ty::kI128 ? b_.constWide(int64_t(c.imm)) : b_.constInt(int64_t(c.imm));
        case Op::k_const_float: return b_.constFloat(std::bit_cast<double>(c.imm));
        case Op::k_const_bool: return b_.constBool(c.imm != 0);
        case Op::k_const_value: return b_.constValue(Value(c.imm));
        default: return b_.constEmpty();
      }
    }
    for (auto& [from, to] : seen)
      if (from == id) return to;
    Ins ins{Op::k_input, parent.typeOf(id)};
    ins.imm = uint64_t(layout.wordOf(id)) | (owned ? kInputOwned : 0);
    Id to = b_.raw(ins);
    seen.push_back({id, to});
    return to;
  };
  for (uint32_t i = 0; i < snap.frame_count; ++i) {
    const SnapFrame& sf = parent.snap_frames[snap.first_frame + i];
    RecFrame f;
    f.frame = frames[i];
    f.code = sf.code;
    f.kind = sf.kind;
    f.unit = sf.unit;
    f.depth = sf.stack_depth;
    f.globals = Value(reinterpret_cast<Object*>(frames[i]->globals));
    f.builtins = frames[i]->builtins;
    f.slots.assign(size_t(f.code->slot_count + f.code->stack_size), i == 0 ? kNoId : b_.constEmpty());
    f.dirty.assign(f.slots.size(), false);
    if (sf.function != kNoId) f.function = import(sf.function, sf.function_owned);
    for (uint32_t j = 0; j < sf.slot_count; ++j) {
      const SnapSlot& slot = parent.snap_slots[sf.first_slot + j];
      f.slots[slot.slot] = slot.value == kNoId ? b_.constEmpty() : import(slot.value, slot.owned);
      f.dirty[slot.slot] = true;
    }
    if (f.kind == SnapFrameKind::kGenerator)
      for (size_t j = 0; j < f.slots.size(); ++j)
        if (!f.dirty[j]) f.slots[j] = kNoId;
    while (f.suspended_depth < f.depth && !f.dirty[f.base() + f.suspended_depth]) ++f.suspended_depth;
    if (i == 0) entry_slots_.assign(f.slots.size(), kNoId);
    frames_.push_back(std::move(f));
  }
  // What the parent's exit gave back besides: the side trace does so first.
  bool dropped = false;
  for (uint32_t i = 0; i < snap.drop_count; ++i) {
    Id id = parent.extra[snap.first_drop + i];
    if (isConst(id)) continue;
    Ins ins{Op::k_drop_last};
    ins.a = import(id, true);
    b_.raw(ins);
    dropped = true;
  }
  start_unit_ = frames_.back().unit;
  start_depth_ = frames_.back().depth;
  next_unit_ = start_unit_;
  if (snap.raises) raise_point_ = std::make_unique<RaisePoint>();
  trace_->kind = TraceKind::kSide;
  trace_->code = frames_.back().code;
  trace_->unit = start_unit_;
  trace_->parent = parent.number;
  trace_->parent_exit = snapshot;
  if (dropped) b_.op(Op::k_guard_forced);
  snapshot_ = kNoSnapshot;
}

Recorder::~Recorder() {
  for (auto& c : candidates_) unwatch(&c->death);
  unwatchAll();
}

Id Recorder::slotId(RecFrame& f, uint32_t slot) {
  Id& id = f.slots[slot];
  if (id == kNoId && f.kind == SnapFrameKind::kGenerator) {
    id = b_.op(Op::k_load_attr, f.function, kNoId, kNoId, generatorSlotOffset(slot), Ty::kValue);
  } else if (id == kNoId) {
    if (entry_slots_[slot] == kNoId) {
      Ins ins{Op::k_slot, Ty::kValue};
      ins.imm = slot;
      entry_slots_[slot] = b_.raw(ins);
    }
    id = entry_slots_[slot];
  }
  return id;
}

void Recorder::setSlot(uint32_t slot, Id id) {
  top().slots[slot] = id;
  top().dirty[slot] = true;
}

void Recorder::push(Id id) {
  RecFrame& f = top();
  setSlot(f.base() + f.depth, id);
  ++f.depth;
}

void Recorder::pop(uint32_t n) {
  RecFrame& f = top();
  // What a generator's memory owns on its stack stays there until it returns.
  for (uint32_t i = 1; f.kind == SnapFrameKind::kGenerator && i <= n; ++i)
    if (!f.dirty[f.base() + f.depth - i]) abort(Abort::kUnsupported);
  for (uint32_t i = 0; i < n; ++i) candidate(peek(i), concrete(i));
  top().depth = uint16_t(top().depth - n);
  sp_ -= n;
}

void Recorder::refine(Id old, Id narrowed) {
  if (old == narrowed) return;
  for (RecFrame& f : frames_)
    for (Id& id : f.slots)
      if (id == old) id = narrowed;
}

// Notes that `id` may be leaving the frames: settleDrops decides when the instruction has run.
void Recorder::candidate(Id id, Value concrete) {
  Ty type = b_.typeOf(id);
  if (isConst(id) || (type != Ty::kValue && type != Ty::kObj)) return;
  id = b_.root(id);
  for (auto& c : candidates_)
    if (c->id == id) return;
  auto c = std::make_unique<Candidate>();
  c->id = id;
  c->concrete = concrete;
  if (concrete.isObject()) c->kind = concrete.asObject()->kind;
  c->death.invalidate = [](Dependent* self) { reinterpret_cast<Candidate*>(self)->died = true; };
  if (concrete.isObject() && !concrete.asObject()->immortal()) watchDeath(concrete.asObject(), &c->death);
  candidates_.push_back(std::move(c));
}

void Recorder::leafCandidate(Id id, Value concrete) {
  candidate(id, concrete);
  for (auto& c : candidates_)
    if (c->id == b_.root(id)) c->leaf = true;
}

bool Recorder::occurs(Id root_id) {
  for (RecFrame& f : frames_) {
    uint32_t live = f.base() + f.depth;
    for (uint32_t i = 0; i < live; ++i)
      if (f.slots[i] != kNoId && b_.root(f.slots[i]) == root_id) return true;
    if (f.function != kNoId && b_.root(f.function) == root_id) return true;
  }
  return false;
}

namespace {
// Instances that hold nothing but raw numbers: with the header's flags clear their death runs nothing.
bool holdsNumbersOnly(uint32_t kind) {
  if (kind < kKindFirstDynamic) return false;
  Shape* shape = kindInfo(kind).shape;
  if (!shape || shape->dictionary_mode || shape->type->slot_count != 0 || shape->type->basic_size != sizeof(Instance) ||
      shape->slot_count > shape->type->inline_capacity)
    return false;
  for (uint32_t i = 0; i < shape->slot_count; ++i)
    if (shape->slots[i].repr != Repr::kInt && shape->slots[i].repr != Repr::kFloat) return false;
  return true;
}
}  // namespace

// Whether the object is of this kind in every iteration, as far as it shows: it is known, or the slot of the entry frame that held
// it holds such a one again.
bool Recorder::staysOfKind(Id id, uint32_t kind) const {
  if (b_.knownKind(id) == kind) return true;
  const Ins& ins = b_.at(id);
  if (ins.op != Op::k_slot) return false;
  Id now = frames_.front().slots[ins.imm];
  return now != kNoId && !isConst(now) && b_.knownKind(now) == kind;
}

// Leaves when somebody waits for the object's death: weak references, finalizers, watchers.
void Recorder::guardPlainDeath(Id id, uint32_t kind) {
  if (b_.typeOf(id) == Ty::kValue) id = b_.op(Op::k_guard_nonempty, id);  // the slot may be unbound when the trace is entered
  Id object = b_.op(Op::k_guard_kind, id, kNoId, kNoId, kind);
  Id flags = b_.op(Op::k_and, b_.load(Field::k_object_header_type, object), b_.constInt(int64_t(kFlagsAtDeath)));
  b_.op(Op::k_guard_true, b_.op(Op::k_eq, flags, b_.constInt(0)));
}

// The instruction before has run: what it took out of the frames is dropped here, in front of the next one.
void Recorder::settleDrops() {
  std::vector<std::unique_ptr<Candidate>> left;
  left.swap(candidates_);
  pending_drops_.clear();
  struct Drop {
    Id id;
    bool last, leaf;
    uint32_t kind;
  };
  std::vector<Drop> drops;
  for (auto& c : left) {
    unwatch(&c->death);
    if (occurs(c->id)) continue;
    bool leaf = c->leaf || kindIsLeaf(b_.knownKind(c->id)) || b_.at(c->id).op == Op::k_box_wide;
    drops.push_back({c->id, c->died || c->temporary || leaf, leaf, c->kind});
  }
  for (size_t i = 0; i < drops.size(); ++i) {
    pending_drops_.clear();
    for (size_t j = i; j < drops.size(); ++j) pending_drops_.push_back(drops[j].id);
    snapshot_ = kNoSnapshot;
    auto [id, last, leaf, kind] = drops[i];
    if (!leaf && holdsNumbersOnly(kind) && staysOfKind(id, kind)) {
      guardPlainDeath(id, kind);
      last = leaf = true;
    }
    if (!last) {
      b_.op(Op::k_drop, id);
      continue;
    }
    size_t before = trace_->code_list.size();
    b_.op(Op::k_drop_last, id, kNoId, kNoId, leaf);
    if (leaf || trace_->code_list.size() == before) continue;
    b_.clobberAll();
    pending_drops_.erase(pending_drops_.begin());
    snapshot_ = kNoSnapshot;
    b_.op(Op::k_guard_forced);
  }
  pending_drops_.clear();
  snapshot_ = kNoSnapshot;
}

std::vector<Id*> Recorder::candidateIds() {
  std::vector<Id*> ids;
  for (auto& c : candidates_) ids.push_back(&c->id);
  return ids;
}

void Recorder::forgetCandidates(Id from) {
  std::erase_if(candidates_, [from](auto& c) {
    if (c->id < from) return false;
    unwatch(&c->death);
    return true;
  });
}

uint32_t Recorder::snapshot() {
  switch (mode_) {
    case Mode::kRaise: return buildSnapshot(top().unit, true);
    case Mode::kAfter: return buildSnapshot(next_unit_, false);
    default:
      if (snapshot_ == kNoSnapshot) snapshot_ = buildSnapshot(top().unit, false);
      return snapshot_;
  }
}

uint32_t Recorder::buildSnapshot(uint32_t unit, bool raises) {
  Snapshot snap{};
  snap.first_frame = uint32_t(trace_->snap_frames.size());
  snap.frame_count = uint32_t(frames_.size());
  snap.raises = raises;
  snap.bytecodes = mode_ == Mode::kBefore ? done_ : instructions_;
  for (size_t i = 0; i < frames_.size(); ++i) {
    RecFrame& f = frames_[i];
    bool entry = i == 0 || f.kind == SnapFrameKind::kGenerator;  // memory holds what is not listed
    SnapFrame sf{};
    sf.code = f.code;
    sf.function = f.function;
    sf.unit = i + 1 == frames_.size() ? unit : f.unit;
    sf.stack_depth = f.depth;
    sf.kind = f.kind;
    sf.first_slot = uint32_t(trace_->snap_slots.size());
    uint32_t live = f.base() + f.depth;
    for (uint32_t j = 0; j < live; ++j) {
      if (entry && !f.dirty[j]) continue;
      Id id = f.slots[j];
      bool empty = id == kNoId || b_.at(id).op == Op::k_const_empty;
      if (!entry && empty) continue;
      trace_->snap_slots.push_back({uint16_t(j), false, empty ? kNoId : id});
    }
    sf.slot_count = uint32_t(trace_->snap_slots.size()) - sf.first_slot;
    trace_->snap_frames.push_back(sf);
  }
  // What left the frames, but has not been dropped yet.
  snap.first_drop = uint32_t(trace_->extra.size());
  for (Id id : pending_drops_) trace_->extra.push_back(id);
  if (mode_ != Mode::kBefore)
    for (auto& c : candidates_)
      if (!occurs(c->id)) trace_->extra.push_back(c->id);
  snap.drop_count = uint32_t(trace_->extra.size()) - snap.first_drop;
  trace_->snapshots.push_back(snap);
  uint32_t number = uint32_t(trace_->snapshots.size() - 1);
  if (exitLayout(*trace_, number).words > kBufferWords) abort(Abort::kTooManyValues);
  return number;
}

bool Recorder::stopBefore(Abort why) {
  if (kind_ == TraceKind::kLoop || instructions_ <= 1) return abort(why);
  mode_ = Mode::kBefore;
  Ins ins{Op::k_exit};
  ins.snapshot = snapshot();
  b_.raw(ins);
  ending_ = Ending::kExit;
  return false;
}

bool Recorder::headerFits(RecFrame& f, uint32_t root) {
  for (auto [slot, type] : entryTypes(root)) {
    Id id = f.slots[slot];
    if (id == kNoId) continue;
    Ty have = b_.typeOf(id);
    bool raw = have != Ty::kValue && have != Ty::kObj;
    if (raw && have != type) return false;
  }
  return true;
}

bool Recorder::closeLoop() {
  RecFrame& f = top();
  for (uint32_t j = 0; j < f.base() + f.depth; ++j)
    if (f.dirty[j]) loop_slots_.push_back({uint16_t(j), entry_slots_[j], f.slots[j]});
  Ins ins{Op::k_jump};
  mode_ = Mode::kBefore;
  ins.snapshot = snapshot();
  b_.raw(ins);
  ending_ = Ending::kLoop;
  return false;
}

// A return from the frame that the trace was entered with: its contents go here, in the order of CPython's, so that
// whoever called the trace has nothing to do but to take the result.
bool Recorder::returnFromEntry() {
  RecFrame& f = top();
  bool function = f.kind == SnapFrameKind::kEntry && f.frame->owner == FrameOwner::kThread && f.frame->function &&
                  (f.code->flags & kCodeOptimized) && !(f.frame->flags & kFrameConstructor) && !f.frame->object;
  if (kind_ == TraceKind::kLoop) return abort(Abort::kLeftLoop);
  if (!function) return stopBefore(Abort::kLeftLoop);
  uint32_t result = f.base() + f.depth - 1u;
  if (result >= f.slots.size()) return stopBefore(Abort::kLeftLoop);
  Id word = boxed(slotId(f, result));
  setSlot(result, word);
  for (uint32_t i = 0; i < result; ++i) {
    Value content = f.frame->slots[i];
    if (f.slots[i] == kNoId) {
      // Untouched: a function's own slots, but for its parameters, are empty when it is entered.
      if (kind_ == TraceKind::kFunction && content.empty() && i >= uint32_t(f.code->arg_count)) continue;
      Id memory = slotId(f, i);
      if (content.empty()) {
        b_.op(Op::k_guard_empty, memory);
        continue;
      }
    }
    candidate(f.slots[i], content);
  }
  // Who dies is known from the counts: the frame is about to give its references back.
  for (auto& c : candidates_) {
    if (c->temporary || !c->concrete.isObject()) continue;
    uint32_t held = 0;
    for (uint32_t i = 0; i <= result; ++i) held += f.frame->slots[i] == c->concrete;
    c->died = held >= c->concrete.asObject()->count;
  }
  // The result stands alone on the stack, at its bottom.
  for (uint32_t i = 0; i < f.base() + f.depth; ++i)
    if (f.slots[i] != kNoId && b_.at(f.slots[i]).op != Op::k_const_empty) setSlot(i, b_.constEmpty());
  f.depth = 1;
  setSlot(f.base(), word);
  mode_ = Mode::kBefore;
  snapshot_ = kNoSnapshot;
  settleDrops();
  Ins ins{Op::k_ret};
  ins.snapshot = snapshot();
  b_.raw(ins);
  ending_ = Ending::kExit;
  return false;
}

bool Recorder::step(Frame* frame, Cell* pc, Value* sp) {
  if (aborted()) return false;
  if (broken_) return abort(Abort::kInvalidated);
  sp_ = sp;
  followed_ = {};
  RecFrame& f = top();
  if (f.frame == nullptr) f.frame = frame;
  uint32_t unit = uint32_t(pc - f.code->cells);
  done_ = instructions_;
  raise_point_.reset();
  raise_ambiguous_ = false;
  if (fork_ && (f.frame != frame || !resolveFork(unit))) return abort(Abort::kNotFollowed);
  if (f.frame != frame || unit != next_unit_ || sp != frame->stackBase() + f.depth) return abort(Abort::kNotFollowed);
  f.unit = unit;
  mode_ = Mode::kBefore;
  settleDrops();
  if (check_method_word_) checkMethodWord();
  if (b_.impossible()) return abort(Abort::kImpossible);
  if (instructions_ > 0 && frames_.size() == 1 && frame == start_frame_) {
    if (kind_ == TraceKind::kLoop && unit == start_unit_ && f.depth == start_depth_) return closeLoop();
    // Twice through the header of an outer loop would be to unroll it: that loop gets a trace of its own.
    if (jumped_back_ && kind_ != TraceKind::kLoop && !loopTraceAt(f.code, unit)) {
      if (std::find(headers_.begin(), headers_.end(), unit) != headers_.end()) return stopBefore(Abort::kInnerLoop);
      headers_.push_back(unit);
    }
    jumped_back_ = false;
    if (uint32_t root = loopTraceAt(f.code, unit)) {
      if (kind_ == TraceKind::kLoop) return abort(Abort::kInnerLoop);
      // Where the loop was compiled for other types, its entry would leave at once: another version starts from this exit.
      if (!headerFits(f, root)) return stopBefore(Abort::kTypesUnstable);
      Ins ins{Op::k_link};
      ins.snapshot = snapshot();
      ins.imm = root;
      b_.raw(ins);
      ending_ = Ending::kLink;
      link_target_ = root;
      return false;
    }
  }
  if (++instructions_ > parameters().trace_limit || trace_->code_list.size() > parameters().ir_limit) return abort(Abort::kTooLong);
  uint8_t op = uint8_t(genericOp(pc));
  next(unit + 1 + kOpcodeInfo[op].caches);
  bool more = dispatch(op, pc->arg, pc);
  watchConstants();
  if (b_.impossible()) return abort(Abort::kImpossible);
  return more && !aborted();
}

std::string Recorder::where() const {
  const RecFrame& f = frames_.back();
  const char* name = kOpcodeInfo[genericOp(&f.code->cells[f.unit])].name;
  return placeName(f.code, f.unit) + ", " + (name ? name : "?");
}

void Recorder::noteTemporary(Id word) {
  auto c = std::make_unique<Candidate>();
  c->id = word;
  c->temporary = true;
  candidates_.push_back(std::move(c));
}

}  // namespace krait::jit
