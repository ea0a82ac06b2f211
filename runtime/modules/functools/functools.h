// The _functools module: each file adds its types.
#pragma once
#include "runtime/modules/fields.h"

namespace krait::functools {

[[nodiscard]] bool addPartial(Thread& t, ModuleObject* module);
[[nodiscard]] bool addLruCache(Thread& t, ModuleObject* module);

}  // namespace krait::functools
