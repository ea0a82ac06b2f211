// errno: the numbers of the system's errors, by name and (errorcode) the other way round.
#include <cerrno>

#include "runtime/core/error.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/module.h"
#include "runtime/objects/str.h"

namespace krait {

namespace {

// In the order in which errorcode is filled: where two names share a number the later one is what errorcode tells.
const struct {
  const char* name;
  int number;
} kErrors[] = {
#define ERROR(name) {#name, name},
#include "runtime/modules/errno.def"
#undef ERROR
};

bool init(Thread& t, ModuleObject* m) {
  Ref<Dict> codes = newDict(t);
  if (!codes) return false;
  for (const auto& e : kErrors) {
    Value number = Value::fromInt(e.number);
    if (!moduleAdd(t, m, e.name, steal(number)) || !dictSet(t, codes.get(), number, Value(internStatic(e.name)))) return false;
  }
  return moduleAdd(t, m, "errorcode", std::move(codes));
}
const MethodDef kFunctions[] = {{}};

}  // namespace

const ModuleDef& errnoModule() {
  static const ModuleDef def{"errno", "This module makes available standard errno system symbols.", kFunctions, init};
  return def;
}

}  // namespace krait
