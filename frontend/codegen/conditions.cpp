// Truth: and, or, not, comparisons, conditional expressions, and jumps on them.
#include "frontend/codegen/generator.h"

namespace krait::frontend {

using namespace ast;

void CodeGenerator::visitBoolOp(BoolOp* node) {
  Op jump = node->op == BoolOperator::And ? Op::JUMP_IF_FALSE_OR_POP : Op::JUMP_IF_TRUE_OR_POP;
  Block* end = newBlock();
  for (size_t i = 0; i + 1 < node->values.size(); ++i) {
    visit(node->values[i]);
    emitJump(jump, end);
    place(newBlock());
  }
  visit(node->values.back());
  place(end);
}

void CodeGenerator::visitIfExp(IfExp* node) {
  Block *end = newBlock(), *otherwise = newBlock();
  jumpIf(node->test, otherwise, false);
  visit(node->body);
  emitJumpNoLine(Op::JUMP, end);
  place(otherwise);
  visit(node->orelse);
  place(end);
}

// a < b < c evaluates b once: a copy of it waits below while the first comparison is made.
void CodeGenerator::visitCompare(Compare* node) {
  checkCompare(node);
  visit(node->left);
  size_t last = node->ops.size() - 1;
  if (last == 0) {
    visit(node->comparators[0]);
    return emitCompare(node->ops[0]);
  }
  Block* cleanup = newBlock();
  for (size_t i = 0; i < last; ++i) {
    visit(node->comparators[i]);
    emit(Op::SWAP, 2);
    emit(Op::COPY, 2);
    emitCompare(node->ops[i]);
    emitJump(Op::JUMP_IF_FALSE_OR_POP, cleanup);
  }
  visit(node->comparators[last]);
  emitCompare(node->ops[last]);
  Block* end = newBlock();
  emitJumpNoLine(Op::JUMP, end);
  place(cleanup);
  emit(Op::SWAP, 2);
  emit(Op::POP_TOP);
  place(end);
}

// Jumps to `target` when the test's truth is `condition`, else falls through. No value is made for the parts.
void CodeGenerator::jumpIf(ExprNode* test, Block* target, bool condition) {
  Session::Nesting nesting(session_);
  if (session_.failed()) return;
  switch (test->kind) {
    case ExprKind::UnaryOp:
      if (as<UnaryOp>(test)->op != UnaryOperator::Not) break;
      return jumpIf(as<UnaryOp>(test)->operand, target, !condition);
    case ExprKind::BoolOp: {
      auto* node = as<BoolOp>(test);
      // `or` is decided by the first true value, `and` by the first false one; is that a jump, or the end of the test?
      bool decisive = node->op == BoolOperator::Or;
      Block* decided = decisive == condition ? target : newBlock();
      for (size_t i = 0; i + 1 < node->values.size(); ++i) jumpIf(node->values[i], decided, decisive);
      jumpIf(node->values.back(), target, condition);
      if (decided != target) place(decided);
      return;
    }
    case ExprKind::IfExp: {
      auto* node = as<IfExp>(test);
      Block *end = newBlock(), *otherwise = newBlock();
      jumpIf(node->test, otherwise, false);
      jumpIf(node->body, target, condition);
      emitJumpNoLine(Op::JUMP, end);
      place(otherwise);
      jumpIf(node->orelse, target, condition);
      return place(end);
    }
    case ExprKind::Compare:
      setLocation(test->position);
      if (as<Compare>(test)->ops.size() > 1) return jumpIfChain(as<Compare>(test), target, condition);
      break;
    default: break;
  }
  visit(test);
  emitJump(condition ? Op::POP_JUMP_IF_TRUE : Op::POP_JUMP_IF_FALSE, target);
}

void CodeGenerator::jumpIfChain(Compare* node, Block* target, bool condition) {
  checkCompare(node);
  Block* cleanup = newBlock();
  visit(node->left);
  size_t last = node->ops.size() - 1;
  for (size_t i = 0; i < last; ++i) {
    visit(node->comparators[i]);
    emit(Op::SWAP, 2);
    emit(Op::COPY, 2);
    emitCompare(node->ops[i]);
    emitJump(Op::POP_JUMP_IF_FALSE, cleanup);
  }
  visit(node->comparators[last]);
  emitCompare(node->ops[last]);
  emitJump(condition ? Op::POP_JUMP_IF_TRUE : Op::POP_JUMP_IF_FALSE, target);
  Block* end = newBlock();
  emitJumpNoLine(Op::JUMP, end);
  place(cleanup);
  emit(Op::POP_TOP);
  if (!condition) emitJumpNoLine(Op::JUMP, target);
  place(end);
}

}  // namespace krait::frontend
