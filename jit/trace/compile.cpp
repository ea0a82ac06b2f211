// Choosing the gear, and giving traces to the code generator: in place (sync, stress), or on the compiler thread, where each
// trace is compiled quickly first and in the best gear after that.
#include "jit/trace/compile.h"
#include <atomic>
#include "jit/backend/compile_queue.h"
#include "jit/dump/dump.h"
#include "jit/trace/compiled.h"
#include "jit/trace/log.h"
#include "jit/trace/manager.h"
#include "runtime/core/runtime.h"

namespace krait::jit {
namespace {

std::unique_ptr<CompileQueue> queue;
std::atomic<Thread*> main_thread{nullptr};
std::vector<Cell*> pending_cells;          // roots that wait for their first code
std::vector<NativeCode> replaced;          // code of an earlier gear that somebody may still run

void askForPoll(void*) {
  if (Thread* t = main_thread.load()) t->poll.fetch_or(kPollJit, std::memory_order_relaxed);
}

CompileQueue& theQueue() {
  if (!queue) {
    main_thread.store(interpreterOf(Thread::current()).main_thread);
    queue = std::make_unique<CompileQueue>(askForPoll, nullptr);
  }
  return *queue;
}

// Stress runs most traces in the evaluator, two in eight in the LLVM gears, chosen by number.
Gear gearFor(const CompiledTrace* trace) {
  switch (jitMode()) {
    case kJitStress: return trace->number % 8 == 3 ? Gear::kQuick : trace->number % 8 == 7 ? Gear::kBest : Gear::kEvaluate;
    case kJitSync: return Gear::kBest;
    default: return Gear::kQuick;
  }
}

std::unique_ptr<CompileJob> newJob(CompiledTrace* trace, Gear gear) {
  auto job = std::make_unique<CompileJob>();
  job->trace = *trace->ir;
  job->gear = gear;
  job->data = trace;
  job->listing.wanted = dumpWants("llvm") || dumpWants("llvm-opt") || dumpWants("asm");
  return job;
}

// Puts the result of a job into its trace. False: refused.
bool accept(CompiledTrace* trace, CompileJob& job) {
  if (!job.compiled) {
    logEvent("trace %u: %s", trace->number, job.error.c_str());
    return false;
  }
  if (trace->code.entry) replaced.push_back(std::move(trace->code));
  trace->code = std::move(job.code);
  trace->gear = job.gear;
  Statistics& s = statistics();
  ++(job.gear == Gear::kQuick ? s.compiled_quick : s.compiled_best);
  s.code_bytes += trace->code.size;
  s.compile_ns += trace->code.compile_ns;
  logEvent("compiled trace %u, %s gear: %zu instructions, %lu bytes, %.2f ms", trace->number, job.gear == Gear::kQuick ? "quick" : "best",
           trace->ir->code_list.size(), trace->code.size, double(trace->code.compile_ns) / 1e6);
  if (job.listing.wanted) dumpListing(*trace->ir, job.listing);
  return true;
}

}  // namespace

bool compileTrace(CompiledTrace* trace) {
  trace->gear = gearFor(trace);
  if (trace->gear == Gear::kEvaluate) {
    ++statistics().evaluated;
    return true;
  }
  std::unique_ptr<CompileJob> job = newJob(trace, trace->gear);
  if (jitMode() == kJitSync || jitMode() == kJitStress) {
    theQueue().compileNow(job.get());
    return accept(trace, *job);
  }
  trace->compiling = true;
  if (trace->cell) pending_cells.push_back(trace->cell);
  logEvent("trace %u goes to the compiler thread, quick gear first", trace->number);
  theQueue().add(std::move(job));
  return true;
}

void takeCompiled() {
  if (!queue) return;
  if (!anythingRuns()) replaced.clear();
  for (auto& job : queue->takeFinished()) {
    auto* trace = static_cast<CompiledTrace*>(job->data);
    trace->compiling = false;
    forgetPending(trace->cell);
    if (!trace->valid) continue;
    bool first = trace->code.entry == nullptr;
    if (!accept(trace, *job)) {
      if (first) refuseTrace(trace);
      continue;
    }
    if (first) installCompiled(trace);
    if (job->gear == Gear::kQuick) {
      trace->compiling = true;
      queue->add(newJob(trace, Gear::kBest));
    }
  }
}

bool pendingCompile(Cell* cell) {
  return std::find(pending_cells.begin(), pending_cells.end(), cell) != pending_cells.end();
}

void forgetPending(Cell* cell) { std::erase(pending_cells, cell); }

}  // namespace krait::jit
