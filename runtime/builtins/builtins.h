// The parts of the builtins module: each file of this folder defines its functions as a table.
#pragma once
#include "runtime/core/native.h"

namespace krait {

extern const MethodDef kAggregateFunctions[];  // aggregate.cpp: sum, min, max, any, all, sorted, iter, next, len, ...
extern const MethodDef kNumberFunctions[];     // numbers.cpp: abs, bin, chr, divmod, hex, ord, pow, round, ...
extern const MethodDef kObjectFunctions[];     // objects.cpp: getattr, isinstance, dir, vars, repr, id, ...
extern const MethodDef kExecutionFunctions[];  // execution.cpp: compile, eval, exec, __import__, breakpoint, ...
extern const MethodDef kConsoleFunctions[];    // console.cpp: print, input
extern const MethodDef kAsyncFunctions[];      // async.cpp: aiter, anext
extern const MethodDef kClassFunctions[];      // build_class.cpp: __build_class__

// The name of a source as compile() takes it, as a str (execution.cpp).
Ref<> sourceName(Thread& t, Value v);

// Makes the types that the functions of async.cpp need. False: raised.
[[nodiscard]] bool makeAsyncTypes(Thread& t);

}  // namespace krait
