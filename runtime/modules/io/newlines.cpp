// Line ends: universal newline translation, the end of lines in text, and IncrementalNewlineDecoder.
#include <cstring>

#include "runtime/memory/gc.h"
#include "runtime/memory/memory.h"
#include "runtime/modules/io/io.h"
#include "runtime/objects/int.h"
#include "runtime/objects/str_builder.h"
#include "runtime/objects/tuple.h"
#include "runtime/objects/variable.h"

namespace krait::io {

Type newline_decoder;

static int64_t findChar(const Str* text, uint32_t c, int64_t start, int64_t end) {
  if (text->width == 1) {
    auto* found = static_cast<const uint8_t*>(memchr(text->data + start, int(c), size_t(end - start)));
    return found ? found - text->data : -1;
  }
  for (int64_t i = start; i < end; ++i) {
    if (text->at(i) == c) return i;
  }
  return -1;
}

Ref<Str> decodeNewlines(Thread& t, Ref<Str> text, bool translate, bool final, bool* pending_cr, int* seen) {
  Str* s = text.get();
  int64_t end = s->length;
  bool prefix = *pending_cr && (final || end > 0);
  if (prefix) *pending_cr = false;
  bool hold = !final && end > 0 && s->at(end - 1) == '\r';
  if (hold) {
    --end;
    *pending_cr = true;
  }
  if (!prefix && findChar(s, '\r', 0, end) < 0) {
    if (!(*seen & kSeenLf) && findChar(s, '\n', 0, end) >= 0) *seen |= kSeenLf;
    return hold ? strSlice(t, s, 0, end, 1) : std::move(text);
  }
  StrBuilder out(t);
  auto carriageReturn = [&](bool line_feed_follows) {
    *seen |= line_feed_follows ? kSeenCrLf : kSeenCr;
    if (translate) {
      out.append('\n');
    } else {
      out.appendAscii(line_feed_follows ? "\r\n" : "\r");
    }
  };
  int64_t i = 0;
  if (prefix) {
    bool line_feed_follows = end > 0 && s->at(0) == '\n';
    carriageReturn(line_feed_follows);
    i = line_feed_follows;
  }
  while (i < end) {
    uint32_t c = s->at(i++);
    if (c == '\r') {
      bool line_feed_follows = i < end && s->at(i) == '\n';
      carriageReturn(line_feed_follows);
      i += line_feed_follows;
    } else {
      if (c == '\n') *seen |= kSeenLf;
      out.append(c);
    }
  }
  return out.finish();
}

Ref<> newlinesSeen(Thread& t, int seen) {
  if (seen == 0) return share(kNone);
  Value kinds[3];
  int64_t count = 0;
  if (seen & kSeenCr) kinds[count++] = Value(internStatic("\r"));
  if (seen & kSeenLf) kinds[count++] = Value(internStatic("\n"));
  if (seen & kSeenCrLf) kinds[count++] = Value(internStatic("\r\n"));
  return count == 1 ? share(kinds[0]) : Ref<>(newTuple(t, kinds, count));
}

int64_t findLineEnd(const Str* text, int64_t start, int64_t end, bool translated, bool universal, const char* newline) {
  if (translated || (!universal && newline && newline[0] == '\n')) {
    int64_t at = findChar(text, '\n', start, end);
    return at < 0 ? -1 : at + 1;
  }
  if (universal) {
    for (int64_t i = start; i < end; ++i) {
      uint32_t c = text->at(i);
      if (c == '\n') return i + 1;
      if (c == '\r') return i + 1 < end && text->at(i + 1) == '\n' ? i + 2 : i + 1;
    }
    return -1;
  }
  bool two = newline[1] != 0;
  for (int64_t i = start; (i = findChar(text, uint8_t(newline[0]), i, end)) >= 0; ++i) {
    if (!two) return i + 1;
    if (i + 1 < end && text->at(i + 1) == uint8_t(newline[1])) return i + 2;
  }
  return -1;
}

namespace {

struct NewlineDecoder : Object {
  Value decoder;  // None: the input is text already
  Value errors;
  bool translate, pending_cr;
  int seen;
};
NewlineDecoder* asDecoder(Value v) { return static_cast<NewlineDecoder*>(v.asObject()); }

bool ready(Thread& t, Value self) {
  if (!asDecoder(self)->decoder.empty()) return true;
  return raise(t, exc::ValueError, "IncrementalNewlineDecoder.__init__() not called");
}

Ref<> decoderNew(Thread& t, Type* type, Args) {
  auto* decoder = allocateInstance<NewlineDecoder>(type);
  if (!decoder) return raiseNoMemory(t);
  memset(reinterpret_cast<char*>(decoder) + sizeof(Object), 0, sizeof(NewlineDecoder) - sizeof(Object));
  return steal(Value(decoder));
}
bool decoderInit(Thread& t, Value self, Args args) {
  static const MethodDef kInit =
      method("IncrementalNewlineDecoder", NativeBound(nullptr), "(decoder, translate, errors='strict')");
  Value bound[3];
  Ref<> keep[2];
  if (!bindArguments(t, kInit, args, bound, keep)) return false;
  int translate = truth(t, bound[1]);
  if (translate < 0) return false;
  NewlineDecoder* d = asDecoder(self);
  assign(d->decoder, share(bound[0]));
  assign(d->errors, share(bound[2]));
  d->translate = translate != 0;
  d->pending_cr = false;
  d->seen = 0;
  return true;
}
void deallocDecoder(Object* self) {
  release(static_cast<NewlineDecoder*>(self)->decoder);
  release(static_cast<NewlineDecoder*>(self)->errors);
  freeInstance(self);
}
void traverseDecoder(Object* self, Visitor& visitor) {
  visitor.visit(static_cast<NewlineDecoder*>(self)->decoder);
  visitor.visit(static_cast<NewlineDecoder*>(self)->errors);
}

Ref<> methodDecode(Thread& t, Value self, const Value* args) {
  if (!ready(t, self)) return kRaised;
  NewlineDecoder* d = asDecoder(self);
  int final = truth(t, args[1]);
  if (final < 0) return kRaised;
  Ref<> text = share(args[0]);
  if (!d->decoder.isNone()) {
    Value arguments[] = {args[0], Value::fromBool(final)};
    text = callMethod(t, d->decoder, "decode", Args{arguments, 2, nullptr});
    if (!text) return kRaised;
  }
  if (!isStr(text)) {
    return raise(t, exc::TypeError, "decoder should return a string result, not '%.200s'", typeName(text));
  }
  return decodeNewlines(t, std::move(text).as<Str>(), d->translate, final != 0, &d->pending_cr, &d->seen);
}

Ref<> methodGetstate(Thread& t, Value self) {
  if (!ready(t, self)) return kRaised;
  NewlineDecoder* d = asDecoder(self);
  Ref<> buffer = newBytes(t, {});
  Ref<> flags = steal(Value::fromInt(0));
  if (!buffer) return kRaised;
  if (!d->decoder.isNone()) {
    Ref<> state = callMethod(t, d->decoder, "getstate");
    if (!state) return kRaised;
    if (!isTuple(state) || asTuple(state)->size != 2) return raise(t, exc::TypeError, "illegal decoder state");
    buffer = share(asTuple(state)->items[0]);
    flags = intLeftShift(t, asTuple(state)->items[1], Value::fromInt(1));
    if (!flags) return kRaised;
  }
  if (d->pending_cr && !(flags = intOr(t, flags, Value::fromInt(1)))) return kRaised;
  return packTuple(t, buffer.value(), flags.value());
}

Ref<> methodSetstate(Thread& t, Value self, Value state) {
  if (!ready(t, self)) return kRaised;
  if (!isTuple(state)) return raise(t, exc::TypeError, "state argument must be a tuple");
  if (asTuple(state)->size != 2 || !isIntLike(asTuple(state)->items[1])) {
    return raise(t, exc::TypeError, "setstate(): illegal state argument");
  }
  NewlineDecoder* d = asDecoder(self);
  Value flags = asTuple(state)->items[1];
  Ref<> low = intAnd(t, flags, Value::fromInt(1));
  Ref<> rest = low ? intRightShift(t, flags, Value::fromInt(1)) : Ref<>();
  if (!rest) return kRaised;
  d->pending_cr = low.value() == Value::fromInt(1);
  if (d->decoder.isNone()) return share(kNone);
  Ref<Tuple> inner = packTuple(t, asTuple(state)->items[0], rest.value());
  return inner ? callMethod(t, d->decoder, "setstate", inner) : kRaised;
}

Ref<> methodReset(Thread& t, Value self) {
  if (!ready(t, self)) return kRaised;
  NewlineDecoder* d = asDecoder(self);
  d->seen = 0;
  d->pending_cr = false;
  return d->decoder.isNone() ? share(kNone) : callMethod(t, d->decoder, "reset");
}

Ref<> getNewlines(Thread& t, Value self) { return ready(t, self) ? newlinesSeen(t, asDecoder(self)->seen) : kRaised; }

const MethodDef kDecoderMethods[] = {
    method("decode", methodDecode, "($self, /, input, final=False)"),
    method("getstate", methodGetstate, "($self, /)"),
    method("setstate", methodSetstate, "($self, state, /)"),
    method("reset", methodReset, "($self, /)"),
    {},
};
const GetSetDef kDecoderGetSets[] = {{"newlines", getNewlines, nullptr, nullptr}, {}};

}  // namespace

const TypeSpec& newlineDecoderSpec() {
  static const TypeSpec spec{.type = &newline_decoder, .basic_size = sizeof(NewlineDecoder),
                             .doc = "Codec used when reading a file in universal newlines mode.\n\n"
                                    "It wraps another incremental decoder, translating \\\\r\\\\n and \\\\r into \\\\n.\n"
                                    "It also records the types of newlines encountered.  When used with\n"
                                    "translate=False, it ensures that the newline sequence is returned in one piece.",
                             .methods = kDecoderMethods, .getsets = kDecoderGetSets, .dealloc = deallocDecoder,
                             .traverse = traverseDecoder, .fill = [](Slots& slots) {
                               slots.new_ = decoderNew;
                               slots.init = decoderInit;
                             }};
  return spec;
}

}  // namespace krait::io
