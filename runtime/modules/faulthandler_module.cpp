// faulthandler: Python tracebacks at fatal signals, at chosen signals and after a timeout, whatever state the runtime
// is in.
//
// The handlers and the watchdog thread only read (frame_peek.h) and write(2). What Python asks for directly
// (dump_traceback) goes the same way, so that it shows what a crash would have shown.
#include "runtime/modules/faulthandler_module.h"

#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "runtime/core/runtime.h"
#include "runtime/modules/posix/dump.h"
#include "runtime/modules/posix/posix.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/float.h"
#include "runtime/objects/int.h"
#include "runtime/objects/str.h"

namespace krait {

namespace {

Interpreter* interpreter = nullptr;  // whose threads are shown

struct Fatal {
  int number;
  const char* name;
  bool enabled;
  struct sigaction previous;
} fatal_signals[] = {{SIGBUS, "Bus error"},
                     {SIGILL, "Illegal instruction"},
                     {SIGFPE, "Floating point exception"},
                     {SIGABRT, "Aborted"},
                     {SIGSEGV, "Segmentation fault"}};
struct {
  bool enabled = false;
  Value file;  // owned
  int fd = -1;
  bool all_threads = true;
} crash;

struct {
  Value file;  // owned: the thread writes to its descriptor
  int fd = -1;
  pid_t process = 0;  // that has the thread; 0: none runs
  pthread_t thread;
  sem_t cancelled;
  int64_t nanoseconds;
  bool repeats, exits;
  char header[64];
} watchdog;

struct User {
  bool enabled = false;
  Value file;  // owned
  int fd = -1;
  bool all_threads = true, chains = false;
  struct sigaction previous;
} users[NSIG];

stack_t own_stack{};  // for handlers of a thread whose stack is used up

const Thread* threadOfCaller() {
  uint64_t ident = uint64_t(pthread_self());
  for (const Thread* t = interpreter->threads; t; t = t->next_thread) {
    if (t->ident == ident) return t;
  }
  return nullptr;
}
void dump(int fd, bool all_threads, const Thread* current) {
  static volatile sig_atomic_t busy = 0;  // a fault in here must not begin anew
  if (busy) return;
  busy = 1;
  if (all_threads) {
    dumpThreads(fd, interpreter->threads, current);
  } else {
    dumpStack(fd, current);
  }
  busy = 0;
}

// --- arguments ---

// The descriptor behind a `file` argument; *file keeps what has to stay open. Below 0: raised.
int fileArgument(Thread& t, Value v, Ref<>* file) {
  if (v && isIntLike(v)) {
    int fd;
    if (!posix::intArgument(t, v, &fd)) return -1;
    if (fd < 0) return raise(t, exc::ValueError, "file is not a valid file descripter");
    return fd;
  }
  if (!v || v.isNone()) {
    v = dictGetStr(interpreterOf(t).sys->dict, internStatic("stderr"));
    if (!v) return raise(t, exc::RuntimeError, "unable to get sys.stderr");
    if (v.isNone()) return raise(t, exc::RuntimeError, "sys.stderr is None");
  }
  *file = share(v);
  Ref<> number = callMethod(t, *file, "fileno");
  if (!number) return -1;
  int64_t fd = -1;
  if (!isIntLike(number) || !intFits64(number, &fd) || fd < 0 || fd > INT_MAX) {
    return raise(t, exc::RuntimeError, "file.fileno() is not a valid file descriptor");
  }
  if (!callMethod(t, *file, "flush")) clearException(t);
  return int(fd);
}

// --- fatal signals ---

void disableFatal() {
  if (!crash.enabled) return;
  crash.enabled = false;
  for (Fatal& f : fatal_signals) {
    if (!f.enabled) continue;
    f.enabled = false;
    sigaction(f.number, &f.previous, nullptr);
  }
}
void fatalArrived(int number) {
  if (!crash.enabled) return;
  int saved = errno;
  const char* name = "unknown signal";
  for (Fatal& f : fatal_signals) {
    if (f.number != number) continue;
    name = f.name;
    f.enabled = false;
    sigaction(number, &f.previous, nullptr);  // what happens in here, or after it, is the system's
  }
  dumpText(crash.fd, "Fatal Python error: ");
  dumpText(crash.fd, name);
  dumpText(crash.fd, "\n\n");
  dump(crash.fd, crash.all_threads, threadOfCaller());
  dumpNativeModules(crash.fd, interpreter);
  errno = saved;
  ::raise(number);
}
bool prepareStack(Thread& t) {
  if (own_stack.ss_sp) return true;
  own_stack.ss_size = size_t(SIGSTKSZ) * 2;
  own_stack.ss_sp = malloc(own_stack.ss_size);
  if (!own_stack.ss_sp) return raiseNoMemory(t);
  sigaltstack(&own_stack, nullptr);
  return true;
}
bool enableFatal(Thread& t, Value file, bool all_threads) {
  Ref<> keep;
  int fd = fileArgument(t, file, &keep);
  if (fd < 0 || !prepareStack(t)) return false;
  assign(crash.file, std::move(keep));
  crash.fd = fd;
  crash.all_threads = all_threads;
  interpreter = &interpreterOf(t);
  if (crash.enabled) return true;
  crash.enabled = true;
  for (Fatal& f : fatal_signals) {
    struct sigaction action{};
    action.sa_handler = fatalArrived;
    action.sa_flags = SA_NODEFER | SA_ONSTACK;
    if (sigaction(f.number, &action, &f.previous) < 0) return raiseOSError(t, errno);
    f.enabled = true;
  }
  return true;
}
Ref<> enable(Thread& t, Value, const Value* args) {
  bool all_threads;
  if (!posix::flagArgument(t, args[1], &all_threads) || !enableFatal(t, args[0], all_threads)) return kRaised;
  return steal(kNone);
}
Ref<> disable(Thread&, Value) {
  bool was = crash.enabled;
  disableFatal();
  assign(crash.file, Ref<>());
  return steal(Value::fromBool(was));
}
Ref<> isEnabled(Thread&, Value) { return steal(Value::fromBool(crash.enabled)); }

Ref<> dumpNow(Thread& t, Value, const Value* args) {
  bool all_threads;
  Ref<> keep;
  if (!posix::flagArgument(t, args[1], &all_threads)) return kRaised;
  int fd = fileArgument(t, args[0], &keep);
  if (fd < 0) return kRaised;
  interpreter = &interpreterOf(t);
  dump(fd, all_threads, &t);
  return steal(kNone);
}

// --- the watchdog ---

void* watch(void*) {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, nullptr);
  do {
    timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    int64_t end = until.tv_nsec + watchdog.nanoseconds % 1'000'000'000;
    until.tv_sec += watchdog.nanoseconds / 1'000'000'000 + end / 1'000'000'000;
    until.tv_nsec = end % 1'000'000'000;
    int result;
    while ((result = sem_clockwait(&watchdog.cancelled, CLOCK_MONOTONIC, &until)) < 0 && errno == EINTR) {}
    if (result == 0) return nullptr;
    dumpText(watchdog.fd, watchdog.header);
    dump(watchdog.fd, true, nullptr);
    if (watchdog.exits) _exit(1);
  } while (watchdog.repeats);
  return nullptr;
}
void cancelWatchdog() {
  if (watchdog.process == getpid()) {  // a child of fork has no such thread
    sem_post(&watchdog.cancelled);
    pthread_join(watchdog.thread, nullptr);
  }
  watchdog.process = 0;
}
Ref<> dumpLater(Thread& t, Value, const Value* args) {
  Ref<> keep;
  bool repeats, exits;
  if (!isIntLike(args[0]) && !isFloatLike(args[0]) && !typeOf(args[0])->slots.index) {
    return raise(t, exc::TypeError, "'%s' object cannot be interpreted as an integer", typeName(args[0]));
  }
  Ref<> number = toFloat(t, args[0]);
  if (!number) return kRaised;
  double seconds = number.value().asDouble();
  if (std::isnan(seconds)) return raise(t, exc::ValueError, "Invalid value NaN (not a number)");
  if (!(std::fabs(seconds * 1e9) < 0x1p63))
    return raise(t, exc::OverflowError, "timestamp too large to convert to C _PyTime_t");
  int64_t nanoseconds = int64_t(std::ceil(seconds * 1e9));
  if (nanoseconds <= 0) return raise(t, exc::ValueError, "timeout must be greater than 0");
  if (!posix::flagArgument(t, args[1], &repeats) || !posix::flagArgument(t, args[3], &exits)) return kRaised;
  int fd = fileArgument(t, args[2], &keep);
  if (fd < 0) return kRaised;
  cancelWatchdog();
  assign(watchdog.file, std::move(keep));
  watchdog.fd = fd;
  watchdog.nanoseconds = nanoseconds;
  watchdog.repeats = repeats;
  watchdog.exits = exits;
  int64_t micro = (nanoseconds + 999) / 1000, whole = micro / 1'000'000;
  int size = snprintf(watchdog.header, sizeof watchdog.header, "Timeout (%lld:%02lld:%02lld",
                      static_cast<long long>(whole / 3600), static_cast<long long>(whole / 60 % 60),
                      static_cast<long long>(whole % 60));
  if (micro % 1'000'000) {
    size += snprintf(watchdog.header + size, sizeof watchdog.header - size_t(size), ".%06lld",
                     static_cast<long long>(micro % 1'000'000));
  }
  snprintf(watchdog.header + size, sizeof watchdog.header - size_t(size), ")!\n");
  interpreter = &interpreterOf(t);
  sem_init(&watchdog.cancelled, 0, 0);
  if (pthread_create(&watchdog.thread, nullptr, watch, nullptr) != 0) {
    return raise(t, exc::RuntimeError, "unable to start watchdog thread");
  }
  watchdog.process = getpid();
  return steal(kNone);
}
Ref<> cancelLater(Thread&, Value) {
  cancelWatchdog();
  assign(watchdog.file, Ref<>());
  return steal(kNone);
}

// --- chosen signals ---

void userArrived(int number);
int install(int number, struct sigaction* previous) {
  struct sigaction action{};
  action.sa_handler = userArrived;
  // With chaining the signal is raised again from within the handler.
  action.sa_flags = (users[number].chains ? SA_NODEFER : SA_RESTART) | (own_stack.ss_sp ? SA_ONSTACK : 0);
  return sigaction(number, &action, previous);
}
void userArrived(int number) {
  User& user = users[number];
  if (!user.enabled) return;
  int saved = errno;
  dump(user.fd, user.all_threads, threadOfCaller());
  if (user.chains) {
    sigaction(number, &user.previous, nullptr);
    errno = saved;
    ::raise(number);
    saved = errno;
    install(number, nullptr);
  }
  errno = saved;
}
bool userSignal(Thread& t, Value v, int* out) {
  if (!posix::pidArgument(t, v, out)) return false;
  for (const Fatal& f : fatal_signals) {
    if (f.number == *out) {
      return raise(t, exc::RuntimeError, "signal %i cannot be registered, use enable() instead", *out);
    }
  }
  return (*out >= 1 && *out < NSIG) || raise(t, exc::ValueError, "signal number out of range").operator bool();
}
Ref<> registerSignal(Thread& t, Value, const Value* args) {
  int number;
  bool all_threads, chains;
  Ref<> keep;
  if (!posix::flagArgument(t, args[2], &all_threads) || !posix::flagArgument(t, args[3], &chains) ||
      !userSignal(t, args[0], &number)) {
    return kRaised;
  }
  int fd = fileArgument(t, args[1], &keep);
  if (fd < 0 || !prepareStack(t)) return kRaised;
  User& user = users[number];
  user.all_threads = all_threads;
  user.chains = chains;
  interpreter = &interpreterOf(t);
  struct sigaction previous;
  if (install(number, &previous) < 0) return raiseOSError(t, errno);
  if (!user.enabled) user.previous = previous;
  assign(user.file, std::move(keep));
  user.fd = fd;
  user.enabled = true;
  return steal(kNone);
}
bool unregister(User& user, int number) {
  if (!user.enabled) return false;
  user.enabled = false;
  sigaction(number, &user.previous, nullptr);
  assign(user.file, Ref<>());
  user.fd = -1;
  return true;
}
Ref<> unregisterSignal(Thread& t, Value, const Value* args) {
  int number;
  return userSignal(t, args[0], &number) ? steal(Value::fromBool(unregister(users[number], number))) : Ref<>();
}

// --- faults on purpose, for tests ---

// No core file and no report of the system about a crash that was asked for.
void withoutReport() {
  rlimit limit;
  if (getrlimit(RLIMIT_CORE, &limit) == 0) {
    limit.rlim_cur = 0;
    setrlimit(RLIMIT_CORE, &limit);
  }
}
__attribute__((no_sanitize("all"))) Ref<> readNull(Thread& t, Value) {
  withoutReport();
  volatile int* nowhere = nullptr;
  return newInt(t, *nowhere);
}
Ref<> raiseSegv(Thread& t, Value, const Value* args) {
  bool releases;
  if (!posix::flagArgument(t, args[0], &releases)) return kRaised;
  withoutReport();
  if (releases) {
    WithoutGil released(t);
    ::raise(SIGSEGV);
  } else {
    ::raise(SIGSEGV);
  }
  return steal(kNone);
}
Ref<> raiseFpe(Thread&, Value) {
  withoutReport();
  ::raise(SIGFPE);
  return steal(kNone);
}
Ref<> raiseAbort(Thread&, Value) {
  withoutReport();
  abort();
}
Ref<> failInThread(Thread& t, Value) {
  withoutReport();
  interpreter = &interpreterOf(t);
  pthread_t thread;
  auto body = [](void*) -> void* {
    int fd = STDERR_FILENO;
    dumpText(
        fd,
        "Fatal Python error: faulthandler_fatal_error_thread: in new thread\nPython runtime state: initialized\n\n");
    disableFatal();
    dump(fd, true, nullptr);
    abort();
  };
  if (pthread_create(&thread, nullptr, body, nullptr) != 0)
    return raise(t, exc::RuntimeError, "unable to start the thread");
  WithoutGil released(t);
  pthread_join(thread, nullptr);
  return steal(kNone);
}
__attribute__((noinline)) uintptr_t deeper(uintptr_t lowest, uintptr_t highest, size_t* depth) {
  volatile unsigned char room[4096];
  uintptr_t here = reinterpret_cast<uintptr_t>(room);
  room[0] = 1;
  ++*depth;
  if (here < lowest || highest < here) return here;
  return deeper(lowest, highest, depth) + room[0];
}
Ref<> overflowStack(Thread& t, Value) {
  constexpr uintptr_t kMost = 100 * 1024 * 1024;
  uintptr_t here = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
  size_t depth = 0;
  withoutReport();
  uintptr_t end = deeper(here - kMost, here + kMost, &depth);
  size_t size = here > end ? here - end : end - here;
  return raise(t, exc::RuntimeError,
               "unable to raise a stack overflow (allocated %zu bytes on the stack, %zu recursive calls)", size, depth);
}

const MethodDef kFunctions[] = {
    method("enable", enable, "($module, /, file=<none>, all_threads=True)",
           "Show the tracebacks of all threads at fatal signals."),
    method("disable", disable, "($module, /)", "Take the handlers of fatal signals away."),
    method("is_enabled", isEnabled, "($module, /)", "Whether there are handlers for fatal signals."),
    method("dump_traceback", dumpNow, "($module, /, file=<none>, all_threads=True)",
           "Write the traceback of this thread, or of all threads."),
    method("dump_traceback_later", dumpLater, "($module, /, timeout, repeat=False, file=<none>, exit=False)",
           "Write the tracebacks of all threads after a time, once or again and again, or end the process then."),
    method("cancel_dump_traceback_later", cancelLater, "($module, /)",
           "Cancel the last call of dump_traceback_later()."),
    method("register", registerSignal, "($module, /, signum, file=<none>, all_threads=True, chain=False)",
           "Write tracebacks whenever a signal arrives."),
    method("unregister", unregisterSignal, "($module, signum, /)",
           "Undo register() for a signal; gives whether there was anything to undo."),
    method("_read_null", readNull, "($module, /)", "Read from address 0."),
    method("_sigsegv", raiseSegv, "($module, release_gil=False, /)", "Raise SIGSEGV."),
    method("_fatal_error_c_thread", failInThread, "($module, /)",
           "A fatal error in a thread that Python does not know."),
    method("_sigabrt", raiseAbort, "($module, /)", "Raise SIGABRT."),
    method("_sigfpe", raiseFpe, "($module, /)", "Raise SIGFPE."),
    method("_stack_overflow", overflowStack, "($module, /)", "Use the C stack up."),
    {},
};

}  // namespace

bool enableFaulthandler(Thread& t) {
  Ref<> module = importModule(t, "faulthandler");
  return module && callMethod(t, module, "enable");
}
void stopFaulthandler() {
  cancelWatchdog();
  assign(watchdog.file, Ref<>());
  for (int i = 1; i < NSIG; ++i) unregister(users[i], i);
  disableFatal();
  assign(crash.file, Ref<>());
}

const ModuleDef& faulthandlerModule() {
  static const ModuleDef def{"faulthandler", "faulthandler module.", kFunctions, nullptr};
  return def;
}

}  // namespace krait
