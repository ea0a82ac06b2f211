// One instruction outside of any interpreter loop: what compiled code does for an instruction that the trace IR has no
// form for.
//
// The handler of the instruction runs as it does in the interpreter, on a frame that holds what handlers read of one
// (names, constants, globals) and a stack of its own for the operands. Its table has one entry for every opcode, which
// stops: so the handler's last tail call comes back here, with the next instruction and the stack that it leaves. A
// handler that raises stops likewise, before anything is unwound. Calls that it makes are made in C++ (followsCalls).
#include "interp/handlers/handlers.h"
#include "interp/jit_link.h"

namespace krait {
namespace {

HANDLER_TAIL(stepDone) {
  frame->pc = pc;
  frame->top = sp;
  return kNone;
}

struct StepTable {
  DispatchEntry row[kOpCount];
  constexpr StepTable() : row() {
    for (DispatchEntry& entry : row) entry.run = stepDone;
  }
};
constexpr StepTable kStep;

}  // namespace

const DispatchEntry* const kStepTable = kStep.row;

HANDLER_TAIL(stepRaised) {
  frame->top = sp;
  return Value();
}

bool stepInstruction(Thread& t, Frame* frame, Cell* pc, Value* sp) {
  uint16_t op = genericOp(pc);
  // Handlers specialise themselves when their counter runs out; here there is nothing to learn.
  if (kOpcodeInfo[op].caches && pc[1].counter == 1) pc[1].counter = 2;
  return !kHandlers[op].run(pc, sp, frame, &t, kStepTable).empty();
}

}  // namespace krait
