// What shut-down calls.
#pragma once
namespace krait {
class Thread;
// Calls what atexit.register() was given, last first; errors go to the unraisable hook.
void runExitFunctions(Thread& t);
}  // namespace krait
