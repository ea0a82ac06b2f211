// The _json module: strings, and the module itself.
#include "runtime/modules/json_text.h"

#include "runtime/objects/int.h"
#include "runtime/objects/str_internal.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

// The letter behind the backslash for a character, 0: none.
char shortEscape(uint32_t c) {
  switch (c) {
    case '"': return '"';
    case '\\': return '\\';
    case '\b': return 'b';
    case '\f': return 'f';
    case '\n': return 'n';
    case '\r': return 'r';
    case '\t': return 't';
    default: return 0;
  }
}
void appendHex(StrBuilder& out, uint32_t unit) {
  static const char kDigits[] = "0123456789abcdef";
  char text[6] = {'\\', 'u', kDigits[unit >> 12], kDigits[unit >> 8 & 15], kDigits[unit >> 4 & 15], kDigits[unit & 15]};
  out.appendAscii({text, 6});
}

// Four hexadecimal digits; -1: they are not.
int32_t hexUnit(const Str* text, int64_t at) {
  int32_t unit = 0;
  for (int64_t i = at; i < at + 4; ++i) {
    uint32_t c = text->at(i);
    int digit = c >= '0' && c <= '9'   ? int(c - '0')
                : c >= 'a' && c <= 'f' ? int(c - 'a' + 10)
                : c >= 'A' && c <= 'F' ? int(c - 'A' + 10)
                                       : -1;
    if (digit < 0) return -1;
    unit = unit << 4 | digit;
  }
  return unit;
}

}  // namespace

void appendJsonString(StrBuilder& out, const Str* text, bool ascii) {
  out.append('"');
  int64_t plain = 0;  // start of the run that is copied as it is
  visitText(text, [&](auto* data) {
    for (int64_t i = 0; i < text->length; ++i) {
      uint32_t c = data[i];
      if (c >= ' ' && c != '"' && c != '\\' && (!ascii || c < 0x7F)) continue;
      if (i > plain) out.append(text, plain, i);
      plain = i + 1;
      if (char letter = shortEscape(c)) {
        out.append('\\');
        out.append(uint8_t(letter));
      } else if (c >= 0x10000) {
        appendHex(out, 0xD800 + ((c - 0x10000) >> 10));
        appendHex(out, 0xDC00 + ((c - 0x10000) & 0x3FF));
      } else {
        appendHex(out, c);
      }
    }
  });
  if (text->length > plain) out.append(text, plain, text->length);
  out.append('"');
}

Raised raiseJsonError(Thread& t, const char* message, Value text, int64_t position) {
  Ref<> decoder = importModule(t, "json.decoder");
  Ref<> type = decoder ? getAttr(t, decoder, "JSONDecodeError") : Ref<>();
  Ref<Str> words = type ? newStrUtf8(t, message) : Ref<Str>();
  Ref<> exception = words ? call(t, type, words, text, Value::fromInt(position)) : Ref<>();
  if (exception) (void)raiseInstance(t, std::move(exception));
  return kRaised;
}

Ref<Str> scanJsonString(Thread& t, Str* text, int64_t at, bool strict, int64_t* next) {
  const int64_t begin = at - 1, length = text->length;
  if (at < 0 || at > length) return raise(t, exc::ValueError, "end is out of bounds");
  StrBuilder out(t);
  for (;;) {
    int64_t i = at;
    uint32_t c = 0;
    bool control = false;
    visitText(text, [&](auto* data) {
      for (; i < length; ++i) {
        c = data[i];
        if (c == '"' || c == '\\') return;
        if (c <= 0x1F && strict) {
          control = true;
          return;
        }
      }
    });
    if (control) return raiseJsonError(t, "Invalid control character at", text, i);
    if (i == length) return raiseJsonError(t, "Unterminated string starting at", text, begin);
    if (c == '"') {
      *next = i + 1;
      if (out.length() == 0) return strSlice(t, text, at, i, 1);
      out.append(text, at, i);
      return out.finish();
    }
    if (i > at) out.append(text, at, i);
    if (++i == length) return raiseJsonError(t, "Unterminated string starting at", text, begin);
    c = text->at(i++);
    if (c != 'u') {
      at = i;
      switch (c) {
        case '"':
        case '\\':
        case '/': break;
        case 'b': c = '\b'; break;
        case 'f': c = '\f'; break;
        case 'n': c = '\n'; break;
        case 'r': c = '\r'; break;
        case 't': c = '\t'; break;
        default: return raiseJsonError(t, "Invalid \\escape", text, at - 2);
      }
      out.append(c);
      continue;
    }
    at = i + 4;
    if (at >= length) return raiseJsonError(t, "Invalid \\uXXXX escape", text, i - 1);
    int32_t unit = hexUnit(text, i);
    if (unit < 0) return raiseJsonError(t, "Invalid \\uXXXX escape", text, at - 5);
    c = uint32_t(unit);
    if ((c & 0xFC00) == 0xD800 && at + 6 < length && text->at(at) == '\\' && text->at(at + 1) == 'u') {
      int32_t low = hexUnit(text, at + 2);
      if (low < 0) return raiseJsonError(t, "Invalid \\uXXXX escape", text, at + 1);
      if ((low & 0xFC00) == 0xDC00) {
        c = 0x10000 + ((c & 0x3FF) << 10 | (uint32_t(low) & 0x3FF));
        at += 6;
      }
    }
    out.append(c);
  }
}

namespace {

template <bool ascii>
Ref<> encodeString(Thread& t, Value v) {
  if (!isStr(v)) return raise(t, exc::TypeError, "first argument must be a string, not %.80s", typeName(v));
  StrBuilder out(t);
  appendJsonString(out, asStr(v), ascii);
  return out.finish();
}
Ref<> scanStringFunction(Thread& t, Value, const Value* args) {
  int64_t end = toIndex(t, args[1]);
  if (end == -1 && t.raised()) return kRaised;
  int strict = truth(t, args[2]);
  if (strict < 0) return kRaised;
  if (!isStr(args[0])) return raise(t, exc::TypeError, "first argument must be a string, not %.80s", typeName(args[0]));
  int64_t next;
  Ref<Str> text = scanJsonString(t, asStr(args[0]), end, strict > 0, &next);
  return text ? packTuple(t, text.value(), Value::fromInt(next)) : Ref<Tuple>();
}

const MethodDef kFunctions[] = {
    method("encode_basestring_ascii", jsonEncodeStringAscii, nullptr,
           "encode_basestring_ascii(string) -> string\n\nReturn an ASCII-only JSON representation of a Python string"),
    method("encode_basestring", jsonEncodeString, nullptr,
           "encode_basestring(string) -> string\n\nReturn a JSON representation of a Python string"),
    method("scanstring", scanStringFunction, "($module, string, end, strict=True, /)",
           "Scan the string for a JSON string. End is the index of the character after the quote that started it."),
    {},
};

bool init(Thread& t, ModuleObject* module) { return initJsonScanner(t, module) && initJsonEncoder(t, module); }

}  // namespace

Ref<> jsonEncodeString(Thread& t, Value, Value text) { return encodeString<false>(t, text); }
Ref<> jsonEncodeStringAscii(Thread& t, Value, Value text) { return encodeString<true>(t, text); }

const ModuleDef& jsonModule() {
  static const ModuleDef def{"_json", "json speedups\n", kFunctions, init};
  return def;
}

}  // namespace krait
