// Assignment in its three forms, and unpacking into several targets.
#include <algorithm>

#include "frontend/codegen/generator.h"
#include "frontend/fold/arithmetic.h"

namespace krait::frontend {

using namespace ast;

void CodeGenerator::visitAssign(Assign* node) {
  visit(node->value);
  for (size_t i = 0; i < node->targets.size(); ++i) {
    if (i + 1 < node->targets.size()) emit(Op::COPY, 1);
    visit(node->targets[i]);
  }
}

void CodeGenerator::visitAugAssign(AugAssign* node) {
  ExprNode* target = node->target;
  Location statement = location();
  setLocation(target->position);
  switch (target->kind) {
    case ExprKind::Attribute:
      visit(as<Attribute>(target)->value);
      emit(Op::COPY, 1);
      pointAtAttribute(as<Attribute>(target));
      emitName(Op::LOAD_ATTR, as<Attribute>(target)->attr);
      break;
    case ExprKind::Subscript:
      visit(as<Subscript>(target)->value);
      visit(as<Subscript>(target)->slice);
      emit(Op::COPY, 2);
      emit(Op::COPY, 2);
      emit(Op::BINARY_SUBSCR);
      break;
    case ExprKind::Name: load(as<Name>(target)->id); break;
    default: return badTarget(target, "augmented");
  }
  setLocation(statement);
  visit(node->value);
  emitBinary(node->op, true);
  setLocation(target->position);
  switch (target->kind) {
    case ExprKind::Attribute:
      pointAtAttribute(as<Attribute>(target));
      emit(Op::SWAP, 2);
      return emitName(Op::STORE_ATTR, as<Attribute>(target)->attr);
    case ExprKind::Subscript:
      emit(Op::SWAP, 3);
      emit(Op::SWAP, 2);
      return emit(Op::STORE_SUBSCR);
    default: return store(as<Name>(target)->id);
  }
}

void CodeGenerator::visitAnnAssign(AnnAssign* node) {
  ExprNode* target = node->target;
  bool evaluated = unit().kind == UnitKind::Module || unit().kind == UnitKind::Class;
  if (node->value) {
    visit(node->value);
    visit(target);
  }
  switch (target->kind) {
    case ExprKind::Name:
      if (forbiddenName(as<Name>(target)->id, ExprContext::Store)) return;
      if (node->simple && evaluated) {
        if (session_.futureAnnotations())
          loadAnnotationText(node->annotation);
        else
          visit(node->annotation);
        emitName(Op::LOAD_NAME, names_.annotations);
        loadString(mangled(as<Name>(target)->id));
        emit(Op::STORE_SUBSCR);
      }
      break;
    case ExprKind::Attribute:
      if (forbiddenName(as<Attribute>(target)->attr, ExprContext::Store)) return;
      if (!node->value) evaluateAndDrop(as<Attribute>(target)->value);
      break;
    case ExprKind::Subscript:
      if (!node->value) {
        evaluateAndDrop(as<Subscript>(target)->value);
        evaluateSubscriptAndDrop(as<Subscript>(target)->slice);
      }
      break;
    default: return badTarget(target, "annotated");
  }
  // The annotation of a target that is no plain name is evaluated and forgotten.
  if (!node->simple && evaluated && !session_.futureAnnotations()) evaluateAndDrop(node->annotation);
}

// The parser makes no such tree, but a program may.
void CodeGenerator::badTarget(ExprNode* node, std::string_view assignment) {
  int number = static_cast<int>(node->kind) + 1;
  session_.fail(Diagnostic::Kind::SystemError,
                "invalid node type (" + std::to_string(number) + ") for " + std::string(assignment) + " assignment");
}

void CodeGenerator::evaluateAndDrop(ExprNode* node) {
  visit(node);
  emit(Op::POP_TOP);
}

void CodeGenerator::evaluateSubscriptAndDrop(ExprNode* node) {
  if (auto* slice = asIf<Slice>(node)) {
    for (ExprNode* part : {slice->lower, slice->upper, slice->step})
      if (part) evaluateAndDrop(part);
  } else if (auto* tuple = asIf<Tuple>(node)) {
    for (ExprNode* element : tuple->elts) evaluateSubscriptAndDrop(element);
  } else {
    evaluateAndDrop(node);
  }
}

void CodeGenerator::unpackTargets(Exprs targets) {
  constexpr size_t kMaxBeforeStar = 256, kMaxAfterStar = 1 << 23;
  size_t count = targets.size();
  bool seen_star = false;
  for (size_t i = 0; i < count; ++i) {
    if (!is<Starred>(targets[i])) continue;
    if (seen_star) return error("multiple starred expressions in assignment");
    if (i >= kMaxBeforeStar || count - i - 1 >= kMaxAfterStar)
      return error("too many expressions in star-unpacking assignment");
    emit(Op::UNPACK_EX, static_cast<int32_t>(i + ((count - i - 1) << 8)));
    seen_star = true;
  }
  if (!seen_star) emit(Op::UNPACK_SEQUENCE, static_cast<int32_t>(count));
  for (ExprNode* target : targets) visit(is<Starred>(target) ? as<Starred>(target)->value : target);
}

void CodeGenerator::pointAtAttribute(Attribute* node) {
  Location& at = state_->location;
  const Position& whole = node->position;
  if (at.lineno == whole.end_lineno) return;
  at.lineno = whole.end_lineno;
  auto length = static_cast<int32_t>(codePointCount(node->attr.view()));
  if (length <= whole.end_col_offset) {
    at.col_offset = whole.end_col_offset - length;
  } else {
    // Only a tree that a program made looks like this.
    at.col_offset = -1;
    at.end_col_offset = -1;
  }
  at.end_lineno = std::max(at.end_lineno, at.lineno);
}

}  // namespace krait::frontend
