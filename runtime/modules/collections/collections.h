// The _collections module: each file adds its types. OrderedDict: ordered_dict.h.
#pragma once
#include "runtime/modules/fields.h"

namespace krait::collections {

[[nodiscard]] bool addDeque(Thread& t, ModuleObject* module);
[[nodiscard]] bool addOrderedDict(Thread& t, ModuleObject* module);

}  // namespace krait::collections
