// TextIOWrapper: text over a buffered stream.
//
// UTF-8, Latin-1 and ASCII are converted here; other codecs through the incremental coders of the codecs module. Output collects
// in `pending` and goes down in chunks; input is decoded a chunk at a time. To be able to tell a position, the bytes that the
// decoded text came from are kept (the snapshot): a position is a byte offset plus what to feed the decoder from there.
#include "runtime/modules/io/text.h"

#include <cstring>

#include "runtime/memory/gc.h"
#include "runtime/memory/memory.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/int.h"
#include "runtime/objects/iterators.h"
#include "runtime/objects/str_builder.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/iteration.h"

namespace krait::io {

Type text_io_wrapper;

const TypeSpec& newlineDecoderSpec();

// --- state checks ---

bool textReady(Thread& t, Text* text) {
  if (text->ready) return true;
  return raise(t, exc::ValueError, text->detached ? "underlying buffer has been detached" : "I/O operation on uninitialized object");
}
bool textOpen(Thread& t, Text* text) {
  if (!textReady(t, text)) return false;
  int closed = isClosed(t, text->buffer);
  if (closed > 0) return raiseClosed(t);
  return closed == 0;
}

// --- writing ---

// Hands the collected bytes to the buffer. False: raised.
static bool writePending(Thread& t, Text* text) {
  if (text->pending_size == 0) return true;
  // Taken off first: other threads may go on collecting while these are written.
  char* data = text->pending;
  size_t size = text->pending_size;
  text->pending = nullptr;
  text->pending_size = text->pending_capacity = 0;
  bool ok;
  if (isPlainWriter(text->buffer)) {
    ok = bufferedWrite(t, text->buffer, data, size);
  } else {
    Ref<Bytes> bytes = newBytes(t, {data, size});
    Ref<> written = bytes ? callMethod(t, text->buffer, "write", bytes) : Ref<>();
    ok = bool(written);
  }
  if (ok && !text->pending && size <= size_t(2 * text->chunk_size)) {
    text->pending = data;  // the room is used again
    text->pending_capacity = size;
  } else {
    freeBuffer(data);
  }
  return ok;
}

static bool collect(Thread& t, Text* text, const char* data, size_t size) {
  if (text->pending_size + size > size_t(text->chunk_size) && !writePending(t, text)) return false;
  if (text->pending_size + size > text->pending_capacity) {
    size_t capacity = text->pending_size + size;
    if (capacity < size_t(text->chunk_size)) capacity = size_t(text->chunk_size);
    void* grown = text->pending ? resizeBuffer(text->pending, capacity) : allocateBuffer(capacity);
    if (!grown) return raiseNoMemory(t);
    text->pending = static_cast<char*>(grown);
    text->pending_capacity = capacity;
  }
  memcpy(text->pending + text->pending_size, data, size);
  text->pending_size += size;
  return true;
}

static bool encodeAndCollect(Thread& t, Text* text, Str* s) {
  if (text->codec != NativeCodec::kOther) {
    if (s->ascii || (s->width == 1 && text->codec == NativeCodec::kLatin1)) {
      return collect(t, text, reinterpret_cast<const char*>(s->data), size_t(s->length));
    }
    Utf8 errors;
    if (!errors.set(t, asStr(text->errors))) return false;
    Ref<Bytes> bytes = encodeText(t, s, text->codec, errors.c_str());
    return bytes && collect(t, text, reinterpret_cast<const char*>(bytes->data), size_t(bytes->size));
  }
  Ref<> bytes = callMethod(t, text->encoder, "encode", Value(s));
  if (!bytes) return false;
  if (!isBytes(bytes)) return raise(t, exc::TypeError, "encoder should return a bytes object, not '%.200s'", typeName(bytes));
  return collect(t, text, reinterpret_cast<const char*>(asBytes(bytes)->data), size_t(asBytes(bytes)->size));
}

static bool hasChar(const Str* s, char c) {
  if (s->width == 1) return memchr(s->data, c, size_t(s->length)) != nullptr;
  for (int64_t i = 0; i < s->length; ++i) {
    if (s->at(i) == uint8_t(c)) return true;
  }
  return false;
}

static Ref<> textWrite(Thread& t, Value self, Value v) {
  Text* text = asText(self);
  if (!textReady(t, text)) return kRaised;
  if (!isStr(v)) return raise(t, exc::TypeError, "write() argument must be str, not %.200s", typeName(v));
  if (!textOpen(t, text)) return kRaised;
  if (!text->writable) return raiseUnsupported(t, "not writable");
  Str* s = asStr(v);
  int64_t length = s->length;
  bool line_feed = (text->write_newline || text->line_buffering) && hasChar(s, '\n');
  Ref<> translated;
  if (line_feed && text->write_newline) {
    StrBuilder out(t);
    for (int64_t i = 0; i < s->length; ++i) {
      if (s->at(i) == '\n') {
        out.appendAscii(text->write_newline);
      } else {
        out.append(s->at(i));
      }
    }
    translated = out.finish();
    if (!translated) return kRaised;
    s = asStr(translated);
  }
  bool flush_line = text->line_buffering && (line_feed || hasChar(s, '\r'));
  if (!encodeAndCollect(t, text, s)) return kRaised;
  if (text->pending_size >= size_t(text->chunk_size) || flush_line || text->write_through) {
    if (!writePending(t, text)) return kRaised;
  }
  if (flush_line && !tellStream(t, text->buffer, "flush")) return kRaised;
  if (!text->decoded.empty() || !text->snapshot.empty()) {
    textForgetDecoded(text);
    assign(text->snapshot, Ref<>());
    if (!textResetDecoder(t, text)) return kRaised;
  }
  return newInt(t, length);
}

static Ref<> textFlush(Thread& t, Value self) {
  Text* text = asText(self);
  if (!textOpen(t, text)) return kRaised;
  text->telling = text->seekable;
  if (!writePending(t, text)) return kRaised;
  return callMethod(t, text->buffer, "flush");
}

// --- reading ---

static bool checkReadable(Thread& t, Text* text) {
  if (!textOpen(t, text)) return false;
  if (!text->readable) return raiseUnsupported(t, "not readable");
  return writePending(t, text);
}

// Decodes the next chunk. 1: there may be more, 0: end, -1: raised.
static int readChunk(Thread& t, Text* text) {
  Ref<> state_bytes;
  int64_t state_flags = 0;
  if (text->telling && !textDecoderState(t, text, &state_bytes, &state_flags)) return -1;
  Ref<> size = newInt(t, text->chunk_size);
  Ref<> input = callMethod(t, text->buffer, text->has_read1 ? "read1" : "read", size);
  if (!input) return -1;
  if (!isBytes(input)) {
    return raise(t, exc::TypeError, "underlying %s() should have returned a bytes-like object, not '%.200s'",
                 text->has_read1 ? "read1" : "read", typeName(input));
  }
  bool end = asBytes(input)->size == 0;
  Ref<Str> decoded = textDecode(t, text, asBytes(input)->view(), end);
  if (!decoded) return -1;
  if (decoded->length > 0) end = false;
  assign(text->decoded, std::move(decoded));
  text->decoded_used = 0;
  if (text->telling) {
    Ref<> whole = asBytes(state_bytes)->size ? concatSequence(t, state_bytes, input) : std::move(input);
    if (!whole) return -1;
    assign(text->snapshot, std::move(whole));
    text->snapshot_flags = state_flags;
  }
  return !end;
}

static int64_t decodedLeft(const Text* text) {
  return text->decoded.empty() ? 0 : asStr(text->decoded)->length - text->decoded_used;
}

// Takes up to `count` (-1: all) characters of what is decoded.
static Ref<Str> takeDecoded(Thread& t, Text* text, int64_t count) {
  int64_t left = decodedLeft(text);
  if (count < 0 || count > left) count = left;
  if (count == 0) return share(emptyStr());
  Str* decoded = asStr(text->decoded);
  Ref<Str> part = count == decoded->length ? share(decoded)
                                           : strSlice(t, decoded, text->decoded_used, text->decoded_used + count, 1);
  if (part) text->decoded_used += count;
  return part;
}

static Ref<> textRead(Thread& t, Value self, const Value* args) {
  Text* text = asText(self);
  int64_t count;
  if (!textReady(t, text) || !sizeArgument(t, args[0], &count) || !checkReadable(t, text)) return kRaised;
  if (count < 0) {
    Ref<> input = callMethod(t, text->buffer, "read");
    if (!input) return kRaised;
    if (!isBytes(input)) {
      return raise(t, exc::TypeError, "underlying read() should have returned a bytes-like object, not '%.200s'", typeName(input));
    }
    Ref<Str> rest = textDecode(t, text, asBytes(input)->view(), true);
    Ref<Str> first = rest ? takeDecoded(t, text, -1) : Ref<Str>();
    if (!first) return kRaised;
    textForgetDecoded(text);
    assign(text->snapshot, Ref<>());
    return first->length ? strConcat(t, first, rest) : Ref<>(std::move(rest));
  }
  Ref<Str> first = takeDecoded(t, text, count);
  if (!first || first->length == count) return first;
  StrBuilder out(t);
  out.append(first.get());
  while (out.length() < count) {
    int more = readChunk(t, text);
    if (more < 0) return kRaised;
    if (more == 0) break;
    Ref<Str> part = takeDecoded(t, text, count - out.length());
    if (!part) return kRaised;
    out.append(part.get());
  }
  return out.finish();
}

static Ref<Str> readLine(Thread& t, Text* text, int64_t limit) {
  if (!checkReadable(t, text)) return kRaised;
  Ref<Str> line;  // what earlier chunks contributed
  for (;;) {
    if (decodedLeft(text) == 0) {
      int more = 1;
      while (more > 0 && decodedLeft(text) == 0) more = readChunk(t, text);
      if (more < 0) return kRaised;
      if (more == 0) {
        textForgetDecoded(text);
        assign(text->snapshot, Ref<>());
        return line ? std::move(line) : share(emptyStr());
      }
    }
    // With \r\n as line end, or a \r that may be followed by \n, a line's end may straddle chunks: search the joined text.
    int64_t start = text->decoded_used;
    if (line && text->newline && text->newline[0] == '\r' && text->newline[1]) {
      Ref<Str> left = takeDecoded(t, text, -1);
      Ref<> joined = left ? strConcat(t, line, left) : Ref<>();
      if (!joined) return kRaised;
      assign(text->decoded, std::move(joined));
      text->decoded_used = start = 0;
      line.reset();
    }
    Str* decoded = asStr(text->decoded);
    int64_t end = findLineEnd(decoded, start, decoded->length, text->translate, text->universal, text->newline);
    int64_t have = line ? line->length : 0;
    bool complete = end >= 0;
    if (!complete) end = decoded->length;
    if (limit >= 0 && have + end - start >= limit) {
      end = start + limit - have;
      complete = true;
    }
    Ref<Str> part = takeDecoded(t, text, end - start);
    if (!part) return kRaised;
    if (line) {
      Ref<> joined = strAppend(t, std::move(line), part);
      if (!joined) return kRaised;
      line = std::move(joined).as<Str>();
    } else {
      line = std::move(part);
    }
    if (complete) return line;
  }
}

static Ref<> textReadline(Thread& t, Value self, const Value* args) {
  Text* text = asText(self);
  if (!textReady(t, text)) return kRaised;
  int64_t limit = toIndex(t, args[0], true);
  if (t.raised()) return kRaised;
  return readLine(t, text, limit);
}

static Ref<> textNext(Thread& t, Value self) {
  Text* text = asText(self);
  if (!textReady(t, text)) return kRaised;
  text->telling = false;
  Ref<> line;
  if (isExact(self, &text_io_wrapper)) {
    line = readLine(t, text, -1);
  } else {
    line = callMethod(t, self, "readline");
    if (line && !isStr(line)) {
      return raise(t, exc::OSError, "readline() should have returned a str object, not '%.200s'", typeName(line));
    }
  }
  if (!line) return kRaised;
  if (asStr(line)->length) return line;
  assign(text->snapshot, Ref<>());
  text->telling = text->seekable;
  return {};
}

// --- construction ---

// One of the five newline modes; false: raised.
static bool setNewline(Thread& t, Text* text, Value v) {
  if (v.isNone()) {
    text->newline = nullptr;
  } else if (!isStr(v)) {
    return raise(t, exc::TypeError, "TextIOWrapper() argument 'newline' must be str or None, not %.50s", typeName(v));
  } else {
    const char* mode = nullptr;
    for (const char* known : {"", "\n", "\r", "\r\n"}) {
      if (strEqualsAscii(asStr(v), known)) mode = known;
    }
    if (!mode) {
      Utf8 shown;
      shown.setLossy(asStr(v));
      return raise(t, exc::ValueError, "illegal newline value: %s", shown.c_str());
    }
    text->newline = mode;
  }
  text->universal = !text->newline || !*text->newline;
  text->translate = !text->newline;
  text->write_newline = text->newline && text->newline[0] == '\r' ? text->newline : nullptr;
  return true;
}

// Codec by name: native, or coders of the codecs module.
static bool setEncoding(Thread& t, Text* text, Value encoding, Value errors) {
  Utf8 name;
  if (!name.set(t, asStr(encoding))) return false;
  NativeCodec codec = nativeCodec(name.view());
  bool native = codec == NativeCodec::kUtf8 || codec == NativeCodec::kLatin1 || codec == NativeCodec::kAscii;
  text->codec = native ? codec : NativeCodec::kOther;
  Ref<> encoder, decoder;
  if (!native) {
    Ref<> codecs = importModule(t, "codecs");
    Ref<> info = codecs ? callMethod(t, codecs, "lookup", encoding) : Ref<>();
    if (!info) return false;
    Ref<> is_text = getAttrOrEmpty(t, info, internStatic("_is_text_encoding"));
    int plain = t.raised() ? -1 : is_text ? truth(t, is_text) : 1;
    if (plain == 0) {
      return raise(t, exc::LookupError, "'%s' is not a text encoding; use codecs.open() to handle arbitrary codecs", name.c_str());
    }
    if (plain < 0) return false;
    if (text->readable && !(decoder = callMethod(t, info, "incrementaldecoder", errors))) return false;
    if (text->writable && !(encoder = callMethod(t, info, "incrementalencoder", errors))) return false;
  }
  assign(text->decoder, std::move(decoder));
  assign(text->encoder, std::move(encoder));
  assign(text->encoding, share(encoding));
  assign(text->errors, share(errors));
  return true;
}

// An encoder that begins with a byte order mark must not write one in the middle of a file.
static bool skipMark(Thread& t, Text* text, Value buffer) {
  if (text->encoder.empty() || !text->seekable) return true;
  int64_t position = positionOf(t, buffer);
  if (position <= 0) return position == 0;
  Ref<> done = callMethod(t, text->encoder, "setstate", Value::fromInt(0));
  return bool(done);
}

static bool textInit(Thread& t, Value self, Args args) {
  static const MethodDef kInit = method(
      "TextIOWrapper", NativeBound(nullptr),
      "(buffer, encoding=None, errors=None, newline=None, line_buffering=False, write_through=False)");
  Value bound[6];
  Ref<> keep[2];
  if (!bindArguments(t, kInit, args, bound, keep)) return false;
  Text* text = asText(self);
  text->ready = text->detached = false;
  Value buffer = bound[0];
  for (int i : {1, 2}) {
    if (bound[i].isNone() || isStr(bound[i])) continue;
    return raise(t, exc::TypeError, "TextIOWrapper() argument '%s' must be str or None, not %.50s", i == 1 ? "encoding" : "errors",
                 typeName(bound[i]));
  }
  if (!setNewline(t, text, bound[3])) return false;
  Value encoding = bound[1];
  if (encoding.isNone() || strEqualsAscii(asStr(encoding), "locale")) encoding = Value(internStatic("UTF-8"));
  Value errors = bound[2].isNone() ? Value(internStatic("strict")) : bound[2];
  int line_buffering = truth(t, bound[4]), write_through = truth(t, bound[5]);
  if (line_buffering < 0 || write_through < 0) return false;
  int readable = askStream(t, buffer, "readable");
  int writable = readable < 0 ? -1 : askStream(t, buffer, "writable");
  if (writable < 0) return false;
  text->readable = readable != 0;
  text->writable = writable != 0;
  if (!setEncoding(t, text, encoding, errors)) return false;
  int seekable = askStream(t, buffer, "seekable");
  if (seekable < 0) return false;
  Ref<> read1 = getAttrOrEmpty(t, buffer, internStatic("read1"));
  if (t.raised()) return false;
  text->has_read1 = bool(read1);
  text->seekable = text->telling = seekable != 0;
  if (!skipMark(t, text, buffer)) return false;
  text->line_buffering = line_buffering != 0;
  text->write_through = write_through != 0;
  text->chunk_size = kDefaultBufferSize;
  text->partial_size = 0;
  text->pending_cr = false;
  text->seen = 0;
  text->pending_size = 0;
  textForgetDecoded(text);
  assign(text->snapshot, Ref<>());
  assign(text->buffer, share(buffer));
  text->ready = true;
  return true;
}

static void deallocText(Object* self) {
  auto* text = static_cast<Text*>(self);
  for (Value v : {text->buffer, text->encoding, text->errors, text->encoder, text->decoder, text->decoded, text->snapshot}) release(v);
  if (text->pending) freeBuffer(text->pending);
  freeStream(self);
}
static void traverseText(Object* self, Visitor& visitor) {
  auto* text = static_cast<Text*>(self);
  for (Value v : {text->buffer, text->encoder, text->decoder}) visitor.visit(v);
  traverseStream(self, visitor);
}

static Ref<> textReconfigure(Thread& t, Value self, const Value* args) {
  Text* text = asText(self);
  if (!textReady(t, text)) return kRaised;
  Value encoding = args[0], errors = args[1], newline = args[2];
  if ((!text->decoded.empty() || !text->snapshot.empty()) && (!encoding.isNone() || !errors.isNone() || !newline.empty())) {
    return raiseUnsupported(t, "It is not possible to set the encoding or newline of stream after the first read");
  }
  int line_buffering = args[3].isNone() ? text->line_buffering : truth(t, args[3]);
  int write_through = args[4].isNone() ? text->write_through : truth(t, args[4]);
  if (line_buffering < 0 || write_through < 0) return kRaised;
  Ref<> flushed = callMethod(t, self, "flush");
  if (!flushed) return kRaised;
  if (!newline.empty() && !setNewline(t, text, newline)) return kRaised;
  if (!encoding.isNone() || !errors.isNone()) {
    for (Value v : {encoding, errors}) {
      if (!v.isNone() && !isStr(v)) return raise(t, exc::TypeError, "encoding and errors must be str or None");
    }
    if (errors.isNone()) errors = encoding.isNone() ? text->errors : Value(internStatic("strict"));
    if (encoding.isNone()) encoding = text->encoding;
    if (strEqualsAscii(asStr(encoding), "locale")) encoding = Value(internStatic("UTF-8"));
    Ref<> kept_encoding = share(encoding), kept_errors = share(errors);
    if (!setEncoding(t, text, kept_encoding, kept_errors) || !skipMark(t, text, text->buffer)) return kRaised;
  }
  text->line_buffering = line_buffering != 0;
  text->write_through = write_through != 0;
  return share(kNone);
}

// --- the rest ---

static Ref<> textClose(Thread& t, Value self) {
  Text* text = asText(self);
  if (!textReady(t, text)) return kRaised;
  int closed = isClosed(t, text->buffer);
  if (closed) return closed > 0 ? share(kNone) : kRaised;
  if (text->finalizing) {
    Ref<> warned = callMethod(t, text->buffer, "_dealloc_warn", self);
    if (!warned) clearException(t);
  }
  Ref<> flushed = callMethod(t, self, "flush");
  Ref<> first = flushed ? Ref<>() : takeException(t);
  Ref<> result = callMethod(t, text->buffer, "close");
  return closingOutcome(t, std::move(first), std::move(result));
}

static Ref<> textDetach(Thread& t, Value self) {
  Text* text = asText(self);
  if (!textReady(t, text)) return kRaised;
  Ref<> flushed = callMethod(t, self, "flush");
  if (!flushed) return kRaised;
  Ref<> buffer = steal(text->buffer);
  text->buffer = Value();
  text->detached = true;
  text->ready = false;
  return buffer;
}

static Ref<> textTruncate(Thread& t, Value self, const Value* args) {
  Text* text = asText(self);
  if (!textReady(t, text)) return kRaised;
  Ref<> flushed = callMethod(t, self, "flush");
  return flushed ? callMethod(t, text->buffer, "truncate", args[0]) : kRaised;
}

template <int which>
static Ref<> forward(Thread& t, Value self) {
  constexpr const char* kNames[] = {"fileno", "isatty", "seekable", "readable", "writable"};
  if (!textReady(t, asText(self))) return kRaised;
  return callMethod(t, asText(self)->buffer, kNames[which]);
}

static Ref<> textRepr(Thread& t, Value self) {
  Text* text = asText(self);
  if (!text->ready && !text->detached) (void)textReady(t, text);
  if (t.raised()) return kRaised;
  StrBuilder out(t);
  out.appendAscii("<_io.TextIOWrapper");
  for (const char* attribute : {"name", "mode"}) {
    Ref<> v = getAttrOrEmpty(t, self, internStatic(attribute));
    if (t.raised()) {
      if (!raisedIs(t, exc::ValueError)) return kRaised;
      clearException(t);
    }
    if (!v) continue;
    Ref<Str> shown = repr(t, v);
    if (!shown) return kRaised;
    out.appendAscii(" ");
    out.appendAscii(attribute);
    out.appendAscii("=");
    out.append(shown.get());
  }
  Ref<Str> encoding = repr(t, text->encoding);
  if (!encoding) return kRaised;
  out.appendAscii(" encoding=");
  out.append(encoding.get());
  out.appendAscii(">");
  return out.finish();
}

template <Value Text::* field>
static Ref<> getField(Thread&, Value self) {
  Value v = asText(self)->*field;
  return v.empty() ? share(kNone) : share(v);
}
template <bool Text::* field>
static Ref<> getFlag(Thread&, Value self) {
  return steal(Value::fromBool(asText(self)->*field));
}
static Ref<> getBuffer(Thread& t, Value self) { return textReady(t, asText(self)) ? share(asText(self)->buffer) : kRaised; }
static Ref<> getName(Thread& t, Value self) {
  return textReady(t, asText(self)) ? getAttr(t, asText(self)->buffer, "name") : kRaised;
}
static Ref<> getClosed(Thread& t, Value self) {
  return textReady(t, asText(self)) ? getAttr(t, asText(self)->buffer, "closed") : kRaised;
}
static Ref<> getNewlines(Thread& t, Value self) {
  return textReady(t, asText(self)) ? newlinesSeen(t, asText(self)->universal ? asText(self)->seen : 0) : kRaised;
}
static bool setFinalizing(Thread& t, Value self, Value v) {
  int finalizing = v.empty() ? 0 : truth(t, v);
  asText(self)->finalizing = finalizing > 0;
  return finalizing >= 0;
}
static Ref<> getChunkSize(Thread& t, Value self) { return newInt(t, asText(self)->chunk_size); }
static bool setChunkSize(Thread& t, Value self, Value v) {
  if (v.empty()) return raise(t, exc::AttributeError, "cannot delete attribute");
  int64_t size = toIndex(t, v);
  if (t.raised()) return false;
  if (size <= 0) return raise(t, exc::ValueError, "a strictly positive integer is required");
  asText(self)->chunk_size = size;
  return true;
}

static const MethodDef kTextMethods[] = {
    method("detach", textDetach, "($self, /)"),
    method("reconfigure", textReconfigure,
           "($self, /, *, encoding=None, errors=None, newline=<unrepresentable>, line_buffering=None, write_through=None)",
           "Reconfigure the text stream with new parameters.\n\nThis also does an implicit stream flush."),
    method("write", textWrite, "($self, text, /)"),
    method("read", textRead, "($self, size=-1, /)"),
    method("readline", textReadline, "($self, size=-1, /)"),
    method("flush", textFlush, "($self, /)"),
    method("close", textClose, "($self, /)"),
    method("fileno", forward<0>, "($self, /)"),
    method("isatty", forward<1>, "($self, /)"),
    method("seekable", forward<2>, "($self, /)"),
    method("readable", forward<3>, "($self, /)"),
    method("writable", forward<4>, "($self, /)"),
    method("seek", textSeek, "($self, cookie, whence=0, /)"),
    method("tell", textTell, "($self, /)"),
    method("truncate", textTruncate, "($self, pos=None, /)"),
    {},
};
static const GetSetDef kTextGetSets[] = {
    {"encoding", getField<&Text::encoding>, nullptr, nullptr},
    {"errors", getField<&Text::errors>, nullptr, nullptr},
    {"buffer", getBuffer, nullptr, nullptr},
    {"name", getName, nullptr, nullptr},
    {"closed", getClosed, nullptr, nullptr},
    {"newlines", getNewlines, nullptr, nullptr},
    {"line_buffering", getFlag<&Text::line_buffering>, nullptr, nullptr},
    {"write_through", getFlag<&Text::write_through>, nullptr, nullptr},
    {"_finalizing", getFlag<&Text::finalizing>, setFinalizing, nullptr},
    {"_CHUNK_SIZE", getChunkSize, setChunkSize, nullptr},
    {},
};

bool isPlainText(Value v) {
  static Str* const write_name = internStatic("write");
  return isExact(v, &text_io_wrapper) && !(asText(v)->dict && dictGetStr(asText(v)->dict, write_name));
}
bool textWriteStr(Thread& t, Value stream, Value str) {
  Ref<> written = textWrite(t, stream, str);
  return bool(written);
}

bool textWritePending(Thread& t, Text* text) { return writePending(t, text); }

bool addTextTypes(Thread& t, ModuleObject* module) {
  TypeSpec spec{.type = &text_io_wrapper, .basic_size = sizeof(Text),
                .doc = "Character and line based layer over a BufferedIOBase object, buffer.\n\n"
                       "encoding gives the name of the encoding that the stream will be\ndecoded or encoded with. It defaults to\n"
                       "locale.getencoding().",
                .methods = kTextMethods, .getsets = kTextGetSets, .dealloc = deallocText, .traverse = traverseText,
                .fill = [](Slots& slots) {
                  slots.new_ = streamNew<Text>;
                  slots.init = textInit;
                  slots.repr = textRepr;
                  slots.next = textNext;
                }};
  return addType(t, module, spec, "_io.TextIOWrapper", &text_io_base) &&
         addType(t, module, newlineDecoderSpec(), "_io.IncrementalNewlineDecoder", &types::Object);
}

}  // namespace krait::io
