// The grammar of format strings, for str.format and the _string module.
#pragma once
#include "runtime/core/error.h"
#include "runtime/objects/str.h"

namespace krait {

// Literal text, perhaps followed by a replacement field. Positions are indices into the format string.
struct MarkupPiece {
  int64_t literal_start = 0, literal_length = 0;
  bool has_field = false;
  bool nested = false;           // the spec contains fields itself
  int64_t name_start = 0, name_length = 0;
  int64_t spec_start = 0, spec_length = 0;
  uint32_t conversion = 0;       // after '!', 0: none
};

class MarkupParser {
 public:
  MarkupParser(const Str* text, int64_t start, int64_t end) : text_(text), at_(start), end_(end) {}
  // 1: a piece, 0: the end, -1: raised.
  int next(Thread& t, MarkupPiece* piece);

 private:
  int field(Thread& t, MarkupPiece* piece);

  const Str* text_;
  int64_t at_, end_;
};

// One step of a field name: the first name or number, then .attribute or [index].
struct FieldStep {
  bool attribute = false;
  int64_t start = 0, length = 0;
  int64_t number = -1;           // of a decimal number, else -1
};

class FieldParser {
 public:
  FieldParser(const Str* text, int64_t start, int64_t end) : text_(text), at_(start), end_(end) {}
  [[nodiscard]] bool first(Thread& t, FieldStep* step);  // false: raised
  int next(Thread& t, FieldStep* step);                  // 1, 0 at the end, -1: raised

 private:
  const Str* text_;
  int64_t at_, end_;
};

}  // namespace krait
