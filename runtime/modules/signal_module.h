// Signals: what start-up installs, and what poll points serve.
#pragma once

namespace krait {
class Thread;
// SIGINT raises KeyboardInterrupt, SIGPIPE and SIGXFSZ are ignored, as CPython starts.
void installSignals(Thread& t);
// In the child of a fork: t is the main thread, and nothing has arrived yet.
void signalsAfterFork(Thread& t);
}  // namespace krait
