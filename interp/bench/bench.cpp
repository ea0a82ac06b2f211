// The command line of `krait bench`, the rounds, and the refusal to compare programs that print different things.
#include "interp/bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "interp/bench/process.h"
#include "interp/bench/report.h"
#include "interp/bench/statistics.h"
#include "interp/bench/steady_driver.h"

namespace krait {

namespace {

using namespace bench;

constexpr char kUsage[] =
    "usage: krait bench SCRIPT [ARGS] [OPTIONS]\n"
    "\n"
    "Runs SCRIPT interpreted, with the JIT, and under other Pythons; in fresh processes, in turns. Shows the time of the whole\n"
    "process, the steady state (SCRIPT repeated in one process, median of the last third of the time), the peak memory, and\n"
    "how many times krait's time each other one takes. Refuses to compare when outputs differ. Options may also stand before\n"
    "SCRIPT; what follows -- is the script's own.\n"
    "\n"
    "  --vs LIST        other Pythons, separated by commas: names on PATH or full paths, each with settings before it if\n"
    "                   wanted: --vs '/usr/bin/python3.11,pypy3,PYPY_GC_NURSERY=4M pypy3'\n"
    "  --rounds N       rounds (3)\n"
    "  --budget SECONDS how long the repetition in one process lasts (6)\n"
    "  --least N        and how many iterations it has at the least (5)\n"
    "  --no-steady      whole processes only\n"
    "  --no-off         leave out the run without the JIT\n"
    "  --timeout SECONDS  after which a run has failed (600)\n"
    "  --json           print JSON instead of a table\n"
    "  --krait PATH     measure another build of krait than this one\n";

struct Options {
  Report report;
  std::vector<std::string> others;
  std::string krait;
  int least = 5;
  double timeout_seconds = 600;
  bool json = false;
  bool with_off = true;
};

// A contender and how to start it, without the script.
struct Lane {
  Command start;
  // What its whole-process run printed in the first round.
  std::string stdout_text;
  int status = 0;
};

void wrongUsage(const std::string& why) { fprintf(stderr, "krait bench: %s\n%s", why.c_str(), kUsage); }

bool parseNumber(const char* text, double least, double* result) {
  char* end;
  *result = strtod(text, &end);
  return *text != 0 && *end == 0 && *result >= least && *result < 1e9;
}

enum class Parsed { kOption, kNoOption, kWrong, kHelp };

void splitList(std::string text, std::vector<std::string>* items) {
  while (!text.empty()) {
    size_t comma = text.find(',');
    if (comma != 0) items->push_back(text.substr(0, comma));
    text.erase(0, comma == std::string::npos ? comma : comma + 1);
  }
}

// Takes the option at argv[*i], and its value, which moves *i. What is no option of ours may be the script's own.
Parsed parseOption(int argc, char** argv, int* i, Options* options) {
  std::string name = argv[*i];
  if (name == "--json") return options->json = true, Parsed::kOption;
  if (name == "--no-steady") return options->report.with_steady = false, Parsed::kOption;
  if (name == "--no-off") return options->with_off = false, Parsed::kOption;
  size_t equals = name.find('=');
  bool has_value = equals != std::string::npos;
  std::string value = has_value ? name.substr(equals + 1) : std::string();
  if (has_value) name.resize(equals);
  if (name != "--vs" && name != "--rounds" && name != "--budget" && name != "--least" && name != "--timeout" && name != "--krait") {
    return Parsed::kNoOption;
  }
  if (!has_value) {
    if (*i + 1 >= argc) return wrongUsage(name + " needs a value"), Parsed::kWrong;
    value = argv[++*i];
  }
  double number = 0;
  bool fine = true;
  if (name == "--vs") {
    splitList(value, &options->others);
  } else if (name == "--krait") {
    options->krait = value;
  } else if (name == "--rounds") {
    fine = parseNumber(value.c_str(), 1, &number);
    options->report.rounds = static_cast<int>(number);
  } else if (name == "--least") {
    fine = parseNumber(value.c_str(), 1, &number);
    options->least = static_cast<int>(number);
  } else if (name == "--budget") {
    fine = parseNumber(value.c_str(), 0, &options->report.budget_seconds);
  } else {
    fine = parseNumber(value.c_str(), 0.001, &options->timeout_seconds);
  }
  if (fine) return Parsed::kOption;
  return wrongUsage("bad value for " + name + ": " + value), Parsed::kWrong;
}

// Options may stand before and after the script; the script gets what is not ours, and everything after "--".
// Returns Parsed::kOption when `options` is complete.
Parsed parseCommandLine(int argc, char** argv, Options* options) {
  for (int i = 1; i < argc; i++) {
    Report& report = options->report;
    std::string word = argv[i];
    bool has_script = !report.script.empty();
    if (word == "--") {
      for (i++; i < argc; i++) (report.script.empty() ? report.script : report.arguments.emplace_back()) = argv[i];
      break;
    }
    if (!has_script && (word == "--help" || word == "-h")) return Parsed::kHelp;
    Parsed parsed = word[0] == '-' ? parseOption(argc, argv, &i, options) : Parsed::kNoOption;
    if (parsed == Parsed::kWrong) return parsed;
    if (parsed == Parsed::kOption) continue;
    if (has_script) {
      report.arguments.push_back(word);
    } else if (word[0] == '-') {
      return wrongUsage("unknown option " + word), Parsed::kWrong;
    } else {
      report.script = word;
    }
  }
  if (options->report.script.empty()) return wrongUsage("which script?"), Parsed::kWrong;
  return Parsed::kOption;
}

std::string ownPath() {
  char buffer[4096];
  ssize_t size = readlink("/proc/self/exe", buffer, sizeof buffer);
  return size > 0 ? std::string(buffer, static_cast<size_t>(size)) : std::string();
}

// Splits "NAME=VALUE pypy3 -O" into settings, program and arguments, and resolves the program. False: not found.
bool makeLane(const std::string& text, Report* report, std::vector<Lane>* lanes) {
  Lane lane;
  size_t at = 0;
  while (at < text.size()) {
    size_t end = text.find(' ', at);
    if (end == std::string::npos) end = text.size();
    std::string word = text.substr(at, end - at);
    at = end + 1;
    size_t equals = word.find('=');
    if (word.empty()) continue;
    if (lane.start.words.empty() && equals != std::string::npos && word.find('/') > equals) {
      lane.start.environment.emplace_back(word.substr(0, equals), word.substr(equals + 1));
    } else {
      lane.start.words.push_back(word);
    }
  }
  if (lane.start.words.empty()) return false;
  lane.start.words[0] = resolveProgram(lane.start.words[0]);
  if (lane.start.words[0].empty()) return false;
  Contender contender;
  contender.name = text;
  contender.program = lane.start.words[0];
  report->contenders.push_back(contender);
  lanes->push_back(lane);
  return true;
}

bool makeLanes(const Options& options, Report* report, std::vector<Lane>* lanes) {
  std::string krait = options.krait.empty() ? ownPath() : options.krait;
  std::vector<std::string> names;
  if (options.with_off) names.push_back(krait + " --jit=off");
  report->subject = names.size();
  names.push_back(krait);
  for (const std::string& other : options.others) names.push_back(other);
  for (const std::string& name : names) {
    if (!makeLane(name, report, lanes)) {
      fprintf(stderr, "krait bench: cannot find %s\n", name.c_str());
      return false;
    }
    // Krait's own rows read better without the path, which stands below the table.
    std::string& shown = report->contenders.back().name;
    if (shown.compare(0, krait.size(), krait) == 0) shown = "krait" + shown.substr(krait.size());
  }
  return true;
}

std::string lastLines(const std::string& text) {
  size_t size = text.size() > 2000 ? text.size() - 2000 : 0;
  return text.substr(size);
}

// Says why a run cannot be used; true when it can.
bool usable(const Run& run, const Contender& contender) {
  if (run.succeeded()) return true;
  std::string why = "ended by signal " + std::to_string(-run.status);
  if (!run.start_error.empty()) why = "cannot be started: " + run.start_error;
  if (run.timed_out) why = "did not end in time";
  fprintf(stderr, "krait bench: %s %s\n%s", contender.name.c_str(), why.c_str(), lastLines(run.stderr_text).c_str());
  return false;
}

// The first line in which two outputs differ, for the message.
std::string firstDifference(const std::string& one, const std::string& other) {
  size_t line = 1, start = 0, i = 0;
  while (i < one.size() && i < other.size() && one[i] == other[i]) {
    if (one[i] == '\n') {
      line++;
      start = i + 1;
    }
    i++;
  }
  auto lineOf = [&](const std::string& text) {
    return start >= text.size() ? std::string("(nothing)") : text.substr(start, text.find('\n', start) - start).substr(0, 200);
  };
  return "line " + std::to_string(line) + ":\n  " + lineOf(one) + "\n  " + lineOf(other) + "\n";
}

// The whole process. The first lane's first round says what the script prints.
bool measureWhole(const Options& options, Lane& lane, const Lane& first, Contender* contender, bool is_first_run) {
  const Report& report = options.report;
  Command command = lane.start;
  command.words.push_back(report.script);
  command.words.insert(command.words.end(), report.arguments.begin(), report.arguments.end());
  Run run = runProcess(command, options.timeout_seconds);
  if (!usable(run, *contender)) return false;
  if (is_first_run) {
    lane.stdout_text = run.stdout_text;
    lane.status = run.status;
  } else if (run.status != first.status || run.stdout_text != first.stdout_text) {
    fprintf(stderr, "krait bench: outputs differ, nothing is compared\n%s exits with %d, the first run with %d; ",
            contender->name.c_str(), run.status, first.status);
    fprintf(stderr, "%s%s", firstDifference(first.stdout_text, run.stdout_text).c_str(), lastLines(run.stderr_text).c_str());
    return false;
  }
  contender->wall.push_back(run.wall_seconds);
  contender->cpu.push_back(run.cpu_seconds);
  contender->peak_kib.push_back(static_cast<double>(run.peak_kib));
  return true;
}

std::vector<double> parseTimes(const std::string& stderr_text) {
  std::vector<double> times;
  size_t mark = stderr_text.rfind(kTimesMark);
  if (mark == std::string::npos) return times;
  const char* at = stderr_text.c_str() + mark + strlen(kTimesMark);
  for (;;) {
    char* end;
    double value = strtod(at, &end);
    if (end == at) return times;
    times.push_back(value);
    at = end;
  }
}

// The same process again and again. Each repetition must print what the whole process printed.
bool measureSteady(const Options& options, const Lane& lane, const Lane& first, Contender* contender) {
  const Report& report = options.report;
  Command command = lane.start;
  char budget[32];
  snprintf(budget, sizeof budget, "%.6g", report.budget_seconds);
  for (std::string word : {std::string("-c"), std::string(kSteadyDriver), report.script, std::to_string(options.least),
                           std::string(budget)}) {
    command.words.push_back(word);
  }
  command.words.insert(command.words.end(), report.arguments.begin(), report.arguments.end());
  Run run = runProcess(command, options.timeout_seconds);
  if (!usable(run, *contender)) return false;
  std::vector<double> times = parseTimes(run.stderr_text);
  if (run.status != 0 || times.empty()) {
    fprintf(stderr, "krait bench: %s cannot repeat the script, exit status %d (--no-steady measures whole processes only)\n%s",
            contender->name.c_str(), run.status, lastLines(run.stderr_text).c_str());
    return false;
  }
  std::string expected;
  for (size_t i = 0; i < times.size(); i++) expected += first.stdout_text;
  if (run.stdout_text != expected) {
    fprintf(stderr, "krait bench: outputs differ, nothing is compared\n%s prints something else when the script is repeated; %s",
            contender->name.c_str(), firstDifference(expected, run.stdout_text).c_str());
    return false;
  }
  contender->steady.push_back(steadyState(times));
  contender->warm_up = times;
  return true;
}

}  // namespace

int benchMain(int argc, char** argv) {
  Options options;
  options.report.rounds = 3;
  options.report.budget_seconds = 6;
  Parsed parsed = parseCommandLine(argc, argv, &options);
  if (parsed == Parsed::kHelp) fputs(kUsage, stdout);
  if (parsed != Parsed::kOption) return parsed == Parsed::kHelp ? 0 : 2;
  Report& report = options.report;
  if (access(report.script.c_str(), R_OK) != 0) {
    fprintf(stderr, "krait bench: can't open file '%s'\n", report.script.c_str());
    return 2;
  }
  std::vector<Lane> lanes;
  if (!makeLanes(options, &report, &lanes)) return 2;

  bool shows_progress = isatty(2);
  for (int round = 0; round < report.rounds; round++) {
    for (size_t i = 0; i < lanes.size(); i++) {
      if (shows_progress) fprintf(stderr, "\r\033[Kround %d of %d: %s", round + 1, report.rounds, report.contenders[i].name.c_str());
      bool is_first_run = round == 0 && i == 0;
      bool fine = measureWhole(options, lanes[i], lanes[0], &report.contenders[i], is_first_run) &&
                  (!report.with_steady || measureSteady(options, lanes[i], lanes[0], &report.contenders[i]));
      if (!fine) return 1;
    }
  }
  if (shows_progress) fputs("\r\033[K", stderr);
  fputs((options.json ? asJson(report) : asTable(report)).c_str(), stdout);
  return fflush(stdout) == 0 ? 0 : 1;
}

}  // namespace krait
