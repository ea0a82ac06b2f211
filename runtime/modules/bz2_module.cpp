// _bz2: compressing and decompressing piece by piece with libbzip2.
#include <bzlib.h>

#include <climits>

#include "runtime/modules/compression.h"
#include "runtime/modules/fields.h"
#include "runtime/objects/int.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/buffer.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

struct Bz2Compressor : Object {
  bz_stream stream;
  pthread_mutex_t mutex;
  bool flushed;
};
struct Bz2Decompressor : Object {
  Value unused_data;  // bytes, owned
  bz_stream stream;
  pthread_mutex_t mutex;
  KeptInput kept;
  bool eof, needs_input, failed;
};
Bz2Compressor* asCompressor(Value v) { return static_cast<Bz2Compressor*>(v.asObject()); }
Bz2Decompressor* asDecompressor(Value v) { return static_cast<Bz2Decompressor*>(v.asObject()); }

// True when the result is no error.
bool check(Thread& t, int result) {
  switch (result) {
    case BZ_OK:
    case BZ_RUN_OK:
    case BZ_FLUSH_OK:
    case BZ_FINISH_OK:
    case BZ_STREAM_END: return true;
    case BZ_CONFIG_ERROR: return raise(t, exc::SystemError, "libbzip2 was not compiled correctly");
    case BZ_PARAM_ERROR: return raise(t, exc::ValueError, "Internal error - invalid parameters passed to libbzip2");
    case BZ_MEM_ERROR: return raiseNoMemory(t);
    case BZ_DATA_ERROR:
    case BZ_DATA_ERROR_MAGIC: return raise(t, exc::OSError, "Invalid data stream");
    case BZ_IO_ERROR: return raise(t, exc::OSError, "Unknown I/O error");
    case BZ_UNEXPECTED_EOF:
      return raise(t, exc::EOFError, "Compressed file ended before the logical end-of-stream was detected");
    case BZ_SEQUENCE_ERROR:
      return raise(t, exc::RuntimeError, "Internal error - Invalid sequence of commands sent to libbzip2");
    default: return raise(t, exc::OSError, "Unrecognized error from libbzip2: %d", result);
  }
}
unsigned partOf(size_t size) { return size > UINT_MAX ? UINT_MAX : unsigned(size); }

// One call of the library; *data and *size move on.
template <class Call>
int step(Thread& t, bz_stream* stream, const uint8_t** data, size_t* size, GrowingOutput* out, Call call) {
  unsigned part = partOf(*size), room = partOf(out->free());
  stream->next_in = const_cast<char*>(reinterpret_cast<const char*>(*data));
  stream->avail_in = part;
  stream->next_out = reinterpret_cast<char*>(out->next());
  stream->avail_out = room;
  int result;
  {
    WithoutGil released(t);
    result = call(stream);
  }
  *data += part - stream->avail_in;
  *size -= part - stream->avail_in;
  out->advance(room - stream->avail_out);
  return result;
}

// --- compression ---

Ref<> compressorNew(Thread& t, Type* type, Args args) {
  if (!noKeywords(t, "BZ2Compressor", args) || !arity(t, "BZ2Compressor", args, 0, 1)) return kRaised;
  int64_t level = args.positional ? toInt64(t, args[0]) : 9;
  if (level == -1 && t.raised()) return kRaised;
  if (level < 1 || level > 9) return raise(t, exc::ValueError, "compresslevel must be between 1 and 9");
  Bz2Compressor* made = allocateInstance<Bz2Compressor>(type);
  if (!made) return raiseNoMemory(t);
  made->stream = {};
  made->flushed = false;
  pthread_mutex_init(&made->mutex, nullptr);
  Ref<> owner = steal(Value(made));
  return check(t, BZ2_bzCompressInit(&made->stream, int(level), 0, 0)) ? std::move(owner) : Ref<>();
}
void compressorDealloc(Object* self) {
  Bz2Compressor* c = static_cast<Bz2Compressor*>(self);
  BZ2_bzCompressEnd(&c->stream);
  pthread_mutex_destroy(&c->mutex);
  freeInstance(self);
}
Ref<> run(Thread& t, Bz2Compressor* c, const uint8_t* data, size_t size, int action) {
  GrowingOutput out(t);
  for (;;) {
    if (action == BZ_RUN && size == 0) break;
    if (!out.reserve()) return kRaised;
    int result = step(t, &c->stream, &data, &size, &out, [&](bz_stream* s) { return BZ2_bzCompress(s, action); });
    if (!check(t, result)) return kRaised;
    if (result == BZ_STREAM_END) break;
  }
  return out.finish();
}
Ref<> compress(Thread& t, Value self, Value data) {
  Buffer buffer;
  if (!buffer.get(t, data)) return kRaised;
  Ref<> keep = share(self);
  Bz2Compressor* c = asCompressor(self);
  BusyScope busy(t, &c->mutex);
  if (c->flushed) return raise(t, exc::ValueError, "Compressor has been flushed");
  return run(t, c, buffer.data(), buffer.size(), BZ_RUN);
}
Ref<> flush(Thread& t, Value self) {
  Ref<> keep = share(self);
  Bz2Compressor* c = asCompressor(self);
  BusyScope busy(t, &c->mutex);
  if (c->flushed) return raise(t, exc::ValueError, "Repeated call to flush()");
  c->flushed = true;
  return run(t, c, nullptr, 0, BZ_FINISH);
}

// --- decompression ---

Ref<> decompressorNew(Thread& t, Type* type, Args args) {
  if (args.positional) return raise(t, exc::TypeError, "BZ2Decompressor() takes no positional arguments");
  if (!noKeywords(t, "BZ2Decompressor", args)) return kRaised;
  Bz2Decompressor* made = allocateInstance<Bz2Decompressor>(type);
  if (!made) return raiseNoMemory(t);
  memset(reinterpret_cast<char*>(made) + sizeof(Object), 0, sizeof(Bz2Decompressor) - sizeof(Object));
  made->unused_data = Value(emptyBytes());
  made->needs_input = true;
  pthread_mutex_init(&made->mutex, nullptr);
  Ref<> owner = steal(Value(made));
  return check(t, BZ2_bzDecompressInit(&made->stream, 0, 0)) ? std::move(owner) : Ref<>();
}
void decompressorDealloc(Object* self) {
  Bz2Decompressor* d = static_cast<Bz2Decompressor*>(self);
  BZ2_bzDecompressEnd(&d->stream);
  d->kept.clear();
  release(d->unused_data);
  pthread_mutex_destroy(&d->mutex);
  freeInstance(self);
}
// Decompresses from *data until the input, the stream or the room for output ends. False: raised.
bool inflatePart(Thread& t, Bz2Decompressor* d, const uint8_t** data, size_t* size, GrowingOutput* out) {
  for (;;) {
    if (!out->atLimit() && !out->reserve()) return false;
    int result = step(t, &d->stream, data, size, out, BZ2_bzDecompress);
    if (!check(t, result)) return false;
    if (result == BZ_STREAM_END) d->eof = true;
    if (d->eof || *size == 0 || out->atLimit()) return true;
  }
}
Ref<> decompress(Thread& t, Value self, const Value* args) {
  Buffer buffer;
  if (!buffer.get(t, args[0])) return kRaised;
  int64_t limit = toIndex(t, args[1]);
  if (limit == -1 && t.raised()) return kRaised;
  Ref<> keep = share(self);
  Bz2Decompressor* d = asDecompressor(self);
  BusyScope busy(t, &d->mutex);
  if (d->eof) return raise(t, exc::EOFError, "End of stream already reached");
  if (d->failed) return raise(t, exc::ValueError, "Decompressor is unusable after a previous error");
  const uint8_t* data = buffer.data();
  size_t size = buffer.size();
  bool from_kept = d->kept.size() > 0;
  if (from_kept) {
    if (!d->kept.append(t, data, size)) return kRaised;
    data = d->kept.data();
    size = d->kept.size();
  }
  GrowingOutput out(t, limit);
  if (!inflatePart(t, d, &data, &size, &out)) {
    d->failed = true;
    d->needs_input = false;
    d->kept.clear();
    return kRaised;
  }
  if (d->eof && size) {
    Ref<Bytes> rest = newBytes(t, {reinterpret_cast<const char*>(data), size});
    if (!rest) return kRaised;
    assign(d->unused_data, std::move(rest));
  }
  d->needs_input = !d->eof && size == 0;
  if (d->eof || size == 0) {
    d->kept.clear();
  } else if (from_kept) {
    d->kept.dropFront(d->kept.size() - size);
  } else if (!d->kept.append(t, data, size)) {
    return kRaised;
  }
  return out.finish();
}

const MethodDef kCompressorMethods[] = {
    method("compress", compress, "($self, data, /)",
           "Provide data to the compressor object; a chunk of compressed data, or b''."),
    method("flush", flush, "($self, /)", "Finish the compression process and return what is left in internal buffers."),
    {},
};
const MethodDef kDecompressorMethods[] = {
    method("decompress", decompress, "($self, /, data, max_length=-1)",
           "Decompress *data*, returning uncompressed data as bytes."),
    {},
};
const MemberDef kDecompressorMembers[] = {
    {"eof", MemberType::kBool, true, offsetof(Bz2Decompressor, eof),
     "True if the end-of-stream marker has been reached."},
    {"unused_data", MemberType::kValue, true, offsetof(Bz2Decompressor, unused_data),
     "Data found after the end of the compressed stream."},
    {"needs_input", MemberType::kBool, true, offsetof(Bz2Decompressor, needs_input),
     "True if more input is needed before more decompressed data can be produced."},
    {},
};

bool init(Thread& t, ModuleObject* module) {
  static const TypeSpec compressor{
      .type = nullptr,
      .basic_size = sizeof(Bz2Compressor),
      .doc = "BZ2Compressor(compresslevel=9, /)\n--\n\nCreate a compressor object for compressing data incrementally.",
      .methods = kCompressorMethods,
      .dealloc = compressorDealloc,
      .fill = [](Slots& slots) { slots.new_ = compressorNew; }};
  static const TypeSpec decompressor{
      .type = nullptr,
      .basic_size = sizeof(Bz2Decompressor),
      .doc = "BZ2Decompressor()\n--\n\nCreate a decompressor object for decompressing data incrementally.",
      .methods = kDecompressorMethods,
      .members = kDecompressorMembers,
      .dealloc = decompressorDealloc,
      .fill = [](Slots& slots) { slots.new_ = decompressorNew; }};
  return addNativeType(t, module, compressor, "_bz2.BZ2Compressor", 0) &&
         addNativeType(t, module, decompressor, "_bz2.BZ2Decompressor", 0);
}

}  // namespace

const ModuleDef& bz2Module() {
  static const ModuleDef def{"_bz2", nullptr, nullptr, init};
  return def;
}

}  // namespace krait
