// Arithmetic on constants at compile time: what Python would compute, or nothing where it would raise, or where the result
// would be unreasonably large.
#pragma once

#include "frontend/ast/ast.h"

namespace krait::frontend {

// Null when the operation is not folded.
const Constant* foldBinary(Arena& arena, ast::Operator op, const Constant& left, const Constant& right);
const Constant* foldUnary(Arena& arena, ast::UnaryOperator op, const Constant& operand);
const Constant* foldSubscript(Arena& arena, const Constant& value, const Constant& index);

bool isTrue(const Constant& constant);

// As Python's ==: 1, 1.0 and True are equal.
bool equalValues(const Constant& left, const Constant& right);

// Keeps the first of elements that are equal.
const Constant* makeFrozenSet(Arena& arena, Seq<const Constant*> elements);

// Number of code points of a string constant.
size_t codePointCount(std::string_view wtf8);

}  // namespace krait::frontend
