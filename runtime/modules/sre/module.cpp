// The _sre module: compile() and the facts about characters that the re package asks for.
#include "runtime/modules/sre/sre.h"
#include "runtime/objects/int.h"

namespace krait::sre {

namespace {

Ref<> compileFunction(Thread& t, Value, const Value* args) { return newPattern(t, args); }
Ref<> codeSize(Thread& t, Value) { return newInt(t, 4); }

bool characterArgument(Thread& t, Value v, uint32_t* out) {
  int64_t c = toInt64(t, v);
  *out = uint32_t(c);
  return !t.raised();
}
template <uint32_t (*function)(uint32_t)>
Ref<> lower(Thread& t, Value, Value v) {
  uint32_t c;
  return characterArgument(t, v, &c) ? newInt(t, function(c)) : Ref<>();
}
Ref<> asciiCased(Thread& t, Value, Value v) {
  uint32_t c;
  return characterArgument(t, v, &c) ? steal(Value::fromBool(c < 128 && (c | 32) - 'a' < 26)) : Ref<>();
}
Ref<> unicodeCased(Thread& t, Value, Value v) {
  uint32_t c;
  return characterArgument(t, v, &c) ? steal(Value::fromBool(c != lowerUnicode(c) || c != upperUnicode(c))) : Ref<>();
}

const MethodDef kFunctions[] = {
    method("compile", compileFunction, "($module, /, pattern, flags, code, groups, groupindex, indexgroup)"),
    method("getcodesize", codeSize, "($module, /)"),
    method("ascii_iscased", asciiCased, "($module, character, /)"),
    method("unicode_iscased", unicodeCased, "($module, character, /)"),
    method("ascii_tolower", lower<lowerAscii>, "($module, character, /)"),
    method("unicode_tolower", lower<lowerUnicode>, "($module, character, /)"),
    {},
};

bool init(Thread& t, ModuleObject* m) {
  return addPatternTypes(t, m) && addMatchType(t, m) && moduleAdd(t, m, "MAGIC", newInt(t, kMagic)) &&
         moduleAdd(t, m, "CODESIZE", newInt(t, 4)) && moduleAdd(t, m, "MAXREPEAT", newInt(t, kMaxRepeat)) &&
         moduleAdd(t, m, "MAXGROUPS", newInt(t, kMaxGroups)) && moduleAdd(t, m, "copyright", newStrUtf8(t, " SRE matcher of Krait "));
}

}  // namespace

}  // namespace krait::sre

namespace krait {
const ModuleDef& sreModule() {
  static const ModuleDef def{"_sre", nullptr, sre::kFunctions, sre::init};
  return def;
}
}  // namespace krait
