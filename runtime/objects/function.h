// Callables: Python functions, bound methods, native functions, descriptors, cells.
#pragma once
#include "runtime/core/native.h"
#include "runtime/core/type.h"

namespace krait {
struct Code;
struct Dict;

struct Function : Object {
  Code* code;
  Dict* globals;
  Value builtins;        // dict
  Value defaults;        // tuple or empty
  Value kw_defaults;     // dict or empty
  Value closure;         // tuple of cells or empty
  Value name, qualname, module, doc;
  Value annotations;     // dict, or tuple of pairs as MAKE_FUNCTION gets it, or empty
  Dict* dict;            // or null
  uint32_t version;      // 0: none assigned; changes when code, defaults or kw_defaults are set
  uint32_t reserved;
  Dependent* watchers;
};
inline Function* asFunction(Value v) { return static_cast<Function*>(v.asObject()); }
inline bool isFunction(Value v) { return v.isObject() && v.asObject()->kind == kKindFunction; }
Ref<Function> newFunction(Thread& t, Code* code, Dict* globals, Value qualname /* or empty */);
uint32_t functionVersion(Function* function);
void watchFunction(Function* function, Dependent* dependent);  // code, defaults, kw_defaults

struct Method : Object {
  Value function;
  Value self;
};
Ref<> newMethod(Thread& t, Value function, Value self);

struct NativeFunction : Object {  // builtin_function_or_method
  const MethodDef* def;
  Value self;      // module, instance or class; may be empty
  Value module;    // name, str or empty
};
Ref<> newNativeFunction(Thread& t, const MethodDef* def, Value self, Value module_name);

struct MethodDescr : Object {     // method_descriptor and classmethod_descriptor
  Type* owner;
  const MethodDef* def;
  Str* name;
};
struct CellObject : Object {
  Value content;  // owned; empty: unbound
};
Ref<CellObject> newCell(Thread& t, Ref<> content);

}  // namespace krait
