// The itertools module: each file adds its types.
#pragma once
#include "runtime/modules/fields.h"

namespace krait::itertools {

[[nodiscard]] bool addAdaptors(Thread& t, ModuleObject* module);      // chain, islice, starmap, groupby, ...
[[nodiscard]] bool addGenerators(Thread& t, ModuleObject* module);    // count, cycle, repeat, accumulate, tee, ...
[[nodiscard]] bool addCombinatorics(Thread& t, ModuleObject* module); // product, permutations, combinations, ...
extern const MethodDef kTeeFunctions[];

}  // namespace krait::itertools
