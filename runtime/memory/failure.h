// A test mode: allocations fail on purpose.
#pragma once
#include <cstdint>

namespace krait {

// From now on each n-th allocation of an object or buffer fails (0: none).
void failEveryAllocation(uint64_t n);

// What is made once and kept for ever (names, builtin types, their signatures) has nobody to tell that it could not be
// made: the mode leaves it alone.
class AllocationsSucceed {
 public:
  AllocationsSucceed();
  ~AllocationsSucceed();
  AllocationsSucceed(const AllocationsSucceed&) = delete;

 private:
  uint64_t countdown_;
};

}  // namespace krait
