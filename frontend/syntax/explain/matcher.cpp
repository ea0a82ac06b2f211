// See matcher.h.
#include "frontend/syntax/explain/matcher.h"

namespace krait::frontend {

Matcher::Matcher(const Unit& unit, Listener& listener)
    : unit_(unit),
      grammar_(Grammar::instance()),
      listener_(listener),
      tokens_(unit.lexer.tokens()),
      memos_(tokens_.size() + 1) {}

bool Matcher::match(uint16_t rule_index) { return rule(rule_index); }

void Matcher::prepareSecondReading() {
  for (auto& memos : memos_) memos.clear();
  position_ = 0;
  with_mistakes_ = true;
}

// Makes sure that the token at the current position was read.
bool Matcher::fetch() {
  if (aborted_) return false;
  if (position_ >= tokens_.size()) return false;
  if (position_ < fetched_) return true;
  fetched_ = position_ + 1;
  if (tokens_[position_].kind != TokenKind::Error) return true;
  listener_.errorToken();
  aborted_ = true;
  return false;
}

bool Matcher::token(TokenKind kind) {
  if (!fetch() || tokens_[position_].kind != kind) return false;
  if (kind == TokenKind::Number && !listener_.number(position_)) {
    aborted_ = true;
    return false;
  }
  ++position_;
  return true;
}

bool Matcher::item(const GrammarItem& item) {
  switch (item.type) {
    case GrammarItem::Type::Token: return token(item.token);
    case GrammarItem::Type::Word:
      return fetch() && tokens_[position_].kind == TokenKind::Name && unit_.textOf(tokens_[position_]) == item.text &&
             token(TokenKind::Name);
    case GrammarItem::Type::SoftKeyword: {
      if (!fetch() || tokens_[position_].kind != TokenKind::Name) return false;
      std::string_view text = unit_.textOf(tokens_[position_]);
      return (text == "match" || text == "case" || text == "_") && token(TokenKind::Name);
    }
    case GrammarItem::Type::NotEqual:
      if (!fetch() || tokens_[position_].kind != TokenKind::NotEqual || !listener_.notEqual(position_)) return false;
      ++position_;
      return true;
    case GrammarItem::Type::Rule: return rule(item.rule);
    case GrammarItem::Type::Group: {
      Level level(*this);
      return alternatives(item.alternatives);
    }
    case GrammarItem::Type::Optional: {
      uint32_t start = position_;
      if (!this->item(item.inner[0])) position_ = start;
      return !aborted_;
    }
    case GrammarItem::Type::Repeat0: return repeat(item, false);
    case GrammarItem::Type::Repeat1: return repeat(item, true);
    case GrammarItem::Type::Gather: return gather(item);
    case GrammarItem::Type::Ahead: return lookahead(item) && !aborted_;
    case GrammarItem::Type::NotAhead: return !lookahead(item) && !aborted_;
    case GrammarItem::Type::Commit: return true;
    case GrammarItem::Type::Forced:
      if (token(item.token)) return true;
      if (!aborted_) {
        listener_.forced(item, position_);
        aborted_ = true;
      }
      return false;
  }
  return false;
}

bool Matcher::repeat(const GrammarItem& repeated, bool at_least_one) {
  Level level(*this);
  uint32_t count = 0;
  for (;; ++count) {
    uint32_t start = position_;
    if (!item(repeated.inner[0])) {
      position_ = start;
      break;
    }
    if (position_ == start) break;
  }
  return !aborted_ && (count > 0 || !at_least_one);
}

bool Matcher::gather(const GrammarItem& gathered) {
  Level level(*this);
  if (!item(gathered.inner[0])) return false;
  for (;;) {
    uint32_t start = position_;
    if (!item(gathered.inner[1]) || !item(gathered.inner[0])) {
      position_ = start;
      return !aborted_;
    }
  }
}

bool Matcher::lookahead(const GrammarItem& ahead) {
  uint32_t start = position_;
  bool matched = item(ahead.inner[0]);
  position_ = start;
  return matched;
}

bool Matcher::alternatives(const std::vector<GrammarAlternative>& alternatives) {
  uint32_t start = position_;
  for (const GrammarAlternative& alternative : alternatives) {
    if (aborted_) return false;
    if (alternative.for_mistakes && !with_mistakes_) continue;
    Labels labels;
    bool committed = false, matched = true;
    for (const GrammarItem& part : alternative.items) {
      uint32_t part_start = position_;
      committed |= part.type == GrammarItem::Type::Commit;
      matched = item(part);
      if (!matched) break;
      if (part.label) (part.label == 'b' ? labels.b : labels.a) = {&part, part_start, position_};
    }
    if (aborted_) return false;
    if (matched) {
      if (alternative.explanation.action.empty()) return true;
      // An explanation that turns out not to apply makes the rule fail: the alternatives after it are not tried.
      return listener_.explain(alternative.explanation, labels, position_) && !aborted_;
    }
    position_ = start;
    if (committed) return false;
  }
  return false;
}

Matcher::Memo* Matcher::remembered(uint16_t rule, uint32_t position) {
  for (Memo& memo : memos_[position]) {
    if (memo.rule == rule) return &memo;
  }
  return nullptr;
}

void Matcher::remember(uint16_t rule, uint32_t position, uint32_t end) {
  if (Memo* memo = remembered(rule, position)) {
    memo->end = end;
  } else {
    memos_[position].push_back({rule, end});
  }
}

bool Matcher::rule(uint16_t index) {
  Level level(*this);
  if (aborted_ || !fetch()) return false;
  const GrammarRule& rule = grammar_.rule(index);
  if (!rule.memo && !rule.left_recursive) return ruleOnce(index);
  uint32_t start = position_;
  if (Memo* memo = remembered(index, start)) {
    if (memo->end == kFailed) return false;
    position_ = memo->end;
    return true;
  }
  if (rule.left_recursive) return grow(index);
  bool matched = ruleOnce(index);
  if (aborted_) return false;
  remember(index, start, matched ? position_ : kFailed);
  return matched;
}

bool Matcher::ruleOnce(uint16_t index) {
  const GrammarRule& rule = grammar_.rule(index);
  bool with_mistakes = with_mistakes_;
  if (rule.without_invalid) with_mistakes_ = false;
  bool matched = alternatives(rule.alternatives);
  with_mistakes_ = with_mistakes;
  return matched;
}

// Left recursion: the rule first fails at its own place, then each round may use what the round before it found.
bool Matcher::grow(uint16_t index) {
  uint32_t start = position_, best = kFailed;
  for (;;) {
    remember(index, start, best);
    position_ = start;
    Level level(*this);
    bool matched = ruleOnce(index);
    if (aborted_) return false;
    if (!matched || (best != kFailed && position_ <= best)) break;
    best = position_;
  }
  if (best == kFailed) {
    position_ = start;
    return false;
  }
  position_ = best;
  return true;
}

}  // namespace krait::frontend
