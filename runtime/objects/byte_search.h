// Searching one run of bytes in another: what str, bytes and bytearray find, count, split and replace by.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace krait {

// The first place of `part` (not empty) in `text`, or null. Short parts are sought sixteen places at a time, by their
// first and last byte; memmem, whose time is linear whatever the part, takes the long ones and the end of the text.
inline const char* searchBytes(const char* text, size_t size, const char* part, size_t length) {
  constexpr size_t kWidth = 16, kLongest = 32;
  using Block = uint8_t __attribute__((vector_size(kWidth)));
  if (length < 2 || length > kLongest) return static_cast<const char*>(memmem(text, size, part, length));
  const Block first = Block{} + uint8_t(part[0]), last = Block{} + uint8_t(part[length - 1]);
  size_t at = 0;
  for (; at + length - 1 + kWidth <= size; at += kWidth) {
    Block starts, ends;
    memcpy(&starts, text + at, kWidth);
    memcpy(&ends, text + at + length - 1, kWidth);
    auto both = (starts == first) & (ends == last);
    uint64_t halves[2];
    memcpy(halves, &both, kWidth);
    for (size_t half = 0; half < 2; ++half) {
      for (uint64_t hits = halves[half]; hits;) {
        size_t byte = size_t(__builtin_ctzll(hits)) / 8;
        const char* place = text + at + half * 8 + byte;
        if (memcmp(place + 1, part + 1, length - 2) == 0) return place;
        hits &= ~(uint64_t(0xFF) << (byte * 8));
      }
    }
  }
  return static_cast<const char*>(memmem(text + at, size - at, part, length));
}

}  // namespace krait
