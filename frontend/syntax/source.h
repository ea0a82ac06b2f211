// From bytes to text: the byte order mark, the coding cookie, line ends.
#pragma once

#include <string>
#include <string_view>

#include "frontend/compile.h"

namespace krait::frontend {

struct SourceText {
  std::string text;             // UTF-8, line ends are \n, and a NUL follows
  bool valid = true;            // false: some bytes are not UTF-8, which matters where they are used
  bool encoding_known = false;  // a cookie, a mark, or a str: only then CPython counts columns in characters
};

// False: `error` says why.
[[nodiscard]] bool readSource(std::string_view bytes, const CompileOptions& options, SourceText& source,
                              Diagnostic& error);

// The name in a coding cookie on this line, normalised as CPython does ("utf-8", "iso-8859-1"), or an empty string.
// Sets `blank` when a cookie may still follow on the next line.
std::string codingCookie(std::string_view line, bool& blank);

}  // namespace krait::frontend
