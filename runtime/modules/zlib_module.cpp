// zlib: the functions, and the objects that compress and decompress piece by piece.
#include <zlib.h>

#include <climits>

#include "runtime/modules/compression.h"
#include "runtime/modules/fields.h"
#include "runtime/objects/int.h"
#include "runtime/objects/int_internal.h"
#include "runtime/objects/str.h"
#include "runtime/protocols/buffer.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

constexpr int kBufferSize = 16 * 1024;    // DEF_BUF_SIZE
constexpr int kMemoryLevel = 8;           // DEF_MEM_LEVEL
constexpr size_t kLargeInput = 5 * 1024;  // from here on other threads may run during a checksum
Type *zlib_error = nullptr, *compress_type = nullptr, *decompress_type = nullptr;

// Both directions have the same struct; those that compress use `stream` and `ready` alone.
struct ZlibObject : Fields<3> {
  z_stream stream;
  pthread_mutex_t mutex;
  bool ready;  // the stream has state
  bool eof;
  bool compressing;
};
enum { kUnusedData, kUnconsumedTail, kDictionary };
ZlibObject* asZlib(Value v) { return fieldsOf<ZlibObject>(v); }

Raised zlibError(Thread& t, const z_stream& stream, int error, const char* what) {
  const char* why = error == Z_VERSION_ERROR ? "library version mismatch" : stream.msg;
  if (!why) {
    why = error == Z_BUF_ERROR      ? "incomplete or truncated stream"
          : error == Z_STREAM_ERROR ? "inconsistent stream state"
          : error == Z_DATA_ERROR   ? "invalid input data"
                                    : nullptr;
  }
  if (!why) return raise(t, *zlib_error, "Error %d %s", error, what);
  return raise(t, *zlib_error, "Error %d %s: %.200s", error, what, why);
}

// What is left of an input that may be larger than zlib's counters.
struct Input {
  const uint8_t* data;
  size_t size;
  // Gives the next part to the stream and tells whether it is the last.
  bool feed(z_stream* stream) {
    uInt part = size > UINT_MAX ? UINT_MAX : uInt(size);
    stream->next_in = const_cast<Bytef*>(data);
    stream->avail_in = part;
    return part == size;
  }
  void consumed(const z_stream& stream) {
    size_t used = size_t(stream.next_in - data);
    data += used;
    size -= used;
  }
};
// One call of deflate or inflate with what room there is.
int step(Thread& t, int (*function)(z_streamp, int), z_stream* stream, int flush, GrowingOutput* out) {
  uInt room = out->free() > UINT_MAX ? UINT_MAX : uInt(out->free());
  stream->next_out = out->next();
  stream->avail_out = room;
  int result;
  {
    WithoutGil released(t);
    result = function(stream, flush);
  }
  out->advance(room - stream->avail_out);
  return result;
}

bool intArgument(Thread& t, Value v, int fallback, int* out) {
  *out = fallback;
  if (!v) return true;
  int64_t number = toInt64(t, v);
  if (number == -1 && t.raised()) return false;
  if (number != int(number)) return raise(t, exc::OverflowError, "Python int too large to convert to C int");
  *out = int(number);
  return true;
}

// --- at once ---

// Deflates all of the input; flush is given with its last part. The result of the last call, or -100 when something was
// raised.
constexpr int kRaisedResult = -100;
int deflateAll(Thread& t, z_stream* stream, Input in, int flush, GrowingOutput* out) {
  int result = Z_OK;
  bool last;
  do {
    last = in.feed(stream);
    do {
      if (!out->reserve()) return kRaisedResult;
      result = step(t, deflate, stream, last ? flush : Z_NO_FLUSH, out);
      if (result == Z_STREAM_ERROR) return result;
    } while (stream->avail_out == 0);
    in.consumed(*stream);
  } while (!last);
  return result;
}

Ref<> compressData(Thread& t, Value, const Value* args) {
  Buffer data;
  int level, wbits;
  if (!data.get(t, args[0]) || !intArgument(t, args[1], Z_DEFAULT_COMPRESSION, &level) ||
      !intArgument(t, args[2], MAX_WBITS, &wbits)) {
    return kRaised;
  }
  z_stream stream{};
  switch (int result = deflateInit2(&stream, level, Z_DEFLATED, wbits, kMemoryLevel, Z_DEFAULT_STRATEGY)) {
    case Z_OK: break;
    case Z_MEM_ERROR: return raise(t, exc::MemoryError, "Out of memory while compressing data");
    case Z_STREAM_ERROR: return raise(t, *zlib_error, "Bad compression level");
    default: deflateEnd(&stream); return zlibError(t, stream, result, "while compressing data");
  }
  GrowingOutput out(t);
  int result = deflateAll(t, &stream, {data.data(), data.size()}, Z_FINISH, &out);
  if (result == Z_STREAM_ERROR) (void)zlibError(t, stream, result, "while compressing data");
  int end = deflateEnd(&stream);
  if (t.raised()) return kRaised;
  if (end != Z_OK) return zlibError(t, stream, end, "while finishing compression");
  return out.finish();
}

Ref<> decompressData(Thread& t, Value, const Value* args) {
  Buffer data;
  int wbits;
  if (!data.get(t, args[0]) || !intArgument(t, args[1], MAX_WBITS, &wbits)) return kRaised;
  int64_t size = args[2] ? toIndex(t, args[2]) : kBufferSize;
  if (size == -1 && t.raised()) return kRaised;
  if (size < 0) return raise(t, exc::ValueError, "bufsize must be non-negative");
  z_stream stream{};
  switch (int result = inflateInit2(&stream, wbits)) {
    case Z_OK: break;
    case Z_MEM_ERROR: return raise(t, exc::MemoryError, "Out of memory while decompressing data");
    default: inflateEnd(&stream); return zlibError(t, stream, result, "while preparing to decompress data");
  }
  GrowingOutput out(t);
  Input in{data.data(), data.size()};
  int result = Z_OK;
  bool last;
  do {
    last = in.feed(&stream);
    do {
      if (!out.reserve(size_t(size))) {
        inflateEnd(&stream);
        return kRaised;
      }
      result = step(t, inflate, &stream, last ? Z_FINISH : Z_NO_FLUSH, &out);
      if (result == Z_OK || result == Z_BUF_ERROR || result == Z_STREAM_END) continue;
      if (result == Z_MEM_ERROR) {
        (void)raise(t, exc::MemoryError, "Out of memory while decompressing data");
      } else {
        (void)zlibError(t, stream, result, "while decompressing data");
      }
      inflateEnd(&stream);
      return kRaised;
    } while (stream.avail_out == 0);
    in.consumed(stream);
  } while (result != Z_STREAM_END && !last);
  if (result != Z_STREAM_END) (void)zlibError(t, stream, result, "while decompressing data");
  int end = inflateEnd(&stream);
  if (t.raised()) return kRaised;
  if (end != Z_OK) return zlibError(t, stream, end, "while finishing decompression");
  return out.finish();
}

// --- objects ---

Ref<ZlibObject> makeObject(Thread& t, Type* type) {
  Ref<ZlibObject> object = makeFields<ZlibObject>(t, type);
  if (!object) return kRaised;
  pthread_mutex_init(&object->mutex, nullptr);
  object->compressing = type == compress_type;
  object->v[kUnusedData] = object->v[kUnconsumedTail] = Value(emptyBytes());
  return object;
}
void zlibDealloc(Object* self) {
  ZlibObject* object = static_cast<ZlibObject*>(self);
  if (object->ready) (object->compressing ? deflateEnd : inflateEnd)(&object->stream);
  pthread_mutex_destroy(&object->mutex);
  deallocFields<ZlibObject>(self);
}

Ref<> compressObject(Thread& t, Value, const Value* args) {
  int level, method, wbits, memory, strategy;
  if (!intArgument(t, args[0], Z_DEFAULT_COMPRESSION, &level) || !intArgument(t, args[1], Z_DEFLATED, &method) ||
      !intArgument(t, args[2], MAX_WBITS, &wbits) || !intArgument(t, args[3], kMemoryLevel, &memory) ||
      !intArgument(t, args[4], Z_DEFAULT_STRATEGY, &strategy)) {
    return kRaised;
  }
  Buffer dictionary;
  bool with_dictionary = !args[5].isNone();
  if (with_dictionary && !dictionary.get(t, args[5])) return kRaised;
  if (dictionary.size() > UINT_MAX) return raise(t, exc::OverflowError, "zdict length does not fit in an unsigned int");
  Ref<ZlibObject> object = makeObject(t, compress_type);
  if (!object) return kRaised;
  switch (int result = deflateInit2(&object->stream, level, method, wbits, memory, strategy)) {
    case Z_OK: break;
    case Z_MEM_ERROR: return raise(t, exc::MemoryError, "Can't allocate memory for compression object");
    case Z_STREAM_ERROR: return raise(t, exc::ValueError, "Invalid initialization option");
    default: return zlibError(t, object->stream, result, "while creating compression object");
  }
  object->ready = true;
  if (with_dictionary) {
    int result = deflateSetDictionary(&object->stream, dictionary.data(), uInt(dictionary.size()));
    if (result == Z_STREAM_ERROR) return raise(t, exc::ValueError, "Invalid dictionary");
    if (result != Z_OK) return raise(t, exc::ValueError, "deflateSetDictionary()");
  }
  return object;
}

bool setDictionary(Thread& t, ZlibObject* object) {
  Buffer dictionary;
  if (!dictionary.get(t, object->v[kDictionary])) return false;
  if (dictionary.size() > UINT_MAX) return raise(t, exc::OverflowError, "zdict length does not fit in an unsigned int");
  int result = inflateSetDictionary(&object->stream, dictionary.data(), uInt(dictionary.size()));
  return result == Z_OK || zlibError(t, object->stream, result, "while setting zdict").operator bool();
}
Ref<> decompressObject(Thread& t, Value, const Value* args) {
  int wbits;
  if (!intArgument(t, args[0], MAX_WBITS, &wbits)) return kRaised;
  if (args[1] && !hasBuffer(args[1]))
    return raise(t, exc::TypeError, "zdict argument must support the buffer protocol");
  Ref<ZlibObject> object = makeObject(t, decompress_type);
  if (!object) return kRaised;
  object->v[kDictionary] = share(args[1]).leak();
  switch (int result = inflateInit2(&object->stream, wbits)) {
    case Z_OK: break;
    case Z_STREAM_ERROR: return raise(t, exc::ValueError, "Invalid initialization option");
    case Z_MEM_ERROR: return raise(t, exc::MemoryError, "Can't allocate memory for decompression object");
    default: return zlibError(t, object->stream, result, "while creating decompression object");
  }
  object->ready = true;
  if (args[1] && wbits < 0 && !setDictionary(t, object.get())) return kRaised;  // a raw stream never asks for it
  return object;
}

Ref<> compressPiece(Thread& t, Value self, Value data) {
  Buffer buffer;
  if (!buffer.get(t, data)) return kRaised;
  Ref<> keep = share(self);
  ZlibObject* object = asZlib(self);
  BusyScope busy(t, &object->mutex);
  GrowingOutput out(t);
  int result = deflateAll(t, &object->stream, {buffer.data(), buffer.size()}, Z_NO_FLUSH, &out);
  if (result == kRaisedResult) return kRaised;
  if (result == Z_STREAM_ERROR) return zlibError(t, object->stream, result, "while compressing data");
  return out.finish();
}
Ref<> flushCompressor(Thread& t, Value self, const Value* args) {
  int mode;
  if (!intArgument(t, args[0], Z_FINISH, &mode)) return kRaised;
  if (mode == Z_NO_FLUSH) return share(Value(emptyBytes()));
  Ref<> keep = share(self);
  ZlibObject* object = asZlib(self);
  BusyScope busy(t, &object->mutex);
  GrowingOutput out(t);
  int result = deflateAll(t, &object->stream, {nullptr, 0}, mode, &out);
  if (result == kRaisedResult) return kRaised;
  if (result == Z_STREAM_END && mode == Z_FINISH) {
    result = deflateEnd(&object->stream);
    object->ready = false;
    if (result != Z_OK) return zlibError(t, object->stream, result, "while finishing compression");
  } else if (result != Z_OK && result != Z_BUF_ERROR) {
    return zlibError(t, object->stream, result, "while flushing");
  }
  return out.finish();
}

// What the stream left of the input becomes unconsumed_tail, or unused_data behind the end; a tail that was there
// before is replaced by the rest at the end as well, as in CPython. False: raised.
bool keepRest(Thread& t, ZlibObject* object, Input rest, int result) {
  std::string_view text{reinterpret_cast<const char*>(rest.data), rest.size};
  if (result == Z_STREAM_END && !text.empty()) {
    std::string_view before = asBytes(object->v[kUnusedData])->view();
    Ref<Bytes> all = newBytesBlank(t, int64_t(before.size() + text.size()));
    if (!all) return false;
    if (all->size == 1) {
      all = newBytes(t, text);
    } else {
      memcpy(all->data, before.data(), before.size());
      memcpy(all->data + before.size(), text.data(), text.size());
    }
    if (!all) return false;
    assign(object->v[kUnusedData], std::move(all));
  }
  if ((text.empty() || result == Z_STREAM_END) && asBytes(object->v[kUnconsumedTail])->size == 0) return true;
  Ref<Bytes> tail = newBytes(t, text);
  if (!tail) return false;
  assign(object->v[kUnconsumedTail], std::move(tail));
  return true;
}

// Inflates until the end of the input or of the stream, or the limit. The last result, kRaisedResult: raised.
int inflateAll(Thread& t, ZlibObject* object, Input* in, bool finish, size_t first, GrowingOutput* out) {
  z_stream* stream = &object->stream;
  int result = Z_OK;
  bool last;
  do {
    last = in->feed(stream);
    do {
      if (out->atLimit()) break;
      if (!out->reserve(first)) return kRaisedResult;
      result = step(t, inflate, stream, !finish ? Z_SYNC_FLUSH : last ? Z_FINISH : Z_NO_FLUSH, out);
      if (result == Z_NEED_DICT && object->v[kDictionary]) {
        if (!setDictionary(t, object)) return kRaisedResult;
      } else if (result != Z_OK && result != Z_BUF_ERROR && result != Z_STREAM_END) {
        last = true;
        break;
      }
    } while (stream->avail_out == 0 || result == Z_NEED_DICT);
    in->consumed(*stream);
  } while (result != Z_STREAM_END && !last && !out->atLimit());
  return result;
}

Ref<> decompressPiece(Thread& t, Value self, const Value* args) {
  Buffer buffer;
  if (!buffer.get(t, args[0])) return kRaised;
  int64_t limit = toIndex(t, args[1]);
  if (limit == -1 && t.raised()) return kRaised;
  if (limit < 0) return raise(t, exc::ValueError, "max_length must be non-negative");
  Ref<> keep = share(self);
  ZlibObject* object = asZlib(self);
  BusyScope busy(t, &object->mutex);
  GrowingOutput out(t, limit ? limit : -1);
  Input in{buffer.data(), buffer.size()};
  int result = inflateAll(t, object, &in, false, GrowingOutput::kFirst, &out);
  if (result == kRaisedResult || !keepRest(t, object, in, result)) return kRaised;
  if (result == Z_STREAM_END) {
    object->eof = true;
  } else if (result != Z_OK && result != Z_BUF_ERROR) {
    return zlibError(t, object->stream, result, "while decompressing data");
  }
  return out.finish();
}
Ref<> flushDecompressor(Thread& t, Value self, const Value* args) {
  int64_t length = args[0] ? toIndex(t, args[0]) : kBufferSize;
  if (length == -1 && t.raised()) return kRaised;
  if (length <= 0) return raise(t, exc::ValueError, "length must be greater than zero");
  Ref<> keep = share(self);
  ZlibObject* object = asZlib(self);
  BusyScope busy(t, &object->mutex);
  Ref<> tail = share(object->v[kUnconsumedTail]);
  GrowingOutput out(t);
  Input in{asBytes(tail)->data, size_t(asBytes(tail)->size)};
  int result = inflateAll(t, object, &in, true, size_t(length), &out);
  if (result == kRaisedResult || !keepRest(t, object, in, result)) return kRaised;
  if (result == Z_STREAM_END) {
    object->eof = true;
    object->ready = false;
    result = inflateEnd(&object->stream);
    if (result != Z_OK) return zlibError(t, object->stream, result, "while finishing decompression");
  }
  return out.finish();
}

Ref<> copyObject(Thread& t, Value self) {
  Ref<> keep = share(self);
  ZlibObject* from = asZlib(self);
  Ref<ZlibObject> made = makeObject(t, from->compressing ? compress_type : decompress_type);
  if (!made) return kRaised;
  BusyScope busy(t, &from->mutex);
  int result = (from->compressing ? deflateCopy : inflateCopy)(&made->stream, &from->stream);
  if (result == Z_STREAM_ERROR) return raise(t, exc::ValueError, "Inconsistent stream state");
  if (result == Z_MEM_ERROR) {
    return raise(t, exc::MemoryError, "Can't allocate memory for %s object",
                 from->compressing ? "compression" : "decompression");
  }
  if (result != Z_OK) {
    return zlibError(t, from->stream, result,
                     from->compressing ? "while copying compression object" : "while copying decompression object");
  }
  made->ready = true;
  made->eof = from->eof;
  for (int i = 0; i < 3; ++i) assign(made->v[i], share(from->v[i]));
  return made;
}
Ref<> deepCopyObject(Thread& t, Value self, Value) { return copyObject(t, self); }

// --- checksums ---

template <uLong (*function)(uLong, const Bytef*, z_size_t), uint32_t start>
Ref<> checksum(Thread& t, Value, const Value* args) {
  Buffer data;
  if (!data.get(t, args[0])) return kRaised;
  uint32_t sum = start;
  if (args[1]) {
    Ref<> number = toIndexValue(t, args[1]);
    if (!number) return kRaised;
    Digits digits(number);
    sum = uint32_t(digits.negative ? -digits.low() : digits.low());
  }
  if (data.size() < kLargeInput) {
    sum = uint32_t(function(sum, data.data(), data.size()));
  } else {
    WithoutGil released(t);
    sum = uint32_t(function(sum, data.data(), data.size()));
  }
  return newInt(t, sum);
}

template <int field>
Ref<> getField(Thread&, Value self) {
  return share(asZlib(self)->v[field]);
}
Ref<> getEof(Thread&, Value self) { return steal(Value::fromBool(asZlib(self)->eof)); }

const MethodDef kCompressMethods[] = {
    method("compress", compressPiece, "($self, data, /)", "Returns a bytes object containing compressed data."),
    method("flush", flushCompressor, "($self, mode=zlib.Z_FINISH, /)",
           "Return a bytes object containing any remaining compressed data."),
    method("copy", copyObject, "($self, /)", "Return a copy of the compression object."),
    method("__copy__", copyObject, "($self, /)"),
    method("__deepcopy__", deepCopyObject, "($self, memo, /)"),
    {},
};
const MethodDef kDecompressMethods[] = {
    method("decompress", decompressPiece, "($self, data, /, max_length=0)",
           "Return a bytes object containing the decompressed version of the data."),
    method("flush", flushDecompressor, "($self, length=zlib.DEF_BUF_SIZE, /)",
           "Return a bytes object containing any remaining decompressed data."),
    method("copy", copyObject, "($self, /)", "Return a copy of the decompression object."),
    method("__copy__", copyObject, "($self, /)"),
    method("__deepcopy__", deepCopyObject, "($self, memo, /)"),
    {},
};
const GetSetDef kDecompressGetSets[] = {{"unused_data", getField<kUnusedData>, nullptr, nullptr},
                                        {"unconsumed_tail", getField<kUnconsumedTail>, nullptr, nullptr},
                                        {"eof", getEof, nullptr, nullptr},
                                        {}};

const MethodDef kFunctions[] = {
    method("adler32", checksum<adler32_z, 1>, "($module, data, value=1, /)", "Compute an Adler-32 checksum of data."),
    method("crc32", checksum<crc32_z, 0>, "($module, data, value=0, /)", "Compute a CRC-32 checksum of data."),
    method("compress", compressData, "($module, data, /, level=Z_DEFAULT_COMPRESSION, wbits=MAX_WBITS)",
           "Returns a bytes object containing compressed data."),
    method("decompress", decompressData, "($module, data, /, wbits=MAX_WBITS, bufsize=DEF_BUF_SIZE)",
           "Returns a bytes object containing the uncompressed data."),
    method("compressobj", compressObject,
           "($module, /, level=Z_DEFAULT_COMPRESSION, method=DEFLATED,\n            wbits=MAX_WBITS, "
           "memLevel=DEF_MEM_LEVEL,\n"
           "            strategy=Z_DEFAULT_STRATEGY, zdict=None)",
           "Return a compressor object."),
    method("decompressobj", decompressObject, "($module, /, wbits=MAX_WBITS, zdict=<unrepresentable>)",
           "Return a decompressor object."),
    {},
};

constexpr struct {
  const char* name;
  int value;
} kConstants[] = {
    {"MAX_WBITS", MAX_WBITS},
    {"DEFLATED", Z_DEFLATED},
    {"DEF_MEM_LEVEL", kMemoryLevel},
    {"DEF_BUF_SIZE", kBufferSize},
    {"Z_NO_COMPRESSION", Z_NO_COMPRESSION},
    {"Z_BEST_SPEED", Z_BEST_SPEED},
    {"Z_BEST_COMPRESSION", Z_BEST_COMPRESSION},
    {"Z_DEFAULT_COMPRESSION", Z_DEFAULT_COMPRESSION},
    {"Z_FILTERED", Z_FILTERED},
    {"Z_HUFFMAN_ONLY", Z_HUFFMAN_ONLY},
    {"Z_RLE", Z_RLE},
    {"Z_FIXED", Z_FIXED},
    {"Z_DEFAULT_STRATEGY", Z_DEFAULT_STRATEGY},
    {"Z_NO_FLUSH", Z_NO_FLUSH},
    {"Z_PARTIAL_FLUSH", Z_PARTIAL_FLUSH},
    {"Z_SYNC_FLUSH", Z_SYNC_FLUSH},
    {"Z_FULL_FLUSH", Z_FULL_FLUSH},
    {"Z_FINISH", Z_FINISH},
    {"Z_BLOCK", Z_BLOCK},
    {"Z_TREES", Z_TREES},
};

Type* makeType(Thread& t, const TypeSpec& spec, const char* name) {
  Ref<Type> made = makeNativeType(t, spec, name, nullptr, kTypeCollectable | kTypeDisallowNew);
  return made ? made.leakObject() : nullptr;
}
bool init(Thread& t, ModuleObject* module) {
  static const TypeSpec compress_spec{.type = nullptr,
                                      .basic_size = sizeof(ZlibObject),
                                      .doc = nullptr,
                                      .methods = kCompressMethods,
                                      .dealloc = zlibDealloc,
                                      .traverse = traverseFields<ZlibObject>};
  static const TypeSpec decompress_spec{.type = nullptr,
                                        .basic_size = sizeof(ZlibObject),
                                        .doc = nullptr,
                                        .methods = kDecompressMethods,
                                        .getsets = kDecompressGetSets,
                                        .dealloc = zlibDealloc,
                                        .traverse = traverseFields<ZlibObject>};
  zlib_error = addException(t, module, "zlib.error", Value(&exc::Exception));
  if (!zlib_error || !(compress_type = makeType(t, compress_spec, "zlib.Compress")) ||
      !(decompress_type = makeType(t, decompress_spec, "zlib.Decompress"))) {
    return false;
  }
  for (const auto& constant : kConstants) {
    if (!moduleAdd(t, module, constant.name, newInt(t, constant.value))) return false;
  }
  return moduleAdd(t, module, "ZLIB_VERSION", newStrUtf8(t, ZLIB_VERSION)) &&
         moduleAdd(t, module, "ZLIB_RUNTIME_VERSION", newStrUtf8(t, zlibVersion())) &&
         moduleAdd(t, module, "__version__", newStrUtf8(t, "1.0"));
}

}  // namespace

const ModuleDef& zlibModule() {
  static const ModuleDef def{"zlib",
                             "The functions in this module allow compression and decompression using the zlib library.",
                             kFunctions, init};
  return def;
}

}  // namespace krait
