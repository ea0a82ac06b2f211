// One line for each trace: start, size, name (perf_map.h).
#include "jit/backend/llvm/perf_map.h"
#include <cstdio>
#include <cstdlib>
#include <unistd.h>

namespace krait::jit {

void notePerfMap(const void* code, uint64_t size, const std::string& name) {
  static const bool wanted = getenv("KRAIT_PERF_MAP") != nullptr;
  if (!wanted) return;
  // Opened for each line: after a fork the child writes a file of its own.
  std::string path = "/tmp/perf-" + std::to_string(getpid()) + ".map";
  FILE* file = fopen(path.c_str(), "a");
  if (!file) return;
  fprintf(file, "%lx %lx %s\n", (unsigned long)code, (unsigned long)size, name.c_str());
  fclose(file);
}

}  // namespace krait::jit
