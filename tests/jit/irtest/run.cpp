// Runs traces on a frame, a thread and an activation of our own (run.h).
#include "tests/jit/irtest/run.h"
#include <cstdio>
#include <cstring>
#include "jit/ir/exit_layout.h"
#include "jit/ir/immediate.h"
#include "runtime/core/frame.h"

namespace krait::jit {
namespace {

constexpr uint64_t kUntouched = 0xDEAD'BEEF'DEAD'BEEF;  // in the exit buffer: a missing store shows

// The thread of this program's runs.
Thread& testThread() {
  static Thread thread;
  return thread;
}

}  // namespace

Engine::Engine() : compiler_(Compiler::create(&error_)) {}

bool Engine::compile(const Trace& trace, Gear gear, NativeCode* code, std::string* error, Listing* listing) {
  Package package;
  package.traces.push_back(trace);
  return compiler_->compile(package, gear, code, listing, error);
}

Outcome Engine::run(const Trace& trace, StandIns* stand_ins, const Setup& setup, TraceEntry entry, Id* left_at) {
  if (stand_ins) stand_ins->restore();
  Thread& thread = testThread();
  thread.poll = setup.poll;
  std::vector<uint64_t> frame_words(sizeof(Frame) / 8 + setup.slots.size() + 1);
  auto* frame = reinterpret_cast<Frame*>(frame_words.data());
  if (!setup.slots.empty()) memcpy(frame->slots, setup.slots.data(), setup.slots.size() * 8);
  auto full = std::make_unique<FullActivation>();
  Activation* activation = &full->activation;
  activation->frame = frame;
  activation->site = kNoSite;
  activation->state = setup.state;
  for (uint64_t& word : full->buffer) word = kUntouched;
  for (size_t i = 0; i < setup.inputs.size(); ++i) activation->buffer[i] = setup.inputs[i];

  Outcome out;
  out.exit = entry ? entry(&thread, frame, activation) : evaluate(trace, &thread, frame, activation, left_at);
  if (out.exit < trace.snapshots.size())
    for (uint32_t i = 0, words = exitLayout(trace, out.exit).words; i < words; ++i) out.values.push_back(activation->buffer[i]);
  if (stand_ins)
    for (const StandIns::Memory& m : stand_ins->memory)
      if (!m.address) out.memory.insert(out.memory.end(), m.words, m.words + m.initial.size());
  return out;
}

std::string outcomeText(const Trace& trace, const Outcome& outcome) {
  if (outcome.exit >= trace.snapshots.size()) return "exit " + std::to_string(outcome.exit) + ", which is no snapshot";
  std::string out = "s" + std::to_string(outcome.exit);
  for (const ExitValue& v : exitLayout(trace, outcome.exit).values) {
    uint64_t word = outcome.values[v.word];
    char text[80];
    if (v.type == Ty::kF64) snprintf(text, sizeof text, "%s", floatText(std::bit_cast<double>(word)).c_str());
    else if (v.type == Ty::kI128) snprintf(text, sizeof text, "0x%016lx%016lx", outcome.values[v.word + 1], word);
    else if (v.type == Ty::kI64 || v.type == Ty::kBool) snprintf(text, sizeof text, "%ld", int64_t(word));
    else snprintf(text, sizeof text, "0x%lx", word);
    out += " %" + std::to_string(v.id) + "=" + text;
  }
  return out;
}

void addFigures(CompileFigures* figures, const Trace& trace, const NativeCode& code) {
  ++figures->traces;
  figures->instructions += trace.code_list.size() - 1;
  for (const Ins& ins : trace.code_list) figures->guards += info(ins.op).effect == kGuard;
  figures->nanoseconds += code.compile_ns;
  figures->bytes += code.size;
}

void printFigures(const char* gear, const CompileFigures& figures) {
  if (!figures.traces) return;
  double n = double(figures.traces);
  printf("%s: %lu traces of %.0f instructions, %.0f guards: %.2f ms, %.0f bytes a trace; %.1f us an instruction\n", gear,
         (unsigned long)figures.traces, double(figures.instructions) / n, double(figures.guards) / n,
         double(figures.nanoseconds) / 1e6 / n, double(figures.bytes) / n,
         double(figures.nanoseconds) / 1e3 / double(figures.instructions));
}

}  // namespace krait::jit
