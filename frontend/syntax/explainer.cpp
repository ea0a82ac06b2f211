// See explainer.h.
#include "frontend/syntax/explainer.h"

namespace krait::frontend {

Diagnostic explain(const Unit& unit, bool too_deep) {
  Diagnostic error;
  error.filename = std::string(unit.options.filename);
  if (too_deep) {
    error.kind = Diagnostic::Kind::MemoryError;
    return error;
  }
  error.kind = Diagnostic::Kind::SyntaxError;
  error.message = "invalid syntax";
  return error;
}

bool hasSecondStatement(const Unit& unit, const Token* next) {
  for (size_t i = next->start; i < unit.text.size(); ++i) {
    char c = unit.text[i];
    if (c == '#') {
      i = std::min(unit.text.find('\n', i), unit.text.size()) - 1;
    } else if (c != ' ' && c != '\t' && c != '\n' && c != '\f') {
      return true;
    }
  }
  return false;
}

Diagnostic explainSecondStatement(const Unit& unit, const Token* next) {
  Diagnostic error = explain(unit, false);
  error.message = "multiple statements found while compiling a single statement";
  return error;
}

}  // namespace krait::frontend
