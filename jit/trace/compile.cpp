// Choosing the gear, and giving traces to the code generator: in place (sync, stress), or on the compiler thread, where
// each trace is compiled quickly and alone first, and in the best gear after that, as one function with the tree that
// it belongs to.
#include "jit/trace/compile.h"
#include <algorithm>
#include <atomic>
#include <utility>
#include "jit/backend/compile_queue.h"
#include "jit/dump/dump.h"
#include "jit/trace/compiled.h"
#include "jit/trace/helpers.h"
#include "jit/trace/log.h"
#include "jit/trace/manager.h"
#include "runtime/core/runtime.h"

namespace krait::jit {
namespace {

std::unique_ptr<CompileQueue> queue;
std::atomic<Thread*> main_thread{nullptr};
std::vector<Cell*> pending_cells;          // roots that wait for their first code
std::vector<std::shared_ptr<CodeUnit>> replaced;  // code that is not entered any more, which somebody may still run

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

// What a job is for.
struct Order {
  std::shared_ptr<CodeUnit> unit;
  bool tree = false;  // a root with what it leads to; otherwise a trace alone
};
std::vector<std::unique_ptr<Order>> orders;  // those that the compiler thread has

CompiledTrace* rootOf(CompiledTrace* trace) {
  while (trace->ir->kind == TraceKind::kSide) trace = trace->parent;
  return trace;
}

std::unique_ptr<CompileJob> newJob(std::vector<CompiledTrace*> members, Gear gear, bool tree) {
  auto order = std::make_unique<Order>();
  order->tree = tree;
  order->unit = std::make_shared<CodeUnit>();
  CodeUnit& unit = *order->unit;
  auto job = std::make_unique<CompileJob>();
  Package& package = job->package;
  uint32_t exits = 0;
  auto indexOf = [&](const CompiledTrace* trace) {
    return uint32_t(std::find(members.begin(), members.end(), trace) - members.begin());
  };
  for (CompiledTrace* trace : members) {
    const Trace& ir = *trace->ir;
    unit.first_exit.push_back(exits);
    exits += uint32_t(ir.snapshots.size());
    unit.words = std::max(unit.words, trace->words);
    unit.levels = std::max(unit.levels, trace->levels);
    unit.reserve = std::max(unit.reserve, trace->reserve);
    uint32_t index = uint32_t(package.traces.size());
    package.traces.push_back(ir);
    package.calls.insert(package.calls.end(), trace->calls.begin(), trace->calls.end());
    if (!package.direct.wanted && takesDirectCalls(trace)) {
      const krait::Code* code = trace->owner;
      package.direct = {true,
                        index,
                        uint32_t(code->arg_count),
                        uint32_t(code->slot_count),
                        uint32_t(code->frame_words),
                        callThroughFrames(uint32_t(code->arg_count)),
                        &finishCall};
    }
    ++trace->compiling;
    if (!tree) continue;
    for (uint32_t s = 0; s < trace->exits.size(); ++s)
      if (CompiledTrace* bridge = trace->exits[s].bridge; bridge && indexOf(bridge) < members.size())
        package.links.push_back({index, s, indexOf(bridge)});
    if (CompiledTrace* next = linkTarget(trace); next && indexOf(next) < members.size())
      package.links.push_back({index, ir.code_list.back().snapshot, indexOf(next)});
  }
  unit.members = std::move(members);
  unit.gear = gear;
  package.unit = order->unit.get();
  package.words = unit.words;
  package.levels = unit.levels;
  package.reserve = unit.reserve;
  job->gear = gear;
  job->listing.wanted = !tree && (dumpWants("llvm") || dumpWants("llvm-opt") || dumpWants("asm"));
  job->data = order.get();
  orders.push_back(std::move(order));
  return job;
}

// The result of a job in its unit, which nobody enters yet. Null: refused.
std::shared_ptr<CodeUnit> accept(CompileJob& job) {
  auto place = std::find_if(orders.begin(), orders.end(), [&](auto& order) { return order.get() == job.data; });
  std::shared_ptr<CodeUnit> unit = (*place)->unit;
  for (CompiledTrace* trace : unit->members) --trace->compiling;
  orders.erase(place);
  if (!job.compiled) {
    logEvent("trace %u: %s", unit->members[0]->number, job.error.c_str());
    return nullptr;
  }
  unit->code = std::move(job.code);
  Statistics& s = statistics();
  ++(job.gear == Gear::kQuick ? s.compiled_quick : s.compiled_best);
  s.code_bytes += unit->code.size;
  s.compile_ns += unit->code.compile_ns;
  size_t instructions = 0;
  for (const Trace& trace : job.package.traces) instructions += trace.code_list.size();
  std::string what = "trace " + std::to_string(unit->members[0]->number);
  if (unit->members.size() > 1) what = "the tree of " + what + ", " + std::to_string(unit->members.size()) + " traces";
  logEvent("compiled %s, %s gear: %zu instructions, %lu bytes, %.2f ms", what.c_str(),
           job.gear == Gear::kQuick ? "quick" : "best", instructions, unit->code.size,
           double(unit->code.compile_ns) / 1e6);
  if (job.listing.wanted) dumpListing(*unit->members[0]->ir, job.listing);
  return unit;
}

// The root, what its exits lead to, and the roots that are linked, as far as the limit goes.
std::vector<CompiledTrace*> treeOf(CompiledTrace* root) {
  std::vector<CompiledTrace*> members{root};
  size_t instructions = root->ir->code_list.size();
  auto add = [&](CompiledTrace* trace) {
    if (!trace || !trace->valid || !trace->alone || std::find(members.begin(), members.end(), trace) != members.end())
      return;
    if (instructions + trace->ir->code_list.size() > parameters().unit_limit) return;
    instructions += trace->ir->code_list.size();
    members.push_back(trace);
  };
  for (size_t i = 0; i < members.size(); ++i) {
    CompiledTrace* trace = members[i];
    for (Exit& exit : trace->exits) add(exit.bridge);
    add(linkTarget(trace));
  }
  return members;
}

bool inPlace() { return jitMode() == kJitSync || jitMode() == kJitStress; }

void enterTree(const std::shared_ptr<CodeUnit>& unit) {
  for (uint32_t i = 0; i < unit->members.size(); ++i)
    if (unit->members[i]->ir->kind != TraceKind::kSide) enterUnit(unit->members[i], unit, i);
}

// A trace alone got code.
void enterAlone(CompiledTrace* trace, std::shared_ptr<CodeUnit> unit) {
  bool alone = trace->entered == trace->alone;
  if (trace->alone)
    retireUnit(std::exchange(trace->alone, unit));
  else
    trace->alone = unit;
  if (alone) {
    trace->entered = unit;
    trace->entry = 0;
  }
}

}  // namespace

CompiledTrace* linkTarget(CompiledTrace* trace) {
  return trace->ir->code_list.back().op == Op::k_link ? linkedTrace(trace) : nullptr;
}

void retireUnit(std::shared_ptr<CodeUnit> unit) {
  if (unit) replaced.push_back(std::move(unit));
}

bool compileTrace(CompiledTrace* trace) {
  Gear gear = gearFor(trace);
  if (gear == Gear::kEvaluate) {
    ++statistics().evaluated;
    auto unit = std::make_shared<CodeUnit>();
    unit->members = {trace};
    unit->first_exit = {0};
    unit->words = trace->words;
    unit->levels = trace->levels;
    unit->reserve = trace->reserve;
    enterAlone(trace, unit);
    return true;
  }
  std::unique_ptr<CompileJob> job = newJob({trace}, gear, false);
  if (inPlace()) {
    theQueue().compileNow(job.get());
    std::shared_ptr<CodeUnit> unit = accept(*job);
    if (unit) enterAlone(trace, unit);
    return unit != nullptr;
  }
  if (trace->cell) pending_cells.push_back(trace->cell);
  logEvent("trace %u goes to the compiler thread, quick gear first", trace->number);
  theQueue().add(std::move(job));
  return true;
}

void compileTree(CompiledTrace* trace) {
  CompiledTrace* root = rootOf(trace);
  // The unit that the root is part of grows, whichever root it began with.
  if (root->entered && root->entered->members[0]->valid) root = root->entered->members[0];
  if (!root->valid || !root->alone) return;
  if (root->unit_waits) {
    root->unit_changed = true;
    return;
  }
  std::vector<CompiledTrace*> members = treeOf(root);
  Gear gear = gearFor(root) == Gear::kQuick && jitMode() != kJitOn ? Gear::kQuick : Gear::kBest;
  if (inPlace()) {
    // In place every growth is waited for: small steps while the tree is small, larger ones later.
    size_t before = root->entered->members.size();
    bool evaluated =
        std::any_of(members.begin(), members.end(), [](auto* member) { return !member->alone->code.entry; });
    if (members.size() == 1 || evaluated || members.size() < before + before / 4) return;
    std::unique_ptr<CompileJob> job = newJob(std::move(members), gear, true);
    theQueue().compileNow(job.get());
    if (std::shared_ptr<CodeUnit> unit = accept(*job)) enterTree(unit);
    return;
  }
  root->unit_waits = true;
  root->unit_changed = false;
  theQueue().add(newJob(std::move(members), gear, true));
}

void takeCompiled() {
  if (!queue) return;
  if (!anythingRuns()) replaced.clear();
  for (auto& job : queue->takeFinished()) {
    bool tree = static_cast<Order*>(job->data)->tree;
    std::vector<CompiledTrace*> members = static_cast<Order*>(job->data)->unit->members;
    CompiledTrace* first = members[0];
    std::shared_ptr<CodeUnit> unit = accept(*job);
    if (!tree) {
      forgetPending(first->cell);
      if (!first->valid) continue;
      if (!unit) {
        refuseTrace(first);
        continue;
      }
      enterAlone(first, unit);
      installCompiled(first);
      continue;
    }
    first->unit_waits = false;
    if (!first->valid) continue;
    bool whole = std::all_of(members.begin(), members.end(), [](CompiledTrace* member) { return member->valid; });
    if (unit && whole) enterTree(unit);
    if (first->unit_changed || (unit && !whole)) compileTree(first);
  }
}

bool pendingCompile(Cell* cell) {
  return std::find(pending_cells.begin(), pending_cells.end(), cell) != pending_cells.end();
}

void forgetPending(Cell* cell) { std::erase(pending_cells, cell); }

}  // namespace krait::jit
