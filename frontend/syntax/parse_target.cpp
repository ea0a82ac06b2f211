// Parser: what may stand on the left of an assignment, behind `for`, `as` and `del`; and parameters.
//
// Targets are read as expressions and then checked: every target is also an expression.
#include "frontend/syntax/parser.h"

namespace krait::frontend {

using namespace ast;

void Parser::setContext(ExprNode* node, ExprContext context) {
  switch (node->kind) {
    case ExprKind::Name: as<Name>(node)->ctx = context; break;
    case ExprKind::Attribute: as<Attribute>(node)->ctx = context; break;
    case ExprKind::Subscript: as<Subscript>(node)->ctx = context; break;
    case ExprKind::Starred:
      as<Starred>(node)->ctx = context;
      setContext(as<Starred>(node)->value, context);
      break;
    case ExprKind::List:
      as<List>(node)->ctx = context;
      for (ExprNode* item : as<List>(node)->elts) setContext(item, context);
      break;
    case ExprKind::Tuple:
      as<Tuple>(node)->ctx = context;
      for (ExprNode* item : as<Tuple>(node)->elts) setContext(item, context);
      break;
    default: break;
  }
}

// Turns an expression into a target, if it can be one. Stars are for assignments, not for del.
bool Parser::makeTarget(ExprNode* node, ExprContext context, bool starred) {
  switch (node->kind) {
    case ExprKind::Name: as<Name>(node)->ctx = context; return true;
    case ExprKind::Attribute: as<Attribute>(node)->ctx = context; return true;
    case ExprKind::Subscript: as<Subscript>(node)->ctx = context; return true;
    case ExprKind::Starred:
      as<Starred>(node)->ctx = context;
      return starred && makeTarget(as<Starred>(node)->value, context, starred);
    case ExprKind::List:
      as<List>(node)->ctx = context;
      for (ExprNode* item : as<List>(node)->elts) {
        if (!makeTarget(item, context, starred)) return false;
      }
      return true;
    case ExprKind::Tuple:
      as<Tuple>(node)->ctx = context;
      for (ExprNode* item : as<Tuple>(node)->elts) {
        if (!makeTarget(item, context, starred)) return false;
      }
      return true;
    default: return false;
  }
}

bool Parser::isSingleTarget(const ExprNode* node) const {
  return is<Name>(node) || is<Attribute>(node) || is<Subscript>(node);
}

ExprNode* Parser::starTarget() {
  const Token* start = t_;
  bool starred = accept(Kind::Star);
  ExprNode* target = bitwiseOr();
  if (!target || !makeTarget(target, ExprContext::Store, true)) return nullptr;
  if (!starred) return target;
  auto* star = node<Starred>(start);
  star->value = target;
  star->ctx = ExprContext::Store;
  return star;
}

ExprNode* Parser::starTargets() {
  const Token* start = t_;
  ExprNode* first = starTarget();
  if (!first || !at(Kind::Comma)) return first;
  SeqBuilder<ExprNode*> items(arena_);
  items.push(first);
  while (accept(Kind::Comma) && startsStarExpression()) {
    ExprNode* item = starTarget();
    if (!item) return nullptr;
    items.push(item);
  }
  auto* tuple = node<Tuple>(start);
  tuple->elts = items.finish();
  tuple->ctx = ExprContext::Store;
  return tuple;
}

Arg* Parser::parameter(bool lambda, bool star_annotation) {
  const Token* start = t_;
  Identifier name = takeName();
  if (!name) return nullptr;
  ExprNode* annotation = nullptr;
  if (!lambda && accept(Kind::Colon)) {
    annotation = star_annotation ? starExpression() : expression();
    if (!annotation) return nullptr;
  }
  auto* arg = node<Arg>(start);
  arg->arg = name;
  arg->annotation = annotation;
  return arg;
}

// The parameters of a def (up to its closing parenthesis) or of a lambda (up to its colon).
Arguments* Parser::parameters(bool lambda) {
  Kind close = lambda ? Kind::Colon : Kind::RightParen;
  SeqBuilder<Arg*> positional(arena_), keyword_only(arena_);
  SeqBuilder<ExprNode*> defaults(arena_), keyword_defaults(arena_);
  auto* arguments = make<Arguments>(arena_);
  bool seen_star = false, seen_slash = false, bare_star = false;
  while (!at(close)) {
    Arg* arg = nullptr;
    if (at(Kind::Slash)) {
      if (seen_star || seen_slash || positional.empty() || !since(8)) return nullptr;
      ++t_;
      seen_slash = true;
      arguments->posonlyargs = positional.finish();
      positional.clear();
    } else if (at(Kind::Star)) {
      if (seen_star) return nullptr;
      ++t_;
      seen_star = true;
      if (at(Kind::Comma)) {
        bare_star = true;
      } else {
        arg = parameter(lambda, true);
        if (!arg) return nullptr;
        arguments->vararg = arg;
      }
    } else if (accept(Kind::DoubleStar)) {
      arg = parameter(lambda, false);
      if (!arg) return nullptr;
      arguments->kwarg = arg;
    } else {
      arg = parameter(lambda, false);
      if (!arg) return nullptr;
      ExprNode* value = nullptr;
      if (accept(Kind::Equal)) {
        value = expression();
        if (!value) return nullptr;
      }
      if (seen_star) {
        keyword_only.push(arg);
        keyword_defaults.push(value);
      } else {
        if (!value && !defaults.empty()) return nullptr;
        positional.push(arg);
        if (value) defaults.push(value);
      }
    }
    bool comma = accept(Kind::Comma);
    if (!lambda && arg && at(Kind::TypeComment)) arg->type_comment = typeComment();
    if (arguments->kwarg || !comma) break;
  }
  if (!at(close) || (bare_star && keyword_only.empty())) return nullptr;
  arguments->args = positional.finish();
  arguments->kwonlyargs = keyword_only.finish();
  arguments->kw_defaults = keyword_defaults.finish();
  arguments->defaults = defaults.finish();
  return arguments;
}

}  // namespace krait::frontend
