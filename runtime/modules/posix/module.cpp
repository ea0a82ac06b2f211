// The posix module itself: argument conversion, constants, the environment. os.py wraps it.
#include "runtime/modules/posix/posix.h"

#include <dlfcn.h>
#include <limits.h>
#include <linux/memfd.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <sysexits.h>
#include <unistd.h>

#include "runtime/objects/codecs.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/function.h"
#include "runtime/objects/int.h"
#include "runtime/objects/list.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"

extern char** environ;

namespace krait::posix {

Ref<> fileSystemPath(Thread& t, Value v) {
  if (isStr(v) || isBytes(v)) return share(v);
  Ref<> self;
  Ref<> fspath = lookupSpecial(t, v, internStatic("__fspath__"), &self);
  if (t.raised()) return kRaised;
  if (!fspath) return raise(t, exc::TypeError, "expected str, bytes or os.PathLike object, not %.200s", typeName(v));
  Ref<> path = self ? call(t, fspath, self) : call(t, fspath);
  if (!path) return kRaised;
  if (!isStr(path) && !isBytes(path)) {
    return raise(t, exc::TypeError, "expected %.200s.__fspath__() to return str or bytes, not %.200s", typeName(v), typeName(path));
  }
  return path;
}

// A descriptor where a path or a folder is expected: the message names it.
static bool fdArgument(Thread& t, Value v, int* out) {
  Ref<> index = toIndexValue(t, v);
  if (!index) return false;
  int64_t wide;
  if (!intFits64(index, &wide)) wide = intSign(index) < 0 ? INT64_MIN : INT64_MAX;
  if (wide > INT_MAX) return raise(t, exc::OverflowError, "fd is greater than maximum");
  if (wide < INT_MIN) return raise(t, exc::OverflowError, "fd is less than minimum");
  *out = int(wide);
  return true;
}

bool pathArgument(Thread& t, const char* function, const char* name, Value v, int forms, Path* out) {
  out->object = v;
  if (v.isNone() && (forms & kAllowNone)) {
    out->none = true;
    return true;
  }
  if ((forms & kAllowDescriptor) && (isIntLike(v) || (!isStr(v) && !isBytes(v) && typeOf(v)->slots.index))) {
    return fdArgument(t, v, &out->fd) && (out->fd >= 0 || raise(t, exc::OSError, "negative file descriptor").operator bool());
  }
  bool usable = isStr(v) || isBytes(v);
  Ref<> path;
  if (usable) {
    path = share(v);
  } else {
    Value method = lookupType(typeOf(v), internStatic("__fspath__"));
    if (!method) {
      return raise(t, exc::TypeError, "%s: %s should be %s, not %.200s", function, name,
                   (forms & kAllowDescriptor) && (forms & kAllowNone) ? "string, bytes, os.PathLike, integer or None"
                   : forms & kAllowDescriptor                         ? "string, bytes, os.PathLike or integer"
                   : forms & kAllowNone                               ? "string, bytes, os.PathLike or None"
                                                                      : "string, bytes or os.PathLike",
                   typeName(v));
    }
    path = fileSystemPath(t, v);
    if (!path) return false;
  }
  out->was_bytes = isBytes(path);
  if (!out->was_bytes) {
    path = encodeText(t, asStr(path), NativeCodec::kUtf8, "surrogateescape");
    if (!path) return false;
  }
  if (asBytes(path)->view().find('\0') != std::string_view::npos) {
    return raise(t, exc::ValueError, "%s: embedded null %s in %s", function, out->was_bytes ? "byte" : "character", name);
  }
  out->bytes = std::move(path);
  return true;
}

Ref<> decodePath(Thread& t, std::string_view text, bool as_bytes) {
  if (as_bytes) return newBytes(t, text);
  return decodeText(t, text, NativeCodec::kUtf8, "surrogateescape");
}

bool int64Argument(Thread& t, Value v, int64_t* out) {
  *out = toInt64(t, v);
  return !t.raised();
}
bool intArgument(Thread& t, Value v, int* out) {
  Ref<> index = toIndexValue(t, v);
  if (!index) return false;
  int64_t wide;
  if (!intFits64(index, &wide) || wide != int(wide)) return raise(t, exc::OverflowError, "Python int too large to convert to C int");
  *out = int(wide);
  return true;
}
bool pidArgument(Thread& t, Value v, int* out) {
  int64_t wide = toInt64(t, v);
  if (t.raised()) return false;
  if (wide > INT_MAX) return raise(t, exc::OverflowError, "signed integer is greater than maximum");
  if (wide < INT_MIN) return raise(t, exc::OverflowError, "signed integer is less than minimum");
  *out = int(wide);
  return true;
}
bool flagArgument(Thread& t, Value v, bool* out) {
  int yes = truth(t, v);
  *out = yes > 0;
  return yes >= 0;
}
bool directoryFd(Thread& t, Value v, int* out) {
  if (!v || v.isNone()) {
    *out = AT_FDCWD;
    return true;
  }
  if (!isIntLike(v) && !typeOf(v)->slots.index) {
    return raise(t, exc::TypeError, "argument should be integer or None, not %.200s", typeName(v));
  }
  return fdArgument(t, v, out);
}
bool idArgument(Thread& t, Value v, const char* what, uint32_t* out) {
  Ref<> index = toIndexValue(t, v);
  if (!index) {
    if (!raisedIs(t, exc::TypeError)) return false;
    clearException(t);
    return raise(t, exc::TypeError, "%s should be integer, not %.200s", what, typeName(v));
  }
  int64_t wide;
  if (!intFits64(index, &wide))
    return raise(t, exc::OverflowError, "%s is %s", what,
                 intSign(index) < 0 ? "less than minimum" : "greater than maximum");
  // CPython's word for whatever a long holds and an id does not.
  if (wide < -1 || wide > int64_t(UINT32_MAX)) return raise(t, exc::OverflowError, "%s is less than minimum", what);
  *out = uint32_t(wide);
  return true;
}
bool descriptorArgument(Thread& t, Value v, int* out) {
  Ref<> number = share(v);
  if (!isIntLike(v)) {
    Ref<> method = getAttrOrEmpty(t, v, internStatic("fileno"));
    if (!method) {
      return t.raised() ? false : raise(t, exc::TypeError, "argument must be an int, or have a fileno() method.").operator bool();
    }
    number = call(t, method);
    if (!number) return false;
    if (!isIntLike(number)) return raise(t, exc::TypeError, "fileno() returned a non-integer");
  }
  if (!intArgument(t, number, out)) return false;
  if (*out < 0) return raise(t, exc::ValueError, "file descriptor cannot be a negative integer (%i)", *out);
  return true;
}

Raised failedWithTwo(Thread& t, Value first, Value second) {
  if (t.raised()) return kRaised;
  int error = errno;
  Ref<Str> message = newStrUtf8(t, strerror(error));
  if (!message) return kRaised;
  Value args[] = {Value::fromInt(error), message, first, kNone, second};
  Ref<> exception = call(t, Value(&exc::OSError), Args{args, 5, nullptr});
  if (!exception) return kRaised;
  return raiseInstance(t, std::move(exception));
}

namespace {

Ref<> fspathFunction(Thread& t, Value, const Value* args) { return fileSystemPath(t, args[0]); }

const MethodDef kOwnFunctions[] = {
    method("fspath", fspathFunction, "($module, /, path)", "Return the file system path representation of the object."),
    method("scandir", scanDirectory, "($module, /, path=None)", "Return an iterator of DirEntry objects for given path."),
    {},
};

// The environment as bytes -> bytes.
Ref<Dict> environment(Thread& t) {
  Ref<Dict> dict = newDict(t);
  for (char** e = environ; dict && e && *e; ++e) {
    const char* equals = strchr(*e, '=');
    if (!equals) continue;
    Ref<Bytes> name = newBytes(t, std::string_view(*e, size_t(equals - *e))), v = newBytes(t, equals + 1);
    if (!name || !v) return kRaised;
    if (!dictSetDefault(t, dict.get(), name, v)) return kRaised;
  }
  return dict;
}

const char* const kHave[] = {"HAVE_FACCESSAT", "HAVE_FCHDIR", "HAVE_FCHMOD", "HAVE_FCHMODAT", "HAVE_FCHOWN", "HAVE_FCHOWNAT",
                             "HAVE_FDOPENDIR", "HAVE_FEXECVE", "HAVE_FPATHCONF", "HAVE_FSTATAT", "HAVE_FSTATVFS", "HAVE_FTRUNCATE",
                             "HAVE_FUTIMENS", "HAVE_LINKAT", "HAVE_LCHOWN", "HAVE_LSTAT", "HAVE_LUTIMES", "HAVE_MEMFD_CREATE",
                             "HAVE_MKDIRAT", "HAVE_MKFIFOAT", "HAVE_MKNODAT", "HAVE_OPENAT", "HAVE_READLINKAT", "HAVE_RENAMEAT",
                             "HAVE_SYMLINKAT", "HAVE_UNLINKAT", "HAVE_UTIMENSAT"};

bool addTables(Thread& t, ModuleObject* m) {
  Ref<Str> module_name = newStrUtf8(t, "posix");
  if (!module_name) return false;
  for (const MethodDef* table : {kPathFunctions, kFileFunctions, kProcessFunctions, kIdentityFunctions}) {
    for (const MethodDef* def = table; def->name; ++def) {
      if (!moduleAdd(t, m, def->name, newNativeFunction(t, def, Value(m), module_name))) return false;
    }
  }
  return true;
}

bool init(Thread& t, ModuleObject* m) {
  Ref<List> have = newList(t);
  for (const char* name : kHave) {
    if (!have || !listAppend(t, have.get(), share(Value(internStatic(name))))) return false;
  }
  return addTables(t, m) && addConstants(t, m) && addScanTypes(t, m) && addPathTypes(t, m) && addProcessTypes(t, m) && addFileTypes(t, m) &&
         moduleAdd(t, m, "environ", environment(t)) && moduleAdd(t, m, "error", share(Value(&exc::OSError))) &&
         moduleAdd(t, m, "_have_functions", std::move(have));
}

}  // namespace

bool addConstants(Thread& t, ModuleObject* m) {
  static const struct {
    const char* name;
    int64_t value;
  } kConstants[] = {
#define CONSTANT(name) {#name, int64_t(name)},
#include "runtime/modules/posix/constants.def"
#undef CONSTANT
  };
  for (const auto& c : kConstants) {
    if (!moduleAdd(t, m, c.name, newInt(t, c.value))) return false;
  }
  return true;
}

}  // namespace krait::posix

namespace krait {
const ModuleDef& posixModule() {
  static const ModuleDef def{"posix",
                             "This module provides access to operating system functionality that is\nstandardized by the C Standard and "
                             "the POSIX standard (a thinly\ndisguised Unix interface).  Refer to the library manual and\ncorresponding "
                             "Unix manual entries for more information on calls.",
                             posix::kOwnFunctions, posix::init};
  return def;
}
}  // namespace krait
