// Code objects: CPython 3.11's immutable description of a function's bytecode, and the private stream that runs it.
#pragma once
#include "runtime/core/type.h"

namespace krait {
struct Bytes;

enum CodeFlag : uint32_t {
  kCodeOptimized = 0x1, kCodeNewLocals = 0x2, kCodeVarArgs = 0x4, kCodeVarKeywords = 0x8, kCodeNested = 0x10,
  kCodeGenerator = 0x20, kCodeCoroutine = 0x80, kCodeIterableCoroutine = 0x100, kCodeAsyncGenerator = 0x200,
};
enum LocalKind : uint8_t { kLocalPlain = 0x20, kLocalCell = 0x40, kLocalFree = 0x80 };  // CPython's CO_FAST_*

// One cell of the execution stream for each 16-bit code unit, at the same index. Cells of inline cache entries hold
// whatever the owner of the cache put there (8 raw bytes).
struct Cell {
  uint16_t op;        // index into the dispatch table: CPython's opcode, or a specialised one (interp)
  uint16_t counter;   // specialisation or hotness counter
  uint32_t arg;       // oparg with EXTENDED_ARG applied

  uint64_t& raw() { return *reinterpret_cast<uint64_t*>(this); }
};
static_assert(sizeof(Cell) == 8);

struct Code : Object {
  int32_t arg_count;            // positional-only included
  int32_t positional_only_count;
  int32_t keyword_only_count;
  int32_t stack_size;
  uint32_t flags;
  int32_t first_line;
  int32_t local_count;          // plain locals (co_nlocals)
  int32_t slot_count;           // localsplus: locals, cells, free variables
  int32_t cell_count;           // co_cellvars
  int32_t free_count;
  Bytes* bytecode;              // co_code, immutable
  Tuple* consts;
  Tuple* names;
  Tuple* slot_names;            // co_localsplusnames
  Bytes* slot_kinds;
  Bytes* exception_table;
  Bytes* line_table;
  Str* filename;
  Str* name;
  Str* qualname;
  Cell* cells;                  // execution stream; null before the first run (prepareCode)
  void* jit_data;               // owned by the JIT (through hooks)
  Dependent* watchers;
  uint32_t version;
  uint32_t traces;              // compiled traces that start here
  const Value* constants;       // consts->items
  uint32_t frame_words;         // Frame, slots and value stack, in Values

  int32_t units() const;        // number of 16-bit code units
};
inline Code* asCode(Value v) { return static_cast<Code*>(v.asObject()); }

struct CodeParts {  // everything borrowed
  int32_t arg_count, positional_only_count, keyword_only_count, stack_size, first_line;
  uint32_t flags;
  Value bytecode, consts, names, slot_names, slot_kinds, filename, name, qualname, line_table, exception_table;
};
// Checks the parts as CPython's constructor does, and that no operand, jump or table leads outside: hostile .pyc files
// must not crash. Raises ValueError / TypeError.
Ref<Code> newCode(Thread& t, const CodeParts& parts);

// Makes the execution stream; checks every instruction first, so that no operand, jump or stack depth leads outside. At a code
// object's first run. False: ValueError (a hostile or damaged code object) or MemoryError raised.
[[nodiscard]] bool prepareCode(Thread& t, Code* code);
// The interpreter's turn at a new stream (superinstructions); null: none.
extern void (*stream_made)(Code* code);
// First values of the hotness counters that prepareCode writes (interp sets them from its parameters).
extern uint16_t loop_counter_start, function_counter_start;

struct Position {
  int line, end_line, column, end_column;  // columns in UTF-8 bytes, -1: none; line -1: none
};
Position codePosition(const Code* code, int unit);   // of the instruction at this code unit
int codeLine(const Code* code, int unit);
struct HandlerEntry {
  int start, end, target, depth;  // units, stack depth
  bool push_lasti;
};
bool findHandler(const Code* code, int unit, HandlerEntry* out);
// Reads the entry at *cursor (at first code->exception_table->data) and moves on; false at the end.
bool nextHandler(const Code* code, const uint8_t** cursor, HandlerEntry* out);

// Iterates the rows of the location table: units [start, end) have this position.
struct LocationRow {
  int start, end;
  Position position;
};
// Gives a code object another co_filename, and so the code objects inside it that came from the same file.
void setCodeFilename(Code* code, Str* filename);
// Replaces the location table by one that knows lines alone (-X no_debug_ranges).
[[nodiscard]] bool dropColumns(Thread& t, Code* code);

class LocationTable {
 public:
  explicit LocationTable(const Code* code);
  bool next(LocationRow* row);

 private:
  const uint8_t* cursor_;
  const uint8_t* end_;
  int unit_ = 0;
  int line_;
};

}  // namespace krait
