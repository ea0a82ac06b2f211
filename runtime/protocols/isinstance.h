// What type.__instancecheck__ and type.__subclasscheck__ do: the checks without any hook.
#pragma once
#include "runtime/core/thread.h"

namespace krait {
int plainIsInstance(Thread& t, Value v, Value cls);      // 0, 1, -1
int plainIsSubclass(Thread& t, Value derived, Value cls);
}  // namespace krait
