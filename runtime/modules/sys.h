// The sys module, and writing to sys.stderr from C++.
#pragma once
#include <string_view>
#include "runtime/core/native.h"

namespace krait {

extern const MethodDef kSysFunctions[];  // sys.cpp
// Writes to sys.stderr, or to the descriptor when that is lost. Never raises.
void writeError(Thread& t, std::string_view text);
// sys.flags, sys.argv, sys.path, standard streams ...: what start-up fills in from the configuration. False: raised.
[[nodiscard]] bool configureSys(Thread& t);
}  // namespace krait
