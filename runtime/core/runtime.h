// Start-up and shut-down of the runtime.
#pragma once
#include "runtime/core/thread.h"

namespace krait {
struct Dict;
struct ModuleObject;

struct Config {                       // from the command line and the environment
  const char* executable = nullptr;   // absolute path
  const char* library = nullptr;      // folder of the standard library
  int optimize = 0;
  bool isolated = false, ignore_environment = false, no_site = false, no_user_site = false, dont_write_bytecode = false;
  bool unbuffered = false, inspect = false, interactive = false, verbose = false, quiet = false, safe_path = false;
  bool utf8_mode = false, dev_mode = false, bytes_warning = false;
  int argc = 0;
  char** argv = nullptr;              // sys.argv
};

// One interpreter: its modules and builtins. State that is not a thread's belongs here.
struct Interpreter {
  Config config;
  Dict* modules = nullptr;            // sys.modules
  Dict* builtins = nullptr;           // namespace of the builtins module
  ModuleObject* sys = nullptr;
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
