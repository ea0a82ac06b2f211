// Instructions as the execution stream knows them: CPython's, then the specialised forms.
#pragma once
#include "runtime/code/code.h"
#include "runtime/code/opcodes.h"

namespace krait {

enum SpecialisedOpcode : uint16_t {
  kSpecialisedBase = kOpcodeCount - 1,
#define SPECIALISED(name, generic) op_##name,
#include "interp/specialised.def"
  kOpCount
};

extern const uint16_t kGenericOp[kOpCount];

// The instruction of CPython's that stands at this cell.
inline uint16_t genericOp(const Cell* cell) { return kGenericOp[cell->op]; }

}  // namespace krait
