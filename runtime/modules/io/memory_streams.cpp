// BytesIO and StringIO.
#include <cstring>

#include "runtime/memory/gc.h"
#include "runtime/memory/memory.h"
#include "runtime/modules/io/io.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/int.h"
#include "runtime/objects/list.h"
#include "runtime/objects/str_builder.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/objects/variable.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/buffer.h"
#include "runtime/protocols/iteration.h"

namespace krait::io {

Type bytes_io, string_io;

namespace {

// Attributes of a stream for __getstate__: a copy of its dict, or None.
Ref<> attributesCopy(Thread& t, Value self) {
  Dict* dict = static_cast<IoObject*>(self.asObject())->dict;
  return dict ? Ref<>(dictCopy(t, dict)) : share(kNone);
}
// The attributes of __setstate__; false: raised.
bool restoreAttributes(Thread& t, Value self, Value state) {
  if (state.isNone()) return true;
  if (!isDict(state)) return raise(t, exc::TypeError, "third item of state should be a dict, got a %.200s", typeName(state));
  Ref<> dict = getAttr(t, self, "__dict__");
  return dict && dictUpdate(t, asDict(dict), state);
}

// --- BytesIO ---

struct BytesStream : IoObject {
  uint8_t* data;
  int64_t size, capacity, position;
  int64_t exports;  // getbuffer() views that are out: no resizing meanwhile
  bool closed;
};
BytesStream* asBytesStream(Value v) { return static_cast<BytesStream*>(v.asObject()); }

bool bytesOpen(Thread& t, BytesStream* stream) { return !stream->closed || raiseClosed(t).operator bool(); }
bool bytesMovable(Thread& t, BytesStream* stream) {
  return stream->exports == 0 || raise(t, exc::BufferError, "Existing exports of data: object cannot be re-sized").operator bool();
}

bool bytesReserve(Thread& t, BytesStream* stream, int64_t size) {
  if (size <= stream->capacity) return true;
  if (!bytesMovable(t, stream)) return false;
  int64_t capacity = size + (size >> 3) + 32;
  void* grown = stream->data ? resizeBuffer(stream->data, size_t(capacity)) : allocateBuffer(size_t(capacity));
  if (!grown) return raiseNoMemory(t);
  stream->data = static_cast<uint8_t*>(grown);
  stream->capacity = capacity;
  return true;
}

bool bytesPut(Thread& t, BytesStream* stream, const void* data, int64_t size) {
  if (size == 0) return true;
  int64_t end = stream->position + size;
  if (!bytesReserve(t, stream, end)) return false;
  if (stream->position > stream->size) memset(stream->data + stream->size, 0, size_t(stream->position - stream->size));
  memmove(stream->data + stream->position, data, size_t(size));
  stream->position = end;
  if (end > stream->size) stream->size = end;
  return true;
}

bool bytesInit(Thread& t, Value self, Args args) {
  static const MethodDef kInit = method("BytesIO", NativeBound(nullptr), "(initial_bytes=b'')");
  Value bound[1];
  Ref<> keep[2];
  if (!bindArguments(t, kInit, args, bound, keep)) return false;
  BytesStream* stream = asBytesStream(self);
  if (!bytesMovable(t, stream)) return false;
  stream->size = stream->position = 0;
  stream->closed = false;
  if (bound[0].empty() || bound[0].isNone()) return true;
  Buffer buffer;
  if (!buffer.get(t, bound[0]) || !bytesPut(t, stream, buffer.data(), int64_t(buffer.size()))) return false;
  stream->position = 0;
  return true;
}

void deallocBytes(Object* self) {
  auto* stream = static_cast<BytesStream*>(self);
  if (stream->data) freeBuffer(stream->data);
  freeStream(self);
}

// The next `size` bytes (all when negative), and past them.
Ref<> bytesTake(Thread& t, BytesStream* stream, int64_t size) {
  int64_t left = stream->size > stream->position ? stream->size - stream->position : 0;
  if (size < 0 || size > left) size = left;
  Ref<> result = newBytes(t, {reinterpret_cast<char*>(stream->data) + (size ? stream->position : 0), size_t(size)});
  if (result) stream->position += size;
  return result;
}
int64_t bytesLine(BytesStream* stream) {
  int64_t left = stream->size > stream->position ? stream->size - stream->position : 0;
  if (left == 0) return 0;
  auto* start = stream->data + stream->position;
  auto* end = static_cast<uint8_t*>(memchr(start, '\n', size_t(left)));
  return end ? end - start + 1 : left;
}

Ref<> bytesRead(Thread& t, Value self, const Value* args) {
  int64_t size;
  if (!bytesOpen(t, asBytesStream(self)) || !sizeArgument(t, args[0], &size)) return kRaised;
  return bytesTake(t, asBytesStream(self), size);
}
Ref<> bytesReadline(Thread& t, Value self, const Value* args) {
  int64_t limit;
  if (!bytesOpen(t, asBytesStream(self)) || !sizeArgument(t, args[0], &limit)) return kRaised;
  int64_t size = bytesLine(asBytesStream(self));
  return bytesTake(t, asBytesStream(self), limit >= 0 && limit < size ? limit : size);
}
Ref<> bytesReadlines(Thread& t, Value self, const Value* args) {
  int64_t hint;
  BytesStream* stream = asBytesStream(self);
  if (!bytesOpen(t, stream) || !sizeArgument(t, args[0], &hint)) return kRaised;
  Ref<List> lines = newList(t);
  if (!lines) return kRaised;
  int64_t total = 0;
  while (int64_t size = bytesLine(stream)) {
    Ref<> line = bytesTake(t, stream, size);
    if (!line || !listAppend(t, lines.get(), std::move(line))) return kRaised;
    total += size;
    if (hint > 0 && total >= hint) break;
  }
  return lines;
}
Ref<> bytesNext(Thread& t, Value self) {
  BytesStream* stream = asBytesStream(self);
  if (!bytesOpen(t, stream)) return kRaised;
  int64_t size = bytesLine(stream);
  return size ? bytesTake(t, stream, size) : Ref<>();
}
Ref<> bytesReadinto(Thread& t, Value self, Value target) {
  BytesStream* stream = asBytesStream(self);
  if (!bytesOpen(t, stream)) return kRaised;
  Buffer buffer;
  if (!buffer.getWritable(t, target)) return kRaised;
  int64_t left = stream->size > stream->position ? stream->size - stream->position : 0;
  int64_t size = int64_t(buffer.size()) < left ? int64_t(buffer.size()) : left;
  if (size) memcpy(buffer.writable(), stream->data + stream->position, size_t(size));
  stream->position += size;
  return newInt(t, size);
}
Ref<> bytesWrite(Thread& t, Value self, Value data) {
  BytesStream* stream = asBytesStream(self);
  if (!bytesOpen(t, stream) || !bytesMovable(t, stream)) return kRaised;
  Buffer buffer;
  if (!buffer.get(t, data) || !bytesPut(t, stream, buffer.data(), int64_t(buffer.size()))) return kRaised;
  return newInt(t, int64_t(buffer.size()));
}
Ref<> bytesSeek(Thread& t, Value self, const Value* args) {
  BytesStream* stream = asBytesStream(self);
  if (!bytesOpen(t, stream)) return kRaised;
  int64_t offset = toIndex(t, args[0]);
  if (t.raised()) return kRaised;
  int64_t whence = toInt64(t, args[1]);
  if (t.raised()) return kRaised;
  if (whence < 0 || whence > 2) return raise(t, exc::ValueError, "invalid whence (%i, should be 0, 1 or 2)", int(whence));
  if (whence == 0 && offset < 0) return raise(t, exc::ValueError, "negative seek value %zd", ssize_t(offset));
  int64_t base = whence == 0 ? 0 : whence == 1 ? stream->position : stream->size;
  if (offset > INT64_MAX - base) return raise(t, exc::OverflowError, "new position too large");
  stream->position = base + offset < 0 ? 0 : base + offset;
  return newInt(t, stream->position);
}
Ref<> bytesTell(Thread& t, Value self) {
  return bytesOpen(t, asBytesStream(self)) ? newInt(t, asBytesStream(self)->position) : kRaised;
}
Ref<> bytesTruncate(Thread& t, Value self, const Value* args) {
  BytesStream* stream = asBytesStream(self);
  if (!bytesOpen(t, stream) || !bytesMovable(t, stream)) return kRaised;
  int64_t size = args[0].isNone() ? stream->position : toIndex(t, args[0]);
  if (t.raised()) return kRaised;
  if (size < 0) return raise(t, exc::ValueError, "negative size value %zd", ssize_t(size));
  if (size < stream->size) stream->size = size;
  return newInt(t, size);
}
Ref<> bytesGetvalue(Thread& t, Value self) {
  BytesStream* stream = asBytesStream(self);
  return bytesOpen(t, stream) ? Ref<>(newBytes(t, {reinterpret_cast<char*>(stream->data), size_t(stream->size)})) : kRaised;
}
Ref<> bytesGetbuffer(Thread& t, Value self) {
  return bytesOpen(t, asBytesStream(self)) ? call(t, Value(&types::MemoryView), self) : kRaised;
}
Ref<> bytesClose(Thread& t, Value self) {
  BytesStream* stream = asBytesStream(self);
  if (!bytesMovable(t, stream)) return kRaised;
  if (stream->data) freeBuffer(stream->data);
  stream->data = nullptr;
  stream->size = stream->capacity = 0;
  stream->closed = true;
  return share(kNone);
}
Ref<> bytesFlush(Thread& t, Value self) { return bytesOpen(t, asBytesStream(self)) ? share(kNone) : kRaised; }
Ref<> bytesYes(Thread& t, Value self) { return bytesOpen(t, asBytesStream(self)) ? share(kTrue) : kRaised; }
Ref<> bytesNo(Thread& t, Value self) { return bytesOpen(t, asBytesStream(self)) ? share(kFalse) : kRaised; }
Ref<> bytesClosed(Thread&, Value self) { return steal(Value::fromBool(asBytesStream(self)->closed)); }

Ref<> bytesGetstate(Thread& t, Value self) {
  Ref<> content = bytesGetvalue(t, self);
  Ref<> attributes = content ? attributesCopy(t, self) : Ref<>();
  if (!attributes) return kRaised;
  return packTuple(t, content.value(), Value::fromInt(asBytesStream(self)->position), attributes.value());
}
Ref<> bytesSetstate(Thread& t, Value self, Value state) {
  if (!isTuple(state) || asTuple(state)->size < 3) {
    return raise(t, exc::TypeError, "%.200s.__setstate__ argument should be 3-tuple, got %.200s", typeName(self), typeName(state));
  }
  Tuple* parts = asTuple(state);
  if (!bytesOpen(t, asBytesStream(self))) return kRaised;
  if (!bytesInit(t, self, Args{parts->items, 1, nullptr})) return kRaised;
  if (!isIntLike(parts->items[1])) {
    return raise(t, exc::TypeError, "second item of state must be an integer, not %.200s", typeName(parts->items[1]));
  }
  int64_t position = toInt64(t, parts->items[1]);
  if (t.raised()) return kRaised;
  if (position < 0) return raise(t, exc::ValueError, "position value cannot be negative");
  asBytesStream(self)->position = position;
  return restoreAttributes(t, self, parts->items[2]) ? share(kNone) : kRaised;
}
Ref<> bytesSizeof(Thread&, Value self) {
  return steal(Value::fromInt(int64_t(instanceSize(self.asObject())) + asBytesStream(self)->capacity));
}

bool exportBytes(Thread& t, Value self, BufferView* view, bool) {
  BytesStream* stream = asBytesStream(self);
  if (!bytesOpen(t, stream) || !bytesReserve(t, stream, 1)) return false;
  view->data = stream->data;
  view->bytes = stream->size;
  view->readonly = false;
  view->exporter = share(self).leak();
  view->done = [](BufferView* v) { --asBytesStream(v->exporter)->exports; };
  ++stream->exports;
  return true;
}

const MethodDef kBytesMethods[] = {
    method("readable", bytesYes, "($self, /)"),   method("writable", bytesYes, "($self, /)"),
    method("seekable", bytesYes, "($self, /)"),   method("isatty", bytesNo, "($self, /)"),
    method("flush", bytesFlush, "($self, /)"),    method("close", bytesClose, "($self, /)"),
    method("getvalue", bytesGetvalue, "($self, /)", "Retrieve the entire contents of the BytesIO object."),
    method("getbuffer", bytesGetbuffer, "($self, /)", "Get a read-write view over the contents of the BytesIO object."),
    method("read", bytesRead, "($self, size=-1, /)"), method("read1", bytesRead, "($self, size=-1, /)"),
    method("readline", bytesReadline, "($self, size=-1, /)"), method("readlines", bytesReadlines, "($self, size=None, /)"),
    method("readinto", bytesReadinto, "($self, buffer, /)"), method("write", bytesWrite, "($self, b, /)"),
    method("seek", bytesSeek, "($self, pos, whence=0, /)"), method("tell", bytesTell, "($self, /)"),
    method("truncate", bytesTruncate, "($self, size=None, /)"),
    method("__getstate__", bytesGetstate, "($self, /)"), method("__setstate__", bytesSetstate, "($self, state, /)"),
    method("__sizeof__", bytesSizeof, "($self, /)"),
    {},
};
const GetSetDef kBytesGetSets[] = {{"closed", bytesClosed, nullptr, "True if the file is closed."}, {}};

// --- StringIO: code points in 4 bytes each, so that any position can be written ---

struct StringStream : IoObject {
  uint32_t* data;
  int64_t size, capacity, position;
  const char* newline;        // as in TextIOWrapper
  const char* write_newline;
  bool universal, translate, ready, closed;
  int seen;
};
StringStream* asStringStream(Value v) { return static_cast<StringStream*>(v.asObject()); }

bool stringOpen(Thread& t, StringStream* stream) {
  if (!stream->ready) return raise(t, exc::ValueError, "I/O operation on uninitialized object");
  return !stream->closed || raiseClosed(t).operator bool();
}

bool stringPut(Thread& t, StringStream* stream, const Str* text) {
  int64_t end = stream->position + text->length;
  if (end > stream->capacity) {
    int64_t capacity = end + (end >> 3) + 32;
    size_t bytes = size_t(capacity) * sizeof(uint32_t);
    void* grown = stream->data ? resizeBuffer(stream->data, bytes) : allocateBuffer(bytes);
    if (!grown) return raiseNoMemory(t);
    stream->data = static_cast<uint32_t*>(grown);
    stream->capacity = capacity;
  }
  for (int64_t i = stream->size; i < stream->position; ++i) stream->data[i] = 0;
  for (int64_t i = 0; i < text->length; ++i) stream->data[stream->position + i] = text->at(i);
  stream->position = end;
  if (end > stream->size) stream->size = end;
  return true;
}

// Text as it enters: newlines decoded, then encoded.
bool stringWriteText(Thread& t, StringStream* stream, Ref<Str> text) {
  bool pending_cr = false;
  if (stream->universal) {
    text = decodeNewlines(t, std::move(text), stream->translate, true, &pending_cr, &stream->seen);
    if (!text) return false;
  }
  if (stream->write_newline) {
    StrBuilder out(t);
    for (int64_t i = 0; i < text->length; ++i) {
      if (text->at(i) == '\n') {
        out.appendAscii(stream->write_newline);
      } else {
        out.append(text->at(i));
      }
    }
    text = out.finish();
    if (!text) return false;
  }
  return stringPut(t, stream, text.get());
}

bool stringInit(Thread& t, Value self, Args args) {
  static const MethodDef kInit = method("StringIO", NativeBound(nullptr), "(initial_value='', newline='\n')");
  Value bound[2];
  Ref<> keep[2];
  if (!bindArguments(t, kInit, args, bound, keep)) return false;
  StringStream* stream = asStringStream(self);
  stream->ready = false;
  if (!bound[1].isNone() && !isStr(bound[1])) {
    return raise(t, exc::TypeError, "newline must be str or None, not %.200s", typeName(bound[1]));
  }
  stream->newline = nullptr;
  if (isStr(bound[1])) {
    for (const char* known : {"", "\n", "\r", "\r\n"}) {
      if (strEqualsAscii(asStr(bound[1]), known)) stream->newline = known;
    }
    if (!stream->newline) {
      Ref<Str> shown = repr(t, bound[1]);
      return shown && raise(t, exc::ValueError, "illegal newline value: %s", reinterpret_cast<const char*>(shown->data));
    }
  }
  if (!bound[0].isNone() && !isStr(bound[0])) {
    return raise(t, exc::TypeError, "initial_value must be str or None, not %.200s", typeName(bound[0]));
  }
  stream->universal = !stream->newline || !*stream->newline;
  stream->translate = !stream->newline;
  stream->write_newline = stream->newline && stream->newline[0] == '\r' ? stream->newline : nullptr;
  stream->size = stream->position = 0;
  stream->seen = 0;
  stream->closed = false;
  stream->ready = true;
  if (isStr(bound[0]) && !stringWriteText(t, stream, share(asStr(bound[0])))) return false;
  stream->position = 0;
  return true;
}

void deallocString(Object* self) {
  auto* stream = static_cast<StringStream*>(self);
  if (stream->data) freeBuffer(stream->data);
  freeStream(self);
}

Ref<> stringTake(Thread& t, StringStream* stream, int64_t count) {
  int64_t left = stream->size > stream->position ? stream->size - stream->position : 0;
  if (count < 0 || count > left) count = left;
  if (count == 0) return share(Value(emptyStr()));
  Ref<> result = newStrUcs4(t, stream->data + stream->position, count);
  if (result) stream->position += count;
  return result;
}
// Characters up to the end of the line.
int64_t stringLine(StringStream* stream) {
  const uint32_t* data = stream->data;
  int64_t start = stream->position, end = stream->size;
  if (start >= end) return 0;
  for (int64_t i = start; i < end; ++i) {
    if (stream->universal && !stream->translate) {
      if (data[i] == '\n') return i + 1 - start;
      if (data[i] == '\r') return (i + 1 < end && data[i + 1] == '\n' ? i + 2 : i + 1) - start;
    } else if (stream->translate || stream->newline[0] == '\n') {
      if (data[i] == '\n') return i + 1 - start;
    } else if (data[i] == '\r') {
      if (!stream->newline[1]) return i + 1 - start;
      if (i + 1 < end && data[i + 1] == '\n') return i + 2 - start;
    }
  }
  return end - start;
}

Ref<> stringRead(Thread& t, Value self, const Value* args) {
  int64_t count;
  if (!stringOpen(t, asStringStream(self)) || !sizeArgument(t, args[0], &count)) return kRaised;
  return stringTake(t, asStringStream(self), count);
}
Ref<> stringReadline(Thread& t, Value self, const Value* args) {
  int64_t limit;
  if (!stringOpen(t, asStringStream(self)) || !sizeArgument(t, args[0], &limit)) return kRaised;
  int64_t count = stringLine(asStringStream(self));
  return stringTake(t, asStringStream(self), limit >= 0 && limit < count ? limit : count);
}
Ref<> stringNext(Thread& t, Value self) {
  StringStream* stream = asStringStream(self);
  if (!stringOpen(t, stream)) return kRaised;
  if (!isExact(self, &string_io)) {
    Ref<> line = callMethod(t, self, "readline");
    if (!line) return kRaised;
    if (!isStr(line)) return raise(t, exc::OSError, "readline() should have returned a str object, not '%.200s'", typeName(line));
    return asStr(line)->length ? std::move(line) : Ref<>();
  }
  int64_t count = stringLine(stream);
  return count ? stringTake(t, stream, count) : Ref<>();
}
Ref<> stringWrite(Thread& t, Value self, Value v) {
  StringStream* stream = asStringStream(self);
  if (!isStr(v)) return raise(t, exc::TypeError, "string argument expected, got '%.200s'", typeName(v));
  if (!stringOpen(t, stream)) return kRaised;
  if (asStr(v)->length && !stringWriteText(t, stream, share(asStr(v)))) return kRaised;
  return newInt(t, asStr(v)->length);
}
Ref<> stringSeek(Thread& t, Value self, const Value* args) {
  StringStream* stream = asStringStream(self);
  if (!stringOpen(t, stream)) return kRaised;
  int64_t offset = toIndex(t, args[0]);
  if (t.raised()) return kRaised;
  int64_t whence = toInt64(t, args[1]);
  if (t.raised()) return kRaised;
  if (whence < 0 || whence > 2) return raise(t, exc::ValueError, "Invalid whence (%i, should be 0, 1 or 2)", int(whence));
  if (whence == 0 && offset < 0) return raise(t, exc::ValueError, "Negative seek position %zd", ssize_t(offset));
  if (whence != 0 && offset != 0) return raise(t, exc::OSError, "Can't do nonzero cur-relative seeks");
  stream->position = whence == 0 ? offset : whence == 1 ? stream->position : stream->size;
  return newInt(t, stream->position);
}
Ref<> stringTell(Thread& t, Value self) {
  return stringOpen(t, asStringStream(self)) ? newInt(t, asStringStream(self)->position) : kRaised;
}
Ref<> stringTruncate(Thread& t, Value self, const Value* args) {
  StringStream* stream = asStringStream(self);
  if (!stringOpen(t, stream)) return kRaised;
  int64_t size = args[0].isNone() ? stream->position : toIndex(t, args[0]);
  if (t.raised()) return kRaised;
  if (size < 0) return raise(t, exc::ValueError, "Negative size value %zd", ssize_t(size));
  if (size < stream->size) stream->size = size;
  return newInt(t, size);
}
Ref<> stringGetvalue(Thread& t, Value self) {
  StringStream* stream = asStringStream(self);
  if (!stringOpen(t, stream)) return kRaised;
  return stream->size ? Ref<>(newStrUcs4(t, stream->data, stream->size)) : share(Value(emptyStr()));
}
Ref<> stringClose(Thread&, Value self) {
  StringStream* stream = asStringStream(self);
  stream->closed = true;
  if (stream->data) freeBuffer(stream->data);
  stream->data = nullptr;
  stream->size = stream->capacity = 0;
  return share(kNone);
}
Ref<> stringYes(Thread& t, Value self) { return stringOpen(t, asStringStream(self)) ? share(kTrue) : kRaised; }
Ref<> stringClosed(Thread& t, Value self) {
  if (!asStringStream(self)->ready) return raise(t, exc::ValueError, "I/O operation on uninitialized object");
  return steal(Value::fromBool(asStringStream(self)->closed));
}
Ref<> stringNewlines(Thread& t, Value self) {
  return stringOpen(t, asStringStream(self)) ? newlinesSeen(t, asStringStream(self)->universal ? asStringStream(self)->seen : 0) : kRaised;
}
Ref<> stringLineBuffering(Thread& t, Value self) { return stringOpen(t, asStringStream(self)) ? share(kFalse) : kRaised; }

Ref<> stringGetstate(Thread& t, Value self) {
  StringStream* stream = asStringStream(self);
  Ref<> content = stringGetvalue(t, self);
  Ref<> attributes = content ? attributesCopy(t, self) : Ref<>();
  if (!attributes) return kRaised;
  Value newline = stream->newline ? Value(internStatic(stream->newline)) : kNone;
  return packTuple(t, content.value(), newline, Value::fromInt(stream->position), attributes.value());
}
Ref<> stringSetstate(Thread& t, Value self, Value state) {
  if (!isTuple(state) || asTuple(state)->size < 4) {
    return raise(t, exc::TypeError, "%.200s.__setstate__ argument should be 4-tuple, got %.200s", typeName(self), typeName(state));
  }
  Tuple* parts = asTuple(state);
  if (asStringStream(self)->closed) return raiseClosed(t);
  // The content is already translated: it goes in as it is.
  Value args[] = {Value(emptyStr()), parts->items[1]};
  if (!stringInit(t, self, Args{args, 2, nullptr})) return kRaised;
  if (!isStr(parts->items[0])) {
    return raise(t, exc::TypeError, "initial_value must be str or None, not %.200s", typeName(parts->items[0]));
  }
  if (!stringPut(t, asStringStream(self), asStr(parts->items[0]))) return kRaised;
  if (!isIntLike(parts->items[2])) {
    return raise(t, exc::TypeError, "third item of state must be an integer, got %.200s", typeName(parts->items[2]));
  }
  int64_t position = toInt64(t, parts->items[2]);
  if (t.raised()) return kRaised;
  if (position < 0) return raise(t, exc::ValueError, "position value cannot be negative");
  asStringStream(self)->position = position;
  return restoreAttributes(t, self, parts->items[3]) ? share(kNone) : kRaised;
}

const MethodDef kStringMethods[] = {
    method("close", stringClose, "($self, /)"),         method("getvalue", stringGetvalue, "($self, /)"),
    method("read", stringRead, "($self, size=-1, /)"),  method("readline", stringReadline, "($self, size=-1, /)"),
    method("tell", stringTell, "($self, /)"),           method("truncate", stringTruncate, "($self, pos=None, /)"),
    method("seek", stringSeek, "($self, pos, whence=0, /)"), method("write", stringWrite, "($self, s, /)"),
    method("seekable", stringYes, "($self, /)"),        method("readable", stringYes, "($self, /)"),
    method("writable", stringYes, "($self, /)"),
    method("__getstate__", stringGetstate, "($self, /)"), method("__setstate__", stringSetstate, "($self, state, /)"),
    {},
};
const GetSetDef kStringGetSets[] = {
    {"closed", stringClosed, nullptr, nullptr},
    {"newlines", stringNewlines, nullptr, nullptr},
    {"line_buffering", stringLineBuffering, nullptr, nullptr},
    {},
};

}  // namespace

bool addBytesType(Thread& t, ModuleObject* module) {
  TypeSpec spec{.type = &bytes_io, .basic_size = sizeof(BytesStream),
                .doc = "Buffered I/O implementation using an in-memory bytes buffer.", .methods = kBytesMethods,
                .getsets = kBytesGetSets, .dealloc = deallocBytes, .traverse = traverseStream, .fill = [](Slots& slots) {
                  slots.new_ = streamNew<BytesStream>;
                  slots.init = bytesInit;
                  slots.next = bytesNext;
                }};
  registerBuffer(&bytes_io, exportBytes);
  return addType(t, module, spec, "_io.BytesIO", &buffered_io_base);
}

bool addStringType(Thread& t, ModuleObject* module) {
  TypeSpec spec{.type = &string_io, .basic_size = sizeof(StringStream),
                .doc = "Text I/O implementation using an in-memory buffer.\n\n"
                       "The initial_value argument sets the value of object.  The newline\n"
                       "argument is like the one of TextIOWrapper's constructor.",
                .methods = kStringMethods, .getsets = kStringGetSets, .dealloc = deallocString, .traverse = traverseStream,
                .fill = [](Slots& slots) {
                  slots.new_ = streamNew<StringStream>;
                  slots.init = stringInit;
                  slots.next = stringNext;
                }};
  return addType(t, module, spec, "_io.StringIO", &text_io_base);
}

}  // namespace krait::io
