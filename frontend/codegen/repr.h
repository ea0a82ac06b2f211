// repr() of constants, for annotations kept as text and for messages.
#pragma once

#include <string>

#include "frontend/ast/constant.h"
#include "frontend/compile.h"

namespace krait::frontend {

std::string reprConstant(const Constant& constant, const CompileHooks& hooks);

// A quoted string literal.
std::string reprText(std::string_view wtf8, const CompileHooks& hooks);

}  // namespace krait::frontend
