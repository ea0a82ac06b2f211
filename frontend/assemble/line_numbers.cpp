// Lines for instructions that the compiler made up: each takes the line of what ran before it, so that a debugger never
// sees a line twice, or one that was not reached.
#include "frontend/assemble/assemble.h"

namespace krait::frontend {

bool exitsWithoutLine(const Block* block) {
  if (!block->exits) return false;
  for (const Instruction& instruction : *block)
    if (instruction.hasLine()) return false;
  return true;
}

// An exit without a line that several blocks jump to is copied for each of them, so that each copy can take their line.
void duplicateExitsWithoutLine(FlowGraph& graph) {
  for (Block* block = graph.newest(); block; block = block->older) {
    if (block->empty() || !isJump(block->last().op)) continue;
    Instruction& jump = block->last();
    Block* target = jump.target;
    if (!exitsWithoutLine(target) || target->predecessors <= 1) continue;
    Block* copy = graph.copyOf(target);
    copy->first().location = jump.location;
    jump.target = copy;
    --target->predecessors;
    copy->predecessors = 1;
    copy->next = target->next;
    target->next = copy;
  }
  for (Block* block = graph.entry(); block; block = block->next)
    while (block->next && block->next->empty()) block->next = block->next->next;
  // What is left is reached by falling into it.
  for (Block* block = graph.entry(); block; block = block->next) {
    if (block->no_fallthrough || !block->next || block->empty()) continue;
    if (exitsWithoutLine(block->next)) block->next->first().location = block->last().location;
  }
}

void propagateLines(FlowGraph& graph) {
  for (Block* block = graph.entry(); block; block = block->next) {
    if (block->empty()) continue;
    Location previous = kNoLocation;
    for (Instruction& instruction : *block) {
      if (instruction.hasLine())
        previous = instruction.location;
      else
        instruction.location = previous;
    }
    auto pass_on = [&](Block* next) {
      if (next->predecessors == 1 && !next->first().hasLine()) next->first().location = previous;
    };
    if (!block->no_fallthrough && block->next) pass_on(block->next);
    if (isJump(block->last().op)) pass_on(block->last().target);
  }
}

// A return always has a line, so that tracing sees it: that of the block before it, when nothing better is known.
void giveExitsALine(FlowGraph& graph, int32_t first_line) {
  int32_t line = first_line;
  for (Block* block = graph.entry(); block; block = block->next) {
    if (block->empty()) continue;
    if (block->last().hasLine()) {
      line = block->last().location.lineno;
    } else if (block->last().op == Op::RETURN_VALUE) {
      for (Instruction& instruction : *block) instruction.location.lineno = line;
    }
  }
}

}  // namespace krait::frontend
