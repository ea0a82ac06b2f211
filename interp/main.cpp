// krait: the executable. Starts the runtime, runs what the command line names, reports what went wrong, and exits as
// CPython would.
#include <climits>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <string>
#include <unistd.h>

#include "interp/ast/classes.h"
#include "interp/bench/bench.h"
#include "interp/command_line.h"
#include "interp/compile.h"
#include "interp/interp.h"
#include "interp/jit_loader.h"
#include "interp/program.h"
#include "interp/symtable_module.h"
#include "runtime/core/error.h"
#include "runtime/core/hooks.h"
#include "runtime/modules/console_file.h"
#include "runtime/modules/faulthandler_module.h"
#include "runtime/modules/io/standard_streams.h"
#include "runtime/modules/modules.h"
#include "runtime/modules/signal_module.h"
#include "runtime/modules/tracemalloc_module.h"
#include "runtime/modules/startup_import.h"
#include "runtime/modules/sys.h"
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
  const char* home = pythonEnvironment(config, "PYTHONHOME");
  if (!home) return KRAIT_STDLIB;
  std::string prefix = home;  // PREFIX[:EXEC_PREFIX]
  return prefix.substr(0, prefix.find(':')) + "/lib/python3.11";
}

// What -X faulthandler and -X tracemalloc switch on, as early as there is a module for it.
bool startDiagnostics(Thread& t) {
  const Config& config = interpreterOf(t).config;
  if (config.faulthandler && !enableFaulthandler(t)) return false;
  if (config.tracemalloc && findNativeModule("_tracemalloc")) {
    Ref<> module = importModule(t, "_tracemalloc");
    if (!module || !callMethod(t, module, "start", Value::fromInt(config.tracemalloc))) return false;
  }
  return true;
}

// Everything that a program may rely on. False: raised.
bool prepare(Thread& t, const CommandLine& line) {
  if (!configureSys(t) || !setArguments(t, line) || !startImportlib(t) || !startDiagnostics(t) || !openStandardStreams(t)) return false;
  if (!line.warnings.empty() && !importModule(t, "warnings")) return false;
  return line.config.no_site || bool(importModule(t, "site"));
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
  installSignals(*t);
  Outcome outcome = prepare(*t, line) ? runProgram(*t, line) : reportException(*t, false);
  endProgram(*t);
  if (!flushStandardStreams(*t)) outcome.code = 120;
  stopFaulthandler();
  stopTracemalloc();
  stopRuntime(*t);
  flushConsoleFiles();
  finishJit(*t);
  if (outcome.interrupted) {
    signal(SIGINT, SIG_DFL);
    kill(getpid(), SIGINT);
  }
  // Not by return: the compiler thread may be in the middle of a trace, and LLVM's globals must outlive that.
  fflush(nullptr);
  _exit(outcome.code);
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
