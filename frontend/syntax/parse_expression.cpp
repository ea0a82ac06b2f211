// Parser: expressions from the comma down to operators. Atoms, calls and collections are in parse_atom.cpp.
#include <array>

#include "frontend/syntax/parser.h"

namespace krait::frontend {

using namespace ast;

namespace {

struct BinaryOperator {
  uint8_t precedence;  // 0: not a binary operator
  Operator op;
};

constexpr std::array<BinaryOperator, kTokenKinds> makeBinaryOperators() {
  std::array<BinaryOperator, kTokenKinds> table{};
  auto set = [&](TokenKind kind, uint8_t precedence, Operator op) { table[static_cast<int>(kind)] = {precedence, op}; };
  set(TokenKind::Pipe, 1, Operator::BitOr);
  set(TokenKind::Caret, 2, Operator::BitXor);
  set(TokenKind::Ampersand, 3, Operator::BitAnd);
  set(TokenKind::LeftShift, 4, Operator::LShift);
  set(TokenKind::RightShift, 4, Operator::RShift);
  set(TokenKind::Plus, 5, Operator::Add);
  set(TokenKind::Minus, 5, Operator::Sub);
  set(TokenKind::Star, 6, Operator::Mult);
  set(TokenKind::Slash, 6, Operator::Div);
  set(TokenKind::DoubleSlash, 6, Operator::FloorDiv);
  set(TokenKind::Percent, 6, Operator::Mod);
  set(TokenKind::At, 6, Operator::MatMult);
  return table;
}
constexpr auto kBinaryOperators = makeBinaryOperators();

constexpr std::array<bool, kTokenKinds> makeExpressionStarts() {
  std::array<bool, kTokenKinds> table{};
  for (TokenKind kind :
       {TokenKind::Name, TokenKind::Number, TokenKind::String, TokenKind::LeftParen, TokenKind::LeftBracket,
        TokenKind::LeftBrace, TokenKind::Ellipsis, TokenKind::Plus, TokenKind::Minus, TokenKind::Tilde, TokenKind::None,
        TokenKind::True, TokenKind::False, TokenKind::Not, TokenKind::Lambda, TokenKind::Await}) {
    table[static_cast<int>(kind)] = true;
  }
  return table;
}
constexpr auto kExpressionStarts = makeExpressionStarts();

}  // namespace

bool Parser::startsExpression() const { return kExpressionStarts[static_cast<int>(t_->kind)]; }

ExprNode* Parser::starExpressions() {
  const Token* start = t_;
  ExprNode* first = starExpression();
  if (!first || !at(Kind::Comma)) return first;
  SeqBuilder<ExprNode*> items(arena_);
  items.push(first);
  while (accept(Kind::Comma) && startsStarExpression()) {
    ExprNode* item = starExpression();
    if (!item) return nullptr;
    items.push(item);
  }
  auto* tuple = node<Tuple>(start);
  tuple->elts = items.finish();
  return tuple;
}

ExprNode* Parser::expressions() {
  const Token* start = t_;
  ExprNode* first = expression();
  if (!first || !at(Kind::Comma)) return first;
  SeqBuilder<ExprNode*> items(arena_);
  items.push(first);
  while (accept(Kind::Comma) && startsExpression()) {
    ExprNode* item = expression();
    if (!item) return nullptr;
    items.push(item);
  }
  auto* tuple = node<Tuple>(start);
  tuple->elts = items.finish();
  return tuple;
}

ExprNode* Parser::starExpression() {
  if (!at(Kind::Star)) return expression();
  const Token* start = t_++;
  ExprNode* value = bitwiseOr();
  if (!value) return nullptr;
  auto* starred = node<Starred>(start);
  starred->value = value;
  return starred;
}

ExprNode* Parser::starNamedExpression() { return at(Kind::Star) ? starExpression() : namedExpression(); }

// In calls and subscripts the star takes a whole expression.
ExprNode* Parser::starredExpression() {
  const Token* start = t_;
  if (!accept(Kind::Star)) return nullptr;
  ExprNode* value = expression();
  if (!value) return nullptr;
  auto* starred = node<Starred>(start);
  starred->value = value;
  return starred;
}

ExprNode* Parser::namedExpression() {
  if (!at(Kind::Name) || peek() != Kind::ColonEqual) {
    ExprNode* value = expression();
    return value && !at(Kind::ColonEqual) ? value : nullptr;
  }
  if (!since(8)) return nullptr;
  const Token* start = t_;
  ExprNode* target = nameAtom();
  ++t_;
  ExprNode* value = expression();
  if (!value) return nullptr;
  setContext(target, ExprContext::Store);
  auto* named = node<NamedExpr>(start);
  named->target = target;
  named->value = value;
  return named;
}

ExprNode* Parser::yieldExpression() {
  const Token* start = t_;
  if (!accept(Kind::Yield)) return nullptr;
  if (accept(Kind::From)) {
    ExprNode* value = expression();
    if (!value) return nullptr;
    auto* yield_from = node<YieldFrom>(start);
    yield_from->value = value;
    return yield_from;
  }
  ExprNode* value = nullptr;
  if (startsStarExpression()) {
    value = starExpressions();
    if (!value) return nullptr;
  }
  auto* yield = node<Yield>(start);
  yield->value = value;
  return yield;
}

ExprNode* Parser::expression() {
  if (at(Kind::Lambda)) return lambda();
  const Token* start = t_;
  ExprNode* body = disjunction();
  return body && at(Kind::If) ? conditional(body, start) : body;
}

ExprNode* Parser::conditional(ExprNode* body, const Token* start) {
  Nesting nesting(*this, 1);
  if (!nesting.ok()) return nullptr;
  ++t_;
  ExprNode* test = disjunction();
  if (!test || !accept(Kind::Else)) return nullptr;
  ExprNode* orelse = expression();
  if (!orelse) return nullptr;
  auto* conditional = node<IfExp>(start);
  conditional->test = test;
  conditional->body = body;
  conditional->orelse = orelse;
  return conditional;
}

ExprNode* Parser::disjunction() {
  const Token* start = t_;
  ExprNode* first = conjunction();
  if (!first || !at(Kind::Or)) return first;
  SeqBuilder<ExprNode*> values(arena_);
  values.push(first);
  while (accept(Kind::Or)) {
    ExprNode* value = conjunction();
    if (!value) return nullptr;
    values.push(value);
  }
  auto* operation = node<BoolOp>(start);
  operation->op = BoolOperator::Or;
  operation->values = values.finish();
  return operation;
}

ExprNode* Parser::conjunction() {
  const Token* start = t_;
  ExprNode* first = inversion();
  if (!first || !at(Kind::And)) return first;
  SeqBuilder<ExprNode*> values(arena_);
  values.push(first);
  while (accept(Kind::And)) {
    ExprNode* value = inversion();
    if (!value) return nullptr;
    values.push(value);
  }
  auto* operation = node<BoolOp>(start);
  operation->op = BoolOperator::And;
  operation->values = values.finish();
  return operation;
}

ExprNode* Parser::inversion() {
  if (!at(Kind::Not)) return comparison();
  Nesting nesting(*this, 1);
  if (!nesting.ok()) return nullptr;
  const Token* start = t_++;
  ExprNode* operand = inversion();
  if (!operand) return nullptr;
  auto* operation = node<UnaryOp>(start);
  operation->op = UnaryOperator::Not;
  operation->operand = operand;
  return operation;
}

// Consumes a comparison operator, of one token or two.
bool Parser::comparisonOperator(CompareOperator& op) {
  switch (kind()) {
    case Kind::EqualEqual: op = CompareOperator::Eq; break;
    case Kind::NotEqual: {
      // from __future__ import barry_as_FLUFL: one spelling of the operator is right, the other is not one.
      bool barry = unit_.options.flags & kFutureBarryAsBdfl;
      if ((unit_.textOf(*t_) == "<>") != barry) return false;
      op = CompareOperator::NotEq;
      break;
    }
    case Kind::Less: op = CompareOperator::Lt; break;
    case Kind::LessEqual: op = CompareOperator::LtE; break;
    case Kind::Greater: op = CompareOperator::Gt; break;
    case Kind::GreaterEqual: op = CompareOperator::GtE; break;
    case Kind::In: op = CompareOperator::In; break;
    case Kind::Not:
      if (peek() != Kind::In) return false;
      ++t_;
      op = CompareOperator::NotIn;
      break;
    case Kind::Is:
      op = CompareOperator::Is;
      if (peek() == Kind::Not) {
        ++t_;
        op = CompareOperator::IsNot;
      }
      break;
    default: return false;
  }
  ++t_;
  return true;
}

ExprNode* Parser::comparison() {
  const Token* start = t_;
  ExprNode* left = bitwiseOr();
  CompareOperator op;
  if (!left || !comparisonOperator(op)) return left;
  SeqBuilder<CompareOperator> ops(arena_);
  SeqBuilder<ExprNode*> comparators(arena_);
  do {
    ExprNode* right = bitwiseOr();
    if (!right) return nullptr;
    ops.push(op);
    comparators.push(right);
  } while (comparisonOperator(op));
  auto* compare = node<Compare>(start);
  compare->left = left;
  compare->ops = ops.finish();
  compare->comparators = comparators.finish();
  return compare;
}

// Left-associative operators of precedence `least` and above.
ExprNode* Parser::binary(int least) {
  const Token* start = t_;
  ExprNode* left = factor();
  while (left) {
    BinaryOperator binary_operator = kBinaryOperators[static_cast<int>(t_->kind)];
    if (binary_operator.precedence == 0 || binary_operator.precedence < least) break;
    if (binary_operator.op == Operator::MatMult && !since(5)) return nullptr;
    ++t_;
    ExprNode* right = binary(binary_operator.precedence + 1);
    if (!right) return nullptr;
    auto* operation = node<BinOp>(start);
    operation->left = left;
    operation->op = binary_operator.op;
    operation->right = right;
    left = operation;
  }
  return left;
}

ExprNode* Parser::factor() {
  UnaryOperator op;
  switch (kind()) {
    case Kind::Plus: op = UnaryOperator::UAdd; break;
    case Kind::Minus: op = UnaryOperator::USub; break;
    case Kind::Tilde: op = UnaryOperator::Invert; break;
    default: return power();
  }
  Nesting nesting(*this, 1);
  if (!nesting.ok()) return nullptr;
  const Token* start = t_++;
  ExprNode* operand = factor();
  if (!operand) return nullptr;
  auto* operation = node<UnaryOp>(start);
  operation->op = op;
  operation->operand = operand;
  return operation;
}

ExprNode* Parser::power() {
  const Token* start = t_;
  ExprNode* base = awaitPrimary();
  if (!base || !at(Kind::DoubleStar)) return base;
  Nesting nesting(*this, 2);
  if (!nesting.ok()) return nullptr;
  ++t_;
  ExprNode* exponent = factor();
  if (!exponent) return nullptr;
  auto* operation = node<BinOp>(start);
  operation->left = base;
  operation->op = Operator::Pow;
  operation->right = exponent;
  return operation;
}

ExprNode* Parser::awaitPrimary() {
  if (!at(Kind::Await)) return primary();
  if (!since(5)) return nullptr;
  const Token* start = t_++;
  ExprNode* value = primary();
  if (!value) return nullptr;
  auto* await = node<Await>(start);
  await->value = value;
  return await;
}

ExprNode* Parser::lambda() {
  Nesting nesting(*this, 2);
  if (!nesting.ok()) return nullptr;
  const Token* start = t_++;
  Arguments* args = parameters(true);
  if (!args || !accept(Kind::Colon)) return nullptr;
  ExprNode* body = expression();
  if (!body) return nullptr;
  auto* function = node<Lambda>(start);
  function->args = args;
  function->body = body;
  return function;
}

}  // namespace krait::frontend
