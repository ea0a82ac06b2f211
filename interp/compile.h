// compile() for the runtime: the frontend's marshal data becomes a code object, its diagnostics become exceptions.
#pragma once
#include <string_view>
#include "runtime/core/hooks.h"

namespace krait {

// hooks.compile and hooks.is_syntax_tree; see runtime/core/hooks.h.
Ref<> compileSource(Thread& t, Value source, Value filename, const CompileRequest& request);
bool isSyntaxTree(Value v);
// The flags of compile() that start-up and the prompt need.
inline constexpr unsigned kCompileDontImplyDedent = 0x200, kCompileIgnoreCookie = 0x800, kCompileIncompleteInput = 0x4000,
                          kCompileFutures = 0x1fe0000;
// A whole program, or an interactive statement (mode "single"), as bytes. One that was read from a file must be UTF-8
// throughout, unless it declares another encoding.
Ref<> compileScript(Thread& t, std::string_view source, std::string_view filename, unsigned flags, bool from_file,
                    const char* mode = "exec");

}  // namespace krait
