// PieceList: the parts that a split makes, collected without growing a list step by step.
#pragma once
#include <utility>
#include "runtime/core/error.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/list.h"

namespace krait {

class PieceList {
 public:
  explicit PieceList(Thread& t) : thread_(t) {}
  PieceList(const PieceList&) = delete;
  ~PieceList() {
    for (int64_t i = 0; i < size_; ++i) release(items_[i]);
    if (items_ != local_) freeBuffer(items_);
  }
  // False: raised (also when the piece could not be made).
  [[nodiscard]] bool add(Ref<> piece) {
    if (KRAIT_UNLIKELY(!piece)) return false;
    if (KRAIT_UNLIKELY(size_ == room_) && !grow()) return raiseNoMemory(thread_);
    items_[size_++] = piece.leak();
    return true;
  }
  void reverse() {
    for (int64_t i = 0, k = size_ - 1; i < k; ++i, --k) std::swap(items_[i], items_[k]);
  }
  Ref<List> finish() {
    int64_t size = size_;
    size_ = 0;
    return newListSteal(thread_, items_, size);
  }

 private:
  bool grow() {
    int64_t room = room_ * 2;
    Value* grown = static_cast<Value*>(items_ == local_ ? allocateBuffer(size_t(room) * sizeof(Value))
                                                        : resizeBuffer(items_, size_t(room) * sizeof(Value)));
    if (!grown) return false;
    if (items_ == local_) {
      for (int64_t i = 0; i < size_; ++i) grown[i] = local_[i];
    }
    items_ = grown;
    room_ = room;
    return true;
  }

  Thread& thread_;
  Value local_[24];
  Value* items_ = local_;
  int64_t size_ = 0;
  int64_t room_ = 24;
};

}  // namespace krait
