// The hidden functions: compiled at their first use, kept for the life of the process.
#include "runtime/builtins/steps.h"
#include "runtime/code/code.h"
#include "runtime/core/error.h"
#include "runtime/core/hooks.h"
#include "runtime/core/runtime.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/function.h"
#include "runtime/objects/str.h"

namespace krait {
namespace {

// Each does what the C++ loop of its builtin does, in the same order of operations.
constexpr const char* kSource = R"(
def sum(iterable, total, /):
    for item in iterable:
        total = total + item
    return total
def any(iterable, /):
    for item in iterable:
        if item:
            return True
    return False
def all(iterable, /):
    for item in iterable:
        if not item:
            return False
    return True
def min(iterable, /):
    for best in iterable:
        break
    else:
        raise ValueError("min() arg is an empty sequence")
    for item in iterable:
        if item < best:
            best = item
    return best
def max(iterable, /):
    for best in iterable:
        break
    else:
        raise ValueError("max() arg is an empty sequence")
    for item in iterable:
        if item > best:
            best = item
    return best
)";
constexpr const char* kNames[] = {"sum", "any", "all", "min", "max"};

Function* functions[std::size(kNames)];

[[nodiscard]] bool prepare(Thread& t) {
  Ref<Str> source = newStrUtf8(t, kSource), name = newStrUtf8(t, "<builtin>");
  Ref<Dict> globals = newDict(t);
  if (!source || !name || !globals) return false;
  if (!dictSetStr(t, globals.get(), internStatic("__builtins__"), Value(interpreterOf(t).builtins))) return false;
  Ref<> code = hooks.compile(t, source, name, {.optimize = 0});
  if (!code) return false;
  Ref<> done = hooks.run_code(t, asCode(code), globals.get(), globals, Value());
  if (!done) return false;
  for (size_t i = 0; i < std::size(kNames); ++i) {
    Value f = dictGetStr(globals.get(), internStatic(kNames[i]));
    functions[i] = asFunction(share(f).leak());
    functions[i]->count = kImmortalCount;
  }
  (void)globals.leak();  // the functions refer to it for good
  return true;
}

}  // namespace

bool runsAsStep(Thread& t, Value iterable) {
  return iterable.isObject() && iterable.asObject()->kind == kKindGenerator && t.trace_function.empty() && t.profile_function.empty() &&
         hooks.call_hidden;
}

Ref<> runStep(Thread& t, Step step, std::initializer_list<Value> arguments) {
  if (!functions[0] && !prepare(t)) return kRaised;
  return hooks.call_hidden(t, functions[size_t(step)], Args{arguments.begin(), arguments.size(), nullptr});
}

}  // namespace krait
