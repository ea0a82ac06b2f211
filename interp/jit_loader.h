// Finding and loading lib/libkrait_jit.so, at the first hot loop.
#pragma once
#include <string>

namespace krait {
// Parameters from --jit and --dump. The library is looked for beside the executable; without it Krait only interprets.
void configureJit(const std::string& mode, const std::string& dump, const std::string& executable);
}  // namespace krait
