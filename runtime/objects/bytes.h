// bytes and bytearray.
#pragma once
#include <string_view>
#include "runtime/core/type.h"

namespace krait {

//  16 hash (-1: not computed)   24 size   32 data, ended by a zero byte
struct Bytes : Object {
  Hash hash;
  int64_t size;
  uint8_t data[];

  std::string_view view() const { return {reinterpret_cast<const char*>(data), size_t(size)}; }
};
inline Bytes* asBytes(Value v) { return static_cast<Bytes*>(v.asObject()); }  // bytes or a subclass
inline bool isExactBytes(Value v) { return v.isObject() && v.asObject()->kind == kKindBytes; }
// Bytes of a bytes object (without a subclass's attributes).
inline constexpr size_t bytesSize(int64_t size) { return sizeof(Bytes) + ((size_t(size) + 8) & ~size_t(7)); }

Ref<Bytes> newBytes(Thread& t, std::string_view content);
Ref<Bytes> newBytesBlank(Thread& t, int64_t size);   // content (but not the end) to be written by the caller before anyone sees it
Bytes* emptyBytes();                                 // immortal, borrowed
Bytes* byteBytes(uint8_t byte);                      // the cached one-byte object, immortal, borrowed
// bytes(v) for an object with the buffer protocol, __bytes__, or an iterable of ints (not for an int).
Ref<Bytes> bytesFrom(Thread& t, Value v);
// repr of bytes; within the repr of a bytearray every ' is escaped, as CPython does.
Ref<Str> bytesRepr(Thread& t, std::string_view content, bool escape_single = false);

//  16 buffer (start of the allocation)   24 data (first live byte)   32 size   40 capacity (from data)   48 exports
struct ByteArray : Object {
  uint8_t* buffer;
  uint8_t* data;       // never null; ended by a zero byte
  int64_t size;
  int64_t capacity;    // bytes from `data` to the end of the allocation
  int64_t exports;     // buffers that are out: no resizing meanwhile

  std::string_view view() const { return {reinterpret_cast<const char*>(data), size_t(size)}; }
};
inline ByteArray* asByteArray(Value v) { return static_cast<ByteArray*>(v.asObject()); }
inline bool isByteArray(Value v) { return v.isObject() && isInstance(v, &types::ByteArray); }
Ref<ByteArray> newByteArray(Thread& t, std::string_view content);
// Changes the size; new bytes are uninitialised. False: BufferError (exports) or MemoryError raised.
[[nodiscard]] bool byteArrayResize(Thread& t, ByteArray* array, int64_t size);

struct ByteIterator : Object {  // bytes_iterator and bytearray_iterator
  Value sequence;  // owned; empty: exhausted
  int64_t index;
};

}  // namespace krait
