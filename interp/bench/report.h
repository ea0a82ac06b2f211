// What `krait bench` found out, and its two forms: a table for people, JSON for programs.
#pragma once

#include <string>
#include <vector>

namespace krait::bench {

// One way to run the script, with a value for each round.
struct Contender {
  std::string name;     // as the user wrote it: "krait --jit=off", "pypy3"
  std::string program;  // the resolved path, because another python3.11 may come first on PATH
  std::vector<double> wall;
  std::vector<double> cpu;
  std::vector<double> steady;
  std::vector<double> peak_kib;
  std::vector<double> warm_up;  // seconds of each iteration in the last round's steady run
};

struct Report {
  std::string script;
  std::vector<std::string> arguments;
  int rounds = 0;
  double budget_seconds = 0;
  bool with_steady = true;
  std::vector<Contender> contenders;
  size_t subject = 0;  // the contender that all others are compared with: krait with its JIT
};

std::string asTable(const Report& report);
std::string asJson(const Report& report);

}  // namespace krait::bench
