// Values of literals: numbers, and strings of all kinds with what is inside f-strings.
#pragma once

#include <string>
#include <string_view>

#include "frontend/ast/ast.h"
#include "frontend/syntax/unit.h"

namespace krait::frontend {

// Why a literal has no value. Either a finished diagnostic (it came from inside an f-string), or a message that belongs
// to the place up to which tokens were read.
struct LiteralError {
  bool finished = false;
  Diagnostic diagnostic;
  std::string message;

  bool failed() const { return finished || !message.empty(); }
};

// The value of a number token. False: too many digits.
[[nodiscard]] bool readNumber(std::string_view text, Arena& arena, int32_t max_digits, Constant& value,
                              std::string& message);

// The node for one or more adjacent string tokens (Constant or JoinedStr), or null. With `explain` the error is
// complete; without, it is enough to know that there is one.
ast::ExprNode* readStrings(const Unit& unit, const Token* first, const Token* last, bool explain, LiteralError& error);

// Escapes of a str (to WTF-8) and of a bytes literal. `invalid_escape` becomes the first escape that means
// nothing (its character) or stands for more than a byte (its octal digits), or stays empty.
[[nodiscard]] bool decodeStrEscapes(std::string_view text, const CompileHooks& hooks, std::string& out,
                                    std::string_view& invalid_escape, std::string& message);
[[nodiscard]] bool decodeBytesEscapes(std::string_view text, std::string& out, std::string_view& invalid_escape,
                                      std::string& message);

}  // namespace krait::frontend
