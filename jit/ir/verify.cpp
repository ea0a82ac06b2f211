// The rules of the IR, one function a rule family: structure, operands, result types, snapshots, constants.
//
// A backend may rely on every rule here without looking: a verified trace compiles.
#include "jit/ir/verify.h"
#include <cstring>
#include "jit/ir/exit_layout.h"
#include "jit/ir/immediate.h"
#include "jit/trace/activation.h"
#include "runtime/code/code.h"

namespace krait::jit {
namespace {

bool isBoxed(Ty type) { return type == Ty::kValue || type == Ty::kObj; }
bool isInt(Ty type) { return type == Ty::kI64 || type == Ty::kI128; }

class Verifier {
 public:
  explicit Verifier(const Trace& trace) : trace_(trace), checked_(trace.snapshots.size()) {}

  std::vector<Complaint> run() {
    if (trace_.code_list.size() < 2) complain(kNoId, "the trace is empty");
    for (uint32_t i = 0; i < trace_.constants.size(); ++i) constant(i);
    for (uint32_t i = 0; i < trace_.virtuals.size(); ++i) virtualObject(i);
    structure();
    for (id_ = 1; id_ < trace_.code_list.size(); ++id_) instruction(trace_.code_list[id_]);
    id_ = kNoId;
    for (uint32_t i = 0; i < trace_.snapshots.size(); ++i)
      if (!checked_[i]) snapshot(i, Id(trace_.code_list.size()));
    return std::move(complaints_);
  }

 private:
  void complain(Id id, const std::string& text) { complaints_.push_back({id, text}); }
  void complain(const std::string& text) { complain(id_, text); }

  // --- structure: preamble, loop, phis, body, jump; or a line that ends with exit or link ---
  void structure() {
    Id last = Id(trace_.code_list.size()) - 1, loop = kNoId;
    bool phis_may_follow = false;
    for (Id id = 1; id <= last; ++id) {
      Op op = trace_.code_list[id].op;
      if (op == Op::k_loop) {
        if (loop != kNoId) complain(id, "a trace has one loop");
        loop = id;
      } else if (op == Op::k_phi && !phis_may_follow) {
        complain(id, "phis stand right behind the loop");
      } else if ((op == Op::k_slot || op == Op::k_input) && loop != kNoId) {
        complain(id, std::string(info(op).name) + " belongs in front of the loop");
      } else if ((op == Op::k_jump || op == Op::k_exit || op == Op::k_ret || op == Op::k_link) && id != last) {
        complain(id, std::string(info(op).name) + " ends a trace");
      }
      phis_may_follow = op == Op::k_loop || (op == Op::k_phi && phis_may_follow);
    }
    if (trace_.loop != loop) complain(kNoId, "Trace::loop is not the index of the loop instruction");
    Op end = trace_.code_list.size() > 1 ? trace_.code_list[last].op : Op::kCount_;
    if (loop != kNoId && end != Op::k_jump) complain(last, "a looping trace ends with jump");
    if (loop == kNoId && end != Op::k_exit && end != Op::k_ret && end != Op::k_link)
      complain(last, "a trace ends with jump, exit, ret or link");
  }

  // --- operands ---
  void instruction(const Ins& ins) {
    if (isConstantOp(ins.op)) return complain("constants live in Trace::constants");
    size_t before = complaints_.size();
    operands(ins);
    immediate(ins);
    if (complaints_.size() != before) return;  // types of broken operands say nothing
    result(ins);
    rowRules(ins);
    if (ins.snapshot == kNoSnapshot) {
      if (needsSnapshot(ins.op)) complain(std::string(info(ins.op).name) + " needs a snapshot");
    } else if (ins.snapshot >= trace_.snapshots.size()) {
      complain("there is no snapshot s" + std::to_string(ins.snapshot));
    } else {
      snapshot(ins.snapshot, id_);
    }
  }

  // Whether an operand is there and defined before `limit`.
  bool defined(Id id, Id limit, const std::string& what) {
    if (isConst(id)) {
      if ((id & ~kConstBit) < trace_.constants.size()) return true;
      complain(what + " is a constant that does not exist");
      return false;
    }
    if (id == kNoId) {
      complain(what + " is missing");
      return false;
    }
    if (isVirtual(id)) {
      complain(what + " is a virtual object: only snapshots hold them");
      return false;
    }
    if (id >= trace_.code_list.size()) {
      complain(what + " does not exist");
      return false;
    }
    if (id >= limit) {
      complain(what + ", %" + std::to_string(id) + ", is used before it is defined");
      return false;
    }
    if (trace_.typeOf(id) == Ty::kNone) {
      complain(what + ", %" + std::to_string(id) + ", has no result");
      return false;
    }
    return true;
  }

  void operands(const Ins& ins) {
    const OperandRow& row = operandsOf(ins.op);
    if (row.variable) return callOperands(ins);
    Ty common = Ty::kNone;
    bool present[3] = {};
    for (int i = 0; i < row.count; ++i) {
      present[row.place[i]] = true;
      std::string what = std::string("operand ") + "abc"[row.place[i]];
      Id id = operand(ins, row.place[i]);
      bool back_edge = ins.op == Op::k_phi && i == 1;
      if (!defined(id, back_edge ? Id(trace_.code_list.size()) : id_, what)) continue;
      Ty type = trace_.typeOf(id);
      if (!letterFits(row.letter[i], id, type)) {
        complain(what + " has type " + tyName(type) + ", the row says " + row.letter[i]);
      } else if (row.letter[i] == 'i') {
        if (common != Ty::kNone && common != type) complain("the ints have different types");
        common = type;
      }
    }
    for (int place = 0; place < 3; ++place)
      if (!present[place] && operand(ins, place) != kNoId) complain(std::string("operand ") + "abc"[place] + " is too much");
  }
  bool letterFits(char letter, Id id, Ty type) const {
    switch (letter) {
      case 'i': return isInt(type);
      case 'l': return type == Ty::kI64;
      case 'w': return type == Ty::kI128;
      case 'f': return type == Ty::kF64;
      case 'b': return type == Ty::kBool;
      case 'v': return isBoxed(type);
      case 'o': return type == Ty::kObj;
      case 'c': return isConst(id) && trace_.at(id).op == Op::k_const_int;
      default: return type != Ty::kNone;
    }
  }
  void callOperands(const Ins& ins) {
    if (ins.imm >= uint64_t(Helper::kCount_)) return complain("there is no such helper");
    if (ins.a + ins.extra_count > trace_.extra.size()) return complain("the operands lie outside of Trace::extra");
    const HelperInfo& helper = kHelpers[ins.imm];
    uint32_t i = 0;
    for (const char* letter = helper.arguments; *letter; ++letter) {
      if (*letter == 't') continue;
      if (*letter == '*') {
        for (; i < ins.extra_count; ++i) {
          std::string what = "operand " + std::to_string(i);
          Id id = trace_.extra[ins.a + i];
          if (defined(id, id_, what) && !isBoxed(trace_.typeOf(id)))
            complain(what + " of " + helper.name + " is no boxed value");
        }
        break;
      }
      if (i == ins.extra_count) return complain(std::string(helper.name) + " wants more operands");
      std::string what = "operand " + std::to_string(i);
      Id id = trace_.extra[ins.a + i++];
      if (!defined(id, id_, what)) continue;
      Ty type = trace_.typeOf(id);
      bool fits = *letter == 'i' ? type == Ty::kI64 : *letter == 'p' ? isConst(id) && type != Ty::kI128 : letterFits(*letter, id, type);
      if (!fits) complain(what + " has type " + tyName(type) + ", " + helper.name + " says " + *letter);
    }
    if (i != ins.extra_count) complain(std::string(helper.name) + " wants " + std::to_string(i) + " operands");
  }

  void immediate(const Ins& ins) {
    switch (immediateOf(ins.op)) {
      case Immediate::kField:
        if (ins.imm >= uint64_t(Field::kCount_)) return complain("there is no such field");
        if (kFields[ins.imm].type == Ty::kNone) complain(std::string(kFields[ins.imm].name) + " is an array");
        return;
      case Immediate::kArray:
        if (ins.imm >= uint64_t(Field::kCount_)) return complain("there is no such field");
        if (kFields[ins.imm].type != Ty::kNone) complain(std::string(kFields[ins.imm].name) + " is not an array");
        return;
      case Immediate::kKind:
        if (ins.imm == 0 || ins.imm >> 32) complain("there is no such kind");
        return;
      case Immediate::kType:
      case Immediate::kAddress:
        if (ins.imm == 0) complain("the address is null");
        return;
      default: return;
    }
  }

  // --- result types ---
  void result(const Ins& ins) {
    std::string_view row = info(ins.op).result;
    if (row == "same") {
      if (ins.type != trace_.typeOf(ins.a)) complain(std::string("the result has the type of operand a, ") + tyName(trace_.typeOf(ins.a)));
    } else if (row != "any") {
      if (ins.type != resultType(ins.op)) complain(std::string("the result has type ") + tyName(resultType(ins.op)));
    } else if (!anyFits(ins)) {
      complain(std::string("the result cannot have type ") + tyName(ins.type));
    }
  }
  bool anyFits(const Ins& ins) const {
    switch (ins.op) {
      case Op::k_phi: {  // an object is a word too; a word need not be an object
        auto fits = [&](Id id) { return trace_.typeOf(id) == ins.type || (ins.type == Ty::kValue && trace_.typeOf(id) == Ty::kObj); };
        return ins.type != Ty::kNone && fits(ins.a) && fits(ins.b);
      }
      case Op::k_select: return ins.type != Ty::kNone && trace_.typeOf(ins.b) == ins.type && trace_.typeOf(ins.c) == ins.type;
      case Op::k_unbox_wide: return isInt(ins.type);
      case Op::k_load: return sameClass(kFields[ins.imm].type, ins.type);
      case Op::k_call: return sameClass(kHelpers[ins.imm].result, ins.type);
      case Op::k_input: return ins.type != Ty::kNone;
      case Op::k_load_attr:
      case Op::k_load_far:
      case Op::k_load_item: return isWord(ins.type);
      default: return true;
    }
  }
  static bool isWord(Ty type) { return isBoxed(type) || type == Ty::kI64 || type == Ty::kF64; }
  static bool sameClass(Ty a, Ty b) { return a == b || (isBoxed(a) && isBoxed(b)); }

  // --- what single rows demand beyond their letters ---
  void rowRules(const Ins& ins) {
    switch (ins.op) {
      case Op::k_store:
        if (!sameClass(kFields[ins.imm].type, trace_.typeOf(ins.b))) complain("the field holds another type");
        return;
      case Op::k_store_attr:
      case Op::k_store_far:
        if (!isWord(trace_.typeOf(ins.b))) complain("attribute slots hold words: value, i64 or f64");
        return;
      case Op::k_store_item:
        if (!isWord(trace_.typeOf(ins.c))) complain("items are words: value, i64 or f64");
        return;
      case Op::k_input:
        if ((ins.imm & ~kInputOwned) >= kBufferWords) complain("the exit buffer has no such word");
        return;
      case Op::k_result: {
        bool leaves_words = !isConst(ins.a) && trace_.at(ins.a).op == Op::k_call &&
                            strchr(kHelpers[trace_.at(ins.a).imm].arguments, '*');
        if (!leaves_words) complain("operand a is no call that leaves results");
        return;
      }
      default: return;
    }
  }

  // --- snapshots ---
  void snapshot(uint32_t index, Id limit) {
    const Snapshot& snap = trace_.snapshots[index];
    std::string where = "s" + std::to_string(index);
    if (!checked_[index]) {
      checked_[index] = true;
      if (!snapshotInside(snap)) return complain(where + " lies outside of its tables");
      if (snap.frame_count == 0) complain(where + " has no frame");
      for (uint32_t f = 0; f < snap.frame_count; ++f) frame(trace_.snap_frames[snap.first_frame + f], f, where);
      for (uint32_t d = 0; d < snap.drop_count; ++d) drop(trace_.extra[snap.first_drop + d], where);
    }
    if (!snapshotInside(snap)) return;
    // Exit blocks are shared by all guards of a snapshot, so its values must be there at each of them.
    ExitLayout layout = exitLayout(trace_, index);
    for (const ExitValue& v : layout.values) {
      if (v.id >= trace_.code_list.size()) complain(where + " holds a value that does not exist");
      else if (v.id >= limit) complain(where + " holds %" + std::to_string(v.id) + ", which is not defined yet");
      else if (v.type == Ty::kNone) complain(where + " holds %" + std::to_string(v.id) + ", which has no result");
    }
    if (layout.words > kBufferWords) complain(where + " needs more words than the exit buffer has");
  }
  bool snapshotInside(const Snapshot& snap) const {
    if (uint64_t(snap.first_frame) + snap.frame_count > trace_.snap_frames.size()) return false;
    if (uint64_t(snap.first_drop) + snap.drop_count > trace_.extra.size()) return false;
    for (uint32_t d = 0; d < snap.drop_count; ++d)
      if (!inside(trace_.extra[snap.first_drop + d])) return false;
    for (uint32_t f = 0; f < snap.frame_count; ++f) {
      const SnapFrame& frame = trace_.snap_frames[snap.first_frame + f];
      if (uint64_t(frame.first_slot) + frame.slot_count > trace_.snap_slots.size()) return false;
      if (!inside(frame.function)) return false;
      for (uint32_t s = 0; s < frame.slot_count; ++s)
        if (!inside(trace_.snap_slots[frame.first_slot + s].value)) return false;
    }
    return true;
  }
  bool inside(Id id) const {
    if (isConst(id)) return (id & ~kConstBit) < trace_.constants.size();
    if (isVirtual(id)) return (id & ~kVirtualBit) < trace_.virtuals.size() && !broken_virtuals_;
    return id < trace_.code_list.size();
  }
  void frame(const SnapFrame& frame, uint32_t depth, const std::string& where) {
    if ((frame.kind == SnapFrameKind::kEntry) != (depth == 0)) complain(where + ": the outermost frame, and only it, is the entry's");
    bool inlined = frame.kind != SnapFrameKind::kEntry && frame.kind != SnapFrameKind::kGenerator;
    if (inlined && frame.function == kNoId) complain(where + ": an inlined frame has a function");
    if (frame.code && frame.stack_depth > frame.code->stack_size) complain(where + ": the stack is deeper than the code allows");
    uint32_t words = frame.code ? uint32_t(frame.code->slot_count) + frame.stack_depth : ~uint32_t(0);
    int last = -1;
    for (uint32_t i = 0; i < frame.slot_count; ++i) {
      const SnapSlot& slot = trace_.snap_slots[frame.first_slot + i];
      if (slot.slot >= words) complain(where + ": slot " + std::to_string(slot.slot) + " is outside of the frame");
      if (int(slot.slot) <= last) complain(where + ": slots stand in order, each once");
      last = slot.slot;
      if (slot.owned && (slot.value == kNoId || isConst(slot.value))) complain(where + ": a constant or empty slot owns nothing");
      if (slot.owned && slot.value != kNoId && !isConst(slot.value) && !isVirtual(slot.value) && !isBoxed(trace_.typeOf(slot.value)))
        complain(where + ": an unboxed number owns nothing");
    }
  }

  void drop(Id id, const std::string& where) {
    bool owned = id != kNoId && !isConst(id) && !isVirtual(id) && isBoxed(trace_.typeOf(id));
    if (!owned) complain(where + ": drops are boxed values that the trace owns");
  }

  void virtualObject(uint32_t index) {
    const Virtual& v = trace_.virtuals[index];
    std::string what = "v" + std::to_string(index);
    if (uint64_t(v.first) + v.count > trace_.extra.size()) {
      broken_virtuals_ = true;
      return complain(kNoId, what + " lies outside of Trace::extra");
    }
    static constexpr uint32_t kFields[] = {0, 0, 3, 2, 1};  // by VirtualKind; 0: any number
    uint32_t wanted = kFields[int(v.kind)];
    if (wanted && v.count != wanted) complain(kNoId, what + " has " + std::to_string(wanted) + " fields");
    for (uint32_t i = 0; i < v.count; ++i) {
      Id id = trace_.extra[v.first + i];
      bool exists = isConst(id)     ? (id & ~kConstBit) < trace_.constants.size()
                    : isVirtual(id) ? (id & ~kVirtualBit) < trace_.virtuals.size()
                                    : id < trace_.code_list.size();
      if (exists) continue;
      broken_virtuals_ = true;
      complain(kNoId, what + " holds what does not exist");
    }
  }

  // --- constants ---
  void constant(uint32_t index) {
    const Ins& c = trace_.constants[index];
    std::string what = "constant " + std::to_string(index);
    Value v(c.imm);
    switch (c.op) {
      case Op::k_const_int:
        if (!isInt(c.type)) complain(kNoId, what + ": an int has type i64 or i128");
        return;
      case Op::k_const_wide:
        if (c.type != Ty::kI128 || c.imm >= trace_.wide_constants.size()) complain(kNoId, what + ": not a wide constant");
        return;
      case Op::k_const_float:
        if (c.type != Ty::kF64) complain(kNoId, what + ": a float has type f64");
        if (!Value(c.imm + kDoubleOffset).isDouble()) complain(kNoId, what + ": a NaN that cannot be boxed");
        return;
      case Op::k_const_bool:
        if (c.type != Ty::kBool || c.imm > 1) complain(kNoId, what + ": not a bool");
        return;
      case Op::k_const_value:
        if (v.empty()) complain(kNoId, what + ": the empty word is const_empty");
        else if (c.type != (v.isObject() ? Ty::kObj : Ty::kValue)) complain(kNoId, what + ": a boxed word has type value, an object obj");
        return;
      case Op::k_const_empty:
        if (c.type != Ty::kValue) complain(kNoId, what + ": the empty word has type value");
        return;
      default: complain(kNoId, what + " is not a constant");
    }
  }

  const Trace& trace_;
  std::vector<Complaint> complaints_;
  std::vector<bool> checked_;
  bool broken_virtuals_ = false;
  Id id_ = kNoId;
};

}  // namespace

std::vector<Complaint> verifyTrace(const Trace& trace) { return Verifier(trace).run(); }

}  // namespace krait::jit
