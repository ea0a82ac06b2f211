// See report.h.
#include "frontend/syntax/explain/report.h"

#include <algorithm>

#include "frontend/syntax/utf8.h"

namespace krait::frontend {

namespace {

std::string_view lineAt(std::string_view text, uint32_t start, bool with_end) {
  size_t end = text.find('\n', start);
  if (end == std::string_view::npos) return text.substr(start);
  return text.substr(start, end - start + (with_end ? 1 : 0));
}

// A 1-based byte offset as a character offset. Beyond the line there is one more character, its end.
int32_t characterOffset(std::string_view line, int32_t offset) {
  if (offset <= 0) return offset;
  auto length = static_cast<int32_t>(line.size());
  int32_t past_end = offset > length ? 1 : 0;
  return characterCount(line.data(), static_cast<size_t>(std::min(offset, length))) + past_end;
}

}  // namespace

bool Reporter::hasColumn(const Token& token) const {
  // The line end that is supplied behind an interactive statement is nowhere.
  return token.hasColumn() && !(token.kind == TokenKind::Newline && token.start >= unit_.text.size());
}

uint32_t Reporter::lineStart(int32_t lineno) const {
  uint32_t start = 0;
  for (int32_t line = unit_.first_lineno; line < lineno; ++line) {
    size_t end = unit_.text.find('\n', start);
    if (end == std::string_view::npos || end + 1 >= unit_.text.size()) break;
    start = static_cast<uint32_t>(end) + 1;
  }
  return start;
}

// Where the tokenizer's current line begins, with the lines above that a string or a backslash joined to it.
uint32_t Reporter::joinedLineStart() const {
  const auto& tokens = unit_.lexer.tokens();
  int32_t first = tokens[fetched_ - 1].end_lineno;
  for (uint32_t i = fetched_; i-- > 0 && tokens[i].end_lineno >= first;) {
    if (tokens[i].kind == TokenKind::String && tokens[i].lineno < first && tokens[i].end_lineno == first)
      first = tokens[i].lineno;
  }
  uint32_t joined = lineStart(first), start = joined;
  while (start >= 2 && unit_.text[start - 2] == '\\') {
    size_t end = unit_.text.rfind('\n', start - 2);
    start = end == std::string_view::npos ? 0 : static_cast<uint32_t>(end) + 1;
  }
  // A backslash in the indentation of a statement's first line joins nothing.
  for (size_t word; start < joined; start = static_cast<uint32_t>(word) + 2) {
    word = unit_.text.find_first_not_of(" \t\f", start);
    if (unit_.text[word] != '\\') break;
  }
  return start;
}

// The line where the tokenizer stands comes with its end and with what is joined to it; an earlier line comes alone.
std::string Reporter::errorLine(int32_t lineno) const {
  if (fetched_ == 0) return std::string();
  int32_t current = lastToken().end_lineno;
  if (current > lineno) return std::string(lineAt(unit_.text, lineStart(lineno), false));
  uint32_t start = joinedLineStart();
  bool cut = lastToken().kind == TokenKind::Error && unit_.lexer.error().at_end_of_source;
  size_t end = cut ? std::string_view::npos : unit_.text.find('\n', lineStart(current));
  end = std::min(end, unit_.text.size() - 1);
  return std::string(unit_.text.substr(start, end + 1 - start));
}

Diagnostic Reporter::bare(Diagnostic::Kind kind, std::string message) const {
  Diagnostic error;
  error.kind = kind;
  error.message = std::move(message);
  error.filename = std::string(unit_.options.filename);
  return error;
}

Diagnostic Reporter::place(Diagnostic::Kind kind, std::string message, int32_t lineno, int32_t offset,
                           int32_t end_lineno, int32_t end_offset) const {
  if (unit_.rule == StartRule::FString) {
    message = "f-string: " + message;
    offset -= unit_.first_col;
    end_offset -= unit_.first_col;
  }
  Diagnostic error = bare(kind, std::move(message));
  error.has_location = true;
  error.has_text = true;
  error.text = repairUtf8(errorLine(lineno));
  error.lineno = lineno;
  error.end_lineno = end_lineno;
  error.offset = unit_.encoding_known ? characterOffset(error.text, offset) : offset;
  error.end_offset = unit_.encoding_known ? characterOffset(error.text, end_offset) : end_offset;
  return error;
}

Diagnostic Reporter::known(Diagnostic::Kind kind, std::string message, int32_t lineno, int32_t col, int32_t end_lineno,
                           int32_t end_col) const {
  return place(kind, std::move(message), lineno, col + 1, end_lineno, end_col + 1);
}

Diagnostic Reporter::atToken(Diagnostic::Kind kind, std::string message, const Token& token) const {
  bool placed = hasColumn(token);
  return known(kind, std::move(message), token.lineno, placed ? token.col : kNowhere, token.end_lineno,
               placed ? token.end_col : kNowhere);
}

Diagnostic Reporter::atRange(std::string message, const ast::Position& range) const {
  return known(Diagnostic::Kind::SyntaxError, std::move(message), range.lineno, range.col_offset, range.end_lineno,
               range.end_col_offset);
}

Diagnostic Reporter::fromHereOn(std::string message, const ast::Position& range) const {
  const Token& last = lastToken();
  int32_t behind = last.kind == TokenKind::Newline ? last.end_col + 1 : last.end_col;
  return place(Diagnostic::Kind::SyntaxError, std::move(message), range.lineno, range.col_offset + 1, last.end_lineno,
               behind);
}

Diagnostic Reporter::here(Diagnostic::Kind kind, std::string message) const {
  if (fetched_ == 0) return place(kind, std::move(message), 0, 0, 0, -1);
  const Token& last = lastToken();
  bool placed = hasColumn(last);
  if (!placed && unit_.rule == StartRule::FString && last.lineno == unit_.first_lineno && unit_.first_col > 0) {
    // CPython moves the missing column, -1, with the others of this line.
    return place(kind, std::move(message), last.lineno, unit_.first_col, last.end_lineno, unit_.first_col);
  }
  return place(kind, std::move(message), last.lineno, placed ? last.col + 1 : last.col, last.end_lineno,
               placed ? last.end_col + 1 : -1);
}

Diagnostic Reporter::neverClosed() const {
  const OpenBracket* bracket = unit_.lexer.openBracket();
  return known(Diagnostic::Kind::SyntaxError, std::string("'") + bracket->bracket + "' was never closed",
               bracket->lineno, bracket->col, bracket->lineno, kNowhere);
}

Diagnostic Reporter::lexical() const {
  const LexError& error = unit_.lexer.error();
  using Code = LexError::Code;
  using Kind = Diagnostic::Kind;
  switch (error.code) {
    case Code::Raised: {
      Diagnostic raised = bare(Kind::SyntaxError, error.message);
      raised.has_location = raised.has_text = true;
      raised.lineno = raised.end_lineno = error.lineno;
      raised.offset = error.offset;
      raised.end_offset = error.end_offset;
      raised.text = repairUtf8(lineAt(unit_.text, error.line_start, false));
      return raised;
    }
    case Code::EndOfFile:
      return unit_.lexer.openBracket() ? neverClosed() : here(Kind::SyntaxError, "unexpected EOF while parsing");
    case Code::Dedent: return here(Kind::IndentationError, "unindent does not match any outer indentation level");
    case Code::TabSpace:
      return known(Kind::TabError, "inconsistent use of tabs and spaces in indentation", error.lineno, 0, error.lineno,
                   kNowhere);
    case Code::TooDeep:
      return known(Kind::IndentationError, "too many levels of indentation", error.lineno, 0, error.lineno, kNowhere);
    case Code::LineContinuation: {
      int32_t col = static_cast<int32_t>(error.cursor - joinedLineStart()) - 1;
      return known(Kind::SyntaxError, "unexpected character after line continuation character", error.lineno, col,
                   error.lineno, kNowhere);
    }
    case Code::Decode: return here(Kind::SyntaxError, "(unicode error) " + error.message);
    case Code::None: break;
  }
  return here(Kind::SyntaxError, "invalid syntax");
}

Diagnostic Reporter::undecodable() const {
  const LexError& error = unit_.lexer.error();
  Diagnostic raised = bare(Diagnostic::Kind::UnicodeDecodeError, error.message);
  raised.text = std::string(unit_.text.substr(error.line_start, error.cursor - error.line_start));
  return raised;
}

}  // namespace krait::frontend
