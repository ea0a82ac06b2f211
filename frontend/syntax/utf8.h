// UTF-8: reading and writing what is known to be well formed (lone surrogates included), and checking what is not.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace krait::frontend {

// The character at `position`, which moves behind it.
inline char32_t decodeUtf8(const char* text, uint32_t& position) {
  auto byte = [&](uint32_t i) { return static_cast<char32_t>(static_cast<unsigned char>(text[position + i])); };
  char32_t c = byte(0);
  if (c < 0x80) {
    position += 1;
  } else if (c < 0xe0) {
    c = (c & 0x1f) << 6 | (byte(1) & 0x3f);
    position += 2;
  } else if (c < 0xf0) {
    c = (c & 0x0f) << 12 | (byte(1) & 0x3f) << 6 | (byte(2) & 0x3f);
    position += 3;
  } else {
    c = (c & 0x07) << 18 | (byte(1) & 0x3f) << 12 | (byte(2) & 0x3f) << 6 | (byte(3) & 0x3f);
    position += 4;
  }
  return c;
}

inline void appendUtf8(char32_t c, std::string& out) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xc0 | c >> 6);
    out += static_cast<char>(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xe0 | c >> 12);
    out += static_cast<char>(0x80 | (c >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (c & 0x3f));
  } else {
    out += static_cast<char>(0xf0 | c >> 18);
    out += static_cast<char>(0x80 | (c >> 12 & 0x3f));
    out += static_cast<char>(0x80 | (c >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (c & 0x3f));
  }
}

// The place of the first byte that is not UTF-8, or npos.
size_t firstInvalidUtf8(std::string_view text);

// What CPython's codec says about the byte at `place`: "'utf-8' codec can't decode byte 0xff in position 0: ...".
std::string utf8Problem(std::string_view text, size_t place);

// With U+FFFD for what is not UTF-8.
std::string repairUtf8(std::string_view text);

}  // namespace krait::frontend
