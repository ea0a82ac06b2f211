// ByteBuilder: bytes put together piece by piece. Memory failure is remembered and raised by finish().
#pragma once
#include <cstring>
#include <string_view>
#include "runtime/core/error.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/bytes.h"

namespace krait {

class ByteBuilder {
 public:
  explicit ByteBuilder(Thread& t) : thread_(t) {}
  ByteBuilder(const ByteBuilder&) = delete;
  ~ByteBuilder() {
    if (data_ != local_) freeBuffer(data_);
  }
  void append(char c) {
    if (KRAIT_UNLIKELY(size_ == room_) && !grow(1)) return;
    data_[size_++] = c;
  }
  void append(std::string_view text) {
    if (KRAIT_UNLIKELY(room_ - size_ < text.size()) && !grow(text.size())) return;
    memcpy(data_ + size_, text.data(), text.size());
    size_ += text.size();
  }
  // The lowest `size` bytes of a number in this byte order.
  void appendNumber(uint32_t number, int size, bool big) {
    for (int i = 0; i < size; ++i) append(char(number >> (8 * (big ? size - 1 - i : i))));
  }
  // The last byte, which may be replaced; there is one.
  char& last() { return data_[size_ - 1]; }
  std::string_view view() const { return {data_, size_}; }
  size_t size() const { return size_; }
  Ref<Bytes> finish() {
    if (failed_) return raiseNoMemory(thread_);
    return newBytes(thread_, view());
  }

 private:
  bool grow(size_t more) {
    size_t room = size_ + more + size_ / 2 + 64;
    char* fresh = static_cast<char*>(data_ == local_ ? allocateBuffer(room) : resizeBuffer(data_, room));
    if (!fresh) {
      failed_ = true;
      return false;
    }
    if (data_ == local_) memcpy(fresh, local_, size_);
    data_ = fresh;
    room_ = room;
    return true;
  }

  Thread& thread_;
  char* data_ = local_;
  size_t size_ = 0;
  size_t room_ = sizeof local_;
  bool failed_ = false;
  char local_[256];
};

}  // namespace krait
