// Writes a code object as marshal data, format 4: what a .pyc file holds behind its header.
#pragma once

#include <string>

#include "frontend/assemble/code.h"

namespace krait::frontend {

// `arena` is the one the code lives in. `filename` becomes co_filename, here and in all inner code.
std::string marshalCode(const Code& code, std::string_view filename, Arena& arena);

}  // namespace krait::frontend
