// posix: open descriptors - reading, writing, copying, terminals, random bytes.
#include <limits.h>
#include <pty.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

#include <memory>
#include <string>

#include "runtime/core/audit.h"
#include "runtime/modules/posix/posix.h"
#include "runtime/objects/int.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/buffer.h"

namespace krait::posix {

namespace {

constexpr int64_t kMostBytes = 0x7ffff000;  // what Linux moves in one call

StructSequence terminal_size{"os.terminal_size", "A tuple of (columns, lines) for holding terminal window size", {"columns", "lines"}, 2};

Ref<> openFunction(Thread& t, Value, const Value* args) {
  Path path;
  int flags, mode, dir;
  if (!pathArgument(t, "open", "path", args[0], kPathOnly, &path) || !intArgument(t, args[1], &flags) || !intArgument(t, args[2], &mode) ||
      !directoryFd(t, args[3], &dir)) {
    return kRaised;
  }
  if (!audit(t, "open", args[0], kNone, Value::fromInt(flags | O_CLOEXEC))) return kRaised;
  int fd = systemCall(t, [&] { return openat(dir, path.c_str(), flags | O_CLOEXEC, mode); });
  return fd < 0 ? Ref<>(failed(t, args[0])) : newInt(t, fd);
}
Ref<> closeFunction(Thread& t, Value, const Value* args) {
  int fd, result, error;
  if (!intArgument(t, args[0], &fd)) return kRaised;
  {
    WithoutGil released(t);
    result = close(fd);  // not again after EINTR: the descriptor is gone
    error = errno;
  }
  if (result < 0 && error != EINTR) return raiseOSError(t, error);
  return steal(kNone);
}
Ref<> closerangeFunction(Thread& t, Value, const Value* args) {
  int low, high;
  if (!intArgument(t, args[0], &low) || !intArgument(t, args[1], &high)) return kRaised;
  if (low < 0) low = 0;
  if (high > low) close_range(unsigned(low), unsigned(high - 1), 0);
  return steal(kNone);
}

template <class F>
Ref<> readInto(Thread& t, int64_t length, F read) {
  if (length < 0) {
    errno = EINVAL;
    return failed(t);
  }
  if (length > kMostBytes) length = kMostBytes;
  std::unique_ptr<char[]> data(new (std::nothrow) char[size_t(length) + 1]);
  if (!data) return raiseNoMemory(t);
  ssize_t size = systemCall(t, [&] { return read(data.get(), size_t(length)); });
  if (size < 0) return failed(t);
  return newBytes(t, {data.get(), size_t(size)});
}
Ref<> readFunction(Thread& t, Value, const Value* args) {
  int fd;
  int64_t length;
  if (!intArgument(t, args[0], &fd) || !int64Argument(t, args[1], &length)) return kRaised;
  return readInto(t, length, [&](char* data, size_t size) { return read(fd, data, size); });
}
Ref<> preadFunction(Thread& t, Value, const Value* args) {
  int fd;
  int64_t length, offset;
  if (!intArgument(t, args[0], &fd) || !int64Argument(t, args[1], &length) || !int64Argument(t, args[2], &offset)) return kRaised;
  return readInto(t, length, [&](char* data, size_t size) { return pread(fd, data, size, offset); });
}
Ref<> writeFunction(Thread& t, Value, const Value* args) {
  int fd;
  Buffer data;
  if (!intArgument(t, args[0], &fd) || !data.get(t, args[1])) return kRaised;
  size_t size = std::min(data.size(), size_t(kMostBytes));
  ssize_t done = systemCall(t, [&] { return write(fd, data.data(), size); });
  return done < 0 ? Ref<>(failed(t)) : newInt(t, done);
}
Ref<> pwriteFunction(Thread& t, Value, const Value* args) {
  int fd;
  Buffer data;
  int64_t offset;
  if (!intArgument(t, args[0], &fd) || !data.get(t, args[1]) || !int64Argument(t, args[2], &offset)) return kRaised;
  ssize_t done = systemCall(t, [&] { return pwrite(fd, data.data(), data.size(), offset); });
  return done < 0 ? Ref<>(failed(t)) : newInt(t, done);
}

// The buffers of a sequence as an iovec.
struct Vector {
  std::unique_ptr<Buffer[]> buffers;
  std::unique_ptr<iovec[]> parts;
  int count = 0;

  [[nodiscard]] bool fill(Thread& t, const char* function, Value sequence, bool writable) {
    if (!isList(sequence) && !isTuple(sequence)) return raise(t, exc::TypeError, "%s() arg 2 must be a sequence", function);
    Ref<Tuple> items = sequenceToTuple(t, sequence);
    if (!items) return false;
    count = int(items->size);
    buffers.reset(new (std::nothrow) Buffer[size_t(count)]);
    parts.reset(new (std::nothrow) iovec[size_t(count)]);
    if (!buffers || !parts) return raiseNoMemory(t);
    for (int i = 0; i < count; ++i) {
      if (!(writable ? buffers[i].getWritable(t, items->items[i]) : buffers[i].get(t, items->items[i]))) return false;
      parts[i] = {const_cast<uint8_t*>(buffers[i].data()), buffers[i].size()};
    }
    return true;
  }
};
template <bool writing, bool placed>
Ref<> vectorCall(Thread& t, Value, const Value* args) {
  int fd, flags = 0;
  int64_t offset = 0;
  Vector v;
  const char* name = writing ? (placed ? "pwritev" : "writev") : placed ? "preadv" : "readv";
  if (!intArgument(t, args[0], &fd) || !v.fill(t, name, args[1], !writing)) return kRaised;
  if (placed && (!int64Argument(t, args[2], &offset) || !intArgument(t, args[3], &flags))) return kRaised;
  ssize_t done = systemCall(t, [&] {
    if constexpr (placed)
      return writing ? pwritev2(fd, v.parts.get(), v.count, offset, flags)
                     : preadv2(fd, v.parts.get(), v.count, offset, flags);
    else
      return writing ? writev(fd, v.parts.get(), v.count) : readv(fd, v.parts.get(), v.count);
  });
  return done < 0 ? Ref<>(failed(t)) : newInt(t, done);
}

Ref<> lseekFunction(Thread& t, Value, const Value* args) {
  int fd, how;
  int64_t position;
  if (!intArgument(t, args[0], &fd) || !int64Argument(t, args[1], &position) || !intArgument(t, args[2], &how)) return kRaised;
  off_t result = systemCall(t, [&] { return lseek(fd, position, how); });
  return result < 0 ? Ref<>(failed(t)) : newInt(t, result);
}
Ref<> isattyFunction(Thread& t, Value, const Value* args) {
  int fd;
  return intArgument(t, args[0], &fd) ? steal(Value::fromBool(isatty(fd))) : Ref<>();
}
Ref<> dupFunction(Thread& t, Value, const Value* args) {
  int fd;
  if (!intArgument(t, args[0], &fd)) return kRaised;
  int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
  return copy < 0 ? Ref<>(failed(t)) : newInt(t, copy);
}
Ref<> dup2Function(Thread& t, Value, const Value* args) {
  int fd, to;
  bool inheritable;
  if (!intArgument(t, args[0], &fd) || !intArgument(t, args[1], &to) || !flagArgument(t, args[2], &inheritable)) return kRaised;
  if (fd < 0 || to < 0) {
    errno = EBADF;
    return failed(t);
  }
  int result = systemCall(t, [&] { return inheritable || fd == to ? dup2(fd, to) : dup3(fd, to, O_CLOEXEC); });
  return result < 0 ? Ref<>(failed(t)) : newInt(t, result);
}
Ref<> pipeWith(Thread& t, int flags) {
  int fds[2];
  if (pipe2(fds, flags) < 0) return failed(t);
  return packTuple(t, Value::fromInt(fds[0]), Value::fromInt(fds[1]));
}
Ref<> pipeFunction(Thread& t, Value) { return pipeWith(t, O_CLOEXEC); }
Ref<> pipe2Function(Thread& t, Value, const Value* args) {
  int flags;
  return intArgument(t, args[0], &flags) ? pipeWith(t, flags) : Ref<>();
}
Ref<> ftruncateFunction(Thread& t, Value, const Value* args) {
  int fd;
  int64_t length;
  if (!intArgument(t, args[0], &fd) || !int64Argument(t, args[1], &length)) return kRaised;
  if (!audit(t, "os.truncate", Value::fromInt(fd), args[1])) return kRaised;
  return noneOr(t, systemCall(t, [&] { return ftruncate(fd, length); }));
}
template <int (*function)(int)>
Ref<> syncDescriptor(Thread& t, Value, const Value* args) {
  int fd;
  if (!descriptorArgument(t, args[0], &fd)) return kRaised;
  return noneOr(t, systemCall(t, [&] { return function(fd); }));
}
Ref<> syncFunction(Thread& t, Value) {
  WithoutGil released(t);
  sync();
  return steal(kNone);
}
Ref<> getBlocking(Thread& t, Value, const Value* args) {
  int fd;
  if (!intArgument(t, args[0], &fd)) return kRaised;
  int flags = fcntl(fd, F_GETFL);
  return flags < 0 ? Ref<>(failed(t)) : steal(Value::fromBool(!(flags & O_NONBLOCK)));
}
Ref<> setBlocking(Thread& t, Value, const Value* args) {
  int fd;
  bool blocking;
  if (!intArgument(t, args[0], &fd) || !flagArgument(t, args[1], &blocking)) return kRaised;
  int flags = fcntl(fd, F_GETFL);
  if (flags < 0) return failed(t);
  return noneOr(t, fcntl(fd, F_SETFL, blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK));
}
Ref<> getInheritable(Thread& t, Value, const Value* args) {
  int fd;
  if (!intArgument(t, args[0], &fd)) return kRaised;
  int flags = fcntl(fd, F_GETFD);
  return flags < 0 ? Ref<>(failed(t)) : steal(Value::fromBool(!(flags & FD_CLOEXEC)));
}
Ref<> setInheritable(Thread& t, Value, const Value* args) {
  int fd, inheritable;
  if (!intArgument(t, args[0], &fd) || !intArgument(t, args[1], &inheritable)) return kRaised;
  int flags = fcntl(fd, F_GETFD);
  if (flags < 0) return failed(t);
  return noneOr(t, fcntl(fd, F_SETFD, inheritable ? flags & ~FD_CLOEXEC : flags | FD_CLOEXEC));
}
Ref<> lockfFunction(Thread& t, Value, const Value* args) {
  int fd, command;
  int64_t length;
  if (!intArgument(t, args[0], &fd) || !intArgument(t, args[1], &command) || !int64Argument(t, args[2], &length)) return kRaised;
  if (!audit(t, "os.lockf", Value::fromInt(fd), Value::fromInt(command), args[2])) return kRaised;
  return noneOr(t, systemCall(t, [&] { return lockf(fd, command, length); }));
}
Ref<> fallocateFunction(Thread& t, Value, const Value* args) {
  int fd;
  int64_t offset, length;
  if (!intArgument(t, args[0], &fd) || !int64Argument(t, args[1], &offset) || !int64Argument(t, args[2], &length)) return kRaised;
  int error;
  {
    WithoutGil released(t);
    error = posix_fallocate(fd, offset, length);
  }
  return error ? Ref<>(raiseOSError(t, error)) : steal(kNone);
}
Ref<> fadviseFunction(Thread& t, Value, const Value* args) {
  int fd, advice;
  int64_t offset, length;
  if (!intArgument(t, args[0], &fd) || !int64Argument(t, args[1], &offset) || !int64Argument(t, args[2], &length) ||
      !intArgument(t, args[3], &advice)) {
    return kRaised;
  }
  int error;
  {
    WithoutGil released(t);
    error = posix_fadvise(fd, offset, length, advice);
  }
  return error ? Ref<>(raiseOSError(t, error)) : steal(kNone);
}
Ref<> sendfileFunction(Thread& t, Value, const Value* args) {
  int out, in;
  int64_t count;
  if (!intArgument(t, args[0], &out) || !intArgument(t, args[1], &in) || !int64Argument(t, args[3], &count)) return kRaised;
  ssize_t done;
  if (args[2].isNone()) {
    done = systemCall(t, [&] { return sendfile(out, in, nullptr, size_t(count)); });
  } else {
    int64_t from;
    if (!int64Argument(t, args[2], &from)) return kRaised;
    off_t offset = from;
    done = systemCall(t, [&] { return sendfile(out, in, &offset, size_t(count)); });
  }
  return done < 0 ? Ref<>(failed(t)) : newInt(t, done);
}

// copy_file_range and splice: descriptors, a count, and offsets that may be None.
template <bool splicing>
Ref<> moveRange(Thread& t, Value, const Value* args) {
  int source, target, flags = 0;
  int64_t count, offsets[2];
  if (!intArgument(t, args[0], &source) || !intArgument(t, args[1], &target) || !int64Argument(t, args[2], &count)) return kRaised;
  if (count < 0) return raise(t, exc::ValueError, "negative value for 'count' not allowed");
  off64_t places[2];
  off64_t* given[2] = {};
  for (int i = 0; i < 2; ++i) {
    if (args[3 + i].isNone()) continue;
    if (!int64Argument(t, args[3 + i], &offsets[i])) return kRaised;
    places[i] = offsets[i];
    given[i] = &places[i];
  }
  if (splicing && !intArgument(t, args[5], &flags)) return kRaised;
  ssize_t done = systemCall(t, [&] {
    return splicing ? splice(source, given[0], target, given[1], size_t(count), unsigned(flags))
                    : copy_file_range(source, given[0], target, given[1], size_t(count), 0);
  });
  return done < 0 ? Ref<>(failed(t)) : newInt(t, done);
}

Ref<> eventfdFunction(Thread& t, Value, const Value* args) {
  int64_t value;
  int flags = EFD_CLOEXEC;
  if (!int64Argument(t, args[0], &value) || (args[1] && !intArgument(t, args[1], &flags))) return kRaised;
  int fd = eventfd(unsigned(value), flags);
  return fd < 0 ? Ref<>(failed(t)) : newInt(t, fd);
}
Ref<> eventfdRead(Thread& t, Value, const Value* args) {
  int fd;
  eventfd_t value;
  if (!descriptorArgument(t, args[0], &fd)) return kRaised;
  if (systemCall(t, [&] { return eventfd_read(fd, &value); }) < 0) return failed(t);
  return newIntUnsigned(t, value);
}
Ref<> eventfdWrite(Thread& t, Value, const Value* args) {
  int fd;
  int64_t value;
  if (!descriptorArgument(t, args[0], &fd) || !int64Argument(t, args[1], &value)) return kRaised;
  return noneOr(t, systemCall(t, [&] { return eventfd_write(fd, eventfd_t(value)); }));
}
Ref<> memfdCreate(Thread& t, Value, const Value* args) {
  Path name;
  int flags = MFD_CLOEXEC;
  if (!pathArgument(t, "memfd_create", "name", args[0], kPathOnly, &name) || (args[1] && !intArgument(t, args[1], &flags))) return kRaised;
  int fd = systemCall(t, [&] { return memfd_create(name.c_str(), unsigned(flags)); });
  return fd < 0 ? Ref<>(failed(t)) : newInt(t, fd);
}

// --- terminals ---

Ref<> getTerminalSize(Thread& t, Value, const Value* args) {
  int fd = STDOUT_FILENO;
  winsize size;
  if (args[0] && !intArgument(t, args[0], &fd)) return kRaised;
  if (ioctl(fd, TIOCGWINSZ, &size) < 0) return failed(t);
  Value values[] = {Value::fromInt(size.ws_col), Value::fromInt(size.ws_row)};
  return newStructSequence(t, terminal_size, values);
}
Ref<> ttynameFunction(Thread& t, Value, const Value* args) {
  int fd;
  char name[256];
  if (!intArgument(t, args[0], &fd)) return kRaised;
  if (int error = ttyname_r(fd, name, sizeof name)) return raiseOSError(t, error);
  return decodePath(t, name);
}
Ref<> ctermidFunction(Thread& t, Value) {
  char name[L_ctermid];
  return decodePath(t, ctermid(name));
}
Ref<> tcgetpgrpFunction(Thread& t, Value, const Value* args) {
  int fd;
  if (!intArgument(t, args[0], &fd)) return kRaised;
  pid_t group = tcgetpgrp(fd);
  return group < 0 ? Ref<>(failed(t)) : newInt(t, group);
}
Ref<> tcsetpgrpFunction(Thread& t, Value, const Value* args) {
  int fd, group;
  if (!intArgument(t, args[0], &fd) || !intArgument(t, args[1], &group)) return kRaised;
  return noneOr(t, tcsetpgrp(fd, group));
}
Ref<> openptyFunction(Thread& t, Value) {
  int master, slave;
  if (openpty(&master, &slave, nullptr, nullptr, nullptr) < 0) return failed(t);
  fcntl(master, F_SETFD, FD_CLOEXEC);
  fcntl(slave, F_SETFD, FD_CLOEXEC);
  return packTuple(t, Value::fromInt(master), Value::fromInt(slave));
}
Ref<> loginTty(Thread& t, Value, const Value* args) {
  int fd;
  return descriptorArgument(t, args[0], &fd) ? noneOr(t, login_tty(fd)) : Ref<>();
}
Ref<> deviceEncoding(Thread& t, Value, const Value* args) {
  int fd;
  if (!intArgument(t, args[0], &fd)) return kRaised;
  return isatty(fd) ? Ref<>(newStrUtf8(t, "UTF-8")) : steal(kNone);
}

// --- random bytes ---

Ref<> urandomFunction(Thread& t, Value, const Value* args) {
  int64_t size;
  if (!int64Argument(t, args[0], &size)) return kRaised;
  if (size < 0) return raise(t, exc::ValueError, "negative argument not allowed");
  std::string data(size_t(size), 0);
  for (size_t done = 0; done < data.size();) {
    ssize_t got = systemCall(t, [&] { return getrandom(data.data() + done, data.size() - done, 0); });
    if (got < 0) return failed(t);
    done += size_t(got);
  }
  return newBytes(t, data);
}
Ref<> getrandomFunction(Thread& t, Value, const Value* args) {
  int64_t size;
  int flags;
  if (!int64Argument(t, args[0], &size) || !intArgument(t, args[1], &flags)) return kRaised;
  if (size < 0) {
    errno = EINVAL;
    return failed(t);
  }
  std::string data(size_t(size), 0);
  ssize_t got = systemCall(t, [&] { return getrandom(data.data(), data.size(), unsigned(flags)); });
  if (got < 0) return failed(t);
  return newBytes(t, std::string_view(data).substr(0, size_t(got)));
}

}  // namespace

const MethodDef kFileFunctions[] = {
    method("open", openFunction, "($module, /, path, flags, mode=511, *, dir_fd=None)",
           "Open a file for low level IO.  Returns a file descriptor (integer)."),
    method("close", closeFunction, "($module, /, fd)", "Close a file descriptor."),
    method("closerange", closerangeFunction, "($module, fd_low, fd_high, /)",
           "Closes all file descriptors in [fd_low, fd_high), ignoring errors."),
    method("read", readFunction, "($module, fd, length, /)", "Read from a file descriptor.  Returns a bytes object."),
    method("pread", preadFunction, "($module, fd, length, offset, /)",
           "Read a number of bytes from a file descriptor starting at a particular offset."),
    method("readv", vectorCall<false, false>, "($module, fd, buffers, /)",
           "Read from a file descriptor fd into an iterable of buffers."),
    method("preadv", vectorCall<false, true>, "($module, fd, buffers, offset, flags=0, /)",
           "Reads from a file descriptor into a number of mutable bytes-like objects."),
    method("write", writeFunction, "($module, fd, data, /)", "Write a bytes object to a file descriptor."),
    method("pwrite", pwriteFunction, "($module, fd, buffer, offset, /)",
           "Write bytes to a file descriptor starting at a particular offset."),
    method("writev", vectorCall<true, false>, "($module, fd, buffers, /)",
           "Iterate over buffers, and write the contents of each to a file descriptor."),
    method("pwritev", vectorCall<true, true>, "($module, fd, buffers, offset, flags=0, /)",
           "Writes the contents of bytes-like objects to a file descriptor at a given offset."),
    method("lseek", lseekFunction, "($module, fd, position, how, /)",
           "Set the position of a file descriptor.  Return the new position."),
    method("isatty", isattyFunction, "($module, fd, /)", "Return True if the fd is connected to a terminal."),
    method("dup", dupFunction, "($module, fd, /)", "Return a duplicate of a file descriptor."),
    method("dup2", dup2Function, "($module, /, fd, fd2, inheritable=True)", "Duplicate file descriptor."),
    method("pipe", pipeFunction, "($module, /)", "Create a pipe; a pair (read_fd, write_fd)."),
    method("pipe2", pipe2Function, "($module, flags, /)", "Create a pipe with flags set atomically."),
    method("ftruncate", ftruncateFunction, "($module, fd, length, /)",
           "Truncate a file, specified by file descriptor, to a specific length."),
    method("fsync", syncDescriptor<fsync>, "($module, /, fd)", "Force write of fd to disk."),
    method("fdatasync", syncDescriptor<fdatasync>, "($module, /, fd)",
           "Force write of fd to disk without forcing update of metadata."),
    method("sync", syncFunction, "($module, /)", "Force write of everything to disk."),
    method("get_blocking", getBlocking, "($module, fd, /)", "Get the blocking mode of the file descriptor."),
    method("set_blocking", setBlocking, "($module, fd, blocking, /)",
           "Set the blocking mode of the specified file descriptor."),
    method("get_inheritable", getInheritable, "($module, fd, /)",
           "Get the close-on-exe flag of the specified file descriptor."),
    method("set_inheritable", setInheritable, "($module, fd, inheritable, /)",
           "Set the inheritable flag of the specified file descriptor."),
    method("lockf", lockfFunction, "($module, fd, command, length, /)",
           "Apply, test or remove a POSIX lock on an open file descriptor."),
    method("posix_fallocate", fallocateFunction, "($module, fd, offset, length, /)",
           "Ensure a file has allocated at least a particular number of bytes on disk."),
    method("posix_fadvise", fadviseFunction, "($module, fd, offset, length, advice, /)",
           "Announce an intention to access data in a specific pattern."),
    method("sendfile", sendfileFunction, "($module, /, out_fd, in_fd, offset, count)",
           "Copy count bytes from file descriptor in_fd to file descriptor out_fd."),
    method("copy_file_range", moveRange<false>, "($module, /, src, dst, count, offset_src=None, offset_dst=None)",
           "Copy count bytes from one file descriptor to another."),
    method("splice", moveRange<true>, "($module, /, src, dst, count, offset_src=None, offset_dst=None, flags=0)",
           "Transfer count bytes from one pipe to a descriptor or vice versa."),
    method("eventfd", eventfdFunction, "($module, /, initval, flags=EFD_CLOEXEC)",
           "Creates and returns an event notification file descriptor."),
    method("eventfd_read", eventfdRead, "($module, /, fd)", "Read eventfd value"),
    method("eventfd_write", eventfdWrite, "($module, /, fd, value)", "Write eventfd value."),
    method("memfd_create", memfdCreate, "($module, /, name, flags=MFD_CLOEXEC)"),
    method("get_terminal_size", getTerminalSize, "($module, fd=<unrepresentable>, /)",
           "Return the size of the terminal window as (columns, lines)."),
    method("ttyname", ttynameFunction, "($module, fd, /)", "Return the name of the terminal device connected to 'fd'."),
    method("ctermid", ctermidFunction, "($module, /)", "Return the name of the controlling terminal for this process."),
    method("tcgetpgrp", tcgetpgrpFunction, "($module, fd, /)",
           "Return the process group associated with the terminal specified by fd."),
    method("tcsetpgrp", tcsetpgrpFunction, "($module, fd, pgid, /)",
           "Set the process group associated with the terminal specified by fd."),
    method("openpty", openptyFunction, "($module, /)", "Open a pseudo-terminal."),
    method("login_tty", loginTty, "($module, fd, /)",
           "Prepare the tty of which fd is a file descriptor for a new login session."),
    method("device_encoding", deviceEncoding, "($module, /, fd)",
           "Return a string describing the encoding of a terminal's file descriptor."),
    method("urandom", urandomFunction, "($module, size, /)",
           "Return a bytes object containing random bytes suitable for cryptographic use."),
    method("getrandom", getrandomFunction, "($module, /, size, flags=0)", "Obtain a series of random bytes."),
    {},
};

bool addFileTypes(Thread& t, ModuleObject* m) {
  Type* type = structSequenceType(t, terminal_size);
  return type && moduleAdd(t, m, "terminal_size", share(Value(type)));
}

}  // namespace krait::posix
