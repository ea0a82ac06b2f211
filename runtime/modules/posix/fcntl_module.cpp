// fcntl: control of open descriptors - fcntl(), ioctl(), and the two kinds of file locks.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "runtime/modules/arguments.h"
#include "runtime/modules/posix/posix.h"
#include "runtime/objects/int.h"
#include "runtime/protocols/buffer.h"

namespace krait::posix {

namespace {

// The memory that a call may fill goes through a buffer of this size, as CPython promises.
constexpr size_t kBufferSize = 1024;

// The bytes of a str or a bytes-like object, copied with an end mark. 1: done, -1: raised, 0: v is something else
// (nothing raised), which a str that has no UTF-8 form counts as, and changeable memory unless `any_memory`.
int copyArgument(Thread& t, Value v, const char* function, bool any_memory, char* to, size_t* size) {
  Buffer buffer;
  Utf8 utf8;
  std::string_view text;
  bool usable = false;
  if (isStr(v)) {
    usable = utf8.set(t, asStr(v));
    text = utf8.view();
  } else if (hasBuffer(v)) {
    usable = buffer.get(t, v) && (any_memory || buffer.raw().readonly);
    text = buffer.view();
  }
  if (!usable) {
    clearException(t);
    return 0;
  }
  if (text.size() > kBufferSize) return raise(t, exc::ValueError, "%s string arg too long", function);
  memcpy(to, text.data(), text.size());
  to[text.size()] = 0;
  *size = text.size();
  return 1;
}

Ref<> fcntlFunction(Thread& t, Value, const Value* args) {
  int fd, command;
  if (!descriptorArgument(t, args[0], &fd) || !intArgument(t, args[1], &command)) return kRaised;
  char buffer[kBufferSize + 1];
  size_t size;
  int copied = copyArgument(t, args[2], "fcntl", false, buffer, &size);
  if (copied < 0) return kRaised;
  if (copied) {
    if (systemCall(t, [&] { return fcntl(fd, command, buffer); }) < 0) return failed(t);
    return newBytes(t, {buffer, size});
  }
  uint64_t number;
  if (!maskArgument(t, args[2], &number)) return kRaised;
  int result = systemCall(t, [&] { return fcntl(fd, command, int(number)); });
  return result < 0 ? Ref<>(failed(t)) : newInt(t, result);
}

// ioctl of a request that reads or fills the caller's memory.
Ref<> ioctlInPlace(Thread& t, int fd, unsigned request, Value memory) {
  Buffer target;
  if (!target.getWritable(t, memory)) return kRaised;
  char buffer[kBufferSize + 1];
  bool copies = target.size() <= kBufferSize;
  if (copies) {
    memcpy(buffer, target.data(), target.size());
    buffer[target.size()] = 0;
  }
  char* argument = copies ? buffer : reinterpret_cast<char*>(target.writable());
  int result;
  {
    WithoutGil released(t);
    result = ioctl(fd, request, argument);
  }
  int error = errno;
  if (copies) memcpy(target.writable(), buffer, target.size());
  return result < 0 ? Ref<>(raiseOSError(t, error)) : newInt(t, result);
}

Ref<> ioctlFunction(Thread& t, Value, const Value* args) {
  int fd;
  uint64_t request;
  bool in_place;
  if (!descriptorArgument(t, args[0], &fd) || !maskArgument(t, args[1], &request) ||
      !flagArgument(t, args[3], &in_place))
    return kRaised;
  Buffer probe;
  bool writable = hasBuffer(args[2]) && !isBytes(args[2]) && probe.getWritable(t, args[2]);
  if (t.raised()) clearException(t);
  probe.release();
  if (writable && in_place) return ioctlInPlace(t, fd, unsigned(request), args[2]);
  char buffer[kBufferSize + 1];
  size_t size;
  int copied = copyArgument(t, args[2], "ioctl", true, buffer, &size);
  if (copied < 0) return kRaised;
  int number = 0, result, error;
  if (!copied && !intArgument(t, args[2], &number)) return kRaised;
  {
    WithoutGil released(t);
    result = copied ? ioctl(fd, unsigned(request), buffer) : ioctl(fd, unsigned(request), number);
    error = errno;
  }
  if (result < 0) return raiseOSError(t, error);
  return copied ? Ref<>(newBytes(t, {buffer, size})) : newInt(t, result);
}

Ref<> flockFunction(Thread& t, Value, const Value* args) {
  int fd, operation;
  if (!descriptorArgument(t, args[0], &fd) || !intArgument(t, args[1], &operation)) return kRaised;
  return noneOr(t, systemCall(t, [&] { return flock(fd, operation); }));
}

Ref<> lockfFunction(Thread& t, Value, const Value* args) {
  int fd, command, whence;
  if (!descriptorArgument(t, args[0], &fd) || !intArgument(t, args[1], &command) || !intArgument(t, args[4], &whence))
    return kRaised;
  struct flock lock{};
  if (command == LOCK_UN) {
    lock.l_type = F_UNLCK;
  } else if (command & LOCK_SH) {
    lock.l_type = F_RDLCK;
  } else if (command & LOCK_EX) {
    lock.l_type = F_WRLCK;
  } else {
    return raise(t, exc::ValueError, "unrecognized lockf argument");
  }
  int64_t start = 0, length = 0;
  if (!int64Argument(t, args[3], &start) || !int64Argument(t, args[2], &length)) return kRaised;
  lock.l_start = start;
  lock.l_len = length;
  lock.l_whence = short(whence);
  return noneOr(t, systemCall(t, [&] { return fcntl(fd, (command & LOCK_NB) ? F_SETLK : F_SETLKW, &lock); }));
}

const MethodDef kFunctions[] = {
    method("fcntl", fcntlFunction, "($module, fd, cmd, arg=0, /)",
           "Perform the operation `cmd` on file descriptor fd."),
    method("ioctl", ioctlFunction, "($module, fd, request, arg=0, mutate_flag=True, /)",
           "Perform the operation request on file descriptor fd."),
    method("flock", flockFunction, "($module, fd, operation, /)",
           "Perform the lock operation `operation` on file descriptor `fd`."),
    method("lockf", lockfFunction, "($module, fd, cmd, len=0, start=0, whence=0, /)",
           "A wrapper around the fcntl() locking calls."),
    {},
};

const IntConstant kConstants[] = {
#define CONSTANT(name) {#name, int64_t(name)},
#include "runtime/modules/posix/fcntl_constants.def"
#undef CONSTANT
};

bool init(Thread& t, ModuleObject* m) { return addIntConstants(t, m, kConstants); }

}  // namespace

}  // namespace krait::posix

namespace krait {
const ModuleDef& fcntlModule() {
  static const ModuleDef def{"fcntl", "This module performs file control and I/O control on file descriptors.",
                             posix::kFunctions, posix::init};
  return def;
}
}  // namespace krait
