// The grammar as data: rules, alternatives and items, read once from grammar_text.cpp.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "frontend/syntax/token.h"

namespace krait::frontend {

extern const char kGrammarText[];

struct GrammarAlternative;

struct GrammarItem {
  enum class Type : uint8_t {
    Token,        // of kind `token`
    Word,         // a name with this text
    SoftKeyword,  // any soft keyword
    NotEqual,     // != or <>, whichever is valid
    Rule,
    Group,
    Optional,
    Repeat0,
    Repeat1,
    Gather,  // inner[0] separated by inner[1]
    Ahead,
    NotAhead,
    Commit,
    Forced,
  };

  Type type;
  TokenKind token = TokenKind::EndMarker;
  uint16_t rule = 0;
  char label = 0;
  std::string text;
  std::vector<GrammarItem> inner;
  std::vector<GrammarAlternative> alternatives;  // of a group
};

struct Explanation {
  enum class Place : uint8_t { Here, At, From, Behind };

  std::string action;  // empty: none; "error", "indent", or a word
  std::string message;
  Place place = Place::Here;
  char first = 0, last = 0;
  int version = 0;  // of "since"
};

struct GrammarAlternative {
  std::vector<GrammarItem> items;
  Explanation explanation;
  bool for_mistakes = false;  // a single invalid_ rule: skipped in the first reading
};

struct GrammarRule {
  std::string name;
  bool memo = false;
  bool left_recursive = false;
  bool without_invalid = false;
  std::vector<GrammarAlternative> alternatives;
};

class Grammar {
 public:
  static const Grammar& instance();

  const GrammarRule& rule(uint16_t index) const { return rules_[index]; }
  uint16_t find(std::string_view name) const;

 private:
  friend class GrammarReader;
  Grammar();
  std::vector<GrammarRule> rules_;
};

}  // namespace krait::frontend
