// What bytes and bytearray share.
#pragma once
#include "runtime/core/error.h"
#include "runtime/objects/bytes.h"
#include "runtime/protocols/buffer.h"

namespace krait {

inline constexpr int64_t kMaxBytes = int64_t(1) << 46;

// The content of a bytes or bytearray (or subclass) instance. Of a bytearray it is valid until Python code runs.
inline std::string_view contentOf(Value v) { return isBytes(v) ? asBytes(v)->view() : asByteArray(v)->view(); }
// A new object of self's builtin base with this content.
Ref<> newLike(Thread& t, Value self, std::string_view content);
// 0..255 from an int-like; -1: raised. `message` is the ValueError's text.
int toByte(Thread& t, Value v, const char* message);
inline constexpr const char* kByteRange = "byte must be in range(0, 256)";

int64_t findBytes(std::string_view text, std::string_view part, int64_t start, int64_t end, bool reverse);  // -1: absent
// The part to search for: a bytes-like object or an int.
class BytesPart {
 public:
  [[nodiscard]] bool set(Thread& t, Value v);
  std::string_view view() const { return is_byte_ ? std::string_view(&byte_, 1) : buffer_.view(); }

 private:
  Buffer buffer_;
  char byte_ = 0;
  bool is_byte_ = false;
};
// Bytes of an iterable of ints, appended to a bytearray. False: raised.
[[nodiscard]] bool appendInts(Thread& t, ByteArray* out, Value iterable, const char* range_message);
// str argument: encode; used by both constructors. Empty: raised.
Ref<> encodeArgument(Thread& t, Value source, Value encoding, Value errors, const char* function);
// `item in self` for bytes and bytearray: a byte by its number, or a part; -1: raised.
int bytesContain(Thread& t, Value self, Value item);
Ref<> bytesCompare(std::string_view a, std::string_view b, CompareOp op);

// Hexadecimal digits of the content, as bytes.hex().
Ref<> hexText(Thread& t, std::string_view content, Value separator /* or empty */, int64_t per_group);

extern const MethodDef kBytesMethods[];
extern const MethodDef kByteArrayMethods[];
Ref<> bytesIterator(Thread& t, Value self);
Ref<> byteArrayIterator(Thread& t, Value self);

// Methods of bytearray only (bytearray.cpp), for the table in bytes_methods.cpp.
Ref<> byteArrayAppend(Thread& t, Value self, Value item);
Ref<> byteArrayClear(Thread& t, Value self);
Ref<> byteArrayCopy(Thread& t, Value self);
Ref<> byteArrayExtend(Thread& t, Value self, Value iterable);
Ref<> byteArrayInsert(Thread& t, Value self, const Value* args);
Ref<> byteArrayPop(Thread& t, Value self, const Value* args);
Ref<> byteArrayRemove(Thread& t, Value self, Value item);
Ref<> byteArrayReverse(Thread& t, Value self);
Ref<> byteArrayAlloc(Thread& t, Value self);
Ref<> byteArraySizeof(Thread& t, Value self);
Ref<> byteArrayReduce(Thread& t, Value self);
Ref<> byteArrayReduceEx(Thread& t, Value self, const Value* args);

}  // namespace krait
