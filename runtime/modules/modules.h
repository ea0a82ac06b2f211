// The table of native modules.
#pragma once
#include "runtime/objects/module.h"

namespace krait {

struct NativeModuleRow {
  const char* name;
  const ModuleDef& (*definition)();
};
extern const NativeModuleRow kNativeModules[];
extern const size_t kNativeModuleCount;
// Null: there is no native module of this name.
const NativeModuleRow* findNativeModule(const char* name);
// The module, made and entered into sys.modules; `spec` or empty becomes __spec__. Empty: raised.
Ref<> loadNativeModule(Thread& t, const NativeModuleRow& row);

}  // namespace krait
