// Functions and lambdas: defaults, annotations and decorators run where the function is defined; the body is a code object
// of its own.
#include "frontend/codegen/generator.h"
#include "frontend/fold/fold.h"

namespace krait::frontend {

using namespace ast;

namespace {

// The bits of MAKE_FUNCTION's argument.
enum FunctionPart : int32_t { kDefaults = 1, kKeywordDefaults = 2, kAnnotations = 4, kClosure = 8 };

}  // namespace

template <typename Def>
void CodeGenerator::visitFunction(Def* node, UnitKind kind) {
  if (!checkParameters(node->args)) return;
  visitDecorators(node->decorator_list);
  int32_t first_line = node->decorator_list.empty() ? node->position.lineno : node->decorator_list[0]->position.lineno;
  int32_t parts = visitDefaults(node->args);
  if (visitAnnotations(node->args, node->returns)) parts |= kAnnotations;

  enterUnit(kind, node->name, node, first_line);
  const ConstantValue* docstring = session_.options.optimize < 2 ? docstringOf(node->body) : nullptr;
  unit().constants.add(docstring ? docstring : none_);
  countArguments(node->args);
  for (size_t i = docstring ? 1 : 0; i < node->body.size(); ++i) visit(node->body[i]);
  const Code* code = leaveUnit();

  makeClosure(code, parts);
  applyDecorators(node->decorator_list);
  store(node->name);
}

template void CodeGenerator::visitFunction(FunctionDef* node, UnitKind kind);
template void CodeGenerator::visitFunction(AsyncFunctionDef* node, UnitKind kind);

void CodeGenerator::visitLambda(Lambda* node) {
  if (!checkParameters(node->args)) return;
  int32_t parts = visitDefaults(node->args);
  enterUnit(UnitKind::Lambda, names_.lambda, node, node->position.lineno);
  unit().constants.add(none_);  // no docstring
  countArguments(node->args);
  visit(node->body);
  bool generator = scope().generator;
  if (!generator) emit(Op::RETURN_VALUE);
  const Code* code = leaveUnit(!generator);
  makeClosure(code, parts);
}

void CodeGenerator::visitDecorators(Exprs decorators) { visitAll(decorators); }

void CodeGenerator::applyDecorators(Exprs decorators) {
  Location statement = location();
  for (size_t i = decorators.size(); i-- > 0;) {
    setLocation(decorators[i]->position);
    emitCall(0);
  }
  setLocation(statement);
}

bool CodeGenerator::checkParameters(Arguments* args) {
  auto allowed = [this](Arg* arg) { return !arg || !forbiddenName(arg->arg, ExprContext::Store); };
  auto all_allowed = [&](Seq<Arg*> parameters) {
    for (Arg* arg : parameters)
      if (!allowed(arg)) return false;
    return true;
  };
  return all_allowed(args->posonlyargs) && all_allowed(args->args) && allowed(args->vararg) &&
         all_allowed(args->kwonlyargs) && allowed(args->kwarg);
}

int32_t CodeGenerator::visitDefaults(Arguments* args) {
  int32_t parts = 0;
  if (!args->defaults.empty()) {
    parts |= kDefaults;
    visitAll(args->defaults);
    emit(Op::BUILD_TUPLE, static_cast<int32_t>(args->defaults.size()));
  }
  if (visitKeywordDefaults(args)) parts |= kKeywordDefaults;
  return parts;
}

bool CodeGenerator::visitKeywordDefaults(Arguments* args) {
  SeqBuilder<Identifier> keys(arena_);
  for (size_t i = 0; i < args->kwonlyargs.size(); ++i) {
    ExprNode* value = i < args->kw_defaults.size() ? args->kw_defaults[i] : nullptr;
    if (!value) continue;
    keys.push(mangled(args->kwonlyargs[i]->arg));
    visit(value);
  }
  if (keys.empty()) return false;
  auto count = static_cast<int32_t>(keys.size());
  loadConst(nameTuple(keys.finish()));
  emit(Op::BUILD_CONST_KEY_MAP, count);
  return true;
}

bool CodeGenerator::visitAnnotations(Arguments* args, ExprNode* returns) {
  int32_t count = 0;
  for (Arg* arg : args->args) visitAnnotation(arg->arg, arg->annotation, count);
  for (Arg* arg : args->posonlyargs) visitAnnotation(arg->arg, arg->annotation, count);
  if (args->vararg) visitAnnotation(args->vararg->arg, args->vararg->annotation, count);
  for (Arg* arg : args->kwonlyargs) visitAnnotation(arg->arg, arg->annotation, count);
  if (args->kwarg) visitAnnotation(args->kwarg->arg, args->kwarg->annotation, count);
  visitAnnotation(names_.return_, returns, count);
  if (count) emit(Op::BUILD_TUPLE, count);
  return count != 0;
}

// Pushes the name and its annotation; `count` counts both.
void CodeGenerator::visitAnnotation(Identifier name, ExprNode* annotation, int32_t& count) {
  if (!annotation) return;
  loadString(mangled(name));
  if (session_.futureAnnotations()) {
    loadAnnotationText(annotation);
  } else if (auto* starred = asIf<Starred>(annotation)) {
    // *args: *Ts
    visit(starred->value);
    emit(Op::UNPACK_SEQUENCE, 1);
  } else {
    visit(annotation);
  }
  count += 2;
}

void CodeGenerator::loadAnnotationText(ExprNode* annotation) {
  loadString(arena_.intern(unparse(session_, annotation)));
}

void CodeGenerator::countArguments(Arguments* args) {
  unit().positional_only_count = static_cast<int32_t>(args->posonlyargs.size());
  unit().argument_count = static_cast<int32_t>(args->posonlyargs.size() + args->args.size());
  unit().keyword_only_count = static_cast<int32_t>(args->kwonlyargs.size());
}

// Makes a function of the code, with the cells of its free variables.
void CodeGenerator::makeClosure(const Code* code, int32_t parts) {
  if (!code) return;
  if (code->free_count) {
    for (size_t i = code->locals.size() - code->free_count; i < code->locals.size(); ++i) {
      Identifier name = code->locals[i];
      // A name that is free in a method may also be a name of the class itself; the closure wants the outer variable.
      bool cell = (unit().kind == UnitKind::Class && name == names_.class_) ||
                  scope().scopeOf(name) == SymbolScope::Cell;
      uint32_t index = cell ? unit().cells.indexOf(name) : unit().cells.size() + unit().frees.indexOf(name);
      emit(Op::LOAD_CLOSURE, static_cast<int32_t>(index));
    }
    parts |= kClosure;
    emit(Op::BUILD_TUPLE, static_cast<int32_t>(code->free_count));
  }
  emit(Op::LOAD_CONST, static_cast<int32_t>(unit().constants.add(PoolItem{nullptr, code})));
  emit(Op::MAKE_FUNCTION, parts);
}

}  // namespace krait::frontend
