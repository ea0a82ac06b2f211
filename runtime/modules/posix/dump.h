// Writing text and Python tracebacks with nothing but write(2): for signal handlers and watchdogs.
#pragma once
#include "runtime/core/thread.h"

namespace krait {
struct Interpreter;
struct Str;

void dumpText(int fd, const char* text);
// Digits of a number, at least `width` of them.
void dumpNumber(int fd, uint64_t number, unsigned base, int width = 1);
// A string as ASCII, other characters escaped; at most 500 characters.
void dumpStr(int fd, const Str* text);
// The frames of a thread below a headline. Null: no Python thread, nothing is written.
void dumpStack(int fd, const Thread* t);
// All threads, each below a headline; `current` (or null) is named so.
void dumpThreads(int fd, const Thread* threads, const Thread* current);
// Names of the native modules in sys.modules that are not in sys.stdlib_module_names; nothing when there are none.
void dumpNativeModules(int fd, const Interpreter* interpreter);

}  // namespace krait
