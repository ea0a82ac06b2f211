// Constant folding on the tree, before scopes are built: operators on literals, tuples of literals, `%` formatting with a
// literal format, `x in [1, 2]`, `__debug__`. Only what CPython folds, with its limits: the results are visible in co_consts.
#pragma once

#include "frontend/ast/ast.h"

namespace krait::frontend {

class Session;

// Changes the tree in place.
void foldConstants(Session& session, ast::ModNode* tree);

// The docstring of a body: its first statement, when that is a string. Null otherwise.
const Constant* docstringOf(Seq<ast::StmtNode*> body);

bool hasStarred(Seq<ast::ExprNode*> elements);

// `"%s is %r" % (a, b)` as an f-string, or null when the format is not simple. `values` has no starred element.
ast::ExprNode* foldFormat(Arena& arena, ast::ExprNode* node, std::string_view format, Seq<ast::ExprNode*> values);

}  // namespace krait::frontend
