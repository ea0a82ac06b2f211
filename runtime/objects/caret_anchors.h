// Which part of an expression a traceback's carets point at: the operator of a binary operation, the brackets of a subscript.
#pragma once
#include <cstddef>
#include <string_view>

namespace krait {
struct CaretAnchors {
  bool found = false;
  size_t left = 0, right = 0;  // characters of the segment that get '^'; the others get '~'
};
// The source text of one expression.
CaretAnchors findCaretAnchors(std::string_view segment);
}  // namespace krait
