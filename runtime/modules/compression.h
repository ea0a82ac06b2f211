// What the compression modules (zlib, _bz2, _lzma) share: output that grows, locks of objects that work without the
// GIL, and the input that a decompressor keeps for later.
#pragma once
#include <pthread.h>

#include <cstring>

#include "runtime/core/error.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/bytes.h"

namespace krait {

// Holds the mutex of an object. Whoever has it may have given the GIL up, so that waiting for it holds no GIL either.
class BusyScope {
 public:
  BusyScope(Thread& t, pthread_mutex_t* mutex) : mutex_(mutex) {
    if (pthread_mutex_trylock(mutex) == 0) return;
    WithoutGil released(t);
    pthread_mutex_lock(mutex);
  }
  ~BusyScope() { pthread_mutex_unlock(mutex_); }
  BusyScope(const BusyScope&) = delete;

 private:
  pthread_mutex_t* mutex_;
};

// Bytes that a codec writes: more room is made whenever it is full, up to a limit (-1: none).
class GrowingOutput {
 public:
  explicit GrowingOutput(Thread& t, int64_t limit = -1) : thread_(t), limit_(limit) {}
  GrowingOutput(const GrowingOutput&) = delete;
  ~GrowingOutput() {
    if (data_) freeBuffer(data_);
  }
  bool atLimit() const { return limit_ >= 0 && used_ == size_t(limit_); }
  // Makes room when there is none, at first for `wanted` bytes; the limit is not reached. False: raised.
  [[nodiscard]] bool reserve(size_t wanted = kFirst) {
    if (used_ < room_) return true;
    size_t room = room_ ? room_ + block() : wanted ? wanted : 1;
    if (limit_ >= 0 && room > size_t(limit_)) room = size_t(limit_);
    void* data = data_ ? resizeBuffer(data_, room) : allocateBuffer(room);
    if (!data) return raiseNoMemory(thread_);
    data_ = static_cast<uint8_t*>(data);
    room_ = room;
    return true;
  }
  uint8_t* next() const { return data_ + used_; }
  size_t free() const { return room_ - used_; }
  void advance(size_t bytes) { used_ += bytes; }
  Ref<Bytes> finish() { return newBytes(thread_, {reinterpret_cast<const char*>(data_), used_}); }

  static constexpr size_t kFirst = 32 * 1024;

 private:
  // Sizes of further blocks are CPython's at first: what deflate stores without compressing depends on the room it has.
  size_t block() {
    static constexpr size_t kBlocks[] = {64 << 10, 256 << 10, 1 << 20, 4 << 20, 8 << 20, 16 << 20};
    constexpr size_t kCount = sizeof kBlocks / sizeof kBlocks[0];
    return grown_ < kCount ? kBlocks[grown_++] : room_ / 2;
  }

  Thread& thread_;
  size_t grown_ = 0;
  uint8_t* data_ = nullptr;
  size_t used_ = 0, room_ = 0;
  int64_t limit_;
};

// Input that was not needed yet, because the output was limited; it comes before the next.
class KeptInput {
 public:
  size_t size() const { return size_; }
  const uint8_t* data() const { return data_; }
  void clear() {
    if (data_) freeBuffer(data_);
    data_ = nullptr;
    size_ = 0;
  }
  [[nodiscard]] bool append(Thread& t, const uint8_t* data, size_t size) {
    if (size == 0) return true;
    void* grown = data_ ? resizeBuffer(data_, size_ + size) : allocateBuffer(size);
    if (!grown) return raiseNoMemory(t);
    data_ = static_cast<uint8_t*>(grown);
    memcpy(data_ + size_, data, size);
    size_ += size;
    return true;
  }
  void dropFront(size_t bytes) {
    size_ -= bytes;
    memmove(data_, data_ + bytes, size_);
  }

 private:
  uint8_t* data_;
  size_t size_;
};

}  // namespace krait
