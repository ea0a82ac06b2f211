// The order of the passes: see assemble.h.
#include "frontend/assemble/assemble.h"

namespace krait::frontend {

const Code* assemble(CodeUnit& unit, Arena& arena) {
  FlowGraph& graph = unit.graph;

  markExits(graph);
  copyShortExits(graph);
  if (unit.first_line == 0) {
    Block* entry = graph.entry();
    unit.first_line = !entry->empty() && entry->first().location.lineno > 0 ? entry->first().location.lineno : 1;
  }
  insertPrologue(unit, arena);
  numberCells(unit, arena);

  optimizeFlow(unit, arena);
  duplicateExitsWithoutLine(graph);
  uint32_t constant_count = usedConstants(unit);
  propagateLines(graph);
  giveExitsALine(graph, unit.first_line);

  int32_t depth = stackDepth(unit, arena);
  labelHandlers(graph, arena);
  for (Block* block = graph.entry(); block; block = block->next) removeNops(block);

  directJumps(graph);
  resolveJumps(graph);

  Code* code = arena.make<Code>();
  code->argument_count = unit.argument_count;
  code->positional_only_count = unit.positional_only_count;
  code->keyword_only_count = unit.keyword_only_count;
  code->stack_size = depth;
  code->flags = unit.flags;
  code->first_line = unit.first_line;
  code->bytecode = emitBytecode(graph, arena);
  code->constants = unit.constants.finish(constant_count);
  describeLocals(unit, arena, *code);
  code->name = unit.name;
  code->qualified_name = unit.qualified_name;
  code->line_table = emitLocations(graph, arena, unit.first_line);
  code->exception_table = emitExceptionTable(graph, arena);
  return code;
}

}  // namespace krait::frontend
