// Specialisation: the adaptive counter of an instruction, and what its forms share.
//
// A generic handler of an instruction with a cache counts down cell[1].counter (FOR_ITER: the cell's own). At zero its
// specialiser looks at the operands and may patch cell.op to a form for them. A form checks its assumption and falls back to the
// generic handler, which counts on: after some misses the specialiser looks again.
#pragma once
#include "interp/handlers/handlers.h"
#include "interp/opcodes.h"

namespace krait {

inline constexpr uint16_t kMissesAllowed = 52;  // executions of the generic handler before the next look at a patched cell
inline constexpr uint16_t kRetryAfter = 300;    // the same where no form fits

// Patches the cell; op 0: no form fits. Then the generic one comes back: the search for a form has written into the cache of the old one.
inline void patch(Cell* pc, int op) {
  pc->op = op ? uint16_t(op) : genericOp(pc);
  pc[1].counter = op ? kMissesAllowed : kRetryAfter;
}

HANDLER_TAIL(specialiseBinaryOp);
HANDLER_TAIL(specialiseCompareOp);
HANDLER_TAIL(specialiseBinarySubscr);
HANDLER_TAIL(specialiseStoreSubscr);
HANDLER_TAIL(specialiseLoadGlobal);
HANDLER_TAIL(specialiseLoadAttr);
HANDLER_TAIL(specialiseStoreAttr);
HANDLER_TAIL(specialiseLoadMethod);
HANDLER_TAIL(specialisePrecall);
HANDLER_TAIL(specialiseForIter);
HANDLER_TAIL(specialiseUnpackSequence);

// Takes the backward jump at pc, whatever it was patched to; its condition was popped.
HANDLER_TAIL(takeBackwardJump);

// Superinstructions of a new stream: pairs of instructions on locals.
void fuseLocals(Code* code);

}  // namespace krait
