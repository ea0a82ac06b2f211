// _stat: constants and tests of file modes.
#include <sys/stat.h>

#include "runtime/core/error.h"
#include "runtime/objects/int.h"
#include "runtime/objects/int_internal.h"
#include "runtime/objects/module.h"
#include "runtime/objects/str.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

bool modeArgument(Thread& t, Value v, mode_t* out) {
  if (!isIntLike(v)) return raise(t, exc::TypeError, "an integer is required");
  Digits digits(intValue(v));
  if (digits.negative) return raise(t, exc::OverflowError, "can't convert negative value to unsigned int");
  if (digits.count > 1) return raise(t, exc::OverflowError, "Python int too large to convert to C unsigned long");
  if (digits.low() != mode_t(digits.low())) return raise(t, exc::OverflowError, "mode out of range");
  *out = mode_t(digits.low());
  return true;
}

template <mode_t type>
Ref<> isOfType(Thread& t, Value, Value v) {
  mode_t mode;
  return modeArgument(t, v, &mode) ? steal(Value::fromBool((mode & S_IFMT) == type)) : Ref<>();
}
// Sorts of files that Linux does not have.
Ref<> isNever(Thread& t, Value, Value v) {
  mode_t mode;
  return modeArgument(t, v, &mode) ? steal(kFalse) : Ref<>();
}
template <mode_t mask>
Ref<> masked(Thread& t, Value, Value v) {
  mode_t mode;
  return modeArgument(t, v, &mode) ? steal(Value::fromInt(mode & mask)) : Ref<>();
}

char typeLetter(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFREG: return '-';
    case S_IFDIR: return 'd';
    case S_IFLNK: return 'l';
    case S_IFBLK: return 'b';
    case S_IFCHR: return 'c';
    case S_IFIFO: return 'p';
    case S_IFSOCK: return 's';
    default: return '?';
  }
}
// "-rwxr-xr-x"
Ref<> fileMode(Thread& t, Value, Value v) {
  mode_t mode;
  if (!modeArgument(t, v, &mode)) return kRaised;
  char text[] = "?rwxrwxrwx";
  text[0] = typeLetter(mode);
  for (int i = 0; i < 9; ++i) {
    if (!(mode & (0400u >> i))) text[i + 1] = '-';
  }
  if (mode & S_ISUID) text[3] = mode & S_IXUSR ? 's' : 'S';
  if (mode & S_ISGID) text[6] = mode & S_IXGRP ? 's' : 'S';
  if (mode & S_ISVTX) text[9] = mode & S_IXOTH ? 't' : 'T';
  return newStrUtf8(t, text);
}

const MethodDef kFunctions[] = {
    method("S_ISDIR", isOfType<S_IFDIR>, nullptr, "S_ISDIR(mode) -> bool\n\nReturn True if mode is from a directory."),
    method("S_ISCHR", isOfType<S_IFCHR>, nullptr,
           "S_ISCHR(mode) -> bool\n\nReturn True if mode is from a character special device file."),
    method("S_ISBLK", isOfType<S_IFBLK>, nullptr,
           "S_ISBLK(mode) -> bool\n\nReturn True if mode is from a block special device file."),
    method("S_ISREG", isOfType<S_IFREG>, nullptr,
           "S_ISREG(mode) -> bool\n\nReturn True if mode is from a regular file."),
    method("S_ISFIFO", isOfType<S_IFIFO>, nullptr,
           "S_ISFIFO(mode) -> bool\n\nReturn True if mode is from a FIFO (named pipe)."),
    method("S_ISLNK", isOfType<S_IFLNK>, nullptr,
           "S_ISLNK(mode) -> bool\n\nReturn True if mode is from a symbolic link."),
    method("S_ISSOCK", isOfType<S_IFSOCK>, nullptr, "S_ISSOCK(mode) -> bool\n\nReturn True if mode is from a socket."),
    method("S_ISDOOR", isNever, nullptr, "S_ISDOOR(mode) -> bool\n\nReturn True if mode is from a door."),
    method("S_ISPORT", isNever, nullptr, "S_ISPORT(mode) -> bool\n\nReturn True if mode is from an event port."),
    method("S_ISWHT", isNever, nullptr, "S_ISWHT(mode) -> bool\n\nReturn True if mode is from a whiteout."),
    method("S_IMODE", masked<07777>, nullptr, "Return the portion of the file's mode that can be set by os.chmod()."),
    method("S_IFMT", masked<S_IFMT>, nullptr, "Return the portion of the file's mode that describes the file type."),
    method("filemode", fileMode, nullptr, "Convert a file's mode to a string of the form '-rwxrwxrwx'"),
    {},
};

constexpr struct {
  const char* name;
  int64_t value;
} kConstants[] = {
    {"S_IFDIR", S_IFDIR},
    {"S_IFCHR", S_IFCHR},
    {"S_IFBLK", S_IFBLK},
    {"S_IFREG", S_IFREG},
    {"S_IFIFO", S_IFIFO},
    {"S_IFLNK", S_IFLNK},
    {"S_IFSOCK", S_IFSOCK},
    {"S_IFDOOR", 0},
    {"S_IFPORT", 0},
    {"S_IFWHT", 0},
    {"S_ISUID", S_ISUID},
    {"S_ISGID", S_ISGID},
    {"S_ISVTX", S_ISVTX},
    {"S_ENFMT", S_ISGID},
    {"S_IREAD", S_IRUSR},
    {"S_IWRITE", S_IWUSR},
    {"S_IEXEC", S_IXUSR},
    {"S_IRWXU", S_IRWXU},
    {"S_IRUSR", S_IRUSR},
    {"S_IWUSR", S_IWUSR},
    {"S_IXUSR", S_IXUSR},
    {"S_IRWXG", S_IRWXG},
    {"S_IRGRP", S_IRGRP},
    {"S_IWGRP", S_IWGRP},
    {"S_IXGRP", S_IXGRP},
    {"S_IRWXO", S_IRWXO},
    {"S_IROTH", S_IROTH},
    {"S_IWOTH", S_IWOTH},
    {"S_IXOTH", S_IXOTH},
    // BSD's file flags
    {"UF_NODUMP", 0x1},
    {"UF_IMMUTABLE", 0x2},
    {"UF_APPEND", 0x4},
    {"UF_OPAQUE", 0x8},
    {"UF_NOUNLINK", 0x10},
    {"UF_COMPRESSED", 0x20},
    {"UF_HIDDEN", 0x8000},
    {"SF_ARCHIVED", 0x10000},
    {"SF_IMMUTABLE", 0x20000},
    {"SF_APPEND", 0x40000},
    {"SF_NOUNLINK", 0x100000},
    {"SF_SNAPSHOT", 0x200000},
    // places in the tuple that os.stat gives
    {"ST_MODE", 0},
    {"ST_INO", 1},
    {"ST_DEV", 2},
    {"ST_NLINK", 3},
    {"ST_UID", 4},
    {"ST_GID", 5},
    {"ST_SIZE", 6},
    {"ST_ATIME", 7},
    {"ST_MTIME", 8},
    {"ST_CTIME", 9},
};

bool init(Thread& t, ModuleObject* module) {
  for (const auto& constant : kConstants) {
    if (!moduleAdd(t, module, constant.name, newInt(t, constant.value))) return false;
  }
  return true;
}

}  // namespace

const ModuleDef& statModule() {
  static const ModuleDef def{"_stat", "Constants and tests of file modes, as os.stat gives them.", kFunctions, init};
  return def;
}

}  // namespace krait
