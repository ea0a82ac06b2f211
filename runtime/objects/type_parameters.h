// Type variables in generic aliases and unions: collecting them and putting arguments in their place.
#pragma once
#include "runtime/core/ref.h"

namespace krait {
class Thread;
struct Tuple;
struct Str;

// The type variables in these arguments, each once, in order.
Ref<Tuple> collectParameters(Thread& t, Tuple* args);
// args with the parameters replaced by what `item` (a value or a tuple of values) gives; raises as alias[item] does.
Ref<Tuple> substituteParameters(Thread& t, Value self, Tuple* args, Tuple* parameters, Value item);
// How an argument shows: "int", "mod.Class", "...", or its repr.
Ref<Str> reprTypeArgument(Thread& t, Value v);
}  // namespace krait
