// Loads the JIT when something is hot: until then LLVM is not mapped.
#include "interp/jit_loader.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <unistd.h>

#include "interp/jit_link.h"
#include "runtime/core/hooks.h"

namespace krait {

namespace {

std::string library_path, dump_text, option_text;

HotVerdict firstHotLoop(Thread& t, Frame* frame, Cell* pc, Cell* target, Value* sp);
HotVerdict firstHotFunction(Thread& t, Frame* frame, Cell* pc, Value* sp);

// Replaces the loading functions by the library's, or by nothing.
bool load() {
  jit_link = JitLink{};
  void* library = dlopen(library_path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    fprintf(stderr, "krait: the JIT is off: %s\n", dlerror());
    return false;
  }
  JitInit init = reinterpret_cast<JitInit>(dlsym(library, kJitInitSymbol));
  if (!init || !init(&jit_link, &jit_parameters)) {
    jit_link = JitLink{};
    return false;
  }
  return true;
}

HotVerdict firstHotLoop(Thread& t, Frame* frame, Cell* pc, Cell* target, Value* sp) {
  if (load() && jit_link.hot_loop) return jit_link.hot_loop(t, frame, pc, target, sp);
  pc->counter = 0xffff;
  return HotVerdict::kInterpret;
}
HotVerdict firstHotFunction(Thread& t, Frame* frame, Cell* pc, Value* sp) {
  if (load() && jit_link.hot_function) return jit_link.hot_function(t, frame, pc, sp);
  pc->counter = 0xffff;
  return HotVerdict::kInterpret;
}

}  // namespace

bool checkJitOptions(const std::string& mode, const std::string& dump, std::string* complaint) {
  size_t colon = mode.find(':');
  std::string name = mode.substr(0, colon);
  static constexpr const char* kModes[] = {"", "on", "off", "sync", "stress", "0", "1"};
  bool known = false;
  for (const char* each : kModes) known |= name == each;
  if (!known) {
    *complaint = "unknown JIT mode '" + name + "' (on, off, sync, stress)";
    return false;
  }
  std::string rest = colon == std::string::npos ? "" : mode.substr(colon + 1);
  while (!rest.empty()) {
    std::string word = rest.substr(0, rest.find(','));
    rest = word.size() < rest.size() ? rest.substr(word.size() + 1) : "";
    std::string parameter = word.substr(0, word.find('='));
    known = false;
#define PARAMETER(name, value, sentence) known |= parameter == #name;
#include "interp/jit_parameters.def"
#undef PARAMETER
    bool number = word.size() > parameter.size() + 1 && word.find_first_not_of("0123456789", parameter.size() + 1) == std::string::npos;
    if (!known || !number) {
      *complaint = "bad JIT parameter '" + word + "'";
      return false;
    }
  }
  rest = dump.substr(0, dump.find(':'));
  static constexpr const char* kKinds[] = {"bytecode", "trace", "ir", "llvm", "llvm-opt", "asm"};
  while (!rest.empty()) {
    std::string kind = rest.substr(0, rest.find(','));
    rest = kind.size() < rest.size() ? rest.substr(kind.size() + 1) : "";
    known = false;
    for (const char* each : kKinds) known |= kind == each;
    if (!known) {
      *complaint = "unknown dump '" + kind + "' (bytecode, trace, ir, llvm, llvm-opt, asm)";
      return false;
    }
  }
  return true;
}

void configureJit(const std::string& mode, const std::string& dump, const std::string& executable) {
  size_t colon = mode.find(':');
  std::string name = mode.substr(0, colon);
  option_text = colon == std::string::npos ? "" : mode.substr(colon + 1);
  dump_text = dump;
  jit_parameters.mode = name == "off" || name == "0" ? kJitOff
                        : name == "sync"             ? kJitSync
                        : name == "stress"           ? kJitStress
                                                     : kJitOn;
  if (jit_parameters.stats) countBytecodes();
  jit_parameters.dump = dump_text.empty() ? nullptr : dump_text.c_str();
  jit_parameters.options = option_text.empty() ? nullptr : option_text.c_str();
  if (jit_parameters.mode == kJitStress) jit_parameters.loop_threshold = jit_parameters.function_threshold = 2;
  // Counters are written before the library is there to parse its parameters.
  auto threshold = [&](const char* name, uint16_t& into) {
    size_t at = option_text.find(name);
    if (at == std::string::npos) return;
    long v = strtol(option_text.c_str() + at + strlen(name), nullptr, 10);
    into = uint16_t(v < 2 ? 2 : v > 65535 ? 65535 : v);
  };
  threshold("loop_threshold=", jit_parameters.loop_threshold);
  threshold("function_threshold=", jit_parameters.function_threshold);
  // Beside the executable: bin/krait and lib/libkrait_jit.so.
  size_t slash = executable.rfind('/');
  std::string folder = slash == std::string::npos ? "." : executable.substr(0, slash);
  library_path = folder + "/../lib/libkrait_jit.so";
  bool present = jit_parameters.mode != kJitOff && access(library_path.c_str(), R_OK) == 0;
  if (present) {
    jit_link.hot_loop = firstHotLoop;
    jit_link.hot_function = firstHotFunction;
    loop_counter_start = jit_parameters.loop_threshold;
    function_counter_start = jit_parameters.function_threshold;
  } else {
    loop_counter_start = function_counter_start = 0xffff;
    if (jit_parameters.log && jit_parameters.mode != kJitOff) {
      fprintf(stderr, "[jit] off: there is no %s\n", library_path.c_str());
    }
  }
}

void printBytecodes(uint64_t compiled) {
  uint64_t all = interpreted_bytecodes + compiled;
  fprintf(stderr, "[jit] bytecodes: %llu interpreted, %llu compiled; share interpreted %.2f %%\n",
          (unsigned long long)interpreted_bytecodes, (unsigned long long)compiled,
          all ? 100.0 * double(interpreted_bytecodes) / double(all) : 100.0);
}

void finishJit(Thread& t) {
  if (jit_link.shutdown) jit_link.shutdown(t);
  else if (jit_parameters.stats)
    printBytecodes(0);
}

}  // namespace krait
