// A finished code object, as plain data: the fields of Python's code type, in the arena of the compilation.
#pragma once

#include <cstdint>
#include <string_view>

#include "frontend/ast/arena.h"
#include "frontend/ast/constant.h"

namespace krait::frontend {

struct Code;

// An entry of co_consts: a constant, or the code of an inner function (then `constant` is null).
struct PoolItem {
  const Constant* constant;
  const Code* code;
};

enum CodeFlag : int32_t {
  kCodeOptimized = 0x1,
  kCodeNewLocals = 0x2,
  kCodeVarargs = 0x4,
  kCodeVarkeywords = 0x8,
  kCodeNested = 0x10,
  kCodeGenerator = 0x20,
  kCodeCoroutine = 0x80,
  kCodeAsyncGenerator = 0x200,
};

enum LocalKind : uint8_t { kLocalPlain = 0x20, kLocalCell = 0x40, kLocalFree = 0x80 };

struct Code {
  int32_t argument_count;  // positional ones, those before the slash included
  int32_t positional_only_count;
  int32_t keyword_only_count;
  int32_t stack_size;
  int32_t flags;
  int32_t first_line;
  std::string_view bytecode;
  Seq<const PoolItem> constants;
  Seq<const Identifier> names;
  Seq<const Identifier> locals;  // locals, then cells, then free variables
  std::string_view local_kinds;  // LocalKind bits, one byte each
  uint32_t free_count;
  Identifier name;
  Identifier qualified_name;
  std::string_view line_table;
  std::string_view exception_table;
};

}  // namespace krait::frontend
