// types.UnionType: int | str.
#pragma once
#include "runtime/core/ref.h"

namespace krait {
class Thread;
struct Tuple;
struct UnionObject : Object {
  Tuple* args;        // flattened, without duplicates
  Value parameters;   // tuple of type variables, or empty: not computed yet
};
// a | b for types, None, generic aliases and unions; NotImplemented for anything else.
Ref<> unionOf(Thread& t, Value a, Value b);
}  // namespace krait
