// Reads the grammar's text into rules: see grammar.h. The text is part of the program, so mistakes in it are asserted.
#include "frontend/syntax/explain/grammar.h"

#include <cassert>
#include <cstring>

namespace krait::frontend {

namespace {

struct NamedKind {
  std::string_view name;
  TokenKind kind;
};

constexpr NamedKind kClasses[] = {
    {"ENDMARKER", TokenKind::EndMarker}, {"NEWLINE", TokenKind::Newline},
    {"INDENT", TokenKind::Indent},       {"DEDENT", TokenKind::Dedent},
    {"NAME", TokenKind::Name},           {"NUMBER", TokenKind::Number},
    {"STRING", TokenKind::String},       {"ASYNC", TokenKind::Async},
    {"AWAIT", TokenKind::Await},         {"TYPE_COMMENT", TokenKind::TypeComment},
};

constexpr NamedKind kSpellings[] = {
#define TOKEN_OPERATOR(Name, text) {text, TokenKind::Name},
#define TOKEN_KEYWORD(Name, text) {text, TokenKind::Name},
#include "frontend/syntax/token.def"
};

template <size_t kCount>
bool findKind(const NamedKind (&table)[kCount], std::string_view name, TokenKind& kind) {
  for (const NamedKind& row : table) {
    if (row.name != name) continue;
    kind = row.kind;
    return true;
  }
  return false;
}

bool isWordCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

}  // namespace

class GrammarReader {
 public:
  GrammarReader(Grammar& grammar, const char* text) : rules_(grammar.rules_), p_(text) {}

  void run() {
    declareRules();
    skip();
    for (uint16_t index = 0; *p_; ++index) {
      word();
      readRule(rules_[index]);
    }
    for (uint16_t index = 0; index < rules_.size(); ++index) rules_[index].left_recursive = leadsCycle(index);
  }

 private:
  // Rules refer to later ones, so their names come first: a word at the start of a line begins one.
  void declareRules() {
    for (const char* line = p_; line; line = std::strchr(line, '\n')) {
      if (*line == '\n') ++line;
      if (!isWordCharacter(*line)) continue;
      const char* end = line;
      while (isWordCharacter(*end)) ++end;
      GrammarRule rule;
      rule.name.assign(line, end);
      rule.without_invalid = rule.name.ends_with("_without_invalid");
      rules_.push_back(std::move(rule));
    }
  }

  uint16_t find(std::string_view name) const {
    for (uint16_t i = 0; i < rules_.size(); ++i) {
      if (rules_[i].name == name) return i;
    }
    assert(false && "the grammar names a rule that it does not have");
    return 0;
  }

  void skip() {
    for (;; ++p_) {
      if (*p_ == '#') p_ += std::strcspn(p_, "\n");
      if (*p_ != ' ' && *p_ != '\n') return;
    }
  }
  bool accept(std::string_view symbol) {
    if (std::strncmp(p_, symbol.data(), symbol.size()) != 0) return false;
    p_ += symbol.size();
    skip();
    return true;
  }
  std::string word() {
    const char* start = p_;
    while (isWordCharacter(*p_)) ++p_;
    std::string text(start, p_);
    skip();
    return text;
  }
  std::string quoted() {
    char quote = *p_++;
    std::string text;
    while (*p_ != quote) {
      if (*p_ == '\\') ++p_;
      text += *p_++;
    }
    ++p_;
    return text;
  }

  void readRule(GrammarRule& rule) {
    rule.memo = accept("(memo)");
    [[maybe_unused]] bool colon = accept(":");
    assert(colon);
    rule.alternatives = readAlternatives();
  }

  std::vector<GrammarAlternative> readAlternatives() {
    std::vector<GrammarAlternative> alternatives;
    accept("|");
    do {
      alternatives.push_back(readAlternative());
    } while (accept("|"));
    return alternatives;
  }

  // A word followed by a colon or "(memo)" begins the next rule.
  bool atEndOfAlternative() const {
    if (*p_ == 0 || *p_ == '|' || *p_ == ')' || *p_ == ']' || (p_[0] == '=' && p_[1] == '>')) return true;
    const char* q = p_;
    while (isWordCharacter(*q)) ++q;
    return q > p_ && (*q == ':' || std::strncmp(q, " (memo)", 7) == 0);
  }

  GrammarAlternative readAlternative() {
    GrammarAlternative alternative;
    while (!atEndOfAlternative()) alternative.items.push_back(readItem());
    if (accept("=>")) alternative.explanation = readExplanation();
    const std::vector<GrammarItem>& items = alternative.items;
    alternative.for_mistakes = items.size() == 1 && items[0].type == GrammarItem::Type::Rule &&
                               rules_[items[0].rule].name.starts_with("invalid_");
    return alternative;
  }

  Explanation readExplanation() {
    Explanation explanation;
    explanation.action = word();
    if (explanation.action == "since") {
      explanation.version = std::stoi(word());
      explanation.message = quoted();
      skip();
    } else if (*p_ == '"') {
      explanation.message = quoted();
      skip();
      std::string place = word();
      explanation.place = place == "at"       ? Explanation::Place::At
                          : place == "from"   ? Explanation::Place::From
                          : place == "behind" ? Explanation::Place::Behind
                                              : Explanation::Place::Here;
      if (explanation.place != Explanation::Place::Here) {
        explanation.first = explanation.last = *p_++;
        if (p_[0] == '.' && p_[1] == '.') {
          explanation.last = p_[2];
          p_ += 3;
        }
        skip();
      }
    } else if (isWordCharacter(p_[0]) && !isWordCharacter(p_[1]) && p_[1] != ':') {
      explanation.first = *p_++;
      skip();
    }
    return explanation;
  }

  static GrammarItem wrap(GrammarItem::Type type, GrammarItem inner) {
    GrammarItem item;
    item.type = type;
    item.inner.push_back(std::move(inner));
    return item;
  }

  GrammarItem readItem() {
    if (accept("&&")) {
      GrammarItem item = readAtom();
      item.type = GrammarItem::Type::Forced;
      skip();
      return item;
    }
    if (accept("&")) return wrap(GrammarItem::Type::Ahead, readAtomAndSkip());
    if (accept("!")) return wrap(GrammarItem::Type::NotAhead, readAtomAndSkip());
    if (accept("~")) {
      GrammarItem item;
      item.type = GrammarItem::Type::Commit;
      return item;
    }
    char label = 0;
    if (isWordCharacter(p_[0]) && p_[1] == '=' && p_[2] != '>') {
      label = p_[0];
      p_ += 2;
    }
    GrammarItem item = readAtom();
    switch (*p_) {
      case '*':
        item = wrap(GrammarItem::Type::Repeat0, std::move(item));
        ++p_;
        break;
      case '+':
        item = wrap(GrammarItem::Type::Repeat1, std::move(item));
        ++p_;
        break;
      case '?':
        item = wrap(GrammarItem::Type::Optional, std::move(item));
        ++p_;
        break;
      case '.': {
        ++p_;
        GrammarItem gather = wrap(GrammarItem::Type::Gather, readAtom());
        gather.inner.push_back(std::move(item));
        item = std::move(gather);
        ++p_;  // its +
        break;
      }
      default: break;
    }
    item.label = label;
    skip();
    return item;
  }

  GrammarItem readAtomAndSkip() {
    GrammarItem item = readAtom();
    skip();
    return item;
  }

  GrammarItem readAtom() {
    GrammarItem item;
    if (*p_ == '(' || *p_ == '[') {
      bool optional = *p_++ == '[';
      skip();
      item.type = GrammarItem::Type::Group;
      item.alternatives = readAlternatives();
      ++p_;
      // One item in brackets is that item: nesting is counted, so a group that is none must not be one.
      if (item.alternatives.size() == 1 && item.alternatives[0].items.size() == 1) {
        GrammarItem only = std::move(item.alternatives[0].items[0]);
        item = std::move(only);
      }
      return optional ? wrap(GrammarItem::Type::Optional, std::move(item)) : item;
    }
    if (*p_ == '\'' || *p_ == '"') {
      bool soft = *p_ == '"';
      item.text = quoted();
      item.type = soft ? GrammarItem::Type::Word : GrammarItem::Type::Token;
      [[maybe_unused]] bool known = soft || findKind(kSpellings, item.text, item.token);
      assert(known);
      return item;
    }
    const char* start = p_;
    while (isWordCharacter(*p_)) ++p_;
    std::string_view name(start, static_cast<size_t>(p_ - start));
    assert(!name.empty());
    if (findKind(kClasses, name, item.token)) {
      item.type = GrammarItem::Type::Token;
    } else if (name == "SOFT_KEYWORD") {
      item.type = GrammarItem::Type::SoftKeyword;
    } else if (name == "NOT_EQUAL") {
      item.type = GrammarItem::Type::NotEqual;
    } else {
      item.type = GrammarItem::Type::Rule;
      item.rule = find(name);
      item.text = name;
    }
    return item;
  }

  // Whether some derivation of `from` begins with `target`, following first items only (no rule in front of a left
  // recursion can match nothing).
  bool startsWith(uint16_t from, uint16_t target, std::vector<bool>& seen) const {
    for (const GrammarAlternative& alternative : rules_[from].alternatives) {
      if (alternative.items.empty() || alternative.items[0].type != GrammarItem::Type::Rule) continue;
      uint16_t first = alternative.items[0].rule;
      if (first == target) return true;
      if (seen[first]) continue;
      seen[first] = true;
      if (startsWith(first, target, seen)) return true;
    }
    return false;
  }

  bool reaches(uint16_t from, uint16_t target) const {
    std::vector<bool> seen(rules_.size());
    return startsWith(from, target, seen);
  }

  // Of the rules on a left-recursive cycle only the first one grows; the others are plain.
  bool leadsCycle(uint16_t index) const {
    if (!reaches(index, index)) return false;
    for (uint16_t earlier = 0; earlier < index; ++earlier) {
      if (reaches(index, earlier) && reaches(earlier, index)) return false;
    }
    return true;
  }

  std::vector<GrammarRule>& rules_;
  const char* p_;
};

Grammar::Grammar() { GrammarReader(*this, kGrammarText).run(); }

const Grammar& Grammar::instance() {
  static const Grammar grammar;
  return grammar;
}

uint16_t Grammar::find(std::string_view name) const {
  for (uint16_t i = 0; i < rules_.size(); ++i) {
    if (rules_[i].name == name) return i;
  }
  return 0;
}

}  // namespace krait::frontend
