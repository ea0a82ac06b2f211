// The table of native modules, made from modules.def.
#include "runtime/modules/modules.h"

#include <cstring>

#include "runtime/core/error.h"

#include "runtime/core/runtime.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/str.h"

namespace krait {

#define MODULE(name, function) const ModuleDef& function();
#include "runtime/modules/modules.def"
#undef MODULE

const NativeModuleRow kNativeModules[] = {
#define MODULE(name, function) {name, function},
#include "runtime/modules/modules.def"
#undef MODULE
};
const size_t kNativeModuleCount = sizeof(kNativeModules) / sizeof(kNativeModules[0]);

const NativeModuleRow* findNativeModule(const char* name) {
  for (const NativeModuleRow& row : kNativeModules) {
    if (strcmp(row.name, name) == 0) return &row;
  }
  return nullptr;
}

Ref<> loadNativeModule(Thread& t, const NativeModuleRow& row) {
  Dict* modules = interpreterOf(t).modules;
  Value present = dictGetStr(modules, internStatic(row.name));
  if (present) return share(present);
  Ref<ModuleObject> module = makeNativeModule(t, row.definition());
  if (!module || !dictSetStr(t, modules, internStatic(row.name), module)) return kRaised;
  return module;
}

}  // namespace krait
