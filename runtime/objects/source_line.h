// Lines of source files, for tracebacks and warnings.
#pragma once
#include <string>
#include "runtime/core/thread.h"

namespace krait {

// The line of a file that a code object names, as UTF-8: the path as it stands, or its base name in a folder of
// sys.path. False: there is none; nothing is raised.
bool sourceLine(Thread& t, const std::string& filename, int line, std::string* out);

}  // namespace krait
