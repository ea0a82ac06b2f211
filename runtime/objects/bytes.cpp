// bytes: making, slots, constructor; what it shares with bytearray.
#include "runtime/objects/bytes.h"
#include <cstring>
#include "runtime/memory/gc.h"
#include "runtime/objects/byte_search.h"
#include "runtime/objects/bytes_internal.h"
#include "runtime/objects/codecs.h"
#include "runtime/objects/hash_bytes.h"
#include "runtime/objects/int.h"
#include "runtime/objects/iterators.h"
#include "runtime/objects/search_arguments.h"
#include "runtime/objects/str_builder.h"
#include "runtime/objects/str_format.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/variable.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/iteration.h"
#include "runtime/protocols/protocols.h"

namespace krait {

// ---- making ----

namespace {

Bytes* allocateBytes(Type* type, int64_t size) {
  if (size > kMaxBytes) return nullptr;
  Bytes* b = static_cast<Bytes*>(allocateVariable(type, bytesSize(size)));
  if (!b) return nullptr;
  b->hash = -1;
  b->size = size;
  b->data[size] = 0;
  return b;
}

// Made before the type is ready, if need be: no subclass words.
Bytes* makeImmortalBytes(std::string_view content) {
  Bytes* b = static_cast<Bytes*>(allocateObject(bytesSize(int64_t(content.size())), Sort::kPlain, &types::Bytes, kKindBytes));
  KRAIT_ASSERT(b, "no memory for bytes at start-up");
  b->count = kImmortalCount;
  b->hash = -1;
  b->size = int64_t(content.size());
  memcpy(b->data, content.data(), content.size());
  b->data[content.size()] = 0;
  return b;
}

}  // namespace

Bytes* emptyBytes() {
  static Bytes* const empty = makeImmortalBytes({});
  return empty;
}

Bytes* byteBytes(uint8_t byte) {
  static Bytes* cache[256];
  Bytes*& b = cache[byte];
  char c = char(byte);
  if (KRAIT_UNLIKELY(!b)) b = makeImmortalBytes({&c, 1});
  return b;
}

Ref<Bytes> newBytesBlank(Thread& t, int64_t size) {
  if (size == 0) return share(emptyBytes());
  Bytes* b = allocateBytes(&types::Bytes, size);
  if (!b) return raiseNoMemory(t);
  return steal(b);
}

Ref<Bytes> newBytes(Thread& t, std::string_view content) {
  if (content.size() == 1) return share(byteBytes(uint8_t(content[0])));
  Ref<Bytes> b = newBytesBlank(t, int64_t(content.size()));
  if (b) memcpy(b->data, content.data(), content.size());
  return b;
}

Ref<> newLike(Thread& t, Value self, std::string_view content) {
  if (isBytes(self)) return newBytes(t, content);
  return newByteArray(t, content);
}

// ---- shared helpers ----

int toByte(Thread& t, Value v, const char* message) {
  int64_t i;
  if (v.isInt()) {
    i = v.asInt();
  } else {
    Ref<> index = toIndexValue(t, v);
    if (!index) return -1;
    if (!intFits64(index, &i)) i = -1;
  }
  if (i < 0 || i > 255) return raise(t, exc::ValueError, "%s", message);
  return int(i);
}

bool BytesPart::set(Thread& t, Value v) {
  if (buffer_.tryGet(t, v)) return true;
  if (t.raised()) return false;
  if (!v.isInt() && !typeOf(v)->slots.index) {
    return raise(t, exc::TypeError, "argument should be integer or bytes-like object, not '%.200s'", typeName(v));
  }
  int byte = toByte(t, v, kByteRange);
  if (byte < 0) return false;
  byte_ = char(byte);
  is_byte_ = true;
  return true;
}

int64_t findBytes(std::string_view text, std::string_view part, int64_t start, int64_t end, bool reverse) {
  if (start > end || int64_t(part.size()) > end - start) return -1;
  if (part.empty()) return reverse ? end : start;
  const char* base = text.data();
  if (part.size() == 1) {
    const void* hit = reverse ? memrchr(base + start, uint8_t(part[0]), size_t(end - start))
                              : memchr(base + start, uint8_t(part[0]), size_t(end - start));
    return hit ? static_cast<const char*>(hit) - base : -1;
  }
  if (!reverse) {
    const char* hit = searchBytes(base + start, size_t(end - start), part.data(), part.size());
    return hit ? hit - base : -1;
  }
  for (int64_t i = end - int64_t(part.size()); i >= start; --i) {
    if (base[i] == part[0] && memcmp(base + i, part.data(), part.size()) == 0) return i;
  }
  return -1;
}

bool appendInts(Thread& t, ByteArray* out, Value iterable, const char* range_message) {
  Iteration items(t, iterable);
  while (Ref<> item = items.next()) {
    int byte = toByte(t, item, range_message);
    if (byte < 0) return false;
    int64_t size = out->size;
    if (!byteArrayResize(t, out, size + 1)) return false;
    out->data[size] = uint8_t(byte);
  }
  return !t.raised();
}

Ref<> encodeArgument(Thread& t, Value source, Value encoding, Value errors, const char* function) {
  Utf8 texts[2];
  const char* names[2] = {nullptr, nullptr};
  Value values[2] = {encoding, errors};
  for (int i = 0; i < 2; ++i) {
    if (values[i].empty()) continue;
    if (!isStr(values[i])) {
      return raise(t, exc::TypeError, "%s() argument '%s' must be str, not %.50s", function, i ? "errors" : "encoding",
                   argumentTypeName(values[i]));
    }
    if (!texts[i].set(t, asStr(values[i]))) return kRaised;
    names[i] = texts[i].c_str();
  }
  if (!isStr(source)) {
    return raise(t, exc::TypeError, "%s without a string argument", encoding.empty() ? "errors" : "encoding");
  }
  if (encoding.empty()) return raise(t, exc::TypeError, "string argument without an encoding");
  return encodeStr(t, source, names[0], names[1]);
}

Ref<> bytesCompare(std::string_view a, std::string_view b, CompareOp op) {
  int order = a.compare(b);  // char_traits<char> compares as unsigned
  bool result = false;
  switch (op) {
    case CompareOp::kLess: result = order < 0; break;
    case CompareOp::kLessEqual: result = order <= 0; break;
    case CompareOp::kEqual: result = order == 0; break;
    case CompareOp::kNotEqual: result = order != 0; break;
    case CompareOp::kGreater: result = order > 0; break;
    case CompareOp::kGreaterEqual: result = order >= 0; break;
  }
  return steal(Value::fromBool(result));
}

int bytesContain(Thread& t, Value self, Value item) {
  if (item.isInt() || typeOf(item)->slots.index) {
    Ref<> number = toIndexValue(t, item);
    int byte = number ? toByte(t, number, kByteRange) : -1;
    if (number && byte < 0) return -1;
    std::string_view content = contentOf(self);
    if (number) return !content.empty() && memchr(content.data(), byte, content.size()) != nullptr;
    clearException(t);  // what fails as a number may still be a buffer
  }
  Buffer part;
  if (!part.get(t, item)) return -1;
  std::string_view content = contentOf(self);
  return findBytes(content, part.view(), 0, int64_t(content.size()), false) >= 0;
}

Ref<Str> bytesRepr(Thread& t, std::string_view content, bool escape_single) {
  static const char kHex[] = "0123456789abcdef";
  char quote = content.find('\'') != content.npos && content.find('"') == content.npos ? '"' : '\'';
  StrBuilder out(t);
  out.append('b');
  out.append(uint32_t(quote));
  for (char ch : content) {
    uint8_t c = uint8_t(ch);
    if (ch == quote || ch == '\\' || (escape_single && ch == '\'')) {
      out.append('\\');
      out.append(c);
    } else if (ch == '\t') {
      out.appendAscii("\\t");
    } else if (ch == '\n') {
      out.appendAscii("\\n");
    } else if (ch == '\r') {
      out.appendAscii("\\r");
    } else if (c < ' ' || c >= 0x7F) {
      out.appendAscii("\\x");
      out.append(uint32_t(kHex[c >> 4]));
      out.append(uint32_t(kHex[c & 15]));
    } else {
      out.append(c);
    }
  }
  out.append(uint32_t(quote));
  return out.finish();
}

// ---- from objects ----

namespace {

// __bytes__ of v; empty without exception: it has none.
Ref<> callBytesMethod(Thread& t, Value v) {
  static Str* const bytes_name = internStatic("__bytes__");
  Ref<> self;
  Ref<> function = lookupSpecial(t, v, bytes_name, &self);
  if (!function) return nullptr;
  Ref<> result = self ? call(t, function, self) : call(t, function);
  if (result && !isBytes(result)) {
    return raise(t, exc::TypeError, "__bytes__ returned non-bytes (type %.200s)", typeName(result));
  }
  return result;
}

Ref<Bytes> bytesFromContent(Thread& t, Value v) {
  Buffer buffer;
  if (buffer.tryGet(t, v)) return newBytes(t, buffer.view());
  if (t.raised()) return kRaised;
  if (isStr(v) || (!typeOf(v)->slots.iter && !typeOf(v)->slots.getitem)) {
    return raise(t, exc::TypeError, "cannot convert '%.200s' object to bytes", typeName(v));
  }
  Ref<ByteArray> collected = newByteArray(t, {});
  if (!collected || !appendInts(t, collected.get(), v, "bytes must be in range(0, 256)")) return kRaised;
  return newBytes(t, collected->view());
}

Ref<> unreachable(Thread&, Value, const Value*) { return nullptr; }  // the definition below is only bound, never called

Ref<> makeBytes(Thread& t, Value source, Value encoding, Value errors) {
  if (source.empty()) {
    if (!encoding.empty() || !errors.empty()) {
      return raise(t, exc::TypeError, "%s without a string argument", encoding.empty() ? "errors" : "encoding");
    }
    return share(Value(emptyBytes()));
  }
  if (!encoding.empty() || !errors.empty()) return encodeArgument(t, source, encoding, errors, "bytes");
  if (isExactBytes(source)) return share(source);
  if (source.isObject()) {
    Ref<> result = callBytesMethod(t, source);
    if (result || t.raised()) return result;
  }
  if (isStr(source)) return raise(t, exc::TypeError, "string argument without an encoding");
  if (source.isInt() || typeOf(source)->slots.index) {
    int64_t size = toIndex(t, source);
    if (size != -1 || !t.raised()) {
      if (size < 0) return raise(t, exc::ValueError, "negative count");
      Ref<Bytes> zeros = newBytesBlank(t, size);
      if (zeros) memset(zeros->data, 0, size_t(size));
      return zeros;
    }
    if (!raisedIs(t, exc::TypeError)) return kRaised;
    clearException(t);
  }
  return bytesFromContent(t, source);
}

Ref<> bytesNew(Thread& t, Type* type, Args args) {
  static const MethodDef kNew =
      method("bytes", unreachable, "($type, source=<unrepresentable>, encoding=<unrepresentable>, errors=<unrepresentable>)");
  Value bound[3];
  Ref<> keep[3];
  if (!bindArguments(t, kNew, args, bound, keep)) return kRaised;
  Ref<> made = makeBytes(t, bound[0], bound[1], bound[2]);
  if (!made || (type == &types::Bytes)) return made;
  Bytes* source = asBytes(made);
  Bytes* b = allocateBytes(type, source->size);
  if (!b) return raiseNoMemory(t);
  memcpy(b->data, source->data, size_t(source->size));
  return steal(Value(b));
}

void bytesDealloc(Object* self) { freeInstance(self); }

// ---- slots ----

Ref<> reprSlot(Thread& t, Value self) { return bytesRepr(t, asBytes(self)->view()); }
Hash hashSlot(Thread&, Value self) {
  Bytes* b = asBytes(self);
  if (b->hash == -1) b->hash = hashBytes(b->data, size_t(b->size));
  return b->hash;
}
int64_t lengthSlot(Thread&, Value self) { return asBytes(self)->size; }

Ref<> compareSlot(Thread&, Value a, Value b, CompareOp op) {
  if (!isBytes(b)) return steal(kNotImplemented);
  return bytesCompare(asBytes(a)->view(), asBytes(b)->view(), op);
}

Ref<> getItemSlot(Thread& t, Value self, Value key) {
  Bytes* b = asBytes(self);
  if (isSlice(key)) {
    int64_t start, stop, step;
    int64_t count = sliceIndices(t, key, b->size, &start, &stop, &step);
    if (count < 0) return kRaised;
    if (count == b->size && step == 1 && isExactBytes(self)) return share(self);
    if (step == 1) return newBytes(t, b->view().substr(size_t(start), size_t(count)));
    Ref<Bytes> part = newBytesBlank(t, count);
    for (int64_t i = 0; part && i < count; ++i) part->data[i] = b->data[start + i * step];
    return part;
  }
  if (!key.isInt() && !typeOf(key)->slots.index) {
    return raise(t, exc::TypeError, "byte indices must be integers or slices, not %.200s", typeName(key));
  }
  int64_t i = toIndex(t, key, false, &exc::IndexError);
  if (i == -1 && t.raised()) return kRaised;
  if (i < 0) i += b->size;
  if (i < 0 || i >= b->size) return raise(t, exc::IndexError, "index out of range");
  return steal(Value::fromInt(b->data[i]));
}

int containsSlot(Thread& t, Value self, Value item) { return bytesContain(t, self, item); }

Ref<> concatenated(Thread& t, Value a, Value b, std::string_view x, std::string_view y) {
  if (y.empty() && isExactBytes(a)) return share(a);
  if (x.empty() && isExactBytes(b)) return share(b);
  Ref<Bytes> result = newBytesBlank(t, int64_t(x.size() + y.size()));
  if (!result) return kRaised;
  memcpy(result->data, x.data(), x.size());
  memcpy(result->data + x.size(), y.data(), y.size());
  return result;
}

Ref<> concatSlot(Thread& t, Value a, Value b) {
  if (isExactBytes(a) && isExactBytes(b)) return concatenated(t, a, b, asBytes(a)->view(), asBytes(b)->view());
  Buffer x, y;
  if (!x.tryGet(t, a) || !y.tryGet(t, b)) {
    if (t.raised()) return kRaised;
    return raise(t, exc::TypeError, "can't concat %.100s to %.100s", typeName(b), typeName(a));
  }
  return concatenated(t, a, b, x.view(), y.view());
}

Ref<> repeatSlot(Thread& t, Value self, Value times) {
  int64_t n = toIndex(t, times);
  if (n == -1 && t.raised()) return kRaised;
  Bytes* b = asBytes(self);
  if (n <= 0 || b->size == 0) return share(Value(emptyBytes()));
  if (n == 1 && isExactBytes(self)) return share(self);
  if (n > INT64_MAX / b->size) return raise(t, exc::OverflowError, "repeated bytes are too long");
  Ref<Bytes> result = newBytesBlank(t, b->size * n);
  if (!result) return kRaised;
  if (b->size == 1) {
    memset(result->data, b->data[0], size_t(n));
  } else {
    for (int64_t i = 0; i < n; ++i) memcpy(result->data + i * b->size, b->data, size_t(b->size));
  }
  return result;
}

Ref<> remainderSlot(Thread& t, Value a, Value b) {
  if (!isBytes(a)) return steal(kNotImplemented);
  return percentFormatBytes(t, asBytes(a)->view(), b);
}

void fillBytes(Slots& slots) {
  slots.new_ = bytesNew;
  slots.repr = slots.str = reprSlot;
  slots.hash = hashSlot;
  slots.compare = compareSlot;
  slots.iter = bytesIterator;
  slots.length = lengthSlot;
  slots.getitem = getItemSlot;
  slots.contains = containsSlot;
  slots.concat = concatSlot;
  slots.repeat = repeatSlot;
  slots.binary[kOp_remainder] = remainderSlot;
}

}  // namespace

Ref<Bytes> bytesFrom(Thread& t, Value v) {
  if (isExactBytes(v)) return share(asBytes(v));
  if (v.isObject()) {
    Ref<> result = callBytesMethod(t, v);
    if (result || t.raised()) return std::move(result).as<Bytes>();
  }
  return bytesFromContent(t, v);
}

const TypeSpec& bytesTypeSpec() {
  static const TypeSpec spec{
      .type = &types::Bytes,
      .basic_size = sizeof(Bytes),
      .doc = "bytes(iterable_of_ints) -> bytes\nbytes(string, encoding[, errors]) -> bytes\n"
             "bytes(bytes_or_buffer) -> immutable copy of bytes_or_buffer\nbytes(int) -> bytes object of size given by the parameter "
             "initialized with null bytes\nbytes() -> empty bytes object",
      .methods = kBytesMethods,
      .dealloc = bytesDealloc,
      .fill = fillBytes,
  };
  return spec;
}

}  // namespace krait
