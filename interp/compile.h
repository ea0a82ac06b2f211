// compile() for the runtime: the frontend's marshal data becomes a code object, its diagnostics become exceptions.
#pragma once
#include <string_view>
#include "runtime/core/ref.h"

namespace krait {
class Thread;
// hooks.compile; see runtime/core/hooks.h.
Ref<> compileSource(Thread& t, Value source, Value filename, const char* mode, int flags, int optimize);
// The same for bytes. A script that was read from a file must be UTF-8 throughout, unless it declares another encoding.
Ref<> compileText(Thread& t, std::string_view source, std::string_view filename, const char* mode, unsigned flags, int optimize,
                  bool from_file = false);
}  // namespace krait
