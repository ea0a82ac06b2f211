// What the files that make types share: type.cpp, ready.cpp, slots.cpp, make_class.cpp, mro.cpp, type_object.cpp.
#pragma once
#include "runtime/core/type.h"
#include "runtime/objects/descriptors.h"

namespace krait {

inline constexpr uint32_t kSlotWords = sizeof(Slots) / sizeof(void*);
inline void*& slotWord(Type* type, uint32_t i) { return reinterpret_cast<void**>(&type->slots)[i]; }

// The dunder table, in CPython's order; ended by a row with name null. internDunders() fills the names at start-up.
extern DunderDef dunders[];
void internDunders();
// Adds slot wrappers to the dict for the slots that the type itself sets (those that differ from the base's).
void addSlotWrappers(Thread& t, Type* type);
// Recomputes the slots of a heap type from its mro (all dunders, or those named `name`) and the flags that follow from them.
void updateSlots(Type* type, Str* name = nullptr);
void updateTypeFlags(Type* type);
bool isDunderName(Str* name);
// Fills null slots from the base.
void inheritSlots(Type* type, const Type* base);

// The linearisation of type with these bases (a tuple), or raised. Calls a metaclass's mro() method when it is overridden.
Ref<Tuple> computeMro(Thread& t, Type* type);
Ref<Tuple> linearise(Thread& t, Type* type);

// Looks a name up in the dicts along the mro, without cache.
Value lookupInMro(const Type* type, Str* name);

// Subclass lists.
[[nodiscard]] bool addSubclass(Thread& t, Type* base, Type* type);
void removeSubclass(Type* base, Type* type);

// The layout that decides which bases go together (CPython's solid base).
const Type* layoutBase(const Type* type);
// Chooses the base with the best layout; null: raised.
Type* bestBase(Thread& t, Tuple* bases);

// Root shape and instance kind for a type whose flags and layout are set.
[[nodiscard]] bool makeInstanceKind(Thread& t, Type* type);

// A class got its first __del__: instances that exist must be told (their headers say whether to look).
void markFinalizers(Type* type);

Hash hashNotImplemented(Thread& t, Value self);
Ref<> nextNotImplemented(Thread& t, Value self);

// object's own slots (object_object.cpp) and type's (type_object.cpp).
Ref<> objectNew(Thread& t, Type* type, Args args);
bool objectInit(Thread& t, Value self, Args args);
Ref<> typeGetAttr(Thread& t, Value self, Str* name);
bool typeSetAttr(Thread& t, Value self, Str* name, Value v);
Ref<> typeCall(Thread& t, Value self, Args args);
const MethodDef* newMethodDef();  // the __new__ of native types

}  // namespace krait
