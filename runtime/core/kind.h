// Kinds: one u32 in every header that names (type, shape, storage kind).
//
// Builtin types have fixed kinds (types.def; lists have three).  Python classes get a kind for each shape of their
// instances.  The table is append-only, so that the compiler thread reads it without a lock.
#pragma once
#include <cstdint>

namespace krait {
struct Type;
struct Shape;

enum Kind : uint32_t {
  kKindNone = 0,  // never in a header of a live object
#define TYPE(Name, python_name, Base, flags) kKind##Name,
#include "runtime/core/types.def"
#undef TYPE
  kKindListInt,    // list whose items are raw int64 within the immediate range
  kKindListFloat,  // list whose items are raw doubles
  kKindFirstDynamic,
};

struct KindInfo {
  Type* type;
  Shape* shape;      // null for kinds without attribute slots
  bool retired;      // its shape was deprecated: instances migrate at their next guard miss
};

// Registers a kind for (type, shape); never reused. Aborts when 2^32 are exhausted.
uint32_t newKind(Type* type, Shape* shape);

// The table: a directory of chunks that never move.
inline constexpr uint32_t kKindChunkBits = 12;
extern KindInfo* kind_chunks[];
inline KindInfo& kindInfo(uint32_t kind) {
  return kind_chunks[kind >> kKindChunkBits][kind & ((1u << kKindChunkBits) - 1)];
}

}  // namespace krait
