// The unicodedata module. ucd_3_2_0 answers as the current tables do for what Unicode 3.2 had, and "unassigned" for the rest.
#include <strings.h>
#include <algorithm>
#include "runtime/objects/float.h"
#include "runtime/objects/module.h"
#include "runtime/objects/str_builder.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/unicode.h"
#include "runtime/objects/unicode_data.h"
#include "runtime/objects/variable.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/protocols.h"

namespace krait {
namespace {

using unicode::dataRecord;

Type* ucd_type = nullptr;

// Functions serve the module and the object ucd_3_2_0.
bool isOld(Value self) { return self.isObject() && self.asObject()->type() == ucd_type; }

// A string of one code point; false: raised.
bool character(Thread& t, Value v, const char* function, const char* position, uint32_t* out) {
  if (!isStr(v)) return raise(t, exc::TypeError, "%s() argument%s must be a unicode character, not %.50s", function, position, typeName(v));
  if (asStr(v)->length != 1) return raise(t, exc::TypeError, "%s() argument%s must be a unicode character, not str", function, position);
  *out = asStr(v)->at(0);
  return true;
}
bool assigned(Value self, uint32_t c) { return !isOld(self) || dataRecord(c).in_3_2; }

Ref<> valueOrDefault(Thread& t, Value fallback, const char* message) {
  if (!fallback.empty()) return share(fallback);
  return raise(t, exc::ValueError, "%s", message);
}

bool isUnassigned(uint32_t c) { return strcmp(unicode::kCategories[dataRecord(c).category], "Cn") == 0; }

Ref<> category(Thread& t, Value self, Value v) {
  uint32_t c;
  if (!character(t, v, "category", "", &c)) return kRaised;
  return share(Value(internStatic(assigned(self, c) ? unicode::kCategories[dataRecord(c).category] : "Cn")));
}
Ref<> bidirectional(Thread& t, Value self, Value v) {
  uint32_t c;
  if (!character(t, v, "bidirectional", "", &c)) return kRaised;
  if (!assigned(self, c) || isUnassigned(c)) return share(Value(emptyStr()));
  return share(Value(internStatic(unicode::kBidiClasses[dataRecord(c).bidi_class])));
}
Ref<> combining(Thread& t, Value self, Value v) {
  uint32_t c;
  if (!character(t, v, "combining", "", &c)) return kRaised;
  return steal(Value::fromInt(assigned(self, c) ? dataRecord(c).combining : 0));
}
Ref<> mirrored(Thread& t, Value self, Value v) {
  uint32_t c;
  if (!character(t, v, "mirrored", "", &c)) return kRaised;
  return steal(Value::fromInt(assigned(self, c) && dataRecord(c).mirrored));
}
Ref<> eastAsianWidth(Thread& t, Value self, Value v) {
  uint32_t c;
  if (!character(t, v, "east_asian_width", "", &c)) return kRaised;
  const char* width = unicode::kWidths[dataRecord(c).width];
  // CPython answers "F" for what is not assigned.
  if (!assigned(self, c) || isUnassigned(c)) width = "F";
  return share(Value(internStatic(width)));
}
Ref<> decomposition(Thread& t, Value self, Value v) {
  uint32_t c;
  if (!character(t, v, "decomposition", "", &c)) return kRaised;
  uint16_t at = assigned(self, c) ? dataRecord(c).decomposition : 0;
  StrBuilder out(t);
  if (at) {
    uint32_t header = unicode::kDecompositions[at];
    out.appendAscii(unicode::kDecompositionTags[header >> 8]);
    for (uint32_t i = 0; i < (header & 0xFF); ++i) {
      char local[16];
      const char* space = out.length() ? " " : "";
      out.appendAscii(std::string_view(
          local, size_t(snprintf(local, sizeof local, "%s%04X", space, unicode::kDecompositions[at + 1 + i]))));
    }
  }
  return out.finish();
}

Ref<> decimal(Thread& t, Value self, const Value* args) {
  uint32_t c;
  if (!character(t, args[0], "decimal", " 1", &c)) return kRaised;
  int number = assigned(self, c) ? unicode::decimalValue(c) : -1;
  return number < 0 ? valueOrDefault(t, args[1], "not a decimal") : steal(Value::fromInt(number));
}
Ref<> digit(Thread& t, Value self, const Value* args) {
  uint32_t c;
  if (!character(t, args[0], "digit", " 1", &c)) return kRaised;
  int number = assigned(self, c) ? unicode::digitValue(c) : -1;
  return number < 0 ? valueOrDefault(t, args[1], "not a digit") : steal(Value::fromInt(number));
}
Ref<> numeric(Thread& t, Value self, const Value* args) {
  uint32_t c;
  if (!character(t, args[0], "numeric", " 1", &c)) return kRaised;
  double number;
  if (!assigned(self, c) || !unicode::numericValue(c, &number)) return valueOrDefault(t, args[1], "not a numeric character");
  return steal(Value::fromDouble(number));
}

Ref<> name(Thread& t, Value self, const Value* args) {
  uint32_t c;
  if (!character(t, args[0], "name", " 1", &c)) return kRaised;
  char text[unicode::kLongestName];
  int size = assigned(self, c) ? unicode::characterName(c, text) : 0;
  return size ? Ref<>(newStrLatin1(t, {text, size_t(size)})) : valueOrDefault(t, args[1], "no such name");
}
Ref<> lookup(Thread& t, Value self, Value v) {
  Utf8 text;
  if (isStr(v)) {
    if (!text.set(t, asStr(v))) return kRaised;
  } else {
    return raise(t, exc::TypeError, "lookup() argument must be str, not %.50s", argumentTypeName(v));
  }
  if (text.size() > 256) return raise(t, exc::KeyError, "name too long");
  uint32_t codes[4];
  bool current = isInstance(self, &types::Module);
  int count = unicode::charactersNamed(text.view(), current, codes);
  char own[unicode::kLongestName];
  // The database of 3.2 knows no aliases: the name that was asked for must be the character's own.
  if (count && !current) {
    std::string_view found(own, size_t(std::max(unicode::characterName(codes[0], own), 0)));
    count = found.size() == text.size() && strncasecmp(found.data(), text.c_str(), text.size()) == 0;
  }
  if (count == 0 || !assigned(self, codes[0])) {
    Ref<Str> message = strFormat(t, "undefined character name '%s'", text.c_str());
    return message ? Ref<>(raiseWith(t, exc::KeyError, message)) : Ref<>();
  }
  return newStrUcs4(t, codes, count);
}

bool formNamed(Thread& t, Value v, const char* function, unicode::Form* out) {
  if (!isStr(v))
    return raise(t, exc::TypeError, "%s() argument 1 must be str, not %.50s", function, argumentTypeName(v));
  static constexpr std::string_view kForms[] = {"NFC", "NFD", "NFKC", "NFKD"};
  for (int i = 0; i < 4; ++i) {
    if (strEqualsAscii(asStr(v), kForms[i])) {
      *out = unicode::Form(i);
      return true;
    }
  }
  return raise(t, exc::ValueError, "invalid normalization form");
}
Ref<> normalizeFunction(Thread& t, Value, const Value* args) {
  unicode::Form form;
  if (!formNamed(t, args[0], "normalize", &form)) return kRaised;
  if (!isStr(args[1]))
    return raise(t, exc::TypeError, "normalize() argument 2 must be str, not %.50s", argumentTypeName(args[1]));
  Ref<Str> result = unicode::normalize(t, asStr(args[1]), form);
  if (result && isExactStr(args[1]) && strEqual(result.get(), asStr(args[1]))) return share(args[1]);
  return result;
}
Ref<> isNormalizedFunction(Thread& t, Value, const Value* args) {
  unicode::Form form;
  if (!formNamed(t, args[0], "is_normalized", &form)) return kRaised;
  if (!isStr(args[1]))
    return raise(t, exc::TypeError, "is_normalized() argument 2 must be str, not %.50s", argumentTypeName(args[1]));
  Ref<Str> result = unicode::normalize(t, asStr(args[1]), form);
  return result ? steal(Value::fromBool(strEqual(result.get(), asStr(args[1])))) : Ref<>();
}

#define KRAIT_UNICODEDATA_METHODS                                                                                             \
  method("decimal", decimal, "($self, chr, default=<unrepresentable>, /)", "The decimal value assigned to the character."),  \
  method("digit", digit, "($self, chr, default=<unrepresentable>, /)", "The digit value assigned to the character."),        \
  method("numeric", numeric, "($self, chr, default=<unrepresentable>, /)", "The numeric value assigned to the character."),  \
  method("category", category, "($self, chr, /)", "The general category assigned to the character."),                        \
  method("bidirectional", bidirectional, "($self, chr, /)", "The bidirectional class assigned to the character."),           \
  method("combining", combining, "($self, chr, /)", "The canonical combining class assigned to the character."),             \
  method("mirrored", mirrored, "($self, chr, /)", "The mirrored property assigned to the character."),                       \
  method("east_asian_width", eastAsianWidth, "($self, chr, /)", "The east asian width assigned to the character."),          \
  method("decomposition", decomposition, "($self, chr, /)", "The decomposition mapping assigned to the character."),         \
  method("name", name, "($self, chr, default=<unrepresentable>, /)", "The name assigned to the character."),                 \
  method("lookup", lookup, "($self, name, /)", "The character with this name."),                                             \
  method("is_normalized", isNormalizedFunction, "($self, form, unistr, /)", "Whether the string is in the normal form."),    \
  method("normalize", normalizeFunction, "($self, form, unistr, /)", "The normal form of the string."),                      \
  {}

const MethodDef kMethods[] = {KRAIT_UNICODEDATA_METHODS};
const MethodDef kFunctions[] = {KRAIT_UNICODEDATA_METHODS};
#undef KRAIT_UNICODEDATA_METHODS

Ref<> versionGetter(Thread& t, Value) { return newStrLatin1(t, "3.2.0"); }
const GetSetDef kGetSets[] = {{"unidata_version", versionGetter, nullptr, ""}, {}};
void ucdDealloc(Object* self) { freeInstance(self); }

bool init(Thread& t, ModuleObject* module) {
  static const TypeSpec spec{.type = nullptr,
                             .basic_size = sizeof(Object),
                             .doc = "",
                             .methods = kMethods,
                             .getsets = kGetSets,
                             .dealloc = ucdDealloc};
  Ref<Type> type = makeNativeType(t, spec, "unicodedata.UCD", nullptr, kTypeFinal | kTypeDisallowNew);
  if (!type) return false;
  ucd_type = type.get();
  Object* old = allocateInstance<Object>(ucd_type);
  if (!old) return raiseNoMemory(t);
  return moduleAdd(t, module, "ucd_3_2_0", steal(Value(old))) && moduleAdd(t, module, "UCD", std::move(type)) &&
         moduleAdd(t, module, "unidata_version", newStrLatin1(t, "14.0.0"));
}

}  // namespace

const ModuleDef& unicodedataModule() {
  static const ModuleDef def{"unicodedata",
                             "This module provides access to the Unicode Character Database, version 14.0.0.",
                             kFunctions, init};
  return def;
}

}  // namespace krait
