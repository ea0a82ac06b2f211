// Parser: the match statement and its patterns.
//
// `match` and `case` are names everywhere else, so a statement that begins with `match` is read as a match statement
// first and, where that fails before the block, again as something simple.
#include "frontend/syntax/parser.h"

namespace krait::frontend {

using namespace ast;

StmtNode* Parser::matchStatement() {
  const Token* start = t_;
  Mark before = mark();
  ++t_;
  ExprNode* subject = matchSubject();
  if (!subject || !accept(Kind::Colon) || !accept(Kind::Newline) || !accept(Kind::Indent) || !atWord("case")) {
    rewind(before);
    return nullptr;
  }
  if (!since(10)) return nullptr;
  SeqBuilder<MatchCase*> cases(arena_);
  while (atWord("case")) {
    MatchCase* match_case = matchCase();
    if (!match_case) return nullptr;
    cases.push(match_case);
  }
  if (!accept(Kind::Dedent)) return nullptr;
  auto* statement = make<Match>(arena_, fromStatement(start));
  statement->subject = subject;
  statement->cases = cases.finish();
  return statement;
}

ExprNode* Parser::matchSubject() {
  if (!startsStarExpression()) return nullptr;
  const Token* start = t_;
  ExprNode* first = starNamedExpression();
  if (!first) return nullptr;
  if (!at(Kind::Comma)) return start->kind == Kind::Star ? nullptr : first;
  SeqBuilder<ExprNode*> items(arena_);
  items.push(first);
  while (accept(Kind::Comma) && startsStarExpression()) {
    ExprNode* item = starNamedExpression();
    if (!item) return nullptr;
    items.push(item);
  }
  auto* tuple = node<Tuple>(start);
  tuple->elts = items.finish();
  return tuple;
}

MatchCase* Parser::matchCase() {
  ++t_;
  PatternNode* pattern = patterns();
  if (!pattern) return nullptr;
  ExprNode* guard = nullptr;
  if (accept(Kind::If)) {
    guard = namedExpression();
    if (!guard) return nullptr;
  }
  Seq<StmtNode*> body;
  if (!colonBlock(body)) return nullptr;
  auto* match_case = make<MatchCase>(arena_);
  match_case->pattern = pattern;
  match_case->guard = guard;
  match_case->body = body;
  return match_case;
}

// The pattern of a case: without brackets, several make a sequence.
PatternNode* Parser::patterns() {
  const Token* start = t_;
  PatternNode* first = maybeStarPattern();
  if (!first) return nullptr;
  if (!at(Kind::Comma)) return start->kind == Kind::Star ? nullptr : first;
  SeqBuilder<PatternNode*> items(arena_);
  items.push(first);
  while (accept(Kind::Comma) && !at(Kind::If) && !at(Kind::Colon)) {
    PatternNode* item = maybeStarPattern();
    if (!item) return nullptr;
    items.push(item);
  }
  auto* sequence = node<MatchSequence>(start);
  sequence->patterns = items.finish();
  return sequence;
}

PatternNode* Parser::maybeStarPattern() {
  const Token* start = t_;
  if (!accept(Kind::Star)) return pattern();
  Identifier name;
  if (atWord("_")) {
    ++t_;
  } else if (!(name = captureName())) {
    return nullptr;
  }
  auto* star = node<MatchStar>(start);
  star->name = name;
  return star;
}

PatternNode* Parser::matchAs(const Token* start, PatternNode* pattern, Identifier name) {
  auto* match_as = node<MatchAs>(start);
  match_as->pattern = pattern;
  match_as->name = name;
  return match_as;
}

PatternNode* Parser::pattern() {
  Nesting nesting(*this, 6);
  if (!nesting.ok()) return nullptr;
  const Token* start = t_;
  PatternNode* alternatives = orPattern();
  if (!alternatives || !accept(Kind::As)) return alternatives;
  Identifier name = captureName();
  return name ? matchAs(start, alternatives, name) : nullptr;
}

PatternNode* Parser::orPattern() {
  const Token* start = t_;
  PatternNode* first = closedPattern();
  if (!first || !at(Kind::Pipe)) return first;
  SeqBuilder<PatternNode*> alternatives(arena_);
  alternatives.push(first);
  while (accept(Kind::Pipe)) {
    PatternNode* alternative = closedPattern();
    if (!alternative) return nullptr;
    alternatives.push(alternative);
  }
  auto* match_or = node<MatchOr>(start);
  match_or->patterns = alternatives.finish();
  return match_or;
}

PatternNode* Parser::closedPattern() {
  switch (kind()) {
    case Kind::Minus:
    case Kind::Number:
    case Kind::String:
    case Kind::None:
    case Kind::True:
    case Kind::False: return literalPattern();
    case Kind::Name: return namePattern();
    case Kind::LeftParen: return groupOrSequence();
    case Kind::LeftBracket: return listPattern();
    case Kind::LeftBrace: return mappingPattern();
    default: return nullptr;
  }
}

// The name a pattern binds: not the wildcard, and not the beginning of something longer.
Identifier Parser::captureName() {
  if (!at(Kind::Name) || atWord("_")) return {};
  Kind next = peek();
  return next == Kind::Dot || next == Kind::LeftParen || next == Kind::Equal ? Identifier() : takeName();
}

PatternNode* Parser::literalPattern() {
  const Token* start = t_;
  ExprNode* value = literalExpression();
  if (!value) return nullptr;
  const auto* constant = asIf<ast::Constant>(value);
  if (constant && start->kind != Kind::Number && start->kind != Kind::String) {
    auto* match_singleton = node<MatchSingleton>(start);
    match_singleton->value = constant->value;
    return match_singleton;
  }
  auto* match_value = node<MatchValue>(start);
  match_value->value = value;
  return match_value;
}

ExprNode* Parser::signedNumber() {
  const Token* start = t_;
  bool negative = accept(Kind::Minus);
  if (!at(Kind::Number)) return nullptr;
  ExprNode* number = numberAtom();
  if (!number || !negative) return number;
  auto* operation = node<UnaryOp>(start);
  operation->op = UnaryOperator::USub;
  operation->operand = number;
  return operation;
}

// A literal as a pattern or a mapping key: a string, a singleton, a number, or a real number plus an imaginary one.
ExprNode* Parser::literalExpression() {
  switch (kind()) {
    case Kind::String: return strings();
    case Kind::None: return singleton(frontend::Constant::Kind::None);
    case Kind::True: return singleton(frontend::Constant::Kind::True);
    case Kind::False: return singleton(frontend::Constant::Kind::False);
    default: break;
  }
  auto isImaginary = [&](const Token& number) { return (unit_.text[number.end - 1] | 0x20) == 'j'; };
  const Token* start = t_;
  ExprNode* real = signedNumber();
  if (!real || (!at(Kind::Plus) && !at(Kind::Minus))) return real;
  bool real_is_real = !isImaginary(t_[-1]);
  Operator op = at(Kind::Plus) ? Operator::Add : Operator::Sub;
  ++t_;
  if (!real_is_real || !at(Kind::Number) || !isImaginary(*t_)) return nullptr;
  ExprNode* imaginary = numberAtom();
  if (!imaginary) return nullptr;
  auto* operation = node<BinOp>(start);
  operation->left = real;
  operation->op = op;
  operation->right = imaginary;
  return operation;
}

// Capture, wildcard, value or class.
PatternNode* Parser::namePattern() {
  const Token* start = t_;
  Kind next = peek();
  if (next != Kind::Dot && next != Kind::LeftParen) {
    if (next == Kind::Equal) return nullptr;
    if (atWord("_")) {
      ++t_;
      return matchAs(start, nullptr, {});
    }
    return matchAs(start, nullptr, takeName());
  }
  ExprNode* name = nameOrAttribute();
  if (!name) return nullptr;
  if (at(Kind::LeftParen)) return classPattern(name, start);
  if (at(Kind::Equal)) return nullptr;
  auto* match_value = node<MatchValue>(start);
  match_value->value = name;
  return match_value;
}

ExprNode* Parser::nameOrAttribute() {
  const Token* start = t_;
  if (!at(Kind::Name)) return nullptr;
  ExprNode* value = nameAtom();
  while (accept(Kind::Dot)) {
    Identifier attr = takeName();
    if (!attr) return nullptr;
    auto* attribute = node<Attribute>(start);
    attribute->value = value;
    attribute->attr = attr;
    value = attribute;
  }
  return value;
}

bool Parser::sequencePatterns(SeqBuilder<PatternNode*>& items, Kind close, bool& trailing_comma) {
  trailing_comma = false;
  while (!at(close)) {
    PatternNode* item = maybeStarPattern();
    if (!item) return false;
    items.push(item);
    trailing_comma = accept(Kind::Comma);
    if (!trailing_comma) break;
  }
  return accept(close);
}

PatternNode* Parser::groupOrSequence() {
  const Token* start = t_++;
  SeqBuilder<PatternNode*> items(arena_);
  bool trailing_comma;
  if (!sequencePatterns(items, Kind::RightParen, trailing_comma)) return nullptr;
  if (items.size() == 1 && !trailing_comma) return start[1].kind == Kind::Star ? nullptr : items[0];
  auto* sequence = node<MatchSequence>(start);
  sequence->patterns = items.finish();
  return sequence;
}

PatternNode* Parser::listPattern() {
  const Token* start = t_++;
  SeqBuilder<PatternNode*> items(arena_);
  bool trailing_comma;
  if (!sequencePatterns(items, Kind::RightBracket, trailing_comma)) return nullptr;
  auto* sequence = node<MatchSequence>(start);
  sequence->patterns = items.finish();
  return sequence;
}

PatternNode* Parser::mappingPattern() {
  const Token* start = t_++;
  SeqBuilder<ExprNode*> keys(arena_);
  SeqBuilder<PatternNode*> values(arena_);
  Identifier rest;
  while (!at(Kind::RightBrace)) {
    if (rest) return nullptr;
    if (accept(Kind::DoubleStar)) {
      rest = captureName();
      if (!rest) return nullptr;
    } else {
      ExprNode* key = at(Kind::Name) && peek() == Kind::Dot ? nameOrAttribute()
                      : at(Kind::Name)                      ? nullptr
                                                            : literalExpression();
      if (!key || !accept(Kind::Colon)) return nullptr;
      PatternNode* value = pattern();
      if (!value) return nullptr;
      keys.push(key);
      values.push(value);
    }
    if (!accept(Kind::Comma)) break;
  }
  if (!accept(Kind::RightBrace)) return nullptr;
  auto* mapping = node<MatchMapping>(start);
  mapping->keys = keys.finish();
  mapping->patterns = values.finish();
  mapping->rest = rest;
  return mapping;
}

PatternNode* Parser::classPattern(ExprNode* cls, const Token* start) {
  ++t_;
  SeqBuilder<PatternNode*> positional(arena_), keyword(arena_);
  SeqBuilder<Identifier> names(arena_);
  while (!at(Kind::RightParen)) {
    bool named = at(Kind::Name) && peek() == Kind::Equal;
    if (named) {
      names.push(takeName());
      ++t_;
    } else if (!names.empty()) {
      return nullptr;
    }
    PatternNode* value = pattern();
    if (!value) return nullptr;
    (named ? keyword : positional).push(value);
    if (!accept(Kind::Comma)) break;
  }
  if (!accept(Kind::RightParen)) return nullptr;
  auto* match_class = node<MatchClass>(start);
  match_class->cls = cls;
  match_class->patterns = positional.finish();
  match_class->kwd_attrs = names.finish();
  match_class->kwd_patterns = keyword.finish();
  return match_class;
}

}  // namespace krait::frontend
