// Modules.
#pragma once
#include "runtime/core/native.h"
#include "runtime/core/type.h"

namespace krait {
struct Dict;
struct ModuleObject : Object {
  Dict* dict;
  void* state;
};
// What a native module is made from; modules.def lists them for import.
struct ModuleDef {
  const char* name;
  const char* doc;
  const MethodDef* functions;                          // ended by a row with name null
  bool (*init)(Thread& t, ModuleObject* module);       // adds types and constants; false: raised
};
Ref<ModuleObject> newModule(Thread& t, Value name, Value doc = Value());
Ref<ModuleObject> makeNativeModule(Thread& t, const ModuleDef& def);
[[nodiscard]] bool moduleAdd(Thread& t, ModuleObject* module, const char* name, Ref<> v);
// A new exception class of the module, "module.Name", as a class statement would make it; it lives as long as the program.
// base is a class or a tuple of classes. Null: raised.
Type* addException(Thread& t, ModuleObject* module, const char* dotted_name, Value base, const char* doc = nullptr);
inline ModuleObject* asModule(Value v) { return static_cast<ModuleObject*>(v.asObject()); }
}  // namespace krait
