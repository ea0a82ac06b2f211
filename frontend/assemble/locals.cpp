// The fast locals of a code object: plain locals, cells, free variables, in that order; a parameter that an inner function
// captures is one slot that is both. Code generation numbers cells and free variables from 0; here they get their slots.
#include "frontend/assemble/assemble.h"

namespace krait::frontend {

namespace {

// The slot of each cell and free variable, by its number.
uint32_t* slotsOfCells(const CodeUnit& unit, Arena& arena) {
  uint32_t count = unit.cells.size() + unit.frees.size();
  auto* slots = static_cast<uint32_t*>(arena.allocate(sizeof(uint32_t) * (count + 1), alignof(uint32_t)));
  uint32_t next = unit.locals.size();
  for (uint32_t i = 0; i < unit.cells.size(); ++i) {
    NameTable::Entry* parameter = unit.locals.find(unit.cells[i].name);
    slots[i] = parameter ? static_cast<uint32_t>(parameter - unit.locals.begin()) : next++;
  }
  for (uint32_t i = unit.cells.size(); i < count; ++i) slots[i] = next++;
  return slots;
}

bool namesCell(Op op) {
  switch (op) {
    case Op::MAKE_CELL:
    case Op::LOAD_CLOSURE:
    case Op::LOAD_DEREF:
    case Op::STORE_DEREF:
    case Op::DELETE_DEREF:
    case Op::LOAD_CLASSDEREF: return true;
    default: return false;
  }
}

}  // namespace

// COPY_FREE_VARS, then MAKE_CELL in the order of slots, then RETURN_GENERATOR for those that do not start running.
void insertPrologue(CodeUnit& unit, Arena& arena) {
  Block* entry = unit.graph.entry();
  uint32_t position = 0;
  auto insert = [&](Op op, int32_t arg, const Location& location) {
    unit.graph.insert(entry, position++, {op, arg, location, nullptr, nullptr});
  };
  if (unit.frees.size()) insert(Op::COPY_FREE_VARS, static_cast<int32_t>(unit.frees.size()), kNoLocation);
  if (unit.cells.size()) {
    uint32_t* slots = slotsOfCells(unit, arena);
    uint32_t last = unit.locals.size() + unit.cells.size();
    for (uint32_t slot = 0; slot < last; ++slot)
      for (uint32_t cell = 0; cell < unit.cells.size(); ++cell)
        if (slots[cell] == slot) insert(Op::MAKE_CELL, static_cast<int32_t>(cell), kNoLocation);
  }
  if (unit.flags & (kCodeGenerator | kCodeCoroutine | kCodeAsyncGenerator)) {
    Location start{unit.first_line, -1, unit.first_line, -1};
    insert(Op::RETURN_GENERATOR, 0, start);
    insert(Op::POP_TOP, 0, start);
  }
}

void numberCells(CodeUnit& unit, Arena& arena) {
  if (!unit.cells.size() && !unit.frees.size()) return;
  uint32_t* slots = slotsOfCells(unit, arena);
  for (Block* block = unit.graph.entry(); block; block = block->next)
    for (Instruction& instruction : *block)
      if (namesCell(instruction.op)) instruction.arg = static_cast<int32_t>(slots[instruction.arg]);
}

void describeLocals(const CodeUnit& unit, Arena& arena, Code& code) {
  SeqBuilder<Identifier, 16> locals(arena);
  SeqBuilder<char, 16> kinds(arena);
  for (const NameTable::Entry& local : unit.locals) {
    locals.push(local.name);
    kinds.push(static_cast<char>(kLocalPlain | (unit.cells.contains(local.name) ? kLocalCell : 0)));
  }
  for (const NameTable::Entry& cell : unit.cells) {
    if (unit.locals.contains(cell.name)) continue;
    locals.push(cell.name);
    kinds.push(static_cast<char>(kLocalCell));
  }
  for (const NameTable::Entry& free : unit.frees) {
    locals.push(free.name);
    kinds.push(static_cast<char>(kLocalFree));
  }
  Seq<Identifier> names = locals.finish();
  code.locals = {names.data(), names.size()};
  Seq<char> bytes = kinds.finish();
  code.local_kinds = {bytes.data(), bytes.size()};
  code.free_count = unit.frees.size();

  SeqBuilder<Identifier, 32> globals(arena);
  for (const NameTable::Entry& name : unit.names) globals.push(name.name);
  Seq<Identifier> all = globals.finish();
  code.names = {all.data(), all.size()};
}

}  // namespace krait::frontend
