// Start-up and shut-down of the runtime.
#pragma once
#include "runtime/core/thread.h"

namespace krait {
struct Dict;
struct ModuleObject;

struct Config {                       // from the command line and the environment; texts live as long as the process
  const char* executable = nullptr;   // absolute path
  const char* library = nullptr;      // folder of the standard library
  // Counts, as sys.flags shows them.
  int debug = 0, inspect = 0, interactive = 0, optimize = 0, verbose = 0, bytes_warning = 0, quiet = 0;
  bool isolated = false, ignore_environment = false, no_site = false, no_user_site = false, dont_write_bytecode = false;
  bool unbuffered = false, safe_path = false, utf8_mode = false, dev_mode = false, warn_default_encoding = false;
  bool import_time = false, faulthandler = false, frozen_modules = true, hash_randomization = true;
  int tracemalloc = 0;                // frames of a traceback; 0: off
  int64_t int_max_str_digits = -1;    // -1: not said
  const char* stdio_encoding = nullptr;
  const char* stdio_errors = nullptr;
  const char* pycache_prefix = nullptr;
  const char* check_pycs = "default";
  bool no_debug_ranges = false;       // code objects forget columns
  int argc = 0;                       // sys.orig_argv
  char** argv = nullptr;
};
// A PYTHON... variable, when the environment counts and it is not empty; else null.
const char* pythonEnvironment(const Config& config, const char* name);

// One interpreter: its modules and builtins. State that is not a thread's belongs here.
struct Interpreter {
  Config config;
  Dict* modules = nullptr;            // sys.modules
  Dict* builtins = nullptr;           // namespace of the builtins module
  ModuleObject* sys = nullptr;
  ModuleObject* importlib = nullptr;  // importlib._bootstrap, owned; null until it runs
  Thread* main_thread = nullptr;
  Thread* threads = nullptr;          // all of them, newest first; under the GIL
  bool finalizing = false;
  int64_t int_max_str_digits = 4300;  // sys.set_int_max_str_digits; 0: no limit
};

// Makes the interpreter and its main thread: types, builtins, sys. Returns null (message on stderr) when it cannot.
Thread* startRuntime(const Config& config);
// The program is over: waits for its threads, then calls what atexit registered.
void endProgram(Thread& t);
// Module teardown in CPython's order, last collection. The audit build checks for leaks.
void stopRuntime(Thread& t);
inline Interpreter& interpreterOf(Thread& t) { return *t.interpreter; }

}  // namespace krait
