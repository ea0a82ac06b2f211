// Turns a message and a place in a text into a Diagnostic, with CPython's arithmetic of columns and its choice of line.
#pragma once

#include <string>

#include "frontend/ast/ast.h"
#include "frontend/diagnostic.h"
#include "frontend/syntax/unit.h"

namespace krait::frontend {

class Reporter {
 public:
  explicit Reporter(const Unit& unit) : unit_(unit) {}

  // `fetched` tokens were read so far: the last of them is where the tokenizer stands.
  void setFetched(uint32_t fetched) { fetched_ = fetched; }
  const Token& lastToken() const { return unit_.lexer.tokens()[fetched_ - 1]; }

  static constexpr int32_t kNowhere = -1;

  // Columns are byte offsets from 0, or kNowhere.
  Diagnostic known(Diagnostic::Kind kind, std::string message, int32_t lineno, int32_t col, int32_t end_lineno,
                   int32_t end_col) const;
  Diagnostic atToken(Diagnostic::Kind kind, std::string message, const Token& token) const;
  Diagnostic atRange(std::string message, const ast::Position& range) const;
  Diagnostic fromHereOn(std::string message, const ast::Position& range) const;
  // At the last token read.
  Diagnostic here(Diagnostic::Kind kind, std::string message) const;
  Diagnostic bare(Diagnostic::Kind kind, std::string message) const;

  // What the lexer's error says, once it was reached.
  Diagnostic lexical() const;
  Diagnostic neverClosed() const;
  // The lexer's error is a name that is no UTF-8, and the parser did not get there.
  Diagnostic undecodable() const;

 private:
  Diagnostic place(Diagnostic::Kind kind, std::string message, int32_t lineno, int32_t offset, int32_t end_lineno,
                   int32_t end_offset) const;
  bool hasColumn(const Token& token) const;
  uint32_t joinedLineStart() const;
  std::string errorLine(int32_t lineno) const;
  uint32_t lineStart(int32_t lineno) const;

  const Unit& unit_;
  uint32_t fetched_ = 0;
};

}  // namespace krait::frontend
