// array: sequences of numbers in C's representation.
#include <string>

#include "runtime/core/audit.h"
#include "runtime/memory/memory.h"
#include "runtime/modules/fields.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/int.h"
#include "runtime/objects/list.h"
#include "runtime/objects/native_pack.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/buffer.h"
#include "runtime/protocols/iteration.h"

namespace krait {

namespace {

struct Array : Object {
  uint8_t* data;      // owned
  int64_t size;       // items
  int64_t capacity;   // items
  int64_t exports;    // buffers that are out: no resizing meanwhile
  int32_t item_size;
  char code;          // type code; 'u' is a code point of four bytes
  char format[2];     // for buffers
};
struct ArrayIterator : Object {
  Value array;  // owned; empty: exhausted
  int64_t index;
};
Type *array_type = nullptr, *iterator_type = nullptr;
Array* asArray(Value v) { return static_cast<Array*>(v.asObject()); }
bool isArray(Value v) { return v.isObject() && isInstance(v, array_type); }
constexpr const char* kCodes = "bBuhHiIlLqQfd";

// --- storage ---

Ref<> getValue(Thread& t, Array* a, int64_t i) {
  const uint8_t* p = a->data + i * a->item_size;
  if (a->code != 'u') return unpackNative(t, a->code, p);
  uint32_t c;
  memcpy(&c, p, 4);
  if (c > 0x10FFFF) return raise(t, exc::ValueError, "character U+%x is not in range [U+0000; U+10ffff]", c);
  return newCharStr(t, c);
}
// Checks and converts into `to`. False: raised, with array's own messages.
bool packValue(Thread& t, char code, Value v, uint8_t* to) {
  if (code == 'u') {
    if (!isStr(v)) return raise(t, exc::TypeError, "array item must be a unicode character, not %s", typeName(v));
    if (asStr(v)->length != 1) {
      return raise(t, exc::TypeError, "array item must be a unicode character, not a string of length %lld",
                   static_cast<long long>(asStr(v)->length));
    }
    uint32_t c = asStr(v)->at(0);
    memcpy(to, &c, 4);
    return true;
  }
  if (code == 'f' || code == 'd') {
    Ref<> number = isFloatLike(v) ? share(v) : Ref<>();
    if (!number) {
      if (isStr(v) || isBytes(v)) return raise(t, exc::TypeError, "must be real number, not %s", typeName(v));
      number = toFloat(t, v);
      if (!number) {
        if (raisedIs(t, exc::TypeError)) {
          clearException(t);
          return raise(t, exc::TypeError, "must be real number, not %s", typeName(v));
        }
        return false;
      }
    }
    double d = number.value().isDouble() ? number.value().asDouble() : 0;
    if (!number.value().isDouble()) {
      Ref<> plain = toFloat(t, number);
      if (!plain) return false;
      d = plain.value().asDouble();
    }
    if (code == 'd') {
      memcpy(to, &d, 8);
    } else {
      float f = float(d);
      memcpy(to, &f, 4);
    }
    return true;
  }
  if (isFloatLike(v)) return raise(t, exc::TypeError, "'%s' object cannot be interpreted as an integer", typeName(v));
  Ref<> index = toIndexValue(t, v);
  if (!index) return false;
  static const struct {
    char code;
    const char* name;
    __int128 least, most;
  } kRanges[] = {{'b', "signed char", -128, 127},
                 {'B', "unsigned byte integer", 0, 255},
                 {'h', "signed short integer", -32768, 32767},
                 {'H', "unsigned short", 0, 65535},
                 {'i', "signed integer", INT32_MIN, INT32_MAX},
                 {'I', "unsigned int", 0, UINT32_MAX},
                 {'l', "int", INT64_MIN, INT64_MAX},
                 {'L', "int", 0, UINT64_MAX},
                 {'q', "int", INT64_MIN, INT64_MAX},
                 {'Q', "int", 0, UINT64_MAX}};
  for (const auto& r : kRanges) {
    if (r.code != code) continue;
    int64_t narrow = 0;
    bool fits = intFits64(index, &narrow);
    __int128 wide = narrow;
    bool negative = intSign(index) < 0;
    uint64_t bits = uint64_t(narrow);
    if (!fits && !negative && r.most == __int128(UINT64_MAX) && intBitLength(index) <= 64) {
      bits = static_cast<const Int*>(intValue(index).asObject())->limbs[0];
      wide = bits;
      fits = true;
    }
    if (code == 'l' || code == 'L' || code == 'q' || code == 'Q') {
      if (r.least == 0 && negative) {
        return raise(
            t, exc::OverflowError,
            code == 'Q' ? "can't convert negative int to unsigned" : "can't convert negative value to unsigned int");
      }
      if (!fits && (code == 'q' || code == 'Q')) return raise(t, exc::OverflowError, "int too big to convert");
      if (!fits) return raise(t, exc::OverflowError, "Python int too large to convert to C %s", r.least ? "long" : "unsigned long");
    } else if (!fits || wide < r.least || wide > r.most) {
      bool small = fits ? wide < r.least : negative;
      if (code == 'I') {
        return raise(t, exc::OverflowError,
                     small ? "can't convert negative value to unsigned int" : "unsigned int is greater than maximum");
      }
      return raise(t, exc::OverflowError, "%s is %s than %s", r.name, small ? "less" : "greater", small ? "minimum" : "maximum");
    }
    int size = nativeSize(code);
    memcpy(to, &bits, size_t(size));  // little-endian: the low bytes come first
    return true;
  }
  return false;
}

bool resize(Thread& t, Array* a, int64_t size) {
  if (a->exports > 0 && size != a->size) return raise(t, exc::BufferError, "cannot resize an array that is exporting buffers");
  if (size <= a->capacity && size >= a->capacity / 2) {
    a->size = size;
    return true;
  }
  int64_t capacity = size == 0 ? 0 : size + (size >> 4) + (a->size < 8 ? 3 : 7);
  if (capacity > INT64_MAX / 16) return raiseNoMemory(t);
  uint8_t* data = static_cast<uint8_t*>(a->data ? resizeBuffer(a->data, size_t(capacity) * size_t(a->item_size))
                                                : allocateBuffer(size_t(capacity) * size_t(a->item_size)));
  if (!data) return raiseNoMemory(t);
  a->data = data;
  a->capacity = capacity;
  a->size = size;
  return true;
}
Ref<> makeArray(Thread& t, Type* type, char code, int64_t size) {
  Array* a = allocateInstance<Array>(type);
  if (!a) return raiseNoMemory(t);
  a->data = nullptr;
  a->size = a->capacity = a->exports = 0;
  a->code = code;
  a->item_size = code == 'u' ? 4 : nativeSize(code);
  a->format[0] = code == 'u' ? 'w' : code;
  a->format[1] = 0;
  Ref<> owner = steal(Value(a));
  return size == 0 || resize(t, a, size) ? std::move(owner) : Ref<>();
}
void arrayDealloc(Object* self) {
  if (static_cast<Array*>(self)->data) freeBuffer(static_cast<Array*>(self)->data);
  freeInstance(self);
}
size_t bytesOf(const Array* a) { return size_t(a->size) * size_t(a->item_size); }

bool insertAt(Thread& t, Array* a, int64_t at, Value v) {
  uint8_t item[8];
  if (!packValue(t, a->code, v, item)) return false;
  int64_t size = a->size;
  if (at < 0) at = at + size < 0 ? 0 : at + size;
  if (at > size) at = size;
  if (!resize(t, a, size + 1)) return false;
  uint8_t* p = a->data + at * a->item_size;
  memmove(p + a->item_size, p, size_t(size - at) * size_t(a->item_size));
  memcpy(p, item, size_t(a->item_size));
  return true;
}
bool appendValue(Thread& t, Array* a, Value v) { return insertAt(t, a, a->size, v); }
bool appendBytes(Thread& t, Array* a, const void* data, size_t bytes) {
  int64_t size = a->size;
  if (!resize(t, a, size + int64_t(bytes) / a->item_size)) return false;
  if (bytes) memcpy(a->data + size * a->item_size, data, bytes);
  return true;
}
bool extendFrom(Thread& t, Array* a, Value source) {
  if (isArray(source)) {
    Array* b = asArray(source);
    if (a->code != b->code) return raise(t, exc::TypeError, "can only extend with array of same kind");
    std::string copy(reinterpret_cast<const char*>(b->data), bytesOf(b));
    return appendBytes(t, a, copy.data(), copy.size());
  }
  Iteration items(t, source);
  while (Ref<> item = items.next()) {
    if (!appendValue(t, a, item)) return false;
  }
  return !t.raised();
}
bool appendText(Thread& t, Array* a, Str* text) {
  int64_t size = a->size;
  if (!resize(t, a, size + text->length)) return false;
  for (int64_t i = 0; i < text->length; ++i) {
    uint32_t c = text->at(i);
    memcpy(a->data + (size + i) * 4, &c, 4);
  }
  return true;
}

// --- construction ---

Ref<> fromBytesOf(Thread& t, Value self, Value source) {
  Array* a = asArray(self);
  Buffer data;
  if (!data.get(t, source)) return kRaised;
  if (data.raw().item_size != 1) return raise(t, exc::TypeError, "a bytes-like object is required");
  if (data.size() % size_t(a->item_size)) return raise(t, exc::ValueError, "bytes length not a multiple of item size");
  return appendBytes(t, a, data.data(), data.size()) ? steal(kNone) : Ref<>();
}
Ref<> arrayNew(Thread& t, Type* type, Args args) {
  if (type == array_type && !noKeywords(t, "array.array", args)) return kRaised;
  if (args.positional < 1) return raise(t, exc::TypeError, "array() takes at least 1 argument (%zu given)", args.positional);
  if (args.positional > 2) return raise(t, exc::TypeError, "array() takes at most 2 arguments (%zu given)", args.positional);
  if (!isStr(args[0]) || asStr(args[0])->length != 1) {
    return raise(t, exc::TypeError, "array() argument 1 must be a unicode character, not %s", typeName(args[0]));
  }
  if (!audit(t, "array.__new__", args[0], args.positional > 1 ? args[1] : kNone)) return kRaised;
  uint32_t code = asStr(args[0])->at(0);
  Value initial = args.positional > 1 ? args[1] : Value();
  if (initial && code != 'u') {
    if (isStr(initial)) return raise(t, exc::TypeError, "cannot use a str to initialize an array with typecode '%c'", int(code));
    if (isArray(initial) && asArray(initial)->code == 'u') {
      return raise(t, exc::TypeError, "cannot use a unicode array to initialize an array with typecode '%c'", int(code));
    }
  }
  if (code == 0 || code > 127 || !strchr(kCodes, int(code))) {
    return raise(t, exc::ValueError, "bad typecode (must be b, B, u, h, H, i, I, l, L, q, Q, f or d)");
  }
  Ref<> made = makeArray(t, type, char(code), 0);
  if (!made || !initial || initial.isNone()) {
    if (made && initial) return raise(t, exc::TypeError, "'NoneType' object is not iterable");
    return made;
  }
  if (isBytes(initial) || isByteArray(initial)) return fromBytesOf(t, made, initial) ? std::move(made) : Ref<>();
  if (isStr(initial)) return appendText(t, asArray(made), asStr(initial)) ? std::move(made) : Ref<>();
  if (isArray(initial) && asArray(initial)->code != char(code)) {
    Array* from = asArray(initial);
    for (int64_t i = 0; i < from->size; ++i) {
      Ref<> item = getValue(t, from, i);
      if (!item || !appendValue(t, asArray(made), item)) return kRaised;
    }
    return made;
  }
  return extendFrom(t, asArray(made), initial) ? std::move(made) : Ref<>();
}

// --- sequence ---

int64_t arrayLength(Thread&, Value self) { return asArray(self)->size; }
bool indexIn(Thread& t, Array* a, Value key, const char* message, int64_t* out) {
  int64_t i = toIndex(t, key, false, &exc::IndexError);
  if (t.raised()) return false;
  if (i < 0) i += a->size;
  if (i < 0 || i >= a->size) return raise(t, exc::IndexError, "%s", message);
  *out = i;
  return true;
}
Ref<> arrayItem(Thread& t, Value self, Value key) {
  Array* a = asArray(self);
  if (isSlice(key)) {
    int64_t start, stop, step, count = sliceIndicesOf(t, key, &a->size, &start, &stop, &step);
    if (count < 0) return kRaised;
    Ref<> made = makeArray(t, array_type, a->code, count);
    if (!made) return kRaised;
    for (int64_t i = 0; i < count; ++i) {
      memcpy(asArray(made)->data + i * a->item_size, a->data + (start + i * step) * a->item_size, size_t(a->item_size));
    }
    return made;
  }
  if (!isIntLike(key) && !typeOf(key)->slots.index) return raise(t, exc::TypeError, "array indices must be integers");
  int64_t i;
  return indexIn(t, a, key, "array index out of range", &i) ? getValue(t, a, i) : Ref<>();
}
bool setSlice(Thread& t, Array* a, Value key, Value v) {
  int64_t start, stop, step, count = sliceIndicesOf(t, key, &a->size, &start, &stop, &step);
  if (count < 0) return false;
  std::string replacement;
  if (v) {
    if (!isArray(v)) return raise(t, exc::TypeError, "can only assign array (not \"%.200s\") to array slice", typeName(v));
    if (asArray(v)->code != a->code) return raise(t, exc::TypeError, "bad argument type for built-in operation");
    replacement.assign(reinterpret_cast<const char*>(asArray(v)->data), bytesOf(asArray(v)));
  }
  size_t width = size_t(a->item_size);
  int64_t given = int64_t(replacement.size() / width);
  if (v && step != 1 && given != count) {
    return raise(t, exc::ValueError, "attempt to assign array of size %lld to extended slice of size %lld", static_cast<long long>(given),
                 static_cast<long long>(count));
  }
  if (v && (step != 1 || given == count)) {
    for (int64_t i = 0; i < count; ++i) memcpy(a->data + size_t(start + i * step) * width, &replacement[size_t(i) * width], width);
    return true;
  }
  if (a->exports > 0 && given != count) return raise(t, exc::BufferError, "cannot resize an array that is exporting buffers");
  // What stays, with the replacement at its place.
  std::string whole(reinterpret_cast<const char*>(a->data), bytesOf(a)), result;
  if (step == 1) {
    result = whole.substr(0, size_t(start) * width) + replacement + whole.substr(size_t(start + count) * width);
  } else {
    std::string gone(size_t(a->size), 0);
    for (int64_t i = 0; i < count; ++i) gone[size_t(start + i * step)] = 1;
    for (int64_t i = 0; i < a->size; ++i) {
      if (!gone[size_t(i)]) result.append(whole, size_t(i) * width, width);
    }
  }
  if (!resize(t, a, int64_t(result.size() / width))) return false;
  if (!result.empty()) memcpy(a->data, result.data(), result.size());
  return true;
}
bool arraySetItem(Thread& t, Value self, Value key, Value v) {
  Array* a = asArray(self);
  if (isSlice(key)) return setSlice(t, a, key, v);
  if (!isIntLike(key) && !typeOf(key)->slots.index) return raise(t, exc::TypeError, "array indices must be integers");
  int64_t i;
  if (!indexIn(t, a, key, "array assignment index out of range", &i)) return false;
  if (v) {
    uint8_t item[8];
    if (!packValue(t, a->code, v, item)) return false;
    if (i >= a->size) return raise(t, exc::IndexError, "array assignment index out of range");
    memcpy(a->data + i * a->item_size, item, size_t(a->item_size));
    return true;
  }
  if (a->exports > 0) return raise(t, exc::BufferError, "cannot resize an array that is exporting buffers");
  memmove(a->data + i * a->item_size, a->data + (i + 1) * a->item_size, size_t(a->size - i - 1) * size_t(a->item_size));
  return resize(t, a, a->size - 1);
}
// Index of the first equal item from `from` to `to`; -1 absent, -2 raised.
int64_t findValue(Thread& t, Array* a, Value v, int64_t from, int64_t to) {
  for (int64_t i = from; i < to && i < a->size; ++i) {
    Ref<> item = getValue(t, a, i);
    int same = item ? compareBool(t, item, v, CompareOp::kEqual) : -1;
    if (same < 0) return -2;
    if (same) return i;
  }
  return -1;
}
int arrayContains(Thread& t, Value self, Value v) {
  int64_t i = findValue(t, asArray(self), v, 0, INT64_MAX);
  return i == -2 ? -1 : i >= 0;
}
Ref<> arrayConcat(Thread& t, Value x, Value y) {
  if (!isArray(y)) return raise(t, exc::TypeError, "can only append array (not \"%.200s\") to array", typeName(y));
  Array *a = asArray(x), *b = asArray(y);
  if (a->code != b->code) return raise(t, exc::TypeError, "bad argument type for built-in operation");
  Ref<> made = makeArray(t, array_type, a->code, 0);
  return made && appendBytes(t, asArray(made), a->data, bytesOf(a)) &&
                 appendBytes(t, asArray(made), b->data, bytesOf(b))
             ? std::move(made)
             : Ref<>();
}
Ref<> arrayInplaceConcat(Thread& t, Value x, Value y) {
  if (!isArray(y)) return raise(t, exc::TypeError, "can only extend with array (not \"%.200s\")", typeName(y));
  return extendFrom(t, asArray(x), y) ? share(x) : Ref<>();
}
bool repeatInto(Thread& t, Array* to, const std::string& data, int64_t count) {
  if (count > 0 && !data.empty() && int64_t(data.size()) > INT64_MAX / 2 / count) return raiseNoMemory(t);
  for (int64_t i = 0; i < count; ++i) {
    if (!appendBytes(t, to, data.data(), data.size())) return false;
  }
  return true;
}
Ref<> arrayRepeat(Thread& t, Value self, Value times) {
  int64_t count = toIndex(t, times);
  if (t.raised()) return kRaised;
  Array* a = asArray(self);
  Ref<> made = makeArray(t, array_type, a->code, 0);
  std::string data(reinterpret_cast<const char*>(a->data), bytesOf(a));
  return made && repeatInto(t, asArray(made), data, count) ? std::move(made) : Ref<>();
}
Ref<> arrayInplaceRepeat(Thread& t, Value self, Value times) {
  int64_t count = toIndex(t, times);
  if (t.raised()) return kRaised;
  Array* a = asArray(self);
  std::string data(reinterpret_cast<const char*>(a->data), bytesOf(a));
  if (count < 1) return resize(t, a, 0) ? share(self) : Ref<>();
  return repeatInto(t, a, data, count - 1) ? share(self) : Ref<>();
}
Ref<> arrayCompare(Thread& t, Value x, Value y, CompareOp op) {
  if (!isArray(x) || !isArray(y)) return steal(kNotImplemented);
  Array *a = asArray(x), *b = asArray(y);
  if (a->size != b->size && (op == CompareOp::kEqual || op == CompareOp::kNotEqual))
    return steal(Value::fromBool(op == CompareOp::kNotEqual));
  for (int64_t i = 0; i < a->size && i < b->size; ++i) {
    Ref<> v = getValue(t, a, i), w = v ? getValue(t, b, i) : Ref<>();
    int same = w ? compareBool(t, v, w, CompareOp::kEqual) : -1;
    if (same < 0) return kRaised;
    if (same) continue;
    if (op == CompareOp::kEqual || op == CompareOp::kNotEqual) return steal(Value::fromBool(op == CompareOp::kNotEqual));
    return compare(t, v, w, op);
  }
  return compare(t, Value::fromInt(a->size), Value::fromInt(b->size), op);
}
Ref<> arrayToList(Thread& t, Value self) {
  Array* a = asArray(self);
  Ref<List> list = newList(t, a->size);
  for (int64_t i = 0; list && i < a->size; ++i) {
    Ref<> item = getValue(t, a, i);
    if (!item || !listAppend(t, list.get(), std::move(item))) return kRaised;
  }
  return list;
}
Ref<> toText(Thread& t, Value self) {
  Array* a = asArray(self);
  if (a->code != 'u') return raise(t, exc::ValueError, "tounicode() may only be called on unicode type arrays");
  for (int64_t i = 0; i < a->size; ++i) {
    if (!getValue(t, a, i)) return kRaised;
  }
  return newStrUcs4(t, reinterpret_cast<const uint32_t*>(a->data), a->size);
}
Ref<> arrayRepr(Thread& t, Value self) {
  Array* a = asArray(self);
  const char* dot = strrchr(typeName(self), '.');
  const char* name = dot ? dot + 1 : typeName(self);
  if (a->size == 0) return strFormat(t, "%s('%c')", name, a->code);
  Ref<> content = a->code == 'u' ? toText(t, self) : arrayToList(t, self);
  Ref<Str> shown = content ? repr(t, content) : Ref<Str>();
  return shown ? strFormat(t, "%s('%c', %s)", name, a->code, Utf8(shown.get()).c_str()) : Ref<Str>();
}

// --- iteration, buffer ---

Ref<> arrayIter(Thread& t, Value self) {
  ArrayIterator* it = allocateInstance<ArrayIterator>(iterator_type);
  if (!it) return raiseNoMemory(t);
  it->array = share(self).leak();
  it->index = 0;
  return steal(Value(it));
}
Ref<> iteratorNext(Thread& t, Value self) {
  ArrayIterator* it = static_cast<ArrayIterator*>(self.asObject());
  if (!it->array) return {};
  Array* a = asArray(it->array);
  if (it->index < a->size) return getValue(t, a, it->index++);
  assign(it->array, Ref<>());
  return {};
}
void iteratorDealloc(Object* self) {
  release(static_cast<ArrayIterator*>(self)->array);
  freeInstance(self);
}
Ref<> iteratorReduce(Thread& t, Value self) {
  ArrayIterator* it = static_cast<ArrayIterator*>(self.asObject());
  if (!it->array) {
    Ref<> empty = newList(t);
    return empty ? reduceToIter(t, empty) : Ref<>();
  }
  return reduceToIter(t, it->array, it->index);
}
Ref<> iteratorSetState(Thread& t, Value self, Value state) {
  int64_t i = toIndex(t, state, true);
  if (t.raised()) return kRaised;
  static_cast<ArrayIterator*>(self.asObject())->index = i < 0 ? 0 : i;
  return steal(kNone);
}
const MethodDef kIteratorMethods[] = {method("__reduce__", iteratorReduce, "($self, /)"),
                                      method("__setstate__", iteratorSetState, "($self, state, /)"),
                                      {}};

bool exportBuffer(Thread&, Value self, BufferView* view, bool) {
  Array* a = asArray(self);
  static uint8_t nothing[8];
  view->data = a->data ? a->data : nothing;
  view->bytes = int64_t(bytesOf(a));
  view->item_size = a->item_size;
  view->format = a->format;
  view->readonly = false;
  view->exporter = share(self).leak();
  view->done = [](BufferView* v) { --asArray(v->exporter)->exports; };
  ++a->exports;
  return true;
}

// --- methods ---

Ref<> append(Thread& t, Value self, Value v) { return appendValue(t, asArray(self), v) ? steal(kNone) : Ref<>(); }
Ref<> insert(Thread& t, Value self, const Value* args) {
  int64_t at = toIndex(t, args[0]);
  return !t.raised() && insertAt(t, asArray(self), at, args[1]) ? steal(kNone) : Ref<>();
}
Ref<> extend(Thread& t, Value self, Value source) { return extendFrom(t, asArray(self), source) ? steal(kNone) : Ref<>(); }
Ref<> pop(Thread& t, Value self, const Value* args) {
  Array* a = asArray(self);
  int64_t i = toIndex(t, args[0]);
  if (t.raised()) return kRaised;
  if (a->size == 0) return raise(t, exc::IndexError, "pop from empty array");
  if (i < 0) i += a->size;
  if (i < 0 || i >= a->size) return raise(t, exc::IndexError, "pop index out of range");
  Ref<> v = getValue(t, a, i);
  return v && arraySetItem(t, self, Value::fromInt(i), Value()) ? std::move(v) : Ref<>();
}
Ref<> remove(Thread& t, Value self, Value v) {
  int64_t i = findValue(t, asArray(self), v, 0, INT64_MAX);
  if (i == -2) return kRaised;
  if (i < 0) return raise(t, exc::ValueError, "array.remove(x): x not in array");
  return arraySetItem(t, self, Value::fromInt(i), Value()) ? steal(kNone) : Ref<>();
}
Ref<> index(Thread& t, Value self, const Value* args) {
  Array* a = asArray(self);
  int64_t from = 0, to = a->size;
  if ((args[1] && !toSearchBound(t, args[1], a->size, &from)) || (args[2] && !toSearchBound(t, args[2], a->size, &to))) return kRaised;
  int64_t i = findValue(t, a, args[0], from, to);
  if (i == -2) return kRaised;
  return i < 0 ? Ref<>(raise(t, exc::ValueError, "array.index(x): x not in array")) : newInt(t, i);
}
Ref<> count(Thread& t, Value self, Value v) {
  int64_t found = 0;
  for (int64_t i = 0; (i = findValue(t, asArray(self), v, i, INT64_MAX)) >= 0; ++i) ++found;
  return t.raised() ? Ref<>(kRaised) : newInt(t, found);
}
Ref<> reverse(Thread&, Value self) {
  Array* a = asArray(self);
  uint8_t item[8];
  size_t width = size_t(a->item_size);
  for (int64_t i = 0, k = a->size - 1; i < k; ++i, --k) {
    memcpy(item, a->data + size_t(i) * width, width);
    memcpy(a->data + size_t(i) * width, a->data + size_t(k) * width, width);
    memcpy(a->data + size_t(k) * width, item, width);
  }
  return steal(kNone);
}
Ref<> byteSwap(Thread&, Value self) {
  Array* a = asArray(self);
  for (int64_t i = 0; i < a->size; ++i) {
    uint8_t* p = a->data + i * a->item_size;
    for (int32_t k = 0; k < a->item_size / 2; ++k) std::swap(p[k], p[a->item_size - 1 - k]);
  }
  return steal(kNone);
}
Ref<> toBytes(Thread& t, Value self) { return newBytes(t, {reinterpret_cast<const char*>(asArray(self)->data), bytesOf(asArray(self))}); }
Ref<> fromList(Thread& t, Value self, Value list) {
  if (!isList(list)) return raise(t, exc::TypeError, "arg must be list");
  Array* a = asArray(self);
  int64_t old = a->size, expected = asList(list)->size;
  for (int64_t i = 0; i < asList(list)->size; ++i) {
    bool good = appendValue(t, a, listGet(asList(list), i));
    if (good && asList(list)->size != expected) good = raise(t, exc::RuntimeError, "list changed size during iteration");
    if (good) continue;
    PreserveException preserve(t);
    if (!resize(t, a, old)) clearException(t);
    break;
  }
  return t.raised() ? Ref<>(kRaised) : steal(kNone);
}
Ref<> fromText(Thread& t, Value self, Value text) {
  if (!isStr(text))
    return raise(t, exc::TypeError, "fromunicode() argument must be str, not %s", argumentTypeName(text));
  if (asArray(self)->code != 'u') return raise(t, exc::ValueError, "fromunicode() may only be called on unicode type arrays");
  return appendText(t, asArray(self), asStr(text)) ? steal(kNone) : Ref<>();
}
Ref<> toFile(Thread& t, Value self, Value file) {
  Ref<> data = toBytes(t, self);
  return data && callMethod(t, file, "write", data) ? steal(kNone) : Ref<>();
}
Ref<> fromFile(Thread& t, Value self, const Value* args) {
  int64_t items = toIndex(t, args[1]);
  if (t.raised()) return kRaised;
  if (items < 0) return raise(t, exc::ValueError, "negative count");
  Ref<> wanted = newInt(t, items * asArray(self)->item_size);
  Ref<> data = wanted ? callMethod(t, args[0], "read", wanted) : Ref<>();
  if (!data) return kRaised;
  if (!isBytes(data)) return raise(t, exc::TypeError, "read() didn't return bytes");
  bool enough = asBytes(data)->size == items * asArray(self)->item_size;
  if (!fromBytesOf(t, self, data)) return kRaised;
  return enough ? steal(kNone) : Ref<>(raise(t, exc::EOFError, "read() didn't return enough bytes"));
}
Ref<> bufferInfo(Thread& t, Value self) {
  Ref<> address = newIntUnsigned(t, reinterpret_cast<uint64_t>(asArray(self)->data)), size = newInt(t, asArray(self)->size);
  return address && size ? packTuple(t, address.value(), size.value()) : Ref<Tuple>();
}
Ref<> copyArray(Thread& t, Value self) {
  Ref<> made = makeArray(t, array_type, asArray(self)->code, 0);
  return made && appendBytes(t, asArray(made), asArray(self)->data, bytesOf(asArray(self))) ? std::move(made) : Ref<>();
}
Ref<> deepCopyArray(Thread& t, Value self, Value) { return copyArray(t, self); }
Ref<> getCode(Thread&, Value self) { return share(Value(charStr(uint8_t(asArray(self)->code)))); }
Ref<> getItemSize(Thread& t, Value self) { return newInt(t, asArray(self)->item_size); }
Ref<> sizeOf(Thread& t, Value self) {
  return newInt(t, int64_t(instanceSize(self.asObject())) + asArray(self)->capacity * asArray(self)->item_size);
}
Ref<> classItem(Thread& t, Value cls, Value item) {
  Ref<> types_module = importModule(t, "types");
  Ref<> alias = types_module ? getAttr(t, types_module, "GenericAlias") : Ref<>();
  return alias ? call(t, alias, cls, item) : Ref<>();
}

// Pickles as a list for old protocols, else by machine format and bytes.
constexpr const char* kFormatCodes = "BbHhIiQqfd";
constexpr int kFormatNumbers[] = {0, 1, 2, 4, 6, 8, 10, 12, 14, 16};
Ref<> reduce(Thread& t, Value self, Value protocol) {
  int64_t version = toInt64(t, protocol);
  if (t.raised()) return kRaised;
  Array* a = asArray(self);
  Ref<> dict = getAttrOrEmpty(t, self, internStatic("__dict__"));
  if (!dict) {
    if (t.raised()) return kRaised;
    dict = share(kNone);
  }
  Ref<> code = getCode(t, self);
  if (version < 3) {
    Ref<> list = arrayToList(t, self);
    Ref<Tuple> args = list ? packTuple(t, code.value(), list.value()) : Ref<Tuple>();
    return args ? packTuple(t, Value(typeOf(self)), args.value(), dict.value()) : Ref<Tuple>();
  }
  Ref<> module = importModule(t, "array");
  Ref<> rebuild = module ? getAttr(t, module, "_array_reconstructor") : Ref<>();
  Ref<> data = rebuild ? toBytes(t, self) : Ref<>();
  if (!data) return kRaised;
  char letter = a->code == 'l' ? 'q' : a->code == 'L' ? 'Q' : a->code;
  int format = letter == 'u' ? 20 : kFormatNumbers[strchr(kFormatCodes, letter) - kFormatCodes];
  Ref<Tuple> args = packTuple(t, Value(typeOf(self)), code.value(), Value::fromInt(format), data.value());
  return args ? packTuple(t, rebuild.value(), args.value(), dict.value()) : Ref<Tuple>();
}
Ref<> reconstruct(Thread& t, Value, const Value* args) {
  if (!isType(args[0])) return raise(t, exc::TypeError, "first argument must be a type object, not %.200s", typeName(args[0]));
  if (!isSubtype(static_cast<Type*>(args[0].asObject()), array_type)) {
    return raise(t, exc::TypeError, "%.200s is not a subtype of array.array", static_cast<Type*>(args[0].asObject())->cname);
  }
  if (!isStr(args[1]) || asStr(args[1])->length != 1) return raise(t, exc::TypeError, "second argument must be a valid type code");
  int64_t format = toIndex(t, args[2]);
  if (t.raised()) return kRaised;
  if (format < 0 || format > 21) return raise(t, exc::ValueError, "third argument must be a valid machine format code.");
  if (!isBytes(args[3])) return raise(t, exc::TypeError, "fourth argument should be bytes, not %.200s", typeName(args[3]));
  Ref<> made = call(t, args[0], args[1]);
  if (!made || !isArray(made)) return made;
  Array* a = asArray(made);
  std::string data(asBytes(args[3])->view());
  if (format == 18 || format == 19) {  // UTF-16
    int order = format == 18 ? -1 : 1;
    Ref<> text = callMethod(t, args[3], "decode", Value(internStatic(order < 0 ? "utf-16-le" : "utf-16-be")));
    return text && appendText(t, a, asStr(text)) ? std::move(made) : Ref<>();
  }
  char letter = 'u';
  for (int i = 0; i < 10; ++i) {
    if (format == kFormatNumbers[i] || (format > 1 && format == kFormatNumbers[i] + 1)) letter = kFormatCodes[i];
  }
  bool big = format > 1 && (letter == 'u' ? format == 21 : format & 1);
  size_t width = letter == 'u' ? 4 : size_t(nativeSize(letter));
  if (data.size() % width) return raise(t, exc::ValueError, "bytes length not a multiple of item size");
  for (size_t at = 0; at < data.size(); at += width) {
    uint8_t item[8];
    memcpy(item, &data[at], width);
    for (size_t k = 0; big && k < width / 2; ++k) std::swap(item[k], item[width - 1 - k]);
    uint32_t point;
    memcpy(&point, item, 4);
    Ref<> v = letter == 'u' ? Ref<>(newCharStr(t, point)) : unpackNative(t, letter, item);
    if (!v || !appendValue(t, a, v)) return kRaised;
  }
  return made;
}

const MethodDef kMethods[] = {
    method("append", append, "($self, v, /)", "Append new value v to the end of the array."),
    method("buffer_info", bufferInfo, "($self, /)",
           "Return a tuple (address, length) giving the current memory address and the length in items of the buffer."),
    method("byteswap", byteSwap, "($self, /)", "Byteswap all items of the array."),
    method("__copy__", copyArray, "($self, /)", "Return a copy of the array."),
    method("__deepcopy__", deepCopyArray, "($self, unused, /)", "Return a copy of the array."),
    method("count", count, "($self, v, /)", "Return number of occurrences of v in the array."),
    method("extend", extend, "($self, bb, /)", "Append items to the end of the array."),
    method("fromfile", fromFile, "($self, f, n, /)",
           "Read n objects from the file object f and append them to the end of the array."),
    method("fromlist", fromList, "($self, list, /)", "Append items to array from list."),
    method("frombytes", fromBytesOf, "($self, buffer, /)",
           "Appends items from the string, interpreting it as an array of machine values."),
    method("fromunicode", fromText, "($self, ustr, /)", "Extends this array with data from the unicode string ustr."),
    method("index", index, "($self, v, start=0, stop=sys.maxsize, /)",
           "Return index of first occurrence of v in the array."),
    method("insert", insert, "($self, i, v, /)", "Insert a new item v into the array before position i."),
    method("pop", pop, "($self, i=-1, /)", "Return the i-th element and delete it from the array."),
    method("__reduce_ex__", reduce, "($self, value, /)", "Return state information for pickling."),
    method("remove", remove, "($self, v, /)", "Remove the first occurrence of v in the array."),
    method("reverse", reverse, "($self, /)", "Reverse the order of the items in the array."),
    method("tofile", toFile, "($self, f, /)", "Write all items (as machine values) to the file object f."),
    method("tolist", arrayToList, "($self, /)", "Convert array to an ordinary list with the same items."),
    method("tobytes", toBytes, "($self, /)",
           "Convert the array to an array of machine values and return the bytes representation."),
    method("tounicode", toText, "($self, /)", "Extends this array with data from the unicode string ustr."),
    method("__sizeof__", sizeOf, "($self, /)", "Size of the array in memory, in bytes."),
    method("__class_getitem__", classItem, nullptr, "See PEP 585", MethodKind::kClass),
    {},
};
const GetSetDef kGetSets[] = {{"typecode", getCode, nullptr, "the typecode character used to create the array"},
                              {"itemsize", getItemSize, nullptr, "the size, in bytes, of one array item"},
                              {}};
const MethodDef kFunctions[] = {
    method("_array_reconstructor", reconstruct, "($module, arraytype, typecode, mformat_code, items, /)",
           "Internal. Used for pickling support."),
    {}};

bool init(Thread& t, ModuleObject* m) {
  static const TypeSpec spec{.type = nullptr,
                             .basic_size = sizeof(Array),
                             .doc = "array(typecode [, initializer]) -> array",
                             .methods = kMethods,
                             .getsets = kGetSets,
                             .dealloc = arrayDealloc,
                             .fill = [](Slots& slots) {
                               slots.new_ = arrayNew;
                               slots.repr = arrayRepr;
                               slots.compare = arrayCompare;
                               slots.iter = arrayIter;
                               slots.length = arrayLength;
                               slots.getitem = arrayItem;
                               slots.setitem = arraySetItem;
                               slots.contains = arrayContains;
                               slots.concat = arrayConcat;
                               slots.repeat = arrayRepeat;
                               slots.inplace_concat = arrayInplaceConcat;
                               slots.inplace_repeat = arrayInplaceRepeat;
                             }};
  static const TypeSpec iterator_spec{.type = nullptr, .basic_size = sizeof(ArrayIterator), .doc = nullptr, .methods = kIteratorMethods,
                                      .dealloc = iteratorDealloc, .fill = [](Slots& slots) {
                                        slots.iter = iteratorSelf;
                                        slots.next = iteratorNext;
                                      }};
  Ref<Type> made = makeNativeType(t, spec, "array.array", nullptr, kTypeSequencePattern | kTypeWeakrefable);
  Ref<Type> iterator = made ? makeNativeType(t, iterator_spec, "array.arrayiterator", nullptr, kTypeFinal | kTypeDisallowNew) : Ref<Type>();
  if (!iterator) return false;
  array_type = made.get();
  iterator_type = iterator.leakObject();
  registerBuffer(array_type, exportBuffer);
  return moduleAdd(t, m, "ArrayType", share(Value(array_type))) && moduleAdd(t, m, "array", std::move(made)) &&
         moduleAdd(t, m, "typecodes", newStrUtf8(t, kCodes));
}

}  // namespace

const ModuleDef& arrayModule() {
  static const ModuleDef def{
      "array", "This module defines an object type which can efficiently represent an array of basic values.",
      kFunctions, init};
  return def;
}

}  // namespace krait
