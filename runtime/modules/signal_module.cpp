// _signal: Python handlers for signals. The C handler only notes the signal and sets the main thread's poll bit; the Python
// handler runs at the main thread's next poll point.
#include <signal.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cmath>
#include <cstring>

#include "runtime/core/audit.h"
#include "runtime/core/error.h"
#include "runtime/core/frame.h"
#include "runtime/core/hooks.h"
#include "runtime/core/runtime.h"
#include "runtime/modules/arguments.h"
#include "runtime/modules/signal_module.h"
#include "runtime/modules/thread_module.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/float.h"
#include "runtime/objects/function.h"
#include "runtime/objects/int.h"
#include "runtime/objects/module.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/struct_sequence.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/iteration.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

constexpr int kSignals = NSIG;

struct Signal {
  std::atomic<bool> arrived{false};
  Value handler;  // owned: callable, SIG_DFL, SIG_IGN, None (set by other code); empty before the module was imported
};
Signal signals[kSignals];
std::atomic<bool> any_arrived{false};
std::atomic<int> wakeup_fd{-1};
bool wakeup_warns = true;
Thread* main_thread = nullptr;
Type* itimer_error = nullptr;

StructSequence siginfo{"signal.struct_siginfo",
                       "struct_siginfo: Result from sigwaitinfo or sigtimedwait.",
                       {"si_signo", "si_code", "si_errno", "si_pid", "si_uid", "si_status", "si_band"},
                       7,
                       true};

void note(int number) {
  signals[number].arrived = true;
  any_arrived = true;
  main_thread->poll.fetch_or(kPollSignal);
  int fd = wakeup_fd;
  if (fd < 0) return;
  int saved = errno;
  unsigned char byte = static_cast<unsigned char>(number);
  (void)!write(fd, &byte, 1);
  errno = saved;
}
void arrived(int number) { note(number); }

bool isMain(Thread& t) { return &t == t.interpreter->main_thread; }

// For the poll point of the main thread.
bool serveSignals(Thread& t) {
  if (!isMain(t) || !any_arrived.exchange(false)) return true;
  for (int i = 1; i < kSignals; ++i) {
    if (!signals[i].arrived.exchange(false)) continue;
    Ref<> handler = share(signals[i].handler);
    if (!handler || handler.value().isNone() || isIntLike(handler)) continue;
    Frame* f = visibleFrame(t);
    FrameObject* frame = f ? frameObject(t, f) : nullptr;
    if (f && !frame) return false;
    if (!call(t, handler, Value::fromInt(i), frame ? Value(frame) : kNone)) {
      any_arrived = true;  // the others later
      t.poll.fetch_or(kPollSignal);
      return false;
    }
  }
  return true;
}

bool numberArgument(Thread& t, Value v, int* out) {
  int64_t n = toInt64(t, v);
  if (t.raised()) return false;
  if (n < 1 || n >= kSignals) return raise(t, exc::ValueError, "signal number out of range");
  *out = int(n);
  return true;
}

Ref<> signalFunction(Thread& t, Value, const Value* args) {
  int64_t n = toInt64(t, args[0]);
  if (t.raised()) return kRaised;
  Value handler = args[1];
  void (*native)(int);
  if (handler.isInt() || isIntLike(handler)) {
    int64_t code = toInt64(t, handler);
    if (t.raised()) return kRaised;
    if (code != 0 && code != 1) {
      return raise(t, exc::TypeError, "signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object");
    }
    native = code ? SIG_IGN : SIG_DFL;
  } else if (isCallable(handler)) {
    native = arrived;
  } else {
    return raise(t, exc::TypeError, "signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object");
  }
  if (!isMain(t)) return raise(t, exc::ValueError, "signal only works in main thread of the main interpreter");
  if (n < 1 || n >= kSignals) return raise(t, exc::ValueError, "signal number out of range");
  if (!servePoll(t)) return kRaised;
  struct sigaction action {};
  action.sa_handler = native;
  if (sigaction(int(n), &action, nullptr) < 0) return raiseOSError(t, errno);
  Ref<> old = steal(signals[n].handler);
  signals[n].handler = share(handler).leak();
  return old ? std::move(old) : steal(kNone);
}
Ref<> getSignal(Thread& t, Value, Value number) {
  int n;
  if (!numberArgument(t, number, &n)) return kRaised;
  return signals[n].handler ? share(signals[n].handler) : steal(kNone);
}
Ref<> defaultIntHandler(Thread& t, Value, const Value*) { return raiseWith(t, exc::KeyboardInterrupt, Value()); }
Ref<> raiseSignal(Thread& t, Value, Value number) {
  int64_t n = toInt64(t, number);
  if (t.raised()) return kRaised;
  if (::raise(int(n)) != 0) return raiseOSError(t, errno);
  return servePoll(t) ? steal(kNone) : Ref<>();
}
Ref<> describe(Thread& t, Value, Value number) {
  int n;
  if (!numberArgument(t, number, &n)) return kRaised;
  const char* text = sigdescr_np(n);
  if (text) return newStrUtf8(t, text);
  if (n >= SIGRTMIN && n <= SIGRTMAX) return newStrUtf8(t, strsignal(n));
  return steal(kNone);
}
Ref<> pauseFunction(Thread& t, Value) {
  {
    WithoutGil released(t);
    pause();
  }
  return servePoll(t) ? steal(kNone) : Ref<>();
}

// --- timers ---

Ref<> alarmFunction(Thread& t, Value, Value seconds) {
  int64_t n = toInt64(t, seconds);
  if (t.raised()) return kRaised;
  return newInt(t, alarm(unsigned(n)));
}
double seconds(const timeval& tv) { return double(tv.tv_sec) + double(tv.tv_usec) * 1e-6; }
Ref<> timerTuple(Thread& t, const itimerval& timer) {
  return packTuple(t, Value::fromDouble(seconds(timer.it_value)), Value::fromDouble(seconds(timer.it_interval)));
}
bool timeArgument(Thread& t, Value v, timeval* out) {
  *out = {};
  if (!v) return true;
  Ref<> number = toFloat(t, v);
  if (!number) return false;
  double d = number.value().asDouble();
  if (std::isnan(d)) return raise(t, exc::ValueError, "Invalid value NaN (not a number)");
  if (!(std::fabs(d) < 9.2e18)) return raise(t, exc::OverflowError, "timestamp out of range for platform time_t");
  int64_t micro = int64_t(std::ceil(d * 1e6));
  out->tv_sec = micro / 1000000;
  out->tv_usec = micro % 1000000;
  return true;
}
Ref<> setTimer(Thread& t, Value, const Value* args) {
  int64_t which = toInt64(t, args[0]);
  if (t.raised()) return kRaised;
  itimerval timer, old;
  if (!timeArgument(t, args[1], &timer.it_value) || !timeArgument(t, args[2], &timer.it_interval)) return kRaised;
  if (setitimer(__itimer_which_t(which), &timer, &old) < 0) {
    Ref<Tuple> details = packTuple(t, Value::fromInt(errno), Value(internStatic(strerror(errno))));
    return details ? Ref<>(raiseWith(t, *itimer_error, details)) : Ref<>();
  }
  return timerTuple(t, old);
}
Ref<> getTimer(Thread& t, Value, Value which_value) {
  int64_t which = toInt64(t, which_value);
  if (t.raised()) return kRaised;
  itimerval timer;
  if (getitimer(__itimer_which_t(which), &timer) < 0) {
    Ref<Tuple> details = packTuple(t, Value::fromInt(errno), Value(internStatic(strerror(errno))));
    return details ? Ref<>(raiseWith(t, *itimer_error, details)) : Ref<>();
  }
  return timerTuple(t, timer);
}

// --- sets of signals ---

bool setArgument(Thread& t, Value v, sigset_t* out) {
  sigemptyset(out);
  Iteration items(t, v);
  while (Ref<> item = items.next()) {
    int64_t n = toInt64(t, item);
    if (t.raised()) return false;
    if (n < 1 || n >= kSignals) {
      return raise(t, exc::ValueError, "signal number %lld out of range [1; %i]", static_cast<long long>(n), kSignals - 1);
    }
    sigaddset(out, int(n));  // 32 and 33 are glibc's own: silently left out
  }
  return !t.raised();
}
Ref<> makeSet(Thread& t, const sigset_t& set) {
  Ref<> result = call(t, Value(&types::Set));
  for (int i = 1; result && i < kSignals; ++i) {
    if (sigismember(&set, i) == 1 && !callMethod(t, result, "add", Value::fromInt(i))) return kRaised;
  }
  return result;
}
Ref<> threadMask(Thread& t, Value, const Value* args) {
  int64_t how = toInt64(t, args[0]);
  sigset_t mask, old;
  if (t.raised() || !setArgument(t, args[1], &mask)) return kRaised;
  if (int error = pthread_sigmask(int(how), &mask, &old)) return raiseOSError(t, error);
  return servePoll(t) ? makeSet(t, old) : Ref<>();
}
Ref<> pendingSignals(Thread& t, Value) {
  sigset_t mask;
  return sigpending(&mask) < 0 ? Ref<>(raiseOSError(t, errno)) : makeSet(t, mask);
}
Ref<> validSignals(Thread& t, Value) {
  sigset_t mask;
  sigfillset(&mask);
  return makeSet(t, mask);
}
Ref<> waitSignal(Thread& t, Value, Value set) {
  sigset_t mask;
  int number, error;
  if (!setArgument(t, set, &mask)) return kRaised;
  {
    WithoutGil released(t);
    error = sigwait(&mask, &number);
  }
  return error ? Ref<>(raiseOSError(t, error)) : newInt(t, number);
}
Ref<> makeInfo(Thread& t, const siginfo_t& info) {
  Value values[] = {Value::fromInt(info.si_signo), Value::fromInt(info.si_code), Value::fromInt(info.si_errno), Value::fromInt(info.si_pid),
                    Value::fromInt(info.si_uid), Value::fromInt(info.si_status), Value::fromInt(info.si_band)};
  return newStructSequence(t, siginfo, values);
}
Ref<> waitInfo(Thread& t, Value set, const timespec* limit) {
  sigset_t mask;
  if (!setArgument(t, set, &mask)) return kRaised;
  for (;;) {
    siginfo_t info;
    int result, error;
    {
      WithoutGil released(t);
      result = limit ? sigtimedwait(&mask, &info, limit) : sigwaitinfo(&mask, &info);
      error = errno;
    }
    if (result >= 0) return makeInfo(t, info);
    if (error == EAGAIN && limit) return steal(kNone);
    if (error != EINTR) return raiseOSError(t, error);
    if (!servePoll(t)) return kRaised;
  }
}
Ref<> waitInfoFunction(Thread& t, Value, Value set) { return waitInfo(t, set, nullptr); }
Ref<> timedWait(Thread& t, Value, const Value* args) {
  timeval tv;
  if (!timeArgument(t, args[1], &tv)) return kRaised;
  if (tv.tv_sec < 0 || tv.tv_usec < 0) return raise(t, exc::ValueError, "timeout must be non-negative");
  timespec limit{tv.tv_sec, tv.tv_usec * 1000};
  return waitInfo(t, args[0], &limit);
}

Ref<> threadKill(Thread& t, Value, const Value* args) {
  int64_t thread = toInt64(t, args[0]);
  if (t.raised()) return kRaised;
  int64_t number = toInt64(t, args[1]);
  if (t.raised()) return kRaised;
  if (!audit(t, "signal.pthread_kill", args[0], args[1])) return kRaised;
  if (int error = pthread_kill(pthread_t(thread), int(number))) return raiseOSError(t, error);
  return servePoll(t) ? steal(kNone) : Ref<>();
}
Ref<> pidfdSend(Thread& t, Value, const Value* args) {
  int64_t fd = toInt64(t, args[0]);
  if (t.raised()) return kRaised;
  int64_t number = toInt64(t, args[1]);
  if (t.raised()) return kRaised;
  if (!args[2].isNone()) return raise(t, exc::TypeError, "siginfo must be None");
  if (syscall(SYS_pidfd_send_signal, int(fd), int(number), nullptr, 0) < 0) return raiseOSError(t, errno);
  return steal(kNone);
}
Ref<> setInterrupt(Thread& t, Value, const Value* args) {
  int n;
  int64_t flag;
  if (!numberArgument(t, args[0], &n)) return kRaised;
  flag = toInt64(t, args[1]);
  if (t.raised()) return kRaised;
  struct sigaction action;
  sigaction(n, nullptr, &action);
  action.sa_flags = flag ? action.sa_flags & ~SA_RESTART : action.sa_flags | SA_RESTART;
  if (sigaction(n, &action, nullptr) < 0) return raiseOSError(t, errno);
  return steal(kNone);
}
Ref<> setWakeup(Thread& t, Value, const Value* args) {
  int64_t fd = toInt64(t, args[0]);
  if (t.raised()) return kRaised;
  int warns = truth(t, args[1]);
  if (warns < 0) return kRaised;
  if (!isMain(t)) return raise(t, exc::ValueError, "set_wakeup_fd only works in main thread of the main interpreter");
  if (fd != -1) {
    int flags = fcntl(int(fd), F_GETFL);
    if (flags < 0) return raise(t, exc::ValueError, "invalid fd: %lld", static_cast<long long>(fd));
    if (!(flags & O_NONBLOCK)) return raise(t, exc::ValueError, "the fd %lld must be in non-blocking mode", static_cast<long long>(fd));
  }
  int old = wakeup_fd.exchange(int(fd));
  wakeup_warns = warns;
  return newInt(t, old);
}

const MethodDef kFunctions[] = {
    method("signal", signalFunction, "($module, signalnum, handler, /)", "Set the action for the given signal."),
    method("getsignal", getSignal, "($module, signalnum, /)", "Return the current action for the given signal."),
    method("default_int_handler", defaultIntHandler, "($module, signalnum, frame, /)",
           "The default handler for SIGINT installed by Python."),
    method("raise_signal", raiseSignal, "($module, signalnum, /)", "Send a signal to the executing process."),
    method("strsignal", describe, "($module, signalnum, /)", "Return the system description of the given signal."),
    method("pause", pauseFunction, "($module, /)", "Wait until a signal arrives."),
    method("alarm", alarmFunction, "($module, seconds, /)",
           "Arrange for SIGALRM to arrive after the given number of seconds."),
    method("setitimer", setTimer, "($module, which, seconds, interval=0.0, /)",
           "Sets given itimer (one of ITIMER_REAL, ITIMER_VIRTUAL or ITIMER_PROF)."),
    method("getitimer", getTimer, "($module, which, /)", "Returns current value of given itimer."),
    method("pthread_sigmask", threadMask, "($module, how, mask, /)",
           "Fetch and/or change the signal mask of the calling thread."),
    method("pthread_kill", threadKill, "($module, thread_id, signalnum, /)", "Send a signal to a thread."),
    method("pidfd_send_signal", pidfdSend, "($module, pidfd, signalnum, siginfo=None, flags=0, /)",
           "Send a signal to a process referred to by a pid file descriptor."),
    method("sigpending", pendingSignals, "($module, /)", "Examine pending signals."),
    method("sigwait", waitSignal, "($module, sigset, /)", "Wait for a signal."),
    method("sigwaitinfo", waitInfoFunction, "($module, sigset, /)",
           "Wait synchronously until one of the signals in *sigset* is delivered."),
    method("sigtimedwait", timedWait, "($module, sigset, timeout, /)", "Like sigwaitinfo(), but with a timeout."),
    method("valid_signals", validSignals, "($module, /)", "Return a set of valid signal numbers on this platform."),
    method("siginterrupt", setInterrupt, "($module, signalnum, flag, /)", "Change system call restart behaviour."),
    method("set_wakeup_fd", setWakeup, "($module, fd, /, *, warn_on_full_buffer=True)",
           "Sets the fd to be written to when a signal comes in."),
    {},
};

const struct {
  const char* name;
  int number;
} kConstants[] = {
#define SIGNAL(name) {#name, name},
#include "runtime/modules/signals.def"
#undef SIGNAL
    {"SIG_DFL", 0},
    {"SIG_IGN", 1},
    {"SIG_BLOCK", SIG_BLOCK},
    {"SIG_UNBLOCK", SIG_UNBLOCK},
    {"SIG_SETMASK", SIG_SETMASK},
    {"ITIMER_REAL", ITIMER_REAL},
    {"ITIMER_VIRTUAL", ITIMER_VIRTUAL},
    {"ITIMER_PROF", ITIMER_PROF},
    {"NSIG", NSIG},
};

bool init(Thread& t, ModuleObject* m) {
  for (const auto& c : kConstants) {
    if (!moduleAdd(t, m, c.name, newInt(t, c.number))) return false;
  }
  for (int i = 1; i < kSignals; ++i) {
    struct sigaction action;
    if (signals[i].handler) continue;
    if (sigaction(i, nullptr, &action) < 0) continue;
    signals[i].handler = action.sa_handler == SIG_DFL ? Value::fromInt(0) : action.sa_handler == SIG_IGN ? Value::fromInt(1) : kNone;
    if (action.sa_handler == arrived && i == SIGINT) {
      signals[i].handler = share(dictGetStr(m->dict, internStatic("default_int_handler"))).leak();
    }
  }
  Ref<Type> error = newExceptionType(t, "signal.itimer_error", &exc::OSError);
  Type* info_type = structSequenceType(t, siginfo);
  if (!error || !info_type) return false;
  itimer_error = error.get();
  return moduleAdd(t, m, "ItimerError", std::move(error)) && moduleAdd(t, m, "struct_siginfo", share(Value(info_type)));
}

}  // namespace

void signalsAfterFork(Thread& t) {
  main_thread = &t;
  any_arrived = false;
  for (Signal& s : signals) s.arrived = false;
}

void installSignals(Thread& t) {
  main_thread = &t;
  hooks.serve_signals = serveSignals;
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);
  struct sigaction action;
  if (sigaction(SIGINT, nullptr, &action) == 0 && action.sa_handler == SIG_DFL) {
    action = {};
    action.sa_handler = arrived;
    sigaction(SIGINT, &action, nullptr);
    static const MethodDef kHandler = kFunctions[2];
    Ref<Str> name = newStrUtf8(t, "_signal");
    signals[SIGINT].handler = name ? newNativeFunction(t, &kHandler, Value(), name).leak() : Value();
    if (t.raised()) clearException(t);
  }
}

void simulateSignal(Thread&, int number) {
  Value handler = signals[number].handler;
  if (!handler || handler.isNone() || isIntLike(handler)) return;  // ignored or left to the system: nothing to simulate
  note(number);
}

const ModuleDef& signalModule() {
  static const ModuleDef def{"_signal", "This module provides mechanisms to use signal handlers in Python.", kFunctions, init};
  return def;
}

}  // namespace krait
