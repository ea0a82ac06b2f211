// Whether a tree that a program built by hand is one that the compiler may take.
#pragma once

#include "frontend/ast/ast.h"
#include "frontend/compile.h"

namespace krait::frontend {

// The first thing that is wrong, with CPython's message: a ValueError, TypeError or RecursionError. Nodes may be null where
// None stood in a sequence, and constants may be Foreign; what passes has neither where the compiler does not expect it.
Diagnostic validateTree(ast::ModNode* tree, Arena& arena, const CompileOptions& options);

}  // namespace krait::frontend
