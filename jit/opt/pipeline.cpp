// The passes by name.
#include <cstring>
#include "jit/opt/pass.h"

namespace krait::jit {
namespace {
struct Row {
  const char* name;
  void (*run)(Trace&);
};
constexpr Row kPasses[] = {
#define PASS(name, function, sentence) {#name, function},
#include "jit/opt/passes.def"
#undef PASS
};
}  // namespace

bool runPass(const char* name, Trace& trace) {
  for (const Row& row : kPasses)
    if (!strcmp(row.name, name)) {
      row.run(trace);
      return true;
    }
  return false;
}
}  // namespace krait::jit
