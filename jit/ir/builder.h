// The builder: the only way by which instructions get into a trace, for the recorder and for loop peeling alike.
//
// op() folds, finds common subexpressions and forwards memory while it emits, from what it knows at this point of the
// linear code: ranges of ints, kinds of objects, contents of fields. So peeling is nothing but building the same
// instructions once more with other operands: what the first iteration proved vanishes from the loop.
//
// Knowledge about memory and about kinds that can change dies where an instruction may change it; see clobber().
// A guard that can never hold makes the trace impossible(): the caller gives it up.
#pragma once
#include <initializer_list>
#include <boost/unordered/unordered_flat_map.hpp>
#include "jit/ir/ir.h"

namespace krait::jit {

struct IntRange {
  __int128 low, high;
  bool within(__int128 l, __int128 h) const { return low >= l && high <= h; }
  bool constant() const { return low == high; }
};
inline constexpr __int128 kI64Min = INT64_MIN, kI64Max = INT64_MAX;
inline constexpr __int128 kWideMax = ~((__int128)1 << 127);
inline constexpr __int128 kWideMin = (__int128)1 << 127;

// Gives the snapshot for a guard that is about to be emitted.
class SnapshotSource {
 public:
  virtual uint32_t snapshot() = 0;

 protected:
  ~SnapshotSource() = default;
};

class Builder {
 public:
  Builder(Trace& trace, SnapshotSource& snapshots);
  // Goes on with what `known` knows, in a copy of its trace.
  Builder(const Builder& known, Trace& trace, SnapshotSource& snapshots);

  Trace& trace() { return trace_; }
  const Trace& trace() const { return trace_; }
  bool impossible() const { return impossible_; }
  void setImpossible() { impossible_ = true; }

  Id constInt(int64_t i) { return constant(Op::k_const_int, Ty::kI64, uint64_t(i)); }
  Id constWide(__int128 i);
  Id constFloat(double d) { return constant(Op::k_const_float, Ty::kF64, std::bit_cast<uint64_t>(d)); }
  Id constBool(bool b) { return constant(Op::k_const_bool, Ty::kBool, b); }
  Id constValue(Value v) { return constant(Op::k_const_value, v.isObject() ? Ty::kObj : Ty::kValue, v.bits); }
  Id constEmpty() { return constant(Op::k_const_empty, Ty::kValue, 0); }

  // Emits (or finds) an operation. `type` is needed where the row says `any`.
  Id op(Op op, Id a = kNoId, Id b = kNoId, Id c = kNoId, uint64_t imm = 0, Ty type = Ty::kNone);
  Id load(Field field, Id object) { return op(Op::k_load, object, kNoId, kNoId, uint64_t(field), kFields[int(field)].type); }
  void store(Field field, Id object, Id v) { op(Op::k_store, object, v, kNoId, uint64_t(field)); }
  Id call(Helper helper, std::initializer_list<Id> operands) { return call(helper, operands.begin(), operands.size()); }
  Id call(Helper helper, const Id* operands, size_t count);
  // Appends without folding (structure: slot, input, loop, phi, jump, exit).
  Id raw(const Ins& ins);

  // --- knowledge ---
  // The value behind guards that only narrow it.
  Id root(Id id) const;
  IntRange range(Id id) const;
  void refine(Id id, IntRange range);           // intersects
  uint32_t knownKind(Id id) const;              // kKindNone: not known
  void learnKind(Id id, uint32_t kind);
  // What the field of a new object holds.
  void learnContent(Field field, Id object, Id content);
  Id asObject(Id id) const;                     // an id of type obj for the same word; kNoId: none is known
  bool isConstant(Id id) const { return isConst(id); }
  bool constantInt(Id id, __int128* out) const; // i64 and i128 constants
  bool constantFloat(Id id, double* out) const;
  bool constantBool(Id id, bool* out) const;
  Value constantValue(Id id) const;             // empty when it is not a const_value
  const Ins& at(Id id) const { return trace_.at(id); }
  Ty typeOf(Id id) const { return trace_.typeOf(id); }
  // Forgets what a helper with these effects may change.
  void clobber(uint16_t helper_effects);
  void clobberAll();
  // Memory that held `old` holds a loop variable from here on.
  void carry(Id old, Id phi);
  // Takes back the instructions from `size` on, and what was learned of them and of `answer`, whose check they were.
  void rollback(Id size, Id answer);
  void setRange(Id id, IntRange range) { ranges_[id] = range; }

 private:
  friend Id fold(Builder& b, Ins& ins, bool* done);
  struct Key {
    uint64_t w0, w1, w2;
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    size_t operator()(const Key& k) const {
      uint64_t h = k.w0 * 0x9E3779B97F4A7C15u ^ (k.w1 + 0x632BE59BD9B4E019u) * 0xD6E8FEB86659FD93u ^ k.w2 * 0xC2B2AE3D27D4EB4Fu;
      return h ^ (h >> 29);
    }
  };
  struct Memory {       // what a field of an object holds
    Op op;              // the load operation
    Ty type;
    Id object, index;
    uint64_t imm;
    Id content;
  };

  Id constant(Op op, Ty type, uint64_t imm);
  Id append(const Ins& ins);
  Id loadFrom(Ins ins);
  Id storeTo(Ins ins);
  Id changeKind(const Ins& ins);
  bool mayAlias(const Memory& m, const Ins& store) const;
  IntRange rangeOf(const Ins& ins) const;
  void learn(Id id, const Ins& ins);

  Trace& trace_;
  SnapshotSource& snapshots_;
  bool impossible_ = false;
  boost::unordered_flat_map<Key, Id, KeyHash> seen_;       // pure operations and guards
  boost::unordered_flat_map<Key, Id, KeyHash> constants_;
  boost::unordered_flat_map<Id, IntRange> ranges_;
  boost::unordered_flat_map<Id, uint32_t> kinds_;          // by root
  boost::unordered_flat_map<Id, Id> objects_;              // root of type value -> a guard's result, of type obj
  std::vector<Memory> memory_;
};

// jit/opt/fold.cpp: the rules. Returns the replacing id with *done set, or leaves `ins` (possibly changed) to be emitted.
// A guard that vanishes gives the id of what it guards (or kNoId for guards without a result).
Id fold(Builder& b, Ins& ins, bool* done);

// Whether a kind can be changed under an object that has it (lists, instances): facts about it die at writes.
bool kindCanChange(uint32_t kind);

}  // namespace krait::jit
