// posix: what is done to names in the file system - stat, listing, renaming, permissions, links, extended attributes.
#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cmath>
#include <string>

#include "runtime/core/audit.h"
#include "runtime/modules/posix/posix.h"
#include "runtime/objects/codecs.h"
#include "runtime/objects/float.h"
#include "runtime/objects/int.h"
#include "runtime/objects/list.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/buffer.h"

namespace krait::posix {

namespace {

constexpr int64_t kBillion = 1'000'000'000;

StructSequence stat_result{
    "os.stat_result",
    "stat_result: Result from stat, fstat, or lstat.",
    {"st_mode", "st_ino", "st_dev", "st_nlink", "st_uid", "st_gid", "st_size", "st_atime", "st_mtime", "st_ctime", "st_atime", "st_mtime",
     "st_ctime", "st_atime_ns", "st_mtime_ns", "st_ctime_ns", "st_blksize", "st_blocks", "st_rdev"},
    10};
StructSequence statvfs_result{"os.statvfs_result",
                              "statvfs_result: Result from statvfs or fstatvfs.",
                              {"f_bsize", "f_frsize", "f_blocks", "f_bfree", "f_bavail", "f_files", "f_ffree", "f_favail", "f_flag",
                               "f_namemax", "f_fsid"},
                              10};

Ref<> nanoseconds(Thread& t, const timespec& ts) { return newInt128(t, __int128(ts.tv_sec) * kBillion + ts.tv_nsec); }

}  // namespace

Ref<> makeStat(Thread& t, const struct stat& info) {
  const timespec* times[] = {&info.st_atim, &info.st_mtim, &info.st_ctim};
  Ref<> owned[19] = {newInt(t, info.st_mode),        newIntUnsigned(t, info.st_ino),
                     newIntUnsigned(t, info.st_dev), newInt(t, int64_t(info.st_nlink)),
                     newInt(t, info.st_uid),         newInt(t, info.st_gid),
                     newInt(t, info.st_size)};
  for (int i = 0; i < 3; ++i) {
    owned[7 + i] = newInt(t, times[i]->tv_sec);
    owned[10 + i] = steal(Value::fromDouble(double(times[i]->tv_sec) + 1e-9 * double(times[i]->tv_nsec)));
    owned[13 + i] = nanoseconds(t, *times[i]);
  }
  owned[16] = newInt(t, info.st_blksize);
  owned[17] = newInt(t, info.st_blocks);
  owned[18] = newIntUnsigned(t, info.st_rdev);
  Value values[19];
  for (int i = 0; i < 19; ++i) {
    if (!owned[i]) return kRaised;
    values[i] = owned[i];
  }
  return newStructSequence(t, stat_result, values);
}

Ref<> statPath(Thread& t, const char* function, Value v, Value dir_fd, bool follow) {
  Path path;
  int dir;
  if (!pathArgument(t, function, "path", v, follow ? kAllowDescriptor : kPathOnly, &path) || !directoryFd(t, dir_fd, &dir)) return kRaised;
  struct stat info;
  int result = path.isDescriptor() ? systemCall(t, [&] { return fstat(path.fd, &info); })
                                   : systemCall(t, [&] { return fstatat(dir, path.c_str(), &info, follow ? 0 : AT_SYMLINK_NOFOLLOW); });
  return result < 0 ? Ref<>(failed(t, v)) : makeStat(t, info);
}

namespace {

Ref<> statFunction(Thread& t, Value, const Value* args) {
  bool follow;
  if (!flagArgument(t, args[2], &follow)) return kRaised;
  return statPath(t, "stat", args[0], args[1], follow);
}
Ref<> lstatFunction(Thread& t, Value, const Value* args) { return statPath(t, "lstat", args[0], args[1], false); }
Ref<> fstatFunction(Thread& t, Value, const Value* args) {
  int fd;
  struct stat info;
  if (!intArgument(t, args[0], &fd)) return kRaised;
  if (systemCall(t, [&] { return fstat(fd, &info); }) < 0) return failed(t);
  return makeStat(t, info);
}

Ref<> makeStatVfs(Thread& t, const struct statvfs& info) {
  const uint64_t numbers[] = {info.f_bsize, info.f_frsize, info.f_blocks, info.f_bfree,   info.f_bavail, info.f_files,
                              info.f_ffree, info.f_favail, info.f_flag,   info.f_namemax, info.f_fsid};
  Ref<> owned[11];
  Value values[11];
  for (int i = 0; i < 11; ++i) {
    owned[i] = newIntUnsigned(t, numbers[i]);
    if (!owned[i]) return kRaised;
    values[i] = owned[i];
  }
  return newStructSequence(t, statvfs_result, values);
}
Ref<> statvfsFunction(Thread& t, Value, const Value* args) {
  Path path;
  struct statvfs info;
  if (!pathArgument(t, "statvfs", "path", args[0], kAllowDescriptor, &path)) return kRaised;
  int result = systemCall(t, [&] { return path.isDescriptor() ? fstatvfs(path.fd, &info) : statvfs(path.c_str(), &info); });
  return result < 0 ? Ref<>(failed(t, args[0])) : makeStatVfs(t, info);
}
Ref<> fstatvfsFunction(Thread& t, Value, const Value* args) {
  int fd;
  struct statvfs info;
  if (!intArgument(t, args[0], &fd)) return kRaised;
  if (systemCall(t, [&] { return fstatvfs(fd, &info); }) < 0) return failed(t);
  return makeStatVfs(t, info);
}

Ref<> accessFunction(Thread& t, Value, const Value* args) {
  Path path;
  int mode, dir;
  bool effective, follow;
  if (!pathArgument(t, "access", "path", args[0], kPathOnly, &path) || !intArgument(t, args[1], &mode) || !directoryFd(t, args[2], &dir) ||
      !flagArgument(t, args[3], &effective) || !flagArgument(t, args[4], &follow)) {
    return kRaised;
  }
  int flags = (follow ? 0 : AT_SYMLINK_NOFOLLOW) | (effective ? AT_EACCESS : 0);
  int result;
  {
    WithoutGil released(t);
    result = faccessat(dir, path.c_str(), mode, flags);
  }
  return steal(Value::fromBool(result == 0));
}

// A directory's descriptor as audit events show it: -1 for none.
Value shownDirectory(int fd) { return Value::fromInt(fd == AT_FDCWD ? -1 : fd); }

Ref<> chdirFunction(Thread& t, Value, const Value* args) {
  Path path;
  if (!pathArgument(t, "chdir", "path", args[0], kAllowDescriptor, &path)) return kRaised;
  if (!audit(t, "os.chdir", args[0])) return kRaised;
  return noneOr(t, systemCall(t, [&] { return path.isDescriptor() ? fchdir(path.fd) : chdir(path.c_str()); }), args[0]);
}
Ref<> fchdirFunction(Thread& t, Value, const Value* args) {
  int fd;
  if (!descriptorArgument(t, args[0], &fd)) return kRaised;
  if (!audit(t, "os.chdir", Value::fromInt(fd))) return kRaised;
  return noneOr(t, systemCall(t, [&] { return fchdir(fd); }));
}
Ref<> chrootFunction(Thread& t, Value, const Value* args) {
  Path path;
  if (!pathArgument(t, "chroot", "path", args[0], kPathOnly, &path)) return kRaised;
  return noneOr(t, systemCall(t, [&] { return chroot(path.c_str()); }), args[0]);
}
Ref<> chmodFunction(Thread& t, Value, const Value* args) {
  Path path;
  int mode, dir;
  bool follow;
  if (!pathArgument(t, "chmod", "path", args[0], kAllowDescriptor, &path) || !intArgument(t, args[1], &mode) ||
      !directoryFd(t, args[2], &dir) || !flagArgument(t, args[3], &follow)) {
    return kRaised;
  }
  if (!follow) return raise(t, exc::NotImplementedError, "chmod: follow_symlinks unavailable on this platform");
  if (!audit(t, "os.chmod", args[0], Value::fromInt(mode), shownDirectory(dir))) return kRaised;
  int result = systemCall(t, [&] {
    return path.isDescriptor() ? fchmod(path.fd, mode_t(mode)) : fchmodat(dir, path.c_str(), mode_t(mode), 0);
  });
  return noneOr(t, result, args[0]);
}
Ref<> fchmodFunction(Thread& t, Value, const Value* args) {
  int fd, mode;
  if (!intArgument(t, args[0], &fd) || !intArgument(t, args[1], &mode)) return kRaised;
  if (!audit(t, "os.chmod", Value::fromInt(fd), Value::fromInt(mode), Value::fromInt(-1))) return kRaised;
  return noneOr(t, systemCall(t, [&] { return fchmod(fd, mode_t(mode)); }));
}
Ref<> changeOwner(Thread& t, const char* function, const Value* args, Value dir_fd, bool follow, int forms) {
  Path path;
  uint32_t uid, gid;
  int dir;
  if (!pathArgument(t, function, "path", args[0], forms, &path) || !idArgument(t, args[1], "uid", &uid) ||
      !idArgument(t, args[2], "gid", &gid) || !directoryFd(t, dir_fd, &dir)) {
    return kRaised;
  }
  if (!audit(t, "os.chown", args[0], Value::fromInt(uid), Value::fromInt(gid), shownDirectory(dir))) return kRaised;
  int result = systemCall(t, [&] {
    return path.isDescriptor() ? fchown(path.fd, uid, gid) : fchownat(dir, path.c_str(), uid, gid, follow ? 0 : AT_SYMLINK_NOFOLLOW);
  });
  return noneOr(t, result, args[0]);
}
Ref<> chownFunction(Thread& t, Value, const Value* args) {
  bool follow;
  if (!flagArgument(t, args[4], &follow)) return kRaised;
  return changeOwner(t, "chown", args, args[3], follow, kAllowDescriptor);
}
Ref<> lchownFunction(Thread& t, Value, const Value* args) { return changeOwner(t, "lchown", args, kNone, false, kPathOnly); }
Ref<> fchownFunction(Thread& t, Value, const Value* args) {
  int fd;
  uint32_t uid, gid;
  if (!intArgument(t, args[0], &fd) || !idArgument(t, args[1], "uid", &uid) || !idArgument(t, args[2], "gid", &gid)) return kRaised;
  if (!audit(t, "os.chown", Value::fromInt(fd), Value::fromInt(uid), Value::fromInt(gid), Value::fromInt(-1))) return kRaised;
  return noneOr(t, systemCall(t, [&] { return fchown(fd, uid, gid); }));
}

Ref<> currentDirectory(Thread& t, bool as_bytes) {
  char text[PATH_MAX + 1];
  char* result;
  {
    WithoutGil released(t);
    result = getcwd(text, sizeof text);
  }
  if (!result) return failed(t);
  return decodePath(t, text, as_bytes);
}
Ref<> getcwdFunction(Thread& t, Value) { return currentDirectory(t, false); }
Ref<> getcwdbFunction(Thread& t, Value) { return currentDirectory(t, true); }

Ref<> mkdirFunction(Thread& t, Value, const Value* args) {
  Path path;
  int mode, dir;
  if (!pathArgument(t, "mkdir", "path", args[0], kPathOnly, &path) || !intArgument(t, args[1], &mode) ||
      !directoryFd(t, args[2], &dir))
    return kRaised;
  if (!audit(t, "os.mkdir", args[0], Value::fromInt(mode), shownDirectory(dir))) return kRaised;
  return noneOr(t, systemCall(t, [&] { return mkdirat(dir, path.c_str(), mode_t(mode)); }), args[0]);
}
Ref<> mkfifoFunction(Thread& t, Value, const Value* args) {
  Path path;
  int mode, dir;
  if (!pathArgument(t, "mkfifo", "path", args[0], kPathOnly, &path) || !intArgument(t, args[1], &mode) ||
      !directoryFd(t, args[2], &dir))
    return kRaised;
  return noneOr(t, systemCall(t, [&] { return mkfifoat(dir, path.c_str(), mode_t(mode)); }), args[0]);
}
Ref<> mknodFunction(Thread& t, Value, const Value* args) {
  Path path;
  int mode, dir;
  int64_t device;
  if (!pathArgument(t, "mknod", "path", args[0], kPathOnly, &path) || !intArgument(t, args[1], &mode) ||
      !int64Argument(t, args[2], &device) || !directoryFd(t, args[3], &dir)) {
    return kRaised;
  }
  return noneOr(t, systemCall(t, [&] { return mknodat(dir, path.c_str(), mode_t(mode), dev_t(device)); }), args[0]);
}
template <int flags>
Ref<> removeEntry(Thread& t, Value, const Value* args) {
  Path path;
  int dir;
  if (!pathArgument(t, flags ? "rmdir" : "unlink", "path", args[0], kPathOnly, &path) || !directoryFd(t, args[1], &dir)) return kRaised;
  if (!audit(t, flags ? "os.rmdir" : "os.remove", args[0], shownDirectory(dir))) return kRaised;
  return noneOr(t, systemCall(t, [&] { return unlinkat(dir, path.c_str(), flags); }), args[0]);
}
Ref<> renameEntry(Thread& t, const char* function, const Value* args) {
  Path from, to;
  int from_dir, to_dir;
  if (!pathArgument(t, function, "src", args[0], kPathOnly, &from) || !pathArgument(t, function, "dst", args[1], kPathOnly, &to) ||
      !directoryFd(t, args[2], &from_dir) || !directoryFd(t, args[3], &to_dir)) {
    return kRaised;
  }
  if (!audit(t, "os.rename", args[0], args[1], shownDirectory(from_dir), shownDirectory(to_dir))) return kRaised;
  if (systemCall(t, [&] { return renameat(from_dir, from.c_str(), to_dir, to.c_str()); }) < 0) return failedWithTwo(t, args[0], args[1]);
  return steal(kNone);
}
Ref<> renameFunction(Thread& t, Value, const Value* args) { return renameEntry(t, "rename", args); }
Ref<> replaceFunction(Thread& t, Value, const Value* args) { return renameEntry(t, "replace", args); }
Ref<> linkFunction(Thread& t, Value, const Value* args) {
  Path from, to;
  int from_dir, to_dir;
  bool follow;
  if (!pathArgument(t, "link", "src", args[0], kPathOnly, &from) || !pathArgument(t, "link", "dst", args[1], kPathOnly, &to) ||
      !directoryFd(t, args[2], &from_dir) || !directoryFd(t, args[3], &to_dir) || !flagArgument(t, args[4], &follow)) {
    return kRaised;
  }
  if (!audit(t, "os.link", args[0], args[1], shownDirectory(from_dir), shownDirectory(to_dir))) return kRaised;
  // As in CPython: without directories and with follow_symlinks left alone, plain link(2), which does not follow on Linux.
  bool plain = from_dir == AT_FDCWD && to_dir == AT_FDCWD && follow;
  int result = systemCall(t, [&] { return linkat(from_dir, from.c_str(), to_dir, to.c_str(), !plain && follow ? AT_SYMLINK_FOLLOW : 0); });
  if (result < 0) return failedWithTwo(t, args[0], args[1]);
  return steal(kNone);
}
Ref<> symlinkFunction(Thread& t, Value, const Value* args) {
  Path from, to;
  int dir;
  if (!pathArgument(t, "symlink", "src", args[0], kPathOnly, &from) || !pathArgument(t, "symlink", "dst", args[1], kPathOnly, &to) ||
      !directoryFd(t, args[3], &dir)) {
    return kRaised;
  }
  if (!audit(t, "os.symlink", args[0], args[1], shownDirectory(dir))) return kRaised;
  if (systemCall(t, [&] { return symlinkat(from.c_str(), dir, to.c_str()); }) < 0) return failedWithTwo(t, args[0], args[1]);
  return steal(kNone);
}
Ref<> readlinkFunction(Thread& t, Value, const Value* args) {
  Path path;
  int dir;
  char text[PATH_MAX + 1];
  if (!pathArgument(t, "readlink", "path", args[0], kPathOnly, &path) || !directoryFd(t, args[1], &dir)) return kRaised;
  ssize_t size = systemCall(t, [&] { return readlinkat(dir, path.c_str(), text, PATH_MAX); });
  if (size < 0) return failed(t, args[0]);
  return decodePath(t, {text, size_t(size)}, path.was_bytes);
}
Ref<> truncateFunction(Thread& t, Value, const Value* args) {
  Path path;
  int64_t length;
  if (!pathArgument(t, "truncate", "path", args[0], kAllowDescriptor, &path) || !int64Argument(t, args[1], &length)) return kRaised;
  if (!audit(t, "os.truncate", args[0], args[1])) return kRaised;
  return noneOr(
      t,
      systemCall(t, [&] { return path.isDescriptor() ? ftruncate(path.fd, length) : truncate(path.c_str(), length); }),
      args[0]);
}

Ref<> listdirFunction(Thread& t, Value, const Value* args) {
  Path path;
  if (!pathArgument(t, "listdir", "path", args[0], kAllowDescriptor | kAllowNone, &path)) return kRaised;
  if (!audit(t, "os.listdir", path.none ? kNone : args[0])) return kRaised;
  Ref<List> names = newList(t);
  if (!names) return kRaised;
  DIR* directory;
  {
    WithoutGil released(t);
    if (path.isDescriptor()) {
      int copy = fcntl(path.fd, F_DUPFD_CLOEXEC, 0);
      directory = copy < 0 ? nullptr : fdopendir(copy);
      if (copy >= 0 && !directory) close(copy);
      if (directory) rewinddir(directory);
    } else {
      directory = opendir(path.c_str());
    }
  }
  if (!directory) return failed(t, path.none ? Value() : args[0]);
  bool good = true;
  for (;;) {
    errno = 0;
    dirent* entry = readdir(directory);
    if (!entry) {
      good = errno == 0 || failed(t, args[0]).operator bool();
      break;
    }
    std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    Ref<> shown = decodePath(t, name, path.was_bytes);
    good = shown && listAppend(t, names.get(), std::move(shown));
    if (!good) break;
  }
  closedir(directory);
  return good ? Ref<>(std::move(names)) : Ref<>(kRaised);
}

// Seconds as int or float, rounded down to nanoseconds.
bool timeArgument(Thread& t, Value v, timespec* out) {
  if (isFloatLike(v)) {
    double d = floatValue(v), whole = std::floor(d);
    if (std::isnan(d)) return raise(t, exc::ValueError, "Invalid value NaN (not a number)");
    if (!(whole >= -9.2e18 && whole <= 9.2e18)) return raise(t, exc::OverflowError, "timestamp out of range for platform time_t");
    out->tv_sec = time_t(whole);
    out->tv_nsec = long(std::floor((d - whole) * 1e9));
    return true;
  }
  int64_t seconds;
  if (!int64Argument(t, v, &seconds)) return false;
  *out = {time_t(seconds), 0};
  return true;
}
bool nanosecondArgument(Thread& t, Value v, timespec* out) {
  Ref<> billion = newInt(t, kBillion);
  Ref<> parts = billion ? intDivmod(t, v, billion) : Ref<>();
  int64_t seconds, rest;
  if (!parts || !int64Argument(t, asTuple(parts)->items[0], &seconds) || !int64Argument(t, asTuple(parts)->items[1], &rest)) return false;
  *out = {time_t(seconds), long(rest)};
  return true;
}
Ref<> utimeFunction(Thread& t, Value, const Value* args) {
  Path path;
  int dir;
  bool follow;
  if (!pathArgument(t, "utime", "path", args[0], kAllowDescriptor, &path) || !directoryFd(t, args[3], &dir) ||
      !flagArgument(t, args[4], &follow)) {
    return kRaised;
  }
  bool has_times = args[1] && !args[1].isNone();
  if (has_times && args[2]) {
    return raise(t, exc::ValueError, "utime: you may specify either 'times' or 'ns' but not both");
  }
  timespec times[2] = {{0, UTIME_NOW}, {0, UTIME_NOW}};
  if (has_times) {
    if (!isExactTuple(args[1]) || asTuple(args[1])->size != 2) {
      return raise(t, exc::TypeError, "utime: 'times' must be either a tuple of two ints or None");
    }
    if (!timeArgument(t, asTuple(args[1])->items[0], &times[0]) || !timeArgument(t, asTuple(args[1])->items[1], &times[1])) return kRaised;
  } else if (args[2]) {
    if (!isExactTuple(args[2]) || asTuple(args[2])->size != 2) return raise(t, exc::TypeError, "utime: 'ns' must be a tuple of two ints");
    if (!nanosecondArgument(t, asTuple(args[2])->items[0], &times[0]) || !nanosecondArgument(t, asTuple(args[2])->items[1], &times[1])) {
      return kRaised;
    }
  }
  if (!audit(t, "os.utime", args[0], has_times ? args[1] : kNone, args[2] ? args[2] : kNone, shownDirectory(dir))) return kRaised;
  int result = systemCall(t, [&] {
    return path.isDescriptor() ? futimens(path.fd, times) : utimensat(dir, path.c_str(), times, follow ? 0 : AT_SYMLINK_NOFOLLOW);
  });
  return noneOr(t, result, args[0]);
}

// Removes double slashes, "." and ".." from a path, on the text alone (os.path.normpath).
Ref<> normalizePath(Thread& t, Value, const Value* args) {
  if (!isStr(args[0])) return raise(t, exc::TypeError, "_path_normpath() argument 'path' must be str, not %.50s", typeName(args[0]));
  Str* given = asStr(args[0]);
  int64_t end = 0;  // CPython's stops at a null character
  while (end < given->length && given->at(end) != 0) ++end;
  Ref<Str> kept = strSlice(t, given, 0, end, 1);
  // The path is not for the system: surrogates of every kind stay what they are.
  Ref<Bytes> bytes = kept ? encodeText(t, kept.get(), NativeCodec::kUtf8, "surrogatepass") : Ref<Bytes>();
  if (!bytes) return kRaised;
  std::string_view text = bytes->view();
  size_t slashes = 0;
  while (slashes < text.size() && text[slashes] == '/') ++slashes;
  std::string result(slashes == 0 ? "" : slashes == 2 ? "//" : "/");
  size_t root = result.size();
  size_t depth = 0;  // parts that ".." may remove
  for (size_t at = slashes; at < text.size();) {
    size_t stop = text.find('/', at);
    if (stop == text.npos) stop = text.size();
    std::string_view part = text.substr(at, stop - at);
    at = stop + 1;
    if (part.empty() || part == ".") continue;
    if (part == ".." && depth > 0) {
      size_t cut = result.rfind('/');
      result.resize(cut == result.npos || cut < root ? root : cut);
      --depth;
      continue;
    }
    if (part == ".." && root) continue;
    if (result.size() > root) result += '/';
    result += part;
    if (part != "..") ++depth;
  }
  if (result.empty()) result = ".";
  return decodeText(t, result, NativeCodec::kUtf8, "surrogatepass");
}

// --- extended attributes ---

Ref<> getxattrFunction(Thread& t, Value, const Value* args) {
  Path path, name;
  bool follow;
  if (!pathArgument(t, "getxattr", "path", args[0], kAllowDescriptor, &path) ||
      !pathArgument(t, "getxattr", "attribute", args[1], kPathOnly, &name) || !flagArgument(t, args[2], &follow)) {
    return kRaised;
  }
  if (!audit(t, "os.getxattr", args[0], args[1])) return kRaised;
  for (size_t room : {size_t(128), size_t(XATTR_SIZE_MAX)}) {
    std::string data(room, 0);
    ssize_t size = systemCall(t, [&] {
      return path.isDescriptor() ? fgetxattr(path.fd, name.c_str(), data.data(), room)
             : follow            ? getxattr(path.c_str(), name.c_str(), data.data(), room)
                                 : lgetxattr(path.c_str(), name.c_str(), data.data(), room);
    });
    if (size >= 0) return newBytes(t, std::string_view(data).substr(0, size_t(size)));
    if (t.raised() || errno != ERANGE) break;
  }
  return failed(t, args[0]);
}
Ref<> setxattrFunction(Thread& t, Value, const Value* args) {
  Path path, name;
  Buffer data;
  int flags;
  bool follow;
  if (!pathArgument(t, "setxattr", "path", args[0], kAllowDescriptor, &path) ||
      !pathArgument(t, "setxattr", "attribute", args[1], kPathOnly, &name) || !data.get(t, args[2]) ||
      !intArgument(t, args[3], &flags) || !flagArgument(t, args[4], &follow)) {
    return kRaised;
  }
  if (!audit(t, "os.setxattr", args[0], args[1], args[2], Value::fromInt(flags))) return kRaised;
  int result = systemCall(t, [&] {
    return path.isDescriptor() ? fsetxattr(path.fd, name.c_str(), data.data(), data.size(), flags)
           : follow            ? setxattr(path.c_str(), name.c_str(), data.data(), data.size(), flags)
                               : lsetxattr(path.c_str(), name.c_str(), data.data(), data.size(), flags);
  });
  return noneOr(t, result, args[0]);
}
Ref<> removexattrFunction(Thread& t, Value, const Value* args) {
  Path path, name;
  bool follow;
  if (!pathArgument(t, "removexattr", "path", args[0], kAllowDescriptor, &path) ||
      !pathArgument(t, "removexattr", "attribute", args[1], kPathOnly, &name) || !flagArgument(t, args[2], &follow)) {
    return kRaised;
  }
  if (!audit(t, "os.removexattr", args[0], args[1])) return kRaised;
  int result = systemCall(t, [&] {
    return path.isDescriptor() ? fremovexattr(path.fd, name.c_str())
           : follow            ? removexattr(path.c_str(), name.c_str())
                               : lremovexattr(path.c_str(), name.c_str());
  });
  return noneOr(t, result, args[0]);
}
Ref<> listxattrFunction(Thread& t, Value, const Value* args) {
  Path path;
  bool follow;
  if (!pathArgument(t, "listxattr", "path", args[0], kAllowDescriptor | kAllowNone, &path) ||
      !flagArgument(t, args[1], &follow))
    return kRaised;
  if (!audit(t, "os.listxattr", path.none ? kNone : args[0])) return kRaised;
  for (size_t room : {size_t(256), size_t(XATTR_LIST_MAX)}) {
    std::string data(room, 0);
    ssize_t size = systemCall(t, [&] {
      return path.isDescriptor() ? flistxattr(path.fd, data.data(), room)
             : follow            ? listxattr(path.c_str(), data.data(), room)
                                 : llistxattr(path.c_str(), data.data(), room);
    });
    if (size < 0) {
      if (t.raised() || errno != ERANGE) break;
      continue;
    }
    Ref<List> names = newList(t);
    for (ssize_t at = 0; names && at < size; at += ssize_t(strlen(&data[size_t(at)])) + 1) {
      Ref<> name = decodePath(t, &data[size_t(at)]);
      if (!name || !listAppend(t, names.get(), std::move(name))) return kRaised;
    }
    return names;
  }
  return failed(t, path.none ? Value() : args[0]);
}

Ref<> makedevFunction(Thread& t, Value, const Value* args) {
  int a, b;
  if (!intArgument(t, args[0], &a) || !intArgument(t, args[1], &b)) return kRaised;
  return newIntUnsigned(t, makedev(unsigned(a), unsigned(b)));
}
Ref<> majorFunction(Thread& t, Value, const Value* args) {
  int64_t device;
  return int64Argument(t, args[0], &device) ? newInt(t, major(dev_t(device))) : Ref<>();
}
Ref<> minorFunction(Thread& t, Value, const Value* args) {
  int64_t device;
  return int64Argument(t, args[0], &device) ? newInt(t, minor(dev_t(device))) : Ref<>();
}

}  // namespace

const MethodDef kPathFunctions[] = {
    method("stat", statFunction, "($module, /, path, *, dir_fd=None, follow_symlinks=True)",
           "Perform a stat system call on the given path."),
    method("lstat", lstatFunction, "($module, /, path, *, dir_fd=None)",
           "Perform a stat system call on the path, without following symbolic links."),
    method("fstat", fstatFunction, "($module, /, fd)", "Perform a stat system call on the given file descriptor."),
    method("statvfs", statvfsFunction, "($module, /, path)", "Perform a statvfs system call on the given path."),
    method("fstatvfs", fstatvfsFunction, "($module, fd, /)", "Perform an fstatvfs system call on the given fd."),
    method("access", accessFunction,
           "($module, /, path, mode, *, dir_fd=None, effective_ids=False, follow_symlinks=True)",
           "Use the real uid/gid to test for access to a path."),
    method("chdir", chdirFunction, "($module, /, path)", "Change the current working directory to the specified path."),
    method("fchdir", fchdirFunction, "($module, /, fd)", "Change to the directory of the given file descriptor."),
    method("chroot", chrootFunction, "($module, /, path)", "Change root directory to path."),
    method("chmod", chmodFunction, "($module, /, path, mode, *, dir_fd=None, follow_symlinks=True)",
           "Change the access permissions of a file."),
    method("fchmod", fchmodFunction, "($module, /, fd, mode)",
           "Change the access permissions of the file given by file descriptor fd."),
    method("chown", chownFunction, "($module, /, path, uid, gid, *, dir_fd=None, follow_symlinks=True)",
           "Change the owner and group id of path."),
    method("lchown", lchownFunction, "($module, /, path, uid, gid)",
           "Change the owner and group id of path; symbolic links are not followed."),
    method("fchown", fchownFunction, "($module, /, fd, uid, gid)",
           "Change the owner and group id of the file specified by file descriptor."),
    method("getcwd", getcwdFunction, "($module, /)",
           "Return a unicode string representing the current working directory."),
    method("getcwdb", getcwdbFunction, "($module, /)",
           "Return a bytes string representing the current working directory."),
    method("mkdir", mkdirFunction, "($module, /, path, mode=511, *, dir_fd=None)", "Create a directory."),
    method("mkfifo", mkfifoFunction, "($module, /, path, mode=438, *, dir_fd=None)",
           "Create a FIFO (a POSIX named pipe)."),
    method("mknod", mknodFunction, "($module, /, path, mode=384, device=0, *, dir_fd=None)",
           "Create a node in the file system."),
    method("rmdir", removeEntry<AT_REMOVEDIR>, "($module, /, path, *, dir_fd=None)", "Remove a directory."),
    method("unlink", removeEntry<0>, "($module, /, path, *, dir_fd=None)", "Remove a file (same as remove())."),
    method("remove", removeEntry<0>, "($module, /, path, *, dir_fd=None)", "Remove a file (same as unlink())."),
    method("rename", renameFunction, "($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None)",
           "Rename a file or directory."),
    method("replace", replaceFunction, "($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None)",
           "Rename a file or directory, overwriting the destination."),
    method("link", linkFunction, "($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None, follow_symlinks=True)",
           "Create a hard link to a file."),
    method("symlink", symlinkFunction, "($module, /, src, dst, target_is_directory=False, *, dir_fd=None)",
           "Create a symbolic link pointing to src named dst."),
    method("readlink", readlinkFunction, "($module, /, path, *, dir_fd=None)",
           "Return a string representing the path to which the symbolic link points."),
    method("truncate", truncateFunction, "($module, /, path, length)",
           "Truncate a file, specified by path, to a specific length."),
    method("listdir", listdirFunction, "($module, /, path=None)",
           "Return a list containing the names of the files in the directory."),
    method("utime", utimeFunction,
           "($module, /, path, times=None, *, ns=<unrepresentable>, dir_fd=None, follow_symlinks=True)",
           "Set the access and modified time of path."),
    method("_path_normpath", normalizePath, "($module, /, path)", "Basic path normalization."),
    method("getxattr", getxattrFunction, "($module, /, path, attribute, *, follow_symlinks=True)",
           "Return the value of extended attribute attribute on path."),
    method("setxattr", setxattrFunction, "($module, /, path, attribute, value, flags=0, *, follow_symlinks=True)",
           "Set extended attribute attribute on path to value."),
    method("removexattr", removexattrFunction, "($module, /, path, attribute, *, follow_symlinks=True)",
           "Remove extended attribute attribute on path."),
    method("listxattr", listxattrFunction, "($module, /, path=None, *, follow_symlinks=True)",
           "Return a list of extended attributes on path."),
    method("makedev", makedevFunction, "($module, major, minor, /)",
           "Composes a raw device number from the major and minor device numbers."),
    method("major", majorFunction, "($module, device, /)", "Extracts a device major number from a raw device number."),
    method("minor", minorFunction, "($module, device, /)", "Extracts a device minor number from a raw device number."),
    {},
};

bool addPathTypes(Thread& t, ModuleObject* m) {
  Type* a = structSequenceType(t, stat_result);
  Type* b = a ? structSequenceType(t, statvfs_result) : nullptr;
  return b && moduleAdd(t, m, "stat_result", share(Value(a))) && moduleAdd(t, m, "statvfs_result", share(Value(b)));
}

}  // namespace krait::posix
