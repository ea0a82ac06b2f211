// The dump writer.
#include "jit/dump/dump.h"
#include <cstdio>
#include <cstring>
#include <string>
#include "jit/ir/text.h"
#include "jit/trace/log.h"

namespace krait::jit {
namespace {
std::string kinds;     // ",trace,ir,"
FILE* file = nullptr;

FILE* out() { return file ? file : stderr; }

void title(const char* kind, const Trace& trace) {
  fprintf(out(), "=== %s of trace %u, %s", kind, trace.number,
          trace.kind == TraceKind::kLoop ? "loop" : trace.kind == TraceKind::kFunction ? "function" : "side trace");
  if (trace.kind == TraceKind::kSide) fprintf(out(), " from exit %u of trace %u", trace.parent_exit, trace.parent);
  fprintf(out(), ", at %s ===\n", placeName(trace.code, trace.unit).c_str());
}
}  // namespace

void startDump(const char* text) {
  if (!text) return;
  std::string all(text);
  if (size_t colon = all.find(':'); colon != std::string::npos) {
    file = fopen(all.c_str() + colon + 1, "w");
    if (!file) fprintf(stderr, "krait: cannot write %s: %s\n", all.c_str() + colon + 1, strerror(errno));
    all.resize(colon);
  }
  kinds = "," + all + ",";
}

bool dumpWants(const char* kind) { return kinds.find(std::string(",") + kind + ",") != std::string::npos; }

void dumpTrace(const char* kind, const Trace& trace) {
  if (!dumpWants(kind)) return;
  title(kind, trace);
  fputs(printTrace(trace).c_str(), out());
  fputc('\n', out());
  fflush(out());
}

void dumpListing(const Trace& trace, const Listing& listing) {
  auto show = [&](const char* kind, const std::string& text) {
    if (!dumpWants(kind)) return;
    title(kind, trace);
    fputs(text.c_str(), out());
    fputc('\n', out());
  };
  show("llvm", listing.llvm);
  show("llvm-opt", listing.llvm_optimised);
  show("asm", listing.assembly);
  fflush(out());
}

void finishDump() {
  if (file) fclose(file);
  file = nullptr;
  kinds.clear();
}

}  // namespace krait::jit
