// Events and totals.
#include "jit/trace/log.h"
#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <vector>
#include "jit/trace/compiled.h"
#include "jit/trace/manager.h"
#include "runtime/code/code.h"
#include "runtime/objects/str.h"
#include "runtime/objects/str_utf8.h"

namespace krait::jit {
namespace {
bool log_on = false;
bool counting = false;
Statistics stats;
std::vector<TraceSummary> summaries;
constexpr size_t kShownTraces = 40;
}  // namespace

bool logging() { return log_on; }
void setLogging(bool on) { log_on = on; }
bool countsBytecodes() { return counting; }
void setCounting(bool on) { counting = on; }
Statistics& statistics() { return stats; }
void keepSummary(TraceSummary summary) { summaries.push_back(std::move(summary)); }

void logEvent(const char* format, ...) {
  if (!log_on) return;
  char line[1024];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  fprintf(stderr, "[jit] %s\n", line);
}

std::string placeName(const krait::Code* code, uint32_t unit) {
  std::string name(Utf8(code->qualname).view()), file(Utf8(code->filename).view());
  size_t slash = file.rfind('/');
  if (slash != std::string::npos) file = file.substr(slash + 1);
  return name + " (" + file + ":" + std::to_string(codeLine(code, int(unit))) + ")";
}

void printStatistics() {
  fprintf(stderr, "[jit] recordings %lu (aborted %lu), instructions recorded %lu\n", stats.recordings, stats.aborted,
          stats.recorded_instructions);
  fprintf(stderr, "[jit] traces compiled: quick %lu, best %lu; evaluated %lu; invalidated %lu\n", stats.compiled_quick, stats.compiled_best,
          stats.evaluated, stats.invalidated);
  fprintf(stderr, "[jit] machine code %lu bytes, compile time %.1f ms\n", stats.code_bytes, double(stats.compile_ns) / 1e6);
  for (int i = 0; i < 64; ++i)
    if (stats.aborts[i]) fprintf(stderr, "[jit] aborted %s: %lu\n", abortName(Abort(i)), stats.aborts[i]);
  collectSummaries();
  uint64_t entries = 0, compiled = 0;
  for (const TraceSummary& s : summaries) {
    entries += s.entries;
    compiled += s.bytecodes;
  }
  fprintf(stderr, "[jit] compiled code was entered %lu times\n", entries);
  std::sort(summaries.begin(), summaries.end(),
            [](const TraceSummary& a, const TraceSummary& b) { return a.bytecodes > b.bytecodes; });
  for (size_t i = 0; i < summaries.size() && (i < kShownTraces || logging()); ++i) {
    const TraceSummary& s = summaries[i];
    fprintf(stderr, "[jit] trace %u, %s: entered %lu, passes %lu, bytecodes %lu\n", s.number, s.what.c_str(), s.entries,
            s.passes, s.bytecodes);
  }
  printBytecodes(compiled);
}

}  // namespace krait::jit
