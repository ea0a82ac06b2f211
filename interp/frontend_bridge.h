// What the frontend and the runtime must know of each other: options, facts about characters, errors as exceptions.
#pragma once
#include <string>
#include <string_view>

#include "frontend/compile.h"
#include "runtime/core/ref.h"

namespace krait {
class Thread;
struct Str;

// Options for this thread; `filename` must live as long as they do. Modes are spelled as compile() has them.
frontend::CompileOptions frontendOptions(Thread& t, std::string_view filename, std::string_view mode, unsigned flags);

// Issues the warnings, then raises the error. True: no warning became an error, and there was none.
[[nodiscard]] bool reportDiagnostics(Thread& t, const frontend::Warnings& warnings, const frontend::Diagnostic& error,
                                     std::string_view filename);

// UTF-8, with three bytes for a lone surrogate: names of files may hold them.
std::string utf8WithSurrogates(const Str* s);

}  // namespace krait
