// select: waiting for descriptors with select, poll and epoll.
#include <limits.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <unistd.h>

#include <cmath>
#include <ctime>
#include <map>
#include <vector>

#include "runtime/modules/arguments.h"
#include "runtime/modules/fields.h"
#include "runtime/modules/posix/posix.h"
#include "runtime/objects/float.h"
#include "runtime/objects/int.h"
#include "runtime/objects/list.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/arguments.h"

namespace krait::posix {

namespace {

double now() {
  timespec ts;
  clock_gettime(CLOCK_MONOTONIC, &ts);
  return double(ts.tv_sec) + 1e-9 * double(ts.tv_nsec);
}
// A timeout in units of `unit` nanoseconds; *forever when None (or negative, if that is allowed). Polls count
// milliseconds in an int.
bool timeoutArgument(Thread& t, Value v, int64_t unit, bool polls, double* seconds, bool* forever) {
  *forever = !v || v.isNone();
  if (*forever) return true;
  int64_t whole, nanoseconds;
  constexpr const char* kTooLarge = "timestamp too large to convert to C _PyTime_t";
  if (isFloatLike(v)) {
    double exact = floatValue(v) * double(unit);
    if (std::isnan(exact)) return raise(t, exc::ValueError, "Invalid value NaN (not a number)");
    if (!(std::fabs(exact) < 0x1p63)) return raise(t, exc::OverflowError, "%s", kTooLarge);
    nanoseconds = int64_t(exact < 0 ? std::floor(exact) : std::ceil(exact));
  } else {
    Ref<> index = toIndexValue(t, v);
    if (!index) {
      if (!raisedIs(t, exc::TypeError)) return false;
      clearException(t);
      return raise(t, exc::TypeError, polls ? "timeout must be an integer or None" : "timeout must be a float or None");
    }
    if (!intFits64(index, &whole) || __builtin_mul_overflow(whole, unit, &nanoseconds))
      return raise(t, exc::OverflowError, "%s", kTooLarge);
  }
  if (polls && std::fabs(double(nanoseconds) * 1e-6) > double(INT_MAX))
    return raise(t, exc::OverflowError, "timeout is too large");
  *seconds = double(nanoseconds) * 1e-9;
  if (nanoseconds < 0) {
    if (!polls) return raise(t, exc::ValueError, "timeout must be non-negative");
    *forever = true;
  }
  return true;
}
// Calls wait(milliseconds or -1) until it is not interrupted; -1: raised or failed.
template <class F>
int waitFor(Thread& t, double seconds, bool forever, F wait) {
  double end = forever ? 0 : now() + seconds;
  for (;;) {
    double left = forever ? -1 : end - now();
    int result, error;
    {
      WithoutGil released(t);
      result = wait(forever ? -1.0 : left < 0 ? 0.0 : left);
      error = errno;
    }
    errno = error;
    if (result >= 0 || error != EINTR) return result;
    if (!servePoll(t)) return -1;
  }
}
int milliseconds(double seconds) { return seconds < 0 ? -1 : seconds > 2e6 ? INT_MAX : int(std::ceil(seconds * 1000)); }

// --- select ---

struct Wanted {
  Ref<Tuple> objects;
  std::vector<int> fds;
  fd_set set;

  bool fill(Thread& t, Value sequence) {
    FD_ZERO(&set);
    objects = sequenceToTuple(t, sequence);
    if (!objects) {
      if (raisedIs(t, exc::TypeError)) {
        clearException(t);
        return raise(t, exc::TypeError, "arguments 1-3 must be sequences");
      }
      return false;
    }
    for (int64_t i = 0; i < objects->size; ++i) {
      int fd;
      if (!descriptorArgument(t, objects->items[i], &fd)) return false;
      if (fd >= FD_SETSIZE) return raise(t, exc::ValueError, "filedescriptor out of range in select()");
      FD_SET(fd, &set);
      fds.push_back(fd);
    }
    return true;
  }
  Ref<List> ready(Thread& t) {
    Ref<List> list = newList(t);
    for (size_t i = 0; list && i < fds.size(); ++i) {
      if (FD_ISSET(fds[i], &set) && !listAppend(t, list.get(), share(objects->items[i]))) return kRaised;
    }
    return list;
  }
};
Ref<> selectFunction(Thread& t, Value, const Value* args) {
  double seconds = 0;
  bool forever;
  if (!timeoutArgument(t, args[3], 1'000'000'000, false, &seconds, &forever)) return kRaised;
  Wanted wanted[3];
  int most = -1;
  for (int i = 0; i < 3; ++i) {
    if (!wanted[i].fill(t, args[i])) return kRaised;
    for (int fd : wanted[i].fds) most = std::max(most, fd);
  }
  fd_set sets[3];
  int found = waitFor(t, seconds, forever, [&](double left) {
    for (int i = 0; i < 3; ++i) sets[i] = wanted[i].set;
    timeval tv{time_t(left), suseconds_t((left - std::floor(left)) * 1e6)};
    return select(most + 1, &sets[0], &sets[1], &sets[2], left < 0 ? nullptr : &tv);
  });
  if (found < 0) return failed(t);
  Ref<List> lists[3];
  for (int i = 0; i < 3; ++i) {
    wanted[i].set = sets[i];
    lists[i] = wanted[i].ready(t);
    if (!lists[i]) return kRaised;
  }
  return packTuple(t, lists[0].value(), lists[1].value(), lists[2].value());
}

// --- poll ---

struct Poll : Object {
  std::map<int, short>* events;  // owned
  bool running;
};
Type *poll_type = nullptr, *epoll_type = nullptr;
Poll* asPoll(Value v) { return static_cast<Poll*>(v.asObject()); }

// An unsigned short; `fallback` when absent.
bool eventMask(Thread& t, Value v, unsigned fallback, unsigned* out) {
  *out = fallback;
  if (!v) return true;
  if (!isIntLike(v)) return raise(t, exc::TypeError, "an integer is required");
  if (intSign(v) < 0) return raise(t, exc::ValueError, "value must be positive");
  int64_t mask;
  if (!intFits64(v, &mask)) {
    return raise(t, exc::OverflowError,
                 intBitLength(v) > 64 ? "Python int too large to convert to C unsigned long"
                                      : "Python int too large for C unsigned short");
  }
  if (mask > 0xFFFF) return raise(t, exc::OverflowError, "Python int too large for C unsigned short");
  *out = unsigned(mask);
  return true;
}
Ref<> newPoll(Thread& t, Value) {
  Poll* p = allocateInstance<Poll>(poll_type);
  if (!p) return raiseNoMemory(t);
  p->events = new std::map<int, short>();
  p->running = false;
  return steal(Value(p));
}
void pollDealloc(Object* self) {
  delete static_cast<Poll*>(self)->events;
  freeInstance(self);
}
Ref<> pollRegister(Thread& t, Value self, const Value* args) {
  int fd;
  unsigned mask;
  if (!descriptorArgument(t, args[0], &fd) || !eventMask(t, args[1], POLLIN | POLLPRI | POLLOUT, &mask)) return kRaised;
  (*asPoll(self)->events)[fd] = short(mask);
  return steal(kNone);
}
Ref<> pollModify(Thread& t, Value self, const Value* args) {
  int fd;
  unsigned mask;
  if (!descriptorArgument(t, args[0], &fd) || !eventMask(t, args[1], 0, &mask)) return kRaised;
  auto found = asPoll(self)->events->find(fd);
  if (found == asPoll(self)->events->end()) return raiseOSError(t, ENOENT);
  found->second = short(mask);
  return steal(kNone);
}
Ref<> pollUnregister(Thread& t, Value self, const Value* args) {
  int fd;
  if (!descriptorArgument(t, args[0], &fd)) return kRaised;
  if (!asPoll(self)->events->erase(fd)) return raiseKeyError(t, Value::fromInt(fd));
  return steal(kNone);
}
Ref<> pollPoll(Thread& t, Value self, const Value* args) {
  double seconds = 0;
  bool forever;
  if (!timeoutArgument(t, args[0], 1'000'000, true, &seconds, &forever)) return kRaised;
  Poll* p = asPoll(self);
  if (p->running) return raise(t, exc::RuntimeError, "concurrent poll() invocation");
  std::vector<pollfd> fds;
  for (auto [fd, mask] : *p->events) fds.push_back({fd, mask, 0});
  p->running = true;
  int found =
      waitFor(t, seconds, forever, [&](double left) { return poll(fds.data(), fds.size(), milliseconds(left)); });
  p->running = false;
  if (found < 0) return failed(t);
  Ref<List> list = newList(t);
  for (const pollfd& f : fds) {
    if (f.revents &&
        (!list || !listAppend(t, list.get(), packTuple(t, Value::fromInt(f.fd), Value::fromInt(uint16_t(f.revents))))))
      return kRaised;
  }
  return list;
}
const MethodDef kPollMethods[] = {
    method("register", pollRegister, "($self, fd, eventmask=select.POLLIN | select.POLLPRI | select.POLLOUT, /)",
           "Register a file descriptor with the polling object."),
    method("modify", pollModify, "($self, fd, eventmask, /)", "Modify an already registered file descriptor."),
    method("unregister", pollUnregister, "($self, fd, /)",
           "Remove a file descriptor being tracked by the polling object."),
    method("poll", pollPoll, "($self, timeout=None, /)", "Polls the set of registered file descriptors."),
    {},
};

// --- epoll ---

struct Epoll : Object {
  int fd;  // -1: closed
};
Epoll* asEpoll(Value v) { return static_cast<Epoll*>(v.asObject()); }

Ref<> wrapEpoll(Thread& t, Type* type, int fd) {
  Epoll* e = allocateInstance<Epoll>(type);
  if (!e) {
    close(fd);
    return raiseNoMemory(t);
  }
  e->fd = fd;
  return steal(Value(e));
}
Ref<> unreachable(Thread&, Value, const Value*) { return nullptr; }  // the definition below is only bound, never called
Ref<> epollNew(Thread& t, Type* type, Args args) {
  static const MethodDef kNew = method("epoll", unreachable, "($self, sizehint=-1, flags=0)");
  Value bound[2];
  Ref<> keep[2];
  int hint, flags;
  if (!bindArguments(t, kNew, args, bound, keep) || !intArgument(t, bound[0], &hint) ||
      !intArgument(t, bound[1], &flags))
    return kRaised;
  if (hint != -1 && hint <= 0) return raise(t, exc::ValueError, "negative sizehint");
  if (flags && flags != EPOLL_CLOEXEC) return raise(t, exc::OSError, "invalid flags");
  int fd = epoll_create1(EPOLL_CLOEXEC);
  return fd < 0 ? Ref<>(failed(t)) : wrapEpoll(t, type, fd);
}
void epollDealloc(Object* self) {
  if (static_cast<Epoll*>(self)->fd >= 0) close(static_cast<Epoll*>(self)->fd);
  freeInstance(self);
}
bool isOpen(Thread& t, Value self) {
  return asEpoll(self)->fd >= 0 || raise(t, exc::ValueError, "I/O operation on closed epoll object").operator bool();
}
Ref<> control(Thread& t, Value self, int operation, Value target, Value mask_value) {
  int fd;
  uint64_t mask = EPOLLIN | EPOLLPRI | EPOLLOUT;
  if (!isOpen(t, self) || !descriptorArgument(t, target, &fd) || (mask_value && !maskArgument(t, mask_value, &mask)))
    return kRaised;
  epoll_event event{};
  event.events = uint32_t(mask);
  event.data.fd = fd;
  return noneOr(t, epoll_ctl(asEpoll(self)->fd, operation, fd, &event));
}
Ref<> epollRegister(Thread& t, Value self, const Value* args) {
  return control(t, self, EPOLL_CTL_ADD, args[0], args[1]);
}
Ref<> epollModify(Thread& t, Value self, const Value* args) {
  return control(t, self, EPOLL_CTL_MOD, args[0], args[1]);
}
Ref<> epollUnregister(Thread& t, Value self, const Value* args) {
  return control(t, self, EPOLL_CTL_DEL, args[0], Value());
}
Ref<> epollPoll(Thread& t, Value self, const Value* args) {
  double seconds = 0;
  bool forever;
  int most;
  if (!isOpen(t, self) || !timeoutArgument(t, args[0], 1'000'000'000, true, &seconds, &forever) ||
      !intArgument(t, args[1], &most))
    return kRaised;
  if (most == -1) most = FD_SETSIZE - 1;
  if (most < 1) return raise(t, exc::ValueError, "maxevents must be greater than 0, got %d", most);
  std::vector<epoll_event> events(static_cast<size_t>(most));
  int fd = asEpoll(self)->fd;
  int found = waitFor(t, seconds, forever,
                      [&](double left) { return epoll_wait(fd, events.data(), most, milliseconds(left)); });
  if (found < 0) return failed(t);
  Ref<List> list = newList(t);
  for (int i = 0; i < found; ++i) {
    if (!list ||
        !listAppend(t, list.get(),
                    packTuple(t, Value::fromInt(events[size_t(i)].data.fd), Value::fromInt(events[size_t(i)].events))))
      return kRaised;
  }
  return list;
}
Ref<> epollClose(Thread& t, Value self) {
  int fd = asEpoll(self)->fd;
  asEpoll(self)->fd = -1;
  return fd < 0 ? steal(kNone) : noneOr(t, close(fd));
}
Ref<> epollFileno(Thread& t, Value self) { return isOpen(t, self) ? newInt(t, asEpoll(self)->fd) : Ref<>(); }
Ref<> epollEnter(Thread& t, Value self) { return isOpen(t, self) ? share(self) : Ref<>(); }
Ref<> epollExit(Thread& t, Value self, Args) { return epollClose(t, self); }
Ref<> epollFromFd(Thread& t, Value cls, Value v) {
  int fd;
  return intArgument(t, v, &fd) ? wrapEpoll(t, static_cast<Type*>(cls.asObject()), fd) : Ref<>();
}
Ref<> epollClosed(Thread&, Value self) { return steal(Value::fromBool(asEpoll(self)->fd < 0)); }
const MethodDef kEpollMethods[] = {
    method("register", epollRegister, "($self, /, fd, eventmask=select.EPOLLIN | select.EPOLLPRI | select.EPOLLOUT)",
           "Registers a new fd or raises an OSError if the fd is already registered."),
    method("modify", epollModify, "($self, /, fd, eventmask)", "Modify event mask for a registered file descriptor."),
    method("unregister", epollUnregister, "($self, /, fd)",
           "Remove a registered file descriptor from the epoll object."),
    method("poll", epollPoll, "($self, /, timeout=None, maxevents=-1)",
           "Wait for events on the epoll file descriptor."),
    method("close", epollClose, "($self, /)", "Close the epoll control file descriptor."),
    method("fileno", epollFileno, "($self, /)", "Return the epoll control file descriptor."),
    method("__enter__", epollEnter, "($self, /)"),
    method("__exit__", epollExit, nullptr),
    method("fromfd", epollFromFd, "($type, fd, /)", "Create an epoll object from a given control fd.",
           MethodKind::kClass),
    {},
};
const GetSetDef kEpollGetSets[] = {{"closed", epollClosed, nullptr, "True if the epoll handler is closed"}, {}};

const MethodDef kFunctions[] = {
    method("select", selectFunction, "($module, rlist, wlist, xlist, timeout=None, /)",
           "Wait until one or more file descriptors are ready for some kind of I/O."),
    method("poll", newPoll, "($module, /)", "Returns a polling object."),
    {},
};
const struct {
  const char* name;
  int64_t value;
} kConstants[] = {
#define CONSTANT(name) {#name, int64_t(name)},
    CONSTANT(POLLIN) CONSTANT(POLLPRI) CONSTANT(POLLOUT) CONSTANT(POLLERR) CONSTANT(POLLHUP) CONSTANT(POLLNVAL)
        CONSTANT(POLLRDNORM) CONSTANT(POLLRDBAND) CONSTANT(POLLWRNORM) CONSTANT(POLLWRBAND) CONSTANT(POLLMSG)
            CONSTANT(POLLRDHUP) CONSTANT(EPOLLIN) CONSTANT(EPOLLOUT) CONSTANT(EPOLLPRI) CONSTANT(EPOLLERR)
                CONSTANT(EPOLLHUP) CONSTANT(EPOLLRDHUP) CONSTANT(EPOLLET) CONSTANT(EPOLLONESHOT)
                    CONSTANT(EPOLLEXCLUSIVE) CONSTANT(EPOLLRDNORM) CONSTANT(EPOLLRDBAND) CONSTANT(EPOLLWRNORM)
                        CONSTANT(EPOLLWRBAND) CONSTANT(EPOLLMSG) CONSTANT(EPOLL_CLOEXEC) CONSTANT(PIPE_BUF)
#undef CONSTANT
};

bool init(Thread& t, ModuleObject* m) {
  static const TypeSpec poll_spec{
      .type = nullptr, .basic_size = sizeof(Poll), .doc = nullptr, .methods = kPollMethods, .dealloc = pollDealloc};
  static const TypeSpec epoll_spec{.type = nullptr,
                                   .basic_size = sizeof(Epoll),
                                   .doc = "select.epoll(sizehint=-1, flags=0)",
                                   .methods = kEpollMethods,
                                   .getsets = kEpollGetSets,
                                   .dealloc = epollDealloc,
                                   .fill = [](Slots& slots) { slots.new_ = epollNew; }};
  for (const auto& c : kConstants) {
    if (!moduleAdd(t, m, c.name, newInt(t, c.value))) return false;
  }
  Ref<Type> polling = makeNativeType(t, poll_spec, "select.poll", nullptr, kTypeFinal | kTypeDisallowNew);
  Ref<Type> epolling = polling ? makeNativeType(t, epoll_spec, "select.epoll", nullptr, 0) : Ref<Type>();
  if (!epolling) return false;
  poll_type = polling.leakObject();
  epoll_type = epolling.get();
  return moduleAdd(t, m, "epoll", std::move(epolling)) && moduleAdd(t, m, "error", share(Value(&exc::OSError)));
}

}  // namespace

}  // namespace krait::posix

namespace krait {
const ModuleDef& selectModule() {
  static const ModuleDef def{"select", "This module supports asynchronous I/O on multiple file descriptors.",
                             posix::kFunctions, posix::init};
  return def;
}
}  // namespace krait
