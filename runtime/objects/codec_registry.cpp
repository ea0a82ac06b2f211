// The codec registry, and str.encode / bytes.decode on top of it.
#include "runtime/objects/codec_registry.h"
#include "runtime/objects/codecs.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/list.h"
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

Ref<Str> normalised(Thread& t, const char* encoding) {
  std::string_view name(encoding);
  Ref<Str> text = newStrUtf8(t, name);
  if (!text || !text->ascii) return text;
  Ref<Str> lower = newStrBlank(t, text->length, 0x7F);
  if (!lower) return lower;
  for (int64_t i = 0; i < text->length; ++i) {
    uint8_t c = text->data[i];
    lower->data[i] = c >= 'A' && c <= 'Z' ? uint8_t(c + 32) : c == ' ' ? uint8_t('-') : c;
  }
  return lower;
}

// item 0 (encode) or 1 (decode) of the codec applied to the object; the first of the pair that it gives.
Ref<> apply(Thread& t, Value codec, int item, Value object, const char* errors) {
  Value function = asTuple(codec)->items[item];
  Ref<> result;
  if (errors) {
    Ref<Str> errors_text = newStrUtf8(t, errors);
    if (!errors_text) return kRaised;
    result = call(t, function, object, errors_text);
  } else {
    result = call(t, function, object);
  }
  if (!result) return kRaised;
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
  return codec ? apply(t, codec, 0, object, errors) : Ref<>();
}
Ref<> codecDecode(Thread& t, Value object, const char* encoding, const char* errors) {
  Ref<> codec = lookupCodec(t, encoding ? encoding : "utf-8");
  return codec ? apply(t, codec, 1, object, errors) : Ref<>();
}

Ref<> encodeStr(Thread& t, Value s, const char* encoding, const char* errors) {
  NativeCodec codec = encoding ? nativeCodec(encoding) : NativeCodec::kUtf8;
  if (codec != NativeCodec::kOther) return encodeText(t, asStr(s), codec, errors);
  Ref<> info = textCodec(t, encoding, "codecs.encode()");
  if (!info) return kRaised;
  Ref<> result = apply(t, info, 0, s, errors);
  if (result && !isBytes(result)) {
    if (isByteArray(result)) return newBytes(t, asByteArray(result)->view());
    return raise(t, exc::TypeError, "'%.400s' encoder returned '%.400s' instead of 'bytes'; use codecs.encode() to encode to arbitrary "
                 "types", encoding, typeName(result));
  }
  return result;
}

Ref<> decodeBytes(Thread& t, Value object, const char* encoding, const char* errors) {
  Buffer buffer;
  if (!buffer.tryGet(t, object)) {
    if (t.raised()) return kRaised;
    return raise(t, exc::TypeError, "decoding to str: need a bytes-like object, %.80s found", typeName(object));
  }
  NativeCodec codec = encoding ? nativeCodec(encoding) : NativeCodec::kUtf8;
  if (codec != NativeCodec::kOther) return decodeText(t, buffer.view(), codec, errors);
  Ref<> info = textCodec(t, encoding, "codecs.decode()");
  if (!info) return kRaised;
  Ref<> result = apply(t, info, 1, object, errors);
  if (result && !isStr(result)) {
    return raise(t, exc::TypeError, "'%.400s' decoder returned '%.400s' instead of 'str'; use codecs.decode() to decode to arbitrary "
                 "types", encoding, typeName(result));
  }
  return result;
}

}  // namespace krait
