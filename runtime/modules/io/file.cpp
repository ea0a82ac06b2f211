// FileIO: a file descriptor as raw stream.
#include <cerrno>
#include <climits>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/core/audit.h"
#include "runtime/memory/memory.h"
#include "runtime/modules/io/io.h"
#include "runtime/objects/codecs.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/int.h"
#include "runtime/objects/str_builder.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/arguments.h"
#include "runtime/protocols/buffer.h"

namespace krait::io {

Type file_io;

namespace {

struct File : IoObject {
  int fd;  // -1: closed
  bool initialised, created, readable, writable, appending, close_fd, finalizing;
  int8_t seekable;  // -1: not asked yet
  int64_t block_size;
};
File* asFile(Value v) { return static_cast<File*>(v.asObject()); }

constexpr size_t kMostAtOnce = 0x7FFF'F000;  // what one read or write of Linux takes

bool checkOpen(Thread& t, File* file) {
  if (file->initialised && file->fd >= 0) return true;
  return raise(t, exc::ValueError, "I/O operation on closed file");
}
bool checkReadable(Thread& t, File* file) {
  return checkOpen(t, file) && (file->readable || raiseUnsupported(t, "File not open for reading").operator bool());
}
bool checkWritable(Thread& t, File* file) {
  return checkOpen(t, file) && (file->writable || raiseUnsupported(t, "File not open for writing").operator bool());
}

// Serves a signal that interrupted a call: its handler runs, and may raise. False: raised.
bool interrupted(Thread& t) { return servePoll(t); }

// --- opening ---

struct Mode {
  int flags = 0;
  bool created = false, readable = false, writable = false, appending = false;
};

bool parseMode(Thread& t, const char* text, Mode* out) {
  int kinds = 0;
  bool plus = false;
  for (const char* c = text; *c; ++c) {
    switch (*c) {
      case 'x': ++kinds, out->created = out->writable = true, out->flags |= O_EXCL | O_CREAT; break;
      case 'r': ++kinds, out->readable = true; break;
      case 'w': ++kinds, out->writable = true, out->flags |= O_CREAT | O_TRUNC; break;
      case 'a': ++kinds, out->writable = out->appending = true, out->flags |= O_APPEND | O_CREAT; break;
      case 'b': break;
      case '+':
        if (plus) kinds = 2;
        plus = true;
        break;
      default: return raise(t, exc::ValueError, "invalid mode: %.200s", text);
    }
  }
  if (kinds != 1) {
    return raise(t, exc::ValueError, "Must have exactly one of create/read/write/append mode and at most one plus");
  }
  if (plus) out->readable = out->writable = true;
  out->flags |= out->readable && out->writable ? O_RDWR : out->readable ? O_RDONLY : O_WRONLY;
  out->flags |= O_CLOEXEC;
  return true;
}

// str, bytes or os.PathLike as bytes for the system; false: raised.
bool pathBytes(Thread& t, Value v, Ref<>* path) {
  *path = share(v);
  if (!isStr(v) && !isBytes(v)) {
    Ref<> self;
    Ref<> fspath = lookupSpecial(t, v, internStatic("__fspath__"), &self);
    if (t.raised()) return false;
    if (!fspath) return raise(t, exc::TypeError, "expected str, bytes or os.PathLike object, not %.200s", typeName(v));
    *path = self ? call(t, fspath, self) : call(t, fspath);
    if (!*path) return false;
    if (!isStr(*path) && !isBytes(*path)) {
      return raise(t, exc::TypeError, "expected %.200s.__fspath__() to return str or bytes, not %.200s", typeName(v), typeName(*path));
    }
  }
  if (isStr(*path)) {
    *path = encodeText(t, asStr(*path), NativeCodec::kUtf8, "surrogateescape");
    if (!*path) return false;
  }
  if (asBytes(*path)->view().find('\0') != std::string_view::npos) return raise(t, exc::ValueError, "embedded null byte");
  return true;
}

bool openPath(Thread& t, File* file, Value name, const Mode& mode, Value opener) {
  if (!opener.empty() && !opener.isNone()) {
    Ref<> result = call(t, opener, name, Value::fromInt(mode.flags));
    if (!result) return false;
    int64_t fd = toInt64(t, result);
    if (t.raised()) {
      if (raisedIs(t, exc::TypeError)) {
        clearException(t);
        return raise(t, exc::TypeError, "expected integer from opener");
      }
      return false;
    }
    if (fd < 0) return raise(t, exc::ValueError, "opener returned %lld", static_cast<long long>(fd));
    file->fd = int(fd);
    return fcntl(file->fd, F_SETFD, FD_CLOEXEC) == 0 || raiseOSError(t, errno).operator bool();
  }
  Ref<> path;
  if (!pathBytes(t, name, &path)) return false;
  for (;;) {
    {
      WithoutGil blocking(t);
      file->fd = ::open(reinterpret_cast<const char*>(asBytes(path)->data), mode.flags, 0666);
    }
    if (file->fd >= 0) return true;
    if (errno != EINTR) return raiseOSError(t, errno, name);
    if (!interrupted(t)) return false;
  }
}

// What fstat tells: directories cannot be read as files.
bool inspect(Thread& t, File* file, Value name, bool own) {
  struct stat info;
  if (fstat(file->fd, &info) < 0) {
    if (errno == EBADF || own) {
      int error = errno;
      if (!own) file->fd = -1;
      return raiseOSError(t, error, own ? name : Value());
    }
    return true;
  }
  if (S_ISDIR(info.st_mode)) {
    (void)raiseOSError(t, EISDIR, name);
    return false;
  }
  file->block_size = info.st_blksize > 1 ? info.st_blksize : kDefaultBufferSize;
  return true;
}

Ref<> fileClose(Thread& t, Value self);

bool fileInit(Thread& t, Value self, Args args) {
  static const MethodDef kInit = method("FileIO", NativeBound(nullptr), "(file, mode='r', closefd=True, opener=None)");
  Value bound[4];
  Ref<> keep[2];
  if (!bindArguments(t, kInit, args, bound, keep)) return false;
  File* file = asFile(self);
  if (file->initialised && file->fd >= 0) {
    if (file->close_fd) {
      if (!fileClose(t, self)) return false;
    } else {
      file->fd = -1;
    }
  }
  Value name = bound[0];
  if (!isStr(bound[1])) return raise(t, exc::TypeError, "FileIO() argument 'mode' must be str, not %.50s", typeName(bound[1]));
  int close_fd = truth(t, bound[2]);
  if (close_fd < 0) return false;
  file->initialised = true;
  file->base_closed = false;
  file->fd = -1;
  file->seekable = -1;
  file->block_size = kDefaultBufferSize;
  if (name.isDouble()) return raise(t, exc::TypeError, "expected str, bytes or os.PathLike object, not float");

  Mode mode;
  Ref<> text = encodeText(t, asStr(bound[1]), NativeCodec::kUtf8, "replace");
  if (!text || !parseMode(t, reinterpret_cast<const char*>(asBytes(text)->data), &mode)) return false;
  file->created = mode.created;
  file->readable = mode.readable;
  file->writable = mode.writable;
  file->appending = mode.appending;
  file->close_fd = close_fd != 0;
  if (!audit(t, "open", name, bound[1], Value::fromInt(mode.flags))) return false;
  // An int that no descriptor can be is taken for a path, and refused there.
  int64_t fd = 0;
  bool by_descriptor = isIntLike(name) && intFits64(name, &fd) && fd == int(fd);
  if (by_descriptor) {
    if (fd < 0) return raise(t, exc::ValueError, "negative file descriptor");
    file->fd = int(fd);
  } else {
    if (!close_fd) return raise(t, exc::ValueError, "Cannot use closefd=False with file name");
    if (!openPath(t, file, name, mode, bound[3])) return false;
  }
  if (!inspect(t, file, name, !by_descriptor) || !setAttr(t, self, internStatic("name"), name)) {
    if (!by_descriptor && file->fd >= 0) ::close(file->fd);
    file->fd = -1;
    return false;
  }
  if (file->appending) {
    // Positions count from the end from the start on; pipes cannot seek, and need not.
    lseek(file->fd, 0, SEEK_END);
  }
  return true;
}

void deallocFile(Object* self) { freeStream(self); }

// --- methods ---

// A warning that became an exception is told; other errors are what to expect at shutdown.
void noteWarning(Thread& t, Value self) {
  if (raisedIs(t, exc::Warning)) {
    writeUnraisable(t, self);
  } else {
    clearException(t);
  }
}

// The warning that a file was left open, about `source`; errors go to the unraisable hook.
void warnUnclosed(Thread& t, Value self, Value source) {
  PreserveException keep(t);
  Ref<Str> shown = repr(t, source);
  Utf8 text;
  if (shown) text.setLossy(shown.get());
  if (!shown || !warn(t, exc::ResourceWarning, 1, "unclosed file %s", text.c_str())) noteWarning(t, self);
}

Ref<> closeDescriptor(Thread& t, Value self) {
  File* file = asFile(self);
  int fd = file->fd;
  file->fd = -1;
  if (fd < 0 || !file->close_fd) return share(kNone);
  int result, error;
  {
    WithoutGil blocking(t);
    result = ::close(fd);
    error = errno;
  }
  return result < 0 ? Ref<>(raiseOSError(t, error)) : share(kNone);
}

Ref<> fileClose(Thread& t, Value self) {
  File* file = asFile(self);
  Ref<> first;
  // As every stream does, a file flushes itself once before it closes; only subclasses and patched files have something to flush.
  if (!file->base_closed) {
    bool own_flush = file->dict && dictGetStr(file->dict, internStatic("flush"));
    if (own_flush || !isPlainFile(self)) {
      Ref<> flushed = callMethod(t, self, "flush");
      if (!flushed) first = takeException(t);
    }
    file->base_closed = true;
  }
  if (file->finalizing && file->fd >= 0 && file->close_fd) warnUnclosed(t, self, self);
  return closingOutcome(t, std::move(first), closeDescriptor(t, self));
}

// Exact size in advance when the file knows it, so that most files are read with one allocation.
int64_t sizeGuess(File* file) {
  struct stat info;
  off_t position = lseek(file->fd, 0, SEEK_CUR);
  if (fstat(file->fd, &info) == 0 && position >= 0 && info.st_size >= position) return info.st_size - position + 1;
  return kDefaultBufferSize;
}

Ref<> fileReadall(Thread& t, Value self) {
  File* file = asFile(self);
  if (!checkReadable(t, file)) return kRaised;
  size_t capacity = size_t(sizeGuess(file)), size = 0;
  char* data = static_cast<char*>(allocateBuffer(capacity));
  if (!data) return raiseNoMemory(t);
  for (;;) {
    if (size == capacity) {
      capacity = capacity + capacity / 2 + size_t(kDefaultBufferSize);
      void* grown = resizeBuffer(data, capacity);
      if (!grown) {
        freeBuffer(data);
        return raiseNoMemory(t);
      }
      data = static_cast<char*>(grown);
    }
    int64_t got = fileRead(t, self, data + size, capacity - size);
    if (got == -1 || (got == -2 && size == 0)) {
      freeBuffer(data);
      return got == -1 ? Ref<>() : share(kNone);
    }
    if (got <= 0) break;
    size += size_t(got);
  }
  Ref<> result = newBytes(t, {data, size});
  freeBuffer(data);
  return result;
}

Ref<> fileReadMethod(Thread& t, Value self, const Value* args) {
  int64_t size;
  if (!sizeArgument(t, args[0], &size)) return kRaised;
  if (size < 0) return fileReadall(t, self);
  if (!checkReadable(t, asFile(self))) return kRaised;
  if (size_t(size) > kMostAtOnce) size = kMostAtOnce;
  char small[512];
  char* data = size <= int64_t(sizeof(small)) ? small : static_cast<char*>(allocateBuffer(size_t(size)));
  if (!data) return raiseNoMemory(t);
  int64_t got = fileRead(t, self, data, size_t(size));
  Ref<> result = got == -2 ? share(kNone) : got < 0 ? Ref<>() : Ref<>(newBytes(t, {data, size_t(got)}));
  if (data != small) freeBuffer(data);
  return result;
}

Ref<> fileReadinto(Thread& t, Value self, Value target) {
  if (!checkReadable(t, asFile(self))) return kRaised;
  Buffer buffer;
  if (!buffer.getWritable(t, target)) return kRaised;
  int64_t got = fileRead(t, self, buffer.writable(), buffer.size());
  return got == -1 ? Ref<>() : got == -2 ? share(kNone) : newInt(t, got);
}

Ref<> fileWriteMethod(Thread& t, Value self, Value data) {
  if (!checkWritable(t, asFile(self))) return kRaised;
  Buffer buffer;
  if (!buffer.get(t, data)) return kRaised;
  int64_t put = fileWrite(t, self, buffer.data(), buffer.size());
  return put == -1 ? Ref<>() : put == -2 ? share(kNone) : newInt(t, put);
}

Ref<> seekTo(Thread& t, File* file, int64_t offset, int whence) {
  off_t position;
  int error;
  {
    WithoutGil blocking(t);
    position = lseek(file->fd, offset, whence);
    error = errno;
  }
  if (file->seekable < 0) file->seekable = position >= 0;
  return position < 0 ? Ref<>(raiseOSError(t, error)) : newInt(t, position);
}

Ref<> fileSeek(Thread& t, Value self, const Value* args) {
  if (!checkOpen(t, asFile(self))) return kRaised;
  if (args[0].isDouble()) return raise(t, exc::TypeError, "an integer is required");
  int64_t offset = toInt64(t, args[0]);
  if (t.raised()) return kRaised;
  int64_t whence = toInt64(t, args[1]);
  if (t.raised()) return kRaised;
  return seekTo(t, asFile(self), offset, int(whence));
}
Ref<> fileTell(Thread& t, Value self) {
  if (!checkOpen(t, asFile(self))) return kRaised;
  return seekTo(t, asFile(self), 0, SEEK_CUR);
}
Ref<> fileTruncate(Thread& t, Value self, const Value* args) {
  File* file = asFile(self);
  if (!checkWritable(t, file)) return kRaised;
  Ref<> size = args[0].isNone() ? seekTo(t, file, 0, SEEK_CUR) : share(args[0]);
  if (!size) return kRaised;
  int64_t length = toInt64(t, size);
  if (t.raised()) return kRaised;
  int result, error;
  {
    WithoutGil blocking(t);
    result = ftruncate(file->fd, length);
    error = errno;
  }
  if (result < 0) return raiseOSError(t, error);
  return size;
}

Ref<> fileFileno(Thread& t, Value self) {
  return checkOpen(t, asFile(self)) ? steal(Value::fromInt(asFile(self)->fd)) : kRaised;
}
Ref<> fileIsatty(Thread& t, Value self) {
  return checkOpen(t, asFile(self)) ? steal(Value::fromBool(::isatty(asFile(self)->fd))) : kRaised;
}
Ref<> fileReadable(Thread& t, Value self) {
  return checkOpen(t, asFile(self)) ? steal(Value::fromBool(asFile(self)->readable)) : kRaised;
}
Ref<> fileWritable(Thread& t, Value self) {
  return checkOpen(t, asFile(self)) ? steal(Value::fromBool(asFile(self)->writable)) : kRaised;
}
Ref<> fileSeekable(Thread& t, Value self) {
  File* file = asFile(self);
  if (!checkOpen(t, file)) return kRaised;
  if (file->seekable < 0) {
    Ref<> position = seekTo(t, file, 0, SEEK_CUR);
    if (!position) clearException(t);
  }
  return steal(Value::fromBool(file->seekable > 0));
}

const char* modeText(File* file) {
  if (file->created) return file->readable ? "xb+" : "xb";
  if (file->appending) return file->readable ? "ab+" : "ab";
  if (file->readable) return file->writable ? "rb+" : "rb";
  return "wb";
}

Ref<> fileRepr(Thread& t, Value self) {
  File* file = asFile(self);
  if (file->fd < 0) return newStrUtf8(t, "<_io.FileIO [closed]>");
  const char* close_text = file->close_fd ? "True" : "False";
  Ref<> name = getAttrOrEmpty(t, self, internStatic("name"));
  if (t.raised()) return kRaised;
  if (!name) return strFormat(t, "<_io.FileIO fd=%d mode='%s' closefd=%s>", file->fd, modeText(file), close_text);
  Ref<Str> name_text = repr(t, name);
  if (!name_text) return kRaised;
  StrBuilder out(t);
  out.appendAscii("<_io.FileIO name=");
  out.append(name_text.get());
  out.appendAscii(" mode='");
  out.appendAscii(modeText(file));
  out.appendAscii("' closefd=");
  out.appendAscii(close_text);
  out.appendAscii(">");
  return out.finish();
}

Ref<> deallocWarn(Thread& t, Value self, Value source) {
  File* file = asFile(self);
  if (file->fd >= 0 && file->close_fd) warnUnclosed(t, self, source);
  return share(kNone);
}

Ref<> getClosed(Thread&, Value self) { return steal(Value::fromBool(asFile(self)->fd < 0)); }
Ref<> getCloseFd(Thread&, Value self) { return steal(Value::fromBool(asFile(self)->close_fd)); }
Ref<> getMode(Thread& t, Value self) { return newStrUtf8(t, modeText(asFile(self))); }
Ref<> getFinalizing(Thread&, Value self) { return steal(Value::fromBool(asFile(self)->finalizing)); }
bool setFinalizing(Thread& t, Value self, Value v) {
  int finalizing = v.empty() ? 0 : truth(t, v);
  asFile(self)->finalizing = finalizing > 0;
  return finalizing >= 0;
}
Ref<> getBlockSize(Thread&, Value self) { return steal(Value::fromInt(asFile(self)->block_size)); }
bool setBlockSize(Thread& t, Value self, Value v) {
  asFile(self)->block_size = v.empty() ? kDefaultBufferSize : toInt64(t, v);
  return !t.raised();
}

const MethodDef kFileMethods[] = {
    method("close", fileClose, "($self, /)", "Close the file."),
    method("read", fileReadMethod, "($self, size=-1, /)", "Read at most size bytes, returned as bytes."),
    method("readall", fileReadall, "($self, /)", "Read all data from the file, returned as bytes."),
    method("readinto", fileReadinto, "($self, buffer, /)", "Same as RawIOBase.readinto()."),
    method("write", fileWriteMethod, "($self, b, /)", "Write buffer b to file, return number of bytes written."),
    method("seek", fileSeek, "($self, pos, whence=0, /)", "Move to new file position and return the file position."),
    method("tell", fileTell, "($self, /)", "Current file position."),
    method("truncate", fileTruncate, "($self, size=None, /)", "Truncate the file to at most size bytes and return the truncated size."),
    method("fileno", fileFileno, "($self, /)", "Return the underlying file descriptor (an integer)."),
    method("isatty", fileIsatty, "($self, /)", "True if the file is connected to a TTY device."),
    method("readable", fileReadable, "($self, /)", "True if file was opened in a read mode."),
    method("writable", fileWritable, "($self, /)", "True if file was opened in a write mode."),
    method("seekable", fileSeekable, "($self, /)", "True if file supports random-access."),
    method("_dealloc_warn", deallocWarn, "($self, source, /)"),
    {},
};
const GetSetDef kFileGetSets[] = {
    {"closed", getClosed, nullptr, "True if the file is closed"},
    {"closefd", getCloseFd, nullptr, "True if the file descriptor will be closed by close()."},
    {"mode", getMode, nullptr, "String giving the file mode"},
    {"_finalizing", getFinalizing, setFinalizing, nullptr},
    {"_blksize", getBlockSize, setBlockSize, nullptr},
    {},
};

}  // namespace

bool fileClosed(Value file) { return asFile(file)->fd < 0; }

int64_t fileRead(Thread& t, Value self, void* to, size_t size) {
  if (!checkReadable(t, asFile(self))) return -1;
  int fd = asFile(self)->fd;
  for (;;) {
    ssize_t got;
    int error;
    {
      WithoutGil blocking(t);
      got = ::read(fd, to, size < kMostAtOnce ? size : kMostAtOnce);
      error = errno;
    }
    if (got >= 0) return got;
    if (error == EAGAIN) return -2;
    if (error != EINTR) return raiseOSError(t, error);
    if (!interrupted(t)) return -1;
  }
}

int64_t fileWrite(Thread& t, Value self, const void* from, size_t size) {
  if (!checkWritable(t, asFile(self))) return -1;
  int fd = asFile(self)->fd;
  for (;;) {
    ssize_t put;
    int error;
    {
      WithoutGil blocking(t);
      put = ::write(fd, from, size < kMostAtOnce ? size : kMostAtOnce);
      error = errno;
    }
    if (put >= 0) return put;
    if (error == EAGAIN) return -2;
    if (error != EINTR) return raiseOSError(t, error);
    if (!interrupted(t)) return -1;
  }
}

Ref<> openFile(Thread& t, Value name, const char* mode, bool close_descriptor, Value opener) {
  Ref<> file = streamNew<File>(t, &file_io, {});
  Ref<Str> mode_text = file ? newStrUtf8(t, mode) : Ref<Str>();
  if (!mode_text) return kRaised;
  Value args[] = {name, mode_text, Value::fromBool(close_descriptor), opener.empty() ? kNone : opener};
  if (!fileInit(t, file, Args{args, 4, nullptr})) return kRaised;
  return file;
}

bool addFileType(Thread& t, ModuleObject* module) {
  TypeSpec spec{.type = &file_io, .basic_size = sizeof(File),
                .doc = "Open a file.\n\nThe mode can be 'r' (default), 'w', 'x' or 'a' for reading,\n"
                       "writing, exclusive creation or appending.  The file will be created if it\n"
                       "doesn't exist when opened for writing or appending; it will be truncated\n"
                       "when opened for writing.",
                .methods = kFileMethods, .getsets = kFileGetSets, .dealloc = deallocFile, .traverse = traverseStream,
                .fill = [](Slots& slots) {
                  slots.new_ = [](Thread& t, Type* type, Args args) {
                    Ref<> file = streamNew<File>(t, type, args);
                    if (file) asFile(file)->fd = -1, asFile(file)->close_fd = true, asFile(file)->seekable = -1;
                    return file;
                  };
                  slots.init = fileInit;
                  slots.repr = fileRepr;
                }};
  return addType(t, module, spec, "_io.FileIO", &raw_io_base);
}

}  // namespace krait::io
