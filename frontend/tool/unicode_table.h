// Character data for tests of the frontend without a runtime, read from a file of rows:
//   flags hex name[=normal form]     flags: s XID_Start, c XID_Continue, n not printable; the name may be empty
#pragma once

#include "frontend/compile.h"

namespace krait::frontend {

// Hooks over the file that KRAIT_UNICODE names; empty hooks when it names none.
CompileHooks unicodeTableHooks();

}  // namespace krait::frontend
