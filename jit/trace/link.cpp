// The library's entrance: the one symbol that the interpreter looks up (interp/jit_link.h).
#include <cstdio>
#include <cstring>
#include <string>
#include "jit/dump/dump.h"
#include "jit/trace/compiled.h"
#include "jit/trace/log.h"
#include "jit/trace/manager.h"

namespace krait::jit {
namespace {
void shutDownWithStatistics(Thread& t) {
  if (countsBytecodes()) printStatistics();
  shutDown(t);
}
}  // namespace
}  // namespace krait::jit

extern "C" __attribute__((visibility("default"))) bool kraitJitInit(krait::JitLink* link, const krait::JitParameters* from) {
  using namespace krait::jit;
  startManager(*from);
  const char* bad = nullptr;
  if (from->options && !setParameters(from->options, &bad)) {
    fprintf(stderr, "krait: unknown JIT parameter: %s\n", bad);
    return false;
  }
  setLogging(from->log);
  setCounting(from->stats);
  startDump(from->dump);
  link->hot_loop = hotLoop;
  link->hot_function = hotFunction;
  link->record_step = recordStep;
  link->record_raise = recordRaise;
  link->run_trace = runTrace;
  link->serve_poll = servePoll;
  link->code_dies = codeDies;
  link->force_frames = forceFrames;
  link->peek_trace = peekTrace;
  link->shutdown = shutDownWithStatistics;
  return true;
}
