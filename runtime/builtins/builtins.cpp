// The builtins module: functions from the other files of this folder, types, exceptions and constants.
#include "runtime/builtins/builtins.h"

#include "runtime/core/error.h"
#include "runtime/core/runtime.h"
#include "runtime/objects/exception_types.h"
#include "runtime/objects/function.h"
#include "runtime/objects/module.h"
#include "runtime/objects/str.h"

namespace krait {

namespace {

struct TypeRow {
  const char* name;
  Type* type;
};
const TypeRow kTypes[] = {
    {"bool", &types::Bool},           {"memoryview", &types::MemoryView}, {"bytearray", &types::ByteArray},
    {"bytes", &types::Bytes},         {"classmethod", &types::ClassMethod}, {"complex", &types::Complex},
    {"dict", &types::Dict},           {"enumerate", &types::Enumerate},   {"filter", &types::Filter},
    {"float", &types::Float},         {"frozenset", &types::FrozenSet},   {"property", &types::Property},
    {"int", &types::Int},             {"list", &types::List},             {"map", &types::Map},
    {"object", &types::Object},       {"range", &types::Range},           {"reversed", &types::Reversed},
    {"set", &types::Set},             {"slice", &types::Slice},           {"staticmethod", &types::StaticMethod},
    {"str", &types::Str},             {"super", &types::Super},           {"tuple", &types::Tuple},
    {"type", &types::Type},           {"zip", &types::Zip},               {"BaseException", &types::BaseException},
#define EXCEPTION(Name, Base) {#Name, &exc::Name},
#include "runtime/core/exceptions.def"
#undef EXCEPTION
    {"ExceptionGroup", &exception_group_type}, {"EnvironmentError", &exc::OSError}, {"IOError", &exc::OSError},
};

struct ConstantRow {
  const char* name;
  Value v;
};
const ConstantRow kConstants[] = {
    {"None", kNone}, {"Ellipsis", kEllipsis}, {"NotImplemented", kNotImplemented}, {"False", kFalse}, {"True", kTrue},
};

bool addFunctions(Thread& t, ModuleObject* module, const MethodDef* table) {
  Ref<Str> module_name = newStrUtf8(t, "builtins");
  for (; module_name && table->name; ++table) {
    Ref<> function = newNativeFunction(t, table, Value(module), module_name);
    if (!function || !moduleAdd(t, module, table->name, std::move(function))) return false;
  }
  return bool(module_name);
}

bool initBuiltins(Thread& t, ModuleObject* module) {
  if (!makeAsyncTypes(t)) return false;
  for (const MethodDef* table : {kClassFunctions, kExecutionFunctions, kObjectFunctions, kNumberFunctions, kAggregateFunctions,
                                 kAsyncFunctions, kConsoleFunctions}) {
    if (!addFunctions(t, module, table)) return false;
  }
  for (const ConstantRow& row : kConstants) {
    if (!moduleAdd(t, module, row.name, share(row.v))) return false;
  }
  for (const TypeRow& row : kTypes) {
    if (!moduleAdd(t, module, row.name, share(Value(row.type)))) return false;
  }
  return moduleAdd(t, module, "__debug__", steal(Value::fromBool(interpreterOf(t).config.optimize == 0)));
}

const MethodDef kNoFunctions[] = {{}};

}  // namespace

const ModuleDef& builtinsModule() {
  static const ModuleDef def{
      "builtins",
      "Built-in functions, types, exceptions, and other objects.\n\n"
      "This module provides direct access to all 'built-in'\n"
      "identifiers of Python; for example, builtins.len is\n"
      "the full name for the built-in function len().\n\n"
      "This module is not normally accessed explicitly by most\n"
      "applications, but can be useful in modules that provide\n"
      "objects with the same name as a builtin and need the\n"
      "builtin of that name, but in which the built-in of that name\n"
      "is also needed.",
      kNoFunctions, initBuiltins};
  return def;
}

}  // namespace krait
