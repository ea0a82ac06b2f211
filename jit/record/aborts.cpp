// Names and sentences of the abort reasons.
#include "jit/record/aborts.h"

namespace krait::jit {
namespace {
struct Row {
  const char* name;
  const char* sentence;
};
constexpr Row kRows[] = {
#define ABORT(name, sentence) {#name, sentence},
#include "jit/record/aborts.def"
#undef ABORT
};
}  // namespace
const char* abortName(Abort reason) { return kRows[int(reason)].name; }
const char* abortSentence(Abort reason) { return kRows[int(reason)].sentence; }
}  // namespace krait::jit
