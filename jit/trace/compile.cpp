// Choosing the gear, and calling the code generator.
#include "jit/trace/compile.h"
#include "jit/dump/dump.h"
#include "jit/trace/compiled.h"
#include "jit/trace/log.h"

namespace krait::jit {
namespace {
std::unique_ptr<Compiler> compiler;

// Stress runs most traces in the evaluator, one in eight in each LLVM gear, chosen by number.
Gear gearFor(const CompiledTrace* trace) {
  if (jitMode() != kJitStress) return Gear::kBest;
  switch (trace->number % 8) {
    case 3: return Gear::kQuick;
    case 7: return Gear::kBest;
    default: return Gear::kEvaluate;
  }
}
}  // namespace

bool compileTrace(CompiledTrace* trace) {
  Gear gear = gearFor(trace);
  trace->gear = gear;
  if (gear == Gear::kEvaluate) {
    ++statistics().evaluated;
    return true;
  }
  std::string error;
  if (!compiler && !(compiler = Compiler::create(&error))) {
    logEvent("no compiler: %s", error.c_str());
    return false;
  }
  Listing listing;
  listing.wanted = dumpWants("llvm") || dumpWants("llvm-opt") || dumpWants("asm");
  if (!compiler->compile(*trace->ir, gear, &trace->code, &listing, &error)) {
    logEvent("trace %u: %s", trace->number, error.c_str());
    return false;
  }
  Statistics& s = statistics();
  ++(gear == Gear::kQuick ? s.compiled_quick : s.compiled_best);
  s.code_bytes += trace->code.size;
  s.compile_ns += trace->code.compile_ns;
  logEvent("compiled trace %u, %s gear: %zu instructions, %lu bytes, %.2f ms", trace->number, gear == Gear::kQuick ? "quick" : "best",
           trace->ir->code_list.size(), trace->code.size, double(trace->code.compile_ns) / 1e6);
  if (listing.wanted) dumpListing(*trace->ir, listing);
  return true;
}

void takeCompiled() {}
bool pendingCompile(Cell*) { return false; }
void stopCompiler() { compiler.reset(); }

}  // namespace krait::jit
