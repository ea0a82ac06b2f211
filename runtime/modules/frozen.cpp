// _imp's functions for frozen modules.
#include "runtime/modules/frozen.h"

#include <cstring>
#include <string>

#include "runtime/code/code.h"
#include "runtime/code/marshal.h"
#include "runtime/core/error.h"
#include "runtime/core/hooks.h"
#include "runtime/core/runtime.h"
#include "runtime/modules/modules.h"
#include "runtime/modules/startup_import.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/int.h"
#include "runtime/objects/list.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

struct Row {
  const char* name;
  const char* file;
  bool package;
  const char* origin;
};
const Row kRows[] = {
#define FROZEN(name, file, package, origin) {name, file, package, origin},
#include "runtime/modules/frozen.def"
#undef FROZEN
};
constexpr const char kHelloOnly[] =
    "initialized = True\n\ndef main():\n    print('Hello world!')\n\nif __name__ == '__main__':\n    main()\n";

int64_t override_for_tests = 0;  // above 0: used, below: not used

const Row* findRow(Value name) {
  if (!isStr(name)) return nullptr;
  for (const Row& row : kRows) {
    if (strEqualsAscii(asStr(name), row.name)) return &row;
  }
  return nullptr;
}
// importlib cannot do without these, whatever -X frozen_modules says.
bool isEssential(const Row& row) { return &row < kRows + 3; }
bool isUsed(Thread& t, const Row& row) {
  return isEssential(row) || (override_for_tests ? override_for_tests > 0 : interpreterOf(t).config.frozen_modules);
}

bool checkName(Thread& t, const char* function, Value name) {
  if (isStr(name)) return true;
  return raise(t, exc::TypeError, "%s() argument 'name' must be str, not %.50s", function, typeName(name));
}

Raised raiseImportError(Thread& t, const char* format, Value name) {
  Ref<Str> shown = repr(t, name);
  Ref<Str> message = shown ? strFormat(t, format, Utf8(shown.get()).c_str()) : Ref<Str>();
  Ref<> exception = message ? call(t, Value(&exc::ImportError), message) : Ref<>();
  if (!exception || !setAttr(t, exception, internStatic("name"), name)) return kRaised;
  return raiseInstance(t, std::move(exception));
}
// The row of a name that must be there.
const Row* needRow(Thread& t, Value name) {
  const Row* row = findRow(name);
  if (row && isUsed(t, *row)) return row;
  (void)raiseImportError(t,
                         row ? "Frozen modules are disabled and the frozen object named %s is not essential"
                             : "No such frozen object named %s",
                         name);
  return nullptr;
}

Ref<> codeOf(Thread& t, const Row& row) {
  const char* origin = row.origin ? row.origin[0] == '<' ? row.origin + 1 : row.origin : "frozen_only";
  Ref<Str> shown = strFormat(t, "<frozen %s>", origin);
  if (!shown) return kRaised;
  if (!row.file) {
    Ref<Bytes> text = newBytes(t, row.origin ? "" : kHelloOnly);
    return text ? hooks.compile(t, text, shown, {}) : Ref<>(kRaised);
  }
  const char* library = interpreterOf(t).config.library;
  Ref<> code = codeOfFile(t, (std::string(library ? library : "") + "/" + row.file).c_str());
  if (code) setCodeFilename(asCode(code), shown.get());
  return code;
}

Ref<> isFrozen(Thread& t, Value, Value name) {
  if (!checkName(t, "is_frozen", name)) return kRaised;
  const Row* row = findRow(name);
  return share(Value::fromBool(row && isUsed(t, *row)));
}
Ref<> isFrozenPackage(Thread& t, Value, Value name) {
  if (!checkName(t, "is_frozen_package", name)) return kRaised;
  const Row* row = needRow(t, name);
  return row ? share(Value::fromBool(row->package)) : Ref<>(kRaised);
}

// (data or None, whether it is a package, the name it was frozen under), or None.
Ref<> findFrozen(Thread& t, Value, const Value* args) {
  if (!checkName(t, "find_frozen", args[0])) return kRaised;
  int with_data = truth(t, args[1]);
  if (with_data < 0) return kRaised;
  const Row* row = findRow(args[0]);
  if (!row || !isUsed(t, *row)) return share(kNone);
  Ref<> data = share(kNone);
  if (with_data) {
    Ref<> code = codeOf(t, *row);
    std::string text;
    if (!code || !marshalDump(t, code, 4, &text)) return kRaised;
    Ref<Bytes> bytes = newBytes(t, text);
    data = bytes ? call(t, Value(&types::MemoryView), bytes) : Ref<>();
  }
  Ref<> origin = row->origin ? Ref<>(newStrUtf8(t, row->origin)) : share(kNone);
  if (!data || !origin) return kRaised;
  return packTuple(t, data.value(), Value::fromBool(row->package), origin.value());
}

Ref<> getFrozenObject(Thread& t, Value, const Value* args) {
  if (!checkName(t, "get_frozen_object", args[0])) return kRaised;
  if (args[1].isNone()) {
    const Row* row = needRow(t, args[0]);
    return row ? codeOf(t, *row) : Ref<>(kRaised);
  }
  Ref<Bytes> data = bytesFrom(t, args[1]);
  if (!data) return kRaised;
  Ref<> code = data->size ? marshalLoad(t, data->view()) : Ref<>();
  if (!code) {
    clearException(t);
    return raiseImportError(t, "Frozen object named %s is invalid", args[0]);
  }
  if (!isExact(code, &types::Code)) {
    return raise(t, exc::TypeError, "frozen object %s is not a code object", Utf8(repr(t, args[0]).get()).c_str());
  }
  return code;
}

// The module, made and run without importlib.
Ref<> initFrozen(Thread& t, Value, Value name) {
  if (!checkName(t, "init_frozen", name)) return kRaised;
  const Row* row = findRow(name);
  if (!row || !isUsed(t, *row)) return share(kNone);
  Ref<> code = codeOf(t, *row);
  Ref<ModuleObject> module = code ? newModule(t, asStr(name)) : Ref<ModuleObject>();
  if (!module) return kRaised;
  Dict* space = module->dict;
  Ref<> origin = row->origin ? Ref<>(newStrUtf8(t, row->origin)) : share(kNone);
  Ref<List> path = row->package ? newList(t) : Ref<List>();
  if (!origin || (row->package && !path) ||
      !dictSetStr(t, space, internStatic("__builtins__"), Value(interpreterOf(t).builtins)) ||
      !dictSetStr(t, space, internStatic("__origname__"), origin) ||
      (path && !dictSetStr(t, space, internStatic("__path__"), path)) ||
      !dictSetStr(t, interpreterOf(t).modules, asStr(name), module)) {
    return kRaised;
  }
  Ref<> result = hooks.run_code(t, asCode(code), space, space, Value());
  return result ? Ref<>(std::move(module)) : Ref<>(kRaised);
}

Ref<> frozenNames(Thread& t, Value) {
  Ref<List> names = newList(t);
  for (const Row& row : kRows) {
    if (!names || !listAppend(t, names.get(), newStrUtf8(t, row.name))) return kRaised;
  }
  return names;
}

Ref<> overrideFrozen(Thread& t, Value, Value v) {
  int64_t n = toInt64(t, v);
  if (t.raised()) return kRaised;
  override_for_tests = n;
  return share(kNone);
}

}  // namespace

Ref<> frozenCode(Thread& t, const char* name) {
  for (const Row& row : kRows) {
    if (strcmp(row.name, name) == 0) return codeOf(t, row);
  }
  return raise(t, exc::ImportError, "No such frozen object named %s", name);
}

const MethodDef kFrozenFunctions[] = {
    method("is_frozen", isFrozen, "($module, name, /)", "Whether a module of this name is frozen."),
    method("is_frozen_package", isFrozenPackage, "($module, name, /)",
           "Whether the frozen module of this name is a package."),
    method("find_frozen", findFrozen, "($module, name, /, *, withdata=False)",
           "What is known of a frozen module: its data, whether it is a package, and its original name; or None."),
    method("get_frozen_object", getFrozenObject, "($module, name, data=None, /)",
           "The code object of a frozen module."),
    method("init_frozen", initFrozen, "($module, name, /)", "Make and run a frozen module."),
    method("_frozen_module_names", frozenNames, "($module, /)", "The names of all frozen modules."),
    method("_override_frozen_modules_for_tests", overrideFrozen, "($module, override, /)",
           "Above 0: frozen modules are used, below: they are not; 0: as -X frozen_modules says."),
    {},
};

}  // namespace krait
