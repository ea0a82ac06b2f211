// krait_irtest: text tests of traces and the backend fuzzer.
//
//   krait_irtest [--update] FILE...  the tests in these files
//   krait_irtest --fuzz N SEED SIZE  N random traces of about SIZE operations, the evaluator against both gears
//   krait_irtest --show FILE         the first trace of a file as LLVM IR and assembly, by gear
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include "tests/jit/irtest/run.h"

using namespace krait::jit;

namespace {

int show(Engine& engine, const char* path) {
  std::ifstream file(path);
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>()), error;
  text = text.substr(0, text.find("\n---\n"));
  ParsedTrace parsed;
  if (!parseTrace(text, &parsed, &error)) return printf("%s: %s\n", path, error.c_str()), 1;
  for (Gear gear : {Gear::kQuick, Gear::kBest}) {
    NativeCode code;
    Listing listing{.wanted = true};
    if (!engine.compile(parsed.trace, gear, &code, &error, &listing)) return printf("%s: %s\n", path, error.c_str()), 1;
    printf("=== gear %s: %lu bytes, %.2f ms\n%s\n--- optimised\n%s\n--- assembly\n%s\n", gear == Gear::kQuick ? "quick" : "best",
           (unsigned long)code.size, double(code.compile_ns) / 1e6, listing.llvm.c_str(), listing.llvm_optimised.c_str(),
           listing.assembly.c_str());
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Engine engine;
  if (!engine.native()) printf("native code cannot be made here: %s\n", engine.error().c_str());
  Totals totals;
  if ((argc == 4 || argc == 5) && strcmp(argv[1], "--fuzz") == 0) {
    fuzz(engine, atoi(argv[2]), strtoull(argv[3], nullptr, 0), argc == 5 ? atoi(argv[4]) : 0, &totals);
  } else if (argc == 3 && strcmp(argv[1], "--show") == 0) {
    return show(engine, argv[2]);
  } else {
    bool update = argc > 1 && strcmp(argv[1], "--update") == 0;
    for (int i = update ? 2 : 1; i < argc; ++i) runTestFile(engine, argv[i], update, &totals);
  }
  if (!engine.native()) ++totals.failed;
  printf("%d passed, %d failed\n", totals.passed, totals.failed);
  return totals.failed ? 1 : 0;
}
