// Start-up and shut-down: the order in which types, builtins and modules come to life, and go.
#include "runtime/core/runtime.h"

#include <cstdio>
#include <new>

#include "runtime/core/error.h"
#include "runtime/core/hooks.h"
#include "runtime/core/names.h"
#include "runtime/core/startup.h"
#include "runtime/core/type_internal.h"
#include "runtime/memory/gc.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/module.h"
#include "runtime/objects/str.h"

namespace krait {

#define SPEC(function) const TypeSpec& function();
#include "runtime/core/type_specs.def"
#undef SPEC
const ModuleDef& builtinsModule();  // runtime/builtins
const ModuleDef& sysModule();       // runtime/modules

Hooks hooks{};

namespace {

Interpreter interpreter;

const TypeSpec* const* allSpecs(size_t* count) {
  static const TypeSpec* const specs[] = {
#define SPEC(function) &function(),
#include "runtime/core/type_specs.def"
#undef SPEC
      nullptr};
  *count = sizeof(specs) / sizeof(specs[0]) - 1;
  return specs;
}

void startTypes(Thread& t) {
  size_t count;
  const TypeSpec* const* specs = allSpecs(&count);
  prepareBuiltinTypes();
  for (size_t i = 0; i < count; ++i) prepareType(*specs[i]);
  prepareExceptionTypes();
  names::internNames();
  internDunders();
  for (size_t i = 0; i < count; ++i) readyType(t, *specs[i]);
  readyExceptionTypes(t);
  checkBuiltinTypesReady();
}

// Makes a native module and enters it into sys.modules.
ModuleObject* startModule(Thread& t, const ModuleDef& def) {
  Ref<ModuleObject> module = makeNativeModule(t, def);
  if (!module) return nullptr;
  if (!dictSetStr(t, interpreter.modules, internStatic(def.name), module)) return nullptr;
  return module.get();  // sys.modules keeps it alive
}

}  // namespace

Thread* startRuntime(const Config& config) {
  interpreter = Interpreter{};
  interpreter.config = config;
  Thread* t = attachMainThread(&interpreter);
  interpreter.main_thread = t;
  startTypes(*t);
  reserveMemoryError(*t);

  interpreter.modules = newDict(*t).leakObject();
  ModuleObject* builtins = startModule(*t, builtinsModule());
  if (builtins) {
    interpreter.builtins = builtins->dict;
    interpreter.sys = startModule(*t, sysModule());
  }
  if (!builtins || !interpreter.sys) {
    printf("krait: cannot start: %s\n", t->raised() ? typeName(t->exception) : "out of memory");
    return nullptr;
  }
  return t;
}

void stopRuntime(Thread& t) {
  interpreter.finalizing = true;
  clearException(t);
  finalizeModules(t);
  reportLeaks();
}

}  // namespace krait
