// _multibytecodec and _codecs_cn, _iso2022, _jp, _kr: encodings of East Asia, as far as the C library's iconv agrees
// with CPython.
//
// iconv converts as far as it can and stops in front of what it cannot; what then happens is Python's business (error
// handlers).
#include <iconv.h>

#include <cerrno>
#include <string>

#include "runtime/modules/fields.h"
#include "runtime/objects/codec_errors.h"
#include "runtime/objects/exception_types.h"
#include "runtime/objects/int.h"
#include "runtime/objects/list.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/buffer.h"
#include "runtime/protocols/iteration.h"

namespace krait {

namespace {

struct CodecRow {
  const char *name, *iconv_name;
  bool steps;
};
constexpr const char* kIllegal = "illegal multibyte sequence";
constexpr const char* kIncomplete = "incomplete multibyte sequence";
constexpr size_t kMostPending = 8;

// A conversion that is open as long as the object.
class Converter {
 public:
  Converter() = default;
  Converter(const Converter&) = delete;
  ~Converter() { close(); }
  bool open(Thread& t, const char* to, const char* from) {
    close();
    handle_ = iconv_open(to, from);
    if (handle_ != iconv_t(-1)) return true;
    return raise(t, exc::LookupError, "the C library does not know the encoding %s",
                 strcmp(to, "UTF-32LE") ? to : from);
  }
  void close() {
    if (handle_ != iconv_t(-1)) iconv_close(handle_);
    handle_ = iconv_t(-1);
  }
  bool isOpen() const { return handle_ != iconv_t(-1); }
  void reset() {
    if (isOpen()) iconv(handle_, nullptr, nullptr, nullptr, nullptr);
  }
  // Converts from *in on; the output is appended. 0: all done, else why it stopped (EILSEQ, EINVAL), *in then at the
  // place.
  int run(const char** in, const char* end, std::string* out) {
    for (;;) {
      char room[4096];
      char *to = room, *from = const_cast<char*>(*in);
      size_t left = size_t(end - *in), space = sizeof room;
      size_t result = iconv(handle_, &from, &left, &to, &space);
      int error = result == size_t(-1) ? errno : 0;
      out->append(room, size_t(to - room));
      *in = from;
      if (error != E2BIG) return error;
    }
  }
  // The bytes that lead back to the initial state.
  void finish(std::string* out) {
    char room[64];
    char* to = room;
    size_t space = sizeof room;
    iconv(handle_, nullptr, nullptr, &to, &space);
    out->append(room, size_t(to - room));
  }

 private:
  iconv_t handle_ = iconv_t(-1);
};

// --- encoding ---

std::string utf32(const Str* s, int64_t start = 0) {
  std::string text;
  text.reserve(size_t(s->length - start) * 4);
  for (int64_t i = start; i < s->length; ++i) {
    uint32_t c = s->at(i);
    text.append(reinterpret_cast<const char*>(&c), 4);
  }
  return text;
}
// What stands for the character at `at`, which the codec lacks; gives the position to go on from, -1: raised.
int64_t replaceCharacter(Thread& t, const CodecRow& row, Converter& converter, Str* text, int64_t at,
                         const char* errors, std::string* out) {
  if (!strcmp(errors, "ignore")) return at + 1;
  if (!strcmp(errors, "replace")) {
    std::string mark = {'?', 0, 0, 0};
    const char* in = mark.data();
    converter.run(&in, in + 4, out);
    return at + 1;
  }
  Ref<> problem = newUnicodeEncodeError(t, row.name, Value(text), at, at + 1, kIllegal);
  if (!problem) return -1;
  if (!strcmp(errors, "strict")) return raiseInstance(t, std::move(problem));
  Ref<> handler = lookupErrorHandler(t, errors), answer = handler ? call(t, handler, problem) : Ref<>();
  if (!answer) return -1;
  Tuple* pair = isTuple(answer) && asTuple(answer)->size == 2 ? asTuple(answer) : nullptr;
  if (!pair || !(isStr(pair->items[0]) || isBytes(pair->items[0])) || !isIntLike(pair->items[1])) {
    return raise(t, exc::TypeError, "encoding error handler must return (str, int) tuple");
  }
  if (isBytes(pair->items[0])) {
    out->append(asBytes(pair->items[0])->view());
  } else {
    std::string replacement = utf32(asStr(pair->items[0]));
    const char* in = replacement.data();
    if (converter.run(&in, in + replacement.size(), out)) {
      int64_t place = (in - replacement.data()) / 4;
      Ref<> second = newUnicodeEncodeError(t, row.name, pair->items[0], place, place + 1, kIllegal);
      if (!second) return -1;
      return raiseInstance(t, std::move(second));
    }
  }
  int64_t next = toIndex(t, pair->items[1], true);
  if (t.raised()) return -1;
  if (next < 0) next += text->length;
  if (next < 0 || next > text->length) {
    return raise(t, exc::IndexError, "position %lld from error handler out of bounds", static_cast<long long>(next));
  }
  return next;
}
// One run of the converter; for rows with `steps` one character, refused where iconv makes one byte beyond ASCII of it
// or takes such a byte for one. 0: converted up to `end` or by one step; EILSEQ, EINVAL as usual.
int encodeStep(const CodecRow& row, Converter& converter, const char** in, const char* end, std::string* out) {
  if (!row.steps) return converter.run(in, end, out);
  size_t before = out->size();
  const char* at = *in;
  if (int error = converter.run(&at, at + 4, out)) return error;
  if (out->size() == before + 1 && uint8_t(out->back()) >= 0x80) {
    out->resize(before);
    return EILSEQ;
  }
  *in = at;
  return 0;
}
int decodeStep(const CodecRow& row, Converter& converter, const char** in, const char* end, std::string* out) {
  if (!row.steps) return converter.run(in, end, out);
  for (int64_t size = 1;; ++size) {
    if (size > end - *in) return EINVAL;
    const char* at = *in;
    int error = converter.run(&at, at + size, out);
    if (error == EINVAL) continue;
    if (error) return error;
    if (size == 1 && uint8_t(**in) >= 0x80) {
      out->resize(out->size() - 4);
      return end - *in == 1 ? EINVAL : EILSEQ;  // CPython asks for two bytes first
    }
    *in = at;
    return 0;
  }
}
bool encodeInto(Thread& t, const CodecRow& row, Converter& converter, Str* text, const char* errors, std::string* out) {
  std::string units = utf32(text);
  const char *in = units.data(), *end = in + units.size();
  while (in < end) {
    if (!encodeStep(row, converter, &in, end, out)) continue;
    int64_t next = replaceCharacter(t, row, converter, text, (in - units.data()) / 4, errors, out);
    if (next < 0) return false;
    in = units.data() + next * 4;
  }
  return true;
}

// --- decoding ---

// Decodes `data`; an incomplete end is left alone unless `final`. Gives the bytes used, -1: raised.
int64_t decodeInto(Thread& t, const CodecRow& row, Converter& converter, std::string_view data, const char* errors,
                   bool final, StrBuilder& out) {
  DecodeErrors handler(t, data, row.name, NativeCodec::kAscii, errors);
  int64_t at = 0;
  for (;;) {
    data = handler.data();
    const char *base = data.data(), *in = base + at, *end = base + data.size();
    std::string units;
    int error = 0;
    while (in < end && !error) error = decodeStep(row, converter, &in, end, &units);
    for (size_t i = 0; i + 3 < units.size(); i += 4) {
      uint32_t c;
      memcpy(&c, &units[i], 4);
      out.append(c);
    }
    at = in - base;
    if (!error) return at;
    if (error == EINVAL && !final) return at;
    converter.reset();
    at = error == EINVAL ? handler.handle(out, at, int64_t(data.size()), kIncomplete)
                         : handler.handle(out, at, at + 1, kIllegal);
    if (at < 0) return -1;
  }
}

// --- codec objects ---

struct Codec : Object {
  const CodecRow* row;
};
Type* codec_type = nullptr;
const CodecRow& rowOf(Value v) { return *static_cast<Codec*>(v.asObject())->row; }

bool errorsArgument(Thread& t, const char* function, Value v, Utf8* out) {
  if (!v || v.isNone()) return true;
  if (!isStr(v))
    return raise(t, exc::TypeError, "%s() argument 'errors' must be str or None, not %s", function, typeName(v));
  return out->set(t, asStr(v));
}
const char* errorsOr(const Utf8& text) { return text.size() ? text.c_str() : "strict"; }

Ref<> codecEncode(Thread& t, Value self, const Value* args) {
  Utf8 errors;
  if (!errorsArgument(t, "encode", args[1], &errors)) return kRaised;
  Ref<Str> text = isStr(args[0]) ? share(asStr(args[0])) : str(t, args[0]);
  Converter converter;
  std::string out;
  const CodecRow& row = rowOf(self);
  if (!text || !converter.open(t, row.iconv_name, "UTF-32LE") ||
      !encodeInto(t, row, converter, text.get(), errorsOr(errors), &out))
    return kRaised;
  converter.finish(&out);
  Ref<Bytes> bytes = newBytes(t, out);
  return bytes ? packTuple(t, Value(bytes), Value::fromInt(text->length)) : Ref<Tuple>();
}
Ref<> codecDecode(Thread& t, Value self, const Value* args) {
  Utf8 errors;
  Buffer data;
  Converter converter;
  StrBuilder out(t);
  const CodecRow& row = rowOf(self);
  if (!data.get(t, args[0]) || !errorsArgument(t, "decode", args[1], &errors) ||
      !converter.open(t, "UTF-32LE", row.iconv_name) ||
      decodeInto(t, row, converter, data.view(), errorsOr(errors), true, out) < 0) {
    return kRaised;
  }
  Ref<Str> text = out.finish();
  return text ? packTuple(t, Value(text), Value::fromInt(int64_t(data.size()))) : Ref<Tuple>();
}

// --- incremental conversion ---

struct Incremental : Object {
  const CodecRow* row;
  Converter* converter;  // owned
  std::string* pending;  // owned: the bytes of an incomplete character
  Value errors;          // owned str
  Value stream;          // owned or empty
};
Incremental* asIncremental(Value v) { return static_cast<Incremental*>(v.asObject()); }

void incrementalDealloc(Object* self) {
  Incremental* c = static_cast<Incremental*>(self);
  delete c->converter;
  delete c->pending;
  release(c->errors);
  release(c->stream);
  freeInstance(self);
}
Ref<> makeIncremental(Thread& t, Type* type, Value stream, Value errors, bool encodes) {
  if (errors && !errors.isNone() && !isStr(errors))
    return raise(t, exc::TypeError, "errors must be str, not %s", typeName(errors));
  Ref<> codec = getAttr(t, type, "codec");
  if (!codec) return kRaised;
  if (!isExact(codec, codec_type)) return raise(t, exc::TypeError, "codec is unexpected type");
  const CodecRow& row = rowOf(codec);
  Incremental* c = allocateInstance<Incremental>(type);
  if (!c) return raiseNoMemory(t);
  c->row = &row;
  c->converter = new Converter();
  c->pending = new std::string();
  c->errors = errors && !errors.isNone() ? share(errors).leak() : Value(internStatic("strict"));
  c->stream = share(stream).leak();
  Ref<> owner = steal(Value(c));
  bool open =
      encodes ? c->converter->open(t, row.iconv_name, "UTF-32LE") : c->converter->open(t, "UTF-32LE", row.iconv_name);
  return open ? std::move(owner) : Ref<>();
}
Ref<> onlyBound(Thread&, Value, const Value*) { return nullptr; }  // the definitions below are only bound, never called
template <bool encodes, bool streams>
Ref<> incrementalNew(Thread& t, Type* type, Args args) {
  static const MethodDef kNew =
      method(streams   ? encodes ? "StreamWriter" : "StreamReader"
             : encodes ? "IncrementalEncoder"
                       : "IncrementalDecoder",
             onlyBound, streams ? "($self, stream, errors='strict')" : "($self, errors='strict')");
  Value bound[2];
  Ref<> keep[2];
  if (!bindArguments(t, kNew, args, bound, keep)) return kRaised;
  return makeIncremental(t, type, streams ? bound[0] : Value(), bound[streams ? 1 : 0], encodes);
}
bool errorName(Thread& t, Incremental* c, Utf8* out) { return out->set(t, asStr(c->errors)); }

Ref<> encodeMore(Thread& t, Incremental* c, Value v, bool final) {
  if (!isStr(v)) return raise(t, exc::TypeError, "couldn't convert the object to str.");
  Utf8 errors;
  std::string out;
  if (!errorName(t, c, &errors) || !encodeInto(t, *c->row, *c->converter, asStr(v), errors.c_str(), &out))
    return kRaised;
  if (final) c->converter->finish(&out);
  return newBytes(t, out);
}
Ref<> decodeMore(Thread& t, Incremental* c, std::string_view data, bool final) {
  Utf8 errors;
  if (!errorName(t, c, &errors)) return kRaised;
  std::string whole = *c->pending + std::string(data);
  StrBuilder out(t);
  int64_t used = decodeInto(t, *c->row, *c->converter, whole, errors.c_str(), final, out);
  if (used < 0) return kRaised;
  std::string rest = size_t(used) < whole.size() ? whole.substr(size_t(used)) : std::string();
  if (rest.size() > kMostPending) return raise(t, exc::UnicodeError, "pending buffer overflow");
  *c->pending = rest;
  return out.finish();
}
Ref<> incrementalEncode(Thread& t, Value self, const Value* args) {
  int final = truth(t, args[1]);
  return final < 0 ? Ref<>() : encodeMore(t, asIncremental(self), args[0], final);
}
Ref<> incrementalDecode(Thread& t, Value self, const Value* args) {
  int final = truth(t, args[1]);
  Buffer data;
  return final < 0 || !data.get(t, args[0]) ? Ref<>() : decodeMore(t, asIncremental(self), data.view(), final);
}
Ref<> incrementalReset(Thread&, Value self) {
  asIncremental(self)->converter->reset();
  asIncremental(self)->pending->clear();
  return steal(kNone);
}
Ref<> decoderState(Thread& t, Value self) {
  Ref<Bytes> pending = newBytes(t, *asIncremental(self)->pending);
  return pending ? packTuple(t, Value(pending), Value::fromInt(0)) : Ref<Tuple>();
}
Ref<> setDecoderState(Thread& t, Value self, const Value* args) {
  if (!isTuple(args[0]))
    return raise(t, exc::TypeError, "setstate() argument must be tuple, not %s", typeName(args[0]));
  Tuple* state = asTuple(args[0]);
  if (state->size != 2 || !isBytes(state->items[0]) || !isIntLike(state->items[1])) {
    return raise(t, exc::TypeError, "setstate(): illegal state argument");
  }
  if (size_t(asBytes(state->items[0])->size) > kMostPending)
    return raise(t, exc::UnicodeError, "pending buffer too large");
  asIncremental(self)->converter->reset();
  *asIncremental(self)->pending = asBytes(state->items[0])->view();
  return steal(kNone);
}
Ref<> getErrors(Thread&, Value self) { return share(asIncremental(self)->errors); }
bool setErrors(Thread& t, Value self, Value v) {
  if (!v) return raise(t, exc::AttributeError, "cannot delete attribute");
  if (!isStr(v)) return raise(t, exc::TypeError, "errors must be a string");
  assign(asIncremental(self)->errors, share(v));
  return true;
}
Ref<> getStream(Thread&, Value self) {
  Value stream = asIncremental(self)->stream;
  return stream ? share(stream) : steal(kNone);
}

// --- streams ---

// Reads with `function` of the stream until there is a character, or everything for a negative size.
Ref<> readStream(Thread& t, Value self, const char* function, Value size_value) {
  Incremental* c = asIncremental(self);
  int64_t size = size_value.isNone() ? -1 : toIndex(t, size_value);
  if (t.raised()) return kRaised;
  if (size == 0) return share(Value(emptyStr()));
  for (;;) {
    Ref<> chunk =
        size < 0 ? callMethod(t, c->stream, function) : callMethod(t, c->stream, function, Value::fromInt(size));
    if (!chunk) return kRaised;
    if (!isBytes(chunk))
      return raise(t, exc::TypeError, "stream function returned a non-bytes object (%.100s)", typeName(chunk));
    bool end = asBytes(chunk)->size == 0 || size < 0;
    Ref<> text = decodeMore(t, c, asBytes(chunk)->view(), end);
    if (!text || end || asStr(text)->length > 0) return text;
    size = 1;  // one character is incomplete: byte by byte
  }
}
Ref<> streamRead(Thread& t, Value self, const Value* args) { return readStream(t, self, "read", args[0]); }
Ref<> streamReadLine(Thread& t, Value self, const Value* args) { return readStream(t, self, "readline", args[0]); }
Ref<> streamReadLines(Thread& t, Value self, const Value* args) {
  Ref<> text = readStream(t, self, "read", args[0]);
  return text ? callMethod(t, text, "splitlines", kTrue) : Ref<>();
}
Ref<> streamWrite(Thread& t, Value self, const Value* args) {
  Ref<> bytes = encodeMore(t, asIncremental(self), args[0], false);
  return bytes && callMethod(t, asIncremental(self)->stream, "write", bytes) ? steal(kNone) : Ref<>();
}
Ref<> streamWriteLines(Thread& t, Value self, const Value* args) {
  Iteration lines(t, args[0]);
  while (Ref<> line = lines.next()) {
    const Value one[] = {line};
    if (!streamWrite(t, self, one)) return kRaised;
  }
  return t.raised() ? Ref<>() : steal(kNone);
}
Ref<> streamWriterReset(Thread& t, Value self) {
  std::string out;
  asIncremental(self)->converter->finish(&out);
  if (out.empty()) return steal(kNone);
  Ref<Bytes> bytes = newBytes(t, out);
  return bytes && callMethod(t, asIncremental(self)->stream, "write", bytes) ? steal(kNone) : Ref<>();
}

// --- the modules ---

#define CODEC(module, name, iconv_name, steps) {#module, {name, iconv_name, steps}},
const struct {
  const char* module;
  CodecRow row;
} kCodecs[] = {
#include "runtime/modules/multibyte_codecs.def"
};
#undef CODEC

bool ensureCodecType(Thread& t) {
  static const MethodDef kMethods[] = {
      method("encode", codecEncode, "($self, /, input, errors=None)",
             "Return an encoded string version of `input`, and how much of it was used."),
      method("decode", codecDecode, "($self, /, input, errors=None)", "Decode bytes, and tell how many were used."),
      {},
  };
  static const TypeSpec spec{
      .type = nullptr, .basic_size = sizeof(Codec), .doc = nullptr, .methods = kMethods, .dealloc = [](Object* o) {
        freeInstance(o);
      }};
  if (codec_type) return true;
  Ref<Type> type = makeNativeType(t, spec, "_multibytecodec.MultibyteCodec", nullptr, kTypeFinal | kTypeDisallowNew);
  codec_type = type ? type.leakObject() : nullptr;
  return codec_type;
}
Ref<> findCodec(Thread& t, const char* module, Value name) {
  if (!isStr(name)) return raise(t, exc::TypeError, "encoding name must be a string.");
  Utf8 text;
  if (!text.set(t, asStr(name)) || !ensureCodecType(t)) return kRaised;
  for (const auto& known : kCodecs) {
    if (strcmp(known.module, module) || text.view() != known.row.name) continue;
    Codec* codec = allocateInstance<Codec>(codec_type);
    if (!codec) return raiseNoMemory(t);
    codec->row = &known.row;
    return steal(Value(codec));
  }
  return raise(t, exc::LookupError, "no such codec is supported.");
}

const GetSetDef kErrorsGetSet[] = {{"errors", getErrors, setErrors, "how to treat errors"}, {}};
const GetSetDef kStreamGetSet[] = {
    {"errors", getErrors, setErrors, "how to treat errors"}, {"stream", getStream, nullptr, nullptr}, {}};

template <bool encodes, bool streams>
TypeSpec incrementalSpec(const MethodDef* methods) {
  return TypeSpec{.type = nullptr,
                  .basic_size = sizeof(Incremental),
                  .doc = nullptr,
                  .methods = methods,
                  .getsets = streams ? kStreamGetSet : kErrorsGetSet,
                  .dealloc = incrementalDealloc,
                  .traverse = [](Object* o, Visitor& visitor) { visitor.visit(static_cast<Incremental*>(o)->stream); },
                  .clear = [](Object* o) { assign(static_cast<Incremental*>(o)->stream, Ref<>()); },
                  .fill =
                      [](Slots& slots) {
                        slots.new_ = incrementalNew<encodes, streams>;
                        slots.init = [](Thread&, Value, Args) {
                          return true;
                        };  // of codecs.StreamWriter, which would set attributes
                      }};
}
bool initMultibyte(Thread& t, ModuleObject* m) {
  static const MethodDef kEncoder[] = {method("encode", incrementalEncode, "($self, /, input, final=False)"),
                                       method("reset", incrementalReset, "($self, /)"),
                                       {}};
  static const MethodDef kDecoder[] = {method("decode", incrementalDecode, "($self, /, input, final=False)"),
                                       method("getstate", decoderState, "($self, /)"),
                                       method("setstate", setDecoderState, "($self, state, /)"),
                                       method("reset", incrementalReset, "($self, /)"),
                                       {}};
  static const MethodDef kReader[] = {method("read", streamRead, "($self, sizeobj=None, /)"),
                                      method("readline", streamReadLine, "($self, sizeobj=None, /)"),
                                      method("readlines", streamReadLines, "($self, sizehintobj=None, /)"),
                                      method("reset", incrementalReset, "($self, /)"),
                                      {}};
  static const MethodDef kWriter[] = {method("write", streamWrite, "($self, strobj, /)"),
                                      method("writelines", streamWriteLines, "($self, lines, /)"),
                                      method("reset", streamWriterReset, "($self, /)"),
                                      {}};
  static const TypeSpec encoder = incrementalSpec<true, false>(kEncoder),
                        decoder = incrementalSpec<false, false>(kDecoder),
                        reader = incrementalSpec<false, true>(kReader), writer = incrementalSpec<true, true>(kWriter);
  return ensureCodecType(t) && addNativeType(t, m, encoder, "_multibytecodec.MultibyteIncrementalEncoder") &&
         addNativeType(t, m, decoder, "_multibytecodec.MultibyteIncrementalDecoder") &&
         addNativeType(t, m, reader, "_multibytecodec.MultibyteStreamReader") &&
         addNativeType(t, m, writer, "_multibytecodec.MultibyteStreamWriter");
}
bool nothing(Thread&, ModuleObject*) { return true; }

}  // namespace

const ModuleDef& multibyteCodecModule() {
  static const MethodDef kFunctions[] = {{}};
  static const ModuleDef def{"_multibytecodec", nullptr, kFunctions, initMultibyte};
  return def;
}
#define CODECS(group)                                                                             \
  const ModuleDef& group##CodecsModule() {                                                        \
    static const MethodDef kFunctions[] = {                                                       \
        method(                                                                                   \
            "getcodec", +[](Thread& t, Value, Value name) { return findCodec(t, #group, name); }, \
            "($module, name, /)"),                                                                \
        {}};                                                                                      \
    static const ModuleDef def{"_codecs_" #group, nullptr, kFunctions, nothing};                  \
    return def;                                                                                   \
  }
CODECS(cn)
CODECS(iso2022)
CODECS(jp)
CODECS(kr)
#undef CODECS

}  // namespace krait
