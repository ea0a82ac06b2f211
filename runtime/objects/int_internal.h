// What the files of int share: a view of any int as limbs, and making normalised results.
#pragma once
#include <gmp.h>
#include "runtime/core/error.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/int.h"

namespace krait {

static_assert(sizeof(mp_limb_t) == 8 && GMP_NAIL_BITS == 0);

// The magnitude and sign of a plain int (immediate or heap). The view supports no ownership: v stays alive; do not copy the view.
struct Digits {
  explicit Digits(Value v) {
    if (v.isInt()) {
      int64_t i = v.asInt();
      negative = i < 0;
      local = negative ? uint64_t(-i) : uint64_t(i);
      limbs = &local;
      count = local != 0;
    } else {
      Int* heap = static_cast<Int*>(v.asObject());
      limbs = heap->limbs;
      count = heap->limbCount();
      negative = heap->negative();
    }
  }
  Digits(const Digits&) = delete;

  mp_srcptr data() const { return reinterpret_cast<mp_srcptr>(limbs); }
  uint64_t low() const { return count ? limbs[0] : 0; }

  const uint64_t* limbs;
  size_t count;     // no leading zero limbs; 0 for zero
  bool negative;
  uint64_t local = 0;
};

inline mp_ptr limbsOf(Int* i) { return reinterpret_cast<mp_ptr>(i->limbs); }
inline size_t intObjectSize(size_t limbs) { return sizeof(Int) + limbs * sizeof(uint64_t); }

inline constexpr size_t kMaxLimbs = size_t(1) << 36;

// An exact int object with room for `limbs`; null: MemoryError raised.
Int* allocateInt(Thread& t, size_t limbs);
// Turns a filled object into the value it stands for: leading zeros go, small results become immediate.
Ref<> finishInt(Thread& t, Int* result, size_t allocated, bool negative);
Ref<> newIntFromLimbs(Thread& t, const uint64_t* limbs, size_t count, bool negative);

// Limbs of scratch space that go when the scope ends.
class LimbBuffer {
 public:
  LimbBuffer(Thread& t, size_t count) {
    if (count <= sizeof local_ / sizeof local_[0]) {
      data_ = local_;
    } else {
      data_ = static_cast<uint64_t*>(allocateBuffer(count * sizeof(uint64_t)));
      if (!data_) (void)raiseNoMemory(t);
    }
  }
  LimbBuffer(const LimbBuffer&) = delete;
  ~LimbBuffer() {
    if (data_ && data_ != local_) freeBuffer(data_);
  }
  explicit operator bool() const { return data_ != nullptr; }
  uint64_t* get() { return data_; }
  mp_ptr data() { return reinterpret_cast<mp_ptr>(data_); }
  uint64_t& operator[](size_t i) { return data_[i]; }

 private:
  uint64_t* data_;
  uint64_t local_[16];
};

size_t bitLength(const Digits& d);
// Compares magnitudes: -1, 0, 1.
int compareMagnitudes(const Digits& a, const Digits& b);
// For functions that GMP has for mpz only: a read-only mpz over the limbs of a view, and back.
inline void readOnly(mpz_ptr z, const Digits& d) {
  mpz_roinit_n(z, d.data(), d.negative ? -mp_size_t(d.count) : mp_size_t(d.count));
}
inline Ref<> newIntFromMpz(Thread& t, mpz_srcptr z) {
  return newIntFromLimbs(t, reinterpret_cast<const uint64_t*>(mpz_limbs_read(z)), mpz_size(z), mpz_sgn(z) < 0);
}
// Whether a power-of-two base: its texts have no length limit.
inline bool isBinaryBase(int base) { return (base & (base - 1)) == 0; }

extern const MethodDef kIntMethods[];
extern const GetSetDef kIntGetSets[];

}  // namespace krait
