// The lexer: a whole source becomes an array of tokens before parsing starts.
//
// Reading ahead is invisible: a lexical error becomes the last token (kind Error) and speaks up only when the parser
// gets there, as in CPython, whose tokenizer runs on demand. What CPython's tokenizer knew at that moment is in
// LexError.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "frontend/compile.h"
#include "frontend/syntax/token.h"

namespace krait::frontend {

struct LexError {
  // Raised: the lexer has its own message and place. The others are states that the parser turns into an error.
  enum class Code : uint8_t { None, Raised, EndOfFile, Dedent, TabSpace, TooDeep, LineContinuation, Decode };

  Code code = Code::None;
  bool at_end_of_source = false;  // the text ended inside a token: more input could make it valid
  std::string message;
  int32_t lineno = 0;
  int32_t offset = 0;  // characters, from 1
  int32_t end_offset = -1;
  uint32_t line_start = 0;
  uint32_t cursor = 0;
};

struct OpenBracket {
  char bracket;
  int32_t lineno;
  int32_t col;
};

struct TypeIgnoreComment {
  int32_t lineno;
  uint32_t start, end;
};

class Lexer {
 public:
  static constexpr int kMaxBrackets = 200;
  static constexpr int kMaxIndents = 100;

  // `text` is followed by a NUL. The first line has number `lineno`, and its columns are shifted by `first_col`: the
  // text of an f-string's expression stands in the middle of another source.
  Lexer(std::string_view text, const CompileOptions& options, Warnings& warnings, int32_t lineno = 1,
        int32_t first_col = 0);

  // The text holds bytes that are not UTF-8: names have to be checked.
  void expectInvalid() { valid_ = false; }

  void run();

  const std::vector<Token>& tokens() const { return tokens_; }
  const LexError& error() const { return error_; }
  const std::vector<TypeIgnoreComment>& typeIgnores() const { return type_ignores_; }
  // The innermost bracket that is still open where the lexer stopped; null when there is none.
  const OpenBracket* openBracket() const { return level_ ? &brackets_[level_ - 1] : nullptr; }

 private:
  struct Indent {
    int32_t col;
    int32_t alt_col;  // with tabs counted as one column: both orders must agree
  };

  bool next();
  bool beginLine();
  bool measureIndent(int32_t& col, int32_t& alt_col, int32_t& continued_col);
  bool changeIndent(int32_t col, int32_t alt_col);
  bool endOfInput();
  bool newline(uint32_t start);
  bool comment(uint32_t start);
  bool typeComment(uint32_t start, uint32_t end);
  bool continueLine();
  bool name();
  TokenKind oldAsync(TokenKind kind);
  bool defFollows() const;
  bool verifyIdentifier(uint32_t start);
  bool string(uint32_t start);
  bool number();
  bool radixNumber(uint32_t start, int radix);
  bool zeroNumber(uint32_t start);
  bool decimalTail();
  bool fraction(uint32_t start);
  bool exponent(uint32_t start);
  bool imaginary(uint32_t start);
  bool endNumber(uint32_t start, const char* kind);
  bool operatorToken();
  bool open(char c);
  bool close(char c);

  char at(uint32_t offset) const { return text_[offset]; }
  void enterNextLine();
  void add(TokenKind kind, uint32_t start, uint32_t end);
  void addLayout(TokenKind kind);
  int32_t column(uint32_t offset) const;
  // Both answer false, so that a caller can return them.
  bool fail(std::string message, int32_t offset = -1, int32_t end_offset = -1);
  void warnSoFar(std::string message);
  int32_t charactersRead() const;
  bool stop(LexError::Code code);

  const char* text_;
  uint32_t size_;
  const CompileOptions& options_;
  Warnings& warnings_;
  uint32_t pos_ = 0;
  uint32_t line_start_ = 0;
  int32_t lineno_;
  int32_t first_lineno_;
  int32_t first_col_;
  bool valid_ = true;
  bool at_line_start_ = true;
  bool blank_line_ = false;
  bool parsing_started_ = false;
  // Before Python 3.7 async and await were keywords in an async function only: where the innermost one stands.
  bool in_async_def_ = false;
  bool async_signature_ended_ = false;
  int async_def_indent_ = 0;
  int pending_indents_ = 0;
  int indent_ = 0;
  int level_ = 0;
  Indent indents_[kMaxIndents];
  OpenBracket brackets_[kMaxBrackets];
  std::vector<Token> tokens_;
  std::vector<TypeIgnoreComment> type_ignores_;
  LexError error_;
};

// How many characters the first `bytes` bytes of a line hold; a cut character counts.
int32_t characterCount(const char* line, size_t bytes);

}  // namespace krait::frontend
