// The marshal writer: see marshal.h.
//
// A name occurs in many code objects and is one object in all of them: its first occurrence carries FLAG_REF, later ones
// refer back to it by number. Nothing else is shared, so the numbers count the names.
#include "frontend/marshal/marshal.h"

#include <algorithm>
#include <bit>
#include <vector>

#include "frontend/fold/numbers.h"
#include "frontend/scope/name_table.h"

namespace krait::frontend {

namespace {

using Kind = Constant::Kind;

constexpr char kFlagRef = static_cast<char>(0x80);

enum Type : char {
  kNone = 'N',
  kFalse = 'F',
  kTrue = 'T',
  kEllipsis = '.',
  kInt = 'i',
  kLong = 'l',
  kFloat = 'g',
  kComplex = 'y',
  kBytes = 's',
  kUnicode = 'u',
  kInterned = 't',
  kAscii = 'a',
  kAsciiInterned = 'A',
  kShortAscii = 'z',
  kShortAsciiInterned = 'Z',
  kTuple = '(',
  kSmallTuple = ')',
  kFrozenSet = '>',
  kRef = 'r',
  kCode = 'c',
};

bool isAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// Strings that could be names are interned by the code object that holds them.
bool looksLikeName(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

class MarshalWriter {
 public:
  MarshalWriter(Arena& arena, std::string_view filename)
      : arena_(arena), filename_(arena.intern(filename)), references_(arena) {}

  void write(const Code& code);
  std::string finish() { return std::move(out_); }

 private:
  void put(char byte) { out_.push_back(byte); }
  void put32(uint32_t value) {
    char bytes[4];
    for (int i = 0; i < 4; ++i) bytes[i] = static_cast<char>(value >> (8 * i));
    out_.append(bytes, 4);
  }
  void putDouble(double value) {
    uint64_t bits = std::bit_cast<uint64_t>(value);
    put32(static_cast<uint32_t>(bits));
    put32(static_cast<uint32_t>(bits >> 32));
  }
  void putText(Type type, std::string_view text) {
    put(type);
    put32(static_cast<uint32_t>(text.size()));
    out_.append(text);
  }
  void writeTupleHead(size_t size);
  void writeString(std::string_view text);
  void writeName(Identifier name);
  void writeNames(Seq<const Identifier> names);
  void writeInteger(const Constant& constant);
  void write(const Constant& constant);
  void writeFrozenSet(const Constant& constant);

  Arena& arena_;
  Identifier filename_;
  NameTable references_;  // names written so far; their position is their number
  std::string out_;
};

void MarshalWriter::writeTupleHead(size_t size) {
  if (size < 256) {
    put(kSmallTuple);
    put(static_cast<char>(size));
  } else {
    put(kTuple);
    put32(static_cast<uint32_t>(size));
  }
}

void MarshalWriter::writeName(Identifier name) {
  uint32_t known = references_.size();
  uint32_t number = references_.indexOf(name);
  if (number < known) {
    put(kRef);
    return put32(number);
  }
  std::string_view text = name.view();
  size_t start = out_.size();
  if (!isAscii(text)) {
    putText(kInterned, text);
  } else if (text.size() < 256) {
    put(kShortAsciiInterned);
    put(static_cast<char>(text.size()));
    out_.append(text);
  } else {
    putText(kAsciiInterned, text);
  }
  out_[start] |= kFlagRef;
}

void MarshalWriter::writeNames(Seq<const Identifier> names) {
  writeTupleHead(names.size());
  for (Identifier name : names) writeName(name);
}

void MarshalWriter::writeString(std::string_view text) {
  if (looksLikeName(text)) return writeName(arena_.intern(text));
  if (!isAscii(text)) return putText(kUnicode, text);
  if (text.size() >= 256) return putText(kAscii, text);
  put(kShortAscii);
  put(static_cast<char>(text.size()));
  out_.append(text);
}

// Beyond 32 bits: digits of 15 bits, least significant first; the sign is that of their number.
void MarshalWriter::writeInteger(const Constant& constant) {
  if (constant.kind == Kind::Int && constant.integer == static_cast<int32_t>(constant.integer)) {
    put(kInt);
    return put32(static_cast<uint32_t>(constant.integer));
  }
  Integer value(constant);
  int32_t digits = static_cast<int32_t>((value.bits() + 14) / 15);
  put(kLong);
  put32(static_cast<uint32_t>(value.sign() < 0 ? -digits : digits));
  std::vector<uint16_t> words(static_cast<size_t>(digits));
  mpz_export(words.data(), nullptr, -1, sizeof(uint16_t), -1, 1, value.get());
  for (uint16_t word : words) {
    put(static_cast<char>(word));
    put(static_cast<char>(word >> 8));
  }
}

// Elements in the order of their marshalled form, so that the same source always gives the same bytes.
void MarshalWriter::writeFrozenSet(const Constant& constant) {
  std::vector<std::pair<std::string, const Constant*>> elements;
  for (const Constant* element : constant.elements()) {
    MarshalWriter alone(arena_, "");
    alone.write(*element);
    elements.emplace_back(alone.finish(), element);
  }
  std::sort(elements.begin(), elements.end());
  put(kFrozenSet);
  put32(static_cast<uint32_t>(elements.size()));
  for (const auto& element : elements) write(*element.second);
}

void MarshalWriter::write(const Constant& constant) {
  switch (constant.kind) {
    case Kind::None: return put(kNone);
    case Kind::True: return put(kTrue);
    case Kind::False: return put(kFalse);
    case Kind::Ellipsis: return put(kEllipsis);
    case Kind::Int:
    case Kind::BigInt: return writeInteger(constant);
    case Kind::Float:
      put(kFloat);
      return putDouble(constant.real);
    case Kind::Complex:
      put(kComplex);
      putDouble(constant.complex.real);
      return putDouble(constant.complex.imag);
    case Kind::Str: return writeString(constant.view());
    case Kind::Bytes: return putText(kBytes, constant.view());
    case Kind::Tuple:
      writeTupleHead(constant.items.size);
      for (const Constant* item : constant.elements()) write(*item);
      return;
    case Kind::FrozenSet: return writeFrozenSet(constant);
    case Kind::Foreign: return;
  }
}

void MarshalWriter::write(const Code& code) {
  put(kCode);
  put32(static_cast<uint32_t>(code.argument_count));
  put32(static_cast<uint32_t>(code.positional_only_count));
  put32(static_cast<uint32_t>(code.keyword_only_count));
  put32(static_cast<uint32_t>(code.stack_size));
  put32(static_cast<uint32_t>(code.flags));
  putText(kBytes, code.bytecode);
  writeTupleHead(code.constants.size());
  for (const PoolItem& item : code.constants) item.constant ? write(*item.constant) : write(*item.code);
  writeNames(code.names);
  writeNames(code.locals);
  putText(kBytes, code.local_kinds);
  writeName(filename_);
  writeName(code.name);
  writeName(code.qualified_name);
  put32(static_cast<uint32_t>(code.first_line));
  putText(kBytes, code.line_table);
  putText(kBytes, code.exception_table);
}

}  // namespace

std::string marshalCode(const Code& code, std::string_view filename, Arena& arena) {
  MarshalWriter writer(arena, filename);
  writer.write(code);
  return writer.finish();
}

}  // namespace krait::frontend
