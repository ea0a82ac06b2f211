// The codec registry, and str.encode / bytes.decode on top of it.
#include "runtime/objects/codec_registry.h"
#include "runtime/core/runtime.h"
#include "runtime/objects/codecs.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/exception.h"
#include "runtime/objects/list.h"
#include "runtime/objects/str_builder.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/buffer.h"
#include "runtime/protocols/protocols.h"

namespace krait {
namespace {

List* search_functions = nullptr;  // owned
Dict* cache = nullptr;             // normalised name -> CodecInfo, owned

// Makes the registry, and has the encodings package register itself, once.
bool ready(Thread& t) {
  if (cache) return true;
  Ref<List> list = newList(t);
  Ref<Dict> dict = newDict(t);
  if (!list || !dict) return false;
  search_functions = list.leakObject();
  cache = dict.leakObject();
  return bool(importModule(t, "encodings"));
}

// Lower case; runs of anything but letters, digits and points become one underscore.
Ref<Str> normalised(Thread& t, const char* encoding) {
  StrBuilder out(t);
  bool gap = false;
  for (const char* p = encoding; *p; ++p) {
    char c = *p >= 'A' && *p <= 'Z' ? char(*p + 32) : *p;
    if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '.') {
      gap = true;
      continue;
    }
    if (gap && out.length()) out.append('_');
    gap = false;
    out.append(uint32_t(c));
  }
  return out.finish();
}

// A codec failed: says so with the name of the codec, keeping the type, where an exception of that type holds no more than a message.
// The original becomes the cause.
void wrapCodecError(Thread& t, const char* operation, const char* encoding) {
  Ref<> original = takeException(t);
  BaseException* exception = asException(original);
  Type* type = typeOf(original);
  Tuple* arguments = asTuple(exception->args);
  Slots& base = types::BaseException.slots;
  bool plain = type->slots.init == base.init && type->slots.new_ == base.new_ && type->basic_size <= types::BaseException.basic_size + 16 &&
               (arguments->size == 0 || (arguments->size == 1 && isStr(arguments->items[0])));
  Ref<Str> text = plain ? str(t, original) : Ref<Str>();
  Utf8 view;
  if (text) view.setLossy(text.get());
  Ref<Str> message = text ? strFormat(t, "%s with '%s' codec failed (%s: %s)", operation, encoding, type->cname, view.c_str()) : Ref<Str>();
  Ref<> fresh = message ? call(t, Value(type), message) : Ref<>();
  if (!fresh || !isException(fresh)) {
    if (t.raised()) clearException(t);
    restoreException(t, std::move(original));
    return;
  }
  BaseException* wrapped = asException(fresh);
  assign(wrapped->cause, share(original.value()));
  wrapped->suppress_context = true;
  assign(wrapped->context, std::move(original));
  restoreException(t, std::move(fresh));
}

// item 0 (encode) or 1 (decode) of the codec applied to the object; the first of the pair that it gives.
Ref<> apply(Thread& t, Value codec, int item, Value object, const char* encoding, const char* errors) {
  Value function = asTuple(codec)->items[item];
  Ref<> result;
  if (errors) {
    Ref<Str> errors_text = newStrUtf8(t, errors);
    if (!errors_text) return kRaised;
    result = call(t, function, object, errors_text);
  } else {
    result = call(t, function, object);
  }
  if (!result) {
    wrapCodecError(t, item ? "decoding" : "encoding", encoding);
    return kRaised;
  }
  if (!isTuple(result) || asTuple(result)->size != 2) {
    return raise(t, exc::TypeError, "%s must return a tuple (object, integer)", item ? "decoder" : "encoder");
  }
  return share(asTuple(result)->items[0]);
}

// Codecs that do not convert between str and bytes are refused by str.encode and bytes.decode.
Ref<> textCodec(Thread& t, const char* encoding, const char* alternative) {
  Ref<> codec = lookupCodec(t, encoding);
  if (!codec || isExactTuple(codec)) return codec;
  Ref<> is_text = getAttrOrEmpty(t, codec, internStatic("_is_text_encoding"));
  if (!is_text) return t.raised() ? Ref<>() : std::move(codec);
  int text = truth(t, is_text);
  if (text < 0) return kRaised;
  if (!text) {
    return raise(t, exc::LookupError, "'%.400s' is not a text encoding; use %s to handle arbitrary codecs", encoding, alternative);
  }
  return codec;
}

}  // namespace

bool registerCodecSearch(Thread& t, Value function) {
  if (!isCallable(function)) return raise(t, exc::TypeError, "argument must be callable");
  return ready(t) && listAppend(t, search_functions, share(function));
}

void unregisterCodecSearch(Thread& t, Value function) {
  if (!cache) return;
  for (int64_t i = 0; i < search_functions->size; ++i) {
    if (search_functions->items[i] == function) {
      listPop(t, search_functions, i).reset();
      dictClear(t, cache);
      return;
    }
  }
}

Ref<> lookupCodec(Thread& t, const char* encoding) {
  if (!ready(t)) return kRaised;
  Ref<Str> name = normalised(t, encoding);
  if (!name) return kRaised;
  name = intern(t, std::move(name));
  if (!name) return kRaised;
  if (Value known = dictGetStr(cache, name.get()); !known.empty()) return share(known);
  if (search_functions->size == 0) return raise(t, exc::LookupError, "no codec search functions registered: can't find encoding");
  for (int64_t i = 0; i < search_functions->size; ++i) {
    Ref<> function = listGet(search_functions, i);
    Ref<> codec = call(t, function, name);
    if (!codec) return kRaised;
    if (codec.value().isNone()) continue;
    if (!isTuple(codec) || asTuple(codec)->size != 4) return raise(t, exc::TypeError, "codec search functions must return 4-tuples");
    if (!dictSetStr(t, cache, name.get(), codec)) return kRaised;
    return codec;
  }
  return raise(t, exc::LookupError, "unknown encoding: %s", encoding);
}

Ref<> codecEncode(Thread& t, Value object, const char* encoding, const char* errors) {
  Ref<> codec = lookupCodec(t, encoding ? encoding : "utf-8");
  return codec ? apply(t, codec, 0, object, encoding ? encoding : "utf-8", errors) : Ref<>();
}
Ref<> codecDecode(Thread& t, Value object, const char* encoding, const char* errors) {
  Ref<> codec = lookupCodec(t, encoding ? encoding : "utf-8");
  return codec ? apply(t, codec, 1, object, encoding ? encoding : "utf-8", errors) : Ref<>();
}

// In development mode the names are checked even when there is nothing to encode or no error to handle.
static bool checkNames(Thread& t, const char* encoding, const char* errors) {
  const Config& config = interpreterOf(t).config;
  if (KRAIT_LIKELY(!config.dev_mode)) return true;
  if (encoding && nativeCodec(encoding) == NativeCodec::kOther) {
    Ref<> info = textCodec(t, encoding, "codecs.encode()");
    if (!info) return false;
  }
  return !errors || bool(lookupErrorHandler(t, errors));
}

Ref<> encodeStr(Thread& t, Value s, const char* encoding, const char* errors) {
  if (!checkNames(t, encoding, errors)) return kRaised;
  NativeCodec codec = encoding ? nativeCodec(encoding) : NativeCodec::kUtf8;
  if (codec != NativeCodec::kOther) return encodeText(t, asStr(s), codec, errors);
  Ref<> info = textCodec(t, encoding, "codecs.encode()");
  if (!info) return kRaised;
  Ref<> result = apply(t, info, 0, s, encoding, errors);
  if (result && !isBytes(result)) {
    if (isByteArray(result)) return newBytes(t, asByteArray(result)->view());
    return raise(t, exc::TypeError, "'%.400s' encoder returned '%.400s' instead of 'bytes'; use codecs.encode() to encode to arbitrary "
                 "types", encoding, typeName(result));
  }
  return result;
}

Ref<> decodeBytes(Thread& t, Value object, const char* encoding, const char* errors) {
  if (!checkNames(t, encoding, errors)) return kRaised;
  Buffer buffer;
  if (!buffer.tryGet(t, object)) {
    if (t.raised()) return kRaised;
    return raise(t, exc::TypeError, "decoding to str: need a bytes-like object, %.80s found", typeName(object));
  }
  if (buffer.size() == 0) return share(Value(emptyStr()));  // whatever the encoding is
  NativeCodec codec = encoding ? nativeCodec(encoding) : NativeCodec::kUtf8;
  if (codec != NativeCodec::kOther) return decodeText(t, buffer.view(), codec, errors);
  Ref<> info = textCodec(t, encoding, "codecs.decode()");
  if (!info) return kRaised;
  Ref<> result = apply(t, info, 1, object, encoding, errors);
  if (result && !isStr(result)) {
    return raise(t, exc::TypeError, "'%.400s' decoder returned '%.400s' instead of 'str'; use codecs.decode() to decode to arbitrary "
                 "types", encoding, typeName(result));
  }
  return result;
}

void releaseCodecs(Thread& t) {
  releaseErrorHandlers();
  if (!cache) return;
  dictClear(t, cache);
  listClear(search_functions);
}

}  // namespace krait
