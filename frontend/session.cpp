// Errors and warnings of the passes behind the parser: see session.h.
#include "frontend/session.h"

#include <cstdio>

namespace krait::frontend {

namespace {

// CPython shows the line of the file with the source's name, not of the source itself: for "<string>" there is none.
bool readLine(std::string_view filename, int32_t line, std::string& text) {
  std::string path(filename);
  FILE* file = line > 0 ? std::fopen(path.c_str(), "rb") : nullptr;
  if (!file) return false;
  int32_t current = 1;
  for (int c; (c = std::getc(file)) != EOF;) {
    if (current == line) text.push_back(static_cast<char>(c));
    if (c == '\n' && ++current > line) break;
  }
  std::fclose(file);
  return current >= line && !text.empty();
}

}  // namespace

void Session::syntaxError(const ast::Position& position, std::string message) {
  if (failed()) return;
  error.kind = Diagnostic::Kind::SyntaxError;
  error.message = std::move(message);
  error.filename = options.filename;
  error.has_location = true;
  error.lineno = position.lineno;
  error.offset = position.col_offset + 1;
  error.end_lineno = position.end_lineno;
  error.end_offset = position.end_col_offset + 1;
  error.has_text = readLine(options.filename, position.lineno, error.text);
}

void Session::fail(Diagnostic::Kind kind, std::string message) {
  if (failed()) return;
  error.kind = kind;
  error.message = std::move(message);
}

void Session::syntaxWarning(const ast::Position& position, std::string message) {
  if (failed()) return;
  warnings.push_back({Warning::Category::SyntaxWarning, std::move(message), position.lineno, position.col_offset + 1,
                      position.end_lineno, position.end_col_offset + 1});
}

void Session::tooDeep() {
  fail(Diagnostic::Kind::RecursionError, "maximum recursion depth exceeded during compilation");
}

}  // namespace krait::frontend
