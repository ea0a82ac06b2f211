// faulthandler at start-up and shut-down.
#pragma once
#include "runtime/core/thread.h"

namespace krait {

// -X faulthandler: handlers for fatal signals that write to the standard error stream's descriptor. False: raised.
[[nodiscard]] bool enableFaulthandler(Thread& t);
// No dump looks at the runtime's memory after this.
void stopFaulthandler();

}  // namespace krait
