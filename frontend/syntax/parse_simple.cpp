// Parser: whole texts, statement lists and simple statements.
#include "frontend/syntax/parser.h"

namespace krait::frontend {

using namespace ast;

namespace {

bool augmentedOperator(TokenKind kind, Operator& op) {
  switch (kind) {
    case TokenKind::PlusEqual: op = Operator::Add; return true;
    case TokenKind::MinusEqual: op = Operator::Sub; return true;
    case TokenKind::StarEqual: op = Operator::Mult; return true;
    case TokenKind::AtEqual: op = Operator::MatMult; return true;
    case TokenKind::SlashEqual: op = Operator::Div; return true;
    case TokenKind::PercentEqual: op = Operator::Mod; return true;
    case TokenKind::AmpersandEqual: op = Operator::BitAnd; return true;
    case TokenKind::PipeEqual: op = Operator::BitOr; return true;
    case TokenKind::CaretEqual: op = Operator::BitXor; return true;
    case TokenKind::LeftShiftEqual: op = Operator::LShift; return true;
    case TokenKind::RightShiftEqual: op = Operator::RShift; return true;
    case TokenKind::DoubleStarEqual: op = Operator::Pow; return true;
    case TokenKind::DoubleSlashEqual: op = Operator::FloorDiv; return true;
    default: return false;
  }
}

}  // namespace

Position Parser::fromStatement(const Token* start) const {
  const Token* last = t_ - 1;
  while (last > start && last->isLayout()) --last;
  return {start->lineno, start->col, last->end_lineno, last->end_col};
}

std::string_view Parser::typeComment() {
  if (!at(Kind::TypeComment)) return {};
  return arena_.copy(unit_.textOf(*t_++));
}

// ---- whole texts ----

ModNode* Parser::parseModule() {
  switch (unit_.rule) {
    case StartRule::File: return file();
    case StartRule::Single: return interactive();
    case StartRule::Eval: return evaluation();
    case StartRule::FunctionType: return functionType();
    case StartRule::FString: break;
  }
  return nullptr;
}

ExprNode* Parser::parseFString() { return starExpressions(); }

ModNode* Parser::file() {
  Statements body(arena_);
  if (!at(Kind::EndMarker) && !statements(body)) return nullptr;
  if (!at(Kind::EndMarker)) return nullptr;
  auto* module = make<Module>(arena_);
  module->body = body.finish();
  SeqBuilder<TypeIgnoreNode*> ignores(arena_);
  for (const TypeIgnoreComment& comment : unit_.lexer.typeIgnores()) {
    auto* ignore = make<TypeIgnore>(arena_);
    ignore->lineno = comment.lineno;
    ignore->tag = arena_.copy(unit_.text.substr(comment.start, comment.end - comment.start));
    ignores.push(ignore);
  }
  module->type_ignores = ignores.finish();
  return module;
}

ModNode* Parser::interactive() {
  Statements body(arena_);
  const Token* start = t_;
  if (accept(Kind::Newline)) {
    body.push(node<Pass>(start));
  } else if (StmtNode* compound = compoundStatement()) {
    body.push(compound);
    if (!accept(Kind::Newline)) return nullptr;
  } else {
    if (t_ != start || !simpleStatements(body)) return nullptr;
  }
  auto* module = make<Interactive>(arena_);
  module->body = body.finish();
  return module;
}

ModNode* Parser::evaluation() {
  ExprNode* value = expressions();
  while (value && accept(Kind::Newline)) {}
  if (!value || !at(Kind::EndMarker)) return nullptr;
  auto* module = make<Expression>(arena_);
  module->body = value;
  return module;
}

// "(int, *str, **bytes) -> None", as found in type comments; the stars are read and forgotten.
ModNode* Parser::functionType() {
  SeqBuilder<ExprNode*> types(arena_);
  if (!accept(Kind::LeftParen)) return nullptr;
  bool seen_star = false, seen_double_star = false;
  while (!at(Kind::RightParen)) {
    if (seen_double_star) return nullptr;
    if (accept(Kind::DoubleStar)) {
      seen_double_star = true;
    } else if (at(Kind::Star)) {
      if (seen_star) return nullptr;
      ++t_;
      seen_star = true;
    } else if (seen_star) {
      return nullptr;
    }
    ExprNode* type = expression();
    if (!type) return nullptr;
    types.push(type);
    if (!accept(Kind::Comma)) break;
    if (at(Kind::RightParen)) return nullptr;
  }
  if (!accept(Kind::RightParen) || !accept(Kind::Arrow)) return nullptr;
  ExprNode* returns = expression();
  while (returns && accept(Kind::Newline)) {}
  if (!returns || !at(Kind::EndMarker)) return nullptr;
  auto* module = make<FunctionType>(arena_);
  module->argtypes = types.finish();
  module->returns = returns;
  return module;
}

// ---- statement lists ----

bool Parser::statements(Statements& body) {
  do {
    if (!statement(body)) return false;
  } while (!at(Kind::EndMarker) && !at(Kind::Dedent));
  return true;
}

bool Parser::statement(Statements& body) {
  const Token* start = t_;
  if (StmtNode* compound = compoundStatement()) {
    body.push(compound);
    return true;
  }
  return t_ == start && simpleStatements(body);
}

bool Parser::simpleStatements(Statements& body) {
  do {
    StmtNode* simple = simpleStatement();
    if (!simple) return false;
    body.push(simple);
  } while (accept(Kind::Semicolon) && !at(Kind::Newline));
  return accept(Kind::Newline);
}

StmtNode* Parser::simpleStatement() {
  const Token* start = t_;
  switch (kind()) {
    case Kind::Return: return returnStatement();
    case Kind::Import: return importStatement();
    case Kind::From: return importFromStatement();
    case Kind::Raise: return raiseStatement();
    case Kind::Pass: ++t_; return node<Pass>(start);
    case Kind::Del: return deleteStatement();
    case Kind::Assert: return assertStatement();
    case Kind::Break: ++t_; return node<Break>(start);
    case Kind::Continue: ++t_; return node<Continue>(start);
    case Kind::Global: return scopeStatement<Global>();
    case Kind::Nonlocal: return scopeStatement<Nonlocal>();
    default: return expressionStatement();
  }
}

// An expression, or an assignment of one of the three kinds.
StmtNode* Parser::expressionStatement() {
  const Token* start = t_;
  if (at(Kind::Yield)) {
    ExprNode* yield = yieldExpression();
    if (!yield || at(Kind::Equal)) return nullptr;
    auto* statement = node<Expr>(start);
    statement->value = yield;
    return statement;
  }
  ExprNode* first = starExpressions();
  if (!first) return nullptr;
  Operator op;
  if (at(Kind::Equal)) return assignment(start, first);
  if (at(Kind::Colon)) return annotated(start, first);
  if (augmentedOperator(kind(), op)) return augmented(start, first, op);
  auto* statement = node<Expr>(start);
  statement->value = first;
  return statement;
}

ExprNode* Parser::assignedValue() { return at(Kind::Yield) ? yieldExpression() : starExpressions(); }

StmtNode* Parser::assignment(const Token* start, ExprNode* first) {
  SeqBuilder<ExprNode*> targets(arena_);
  ExprNode* value = first;
  while (accept(Kind::Equal)) {
    if (is<Yield>(value) || is<YieldFrom>(value) || !makeTarget(value, ExprContext::Store, true)) return nullptr;
    targets.push(value);
    value = assignedValue();
    if (!value) return nullptr;
  }
  std::string_view comment = typeComment();
  auto* assign = node<Assign>(start);
  assign->targets = targets.finish();
  assign->value = value;
  assign->type_comment = comment;
  return assign;
}

// "(x).y: int" is not Python, though "(f()).y: int" is: where a target in parentheses could end, it must.
bool Parser::continuesParenthesisedTarget(const Token* start) {
  Mark here = mark();
  t_ = start;
  ExprNode* inner = parenthesised();
  bool continues = inner && isSingleTarget(inner) && t_ != here.token;
  rewind(here);
  return continues;
}

StmtNode* Parser::annotated(const Token* start, ExprNode* target) {
  if (!isSingleTarget(target) || !since(6)) return nullptr;
  if (start->kind == Kind::LeftParen && continuesParenthesisedTarget(start)) return nullptr;
  ++t_;
  ExprNode* annotation = expression();
  if (!annotation) return nullptr;
  ExprNode* value = nullptr;
  if (accept(Kind::Equal)) {
    value = assignedValue();
    if (!value) return nullptr;
  }
  setContext(target, ExprContext::Store);
  auto* statement = node<AnnAssign>(start);
  statement->target = target;
  statement->annotation = annotation;
  statement->value = value;
  statement->simple = is<Name>(target) && start->kind == Kind::Name;
  return statement;
}

StmtNode* Parser::augmented(const Token* start, ExprNode* target, Operator op) {
  if (!isSingleTarget(target) || (op == Operator::MatMult && !since(5))) return nullptr;
  ++t_;
  ExprNode* value = assignedValue();
  if (!value) return nullptr;
  setContext(target, ExprContext::Store);
  auto* statement = node<AugAssign>(start);
  statement->target = target;
  statement->op = op;
  statement->value = value;
  return statement;
}

StmtNode* Parser::returnStatement() {
  const Token* start = t_++;
  ExprNode* value = nullptr;
  if (startsStarExpression()) {
    value = starExpressions();
    if (!value) return nullptr;
  }
  auto* statement = node<Return>(start);
  statement->value = value;
  return statement;
}

StmtNode* Parser::raiseStatement() {
  const Token* start = t_++;
  ExprNode *exception = nullptr, *cause = nullptr;
  if (startsExpression()) {
    exception = expression();
    if (!exception) return nullptr;
    if (accept(Kind::From)) {
      cause = expression();
      if (!cause) return nullptr;
    }
  }
  auto* statement = node<Raise>(start);
  statement->exc = exception;
  statement->cause = cause;
  return statement;
}

StmtNode* Parser::deleteStatement() {
  const Token* start = t_++;
  SeqBuilder<ExprNode*> targets(arena_);
  do {
    ExprNode* target = bitwiseOr();
    if (!target || !makeTarget(target, ExprContext::Del, false)) return nullptr;
    targets.push(target);
  } while (accept(Kind::Comma) && startsExpression());
  auto* statement = node<Delete>(start);
  statement->targets = targets.finish();
  return at(Kind::Semicolon) || at(Kind::Newline) ? statement : nullptr;
}

StmtNode* Parser::assertStatement() {
  const Token* start = t_++;
  ExprNode* test = expression();
  if (!test) return nullptr;
  ExprNode* message = nullptr;
  if (accept(Kind::Comma)) {
    message = expression();
    if (!message) return nullptr;
  }
  auto* statement = node<Assert>(start);
  statement->test = test;
  statement->msg = message;
  return statement;
}

template <typename T>
StmtNode* Parser::scopeStatement() {
  const Token* start = t_++;
  SeqBuilder<Identifier> names(arena_);
  do {
    Identifier name = takeName();
    if (!name) return nullptr;
    names.push(name);
  } while (accept(Kind::Comma));
  auto* statement = node<T>(start);
  statement->names = names.finish();
  return statement;
}

// ---- imports ----

Identifier Parser::dottedName() {
  Identifier name = takeName();
  if (!name || !at(Kind::Dot)) return name;
  std::string dotted(name.view());
  while (accept(Kind::Dot)) {
    name = takeName();
    if (!name) return {};
    dotted += '.';
    dotted += name.view();
  }
  return arena_.intern(dotted);
}

StmtNode* Parser::importStatement() {
  const Token* start = t_++;
  SeqBuilder<Alias*> names(arena_);
  do {
    const Token* alias_start = t_;
    Identifier name = dottedName(), as_name;
    if (!name) return nullptr;
    if (accept(Kind::As) && !(as_name = takeName())) return nullptr;
    auto* alias = node<Alias>(alias_start);
    alias->name = name;
    alias->asname = as_name;
    names.push(alias);
  } while (accept(Kind::Comma));
  auto* statement = node<Import>(start);
  statement->names = names.finish();
  return statement;
}

bool Parser::importedNames(SeqBuilder<Alias*>& names) {
  const Token* start = t_;
  if (accept(Kind::Star)) {
    auto* star = node<Alias>(start);
    star->name = arena_.intern("*");
    names.push(star);
    return true;
  }
  bool parenthesised = accept(Kind::LeftParen);
  do {
    if (parenthesised && at(Kind::RightParen) && !names.empty()) break;
    const Token* alias_start = t_;
    Identifier name = takeName(), as_name;
    if (!name) return false;
    if (accept(Kind::As) && !(as_name = takeName())) return false;
    auto* alias = node<Alias>(alias_start);
    alias->name = name;
    alias->asname = as_name;
    names.push(alias);
  } while (accept(Kind::Comma));
  return !parenthesised || accept(Kind::RightParen);
}

StmtNode* Parser::importFromStatement() {
  const Token* start = t_++;
  int32_t level = 0;
  for (;; ++t_) {
    if (at(Kind::Dot)) {
      level += 1;
    } else if (at(Kind::Ellipsis)) {
      level += 3;
    } else {
      break;
    }
  }
  Identifier module;
  if (!at(Kind::Import) || level == 0) {
    module = dottedName();
    if (!module) return nullptr;
  }
  SeqBuilder<Alias*> names(arena_);
  if (!accept(Kind::Import) || !importedNames(names)) return nullptr;
  auto* statement = node<ImportFrom>(start);
  statement->module = module;
  statement->names = names.finish();
  statement->level = level;
  return statement;
}

}  // namespace krait::frontend
