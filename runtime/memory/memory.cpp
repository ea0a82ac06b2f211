// Allocation and release of objects: free lists over pools, pools over arenas, the system for what is large.
#include "runtime/memory/failure.h"
#include "runtime/memory/memory.h"

#include <sys/mman.h>

#include <cstdlib>
#include <cstring>

#include "runtime/core/thread.h"
#include "runtime/core/type.h"
#include "runtime/memory/pool.h"
#include "runtime/memory/trace.h"

namespace krait {

FreeList free_lists[2][kClassCount];
Pool* young_pools = nullptr;
Pool* middle_pools = nullptr;
AllocationCounters collectable_allocations{0, 0, 700, 8 << 20, false};
const MemoryTracer* memory_tracer = nullptr;

namespace {

struct Arena {
  Arena* next;
  Arena* previous;
  uint64_t free_mask;  // bit i: pool i is free; bit 0 is this header and never free
};
constexpr uint64_t kAllFree = ~uint64_t(1);
static_assert(kPoolsPerArena == 64);

struct ClassState {
  Pool* current;
  Pool* partial;  // pools with free cells, not current
};

ClassState classes[2][kClassCount];
Arena* arenas = nullptr;       // those with free pools, the rest is in full_arenas
Arena* full_arenas = nullptr;
Pool* large_blocks = nullptr;
MemoryStats totals{};          // arenas, pools and large blocks; cells are counted on demand
uint64_t fail_countdown = 0;   // until an allocation fails; 0: none does
uint64_t fail_every = 0;       // what it begins with again afterwards

constexpr size_t kMediumSizes[] = {640, 768, 1024, 1344, 2032, kLargestMedium};

int sizeClassOf(size_t size) {
  if (size <= kLargestCell) return smallClass(size);
  int i = 0;
  while (kMediumSizes[i] < size) ++i;
  return kSmallClasses + 1 + i;
}
size_t classSize(int size_class) {
  return size_class <= kSmallClasses ? size_t(size_class) * kCellStep : kMediumSizes[size_class - kSmallClasses - 1];
}

// Garbage in cycles may hold large buffers: they make a collection due as objects of their size would.
constexpr size_t kLargeBuffer = 64 * 1024;

// True when the test mode wants this allocation to fail.
bool failNow() {
  if (KRAIT_LIKELY(fail_countdown == 0) || --fail_countdown) return false;
  fail_countdown = fail_every;
  return true;
}

template <class T>
void link(T*& head, T* item) {
  item->previous = nullptr;
  item->next = head;
  if (head) head->previous = item;
  head = item;
}
template <class T>
void unlink(T*& head, T* item) {
  if (item->previous) item->previous->next = item->next;
  else head = item->next;
  if (item->next) item->next->previous = item->previous;
}

Arena* newArena() {
  char* raw = static_cast<char*>(mmap(nullptr, 2 * kArenaSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  if (raw == MAP_FAILED) return nullptr;
  char* start = reinterpret_cast<char*>((reinterpret_cast<uint64_t>(raw) + kArenaSize - 1) & ~uint64_t(kArenaSize - 1));
  if (start > raw) munmap(raw, size_t(start - raw));
  munmap(start + kArenaSize, size_t(raw + kArenaSize - start));
  Arena* arena = reinterpret_cast<Arena*>(start);
  arena->free_mask = kAllFree;
  link(arenas, arena);
  ++totals.arenas;
  return arena;
}

// A pool from the fullest arena that has one, so that empty arenas appear.
void* takePool() {
  Arena* best = nullptr;
  int least = kPoolsPerArena + 1;
  int looked = 0;
  for (Arena* a = arenas; a && looked < 64; a = a->next, ++looked) {
    int free_pools = __builtin_popcountll(a->free_mask);
    if (free_pools < least) {
      least = free_pools;
      best = a;
    }
  }
  if (!best) best = newArena();
  if (!best) return nullptr;
  int i = __builtin_ctzll(best->free_mask);
  best->free_mask &= best->free_mask - 1;
  if (best->free_mask == 0) {
    unlink(arenas, best);
    link(full_arenas, best);
  }
  ++totals.pools;
  return reinterpret_cast<char*>(best) + size_t(i) * kPoolSize;
}

void giveBackPool(Pool* pool) {
  uint64_t address = reinterpret_cast<uint64_t>(pool);
  Arena* arena = reinterpret_cast<Arena*>(address & ~uint64_t(kArenaSize - 1));
  if (arena->free_mask == 0) {
    unlink(full_arenas, arena);
    link(arenas, arena);
  }
  arena->free_mask |= uint64_t(1) << ((address & (kArenaSize - 1)) / kPoolSize);
  --totals.pools;
  if (arena->free_mask == kAllFree && (arenas != arena || arena->next)) {  // one empty arena is kept
    unlink(arenas, arena);
    munmap(arena, kArenaSize);
    --totals.arenas;
  }
}

Pool* newPool(int size_class, Sort sort) {
  Pool* pool = static_cast<Pool*>(takePool());
  if (!pool) return nullptr;
  size_t size = classSize(size_class);
  *pool = Pool{};
  pool->cell_size = uint32_t(size);
  pool->reciprocal = uint32_t(((1u << 20) + size - 1) / size);
  pool->capacity = uint16_t((kPoolSize - sizeof(Pool)) / size);
  pool->size_class = uint8_t(size_class);
  pool->sort = sort;
  Object* next = nullptr;
  for (int i = pool->capacity - 1; i >= 0; --i) {
    Object* cell = poolCell(pool, uint32_t(i));
    cell->count = 0;
    cellLink(cell) = next;
    next = cell;
  }
  pool->free = next;
  return pool;
}

void noteYoung(Pool* pool) {
  if (pool->young) return;
  pool->young = true;
  pool->young_next = young_pools;
  young_pools = pool;
}

void traceAllocation(void* memory, size_t size) {
  if (KRAIT_UNLIKELY(memory_tracer != nullptr) && memory) memory_tracer->allocated(memory, size);
}
void traceFree(void* memory) {
  if (KRAIT_UNLIKELY(memory_tracer != nullptr) && memory) memory_tracer->freed(memory);
}

void countAllocations(int64_t objects, int64_t bytes) {
  AllocationCounters& c = collectable_allocations;
  c.objects += objects;
  c.bytes += bytes;
  if (c.objects > c.due_objects || c.bytes > c.due_bytes) {
    if (Thread* t = Thread::currentOrNull()) t->poll.fetch_or(kPollGc, std::memory_order_relaxed);
  }
}

bool countsOneByOne(Sort sort) {
  return fail_countdown != 0 || memory_tracer || (sort == Sort::kCollectable && collectable_allocations.exact);
}

// The current pool of a class goes back to the counted ones, with whatever is left on its list.
void retireCurrent(int size_class, Sort sort) {
  ClassState& state = classes[int(sort)][size_class];
  Pool* pool = state.current;
  if (!pool) return;
  FreeList& list = free_lists[int(sort)][size_class];
  int left = 0;
  for (Object* o = list.head; o; o = cellLink(o)) ++left;
  pool->current = false;
  pool->free = list.head;
  pool->live = uint16_t(pool->capacity - left);
  list.head = nullptr;
  state.current = nullptr;
  if (left) link(state.partial, pool);
}

Pool* poolWithRoom(int size_class, Sort sort) {
  ClassState& state = classes[int(sort)][size_class];
  if (!state.partial) {
    Pool* pool = newPool(size_class, sort);
    if (!pool) return nullptr;
    link(state.partial, pool);
  }
  return state.partial;
}

Object* takeCounted(int size_class, Sort sort) {
  Pool* pool = poolWithRoom(size_class, sort);
  if (!pool) return nullptr;
  Object* o = pool->free;
  pool->free = cellLink(o);
  if (++pool->live == pool->capacity) unlink(classes[int(sort)][size_class].partial, pool);
  if (sort == Sort::kCollectable) {
    noteYoung(pool);
    countAllocations(1, pool->cell_size);
  }
  traceAllocation(o, pool->cell_size);
  return o;
}

void releaseCell(Object* o) {
  Pool* pool = poolOf(o);
  // 1: an object that was never shown to anyone.
  KRAIT_AUDIT_ASSERT(o->count <= 1, "freed with count %u, kind %u", o->count, o->kind);
#ifdef KRAIT_AUDIT
  memset(reinterpret_cast<char*>(o) + sizeof(Object), 0xDB, pool->cell_size - sizeof(Object));
#endif
  o->count = 0;
  if (KRAIT_LIKELY(pool->current)) {
    FreeList& list = free_lists[int(pool->sort)][pool->size_class];
    cellLink(o) = list.head;
    list.head = o;
    return;
  }
  traceFree(o);
  cellLink(o) = pool->free;
  pool->free = o;
  ClassState& state = classes[int(pool->sort)][pool->size_class];
  if (pool->live-- == pool->capacity) link(state.partial, pool);
  if (KRAIT_UNLIKELY(collectable_allocations.exact) && pool->sort == Sort::kCollectable && collectable_allocations.objects > 0) {
    --collectable_allocations.objects;
  }
  if (pool->live == 0) dropIfEmpty(pool);
}

Object* newLargeBlock(size_t size) {
  void* memory = nullptr;
  if (posix_memalign(&memory, kPoolSize, sizeof(Pool) + size) != 0) return nullptr;
  Pool* pool = static_cast<Pool*>(memory);
  *pool = Pool{};
  pool->large_size = size;
  pool->cell_size = uint32_t(size > UINT32_MAX ? UINT32_MAX : size);
  pool->reciprocal = 0;  // every cell index is 0
  pool->capacity = 1;
  pool->sort = Sort::kCollectable;
  link(large_blocks, pool);
  noteYoung(pool);
  ++totals.large_blocks;
  totals.large_bytes += size;
  countAllocations(1, int64_t(size));
  traceAllocation(poolCell(pool, 0), size);
  return poolCell(pool, 0);
}

void leaveChain(Pool** at, Pool* Pool::*next, Pool* pool) {
  while (*at && *at != pool) at = &((*at)->*next);
  if (*at) *at = pool->*next;
}

// Large blocks are taken out of the collector's chains at once: their memory goes.
void freeLargeBlock(Pool* pool) {
  traceFree(poolCell(pool, 0));
  if (pool->young) leaveChain(&young_pools, &Pool::young_next, pool);
  if (pool->middle) leaveChain(&middle_pools, &Pool::middle_next, pool);
  unlink(large_blocks, pool);
  --totals.large_blocks;
  totals.large_bytes -= pool->large_size;
  free(pool->scratch);
  free(pool);
}

Object* allocateMemory(size_t size, Sort sort) {
  if (size <= kLargestCell) return takeCell(smallClass(size), sort);
  if (failNow()) return nullptr;
  if (sort == Sort::kCollectable) return size <= kLargestMedium ? takeCell(sizeClassOf(size), sort) : newLargeBlock(size);
  if (KRAIT_UNLIKELY(size >= kLargeBuffer)) countAllocations(0, int64_t(size));
  Object* o = static_cast<Object*>(malloc(size));
  if (o) {
    ++totals.large_blocks;
    totals.large_bytes += size;
  }
  traceAllocation(o, size);
  return o;
}

// The collector trusts the type about where its objects live.
void checkSort([[maybe_unused]] Type* type, [[maybe_unused]] Sort sort) {
  KRAIT_AUDIT_ASSERT(type->has(kTypeCollectable) == (sort == Sort::kCollectable), "%s in the wrong pools", type->cname);
}

__attribute__((noinline)) Object* allocateDynamic(size_t size, Sort sort, Type* type, uint32_t kind) {
  bool heap = type->has(kTypeHeap);
  if (heap) sort = Sort::kCollectable;
  checkSort(type, sort);
  Object* o = allocateMemory(size, sort);
  if (!o) return nullptr;
  o->count = 1;
  o->kind = kind;
  o->type_and_flags = reinterpret_cast<uint64_t>(type) | (type->has(kTypeHasFinalizer) ? kFlagFinalizer : 0);
  if (heap) retain(type);
  return o;
}

void freeMemory(Object* o, size_t size, Sort sort) {
  if (sort == Sort::kCollectable) {
    Pool* pool = poolOf(o);
    if (KRAIT_UNLIKELY(pool->large_size != 0)) return freeLargeBlock(pool);
    return releaseCell(o);
  }
  if (size <= kLargestCell) return releaseCell(o);
  --totals.large_blocks;
  totals.large_bytes -= size;
  traceFree(o);
  free(o);
}

__attribute__((noinline)) void freeDynamic(Object* o, size_t size, Sort sort) {
  Type* type = o->type();
  if (!type->has(kTypeHeap)) return freeMemory(o, size, sort);
  freeMemory(o, size, Sort::kCollectable);
  release(type);
}

}  // namespace

// Kept are pools that the collector knows, and the last one with room of a class.
void dropIfEmpty(Pool* pool) {
  if (pool->large_size || pool->current || pool->live != 0 || pool->young || pool->middle || pool->scratch) return;
  if (!pool->next && !pool->previous) return;
  unlink(classes[int(pool->sort)][pool->size_class].partial, pool);
  giveBackPool(pool);
}

void noteCurrentPools() {
  for (ClassState& state : classes[int(Sort::kCollectable)]) {
    if (state.current) noteYoung(state.current);
  }
}

Object* refillCell(int size_class, Sort sort) {
  if (failNow()) return nullptr;
  if (countsOneByOne(sort)) return takeCounted(size_class, sort);
  ClassState& state = classes[int(sort)][size_class];
  if (Pool* full = state.current) {
    full->current = false;
    full->free = nullptr;
    full->live = full->capacity;
    state.current = nullptr;
  }
  Pool* pool = poolWithRoom(size_class, sort);
  if (!pool) return nullptr;
  unlink(state.partial, pool);
  if (sort == Sort::kCollectable) {
    noteYoung(pool);
    int64_t taken = pool->capacity - pool->live;
    countAllocations(taken, taken * pool->cell_size);
  }
  state.current = pool;
  pool->current = true;
  Object* o = pool->free;
  free_lists[int(sort)][size_class].head = cellLink(o);
  pool->free = nullptr;
  return o;
}

Object* allocateObject(size_t size, Sort sort, Type* type, uint32_t kind) {
  if (KRAIT_UNLIKELY(kind >= kKindFirstDynamic)) return allocateDynamic(size, sort, type, kind);
  Object* o = KRAIT_LIKELY(size <= kLargestCell) ? takeCell(smallClass(size), sort) : allocateMemory(size, sort);
  if (KRAIT_UNLIKELY(!o)) return nullptr;
  checkSort(type, sort);
  o->count = 1;
  o->kind = kind;
  o->type_and_flags = reinterpret_cast<uint64_t>(type);
  return o;
}

void freeObject(Object* o, size_t size, Sort sort) {
  if (KRAIT_UNLIKELY(o->kind >= kKindFirstDynamic)) return freeDynamic(o, size, sort);
  if (KRAIT_LIKELY(size <= kLargestCell)) return releaseCell(o);
  freeMemory(o, size, sort);
}

Object* resizeObject(Object* o, size_t old_size, size_t new_size) {
  if (old_size > kLargestCell && new_size > kLargestCell && o->kind < kKindFirstDynamic) {
    if (failNow()) return nullptr;
    Object* moved = static_cast<Object*>(realloc(static_cast<void*>(o), new_size));
    if (!moved) return nullptr;
    totals.large_bytes += new_size - old_size;
    traceFree(o);
    traceAllocation(moved, new_size);
    return moved;
  }
  if (old_size <= kLargestCell && new_size <= kLargestCell && smallClass(old_size) == smallClass(new_size)) return o;
  KRAIT_ASSERT(o->kind < kKindFirstDynamic, "an instance of a subclass cannot be resized, kind %u", o->kind);
  Object* moved = allocateObject(new_size, Sort::kPlain, o->type(), o->kind);
  if (!moved) return nullptr;
  memcpy(static_cast<void*>(moved), static_cast<void*>(o), old_size < new_size ? old_size : new_size);
  o->count = 0;
  freeMemory(o, old_size, Sort::kPlain);
  return moved;
}

void* allocateBuffer(size_t size) {
  if (failNow()) return nullptr;
  if (KRAIT_UNLIKELY(size >= kLargeBuffer)) countAllocations(0, int64_t(size));
  void* memory = malloc(size ? size : 1);
  traceAllocation(memory, size);
  return memory;
}
void* resizeBuffer(void* buffer, size_t new_size) {
  void* memory = failNow() ? nullptr : realloc(buffer, new_size ? new_size : 1);
  if (KRAIT_UNLIKELY(memory_tracer != nullptr) && memory) {
    traceFree(buffer);
    traceAllocation(memory, new_size);
  }
  return memory;
}
void freeBuffer(void* buffer) {
  traceFree(buffer);
  free(buffer);
}

FreeList* freeListSlot(size_t size, Sort sort) { return &free_lists[int(sort)][smallClass(size)]; }

static void retireAll() {
  for (Sort sort : {Sort::kPlain, Sort::kCollectable}) {
    for (int i = 1; i < kClassCount; ++i) retireCurrent(i, sort);
  }
}
void failAllocation(uint64_t n) {
  fail_countdown = n;
  if (n != 0) retireAll();
}
void traceMemory(const MemoryTracer* tracer) {
  memory_tracer = tracer;
  if (tracer) retireAll();
}

void failEveryAllocation(uint64_t n) {
  fail_every = n;
  failAllocation(n);
}

AllocationsSucceed::AllocationsSucceed() : countdown_(fail_countdown) { fail_countdown = 0; }
AllocationsSucceed::~AllocationsSucceed() { fail_countdown = countdown_; }

void setExactCounting(bool exact) {
  collectable_allocations.exact = exact;
  if (!exact) return;
  for (int i = 1; i < kClassCount; ++i) retireCurrent(i, Sort::kCollectable);
}

void collectPools(Sort sort, void (*f)(Pool*, void*), void* argument) {
  for (Arena* list : {arenas, full_arenas}) {
    for (Arena* arena = list; arena;) {
      Arena* next = arena->next;
      for (int i = 1; i < kPoolsPerArena; ++i) {
        if (arena->free_mask >> i & 1) continue;
        Pool* pool = reinterpret_cast<Pool*>(reinterpret_cast<char*>(arena) + size_t(i) * kPoolSize);
        if (pool->sort == sort) f(pool, argument);
      }
      arena = next;
    }
  }
  if (sort != Sort::kCollectable) return;
  for (Pool* pool = large_blocks; pool;) {
    Pool* next = pool->next;
    f(pool, argument);
    pool = next;
  }
}

int64_t collectableBytes() { return int64_t(totals.pools * kPoolSize + totals.large_bytes); }

MemoryStats memoryStats() {
  MemoryStats stats = totals;
  for (Sort sort : {Sort::kPlain, Sort::kCollectable}) {
    eachPool(sort, [&](Pool* pool) {
      if (pool->large_size) return;
      eachLiveCell(pool, [&](Object*) {
        ++stats.live_cells;
        stats.live_bytes += pool->cell_size;
      });
    });
  }
  return stats;
}

}  // namespace krait
