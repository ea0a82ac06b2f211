// The buffer protocol's registry and the consumer's side: see buffer.h.
#include "runtime/protocols/buffer.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/tuple.h"

namespace krait {
namespace {

struct Exporter {
  Type* type;
  BufferFunction function;
};
Exporter exporters[16];
int exporter_count = 0;

bool exportBytes(Thread&, Value v, BufferView* view, bool) {
  Bytes* bytes = asBytes(v);
  view->data = bytes->data;
  view->bytes = bytes->size;
  return true;
}

void byteArrayDone(BufferView* view) { --asByteArray(view->exporter)->exports; }

bool exportByteArray(Thread&, Value v, BufferView* view, bool) {
  ByteArray* array = asByteArray(v);
  ++array->exports;
  view->data = array->data;
  view->bytes = array->size;
  view->readonly = false;
  view->done = byteArrayDone;
  return true;
}

}  // namespace

void registerBuffer(Type* type, BufferFunction function) {
  for (int i = 0; i < exporter_count; ++i) {
    if (exporters[i].type == type) return;
  }
  KRAIT_ASSERT(exporter_count < 16, "more than 16 types export buffers: enlarge the table");
  exporters[exporter_count++] = {type, function};
}

BufferFunction bufferFunction(const Type* type) {
  if (type->has(kTypeBytesSubclass)) return exportBytes;
  if (isSubtype(type, &types::ByteArray)) return exportByteArray;
  for (int i = 0; i < exporter_count; ++i) {
    if (type == exporters[i].type || isSubtype(type, exporters[i].type)) return exporters[i].function;
  }
  return nullptr;
}

bool isContiguous(const BufferView& view, char order) {
  if (!view.strides || view.bytes == 0) return order != 'F' || view.dimensions <= 1 || view.bytes == 0;
  auto runs = [&](bool fortran) {
    int64_t expected = view.item_size;
    for (int i = 0; i < view.dimensions; ++i) {
      int d = fortran ? i : view.dimensions - 1 - i;
      int64_t extent = view.shape ? view.shape[d] : view.bytes / view.item_size;
      if (extent > 1 && view.strides[d] != expected) return false;
      expected *= extent;
    }
    return true;
  };
  return (order != 'F' && runs(false)) || (order != 'C' && runs(true));
}

bool Buffer::fill(Thread& t, Value v, bool writable) {
  BufferFunction function = v.isObject() ? bufferFunction(v.asObject()->type()) : nullptr;
  if (!function) return false;
  release();
  if (!function(t, v, &view_, writable)) return false;
  if (view_.exporter.empty()) view_.exporter = share(v).leak();
  filled_ = true;
  if (!isContiguous(view_, 'C')) {
    release();
    return raise(t, exc::BufferError, "memoryview: underlying buffer is not C-contiguous");
  }
  return true;
}

bool Buffer::tryGet(Thread& t, Value v) { return fill(t, v, false); }

bool Buffer::get(Thread& t, Value v) {
  if (fill(t, v, false)) return true;
  if (t.raised()) return false;
  return raise(t, exc::TypeError, "a bytes-like object is required, not '%.100s'", typeName(v));
}

bool Buffer::getWritable(Thread& t, Value v) {
  if (fill(t, v, true) && !view_.readonly) return true;
  if (t.raised()) {
    if (!raisedIs(t, exc::BufferError)) return false;
    clearException(t);  // that it is read-only is said as argument parsers say it
  }
  release();
  return raise(t, exc::TypeError, "a read-write bytes-like object is required, not '%.100s'", typeName(v));
}

void Buffer::release() {
  if (!filled_) return;
  filled_ = false;
  if (view_.done) view_.done(&view_);
  Value exporter = view_.exporter;
  view_ = BufferView();
  krait::release(exporter);
}

}  // namespace krait
