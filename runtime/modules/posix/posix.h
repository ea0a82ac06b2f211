// The posix module: what its files share.
#pragma once
#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "runtime/core/error.h"
#include "runtime/objects/bytes.h"
#include "runtime/objects/module.h"
#include "runtime/objects/struct_sequence.h"
#include "runtime/protocols/protocols.h"

namespace krait::posix {

// A path argument: str, bytes or os.PathLike, or (when allowed) a descriptor, or None.
struct Path {
  Ref<> bytes;          // the text for the system; empty for descriptors and None
  Value object;         // as given, for error messages; borrowed
  int fd = -1;
  bool was_bytes = false;
  bool none = false;

  const char* c_str() const { return none ? "." : reinterpret_cast<const char*>(asBytes(bytes)->data); }
  bool isDescriptor() const { return fd >= 0; }
};
enum PathForm : int { kPathOnly = 0, kAllowDescriptor = 1, kAllowNone = 2 };
// False: raised, with the function's name in the message.
[[nodiscard]] bool pathArgument(Thread& t, const char* function, const char* name, Value v, int forms, Path* out);
// The same without a name: os.fspath and encoding.
Ref<> fileSystemPath(Thread& t, Value v);
// Text from the system as str (surrogateescape), or as bytes.
Ref<> decodePath(Thread& t, std::string_view text, bool as_bytes = false);

[[nodiscard]] bool directoryFd(Thread& t, Value v, int* out);   // None: AT_FDCWD
[[nodiscard]] bool intArgument(Thread& t, Value v, int* out);
[[nodiscard]] bool pidArgument(Thread& t, Value v, int* out);   // an int with other messages: of pid_t, and of older functions
[[nodiscard]] bool int64Argument(Thread& t, Value v, int64_t* out);
[[nodiscard]] bool flagArgument(Thread& t, Value v, bool* out);
[[nodiscard]] bool idArgument(Thread& t, Value v, const char* what, uint32_t* out);  // uid, gid; -1 allowed
// A descriptor, or an object with fileno().
[[nodiscard]] bool descriptorArgument(Thread& t, Value v, int* out);

// Runs a system call without the GIL, again after signals. Below 0: errno is set, or a handler raised (t.raised()).
template <class F>
auto systemCall(Thread& t, F f) {
  for (;;) {
    decltype(f()) result;
    int error;
    {
      WithoutGil released(t);
      errno = 0;
      result = f();
      error = errno;
    }
    if (result >= 0 || error != EINTR || !servePoll(t)) {
      errno = error;
      return result;
    }
  }
}
// The OSError for a failed call, unless something was raised already.
inline Raised failed(Thread& t, Value filename = Value()) {
  if (t.raised()) return kRaised;
  return raiseOSError(t, errno, filename);
}
Raised failedWithTwo(Thread& t, Value first, Value second);  // "... 'a' -> 'b'"
inline Ref<> noneOr(Thread& t, int64_t result, Value filename = Value()) {
  if (result < 0) return failed(t, filename);
  return steal(kNone);
}

Ref<> makeStat(Thread& t, const struct stat& info);
Ref<> statPath(Thread& t, const char* function, Value path, Value dir_fd, bool follow);

// Around a fork after which Python code runs in the child: hooks of register_at_fork, the import lock, the GIL.
void beforeFork(Thread& t);
void afterFork(Thread& t, bool in_child);

// Rows of functions, one table a file; each ends with a row without name.
extern const MethodDef kPathFunctions[], kFileFunctions[], kProcessFunctions[], kIdentityFunctions[];
[[nodiscard]] bool addScanTypes(Thread& t, ModuleObject* m);
Ref<> scanDirectory(Thread& t, Value self, const Value* args);
[[nodiscard]] bool addPathTypes(Thread& t, ModuleObject* m);
[[nodiscard]] bool addProcessTypes(Thread& t, ModuleObject* m);
[[nodiscard]] bool addFileTypes(Thread& t, ModuleObject* m);
[[nodiscard]] bool addConstants(Thread& t, ModuleObject* m);

}  // namespace krait::posix
