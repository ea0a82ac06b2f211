// See utf8.h.
#include "frontend/syntax/utf8.h"

#include <cstdio>
#include <cstring>

namespace krait::frontend {

namespace {

struct Sequence {
  size_t length;  // of the well-formed sequence, or of the part that could begin one
  enum class State : uint8_t { Good, BadStart, BadContinuation, Cut } state;
};

Sequence sequenceAt(std::string_view text, size_t place) {
  using State = Sequence::State;
  auto byte = [&](size_t i) { return static_cast<unsigned char>(text[place + i]); };
  unsigned char c = byte(0);
  if (c < 0x80) return {1, State::Good};
  size_t length = c >= 0xc2 && c <= 0xdf ? 2 : c >= 0xe0 && c <= 0xef ? 3 : c >= 0xf0 && c <= 0xf4 ? 4 : 0;
  if (length == 0) return {1, State::BadStart};
  unsigned char low = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
  unsigned char high = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
  for (size_t i = 1; i < length; ++i) {
    if (place + i >= text.size()) return {i, State::Cut};
    if (byte(i) < low || byte(i) > high) return {i, State::BadContinuation};
    low = 0x80;
    high = 0xbf;
  }
  return {length, State::Good};
}

}  // namespace

size_t firstInvalidUtf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    uint64_t word;
    if (text.size() - i >= 8 && (std::memcpy(&word, text.data() + i, 8), (word & 0x8080808080808080u) == 0)) {
      i += 8;
      continue;
    }
    Sequence sequence = sequenceAt(text, i);
    if (sequence.state != Sequence::State::Good) return i;
    i += sequence.length;
  }
  return std::string_view::npos;
}

std::string utf8Problem(std::string_view text, size_t place) {
  Sequence sequence = sequenceAt(text, place);
  const char* why = sequence.state == Sequence::State::BadStart ? "invalid start byte"
                    : sequence.state == Sequence::State::Cut    ? "unexpected end of data"
                                                                : "invalid continuation byte";
  char message[120];
  if (sequence.length == 1) {
    std::snprintf(message, sizeof message, "'utf-8' codec can't decode byte 0x%02x in position %zu: %s",
                  static_cast<unsigned char>(text[place]), place, why);
  } else {
    std::snprintf(message, sizeof message, "'utf-8' codec can't decode bytes in position %zu-%zu: %s", place,
                  place + sequence.length - 1, why);
  }
  return message;
}

std::string repairUtf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size();) {
    Sequence sequence = sequenceAt(text, i);
    out += sequence.state == Sequence::State::Good ? text.substr(i, sequence.length) : std::string_view("\xef\xbf\xbd");
    i += sequence.length;
  }
  return out;
}

}  // namespace krait::frontend
