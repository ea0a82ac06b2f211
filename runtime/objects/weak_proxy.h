// What references and proxies share: both are WeakRef structs in the same lists.
#pragma once
#include "runtime/core/type.h"
#include "runtime/objects/weakref.h"

namespace krait {
// A reference of one of the three types or a subclass of ref.
Ref<> makeWeakref(Thread& t, Type* type, Value object, Value callback);
WeakRef* nextWeakref(WeakRef* ref);
void deallocWeak(Object* o);
void traverseWeak(Object* o, Visitor& visitor);
void clearWeak(Object* o);
// weakref.proxy(object, callback)
Ref<> newWeakProxy(Thread& t, Value object, Value callback);
}  // namespace krait
