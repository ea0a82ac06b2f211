// The deepest stack a code object needs, and the depth at the start of each block (which exception handlers need).
#include "frontend/assemble/assemble.h"

namespace krait::frontend {

int32_t stackDepth(const CodeUnit& unit, Arena& arena) {
  SeqBuilder<Block*, 64> todo(arena);
  auto enter = [&todo](Block* block, int32_t depth) {
    if (block->start_depth >= depth || block->start_depth >= 0) return;
    block->start_depth = depth;
    todo.push(block);
  };
  // A generator resumes with a value on its stack, the first time too.
  enter(unit.graph.entry(), unit.scope->generator || unit.scope->coroutine ? 1 : 0);
  int32_t deepest = 0;
  while (!todo.empty()) {
    Block* block = todo.back();
    todo.pop();
    int32_t depth = block->start_depth;
    bool falls_through = true;
    for (Instruction& instruction : *block) {
      int32_t after = depth + stackEffect(instruction.op, instruction.arg, false);
      if (after > deepest) deepest = after;
      if (instruction.target) {
        int32_t at_target = depth + stackEffect(instruction.op, instruction.arg, true);
        if (at_target > deepest) deepest = at_target;
        enter(instruction.target, at_target);
      }
      depth = after;
      if (isUnconditionalJump(instruction.op) || isScopeExit(instruction.op)) {
        falls_through = false;
        break;
      }
    }
    if (falls_through && block->next) enter(block->next, depth);
  }
  return deepest;
}

}  // namespace krait::frontend
