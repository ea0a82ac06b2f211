// Residual instructions: compiled code calls `step` with the words that the instruction reads, and finds in their place
// those that it leaves. The instruction's own handler does the work (interp/step.cpp).
#include "jit/trace/residual.h"
#include <alloca.h>
#include <algorithm>
#include <new>
#include "interp/jit_link.h"
#include "interp/opcodes.h"
#include "jit/trace/activation.h"
#include "jit/trace/compiled.h"
#include "jit/trace/helpers.h"
#include "runtime/core/frame.h"
#include "runtime/objects/function.h"
#include "runtime/objects/generator.h"

namespace krait::jit {

ResidualShape residualShape(uint16_t opcode, uint32_t arg) {
  enum { runs = 1, makes = 0 };
  switch (opcode) {
#define RESIDUAL(opcode, reads, consumed, pushed, effect) \
  case op_##opcode: return {uint32_t(reads), uint32_t(consumed), uint32_t(pushed), true, effect == runs};
#include "jit/record/residual.def"
    default: return {};
  }
}

namespace {

// What handlers read of the frame that the instruction stands in: the trace's own one, an inlined function's, a
// generator's.
void fillHeader(Frame* header, Thread& t, Value inlined) {
  if (inlined.empty() && t.activation->entry_frame == EntryFrame::kBare) inlined = Value(t.activation->function);
  if (isFunction(inlined)) {
    Function* function = asFunction(inlined);
    initFrame(header, function->code, function, function->globals, function->builtins, Value());
    return;
  }
  Frame* frame = inlined.empty() ? t.activation->frame : &asGenerator(inlined)->frame;
  initFrame(header, frame->code, frame->function, frame->globals, frame->builtins, frame->locals);
}

}  // namespace

int64_t helperStep(Thread& t, int64_t cell, Value inlined, Value* words) {
  Cell* pc = reinterpret_cast<Cell*>(cell);
  uint16_t op = genericOp(pc);
  ResidualShape shape = residualShape(op, pc->arg);
  alignas(Frame) char memory[sizeof(Frame)];
  Frame* header = reinterpret_cast<Frame*>(memory);
  fillHeader(header, t, inlined);
  uint32_t kept = shape.reads - shape.consumed;
  auto* stack = static_cast<Value*>(alloca(sizeof(Value) * (kept + std::max(shape.consumed, shape.pushed) + 2)));
  for (uint32_t i = 0; i < shape.reads; ++i) {
    stack[i] = words[i];
    if (i >= kept) retain(words[i]);
  }
  Value* first = stack + kept;
  if (!stepInstruction(t, header, pc, stack + shape.reads)) {
    while (header->top > first) release(*--header->top);
    std::fill_n(words, shape.pushed, Value());
    return -1;
  }
  std::fill(std::copy(first, header->top, words), words + shape.pushed, Value());
  return header->pc == pc + 1 + kOpcodeInfo[op].caches ? 0 : 1;
}

}  // namespace krait::jit
