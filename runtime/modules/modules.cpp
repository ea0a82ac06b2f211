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

namespace {
constexpr size_t kRuntimeModules = 0
#define MODULE(name, function) +1
#include "runtime/modules/modules.def"
#undef MODULE
    ;
constexpr size_t kRoomAbove = 8;  // for addNativeModule
}  // namespace

NativeModuleRow native_modules[kRuntimeModules + kRoomAbove] = {
#define MODULE(name, function) {name, function},
#include "runtime/modules/modules.def"
#undef MODULE
};
size_t native_module_count = kRuntimeModules;

void addNativeModule(const NativeModuleRow& row) {
  KRAIT_ASSERT(native_module_count < kRuntimeModules + kRoomAbove, "no room for native module %s", row.name);
  native_modules[native_module_count++] = row;
}

const NativeModuleRow* findNativeModule(const char* name) {
  for (size_t i = 0; i < native_module_count; ++i) {
    if (strcmp(native_modules[i].name, name) == 0) return &native_modules[i];
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
