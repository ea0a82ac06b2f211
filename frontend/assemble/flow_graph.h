// The blocks of one code object, and the cursor at which instructions are added.
#pragma once

#include "frontend/assemble/instruction.h"

namespace krait::frontend {

class FlowGraph {
 public:
  explicit FlowGraph(Arena& arena) : arena_(arena) { entry_ = current_ = newBlock(); }

  Block* entry() const { return entry_; }
  Block* current() const { return current_; }
  // All blocks, the newest first, linked by `older`; some may never have been placed.
  Block* newest() const { return newest_; }

  Block* newBlock() {
    Block* block = arena_.make<Block>();
    block->older = newest_;
    newest_ = block;
    return block;
  }

  // Puts `block` behind the current one; what follows is added there.
  void place(Block* block) {
    current_->next = block;
    current_ = block;
  }

  void add(Op op, int32_t arg, const Location& location, Block* target = nullptr) {
    // Behind a jump or a return begins a block of its own.
    if (!current_->empty() && endsBlock(current_->last().op)) place(newBlock());
    append(current_, {op, arg, location, target, nullptr});
  }

  void append(Block* block, const Instruction& instruction) {
    if (block->size == block->capacity) grow(block);
    block->instructions[block->size++] = instruction;
  }
  void insert(Block* block, uint32_t position, const Instruction& instruction);
  Block* copyOf(Block* block);

 private:
  static bool endsBlock(Op op) { return isJump(op) || isScopeExit(op); }
  void grow(Block* block);

  Arena& arena_;
  Block* entry_;
  Block* current_;
  Block* newest_ = nullptr;
};

}  // namespace krait::frontend
