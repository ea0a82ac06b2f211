// A tree as text, in the shape of Python's ast.dump(tree, include_attributes=True).
//
// Only constants are spelled differently, so that no knowledge of Unicode is needed: integers beyond 64 bits in
// hexadecimal, floats with 17 digits, strings and bytes in double quotes with \xHH for every byte that is not printable
// ASCII.
#pragma once

#include <string>

#include "frontend/ast/ast.h"

namespace krait::frontend::ast {

void dump(const ModNode* tree, std::string& out);

}  // namespace krait::frontend::ast
