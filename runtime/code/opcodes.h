// The numbers, names and properties of CPython 3.11's instructions, as an enum and a table made from opcodes.def.
#pragma once
#include <cstdint>

namespace krait {

enum Opcode : uint16_t {
#define KRAIT_OPCODE(name, number, caches, argument, effect) op_##name = number,
#include "runtime/code/opcodes.def"
};

inline constexpr int kHaveArgument = 90;  // opcodes below ignore their argument
inline constexpr int kOpcodeCount = 256;  // of the bytecode; specialised forms (interp/opcodes.h) follow

enum class OpArgument : uint8_t { none, raw, konst, name, local, cell, forward, backward, compare };

struct OpcodeInfo {
  const char* name;   // null: no such instruction
  uint8_t caches;
  OpArgument argument;
};
extern const OpcodeInfo kOpcodeInfo[kOpcodeCount];

// Change of the stack depth; both outcomes of a branch.
int stackEffect(int opcode, uint32_t arg, bool jump);

}  // namespace krait
