// CPython's command line, and Krait's additions to it.
#pragma once
#include <string>
#include <vector>
#include "runtime/core/runtime.h"

namespace krait {

struct CommandLine {
  enum class Run { kScript, kCommand, kModule, kStdin, kNothing };
  Run run = Run::kStdin;
  std::string target;              // file, source text or module name
  Config config;
  std::vector<std::string> arguments;  // sys.argv behind its first item
  std::vector<std::string> warnings;   // -W
  std::vector<std::string> options;    // -X
  std::string jit, dump;
  bool skip_first_line = false;
  int exit_code = 0;               // kNothing: the program is over
};
// Reads the arguments and the environment, and sets the locale; prints what --help and errors print. For the whole process: the
// configuration points into the arguments and the environment.
CommandLine parseCommandLine(int argc, char** argv);

}  // namespace krait
