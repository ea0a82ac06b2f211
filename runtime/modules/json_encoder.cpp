// json's make_encoder: text from values, in one piece.
#include <cmath>

#include "runtime/memory/gc.h"
#include "runtime/modules/fields.h"
#include "runtime/modules/json_text.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/float.h"
#include "runtime/objects/float_text.h"
#include "runtime/objects/function.h"
#include "runtime/objects/int.h"
#include "runtime/objects/list.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

enum { kMarkers, kDefault, kEncoder, kIndent, kKeySeparator, kItemSeparator, kFieldCount };
enum class StringForm : uint8_t { kPlain, kAscii, kCustom };
struct JsonEncoder : Fields<kFieldCount> {
  bool sort_keys, skipkeys, allow_nan;
  StringForm strings;  // what the field `encoder` is
};

class Encoding {
 public:
  Encoding(Thread& t, JsonEncoder* encoder) : t_(t), e_(share(encoder)), out_(t) {}

  bool value(Value v) {
    if (v.isNone()) return word("null");
    if (v == kTrue) return word("true");
    if (v == kFalse) return word("false");
    if (isStr(v)) return string(v);
    if (isIntLike(v)) return integer(v);
    if (isFloatLike(v)) return real(floatValue(v));
    if (isList(v) || isTuple(v)) {
      NativeScope scope(t_, " while encoding a JSON object");
      return scope && sequence(v);
    }
    if (isDict(v)) {
      NativeScope scope(t_, " while encoding a JSON object");
      return scope && mapping(v);
    }
    return other(v);
  }
  Ref<Str> finish() { return out_.finish(); }

 private:
  bool word(const char* ascii) {
    out_.appendAscii(ascii);
    return true;
  }
  bool string(Value v) {
    if (e_->strings != StringForm::kCustom) {
      appendJsonString(out_, asStr(v), e_->strings == StringForm::kAscii);
      return true;
    }
    Ref<> encoded = call(t_, e_->v[kEncoder], v);
    if (!encoded) return false;
    if (!isStr(encoded))
      return raise(t_, exc::TypeError, "encoder() must return a string, not %.80s", typeName(encoded));
    out_.append(asStr(encoded));
    return true;
  }
  bool integer(Value v) {
    Ref<Str> text = intToText(t_, intValue(v));
    if (text) out_.append(text.get());
    return bool(text);
  }
  bool real(double d) {
    if (!std::isfinite(d)) {
      if (!e_->allow_nan) return raise(t_, exc::ValueError, "Out of range float values are not JSON compliant");
      return word(d > 0 ? "Infinity" : d < 0 ? "-Infinity" : "NaN");
    }
    FloatText text;
    if (!text.make(d, 'r', 0, kFloatAddPointZero)) return raiseNoMemory(t_);
    out_.appendAscii(text.view());
    return true;
  }

  // Containers that are open stand in the markers, so that a cycle is found. *identity is empty when nobody asks for
  // it.
  bool enter(Value v, Ref<>* identity) {
    Value markers = e_->v[kMarkers];
    if (markers.isNone()) return true;
    *identity = newIntUnsigned(t_, v.bits);
    if (!*identity) return false;
    int present = dictContains(t_, asDict(markers), *identity);
    if (present < 0) return false;
    if (present) return raise(t_, exc::ValueError, "Circular reference detected");
    return dictSet(t_, asDict(markers), *identity, v);
  }
  bool leave(const Ref<>& identity) { return !identity || dictDelete(t_, asDict(e_->v[kMarkers]), identity) >= 0; }

  bool other(Value v) {
    Ref<> identity;
    if (!enter(v, &identity)) return false;
    Ref<> replacement = call(t_, e_->v[kDefault], v);
    if (!replacement) return false;
    NativeScope scope(t_, " while encoding a JSON object");
    return scope && value(replacement) && leave(identity);
  }
  bool sequence(Value v) {
    Ref<List> list =
        isExactList(v) || isExactTuple(v) ? Ref<List>() : sequenceToList(t_, v);  // subclasses may iterate otherwise
    if (t_.raised()) return false;
    Value all = list ? Value(list.get()) : v;
    if (sizeOf(all) == 0) return word("[]");
    Ref<> identity, keep = share(all);
    if (!enter(v, &identity)) return false;
    out_.append('[');
    for (int64_t i = 0; i < sizeOf(all); ++i) {
      if (i) out_.append(asStr(e_->v[kItemSeparator]));
      Ref<> item = isTuple(all) ? share(asTuple(all)->items[i]) : listGet(asList(all), i);
      if (!value(item)) return false;
    }
    if (!leave(identity)) return false;
    out_.append(']');
    return true;
  }
  static int64_t sizeOf(Value v) { return isTuple(v) ? asTuple(v)->size : asList(v)->size; }

  // 1: written, 0: skipped, -1: raised
  int key(Value k, bool first) {
    Ref<> converted;
    bool known = isStr(k) || isFloatLike(k) || k.isBool() || k.isNone() || isIntLike(k);
    if (!known) {
      if (e_->skipkeys) return 0;
      return raise(t_, exc::TypeError, "keys must be str, int, float, bool or None, not %.100s", typeName(k));
    }
    if (!first) out_.append(asStr(e_->v[kItemSeparator]));
    if (isStr(k)) {
      if (!string(k)) return -1;
    } else {
      Ref<Str> text = keyText(k);
      if (!text || !string(text)) return -1;
    }
    out_.append(asStr(e_->v[kKeySeparator]));
    return 1;
  }
  Ref<Str> keyText(Value k) {
    if (k.isNone()) return newStrUtf8(t_, "null");
    if (k.isBool()) return newStrUtf8(t_, k == kTrue ? "true" : "false");
    if (isIntLike(k)) return intToText(t_, intValue(k));
    double d = floatValue(k);
    if (std::isfinite(d)) return floatRepr(t_, d);
    if (!e_->allow_nan) return raise(t_, exc::ValueError, "Out of range float values are not JSON compliant");
    return newStrUtf8(t_, d > 0 ? "Infinity" : d < 0 ? "-Infinity" : "NaN");
  }
  bool mapping(Value v) {
    if (asDict(v)->size == 0) return word("{}");
    Ref<> identity;
    if (!enter(v, &identity)) return false;
    Ref<> items = isExactDict(v) ? dictItemsList(t_, asDict(v)) : callMethod(t_, v, "items");
    Ref<List> list = items ? sequenceToList(t_, items) : Ref<List>();
    if (!list || (e_->sort_keys && !listSort(t_, list.get(), kNone, false))) return false;
    out_.append('{');
    bool first = true;
    for (int64_t i = 0; i < list->size; ++i) {
      Ref<> pair = listGet(list.get(), i);
      if (!isTuple(pair) || asTuple(pair)->size != 2) return raise(t_, exc::ValueError, "items must return 2-tuples");
      int written = key(asTuple(pair)->items[0], first);
      if (written < 0 || (written && !value(asTuple(pair)->items[1]))) return false;
      if (written) first = false;
    }
    if (!leave(identity)) return false;
    out_.append('}');
    return true;
  }

  Thread& t_;
  Ref<JsonEncoder> e_;
  StrBuilder out_;
};

Ref<> unreachable(Thread&, Value, const Value*) { return nullptr; }  // definitions that are only bound, never called

Ref<> encoderCall(Thread& t, Value self, Args args) {
  static const MethodDef kCall = method("_iterencode", unreachable, "($self, obj, _current_indent_level)");
  Value bound[2];
  Ref<> keep[2];
  if (!bindArguments(t, kCall, args, bound, keep)) return kRaised;
  toIndex(t, bound[1]);
  if (t.raised()) return kRaised;
  Encoding encoding(t, fieldsOf<JsonEncoder>(self));
  if (!encoding.value(bound[0])) return kRaised;
  Ref<Str> text = encoding.finish();
  Value only = text;
  return text ? newListFrom(t, &only, 1) : Ref<List>();
}
Ref<> encoderNew(Thread& t, Type* type, Args args) {
  static const MethodDef kNew = method(
      "make_encoder", unreachable,
      "($self, markers, default, encoder, indent, key_separator, item_separator, sort_keys, skipkeys, allow_nan)");
  Value bound[9];
  Ref<> keep[2];
  if (!bindArguments(t, kNew, args, bound, keep)) return kRaised;
  for (int i : {kKeySeparator, kItemSeparator}) {
    if (!isStr(bound[i]))
      return raise(t, exc::TypeError, "make_encoder() argument %d must be str, not %.50s", i + 1, typeName(bound[i]));
  }
  int flags[3];
  for (int i = 0; i < 3; ++i) {
    if ((flags[i] = truth(t, bound[kFieldCount + i])) < 0) return kRaised;
  }
  if (!bound[kMarkers].isNone() && !isDict(bound[kMarkers])) {
    return raise(t, exc::TypeError, "make_encoder() argument 1 must be dict or None, not %.200s",
                 typeName(bound[kMarkers]));
  }
  Ref<JsonEncoder> made = makeFields<JsonEncoder>(t, type);
  if (!made) return kRaised;
  for (int i = 0; i < kFieldCount; ++i) made->v[i] = share(bound[i]).leak();
  made->sort_keys = flags[0];
  made->skipkeys = flags[1];
  made->allow_nan = flags[2];
  made->strings = StringForm::kCustom;
  if (isExact(bound[kEncoder], &types::NativeFunction)) {
    void* function = static_cast<NativeFunction*>(bound[kEncoder].asObject())->def->function;
    if (function == reinterpret_cast<void*>(&jsonEncodeString)) made->strings = StringForm::kPlain;
    if (function == reinterpret_cast<void*>(&jsonEncodeStringAscii)) made->strings = StringForm::kAscii;
  }
  return made;
}

template <int field>
Ref<> getField(Thread&, Value self) {
  return share(fieldsOf<JsonEncoder>(self)->v[field]);
}
const GetSetDef kGetSets[] = {{"markers", getField<kMarkers>, nullptr, "markers"},
                              {"default", getField<kDefault>, nullptr, "default"},
                              {"encoder", getField<kEncoder>, nullptr, "encoder"},
                              {"indent", getField<kIndent>, nullptr, "indent"},
                              {"key_separator", getField<kKeySeparator>, nullptr, "key_separator"},
                              {"item_separator", getField<kItemSeparator>, nullptr, "item_separator"},
                              {}};
const MemberDef kMembers[] = {{"sort_keys", MemberType::kBool, true, offsetof(JsonEncoder, sort_keys), "sort_keys"},
                              {"skipkeys", MemberType::kBool, true, offsetof(JsonEncoder, skipkeys), "skipkeys"},
                              {}};

}  // namespace

bool initJsonEncoder(Thread& t, ModuleObject* module) {
  static const TypeSpec spec{
      .type = nullptr,
      .basic_size = sizeof(JsonEncoder),
      .doc =
          "Encoder(markers, default, encoder, indent, key_separator, item_separator, sort_keys, skipkeys, allow_nan)",
      .getsets = kGetSets,
      .members = kMembers,
      .dealloc = deallocFields<JsonEncoder>,
      .traverse = traverseFields<JsonEncoder>,
      .clear = clearFields<JsonEncoder>,
      .fill = [](Slots& slots) {
        slots.new_ = encoderNew;
        slots.call = encoderCall;
      }};
  Ref<Type> made = makeNativeType(t, spec, "_json.Encoder", nullptr, kTypeCollectable);
  return made && moduleAdd(t, module, "make_encoder", std::move(made));
}

}  // namespace krait
