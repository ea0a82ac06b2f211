// See explainer.h. The grammar says where an explanation belongs; here are its words, and what only a tree can tell.
#include "frontend/syntax/explain/explainer.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "frontend/syntax/explain/matcher.h"
#include "frontend/syntax/explain/report.h"
#include "frontend/syntax/parser.h"

namespace krait::frontend {

namespace {

using namespace ast;

enum class TargetKind : uint8_t { Star, Delete, For };

// What messages call an expression.
const char* expressionName(const ExprNode* node) {
  switch (node->kind) {
    case ExprKind::Attribute: return "attribute";
    case ExprKind::Subscript: return "subscript";
    case ExprKind::Starred: return "starred";
    case ExprKind::Name: return "name";
    case ExprKind::List: return "list";
    case ExprKind::Tuple: return "tuple";
    case ExprKind::Lambda: return "lambda";
    case ExprKind::Call: return "function call";
    case ExprKind::BoolOp:
    case ExprKind::BinOp:
    case ExprKind::UnaryOp: return "expression";
    case ExprKind::GeneratorExp: return "generator expression";
    case ExprKind::Yield:
    case ExprKind::YieldFrom: return "yield expression";
    case ExprKind::Await: return "await expression";
    case ExprKind::ListComp: return "list comprehension";
    case ExprKind::SetComp: return "set comprehension";
    case ExprKind::DictComp: return "dict comprehension";
    case ExprKind::Dict: return "dict literal";
    case ExprKind::Set: return "set display";
    case ExprKind::JoinedStr:
    case ExprKind::FormattedValue: return "f-string expression";
    case ExprKind::Constant:
      switch (as<ast::Constant>(node)->value->kind) {
        case frontend::Constant::Kind::None: return "None";
        case frontend::Constant::Kind::True: return "True";
        case frontend::Constant::Kind::False: return "False";
        case frontend::Constant::Kind::Ellipsis: return "ellipsis";
        default: return "literal";
      }
    case ExprKind::Compare: return "comparison";
    case ExprKind::IfExp: return "conditional expression";
    case ExprKind::NamedExpr: return "named expression";
    case ExprKind::Slice: break;
  }
  return "expression";
}

const ExprNode* invalidTarget(const ExprNode* node, TargetKind kind);

const ExprNode* invalidTargetIn(Seq<ExprNode*> items, TargetKind kind) {
  for (const ExprNode* item : items) {
    if (const ExprNode* invalid = invalidTarget(item, kind)) return invalid;
  }
  return nullptr;
}

// The first part of an expression that cannot be assigned to (or deleted); null when all can.
const ExprNode* invalidTarget(const ExprNode* node, TargetKind kind) {
  switch (node->kind) {
    case ExprKind::List: return invalidTargetIn(as<List>(node)->elts, kind);
    case ExprKind::Tuple: return invalidTargetIn(as<Tuple>(node)->elts, kind);
    case ExprKind::Starred: return kind == TargetKind::Delete ? node : invalidTarget(as<Starred>(node)->value, kind);
    case ExprKind::Compare:
      // "for a in b" reads "a in b" as a comparison.
      if (kind != TargetKind::For) return node;
      return as<Compare>(node)->ops[0] == CompareOperator::In ? invalidTarget(as<Compare>(node)->left, kind) : nullptr;
    case ExprKind::Name:
    case ExprKind::Subscript:
    case ExprKind::Attribute: return nullptr;
    default: return node;
  }
}

struct ParserEntry {
  std::string_view rule;
  Parser::ExprRule parse;
};
constexpr ParserEntry kParserEntries[] = {
    {"expression", &Parser::expression},
    {"expression_without_invalid", &Parser::expression},
    {"disjunction", &Parser::disjunction},
    {"bitwise_or", &Parser::bitwiseOr},
    {"star_expressions", &Parser::starExpressions},
    {"star_named_expression", &Parser::starNamedExpression},
    {"starred_expression", &Parser::starredExpression},
    {"yield_expr", &Parser::yieldExpression},
    {"invalid_ann_assign_target", &Parser::atom},
};

class Explainer final : private Matcher::Listener {
 public:
  explicit Explainer(const Unit& unit)
      : unit_(unit), tokens_(unit.lexer.tokens().data()), reporter_(unit), matcher_(unit, *this) {}

  Diagnostic run() {
    uint16_t rule = Grammar::instance().find(startRule());
    matcher_.match(rule);
    uint32_t last = std::max<uint32_t>(matcher_.fetched(), 1) - 1;
    reporter_.setFetched(last + 1);
    if ((unit_.options.flags & kFlagAllowIncompleteInput) && atEndOfSource(tokens_[last])) {
      return reporter_.here(Diagnostic::Kind::SyntaxError, "incomplete input");
    }
    if (!error_.failed()) {
      matcher_.prepareSecondReading();
      matcher_.match(rule);
      reporter_.setFetched(std::max<uint32_t>(matcher_.fetched(), 1));
    }
    if (error_.failed()) {
      if (error_.kind == Diagnostic::Kind::MemoryError) return error_;
      const Token& reached = reporter_.lastToken();
      if (reached.kind != TokenKind::EndMarker && reached.kind != TokenKind::Error) preferLexicalError();
      return error_;
    }
    const Token& token = tokens_[last];
    if (token.kind == TokenKind::Indent || token.kind == TokenKind::Dedent) {
      const char* message = token.kind == TokenKind::Indent ? "unexpected indent" : "unexpected unindent";
      return reporter_.here(Diagnostic::Kind::IndentationError, message);
    }
    error_ = reporter_.atToken(Diagnostic::Kind::SyntaxError, "invalid syntax", token);
    preferLexicalError();
    return error_;
  }

 private:
  std::string_view startRule() const {
    switch (unit_.rule) {
      case StartRule::File: return "file";
      case StartRule::Single: return "interactive";
      case StartRule::Eval: return "eval";
      case StartRule::FunctionType: return "func_type";
      case StartRule::FString: return "fstring";
    }
    __builtin_unreachable();
  }

  bool atEndOfSource(const Token& token) const {
    if (token.kind == TokenKind::EndMarker) return true;
    if (token.kind == TokenKind::Error) return unit_.lexer.error().at_end_of_source;
    // To know where a token ends the lexer looks behind it, unless it is a string or of three characters already (but
    // an empty string could have been the start of a triple quote).
    if (token.end < unit_.text.size()) return false;
    std::string_view text = unit_.textOf(token);
    if (token.kind == TokenKind::String) return text.find_first_of("\"'") == text.size() - 2;
    bool is_operator = token.kind >= TokenKind::LeftParen && token.kind < TokenKind::False;
    return !is_operator || text.size() < 3;
  }

  // A text with a wrong token further on is wrong because of that token, and one with a bracket left open above the
  // error because of the bracket.
  void preferLexicalError() {
    const LexError& lexical = unit_.lexer.error();
    if (lexical.code == LexError::Code::Raised) {
      error_ = reporter_.lexical();
    } else if (lexical.code == LexError::Code::Decode) {
      error_ = reporter_.undecodable();
    } else if (lexical.code != LexError::Code::None) {
      const OpenBracket* bracket = unit_.lexer.openBracket();
      if (bracket && reporter_.lastToken().lineno > bracket->lineno) error_ = reporter_.neverClosed();
    }
  }

  bool fail(Diagnostic error) {
    error_ = std::move(error);
    matcher_.abort();
    return false;
  }
  bool failHere(std::string message) { return fail(reporter_.here(Diagnostic::Kind::SyntaxError, std::move(message))); }
  void syncFetched() { reporter_.setFetched(std::max<uint32_t>(matcher_.fetched(), 1)); }

  // ---- what labels stand for ----

  Position tokenRange(uint32_t start, uint32_t end) const {
    const Token& last = tokens_[end > start ? end - 1 : start];
    return {tokens_[start].lineno, tokens_[start].col, last.end_lineno, last.end_col};
  }

  // The tokens of a span by themselves, with an end: what the grammar matched need not be all that the parser would
  // take (in "{a}.{b}" the expression is "{a}").
  class Fragment {
   public:
    Fragment(const Explainer& explainer, const Matcher::Span& span)
        : tokens_(explainer.tokens_ + span.start, explainer.tokens_ + std::max(span.end, span.start + 1)),
          parser(explainer.unit_, close()) {}

   private:
    const Token* close() {
      Token end = tokens_.back();
      end.kind = TokenKind::EndMarker;
      tokens_.push_back(end);
      return tokens_.data();
    }
    std::vector<Token> tokens_;

   public:
    Parser parser;
  };

  ExprNode* expressionOf(const Matcher::Span& span) const {
    for (const ParserEntry& entry : kParserEntries) {
      if (entry.rule == span.item->text) return (Fragment(*this, span).parser.*entry.parse)();
    }
    bool is_name = span.item->type == GrammarItem::Type::Token && span.item->token == TokenKind::Name;
    return is_name ? Fragment(*this, span).parser.atom() : nullptr;
  }

  // The last condition of the last clause, or what it iterates over.
  ExprNode* lastComprehensionItem(const Matcher::Span& span) const {
    Fragment fragment(*this, span);
    SeqBuilder<Comprehension*, 4> clauses(unit_.arena);
    if (!fragment.parser.forIfClauses(clauses)) return nullptr;
    Comprehension* last = clauses.back();
    return last->ifs.empty() ? last->iter : last->ifs.back();
  }

  // The first and the last of a list of items separated by commas; nulls when there is none.
  template <typename T>
  std::pair<T*, T*> itemsOf(const Matcher::Span& span, T* (Parser::*parse)()) const {
    Fragment fragment(*this, span);
    T *first = (fragment.parser.*parse)(), *last = first;
    while (last && fragment.parser.acceptComma()) {
      T* item = (fragment.parser.*parse)();
      if (!item) break;
      last = item;
    }
    return {first, last};
  }

  Position rangeOf(const Matcher::Span& span) const {
    std::string_view name =
        span.item->type == GrammarItem::Type::Rule ? std::string_view(span.item->text) : std::string_view();
    if (name == "for_if_clauses") {
      if (ExprNode* item = lastComprehensionItem(span)) return item->position;
    } else if (name == "star_named_expressions") {
      if (ExprNode* last = itemsOf(span, &Parser::starNamedExpression).second) return last->position;
    } else if (name == "positional_patterns") {
      auto [first, last] = itemsOf(span, &Parser::pattern);
      if (first) {
        return {first->position.lineno, first->position.col_offset, last->position.end_lineno,
                last->position.end_col_offset};
      }
    } else if (name == "param_no_default" || name == "lambda_param_no_default") {
      uint32_t end = span.end;
      while (end > span.start + 1 &&
             (tokens_[end - 1].kind == TokenKind::Comma || tokens_[end - 1].kind == TokenKind::TypeComment)) {
        --end;
      }
      return tokenRange(span.start, end);
    } else if (!name.empty()) {
      if (ExprNode* node = expressionOf(span)) return node->position;
    }
    return tokenRange(span.start, span.end);
  }

  std::string fill(const std::string& message, const Matcher::Labels& labels) const {
    std::string out;
    for (size_t i = 0; i < message.size(); ++i) {
      if (message[i] != '{') {
        out += message[i];
        continue;
      }
      size_t end = message.find('}', i);
      std::string_view what(message.data() + i + 1, end - i - 1);
      const Matcher::Span& span = labels[what.back()];
      if (what.starts_with("name")) {
        const ExprNode* node = expressionOf(span);
        out += node ? expressionName(node) : "expression";
      } else if (what.starts_with("text")) {
        out += unit_.textOf(tokens_[span.start]);
      } else {
        out += std::to_string(tokens_[span.start].lineno);
      }
      i = end;
    }
    return out;
  }

  // ---- Matcher::Listener ----

  bool explain(const Explanation& explanation, const Matcher::Labels& labels, uint32_t end) override {
    syncFetched();
    if (explanation.action == "strings") return strings(end);
    if (explanation.action == "since") return since(explanation);
    // Trees made to look at them must not warn about their strings again.
    size_t warnings = unit_.warnings.size();
    bool matches = decide(explanation, labels, end);
    unit_.warnings.resize(warnings, Warning{});
    return matches;
  }

  bool decide(const Explanation& explanation, const Matcher::Labels& labels, uint32_t end) {
    const std::string& action = explanation.action;
    bool indentation = action == "indent";
    if (indentation || action == "error") {
      std::string message = fill(explanation.message, labels);
      auto kind = indentation ? Diagnostic::Kind::IndentationError : Diagnostic::Kind::SyntaxError;
      if (explanation.place == Explanation::Place::Here) return fail(reporter_.here(kind, std::move(message)));
      Position range = rangeOf(labels[explanation.first]);
      if (explanation.last != explanation.first) {
        Position last = rangeOf(labels[explanation.last]);
        range.end_lineno = last.end_lineno;
        range.end_col_offset = last.end_col_offset;
      }
      switch (explanation.place) {
        case Explanation::Place::From: return fail(reporter_.fromHereOn(std::move(message), range));
        case Explanation::Place::Behind:
          return fail(reporter_.known(kind, std::move(message), range.lineno, range.end_col_offset - 1,
                                      range.end_lineno, Reporter::kNowhere));
        default: return fail(reporter_.atRange(std::move(message), range));
      }
    }
    for (const Decision& decision : kDecisions) {
      if (decision.name == action) return (this->*decision.decide)(labels, end);
    }
    return false;
  }

  void forced(const GrammarItem& item, uint32_t token) override {
    syncFetched();
    fail(reporter_.atToken(Diagnostic::Kind::SyntaxError, "expected '" + item.text + "'", tokens_[token]));
  }

  void errorToken() override {
    syncFetched();
    fail(reporter_.lexical());
  }

  void tooDeep() override { fail(reporter_.bare(Diagnostic::Kind::MemoryError, "")); }

  bool number(uint32_t token) override {
    frontend::Constant value;
    std::string message;
    if (unit_.options.feature_version < 6 && unit_.textOf(tokens_[token]).find('_') != std::string_view::npos) {
      syncFetched();
      return failHere("Underscores in numeric literals are only supported in Python 3.6 and greater");
    }
    if (readNumber(unit_.textOf(tokens_[token]), unit_.arena, unit_.options.int_max_str_digits, value, message))
      return true;
    syncFetched();
    const Token& place = tokens_[token];
    return fail(reporter_.known(Diagnostic::Kind::SyntaxError, std::move(message), place.lineno, Reporter::kNowhere,
                                place.end_lineno, Reporter::kNowhere));
  }

  bool notEqual(uint32_t token) override {
    bool barry = unit_.options.flags & kFutureBarryAsBdfl;
    bool spelled_new = unit_.textOf(tokens_[token]) == "!=";
    if (barry && spelled_new) {
      syncFetched();
      return failHere("with Barry as BDFL, use '<>' instead of '!='");
    }
    return barry != spelled_new;
  }

  // ---- explanations that depend on more than the grammar ----

  using Decide = bool (Explainer::*)(const Matcher::Labels& labels, uint32_t end);
  struct Decision {
    std::string_view name;
    Decide decide;
  };
  static const Decision kDecisions[10];

  bool neverMatches(const Matcher::Labels&, uint32_t) { return false; }

  bool strings(uint32_t end) {
    uint32_t start = end;
    while (start > 0 && tokens_[start - 1].kind == TokenKind::String) --start;
    LiteralError literal;
    if (readStrings(unit_, tokens_ + start, tokens_ + end - 1, true, literal)) return true;
    if (literal.finished) return fail(std::move(literal.diagnostic));
    return failHere(std::move(literal.message));
  }

  bool since(const Explanation& explanation) {
    if (unit_.options.feature_version >= explanation.version) return true;
    return failHere(explanation.message + " only supported in Python 3." + std::to_string(explanation.version) +
                    " and greater");
  }

  bool isImaginary(uint32_t end) const { return (unit_.text[tokens_[end - 1].end - 1] | 0x20) == 'j'; }

  bool realNumber(const Matcher::Labels&, uint32_t end) {
    if (!isImaginary(end)) return true;
    return fail(
        reporter_.atToken(Diagnostic::Kind::SyntaxError, "real number required in complex literal", tokens_[end - 1]));
  }

  bool imaginaryNumber(const Matcher::Labels&, uint32_t end) {
    if (isImaginary(end)) return true;
    return fail(reporter_.atToken(Diagnostic::Kind::SyntaxError, "imaginary number required in complex literal",
                                  tokens_[end - 1]));
  }

  bool target(const Matcher::Labels& labels, TargetKind kind) {
    const ExprNode* node = expressionOf(labels.a);
    const ExprNode* invalid = node ? invalidTarget(node, kind) : nullptr;
    if (!invalid) return false;
    const char* verb = kind == TargetKind::Delete ? "cannot delete " : "cannot assign to ";
    return fail(reporter_.atRange(std::string(verb) + expressionName(invalid), invalid->position));
  }
  bool starTarget(const Matcher::Labels& labels, uint32_t) { return target(labels, TargetKind::Star); }
  bool deleteTarget(const Matcher::Labels& labels, uint32_t) { return target(labels, TargetKind::Delete); }
  bool forTarget(const Matcher::Labels& labels, uint32_t) { return target(labels, TargetKind::For); }

  static bool isLegacyStatement(const ExprNode* node) {
    const auto* name = node ? asIf<Name>(node) : nullptr;
    return name && (name->id == "print" || name->id == "exec");
  }

  bool missingComma(const Matcher::Labels& labels, uint32_t end) {
    if (isLegacyStatement(expressionOf(labels.a)) || tokens_[end - 1].level == 0) return false;
    return failBetween("invalid syntax. Perhaps you forgot a comma?", labels);
  }

  bool legacyStatement(const Matcher::Labels& labels, uint32_t) {
    if (!isLegacyStatement(expressionOf(labels.a))) return false;
    std::string name(unit_.textOf(tokens_[labels.a.start]));
    return failBetween("Missing parentheses in call to '" + name + "'. Did you mean " + name + "(...)?", labels);
  }

  bool failBetween(std::string message, const Matcher::Labels& labels) {
    Position range = rangeOf(labels.a), last = rangeOf(labels.b);
    return fail(
        reporter_.atRange(std::move(message), {range.lineno, range.col_offset, last.end_lineno, last.end_col_offset}));
  }

  // f(x, y for y in z): with one argument it would be a generator without parentheses, which is fine.
  bool generatorInCall(const Matcher::Labels& labels, uint32_t) {
    Call* call = Fragment(*this, labels.a).parser.callArguments();
    if (!call || call->args.size() <= 1) return false;
    Position range = call->args.back()->position, last = rangeOf(labels.b);
    return fail(reporter_.atRange("Generator expression must be parenthesized",
                                  {range.lineno, range.col_offset, last.end_lineno, last.end_col_offset}));
  }

  bool positionalAfterKeyword(const Matcher::Labels& labels, uint32_t) {
    Call* call = Fragment(*this, labels.a).parser.callArguments();
    bool unpacking = false;
    for (const Keyword* keyword : call ? call->keywords : Seq<Keyword*>()) unpacking |= !keyword->arg;
    return failHere(unpacking ? "positional argument follows keyword argument unpacking"
                              : "positional argument follows keyword argument");
  }

  const Unit& unit_;
  const Token* tokens_;
  Reporter reporter_;
  Matcher matcher_;
  Diagnostic error_;
};

const Explainer::Decision Explainer::kDecisions[10] = {
    {"fail", &Explainer::neverMatches},
    {"real", &Explainer::realNumber},
    {"imaginary", &Explainer::imaginaryNumber},
    {"star_target", &Explainer::starTarget},
    {"del_target", &Explainer::deleteTarget},
    {"for_target", &Explainer::forTarget},
    {"missing_comma", &Explainer::missingComma},
    {"legacy_statement", &Explainer::legacyStatement},
    {"generator_in_call", &Explainer::generatorInCall},
    {"positional_after_keyword", &Explainer::positionalAfterKeyword},
};

}  // namespace

Diagnostic explain(const Unit& unit, bool too_deep) {
  if (too_deep) return Reporter(unit).bare(Diagnostic::Kind::MemoryError, "");
  return Explainer(unit).run();
}

bool hasSecondStatement(const Unit& unit, const Token* next) {
  for (size_t i = next->start; i < unit.text.size(); ++i) {
    char c = unit.text[i];
    if (c == '#') {
      i = std::min(unit.text.find('\n', i), unit.text.size()) - 1;
    } else if (c != ' ' && c != '\t' && c != '\n' && c != '\f') {
      return true;
    }
  }
  return false;
}

Diagnostic explainSecondStatement(const Unit& unit, const Token* next) {
  Reporter reporter(unit);
  reporter.setFetched(static_cast<uint32_t>(next - unit.lexer.tokens().data()));
  return reporter.here(Diagnostic::Kind::SyntaxError, "multiple statements found while compiling a single statement");
}

}  // namespace krait::frontend
