// The location table: for every instruction its range in the source, in as few bytes as its shape allows.
//
// An entry starts with a byte 1ccccnnn: n + 1 code units, in one of the forms c below; see co_positions().
#include "frontend/assemble/assemble.h"

namespace krait::frontend {

namespace {

enum Form : uint32_t {
  kShort0 = 0,     // 0-9: same line, columns in the code and one byte
  kOneLine0 = 10,  // 10-12: zero to two lines on, both columns in a byte each
  kNoColumns = 13,
  kLong = 14,
  kNone = 15,
};

class LocationWriter {
 public:
  LocationWriter(Arena& arena, int32_t first_line) : bytes_(arena), line_(first_line) {}

  void write(const Instruction& instruction) {
    constexpr int kMaxUnits = 8;
    int size = instructionSize(instruction);
    for (; size > kMaxUnits; size -= kMaxUnits) write(instruction.location, kMaxUnits);
    write(instruction.location, size);
  }

  std::string_view finish() {
    Seq<char> bytes = bytes_.finish();
    return {bytes.data(), bytes.size()};
  }

 private:
  void write(const Location& at, int size);
  void put(uint32_t byte) { bytes_.push(static_cast<char>(byte)); }
  void putHead(uint32_t form, int size) { put(0x80 | form << 3 | static_cast<uint32_t>(size - 1)); }
  void putVarint(uint32_t value) {
    for (; value >= 64; value >>= 6) put(0x40 | (value & 0x3f));
    put(value);
  }
  void putSigned(int32_t value) {
    putVarint(value < 0 ? static_cast<uint32_t>(-value) << 1 | 1 : static_cast<uint32_t>(value) << 1);
  }

  SeqBuilder<char, 256> bytes_;
  int32_t line_;
};

void LocationWriter::write(const Location& at, int size) {
  if (at.lineno < 0) return putHead(kNone, size);
  int32_t delta = at.lineno - line_;
  int32_t column = at.col_offset, end_column = at.end_col_offset;
  if (column < 0 || end_column < 0) {
    if (at.end_lineno == at.lineno || at.end_lineno == -1) {
      putHead(kNoColumns, size);
      putSigned(delta);
      line_ = at.lineno;
      return;
    }
  } else if (at.end_lineno == at.lineno) {
    if (delta == 0 && column < 80 && end_column - column < 16 && end_column >= column) {
      putHead(kShort0 + (static_cast<uint32_t>(column) >> 3), size);
      put((static_cast<uint32_t>(column) & 7) << 4 | static_cast<uint32_t>(end_column - column));
      return;
    }
    if (delta >= 0 && delta < 3 && column < 128 && end_column < 128) {
      putHead(kOneLine0 + static_cast<uint32_t>(delta), size);
      put(static_cast<uint32_t>(column));
      put(static_cast<uint32_t>(end_column));
      line_ = at.lineno;
      return;
    }
  }
  putHead(kLong, size);
  putSigned(delta);
  putVarint(static_cast<uint32_t>(at.end_lineno - at.lineno));
  putVarint(static_cast<uint32_t>(column + 1));
  putVarint(static_cast<uint32_t>(end_column + 1));
  line_ = at.lineno;
}

}  // namespace

std::string_view emitLocations(FlowGraph& graph, Arena& arena, int32_t first_line) {
  LocationWriter writer(arena, first_line);
  for (Block* block = graph.entry(); block; block = block->next)
    for (const Instruction& instruction : *block) writer.write(instruction);
  return writer.finish();
}

}  // namespace krait::frontend
