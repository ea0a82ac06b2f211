// bytearray: storage, constructor, slots, and the methods that change it. The others are in bytes_methods.cpp.
#include <algorithm>
#include <cstring>
#include "runtime/objects/bytes_internal.h"
#include "runtime/objects/int.h"
#include "runtime/objects/iterators.h"
#include "runtime/objects/list.h"
#include "runtime/objects/str_builder.h"
#include "runtime/objects/str_format.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/variable.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/protocols.h"

namespace krait {

// ---- storage ----

namespace {

uint8_t kNothing[1] = {0};  // what an empty array without buffer points to

bool resizable(Thread& t, ByteArray* a) {
  if (a->exports == 0) return true;
  return raise(t, exc::BufferError, "Existing exports of data: object cannot be re-sized");
}

}  // namespace

bool byteArrayResize(Thread& t, ByteArray* a, int64_t size) {
  if (size == a->size) return true;
  if (!resizable(t, a)) return false;
  if (size + 1 <= a->capacity && (size >= a->size || size >= a->capacity / 2)) {
    a->size = size;
    a->data[size] = 0;
    return true;
  }
  if (size > kMaxBytes) return raiseNoMemory(t);
  // Growth leaves room for more; a large cut gives memory back. The content moves to the front of the allocation.
  int64_t capacity = size < a->size ? size + 1 : size + (size >> 3) + (size < 9 ? 3 : 6) + 1;
  uint8_t* fresh = static_cast<uint8_t*>(allocateBuffer(size_t(capacity)));
  if (!fresh) return raiseNoMemory(t);
  memcpy(fresh, a->data, size_t(std::min(size, a->size)));
  if (a->buffer) freeBuffer(a->buffer);
  a->buffer = a->data = fresh;
  a->capacity = capacity;
  a->size = size;
  a->data[size] = 0;
  return true;
}

namespace {

ByteArray* allocateArray(Type* type) {
  ByteArray* a = allocateInstance<ByteArray>(type);
  if (!a) return nullptr;
  a->buffer = nullptr;
  a->data = kNothing;
  a->size = a->capacity = a->exports = 0;
  return a;
}

// Replaces `removed` bytes at `at` by the content; false: raised. The content is not part of the array itself.
bool splice(Thread& t, ByteArray* a, int64_t at, int64_t removed, std::string_view content) {
  int64_t growth = int64_t(content.size()) - removed;
  int64_t tail = a->size - at - removed;
  if (growth < 0) {
    if (!resizable(t, a)) return false;
    if (at == 0) {  // cutting at the front moves the start
      a->data -= growth;
      a->capacity += growth;
      a->size += growth;
    } else {
      memmove(a->data + at + content.size(), a->data + at + removed, size_t(tail));
      if (!byteArrayResize(t, a, a->size + growth)) return false;
    }
  } else if (growth > 0) {
    if (!byteArrayResize(t, a, a->size + growth)) return false;
    memmove(a->data + at + content.size(), a->data + at + removed, size_t(tail));
  }
  memcpy(a->data + at, content.data(), content.size());
  return true;
}

}  // namespace

Ref<ByteArray> newByteArray(Thread& t, std::string_view content) {
  ByteArray* a = allocateArray(&types::ByteArray);
  if (!a) return raiseNoMemory(t);
  Ref<ByteArray> result = steal(a);
  if (!content.empty()) {
    if (!byteArrayResize(t, a, int64_t(content.size()))) return kRaised;
    memcpy(a->data, content.data(), content.size());
  }
  return result;
}

namespace {

// ---- construction ----

Ref<> unreachable(Thread&, Value, const Value*) { return nullptr; }  // the definition below is only bound, never called

Ref<> arrayNew(Thread& t, Type* type, Args) {
  ByteArray* a = allocateArray(type);
  if (!a) return raiseNoMemory(t);
  return steal(Value(a));
}

bool extendFrom(Thread& t, ByteArray* a, Value source) {
  Buffer buffer;
  if (buffer.tryGet(t, source)) return splice(t, a, a->size, 0, buffer.view());
  if (t.raised()) return false;
  return appendInts(t, a, source, kByteRange);
}

bool fillFrom(Thread& t, ByteArray* a, Value source, Value encoding, Value errors) {
  if (source.empty()) {
    if (encoding.empty() && errors.empty()) return true;
    return raise(t, exc::TypeError, "%s without a string argument", encoding.empty() ? "errors" : "encoding");
  }
  if (isStr(source) || !encoding.empty() || !errors.empty()) {
    Ref<> encoded = encodeArgument(t, source, encoding, errors, "bytearray");
    return encoded && splice(t, a, 0, 0, asBytes(encoded)->view());
  }
  if (source.isInt() || typeOf(source)->slots.index) {
    int64_t size = toIndex(t, source);
    if (size != -1 || !t.raised()) {
      if (size < 0) return raise(t, exc::ValueError, "negative count");
      if (!byteArrayResize(t, a, size)) return false;
      if (size) memset(a->data, 0, size_t(size));
      return true;
    }
    if (!raisedIs(t, exc::TypeError)) return false;
    clearException(t);
  }
  if (!hasBuffer(source) && !typeOf(source)->slots.iter && !typeOf(source)->slots.getitem) {
    return raise(t, exc::TypeError, "cannot convert '%.200s' object to bytearray", typeName(source));
  }
  return extendFrom(t, a, source);
}

bool arrayInit(Thread& t, Value self, Args args) {
  static const MethodDef kInit =
      method("bytearray", unreachable, "($self, source=<unrepresentable>, encoding=<unrepresentable>, errors=<unrepresentable>)");
  Value bound[3];
  Ref<> keep[3];
  if (!bindArguments(t, kInit, args, bound, keep)) return false;
  const char* names[2] = {"encoding", "errors"};
  for (int i = 0; i < 2; ++i) {  // checked before the old content goes
    Utf8 text;
    char parameter[32];
    snprintf(parameter, sizeof(parameter), "bytearray() argument '%s'", names[i]);
    if (bound[i + 1].empty()) continue;
    if (!strParameter(t, bound[i + 1], parameter) || !text.set(t, asStr(bound[i + 1]))) return false;
  }
  ByteArray* a = asByteArray(self);
  return byteArrayResize(t, a, 0) && fillFrom(t, a, bound[0], bound[1], bound[2]);
}

void arrayDealloc(Object* self) {
  ByteArray* a = static_cast<ByteArray*>(self);
  if (a->buffer) freeBuffer(a->buffer);
  freeInstance(a);
}

// ---- slots ----

Ref<> reprSlot(Thread& t, Value self) {
  Ref<Str> content = bytesRepr(t, asByteArray(self)->view(), true);
  if (!content) return kRaised;
  StrBuilder out(t);
  out.appendAscii(typeName(self));
  out.append('(');
  out.append(content.get());
  out.append(')');
  return out.finish();
}
int64_t lengthSlot(Thread&, Value self) { return asByteArray(self)->size; }

Ref<> compareSlot(Thread& t, Value a, Value b, CompareOp op) {
  Buffer x, y;
  if (!x.tryGet(t, a) || !y.tryGet(t, b)) {
    if (t.raised()) clearException(t);
    return steal(kNotImplemented);
  }
  return bytesCompare(x.view(), y.view(), op);
}

// An index in range, or -1 raised.
int64_t itemIndex(Thread& t, Value self, Value key) {
  if (!key.isInt() && !typeOf(key)->slots.index) {
    return raise(t, exc::TypeError, "bytearray indices must be integers or slices, not %.200s", typeName(key));
  }
  int64_t i = toIndex(t, key, false, &exc::IndexError);
  if (i == -1 && t.raised()) return -1;
  int64_t size = asByteArray(self)->size;
  if (i < 0) i += size;
  if (i < 0 || i >= size) return raise(t, exc::IndexError, "bytearray index out of range");
  return i;
}

Ref<> getItemSlot(Thread& t, Value self, Value key) {
  ByteArray* a = asByteArray(self);
  if (!isSlice(key)) {
    int64_t i = itemIndex(t, self, key);
    if (i < 0) return kRaised;
    return steal(Value::fromInt(a->data[i]));
  }
  int64_t start, stop, step;
  int64_t count = sliceIndicesOf(t, key, &a->size, &start, &stop, &step);
  if (count < 0) return kRaised;
  if (step == 1) return newByteArray(t, a->view().substr(size_t(std::min(start, a->size)), size_t(count)));
  Ref<ByteArray> part = newByteArray(t, {});
  if (!part || !byteArrayResize(t, part.get(), count)) return kRaised;
  for (int64_t i = 0; i < count; ++i) part->data[i] = a->data[start + i * step];
  return part;
}

bool setSlice(Thread& t, ByteArray* a, Value key, Value v) {
  Ref<ByteArray> copy;
  Buffer buffer;
  std::string_view content;
  if (!v.empty()) {
    if (v == Value(a) || !hasBuffer(v)) {  // itself, or an iterable: by way of a copy
      Slots& slots = typeOf(v)->slots;
      if (isStr(v) || slots.index || slots.int_ || slots.float_)
        return raise(t, exc::TypeError, "can assign only bytes, buffers, or iterables of ints in range(0, 256)");
      if (v != Value(a) && !slots.iter && !slots.getitem) {
        return raise(t, exc::TypeError, "cannot convert '%.200s' object to bytearray", typeName(v));
      }
      copy = newByteArray(t, {});
      if (!copy || !extendFrom(t, copy.get(), v)) return false;
      content = copy->view();
    } else {
      if (!buffer.get(t, v)) return false;
      content = buffer.view();
    }
  }
  int64_t start, stop, step;
  int64_t count = sliceIndicesOf(t, key, &a->size, &start, &stop, &step);
  if (count < 0) return false;
  if (step == 1) return splice(t, a, start, count, content);
  if (content.empty()) {  // nothing for an extended slice: it is deleted
    if (count == 0) return true;
    if (!resizable(t, a)) return false;
    if (step < 0) {
      start += (count - 1) * step;
      step = -step;
    }
    int64_t to = start;
    for (int64_t i = start, next = start, left = count; i < a->size; ++i) {
      if (i == next && left > 0) {
        next += step;
        --left;
      } else {
        a->data[to++] = a->data[i];
      }
    }
    return byteArrayResize(t, a, to);
  }
  if (int64_t(content.size()) != count) {
    return raise(t, exc::ValueError, "attempt to assign bytes of size %zu to extended slice of size %lld", content.size(),
                 static_cast<long long>(count));
  }
  for (int64_t i = 0; i < count; ++i) a->data[start + i * step] = uint8_t(content[size_t(i)]);
  return true;
}

bool setItemSlot(Thread& t, Value self, Value key, Value v) {
  ByteArray* a = asByteArray(self);
  if (isSlice(key)) return setSlice(t, a, key, v);
  if (!key.isInt() && !typeOf(key)->slots.index) {
    return raise(t, exc::TypeError, "bytearray indices must be integers or slices, not %.200s", typeName(key));
  }
  int64_t i = toIndex(t, key, false, &exc::IndexError);
  if (i == -1 && t.raised()) return false;
  int byte = v.empty() ? 0 : toByte(t, v, kByteRange);
  if (byte < 0) return false;
  if (i < 0) i += a->size;
  if (i < 0 || i >= a->size) return raise(t, exc::IndexError, "bytearray index out of range");
  if (v.empty()) return splice(t, a, i, 1, {});
  a->data[i] = uint8_t(byte);
  return true;
}

int containsSlot(Thread& t, Value self, Value item) { return bytesContain(t, self, item); }

Ref<> concatSlot(Thread& t, Value a, Value b) {
  Buffer x, y;
  if (!x.tryGet(t, a) || !y.tryGet(t, b)) {
    if (t.raised()) return kRaised;
    return raise(t, exc::TypeError, "can't concat %.100s to %.100s", typeName(b), typeName(a));
  }
  Ref<ByteArray> result = newByteArray(t, x.view());
  if (!result || !splice(t, result.get(), result->size, 0, y.view())) return kRaised;
  return result;
}

Ref<> inplaceConcatSlot(Thread& t, Value self, Value other) {
  if (other == self) {
    Ref<ByteArray> copy = newByteArray(t, asByteArray(self)->view());
    if (!copy || !splice(t, asByteArray(self), copy->size, 0, copy->view())) return kRaised;
    return share(self);
  }
  Buffer buffer;
  if (!buffer.tryGet(t, other)) {
    if (t.raised()) return kRaised;
    return raise(t, exc::TypeError, "can't concat %.100s to %.100s", typeName(other), typeName(self));
  }
  if (!splice(t, asByteArray(self), asByteArray(self)->size, 0, buffer.view())) return kRaised;
  return share(self);
}

bool repeatInto(Thread& t, ByteArray* to, std::string_view unit, int64_t n) {
  if (n < 0) n = 0;
  if (!unit.empty() && n > kMaxBytes / int64_t(unit.size())) return raiseNoMemory(t);
  int64_t size = int64_t(unit.size());
  bool same = reinterpret_cast<const uint8_t*>(unit.data()) == to->data;
  if (!byteArrayResize(t, to, size * n)) return false;
  const uint8_t* source = same ? to->data : reinterpret_cast<const uint8_t*>(unit.data());
  for (int64_t i = same ? 1 : 0; i < n; ++i) memcpy(to->data + i * size, source, size_t(size));
  return true;
}
Ref<> repeatSlot(Thread& t, Value self, Value times) {
  int64_t n = toIndex(t, times);
  if (n == -1 && t.raised()) return kRaised;
  Ref<ByteArray> result = newByteArray(t, {});
  if (!result || !repeatInto(t, result.get(), asByteArray(self)->view(), n)) return kRaised;
  return result;
}
Ref<> inplaceRepeatSlot(Thread& t, Value self, Value times) {
  int64_t n = toIndex(t, times);
  if (n == -1 && t.raised()) return kRaised;
  if (!repeatInto(t, asByteArray(self), asByteArray(self)->view(), n)) return kRaised;
  return share(self);
}

Ref<> remainderSlot(Thread& t, Value a, Value b) {
  if (!isByteArray(a)) return steal(kNotImplemented);
  Ref<Bytes> result = percentFormatBytes(t, asByteArray(a)->view(), b);
  return result ? Ref<>(newByteArray(t, result->view())) : Ref<>();
}

void fillArray(Slots& slots) {
  slots.new_ = arrayNew;
  slots.init = arrayInit;
  slots.repr = slots.str = reprSlot;
  slots.compare = compareSlot;
  slots.iter = byteArrayIterator;
  slots.length = lengthSlot;
  slots.getitem = getItemSlot;
  slots.setitem = setItemSlot;
  slots.contains = containsSlot;
  slots.concat = concatSlot;
  slots.repeat = repeatSlot;
  slots.inplace_concat = inplaceConcatSlot;
  slots.inplace_repeat = inplaceRepeatSlot;
  slots.binary[kOp_remainder] = remainderSlot;
}

}  // namespace

// ---- methods ----

Ref<> byteArrayAppend(Thread& t, Value self, Value item) {
  int byte = toByte(t, item, kByteRange);
  if (byte < 0) return kRaised;
  ByteArray* a = asByteArray(self);
  if (!byteArrayResize(t, a, a->size + 1)) return kRaised;
  a->data[a->size - 1] = uint8_t(byte);
  return steal(kNone);
}
Ref<> byteArrayClear(Thread& t, Value self) {
  return byteArrayResize(t, asByteArray(self), 0) ? steal(kNone) : Ref<>();
}
Ref<> byteArrayCopy(Thread& t, Value self) { return newByteArray(t, asByteArray(self)->view()); }

Ref<> byteArrayExtend(Thread& t, Value self, Value iterable) {
  ByteArray* a = asByteArray(self);
  if (iterable == self || hasBuffer(iterable)) return inplaceConcatSlot(t, self, iterable) ? steal(kNone) : Ref<>();
  if (!typeOf(iterable)->slots.iter && !typeOf(iterable)->slots.getitem) {
    return raise(t, exc::TypeError, "can't extend bytearray with %.100s", typeName(iterable));
  }
  Ref<> iterator = iterate(t, iterable);
  if (!iterator || (lengthHint(t, iterable, 32) == -1 && t.raised())) return kRaised;
  iterable = iterator;
  Ref<ByteArray> collected = newByteArray(t, {});
  if (!collected || !appendInts(t, collected.get(), iterable, kByteRange)) return kRaised;
  if (!splice(t, a, a->size, 0, collected->view())) return kRaised;
  return steal(kNone);
}

Ref<> byteArrayInsert(Thread& t, Value self, const Value* args) {
  int64_t index = sizeParameter(t, args[0]);
  if (index == -1 && t.raised()) return kRaised;
  int byte = toByte(t, args[1], kByteRange);
  if (byte < 0) return kRaised;
  ByteArray* a = asByteArray(self);
  if (index < 0) index = std::max<int64_t>(index + a->size, 0);
  char c = char(byte);
  if (!splice(t, a, std::min(index, a->size), 0, {&c, 1})) return kRaised;
  return steal(kNone);
}

Ref<> byteArrayPop(Thread& t, Value self, const Value* args) {
  int64_t index = sizeParameter(t, args[0]);
  if (index == -1 && t.raised()) return kRaised;
  ByteArray* a = asByteArray(self);
  if (a->size == 0) return raise(t, exc::IndexError, "pop from empty bytearray");
  if (index < 0) index += a->size;
  if (index < 0 || index >= a->size) return raise(t, exc::IndexError, "pop index out of range");
  uint8_t byte = a->data[index];
  if (!splice(t, a, index, 1, {})) return kRaised;
  return steal(Value::fromInt(byte));
}

Ref<> byteArrayRemove(Thread& t, Value self, Value item) {
  int byte = toByte(t, item, kByteRange);
  if (byte < 0) return kRaised;
  ByteArray* a = asByteArray(self);
  const void* hit = memchr(a->data, byte, size_t(a->size));
  if (!hit) return raise(t, exc::ValueError, "value not found in bytearray");
  if (!splice(t, a, static_cast<const uint8_t*>(hit) - a->data, 1, {})) return kRaised;
  return steal(kNone);
}

Ref<> byteArrayReverse(Thread&, Value self) {
  ByteArray* a = asByteArray(self);
  std::reverse(a->data, a->data + a->size);
  return steal(kNone);
}
Ref<> byteArrayAlloc(Thread&, Value self) { return steal(Value::fromInt(asByteArray(self)->capacity)); }
Ref<> byteArraySizeof(Thread&, Value self) {
  return steal(Value::fromInt(int64_t(instanceSize(self.asObject())) + asByteArray(self)->capacity));
}

namespace {

// (type, (content, ...), state): protocols below 2 have no bytes, there the content goes as Latin-1 text.
Ref<> reduceWith(Thread& t, Value self, int64_t protocol) {
  Ref<> state = callMethod(t, self, "__getstate__");
  if (!state) return kRaised;
  ByteArray* a = asByteArray(self);
  Ref<Tuple> arguments;
  if (a->size == 0) {
    arguments = share(emptyTuple());
  } else if (protocol < 3) {
    Ref<Str> text = newStrLatin1(t, a->view());
    Ref<Str> encoding = newStrLatin1(t, "latin-1");
    if (!text || !encoding) return kRaised;
    arguments = packTuple(t, text.value(), encoding.value());
  } else {
    Ref<Bytes> content = newBytes(t, a->view());
    if (!content) return kRaised;
    arguments = packTuple(t, content.value());
  }
  if (!arguments) return kRaised;
  return packTuple(t, Value(typeOf(self)), arguments.value(), state.value());
}

}  // namespace

Ref<> byteArrayReduce(Thread& t, Value self) { return reduceWith(t, self, 2); }
Ref<> byteArrayReduceEx(Thread& t, Value self, const Value* args) {
  int64_t protocol = toInt64(t, args[0]);
  if (protocol == -1 && t.raised()) return kRaised;
  return reduceWith(t, self, protocol);
}

const TypeSpec& byteArrayTypeSpec() {
  static const TypeSpec spec{
      .type = &types::ByteArray,
      .basic_size = sizeof(ByteArray),
      .doc = "bytearray(iterable_of_ints) -> bytearray\nbytearray(string, encoding[, errors]) -> bytearray\n"
             "bytearray(bytes_or_buffer) -> mutable copy of bytes_or_buffer\nbytearray(int) -> bytes array of size given by the "
             "parameter initialized with null bytes\nbytearray() -> empty bytes array",
      .methods = kByteArrayMethods,
      .dealloc = arrayDealloc,
      .fill = fillArray,
  };
  return spec;
}

}  // namespace krait
