// Entry points of the front half: source to tree.
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
  Parser parser(unit);
  result.tree = parser.parseModule();
  if (!result.tree) {
    result.warnings.clear();
    result.error = explain(unit, parser.tooDeep());
  } else if (unit.rule == StartRule::Single && hasSecondStatement(unit, parser.position())) {
    result.tree = nullptr;
    result.error = explainSecondStatement(unit, parser.position());
  }
  return result;
}

ast::ExprNode* parseFStringExpression(std::string_view text, const Unit& outer, int32_t lineno, int32_t col, Diagnostic* error) {
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
