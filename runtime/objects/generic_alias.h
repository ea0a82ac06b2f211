// types.GenericAlias: list[int].
#pragma once
#include "runtime/core/ref.h"

namespace krait {
class Thread;

Ref<> newGenericAlias(Thread& t, Value origin, Value args);
// The __class_getitem__ of builtin generic types, for their method tables: ("__class_getitem__", "($cls, item, /)", kClass).
Ref<> classGetItem(Thread& t, Value cls, Value item);

}  // namespace krait
