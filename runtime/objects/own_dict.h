// Attributes of builtin objects that keep a plain dict of their own in a field: functions, modules.
#pragma once
#include "runtime/objects/dict.h"

namespace krait {

// object.__getattribute__ with `dict` (or null) as the instance's namespace. Empty: raised.
Ref<> getAttrWithDict(Thread& t, Value self, Str* name, Dict* dict);
// The same without the AttributeError: empty without exception when absent.
Ref<> findAttrWithDict(Thread& t, Value self, Str* name, Dict* dict);
// object.__setattr__; makes *dict when needed. v empty: delete.
[[nodiscard]] bool setAttrWithDict(Thread& t, Value self, Str* name, Value v, Dict** dict);

}  // namespace krait
