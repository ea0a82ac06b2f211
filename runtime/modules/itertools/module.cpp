// The itertools module's definition.
#include "runtime/modules/itertools/itertools.h"

namespace krait {

static bool initItertools(Thread& t, ModuleObject* module) {
  return itertools::addAdaptors(t, module) && itertools::addGenerators(t, module) && itertools::addCombinatorics(t, module);
}

const ModuleDef& itertoolsModule() {
  static const ModuleDef def{"itertools", "Functional tools for creating and using iterators.", itertools::kTeeFunctions, initItertools};
  return def;
}

}  // namespace krait
