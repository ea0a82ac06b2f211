// Arguments and constants of native modules; see arguments.h.
#include "runtime/modules/arguments.h"

#include "runtime/objects/codecs.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/int.h"
#include "runtime/objects/tuple.h"

namespace krait {

bool addIntConstants(Thread& t, ModuleObject* m, const IntConstant* rows, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    if (!moduleAdd(t, m, rows[i].name, newInt(t, rows[i].value))) return false;
  }
  return true;
}

bool textArgument(Thread& t, const char* what, Value v, Utf8* out) {
  if (!isStr(v)) return raise(t, exc::TypeError, "%s must be str, not %s", what, typeName(v));
  if (!out->set(t, asStr(v))) return false;
  if (out->view().find('\0') != std::string_view::npos) return raise(t, exc::ValueError, "embedded null character");
  return true;
}

Ref<Bytes> systemTextArgument(Thread& t, const char* what, Value v, bool cut_at_null) {
  if (!isStr(v)) return raise(t, exc::TypeError, "%s must be str, not %s", what, typeName(v));
  Ref<Bytes> bytes = encodeText(t, asStr(v), NativeCodec::kUtf8, "surrogateescape").as<Bytes>();
  if (bytes && !cut_at_null && bytes->view().find('\0') != std::string_view::npos) {
    return raise(t, exc::ValueError, "embedded null byte");
  }
  return bytes;
}

bool maskArgument(Thread& t, Value v, uint64_t* out) {
  Ref<> index = toIndexValue(t, v);
  if (!index) return false;
  int64_t narrow;
  if (intFits64(index, &narrow)) {
    *out = uint64_t(narrow);
    return true;
  }
  const Int* wide = static_cast<const Int*>(intValue(index).asObject());
  *out = wide->negative() ? -wide->limbs[0] : wide->limbs[0];
  return true;
}

Ref<Type> newExceptionType(Thread& t, const char* dotted_name, Type* base) {
  std::string_view dotted = dotted_name;
  size_t dot = dotted.rfind('.');
  Ref<Str> module = newStrUtf8(t, dotted.substr(0, dot)), name = newStrUtf8(t, dotted.substr(dot + 1));
  Ref<Tuple> bases = packTuple(t, Value(base));
  Ref<Dict> space = newDict(t);
  if (!module || !name || !bases || !space || !dictSetStr(t, space.get(), internStatic("__module__"), module))
    return kRaised;
  return call(t, Value(&types::Type), name, bases, space).as<Type>();
}

}  // namespace krait
