// StrBuilder: text put together piece by piece, at the width that the pieces need.
//
// Nothing is raised while appending: finish() raises MemoryError when any append failed.
#pragma once
#include <string_view>
#include "runtime/memory/memory.h"
#include "runtime/objects/str.h"

namespace krait {

class StrBuilder {
 public:
  explicit StrBuilder(Thread& t) : thread_(t) {}
  ~StrBuilder() {
    if (data_) freeBuffer(data_);
  }
  StrBuilder(const StrBuilder&) = delete;

  void append(const Str* str);
  void append(const Str* str, int64_t start, int64_t stop);
  void appendAscii(std::string_view ascii);
  void append(uint32_t code_point);
  int64_t length() const { return length_; }
  // The text so far as an exact str; the builder is empty afterwards. Empty: MemoryError raised.
  Ref<Str> finish();
  void clear() { length_ = 0; }

 private:
  // Room for `extra` more code points, the widest of which is max_char.
  bool reserve(int64_t extra, uint32_t max_char);

  Thread& thread_;
  uint8_t* data_ = nullptr;
  int64_t length_ = 0;
  int64_t capacity_ = 0;  // in code points
  int width_ = 1;
  uint32_t max_char_ = 0;  // an upper bound that decides between ascii and wider forms
  bool failed_ = false;
};

}  // namespace krait
