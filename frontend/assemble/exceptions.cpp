// Who handles an exception: every instruction learns the handler of the innermost region around it. The instructions that
// marked the regions have done their work then, and become NOPs; they cannot raise, and belong to no region.
#include "frontend/assemble/assemble.h"

namespace krait::frontend {

// The regions around a point, innermost first. Shared between the blocks that one point leads to.
struct HandlerStack {
  Block* handler;
  HandlerStack* outer;
};

void labelHandlers(FlowGraph& graph, Arena& arena) {
  SeqBuilder<Block*, 64> todo(arena);
  for (Block* block = graph.entry(); block; block = block->next) block->visited = false;
  auto enter = [&todo](Block* block, HandlerStack* handlers) {
    if (block->visited) return;
    block->visited = true;
    block->handlers = handlers;
    todo.push(block);
  };
  enter(graph.entry(), nullptr);
  while (!todo.empty()) {
    Block* block = todo.back();
    todo.pop();
    HandlerStack* handlers = block->handlers;
    for (Instruction& instruction : *block) {
      if (isBlockSetup(instruction.op)) {
        Block* handler = instruction.target;
        enter(handler, handlers);
        if (instruction.op != Op::SETUP_FINALLY) handler->keeps_lasti = true;
        handlers = arena.make<HandlerStack>(handler, handlers);
        instruction.makeNop();
      } else if (instruction.op == Op::POP_BLOCK) {
        handlers = handlers->outer;
        instruction.makeNop();
      } else {
        instruction.handler = handlers ? handlers->handler : nullptr;
        if (instruction.target) enter(instruction.target, handlers);
      }
    }
    if (!block->no_fallthrough && block->next) enter(block->next, handlers);
  }
}

}  // namespace krait::frontend
