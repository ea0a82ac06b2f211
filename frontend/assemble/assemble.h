// From blocks to a code object.
//
// The passes, in this order (each is a file of its own): the prologue and the numbering of variables (locals.cpp), peephole
// rules and jump threading within blocks (peephole.cpp, swaps.cpp), the flow graph: dead blocks, short exits copied to
// where they are jumped to, needless jumps (flow_passes.cpp), line numbers for instructions that have none
// (line_numbers.cpp), stack depth (stack_depth.cpp), exception regions (exceptions.cpp), bytes (emit.cpp, locations.cpp).
// Their order and their limits are CPython's: the results are compared byte for byte.
#pragma once

#include "frontend/assemble/code_unit.h"

namespace krait::frontend {

const Code* assemble(CodeUnit& unit, Arena& arena);

// ---- the passes ----

// locals.cpp
void insertPrologue(CodeUnit& unit, Arena& arena);
void numberCells(CodeUnit& unit, Arena& arena);
void describeLocals(const CodeUnit& unit, Arena& arena, Code& code);

// peephole.cpp, swaps.cpp
void optimizeBlock(CodeUnit& unit, Arena& arena, Block* block);
// Reduces the run of SWAPs at `position`; the result is the position of its last instruction.
uint32_t shortenSwaps(Arena& arena, Block* block, uint32_t position);
// Swaps the instructions that consume two values instead of the values.
void applyStaticSwaps(Block* block, uint32_t position);

// flow_passes.cpp
void markExits(FlowGraph& graph);
void copyShortExits(FlowGraph& graph);
void removeNops(Block* block);
void optimizeFlow(CodeUnit& unit, Arena& arena);
uint32_t usedConstants(const CodeUnit& unit);
void directJumps(FlowGraph& graph);

// line_numbers.cpp
// Leaves the function (or raises), and no instruction has a line.
bool exitsWithoutLine(const Block* block);
void duplicateExitsWithoutLine(FlowGraph& graph);
void propagateLines(FlowGraph& graph);
void giveExitsALine(FlowGraph& graph, int32_t first_line);

// stack_depth.cpp
int32_t stackDepth(const CodeUnit& unit, Arena& arena);

// exceptions.cpp
void labelHandlers(FlowGraph& graph, Arena& arena);

// emit.cpp
int instructionSize(const Instruction& instruction);
void resolveJumps(FlowGraph& graph);
std::string_view emitBytecode(FlowGraph& graph, Arena& arena);
std::string_view emitExceptionTable(FlowGraph& graph, Arena& arena);

// locations.cpp
std::string_view emitLocations(FlowGraph& graph, Arena& arena, int32_t first_line);

}  // namespace krait::frontend
