// _IOBase and the three abstract stream classes below it; helpers for all streams.
#include <cstring>

#include "runtime/memory/gc.h"
#include "runtime/memory/memory.h"
#include "runtime/modules/fields.h"
#include "runtime/modules/io/io.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/exception.h"
#include "runtime/objects/int.h"
#include "runtime/objects/iterators.h"
#include "runtime/objects/list.h"
#include "runtime/objects/variable.h"
#include "runtime/protocols/buffer.h"
#include "runtime/protocols/iteration.h"

namespace krait::io {

Type io_base, raw_io_base, buffered_io_base, text_io_base;

// --- helpers ---

Raised raiseUnsupported(Thread& t, const char* what) { return raise(t, *unsupportedOperation(), "%s", what); }
Raised raiseClosed(Thread& t) { return raise(t, exc::ValueError, "I/O operation on closed file."); }

Object* allocateStream(Thread& t, Type* type, size_t size) {
  auto* o = allocateInstance<Object>(type);
  if (!o) return raiseNoMemory(t);
  memset(reinterpret_cast<char*>(o) + sizeof(Object), 0, size - sizeof(Object));
  return o;
}

void freeStream(Object* self) {
  releaseIfAny(static_cast<IoObject*>(self)->dict);
  freeInstance(self);
}
void traverseStream(Object* self, Visitor& visitor) { visitor.visit(static_cast<IoObject*>(self)->dict); }

bool addType(Thread& t, ModuleObject* module, const TypeSpec& spec, const char* dotted_name, Type* base) {
  TypeSpec complete = spec;
  complete.dict_offset = base == &types::Object ? 0 : offsetof(IoObject, dict);
  Ref<Type> type = makeNativeType(t, complete, dotted_name, base, kTypeCollectable | kTypeWeakrefable);
  if (!type) return false;
  return moduleAdd(t, module, strrchr(dotted_name, '.') + 1, std::move(type));
}

int isClosed(Thread& t, Value stream) {
  // Our own layers over a plain file, nearly always.
  Value raw = isPlainBuffered(stream) ? bufferedRaw(stream) : stream;
  if (isPlainFile(raw)) return fileClosed(raw);
  Ref<> closed = getAttr(t, stream, "closed");
  return closed ? truth(t, closed) : -1;
}
int askStream(Thread& t, Value stream, const char* method) {
  Ref<> answer = callMethod(t, stream, method);
  return answer ? truth(t, answer) : -1;
}
bool requireAbility(Thread& t, Value stream, const char* method, const char* message) {
  Ref<> able = callMethod(t, stream, method);
  if (able && able.value() != kTrue) return raiseUnsupported(t, message);
  return bool(able);
}
Ref<> closingOutcome(Thread& t, Ref<> first, Ref<> second) {
  if (!first) return second;
  if (second) {
    restoreException(t, std::move(first));
    return kRaised;
  }
  Ref<> error = takeException(t);
  assign(asException(error)->context, std::move(first));
  restoreException(t, std::move(error));
  return kRaised;
}
bool tellStream(Thread& t, Value stream, const char* method) {
  Ref<> result = callMethod(t, stream, method);
  return bool(result);
}

static int64_t positionFrom(Thread& t, Ref<> result) {
  if (!result) return -1;
  int64_t position = toInt64(t, result);
  if (position < 0 && !t.raised()) {
    return raise(t, exc::OSError, "Raw stream returned invalid position %lld", static_cast<long long>(position));
  }
  return t.raised() ? -1 : position;
}
int64_t seekStream(Thread& t, Value stream, int64_t offset, int whence) {
  Ref<> target = newInt(t, offset);
  if (!target) return -1;
  Value args[] = {target, Value::fromInt(whence)};
  return positionFrom(t, callMethod(t, stream, "seek", Args{args, 2, nullptr}));
}
int64_t positionOf(Thread& t, Value stream) { return positionFrom(t, callMethod(t, stream, "tell")); }

bool sizeArgument(Thread& t, Value v, int64_t* out) {
  if (v.empty() || v.isNone()) {
    *out = -1;
    return true;
  }
  if (!isIntLike(v) && !typeOf(v)->slots.index) {
    return raise(t, exc::TypeError, "argument should be integer or None, not '%.200s'", typeName(v));
  }
  *out = toIndex(t, v, true);
  return !t.raised();
}

namespace {

// --- _IOBase ---

IoObject* asStream(Value v) { return static_cast<IoObject*>(v.asObject()); }

bool checkClosed(Thread& t, Value self) {
  int closed = isClosed(t, self);
  if (closed > 0) return raiseClosed(t);
  return closed == 0;
}

Ref<> baseSeek(Thread& t, Value, Args) { return raiseUnsupported(t, "seek"); }
Ref<> baseTruncate(Thread& t, Value, Args) { return raiseUnsupported(t, "truncate"); }
Ref<> baseFileno(Thread& t, Value) { return raiseUnsupported(t, "fileno"); }

Ref<> baseTell(Thread& t, Value self) {
  Value args[] = {Value::fromInt(0), Value::fromInt(1)};
  return callMethod(t, self, "seek", Args{args, 2, nullptr});
}

Ref<> baseFlush(Thread& t, Value self) {
  if (asStream(self)->base_closed) return raiseClosed(t);
  return share(kNone);
}

Ref<> baseClose(Thread& t, Value self) {
  if (asStream(self)->base_closed) return share(kNone);
  Ref<> flushed = callMethod(t, self, "flush");
  asStream(self)->base_closed = true;
  return flushed ? share(kNone) : kRaised;
}

Ref<> baseClosed(Thread&, Value self) { return steal(Value::fromBool(asStream(self)->base_closed)); }

Ref<> answerNo(Thread&, Value) { return share(kFalse); }
Ref<> baseIsatty(Thread& t, Value self) { return checkClosed(t, self) ? share(kFalse) : kRaised; }

Ref<> checkClosedMethod(Thread& t, Value self) { return checkClosed(t, self) ? share(kNone) : kRaised; }
Ref<> checkReadable(Thread& t, Value self) {
  return requireAbility(t, self, "readable", "File or stream is not readable.") ? share(kTrue) : Ref<>();
}
Ref<> checkWritable(Thread& t, Value self) {
  return requireAbility(t, self, "writable", "File or stream is not writable.") ? share(kTrue) : Ref<>();
}
Ref<> checkSeekable(Thread& t, Value self) {
  return requireAbility(t, self, "seekable", "File or stream is not seekable.") ? share(kTrue) : Ref<>();
}

Ref<> baseEnter(Thread& t, Value self) { return checkClosed(t, self) ? share(self) : kRaised; }
Ref<> baseExit(Thread& t, Value self, Args) { return callMethod(t, self, "close"); }

Ref<> baseIter(Thread& t, Value self) { return checkClosed(t, self) ? share(self) : kRaised; }
Ref<> baseNext(Thread& t, Value self) {
  Ref<> line = callMethod(t, self, "readline");
  if (!line) return kRaised;
  int64_t length = lengthOf(t, line);
  return length > 0 ? std::move(line) : Ref<>();
}

// How many bytes to read at once without running past the end of the line: as far as peek() shows.
bool bytesWanted(Thread& t, Value self, bool has_peek, int64_t limit, int64_t got, int64_t* out) {
  *out = 1;
  if (!has_peek) return true;
  Ref<> ahead = callMethod(t, self, "peek", Value::fromInt(1));
  if (!ahead) return false;
  if (!isBytes(ahead)) return raise(t, exc::OSError, "peek() should have returned a bytes object, not '%.200s'", typeName(ahead));
  std::string_view bytes = asBytes(ahead)->view();
  if (bytes.empty()) return true;
  size_t end = bytes.find('\n');
  *out = end == bytes.npos ? int64_t(bytes.size()) : int64_t(end + 1);
  if (limit >= 0 && *out > limit - got) *out = limit - got;
  return true;
}

Ref<> baseReadline(Thread& t, Value self, const Value* args) {
  int64_t limit;
  if (!sizeArgument(t, args[0], &limit)) return kRaised;
  Ref<> peek = getAttrOrEmpty(t, self, internStatic("peek"));
  if (t.raised()) return kRaised;
  Ref<ByteArray> line = newByteArray(t, {});
  if (!line) return kRaised;
  while (limit < 0 || line->size < limit) {
    int64_t wanted;
    if (!bytesWanted(t, self, bool(peek), limit, line->size, &wanted)) return kRaised;
    Ref<> part = callMethod(t, self, "read", Value::fromInt(wanted));
    if (!part) return kRaised;
    if (!isBytes(part)) return raise(t, exc::OSError, "read() should have returned a bytes object, not '%.200s'", typeName(part));
    std::string_view bytes = asBytes(part)->view();
    if (bytes.empty()) break;
    int64_t old_size = line->size;
    if (!byteArrayResize(t, line.get(), old_size + int64_t(bytes.size()))) return kRaised;
    memcpy(line->data + old_size, bytes.data(), bytes.size());
    if (bytes.back() == '\n') break;
  }
  return newBytes(t, line->view());
}

Ref<> baseReadlines(Thread& t, Value self, const Value* args) {
  int64_t hint;
  if (!sizeArgument(t, args[0], &hint)) return kRaised;
  if (hint <= 0) return sequenceToList(t, self);
  Ref<List> lines = newList(t);
  Ref<> iterator = lines ? iterate(t, self) : Ref<>();
  if (!iterator) return kRaised;
  int64_t total = 0;
  while (Ref<> line = next(t, iterator)) {
    int64_t length = lengthOf(t, line);
    if (length < 0 || !listAppend(t, lines.get(), std::move(line))) return kRaised;
    total += length;
    if (total >= hint) break;
  }
  return t.raised() ? Ref<>() : Ref<>(std::move(lines));
}

Ref<> baseWritelines(Thread& t, Value self, Value lines) {
  if (!checkClosed(t, self)) return kRaised;
  Iteration items(t, lines);
  while (Ref<> line = items.next()) {
    Ref<> written = callMethod(t, self, "write", line);
    if (!written) return kRaised;
  }
  return t.raised() ? Ref<>() : share(kNone);
}

const MethodDef kBaseMethods[] = {
    method("seek", baseSeek, nullptr, "Change the stream position to the given byte offset."),
    method("tell", baseTell, "($self, /)", "Return current stream position."),
    method("truncate", baseTruncate, nullptr, "Truncate file to size bytes."),
    method("flush", baseFlush, "($self, /)", "Flush write buffers, if applicable."),
    method("close", baseClose, "($self, /)", "Flush and close the IO object."),
    method("seekable", answerNo, "($self, /)", "Return whether object supports random access."),
    method("readable", answerNo, "($self, /)", "Return whether object was opened for reading."),
    method("writable", answerNo, "($self, /)", "Return whether object was opened for writing."),
    method("_checkClosed", checkClosedMethod, "($self, /)"),
    method("_checkSeekable", checkSeekable, "($self, /)"),
    method("_checkReadable", checkReadable, "($self, /)"),
    method("_checkWritable", checkWritable, "($self, /)"),
    method("fileno", baseFileno, "($self, /)", "Returns underlying file descriptor if one exists."),
    method("isatty", baseIsatty, "($self, /)", "Return whether this is an 'interactive' stream."),
    method("__enter__", baseEnter, "($self, /)"),
    method("__exit__", baseExit, nullptr),
    method("readline", baseReadline, "($self, size=-1, /)", "Read and return a line from the stream."),
    method("readlines", baseReadlines, "($self, hint=-1, /)", "Return a list of lines from the stream."),
    method("writelines", baseWritelines, "($self, lines, /)", "Write a list of lines to stream."),
    {},
};
const GetSetDef kBaseGetSets[] = {
    {"closed", baseClosed, nullptr, nullptr},
    {"__dict__", getDictField, setDictField, nullptr},
    {},
};

// --- _RawIOBase ---

Ref<> rawNotImplemented(Thread& t, Value, Value) { return raiseWith(t, exc::NotImplementedError, Value()); }

Ref<> rawReadall(Thread& t, Value self) {
  Ref<ByteArray> all = newByteArray(t, {});
  if (!all) return kRaised;
  for (;;) {
    Ref<> part = callMethod(t, self, "read", Value::fromInt(kDefaultBufferSize));
    if (!part) return kRaised;
    if (part.value().isNone()) {
      if (all->size == 0) return part;
      break;
    }
    if (!isBytes(part)) return raise(t, exc::TypeError, "read() should return bytes");
    std::string_view bytes = asBytes(part)->view();
    if (bytes.empty()) break;
    int64_t old_size = all->size;
    if (!byteArrayResize(t, all.get(), old_size + int64_t(bytes.size()))) return kRaised;
    memcpy(all->data + old_size, bytes.data(), bytes.size());
  }
  return newBytes(t, all->view());
}

Ref<> rawRead(Thread& t, Value self, const Value* args) {
  int64_t size;
  if (!sizeArgument(t, args[0], &size)) return kRaised;
  if (size < 0) return callMethod(t, self, "readall");
  Ref<ByteArray> room = newByteArray(t, {});
  if (!room || !byteArrayResize(t, room.get(), size)) return kRaised;
  Ref<> got = callMethod(t, self, "readinto", room);
  if (!got || got.value().isNone()) return got;
  int64_t count = toInt64(t, got);
  if (t.raised()) return kRaised;
  if (count < 0 || count > room->size) {
    return raise(t, exc::ValueError, "readinto returned %zd outside buffer size %zd", ssize_t(count), ssize_t(room->size));
  }
  return newBytes(t, room->view().substr(0, size_t(count)));
}

const MethodDef kRawMethods[] = {
    method("read", rawRead, "($self, size=-1, /)"),
    method("readall", rawReadall, "($self, /)", "Read until EOF, using multiple read() call."),
    method("readinto", rawNotImplemented, "($self, buffer, /)"),
    method("write", rawNotImplemented, "($self, b, /)"),
    {},
};

// --- _BufferedIOBase ---

Ref<> bufferedRead(Thread& t, Value, Args) { return raiseUnsupported(t, "read"); }
Ref<> bufferedRead1(Thread& t, Value, Args) { return raiseUnsupported(t, "read1"); }
Ref<> baseWrite(Thread& t, Value, Args) { return raiseUnsupported(t, "write"); }
Ref<> baseDetach(Thread& t, Value) { return raiseUnsupported(t, "detach"); }

Ref<> readIntoBy(Thread& t, Value self, Value target, const char* method) {
  Buffer buffer;
  if (!buffer.getWritable(t, target)) return kRaised;
  Ref<> size = newInt(t, int64_t(buffer.size()));
  Ref<> data = size ? callMethod(t, self, method, size) : Ref<>();
  if (!data) return kRaised;
  if (!isBytes(data)) return raise(t, exc::TypeError, "%s() should return bytes", method);
  std::string_view bytes = asBytes(data)->view();
  if (bytes.size() > buffer.size()) {
    return raise(t, exc::ValueError, "%s() returned too much data: %zd bytes requested, %zd returned", method,
                 ssize_t(buffer.size()), ssize_t(bytes.size()));
  }
  memcpy(buffer.writable(), bytes.data(), bytes.size());
  return newInt(t, int64_t(bytes.size()));
}
Ref<> baseReadinto(Thread& t, Value self, Value target) { return readIntoBy(t, self, target, "read"); }
Ref<> baseReadinto1(Thread& t, Value self, Value target) { return readIntoBy(t, self, target, "read1"); }

const MethodDef kBufferedMethods[] = {
    method("detach", baseDetach, "($self, /)", "Disconnect this buffer from its underlying raw stream and return it."),
    method("read", bufferedRead, nullptr, "Read and return up to n bytes."),
    method("read1", bufferedRead1, nullptr, "Read and return up to n bytes, with at most one read() call to the underlying raw stream."),
    method("readinto", baseReadinto, "($self, buffer, /)"),
    method("readinto1", baseReadinto1, "($self, buffer, /)"),
    method("write", baseWrite, nullptr, "Write the given buffer to the IO stream."),
    {},
};

// --- _TextIOBase ---

Ref<> textReadline(Thread& t, Value, Args) { return raiseUnsupported(t, "readline"); }
Ref<> noValue(Thread&, Value) { return share(kNone); }

const MethodDef kTextMethods[] = {
    method("detach", baseDetach, "($self, /)",
           "Separate the underlying buffer from the TextIOBase and return it."),
    method("read", bufferedRead, nullptr, "Read at most n characters from stream."),
    method("readline", textReadline, nullptr, "Read until newline or EOF."),
    method("write", baseWrite, nullptr, "Write string to stream."),
    {},
};
const GetSetDef kTextGetSets[] = {
    {"encoding", noValue, nullptr, "Encoding of the text stream."},
    {"newlines", noValue, nullptr, "Line endings translated so far."},
    {"errors", noValue, nullptr, "The error setting of the decoder or encoder."},
    {},
};

}  // namespace

// Closes a stream that dies open; what goes wrong then is nobody's business (as in CPython's release build).
void finalizeStream(Thread& t, Object* self) {
  Value stream(self);
  int closed = isClosed(t, stream);
  if (closed < 0) {
    clearException(t);
    closed = 0;
  }
  if (closed) return;
  Str* finalizing = internStatic("_finalizing");
  if (!setAttr(t, stream, finalizing, kTrue)) clearException(t);
  if (!tellStream(t, stream, "close")) clearException(t);
}

bool addBaseTypes(Thread& t, ModuleObject* module) {
  TypeSpec base{.type = &io_base, .basic_size = sizeof(IoObject), .doc = "The abstract base class for all I/O classes.",
                .methods = kBaseMethods, .getsets = kBaseGetSets, .dealloc = freeStream, .traverse = traverseStream,
                .fill = [](Slots& slots) {
                  slots.new_ = streamNew<IoObject>;
                  slots.iter = baseIter;
                  slots.next = baseNext;
                  slots.finalize = finalizeStream;
                }};
  base.dict_offset = offsetof(IoObject, dict);
  Ref<Type> made = makeNativeType(t, base, "_io._IOBase", &types::Object, kTypeCollectable | kTypeWeakrefable);
  if (!made || !moduleAdd(t, module, "_IOBase", std::move(made))) return false;
  TypeSpec raw{.type = &raw_io_base, .basic_size = sizeof(IoObject), .doc = "Base class for raw binary I/O.", .methods = kRawMethods};
  TypeSpec buffered{.type = &buffered_io_base, .basic_size = sizeof(IoObject), .doc = "Base class for buffered IO objects.",
                    .methods = kBufferedMethods};
  TypeSpec text{.type = &text_io_base, .basic_size = sizeof(IoObject), .doc = "Base class for text I/O.", .methods = kTextMethods,
                .getsets = kTextGetSets};
  return addType(t, module, raw, "_io._RawIOBase", &io_base) && addType(t, module, buffered, "_io._BufferedIOBase", &io_base) &&
         addType(t, module, text, "_io._TextIOBase", &io_base);
}

}  // namespace krait::io
