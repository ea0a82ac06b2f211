// open(), open_code(), text_encoding().
#include <unistd.h>

#include "runtime/modules/io/io.h"
#include "runtime/objects/codecs.h"
#include "runtime/objects/int.h"
#include "runtime/objects/str_utf8.h"

namespace krait::io {

namespace {

struct OpenMode {
  bool creating = false, reading = false, writing = false, appending = false, updating = false, text = false, binary = false;
};

bool parseMode(Thread& t, Value v, OpenMode* out) {
  Str* mode = asStr(v);
  bool valid = true;
  uint32_t seen = 0;
  for (int64_t i = 0; i < mode->length && valid; ++i) {
    uint32_t c = mode->at(i), bit = c < 128 ? uint32_t(1) << (c & 31) : 0;
    switch (c) {
      case 'x': out->creating = true; break;
      case 'r': out->reading = true; break;
      case 'w': out->writing = true; break;
      case 'a': out->appending = true; break;
      case '+': out->updating = true; break;
      case 't': out->text = true; break;
      case 'b': out->binary = true; break;
      default: valid = false;
    }
    if (c == '+') bit = uint32_t(1) << 31;
    valid = valid && !(seen & bit);
    seen |= bit;
  }
  if (!valid) {
    Utf8 shown;
    shown.setLossy(mode);
    return raise(t, exc::ValueError, "invalid mode: '%s'", shown.c_str());
  }
  if (out->text && out->binary) return raise(t, exc::ValueError, "can't have text and binary mode at once");
  if (out->creating + out->reading + out->writing + out->appending > 1) {
    return raise(t, exc::ValueError, "must have exactly one of create/read/write/append mode");
  }
  return true;
}

bool checkBinary(Thread& t, const OpenMode& mode, Value encoding, Value errors, Value newline) {
  if (!mode.binary) return true;
  const char* extra = !encoding.isNone() ? "an encoding" : !errors.isNone() ? "an errors" : !newline.isNone() ? "a newline" : nullptr;
  return !extra || raise(t, exc::ValueError, "binary mode doesn't take %s argument", extra).operator bool();
}

// Closes the raw file when the layers above it could not be made; the first error stays.
Ref<> abandon(Thread& t, Value stream) {
  Ref<> error = takeException(t);
  if (!tellStream(t, stream, "close")) clearException(t);
  restoreException(t, std::move(error));
  return kRaised;
}

int64_t bufferSize(Thread& t, Value raw) {
  Ref<> size = getAttr(t, raw, "_blksize");
  return size ? toInt64(t, size) : -1;
}

// The buffered layer for a mode; `buffering` > 0.
Ref<> makeBuffered(Thread& t, const OpenMode& mode, Value raw, int64_t buffering) {
  Type* type = mode.updating                                          ? &buffered_random
               : mode.creating || mode.writing || mode.appending ? &buffered_writer
               : mode.reading                                         ? &buffered_reader
                                                                      : nullptr;
  if (!type) {
    return raise(t, exc::ValueError, "Must have exactly one of create/read/write/append mode and at most one plus");
  }
  return call(t, Value(type), raw, Value::fromInt(buffering));
}

Ref<> ioOpen(Thread& t, Value, const Value* args) {
  Value file = args[0], mode_argument = args[1], encoding = args[3], errors = args[4], newline = args[5], opener = args[7];
  if (!isStr(mode_argument)) return raise(t, exc::TypeError, "open() argument 'mode' must be str, not %.50s", typeName(mode_argument));
  for (int i : {3, 4, 5}) {
    if (args[i].isNone() || isStr(args[i])) continue;
    constexpr const char* kNames[] = {"encoding", "errors", "newline"};
    return raise(t, exc::TypeError, "open() argument '%s' must be str or None, not %.50s", kNames[i - 3], typeName(args[i]));
  }
  int64_t buffering = toInt64(t, args[2]);
  if (t.raised()) return kRaised;
  int close_descriptor = truth(t, args[6]);
  if (close_descriptor < 0) return kRaised;
  OpenMode mode;
  if (!parseMode(t, mode_argument, &mode) || !checkBinary(t, mode, encoding, errors, newline)) return kRaised;

  char raw_mode[8];
  char* end = raw_mode;
  if (mode.creating) *end++ = 'x';
  if (mode.reading) *end++ = 'r';
  if (mode.writing) *end++ = 'w';
  if (mode.appending) *end++ = 'a';
  if (mode.updating) *end++ = '+';
  *end = 0;
  Ref<> raw = openFile(t, file, raw_mode, close_descriptor != 0, opener);
  if (!raw) return kRaised;

  bool line_buffering = false;
  if (buffering == 1 || buffering < 0) {
    int is_tty = askStream(t, raw, "isatty");
    if (is_tty < 0) return abandon(t, raw);
    if (buffering == 1 && mode.binary) {
      if (!warn(t, exc::RuntimeWarning, 1, "line buffering (buffering=1) isn't supported in binary mode, the default buffer size "
                                           "will be used")) {
        return abandon(t, raw);
      }
    } else if (buffering == 1 || is_tty) {
      line_buffering = true;
    }
    buffering = bufferSize(t, raw);
    if (buffering < 0) return abandon(t, raw);
  }
  if (buffering == 0) {
    if (mode.binary) return raw;
    (void)raise(t, exc::ValueError, "can't have unbuffered text I/O");
    return abandon(t, raw);
  }
  Ref<> buffered = makeBuffered(t, mode, raw, buffering);
  if (!buffered) return abandon(t, raw);
  if (mode.binary) return buffered;
  Value arguments[] = {buffered, encoding, errors, newline, Value::fromBool(line_buffering)};
  Ref<> text = call(t, Value(&text_io_wrapper), Args{arguments, 5, nullptr});
  if (!text || !setAttr(t, text, internStatic("mode"), mode_argument)) return abandon(t, buffered);
  return text;
}

Ref<> openCode(Thread& t, Value module, Value path) {
  if (!isStr(path)) return raise(t, exc::TypeError, "open_code() argument 'path' must be str, not %.50s", typeName(path));
  Value args[] = {path, Value(internStatic("rb")), Value::fromInt(-1), kNone, kNone, kNone, kTrue, kNone};
  return ioOpen(t, module, args);
}

Ref<> textEncoding(Thread& t, Value, const Value* args) {
  if (!args[0].isNone()) return share(args[0]);
  return share(Value(internStatic("locale")));
}

}  // namespace

const MethodDef kOpenFunctions[] = {
    method("open", ioOpen,
           "($module, /, file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None)",
           "Open file and return a stream.  Raise OSError upon failure.\n\n"
           "file is either a text or byte string giving the name (and the path\n"
           "if the file isn't in the current working directory) of the file to\n"
           "be opened or an integer file descriptor of the file to be wrapped."),
    method("open_code", openCode, "($module, /, path)",
           "Opens the provided file with the intent to import the contents.\n\n"
           "This may perform extra validation beyond open(), but is otherwise interchangeable\n"
           "with calling open(path, 'rb')."),
    method("text_encoding", textEncoding, "($module, encoding, stacklevel=2, /)",
           "A helper function to choose the text encoding.\n\n"
           "When encoding is not None, this function returns it.\n"
           "Otherwise, this function returns the default text encoding\n(i.e. \"locale\" or \"utf-8\" depends on UTF-8 mode)."),
    {},
};

}  // namespace krait::io
