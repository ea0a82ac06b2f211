// The sys module: constants, named tuples, and what start-up puts there from the command line.
#include <cerrno>
#include <cfloat>
#include <cstdlib>
#include <dirent.h>
#include <string>
#include <unistd.h>

#include "runtime/core/error.h"
#include "runtime/core/runtime.h"
#include "runtime/modules/console_file.h"
#include "runtime/modules/modules.h"
#include "runtime/modules/posix/posix.h"
#include "runtime/modules/sys.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/int.h"
#include "runtime/objects/list.h"
#include "runtime/objects/module.h"
#include "runtime/objects/set.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/struct_sequence.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

StructSequence version_info{"sys.version_info",
                            "Version information as a named tuple.",
                            {"major", "minor", "micro", "releaselevel", "serial"},
                            5,
                            false};
StructSequence flags_info{"sys.flags",
                          "Flags provided through command line arguments or environment vars.",
                          {"debug", "inspect", "interactive", "optimize", "dont_write_bytecode", "no_user_site", "no_site",
                           "ignore_environment", "verbose", "bytes_warning", "quiet", "hash_randomization", "isolated", "dev_mode",
                           "utf8_mode", "warn_default_encoding", "safe_path", "int_max_str_digits"},
                          18,
                          false};
StructSequence float_info{"sys.float_info",
                          "A named tuple holding information about the float type.",
                          {"max", "max_exp", "max_10_exp", "min", "min_exp", "min_10_exp", "dig", "mant_dig", "epsilon", "radix", "rounds"},
                          11};
StructSequence int_info{"sys.int_info",
                        "A named tuple that holds information about Python's internal representation of integers.",
                        {"bits_per_digit", "sizeof_digit", "default_max_str_digits", "str_digits_check_threshold"},
                        4};
StructSequence hash_info{"sys.hash_info",
                         "A named tuple providing parameters used for computing hashes.",
                         {"width", "modulus", "inf", "nan", "imag", "algorithm", "hash_bits", "seed_bits", "cutoff"},
                         9};
StructSequence thread_info{"sys.thread_info",
                           "A named tuple holding information about the thread implementation.",
                           {"name", "lock", "version"},
                           3};

Value number(int64_t i) { return Value::fromInt(i); }
Ref<> text(Thread& t, const char* s) { return posix::decodePath(t, s); }

Ref<> makeVersion(Thread& t) {
  Value v[] = {number(3), number(11), number(2), Value(internStatic("final")), number(0)};
  return newStructSequence(t, version_info, v);
}

Ref<> makeFlags(Thread& t) {
  const Config& c = interpreterOf(t).config;
  Value v[] = {number(c.debug),
               number(c.inspect),
               number(c.interactive),
               number(c.optimize),
               number(c.dont_write_bytecode),
               number(c.no_user_site),
               number(c.no_site),
               number(c.ignore_environment),
               number(c.verbose),
               number(c.bytes_warning),
               number(c.quiet),
               number(c.hash_randomization),
               number(c.isolated),
               Value::fromBool(c.dev_mode),
               number(c.utf8_mode),
               number(c.warn_default_encoding),
               Value::fromBool(c.safe_path),
               number(c.int_max_str_digits)};
  return newStructSequence(t, flags_info, v);
}

Ref<> makeImplementation(Thread& t) {
  Ref<> simple = share(Value(&types::SimpleNamespace));
  Ref<> info = call(t, simple);
  Ref<> version = makeVersion(t);
  if (!info || !version || !setAttr(t, info, internStatic("name"), Value(internStatic("krait"))) ||
      !setAttr(t, info, internStatic("cache_tag"), Value(internStatic("krait-311"))) ||
      !setAttr(t, info, internStatic("version"), version) ||
      !setAttr(t, info, internStatic("hexversion"), number(0x030b02f0)) ||
      !setAttr(t, info, internStatic("_multiarch"), Value(internStatic("x86_64-linux-gnu")))) {
    return kRaised;
  }
  return info;
}

bool addNumbers(Thread& t, ModuleObject* m) {
  Value floats[] = {Value::fromDouble(DBL_MAX),
                    number(DBL_MAX_EXP),
                    number(DBL_MAX_10_EXP),
                    Value::fromDouble(DBL_MIN),
                    number(DBL_MIN_EXP),
                    number(DBL_MIN_10_EXP),
                    number(DBL_DIG),
                    number(DBL_MANT_DIG),
                    Value::fromDouble(DBL_EPSILON),
                    number(FLT_RADIX),
                    number(FLT_ROUNDS)};
  Value ints[] = {number(30), number(4), number(4300), number(640)};
  Ref<> modulus = newInt(t, (int64_t(1) << 61) - 1);
  Value hashes[] = {number(64), modulus.value(), number(314159),
                    number(0),  number(1000003), Value(internStatic("siphash13")),
                    number(64), number(128),     number(0)};
  Value threads[] = {Value(internStatic("pthread")), Value(internStatic("semaphore")), Value(internStatic("NPTL 2.36"))};
  return moduleAdd(t, m, "float_info", newStructSequence(t, float_info, floats)) &&
         moduleAdd(t, m, "int_info", newStructSequence(t, int_info, ints)) &&
         moduleAdd(t, m, "hash_info", newStructSequence(t, hash_info, hashes)) &&
         moduleAdd(t, m, "thread_info", newStructSequence(t, thread_info, threads)) &&
         moduleAdd(t, m, "maxsize", newInt(t, INT64_MAX)) && moduleAdd(t, m, "maxunicode", newInt(t, 0x10ffff)) &&
         moduleAdd(t, m, "hexversion", newInt(t, 0x030b02f0)) && moduleAdd(t, m, "api_version", newInt(t, 1013));
}

Ref<> builtinNames(Thread& t) {
  std::string names[256];
  size_t count = 0;
  for (size_t i = 0; i < native_module_count; ++i) names[count++] = native_modules[i].name;
  for (size_t i = 1; i < count; ++i) {  // sorted, as CPython's
    for (size_t k = i; k > 0 && names[k] < names[k - 1]; --k) std::swap(names[k], names[k - 1]);
  }
  Ref<List> list = newList(t);
  for (size_t i = 0; list && i < count; ++i) {
    if (!listAppend(t, list.get(), newStrUtf8(t, names[i]))) return kRaised;
  }
  return list ? sequenceToTuple(t, list) : Ref<Tuple>(kRaised);
}

bool init(Thread& t, ModuleObject* m) {
  interpreterOf(t).sys = m;
  if (!moduleAdd(t, m, "modules", share(Value(interpreterOf(t).modules)))) return false;
  for (const char* hook : {"displayhook", "excepthook", "unraisablehook", "breakpointhook"}) {
    Value f = dictGetStr(m->dict, internStatic(hook));
    std::string name = std::string("__") + hook + "__";
    if (!f || !moduleAdd(t, m, name.c_str(), share(f))) return false;
  }
  return addNumbers(t, m) && moduleAdd(t, m, "version_info", makeVersion(t)) &&
         moduleAdd(t, m, "version", text(t, "3.11.2 (main, Krait) [Clang 19]")) &&
         moduleAdd(t, m, "copyright", text(t, "Copyright (c) the Krait authors.")) && moduleAdd(t, m, "platform", text(t, "linux")) &&
         moduleAdd(t, m, "byteorder", text(t, "little")) && moduleAdd(t, m, "platlibdir", text(t, "lib")) &&
         moduleAdd(t, m, "float_repr_style", text(t, "short")) && moduleAdd(t, m, "abiflags", text(t, "")) &&
         moduleAdd(t, m, "dont_write_bytecode", share(kFalse)) && moduleAdd(t, m, "pycache_prefix", share(kNone)) &&
         moduleAdd(t, m, "warnoptions", newList(t)) && moduleAdd(t, m, "_xoptions", newDict(t)) &&
         moduleAdd(t, m, "meta_path", newList(t)) && moduleAdd(t, m, "path_hooks", newList(t)) &&
         moduleAdd(t, m, "path_importer_cache", newDict(t)) && moduleAdd(t, m, "path", newList(t)) && moduleAdd(t, m, "argv", newList(t)) &&
         moduleAdd(t, m, "orig_argv", newList(t)) && moduleAdd(t, m, "builtin_module_names", builtinNames(t)) &&
         moduleAdd(t, m, "_git", packTuple(t, internStatic("CPython"), internStatic(""), internStatic("")));
}

Ref<> stream(Thread& t, int descriptor, const char* name, bool writable) {
  // A descriptor that is closed at start-up: no stream, as in CPython.
  if (lseek(descriptor, 0, SEEK_CUR) < 0 && errno == EBADF) return share(kNone);
  return newConsoleFile(t, descriptor, name, writable);
}

// Names of the standard library's modules, for tools that ask: what its folders hold, and the native modules.
Ref<> libraryNames(Thread& t, const std::string& library) {
  Ref<List> names = newList(t);
  if (!names) return kRaised;
  auto add = [&](std::string_view name) { return listAppend(t, names.get(), newStrUtf8(t, name)); };
  for (size_t i = 0; i < native_module_count; ++i) {
    if (!add(native_modules[i].name)) return kRaised;
  }
  for (const std::string& folder : {library, library + "/lib-dynload"}) {
    DIR* listing = opendir(folder.c_str());
    if (!listing) continue;
    while (const dirent* entry = readdir(listing)) {
      std::string_view name = entry->d_name;
      size_t dot = name.find('.');
      bool source = name.size() > 3 && name.substr(name.size() - 3) == ".py",
           extension = name.size() > 3 && name.substr(name.size() - 3) == ".so";
      bool package = entry->d_type == DT_DIR && dot == std::string_view::npos && name.find('-') == std::string_view::npos &&
                     name != "__pycache__" && name != "test";
      if ((source || extension || package) && !add(name.substr(0, dot))) {
        closedir(listing);
        return kRaised;
      }
    }
    closedir(listing);
  }
  return newFrozenSet(t, names);
}

bool addPrefix(Thread& t, ModuleObject* m) {
  const Config& c = interpreterOf(t).config;
  std::string library = c.library ? c.library : "";
  std::string prefix = "/usr";
  if (size_t at = library.rfind("/lib/"); at != std::string::npos) prefix = library.substr(0, at);
  for (const char* name : {"prefix", "exec_prefix", "base_prefix", "base_exec_prefix"}) {
    if (!moduleAdd(t, m, name, text(t, prefix.c_str()))) return false;
  }
  return moduleAdd(t, m, "stdlib_module_names", libraryNames(t, library)) && moduleAdd(t, m, "_home", share(kNone)) &&
         moduleAdd(t, m, "_stdlib_dir", text(t, library.c_str())) && moduleAdd(t, m, "_framework", text(t, "")) &&
         moduleAdd(t, m, "executable", text(t, c.executable ? c.executable : "")) &&
         moduleAdd(t, m, "_base_executable", text(t, c.executable ? c.executable : ""));
}

}  // namespace

bool configureSys(Thread& t) {
  ModuleObject* m = interpreterOf(t).sys;
  const Config& c = interpreterOf(t).config;
  if (!moduleAdd(t, m, "flags", makeFlags(t)) || !moduleAdd(t, m, "implementation", makeImplementation(t)) ||
      !addPrefix(t, m))
    return false;
  if (c.int_max_str_digits >= 0) interpreterOf(t).int_max_str_digits = c.int_max_str_digits;
  if (c.pycache_prefix && !moduleAdd(t, m, "pycache_prefix", text(t, c.pycache_prefix))) return false;
  const char* folder = pythonEnvironment(c, "PYTHONPLATLIBDIR");
  if (folder && !moduleAdd(t, m, "platlibdir", text(t, folder))) return false;
  if (!moduleAdd(t, m, "dont_write_bytecode", share(Value::fromBool(c.dont_write_bytecode)))) return false;
  Ref<List> path = newList(t);
  if (!path) return false;
  if (const char* extra = pythonEnvironment(c, "PYTHONPATH")) {
    std::string_view rest = extra;
    for (;;) {
      size_t colon = rest.find(':');
      std::string_view item = rest.substr(0, colon);
      if (!listAppend(t, path.get(), posix::decodePath(t, item))) return false;
      if (colon == std::string_view::npos) break;
      rest.remove_prefix(colon + 1);
    }
  }
  // The archive is looked for as CPython does, though it hardly ever exists.
  std::string archive(c.library ? c.library : "");
  archive.erase(std::min(archive.size(), archive.rfind('/') + 1)).append("python311.zip");
  if (c.library && (!listAppend(t, path.get(), text(t, archive.c_str())) || !listAppend(t, path.get(), text(t, c.library)) ||
                    !listAppend(t, path.get(), text(t, (std::string(c.library) + "/lib-dynload").c_str())))) {
    return false;
  }
  if (!moduleAdd(t, m, "path", std::move(path))) return false;
  struct Row {
    int descriptor;
    const char *name, *original, *shown;
  };
  for (const Row& row : {Row{0, "stdin", "__stdin__", "<stdin>"}, Row{1, "stdout", "__stdout__", "<stdout>"},
                         Row{2, "stderr", "__stderr__", "<stderr>"}}) {
    Ref<> file = stream(t, row.descriptor, row.shown, row.descriptor != 0);
    if (!file || !moduleAdd(t, m, row.original, share(file)) || !moduleAdd(t, m, row.name, std::move(file))) return false;
  }
  return true;
}

const ModuleDef& sysModule() {
  static const ModuleDef def{"sys",
                             "This module provides access to some objects used or maintained by the\ninterpreter and to functions that "
                             "interact strongly with the interpreter.",
                             kSysFunctions, init};
  return def;
}

}  // namespace krait
