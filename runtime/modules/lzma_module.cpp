// _lzma: compressing and decompressing piece by piece with liblzma.
#include "runtime/modules/compression.h"
#include "runtime/modules/fields.h"
#include "runtime/modules/lzma_filters.h"
#include "runtime/objects/int.h"
#include "runtime/objects/int_internal.h"
#include "runtime/protocols/buffer.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

enum Format : int { kFormatAuto, kFormatXz, kFormatAlone, kFormatRaw };

struct LzmaCompressor : Object {
  lzma_stream stream;
  pthread_mutex_t mutex;
  bool flushed;
};
struct LzmaDecompressor : Object {
  Value unused_data;  // bytes, owned
  lzma_stream stream;
  pthread_mutex_t mutex;
  KeptInput kept;
  int32_t check;
  bool eof, needs_input;
};
LzmaCompressor* asCompressor(Value v) { return static_cast<LzmaCompressor*>(v.asObject()); }
LzmaDecompressor* asDecompressor(Value v) { return static_cast<LzmaDecompressor*>(v.asObject()); }

// One call of lzma_code without the GIL; running out of input is no error.
lzma_ret step(Thread& t, lzma_stream* stream, lzma_action action, GrowingOutput* out) {
  size_t room = out->free();
  stream->next_out = out->next();
  stream->avail_out = room;
  lzma_ret result;
  {
    WithoutGil released(t);
    result = lzma_code(stream, action);
  }
  out->advance(room - stream->avail_out);
  return result == LZMA_BUF_ERROR && stream->avail_in == 0 && stream->avail_out > 0 ? LZMA_OK : result;
}
bool intArgument(Thread& t, Value v, int* out) {
  int64_t number = toInt64(t, v);
  if (number == -1 && t.raised()) return false;
  if (number != int(number)) return raise(t, exc::OverflowError, "Python int too large to convert to C int");
  *out = int(number);
  return true;
}

Ref<> unreachable(Thread&, Value, const Value*) { return nullptr; }  // definitions that are only bound, never called

// --- compression ---

bool startCompressor(Thread& t, lzma_stream* stream, int format, int check, uint32_t preset, Value specs) {
  FilterChain chain;
  bool filters = !specs.isNone();
  if (filters && !chain.parse(t, specs)) return false;
  switch (format) {
    case kFormatXz: {
      lzma_check sum = check == -1 ? LZMA_CHECK_CRC64 : lzma_check(check);
      return checkLzma(
          t, filters ? lzma_stream_encoder(stream, chain.get(), sum) : lzma_easy_encoder(stream, preset, sum));
    }
    case kFormatAlone: {
      if (!filters) {
        lzma_options_lzma options;
        if (lzma_lzma_preset(&options, preset)) return raise(t, *lzma_error, "Invalid compression preset: %u", preset);
        return checkLzma(t, lzma_alone_encoder(stream, &options));
      }
      const lzma_filter* f = chain.get();
      if (f[0].id != LZMA_FILTER_LZMA1 || f[1].id != LZMA_VLI_UNKNOWN) {
        return raise(t, exc::ValueError, "Invalid filter chain for FORMAT_ALONE - must be a single LZMA1 filter");
      }
      return checkLzma(t, lzma_alone_encoder(stream, static_cast<const lzma_options_lzma*>(f[0].options)));
    }
    case kFormatRaw:
      if (!filters) return raise(t, exc::ValueError, "Must specify filters for FORMAT_RAW");
      return checkLzma(t, lzma_raw_encoder(stream, chain.get()));
    default: return raise(t, exc::ValueError, "Invalid container format: %d", format);
  }
}
Ref<> compressorNew(Thread& t, Type* type, Args args) {
  static const MethodDef kNew =
      method("LZMACompressor", unreachable, "($self, format=1, check=-1, preset=None, filters=None)");
  Value bound[4];
  Ref<> keep[2];
  int format, check;
  uint32_t preset = LZMA_PRESET_DEFAULT;
  if (!bindArguments(t, kNew, args, bound, keep) || !intArgument(t, bound[0], &format) ||
      !intArgument(t, bound[1], &check))
    return kRaised;
  if (!bound[2].isNone() && !bound[3].isNone())
    return raise(t, exc::ValueError, "Cannot specify both preset and filter chain");
  if (!bound[2].isNone() && !lzmaUint32(t, bound[2], &preset)) return kRaised;
  if (format != kFormatXz && check != -1 && check != LZMA_CHECK_NONE) {
    return raise(t, exc::ValueError, "Integrity checks are only supported by FORMAT_XZ");
  }
  LzmaCompressor* made = allocateInstance<LzmaCompressor>(type);
  if (!made) return raiseNoMemory(t);
  made->stream = LZMA_STREAM_INIT;
  made->flushed = false;
  pthread_mutex_init(&made->mutex, nullptr);
  Ref<> owner = steal(Value(made));
  return startCompressor(t, &made->stream, format, check, preset, bound[3]) ? std::move(owner) : Ref<>();
}
void compressorDealloc(Object* self) {
  LzmaCompressor* c = static_cast<LzmaCompressor*>(self);
  lzma_end(&c->stream);
  pthread_mutex_destroy(&c->mutex);
  freeInstance(self);
}
Ref<> run(Thread& t, LzmaCompressor* c, const uint8_t* data, size_t size, lzma_action action) {
  GrowingOutput out(t);
  c->stream.next_in = data;
  c->stream.avail_in = size;
  for (;;) {
    if (!out.reserve()) return kRaised;
    lzma_ret result = step(t, &c->stream, action, &out);
    if (!checkLzma(t, result)) return kRaised;
    if (action == LZMA_RUN ? c->stream.avail_in == 0 : result == LZMA_STREAM_END) return out.finish();
  }
}
Ref<> compress(Thread& t, Value self, Value data) {
  Buffer buffer;
  if (!buffer.get(t, data)) return kRaised;
  Ref<> keep = share(self);
  LzmaCompressor* c = asCompressor(self);
  BusyScope busy(t, &c->mutex);
  if (c->flushed) return raise(t, exc::ValueError, "Compressor has been flushed");
  return run(t, c, buffer.data(), buffer.size(), LZMA_RUN);
}
Ref<> flush(Thread& t, Value self) {
  Ref<> keep = share(self);
  LzmaCompressor* c = asCompressor(self);
  BusyScope busy(t, &c->mutex);
  if (c->flushed) return raise(t, exc::ValueError, "Repeated call to flush()");
  c->flushed = true;
  return run(t, c, nullptr, 0, LZMA_FINISH);
}

// --- decompression ---

bool startDecompressor(Thread& t, LzmaDecompressor* d, int format, uint64_t limit, Value specs) {
  constexpr uint32_t kFlags = LZMA_TELL_ANY_CHECK | LZMA_TELL_NO_CHECK;
  switch (format) {
    case kFormatAuto: return checkLzma(t, lzma_auto_decoder(&d->stream, limit, kFlags));
    case kFormatXz: return checkLzma(t, lzma_stream_decoder(&d->stream, limit, kFlags));
    case kFormatAlone: d->check = LZMA_CHECK_NONE; return checkLzma(t, lzma_alone_decoder(&d->stream, limit));
    case kFormatRaw: {
      FilterChain chain;
      d->check = LZMA_CHECK_NONE;
      return chain.parse(t, specs) && checkLzma(t, lzma_raw_decoder(&d->stream, chain.get()));
    }
    default: return raise(t, exc::ValueError, "Invalid container format: %d", format);
  }
}
Ref<> decompressorNew(Thread& t, Type* type, Args args) {
  static const MethodDef kNew =
      method("LZMADecompressor", unreachable, "($self, format=0, memlimit=None, filters=None)");
  Value bound[3];
  Ref<> keep[2];
  int format;
  if (!bindArguments(t, kNew, args, bound, keep) || !intArgument(t, bound[0], &format)) return kRaised;
  uint64_t limit = UINT64_MAX;
  if (!bound[1].isNone()) {
    if (format == kFormatRaw) return raise(t, exc::ValueError, "Cannot specify memory limit with FORMAT_RAW");
    if (!isIntLike(bound[1])) return raise(t, exc::TypeError, "an integer is required");
    Digits digits(intValue(bound[1]));
    if (digits.negative || digits.count > 1) {
      return raise(t, exc::OverflowError,
                   digits.negative ? "can't convert negative int to unsigned" : "int too big to convert");
    }
    limit = digits.low();
  }
  if (format == kFormatRaw && bound[2].isNone())
    return raise(t, exc::ValueError, "Must specify filters for FORMAT_RAW");
  if (format != kFormatRaw && !bound[2].isNone())
    return raise(t, exc::ValueError, "Cannot specify filters except with FORMAT_RAW");
  LzmaDecompressor* made = allocateInstance<LzmaDecompressor>(type);
  if (!made) return raiseNoMemory(t);
  memset(reinterpret_cast<char*>(made) + sizeof(Object), 0, sizeof(LzmaDecompressor) - sizeof(Object));
  made->stream = LZMA_STREAM_INIT;
  made->unused_data = Value(emptyBytes());
  made->check = LZMA_CHECK_ID_MAX + 1;  // CHECK_UNKNOWN
  made->needs_input = true;
  pthread_mutex_init(&made->mutex, nullptr);
  Ref<> owner = steal(Value(made));
  return startDecompressor(t, made, format, limit, bound[2]) ? std::move(owner) : Ref<>();
}
void decompressorDealloc(Object* self) {
  LzmaDecompressor* d = static_cast<LzmaDecompressor*>(self);
  lzma_end(&d->stream);
  d->kept.clear();
  release(d->unused_data);
  pthread_mutex_destroy(&d->mutex);
  freeInstance(self);
}
bool decodePart(Thread& t, LzmaDecompressor* d, GrowingOutput* out) {
  for (;;) {
    if (!out->atLimit() && !out->reserve()) return false;
    lzma_ret result = step(t, &d->stream, LZMA_RUN, out);
    if (!checkLzma(t, result)) return false;
    if (result == LZMA_GET_CHECK || result == LZMA_NO_CHECK) d->check = lzma_get_check(&d->stream);
    if (result == LZMA_STREAM_END) d->eof = true;
    if (d->eof || out->atLimit()) return true;
    // A full output may mean that the library holds more of it.
    if (d->stream.avail_out > 0 && d->stream.avail_in == 0) return true;
  }
}
Ref<> decompress(Thread& t, Value self, const Value* args) {
  Buffer buffer;
  if (!buffer.get(t, args[0])) return kRaised;
  int64_t limit = toIndex(t, args[1]);
  if (limit == -1 && t.raised()) return kRaised;
  Ref<> keep = share(self);
  LzmaDecompressor* d = asDecompressor(self);
  BusyScope busy(t, &d->mutex);
  if (d->eof) return raise(t, exc::EOFError, "Already at end of stream");
  bool from_kept = d->kept.size() > 0;
  if (from_kept && !d->kept.append(t, buffer.data(), buffer.size())) return kRaised;
  d->stream.next_in = from_kept ? d->kept.data() : buffer.data();
  d->stream.avail_in = from_kept ? d->kept.size() : buffer.size();
  GrowingOutput out(t, limit);
  bool good = decodePart(t, d, &out);
  const uint8_t* data = d->stream.next_in;
  size_t size = d->stream.avail_in;
  d->stream.next_in = nullptr;
  d->stream.avail_in = 0;
  if (!good) return kRaised;
  if (d->eof && size) {
    Ref<Bytes> rest = newBytes(t, {reinterpret_cast<const char*>(data), size});
    if (!rest) return kRaised;
    assign(d->unused_data, std::move(rest));
  }
  d->needs_input = !d->eof && size == 0 && d->stream.avail_out > 0;
  if (d->eof || size == 0) {
    d->kept.clear();
  } else if (from_kept) {
    d->kept.dropFront(d->kept.size() - size);
  } else if (!d->kept.append(t, data, size)) {
    return kRaised;
  }
  return out.finish();
}

Ref<> isCheckSupported(Thread& t, Value, Value id) {
  int check;
  return intArgument(t, id, &check) ? steal(Value::fromBool(lzma_check_is_supported(lzma_check(check)))) : Ref<>();
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
    {"check", MemberType::kInt32, true, offsetof(LzmaDecompressor, check),
     "ID of the integrity check used by the input stream."},
    {"eof", MemberType::kBool, true, offsetof(LzmaDecompressor, eof),
     "True if the end-of-stream marker has been reached."},
    {"unused_data", MemberType::kValue, true, offsetof(LzmaDecompressor, unused_data),
     "Data found after the end of the compressed stream."},
    {"needs_input", MemberType::kBool, true, offsetof(LzmaDecompressor, needs_input),
     "True if more input is needed before more decompressed data can be produced."},
    {},
};
const MethodDef kFunctions[] = {
    method("is_check_supported", isCheckSupported, "($module, check_id, /)",
           "Test whether the given integrity check is supported."),
    method("_encode_filter_properties", encodeFilterProperties, "($module, filter, /)",
           "Return a bytes object encoding the options (properties) of the filter specified by *filter* (a dict)."),
    method("_decode_filter_properties", decodeFilterProperties, "($module, filter_id, encoded_props, /)",
           "Return a dict describing the options (properties) encoded in the bytes object."),
    {},
};
constexpr struct {
  const char* name;
  uint64_t value;
} kConstants[] = {
    {"FORMAT_AUTO", kFormatAuto},
    {"FORMAT_XZ", kFormatXz},
    {"FORMAT_ALONE", kFormatAlone},
    {"FORMAT_RAW", kFormatRaw},
    {"CHECK_NONE", LZMA_CHECK_NONE},
    {"CHECK_CRC32", LZMA_CHECK_CRC32},
    {"CHECK_CRC64", LZMA_CHECK_CRC64},
    {"CHECK_SHA256", LZMA_CHECK_SHA256},
    {"CHECK_ID_MAX", LZMA_CHECK_ID_MAX},
    {"CHECK_UNKNOWN", LZMA_CHECK_ID_MAX + 1},
    {"FILTER_LZMA1", LZMA_FILTER_LZMA1},
    {"FILTER_LZMA2", LZMA_FILTER_LZMA2},
    {"FILTER_DELTA", LZMA_FILTER_DELTA},
    {"FILTER_X86", LZMA_FILTER_X86},
    {"FILTER_IA64", LZMA_FILTER_IA64},
    {"FILTER_ARM", LZMA_FILTER_ARM},
    {"FILTER_ARMTHUMB", LZMA_FILTER_ARMTHUMB},
    {"FILTER_SPARC", LZMA_FILTER_SPARC},
    {"FILTER_POWERPC", LZMA_FILTER_POWERPC},
    {"MF_HC3", LZMA_MF_HC3},
    {"MF_HC4", LZMA_MF_HC4},
    {"MF_BT2", LZMA_MF_BT2},
    {"MF_BT3", LZMA_MF_BT3},
    {"MF_BT4", LZMA_MF_BT4},
    {"MODE_FAST", LZMA_MODE_FAST},
    {"MODE_NORMAL", LZMA_MODE_NORMAL},
    {"PRESET_DEFAULT", LZMA_PRESET_DEFAULT},
    {"PRESET_EXTREME", LZMA_PRESET_EXTREME},
};

bool init(Thread& t, ModuleObject* module) {
  static const TypeSpec compressor{.type = nullptr,
                                   .basic_size = sizeof(LzmaCompressor),
                                   .doc =
                                       "LZMACompressor(format=FORMAT_XZ, check=-1, preset=None, filters=None)\n\n"
                                       "Create a compressor object for compressing data incrementally.",
                                   .methods = kCompressorMethods,
                                   .dealloc = compressorDealloc,
                                   .fill = [](Slots& slots) { slots.new_ = compressorNew; }};
  static const TypeSpec decompressor{.type = nullptr,
                                     .basic_size = sizeof(LzmaDecompressor),
                                     .doc =
                                         "LZMADecompressor(format=FORMAT_AUTO, memlimit=None, filters=None)\n--\n\n"
                                         "Create a decompressor object for decompressing data incrementally.",
                                     .methods = kDecompressorMethods,
                                     .members = kDecompressorMembers,
                                     .dealloc = decompressorDealloc,
                                     .fill = [](Slots& slots) { slots.new_ = decompressorNew; }};
  for (const auto& constant : kConstants) {
    if (!moduleAdd(t, module, constant.name, newIntUnsigned(t, constant.value))) return false;
  }
  lzma_error = addException(t, module, "_lzma.LZMAError", Value(&exc::Exception), "Call to liblzma failed.");
  return lzma_error && addNativeType(t, module, compressor, "_lzma.LZMACompressor", 0) &&
         addNativeType(t, module, decompressor, "_lzma.LZMADecompressor", 0);
}

}  // namespace

const ModuleDef& lzmaModule() {
  static const ModuleDef def{"_lzma", nullptr, kFunctions, init};
  return def;
}

}  // namespace krait
