// What other parts need of threads and signals.
#pragma once
#include "runtime/core/thread.h"

namespace krait {

// Releases the lock that join() waits for.
void endOfThread(Thread& t);
// Marks a signal as arrived; its Python handler runs in the main thread (signal_module.cpp).
void simulateSignal(Thread& t, int number);

}  // namespace krait
