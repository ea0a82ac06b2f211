// Watchpoints: who depends on an assumption is told when it breaks.
//
// A Dependent is a member of the owner of an assumption (a trace, an inline cache), linked into the list of what it
// watches.  Firing unlinks it and calls invalidate, once.  Everything happens under the GIL.
#pragma once
#include "runtime/core/object.h"

namespace krait {
struct Dict;
struct Shape;
struct Str;

struct Dependent {
  Dependent* next = nullptr;
  Dependent** link = nullptr;  // what points to us; null when not watching
  void (*invalidate)(Dependent* self) = nullptr;
};

// The type's version: any change of what attribute lookup on it finds.
void watchType(Type* type, Dependent* dependent);
// The binding of `key` in `dict`: set to another value, deleted or inserted. The dict carries kFlagKeysWatched.
void watchKey(Dict* dict, Str* key, Dependent* dependent);
// The death of an object that is embedded weakly.
void watchDeath(Object* object, Dependent* dependent);
// That a shape is not deprecated (which also ends when its class dies).
void watchShape(Shape* shape, Dependent* dependent);
// Stops watching; harmless when it fired already.
void unwatch(Dependent* dependent);

// Called by owners of the assumptions.
void fireType(Type* type);
void fireShape(Shape* shape);
void fireKey(Dict* dict, Value key);      // the dict has kFlagKeysWatched
void fireAllKeys(Dict* dict);             // clear(), death of the dict
void fireDeath(Object* object);           // the object has kFlagWatched

}  // namespace krait
