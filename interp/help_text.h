// The texts of --help and its siblings.
#pragma once

namespace krait {
extern const char kUsageLine[];        // with a %s for the program's name
extern const char kHelpOptions[];
extern const char kHelpEnvironment[];
extern const char kHelpXOptions[];
}  // namespace krait
