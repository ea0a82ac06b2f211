// The buffer protocol: looking at the memory of bytes, bytearray, memoryview, array, mmap, ... without copying.
//
// A type exports its memory by a BufferFunction that it registers (bufferFunctions); an exporter counts its exports and refuses
// to move the memory while one is out. Buffer is the consumer's side: it holds the exporter alive and gives the memory back.
#pragma once
#include <string_view>
#include "runtime/core/error.h"

namespace krait {

inline constexpr int kMaxDimensions = 64;

// What an exporter fills in. One-dimensional contiguous memory needs data, bytes, readonly only; the rest has defaults.
struct BufferView {
  void* data = nullptr;
  int64_t bytes = 0;             // in total
  int64_t item_size = 1;
  const char* format = "B";      // as in struct; lives as long as the view
  bool readonly = true;
  int dimensions = 1;
  const int64_t* shape = nullptr;    // null: bytes / item_size items in one dimension
  const int64_t* strides = nullptr;  // null: C-contiguous
  Value exporter;                // owned: kept alive, and told at the end; left empty by the exporter, the consumer fills it
  void (*done)(BufferView* view) = nullptr;  // called once, before the exporter is released
  void* internal = nullptr;      // the exporter's own
};

// Fills the view; false: raised (BufferError, ...). `writable` asks for memory that may be changed.
using BufferFunction = bool (*)(Thread& t, Value v, BufferView* view, bool writable);

// Tells that instances of `type` (and of subclasses) export memory.
void registerBuffer(Type* type, BufferFunction function);
BufferFunction bufferFunction(const Type* type);  // null: none
inline bool hasBuffer(Value v) { return v.isObject() && bufferFunction(v.asObject()->type()); }

class Buffer {
 public:
  Buffer() = default;
  Buffer(const Buffer&) = delete;
  ~Buffer() { release(); }

  // False: raised; TypeError "a bytes-like object is required, not 'X'" when there is no buffer, BufferError when not contiguous.
  [[nodiscard]] bool get(Thread& t, Value v);
  [[nodiscard]] bool getWritable(Thread& t, Value v);
  // False without exception when v has no buffer; with one when it failed.
  bool tryGet(Thread& t, Value v);
  void release();

  const uint8_t* data() const { return static_cast<const uint8_t*>(view_.data); }
  uint8_t* writable() const { return static_cast<uint8_t*>(view_.data); }
  const char* chars() const { return static_cast<const char*>(view_.data); }
  size_t size() const { return size_t(view_.bytes); }
  std::string_view view() const { return {chars(), size()}; }
  const BufferView& raw() const { return view_; }

 private:
  bool fill(Thread& t, Value v, bool writable);

  BufferView view_;
  bool filled_ = false;
};

// Whether the memory is one block in C order ('C'), Fortran order ('F') or either ('A').
bool isContiguous(const BufferView& view, char order);

}  // namespace krait
