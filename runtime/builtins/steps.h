// Builtins that consume a generator run as hidden Python frames: the loop of sum(g) is bytecode like any other loop, so that
// it is recorded, follows the generator into its frame, and is compiled together with it.
//
// The frames carry kFrameHidden: tracebacks, sys._getframe and settrace do not show them. Other iterables keep their C++ loops.
#pragma once
#include <initializer_list>
#include "runtime/core/native.h"

namespace krait {

enum class Step : uint8_t { kSum, kAny, kAll, kMin, kMax };

// Whether the loop over this iterable runs as a hidden frame: exact generators, while nothing traces the thread.
bool runsAsStep(Thread& t, Value iterable);
// Runs it: sum(iterable, start), any(iterable), all, min, max.
Ref<> runStep(Thread& t, Step step, std::initializer_list<Value> arguments);

}  // namespace krait
