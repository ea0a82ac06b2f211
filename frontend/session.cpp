// Errors and warnings of the passes behind the parser: see session.h.
#include "frontend/session.h"

#include <cstdio>

#include "frontend/syntax/utf8.h"

namespace krait::frontend {

namespace {

// CPython shows the line of the file with the source's name, not of the source itself: for "<string>" there is none, nor
// when the line is not UTF-8. All kinds of line ends become one.
bool readLine(std::string_view filename, int32_t line, std::string& text) {
  std::string path(filename);
  FILE* file = line > 0 ? std::fopen(path.c_str(), "rb") : nullptr;
  if (!file) return false;
  constexpr size_t kChunk = 999;  // CPython reads in chunks, and shows the last one of a longer line
  int32_t current = 1;
  bool after_return = false;
  for (int c; current <= line && (c = std::getc(file)) != EOF;) {
    bool second_of_pair = after_return && c == '\n';
    after_return = c == '\r';
    if (second_of_pair) continue;
    if (after_return) c = '\n';
    if (current == line) {
      if (text.size() == kChunk) text.clear();
      text.push_back(static_cast<char>(c));
    }
    if (c == '\n') ++current;
  }
  std::fclose(file);
  return !text.empty() && firstInvalidUtf8(text) == std::string::npos;
}

}  // namespace

Diagnostic Session::errorAt(const ast::Position& position, std::string message) const {
  Diagnostic made;
  made.kind = Diagnostic::Kind::SyntaxError;
  made.message = std::move(message);
  made.filename = options.filename;
  made.has_location = true;
  made.lineno = position.lineno;
  made.offset = position.col_offset + 1;
  made.end_lineno = position.end_lineno;
  made.end_offset = position.end_col_offset + 1;
  made.has_text = readLine(options.filename, position.lineno, made.text);
  return made;
}

void Session::syntaxError(const ast::Position& position, std::string message) {
  if (!failed()) error = errorAt(position, std::move(message));
}

void Session::fail(Diagnostic::Kind kind, std::string message) {
  if (failed()) return;
  error.kind = kind;
  error.message = std::move(message);
}

void Session::syntaxWarning(const ast::Position& position, std::string message) {
  if (!failed()) warnings.push_back({Warning::Category::SyntaxWarning, errorAt(position, std::move(message))});
}

void Session::tooDeep() {
  fail(Diagnostic::Kind::RecursionError, "maximum recursion depth exceeded during compilation");
}

}  // namespace krait::frontend
