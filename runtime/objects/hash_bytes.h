// The hash of str and bytes: SipHash-1-3 with CPython's key schedule, so that PYTHONHASHSEED gives CPython's hashes.
#pragma once
#include <cstddef>
#include "runtime/core/type.h"

namespace krait {

// Chooses the key: from PYTHONHASHSEED (when the environment counts), else random. Start-up calls it before the first hash; without
// a call the first hash does it. False: PYTHONHASHSEED is neither "random" nor a number below 2^32.
bool initHashSecret(bool use_environment);
// Whether hashes differ from run to run (sys.flags.hash_randomization).
bool hashesAreRandom();

Hash hashBytes(const void* data, size_t size);  // 0 for no bytes; never -1
// The same function with a key that everyone knows: .pyc files that are checked by hash have it.
uint64_t keyedHash(uint64_t key, const void* data, size_t size);
inline Hash hashPointer(const void* pointer) {
  uint64_t bits = reinterpret_cast<uint64_t>(pointer);
  return Hash((bits >> 4) | (bits << 60));
}

}  // namespace krait
