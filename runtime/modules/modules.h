// The table of native modules.
#pragma once
#include "runtime/objects/module.h"

namespace krait {

struct NativeModuleRow {
  const char* name;
  const ModuleDef& (*definition)();
};
extern NativeModuleRow native_modules[];
extern size_t native_module_count;
// Adds a module that lives above the runtime; before the runtime starts.
void addNativeModule(const NativeModuleRow& row);
// Null: there is no native module of this name.
const NativeModuleRow* findNativeModule(const char* name);
// The module, made and entered into sys.modules; `spec` or empty becomes __spec__. Empty: raised.
Ref<> loadNativeModule(Thread& t, const NativeModuleRow& row);
// The import lock (_imp.acquire_lock), which fork() holds meanwhile; after that only the forking thread is left in the child.
void acquireImportLock(Thread& t);
void releaseImportLock(Thread& t);
void importLockAfterFork();

}  // namespace krait
