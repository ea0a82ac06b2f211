// Tokens: small values in one array; their text stays in the source.
#pragma once

#include <cstdint>

namespace krait::frontend {

enum class TokenKind : uint8_t {
#define TOKEN(Name) Name,
#include "frontend/syntax/token.def"
};

constexpr unsigned kTokenKinds = 0
#define TOKEN(Name) +1
#include "frontend/syntax/token.def"
    ;

// Columns are byte offsets in their line. Indent, Dedent, EndMarker and Error have no text; their column is where the
// lexer stood, and `hasColumn` is false, because CPython reports such tokens without a column.
struct Token {
  TokenKind kind;
  uint8_t level;  // open brackets after this token
  uint32_t start, end;
  int32_t lineno, col;
  int32_t end_lineno, end_col;

  bool isLayout() const { return kind >= TokenKind::Newline && kind <= TokenKind::Dedent; }
  bool hasColumn() const {
    return kind != TokenKind::Indent && kind != TokenKind::Dedent && kind != TokenKind::EndMarker &&
           kind != TokenKind::Error;
  }
};

}  // namespace krait::frontend
