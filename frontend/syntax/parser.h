// The parser: recursive descent over the whole of Python 3.11, from tokens to a tree.
//
// It reads valid programs, fast, and knows nothing about messages: a null result means "this is not Python", and every
// function hands a null on at once. Why a text is not Python is a question for the explainer (explain/explainer.h),
// which reads the text again, slowly, by the grammar.
//
// In:   the tokens of a Unit.
// Out:  nodes in its arena, positioned as CPython positions them: a node starts at the first token of its rule (so a
//       binary operation starts at the parenthesis around its left operand) and ends at the last.
#pragma once

#include "frontend/ast/ast.h"
#include "frontend/stack_limit.h"
#include "frontend/syntax/literals.h"
#include "frontend/syntax/unit.h"

namespace krait::frontend {

class Parser {
 public:
  explicit Parser(const Unit& unit) : Parser(unit, unit.lexer.tokens().data()) {}
  // From the given token on; the last token is an end marker or an error.
  Parser(const Unit& unit, const Token* first) : unit_(unit), arena_(unit.arena), t_(first) {}

  ast::ModNode* parseModule();
  ast::ExprNode* parseFString();

  // The text is nested deeper than CPython's parser would go.
  bool tooDeep() const { return too_deep_; }
  const Token* position() const { return t_; }
  bool acceptComma() { return accept(Kind::Comma); }

  // Single constructs, for the explainer: it has matched one of these at a token and wants the node.
  using ExprRule = ast::ExprNode* (Parser::*)();
  ast::ExprNode* starExpressions();
  ast::ExprNode* starExpression();
  ast::ExprNode* starNamedExpression();
  ast::ExprNode* namedExpression();
  ast::ExprNode* expression();
  ast::ExprNode* expressions();
  ast::ExprNode* disjunction();
  ast::ExprNode* bitwiseOr() { return binary(1); }
  ast::ExprNode* yieldExpression();
  ast::ExprNode* starredExpression();
  ast::ExprNode* primary();
  ast::ExprNode* atom();
  ast::Call* callArguments();  // a Call without a function
  bool forIfClauses(SeqBuilder<ast::Comprehension*, 4>& generators);
  ast::PatternNode* pattern();

 private:
  using Kind = TokenKind;

  // CPython's parser gives up at 6000 nested rules; the recursive places below count as many as it would.
  static constexpr int kMaxDepth = 6000;
  class Nesting {
   public:
    Nesting(Parser& parser, int rules) : parser_(parser), rules_(rules) { parser_.depth_ += rules_; }
    ~Nesting() { parser_.depth_ -= rules_; }
    bool ok() {
      if (parser_.depth_ <= kMaxDepth && !stackIsDeep(parser_.stack_floor_)) return true;
      parser_.too_deep_ = true;
      return false;
    }

   private:
    Parser& parser_;
    int rules_;
  };

  // ---- tokens ----
  Kind kind() const { return t_->kind; }
  bool at(Kind kind) const { return t_->kind == kind; }
  // The kind of a token further on; reading past the end marker yields the end marker.
  Kind peek() const { return t_->kind == Kind::EndMarker || t_->kind == Kind::Error ? t_->kind : t_[1].kind; }
  bool accept(Kind kind) {
    if (t_->kind != kind) return false;
    ++t_;
    return true;
  }
  bool atWord(std::string_view word) const { return at(Kind::Name) && unit_.textOf(*t_) == word; }
  // Whether the syntax of Python 3.`version` may be used.
  bool since(int version) const { return unit_.options.feature_version >= version; }
  bool startsExpression() const;
  bool startsStarExpression() const { return at(Kind::Star) || startsExpression(); }
  ast::Position from(const Token* start) const {
    return {start->lineno, start->col, t_[-1].end_lineno, t_[-1].end_col};
  }
  // For statements: layout tokens do not belong to a node's range.
  ast::Position fromStatement(const Token* start) const;
  template <typename T>
  T* node(const Token* start) {
    return ast::make<T>(arena_, from(start));
  }

  Identifier identifier(const Token& token);
  Identifier takeName();
  std::string_view typeComment();

  // ---- expressions ----
  ast::ExprNode* conditional(ast::ExprNode* body, const Token* start);
  ast::ExprNode* conjunction();
  ast::ExprNode* inversion();
  ast::ExprNode* comparison();
  bool comparisonOperator(ast::CompareOperator& op);
  ast::ExprNode* binary(int least);
  ast::ExprNode* factor();
  ast::ExprNode* power();
  ast::ExprNode* awaitPrimary();
  ast::ExprNode* trailers(ast::ExprNode* base, const Token* start);
  ast::ExprNode* call(ast::ExprNode* function, const Token* start);
  enum class Generator : bool { Refused, Allowed };
  bool arguments(ast::Call& call, Generator generator);
  ast::ExprNode* subscript(ast::ExprNode* base, const Token* start);
  ast::ExprNode* slice();
  ast::ExprNode* nameAtom();
  ast::ExprNode* numberAtom();
  ast::ExprNode* singleton(frontend::Constant::Kind kind);
  ast::ExprNode* strings();
  ast::ExprNode* parenthesised();
  ast::ExprNode* bracketed();
  ast::ExprNode* braced();
  ast::ExprNode* dictionary(const Token* start, ast::ExprNode* key, ast::ExprNode* value);
  ast::ExprNode* lambda();
  bool starNamedList(SeqBuilder<ast::ExprNode*>& items, Kind close);
  bool atComprehension() const { return at(Kind::For) || (at(Kind::Async) && peek() == Kind::For); }
  ast::Comprehension* forIfClause();

  // ---- targets ----
  ast::ExprNode* starTargets();
  ast::ExprNode* starTarget();
  bool makeTarget(ast::ExprNode* node, ast::ExprContext context, bool starred);
  bool isSingleTarget(const ast::ExprNode* node) const;
  void setContext(ast::ExprNode* node, ast::ExprContext context);

  // ---- parameters ----
  ast::Arguments* parameters(bool lambda);
  ast::Arg* parameter(bool lambda, bool star_annotation);

  // ---- statements ----
  using Statements = SeqBuilder<ast::StmtNode*>;
  bool statements(Statements& body);
  bool statement(Statements& body);
  bool simpleStatements(Statements& body);
  bool block(Seq<ast::StmtNode*>& body);
  bool colonBlock(Seq<ast::StmtNode*>& body);
  bool elseBlock(Seq<ast::StmtNode*>& body);
  ast::StmtNode* simpleStatement();
  ast::StmtNode* expressionStatement();
  ast::StmtNode* assignment(const Token* start, ast::ExprNode* first);
  bool continuesParenthesisedTarget(const Token* start);
  ast::StmtNode* annotated(const Token* start, ast::ExprNode* target);
  ast::StmtNode* augmented(const Token* start, ast::ExprNode* target, ast::Operator op);
  ast::ExprNode* assignedValue();
  ast::StmtNode* returnStatement();
  ast::StmtNode* raiseStatement();
  ast::StmtNode* deleteStatement();
  ast::StmtNode* assertStatement();
  ast::StmtNode* importStatement();
  ast::StmtNode* importFromStatement();
  bool importedNames(SeqBuilder<ast::Alias*>& names);
  Identifier dottedName();
  template <typename T>
  ast::StmtNode* scopeStatement();

  ast::StmtNode* compoundStatement();
  ast::StmtNode* asyncStatement();
  ast::StmtNode* ifStatement();
  ast::StmtNode* whileStatement();
  ast::StmtNode* forStatement(const Token* start, bool is_async);
  ast::StmtNode* withStatement(const Token* start, bool is_async);
  bool withItems(SeqBuilder<ast::WithItem*>& items, bool parenthesised);
  ast::WithItem* withItem();
  ast::StmtNode* tryStatement();
  ast::ExceptHandlerNode* exceptHandler(bool& is_star);
  ast::StmtNode* decorated();
  ast::StmtNode* functionDefinition(const Token* start, bool is_async, Seq<ast::ExprNode*> decorators);
  bool functionTypeComment(std::string_view& comment);
  ast::StmtNode* classDefinition(const Token* start, Seq<ast::ExprNode*> decorators);
  ast::StmtNode* matchStatement();
  ast::ExprNode* matchSubject();
  ast::MatchCase* matchCase();

  // ---- patterns ----
  ast::PatternNode* patterns();
  ast::PatternNode* orPattern();
  ast::PatternNode* closedPattern();
  ast::PatternNode* literalPattern();
  ast::ExprNode* literalExpression();
  ast::ExprNode* signedNumber();
  ast::PatternNode* namePattern();
  ast::ExprNode* nameOrAttribute();
  ast::PatternNode* maybeStarPattern();
  bool sequencePatterns(SeqBuilder<ast::PatternNode*>& items, Kind close, bool& trailing_comma);
  ast::PatternNode* groupOrSequence();
  ast::PatternNode* listPattern();
  ast::PatternNode* mappingPattern();
  ast::PatternNode* classPattern(ast::ExprNode* cls, const Token* start);
  Identifier captureName();
  ast::PatternNode* matchAs(const Token* start, ast::PatternNode* pattern, Identifier name);

  // ---- whole texts ----
  ast::ModNode* file();
  ast::ModNode* interactive();
  ast::ModNode* evaluation();
  ast::ModNode* functionType();

  // Trying one reading and then another must not repeat warnings.
  struct Mark {
    const Token* token;
    size_t warnings;
  };
  Mark mark() const { return {t_, unit_.warnings.size()}; }
  void rewind(const Mark& mark) {
    t_ = mark.token;
    unit_.warnings.resize(mark.warnings, Warning{});
  }

  const Unit& unit_;
  Arena& arena_;
  const Token* t_;
  int depth_ = 0;
  bool too_deep_ = false;
  uintptr_t stack_floor_ = stackFloor();
};

}  // namespace krait::frontend
