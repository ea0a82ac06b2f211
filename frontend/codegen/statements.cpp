// Statements: the dispatch, and the simple ones.
#include "frontend/codegen/generator.h"

namespace krait::frontend {

using namespace ast;

void CodeGenerator::visit(StmtNode* node) {
  Session::Nesting nesting(session_);
  if (session_.failed()) return;
  setLocation(node->position);
  switch (node->kind) {
    case StmtKind::FunctionDef: return visitFunction(as<FunctionDef>(node), UnitKind::Function);
    case StmtKind::AsyncFunctionDef: return visitFunction(as<AsyncFunctionDef>(node), UnitKind::AsyncFunction);
    case StmtKind::ClassDef: return visitClass(as<ClassDef>(node));
    case StmtKind::Return: return visitReturn(as<Return>(node));
    case StmtKind::Delete: return visitAll(as<Delete>(node)->targets);
    case StmtKind::Assign: return visitAssign(as<Assign>(node));
    case StmtKind::AugAssign: return visitAugAssign(as<AugAssign>(node));
    case StmtKind::AnnAssign: return visitAnnAssign(as<AnnAssign>(node));
    case StmtKind::For: return visitFor(as<For>(node));
    case StmtKind::AsyncFor: return visitAsyncFor(as<AsyncFor>(node));
    case StmtKind::While: return visitWhile(as<While>(node));
    case StmtKind::If: return visitIf(as<If>(node));
    case StmtKind::With: return visitWith(as<With>(node), 0);
    case StmtKind::AsyncWith: return visitAsyncWith(as<AsyncWith>(node), 0);
    case StmtKind::Match: return visitMatch(as<Match>(node));
    case StmtKind::Raise: return visitRaise(as<Raise>(node));
    case StmtKind::Try: {
      auto* attempt = as<Try>(node);
      return visitTry(attempt->body, attempt->handlers, attempt->orelse, attempt->finalbody, false);
    }
    case StmtKind::TryStar: {
      auto* attempt = as<TryStar>(node);
      return visitTry(attempt->body, attempt->handlers, attempt->orelse, attempt->finalbody, true);
    }
    case StmtKind::Assert: return visitAssert(as<Assert>(node));
    case StmtKind::Import: return visitImport(as<Import>(node));
    case StmtKind::ImportFrom: return visitImportFrom(as<ImportFrom>(node));
    case StmtKind::Expr: return visitExpressionStatement(as<Expr>(node));
    case StmtKind::Global:
    case StmtKind::Nonlocal: return;
    case StmtKind::Pass: return emit(Op::NOP);
    case StmtKind::Break: return visitBreak();
    case StmtKind::Continue: return visitContinue();
  }
}

void CodeGenerator::visitIf(If* node) {
  Block* end = newBlock();
  Block* otherwise = node->orelse.empty() ? end : newBlock();
  jumpIf(node->test, otherwise, false);
  visitBody(node->body);
  if (!node->orelse.empty()) {
    emitJumpNoLine(Op::JUMP, end);
    place(otherwise);
    visitBody(node->orelse);
  }
  place(end);
}

void CodeGenerator::visitReturn(Return* node) {
  if (!scope().isFunction()) return error("'return' outside function");
  if (node->value && scope().coroutine && scope().generator)
    return error("'return' with value in async generator");
  // A constant need not survive the `finally` blocks on the way out: it is loaded behind them.
  bool preserve_top = node->value && !is<ast::Constant>(node->value);
  if (preserve_top) {
    visit(node->value);
  } else if (node->value) {
    setLocation(node->value->position);
    emit(Op::NOP);
  }
  if (!node->value || node->value->position.lineno != node->position.lineno) {
    setLocation(node->position);
    emit(Op::NOP);
  }
  unwindAll(preserve_top);
  if (!node->value)
    loadNone();
  else if (!preserve_top)
    loadConst(as<ast::Constant>(node->value)->value);
  emit(Op::RETURN_VALUE);
}

void CodeGenerator::visitRaise(Raise* node) {
  int32_t count = 0;
  if (node->exc) {
    visit(node->exc);
    ++count;
    if (node->cause) {
      visit(node->cause);
      ++count;
    }
  }
  emit(Op::RAISE_VARARGS, count);
}

void CodeGenerator::visitAssert(Assert* node) {
  auto* tuple = asIf<Tuple>(node->test);
  auto* constant = asIf<ast::Constant>(node->test);
  bool constant_tuple = constant && constant->value->kind == ConstantValue::Kind::Tuple;
  if ((tuple && !tuple->elts.empty()) || (constant_tuple && constant->value->items.size))
    warn("assertion is always true, perhaps remove parentheses?");
  if (session_.options.optimize) return;
  Block* end = newBlock();
  jumpIf(node->test, end, true);
  emit(Op::LOAD_ASSERTION_ERROR);
  if (node->msg) {
    visit(node->msg);
    emitCall(0);
  }
  emit(Op::RAISE_VARARGS, 1);
  place(end);
}

void CodeGenerator::visitExpressionStatement(Expr* node) {
  if (interactive_ && nesting_ <= 1) {
    visit(node->value);
    return emit(Op::PRINT_EXPR);
  }
  if (is<ast::Constant>(node->value)) return emit(Op::NOP);
  visit(node->value);
  clearLocation();
  emit(Op::POP_TOP);
}

}  // namespace krait::frontend
