// StrBuilder: a growing buffer that widens when a wider code point comes.
#include "runtime/objects/str_builder.h"
#include "runtime/objects/str_internal.h"

namespace krait {

// Copies the piece that was kept as it is, because something else is added.
void StrBuilder::unshare() {
  Ref<Str> whole = std::move(whole_);
  room_ = sizeof local_;
  uint32_t max_char = maxCharOf(whole.get());
  if (max_char > limit_) widen(max_char);
  if (room_ < whole->length && !grow(whole->length)) return;
  ascii_ = whole->ascii;
  copyStr(data_, width_, 0, whole.get(), 0, whole->length);
  length_ = whole->length;
}

bool StrBuilder::grow(int64_t more) {
  if (whole_) {
    unshare();
    if (room_ - length_ >= more) return true;
  }
  if (failed_ || more > kMaxStrLength - length_) {
    failed_ = true;
    return false;
  }
  int64_t room = length_ + more + length_ / 2 + 64;
  size_t bytes = size_t(room) * size_t(width_);
  uint8_t* fresh = static_cast<uint8_t*>(data_ == local_ ? allocateBuffer(bytes) : resizeBuffer(data_, bytes));
  if (!fresh) {
    failed_ = true;
    return false;
  }
  if (data_ == local_) memcpy(fresh, local_, size_t(length_) * size_t(width_));
  data_ = fresh;
  room_ = room;
  return true;
}

void StrBuilder::widen(uint32_t c) {
  if (whole_) {
    unshare();
    if (c <= limit_) return;
  }
  int width = widthFor(c);
  int64_t room = length_ + length_ / 2 + 64;
  uint8_t* fresh = static_cast<uint8_t*>(allocateBuffer(size_t(room) * size_t(width)));
  ascii_ = false;
  if (!fresh) {  // forget the text: finish() raises
    failed_ = true;
    length_ = 0;
    if (data_ != local_) freeBuffer(data_);
    data_ = local_;
    room_ = int64_t(sizeof local_) / width;
  } else {
    copyChars(fresh, width, 0, data_, width_, 0, length_);
    if (data_ != local_) freeBuffer(data_);
    data_ = fresh;
    room_ = room;
  }
  width_ = width;
  limit_ = width == 2 ? 0xFFFF : UINT32_MAX;
}

void StrBuilder::putWide(uint32_t c) { putChar(data_, width_, length_++, c); }

void StrBuilder::appendAscii(std::string_view ascii) {
  int64_t count = int64_t(ascii.size());
  if (room_ - length_ < count && !grow(count)) return;
  copyChars(data_, width_, length_, ascii.data(), 1, 0, count);
  length_ += count;
}

void StrBuilder::append(const Str* s, int64_t start, int64_t stop) {
  int64_t count = stop - start;
  if (count <= 0) return;
  if (length() == 0 && count == s->length && isExactStr(Value(s)) && data_ == local_ && width_ == 1 && room_ && count > 1) {
    whole_ = share(const_cast<Str*>(s));
    room_ = 0;
    return;
  }
  uint32_t max_char = count == s->length ? maxCharOf(s) : maxCharOf(s, start, count);
  if (max_char > limit_) widen(max_char);
  if (room_ - length_ < count && !grow(count)) return;
  ascii_ &= max_char < 0x80;
  copyChars(data_, width_, length_, s->data, s->width, start, count);
  length_ += count;
}

void StrBuilder::fill(uint32_t c, int64_t count) {
  if (count <= 0) return;
  if (c > limit_) widen(c);
  if (room_ - length_ < count && !grow(count)) return;
  ascii_ &= c < 0x80;
  for (int64_t i = 0; i < count; ++i) putChar(data_, width_, length_ + i, c);
  length_ += count;
}

Ref<Str> StrBuilder::finish() {
  if (failed_) return raiseNoMemory(thread_);
  if (whole_) {
    room_ = sizeof local_;
    return std::move(whole_);
  }
  if (length_ == 0) return share(emptyStr());
  if (length_ == 1 && width_ == 1) {
    length_ = 0;
    return share(charStr(data_[0]));
  }
  Str* s = allocateStr(length_, width_, ascii_);
  if (!s) return raiseNoMemory(thread_);
  memcpy(s->data, data_, size_t(length_) * size_t(width_));
  if (data_ != local_) freeBuffer(data_);
  data_ = local_;
  room_ = sizeof local_;
  width_ = 1;
  limit_ = 0xFF;
  ascii_ = true;
  length_ = 0;
  return steal(s);
}

}  // namespace krait
