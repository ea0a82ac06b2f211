// sys.stdin, sys.stdout and sys.stderr: made at start-up, flushed at exit.
#pragma once

namespace krait {
class Thread;

// Makes the three and enters them into sys (also as __stdin__ ...); a closed descriptor gives None. open() becomes a builtin.
// False: raised.
[[nodiscard]] bool openStandardStreams(Thread& t);
// Flushes stdout and stderr at exit. False when stdout could not be written: the exit status becomes 120.
bool flushStandardStreams(Thread& t);

}  // namespace krait
