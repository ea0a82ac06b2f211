// The last words of a broken invariant.
#include "runtime/base/assert.h"

#include <cstdarg>
#include <cstdio>
#include <cstdlib>

namespace krait {

void fatal(const char* file, int line, const char* format, ...) {
  fflush(stdout);
  fprintf(stderr, "krait: fatal: ");
  va_list arguments;
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fprintf(stderr, " (%s:%d)\n", file, line);
  abort();
}

}  // namespace krait
