// Classes: the body is a code object that fills the namespace; __build_class__ calls it.
#include "frontend/codegen/generator.h"

namespace krait::frontend {

using namespace ast;

void CodeGenerator::visitClass(ClassDef* node) {
  visitDecorators(node->decorator_list);
  int32_t first_line = node->decorator_list.empty() ? node->position.lineno : node->decorator_list[0]->position.lineno;

  enterUnit(UnitKind::Class, node->name, node, first_line);
  unit().private_class = node->name;
  load(names_.name);
  store(names_.module);
  loadString(unit().qualified_name);
  store(names_.qualname);
  visitScopeBody(node->body);
  clearLocation();
  if (scope().needs_class_closure) {
    // __build_class__ puts the new class into this cell.
    emit(Op::LOAD_CLOSURE, static_cast<int32_t>(unit().cells.indexOf(names_.class_)));
    emit(Op::COPY, 1);
    store(names_.classcell);
  } else {
    loadNone();
  }
  emit(Op::RETURN_VALUE);
  const Code* code = leaveUnit();

  emit(Op::PUSH_NULL);
  emit(Op::LOAD_BUILD_CLASS);
  makeClosure(code, 0);
  loadString(node->name);
  callWith(2, node->bases, node->keywords);
  applyDecorators(node->decorator_list);
  store(node->name);
}

}  // namespace krait::frontend
