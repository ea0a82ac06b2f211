// BufferedReader, BufferedWriter, BufferedRandom and BufferedRWPair.
//
// One struct serves the first three. Its buffer holds either bytes that were read ahead or bytes that wait to be written, never
// both: a Random stream that turns around first gives the one or the other back to the raw stream.
// Raw reads and writes let other threads run, so each operation holds the stream.
#include <cerrno>
#include <cstring>
#include <ctime>

#include "runtime/memory/gc.h"
#include "runtime/memory/memory.h"
#include "runtime/modules/io/io.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/exception.h"
#include "runtime/objects/int.h"
#include "runtime/objects/iterators.h"
#include "runtime/objects/str_builder.h"
#include "runtime/objects/tuple.h"
#include "runtime/objects/variable.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/buffer.h"

namespace krait::io {

Type buffered_reader, buffered_writer, buffered_random, buffered_pair;

namespace {

struct Buffered : IoObject {
  Value raw;  // empty: detached
  uint8_t* buffer;
  int64_t capacity;
  int64_t read_position, read_end;  // bytes read ahead: buffer[read_position, read_end)
  int64_t write_end;                // bytes to be written: buffer[0, write_end)
  Thread* holder;
  bool ready, detached, readable, writable, finalizing;

  int64_t ahead() const { return read_end - read_position; }
};
Buffered* asBuffered(Value v) { return static_cast<Buffered*>(v.asObject()); }

constexpr int64_t kWouldBlock = -2;

// --- state checks ---

bool checkReady(Thread& t, Buffered* b) {
  if (b->ready) return true;
  return raise(t, exc::ValueError, b->detached ? "raw stream has been detached" : "I/O operation on uninitialized object");
}

// `what` names the operation: "read of closed file".
bool checkOpen(Thread& t, Buffered* b, const char* what) {
  if (!checkReady(t, b)) return false;
  int closed = isClosed(t, b->raw);
  if (closed > 0 && b->ahead() == 0) return raise(t, exc::ValueError, "%s", what);
  return closed >= 0;
}

// Holds the stream for one operation of this thread.
class Hold {
 public:
  Hold(Thread& t, Buffered* b) : stream_(b) {
    if (b->holder == &t) {
      Ref<Str> text = repr(t, Value(b));
      if (text) (void)raise(t, exc::RuntimeError, "reentrant call inside %s", reinterpret_cast<const char*>(text->data));
      stream_ = nullptr;
      return;
    }
    retain(b);
    while (b->holder) {
      WithoutGil waiting(t);
      timespec pause{0, 50'000};
      nanosleep(&pause, nullptr);
    }
    b->holder = &t;
  }
  ~Hold() {
    if (!stream_) return;
    stream_->holder = nullptr;
    release(stream_);
  }
  Hold(const Hold&) = delete;
  explicit operator bool() const { return stream_ != nullptr; }

 private:
  Buffered* stream_;
};

// --- the raw stream ---

// Bytes read, 0 at the end, -1 raised, kWouldBlock.
int64_t rawRead(Thread& t, Buffered* b, uint8_t* to, int64_t size) {
  if (isPlainFile(b->raw)) return fileRead(t, b->raw, to, size_t(size));
  Ref<ByteArray> room = newByteArray(t, {});
  if (!room || !byteArrayResize(t, room.get(), size)) return -1;
  Ref<> got = callMethod(t, b->raw, "readinto", room);
  if (!got) return -1;
  if (got.value().isNone()) return kWouldBlock;
  int64_t count = toInt64(t, got);
  if (count == -1 && t.raised()) {
    if (!raisedIs(t, exc::TypeError)) return -1;
    Ref<> cause = takeException(t);
    raise(t, exc::OSError, "raw readinto() failed").operator bool();
    Ref<> error = takeException(t);
    assign(asException(error)->context, share(cause));
    assign(asException(error)->cause, std::move(cause));
    restoreException(t, std::move(error));
    return -1;
  }
  if (count < 0 || count > size || count > room->size) {
    return raise(t, exc::OSError, "raw readinto() returned invalid length %zd (should have been between 0 and %zd)",
                 ssize_t(count), ssize_t(size));
  }
  memcpy(to, room->data, size_t(count));
  return count;
}

int64_t rawWrite(Thread& t, Buffered* b, const uint8_t* from, int64_t size) {
  if (isPlainFile(b->raw)) return fileWrite(t, b->raw, from, size_t(size));
  Ref<Bytes> data = newBytes(t, {reinterpret_cast<const char*>(from), size_t(size)});
  if (!data) return -1;
  Ref<> put = callMethod(t, b->raw, "write", data);
  if (!put) return -1;
  if (put.value().isNone()) return kWouldBlock;
  int64_t count = toInt64(t, put);
  if (t.raised()) return -1;
  if (count < 0 || count > size) {
    return raise(t, exc::OSError, "raw write() returned invalid length %zd (should have been between 0 and %zd)", ssize_t(count),
                 ssize_t(size));
  }
  return count;
}

Raised raiseWouldBlock(Thread& t, int64_t written) {
  Ref<Str> text = newStrUtf8(t, "write could not complete without blocking");
  if (!text) return kRaised;
  Ref<> error = call(t, Value(&exc::BlockingIOError), Value::fromInt(EAGAIN), text, Value::fromInt(written));
  return error ? raiseInstance(t, std::move(error)) : kRaised;
}

enum class Flushed { kYes, kRaised, kBlocked };

// Writes what waits; what could not be written still waits.
Flushed tryFlush(Thread& t, Buffered* b) {
  int64_t done = 0;
  Flushed result = Flushed::kYes;
  while (result == Flushed::kYes && done < b->write_end) {
    int64_t put = rawWrite(t, b, b->buffer + done, b->write_end - done);
    if (put >= 0) {
      done += put;
      if (!servePoll(t)) result = Flushed::kRaised;
    } else {
      result = put == kWouldBlock ? Flushed::kBlocked : Flushed::kRaised;
    }
  }
  if (done) memmove(b->buffer, b->buffer + done, size_t(b->write_end - done));
  b->write_end -= done;
  return result;
}
bool flushWrites(Thread& t, Buffered* b) {
  Flushed result = tryFlush(t, b);
  return result == Flushed::kBlocked ? raiseWouldBlock(t, 0).operator bool() : result == Flushed::kYes;
}

// Gives bytes that were read ahead back, by seeking.
bool dropReadAhead(Thread& t, Buffered* b) {
  int64_t ahead = b->ahead();
  b->read_position = b->read_end = 0;
  return ahead == 0 || seekStream(t, b->raw, -ahead, 1) >= 0;
}

bool settle(Thread& t, Buffered* b) { return flushWrites(t, b) && dropReadAhead(t, b); }

// Reads ahead once into the empty buffer.
int64_t fill(Thread& t, Buffered* b) {
  b->read_position = b->read_end = 0;
  int64_t got = rawRead(t, b, b->buffer, b->capacity);
  if (got > 0) b->read_end = got;
  return got;
}

int64_t takeAhead(Buffered* b, void* to, int64_t size) {
  int64_t count = size < b->ahead() ? size : b->ahead();
  memcpy(to, b->buffer + b->read_position, size_t(count));
  b->read_position += count;
  return count;
}

// --- construction ---

bool initBuffered(Thread& t, Value self, Args args, const MethodDef& init, bool reads, bool writes) {
  Value bound[2];
  Ref<> keep[2];
  if (!bindArguments(t, init, args, bound, keep)) return false;
  Buffered* b = asBuffered(self);
  b->ready = b->detached = false;
  Value raw = bound[0];
  if (writes && reads && !requireAbility(t, raw, "seekable", "File or stream is not seekable.")) return false;
  if (reads && !requireAbility(t, raw, "readable", "File or stream is not readable.")) return false;
  if (writes && !requireAbility(t, raw, "writable", "File or stream is not writable.")) return false;
  int64_t size = toIndex(t, bound[1]);
  if (t.raised()) return false;
  if (size <= 0) return raise(t, exc::ValueError, "buffer size must be strictly positive");
  auto* buffer = static_cast<uint8_t*>(allocateBuffer(size_t(size)));
  if (!buffer) return raiseNoMemory(t);
  if (b->buffer) freeBuffer(b->buffer);
  b->buffer = buffer;
  b->capacity = size;
  b->read_position = b->read_end = b->write_end = 0;
  b->readable = reads;
  b->writable = writes;
  assign(b->raw, share(raw));
  b->ready = true;
  return true;
}

const MethodDef kInitReader = method("BufferedReader", NativeBound(nullptr), "(raw, buffer_size=8192)");
const MethodDef kInitWriter = method("BufferedWriter", NativeBound(nullptr), "(raw, buffer_size=8192)");
const MethodDef kInitRandom = method("BufferedRandom", NativeBound(nullptr), "(raw, buffer_size=8192)");
bool initReader(Thread& t, Value self, Args args) { return initBuffered(t, self, args, kInitReader, true, false); }
bool initWriter(Thread& t, Value self, Args args) { return initBuffered(t, self, args, kInitWriter, false, true); }
bool initRandom(Thread& t, Value self, Args args) { return initBuffered(t, self, args, kInitRandom, true, true); }

void deallocBuffered(Object* self) {
  auto* b = static_cast<Buffered*>(self);
  release(b->raw);
  if (b->buffer) freeBuffer(b->buffer);
  freeStream(self);
}
void traverseBuffered(Object* self, Visitor& visitor) {
  visitor.visit(static_cast<Buffered*>(self)->raw);
  traverseStream(self, visitor);
}

// --- reading ---

// Everything up to the end.
Ref<> readAll(Thread& t, Buffered* b) {
  Ref<Bytes> ahead = newBytes(t, {reinterpret_cast<char*>(b->buffer) + b->read_position, size_t(b->ahead())});
  if (!ahead) return kRaised;
  b->read_position = b->read_end = 0;
  if (!flushWrites(t, b)) return kRaised;
  Ref<> readall = getAttrOrEmpty(t, b->raw, internStatic("readall"));
  if (t.raised()) return kRaised;
  if (readall) {
    Ref<> rest = call(t, readall);
    if (!rest) return kRaised;
    if (!rest.value().isNone() && !isBytes(rest)) return raise(t, exc::TypeError, "readall() should return bytes");
    if (ahead->size == 0) return rest;
    return rest.value().isNone() ? Ref<>(std::move(ahead)) : concatSequence(t, ahead, rest);
  }
  Ref<ByteArray> all = newByteArray(t, ahead->view());
  if (!all) return kRaised;
  for (;;) {
    Ref<> part = callMethod(t, b->raw, "read");
    if (!part) return kRaised;
    if (!part.value().isNone() && !isBytes(part)) return raise(t, exc::TypeError, "read() should return bytes");
    if (part.value().isNone() || asBytes(part)->size == 0) {
      if (all->size == 0) return part;
      return newBytes(t, all->view());
    }
    int64_t old_size = all->size;
    if (!byteArrayResize(t, all.get(), old_size + asBytes(part)->size)) return kRaised;
    memcpy(all->data + old_size, asBytes(part)->data, size_t(asBytes(part)->size));
  }
}

// Up to `size` bytes into memory; with `once` at most one raw read. Bytes done, kWouldBlock when nothing came, -1 raised.
int64_t readInto(Thread& t, Buffered* b, uint8_t* to, int64_t size, bool once) {
  int64_t done = takeAhead(b, to, size);
  if (done == size || (once && done)) return done;
  if (!flushWrites(t, b)) return -1;
  while (done < size) {
    int64_t got;
    if (size - done >= b->capacity) {
      // Whole buffers go straight to their place.
      int64_t wanted = once ? size - done : (size - done) / b->capacity * b->capacity;
      got = rawRead(t, b, to + done, wanted);
      if (got > 0) done += got;
    } else {
      got = fill(t, b);
      if (got > 0) done += takeAhead(b, to + done, size - done);
    }
    if (got == -1) return -1;
    if (got == kWouldBlock && done == 0) return kWouldBlock;
    if (got <= 0 || once) break;
  }
  return done;
}

Ref<> readBytes(Thread& t, Buffered* b, int64_t size, bool once) {
  uint8_t small[512];
  uint8_t* data = size <= int64_t(sizeof(small)) ? small : static_cast<uint8_t*>(allocateBuffer(size_t(size)));
  if (!data) return raiseNoMemory(t);
  int64_t got = readInto(t, b, data, size, once);
  Ref<> result = got == kWouldBlock ? share(kNone)
                 : got < 0         ? Ref<>()
                                   : Ref<>(newBytes(t, {reinterpret_cast<char*>(data), size_t(got)}));
  if (data != small) freeBuffer(data);
  return result;
}

Ref<> methodRead(Thread& t, Value self, const Value* args) {
  Buffered* b = asBuffered(self);
  int64_t size;
  if (!sizeArgument(t, args[0], &size)) return kRaised;
  if (size < -1) return raise(t, exc::ValueError, "read length must be non-negative or -1");
  if (!checkOpen(t, b, "read of closed file")) return kRaised;
  Hold hold(t, b);
  if (!hold) return kRaised;
  return size == -1 ? readAll(t, b) : readBytes(t, b, size, false);
}

Ref<> methodRead1(Thread& t, Value self, const Value* args) {
  Buffered* b = asBuffered(self);
  int64_t size;
  if (!sizeArgument(t, args[0], &size)) return kRaised;
  if (!checkOpen(t, b, "read of closed file")) return kRaised;
  if (size < 0) size = b->capacity;
  if (size == 0) return newBytes(t, {});
  Hold hold(t, b);
  if (!hold) return kRaised;
  if (b->ahead() && size > b->ahead()) size = b->ahead();
  return readBytes(t, b, size, true);
}

Ref<> readIntoBuffer(Thread& t, Value self, Value target, bool once) {
  Buffered* b = asBuffered(self);
  if (!checkOpen(t, b, "readinto of closed file")) return kRaised;
  Buffer buffer;
  if (!buffer.getWritable(t, target)) return kRaised;
  Hold hold(t, b);
  if (!hold) return kRaised;
  int64_t got = readInto(t, b, buffer.writable(), int64_t(buffer.size()), once);
  return got == kWouldBlock ? share(kNone) : got < 0 ? Ref<>() : newInt(t, got);
}
Ref<> methodReadinto(Thread& t, Value self, Value target) { return readIntoBuffer(t, self, target, false); }
Ref<> methodReadinto1(Thread& t, Value self, Value target) { return readIntoBuffer(t, self, target, true); }

Ref<> methodPeek(Thread& t, Value self, const Value*) {
  Buffered* b = asBuffered(self);
  if (!checkOpen(t, b, "peek of closed file")) return kRaised;
  Hold hold(t, b);
  if (!hold || !flushWrites(t, b)) return kRaised;
  if (b->ahead() == 0 && fill(t, b) == -1) return kRaised;
  return newBytes(t, {reinterpret_cast<char*>(b->buffer) + b->read_position, size_t(b->ahead())});
}

Ref<> readLine(Thread& t, Buffered* b, int64_t limit) {
  if (!flushWrites(t, b)) return kRaised;
  Ref<ByteArray> line;  // the part of the line before the buffer's content
  for (;;) {
    int64_t room = limit < 0 ? b->ahead() : limit - (line ? line->size : 0);
    int64_t visible = b->ahead() < room ? b->ahead() : room;
    uint8_t* start = b->buffer + b->read_position;
    auto* newline = static_cast<uint8_t*>(memchr(start, '\n', size_t(visible)));
    int64_t take = newline ? newline - start + 1 : visible;
    bool complete = newline || (limit >= 0 && take == room);
    if (complete && !line) {
      b->read_position += take;
      return newBytes(t, {reinterpret_cast<char*>(start), size_t(take)});
    }
    if (!line && !(line = newByteArray(t, {}))) return kRaised;
    int64_t old_size = line->size;
    if (!byteArrayResize(t, line.get(), old_size + take)) return kRaised;
    memcpy(line->data + old_size, start, size_t(take));
    b->read_position += take;
    if (complete) break;
    int64_t got = fill(t, b);
    if (got == -1) return kRaised;
    if (got <= 0) break;
  }
  return newBytes(t, line->view());
}

Ref<> methodReadline(Thread& t, Value self, const Value* args) {
  Buffered* b = asBuffered(self);
  int64_t limit;
  if (!sizeArgument(t, args[0], &limit)) return kRaised;
  if (!checkOpen(t, b, "readline of closed file")) return kRaised;
  Hold hold(t, b);
  return hold ? readLine(t, b, limit) : kRaised;
}

Ref<> nextLine(Thread& t, Value self) {
  Buffered* b = asBuffered(self);
  if (!isExact(self, &buffered_reader) && !isExact(self, &buffered_random)) {
    Ref<> line = callMethod(t, self, "readline");
    if (!line) return kRaised;
    if (!isBytes(line)) return raise(t, exc::OSError, "readline() should have returned a bytes object, not '%.200s'", typeName(line));
    return asBytes(line)->size ? std::move(line) : Ref<>();
  }
  if (!checkReady(t, b)) return kRaised;
  if (b->ahead() == 0 && !checkOpen(t, b, "readline of closed file")) return kRaised;
  Hold hold(t, b);
  Ref<> line = hold ? readLine(t, b, -1) : Ref<>();
  return line && asBytes(line)->size ? std::move(line) : Ref<>();
}

// --- writing ---

// Buffers as much as fits.
int64_t bufferSome(Buffered* b, const uint8_t* data, int64_t size) {
  int64_t count = size < b->capacity - b->write_end ? size : b->capacity - b->write_end;
  memcpy(b->buffer + b->write_end, data, size_t(count));
  b->write_end += count;
  return count;
}

bool writeBytes(Thread& t, Buffered* b, const uint8_t* data, int64_t size) {
  if (b->readable && !dropReadAhead(t, b)) return false;
  if (size <= b->capacity - b->write_end) {
    bufferSome(b, data, size);
    return true;
  }
  Flushed flushed = tryFlush(t, b);
  if (flushed == Flushed::kRaised) return false;
  if (flushed == Flushed::kBlocked) {
    // What fits is taken all the same; the error tells how much that is.
    int64_t taken = bufferSome(b, data, size);
    return taken == size || raiseWouldBlock(t, taken).operator bool();
  }
  // What is larger than the buffer need not pass through it.
  int64_t written = 0;
  while (size - written > b->capacity) {
    int64_t put = rawWrite(t, b, data + written, size - written);
    if (put == kWouldBlock) {
      written += bufferSome(b, data + written, size - written);
      return raiseWouldBlock(t, written);
    }
    if (put < 0) return false;
    written += put;
    if (!servePoll(t)) return false;
  }
  bufferSome(b, data + written, size - written);
  return true;
}

Ref<> methodWrite(Thread& t, Value self, Value data) {
  Buffered* b = asBuffered(self);
  if (!checkReady(t, b)) return kRaised;
  Buffer buffer;
  if (!buffer.get(t, data)) return kRaised;
  Hold hold(t, b);
  if (!hold) return kRaised;
  int closed = isClosed(t, b->raw);
  if (closed) return closed > 0 ? Ref<>(raise(t, exc::ValueError, "write to closed file")) : kRaised;
  if (!writeBytes(t, b, buffer.data(), int64_t(buffer.size()))) return kRaised;
  return newInt(t, int64_t(buffer.size()));
}

Ref<> methodFlush(Thread& t, Value self) {
  Buffered* b = asBuffered(self);
  if (!checkOpen(t, b, "flush of closed file")) return kRaised;
  Hold hold(t, b);
  if (!hold || !flushWrites(t, b)) return kRaised;
  if (b->readable && b->writable && !dropReadAhead(t, b)) return kRaised;
  return share(kNone);
}
// A reader has nothing of its own to flush.
Ref<> methodSimpleFlush(Thread& t, Value self) {
  Buffered* b = asBuffered(self);
  if (!checkReady(t, b)) return kRaised;
  return callMethod(t, b->raw, "flush");
}

// --- position ---

Ref<> methodTell(Thread& t, Value self) {
  Buffered* b = asBuffered(self);
  if (!checkReady(t, b)) return kRaised;
  int64_t position = positionOf(t, b->raw);
  return position < 0 ? Ref<>() : newInt(t, position - b->ahead() + b->write_end);
}

Ref<> methodSeek(Thread& t, Value self, const Value* args) {
  Buffered* b = asBuffered(self);
  if (!checkReady(t, b)) return kRaised;
  int64_t whence = toInt64(t, args[1]);
  if (t.raised()) return kRaised;
  if (whence < 0 || whence > 4) return raise(t, exc::ValueError, "whence value %d unsupported", int(whence));
  if (!checkOpen(t, b, "seek of closed file")) return kRaised;
  if (!requireAbility(t, b->raw, "seekable", "File or stream is not seekable.")) return kRaised;
  int64_t offset = toInt64(t, args[0]);
  if (t.raised()) return kRaised;
  Hold hold(t, b);
  if (!hold || !flushWrites(t, b)) return kRaised;
  if (b->ahead() && whence <= 1) {
    // Within what was read ahead nothing needs to move but our position.
    int64_t end = positionOf(t, b->raw);
    if (end < 0) return kRaised;
    int64_t target = whence == 0 ? offset : end - b->ahead() + offset;
    int64_t from_start = target - (end - b->read_end);
    if (from_start >= 0 && from_start <= b->read_end) {
      b->read_position = from_start;
      return newInt(t, target);
    }
  }
  if (whence == 1) offset -= b->ahead();
  b->read_position = b->read_end = 0;
  int64_t position = seekStream(t, b->raw, offset, int(whence));
  return position < 0 ? Ref<>() : newInt(t, position);
}

Ref<> methodTruncate(Thread& t, Value self, const Value* args) {
  Buffered* b = asBuffered(self);
  if (!checkOpen(t, b, "truncate of closed file")) return kRaised;
  if (!b->writable) return raiseUnsupported(t, "truncate");
  Ref<> size = share(args[0]);
  if (args[0].isNone() && !(size = methodTell(t, self))) return kRaised;
  Hold hold(t, b);
  if (!hold || !settle(t, b)) return kRaised;
  return callMethod(t, b->raw, "truncate", size);
}

// --- the rest ---

Ref<> methodClose(Thread& t, Value self) {
  Buffered* b = asBuffered(self);
  if (!checkReady(t, b)) return kRaised;
  int closed = isClosed(t, b->raw);
  if (closed) return closed > 0 ? share(kNone) : kRaised;
  if (b->finalizing && b->raw.isObject()) {
    Ref<> warned = callMethod(t, b->raw, "_dealloc_warn", self);
    if (!warned) clearException(t);
  }
  Ref<> first;
  Ref<> flushed = callMethod(t, self, "flush");
  if (!flushed) first = takeException(t);
  Ref<> result;
  {
    // Whoever wants to write meanwhile waits, and then finds the stream closed.
    Hold hold(t, b);
    if (hold) result = callMethod(t, b->raw, "close");
    b->read_position = b->read_end = b->write_end = 0;
  }
  return closingOutcome(t, std::move(first), std::move(result));
}

Ref<> methodDetach(Thread& t, Value self) {
  Buffered* b = asBuffered(self);
  if (!checkReady(t, b)) return kRaised;
  Ref<> flushed = callMethod(t, self, "flush");
  if (!flushed) return kRaised;
  Ref<> raw = steal(b->raw);
  b->raw = Value();
  b->detached = true;
  b->ready = false;
  return raw;
}

template <int which>
Ref<> forward(Thread& t, Value self) {
  constexpr const char* kNames[] = {"fileno", "isatty", "seekable", "readable", "writable"};
  if (!checkReady(t, asBuffered(self))) return kRaised;
  return callMethod(t, asBuffered(self)->raw, kNames[which]);
}
template <int which>
Ref<> rawAttribute(Thread& t, Value self) {
  constexpr const char* kNames[] = {"closed", "name", "mode"};
  if (!checkReady(t, asBuffered(self))) return kRaised;
  return getAttr(t, asBuffered(self)->raw, kNames[which]);
}

Ref<> methodDeallocWarn(Thread& t, Value self, Value source) {
  Buffered* b = asBuffered(self);
  if (b->ready && b->raw.isObject()) {
    Ref<> warned = callMethod(t, b->raw, "_dealloc_warn", source);
    if (!warned) clearException(t);
  }
  return share(kNone);
}
Ref<> methodSizeof(Thread&, Value self) {
  return steal(Value::fromInt(int64_t(instanceSize(self.asObject())) + asBuffered(self)->capacity));
}

Ref<> bufferedRepr(Thread& t, Value self) {
  StrBuilder out(t);
  out.appendAscii("<");
  out.appendAscii(typeName(self));
  Ref<> name = asBuffered(self)->ready ? getAttrOrEmpty(t, self, internStatic("name")) : Ref<>();
  if (t.raised()) {
    if (!raisedIs(t, exc::ValueError)) return kRaised;
    clearException(t);
  }
  if (name) {
    Ref<Str> text = repr(t, name);
    if (!text) return kRaised;
    out.appendAscii(" name=");
    out.append(text.get());
  }
  out.appendAscii(">");
  return out.finish();
}

Ref<> getRaw(Thread&, Value self) { return asBuffered(self)->raw.empty() ? share(kNone) : share(asBuffered(self)->raw); }
Ref<> getFinalizing(Thread&, Value self) { return steal(Value::fromBool(asBuffered(self)->finalizing)); }
bool setFinalizing(Thread& t, Value self, Value v) {
  int finalizing = v.empty() ? 0 : truth(t, v);
  asBuffered(self)->finalizing = finalizing > 0;
  return finalizing >= 0;
}

#define METHODS_OF_ALL                                                                 \
  method("detach", methodDetach, "($self, /)"),                                        \
      method("close", methodClose, "($self, /)"),                                      \
      method("seekable", forward<2>, "($self, /)"),                                    \
      method("fileno", forward<0>, "($self, /)"), method("isatty", forward<1>, "($self, /)"), \
      method("_dealloc_warn", methodDeallocWarn, "($self, source, /)"),                \
      method("seek", methodSeek, "($self, target, whence=0, /)"),                      \
      method("tell", methodTell, "($self, /)"),                                        \
      method("truncate", methodTruncate, "($self, pos=None, /)"),                      \
      method("__sizeof__", methodSizeof, "($self, /)")
#define METHODS_OF_READERS                                                             \
  method("readable", forward<3>, "($self, /)"),                                        \
      method("read", methodRead, "($self, size=-1, /)"),                               \
      method("peek", methodPeek, "($self, size=0, /)"),                                \
      method("read1", methodRead1, "($self, size=-1, /)"),                             \
      method("readinto", methodReadinto, "($self, buffer, /)"),                        \
      method("readinto1", methodReadinto1, "($self, buffer, /)"),                      \
      method("readline", methodReadline, "($self, size=-1, /)")
#define METHODS_OF_WRITERS                     \
  method("writable", forward<4>, "($self, /)"), \
      method("write", methodWrite, "($self, buffer, /)"), method("flush", methodFlush, "($self, /)")

const MethodDef kReaderMethods[] = {METHODS_OF_ALL, METHODS_OF_READERS, method("flush", methodSimpleFlush, "($self, /)"), {}};
const MethodDef kWriterMethods[] = {METHODS_OF_ALL, METHODS_OF_WRITERS, {}};
const MethodDef kRandomMethods[] = {METHODS_OF_ALL, METHODS_OF_READERS, METHODS_OF_WRITERS, {}};
const GetSetDef kBufferedGetSets[] = {
    {"closed", rawAttribute<0>, nullptr, nullptr},
    {"name", rawAttribute<1>, nullptr, nullptr},
    {"mode", rawAttribute<2>, nullptr, nullptr},
    {"raw", getRaw, nullptr, nullptr},
    {"_finalizing", getFinalizing, setFinalizing, nullptr},
    {},
};

// --- BufferedRWPair ---

struct Pair : IoObject {
  Value reader, writer;
};
Pair* asPair(Value v) { return static_cast<Pair*>(v.asObject()); }

bool initPair(Thread& t, Value self, Args args) {
  if (!noKeywords(t, "BufferedRWPair", args) || !arity(t, "BufferedRWPair", args, 2, 3)) return false;
  if (!requireAbility(t, args[0], "readable", "File or stream is not readable.") ||
      !requireAbility(t, args[1], "writable", "File or stream is not writable.")) {
    return false;
  }
  Value size = args.positional == 3 ? args[2] : Value::fromInt(kDefaultBufferSize);
  Ref<> reader = call(t, Value(&buffered_reader), args[0], size);
  Ref<> writer = reader ? call(t, Value(&buffered_writer), args[1], size) : Ref<>();
  if (!writer) return false;
  assign(asPair(self)->reader, std::move(reader));
  assign(asPair(self)->writer, std::move(writer));
  return true;
}

void deallocPair(Object* self) {
  release(static_cast<Pair*>(self)->reader);
  release(static_cast<Pair*>(self)->writer);
  freeStream(self);
}
void traversePair(Object* self, Visitor& visitor) {
  visitor.visit(static_cast<Pair*>(self)->reader);
  visitor.visit(static_cast<Pair*>(self)->writer);
  traverseStream(self, visitor);
}

bool pairReady(Thread& t, Value self) {
  if (!asPair(self)->reader.empty()) return true;
  return raise(t, exc::ValueError, "I/O operation on uninitialized object");
}

template <int which>
Ref<> toReader(Thread& t, Value self, Args args) {
  constexpr const char* kNames[] = {"read", "read1", "readinto", "readinto1", "peek", "readable"};
  return pairReady(t, self) ? callMethod(t, asPair(self)->reader, kNames[which], args) : kRaised;
}
template <int which>
Ref<> toWriter(Thread& t, Value self, Args args) {
  constexpr const char* kNames[] = {"write", "flush", "writable"};
  return pairReady(t, self) ? callMethod(t, asPair(self)->writer, kNames[which], args) : kRaised;
}
Ref<> pairClose(Thread& t, Value self) {
  if (!pairReady(t, self)) return kRaised;
  Ref<> written = callMethod(t, asPair(self)->writer, "close");
  Ref<> first = written ? Ref<>() : takeException(t);
  Ref<> read = callMethod(t, asPair(self)->reader, "close");
  return closingOutcome(t, std::move(first), std::move(read));
}
Ref<> pairIsatty(Thread& t, Value self) {
  if (!pairReady(t, self)) return kRaised;
  Ref<> answer = callMethod(t, asPair(self)->writer, "isatty");
  if (!answer || answer.value() == kTrue) return answer;
  return callMethod(t, asPair(self)->reader, "isatty");
}
Ref<> pairClosed(Thread& t, Value self) {
  return pairReady(t, self) ? getAttr(t, asPair(self)->writer, "closed") : kRaised;
}

const MethodDef kPairMethods[] = {
    method("read", toReader<0>, nullptr),     method("read1", toReader<1>, nullptr),     method("readinto", toReader<2>, nullptr),
    method("readinto1", toReader<3>, nullptr), method("peek", toReader<4>, nullptr),     method("readable", toReader<5>, nullptr),
    method("write", toWriter<0>, nullptr),    method("flush", toWriter<1>, nullptr),     method("writable", toWriter<2>, nullptr),
    method("close", pairClose, "($self, /)"), method("isatty", pairIsatty, "($self, /)"), {},
};
const GetSetDef kPairGetSets[] = {{"closed", pairClosed, nullptr, nullptr}, {}};

template <InitFunction init, bool iterates>
void fillBuffered(Slots& slots) {
  slots.new_ = streamNew<Buffered>;
  slots.init = init;
  slots.repr = bufferedRepr;
  if (iterates) slots.next = nextLine;
}

}  // namespace

Value bufferedRaw(Value stream) { return asBuffered(stream)->ready ? asBuffered(stream)->raw : Value(); }

bool bufferedWrite(Thread& t, Value stream, const void* data, size_t size) {
  Buffered* b = asBuffered(stream);
  if (!checkReady(t, b)) return false;
  Hold hold(t, b);
  if (!hold) return false;
  int closed = isClosed(t, b->raw);
  if (closed) return closed > 0 && raise(t, exc::ValueError, "write to closed file");
  return writeBytes(t, b, static_cast<const uint8_t*>(data), int64_t(size));
}

bool addBufferedTypes(Thread& t, ModuleObject* module) {
  TypeSpec spec{.type = &buffered_reader, .basic_size = sizeof(Buffered),
                .doc = "Create a new buffered reader using the given readable raw IO object.", .methods = kReaderMethods,
                .getsets = kBufferedGetSets, .dealloc = deallocBuffered, .traverse = traverseBuffered,
                .fill = fillBuffered<initReader, true>};
  if (!addType(t, module, spec, "_io.BufferedReader", &buffered_io_base)) return false;
  spec.type = &buffered_writer;
  spec.doc = "A buffer for a writeable sequential RawIO object.";
  spec.methods = kWriterMethods;
  spec.fill = fillBuffered<initWriter, false>;
  if (!addType(t, module, spec, "_io.BufferedWriter", &buffered_io_base)) return false;
  spec.type = &buffered_random;
  spec.doc = "A buffered interface to random access streams.";
  spec.methods = kRandomMethods;
  spec.fill = fillBuffered<initRandom, true>;
  if (!addType(t, module, spec, "_io.BufferedRandom", &buffered_io_base)) return false;
  TypeSpec pair{.type = &buffered_pair, .basic_size = sizeof(Pair),
                .doc = "A buffered reader and writer object together.", .methods = kPairMethods, .getsets = kPairGetSets,
                .dealloc = deallocPair, .traverse = traversePair, .fill = [](Slots& slots) {
                  slots.new_ = streamNew<Pair>;
                  slots.init = initPair;
                }};
  return addType(t, module, pair, "_io.BufferedRWPair", &buffered_io_base);
}

}  // namespace krait::io
