// Fewer SWAPs: a run of them is one permutation of the stack, which may need fewer; and where the values are then stored one
// after the other, storing them in another order needs none.
#include "frontend/assemble/assemble.h"

namespace krait::frontend {

uint32_t shortenSwaps(Arena& arena, Block* block, uint32_t position) {
  Instruction* run = block->instructions + position;
  uint32_t length = 1, available = block->size - position;
  int32_t depth = run[0].arg;
  bool several = false;
  for (; length < available; ++length) {
    if (run[length].op == Op::SWAP) {
      if (run[length].arg > depth) depth = run[length].arg;
      several = true;
    } else if (run[length].op != Op::NOP) {
      break;
    }
  }
  if (!several) return position;

  // What the run does to a stack that holds the numbers of its places, top first.
  auto* stack = static_cast<int32_t*>(arena.allocate(sizeof(int32_t) * depth, alignof(int32_t)));
  for (int32_t i = 0; i < depth; ++i) stack[i] = i;
  for (uint32_t i = 0; i < length; ++i)
    if (run[i].op == Op::SWAP) std::swap(stack[0], stack[run[i].arg - 1]);

  // Every cycle of the permutation is undone by swaps with the top: walking it once, and through the top when the top is
  // not part of it. The swaps are written from the end of the run backwards.
  constexpr int32_t kDone = -1;
  int32_t current = static_cast<int32_t>(length) - 1;
  for (int32_t i = 0; i < depth; ++i) {
    if (stack[i] == kDone || stack[i] == i) continue;
    for (int32_t place = i;;) {
      if (place) {
        run[current].op = Op::SWAP;
        run[current--].arg = place + 1;
      }
      if (stack[place] == kDone) break;
      int32_t next = stack[place];
      stack[place] = kDone;
      place = next;
    }
  }
  while (current >= 0) run[current--].makeNop();
  return position + length - 1;
}

namespace {

bool consumesOneValue(Op op) { return op == Op::STORE_FAST || op == Op::POP_TOP; }

// The next instruction that consumes one value, on `line` when that is not negative; or -1.
int32_t nextConsumer(const Block* block, int32_t position, int32_t line) {
  while (++position < static_cast<int32_t>(block->size)) {
    const Instruction& instruction = block->instructions[position];
    if (line >= 0 && instruction.location.lineno != line) return -1;
    if (instruction.op == Op::NOP) continue;
    return consumesOneValue(instruction.op) ? position : -1;
  }
  return -1;
}

}  // namespace

void applyStaticSwaps(Block* block, uint32_t position) {
  for (int32_t i = static_cast<int32_t>(position); i >= 0; --i) {
    Instruction& swap = block->instructions[i];
    if (swap.op != Op::SWAP) {
      if (swap.op == Op::NOP || consumesOneValue(swap.op)) continue;
      return;
    }
    int32_t first = nextConsumer(block, i, -1);
    if (first < 0) return;
    int32_t second = first, line = block->instructions[first].location.lineno;
    for (int32_t count = swap.arg - 1; count > 0; --count) {
      second = nextConsumer(block, second, line);
      if (second < 0) return;
    }
    swap.makeNop();
    std::swap(block->instructions[first], block->instructions[second]);
  }
}

}  // namespace krait::frontend
