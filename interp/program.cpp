// The sorts of programs: a script (a file of source or of compiled code, a folder, an archive), a text, a module,
// standard input.
#include "interp/program.h"

#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "interp/command_line.h"
#include "interp/compile.h"
#include "interp/frontend_bridge.h"
#include "interp/interactive.h"
#include "runtime/code/code.h"
#include "runtime/code/marshal.h"
#include "runtime/core/audit.h"
#include "runtime/core/error.h"
#include "runtime/core/hooks.h"
#include "runtime/memory/failure.h"
#include "runtime/modules/posix/posix.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/exception.h"
#include "runtime/objects/int.h"
#include "runtime/objects/list.h"
#include "runtime/objects/module.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

bool readAll(FILE* f, std::string* out) {
  char chunk[65536];
  size_t n;
  while ((n = fread(chunk, 1, sizeof chunk, f)) > 0) out->append(chunk, n);
  return !ferror(f);
}

Value sysGet(Thread& t, const char* name) { return dictGetStr(interpreterOf(t).sys->dict, internStatic(name)); }
Ref<> systemText(Thread& t, const std::string& text) { return posix::decodePath(t, text); }

bool insertPath(Thread& t, const std::string& folder) {
  Value path = sysGet(t, "path");
  Ref<> item = systemText(t, folder);
  return item && path && isList(path) && listInsert(t, asList(path), 0, std::move(item));
}

// A loader of importlib's for the file of __main__; None without importlib.
Ref<> mainLoader(Thread& t, const char* type, Value path) {
  Ref<> external = share(dictGetStr(interpreterOf(t).modules, internStatic("_frozen_importlib_external")));
  if (!external) return share(kNone);
  Ref<> loader = getAttr(t, external, type);
  return loader ? call(t, loader, Value(internStatic("__main__")), path) : Ref<>(kRaised);
}

// The module __main__, ready to run code in.
Ref<ModuleObject> makeMain(Thread& t) {
  Str* name = internStatic("__main__");
  Ref<ModuleObject> module = newModule(t, name);
  Value builtins = dictGetStr(interpreterOf(t).modules, internStatic("builtins"));
  if (!module || !dictSetStr(t, module->dict, internStatic("__annotations__"), newDict(t)) ||
      !dictSetStr(t, module->dict, internStatic("__builtins__"), builtins) ||
      !dictSetStr(t, interpreterOf(t).modules, name, module)) {
    return kRaised;
  }
  if (Ref<> bootstrap = share(Value(interpreterOf(t).importlib))) {
    Ref<> loader = getAttr(t, bootstrap, "BuiltinImporter");
    if (!loader || !dictSetStr(t, module->dict, internStatic("__loader__"), loader)) return kRaised;
  }
  return module;
}

Ref<> runInMain(Thread& t, ModuleObject* module, Value code) {
  if (!isExact(code, &types::Code)) return raise(t, exc::TypeError, "not a code object");
  if (!audit(t, "exec", code)) return kRaised;
  Ref<> keep = share(Value(module));  // the program may take its module out of sys.modules
  return hooks.run_code(t, asCode(code), module->dict, Value(module->dict), Value());
}

// --dump=bytecode: the program's code as the dis module shows it, on standard error.
bool dumpBytecode(Thread& t, const CommandLine& line, Value code) {
  if (line.dump.find("bytecode") == std::string::npos) return true;
  Ref<> dis = importModule(t, "dis");
  Ref<> show = dis ? getAttr(t, dis, "dis") : Ref<>();
  Ref<Tuple> keyword = packTuple(t, Value(internStatic("file")));
  if (!show || !keyword) return false;
  Value args[] = {code, sysGet(t, "stderr")};
  Ref<> done = call(t, show, Args{args, 1, keyword.get()});
  return bool(done);
}

// Lines end at a NUL for CPython, which reads files as C strings: the rest of the line goes, its end included.
void cutAtNul(std::string* text) {
  for (size_t nul; (nul = text->find('\0')) != std::string::npos;) {
    size_t end = text->find('\n', nul);
    text->erase(nul, end == std::string::npos ? std::string::npos : end + 1 - nul);
  }
}

bool isPyc(std::string_view content) {
  return content.size() >= 16 && content.substr(0, 4) == std::string_view("\xa7\x0d\x0d\x0a", 4);
}

// The file of __main__ is known by its absolute name; nothing in it is resolved.
std::string absolutePath(const std::string& path) {
  char folder[PATH_MAX];
  if ((!path.empty() && path[0] == '/') || !getcwd(folder, sizeof folder)) return path;
  return path.empty() ? std::string(folder) : std::string(folder) + "/" + path;
}

Raised exitWith(Thread& t, int code) { return raiseWith(t, exc::SystemExit, Value::fromInt(code)); }

// Whether a path hook (of archives, of folders) takes the path: then it holds a package with a __main__.
int hasImporter(Thread& t, Value path) {
  Ref<> hooks_list = share(sysGet(t, "path_hooks"));
  Ref<> cache = share(sysGet(t, "path_importer_cache"));
  if (!hooks_list || !isList(hooks_list) || !cache || !isDict(cache)) return 0;
  for (int64_t i = 0; i < asList(hooks_list)->size; ++i) {
    Ref<> hook = listGet(asList(hooks_list), i);
    Ref<> importer = call(t, hook, path);
    if (importer) return dictSet(t, asDict(cache), path, importer) ? 1 : -1;
    if (!raisedIs(t, exc::ImportError)) return -1;
    clearException(t);
  }
  return 0;
}

Ref<> runModuleAsMain(Thread& t, const char* name, bool alter_argv) {
  Ref<> runpy = importModule(t, "runpy");
  if (!runpy) {
    fputs("Could not import runpy module\n", stderr);
    return kRaised;
  }
  Ref<> text = systemText(t, name);
  Ref<> run = text ? getAttr(t, runpy, "_run_module_as_main") : Ref<>();
  return run ? call(t, run, text, Value::fromBool(alter_argv)) : Ref<>(kRaised);
}

// Compiled code, or source that is compiled here.
Ref<> codeOfScript(Thread& t, const CommandLine& line, std::string content, const std::string& path, Value name) {
  bool named_pyc = path.size() > 4 && path.substr(path.size() - 4) == ".pyc";
  if (named_pyc && !isPyc(content)) return raise(t, exc::RuntimeError, "Bad magic number in .pyc file");
  if (isPyc(content)) return loadPyc(t, content, name);
  cutAtNul(&content);
  if (line.skip_first_line) {
    size_t newline = content.find('\n');
    content = newline == std::string::npos ? "" : content.substr(newline);
  }
  return compileScript(t, content, path, 0, true);
}

Ref<> runFile(Thread& t, const CommandLine& line, ModuleObject* module) {
  const char* program = interpreterOf(t).config.executable;
  const std::string path = absolutePath(line.target);
  Ref<> name = systemText(t, path);
  int importer = name ? hasImporter(t, name) : -1;
  if (importer < 0) return kRaised;
  if (importer) {
    if (!insertPath(t, path)) return kRaised;
    return runModuleAsMain(t, "__main__", false);
  }
  if (!interpreterOf(t).config.safe_path) {
    char resolved[PATH_MAX];
    std::string real = realpath(path.c_str(), resolved) ? resolved : path;
    size_t slash = real.rfind('/');
    if (!insertPath(t, slash == std::string::npos ? "" : slash == 0 ? "/" : real.substr(0, slash))) return kRaised;
  }
  if (!audit(t, "cpython.run_file", name)) return kRaised;
  FILE* f = fopen(path.c_str(), "rb");
  if (!f) {
    Ref<Str> quoted = repr(t, name);
    if (!quoted) return kRaised;
    fprintf(stderr, "%s: can't open file %s: [Errno %d] %s\n", program, Utf8(quoted.get()).c_str(), errno,
            strerror(errno));
    return exitWith(t, 2);
  }
  struct stat info;
  if (fstat(fileno(f), &info) == 0 && S_ISDIR(info.st_mode)) {
    fclose(f);
    fprintf(stderr, "%s: '%s' is a directory, cannot continue\n", program, path.c_str());
    return exitWith(t, 1);
  }
  std::string content;
  bool ok = readAll(f, &content);
  fclose(f);
  if (!ok) return raiseOSError(t, errno);
  bool compiled = isPyc(content) || (path.size() > 4 && path.substr(path.size() - 4) == ".pyc");
  Ref<> loader = mainLoader(t, compiled ? "SourcelessFileLoader" : "SourceFileLoader", name);
  Dict* space = module->dict;
  if (!loader || !dictSetStr(t, space, internStatic("__file__"), name) ||
      !dictSetStr(t, space, internStatic("__cached__"), kNone) ||
      !dictSetStr(t, space, internStatic("__loader__"), loader)) {
    return kRaised;
  }
  Ref<> code = codeOfScript(t, line, std::move(content), utf8WithSurrogates(asStr(name)), name);
  if (code && !dumpBytecode(t, line, code)) return kRaised;
  return code ? runInMain(t, module, code) : Ref<>(kRaised);
}

Ref<> runCommand(Thread& t, const CommandLine& line, ModuleObject* module) {
  Ref<> text = systemText(t, line.target);
  if (!text || !audit(t, "cpython.run_command", text)) return kRaised;
  Utf8 valid;
  if (!valid.set(t, asStr(text))) {
    fputs("Unable to decode the command from the command line:\n", stderr);
    return kRaised;
  }
  if (!interpreterOf(t).config.safe_path && !insertPath(t, "")) return kRaised;
  Ref<> code = compileScript(t, line.target + "\n", "<string>", kCompileIgnoreCookie, false);
  if (code && !dumpBytecode(t, line, code)) return kRaised;
  return code ? runInMain(t, module, code) : Ref<>(kRaised);
}

Ref<> runModule(Thread& t, const CommandLine& line) {
  Ref<> text = systemText(t, line.target);
  if (!text || !audit(t, "cpython.run_module", text)) return kRaised;
  if (!interpreterOf(t).config.safe_path) {
    char cwd[PATH_MAX];
    if (getcwd(cwd, sizeof cwd) && !insertPath(t, cwd)) return kRaised;
  }
  return runModuleAsMain(t, line.target.c_str(), true);
}

Ref<> runStdin(Thread& t, ModuleObject* module) {
  if (!interpreterOf(t).config.safe_path && !insertPath(t, "")) return kRaised;
  if (!audit(t, "cpython.run_stdin")) return kRaised;
  std::string source;
  if (!readAll(stdin, &source)) return raiseOSError(t, errno);
  Ref<> code = compileScript(t, source, "<stdin>", 0, true);
  return code ? runInMain(t, module, code) : Ref<>(kRaised);
}

bool addTexts(Thread& t, const char* name, const std::string* first, const std::vector<std::string>& rest) {
  Ref<List> list = newList(t);
  if (!list || (first && !listAppend(t, list.get(), systemText(t, *first)))) return false;
  for (const std::string& text : rest) {
    if (!listAppend(t, list.get(), systemText(t, text))) return false;
  }
  return moduleAdd(t, interpreterOf(t).sys, name, std::move(list));
}

// -X fail_allocation=N, for tests: each N-th allocation of the program fails. 0: none does.
uint64_t failingAllocations(const CommandLine& line) {
  constexpr std::string_view kOption = "fail_allocation=";
  for (const std::string& option : line.options) {
    if (std::string_view(option).starts_with(kOption)) return strtoull(option.c_str() + kOption.size(), nullptr, 10);
  }
  return 0;
}

// PYTHONINSPECT may have been set by the program itself.
bool wantsPrompt(Thread& t) {
  Config& config = interpreterOf(t).config;
  if (!config.inspect && pythonEnvironment(config, "PYTHONINSPECT")) config.inspect = 1;
  return config.inspect && isInteractive(t);
}

}  // namespace

bool setArguments(Thread& t, const CommandLine& line) {
  std::string first = line.run == CommandLine::Run::kCommand  ? "-c"
                      : line.run == CommandLine::Run::kModule ? "-m"
                                                              : line.target;
  const Config& config = interpreterOf(t).config;
  std::vector<std::string> original(config.argv, config.argv + config.argc);
  Ref<Dict> options = newDict(t);
  for (const std::string& o : line.options) {
    size_t equal = o.find('=');
    Ref<> key = systemText(t, o.substr(0, equal));
    Ref<> v = equal == std::string::npos ? share(kTrue) : systemText(t, o.substr(equal + 1));
    if (!options || !key || !v || !dictSet(t, options.get(), key, v)) return false;
  }
  return addTexts(t, "argv", &first, line.arguments) && addTexts(t, "orig_argv", nullptr, original) &&
         addTexts(t, "warnoptions", nullptr, line.warnings) &&
         moduleAdd(t, interpreterOf(t).sys, "_xoptions", std::move(options));
}

Outcome runProgram(Thread& t, const CommandLine& line) {
  using Run = CommandLine::Run;
  Config& config = interpreterOf(t).config;
  bool interactive = isInteractive(t);
  Ref<ModuleObject> module = makeMain(t);
  if (!module) return reportException(t, false);
  if (config.verbose || (interactive && line.run == Run::kStdin)) greet(t);
  if (line.run == Run::kStdin && interactive) {
    config.inspect = 0;
    if (!config.safe_path && !insertPath(t, "")) return reportException(t, false);
    Outcome outcome = prepareInteractive(t, module.get());
    if (!outcome.exits && !audit(t, "cpython.run_stdin")) return reportException(t, false);
    if (!outcome.exits) outcome = runInteractive(t, module.get());
    return outcome;
  }
  Ref<> result;
  failEveryAllocation(failingAllocations(line));
  switch (line.run) {
    case Run::kScript: result = runFile(t, line, module.get()); break;
    case Run::kCommand: result = runCommand(t, line, module.get()); break;
    case Run::kModule: result = runModule(t, line); break;
    default: result = runStdin(t, module.get()); break;
  }
  failEveryAllocation(0);
  Outcome outcome{0, false, false};
  if (!result) outcome = reportException(t, config.inspect != 0);
  result.reset();
  if (outcome.exits || !wantsPrompt(t)) return outcome;
  config.inspect = 0;
  if (!runInteractiveHook(t)) {
    outcome = reportException(t, false);
    if (outcome.exits) return outcome;
  }
  return runInteractive(t, module.get());
}

}  // namespace krait
