// What an instruction that compiled code leaves to its handler does to the value stack: the rows of residual.def.
#pragma once
#include <cstdint>

namespace krait::jit {

struct ResidualShape {
  uint32_t reads = 0, consumed = 0, pushed = 0;  // words, as in residual.def
  bool exists = false;                           // there is such a row
  bool runs = false;                             // may run Python code
};
ResidualShape residualShape(uint16_t opcode, uint32_t arg);

}  // namespace krait::jit
