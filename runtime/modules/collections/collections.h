// The _collections module: each file adds its types. OrderedDict is the standard library's own, in Python.
#pragma once
#include "runtime/modules/fields.h"

namespace krait::collections {

[[nodiscard]] bool addDeque(Thread& t, ModuleObject* module);

}  // namespace krait::collections
