// mappingproxy: a read-only view of a mapping.
#pragma once
#include "runtime/core/ref.h"

namespace krait {
class Thread;
struct MappingProxy : Object {
  Value mapping;  // owned
};
Ref<> newMappingProxy(Thread& t, Value mapping);
}  // namespace krait
