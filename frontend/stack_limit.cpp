// See stack_limit.h.
#include "frontend/stack_limit.h"

#include <pthread.h>

namespace krait::frontend {

namespace {

constexpr size_t kReserve = 64 * 1024;

uintptr_t findFloor() {
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return 0;
  void* lowest = nullptr;
  size_t size = 0;
  pthread_attr_getstack(&attributes, &lowest, &size);
  pthread_attr_destroy(&attributes);
  return reinterpret_cast<uintptr_t>(lowest) + kReserve;
}

}  // namespace

uintptr_t stackFloor() {
  // Asking is slow for the main thread, and the answer does not change.
  static thread_local uintptr_t floor = findFloor();
  return floor;
}

}  // namespace krait::frontend
