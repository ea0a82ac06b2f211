// The _codecs module: the native codecs as functions, and the registries of codecs and error handlers.
#include "runtime/objects/charmap.h"
#include "runtime/objects/codec_registry.h"
#include "runtime/objects/codecs.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/escapes.h"
#include "runtime/objects/int.h"
#include "runtime/objects/module.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/objects/utf7.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/buffer.h"
#include "runtime/protocols/protocols.h"

namespace krait {
namespace {

// ---- arguments ----

// errors=None or a str.
class ErrorsArgument {
 public:
  [[nodiscard]] bool set(Thread& t, Value v, const char* function) {
    if (v.isNone()) return true;
    if (!isStr(v)) return raise(t, exc::TypeError, "%s() argument 2 must be str or None, not %.50s", function, typeName(v));
    given_ = true;
    return text_.set(t, asStr(v));
  }
  const char* get() const { return given_ ? text_.c_str() : nullptr; }

 private:
  Utf8 text_;
  bool given_ = false;
};

Ref<> withLength(Thread& t, Ref<> result, int64_t length) {
  if (!result) return kRaised;
  return packTuple(t, result.value(), Value::fromInt(length));
}

// Input of a decoder that also takes str (the escape codecs): its UTF-8.
class EscapeInput {
 public:
  [[nodiscard]] bool set(Thread& t, Value v) {
    is_text_ = isStr(v);
    return is_text_ ? text_.set(t, asStr(v)) : buffer_.get(t, v);
  }
  std::string_view view() const { return is_text_ ? text_.view() : buffer_.view(); }

 private:
  Utf8 text_;
  Buffer buffer_;
  bool is_text_ = false;
};

// ---- encoders: (str, errors=None) ----

template <NativeCodec codec>
Ref<> encodeWith(Thread& t, Value, const Value* args) {
  if (!isStr(args[0]))
    return raise(t, exc::TypeError, "encoder argument 1 must be str, not %.50s", argumentTypeName(args[0]));
  ErrorsArgument errors;
  if (!errors.set(t, args[1], "encode")) return kRaised;
  return withLength(t, encodeText(t, asStr(args[0]), codec, errors.get()), asStr(args[0])->length);
}
template <NativeCodec marked, NativeCodec little, NativeCodec big>
Ref<> encodeOrdered(Thread& t, Value, const Value* args) {
  if (!isStr(args[0]))
    return raise(t, exc::TypeError, "encoder argument 1 must be str, not %.50s", argumentTypeName(args[0]));
  ErrorsArgument errors;
  if (!errors.set(t, args[1], "encode")) return kRaised;
  int64_t order = toInt64(t, args[2]);
  if (order == -1 && t.raised()) return kRaised;
  NativeCodec codec = order == 0 ? marked : order < 0 ? little : big;
  return withLength(t, encodeText(t, asStr(args[0]), codec, errors.get()), asStr(args[0])->length);
}

template <Ref<Bytes> (*f)(Thread&, const Str*)>
Ref<> encodeEscapes(Thread& t, Value, const Value* args) {
  if (!isStr(args[0]))
    return raise(t, exc::TypeError, "encoder argument 1 must be str, not %.50s", argumentTypeName(args[0]));
  return withLength(t, f(t, asStr(args[0])), asStr(args[0])->length);
}
Ref<> escapeEncode(Thread& t, Value, const Value* args) {
  if (!isBytes(args[0])) return raise(t, exc::TypeError, "escape_encode() argument 1 must be bytes, not %.50s", typeName(args[0]));
  return withLength(t, encodeEscape(t, asBytes(args[0])->view()), asBytes(args[0])->size);
}
Ref<> readBufferEncode(Thread& t, Value, const Value* args) {
  EscapeInput input;
  if (!input.set(t, args[0])) return kRaised;
  return withLength(t, newBytes(t, input.view()), int64_t(input.view().size()));
}
Ref<> utf7Encode(Thread& t, Value, const Value* args) {
  if (!isStr(args[0]))
    return raise(t, exc::TypeError, "utf_7_encode() argument 1 must be str, not %.50s", argumentTypeName(args[0]));
  return withLength(t, encodeUtf7(t, asStr(args[0])), asStr(args[0])->length);
}
Ref<> charmapEncode(Thread& t, Value, const Value* args) {
  if (!isStr(args[0]))
    return raise(t, exc::TypeError, "charmap_encode() argument 1 must be str, not %.50s", argumentTypeName(args[0]));
  ErrorsArgument errors;
  if (!errors.set(t, args[1], "charmap_encode")) return kRaised;
  Ref<> encoded = args[2].isNone() ? Ref<>(encodeText(t, asStr(args[0]), NativeCodec::kLatin1, errors.get()))
                                   : Ref<>(encodeCharmap(t, asStr(args[0]), errors.get(), args[2]));
  return withLength(t, std::move(encoded), asStr(args[0])->length);
}

// ---- decoders: (data, errors=None[, final=False]) ----

template <NativeCodec codec>
Ref<> decodeWhole(Thread& t, Value, const Value* args) {
  Buffer data;
  ErrorsArgument errors;
  if (!data.get(t, args[0]) || !errors.set(t, args[1], "decode")) return kRaised;
  return withLength(t, decodeText(t, data.view(), codec, errors.get()), int64_t(data.size()));
}
template <NativeCodec codec>
Ref<> decodePartial(Thread& t, Value, const Value* args) {
  Buffer data;
  ErrorsArgument errors;
  if (!data.get(t, args[0]) || !errors.set(t, args[1], "decode")) return kRaised;
  int final = truth(t, args[2]);
  if (final < 0) return kRaised;
  size_t consumed = data.size();
  Ref<Str> text = decodeText(t, data.view(), codec, errors.get(), final ? nullptr : &consumed);
  return withLength(t, std::move(text), int64_t(consumed));
}
template <Ref<Str> (*f)(Thread&, std::string_view, const char*, int*, size_t*)>
Ref<> decodeOrdered(Thread& t, Value, const Value* args) {
  Buffer data;
  ErrorsArgument errors;
  if (!data.get(t, args[0]) || !errors.set(t, args[1], "decode")) return kRaised;
  int64_t order = toInt64(t, args[2]);
  if (order == -1 && t.raised()) return kRaised;
  int final = truth(t, args[3]);
  if (final < 0) return kRaised;
  int byte_order = order < 0 ? -1 : order > 0;
  size_t consumed = data.size();
  Ref<Str> text = f(t, data.view(), errors.get(), &byte_order, final ? nullptr : &consumed);
  if (!text) return kRaised;
  return packTuple(t, text.value(), Value::fromInt(int64_t(consumed)), Value::fromInt(byte_order));
}
template <Ref<Str> (*f)(Thread&, std::string_view, const char*, size_t*)>
Ref<> decodeEscapes(Thread& t, Value, const Value* args) {
  EscapeInput data;
  ErrorsArgument errors;
  if (!data.set(t, args[0]) || !errors.set(t, args[1], "decode")) return kRaised;
  int final = truth(t, args[2]);
  if (final < 0) return kRaised;
  size_t consumed = data.view().size();
  Ref<Str> text = f(t, data.view(), errors.get(), final ? nullptr : &consumed);
  return withLength(t, std::move(text), int64_t(consumed));
}
Ref<> escapeDecode(Thread& t, Value, const Value* args) {
  EscapeInput data;
  ErrorsArgument errors;
  if (!data.set(t, args[0]) || !errors.set(t, args[1], "escape_decode")) return kRaised;
  return withLength(t, decodeEscape(t, data.view(), errors.get()), int64_t(data.view().size()));
}
Ref<> utf7Decode(Thread& t, Value, const Value* args) {
  Buffer data;
  ErrorsArgument errors;
  if (!data.get(t, args[0]) || !errors.set(t, args[1], "utf_7_decode")) return kRaised;
  int final = truth(t, args[2]);
  if (final < 0) return kRaised;
  size_t consumed = data.size();
  Ref<Str> text = decodeUtf7(t, data.view(), errors.get(), final ? nullptr : &consumed);
  return withLength(t, std::move(text), int64_t(consumed));
}
Ref<> charmapDecode(Thread& t, Value, const Value* args) {
  Buffer data;
  ErrorsArgument errors;
  if (!data.get(t, args[0]) || !errors.set(t, args[1], "charmap_decode")) return kRaised;
  Ref<Str> text = args[2].isNone() ? decodeText(t, data.view(), NativeCodec::kLatin1, errors.get())
                                   : decodeCharmap(t, data.view(), errors.get(), args[2]);
  return withLength(t, std::move(text), int64_t(data.size()));
}
Ref<> charmapBuild(Thread& t, Value, Value table) {
  if (!isStr(table))
    return raise(t, exc::TypeError, "charmap_build() argument must be str, not %.50s", argumentTypeName(table));
  return buildCharmap(t, asStr(table));
}

// ---- registries ----

Ref<> registerFunction(Thread& t, Value, Value function) { return registerCodecSearch(t, function) ? steal(kNone) : Ref<>(); }
Ref<> unregisterFunction(Thread& t, Value, Value function) {
  unregisterCodecSearch(t, function);
  return steal(kNone);
}
Ref<> lookupFunction(Thread& t, Value, Value encoding) {
  if (!isStr(encoding))
    return raise(t, exc::TypeError, "lookup() argument must be str, not %.50s", argumentTypeName(encoding));
  Utf8 name;
  return name.set(t, asStr(encoding)) ? lookupCodec(t, name.c_str()) : Ref<>();
}

bool codecArguments(Thread& t, const char* function, const Value* args, Utf8* encoding, Utf8* errors) {
  Utf8* texts[2] = {encoding, errors};
  for (int i = 0; i < 2; ++i) {
    if (!isStr(args[i + 1])) {
      return raise(t, exc::TypeError, "%s() argument '%s' must be str, not %.50s", function, i ? "errors" : "encoding",
                   argumentTypeName(args[i + 1]));
    }
    if (!texts[i]->set(t, asStr(args[i + 1]))) return false;
  }
  return true;
}
Ref<> encodeFunction(Thread& t, Value, const Value* args) {
  Utf8 encoding, errors;
  if (!codecArguments(t, "encode", args, &encoding, &errors)) return kRaised;
  return codecEncode(t, args[0], encoding.c_str(), errors.c_str());
}
Ref<> decodeFunction(Thread& t, Value, const Value* args) {
  Utf8 encoding, errors;
  if (!codecArguments(t, "decode", args, &encoding, &errors)) return kRaised;
  return codecDecode(t, args[0], encoding.c_str(), errors.c_str());
}
Ref<> registerErrorFunction(Thread& t, Value, const Value* args) {
  if (!isStr(args[0]))
    return raise(t, exc::TypeError, "register_error() argument 1 must be str, not %.50s", argumentTypeName(args[0]));
  if (!isCallable(args[1])) return raise(t, exc::TypeError, "handler must be callable");
  Dict* handlers = errorHandlers(t);
  return handlers && dictSet(t, handlers, args[0], args[1]) ? steal(kNone) : Ref<>();
}
Ref<> lookupErrorFunction(Thread& t, Value, Value name) {
  if (!isStr(name))
    return raise(t, exc::TypeError, "lookup_error() argument must be str, not %.50s", argumentTypeName(name));
  Utf8 text;
  return text.set(t, asStr(name)) ? lookupErrorHandler(t, text.c_str()) : Ref<>();
}

const char kEncoder[] = "($module, str, errors=None, /)";
const char kWholeDecoder[] = "($module, data, errors=None, /)";
const char kDecoder[] = "($module, data, errors=None, final=False, /)";
const char kFinalDecoder[] = "($module, data, errors=None, final=True, /)";
const char kOrderedDecoder[] = "($module, data, errors=None, byteorder=0, final=False, /)";
using C = NativeCodec;

const MethodDef kFunctions[] = {
    method("register", registerFunction, "($module, search_function, /)", "Registers a codec search function."),
    method("unregister", unregisterFunction, "($module, search_function, /)", "Unregisters a codec search function."),
    method("lookup", lookupFunction, "($module, encoding, /)", "Looks up a codec tuple in the registry."),
    method("encode", encodeFunction, "($module, /, obj, encoding='utf-8', errors='strict')", "Encodes obj using the codec."),
    method("decode", decodeFunction, "($module, /, obj, encoding='utf-8', errors='strict')", "Decodes obj using the codec."),
    method("register_error", registerErrorFunction, "($module, errors, handler, /)", "Registers an error handler under a name."),
    method("lookup_error", lookupErrorFunction, "($module, name, /)", "The error handler for a name."),
    method("utf_8_encode", encodeWith<C::kUtf8>, kEncoder),
    method("utf_8_decode", decodePartial<C::kUtf8>, kDecoder),
    method("utf_7_encode", utf7Encode, kEncoder),
    method("utf_7_decode", utf7Decode, kDecoder),
    method("utf_16_encode", encodeOrdered<C::kUtf16, C::kUtf16Le, C::kUtf16Be>, "($module, str, errors=None, byteorder=0, /)"),
    method("utf_16_le_encode", encodeWith<C::kUtf16Le>, kEncoder),
    method("utf_16_be_encode", encodeWith<C::kUtf16Be>, kEncoder),
    method("utf_16_decode", decodePartial<C::kUtf16>, kDecoder),
    method("utf_16_le_decode", decodePartial<C::kUtf16Le>, kDecoder),
    method("utf_16_be_decode", decodePartial<C::kUtf16Be>, kDecoder),
    method("utf_16_ex_decode", decodeOrdered<decodeUtf16>, kOrderedDecoder),
    method("utf_32_encode", encodeOrdered<C::kUtf32, C::kUtf32Le, C::kUtf32Be>, "($module, str, errors=None, byteorder=0, /)"),
    method("utf_32_le_encode", encodeWith<C::kUtf32Le>, kEncoder),
    method("utf_32_be_encode", encodeWith<C::kUtf32Be>, kEncoder),
    method("utf_32_decode", decodePartial<C::kUtf32>, kDecoder),
    method("utf_32_le_decode", decodePartial<C::kUtf32Le>, kDecoder),
    method("utf_32_be_decode", decodePartial<C::kUtf32Be>, kDecoder),
    method("utf_32_ex_decode", decodeOrdered<decodeUtf32>, kOrderedDecoder),
    method("latin_1_encode", encodeWith<C::kLatin1>, kEncoder),
    method("latin_1_decode", decodeWhole<C::kLatin1>, kWholeDecoder),
    method("ascii_encode", encodeWith<C::kAscii>, kEncoder),
    method("ascii_decode", decodeWhole<C::kAscii>, kWholeDecoder),
    method("unicode_escape_encode", encodeEscapes<encodeUnicodeEscape>, kEncoder),
    method("unicode_escape_decode", decodeEscapes<decodeUnicodeEscape>, kFinalDecoder),
    method("raw_unicode_escape_encode", encodeEscapes<encodeRawUnicodeEscape>, kEncoder),
    method("raw_unicode_escape_decode", decodeEscapes<decodeRawUnicodeEscape>, kFinalDecoder),
    method("escape_encode", escapeEncode, "($module, data, errors=None, /)"),
    method("escape_decode", escapeDecode, "($module, data, errors=None, /)"),
    method("readbuffer_encode", readBufferEncode, "($module, data, errors=None, /)"),
    method("charmap_encode", charmapEncode, "($module, str, errors=None, mapping=None, /)"),
    method("charmap_decode", charmapDecode, "($module, data, errors=None, mapping=None, /)"),
    method("charmap_build", charmapBuild, "($module, map, /)"),
    {},
};

}  // namespace

const ModuleDef& codecsModule() {
  static const ModuleDef def{"_codecs", "", kFunctions, nullptr};
  return def;
}

}  // namespace krait
