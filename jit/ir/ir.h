// The trace IR: linear SSA of typed operations with snapshots for its exits.
//
// A trace is a list of instructions. An operand is an Id: an instruction's index, or a constant's index with kConstBit.
// Constants are hash-consed in their own list. A looping trace looks like this:
//
//     slots, preamble        the peeled first iteration: invariant guards and loads
//     loop                   header
//     phis                   what changes from iteration to iteration
//     body
//     jump                   back edge: phi operand b of each phi
//
// A side trace starts with `input`s from the exit buffer of its parent; a trace that does not loop ends with exit or link.
// The text form (print.cpp, parse.cpp) is complete: it parses back to the same trace.
#pragma once
#include <cstdint>
#include <vector>
#include "runtime/core/value.h"

namespace krait {
struct Code;
}

namespace krait::jit {

enum class Ty : uint8_t { kNone, kBool, kI64, kI128, kF64, kValue, kObj };

enum class Op : uint8_t {
#define IR_OP(name, result, operands, effects, sentence) k_##name,
#include "jit/ir/ops.def"
#undef IR_OP
  kCount_
};

enum Effect : uint8_t { kPure, kGuard, kLoad, kStore, kCall, kControl, kCount };

struct OpInfo {
  const char* name;
  const char* result;    // as in ops.def
  const char* operands;
  Effect effect;
  const char* sentence;
};
extern const OpInfo kOps[];
inline const OpInfo& info(Op op) { return kOps[int(op)]; }

enum class Field : uint16_t {
#define FIELD(name, Struct, member, type, mutability) k_##name,
#include "jit/ir/fields.def"
#undef FIELD
  kCount_
};
enum Mutability : uint8_t { kConstant, kMutable, kInline };
struct FieldInfo {
  const char* name;
  uint32_t offset;
  Ty type;
  Mutability mutability;
};
extern const FieldInfo kFields[];

// Effects of helpers, combined with |.
enum HelperEffect : uint16_t {
  kHelperPure = 1 << 0,       // no effects, result depends on the operands and immutable objects: CSE
  kHelperReads = 1 << 1,      // reads the heap, writes nothing
  kHelperWrites = 1 << 2,     // may write any heap field (but runs no Python code)
  kHelperRaises = 1 << 3,     // an empty (or negative, see row) result means that an exception is set
  kHelperRuns = 1 << 4,       // may run any Python code: everything may change, frames may be looked at, polls after
  kHelperOwned = 1 << 5,      // the result is a new reference
  kHelperAllocates = 1 << 6,  // only allocates: does not change existing objects
  kHelperListWrites = 1 << 7, // writes list contents and sizes only
  kHelperDictWrites = 1 << 8, // writes the contents and sizes of dicts and sets only
};
enum class Helper : uint16_t {
#define HELPER(name, function, result, arguments, effects, stolen) k_##name,
#include "jit/ir/helpers.def"
#undef HELPER
  kCount_
};
struct HelperInfo {
  const char* name;
  void* function;
  Ty result;
  const char* arguments;  // a letter an operand: t Thread* (implicit, not an operand), v, o, i, f, b, w i128 as two
                          // words, p a pointer constant, * the remaining values as an array
  uint16_t effects;
  uint8_t stolen;         // bit i: the reference of operand i (thread not counted) is taken over
};
extern const HelperInfo kHelpers[];

using Id = uint32_t;
inline constexpr Id kNoId = 0;              // instruction 0 is never an operand (a `loop`-less filler)
inline constexpr Id kConstBit = 0x8000'0000;
inline constexpr Id kVirtualBit = 0x4000'0000;  // in snapshots and virtuals only: index into Trace::virtuals
inline bool isConst(Id id) { return (id & kConstBit) != 0; }
inline bool isVirtual(Id id) { return (id & kVirtualBit) != 0 && !isConst(id); }

// Flag in the immediate of `input`: the parent hands over a reference with the word.
inline constexpr uint64_t kInputOwned = uint64_t(1) << 32;

inline constexpr uint32_t kNoSnapshot = ~uint32_t(0);

struct Ins {
  Op op;
  Ty type = Ty::kNone;
  uint16_t extra_count = 0;        // call: number of operands, in Trace::extra from `a`
  Id a = kNoId, b = kNoId, c = kNoId;
  uint32_t snapshot = kNoSnapshot;
  uint64_t imm = 0;                // field, kind, helper, offset, slot number, literal
};

// What fills one slot of a frame that an exit rebuilds. Slots of the entry frame that are not listed are still in its
// memory, untouched; slots of inlined frames that are not listed are empty.
struct SnapSlot {
  uint16_t slot;        // index into Frame::slots (locals, cells, free variables, then the value stack)
  bool owned;           // the trace owns a reference that moves into the slot; otherwise the exit adds one (opt/refcount decides)
  Id value;             // kNoId: the slot is empty (unbound); may be virtual
};
// kOperator: the left operand's method of BINARY_OP or COMPARE_OP; the operands wait on the caller's stack for its answer.
enum class SnapFrameKind : uint8_t { kEntry, kInlined, kConstructor, kGenerator, kOperator };
struct SnapFrame {
  Code* code;
  Id function;          // inlined frames: the Function (constant or instruction); generators: the generator object
  uint32_t unit;        // code unit at which the interpreter resumes in this frame (callers: the call instruction that waits)
  uint16_t stack_depth; // live words on the value stack
  SnapFrameKind kind;
  bool function_owned;
  uint32_t first_slot, slot_count;  // in Trace::snap_slots
};
struct Snapshot {
  uint32_t first_frame, frame_count;  // in Trace::snap_frames, outermost first
  uint32_t first_drop = 0, drop_count = 0;  // in Trace::extra: owned values that the exit releases once the frames stand
  uint32_t bytecodes = 0;  // executed before it, from the trace's beginning or the loop's header on: for --jit-stats
  bool raises = false;  // an exception is set: unwind at the innermost frame's unit instead of resuming there
};

enum class VirtualKind : uint8_t { kTuple, kList, kSlice, kMethod, kCell };
struct Virtual {        // an object that only exits build
  VirtualKind kind;
  uint32_t first, count;  // its fields, in Trace::extra
};

enum class TraceKind : uint8_t { kLoop, kFunction, kSide };

// What a trace counts of itself for --jit-stats.
struct TraceCounters {
  uint64_t entries = 0;
  uint64_t passes = 0;     // of the loop's header
  uint64_t bytecodes = 0;  // executed up to its exits, those of whole passes not counted
};

struct Trace {
  uint32_t number = 0;             // shown to users; roots and side traces alike
  TraceKind kind = TraceKind::kLoop;
  Code* code = nullptr;            // where it starts
  uint32_t unit = 0;
  uint32_t parent = 0, parent_exit = 0;  // side traces
  std::vector<Ins> code_list;      // [0] is a filler
  std::vector<Ins> constants;
  std::vector<__int128> wide_constants;
  std::vector<Id> extra;           // operands of calls, fields of virtuals
  std::vector<Snapshot> snapshots;
  std::vector<SnapFrame> snap_frames;
  std::vector<SnapSlot> snap_slots;
  std::vector<Virtual> virtuals;
  Id loop = kNoId;                 // index of the loop instruction; kNoId: does not loop
  TraceCounters* counters = nullptr;  // --jit-stats

  Ins& at(Id id) { return isConst(id) ? constants[id & ~kConstBit] : code_list[id]; }
  const Ins& at(Id id) const { return isConst(id) ? constants[id & ~kConstBit] : code_list[id]; }
  Ty typeOf(Id id) const { return at(id).type; }
};

// Words of the array that calls of the trace pass, and leave their results in.
inline uint32_t arrayWords(const Trace& trace) {
  uint32_t words = 0;
  for (const Ins& ins : trace.code_list) {
    if (ins.op == Op::k_result && ins.imm >= words) words = uint32_t(ins.imm) + 1;
    if (ins.op == Op::k_call && ins.extra_count > words) words = ins.extra_count;
  }
  return words;
}

}  // namespace krait::jit
