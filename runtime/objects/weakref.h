// Weak references: a side table from objects to the list of their references.
#pragma once
#include "runtime/core/ref.h"

namespace krait {
class Thread;

struct WeakRef : Object {
  Object* referent;     // null: it died
  Value callback;       // owned; empty: none
  WeakRef* next;        // of the same referent
  WeakRef* previous;
  int64_t hash;         // of the referent, once known; -1: not yet
};

// weakref.ref(object, callback): the canonical one is shared when there is no callback. callback empty or None: none.
Ref<> newWeakref(Thread& t, Value object, Value callback = Value());
// The referent, or empty when it died.
Ref<> weakrefTarget(Value weakref);
// The first weak reference to the object; empty: none.
Ref<> firstWeakref(Value object);
int64_t weakrefCount(Value object);
bool canHaveWeakrefs(Value object);
// For the collector: empties the references of an unreachable object and hands those with callbacks over, each owned.
void takeWeakrefs(Object* object, void (*with_callback)(WeakRef* ref, void* argument), void* argument);
void callWeakrefCallback(Thread& t, WeakRef* ref);
}  // namespace krait
