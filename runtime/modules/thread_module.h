// What other parts need of threads and signals.
#pragma once
#include <semaphore.h>

#include "runtime/core/thread.h"

namespace krait {

// Releases the lock that join() waits for.
void endOfThread(Thread& t);
// Takes one of the semaphore, which is not waited for longer than this (-1: for ever). 1: taken, 0: time is over, -1: raised, by the
// handler of a signal that came meanwhile.
int waitSemaphore(Thread& t, sem_t* semaphore, int64_t nanoseconds);
// In the child of a fork, before the other threads' states go: what this module keeps for them goes.
void threadModuleAfterFork(Thread& t);
// Marks a signal as arrived; its Python handler runs in the main thread (signal_module.cpp).
void simulateSignal(Thread& t, int number);

}  // namespace krait
