// Argument checks that raw native functions and constructors share.
#include "runtime/protocols/arguments.h"

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

}  // namespace krait
