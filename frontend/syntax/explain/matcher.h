// Matches tokens against the grammar, exactly as CPython's generated parser does: ordered choice, remembered results,
// growing left recursion, tokens fetched on demand (how far they were fetched decides where a plain error is reported).
#pragma once

#include <cstdint>
#include <vector>

#include "frontend/stack_limit.h"
#include "frontend/syntax/explain/grammar.h"
#include "frontend/syntax/unit.h"

namespace krait::frontend {

class Matcher {
 public:
  struct Span {
    const GrammarItem* item = nullptr;
    uint32_t start = 0, end = 0;
  };
  // What the labels of an alternative stand for.
  struct Labels {
    Span a, b;
    const Span& operator[](char label) const { return label == 'b' ? b : a; }
  };

  // Called back for what the grammar cannot say by itself. Each may fail the whole match through Matcher::abort.
  class Listener {
   public:
    // True: the alternative matches after all. False: the rule fails.
    virtual bool explain(const Explanation& explanation, const Labels& labels, uint32_t end) = 0;
    virtual void forced(const GrammarItem& item, uint32_t token) = 0;
    virtual void errorToken() = 0;
    virtual bool number(uint32_t token) = 0;
    virtual void tooDeep() = 0;
    virtual bool notEqual(uint32_t token) = 0;

   protected:
    ~Listener() = default;
  };

  Matcher(const Unit& unit, Listener& listener);

  bool match(uint16_t rule);
  // Starts again from the first token, now with the rules for mistakes.
  void prepareSecondReading();

  void abort() { aborted_ = true; }
  bool aborted() const { return aborted_; }
  uint32_t fetched() const { return fetched_; }

 private:
  static constexpr int kMaxLevel = 6000;
  static constexpr uint32_t kFailed = UINT32_MAX;

  struct Memo {
    uint16_t rule;
    uint32_t end;
  };
  class Level {
   public:
    explicit Level(Matcher& matcher) : matcher_(matcher) {
      bool deep = ++matcher_.level_ > kMaxLevel || stackIsDeep(matcher_.stack_floor_);
      if (deep && !matcher_.aborted_) {
        matcher_.listener_.tooDeep();
        matcher_.aborted_ = true;
      }
    }
    ~Level() { --matcher_.level_; }

   private:
    Matcher& matcher_;
  };

  bool fetch();
  bool token(TokenKind kind);
  bool item(const GrammarItem& item);
  bool repeat(const GrammarItem& item, bool at_least_one);
  bool gather(const GrammarItem& item);
  bool lookahead(const GrammarItem& item);
  bool alternatives(const std::vector<GrammarAlternative>& alternatives);
  bool rule(uint16_t index);
  bool ruleOnce(uint16_t index);
  bool grow(uint16_t index);
  Memo* remembered(uint16_t rule, uint32_t position);
  void remember(uint16_t rule, uint32_t position, uint32_t end);

  const Unit& unit_;
  const Grammar& grammar_;
  Listener& listener_;
  const std::vector<Token>& tokens_;
  std::vector<std::vector<Memo>> memos_;
  uint32_t position_ = 0;
  uint32_t fetched_ = 0;
  int level_ = 0;
  bool with_mistakes_ = false;
  bool aborted_ = false;
  uintptr_t stack_floor_ = stackFloor();
};

}  // namespace krait::frontend
