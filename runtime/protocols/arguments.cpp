// Argument checks that raw native functions and constructors share.
#include "runtime/protocols/arguments.h"

#include "runtime/objects/int.h"
#include "runtime/objects/str.h"
#include "runtime/protocols/protocols.h"

namespace krait {

bool noKeywords(Thread& t, const char* name, Args args) {
  if (KRAIT_LIKELY(args.keywords() == 0)) return true;
  return raise(t, exc::TypeError, "%s() takes no keyword arguments", name);
}

bool noKeywords(Thread& t, const Type* type, const Type* base, Args args) {
  if (KRAIT_LIKELY(args.keywords() == 0)) return true;
  if (type != base && type->slots.init != base->slots.init) return true;
  return raise(t, exc::TypeError, "%s() takes no keyword arguments", base->cname);
}

bool noInitKeywords(Thread& t, const Type* type, const Type* base, Args args) {
  if (KRAIT_LIKELY(args.keywords() == 0)) return true;
  if (type != base && type->slots.new_ != base->slots.new_) return true;
  return raise(t, exc::TypeError, "%s() takes no keyword arguments", base->cname);
}

bool arity(Thread& t, const char* name, Args args, size_t least, size_t most) {
  size_t given = args.positional;
  if (KRAIT_LIKELY(given >= least && given <= most)) return true;
  size_t limit = given < least ? least : most;
  const char* bound = least == most ? "" : given < least ? "at least " : "at most ";
  return raise(t, exc::TypeError, "%s expected %s%zu argument%s, got %zu", name, bound, limit, limit == 1 ? "" : "s", given);
}

Str* strParameter(Thread& t, Value v, const char* parameter) {
  if (KRAIT_LIKELY(isStr(v))) return asStr(v);
  return raise(t, exc::TypeError, "%s must be str, not %.50s", parameter, argumentTypeName(v));
}

int64_t sizeParameter(Thread& t, Value v) {
  if (KRAIT_LIKELY(v.isInt())) return v.asInt();
  Ref<> index = toIndexValue(t, v);
  if (!index) return kRaised;
  int64_t out;
  if (!intFits64(index, &out)) return raise(t, exc::OverflowError, "Python int too large to convert to C ssize_t");
  return out;
}

int intParameter(Thread& t, Value v) {
  Ref<> index = toIndexValue(t, v);
  if (!index) return kRaised;
  int64_t out;
  if (!intFits64(index, &out) || out > INT32_MAX || out < INT32_MIN) {
    return raise(t, exc::OverflowError, "Python int too large to convert to C int");
  }
  return int(out);
}

int64_t positionParameter(Thread& t, Value v) {
  if (!isIntLike(v)) return raise(t, exc::TypeError, "an integer is required");
  return sizeParameter(t, v);
}

}  // namespace krait
