// Memory for objects: size-class pools for small ones, the system allocator for large ones.
//
//   arena (1 MiB, aligned) -> pools (16 KiB, aligned) of cells of one size class and one sort (plain or collectable)
//
// A free cell has count 0 and the link of the pool's free list at offset 8, so that walking a pool tells live cells.
// Collectable objects above the largest cell size live in page-aligned blocks of their own, which the collector knows.
#pragma once
#include <cstddef>
#include "runtime/core/object.h"

namespace krait {

inline constexpr size_t kLargestCell = 512;
inline constexpr size_t kCellStep = 16;
inline constexpr size_t kPoolSize = 16 * 1024;

enum class Sort : uint8_t { kPlain, kCollectable };

// Memory for an object of `size` bytes with its header set (count 1); the rest is uninitialised.
// Null when memory is exhausted (nothing raised: the caller raises, see raiseNoMemory).
// A collectable allocation counts towards the next collection and may set kPollGc; it never collects.
//
// Instances of subclasses are made by allocateInstance and allocateVariable (variable.h). For the kinds of heap types
// allocateObject takes a reference to the type, sets the finalizer flag and uses collectable memory; freeObject gives
// the reference back and finds the size itself, so that a builtin's dealloc need not know about subclasses.
Object* allocateObject(size_t size, Sort sort, Type* type, uint32_t kind);
// Gives the memory of an object back; `size` as at its allocation.
void freeObject(Object* object, size_t size, Sort sort);
// Grows or shrinks a plain object (str, bytes: in-place append); may move it. Null: memory exhausted, object unchanged.
Object* resizeObject(Object* object, size_t old_size, size_t new_size);

// Buffers that objects own (list items, dict tables). Null when exhausted. Zero-size requests give a unique pointer.
void* allocateBuffer(size_t size);
void* resizeBuffer(void* buffer, size_t new_size);
void freeBuffer(void* buffer);

// The head of the free list that allocateObject pops for a size class: compiled code pops it inline.
// Layout contract with the JIT: *freeListSlot(...) is the first free cell (0 = none, take the slow path); its link is at offset 8.
struct FreeList {
  Object* head;
};
FreeList* freeListSlot(size_t size, Sort sort);

template <class T>
T* allocate(Sort sort, Type* type, uint32_t kind) {
  return static_cast<T*>(allocateObject(sizeof(T), sort, type, kind));
}

// Bytes in live objects and buffers, arenas held; for sys._debugmallocstats and tests.
struct MemoryStats {
  size_t arenas, pools, live_cells, live_bytes, large_blocks, large_bytes;
};
MemoryStats memoryStats();
// The next n-th allocation from now on fails, once (0: never): a test mode.
void failAllocation(uint64_t n);

}  // namespace krait
