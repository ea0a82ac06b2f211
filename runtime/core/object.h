// The header of every heap object, and reference counting.
//
//   offset 0  u32 count       the reference count and nothing else: release is `dec dword; jz`
//          4  u32 kind        interned id of (type, shape, storage kind): ONE compare proves all three (kind.h)
//          8  u64 type+flags  Type* in the low 48 bits, kFlag... above
//         16  ...             the object's own fields
//
// A free cell of a pool has count 0 and its link at offset 8.  Immortal objects start in the upper half of the
// count's range, so that no increment tests for them.
#pragma once
#include "runtime/base/assert.h"
#include "runtime/core/value.h"

namespace krait {

inline constexpr uint64_t kTypeMask = (uint64_t(1) << 48) - 1;
// Header flags: deallocation tests them all in one branch.
inline constexpr uint64_t kFlagWatched = uint64_t(1) << 48;     // a trace or cache embeds this object weakly (watch.h)
inline constexpr uint64_t kFlagWeakrefs = uint64_t(1) << 49;    // has an entry in the weakref table
inline constexpr uint64_t kFlagFinalized = uint64_t(1) << 50;   // __del__ ran already (PEP 442)
inline constexpr uint64_t kFlagFinalizer = uint64_t(1) << 51;   // its type has __del__
inline constexpr uint64_t kFlagUntracked = uint64_t(1) << 52;   // lives in a collectable pool, but gc does not track it
inline constexpr uint64_t kFlagImmutable = uint64_t(1) << 53;   // free for the type's own use
inline constexpr int kAgeShift = 54;                             // two bits: generation of a collectable object, 3: frozen
inline constexpr uint64_t kAgeMask = uint64_t(3) << kAgeShift;
inline constexpr uint64_t kFlagsAtDeath = kFlagWatched | kFlagWeakrefs | kFlagFinalizer;

inline constexpr uint32_t kImmortalCount = 0xC000'0000;  // initial count of immortal objects
inline constexpr uint32_t kImmortalLimit = 0x8000'0000;  // at or above: immortal

struct Object {
  uint32_t count;
  uint32_t kind;
  uint64_t type_and_flags;

  Type* type() const { return reinterpret_cast<Type*>(type_and_flags & kTypeMask); }
  bool hasFlag(uint64_t flag) const { return (type_and_flags & flag) != 0; }
  void setFlag(uint64_t flag) { type_and_flags |= flag; }
  void clearFlag(uint64_t flag) { type_and_flags &= ~flag; }
  void setType(Type* type) { type_and_flags = (type_and_flags & ~kTypeMask) | reinterpret_cast<uint64_t>(type); }
  bool immortal() const { return count >= kImmortalLimit; }
};
static_assert(sizeof(Object) == 16);

// Destroys an object whose count has reached 0: finalizer, weakrefs, watchers, contents, memory.
// May run any Python code; a pending exception of the current thread is kept.
void destroy(Object* object) __attribute__((noinline));

inline void retain(Object* object) { ++object->count; }
inline void retain(Value v) {
  if (v.isObject()) ++v.asObject()->count;
}
inline void release(Object* object) {
  KRAIT_AUDIT_ASSERT(object->count != 0, "release of a dead object at %p, kind %u", (void*)object, object->kind);
  if (KRAIT_UNLIKELY(--object->count == 0)) destroy(object);
}
inline void release(Value v) {
  if (v.isObject()) release(v.asObject());
}
inline void releaseIfAny(Object* object) {
  if (object) release(object);
}


}  // namespace krait
