// termios: modes of terminals.
#include <linux/serial.h>
#include <linux/tty.h>
#include <sys/ioctl.h>
#include <sys/ttydefaults.h>
#include <termios.h>
#include <unistd.h>

#include "runtime/modules/arguments.h"
#include "runtime/modules/posix/posix.h"
#include "runtime/objects/int.h"
#include "runtime/objects/list.h"
#include "runtime/objects/tuple.h"

namespace krait::posix {

namespace {

Type* termios_error = nullptr;

Raised failedCall(Thread& t) {
  if (t.raised()) return kRaised;
  int error = errno;
  Ref<Str> message = newStrUtf8(t, strerror(error));
  Ref<Tuple> details = message ? packTuple(t, Value::fromInt(error), Value(message)) : Ref<Tuple>();
  return details ? raiseWith(t, *termios_error, details) : kRaised;
}
Ref<> noneOrFailed(Thread& t, int result) {
  if (result < 0) return failedCall(t);
  return steal(kNone);
}

Ref<> getAttributes(Thread& t, Value, Value fd_value) {
  int fd;
  if (!descriptorArgument(t, fd_value, &fd)) return kRaised;
  termios mode;
  if (tcgetattr(fd, &mode) < 0) return failedCall(t);
  Ref<List> characters = newList(t, NCCS), all = newList(t, 7);
  for (int i = 0; characters && i < NCCS; ++i) {
    Ref<> item = share(Value(byteBytes(mode.c_cc[i])));
    // Without line editing these two are numbers.
    if (!(mode.c_lflag & ICANON) && (i == VMIN || i == VTIME)) item = newInt(t, mode.c_cc[i]);
    if (!listAppend(t, characters.get(), std::move(item))) return kRaised;
  }
  const int64_t numbers[] = {mode.c_iflag, mode.c_oflag,       mode.c_cflag,
                             mode.c_lflag, cfgetispeed(&mode), cfgetospeed(&mode)};
  for (int64_t n : numbers) {
    if (!all || !listAppend(t, all.get(), newInt(t, n))) return kRaised;
  }
  if (!characters || !listAppend(t, all.get(), std::move(characters))) return kRaised;
  return all;
}
Ref<> setAttributes(Thread& t, Value, const Value* args) {
  int fd, when;
  if (!descriptorArgument(t, args[0], &fd) || !intArgument(t, args[1], &when)) return kRaised;
  if (!isList(args[2]) || asList(args[2])->size != 7)
    return raise(t, exc::TypeError, "tcsetattr, arg 3: must be 7 element list");
  // A copy: converting the items may run code that changes the list.
  Ref<Tuple> items = sequenceToTuple(t, args[2]);
  termios mode;
  if (!items) return kRaised;
  if (tcgetattr(fd, &mode) < 0) return failedCall(t);
  int64_t numbers[6];
  for (int i = 0; i < 6; ++i) {
    if (!int64Argument(t, items->items[i], &numbers[i])) return kRaised;
  }
  mode.c_iflag = tcflag_t(numbers[0]);
  mode.c_oflag = tcflag_t(numbers[1]);
  mode.c_cflag = tcflag_t(numbers[2]);
  mode.c_lflag = tcflag_t(numbers[3]);
  Value last = items->items[6];
  if (!isList(last) || asList(last)->size != NCCS) {
    return raise(t, exc::TypeError, "tcsetattr: attributes[6] must be %d element list", NCCS);
  }
  Ref<Tuple> characters = sequenceToTuple(t, last);
  if (!characters) return kRaised;
  for (int i = 0; i < NCCS; ++i) {
    Value c = characters->items[i];
    if (isBytes(c) && asBytes(c)->size == 1) {
      mode.c_cc[i] = asBytes(c)->data[0];
    } else if (isIntLike(c)) {
      int64_t number;
      if (!int64Argument(t, c, &number)) return kRaised;
      mode.c_cc[i] = cc_t(number);
    } else {
      return raise(t, exc::TypeError, "tcsetattr: elements of attributes must be characters or integers");
    }
  }
  if (cfsetispeed(&mode, speed_t(numbers[4])) < 0 || cfsetospeed(&mode, speed_t(numbers[5])) < 0) return failedCall(t);
  int result, error;
  {
    WithoutGil released(t);
    result = tcsetattr(fd, when, &mode);
    error = errno;
  }
  errno = error;
  return noneOrFailed(t, result);
}

// The calls with a descriptor and a number.
template <int (*function)(int, int)>
Ref<> withNumber(Thread& t, Value, const Value* args) {
  int fd, number, result, error;
  if (!descriptorArgument(t, args[0], &fd) || !intArgument(t, args[1], &number)) return kRaised;
  {
    WithoutGil released(t);
    result = function(fd, number);
    error = errno;
  }
  errno = error;
  return noneOrFailed(t, result);
}
Ref<> drain(Thread& t, Value, Value fd_value) {
  int fd, result, error;
  if (!descriptorArgument(t, fd_value, &fd)) return kRaised;
  {
    WithoutGil released(t);
    result = tcdrain(fd);
    error = errno;
  }
  errno = error;
  return noneOrFailed(t, result);
}

Ref<> getWindowSize(Thread& t, Value, Value fd_value) {
  int fd;
  winsize size;
  if (!descriptorArgument(t, fd_value, &fd)) return kRaised;
  if (ioctl(fd, TIOCGWINSZ, &size) < 0) return failedCall(t);
  return packTuple(t, Value::fromInt(size.ws_row), Value::fromInt(size.ws_col));
}
Ref<> setWindowSize(Thread& t, Value, const Value* args) {
  int fd;
  if (!descriptorArgument(t, args[0], &fd)) return kRaised;
  constexpr const char* kShape = "tcsetwinsize, arg 2: must be a two-item sequence";
  if (!hasSequenceMethods(typeOf(args[1]))) return raise(t, exc::TypeError, "%s", kShape);
  Ref<Tuple> pair = sequenceToTuple(t, args[1]);
  if (!pair) return kRaised;
  if (pair->size != 2) return raise(t, exc::TypeError, "%s", kShape);
  int64_t rows, columns;
  if (!int64Argument(t, pair->items[0], &rows) || !int64Argument(t, pair->items[1], &columns)) return kRaised;
  winsize size;
  if (ioctl(fd, TIOCGWINSZ, &size) < 0) return failedCall(t);
  size.ws_row = static_cast<unsigned short>(rows);
  size.ws_col = static_cast<unsigned short>(columns);
  if (size.ws_row != rows || size.ws_col != columns)
    return raise(t, exc::OverflowError, "winsize value(s) out of range.");
  return noneOrFailed(t, ioctl(fd, TIOCSWINSZ, &size));
}

const MethodDef kFunctions[] = {
    method("tcgetattr", getAttributes, "($module, fd, /)", "Get the tty attributes for file descriptor fd."),
    method("tcsetattr", setAttributes, "($module, fd, when, attributes, /)",
           "Set the tty attributes for file descriptor fd."),
    method("tcsendbreak", withNumber<tcsendbreak>, "($module, fd, duration, /)", "Send a break on file descriptor fd."),
    method("tcdrain", drain, "($module, fd, /)",
           "Wait until all output written to file descriptor fd has been transmitted."),
    method("tcflush", withNumber<tcflush>, "($module, fd, queue, /)", "Discard queued data on file descriptor fd."),
    method("tcflow", withNumber<tcflow>, "($module, fd, action, /)",
           "Suspend or resume input or output on file descriptor fd."),
    method("tcgetwinsize", getWindowSize, "($module, fd, /)",
           "Get the tty winsize for file descriptor fd, as (rows, columns)."),
    method("tcsetwinsize", setWindowSize, "($module, fd, winsize, /)", "Set the tty winsize for file descriptor fd."),
    {},
};

const IntConstant kConstants[] = {
#define CONSTANT(name) {#name, int64_t(name)},
#include "runtime/modules/posix/termios_constants.def"
#undef CONSTANT
    {"VSWTCH", VSWTC},
};

bool init(Thread& t, ModuleObject* m) {
  Ref<Type> error = newExceptionType(t, "termios.error", &exc::Exception);
  if (!error) return false;
  termios_error = error.get();
  return moduleAdd(t, m, "error", std::move(error)) && addIntConstants(t, m, kConstants);
}

}  // namespace

}  // namespace krait::posix

namespace krait {
const ModuleDef& termiosModule() {
  static const ModuleDef def{"termios", "This module provides an interface to the Posix calls for tty I/O control.",
                             posix::kFunctions, posix::init};
  return def;
}
}  // namespace krait
