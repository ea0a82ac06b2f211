// sys.stdin, sys.stdout and sys.stderr while the io module is not there: text straight to file descriptors.
#pragma once
#include "runtime/core/ref.h"

namespace krait {
class Thread;
// A file object for a descriptor, buffered by line or by block as the terminal asks.
Ref<> newConsoleFile(Thread& t, int descriptor, const char* name, bool writable);
// Writes what is buffered in all of them; called at shut-down.
void flushConsoleFiles();
}  // namespace krait
