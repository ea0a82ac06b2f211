// What waits for a poll point: GIL requests, signals, asynchronous exceptions, collections, compiled traces.
#pragma once
#include "runtime/core/thread.h"

namespace krait {
// Serves what the poll word asks for, sticky bits excepted. False: an exception was raised.
[[nodiscard]] bool serveThreadPolls(Thread& t);
// Installed by their owners; null: nobody is there to serve the bit.
struct PollHooks {
  void (*yield_gil)(Thread& t);
  bool (*handle_signals)(Thread& t);
  bool (*pending_calls)(Thread& t);
  void (*jit)(Thread& t);
};
extern PollHooks poll_hooks;
}  // namespace krait
