// Passes over the graph of blocks: exits, unreachable code, empty blocks, needless jumps.
#include "frontend/assemble/assemble.h"

namespace krait::frontend {

namespace {

constexpr uint32_t kShortExit = 4;

Block* skipEmpty(Block* block) {
  while (block->empty() && block->next) block = block->next;
  return block;
}

void markReachable(FlowGraph& graph, Arena& arena) {
  SeqBuilder<Block*, 64> todo(arena);
  graph.entry()->predecessors = 1;
  todo.push(graph.entry());
  auto reach = [&todo](Block* block) {
    if (block->predecessors++ == 0) todo.push(block);
  };
  while (!todo.empty()) {
    Block* block = todo.back();
    todo.pop();
    if (block->next && !block->no_fallthrough) reach(block->next);
    for (Instruction& instruction : *block)
      if (instruction.target) reach(instruction.target);
  }
}

void unlinkEmptyBlocks(FlowGraph& graph) {
  for (Block* block = graph.entry(); block; block = block->next)
    if (block->next) block->next = skipEmpty(block->next);
  for (Block* block = graph.entry(); block; block = block->next)
    for (Instruction& instruction : *block)
      if (instruction.target) instruction.target = skipEmpty(instruction.target);
}

// A jump to the block that follows anyway.
bool removeNeedlessJumps(FlowGraph& graph) {
  bool removed = false;
  for (Block* block = graph.entry(); block; block = block->next) {
    if (block->empty()) continue;
    Instruction& last = block->last();
    if (last.op != Op::JUMP && last.op != Op::JUMP_NO_INTERRUPT) continue;
    if (last.target != block->next) continue;
    block->no_fallthrough = false;
    last.makeNop();
    removed = true;
  }
  return removed;
}

}  // namespace

void markExits(FlowGraph& graph) {
  for (Block* block = graph.newest(); block; block = block->older) {
    for (Instruction& instruction : *block) {
      bool exits = isScopeExit(instruction.op);
      if (exits || isUnconditionalJump(instruction.op)) {
        block->exits = exits;
        block->no_fallthrough = true;
      }
      if (isJump(instruction.op)) instruction.target = skipEmpty(instruction.target);
    }
  }
}

// A jump to a short block that leaves the function becomes a copy of that block, when no line is attached to it.
void copyShortExits(FlowGraph& graph) {
  for (Block* block = graph.newest(); block; block = block->older) {
    if (block->empty() || (block->last().op != Op::JUMP)) continue;
    Block* exit = block->last().target;
    if (!exitsWithoutLine(exit) || exit->size > kShortExit) continue;
    block->last().makeNop();
    for (uint32_t i = 0, size = exit->size; i < size; ++i) graph.append(block, exit->instructions[i]);
    block->exits = true;
  }
}

// A NOP is there so that its line counts as executed; it can go when another instruction does that.
void removeNops(Block* block) {
  int32_t previous_line = -1;
  uint32_t kept = 0;
  for (uint32_t i = 0; i < block->size; ++i) {
    Instruction& instruction = block->instructions[i];
    int32_t line = instruction.location.lineno;
    if (instruction.op == Op::NOP) {
      if (line < 0 || line == previous_line) continue;
      if (i + 1 < block->size) {
        Instruction& next = block->instructions[i + 1];
        if (next.location.lineno == line) continue;
        if (!next.hasLine()) {
          next.location = instruction.location;
          continue;
        }
      } else {
        Block* next = block->next;
        while (next && next->empty()) next = next->next;
        if (next && next->first().location.lineno == line) continue;
      }
    }
    if (kept != i) block->instructions[kept] = instruction;
    ++kept;
    previous_line = line;
  }
  block->size = kept;
}

void optimizeFlow(CodeUnit& unit, Arena& arena) {
  FlowGraph& graph = unit.graph;
  for (Block* block = graph.entry(); block; block = block->next) {
    optimizeBlock(unit, arena, block);
    removeNops(block);
  }
  copyShortExits(graph);
  markReachable(graph, arena);
  for (Block* block = graph.entry(); block; block = block->next) {
    if (block->predecessors) continue;
    block->size = 0;
    block->no_fallthrough = false;
  }
  for (Block* block = graph.entry(); block; block = block->next) removeNops(block);
  unlinkEmptyBlocks(graph);
  if (removeNeedlessJumps(graph)) unlinkEmptyBlocks(graph);
}

// Constants at the end that nothing loads any more are dropped; the first one stays, it may be the docstring.
uint32_t usedConstants(const CodeUnit& unit) {
  if (!unit.constants.size()) return 0;
  uint32_t last = 0;
  for (Block* block = unit.graph.entry(); block; block = block->next)
    for (Instruction& instruction : *block)
      if ((instruction.op == Op::LOAD_CONST || instruction.op == Op::KW_NAMES) &&
          static_cast<uint32_t>(instruction.arg) > last)
        last = static_cast<uint32_t>(instruction.arg);
  return last + 1;
}

// The order of blocks is final: jumps learn whether they go forwards or backwards.
void directJumps(FlowGraph& graph) {
  for (Block* block = graph.entry(); block; block = block->next) block->visited = false;
  for (Block* block = graph.entry(); block; block = block->next) {
    block->visited = true;
    if (block->empty() || !isJump(block->last().op)) continue;
    Instruction& last = block->last();
    bool forward = !last.target->visited;
    switch (last.op) {
      case Op::JUMP: last.op = forward ? Op::JUMP_FORWARD : Op::JUMP_BACKWARD; break;
      case Op::JUMP_NO_INTERRUPT: last.op = forward ? Op::JUMP_FORWARD : Op::JUMP_BACKWARD_NO_INTERRUPT; break;
      case Op::POP_JUMP_IF_FALSE:
        last.op = forward ? Op::POP_JUMP_FORWARD_IF_FALSE : Op::POP_JUMP_BACKWARD_IF_FALSE;
        break;
      case Op::POP_JUMP_IF_TRUE:
        last.op = forward ? Op::POP_JUMP_FORWARD_IF_TRUE : Op::POP_JUMP_BACKWARD_IF_TRUE;
        break;
      case Op::POP_JUMP_IF_NONE:
        last.op = forward ? Op::POP_JUMP_FORWARD_IF_NONE : Op::POP_JUMP_BACKWARD_IF_NONE;
        break;
      case Op::POP_JUMP_IF_NOT_NONE:
        last.op = forward ? Op::POP_JUMP_FORWARD_IF_NOT_NONE : Op::POP_JUMP_BACKWARD_IF_NOT_NONE;
        break;
      default: break;
    }
  }
}

}  // namespace krait::frontend
