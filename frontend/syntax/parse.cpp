// Entry points of the front half: source to tree.
#include <algorithm>

#include "frontend/ast/arena.h"
#include "frontend/compile.h"
#include "frontend/syntax/explain/explainer.h"
#include "frontend/syntax/parser.h"
#include "frontend/syntax/source.h"

namespace krait::frontend {

namespace {

StartRule startRule(CompileMode mode) {
  switch (mode) {
    case CompileMode::Exec: return StartRule::File;
    case CompileMode::Eval: return StartRule::Eval;
    case CompileMode::Single: return StartRule::Single;
    case CompileMode::FunctionType: return StartRule::FunctionType;
  }
  __builtin_unreachable();
}

// The lexer has seen more of the text than CPython's, which stops with the parser.
void dropWarningsBehind(const Token& token, Warnings& warnings) {
  auto isBehind = [&](const Warning& warning) {
    return warning.lineno() > token.lineno || (warning.lineno() == token.lineno && warning.error.offset > token.end_col);
  };
  while (!warnings.empty() && isBehind(warnings.back())) warnings.pop_back();
}

}  // namespace

ParseResult parse(std::string_view source, const CompileOptions& options, Arena& arena) {
  ParseResult result;
  SourceText text;
  if (!readSource(source, options, text, result.error)) return result;
  Unit unit(text.text, options, arena, result.warnings, startRule(options.mode));
  unit.encoding_known = text.encoding_known;
  unit.valid = text.valid;
  if (!unit.valid) unit.lexer.expectInvalid();
  unit.lexer.run();
  size_t lexer_warnings = result.warnings.size();
  Parser parser(unit);
  result.tree = parser.parseModule();
  if (!result.tree) {
    result.warnings.resize(lexer_warnings, Warning{});
    dropWarningsBehind(*parser.position(), result.warnings);
    result.error = explain(unit, parser.tooDeep());
  } else if (lexer_warnings && result.warnings.size() > lexer_warnings) {
    // The lexer was done before the parser began; CPython's warnings come as the text is read.
    std::sort(result.warnings.begin(), result.warnings.end(), [](const Warning& a, const Warning& b) {
      return a.lineno() != b.lineno() ? a.lineno() < b.lineno() : a.error.offset < b.error.offset;
    });
  }
  if (result.tree && unit.rule == StartRule::Single && hasSecondStatement(unit, parser.position())) {
    result.tree = nullptr;
    result.error = explainSecondStatement(unit, parser.position());
  }
  return result;
}

ast::ExprNode* parseFStringExpression(std::string_view text, const Unit& outer, int32_t lineno, int32_t col,
                                      Diagnostic* error) {
  Unit unit(text, outer.options, outer.arena, outer.warnings, StartRule::FString, lineno, col);
  unit.encoding_known = false;
  unit.valid = outer.valid;
  if (!unit.valid) unit.lexer.expectInvalid();
  unit.lexer.run();
  Parser parser(unit);
  ast::ExprNode* node = parser.parseFString();
  if (!node && error) *error = explain(unit, parser.tooDeep());
  return node;
}

}  // namespace krait::frontend
