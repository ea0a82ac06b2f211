// json's make_scanner: values from text.
#include "runtime/memory/gc.h"
#include "runtime/modules/fields.h"
#include "runtime/modules/json_text.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/float.h"
#include "runtime/objects/float_text.h"
#include "runtime/objects/int.h"
#include "runtime/objects/list.h"
#include "runtime/objects/str_internal.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

enum { kObjectHook, kPairsHook, kParseFloat, kParseInt, kParseConstant, kHookCount };
constexpr const char* kHookNames[kHookCount] = {"object_hook", "object_pairs_hook", "parse_float", "parse_int",
                                                "parse_constant"};
struct JsonScanner : Fields<kHookCount> {
  bool strict;
};

class Scan {
 public:
  Scan(Thread& t, JsonScanner* scanner, Str* text)
      : t_(t), s_(share(scanner)), text_(share(text)), length_(text->length) {}

  // The value at *at, which moves behind it. Empty: raised.
  Ref<> value(int64_t* at) {
    int64_t i = *at;
    if (i < 0) return raise(t_, exc::ValueError, "idx cannot be negative");
    if (i >= length_) return stop(i);
    switch (char32_t c = get(i)) {
      case '"': return scanJsonString(t_, text_.get(), i + 1, s_->strict, at);
      case '{': {
        NativeScope scope(t_, " while decoding a JSON object from a unicode string");
        return scope ? object(i + 1, at) : Ref<>();
      }
      case '[': {
        NativeScope scope(t_, " while decoding a JSON array from a unicode string");
        return scope ? array(i + 1, at) : Ref<>();
      }
      case 'n':
        if (matches(i, "null", at)) return steal(kNone);
        break;
      case 't':
        if (matches(i, "true", at)) return steal(kTrue);
        break;
      case 'f':
        if (matches(i, "false", at)) return steal(kFalse);
        break;
      case 'N':
        if (matches(i, "NaN", at)) return constant("NaN");
        break;
      case 'I':
        if (matches(i, "Infinity", at)) return constant("Infinity");
        break;
      case '-':
        if (matches(i, "-Infinity", at)) return constant("-Infinity");
        break;
      default: (void)c;
    }
    return number(i, at);
  }

 private:
  uint32_t get(int64_t i) const { return text_->at(i); }
  bool digitAt(int64_t i) const { return i < length_ && get(i) >= '0' && get(i) <= '9'; }
  bool at(int64_t i, uint32_t c) const { return i < length_ && get(i) == c; }
  int64_t skipSpace(int64_t i) const {
    while (i < length_ && (get(i) == ' ' || get(i) == '\n' || get(i) == '\r' || get(i) == '\t')) ++i;
    return i;
  }
  bool matches(int64_t i, std::string_view word, int64_t* end) const {
    if (length_ - i < int64_t(word.size())) return false;
    for (size_t k = 0; k < word.size(); ++k) {
      if (get(i + int64_t(k)) != uint8_t(word[k])) return false;
    }
    *end = i + int64_t(word.size());
    return true;
  }
  Raised stop(int64_t i) {
    Ref<> where = newInt(t_, i);
    return where ? raiseStopIteration(t_, where) : kRaised;
  }
  Raised error(const char* message, int64_t i) { return raiseJsonError(t_, message, text_, i); }
  Ref<> constant(const char* name) { return call(t_, s_->v[kParseConstant], Value(internStatic(name))); }

  Ref<> number(int64_t start, int64_t* end) {
    int64_t i = start;
    if (get(i) == '-' && ++i >= length_) return stop(start);
    if (get(i) >= '1' && get(i) <= '9') {
      while (digitAt(i)) ++i;
    } else if (get(i) == '0') {
      ++i;
    } else {
      return stop(start);
    }
    bool real = false;
    if (at(i, '.') && digitAt(i + 1)) {
      real = true;
      for (i += 2; digitAt(i);) ++i;
    }
    if (at(i, 'e') || at(i, 'E')) {
      int64_t k = i + 1;
      if (at(k, '-') || at(k, '+')) ++k;
      if (digitAt(k)) {
        real = true;
        while (digitAt(k)) ++k;
        i = k;
      }
    }
    *end = i;
    Value parse = s_->v[real ? kParseFloat : kParseInt];
    bool custom = parse != Value(real ? &types::Float : &types::Int);
    if (!custom && !real && i - start < 15) return steal(Value::fromInt(shortInt(start, i)));
    Ref<Str> digits = strSlice(t_, text_.get(), start, i, 1);
    if (!digits) return kRaised;
    if (custom) return call(t_, parse, digits);
    std::string_view ascii = asciiView(digits.get());
    if (!real) return newIntFromText(t_, ascii.data(), ascii.size(), 10, digits);
    double d = 0;
    parseFloat(ascii, &d);
    return steal(Value::fromDouble(d));
  }
  int64_t shortInt(int64_t i, int64_t end) const {
    bool negative = get(i) == '-';
    int64_t number = 0;
    for (i += negative; i < end; ++i) number = number * 10 + int64_t(get(i) - '0');
    return negative ? -number : number;
  }

  // Equal keys of a document are one object.
  Ref<> key(int64_t at, int64_t* next) {
    Ref<> text = scanJsonString(t_, text_.get(), at, s_->strict, next);
    if (!text) return kRaised;
    if (!memo_ && !(memo_ = newDict(t_))) return kRaised;
    return share(dictSetDefault(t_, memo_.get(), text, text));
  }
  Ref<> object(int64_t i, int64_t* end) {
    bool pairs = !s_->v[kPairsHook].isNone();
    Ref<List> list = pairs ? newList(t_) : Ref<List>();
    Ref<Dict> dict = pairs ? Ref<Dict>() : newDict(t_);
    if (!list && !dict) return kRaised;
    i = skipSpace(i);
    if (!at(i, '}')) {
      for (;;) {
        if (!at(i, '"')) return error("Expecting property name enclosed in double quotes", i);
        Ref<> name = key(i + 1, &i);
        if (!name) return kRaised;
        i = skipSpace(i);
        if (!at(i, ':')) return error("Expecting ':' delimiter", i);
        i = skipSpace(i + 1);
        Ref<> v = value(&i);
        if (!v) return kRaised;
        if (pairs) {
          Ref<> pair = packTuple(t_, name.value(), v.value());
          if (!pair || !listAppend(t_, list.get(), std::move(pair))) return kRaised;
        } else if (!dictSet(t_, dict.get(), name, v)) {
          return kRaised;
        }
        i = skipSpace(i);
        if (at(i, '}')) break;
        if (!at(i, ',')) return error("Expecting ',' delimiter", i);
        i = skipSpace(i + 1);
      }
    }
    *end = i + 1;
    if (pairs) return call(t_, s_->v[kPairsHook], list);
    if (!s_->v[kObjectHook].isNone()) return call(t_, s_->v[kObjectHook], dict);
    return dict;
  }
  Ref<> array(int64_t i, int64_t* end) {
    Ref<List> list = newList(t_);
    if (!list) return kRaised;
    i = skipSpace(i);
    if (!at(i, ']')) {
      for (;;) {
        Ref<> v = value(&i);
        if (!v || !listAppend(t_, list.get(), std::move(v))) return kRaised;
        i = skipSpace(i);
        if (at(i, ']')) break;
        if (!at(i, ',')) return error("Expecting ',' delimiter", i);
        i = skipSpace(i + 1);
      }
    }
    *end = i + 1;
    return list;
  }

  Thread& t_;
  Ref<JsonScanner> s_;
  Ref<Str> text_;
  int64_t length_;
  Ref<Dict> memo_;
};

Ref<> scannerCall(Thread& t, Value self, Args args) {
  static const MethodDef kCall =
      method("scan_once", [](Thread&, Value, const Value*) -> Ref<> { return nullptr; }, "($self, string, idx)");
  Value bound[2];
  Ref<> keep[2];
  if (!bindArguments(t, kCall, args, bound, keep)) return kRaised;
  int64_t at = toIndex(t, bound[1]);
  if (at == -1 && t.raised()) return kRaised;
  if (!isStr(bound[0]))
    return raise(t, exc::TypeError, "first argument must be a string, not %.80s", typeName(bound[0]));
  Ref<> v = Scan(t, fieldsOf<JsonScanner>(self), asStr(bound[0])).value(&at);
  return v ? packTuple(t, v.value(), Value::fromInt(at)) : Ref<Tuple>();
}
Ref<> scannerNew(Thread& t, Type* type, Args args) {
  static const MethodDef kNew =
      method("make_scanner", [](Thread&, Value, const Value*) -> Ref<> { return nullptr; }, "($self, context)");
  Value bound[1];
  Ref<> keep[2];
  if (!bindArguments(t, kNew, args, bound, keep)) return kRaised;
  Ref<JsonScanner> made = makeFields<JsonScanner>(t, type);
  Ref<> strict = made ? getAttr(t, bound[0], "strict") : Ref<>();
  int is_strict = strict ? truth(t, strict) : -1;
  if (is_strict < 0) return kRaised;
  made->strict = is_strict > 0;
  for (int i = 0; i < kHookCount; ++i) {
    Ref<> hook = getAttr(t, bound[0], kHookNames[i]);
    if (!hook) return kRaised;
    made->v[i] = hook.leak();
  }
  return made;
}

template <int hook>
Ref<> getHook(Thread&, Value self) {
  return share(fieldsOf<JsonScanner>(self)->v[hook]);
}
const GetSetDef kGetSets[] = {{"object_hook", getHook<kObjectHook>, nullptr, "object_hook"},
                              {"object_pairs_hook", getHook<kPairsHook>, nullptr, nullptr},
                              {"parse_float", getHook<kParseFloat>, nullptr, "parse_float"},
                              {"parse_int", getHook<kParseInt>, nullptr, "parse_int"},
                              {"parse_constant", getHook<kParseConstant>, nullptr, "parse_constant"},
                              {}};
const MemberDef kMembers[] = {{"strict", MemberType::kBool, true, offsetof(JsonScanner, strict), "strict"}, {}};

}  // namespace

bool initJsonScanner(Thread& t, ModuleObject* module) {
  static const TypeSpec spec{.type = nullptr,
                             .basic_size = sizeof(JsonScanner),
                             .doc = "JSON scanner object",
                             .getsets = kGetSets,
                             .members = kMembers,
                             .dealloc = deallocFields<JsonScanner>,
                             .traverse = traverseFields<JsonScanner>,
                             .clear = clearFields<JsonScanner>,
                             .fill = [](Slots& slots) {
                               slots.new_ = scannerNew;
                               slots.call = scannerCall;
                             }};
  Ref<Type> made = makeNativeType(t, spec, "_json.Scanner", nullptr, kTypeCollectable);
  return made && moduleAdd(t, module, "make_scanner", std::move(made));
}

}  // namespace krait
