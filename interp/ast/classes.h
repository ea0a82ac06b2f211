// The classes of the abstract syntax tree as Python sees them: one for each row of the frontend's ast.def.
#pragma once
#include "runtime/core/type.h"

namespace krait {

// class_X is ast.X; instance_Load is the one instance of ast.Load that all trees from source text share.
struct AstClasses {
  Type* class_AST = nullptr;
#define AST_ENUM(asdl, Cpp) Type* class_##asdl = nullptr;
#define AST_ENUM_VALUE(asdl, Cpp, Name) \
  Type* class_##Name = nullptr;         \
  Value instance_##Name;
#define AST_SUM(asdl, Cpp, attributes) Type* class_##asdl = nullptr;
#define AST_NODE(asdl, Cpp, Name) Type* class_##Name = nullptr;
#define AST_PRODUCT(asdl, Cpp, attributes) Type* class_##asdl = nullptr;
#include "frontend/ast/ast.def"
};
// Null pointers until loadAst; immortal from then on.
extern AstClasses ast_classes;
[[nodiscard]] bool loadAst(Thread& t);

// A new instance without attributes. The type is one of the above.
Ref<> newAstNode(Thread& t, Type* type);
inline bool isAstNode(Value v) { return ast_classes.class_AST && isInstance(v, ast_classes.class_AST); }

void addAstModule();  // before the runtime starts

}  // namespace krait
