// Start-up importer: enough to bring importlib to life, and to run small programs without a library.
#include "runtime/modules/startup_import.h"

#include <cstdio>
#include <cstring>
#include <string>
#include <sys/stat.h>

#include "runtime/code/code.h"
#include "runtime/code/marshal.h"
#include "runtime/core/error.h"
#include "runtime/core/hooks.h"
#include "runtime/core/names.h"
#include "runtime/core/runtime.h"
#include "runtime/modules/frozen.h"
#include "runtime/modules/modules.h"
#include "runtime/objects/module.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/descriptors.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/hash_bytes.h"
#include "runtime/objects/list.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/iteration.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

bool readFile(const std::string& path, std::string* out) {
  FILE* f = fopen(path.c_str(), "rb");
  if (!f) return false;
  char chunk[65536];
  size_t n;
  out->clear();
  while ((n = fread(chunk, 1, sizeof chunk, f)) > 0) out->append(chunk, n);
  bool ok = !ferror(f);
  fclose(f);
  return ok;
}

bool isFile(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode);
}

uint32_t word(const std::string& s, size_t at) {
  uint32_t w;
  memcpy(&w, s.data() + at, 4);
  return w;
}

constexpr uint32_t kMagic = 3495u | uint32_t('\r') << 16 | uint32_t('\n') << 24;  // of CPython 3.11's .pyc files

// Whether a .pyc file belongs to this state of the source: by its time and size, or by its hash, which need not be looked at.
bool isCurrent(Thread& t, const std::string& file, const std::string& path) {
  constexpr uint32_t kByHash = 1, kCheckSource = 2;
  struct stat source;
  if (file.size() < 16 || word(file, 0) != kMagic || word(file, 4) > (kByHash | kCheckSource)) return false;
  if (stat(path.c_str(), &source) != 0) return false;
  if (!(word(file, 4) & kByHash)) return word(file, 8) == uint32_t(source.st_mtime) && word(file, 12) == uint32_t(source.st_size);
  std::string_view mode = interpreterOf(t).config.check_pycs;
  if (mode == "never" || (mode == "default" && !(word(file, 4) & kCheckSource))) return true;
  std::string text;
  if (!readFile(path, &text)) return false;
  uint64_t hash = keyedHash(kMagic, text.data(), text.size());
  return memcmp(&hash, file.data() + 8, sizeof hash) == 0;
}

// The code in __pycache__, when it belongs to this state of the source.
Ref<> cachedCode(Thread& t, const std::string& path) {
  size_t slash = path.rfind('/');
  std::string base = path.substr(slash + 1, path.size() - slash - 4);
  std::string file, cache = path.substr(0, slash + 1) + "__pycache__/" + base + ".cpython-311.pyc";
  if (!readFile(cache, &file) || !isCurrent(t, file, path)) return {};
  Ref<> code = marshalLoad(t, std::string_view(file).substr(16));
  if (!code) {
    clearException(t);  // a damaged cache is no error: the source is compiled
    return {};
  }
  return isExact(code, &types::Code) ? std::move(code) : Ref<>();
}

}  // namespace

Ref<> codeOfFile(Thread& t, const char* path) {
  Ref<> code = cachedCode(t, path);
  if (code) return code;
  std::string source;
  if (!readFile(path, &source)) return raise(t, exc::OSError, "cannot read %s", path);
  Ref<Bytes> text = newBytes(t, source);
  Ref<Str> name = newStrUtf8(t, path);
  if (!text || !name) return kRaised;
  return hooks.compile(t, text, name, {});
}

namespace {

// Runs the code of a module in its namespace; a module that fails is taken out of sys.modules again.
Ref<> execute(Thread& t, Str* name, const std::string& path, Value package_path) {
  Ref<> code = codeOfFile(t, path.c_str());
  if (!code) return kRaised;
  Ref<ModuleObject> module = newModule(t, name);
  Ref<Str> file = newStrUtf8(t, path);
  if (!module || !file) return kRaised;
  Dict* space = module->dict;
  int64_t dot = strFind(name, charStr('.'), 0, name->length, true);
  Ref<Str> package = package_path ? share(name) : strSlice(t, name, 0, dot < 0 ? 0 : dot, 1);
  if (!package || !dictSetStr(t, space, internStatic("__file__"), file) || !dictSetStr(t, space, internStatic("__package__"), package) ||
      !dictSetStr(t, space, internStatic("__builtins__"), Value(interpreterOf(t).builtins)) ||
      (package_path && !dictSetStr(t, space, internStatic("__path__"), package_path)) ||
      !dictSetStr(t, interpreterOf(t).modules, name, module)) {
    return kRaised;
  }
  Ref<> result = hooks.run_code(t, asCode(code), space, space, Value());
  if (!result) {
    PreserveException preserve(t);
    if (dictDeleteStr(t, interpreterOf(t).modules, name) < 0) clearException(t);
    return kRaised;
  }
  // The module may have replaced itself.
  Value present = dictGetStr(interpreterOf(t).modules, name);
  return present ? share(present) : std::move(module);
}

Raised notFound(Thread& t, Str* name, Value parent) {
  Ref<Str> message = parent ? strFormat(t, "No module named '%s'; '%s' is not a package", Utf8(name).c_str(), Utf8(asStr(parent)).c_str())
                            : strFormat(t, "No module named '%s'", Utf8(name).c_str());
  Ref<> exception = message ? call(t, Value(&exc::ModuleNotFoundError), message) : Ref<>();
  if (!exception || !setAttr(t, exception, internStatic("name"), name)) return kRaised;
  return raiseInstance(t, std::move(exception));
}

// Searches the folders for the last part of the name.
Ref<> searchPath(Thread& t, Str* name, Value folders) {
  int64_t dot = strFind(name, charStr('.'), 0, name->length, true);
  std::string last(Utf8(strSlice(t, name, dot + 1, name->length, 1).get()).view());
  Iteration items(t, folders);
  while (Ref<> item = items.next()) {
    if (!isStr(item)) continue;
    std::string folder(Utf8(asStr(item)).view());
    if (folder.empty()) folder = ".";
    std::string package = folder + "/" + last;
    if (isFile(package + "/__init__.py")) {
      Ref<Str> package_text = newStrUtf8(t, package);
      Ref<List> path = newList(t);
      if (!package_text || !path || !listAppend(t, path.get(), std::move(package_text))) return kRaised;
      return execute(t, name, package + "/__init__.py", path);
    }
    if (isFile(package + ".py")) return execute(t, name, package + ".py", Value());
  }
  if (t.raised()) return kRaised;
  return notFound(t, name, Value());
}

}  // namespace

Ref<> startupImport(Thread& t, Str* name) {
  Value present = dictGetStr(interpreterOf(t).modules, name);
  if (present) return share(present);
  if (const NativeModuleRow* row = findNativeModule(Utf8(name).c_str())) return loadNativeModule(t, *row);
  int64_t dot = strFind(name, charStr('.'), 0, name->length, true);
  if (dot < 0) {
    Value path = dictGetStr(interpreterOf(t).sys->dict, internStatic("path"));
    if (!path) return raise(t, exc::RuntimeError, "sys.path must be a list of directory names");
    return searchPath(t, name, share(path));
  }
  Ref<Str> parent_name = strSlice(t, name, 0, dot, 1);
  if (!parent_name || !(parent_name = intern(t, std::move(parent_name)))) return kRaised;
  Ref<> parent = startupImport(t, parent_name.get());
  if (!parent) return kRaised;
  present = dictGetStr(interpreterOf(t).modules, name);  // the parent may have imported it
  if (present) return share(present);
  Ref<> path = getAttrOrEmpty(t, parent, internStatic("__path__"));
  if (!path) return t.raised() ? kRaised : notFound(t, name, parent_name);
  Ref<> module = searchPath(t, name, path);
  if (!module) return kRaised;
  Ref<Str> last = strSlice(t, name, dot + 1, name->length, 1);
  if (!last || !(last = intern(t, std::move(last))) || !setAttr(t, parent, last.get(), module)) return kRaised;
  return module;
}

Ref<> startupFromList(Thread& t, Ref<> package, Value names) {
  Ref<> package_name = getAttr(t, package, "__name__");
  if (!package_name) return kRaised;
  Iteration items(t, names);
  while (Ref<> item = items.next()) {
    if (!isStr(item) || strEqualsAscii(asStr(item), "*")) continue;
    Ref<> v = getAttrOrEmpty(t, package, asStr(item));
    if (v) continue;
    if (t.raised()) return kRaised;
    Ref<Str> full = strFormat(t, "%s.%s", Utf8(asStr(package_name)).c_str(), Utf8(asStr(item)).c_str());
    if (!full || !(full = intern(t, std::move(full)))) return kRaised;
    Ref<> module = startupImport(t, full.get());
    if (!module) {
      if (!raisedIs(t, exc::ModuleNotFoundError)) return kRaised;
      clearException(t);
    }
  }
  if (t.raised()) return kRaised;
  return package;
}

namespace {

// importlib._bootstrap, which nothing can import yet; what a frozen module has is completed by itself.
Ref<ModuleObject> bootImportlib(Thread& t) {
  constexpr const char* kName = "_frozen_importlib";
  std::string library(interpreterOf(t).config.library ? interpreterOf(t).config.library : "");
  if (!isFile(library + "/importlib/_bootstrap.py")) return {};
  Ref<> code = frozenCode(t, kName);
  Ref<ModuleObject> module = code ? newModule(t, internStatic(kName)) : Ref<ModuleObject>();
  Dict* space = module ? module->dict : nullptr;
  if (!space || !dictSetStr(t, space, internStatic("__builtins__"), Value(interpreterOf(t).builtins)) ||
      !dictSetStr(t, space, internStatic("__origname__"), Value(internStatic("importlib._bootstrap"))) ||
      !dictSetStr(t, interpreterOf(t).modules, internStatic(kName), module)) {
    return kRaised;
  }
  Ref<> result = hooks.run_code(t, asCode(code), space, space, Value());
  return result ? std::move(module) : Ref<ModuleObject>(kRaised);
}

// SourceFileLoader.get_code: files of the standard library come from CPython's own .pyc beside them, or are compiled; nothing is
// ever written there. For other files it is the loader's own function.
Value original_get_code;  // owned

Ref<> getCode(Thread& t, Value self, Value name) {
  Ref<> path = getAttr(t, self, "path");
  if (!path) return kRaised;
  std::string_view library = interpreterOf(t).config.library ? interpreterOf(t).config.library : "";
  if (isStr(path) && !library.empty()) {
    Utf8 text(asStr(path));
    if (text.view().starts_with(library) && text.view().substr(library.size()).starts_with("/")) {
      return codeOfFile(t, text.c_str());
    }
  }
  return call(t, original_get_code, self, name);
}
const MethodDef kGetCode = method("get_code", getCode, "($self, fullname, /)");

bool readLibraryCode(Thread& t, Value external) {
  Ref<> loader = getAttr(t, external, "SourceFileLoader");
  if (!loader) return false;
  Ref<> original = getAttr(t, loader, "get_code");
  Ref<> ours = original ? newMethodDescr(t, &types::Object, &kGetCode) : Ref<>();
  if (!ours) return false;
  original_get_code = original.leak();
  return setAttr(t, loader, internStatic("get_code"), ours);
}

// Archives on sys.path come before folders.
bool installArchives(Thread& t) {
  Ref<> module = importModule(t, "zipimport");
  Ref<> importer = module ? getAttr(t, module, "zipimporter") : Ref<>();
  Value hooks_list = dictGetStr(interpreterOf(t).sys->dict, internStatic("path_hooks"));
  return importer && hooks_list && isList(hooks_list) && listInsert(t, asList(hooks_list), 0, std::move(importer));
}

}  // namespace

bool startImportlib(Thread& t) {
  for (const char* needed : {"_imp", "_thread", "_weakref", "_warnings", "_io", "marshal", "posix"}) {
    if (!findNativeModule(needed)) return true;  // the start-up importer stays
  }
  Ref<ModuleObject> bootstrap = bootImportlib(t);
  if (!bootstrap) return !t.raised();
  Ref<> imp = loadNativeModule(t, *findNativeModule("_imp"));
  if (!imp) return false;
  Value args[] = {Value(interpreterOf(t).sys), imp};
  Ref<> done = callMethod(t, bootstrap, "_install", Args{args, 2, nullptr});
  if (!done) return false;
  interpreterOf(t).importlib = bootstrap.leakObject();
  done = callMethod(t, interpreterOf(t).importlib, "_install_external_importers");
  Ref<> external = share(dictGetStr(interpreterOf(t).modules, internStatic("_frozen_importlib_external")));
  return done && external && readLibraryCode(t, external) && installArchives(t);
}

void endImportlib(Thread& t) {
  Value loader = original_get_code, importlib = Value(interpreterOf(t).importlib);
  original_get_code = Value();
  interpreterOf(t).importlib = nullptr;
  release(loader);
  release(importlib);
}

}  // namespace krait
