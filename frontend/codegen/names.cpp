// Reading, binding and unbinding names: which instruction depends on the variable's scope.
#include "frontend/codegen/generator.h"

namespace krait::frontend {

using namespace ast;

namespace {

// The instructions of one way to keep variables, by what is done: load, store, delete.
struct AccessOps {
  Op ops[3];
};
constexpr AccessOps kFast{{Op::LOAD_FAST, Op::STORE_FAST, Op::DELETE_FAST}};
constexpr AccessOps kGlobal{{Op::LOAD_GLOBAL, Op::STORE_GLOBAL, Op::DELETE_GLOBAL}};
constexpr AccessOps kName{{Op::LOAD_NAME, Op::STORE_NAME, Op::DELETE_NAME}};
constexpr AccessOps kDeref{{Op::LOAD_DEREF, Op::STORE_DEREF, Op::DELETE_DEREF}};
constexpr AccessOps kClassDeref{{Op::LOAD_CLASSDEREF, Op::STORE_DEREF, Op::DELETE_DEREF}};

}  // namespace

void CodeGenerator::accessName(Identifier name, ExprContext context) {
  if (forbiddenName(name, context)) return;
  Identifier variable = mangled(name);
  auto choose = [context](const AccessOps& access) { return access.ops[static_cast<size_t>(context)]; };
  auto by_name = [&](const AccessOps& access) {
    Op op = choose(access);
    uint32_t index = unit().names.indexOf(variable);
    emit(op, static_cast<int32_t>(op == Op::LOAD_GLOBAL ? index << 1 : index));
  };
  const AccessOps& deref = scope().kind == BlockKind::Class ? kClassDeref : kDeref;
  bool function = scope().isFunction();
  switch (scope().scopeOf(variable)) {
    case SymbolScope::Free:
      return emit(choose(deref), static_cast<int32_t>(unit().cells.size() + unit().frees.indexOf(variable)));
    case SymbolScope::Cell: return emit(choose(deref), static_cast<int32_t>(unit().cells.indexOf(variable)));
    case SymbolScope::Local:
      if (function) return emit(choose(kFast), static_cast<int32_t>(unit().locals.indexOf(variable)));
      return by_name(kName);
    case SymbolScope::GlobalImplicit: return by_name(function ? kGlobal : kName);
    case SymbolScope::GlobalExplicit: return by_name(kGlobal);
    case SymbolScope::Unknown: return by_name(kName);
  }
}

bool CodeGenerator::forbiddenName(Identifier name, ExprContext context) {
  if (context == ExprContext::Load || name != names_.debug) return false;
  error(context == ExprContext::Store ? "cannot assign to __debug__" : "cannot delete __debug__");
  return true;
}

void CodeGenerator::unbindHandlerName(Identifier name) {
  loadNone();
  store(name);
  remove(name);
}

}  // namespace krait::frontend
