// a < b, short for what programs sort and keep in heaps: numbers, strings, and tuples of them.
#pragma once
#include "runtime/core/error.h"
#include "runtime/objects/str.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/protocols.h"

namespace krait {

// By the items, as tuple's own < decides; 1, 0, -1 raised.
int tupleLess(Thread& t, Tuple* a, Tuple* b);

// 1, 0, -1 raised.
inline int lessThan(Thread& t, Value a, Value b) {
  if (bothInts(a, b)) return a.asInt() < b.asInt();
  if (a.isDouble() && b.isDouble()) return a.asDouble() < b.asDouble();
  if (isExactTuple(a) && isExactTuple(b)) return tupleLess(t, asTuple(a), asTuple(b));
  if (isExactStr(a) && isExactStr(b)) return strCompare(asStr(a), asStr(b)) < 0;
  Ref<> less = compare(t, a, b, CompareOp::kLess);
  if (!less) return -1;
  return less.value().isBool() ? less.value() == kTrue : truth(t, less);
}

}  // namespace krait
