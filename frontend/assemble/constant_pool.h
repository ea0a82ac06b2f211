// The constants of one code object, each kept once. Two constants are the same when types and values are the same, all the
// way down: 0, 0.0, -0.0 and False are four.
#pragma once

#include "frontend/assemble/code.h"

namespace krait::frontend {

class ConstantPool {
 public:
  explicit ConstantPool(Arena& arena) : arena_(arena) {}

  // The index of the constant, which is added when it is new.
  uint32_t add(PoolItem item);
  uint32_t add(const Constant* constant) { return add(PoolItem{constant, nullptr}); }

  uint32_t size() const { return size_; }
  const PoolItem& operator[](uint32_t i) const { return entries_[i].item; }
  Seq<const PoolItem> finish(uint32_t count) const;

 private:
  struct Entry {
    PoolItem item;
    uint64_t hash;
  };
  void grow();

  Arena& arena_;
  Entry* entries_ = nullptr;
  uint32_t* slots_ = nullptr;
  uint32_t size_ = 0;
  uint32_t capacity_ = 0;
};

bool sameConstant(const Constant& left, const Constant& right);
bool sameCode(const Code& left, const Code& right);

}  // namespace krait::frontend
