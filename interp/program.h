// The sorts of programs: a script, a text, a module, standard input.
#pragma once
#include "interp/report.h"

namespace krait {
class Thread;
struct CommandLine;

// sys.argv, sys.orig_argv, sys.warnoptions and sys._xoptions. False: raised.
[[nodiscard]] bool setArguments(Thread& t, const CommandLine& line);
// Runs what the command line names, and talks to the user afterwards where that is wanted. Nothing is raised when it ends.
Outcome runProgram(Thread& t, const CommandLine& line);

}  // namespace krait
