// One code object under construction: a module, class, function, lambda or comprehension.
#pragma once

#include "frontend/assemble/constant_pool.h"
#include "frontend/assemble/flow_graph.h"
#include "frontend/scope/scope.h"

namespace krait::frontend {

enum class UnitKind : uint8_t { Module, Class, Function, AsyncFunction, Lambda, Comprehension };

struct CodeUnit {
  CodeUnit(Arena& arena, UnitKind kind, Scope* scope, Identifier name, int32_t first_line)
      : kind(kind),
        scope(scope),
        name(name),
        first_line(first_line),
        names(arena),
        locals(arena),
        cells(arena),
        frees(arena),
        constants(arena),
        graph(arena) {}

  UnitKind kind;
  Scope* scope;
  Identifier name;
  Identifier qualified_name;
  Identifier private_class;
  int32_t first_line;

  int32_t argument_count = 0;
  int32_t positional_only_count = 0;
  int32_t keyword_only_count = 0;
  int32_t flags = 0;

  NameTable names;   // co_names
  NameTable locals;  // parameters first, others in the order of their first use
  NameTable cells;   // sorted
  NameTable frees;   // sorted; numbered behind the cells
  ConstantPool constants;
  FlowGraph graph;
};

}  // namespace krait::frontend
