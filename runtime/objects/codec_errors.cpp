// Error modes of codecs: see codec_errors.h. Also the handlers as Python callables, and their registry.
#include "runtime/objects/codec_errors.h"
#include <cstdio>
#include "runtime/objects/dict.h"
#include "runtime/objects/function.h"
#include "runtime/objects/int.h"
#include "runtime/objects/str_internal.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/buffer.h"
#include "runtime/protocols/protocols.h"

namespace krait {

ErrorMode errorMode(std::string_view name) {
  static constexpr struct {
    std::string_view name;
    ErrorMode mode;
  } kModes[] = {
      {"strict", ErrorMode::kStrict},
      {"ignore", ErrorMode::kIgnore},
      {"replace", ErrorMode::kReplace},
      {"backslashreplace", ErrorMode::kBackslashReplace},
      {"xmlcharrefreplace", ErrorMode::kXmlCharRefReplace},
      {"surrogateescape", ErrorMode::kSurrogateEscape},
      {"surrogatepass", ErrorMode::kSurrogatePass},
      {"namereplace", ErrorMode::kNameReplace},
  };
  for (auto& row : kModes) {
    if (row.name == name) return row.mode;
  }
  return ErrorMode::kOther;
}

int unitSize(NativeCodec codec) {
  switch (codec) {
    case NativeCodec::kUtf16: case NativeCodec::kUtf16Le: case NativeCodec::kUtf16Be: return 2;
    case NativeCodec::kUtf32: case NativeCodec::kUtf32Le: case NativeCodec::kUtf32Be: return 4;
    default: return 0;
  }
}
bool isBigEndian(NativeCodec codec) { return codec == NativeCodec::kUtf16Be || codec == NativeCodec::kUtf32Be; }

namespace {

inline bool isSurrogate(uint32_t c) { return (c & 0xFFFFF800) == 0xD800; }

// The exception object; empty: raised.
Ref<> encodeException(Thread& t, const char* encoding, Value text, int64_t start, int64_t end, const char* reason) {
  Ref<Str> name = newStrUtf8(t, encoding), why = newStrUtf8(t, reason);
  if (!name || !why) return kRaised;
  Ref<Tuple> arguments = packTuple(t, name.value(), text, Value::fromInt(start), Value::fromInt(end), why.value());
  return arguments ? callWith(t, Value(&exc::UnicodeEncodeError), arguments, Value()) : Ref<>();
}
Ref<> decodeException(Thread& t, const char* encoding, Value data, int64_t start, int64_t end, const char* reason) {
  Ref<Str> name = newStrUtf8(t, encoding), why = newStrUtf8(t, reason);
  if (!name || !why) return kRaised;
  Ref<Tuple> arguments = packTuple(t, name.value(), data, Value::fromInt(start), Value::fromInt(end), why.value());
  return arguments ? callWith(t, Value(&exc::UnicodeDecodeError), arguments, Value()) : Ref<>();
}

// (replacement, position) of a handler's result; false: raised.
bool handlerResult(Thread& t, Value result, int64_t length, const char* expected, Value* replacement, int64_t* position) {
  if (!isTuple(result) || asTuple(result)->size != 2 || !isIntLike(asTuple(result)->items[1])) {
    return raise(t, exc::TypeError, "%s", expected);
  }
  *replacement = asTuple(result)->items[0];
  *position = toIndex(t, asTuple(result)->items[1]);
  if (*position == -1 && t.raised()) return false;
  int64_t given = *position;
  if (*position < 0) *position += length;
  if (*position < 0 || *position > length) {
    return raise(t, exc::IndexError, "position %lld from error handler out of bounds", static_cast<long long>(given));
  }
  return true;
}

}  // namespace

Raised raiseEncodeError(Thread& t, const char* encoding, Value text, int64_t start, int64_t end, const char* reason) {
  Ref<> exception = encodeException(t, encoding, text, start, end, reason);
  return exception ? raiseInstance(t, std::move(exception)) : kRaised;
}
Raised raiseDecodeError(Thread& t, const char* encoding, std::string_view data, int64_t start, int64_t end, const char* reason) {
  Ref<Bytes> bytes = newBytes(t, data);
  if (!bytes) return kRaised;
  Ref<> exception = decodeException(t, encoding, bytes, start, end, reason);
  return exception ? raiseInstance(t, std::move(exception)) : kRaised;
}

void putNamed(Thread& t, StrBuilder& out, uint32_t c) {
  // The names are in the unicodedata module; without it the escape must do.
  Ref<> module = importModule(t, "unicodedata");
  Ref<> name;
  if (module) {
    Ref<Str> text = newCharStr(t, c);
    Ref<> function = text ? getAttr(t, module, "name") : Ref<>();
    if (function) name = call(t, function, text, kNone);
  }
  if (t.raised()) clearException(t);
  if (!name || !isStr(name)) return putEscape(out, c);
  out.appendAscii("\\N{");
  out.append(asStr(name));
  out.append('}');
}

// ---- encoding ----

EncodeErrors::EncodeErrors(Thread& t, Str* text, const char* encoding, NativeCodec codec, const char* errors)
    : t_(t), text_(text), encoding_(encoding), codec_(codec), name_(errors), mode_(errors ? errorMode(errors) : ErrorMode::kStrict) {}

// Text that replaces what could not be encoded must be encodable itself.
bool EncodeErrors::putText(ByteBuilder& out, const Str* replacement, int64_t start, int64_t end, const char* reason) {
  uint32_t limit = codec_ == NativeCodec::kLatin1 ? 0x100 : 0x80;  // as CPython: of the UTFs ASCII only
  int unit = unitSize(codec_);
  for (int64_t i = 0; i < replacement->length; ++i) {
    uint32_t c = replacement->at(i);
    if (c >= limit) return raiseEncodeError(t_, encoding_, Value(text_), start, end, reason);
    if (unit == 0) {
      out.append(char(c));
    } else {
      out.appendNumber(c, unit, isBigEndian(codec_));
    }
  }
  return true;
}

int64_t EncodeErrors::callHandler(ByteBuilder& out, int64_t start, int64_t end, const char* reason) {
  if (!handler_) {
    handler_ = lookupErrorHandler(t_, name_ ? name_ : "strict");
    if (!handler_) return -1;
  }
  Ref<> exception = encodeException(t_, encoding_, Value(text_), start, end, reason);
  if (!exception) return -1;
  Ref<> result = call(t_, handler_, exception);
  if (!result) return -1;
  Value replacement;
  int64_t position;
  const char* expected = "encoding error handler must return (str/bytes, int) tuple";
  if (!handlerResult(t_, result, text_->length, expected, &replacement, &position)) return -1;
  if (isBytes(replacement)) {
    if (unitSize(codec_) && asBytes(replacement)->size % unitSize(codec_)) {
      return raiseEncodeError(t_, encoding_, Value(text_), start, end, reason);
    }
    out.append(asBytes(replacement)->view());
  } else if (isStr(replacement)) {
    if (!putText(out, asStr(replacement), start, end, reason)) return -1;
  } else {
    return raise(t_, exc::TypeError, "%s", expected);
  }
  return position;
}

int64_t EncodeErrors::handle(ByteBuilder& out, int64_t start, int64_t end, const char* reason) {
  StrBuilder replacement(t_);
  switch (mode_) {
    case ErrorMode::kIgnore: return end;
    case ErrorMode::kReplace:
      replacement.fill('?', end - start);
      break;
    case ErrorMode::kBackslashReplace:
      for (int64_t i = start; i < end; ++i) putEscape(replacement, text_->at(i));
      break;
    case ErrorMode::kNameReplace:
      for (int64_t i = start; i < end; ++i) putNamed(t_, replacement, text_->at(i));
      break;
    case ErrorMode::kXmlCharRefReplace:
      for (int64_t i = start; i < end; ++i) {
        char local[16];
        replacement.appendAscii(std::string_view(local, size_t(snprintf(local, sizeof local, "&#%u;", text_->at(i)))));
      }
      break;
    case ErrorMode::kSurrogateEscape: {
      int64_t i = start;
      while (i < end && text_->at(i) >= 0xDC80 && text_->at(i) <= 0xDCFF) ++i;
      if (i == start || unitSize(codec_)) return raiseEncodeError(t_, encoding_, Value(text_), start, end, reason);
      for (int64_t k = start; k < i; ++k) out.append(char(text_->at(k) - 0xDC00));
      return i;
    }
    case ErrorMode::kSurrogatePass: {
      bool utf8 = codec_ == NativeCodec::kUtf8;
      if (!utf8 && !unitSize(codec_)) return raiseEncodeError(t_, encoding_, Value(text_), start, end, reason);
      for (int64_t i = start; i < end; ++i) {
        uint32_t c = text_->at(i);
        if (!isSurrogate(c)) return raiseEncodeError(t_, encoding_, Value(text_), start, end, reason);
        char local[4];
        if (utf8) {
          out.append(std::string_view(local, size_t(putUtf8(local, c) - local)));
        } else {
          out.appendNumber(c, unitSize(codec_), isBigEndian(codec_));
        }
      }
      return end;
    }
    case ErrorMode::kStrict: return raiseEncodeError(t_, encoding_, Value(text_), start, end, reason);
    case ErrorMode::kOther: return callHandler(out, start, end, reason);
  }
  Ref<Str> text = replacement.finish();
  return text && putText(out, text.get(), start, end, reason) ? end : -1;
}

// ---- decoding ----

DecodeErrors::DecodeErrors(Thread& t, std::string_view data, const char* encoding, NativeCodec codec, const char* errors)
    : t_(t), data_(data), encoding_(encoding), codec_(codec), name_(errors), mode_(errors ? errorMode(errors) : ErrorMode::kStrict) {}

int64_t DecodeErrors::callHandler(StrBuilder& out, int64_t start, int64_t end, const char* reason) {
  if (!handler_) {
    handler_ = lookupErrorHandler(t_, name_ ? name_ : "strict");
    if (!handler_) return -1;
  }
  Ref<Bytes> bytes = newBytes(t_, data_);
  if (!bytes) return -1;
  Ref<> exception = decodeException(t_, encoding_, bytes, start, end, reason);
  if (!exception) return -1;
  Ref<> result = call(t_, handler_, exception);
  if (!result) return -1;
  const char* expected = "decoding error handler must return (str, int) tuple";
  if (!isTuple(result) || asTuple(result)->size != 2 || !isStr(asTuple(result)->items[0])) return raise(t_, exc::TypeError, "%s", expected);
  Ref<> object = getAttr(t_, exception, "object");
  if (!object) return -1;
  if (!isBytes(object)) return raise(t_, exc::TypeError, "exception attribute object must be bytes");
  replaced_ = std::move(object);
  data_ = asBytes(replaced_)->view();
  Value replacement;
  int64_t position;
  if (!handlerResult(t_, result, int64_t(data_.size()), expected, &replacement, &position)) return -1;
  out.append(asStr(replacement));
  return position;
}

// A surrogate in UTF-8, -16 or -32 at `start`: written as it is; -1 when there is none.
int64_t DecodeErrors::surrogatePass(StrBuilder& out, int64_t start) {
  auto at = [&](int64_t i) { return uint32_t(uint8_t(data_[size_t(i)])); };
  int64_t left = int64_t(data_.size()) - start;
  uint32_t c = 0;
  int size = unitSize(codec_);
  if (codec_ == NativeCodec::kUtf8) {
    size = 3;
    if (left >= 3 && (at(start) & 0xF0) == 0xE0 && (at(start + 1) & 0xC0) == 0x80 && (at(start + 2) & 0xC0) == 0x80) {
      c = (at(start) & 15) << 12 | (at(start + 1) & 63) << 6 | (at(start + 2) & 63);
    }
  } else if (size && left >= size) {
    for (int i = 0; i < size; ++i) c |= at(start + i) << (8 * (isBigEndian(codec_) ? size - 1 - i : i));
  }
  if (!isSurrogate(c)) return -1;
  out.append(c);
  return start + size;
}

int64_t DecodeErrors::handle(StrBuilder& out, int64_t start, int64_t end, const char* reason) {
  switch (mode_) {
    case ErrorMode::kIgnore: return end;
    case ErrorMode::kReplace:
      out.append(0xFFFD);
      return end;
    case ErrorMode::kBackslashReplace:
      for (int64_t i = start; i < end; ++i) {
        char local[8];
        out.appendAscii(std::string_view(local, size_t(snprintf(local, sizeof local, "\\x%02x", uint8_t(data_[size_t(i)])))));
      }
      return end;
    case ErrorMode::kSurrogateEscape: {
      int64_t i = start;
      for (; i < end && uint8_t(data_[size_t(i)]) >= 0x80; ++i) out.append(0xDC00u + uint8_t(data_[size_t(i)]));
      if (i > start) return i;
      break;
    }
    case ErrorMode::kSurrogatePass: {
      int64_t next = surrogatePass(out, start);
      if (next >= 0) return next;
      break;
    }
    case ErrorMode::kStrict: break;
    default: return callHandler(out, start, end, reason);
  }
  return raiseDecodeError(t_, encoding_, data_, start, end, reason);
}

// ---- handlers as Python callables ----

namespace {

struct ErrorParts {
  Ref<> object;  // str, or bytes of a decode error
  int64_t start, end;
  bool encode, translate;
};

// What a UnicodeError tells; false: raised.
bool errorParts(Thread& t, Value exception, ErrorParts* out) {
  out->encode = isInstance(exception, &exc::UnicodeEncodeError);
  out->translate = isInstance(exception, &exc::UnicodeTranslateError);
  if (!out->encode && !out->translate && !isInstance(exception, &exc::UnicodeDecodeError)) {
    return raise(t, exc::TypeError, "don't know how to handle %.200s in error callback", typeName(exception));
  }
  out->object = getAttr(t, exception, "object");
  if (!out->object) return false;
  Ref<> start = getAttr(t, exception, "start");
  Ref<> end = start ? getAttr(t, exception, "end") : Ref<>();
  if (!end) return false;
  out->start = toIndex(t, start);
  out->end = toIndex(t, end);
  if (t.raised()) return false;
  bool text = isStr(out->object);
  if (text ? !(out->encode || out->translate) : !isBytes(out->object) || out->encode || out->translate) {
    return raise(t, exc::TypeError, "object attribute must be %s", out->encode || out->translate ? "unicode" : "bytes");
  }
  int64_t length = text ? asStr(out->object)->length : asBytes(out->object)->size;
  out->start = std::max<int64_t>(std::min(out->start, length), 0);
  out->end = std::max(std::min(out->end, length), out->start);
  return true;
}

Ref<> pair(Thread& t, Ref<> text, int64_t position) {
  if (!text) return kRaised;
  return packTuple(t, text.value(), Value::fromInt(position));
}

Ref<> strictHandler(Thread& t, Value, Value exception) {
  if (!isException(exception)) return raise(t, exc::TypeError, "codec must pass exception instance");
  return raiseInstance(t, share(exception));
}
Ref<> ignoreHandler(Thread& t, Value, Value exception) {
  ErrorParts parts;
  if (!errorParts(t, exception, &parts)) return kRaised;
  return pair(t, share(Value(emptyStr())), parts.end);
}
Ref<> replaceHandler(Thread& t, Value, Value exception) {
  ErrorParts parts;
  if (!errorParts(t, exception, &parts)) return kRaised;
  StrBuilder out(t);
  out.fill(parts.encode ? '?' : 0xFFFD, parts.encode || parts.translate ? parts.end - parts.start : 1);
  return pair(t, out.finish(), parts.end);
}

// Handlers that replace each code point of an encode error.
template <class F>
Ref<> replaceEach(Thread& t, Value exception, bool translate_too, F f) {
  ErrorParts parts;
  if (!errorParts(t, exception, &parts)) return kRaised;
  if (!parts.encode && !(parts.translate && translate_too)) {
    return raise(t, exc::TypeError, "don't know how to handle %.200s in error callback", typeName(exception));
  }
  StrBuilder out(t);
  for (int64_t i = parts.start; i < parts.end; ++i) f(out, asStr(parts.object)->at(i));
  return pair(t, out.finish(), parts.end);
}
Ref<> xmlCharRefHandler(Thread& t, Value, Value exception) {
  return replaceEach(t, exception, false, [](StrBuilder& out, uint32_t c) {
    char local[16];
    out.appendAscii(std::string_view(local, size_t(snprintf(local, sizeof local, "&#%u;", c))));
  });
}
Ref<> nameReplaceHandler(Thread& t, Value, Value exception) {
  return replaceEach(t, exception, false, [&t](StrBuilder& out, uint32_t c) { putNamed(t, out, c); });
}
Ref<> backslashHandler(Thread& t, Value, Value exception) {
  if (!isInstance(exception, &exc::UnicodeDecodeError)) {
    return replaceEach(t, exception, true, [](StrBuilder& out, uint32_t c) { putEscape(out, c); });
  }
  ErrorParts parts;
  if (!errorParts(t, exception, &parts)) return kRaised;
  StrBuilder out(t);
  for (int64_t i = parts.start; i < parts.end; ++i) putEscape(out, asBytes(parts.object)->data[i]);
  return pair(t, out.finish(), parts.end);
}

// Handlers between bytes and text have nothing to say to translate(). False: raised.
bool codecErrorParts(Thread& t, Value exception, ErrorParts* out) {
  if (!errorParts(t, exception, out)) return false;
  if (!out->translate) return true;
  return raise(t, exc::TypeError, "don't know how to handle %.200s in error callback", typeName(exception));
}

Ref<> surrogateEscapeHandler(Thread& t, Value, Value exception) {
  ErrorParts parts;
  if (!codecErrorParts(t, exception, &parts)) return kRaised;
  if (parts.encode) {
    ByteBuilder out(t);
    for (int64_t i = parts.start; i < parts.end; ++i) {
      uint32_t c = asStr(parts.object)->at(i);
      if (c < 0xDC80 || c > 0xDCFF) return raiseInstance(t, share(exception));
      out.append(char(c - 0xDC00));
    }
    return pair(t, out.finish(), parts.end);
  }
  StrBuilder out(t);
  int64_t i = parts.start;
  for (; i < parts.end && i < parts.start + 4 && asBytes(parts.object)->data[i] >= 0x80; ++i)
    out.append(0xDC00u + asBytes(parts.object)->data[i]);
  if (i == parts.start) return raiseInstance(t, share(exception));
  return pair(t, out.finish(), i);
}

// The exception that was to be handled, in place of what the attempt raised.
Ref<> raiseAgain(Thread& t, Value exception) {
  clearException(t);
  return raiseInstance(t, share(exception));
}

Ref<> surrogatePassHandler(Thread& t, Value, Value exception) {
  ErrorParts parts;
  if (!codecErrorParts(t, exception, &parts)) return kRaised;
  Ref<> encoding = getAttr(t, exception, "encoding");
  if (!encoding) return kRaised;
  Utf8 name;
  if (!isStr(encoding)) return raiseInstance(t, share(exception));
  if (!name.set(t, asStr(encoding))) return kRaised;
  NativeCodec codec = nativeCodec(name.view());
  if (codec == NativeCodec::kUtf16) codec = NativeCodec::kUtf16Le;
  if (codec == NativeCodec::kUtf32) codec = NativeCodec::kUtf32Le;
  if (parts.encode) {
    EncodeErrors errors(t, asStr(parts.object), name.c_str(), codec, "surrogatepass");
    ByteBuilder out(t);
    int64_t next = errors.handle(out, parts.start, parts.end, "surrogates not allowed");
    return next < 0 ? raiseAgain(t, exception) : pair(t, out.finish(), next);
  }
  DecodeErrors errors(t, asBytes(parts.object)->view(), name.c_str(), codec, "surrogatepass");
  StrBuilder out(t);
  int64_t next = errors.handle(out, parts.start, parts.end, "illegal encoding");
  return next < 0 ? raiseAgain(t, exception) : pair(t, out.finish(), next);
}

const MethodDef kHandlers[] = {
    method("strict_errors", strictHandler, nullptr, "Raises the exception."),
    method("ignore_errors", ignoreHandler, nullptr, "Skips what is malformed."),
    method("replace_errors", replaceHandler, nullptr, "Puts a replacement marker."),
    method("xmlcharrefreplace_errors", xmlCharRefHandler, nullptr, "Puts XML character references."),
    method("backslashreplace_errors", backslashHandler, nullptr, "Puts backslashed escapes."),
    method("namereplace_errors", nameReplaceHandler, nullptr, "Puts \\N{...} escapes."),
    method("surrogateescape", surrogateEscapeHandler, nullptr, "Maps bytes to lone surrogates and back."),
    method("surrogatepass", surrogatePassHandler, nullptr, "Lets surrogates pass."),
};
const char* const kHandlerNames[] = {"strict", "ignore", "replace", "xmlcharrefreplace", "backslashreplace", "namereplace",
                                     "surrogateescape", "surrogatepass"};
Dict* handlers = nullptr;  // name -> callable, owned

}  // namespace

Dict* errorHandlers(Thread& t) {
  if (handlers) return handlers;
  Ref<Dict> fresh = newDict(t);
  if (!fresh) return nullptr;
  for (size_t i = 0; i < sizeof kHandlers / sizeof kHandlers[0]; ++i) {
    Ref<> function = newNativeFunction(t, &kHandlers[i], Value(), Value());
    if (!function || !dictSetStr(t, fresh.get(), internStatic(kHandlerNames[i]), function)) return nullptr;
  }
  return handlers = fresh.leakObject();
}

void releaseErrorHandlers() {
  Object* old = handlers;
  handlers = nullptr;
  releaseIfAny(old);
}

Ref<> lookupErrorHandler(Thread& t, const char* name) {
  Dict* table = errorHandlers(t);
  if (!table) return kRaised;
  Ref<Str> key = newStrUtf8(t, name);
  if (!key) return kRaised;
  Value handler = dictGet(t, table, key);
  if (handler.empty()) return t.raised() ? Ref<>() : Ref<>(raise(t, exc::LookupError, "unknown error handler name '%.400s'", name));
  return share(handler);
}

}  // namespace krait
