// Pools: what memory.cpp and the collector know about the places where objects live.
//
//   arena, 1 MiB   [ header pool: Arena ][ pool ][ pool ] ...          64 pools of 16 KiB
//   pool, 16 KiB   [ Pool, 80 bytes ][ cell ][ cell ] ...              one cell size, one sort
//   large block    [ Pool, 80 bytes ][ the object ]                     16 KiB aligned; collectable objects only
//
// So the Pool of any collectable object is at its address rounded down to 16 KiB. One pool a (size class, sort) is
// current: its free cells hang on the class's FreeList, which compiled code pops without counting. All other pools
// count their live cells, so that an empty one goes back to its arena and a fully empty arena to the system.
#pragma once
#include "runtime/memory/memory.h"

namespace krait {

inline constexpr size_t kArenaSize = 1024 * 1024;
inline constexpr int kPoolsPerArena = int(kArenaSize / kPoolSize);
inline constexpr int kSmallClasses = int(kLargestCell / kCellStep);  // classes 1..32
inline constexpr int kClassCount = kSmallClasses + 1 + 6;            // and six medium ones, collectable only
inline constexpr size_t kLargestMedium = 2720;

struct Pool {
  Object* free;          // free cells of a pool that is not current
  Pool* next;            // in the class's list of pools with free cells, or in the list of large blocks
  Pool* previous;
  Pool* young_next;      // chain of the pools that may hold objects younger than the last collection
  Pool* middle_next;     // chain of those that may hold objects of the middle generation
  uint32_t* scratch;     // counts of the collection in progress, one a cell; null otherwise
  size_t large_size;     // large blocks: size of the object
  uint32_t cell_size;
  uint32_t reciprocal;   // 2^20 / cell_size, rounded up
  uint16_t capacity;
  uint16_t live;         // of a pool that is not current
  uint8_t size_class;
  Sort sort;
  bool current;
  bool young;            // is in the young chain
  bool middle;           // is in the middle chain
};
static_assert(sizeof(Pool) == 80);

inline Pool* poolOf(const Object* o) {
  return reinterpret_cast<Pool*>(reinterpret_cast<uint64_t>(o) & ~uint64_t(kPoolSize - 1));
}
inline Object* poolCell(Pool* pool, uint32_t i) {
  return reinterpret_cast<Object*>(reinterpret_cast<char*>(pool) + sizeof(Pool) + size_t(i) * pool->cell_size);
}
inline uint32_t cellIndex(const Pool* pool, const Object* o) {
  uint32_t offset = uint32_t(reinterpret_cast<const char*>(o) - reinterpret_cast<const char*>(pool) - sizeof(Pool));
  return uint32_t((uint64_t(offset) * pool->reciprocal) >> 20);
}
inline Object*& cellLink(Object* o) { return *reinterpret_cast<Object**>(&o->type_and_flags); }

extern FreeList free_lists[2][kClassCount];

// A cell from the free list, header unset; null: memory exhausted.
Object* refillCell(int size_class, Sort sort) __attribute__((noinline));
inline Object* takeCell(int size_class, Sort sort) {
  FreeList& list = free_lists[int(sort)][size_class];
  Object* o = list.head;
  if (KRAIT_UNLIKELY(!o)) return refillCell(size_class, sort);
  list.head = cellLink(o);
  return o;
}
inline int smallClass(size_t size) { return int((size + kCellStep - 1) / kCellStep); }

// Walks every pool and large block of a sort: f(pool). Free cells have count 0.
template <class F>
void eachPool(Sort sort, F f);
void collectPools(Sort sort, void (*f)(Pool*, void*), void* argument);
template <class F>
void eachPool(Sort sort, F f) {
  collectPools(sort, [](Pool* pool, void* argument) { (*static_cast<F*>(argument))(pool); }, &f);
}
template <class F>
void eachLiveCell(Pool* pool, F f) {
  for (uint32_t i = 0; i < pool->capacity; ++i) {
    Object* o = poolCell(pool, i);
    if (o->count != 0) f(o);
  }
}

// The chains of pools with objects of the younger generations; the collector takes them apart.
extern Pool* young_pools;
extern Pool* middle_pools;

// Back into the chain: the current pools, which get objects without telling.
void noteCurrentPools();
// A pool that left the chain goes back to its arena when nothing is in it.
void dropIfEmpty(Pool* pool);

// What was allocated in collectable memory since the counters were last reset. Counted when pools become current, or one
// by one in exact mode (after gc.set_threshold), in which the free lists of collectable classes are kept empty.
struct AllocationCounters {
  int64_t objects;
  int64_t bytes;
  int64_t due_objects;   // kPollGc is set when one of these is reached
  int64_t due_bytes;
  bool exact;
};
extern AllocationCounters collectable_allocations;
void setExactCounting(bool exact);
int64_t collectableBytes();  // in pools and large blocks, held

}  // namespace krait
