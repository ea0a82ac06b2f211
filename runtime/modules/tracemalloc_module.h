// tracemalloc at start-up and shut-down.
#pragma once
#include "runtime/core/thread.h"

namespace krait {

inline constexpr int kMostTracedFrames = 65535;
void startTracemalloc(int frames);  // -X tracemalloc=FRAMES
void stopTracemalloc();             // forgets everything

}  // namespace krait
