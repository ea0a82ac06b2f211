// Instructions and blocks of a code object under construction.
//
// A block is a run of instructions that is entered at its start only; jumps stand at its end. Jumps name their target
// block and have no direction yet: the pseudo instructions below become real ones when the order of blocks is final.
#pragma once

#include <cstdint>

#include "frontend/ast/ast.h"

namespace krait::frontend {

enum class Op : uint16_t {
#define KRAIT_OPCODE(name, number, caches, argument, effect) name = number,
#include "runtime/code/opcodes.def"
  // Marks the start of a protected region; the target is its handler. With CLEANUP and WITH the handler also finds the
  // offset of the instruction that raised.
  SETUP_FINALLY = 256,
  SETUP_CLEANUP,
  SETUP_WITH,
  POP_BLOCK,  // the end of the innermost protected region
  JUMP,
  JUMP_NO_INTERRUPT,
  POP_JUMP_IF_FALSE,
  POP_JUMP_IF_TRUE,
  POP_JUMP_IF_NONE,
  POP_JUMP_IF_NOT_NONE,
};

using Location = ast::Position;
inline constexpr Location kNoLocation{-1, -1, -1, -1};

struct Block;

struct Instruction {
  Op op;
  int32_t arg;
  Location location;
  Block* target;   // of a jump, or the handler of a SETUP_*
  Block* handler;  // who catches what this instruction raises

  bool hasLine() const { return location.lineno >= 0; }
  void makeNop() {
    op = Op::NOP;
    arg = 0;
    target = nullptr;
  }
};

struct Block {
  Instruction* instructions = nullptr;
  uint32_t size = 0;
  uint32_t capacity = 0;

  Block* next = nullptr;   // in the order of the code; falling off the end leads there
  Block* older = nullptr;  // the block that was made before this one

  int32_t predecessors = 0;
  int32_t start_depth = -1;
  int32_t offset = 0;  // in code units
  bool exits = false;  // ends by leaving the function or raising
  bool no_fallthrough = false;
  bool visited = false;
  bool keeps_lasti = false;  // as a handler: the offset of the raising instruction is pushed
  struct HandlerStack* handlers = nullptr;

  bool empty() const { return size == 0; }
  Instruction& first() const { return instructions[0]; }
  Instruction& last() const { return instructions[size - 1]; }
  Instruction* begin() const { return instructions; }
  Instruction* end() const { return instructions + size; }
};

// Code units of inline cache behind the instruction.
int cacheSize(Op op);
int stackEffect(Op op, int arg, bool jump);

inline bool isBlockSetup(Op op) { return op >= Op::SETUP_FINALLY && op <= Op::SETUP_WITH; }
bool isJump(Op op);
inline bool isUnconditionalJump(Op op) {
  switch (op) {
    case Op::JUMP:
    case Op::JUMP_NO_INTERRUPT:
    case Op::JUMP_FORWARD:
    case Op::JUMP_BACKWARD:
    case Op::JUMP_BACKWARD_NO_INTERRUPT: return true;
    default: return false;
  }
}
inline bool isScopeExit(Op op) { return op == Op::RETURN_VALUE || op == Op::RAISE_VARARGS || op == Op::RERAISE; }

}  // namespace krait::frontend
