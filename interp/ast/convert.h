// Trees between the frontend's form and Python's: both directions are made from ast.def.
#pragma once
#include "frontend/ast/ast.h"
#include "frontend/compile.h"
#include "runtime/core/ref.h"

namespace krait {
class Thread;
struct List;

// ast.Module and so on for a tree that parse() made.
Ref<> astToObjects(Thread& t, const frontend::ast::ModNode* tree);

// A tree in the arena for objects that a program made; the program's own code may run. The outermost object must be of the
// mode's class. Null: raised. The result still wants validateTree. `constants` collects the objects that stand in it as constants.
frontend::ast::ModNode* astFromObjects(Thread& t, Value object, frontend::CompileMode mode, frontend::Arena& arena, List* constants);

}  // namespace krait
