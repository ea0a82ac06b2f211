// What becomes of an exception that ends a program or an interactive statement.
#pragma once

namespace krait {
class Thread;

struct Outcome {
  int code = 1;
  bool exits = false;        // SystemExit: the process ends with the code
  bool interrupted = false;  // KeyboardInterrupt
};
// Reports the pending exception through sys.excepthook. SystemExit is not reported but obeyed, unless the program is to be
// inspected (-i).
Outcome reportException(Thread& t, bool inspect);

}  // namespace krait
