// StrBuilder: a growing buffer that widens when a wider code point comes.
#include "runtime/objects/str_builder.h"

#include "runtime/core/error.h"

namespace krait {

namespace {

int widthFor(uint32_t max_char) { return max_char < 0x100 ? 1 : max_char < 0x10000 ? 2 : 4; }

uint32_t maxCharOf(const Str* str) {
  if (str->ascii) return 0x7F;
  return str->width == 1 ? 0xFF : str->width == 2 ? 0xFFFF : 0x10FFFF;
}

template <class To, class From>
void copyWider(To* to, const From* from, int64_t count) {
  for (int64_t i = 0; i < count; ++i) to[i] = To(from[i]);
}

void copyChars(uint8_t* to, int to_width, const uint8_t* from, int from_width, int64_t count) {
  if (to_width == from_width) {
    memcpy(to, from, size_t(count) * to_width);
  } else if (to_width == 2) {
    copyWider(reinterpret_cast<uint16_t*>(to), from, count);
  } else if (from_width == 1) {
    copyWider(reinterpret_cast<uint32_t*>(to), from, count);
  } else {
    copyWider(reinterpret_cast<uint32_t*>(to), reinterpret_cast<const uint16_t*>(from), count);
  }
}

}  // namespace

bool StrBuilder::reserve(int64_t extra, uint32_t max_char) {
  if (failed_) return false;
  if (max_char > max_char_) max_char_ = max_char;
  int width = widthFor(max_char_);
  int64_t needed = length_ + extra;
  if (width == width_ && needed <= capacity_) return true;
  int64_t capacity = needed <= capacity_ ? capacity_ : needed + needed / 4 + 32;
  if (width == width_) {
    auto* grown = static_cast<uint8_t*>(data_ ? resizeBuffer(data_, size_t(capacity) * width)
                                              : allocateBuffer(size_t(capacity) * width));
    if (!grown) return !(failed_ = true);
    data_ = grown;
  } else {
    auto* wider = static_cast<uint8_t*>(allocateBuffer(size_t(capacity) * width));
    if (!wider) return !(failed_ = true);
    if (data_) {
      copyChars(wider, width, data_, width_, length_);
      freeBuffer(data_);
    }
    data_ = wider;
    width_ = width;
  }
  capacity_ = capacity;
  return true;
}

void StrBuilder::append(const Str* str) { append(str, 0, str->length); }

void StrBuilder::append(const Str* str, int64_t start, int64_t stop) {
  if (start >= stop || !reserve(stop - start, maxCharOf(str))) return;
  copyChars(data_ + size_t(length_) * width_, width_, str->data + size_t(start) * str->width, str->width, stop - start);
  length_ += stop - start;
}

void StrBuilder::appendAscii(std::string_view ascii) {
  if (ascii.empty() || !reserve(int64_t(ascii.size()), 0x7F)) return;
  copyChars(data_ + size_t(length_) * width_, width_, reinterpret_cast<const uint8_t*>(ascii.data()), 1, int64_t(ascii.size()));
  length_ += int64_t(ascii.size());
}

void StrBuilder::append(uint32_t code_point) {
  if (!reserve(1, code_point)) return;
  if (width_ == 1) data_[length_] = uint8_t(code_point);
  if (width_ == 2) reinterpret_cast<uint16_t*>(data_)[length_] = uint16_t(code_point);
  if (width_ == 4) reinterpret_cast<uint32_t*>(data_)[length_] = code_point;
  ++length_;
}

Ref<Str> StrBuilder::finish() {
  if (failed_) return raiseNoMemory(thread_);
  Ref<Str> result;
  if (length_ == 0) {
    result = share(emptyStr());
  } else if (width_ == 1) {
    // Latin-1 parts of wider strings may turn out to be ASCII; newStrLatin1 looks.
    result = newStrLatin1(thread_, {reinterpret_cast<const char*>(data_), size_t(length_)});
  } else if (width_ == 4) {
    result = newStrUcs4(thread_, reinterpret_cast<const uint32_t*>(data_), length_);
  } else {
    auto* text = reinterpret_cast<const uint16_t*>(data_);
    uint16_t all = 0;
    for (int64_t i = 0; i < length_; ++i) all |= text[i];
    result = newStrBlank(thread_, length_, all);
    if (!result) return kRaised;
    if (result->width == 2) {
      memcpy(result->data, text, size_t(length_) * 2);
    } else {
      for (int64_t i = 0; i < length_; ++i) result->data[i] = uint8_t(text[i]);
    }
  }
  length_ = 0;
  return result;
}

}  // namespace krait
