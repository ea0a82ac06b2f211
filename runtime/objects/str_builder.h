// StrBuilder: text put together piece by piece, at the width that the pieces need.
//
// Nothing is raised while appending: finish() raises MemoryError when any append failed. Short texts stay inside the builder,
// so that one on the C++ stack costs no allocation but the result.
#pragma once
#include <string_view>
#include "runtime/memory/memory.h"
#include "runtime/objects/str.h"

namespace krait {

class StrBuilder {
 public:
  explicit StrBuilder(Thread& t) : thread_(t) {}
  StrBuilder(const StrBuilder&) = delete;
  ~StrBuilder() {
    if (data_ != local_) freeBuffer(data_);
  }
  void append(uint32_t c) {
    if (KRAIT_UNLIKELY(c > limit_)) widen(c);
    if (KRAIT_UNLIKELY(length_ == room_) && !grow(1)) return;
    ascii_ &= c < 0x80;
    if (width_ == 1) {
      data_[length_++] = uint8_t(c);
    } else {
      putWide(c);
    }
  }
  void appendAscii(std::string_view ascii);
  void append(const Str* str) { append(str, 0, str->length); }
  void append(const Str* str, int64_t start, int64_t stop);
  void fill(uint32_t c, int64_t count);  // nothing for a negative count
  int64_t length() const { return length_ + (whole_ ? whole_->length : 0); }
  // The text so far as an exact str; the builder is empty afterwards. Empty: MemoryError raised.
  Ref<Str> finish();

 private:
  bool grow(int64_t more);
  void widen(uint32_t c);
  void unshare();
  void putWide(uint32_t c);

  Thread& thread_;
  uint8_t* data_ = local_;
  int width_ = 1;
  bool ascii_ = true;
  bool failed_ = false;
  uint32_t limit_ = 0xFF;  // the widest code point that fits width_
  int64_t length_ = 0;
  int64_t room_ = sizeof local_;  // in code points; 0 while whole_ is all there is, so that any addition comes by grow()
  Ref<Str> whole_;                // the only piece so far: "%s" % text is text
  alignas(4) uint8_t local_[256];
};

}  // namespace krait
