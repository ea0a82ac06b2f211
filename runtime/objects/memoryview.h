// memoryview: a window on the memory of an exporter.
#pragma once
#include "runtime/protocols/buffer.h"
#include "runtime/objects/bytes.h"

namespace krait {

// Views of views share the base view, so that the exporter is told once, when the last goes.
struct MemoryView : Object {
  struct SharedView* shared;   // owned reference; null: released
  uint8_t* data;
  int64_t bytes;               // in total
  int64_t item_size;
  char format[8];              // one item, as in struct ("B", "<i" of exporters stays as it is)
  const char* long_format;     // formats that do not fit `format`, else null
  int32_t dimensions;
  bool readonly;
  int64_t exports;             // buffers taken from this view
  Hash hash;
  int64_t shape[8];
  int64_t strides[8];
};
inline MemoryView* asMemoryView(Value v) { return static_cast<MemoryView*>(v.asObject()); }
inline bool isMemoryView(Value v) { return v.isObject() && v.asObject()->kind == kKindMemoryView; }
Ref<> newMemoryView(Thread& t, Value exporter);
// A view of memory that belongs to nobody (io's internal buffers): `owner` is kept alive and may be None.
Ref<> newMemoryViewOf(Thread& t, void* data, int64_t bytes, bool readonly, Value owner);
// Ends the view as release() does, without complaint about exports.
void releaseMemoryView(MemoryView* view);

}  // namespace krait
