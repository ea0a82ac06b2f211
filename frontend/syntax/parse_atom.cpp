// Parser: primaries, atoms, calls, subscripts, collections and comprehensions.
#include "frontend/syntax/parser.h"

namespace krait::frontend {

using namespace ast;

ExprNode* Parser::primary() {
  const Token* start = t_;
  ExprNode* base = atom();
  return base ? trailers(base, start) : nullptr;
}

ExprNode* Parser::trailers(ExprNode* base, const Token* start) {
  while (base) {
    switch (kind()) {
      case Kind::Dot: {
        ++t_;
        Identifier attr = takeName();
        if (!attr) return nullptr;
        auto* attribute = node<Attribute>(start);
        attribute->value = base;
        attribute->attr = attr;
        base = attribute;
        break;
      }
      case Kind::LeftParen: base = call(base, start); break;
      case Kind::LeftBracket: base = subscript(base, start); break;
      default: return base;
    }
  }
  return nullptr;
}

ExprNode* Parser::call(ExprNode* function, const Token* start) {
  Nesting nesting(*this, 20);
  if (!nesting.ok()) return nullptr;
  auto* call = make<Call>(arena_, Position{});
  call->func = function;
  ++t_;
  if (!arguments(*call, Generator::Allowed) || !accept(Kind::RightParen)) return nullptr;
  call->position = from(start);
  return call;
}

Call* Parser::callArguments() {
  auto* call = make<Call>(arena_, Position{});
  return arguments(*call, Generator::Refused) ? call : nullptr;
}

// The arguments of a call, up to its closing parenthesis. Three stages: positional ones and stars; after the first
// keyword no positional ones; after the first double star no single stars.
bool Parser::arguments(Call& call, Generator generator) {
  SeqBuilder<ExprNode*> args(arena_);
  SeqBuilder<Keyword*> keywords(arena_);
  bool seen_keyword = false, seen_double_star = false;
  while (!at(Kind::RightParen)) {
    const Token* start = t_;
    if (at(Kind::DoubleStar) || (at(Kind::Name) && peek() == Kind::Equal)) {
      Identifier name;
      if (accept(Kind::DoubleStar)) {
        seen_double_star = true;
      } else {
        name = takeName();
        ++t_;
      }
      seen_keyword = true;
      ExprNode* value = expression();
      if (!value) return false;
      auto* keyword = node<Keyword>(start);
      keyword->arg = name;
      keyword->value = value;
      keywords.push(keyword);
    } else if (at(Kind::Star)) {
      if (seen_double_star) return false;
      ExprNode* starred = starredExpression();
      if (!starred) return false;
      args.push(starred);
    } else {
      if (seen_keyword) return false;
      ExprNode* value = namedExpression();
      if (!value || at(Kind::Equal)) return false;
      if (atComprehension()) {
        // A generator expression may go without parentheses when it is the only argument; its range is the call's own.
        if (generator == Generator::Refused || !args.empty()) return false;
        SeqBuilder<Comprehension*, 4> generators(arena_);
        if (!forIfClauses(generators) || !at(Kind::RightParen)) return false;
        Position position = {start[-1].lineno, start[-1].col, t_->end_lineno, t_->end_col};
        auto* expression = make<GeneratorExp>(arena_, position);
        expression->elt = value;
        expression->generators = generators.finish();
        value = expression;
      }
      args.push(value);
    }
    if (!accept(Kind::Comma)) break;
  }
  call.args = args.finish();
  call.keywords = keywords.finish();
  return true;
}

ExprNode* Parser::subscript(ExprNode* base, const Token* start) {
  Nesting nesting(*this, 20);
  if (!nesting.ok()) return nullptr;
  ++t_;
  const Token* slice_start = t_;
  ExprNode* index = nullptr;
  if (!at(Kind::Star)) {
    index = slice();
    if (!index) return nullptr;
  }
  if (!index || at(Kind::Comma)) {
    SeqBuilder<ExprNode*> items(arena_);
    if (index) {
      items.push(index);
      ++t_;
    }
    while (!at(Kind::RightBracket)) {
      ExprNode* item = at(Kind::Star) ? starredExpression() : slice();
      if (!item) return nullptr;
      items.push(item);
      if (!accept(Kind::Comma)) break;
    }
    auto* tuple = node<Tuple>(slice_start);
    tuple->elts = items.finish();
    index = tuple;
  }
  if (!accept(Kind::RightBracket)) return nullptr;
  auto* subscript = node<Subscript>(start);
  subscript->value = base;
  subscript->slice = index;
  return subscript;
}

ExprNode* Parser::slice() {
  const Token* start = t_;
  ExprNode* lower = nullptr;
  if (!at(Kind::Colon)) {
    lower = namedExpression();
    if (!lower || !at(Kind::Colon)) return lower;
    if (is<NamedExpr>(lower) && start->kind == Kind::Name && start[1].kind == Kind::ColonEqual) return lower;
  }
  ++t_;
  ExprNode* upper = nullptr;
  ExprNode* step = nullptr;
  if (startsExpression()) {
    upper = expression();
    if (!upper) return nullptr;
  }
  if (accept(Kind::Colon) && startsExpression()) {
    step = expression();
    if (!step) return nullptr;
  }
  auto* slice = node<Slice>(start);
  slice->lower = lower;
  slice->upper = upper;
  slice->step = step;
  return slice;
}

ExprNode* Parser::atom() {
  switch (kind()) {
    case Kind::Name: return nameAtom();
    case Kind::Number: return numberAtom();
    case Kind::String: return strings();
    case Kind::True: return singleton(frontend::Constant::Kind::True);
    case Kind::False: return singleton(frontend::Constant::Kind::False);
    case Kind::None: return singleton(frontend::Constant::Kind::None);
    case Kind::Ellipsis: return singleton(frontend::Constant::Kind::Ellipsis);
    case Kind::LeftParen: return parenthesised();
    case Kind::LeftBracket: return bracketed();
    case Kind::LeftBrace: return braced();
    default: return nullptr;
  }
}

Identifier Parser::identifier(const Token& token) {
  std::string_view text = unit_.textOf(token);
  const CompileHooks& hooks = unit_.options.hooks;
  if (hooks.normalize) {
    bool ascii = true;
    for (unsigned char c : text) ascii &= c < 0x80;
    if (!ascii) {
      std::string normal(text);
      hooks.normalize(hooks.context, normal);
      return arena_.intern(normal);
    }
  }
  return arena_.intern(text);
}

Identifier Parser::takeName() { return at(Kind::Name) ? identifier(*t_++) : Identifier(); }

ExprNode* Parser::nameAtom() {
  const Token* start = t_;
  Identifier id = takeName();
  auto* name = node<Name>(start);
  name->id = id;
  return name;
}

ExprNode* Parser::numberAtom() {
  const Token* start = t_++;
  if (!since(6) && unit_.textOf(*start).find('_') != std::string_view::npos) return nullptr;
  frontend::Constant value;
  std::string message;
  if (!readNumber(unit_.textOf(*start), arena_, unit_.options.int_max_str_digits, value, message)) return nullptr;
  auto* constant = node<ast::Constant>(start);
  constant->value = arena_.make<frontend::Constant>(value);
  return constant;
}

ExprNode* Parser::singleton(frontend::Constant::Kind kind) {
  const Token* start = t_++;
  auto* constant = node<ast::Constant>(start);
  constant->value = arena_.make<frontend::Constant>(frontend::Constant::singleton(kind));
  return constant;
}

ExprNode* Parser::strings() {
  const Token* first = t_;
  while (at(Kind::String)) ++t_;
  LiteralError error;
  return readStrings(unit_, first, t_ - 1, false, error);
}

// Items of a display up to (not including) `close`; a trailing comma is allowed.
bool Parser::starNamedList(SeqBuilder<ExprNode*>& items, Kind close) {
  while (!at(close)) {
    ExprNode* item = starNamedExpression();
    if (!item) return false;
    items.push(item);
    if (!accept(Kind::Comma)) break;
  }
  return at(close);
}

// A tuple, a group or a generator expression.
ExprNode* Parser::parenthesised() {
  Nesting nesting(*this, 20);
  if (!nesting.ok()) return nullptr;
  const Token* start = t_++;
  if (at(Kind::Yield)) {
    ExprNode* yield = yieldExpression();
    return yield && accept(Kind::RightParen) ? yield : nullptr;
  }
  SeqBuilder<ExprNode*> items(arena_);
  if (!at(Kind::RightParen)) {
    ExprNode* first = starNamedExpression();
    if (!first) return nullptr;
    if (atComprehension()) {
      SeqBuilder<Comprehension*, 4> generators(arena_);
      if (is<Starred>(first) || !forIfClauses(generators) || !accept(Kind::RightParen)) return nullptr;
      auto* generator = node<GeneratorExp>(start);
      generator->elt = first;
      generator->generators = generators.finish();
      return generator;
    }
    if (!accept(Kind::Comma)) {
      bool group = start[1].kind != Kind::Star;
      return group && accept(Kind::RightParen) ? first : nullptr;
    }
    items.push(first);
    if (!starNamedList(items, Kind::RightParen)) return nullptr;
  }
  ++t_;
  auto* tuple = node<Tuple>(start);
  tuple->elts = items.finish();
  return tuple;
}

ExprNode* Parser::bracketed() {
  Nesting nesting(*this, 20);
  if (!nesting.ok()) return nullptr;
  const Token* start = t_++;
  SeqBuilder<ExprNode*> items(arena_);
  if (!at(Kind::RightBracket)) {
    ExprNode* first = starNamedExpression();
    if (!first) return nullptr;
    if (atComprehension()) {
      SeqBuilder<Comprehension*, 4> generators(arena_);
      if (start[1].kind == Kind::Star || !forIfClauses(generators) || !accept(Kind::RightBracket)) return nullptr;
      auto* comprehension = node<ListComp>(start);
      comprehension->elt = first;
      comprehension->generators = generators.finish();
      return comprehension;
    }
    items.push(first);
    if (accept(Kind::Comma)) {
      if (!starNamedList(items, Kind::RightBracket)) return nullptr;
    } else if (!at(Kind::RightBracket)) {
      return nullptr;
    }
  }
  ++t_;
  auto* list = node<List>(start);
  list->elts = items.finish();
  return list;
}

ExprNode* Parser::dictionary(const Token* start, ExprNode* key, ExprNode* value) {
  SeqBuilder<ExprNode*> keys(arena_), values(arena_);
  for (;;) {
    if (value) {
      keys.push(key);
      values.push(value);
      if (!accept(Kind::Comma)) break;
    }
    if (at(Kind::RightBrace)) break;
    if (accept(Kind::DoubleStar)) {
      key = nullptr;
      value = bitwiseOr();
    } else {
      key = expression();
      if (!key || !accept(Kind::Colon)) return nullptr;
      value = expression();
    }
    if (!value) return nullptr;
  }
  if (!accept(Kind::RightBrace)) return nullptr;
  auto* dict = node<Dict>(start);
  dict->keys = keys.finish();
  dict->values = values.finish();
  return dict;
}

// A dict, a set, or a comprehension of either.
ExprNode* Parser::braced() {
  Nesting nesting(*this, 20);
  if (!nesting.ok()) return nullptr;
  const Token* start = t_++;
  if (at(Kind::RightBrace) || at(Kind::DoubleStar)) return dictionary(start, nullptr, nullptr);
  bool named = at(Kind::Name) && peek() == Kind::ColonEqual;
  ExprNode* first = starNamedExpression();
  if (!first) return nullptr;
  bool starred = start[1].kind == Kind::Star;
  if (!named && !starred && accept(Kind::Colon)) {
    ExprNode* value = expression();
    if (!value) return nullptr;
    if (!atComprehension()) return dictionary(start, first, value);
    SeqBuilder<Comprehension*, 4> generators(arena_);
    if (!forIfClauses(generators) || !accept(Kind::RightBrace)) return nullptr;
    auto* comprehension = node<DictComp>(start);
    comprehension->key = first;
    comprehension->value = value;
    comprehension->generators = generators.finish();
    return comprehension;
  }
  if (!starred && atComprehension()) {
    SeqBuilder<Comprehension*, 4> generators(arena_);
    if (!forIfClauses(generators) || !accept(Kind::RightBrace)) return nullptr;
    auto* comprehension = node<SetComp>(start);
    comprehension->elt = first;
    comprehension->generators = generators.finish();
    return comprehension;
  }
  SeqBuilder<ExprNode*> items(arena_);
  items.push(first);
  if (accept(Kind::Comma) && !starNamedList(items, Kind::RightBrace)) return nullptr;
  if (!accept(Kind::RightBrace)) return nullptr;
  auto* set = node<Set>(start);
  set->elts = items.finish();
  return set;
}

bool Parser::forIfClauses(SeqBuilder<Comprehension*, 4>& generators) {
  do {
    Comprehension* clause = forIfClause();
    if (!clause) return false;
    generators.push(clause);
  } while (atComprehension());
  return true;
}

Comprehension* Parser::forIfClause() {
  bool is_async = accept(Kind::Async);
  if (is_async && !since(6)) return nullptr;
  ++t_;
  ExprNode* target = starTargets();
  if (!target || !accept(Kind::In)) return nullptr;
  ExprNode* iterable = disjunction();
  if (!iterable) return nullptr;
  SeqBuilder<ExprNode*> ifs(arena_);
  while (accept(Kind::If)) {
    ExprNode* test = disjunction();
    if (!test) return nullptr;
    ifs.push(test);
  }
  auto* clause = make<Comprehension>(arena_);
  clause->target = target;
  clause->iter = iterable;
  clause->ifs = ifs.finish();
  clause->is_async = is_async;
  return clause;
}

}  // namespace krait::frontend
