// Parser: compound statements.
#include "frontend/syntax/parser.h"

namespace krait::frontend {

using namespace ast;

// Null without having read anything: the next statement is a simple one.
StmtNode* Parser::compoundStatement() {
  Nesting nesting(*this, 3);
  if (!nesting.ok()) return nullptr;
  switch (kind()) {
    case Kind::If: return ifStatement();
    case Kind::While: return whileStatement();
    case Kind::For: return forStatement(t_, false);
    case Kind::With: return withStatement(t_, false);
    case Kind::Try: return tryStatement();
    case Kind::Def: return functionDefinition(t_, false, {});
    case Kind::Class: return classDefinition(t_, {});
    case Kind::At: return decorated();
    case Kind::Async: return asyncStatement();
    case Kind::Name: return unit_.textOf(*t_) == "match" ? matchStatement() : nullptr;
    default: return nullptr;
  }
}

StmtNode* Parser::asyncStatement() {
  const Token* start = t_++;
  if (!since(5)) return nullptr;
  switch (kind()) {
    case Kind::Def: return functionDefinition(start, true, {});
    case Kind::For: return forStatement(start, true);
    case Kind::With: return withStatement(start, true);
    default: return nullptr;
  }
}

bool Parser::block(Seq<StmtNode*>& body) {
  Statements inner(arena_);
  if (accept(Kind::Newline)) {
    if (!accept(Kind::Indent) || !statements(inner) || !accept(Kind::Dedent)) return false;
  } else if (!simpleStatements(inner)) {
    return false;
  }
  body = inner.finish();
  return true;
}

bool Parser::colonBlock(Seq<StmtNode*>& body) { return accept(Kind::Colon) && block(body); }

bool Parser::elseBlock(Seq<StmtNode*>& body) { return !accept(Kind::Else) || colonBlock(body); }

// Also reads `elif`, which is an If of its own inside the outer one's orelse.
StmtNode* Parser::ifStatement() {
  Nesting nesting(*this, 1);
  if (!nesting.ok()) return nullptr;
  const Token* start = t_++;
  ExprNode* test = namedExpression();
  Seq<StmtNode*> body, orelse;
  if (!test || !colonBlock(body)) return nullptr;
  if (at(Kind::Elif)) {
    StmtNode* inner = ifStatement();
    if (!inner) return nullptr;
    orelse = arena_.seq({inner});
  } else if (!elseBlock(orelse)) {
    return nullptr;
  }
  auto* statement = make<If>(arena_, fromStatement(start));
  statement->test = test;
  statement->body = body;
  statement->orelse = orelse;
  return statement;
}

StmtNode* Parser::whileStatement() {
  const Token* start = t_++;
  ExprNode* test = namedExpression();
  Seq<StmtNode*> body, orelse;
  if (!test || !colonBlock(body) || !elseBlock(orelse)) return nullptr;
  auto* statement = make<While>(arena_, fromStatement(start));
  statement->test = test;
  statement->body = body;
  statement->orelse = orelse;
  return statement;
}

StmtNode* Parser::forStatement(const Token* start, bool is_async) {
  ++t_;
  ExprNode* target = starTargets();
  if (!target || !accept(Kind::In)) return nullptr;
  ExprNode* iterable = starExpressions();
  if (!iterable || !accept(Kind::Colon)) return nullptr;
  std::string_view comment = typeComment();
  Seq<StmtNode*> body, orelse;
  if (!block(body) || !elseBlock(orelse)) return nullptr;
  auto fill = [&](auto* statement) -> StmtNode* {
    statement->target = target;
    statement->iter = iterable;
    statement->body = body;
    statement->orelse = orelse;
    statement->type_comment = comment;
    return statement;
  };
  Position position = fromStatement(start);
  return is_async ? fill(make<AsyncFor>(arena_, position)) : fill(make<For>(arena_, position));
}

WithItem* Parser::withItem() {
  ExprNode* context = expression();
  if (!context) return nullptr;
  ExprNode* target = nullptr;
  if (accept(Kind::As)) {
    target = starTarget();
    if (!target) return nullptr;
  }
  auto* item = make<WithItem>(arena_);
  item->context_expr = context;
  item->optional_vars = target;
  return item;
}

bool Parser::withItems(SeqBuilder<WithItem*>& items, bool parenthesised) {
  if (parenthesised && !accept(Kind::LeftParen)) return false;
  do {
    if (parenthesised && at(Kind::RightParen) && !items.empty()) break;
    WithItem* item = withItem();
    if (!item) return false;
    items.push(item);
  } while (accept(Kind::Comma));
  return (!parenthesised || accept(Kind::RightParen)) && accept(Kind::Colon);
}

StmtNode* Parser::withStatement(const Token* start, bool is_async) {
  ++t_;
  SeqBuilder<WithItem*> items(arena_);
  // A parenthesis may enclose the items, or belong to the first item's expression: the first reading has precedence,
  // but takes no type comment.
  Mark before = mark();
  bool parenthesised = at(Kind::LeftParen) && withItems(items, true) && !at(Kind::TypeComment);
  if (parenthesised) {
    if (!since(9)) return nullptr;
  } else {
    rewind(before);
    items.clear();
    if (!withItems(items, false)) return nullptr;
  }
  std::string_view comment = parenthesised ? std::string_view() : typeComment();
  Seq<StmtNode*> body;
  if (!block(body)) return nullptr;
  auto fill = [&](auto* statement) -> StmtNode* {
    statement->items = items.finish();
    statement->body = body;
    statement->type_comment = comment;
    return statement;
  };
  Position position = fromStatement(start);
  return is_async ? fill(make<AsyncWith>(arena_, position)) : fill(make<With>(arena_, position));
}

StmtNode* Parser::tryStatement() {
  const Token* start = t_++;
  Seq<StmtNode*> body, orelse, finalbody;
  if (!colonBlock(body)) return nullptr;
  SeqBuilder<ExceptHandlerNode*> handlers(arena_);
  bool star = false;
  while (at(Kind::Except)) {
    bool is_star = false;
    ExceptHandlerNode* handler = exceptHandler(is_star);
    if (!handler || (!handlers.empty() && is_star != star) || (is_star && !since(11))) return nullptr;
    star = is_star;
    handlers.push(handler);
  }
  if (!handlers.empty() && !elseBlock(orelse)) return nullptr;
  if (accept(Kind::Finally)) {
    if (!colonBlock(finalbody)) return nullptr;
  } else if (handlers.empty()) {
    return nullptr;
  }
  auto fill = [&](auto* statement) -> StmtNode* {
    statement->body = body;
    statement->handlers = handlers.finish();
    statement->orelse = orelse;
    statement->finalbody = finalbody;
    return statement;
  };
  Position position = fromStatement(start);
  return star ? fill(make<TryStar>(arena_, position)) : fill(make<Try>(arena_, position));
}

ExceptHandlerNode* Parser::exceptHandler(bool& is_star) {
  const Token* start = t_++;
  is_star = accept(Kind::Star);
  ExprNode* type = nullptr;
  Identifier name;
  if (is_star || !at(Kind::Colon)) {
    type = expression();
    if (!type) return nullptr;
    if (accept(Kind::As) && !(name = takeName())) return nullptr;
  }
  Seq<StmtNode*> body;
  if (!colonBlock(body)) return nullptr;
  auto* handler = make<ExceptHandler>(arena_, fromStatement(start));
  handler->type = type;
  handler->name = name;
  handler->body = body;
  return handler;
}

StmtNode* Parser::decorated() {
  SeqBuilder<ExprNode*> builder(arena_);
  while (accept(Kind::At)) {
    ExprNode* decorator = namedExpression();
    if (!decorator || !accept(Kind::Newline)) return nullptr;
    builder.push(decorator);
  }
  Seq<ExprNode*> decorators = builder.finish();
  const Token* start = t_;
  if (at(Kind::Class)) return classDefinition(start, decorators);
  bool is_async = accept(Kind::Async);
  if (is_async && !since(5)) return nullptr;
  return at(Kind::Def) ? functionDefinition(start, is_async, decorators) : nullptr;
}

// A type comment of a function stands behind the colon, or on the line after it.
bool Parser::functionTypeComment(std::string_view& comment) {
  if (at(Kind::Newline) && peek() == Kind::TypeComment) {
    if (t_[2].kind != Kind::Newline || t_[3].kind != Kind::Indent) return false;
    ++t_;
  }
  comment = typeComment();
  return true;
}

StmtNode* Parser::functionDefinition(const Token* start, bool is_async, Seq<ExprNode*> decorators) {
  ++t_;
  Identifier name = takeName();
  if (!name || !accept(Kind::LeftParen)) return nullptr;
  Arguments* args = parameters(false);
  if (!args || !accept(Kind::RightParen)) return nullptr;
  ExprNode* returns = nullptr;
  if (accept(Kind::Arrow)) {
    returns = expression();
    if (!returns) return nullptr;
  }
  std::string_view comment;
  Seq<StmtNode*> body;
  if (!accept(Kind::Colon) || !functionTypeComment(comment) || !block(body)) return nullptr;
  auto fill = [&](auto* statement) -> StmtNode* {
    statement->name = name;
    statement->args = args;
    statement->body = body;
    statement->decorator_list = decorators;
    statement->returns = returns;
    statement->type_comment = comment;
    return statement;
  };
  Position position = fromStatement(start);
  return is_async ? fill(make<AsyncFunctionDef>(arena_, position)) : fill(make<FunctionDef>(arena_, position));
}

StmtNode* Parser::classDefinition(const Token* start, Seq<ExprNode*> decorators) {
  ++t_;
  Identifier name = takeName();
  if (!name) return nullptr;
  Call* bases = nullptr;
  if (accept(Kind::LeftParen)) {
    bases = make<Call>(arena_, Position{});
    if (!arguments(*bases, Generator::Refused) || !accept(Kind::RightParen)) return nullptr;
  }
  Seq<StmtNode*> body;
  if (!colonBlock(body)) return nullptr;
  auto* statement = make<ClassDef>(arena_, fromStatement(start));
  statement->name = name;
  if (bases) {
    statement->bases = bases->args;
    statement->keywords = bases->keywords;
  }
  statement->body = body;
  statement->decorator_list = decorators;
  return statement;
}

}  // namespace krait::frontend
