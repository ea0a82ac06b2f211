// krait: the executable. Starts the runtime, runs what the command line names, reports what went wrong, and exits as
// CPython would.
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

#include "interp/bench/bench.h"
#include "interp/command_line.h"
#include "frontend/compile.h"
#include "interp/ast/classes.h"
#include "interp/symtable_module.h"
#include "interp/compile.h"
#include "interp/interp.h"
#include "interp/jit_loader.h"
#include "runtime/code/code.h"
#include "runtime/code/marshal.h"
#include "runtime/core/error.h"
#include "runtime/core/hooks.h"
#include "runtime/modules/console_file.h"
#include "runtime/modules/io/standard_streams.h"
#include "runtime/modules/faulthandler_module.h"
#include "runtime/modules/signal_module.h"
#include "runtime/modules/startup_import.h"
#include "runtime/modules/sys.h"
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

std::string executablePath() {
  char buffer[PATH_MAX];
  ssize_t n = readlink("/proc/self/exe", buffer, sizeof buffer - 1);
  return n > 0 ? std::string(buffer, size_t(n)) : std::string();
}

// The standard library: PYTHONHOME, else what the build found.
std::string libraryPath(const Config& config) {
  if (const char* home = getenv("PYTHONHOME"); home && *home && !config.ignore_environment) return std::string(home) + "/lib/python3.11";
  return KRAIT_STDLIB;
}

bool readAll(FILE* f, std::string* out) {
  char chunk[65536];
  size_t n;
  while ((n = fread(chunk, 1, sizeof chunk, f)) > 0) out->append(chunk, n);
  return !ferror(f);
}

Value sysGet(Thread& t, const char* name) { return dictGetStr(interpreterOf(t).sys->dict, internStatic(name)); }

bool insertPath(Thread& t, const std::string& folder) {
  Value path = sysGet(t, "path");
  Ref<Str> item = newStrUtf8(t, folder);
  return item && path && isList(path) && listInsert(t, asList(path), 0, std::move(item));
}

// The module __main__, ready to run code in.
Ref<ModuleObject> makeMain(Thread& t) {
  Str* name = internStatic("__main__");
  Ref<ModuleObject> module = newModule(t, name);
  Value builtins = dictGetStr(interpreterOf(t).modules, internStatic("builtins"));
  if (!module || !dictSetStr(t, module->dict, internStatic("__builtins__"), builtins) ||
      !dictSetStr(t, module->dict, internStatic("__annotations__"), newDict(t)) || !dictSetStr(t, interpreterOf(t).modules, name, module)) {
    return kRaised;
  }
  return module;
}

// --- the sorts of programs ---

Ref<> runInMain(Thread& t, ModuleObject* module, Value code) {
  if (!isExact(code, &types::Code)) return raise(t, exc::TypeError, "not a code object");
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

bool isPyc(std::string_view content) { return content.size() >= 16 && content.substr(0, 4) == std::string_view("\xa7\x0d\x0d\x0a", 4); }

// The file of __main__ is known by its absolute name; nothing in it is resolved.
std::string absolutePath(const std::string& path) {
  char folder[PATH_MAX];
  if (path.empty() || path[0] == '/' || !getcwd(folder, sizeof folder)) return path;
  return std::string(folder) + "/" + path;
}

Ref<> runFile(Thread& t, const CommandLine& line, ModuleObject* module) {
  if (line.target.empty()) {
    char folder[PATH_MAX];
    fprintf(stderr, "%s: can't find '__main__' module in '%s'\n", interpreterOf(t).config.executable,
            getcwd(folder, sizeof folder) ? folder : "");
    return raiseWith(t, exc::SystemExit, Value::fromInt(1));
  }
  const std::string path = absolutePath(line.target);
  struct stat info;
  if (stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) {
    std::string main_file = path + "/__main__.py";
    if (!insertPath(t, path)) return kRaised;
    CommandLine inner = line;
    inner.target = main_file;
    if (access(main_file.c_str(), R_OK) != 0) {
      fprintf(stderr, "%s: can't find '__main__' module in '%s'\n", interpreterOf(t).config.executable, path.c_str());
      return raiseWith(t, exc::SystemExit, Value::fromInt(1));
    }
    return runFile(t, inner, module);
  }
  FILE* f = fopen(path.c_str(), "rb");
  if (!f) {
    fprintf(stderr, "%s: can't open file '%s': [Errno %d] %s\n", interpreterOf(t).config.executable, path.c_str(), errno, strerror(errno));
    return raiseWith(t, exc::SystemExit, Value::fromInt(2));
  }
  std::string content;
  bool ok = readAll(f, &content);
  fclose(f);
  if (!ok) return raiseOSError(t, errno);
  Ref<Str> name = newStrUtf8(t, path);
  if (!name || !dictSetStr(t, module->dict, internStatic("__file__"), name)) return kRaised;
  if (!dictSetStr(t, module->dict, internStatic("__cached__"), kNone)) return kRaised;
  if (!interpreterOf(t).config.safe_path) {
    char resolved[PATH_MAX];
    std::string real = realpath(path.c_str(), resolved) ? resolved : path;
    size_t slash = real.rfind('/');
    if (!insertPath(t, slash == std::string::npos ? "" : slash == 0 ? "/" : real.substr(0, slash))) return kRaised;
  }
  Ref<> code;
  bool named_pyc = path.size() > 4 && path.substr(path.size() - 4) == ".pyc";
  if (named_pyc && !isPyc(content)) return raise(t, exc::RuntimeError, "Bad magic number in .pyc file");
  if (isPyc(content)) {
    code = loadPyc(t, content, name);
  } else {
    cutAtNul(&content);
    if (line.skip_first_line) {
      size_t newline = content.find('\n');
      content = newline == std::string::npos ? "" : content.substr(newline);
    }
    code = compileScript(t, content, path, 0, true);
  }
  if (code && !dumpBytecode(t, line, code)) return kRaised;
  return code ? runInMain(t, module, code) : Ref<>(kRaised);
}

Ref<> runCommand(Thread& t, const CommandLine& line, ModuleObject* module) {
  if (!interpreterOf(t).config.safe_path && !insertPath(t, "")) return kRaised;
  Ref<> code = compileScript(t, line.target + "\n", "<string>", frontend::kFlagIgnoreCookie, false);
  if (code && !dumpBytecode(t, line, code)) return kRaised;
  return code ? runInMain(t, module, code) : Ref<>(kRaised);
}

Ref<> runModule(Thread& t, const CommandLine& line) {
  if (!interpreterOf(t).config.safe_path) {
    char cwd[PATH_MAX];
    if (getcwd(cwd, sizeof cwd) && !insertPath(t, cwd)) return kRaised;
  }
  Ref<> runpy = importModule(t, "runpy");
  Ref<Str> name = newStrUtf8(t, line.target);
  if (!runpy || !name) return kRaised;
  Ref<> run = getAttr(t, runpy, "_run_module_as_main");
  return run ? call(t, run, name, kTrue) : Ref<>(kRaised);
}

Ref<> runStdin(Thread& t, ModuleObject* module) {
  if (!interpreterOf(t).config.safe_path && !insertPath(t, "")) return kRaised;
  if (isatty(0)) {
    Ref<> code_module = importModule(t, "code");
    if (!code_module) return kRaised;
    Ref<> interact = getAttr(t, code_module, "interact");
    if (!interact) return kRaised;
    Value args[] = {kNone, kNone, Value(module->dict)};
    return call(t, interact, Args{args, 3, nullptr});
  }
  std::string source;
  if (!readAll(stdin, &source)) return raiseOSError(t, errno);
  Ref<> code = compileScript(t, source, "<stdin>", 0, true);
  return code ? runInMain(t, module, code) : Ref<>(kRaised);
}

// sys.argv as the sort of program has it.
bool setArguments(Thread& t, const CommandLine& line) {
  Ref<List> argv = newList(t);
  if (!argv) return false;
  std::string first = line.run == CommandLine::Run::kCommand  ? "-c"
                      : line.run == CommandLine::Run::kModule ? "-m"
                                                              : line.target;
  if (!listAppend(t, argv.get(), newStrUtf8(t, first))) return false;
  for (const std::string& a : line.arguments) {
    if (!listAppend(t, argv.get(), newStrUtf8(t, a))) return false;
  }
  if (!moduleAdd(t, interpreterOf(t).sys, "argv", std::move(argv))) return false;
  Ref<List> warn_options = newList(t);
  for (const std::string& w : line.warnings) {
    if (!warn_options || !listAppend(t, warn_options.get(), newStrUtf8(t, w))) return false;
  }
  Ref<Dict> options = newDict(t);
  for (const std::string& o : line.options) {
    size_t equal = o.find('=');
    Ref<Str> key = newStrUtf8(t, o.substr(0, equal));
    Ref<> v = equal == std::string::npos ? share(kTrue) : Ref<>(newStrUtf8(t, o.substr(equal + 1)));
    if (!options || !key || !v || !dictSet(t, options.get(), key, v)) return false;
  }
  return moduleAdd(t, interpreterOf(t).sys, "warnoptions", std::move(warn_options)) &&
         moduleAdd(t, interpreterOf(t).sys, "_xoptions", std::move(options));
}

Ref<> runProgram(Thread& t, const CommandLine& line) {
  if (!setArguments(t, line)) return kRaised;
  Ref<ModuleObject> module = makeMain(t);
  if (!module) return kRaised;
  switch (line.run) {
    case CommandLine::Run::kScript: return runFile(t, line, module.get());
    case CommandLine::Run::kCommand: return runCommand(t, line, module.get());
    case CommandLine::Run::kModule: return runModule(t, line);
    default: return runStdin(t, module.get());
  }
}

// --- the end ---

// The exit code of a SystemExit, printing a message that is no number.
int exitCode(Thread& t, Value exception) {
  Ref<> code = getAttr(t, exception, "code");
  if (!code) {
    clearException(t);
    return 1;
  }
  if (code.value().isNone()) return 0;
  int64_t n;
  if (isIntLike(code)) return intFits64(code, &n) ? int(n & 0xff) : 255;
  Ref<Str> text = str(t, code);
  if (!text) {
    clearException(t);
    return 1;
  }
  writeError(t, std::string(Utf8(text.get()).view()) + "\n");
  return 1;
}

// Reports the pending exception through sys.excepthook; the exit code. *interrupted: die by SIGINT afterwards.
int report(Thread& t, bool* interrupted) {
  Ref<> exception = takeException(t);
  if (isInstance(exception, &exc::SystemExit)) return exitCode(t, exception);
  *interrupted = isInstance(exception, &exc::KeyboardInterrupt);
  Value hook = sysGet(t, "excepthook");
  Value traceback = asException(exception)->traceback;
  for (const char* name : {"last_type", "last_value", "last_traceback"}) {
    Value v = name[5] == 't' && name[6] == 'y' ? Value(typeOf(exception))
              : name[5] == 'v'                 ? exception.value()
              : traceback                      ? traceback
                                               : kNone;
    if (!dictSetStr(t, interpreterOf(t).sys->dict, internStatic(name), v)) clearException(t);
  }
  if (!hook) {
    writeError(t, "sys.excepthook is missing\n");
    printException(t, exception);
    return 1;
  }
  Ref<> result = call(t, share(hook), Value(typeOf(exception)), exception, traceback ? traceback : kNone);
  if (!result) {
    Ref<> second = takeException(t);
    if (isInstance(second, &exc::SystemExit)) return exitCode(t, second);
    writeError(t, "Error in sys.excepthook:\n");
    printException(t, second);
    writeError(t, "\nOriginal exception was:\n");
    printException(t, exception);
  }
  return 1;
}

int run(CommandLine& line) {
  std::string executable = executablePath(), library = libraryPath(line.config);
  line.config.executable = executable.c_str();
  line.config.library = library.c_str();
  installInterpreter();
  hooks.compile = compileSource;
  hooks.is_syntax_tree = isSyntaxTree;
  addAstModule();
  addSymtableModule();
  if (std::string complaint; !checkJitOptions(line.jit, line.dump, &complaint)) {
    fprintf(stderr, "krait: %s\n", complaint.c_str());
    return 2;
  }
  configureJit(line.jit, line.dump, executable);
  Thread* t = startRuntime(line.config);
  if (!t) return 1;
  int code = 0;
  bool interrupted = false;
  installSignals(*t);
  if (!configureSys(*t) || !startImportlib(*t) || !openStandardStreams(*t)) {
    code = report(*t, &interrupted);
  } else if (line.faulthandler && !enableFaulthandler(*t)) {
    code = report(*t, &interrupted);
  } else {
    Ref<> site = line.config.no_site ? share(kNone) : importModule(*t, "site");
    Ref<> result = site ? runProgram(*t, line) : Ref<>();
    if (!result) code = report(*t, &interrupted);
  }
  endProgram(*t);
  if (!flushStandardStreams(*t)) code = 120;
  stopFaulthandler();
  stopRuntime(*t);
  flushConsoleFiles();
  finishJit(*t);
  if (interrupted) {
    signal(SIGINT, SIG_DFL);
    kill(getpid(), SIGINT);
  }
  // Not by return: the compiler thread may be in the middle of a trace, and LLVM's globals must outlive that.
  fflush(nullptr);
  _exit(code);
}

}  // namespace

}  // namespace krait

int main(int argc, char** argv) {
  // Before anything else: a benchmark starts other processes and no runtime.
  if (argc > 1 && strcmp(argv[1], "bench") == 0) return krait::benchMain(argc - 1, argv + 1);
  krait::CommandLine line = krait::parseCommandLine(argc, argv);
  if (line.run == krait::CommandLine::Run::kNothing) return line.exit_code;
  line.config.argc = argc;
  line.config.argv = argv;
  return krait::run(line);
}
