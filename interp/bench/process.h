// One measured run of a program in a fresh process: its times, its peak memory, its output.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace krait::bench {

// What to start: a program by path, its arguments, and environment variables that are set on top of ours.
struct Command {
  std::vector<std::string> words;
  std::vector<std::pair<std::string, std::string>> environment;
};

struct Run {
  std::string stdout_text;
  std::string stderr_text;
  int status = -1;         // the exit status, or minus the signal that ended it
  bool timed_out = false;
  std::string start_error;  // why the program could not be started; empty when it was
  double wall_seconds = 0;
  double cpu_seconds = 0;   // user and system, all threads
  long peak_kib = 0;        // largest resident set

  bool succeeded() const { return start_error.empty() && !timed_out && status >= 0; }
};

// Runs the command with an empty standard input and waits for it; it is killed after `timeout_seconds`.
Run runProcess(const Command& command, double timeout_seconds);

// The path that the shell would run for `name`: itself when it contains a slash, else the first match on PATH; empty if none.
std::string resolveProgram(const std::string& name);

}  // namespace krait::bench
