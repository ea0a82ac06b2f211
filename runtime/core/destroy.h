// What happens at the death of an object besides its type's dealloc.
#pragma once
#include "runtime/core/type.h"

namespace krait {

// Empties the weak references to a dying object (count 0, kFlagWeakrefs) and calls their callbacks. objects/weakref.cpp
void clearWeakrefs(Object* o);

// dealloc, traverse and clear of instances of Python classes: __slots__, attributes, then the C++ base's own.
void deallocHeapInstance(Object* o);
void traverseHeapInstance(Object* o, Visitor& visitor);
void clearHeapInstance(Object* o);

}  // namespace krait
