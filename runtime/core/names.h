// names::identifier: interned strings of names.def, ready before the first type.
#pragma once
namespace krait {
struct Str;
namespace names {
#define NAME(identifier, text) extern ::krait::Str* identifier;
#include "runtime/core/names.def"
#undef NAME
void internNames();
}  // namespace names
}  // namespace krait
