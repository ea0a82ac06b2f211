// The table of kinds: chunks that never move, so that the compiler thread may read while we append.
#include "runtime/core/kind.h"

#include <cstdlib>

#include "runtime/base/assert.h"
#include "runtime/core/type.h"

namespace krait {

namespace {
constexpr uint32_t kChunk = 1u << kKindChunkBits;
constexpr uint32_t kMaxKinds = 1u << 28;
uint32_t kind_count = kKindFirstDynamic;

KindInfo first_chunk[kChunk] = {
    {},
#define TYPE(Name, python_name, Base, flags) {&types::Name, nullptr, false},
#include "runtime/core/types.def"
#undef TYPE
    {&types::List, nullptr, false},
    {&types::List, nullptr, false},
};
static_assert(kKindFirstDynamic < kChunk);
}  // namespace

KindInfo* kind_chunks[kMaxKinds >> kKindChunkBits] = {first_chunk};

uint32_t newKind(Type* type, Shape* shape) {
  KRAIT_ASSERT(kind_count < kMaxKinds, "%u kinds are exhausted", kind_count);
  KindInfo*& chunk = kind_chunks[kind_count >> kKindChunkBits];
  if (!chunk) {
    KindInfo* fresh = static_cast<KindInfo*>(calloc(kChunk, sizeof(KindInfo)));
    KRAIT_ASSERT(fresh, "no memory for kind %u", kind_count);
    __atomic_store_n(&chunk, fresh, __ATOMIC_RELEASE);
  }
  chunk[kind_count & (kChunk - 1)] = KindInfo{type, shape, false};
  return kind_count++;
}

}  // namespace krait
