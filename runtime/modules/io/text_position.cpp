// TextIOWrapper: decoding with state, and positions.
//
// A position is an int: byte offset (64 bits), decoder flags (32), bytes to feed (32), characters to skip (32), end needed (8),
// little endian, as CPython packs it; most of them are just the offset.
#include <cstring>

#include "runtime/modules/io/text.h"
#include "runtime/objects/int.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"

namespace krait::io {

// --- decoding ---

static Ref<Str> decodeNative(Thread& t, Text* text, std::string_view input, bool final) {
  if (text->codec == NativeCodec::kLatin1) return newStrLatin1(t, input);
  Utf8 errors;
  if (!errors.set(t, asStr(text->errors))) return kRaised;
  Ref<> joined;
  if (text->partial_size) {
    Ref<ByteArray> all = newByteArray(t, {reinterpret_cast<char*>(text->partial), size_t(text->partial_size)});
    if (!all || !byteArrayResize(t, all.get(), text->partial_size + int64_t(input.size()))) return kRaised;
    memcpy(all->data + text->partial_size, input.data(), input.size());
    input = all->view();
    joined = std::move(all);
  }
  size_t used = input.size();
  Ref<Str> decoded = decodeText(t, input, text->codec, errors.c_str(), final ? nullptr : &used);
  if (!decoded) return kRaised;
  size_t left = final ? 0 : input.size() - used;
  KRAIT_ASSERT(left <= sizeof(text->partial), "a decoder held back %zu bytes", left);
  memcpy(text->partial, input.data() + used, left);
  text->partial_size = int(left);
  return decoded;
}

Ref<Str> textDecode(Thread& t, Text* text, std::string_view input, bool final) {
  Ref<Str> decoded;
  if (text->codec != NativeCodec::kOther) {
    decoded = decodeNative(t, text, input, final);
  } else {
    Ref<Bytes> bytes = newBytes(t, input);
    if (!bytes) return kRaised;
    Value args[] = {bytes, Value::fromBool(final)};
    Ref<> result = callMethod(t, text->decoder, "decode", Args{args, 2, nullptr});
    if (!result) return kRaised;
    if (!isStr(result)) return raise(t, exc::TypeError, "decoder should return a string result, not '%.200s'", typeName(result));
    decoded = std::move(result).as<Str>();
  }
  if (!decoded || !text->universal) return decoded;
  return decodeNewlines(t, std::move(decoded), text->translate, final, &text->pending_cr, &text->seen);
}

bool textDecoderState(Thread& t, Text* text, Ref<>* bytes, int64_t* flags) {
  *flags = 0;
  if (text->codec != NativeCodec::kOther) {
    *bytes = newBytes(t, {reinterpret_cast<char*>(text->partial), size_t(text->partial_size)});
  } else {
    Ref<> state = callMethod(t, text->decoder, "getstate");
    if (!state) return false;
    if (!isTuple(state) || asTuple(state)->size != 2 || !isBytes(asTuple(state)->items[0])) {
      return raise(t, exc::TypeError, "illegal decoder state");
    }
    *bytes = share(asTuple(state)->items[0]);
    *flags = toInt64(t, asTuple(state)->items[1]) << 1;
    if (t.raised()) return false;
  }
  *flags |= text->pending_cr;
  return bool(*bytes);
}

bool textSetDecoderState(Thread& t, Text* text, std::string_view bytes, int64_t flags) {
  text->pending_cr = flags & 1;
  if (text->codec != NativeCodec::kOther) {
    text->partial_size = int(bytes.size() < sizeof(text->partial) ? bytes.size() : sizeof(text->partial));
    memcpy(text->partial, bytes.data(), size_t(text->partial_size));
    return true;
  }
  Ref<Bytes> held = newBytes(t, bytes);
  Ref<Tuple> state = held ? packTuple(t, held.value(), Value::fromInt(flags >> 1)) : Ref<Tuple>();
  Ref<> result = state ? callMethod(t, text->decoder, "setstate", state) : Ref<>();
  return bool(result);
}

bool textResetDecoder(Thread& t, Text* text) {
  text->pending_cr = false;
  text->partial_size = 0;
  if (text->decoder.empty()) return true;
  return tellStream(t, text->decoder, "reset");
}

// --- positions ---

namespace {

struct Position {
  int64_t offset = 0;
  int32_t flags = 0;
  int32_t feed = 0;
  int32_t skip = 0;
  int8_t need_end = 0;
};
constexpr size_t kPacked = 21;

Ref<> packPosition(Thread& t, const Position& p) {
  if (!p.flags && !p.feed && !p.skip && !p.need_end) return newInt(t, p.offset);
  uint8_t bytes[kPacked];
  memcpy(bytes, &p.offset, 8);
  memcpy(bytes + 8, &p.flags, 4);
  memcpy(bytes + 12, &p.feed, 4);
  memcpy(bytes + 16, &p.skip, 4);
  bytes[20] = uint8_t(p.need_end);
  return newIntFromBytes(t, bytes, kPacked, true, false);
}

bool unpackPosition(Thread& t, Value v, Position* out) {
  if (intFits64(v, &out->offset)) return true;
  Ref<> rest = share(v);
  uint8_t bytes[24] = {};
  for (size_t i = 0; i < sizeof(bytes); i += 4) {
    Ref<> low = intAnd(t, rest, Value::fromInt(0xFFFFFFFF));
    rest = low ? intRightShift(t, rest, Value::fromInt(32)) : Ref<>();
    if (!rest) return false;
    uint32_t word = uint32_t(low.value().asInt());
    memcpy(bytes + i, &word, 4);
  }
  if (intSign(rest) != 0 || bytes[21] || bytes[22] || bytes[23]) {
    return raise(t, exc::OverflowError, "int too big to convert");
  }
  memcpy(&out->offset, bytes, 8);
  memcpy(&out->flags, bytes + 8, 4);
  memcpy(&out->feed, bytes + 12, 4);
  memcpy(&out->skip, bytes + 16, 4);
  out->need_end = int8_t(bytes[20]);
  return true;
}

// How many of the first bytes decode to `skip` characters one to one: plain ASCII without carriage returns.
bool plainPrefix(const Text* text, std::string_view input, int64_t skip) {
  if (text->codec == NativeCodec::kOther || text->snapshot_flags || int64_t(input.size()) < skip) return false;
  for (int64_t i = 0; i < skip; ++i) {
    if (uint8_t(input[size_t(i)]) >= 0x80 || input[size_t(i)] == '\r') return false;
  }
  return true;
}

// Feeds the snapshot byte by byte to the decoder until `skip` characters came out, and notes the last place where the decoder
// held nothing back. The decoder's state is the caller's to restore.
bool findPosition(Thread& t, Text* text, std::string_view input, Position* p) {
  int64_t skip = p->skip, base = p->offset, characters = 0, safe = 0, safe_characters = 0;
  if (!textSetDecoderState(t, text, {}, text->snapshot_flags)) return false;
  p->flags = int32_t(text->snapshot_flags);
  int64_t i = 0;
  while (i < int64_t(input.size()) && characters < skip) {
    Ref<Str> part = textDecode(t, text, input.substr(size_t(i), 1), false);
    if (!part) return false;
    ++i;
    characters += part->length;
    Ref<> held;
    int64_t flags;
    if (!textDecoderState(t, text, &held, &flags)) return false;
    if (asBytes(held)->size == 0 && characters <= skip) {
      safe = i;
      safe_characters = characters;
      p->flags = int32_t(flags);
    }
  }
  if (characters < skip) {
    Ref<Str> rest = textDecode(t, text, {}, true);
    if (!rest) return false;
    p->need_end = 1;
    if (characters + rest->length < skip) return raise(t, exc::OSError, "can't reconstruct logical file position");
  }
  p->offset = base + safe;
  p->skip = int32_t(skip - safe_characters);
  p->feed = int32_t(i - safe);
  return true;
}

}  // namespace

Ref<> textTell(Thread& t, Value self) {
  Text* text = asText(self);
  if (!textOpen(t, text)) return kRaised;
  if (!text->seekable) return raiseUnsupported(t, "underlying stream is not seekable");
  if (!text->telling) return raise(t, exc::OSError, "telling position disabled by next() call");
  if (!textWritePending(t, text) || !tellStream(t, self, "flush")) return kRaised;
  Position p;
  p.offset = positionOf(t, text->buffer);
  if (p.offset < 0) return kRaised;
  if (!text->readable || text->snapshot.empty()) return newInt(t, p.offset);
  Ref<> snapshot = share(text->snapshot);
  std::string_view input = asBytes(snapshot)->view();
  p.offset -= int64_t(input.size());
  if (text->decoded.empty() || text->decoded_used == 0) {
    p.flags = int32_t(text->snapshot_flags);
    return packPosition(t, p);
  }
  if (plainPrefix(text, input, text->decoded_used)) return newInt(t, p.offset + text->decoded_used);
  p.skip = int32_t(text->decoded_used);
  Ref<> held;
  int64_t flags;
  int seen = text->seen;
  if (!textDecoderState(t, text, &held, &flags)) return kRaised;
  bool found = findPosition(t, text, input, &p);
  text->seen = seen;
  Ref<> error = found ? Ref<>() : takeException(t);
  bool restored = textSetDecoderState(t, text, asBytes(held)->view(), flags);
  if (error) restoreException(t, std::move(error));
  return found && restored ? packPosition(t, p) : kRaised;
}

Ref<> textSeek(Thread& t, Value self, const Value* args) {
  Text* text = asText(self);
  if (!textOpen(t, text)) return kRaised;
  int64_t whence = toInt64(t, args[1]);
  if (t.raised()) return kRaised;
  if (!text->seekable) return raiseUnsupported(t, "underlying stream is not seekable");
  Ref<> cookie = toIndexValue(t, args[0]);
  if (!cookie) return kRaised;
  bool zero = intSign(cookie) == 0;
  if (whence == 1) {
    if (!zero) return raiseUnsupported(t, "can't do nonzero cur-relative seeks");
    if (!tellStream(t, self, "flush")) return kRaised;
    cookie = callMethod(t, self, "tell");
    if (!cookie) return kRaised;
  } else if (whence == 2) {
    if (!zero) return raiseUnsupported(t, "can't do nonzero end-relative seeks");
    if (!tellStream(t, self, "flush")) return kRaised;
    textForgetDecoded(text);
    assign(text->snapshot, Ref<>());
    if (!textResetDecoder(t, text)) return kRaised;
    int64_t end = seekStream(t, text->buffer, 0, 2);
    if (end < 0) return kRaised;
    if (!text->encoder.empty()) {
      Ref<> done = end == 0 ? callMethod(t, text->encoder, "reset") : callMethod(t, text->encoder, "setstate", Value::fromInt(0));
      if (!done) return kRaised;
    }
    return newInt(t, end);
  } else if (whence != 0) {
    return raise(t, exc::ValueError, "invalid whence (%d, should be 0, 1 or 2)", int(whence));
  }
  if (intSign(cookie) < 0) {
    Ref<Str> shown = repr(t, cookie);
    return shown ? raise(t, exc::ValueError, "negative seek position %s", asciiView(shown.get()).data()) : kRaised;
  }
  if (!tellStream(t, self, "flush")) return kRaised;
  Position p;
  if (!unpackPosition(t, cookie, &p)) return kRaised;
  if (seekStream(t, text->buffer, p.offset, 0) < 0) return kRaised;
  textForgetDecoded(text);
  assign(text->snapshot, Ref<>());
  if (text->readable && !(p.offset == 0 && p.flags == 0 ? textResetDecoder(t, text) : textSetDecoderState(t, text, {}, p.flags))) {
    return kRaised;
  }
  if (!text->encoder.empty()) {
    // At the start the encoder may write its byte order mark, elsewhere it must not.
    Ref<> done = p.offset == 0 && p.flags == 0 ? callMethod(t, text->encoder, "reset")
                                               : callMethod(t, text->encoder, "setstate", Value::fromInt(0));
    if (!done) return kRaised;
  }
  if (p.skip == 0) return cookie;
  Ref<> input = callMethod(t, text->buffer, "read", Value::fromInt(p.feed));
  if (!input) return kRaised;
  if (!isBytes(input)) return raise(t, exc::TypeError, "underlying read() should have returned a bytes object, not "
         "'%.200s'", typeName(input));
  Ref<Str> decoded = textDecode(t, text, asBytes(input)->view(), p.need_end != 0);
  if (!decoded) return kRaised;
  if (decoded->length < p.skip) return raise(t, exc::OSError, "can't restore logical file position");
  assign(text->snapshot, std::move(input));
  text->snapshot_flags = p.flags;
  assign(text->decoded, std::move(decoded));
  text->decoded_used = p.skip;
  return cookie;
}

}  // namespace krait::io
