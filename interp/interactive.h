// The prompt: statements from standard input, one at a time.
#pragma once
#include "interp/report.h"

namespace krait {
class Thread;
struct ModuleObject;

// Standard input is a terminal, or is to be taken for one (-i).
bool isInteractive(Thread& t);
// The lines that a session begins with, unless -q was given.
void greet(Thread& t);
// PYTHONSTARTUP and sys.__interactivehook__, which come before the first prompt.
Outcome prepareInteractive(Thread& t, ModuleObject* main);
[[nodiscard]] bool runInteractiveHook(Thread& t);
// Reads, runs and reports statements until the input ends or one of them exits.
Outcome runInteractive(Thread& t, ModuleObject* main);

}  // namespace krait
