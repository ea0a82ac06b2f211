// compile() for the runtime: the frontend's marshal data becomes a code object, its diagnostics become exceptions.
#pragma once
#include <string_view>
#include "runtime/core/ref.h"

namespace krait {
class Thread;
// hooks.compile; see runtime/core/hooks.h.
Ref<> compileSource(Thread& t, Value source, Value filename, const char* mode, int flags, int optimize);
// The same for bytes of a file.
Ref<> compileText(Thread& t, std::string_view source, std::string_view filename, const char* mode, unsigned flags, int optimize);
}  // namespace krait
