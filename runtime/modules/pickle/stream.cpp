// The stream of a pickler: output, frames, memo.
#include <cstdarg>
#include <cstdio>
#include <cstring>

#include "runtime/memory/memory.h"
#include "runtime/modules/pickle/pickler.h"
#include "runtime/protocols/protocols.h"

namespace krait::pickle {

// --- memo ---

int64_t Memo::find(Value v) const {
  if (count_ == 0) return -1;
  for (size_t i = slot(v) & (capacity_ - 1);; i = (i + 1) & (capacity_ - 1)) {
    if (entries_[i].object == v) return entries_[i].number;
    if (!entries_[i].object) return -1;
  }
}
bool Memo::grow() {
  size_t capacity = capacity_ ? capacity_ * 2 : 16;
  Entry* entries = static_cast<Entry*>(allocateBuffer(capacity * sizeof(Entry)));
  if (!entries) return false;
  memset(static_cast<void*>(entries), 0, capacity * sizeof(Entry));
  for (size_t k = 0; k < capacity_; ++k) {
    if (!entries_[k].object) continue;
    size_t i = slot(entries_[k].object) & (capacity - 1);
    while (entries[i].object) i = (i + 1) & (capacity - 1);
    entries[i] = entries_[k];
  }
  if (entries_) freeBuffer(entries_);
  entries_ = entries;
  capacity_ = capacity;
  return true;
}
bool Memo::insert(Thread& t, Value v, int64_t number) {
  if ((count_ + 1) * 3 > capacity_ * 2 && !grow()) return raiseNoMemory(t);
  size_t i = slot(v) & (capacity_ - 1);
  for (; entries_[i].object; i = (i + 1) & (capacity_ - 1)) {
    if (entries_[i].object != v) continue;
    entries_[i].number = number;
    return true;
  }
  entries_[i] = Entry{share(v).leak(), number};
  ++count_;
  return true;
}
void Memo::clear() {
  Entry* entries = entries_;
  size_t capacity = capacity_;
  entries_ = nullptr;
  capacity_ = count_ = 0;
  for (size_t i = 0; i < capacity; ++i) release(entries[i].object);
  if (entries) freeBuffer(entries);
}
void Memo::traverse(Visitor& visitor) {
  for (size_t i = 0; i < capacity_; ++i) visitor.visit(entries_[i].object);
}
bool Memo::copyFrom(Thread& t, const Memo& other) {
  Memo copy{};
  if (!other.each([&](Value v, int64_t number) { return copy.insert(t, v, number); })) {
    copy.clear();
    return false;
  }
  Memo old = *this;
  *this = copy;
  old.clear();
  return true;
}

// --- output ---

bool Saver::reserve(size_t more) {
  if (p_->room - p_->size >= more) return true;
  size_t room = p_->size + more + p_->size / 2 + 4096;
  void* data = p_->data ? resizeBuffer(p_->data, room) : allocateBuffer(room);
  if (!data) return raiseNoMemory(t_);
  p_->data = static_cast<uint8_t*>(data);
  p_->room = room;
  return true;
}
bool Saver::put(const void* data, size_t size) {
  bool new_frame = p_->framing && p_->frame_start < 0;
  if (!reserve(size + kFrameHeader)) return false;
  if (new_frame) {
    p_->frame_start = int64_t(p_->size);
    p_->size += kFrameHeader;  // written when the frame is closed
  }
  memcpy(p_->data + p_->size, data, size);
  p_->size += size;
  return true;
}
bool Saver::put(uint8_t op, uint64_t number, int bytes) {
  uint8_t text[9] = {op};
  memcpy(text + 1, &number, size_t(bytes));  // little-endian
  return put(text, size_t(bytes) + 1);
}
bool Saver::putText(const char* format, ...) {
  char text[64];
  va_list arguments;
  va_start(arguments, format);
  int size = vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  return put(text, size_t(size));
}

void Saver::commitFrame() {
  if (!p_->framing || p_->frame_start < 0) return;
  size_t start = size_t(p_->frame_start), length = p_->size - start - kFrameHeader;
  uint8_t* header = p_->data + start;
  if (length >= kFrameLeast) {
    header[0] = kFrame;
    uint64_t bytes = length;
    memcpy(header + 1, &bytes, sizeof bytes);
  } else {
    memmove(header, header + kFrameHeader, length);
    p_->size -= kFrameHeader;
  }
  p_->frame_start = -1;
}
bool Saver::flush() {
  Ref<Bytes> output = newBytes(t_, {reinterpret_cast<char*>(p_->data), p_->size});
  p_->size = 0;
  Ref<> write = share(p_->write);
  return output && call(t_, write, output);
}
// Between two opcodes a frame that is large enough is closed, and given away when there is a file.
bool Saver::opcodeBoundary() {
  if (!p_->framing || p_->frame_start < 0 || p_->size - size_t(p_->frame_start) - kFrameHeader < kFrameTarget)
    return true;
  commitFrame();
  return !p_->write || flush();
}
// An opcode whose data may be large: that goes to the file outside of any frame and without being copied.
bool Saver::putLarge(const uint8_t* header, size_t header_size, const void* data, size_t size, Value payload) {
  bool large = size >= kFrameTarget, framing = p_->framing;
  if (large) {
    commitFrame();
    p_->framing = false;
  }
  bool good = put(header, header_size);
  if (good && large && p_->write) {
    Ref<> content = payload ? share(payload) : Ref<>(newBytes(t_, {static_cast<const char*>(data), size}));
    Ref<> write = share(p_->write);
    good = content && flush() && call(t_, write, content);
  } else if (good) {
    good = put(data, size);
  }
  p_->framing = framing;
  return good;
}

bool Saver::memoize(Value v) {
  if (p_->fast) return true;
  uint64_t number = p_->memo.size();
  if (!p_->memo.insert(t_, v, int64_t(number))) return false;
  if (p_->protocol >= 4) return put(kMemoize);
  if (!p_->bin) return putText("p%llu\n", static_cast<unsigned long long>(number));
  if (number < 256) return put(kBinPut, number, 1);
  if (number <= UINT32_MAX) return put(kLongBinPut, number, 4);
  return raise(t_, *pickling_error, "memo id too large for LONG_BINPUT");
}
bool Saver::putGet(int64_t number) {
  if (!p_->bin) return putText("g%lld\n", static_cast<long long>(number));
  if (number < 256) return put(kBinGet, uint64_t(number), 1);
  if (number <= UINT32_MAX) return put(kLongBinGet, uint64_t(number), 4);
  return raise(t_, *pickling_error, "memo id too large for LONG_BINGET");
}

}  // namespace krait::pickle
