// SyntaxWarnings: code that is legal and surely not what was meant.
#include "frontend/codegen/generator.h"

namespace krait::frontend {

using namespace ast;
using Kind = ConstantValue::Kind;

namespace {

// The type that the expression's value will have, by name; null when only running it tells.
const char* typeName(ExprNode* node) {
  switch (node->kind) {
    case ExprKind::Tuple: return "tuple";
    case ExprKind::List:
    case ExprKind::ListComp: return "list";
    case ExprKind::Dict:
    case ExprKind::DictComp: return "dict";
    case ExprKind::Set:
    case ExprKind::SetComp: return "set";
    case ExprKind::GeneratorExp: return "generator";
    case ExprKind::Lambda: return "function";
    case ExprKind::JoinedStr:
    case ExprKind::FormattedValue: return "str";
    case ExprKind::Constant: break;
    default: return nullptr;
  }
  switch (as<ast::Constant>(node)->value->kind) {
    case Kind::None: return "NoneType";
    case Kind::True:
    case Kind::False: return "bool";
    case Kind::Ellipsis: return "ellipsis";
    case Kind::Int:
    case Kind::BigInt: return "int";
    case Kind::Float: return "float";
    case Kind::Complex: return "complex";
    case Kind::Str: return "str";
    case Kind::Bytes: return "bytes";
    case Kind::Tuple: return "tuple";
    case Kind::FrozenSet: return "frozenset";
    case Kind::Foreign: break;
  }
  return nullptr;
}

bool isSingletonOrNoConstant(ExprNode* node) {
  auto* constant = asIf<ast::Constant>(node);
  if (!constant) return true;
  Kind kind = constant->value->kind;
  return kind == Kind::None || kind == Kind::True || kind == Kind::False || kind == Kind::Ellipsis;
}

}  // namespace

void CodeGenerator::checkCompare(Compare* node) {
  bool left = isSingletonOrNoConstant(node->left);
  for (size_t i = 0; i < node->ops.size(); ++i) {
    bool right = isSingletonOrNoConstant(node->comparators[i]);
    CompareOperator op = node->ops[i];
    if ((op == CompareOperator::Is || op == CompareOperator::IsNot) && (!left || !right))
      return warn(op == CompareOperator::Is ? "\"is\" with a literal. Did you mean \"==\"?"
                                            : "\"is not\" with a literal. Did you mean \"!=\"?");
    left = right;
  }
}

void CodeGenerator::checkCaller(ExprNode* node) {
  switch (node->kind) {
    case ExprKind::Constant:
    case ExprKind::Tuple:
    case ExprKind::List:
    case ExprKind::ListComp:
    case ExprKind::Dict:
    case ExprKind::DictComp:
    case ExprKind::Set:
    case ExprKind::SetComp:
    case ExprKind::GeneratorExp:
    case ExprKind::JoinedStr:
    case ExprKind::FormattedValue:
      return warn("'" + std::string(typeName(node)) + "' object is not callable; perhaps you missed a comma?");
    default: return;
  }
}

void CodeGenerator::checkSubscripted(ExprNode* node) {
  switch (node->kind) {
    case ExprKind::Constant:
      switch (as<ast::Constant>(node)->value->kind) {
        case Kind::Str:
        case Kind::Bytes:
        case Kind::Tuple: return;
        default: break;
      }
      break;
    case ExprKind::Set:
    case ExprKind::SetComp:
    case ExprKind::GeneratorExp:
    case ExprKind::Lambda: break;
    default: return;
  }
  warn("'" + std::string(typeName(node)) + "' object is not subscriptable; perhaps you missed a comma?");
}

void CodeGenerator::checkIndex(ExprNode* node, ExprNode* index) {
  const char* index_type = typeName(index);
  if (!index_type || !std::string_view("int").compare(index_type) || !std::string_view("bool").compare(index_type)) return;
  switch (node->kind) {
    case ExprKind::Constant:
      switch (as<ast::Constant>(node)->value->kind) {
        case Kind::Str:
        case Kind::Bytes:
        case Kind::Tuple: break;
        default: return;
      }
      break;
    case ExprKind::Tuple:
    case ExprKind::List:
    case ExprKind::ListComp:
    case ExprKind::JoinedStr:
    case ExprKind::FormattedValue: break;
    default: return;
  }
  warn(std::string(typeName(node)) + " indices must be integers or slices, not " + index_type +
       "; perhaps you missed a comma?");
}

}  // namespace krait::frontend
