// Table codecs: see charmap.h.
#include "runtime/objects/charmap.h"
#include "runtime/objects/codec_errors.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/int.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/protocols.h"

namespace krait {
namespace {

// What a mapping says for a code: empty without exception when it says nothing (LookupError or None).
Ref<> mapped(Thread& t, Value mapping, uint32_t code) {
  Ref<> v = getItem(t, mapping, Value::fromInt(code));
  if (!v && raisedIs(t, exc::LookupError)) clearException(t);
  if (v && v.value().isNone()) v.reset();
  return v;
}

}  // namespace

Ref<Str> decodeCharmap(Thread& t, std::string_view input, const char* errors, Value mapping) {
  DecodeErrors handler(t, input, "charmap", NativeCodec::kOther, errors);
  StrBuilder out(t);
  int64_t at = 0;
  while (at < int64_t(handler.data().size())) {
    uint8_t byte = uint8_t(handler.data()[size_t(at)]);
    if (isExactStr(mapping)) {
      Str* table = asStr(mapping);
      uint32_t c = byte < table->length ? table->at(byte) : 0xFFFE;
      if (c != 0xFFFE) {
        out.append(c);
        ++at;
        continue;
      }
    } else {
      Ref<> v = mapped(t, mapping, byte);
      if (t.raised()) return kRaised;
      int64_t c;
      if (v && isStr(v)) {
        if (asStr(v)->length != 1 || asStr(v)->at(0) != 0xFFFE) {
          out.append(asStr(v));
          ++at;
          continue;
        }
      } else if (v && isIntLike(v)) {
        if (!intFits64(v, &c) || c < 0 || c > 0x10FFFF) {
          return raise(t, exc::TypeError, "character mapping must be in range(0x%x)", 0x110000);
        }
        if (c != 0xFFFE) {
          out.append(uint32_t(c));
          ++at;
          continue;
        }
      } else if (v) {
        return raise(t, exc::TypeError, "character mapping must return integer, None or str");
      }
    }
    at = handler.handle(out, at, at + 1, "character maps to <undefined>");
    if (at < 0) return kRaised;
  }
  return out.finish();
}

namespace {

// 1 written, 0 not in the table, -1 raised.
int encodeChar(Thread& t, ByteBuilder& out, Value mapping, uint32_t c) {
  Ref<> v = mapped(t, mapping, c);
  if (t.raised()) return -1;
  if (!v) return 0;
  if (isIntLike(v)) {
    int64_t byte;
    if (!intFits64(v, &byte) || byte < 0 || byte > 255) return raise(t, exc::TypeError, "character mapping must be in range(256)");
    out.append(char(byte));
    return 1;
  }
  if (!isBytes(v)) {
    return raise(t, exc::TypeError, "character mapping must return integer, bytes or None, not %.400s", typeName(v));
  }
  out.append(asBytes(v)->view());
  return 1;
}

// Replacement text goes through the same table.
bool encodeReplacement(Thread& t, ByteBuilder& out, Str* s, Value mapping, Value replacement, int64_t start, int64_t end) {
  if (isBytes(replacement)) {
    out.append(asBytes(replacement)->view());
    return true;
  }
  Str* text = asStr(replacement);
  for (int64_t i = 0; i < text->length; ++i) {
    int done = encodeChar(t, out, mapping, text->at(i));
    if (done < 0) return false;
    if (!done) return raiseEncodeError(t, "charmap", Value(s), start, end, "character maps to <undefined>");
  }
  return true;
}

}  // namespace

Ref<Bytes> encodeCharmap(Thread& t, Str* s, const char* errors, Value mapping) {
  ByteBuilder out(t);
  const char* reason = "character maps to <undefined>";
  Ref<> handler;
  for (int64_t i = 0; i < s->length;) {
    int done = encodeChar(t, out, mapping, s->at(i));
    if (done < 0) return kRaised;
    if (done) {
      ++i;
      continue;
    }
    int64_t end = i + 1;
    for (; end < s->length; ++end) {
      ByteBuilder probe(t);
      int known = encodeChar(t, probe, mapping, s->at(end));
      if (known < 0) return kRaised;
      if (known) break;
    }
    if (!errors || errorMode(errors) == ErrorMode::kStrict) return raiseEncodeError(t, "charmap", Value(s), i, end, reason);
    // All other modes go by way of the handler's result, since replacements must pass the table.
    if (!handler) handler = lookupErrorHandler(t, errors);
    Ref<> exception;
    if (handler) {
      (void)raiseEncodeError(t, "charmap", Value(s), i, end, reason);
      exception = takeException(t);
    }
    Ref<> result = exception ? call(t, handler, exception) : Ref<>();
    if (!result) return kRaised;
    if (!isTuple(result) || asTuple(result)->size != 2 || !isIntLike(asTuple(result)->items[1]) ||
        !(isStr(asTuple(result)->items[0]) || isBytes(asTuple(result)->items[0]))) {
      return raise(t, exc::TypeError, "encoding error handler must return (str/bytes, int) tuple");
    }
    if (!encodeReplacement(t, out, s, mapping, asTuple(result)->items[0], i, end)) return kRaised;
    int64_t position = toIndex(t, asTuple(result)->items[1]);
    if (position == -1 && t.raised()) return kRaised;
    if (position < 0) position += s->length;
    if (position < 0 || position > s->length) {
      return raise(t, exc::IndexError, "position %lld from error handler out of bounds", static_cast<long long>(position));
    }
    i = position;
  }
  return out.finish();
}

Ref<> buildCharmap(Thread& t, Str* table) {
  Ref<Dict> inverse = newDict(t, table->length);
  for (int64_t i = 0; inverse && i < table->length; ++i) {
    if (!dictSet(t, inverse.get(), Value::fromInt(table->at(i)), Value::fromInt(i))) return kRaised;
  }
  return inverse;
}

}  // namespace krait
