// The allocator's hook for tracemalloc. While nobody traces, allocation pays nothing: a tracer keeps the free lists empty, so that
// each cell is taken on the slow path, by compiled code too.
#pragma once
#include <cstddef>

namespace krait {

// Called under the GIL, for objects and for buffers. They must not use the allocator that they watch.
struct MemoryTracer {
  void (*allocated)(void* memory, size_t size);
  void (*freed)(void* memory);  // also for memory that was allocated before
};
extern const MemoryTracer* memory_tracer;
void traceMemory(const MemoryTracer* tracer);  // null: no more

}  // namespace krait
