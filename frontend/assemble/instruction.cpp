// Facts about instructions, read from the table of opcodes: see instruction.h.
#include "frontend/assemble/instruction.h"

#include <array>

namespace krait::frontend {

namespace {

enum class Argument : uint8_t { none, raw, konst, name, local, cell, forward, backward, compare };

struct Info {
  uint8_t caches = 0;
  bool jump = false;
};

constexpr std::array<Info, 256 + 16> kInfo = [] {
  std::array<Info, 256 + 16> table{};
#define KRAIT_OPCODE(opcode, number, caches, argument, effect) \
  table[number] = {caches, Argument::argument == Argument::forward || Argument::argument == Argument::backward};
#include "runtime/code/opcodes.def"
  for (Op op : {Op::JUMP, Op::JUMP_NO_INTERRUPT, Op::POP_JUMP_IF_FALSE, Op::POP_JUMP_IF_TRUE, Op::POP_JUMP_IF_NONE,
                Op::POP_JUMP_IF_NOT_NONE})
    table[static_cast<size_t>(op)].jump = true;
  return table;
}();

}  // namespace

int cacheSize(Op op) { return kInfo[static_cast<size_t>(op)].caches; }

bool isJump(Op op) { return kInfo[static_cast<size_t>(op)].jump; }

int stackEffect(Op op, int arg, bool jump) {
  switch (op) {
#define KRAIT_OPCODE(name, number, caches, argument, effect) \
  case Op::name: return effect;
#include "runtime/code/opcodes.def"
    // At the handler: the exception, and with CLEANUP the offset below it. WITH's handler finds an exit function too, which
    // the normal path has under the result of __enter__.
    case Op::SETUP_FINALLY: return jump ? 1 : 0;
    case Op::SETUP_CLEANUP: return jump ? 2 : 0;
    case Op::SETUP_WITH: return jump ? 1 : 0;
    case Op::POP_BLOCK:
    case Op::JUMP:
    case Op::JUMP_NO_INTERRUPT: return 0;
    case Op::POP_JUMP_IF_FALSE:
    case Op::POP_JUMP_IF_TRUE:
    case Op::POP_JUMP_IF_NONE:
    case Op::POP_JUMP_IF_NOT_NONE: return -1;
  }
  return 0;
}

}  // namespace krait::frontend
