// Tables made from opcodes.def.
#include "runtime/code/opcodes.h"

namespace krait {

namespace {
struct Table {
  OpcodeInfo rows[kOpcodeCount] = {};
  constexpr Table() {
#define KRAIT_OPCODE(opname, number, opcaches, opargument, effect) \
  rows[number] = OpcodeInfo{#opname, opcaches, OpArgument::opargument};
#include "runtime/code/opcodes.def"
  }
};
constexpr Table kTable;
}  // namespace

#define ROW(i) kTable.rows[i]
#define ROW4(i) ROW(i), ROW(i + 1), ROW(i + 2), ROW(i + 3)
#define ROW16(i) ROW4(i), ROW4(i + 4), ROW4(i + 8), ROW4(i + 12)
#define ROW64(i) ROW16(i), ROW16(i + 16), ROW16(i + 32), ROW16(i + 48)
const OpcodeInfo kOpcodeInfo[kOpcodeCount] = {ROW64(0), ROW64(64), ROW64(128), ROW64(192)};

int stackEffect(int opcode, uint32_t oparg, bool jump) {
  const int arg = int(oparg);
  switch (opcode) {
#define KRAIT_OPCODE(name, number, caches, argument, effect) \
  case number:                                               \
    return effect;
#include "runtime/code/opcodes.def"
  }
  return 0;
}

}  // namespace krait
