// Storage of blocks: see flow_graph.h.
#include "frontend/assemble/flow_graph.h"

namespace krait::frontend {

void FlowGraph::grow(Block* block) {
  uint32_t capacity = block->capacity ? block->capacity * 2 : 8;
  auto* bigger = static_cast<Instruction*>(arena_.allocate(sizeof(Instruction) * capacity, alignof(Instruction)));
  if (block->size) std::memcpy(static_cast<void*>(bigger), block->instructions, sizeof(Instruction) * block->size);
  block->instructions = bigger;
  block->capacity = capacity;
}

void FlowGraph::insert(Block* block, uint32_t position, const Instruction& instruction) {
  append(block, instruction);
  for (uint32_t i = block->size - 1; i > position; --i) block->instructions[i] = block->instructions[i - 1];
  block->instructions[position] = instruction;
}

// A block with the same instructions, which leads nowhere but where its jumps lead.
Block* FlowGraph::copyOf(Block* block) {
  Block* copy = newBlock();
  for (const Instruction& instruction : *block) append(copy, instruction);
  copy->exits = block->exits;
  copy->no_fallthrough = true;
  return copy;
}

}  // namespace krait::frontend
