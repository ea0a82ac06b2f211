// One text being parsed, with what its lexer and its two readers (parser, explainer) share.
#pragma once

#include <string>
#include <string_view>

#include "frontend/ast/ast.h"
#include "frontend/compile.h"
#include "frontend/syntax/lexer.h"

namespace krait::frontend {

enum class StartRule : uint8_t { File, Single, Eval, FunctionType, FString };

struct Unit {
  Unit(std::string_view text, const CompileOptions& options, Arena& arena, Warnings& warnings, StartRule rule,
       int32_t first_lineno = 1, int32_t first_col = 0)
      : text(text),
        options(options),
        arena(arena),
        warnings(warnings),
        rule(rule),
        first_lineno(first_lineno),
        first_col(first_col),
        lexer(text, options, warnings, first_lineno, first_col) {}

  std::string_view text;  // followed by a NUL
  const CompileOptions& options;
  Arena& arena;
  Warnings& warnings;
  StartRule rule;
  bool encoding_known = true;
  bool valid = true;  // the text is UTF-8
  int32_t first_lineno;
  int32_t first_col;
  int fstring_depth = 0;  // f-strings around this text
  Lexer lexer;

  std::string_view textOf(const Token& token) const { return text.substr(token.start, token.end - token.start); }
};

// Parses the expression of an f-string: `text` is "(expression)\n" whose parenthesis stands at the given place. Null on
// failure; then, when `error` is not null, it says why.
ast::ExprNode* parseFStringExpression(std::string_view text, const Unit& outer, int32_t lineno, int32_t col,
                                      Diagnostic* error);

}  // namespace krait::frontend
