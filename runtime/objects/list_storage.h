// Raw access to a list's storage, for objects/list*.cpp alone.
#pragma once
#include "runtime/objects/list.h"

namespace krait {

inline constexpr int64_t kMaxListItems = INT64_MAX / int64_t(sizeof(Value));
inline bool isRawListKind(uint32_t kind) { return kind == kKindListInt || kind == kKindListFloat; }

// Room for `size` items, over-allocated for growth; and for exactly `capacity` items. False: MemoryError raised.
[[nodiscard]] bool listResizeStorage(Thread& t, List* list, int64_t size);
[[nodiscard]] bool listSetCapacity(Thread& t, List* list, int64_t capacity);
// The kind that a list of just these items has.
uint32_t listKindFor(const Value* items, int64_t size);
// Boxed items to words of a kind, and back; may work in place. References move.
void listStoreItems(uint32_t kind, void* to, const Value* items, int64_t size);
void listBoxItems(uint32_t kind, const void* from, Value* items, int64_t size);
// Makes an exact generic list raw when all of its items allow it.
void listBecomeRaw(List* list);

}  // namespace krait
