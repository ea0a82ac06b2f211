// `krait bench SCRIPT ARGS`: how fast is this script interpreted, with the JIT, and under other Pythons?
//
// Everything runs in fresh processes, in turns, so that a slow minute of the machine hits all of them. Nothing here touches
// the runtime: a measuring process that ran Python itself would measure its own warm caches.
#pragma once

namespace krait {

// Runs the command line that follows `krait bench` (argv[0] is "bench"). Returns the exit status: 0; 1 when outputs differ
// or a run fails; 2 for a wrong command line.
int benchMain(int argc, char** argv);

}  // namespace krait
