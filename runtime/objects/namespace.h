// types.SimpleNamespace for native code.
#pragma once
#include "runtime/core/ref.h"

namespace krait {
class Thread;
Ref<> newNamespace(Thread& t);
[[nodiscard]] bool namespaceSet(Thread& t, Value self, const char* name, Value v);
}  // namespace krait
