// Format strings of struct: see struct_format.h.
#include "runtime/modules/struct_format.h"
#include <algorithm>
#include <cmath>
#include <cstring>
#include "runtime/memory/memory.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/float.h"
#include "runtime/objects/int.h"
#include "runtime/objects/native_pack.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {
Type* error_type = nullptr;
}
Type* structError() { return error_type; }
void setStructError(Type* type) { error_type = type; }

// ---- parsing ----

namespace {

// Size of an item; 0: no such letter here.
int itemSize(char letter, bool native) {
  if (letter == 'x' || letter == 's' || letter == 'p') return 1;
  if (native) return nativeSize(letter);
  if (letter == 'n' || letter == 'N' || letter == 'P') return 0;
  if (letter == 'l' || letter == 'L') return 4;
  return nativeSize(letter);
}

bool isSpace(char c) { return c == ' ' || (c >= 9 && c <= 13); }

}  // namespace

bool parseStruct(Thread& t, std::string_view format, StructLayout* out) {
  *out = StructLayout();
  size_t at = 0;
  bool aligned = true;
  if (!format.empty()) {
    char c = format[0];
    if (c == '<' || c == '>' || c == '!' || c == '=' || c == '@') {
      ++at;
      aligned = out->native = c == '@';
      out->big = c == '>' || c == '!';
    }
  }
  out->fields = static_cast<StructField*>(allocateBuffer((format.size() + 1) * sizeof(StructField)));
  if (!out->fields) return raiseNoMemory(t);
  while (at < format.size()) {
    char c = format[at++];
    if (isSpace(c)) continue;
    int64_t count = 1;
    bool too_long = false;
    if (c >= '0' && c <= '9') {
      count = c - '0';
      while (at < format.size() && format[at] >= '0' && format[at] <= '9') {
        too_long |= __builtin_mul_overflow(count, 10, &count) || __builtin_add_overflow(count, int64_t(format[at] - '0'), &count);
        ++at;
      }
      if (at == format.size()) return raise(t, *error_type, "repeat count given without format specifier");
      c = format[at++];
    }
    int size = itemSize(c, out->native);
    if (!size) return raise(t, *error_type, "bad char in struct format");
    if (aligned && size > 1) out->size = (out->size + size - 1) / size * size;
    int64_t bytes;
    too_long = too_long || __builtin_mul_overflow(count, int64_t(size), &bytes) || out->size > INT64_MAX - bytes;
    if (too_long) return raise(t, *error_type, "total struct size too long");
    StructField field{c, out->size, size, count};
    if (c == 's' || c == 'p') {
      field.size = count;
      field.count = 1;
    }
    if (c != 'x' && field.count) {
      out->fields[out->field_count++] = field;
      out->item_count += field.count;
    }
    out->size += bytes;
  }
  return true;
}

// ---- packing ----

namespace {

void storeInteger(uint8_t* data, uint64_t bits, int64_t size, bool big) {
  for (int64_t i = 0; i < size; ++i) data[big ? size - 1 - i : i] = uint8_t(bits >> (8 * i));
}
uint64_t loadInteger(const uint8_t* data, int64_t size, bool big) {
  uint64_t bits = 0;
  for (int64_t i = 0; i < size; ++i) bits |= uint64_t(data[big ? size - 1 - i : i]) << (8 * i);
  return bits;
}
bool isSignedLetter(char letter) { return letter >= 'a' && letter != 'c'; }

// Shorts are named by letter where they are not in the machine's order.
Raised rangeError(Thread& t, char letter, bool big, int64_t low, int64_t high) {
  const char* name = letter == 'b'           ? "byte"
                     : letter == 'B'         ? "ubyte"
                     : letter == 'h' && !big ? "short"
                     : letter == 'H' && !big ? "ushort"
                                             : nullptr;
  if (name) {
    return raise(t, *error_type, "%s format requires %lld <= number <= %lld", name, static_cast<long long>(low),
                 static_cast<long long>(high));
  }
  return raise(t, *error_type, "'%c' format requires %lld <= number <= %lld", letter, static_cast<long long>(low),
               static_cast<long long>(high));
}

bool packInteger(Thread& t, const StructLayout& layout, const StructField& field, Value v, uint8_t* data) {
  if (!isIntLike(v) && !typeOf(v)->slots.index) return raise(t, *error_type, "required argument is not an integer");
  Ref<> index = toIndexValue(t, v);
  if (!index) return false;
  bool is_signed = isSignedLetter(field.letter);
  int64_t number = 0;
  if (!intFits64(index, &number)) {
    // Beyond int64, but perhaps within 64 bits.
    if (field.size == 8 && !is_signed && intBitLength(index) <= 64 && intSign(index) > 0) {
      Ref<> high = intRightShift(t, index, Value::fromInt(32));
      Ref<> low = high ? intAnd(t, index, Value::fromInt(0xFFFFFFFF)) : Ref<>();
      if (!low) return false;
      storeInteger(data, uint64_t(high.value().asInt()) << 32 | uint64_t(low.value().asInt()), 8, layout.big);
      return true;
    }
    bool wide = field.size == 4 || (field.size == 2 && layout.big);
    if (wide && !is_signed && intSign(index) > 0 && intBitLength(index) <= 64) {
      return rangeError(t, field.letter, layout.big, 0, field.size == 4 ? UINT32_MAX : UINT16_MAX);
    }
    if (field.letter == 'P' || (layout.big && field.size == 8)) return raise(t, *error_type, "int too large to convert");
    return raise(t, *error_type, "argument out of range");
  }
  if (field.size == 8) {
    if (!is_signed && number < 0 && field.letter != 'P') {
      if (layout.big) return raise(t, *error_type, "int too large to convert");
      return raise(t, *error_type, "argument out of range");
    }
  } else {
    int64_t low = is_signed ? -(int64_t(1) << (8 * field.size - 1)) : 0;
    int64_t high = is_signed ? ~low : (int64_t(1) << (8 * field.size)) - 1;
    if (number < low || number > high) {
      if ((field.size == 4 || (field.size == 2 && layout.big)) && !is_signed && number < 0)
        return raise(t, *error_type, "argument out of range");
      return rangeError(t, field.letter, layout.big, low, high);
    }
  }
  storeInteger(data, uint64_t(number), field.size, layout.big);
  return true;
}

bool packFloat(Thread& t, const StructLayout& layout, const StructField& field, Value v, uint8_t* data) {
  double d = toDouble(t, v);
  if (d == -1.0 && t.raised()) {
    clearException(t);
    return raise(t, *error_type, "required argument is not a float");
  }
  uint64_t bits;
  if (field.letter == 'd') {
    bits = std::bit_cast<uint64_t>(d);
  } else if (field.letter == 'f') {
    float narrow = float(d);
    if (!layout.native && std::isinf(narrow) && !std::isinf(d)) {
      return raise(t, exc::OverflowError, "float too large to pack with f format");
    }
    bits = std::bit_cast<uint32_t>(narrow);
  } else {
    uint16_t half;
    if (!doubleToHalf(d, &half)) return raise(t, exc::OverflowError, "float too large to pack with e format");
    bits = half;
  }
  storeInteger(data, bits, field.size, layout.big);
  return true;
}

bool packText(Thread& t, const StructField& field, Value v, uint8_t* data) {
  if (!isBytes(v) && !isByteArray(v)) return raise(t, *error_type, "argument for '%c' must be a bytes object", field.letter);
  std::string_view content = isBytes(v) ? asBytes(v)->view() : asByteArray(v)->view();
  if (field.letter == 's') {
    memcpy(data, content.data(), std::min(content.size(), size_t(field.size)));
  } else if (field.size > 0) {
    size_t size = std::min(content.size(), size_t(field.size - 1));
    data[0] = uint8_t(std::min(size, size_t(255)));
    memcpy(data + 1, content.data(), size);
  }
  return true;
}

bool packItem(Thread& t, const StructLayout& layout, const StructField& field, Value v, uint8_t* data) {
  switch (field.letter) {
    case 's': case 'p': return packText(t, field, v, data);
    case 'e': case 'f': case 'd': return packFloat(t, layout, field, v, data);
    case 'c':
      if (!isBytes(v) || asBytes(v)->size != 1) return raise(t, *error_type, "char format requires a bytes object of length 1");
      *data = asBytes(v)->data[0];
      return true;
    case '?': {
      int value = truth(t, v);
      *data = uint8_t(value > 0);
      return value >= 0;
    }
    default: return packInteger(t, layout, field, v, data);
  }
}

}  // namespace

bool packStruct(Thread& t, const StructLayout& layout, const Value* values, uint8_t* data) {
  memset(data, 0, size_t(layout.size));
  for (int64_t i = 0; i < layout.field_count; ++i) {
    const StructField& field = layout.fields[i];
    for (int64_t k = 0; k < field.count; ++k) {
      Value v = *values++;
      if (packItem(t, layout, field, v, data + field.offset + k * field.size)) continue;
      if (!isIntLike(v) || !raisedIs(t, exc::OverflowError)) return false;
      clearException(t);
      return raise(t, *error_type, "int too large to convert");
    }
  }
  return true;
}

// ---- unpacking ----

namespace {

Ref<> unpackItem(Thread& t, const StructLayout& layout, const StructField& field, const uint8_t* data) {
  auto text = [](const uint8_t* p, int64_t size) { return std::string_view(reinterpret_cast<const char*>(p), size_t(size)); };
  switch (field.letter) {
    case 's': return newBytes(t, text(data, field.size));
    case 'p': return newBytes(t, field.size ? text(data + 1, std::min<int64_t>(data[0], field.size - 1)) : std::string_view());
    case 'c': return newBytes(t, text(data, 1));
    case '?': return steal(Value::fromBool(*data != 0));
    default: break;
  }
  uint64_t bits = loadInteger(data, field.size, layout.big);
  switch (field.letter) {
    case 'd': return steal(Value::fromDouble(canonicalNaN(std::bit_cast<double>(bits))));
    case 'f': return steal(Value::fromDouble(canonicalNaN(double(std::bit_cast<float>(uint32_t(bits))))));
    case 'e': return steal(Value::fromDouble(canonicalNaN(halfToDouble(uint16_t(bits)))));
    default: break;
  }
  if (!isSignedLetter(field.letter)) return newIntUnsigned(t, bits);
  int unused = int(64 - 8 * field.size);
  return newInt(t, int64_t(bits << unused) >> unused);
}

}  // namespace

Ref<> unpackStruct(Thread& t, const StructLayout& layout, const uint8_t* data) {
  Ref<Tuple> tuple = newTupleBlank(t, layout.item_count);
  if (!tuple) return kRaised;
  Value* out = tuple->items;
  for (int64_t i = 0; i < layout.field_count; ++i) {
    const StructField& field = layout.fields[i];
    for (int64_t k = 0; k < field.count; ++k) {
      *out = unpackItem(t, layout, field, data + field.offset + k * field.size).leak();
      if (out->empty()) return kRaised;
      ++out;
    }
  }
  return tuple;
}

}  // namespace krait
