// What the immediate of an operation is: printer, parser, verifier and backends agree through this one function.
#pragma once
#include "jit/ir/ir.h"

namespace krait::jit {

enum class Immediate : uint8_t {
  kNone,
  kNumber,     // slot, word, offset, trace: a plain number
  kConstant,   // of a constant row
  kField,      // index into kFields
  kArray,      // index into kFields, an array (type none)
  kKind,       // a kind of runtime/core/kind.h
  kType,       // Type*
  kAddress,    // of a word
  kHelper,     // index into kHelpers
};
Immediate immediateOf(Op op);

// Operands in the order of the row's letters: letter, and the operand's place (0 a, 1 b, 2 c). Calls ("...") have none here.
struct OperandRow {
  char letter[3];
  uint8_t place[3];
  int count = 0;
  bool immediate = false;
  bool variable = false;
};
const OperandRow& operandsOf(Op op);
inline Id& operand(Ins& ins, int place) { return place == 0 ? ins.a : place == 1 ? ins.b : ins.c; }
inline Id operand(const Ins& ins, int place) { return place == 0 ? ins.a : place == 1 ? ins.b : ins.c; }

inline bool isConstantOp(Op op) { return op <= Op::k_const_empty; }
// Leaves through its snapshot, or may: the snapshot must be there.
inline bool needsSnapshot(Op op) {
  return info(op).effect == kGuard || op == Op::k_exit || op == Op::k_ret || op == Op::k_link;
}

const char* tyName(Ty type);           // "i64", ...; "none"
bool tyFromName(const char* name, size_t length, Ty* out);
Ty resultType(Op op);                  // kNone for rows with none, same or any

}  // namespace krait::jit
