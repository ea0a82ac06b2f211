// Decoding of co_linetable and co_exceptiontable. Both may be hostile: no read leaves the table.
//
// A location entry begins with a byte that has bit 7 set: bits 3-6 the form, bits 0-2 the number of code units minus one.
// Numbers that follow are varints of 6-bit groups, least significant first, bit 6 meaning "more".
#include <string>

#include "runtime/code/code.h"
#include "runtime/objects/bytes.h"

namespace krait {

namespace {

// Forms of an entry.
constexpr int kLineOnly = 13, kNoLocation = 15;

struct Reader {
  const uint8_t*& at;
  const uint8_t* end;

  unsigned byte() { return at < end ? *at++ : 0; }
  unsigned varint() {
    unsigned b = byte(), v = b & 63, shift = 0;
    while ((b & 64) && at < end && shift < 24) {
      b = byte();
      shift += 6;
      v |= (b & 63) << shift;
    }
    return v;
  }
  int signedVarint() {
    unsigned v = varint();
    return (v & 1) ? -int(v >> 1) : int(v >> 1);
  }
};

}  // namespace

LocationTable::LocationTable(const Code* code)
    : cursor_(code->line_table->data), end_(cursor_ + code->line_table->size), line_(code->first_line) {}

bool LocationTable::next(LocationRow* row) {
  if (cursor_ >= end_) return false;
  Reader in{cursor_, end_};
  unsigned head = in.byte();
  int form = (head >> 3) & 15;
  row->start = unit_;
  unit_ += int(head & 7) + 1;
  row->end = unit_;
  Position& p = row->position;
  switch (form) {
    case kNoLocation:
      p = {-1, -1, -1, -1};
      break;
    case 14: {
      line_ += in.signedVarint();
      int end_line = line_ + int(in.varint());
      int column = int(in.varint()) - 1;
      p = {line_, end_line, column, int(in.varint()) - 1};
      break;
    }
    case kLineOnly:
      line_ += in.signedVarint();
      p = {line_, line_, -1, -1};
      break;
    case 10:
    case 11:
    case 12: {
      line_ += form - 10;
      int column = int(in.byte());
      p = {line_, line_, column, int(in.byte())};
      break;
    }
    default: {
      unsigned second = in.byte();
      int column = form * 8 + int((second >> 4) & 7);
      p = {line_, line_, column, column + int(second & 15)};
    }
  }
  return true;
}

bool dropColumns(Thread& t, Code* code) {
  std::string entries;
  LocationTable table(code);
  LocationRow row;
  int line = code->first_line;
  while (table.next(&row)) {
    int length = row.end - row.start - 1;
    if (row.position.line < 0) {
      entries.push_back(char(0x80 | kNoLocation << 3 | length));
      continue;
    }
    entries.push_back(char(0x80 | kLineOnly << 3 | length));
    int delta = row.position.line - line;
    line = row.position.line;
    unsigned v = delta < 0 ? (0u - unsigned(delta)) << 1 | 1 : unsigned(delta) << 1;
    for (; v >= 64; v >>= 6) entries.push_back(char(0x40 | (v & 63)));
    entries.push_back(char(v));
  }
  Ref<Bytes> bytes = newBytes(t, entries);
  if (!bytes) return false;
  release(code->line_table);
  code->line_table = bytes.leakObject();
  return true;
}

Position codePosition(const Code* code, int unit) {
  if (unit < 0) return {code->first_line, code->first_line, -1, -1};
  LocationTable table(code);
  LocationRow row;
  while (table.next(&row)) {
    if (unit < row.end) return row.position;
  }
  return {-1, -1, -1, -1};
}

int codeLine(const Code* code, int unit) { return codePosition(code, unit).line; }

bool nextHandler(const Code* code, const uint8_t** cursor, HandlerEntry* out) {
  const uint8_t* at = *cursor;
  const uint8_t* end = code->exception_table->data + code->exception_table->size;
  if (at >= end) return false;
  // Varints here are most significant group first; bit 7 marks the first byte of an entry.
  auto varint = [&] {
    unsigned b = at < end ? *at++ : 0, v = b & 63;
    while ((b & 64) && at < end) {
      b = *at++;
      v = v << 6 | (b & 63);
    }
    return int(v & 0x3fffffff);
  };
  out->start = varint();
  out->end = out->start + varint();
  out->target = varint();
  int depth = varint();
  out->depth = depth >> 1;
  out->push_lasti = depth & 1;
  *cursor = at;
  return true;
}

bool findHandler(const Code* code, int unit, HandlerEntry* out) {
  const uint8_t* cursor = code->exception_table->data;
  while (nextHandler(code, &cursor, out)) {
    if (unit < out->start) return false;  // entries are sorted
    if (unit < out->end) return true;
  }
  return false;
}

}  // namespace krait
