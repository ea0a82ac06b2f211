// The interned names of names.def.
#include "runtime/core/names.h"

#include "runtime/objects/str.h"

namespace krait::names {

#define NAME(identifier, text) ::krait::Str* identifier;
#include "runtime/core/names.def"
#undef NAME

void internNames() {
#define NAME(identifier, text) identifier = internStatic(text);
#include "runtime/core/names.def"
#undef NAME
}

}  // namespace krait::names
