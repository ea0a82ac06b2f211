// Arguments of searching methods: see search_arguments.h.
#include "runtime/objects/search_arguments.h"
#include "runtime/objects/int.h"
#include "runtime/objects/tuple.h"

namespace krait {

bool searchBound(Thread& t, Value v, int64_t length, int64_t* out) {
  if (v.empty() || v.isNone()) return true;
  if (!v.isInt() && !typeOf(v)->slots.index) {
    return raise(t, exc::TypeError, "slice indices must be integers or None or have an __index__ method");
  }
  int64_t bound = toIndex(t, v, true);
  if (bound == -1 && t.raised()) return false;
  if (bound < 0) bound = std::max<int64_t>(bound + length, 0);
  *out = bound;
  return true;
}

bool searchArguments(Thread& t, Value self, const char* name, Args args, int64_t length, SearchArguments* out) {
  if (args.keywords()) {
    const Type* owner = isStr(self) ? &types::Str : isBytes(self) ? &types::Bytes : &types::ByteArray;
    return raise(t, exc::TypeError, "%s.%s() takes no keyword arguments", owner->cname, name);
  }
  if (args.positional < 1) return raise(t, exc::TypeError, "%s() takes at least 1 argument (0 given)", name);
  if (args.positional > 3) return raise(t, exc::TypeError, "%s() takes at most 3 arguments (%zu given)", name, args.positional);
  out->what = args[0];
  out->end = length;
  if (args.positional > 1 && !searchBound(t, args[1], length, &out->start)) return false;
  if (args.positional > 2 && !searchBound(t, args[2], length, &out->end)) return false;
  out->end = std::min(out->end, length);
  return true;
}

}  // namespace krait
