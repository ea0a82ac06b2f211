// Tables made from specialised.def.
#include "interp/opcodes.h"

namespace krait {
#define SPECIALISED(name, generic) op_##generic,
const uint16_t kGenericOp[kOpCount] = {
#define I4(i) i, i + 1, i + 2, i + 3
#define I16(i) I4(i), I4(i + 4), I4(i + 8), I4(i + 12)
#define I64(i) I16(i), I16(i + 16), I16(i + 32), I16(i + 48)
    I64(0), I64(64), I64(128), I64(192),
#include "interp/specialised.def"
};
}  // namespace krait
