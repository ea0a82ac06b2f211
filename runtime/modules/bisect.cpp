// The _bisect module: binary search in sorted sequences.
#include "runtime/core/error.h"
#include "runtime/objects/int.h"
#include "runtime/objects/less.h"
#include "runtime/objects/list.h"
#include "runtime/objects/module.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

// Whether the place for x lies to the right of item: -1 raised.
template <bool left>
int goesRight(Thread& t, Value item, Value x) {
  if (left) return lessThan(t, item, x);
  int less = lessThan(t, x, item);
  return less < 0 ? -1 : !less;
}

// Where x belongs in sequence[low:high]; -1: raised.
template <bool left>
int64_t search(Thread& t, Value sequence, Value x, int64_t low, int64_t high, Value key) {
  if (low < 0) return raise(t, exc::ValueError, "lo must be non-negative");
  if (high == -1) {
    high = lengthOf(t, sequence);
    if (high < 0) return -1;
  }
  if (isDict(sequence)) return raise(t, exc::TypeError, "%.200s is not a sequence", typeName(sequence));
  if (!typeOf(sequence)->slots.getitem) {
    return raise(t, exc::TypeError, "'%.200s' object does not support indexing", typeName(sequence));
  }
  while (low < high) {
    int64_t middle = int64_t((uint64_t(low) + uint64_t(high)) >> 1);
    Ref<> item;
    if (isExactList(sequence) && middle < asList(sequence)->size) {
      item = listGet(asList(sequence), middle);
    } else {
      Ref<> index = newInt(t, middle);
      item = index ? getItem(t, sequence, index) : Ref<>();
    }
    if (item && !key.isNone()) item = call(t, key, item);
    int right = item ? goesRight<left>(t, item, x) : -1;
    if (right < 0) return -1;
    if (right) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

// args: a, x, lo, hi, key
template <bool left>
int64_t searchArguments(Thread& t, const Value* args, Value x) {
  int64_t low = toIndex(t, args[2]);
  if (t.raised()) return -1;
  int64_t high = args[3].isNone() ? -1 : toIndex(t, args[3]);
  if (t.raised()) return -1;
  return search<left>(t, args[0], x, low, high, args[4]);
}

template <bool left>
Ref<> bisect(Thread& t, Value, const Value* args) {
  int64_t i = searchArguments<left>(t, args, args[1]);
  return i < 0 ? Ref<>() : newInt(t, i);
}
template <bool left>
Ref<> insort(Thread& t, Value, const Value* args) {
  Ref<> x = args[4].isNone() ? share(args[1]) : call(t, args[4], args[1]);
  int64_t i = x ? searchArguments<left>(t, args, x) : -1;
  if (i < 0) return kRaised;
  if (isExactList(args[0])) {
    if (!listInsert(t, asList(args[0]), i, share(args[1]))) return kRaised;
  } else {
    Ref<> index = newInt(t, i);
    if (!index) return kRaised;
    Value arguments[] = {index, args[1]};
    Ref<> inserted = callMethod(t, args[0], "insert", Args{arguments, 2, nullptr});
    if (!inserted) return kRaised;
  }
  return share(kNone);
}

#define SIGNATURE "($module, /, a, x, lo=0, hi=None, *, key=None)"
const MethodDef kBisectFunctions[] = {
    method("bisect_right", bisect<false>, SIGNATURE,
           "Return the index where to insert item x in list a, assuming a is sorted.\n\n"
           "The return value i is such that all e in a[:i] have e <= x, and all e in\n"
           "a[i:] have e > x.  So if x already appears in the list, i points just\nbeyond the rightmost x already there"),
    method("insort_right", insort<false>, SIGNATURE, "Insert item x in list a, and keep it sorted assuming a is sorted.\n\n"
           "If x is already in a, insert it to the right of the rightmost x."),
    method("bisect_left", bisect<true>, SIGNATURE,
           "Return the index where to insert item x in list a, assuming a is sorted.\n\n"
           "The return value i is such that all e in a[:i] have e < x, and all e in\n"
           "a[i:] have e >= x.  So if x already appears in the list, i points just\nbefore the leftmost x already there."),
    method("insort_left", insort<true>, SIGNATURE, "Insert item x in list a, and keep it sorted assuming a is sorted.\n\n"
           "If x is already in a, insert it to the left of the leftmost x."),
    {},
};
#undef SIGNATURE

bool initBisect(Thread&, ModuleObject*) { return true; }

}  // namespace

const ModuleDef& bisectModule() {
  static const ModuleDef def{"_bisect", "Bisection algorithms.", kBisectFunctions, initBisect};
  return def;
}

}  // namespace krait
