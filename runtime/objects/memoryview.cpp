// memoryview: see memoryview.h. Items are read and written through native_pack.h.
#include "runtime/objects/memoryview.h"
#include <algorithm>
#include <cstring>
#include "runtime/memory/gc.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/bytes_internal.h"
#include "runtime/objects/codecs.h"
#include "runtime/objects/hash_bytes.h"
#include "runtime/objects/int.h"
#include "runtime/objects/iterators.h"
#include "runtime/objects/list.h"
#include "runtime/objects/native_pack.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/protocols.h"

namespace krait {

// The buffer that a family of views looks at.
struct SharedView {
  int64_t users;
  BufferView view;
};

namespace {

constexpr int kMostDimensions = 8;

void dropShared(SharedView* shared) {
  if (!shared || --shared->users > 0) return;
  BufferView view = shared->view;
  freeBuffer(shared);
  if (view.done) view.done(&view);
  release(view.exporter);
}

const char* formatOf(const MemoryView* m) { return m->long_format ? m->long_format : m->format; }

// The letter of a native one-item format ("B", "@i"), 0 for anything else.
char nativeLetter(const char* format) {
  if (*format == '@') ++format;
  return *format && !format[1] && nativeSize(*format) ? *format : 0;
}

bool alive(Thread& t, MemoryView* m) {
  if (m->shared) return true;
  return raise(t, exc::ValueError, "operation forbidden on released memoryview object");
}

MemoryView* allocateView(Thread& t, SharedView* shared) {
  MemoryView* m = allocate<MemoryView>(Sort::kCollectable, &types::MemoryView, kKindMemoryView);
  if (!m) return raiseNoMemory(t);
  memset(reinterpret_cast<char*>(m) + sizeof(Object), 0, sizeof(MemoryView) - sizeof(Object));
  m->shared = shared;
  m->hash = -1;
  ++shared->users;
  return m;
}

void setFormat(MemoryView* m, const char* format) {
  m->long_format = strlen(format) < sizeof m->format ? nullptr : format;
  if (!m->long_format) strcpy(m->format, format);
}

// Another view of the same memory with the same structure.
Ref<> copyView(Thread& t, MemoryView* m) {
  MemoryView* copy = allocateView(t, m->shared);
  if (!copy) return kRaised;
  memcpy(&copy->data, &m->data, offsetof(MemoryView, exports) - offsetof(MemoryView, data));
  memcpy(copy->shape, m->shape, sizeof m->shape + sizeof m->strides);
  return steal(Value(copy));
}

bool fillFrom(Thread& t, MemoryView* m, const BufferView& view) {
  if (view.dimensions > kMostDimensions) {
    return raise(t, exc::ValueError, "memoryview: number of dimensions must not exceed %d", kMostDimensions);
  }
  m->data = static_cast<uint8_t*>(view.data);
  m->bytes = view.bytes;
  m->item_size = view.item_size;
  m->readonly = view.readonly;
  m->dimensions = view.dimensions;
  setFormat(m, view.format);
  int64_t stride = view.item_size;
  for (int i = view.dimensions; i-- > 0;) {
    m->shape[i] = view.shape ? view.shape[i] : view.bytes / view.item_size;
    m->strides[i] = view.strides ? view.strides[i] : stride;
    stride *= m->shape[i];
  }
  return true;
}

BufferView structureOf(MemoryView* m) {
  BufferView view;
  view.data = m->data;
  view.bytes = m->bytes;
  view.item_size = m->item_size;
  view.format = formatOf(m);
  view.readonly = m->readonly;
  view.dimensions = m->dimensions;
  view.shape = m->shape;
  view.strides = m->strides;
  return view;
}

void viewDone(BufferView* view) { --asMemoryView(view->exporter)->exports; }

bool exportView(Thread& t, Value v, BufferView* view, bool writable) {
  MemoryView* m = asMemoryView(v);
  if (!alive(t, m)) return false;
  if (writable && m->readonly) return raise(t, exc::BufferError, "memoryview: underlying buffer is not writable");
  *view = structureOf(m);
  view->done = viewDone;
  ++m->exports;
  return true;
}

Ref<> viewOf(Thread& t, const BufferView& view) {
  SharedView* shared = static_cast<SharedView*>(allocateBuffer(sizeof(SharedView)));
  if (!shared) {
    BufferView lost = view;
    if (lost.done) lost.done(&lost);
    release(lost.exporter);
    return raiseNoMemory(t);
  }
  shared->users = 1;
  shared->view = view;
  MemoryView* m = allocateView(t, shared);
  --shared->users;
  if (!m) {
    shared->users = 1;
    dropShared(shared);
    return kRaised;
  }
  Ref<> result = steal(Value(m));
  if (!fillFrom(t, m, view)) return kRaised;
  return result;
}

}  // namespace

Ref<> newMemoryView(Thread& t, Value exporter) {
  if (isMemoryView(exporter)) {
    if (!alive(t, asMemoryView(exporter))) return kRaised;
    return copyView(t, asMemoryView(exporter));
  }
  BufferFunction function = exporter.isObject() ? bufferFunction(exporter.asObject()->type()) : nullptr;
  if (!function) return raise(t, exc::TypeError, "memoryview: a bytes-like object is required, not '%.200s'", typeName(exporter));
  BufferView view;
  if (!function(t, exporter, &view, false)) return kRaised;
  if (view.exporter.empty()) view.exporter = share(exporter).leak();
  return viewOf(t, view);
}

Ref<> newMemoryViewOf(Thread& t, void* data, int64_t bytes, bool readonly, Value owner) {
  BufferView view;
  view.data = data;
  view.bytes = bytes;
  view.readonly = readonly;
  view.exporter = share(owner).leak();
  return viewOf(t, view);
}

void releaseMemoryView(MemoryView* m) {
  SharedView* shared = m->shared;
  m->shared = nullptr;
  dropShared(shared);
}

namespace {

// ---- items ----

Ref<> readItem(Thread& t, MemoryView* m, const uint8_t* at) {
  char letter = nativeLetter(formatOf(m));
  if (!letter) return raise(t, exc::NotImplementedError, "memoryview: format %s not supported", formatOf(m));
  return unpackNative(t, letter, at);
}

bool writeItem(Thread& t, MemoryView* m, uint8_t* at, Value v) {
  const char* format = formatOf(m);
  char letter = nativeLetter(format);
  if (!letter) return raise(t, exc::NotImplementedError, "memoryview: format %s not supported", format);
  uint8_t packed[8];
  switch (packNative(t, letter, v, packed)) {
    case PackResult::kDone:
      if (!alive(t, m)) return false;  // packing may have run Python code
      memcpy(at, packed, size_t(m->item_size));
      return true;
    case PackResult::kWrongType: return raise(t, exc::TypeError, "memoryview: invalid type for format '%s'", format);
    case PackResult::kWrongValue: return raise(t, exc::ValueError, "memoryview: invalid value for format '%s'", format);
    default: return false;
  }
}

// The address of an index in one dimension, null: raised.
uint8_t* step(Thread& t, MemoryView* m, uint8_t* at, int dimension, Value index_value) {
  int64_t index = toIndex(t, index_value, false, &exc::IndexError);
  if (index == -1 && t.raised()) return nullptr;
  if (!alive(t, m)) return nullptr;
  if (index < 0) index += m->shape[dimension];
  if (index < 0 || index >= m->shape[dimension]) {
    return raise(t, exc::IndexError, "index out of bounds on dimension %d", dimension + 1);
  }
  return at + index * m->strides[dimension];
}

bool isIndex(Value v) { return v.isInt() || typeOf(v)->slots.index; }

bool allIndices(Value key) {
  if (!isTuple(key)) return false;
  for (int64_t i = 0; i < asTuple(key)->size; ++i) {
    if (!isIndex(asTuple(key)->items[i])) return false;
  }
  return true;
}

// The address of the item that an index or a tuple of indices names; null: raised.
uint8_t* itemAddress(Thread& t, MemoryView* m, Value key) {
  if (!isTuple(key)) {
    if (m->dimensions == 0) return raise(t, exc::TypeError, "invalid indexing of 0-dim memory");
    if (m->dimensions > 1) {
      if (toIndex(t, key, false, &exc::IndexError) == -1 && t.raised()) return nullptr;
      return raise(t, exc::NotImplementedError, "multi-dimensional sub-views are not implemented");
    }
    return step(t, m, m->data, 0, key);
  }
  Tuple* indices = asTuple(key);
  if (indices->size < m->dimensions) return raise(t, exc::NotImplementedError, "sub-views are not implemented");
  if (indices->size > m->dimensions) {
    return raise(t, exc::TypeError, "cannot index %d-dimension view with %lld-element tuple", m->dimensions,
                 static_cast<long long>(indices->size));
  }
  uint8_t* at = m->data;
  for (int i = 0; i < m->dimensions && at; ++i) at = step(t, m, at, i, indices->items[i]);
  return at;
}

// A tuple of slices: what a view of several dimensions would take.
bool allSlices(Value key) {
  if (!isTuple(key) || asTuple(key)->size == 0) return false;
  for (int64_t i = 0; i < asTuple(key)->size; ++i) {
    if (!isSlice(asTuple(key)->items[i])) return false;
  }
  return true;
}

void updateBytes(MemoryView* m) {
  m->bytes = m->item_size;
  for (int i = 0; i < m->dimensions; ++i) m->bytes *= m->shape[i];
}

Ref<> sliceView(Thread& t, MemoryView* m, Value slice) {
  if (m->dimensions == 0) return raise(t, exc::TypeError, "invalid indexing of 0-dim memory");
  // The part first: it keeps the memory while the slice's __index__ methods run, which may release m.
  Ref<> part = copyView(t, m);
  if (!part) return kRaised;
  int64_t start, stop, stride;
  int64_t count = sliceIndices(t, slice, m->shape[0], &start, &stop, &stride);
  if (count < 0) return kRaised;
  MemoryView* p = asMemoryView(part);
  p->data += start * p->strides[0];
  p->shape[0] = count;
  p->strides[0] *= stride;
  updateBytes(p);
  return part;
}

Ref<> getItemSlot(Thread& t, Value self, Value key) {
  MemoryView* m = asMemoryView(self);
  if (!alive(t, m)) return kRaised;
  if (m->dimensions == 0) {
    if (isTuple(key) && asTuple(key)->size == 0) return readItem(t, m, m->data);
    if (key == kEllipsis) return share(self);
    return raise(t, exc::TypeError, "invalid indexing of 0-dim memory");
  }
  if (isIndex(key) || allIndices(key)) {
    uint8_t* at = itemAddress(t, m, key);
    return at ? readItem(t, m, at) : kRaised;
  }
  if (isSlice(key)) return sliceView(t, m, key);
  if (allSlices(key)) return raise(t, exc::NotImplementedError, "multi-dimensional slicing is not implemented");
  return raise(t, exc::TypeError, "memoryview: invalid slice key");
}

// Copies all bytes in C order (or Fortran order).
void copyOut(const MemoryView* m, int dimension, const uint8_t* from, uint8_t** to) {
  if (dimension == m->dimensions) {
    memcpy(*to, from, size_t(m->item_size));
    *to += m->item_size;
    return;
  }
  if (dimension == m->dimensions - 1 && m->strides[dimension] == m->item_size) {
    size_t run = size_t(m->shape[dimension] * m->item_size);
    memcpy(*to, from, run);
    *to += run;
    return;
  }
  for (int64_t i = 0; i < m->shape[dimension]; ++i) copyOut(m, dimension + 1, from + i * m->strides[dimension], to);
}

bool sameFormat(const char* a, const char* b) {
  if (*a == '@') ++a;
  if (*b == '@') ++b;
  return strcmp(a, b) == 0;
}

bool setSlice(Thread& t, MemoryView* m, Value slice, Value v) {
  Ref<> target_value = sliceView(t, m, slice);
  if (!target_value || !alive(t, m)) return false;
  if (!hasBuffer(v)) return raise(t, exc::TypeError, "a bytes-like object is required, not '%.100s'", typeName(v));
  Ref<> source_value = newMemoryView(t, v);
  if (!source_value) return false;
  MemoryView* target = asMemoryView(target_value);
  MemoryView* source = asMemoryView(source_value);
  if (target->dimensions != 1 || source->dimensions != 1 || target->shape[0] != source->shape[0] ||
      target->item_size != source->item_size || !sameFormat(formatOf(target), formatOf(source))) {
    return raise(t, exc::ValueError, "memoryview assignment: lvalue and rvalue have different structures");
  }
  uint8_t* copy = static_cast<uint8_t*>(allocateBuffer(size_t(source->bytes)));  // they may overlap
  if (!copy) return raiseNoMemory(t);
  uint8_t* end = copy;
  copyOut(source, 0, source->data, &end);
  for (int64_t i = 0; i < target->shape[0]; ++i) {
    memcpy(target->data + i * target->strides[0], copy + i * target->item_size, size_t(target->item_size));
  }
  freeBuffer(copy);
  return true;
}

bool setItemSlot(Thread& t, Value self, Value key, Value v) {
  MemoryView* m = asMemoryView(self);
  if (!alive(t, m)) return false;
  if (m->readonly) return raise(t, exc::TypeError, "cannot modify read-only memory");
  if (v.empty()) return raise(t, exc::TypeError, "cannot delete memory");
  if (m->dimensions == 0) {
    if (key == kEllipsis || (isTuple(key) && asTuple(key)->size == 0)) return writeItem(t, m, m->data, v);
    return raise(t, exc::TypeError, "invalid indexing of 0-dim memory");
  }
  if (isIndex(key) && m->dimensions > 1) return raise(t, exc::NotImplementedError, "sub-views are not implemented");
  if (isIndex(key) || allIndices(key)) {
    uint8_t* at = itemAddress(t, m, key);
    return at && writeItem(t, m, at, v);
  }
  if (isSlice(key) && m->dimensions == 1) return setSlice(t, m, key, v);
  if (isSlice(key) || allSlices(key)) {
    return raise(t, exc::NotImplementedError, "memoryview slice assignments are currently restricted to ndim = 1");
  }
  return raise(t, exc::TypeError, "memoryview: invalid slice key");
}

int64_t lengthSlot(Thread& t, Value self) {
  MemoryView* m = asMemoryView(self);
  if (!alive(t, m)) return -1;
  return m->dimensions == 0 ? 1 : m->shape[0];
}

// ---- comparison and hash ----

// 1 equal, 0 different, -1 raised; items by value when the formats differ.
int equalItems(Thread& t, MemoryView* a, MemoryView* b, int dimension, const uint8_t* x, const uint8_t* y, bool by_bytes) {
  if (dimension == a->dimensions) {
    if (by_bytes) return memcmp(x, y, size_t(a->item_size)) == 0;
    Ref<> p = readItem(t, a, x), q = p ? readItem(t, b, y) : Ref<>();
    return q ? compareBool(t, p, q, CompareOp::kEqual) : -1;
  }
  for (int64_t i = 0; i < a->shape[dimension]; ++i) {
    int equal = equalItems(t, a, b, dimension + 1, x + i * a->strides[dimension], y + i * b->strides[dimension], by_bytes);
    if (equal <= 0) return equal;
  }
  return 1;
}

Ref<> compareSlot(Thread& t, Value a, Value b, CompareOp op) {
  if (op != CompareOp::kEqual && op != CompareOp::kNotEqual) return steal(kNotImplemented);
  bool want = op == CompareOp::kEqual;
  MemoryView* x = asMemoryView(a);
  if (!x->shared || (isMemoryView(b) && !asMemoryView(b)->shared)) return steal(Value::fromBool((a == b) == want));
  if (!hasBuffer(b)) return steal(kNotImplemented);
  Ref<> other = newMemoryView(t, b);
  if (!other) {
    clearException(t);
    return steal(kNotImplemented);
  }
  MemoryView* y = asMemoryView(other);
  bool same_shape = x->dimensions == y->dimensions && memcmp(x->shape, y->shape, size_t(x->dimensions) * sizeof(int64_t)) == 0;
  if (!same_shape) return steal(Value::fromBool(!want));
  char letter = nativeLetter(formatOf(x)), other_letter = nativeLetter(formatOf(y));
  if (!letter || !other_letter) return steal(Value::fromBool(!want));
  bool by_bytes = letter == other_letter && letter != 'f' && letter != 'd' && letter != 'e' && letter != '?';
  int equal = equalItems(t, x, y, 0, x->data, y->data, by_bytes);
  if (equal < 0) return kRaised;
  return steal(Value::fromBool((equal != 0) == want));
}

Ref<Bytes> contentBytes(Thread& t, MemoryView* m) {
  Ref<Bytes> bytes = newBytesBlank(t, m->bytes);
  if (!bytes || m->bytes == 0) return bytes;
  if (m->bytes == 1) return newBytes(t, {reinterpret_cast<const char*>(m->data), 1});
  uint8_t* end = bytes->data;
  copyOut(m, 0, m->data, &end);
  return bytes;
}

Hash hashSlot(Thread& t, Value self) {
  MemoryView* m = asMemoryView(self);
  if (m->hash != -1) return m->hash;
  if (!alive(t, m)) return -1;
  if (!m->readonly) return raise(t, exc::ValueError, "cannot hash writable memoryview object");
  char letter = nativeLetter(formatOf(m));
  if (letter != 'B' && letter != 'b' && letter != 'c') {
    return raise(t, exc::ValueError, "memoryview: hashing is restricted to formats 'B', 'b' or 'c'");
  }
  if (hashOf(t, m->shared->view.exporter) == -1 && t.raised()) return -1;
  Ref<Bytes> content = contentBytes(t, m);
  if (!content) return -1;
  return m->hash = hashBytes(content->data, size_t(content->size));
}

Ref<> reprSlot(Thread& t, Value self) {
  return strFormat(t, asMemoryView(self)->shared ? "<memory at %p>" : "<released memory at %p>", reinterpret_cast<void*>(self.asObject()));
}

// ---- methods ----

Ref<> releaseMethod(Thread& t, Value self) {
  MemoryView* m = asMemoryView(self);
  if (m->shared && m->exports > 0) {
    return raise(t, exc::BufferError, "memoryview has %lld exported buffer%s", static_cast<long long>(m->exports),
                 m->exports == 1 ? "" : "s");
  }
  releaseMemoryView(m);
  return steal(kNone);
}
Ref<> enterMethod(Thread& t, Value self) { return alive(t, asMemoryView(self)) ? share(self) : Ref<>(); }
Ref<> exitMethod(Thread& t, Value self, Args args) {
  return noKeywords(t, "__exit__", args) ? releaseMethod(t, self) : kRaised;
}

Ref<> toBytesMethod(Thread& t, Value self, const Value* args) {
  MemoryView* m = asMemoryView(self);
  if (!alive(t, m)) return kRaised;
  char order = 'C';
  if (!args[0].empty() && !args[0].isNone()) {
    if (!isStr(args[0])) return raise(t, exc::TypeError, "tobytes() argument 'order' must be str or None, not %.50s", typeName(args[0]));
    Str* text = asStr(args[0]);
    order = text->ascii && text->length == 1 ? char(text->data[0]) : 0;
    if (order != 'C' && order != 'F' && order != 'A') return raise(t, exc::ValueError, "order must be 'C', 'F' or 'A'");
  }
  if (order == 'A') order = isContiguous(structureOf(m), 'F') && !isContiguous(structureOf(m), 'C') ? 'F' : 'C';
  if (order == 'C' || m->dimensions <= 1) return contentBytes(t, m);
  MemoryView reversed = *m;  // Fortran order is C order with the dimensions turned round
  std::reverse_copy(m->shape, m->shape + m->dimensions, reversed.shape);
  std::reverse_copy(m->strides, m->strides + m->dimensions, reversed.strides);
  return contentBytes(t, &reversed);
}

Ref<> listOf(Thread& t, MemoryView* m, int dimension, const uint8_t* at) {
  if (dimension == m->dimensions) return readItem(t, m, at);
  Ref<List> list = newList(t, m->shape[dimension]);
  if (!list) return kRaised;
  for (int64_t i = 0; i < m->shape[dimension]; ++i) {
    Ref<> item = listOf(t, m, dimension + 1, at + i * m->strides[dimension]);
    if (!item || !listAppend(t, list.get(), std::move(item))) return kRaised;
  }
  return list;
}
Ref<> toListMethod(Thread& t, Value self) {
  MemoryView* m = asMemoryView(self);
  return alive(t, m) ? listOf(t, m, 0, m->data) : kRaised;
}
Ref<> toReadonlyMethod(Thread& t, Value self) {
  MemoryView* m = asMemoryView(self);
  if (!alive(t, m)) return kRaised;
  Ref<> copy = copyView(t, m);
  if (copy) asMemoryView(copy)->readonly = true;
  return copy;
}
Ref<> hexMethod(Thread& t, Value self, const Value* args) {
  MemoryView* m = asMemoryView(self);
  if (!alive(t, m)) return kRaised;
  int64_t per_group = intParameter(t, args[1]);
  if (per_group == -1 && t.raised()) return kRaised;
  Ref<Bytes> content = contentBytes(t, m);
  return content ? hexText(t, content->view(), args[0], per_group) : kRaised;
}

bool castShape(Thread& t, MemoryView* m, Value shape) {
  Ref<Tuple> sizes = sequenceToTuple(t, shape);
  if (!sizes) return false;
  if (sizes->size > kMostDimensions)
    return raise(t, exc::ValueError, "memoryview: number of dimensions must not exceed %d", kMostDimensions);
  int64_t total = m->item_size;
  for (int64_t i = 0; i < sizes->size; ++i) {
    if (!isIntLike(sizes->items[i])) return raise(t, exc::TypeError, "memoryview.cast(): elements of shape must be integers");
    int64_t size = toIndex(t, sizes->items[i]);
    if (size == -1 && t.raised()) return false;
    if (size <= 0) return raise(t, exc::ValueError, "memoryview.cast(): elements of shape must be integers > 0");
    if (__builtin_mul_overflow(total, size, &total)) return raise(t, exc::ValueError, "memoryview.cast(): product(shape) > SSIZE_MAX");
    m->shape[i] = size;
  }
  if (total != m->bytes) return raise(t, exc::TypeError, "memoryview: product(shape) * itemsize != buffer size");
  m->dimensions = int32_t(sizes->size);
  int64_t stride = m->item_size;
  for (int i = m->dimensions; i-- > 0;) {
    m->strides[i] = stride;
    stride *= m->shape[i];
  }
  return true;
}

Ref<> castMethod(Thread& t, Value self, const Value* args) {
  MemoryView* m = asMemoryView(self);
  if (!alive(t, m)) return kRaised;
  if (!isStr(args[0]))
    return raise(t, exc::TypeError, "cast() argument 'format' must be str, not %.50s", argumentTypeName(args[0]));
  if (!isContiguous(structureOf(m), 'C')) return raise(t, exc::TypeError, "memoryview: casts are restricted to C-contiguous views");
  bool shaped = !args[1].empty();
  if (shaped || m->dimensions != 1) {
    for (int i = 0; i < m->dimensions; ++i) {
      if (m->shape[i] == 0)
        return raise(t, exc::TypeError, "memoryview: cannot cast view with zeros in shape or strides");
    }
  }
  if (shaped && !isList(args[1]) && !isTuple(args[1]))
    return raise(t, exc::TypeError, "shape must be a list or a tuple");
  if (shaped && m->dimensions != 1 && lengthOf(t, args[1]) != 1) {
    return raise(t, exc::TypeError, "memoryview: cast must be 1D -> ND or ND -> 1D");
  }
  Ref<> ascii = encodeStr(t, args[0], "ascii", nullptr);
  if (!ascii) return kRaised;
  std::string_view format = asBytes(ascii)->view();
  Ref<> result = copyView(t, m);
  if (!result) return kRaised;
  MemoryView* r = asMemoryView(result);
  char letter = nativeLetter(format.data()), old = nativeLetter(formatOf(m));
  if (!letter) {
    return raise(
        t, exc::ValueError,
        "memoryview: destination format must be a native single character format prefixed with an optional '@'");
  }
  auto isByte = [](char c) { return c == 'b' || c == 'B' || c == 'c'; };
  if (!isByte(letter) && !isByte(old)) return raise(t, exc::TypeError, "memoryview: cannot cast between two non-byte formats");
  int size = nativeSize(letter);
  if (r->bytes % size) return raise(t, exc::TypeError, "memoryview: length is not a multiple of itemsize");
  setFormat(r, format.data());
  r->long_format = nullptr;
  r->item_size = size;
  r->dimensions = 1;
  r->shape[0] = r->bytes / size;
  r->strides[0] = size;
  if (!args[1].empty() && !castShape(t, r, args[1])) return kRaised;
  return result;
}

// ---- attributes ----

template <class F>
Ref<> attribute(Thread& t, Value self, F f) {
  MemoryView* m = asMemoryView(self);
  return alive(t, m) ? f(m) : Ref<>();
}
Ref<> dimensionsTuple(Thread& t, const int64_t* values, int count) {
  Ref<Tuple> tuple = newTupleBlank(t, count);
  for (int i = 0; tuple && i < count; ++i) tuple->items[i] = Value::fromInt(values[i]);
  return tuple;
}
Ref<> objGetter(Thread& t, Value self) {
  return attribute(t, self, [](MemoryView* m) { return share(m->shared->view.exporter); });
}
Ref<> nbytesGetter(Thread& t, Value self) {
  return attribute(t, self, [](MemoryView* m) { return steal(Value::fromInt(m->bytes)); });
}
Ref<> readonlyGetter(Thread& t, Value self) {
  return attribute(t, self, [](MemoryView* m) { return steal(Value::fromBool(m->readonly)); });
}
Ref<> itemSizeGetter(Thread& t, Value self) {
  return attribute(t, self, [](MemoryView* m) { return steal(Value::fromInt(m->item_size)); });
}
Ref<> formatGetter(Thread& t, Value self) {
  return attribute(t, self, [&t](MemoryView* m) { return Ref<>(newStrUtf8(t, formatOf(m))); });
}
Ref<> ndimGetter(Thread& t, Value self) {
  return attribute(t, self, [](MemoryView* m) { return steal(Value::fromInt(m->dimensions)); });
}
Ref<> shapeGetter(Thread& t, Value self) {
  return attribute(t, self, [&t](MemoryView* m) { return dimensionsTuple(t, m->shape, m->dimensions); });
}
Ref<> stridesGetter(Thread& t, Value self) {
  return attribute(t, self, [&t](MemoryView* m) { return dimensionsTuple(t, m->strides, m->dimensions); });
}
Ref<> suboffsetsGetter(Thread& t, Value self) {
  return attribute(t, self, [](MemoryView*) { return share(Value(emptyTuple())); });
}
Ref<> cContiguousGetter(Thread& t, Value self) {
  return attribute(t, self, [](MemoryView* m) { return steal(Value::fromBool(isContiguous(structureOf(m), 'C'))); });
}
Ref<> fContiguousGetter(Thread& t, Value self) {
  return attribute(t, self, [](MemoryView* m) { return steal(Value::fromBool(isContiguous(structureOf(m), 'F'))); });
}
Ref<> contiguousGetter(Thread& t, Value self) {
  return attribute(t, self, [](MemoryView* m) { return steal(Value::fromBool(isContiguous(structureOf(m), 'A'))); });
}

// ---- the type ----

Ref<> unreachable(Thread&, Value, const Value*) { return nullptr; }  // the definition below is only bound, never called

Ref<> memoryViewNew(Thread& t, Type*, Args args) {
  static const MethodDef kNew = method("memoryview", unreachable, "($type, object)");
  Value bound[1];
  Ref<> keep[1];
  if (!bindArguments(t, kNew, args, bound, keep)) return kRaised;
  return newMemoryView(t, bound[0]);
}

struct MemoryIterator : Object {
  Value view;  // owned; empty: exhausted
  int64_t index, length;
};
Ref<> iterSlot(Thread& t, Value self) {
  MemoryView* m = asMemoryView(self);
  if (!alive(t, m)) return kRaised;
  if (m->dimensions == 0) return raise(t, exc::TypeError, "invalid indexing of 0-dim memory");
  if (m->dimensions != 1) return raise(t, exc::NotImplementedError, "multi-dimensional sub-views are not implemented");
  auto* iterator = allocate<MemoryIterator>(Sort::kCollectable, &types::MemoryIterator, kKindMemoryIterator);
  if (!iterator) return raiseNoMemory(t);
  iterator->view = share(self).leak();
  iterator->index = 0;
  iterator->length = m->shape[0];
  return steal(Value(iterator));
}
Ref<> iteratorNext(Thread& t, Value self) {
  auto* iterator = static_cast<MemoryIterator*>(self.asObject());
  if (iterator->view.empty()) return {};
  MemoryView* m = asMemoryView(iterator->view);
  if (iterator->index < iterator->length) {
    if (!alive(t, m)) return kRaised;
    return readItem(t, m, m->data + iterator->index++ * m->strides[0]);
  }
  assign(iterator->view, {});
  return {};
}
void deallocIterator(Object* self) {
  Value view = static_cast<MemoryIterator*>(self)->view;
  freeObject(self, sizeof(MemoryIterator), Sort::kCollectable);
  release(view);
}
void traverseIterator(Object* self, Visitor& visitor) { visitor.visit(static_cast<MemoryIterator*>(self)->view); }

void dealloc(Object* self) {
  releaseMemoryView(static_cast<MemoryView*>(self));
  freeObject(self, sizeof(MemoryView), Sort::kCollectable);
}
// The exporter is owned once by the whole family of views: only a lone view can be the cause of a cycle that we may see.
void traverse(Object* self, Visitor& visitor) {
  MemoryView* m = static_cast<MemoryView*>(self);
  if (m->shared && m->shared->users == 1) visitor.visit(m->shared->view.exporter);
}
void fill(Slots& slots) {
  registerBuffer(&types::MemoryView, exportView);
  slots.new_ = memoryViewNew;
  slots.repr = reprSlot;
  slots.hash = hashSlot;
  slots.compare = compareSlot;
  slots.iter = iterSlot;
  slots.length = lengthSlot;
  slots.getitem = getItemSlot;
  slots.setitem = setItemSlot;
}

const MethodDef kMethods[] = {
    method("release", releaseMethod, "($self, /)", "Releases the underlying buffer exposed by the memoryview object."),
    method("tobytes", toBytesMethod, "($self, /, order='C')", "The data in the buffer as a byte string."),
    method("hex", hexMethod, "($self, /, sep=<unrepresentable>, bytes_per_sep=1)",
           "The data as a string of hexadecimal numbers, as bytes.hex() makes it.\n\n>>> "
           "memoryview(b'\\x01\\xff').hex(':')\n'01:ff'"),
    method("tolist", toListMethod, "($self, /)", "The data in the buffer as a list of elements."),
    method("cast", castMethod, "($self, /, format, shape=<unrepresentable>)", "A view with a new format or shape."),
    method("toreadonly", toReadonlyMethod, "($self, /)", "A readonly version of the memoryview."),
    method("__enter__", enterMethod, nullptr),
    method("__exit__", exitMethod, nullptr),
    {},
};
const GetSetDef kGetSets[] = {
    {"obj", objGetter, nullptr, "The underlying object of the memoryview."},
    {"nbytes", nbytesGetter, nullptr, "The amount of space in bytes that the array would use in a contiguous representation."},
    {"readonly", readonlyGetter, nullptr, "Whether the memory is read only."},
    {"itemsize", itemSizeGetter, nullptr, "The size in bytes of each element."},
    {"format", formatGetter, nullptr, "The format (in struct module style) of each element."},
    {"ndim", ndimGetter, nullptr, "How many dimensions the memory represents."},
    {"shape", shapeGetter, nullptr, "The number of elements in each dimension."},
    {"strides", stridesGetter, nullptr, "The number of bytes from one element to the next, in each dimension."},
    {"suboffsets", suboffsetsGetter, nullptr, "For compatibility with PIL-style arrays: always empty."},
    {"c_contiguous", cContiguousGetter, nullptr, "Whether the memory is C contiguous."},
    {"f_contiguous", fContiguousGetter, nullptr, "Whether the memory is Fortran contiguous."},
    {"contiguous", contiguousGetter, nullptr, "Whether the memory is contiguous."},
    {},
};

}  // namespace

const TypeSpec& memoryIteratorTypeSpec() {
  static const TypeSpec spec{.type = &types::MemoryIterator,
                             .basic_size = sizeof(MemoryIterator),
                             .doc = nullptr,
                             .dealloc = deallocIterator,
                             .traverse = traverseIterator,
                             .fill = [](Slots& slots) {
                               slots.iter = iteratorSelf;
                               slots.next = iteratorNext;
                             }};
  return spec;
}

const TypeSpec& memoryViewTypeSpec() {
  static const TypeSpec spec{
      .type = &types::MemoryView,
      .basic_size = sizeof(MemoryView),
      .doc = "A view of the memory of an object that supports the buffer protocol.",
      .methods = kMethods,
      .getsets = kGetSets,
      .dealloc = dealloc,
      .traverse = traverse,
      .fill = fill,
  };
  return spec;
}

}  // namespace krait
