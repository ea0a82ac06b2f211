// Finding and loading lib/libkrait_jit.so, at the first hot loop.
#pragma once
#include <string>

namespace krait {
class Thread;

// Whether the values of --jit and --dump mean something; what is wrong with them goes to *complaint.
bool checkJitOptions(const std::string& mode, const std::string& dump, std::string* complaint);
// Parameters from --jit and --dump. The library is looked for beside the executable; without it Krait only interprets.
void configureJit(const std::string& mode, const std::string& dump, const std::string& executable);

// Statistics and dumps are finished, once no Python code runs any more. The compiler thread is not waited for.
void finishJit(Thread& t);
}  // namespace krait
