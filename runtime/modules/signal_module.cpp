// _signal: a C handler only notes the signal and sets a poll bit of the main thread; the Python handler runs at its next poll.
#include "runtime/modules/signal_module.h"

#include <atomic>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <cstring>
#include <pthread.h>
#include <string>
#include <sys/time.h>
#include <unistd.h>

#include "runtime/core/error.h"
#include "runtime/core/frame.h"
#include "runtime/core/hooks.h"
#include "runtime/core/runtime.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/float.h"
#include "runtime/objects/function.h"
#include "runtime/objects/int.h"
#include "runtime/objects/module.h"
#include "runtime/objects/set.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/struct_sequence.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/iteration.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

inline constexpr int kSignals = 65;

std::atomic<bool> arrived[kSignals];
std::atomic<int> wakeup_descriptor{-1};
bool wakeup_warns = true;
Thread* main_thread = nullptr;
Value handlers[kSignals];        // owned: callable, or the ints SIG_DFL and SIG_IGN; None: not from Python
Value default_int_handler;       // owned

void onSignal(int number) {
  int saved = errno;
  arrived[number].store(true, std::memory_order_relaxed);
  if (main_thread) main_thread->poll.fetch_or(kPollSignal, std::memory_order_release);
  int descriptor = wakeup_descriptor.load(std::memory_order_relaxed);
  if (descriptor >= 0) {
    unsigned char byte = static_cast<unsigned char>(number);
    // Nothing can be done here when the pipe is full: the poll bit is set all the same.
    if (write(descriptor, &byte, 1) < 0) errno = saved;
  }
  errno = saved;
}

bool setAction(int number, void (*action)(int)) {
  struct sigaction sa {};
  sa.sa_handler = action;
  sigemptyset(&sa.sa_mask);
  return sigaction(number, &sa, nullptr) == 0;
}

// Calls the Python handlers of signals that arrived, lowest number first. False: one raised.
bool serveSignals(Thread& t) {
  if (&t != main_thread) return true;
  for (int number = 1; number < kSignals; ++number) {
    if (!arrived[number].exchange(false)) continue;
    Ref<> handler = share(handlers[number]);
    if (!handler || handler.value().isNone() || handler.value().isInt()) continue;
    Frame* frame = visibleFrame(t);
    FrameObject* object = frame ? frameObject(t, frame) : nullptr;
    if (frame && !object) return false;
    Ref<> result = call(t, handler, Value::fromInt(number), object ? Value(object) : kNone);
    if (result) continue;
    // The others are served at the next poll.
    for (int rest = number + 1; rest < kSignals; ++rest) {
      if (arrived[rest].load()) t.poll.fetch_or(kPollSignal);
    }
    return false;
  }
  return true;
}

bool signalNumber(Thread& t, Value v, int* out) {
  int64_t n = toInt64(t, v);
  if (t.raised()) return false;
  if (n < 1 || n >= kSignals) return raise(t, exc::ValueError, "signal number out of range");
  *out = int(n);
  return true;
}

Ref<> setSignal(Thread& t, Value, const Value* args) {
  int number;
  if (&t != main_thread) return raise(t, exc::ValueError, "signal only works in main thread of the main interpreter");
  if (!signalNumber(t, args[0], &number)) return kRaised;
  Value handler = args[1];
  void (*action)(int);
  int64_t as_int;
  if (isIntLike(handler) && intFits64(handler, &as_int) && (as_int == 0 || as_int == 1)) {
    action = as_int == 0 ? SIG_DFL : SIG_IGN;
  } else if (isCallable(handler)) {
    action = onSignal;
  } else {
    return raise(t, exc::TypeError, "signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object");
  }
  if (!servePoll(t)) return kRaised;  // signals that arrived belong to the old handler
  if (!setAction(number, action)) return raiseOSError(t, errno);
  Ref<> old = handlers[number] ? steal(handlers[number]) : share(kNone);
  handlers[number] = share(handler).leak();
  return old;
}

Ref<> getSignal(Thread& t, Value, Value v) {
  int number;
  if (!signalNumber(t, v, &number)) return kRaised;
  return handlers[number] ? share(handlers[number]) : share(kNone);
}

Ref<> raiseInterrupt(Thread& t, Value, Args) { return raiseWith(t, exc::KeyboardInterrupt, Value()); }

Ref<> alarmIn(Thread& t, Value, Value v) {
  int64_t n = toInt64(t, v);
  if (t.raised()) return kRaised;
  return steal(Value::fromInt(alarm(unsigned(n))));
}

Ref<> pauseUntil(Thread& t, Value) {
  {
    WithoutGil released(t);
    ::pause();
  }
  return servePoll(t) ? share(kNone) : Ref<>(kRaised);
}

Ref<> raiseSignal(Thread& t, Value, Value v) {
  int64_t n = toInt64(t, v);
  if (t.raised()) return kRaised;
  int result;
  {
    WithoutGil released(t);
    result = ::raise(int(n));
  }
  if (result) return raiseOSError(t, errno);
  return servePoll(t) ? share(kNone) : Ref<>(kRaised);
}

Ref<> setWakeup(Thread& t, Value, Args args) {
  if (args.positional < 1) return raise(t, exc::TypeError, "set_wakeup_fd() takes exactly 1 positional argument (%zu given)", args.positional);
  int64_t descriptor = toInt64(t, args[0]);
  if (t.raised()) return kRaised;
  if (&t != main_thread) return raise(t, exc::ValueError, "set_wakeup_fd only works in main thread of the main interpreter");
  for (size_t k = 0; k < args.keywords(); ++k) wakeup_warns = truth(t, args[args.positional + k]) > 0;
  if (descriptor >= 0 && lseek(int(descriptor), 0, SEEK_CUR) < 0 && errno == EBADF) return raiseOSError(t, EBADF);
  return steal(Value::fromInt(wakeup_descriptor.exchange(int(descriptor))));
}

Ref<> interruptCalls(Thread& t, Value, const Value* args) {
  int number;
  if (!signalNumber(t, args[0], &number)) return kRaised;
  int flag = truth(t, args[1]);
  if (flag < 0) return kRaised;
  struct sigaction sa;
  if (sigaction(number, nullptr, &sa) != 0) return raiseOSError(t, errno);
  if (flag) {
    sa.sa_flags &= ~SA_RESTART;
  } else {
    sa.sa_flags |= SA_RESTART;
  }
  return sigaction(number, &sa, nullptr) ? Ref<>(raiseOSError(t, errno)) : share(kNone);
}

Ref<> signalText(Thread& t, Value, Value v) {
  int number;
  if (!signalNumber(t, v, &number)) return kRaised;
  const char* text = sigdescr_np(number);
  return text ? Ref<>(newStrUtf8(t, text)) : share(kNone);
}

// --- sets of signals ---

Ref<> fromSet(Thread& t, const sigset_t& signals) {
  Ref<Set> set = newSet(t, Value());
  for (int n = 1; set && n < kSignals; ++n) {
    if (sigismember(&signals, n) == 1 && !setAdd(t, set.get(), Value::fromInt(n))) return kRaised;
  }
  return set;
}
bool toSet(Thread& t, Value v, sigset_t* out) {
  sigemptyset(out);
  Iteration items(t, v);
  while (Ref<> item = items.next()) {
    int number;
    if (!signalNumber(t, item, &number)) return false;
    sigaddset(out, number);
  }
  return !t.raised();
}
Ref<> validSignals(Thread& t, Value) {
  sigset_t all;
  sigfillset(&all);
  return fromSet(t, all);
}
Ref<> maskSignals(Thread& t, Value, const Value* args) {
  int64_t how = toInt64(t, args[0]);
  sigset_t wanted, old;
  if (t.raised() || !toSet(t, args[1], &wanted)) return kRaised;
  if (int error = pthread_sigmask(int(how), &wanted, &old)) return raiseOSError(t, error);
  if (!servePoll(t)) return kRaised;
  return fromSet(t, old);
}
Ref<> pendingSignals(Thread& t, Value) {
  sigset_t pending;
  if (sigpending(&pending)) return raiseOSError(t, errno);
  return fromSet(t, pending);
}
Ref<> waitSignal(Thread& t, Value, Value v) {
  sigset_t wanted;
  int number = 0, error;
  if (!toSet(t, v, &wanted)) return kRaised;
  {
    WithoutGil released(t);
    error = sigwait(&wanted, &number);
  }
  return error ? Ref<>(raiseOSError(t, error)) : steal(Value::fromInt(number));
}
Ref<> killThread(Thread& t, Value, const Value* args) {
  int64_t thread = toInt64(t, args[0]);
  if (t.raised()) return kRaised;
  int64_t number = toInt64(t, args[1]);
  if (t.raised()) return kRaised;
  if (int error = pthread_kill(pthread_t(thread), int(number))) return raiseOSError(t, error);
  return servePoll(t) ? share(kNone) : Ref<>(kRaised);
}

// --- timers ---

timeval fromSeconds(double s) {
  timeval v;
  v.tv_sec = time_t(s);
  v.tv_usec = suseconds_t((s - double(v.tv_sec)) * 1e6 + 0.5);
  if (s > 0 && v.tv_sec == 0 && v.tv_usec == 0) v.tv_usec = 1;
  return v;
}
double toSeconds(const timeval& v) { return double(v.tv_sec) + double(v.tv_usec) * 1e-6; }
Ref<> timerPair(Thread& t, const itimerval& v) {
  return packTuple(t, Value::fromDouble(toSeconds(v.it_value)), Value::fromDouble(toSeconds(v.it_interval)));
}
Ref<> setTimer(Thread& t, Value self, const Value* args) {
  int64_t which = toInt64(t, args[0]);
  if (t.raised()) return kRaised;
  double first = toDouble(t, args[1]);
  if (t.raised()) return kRaised;
  double interval = args[2] ? toDouble(t, args[2]) : 0;
  if (t.raised()) return kRaised;
  itimerval wanted{fromSeconds(interval), fromSeconds(first)}, old;
  if (setitimer(__itimer_which_t(which), &wanted, &old)) {
    Ref<> error = getAttr(t, self, "ItimerError");
    if (!error) return kRaised;
    return raise(t, *static_cast<Type*>(error.value().asObject()), "[Errno %d] %s", errno, strerror(errno));
  }
  return timerPair(t, old);
}
Ref<> getTimer(Thread& t, Value, Value v) {
  int64_t which = toInt64(t, v);
  if (t.raised()) return kRaised;
  itimerval current;
  if (getitimer(__itimer_which_t(which), &current)) return raiseOSError(t, errno);
  return timerPair(t, current);
}

const MethodDef kFunctions[] = {
    method("signal", setSignal, "($module, signalnum, handler, /)"),
    method("getsignal", getSignal, "($module, signalnum, /)"),
    method("default_int_handler", raiseInterrupt, nullptr),
    method("alarm", alarmIn, "($module, seconds, /)"),
    method("pause", pauseUntil, "($module, /)"),
    method("raise_signal", raiseSignal, "($module, signalnum, /)"),
    method("set_wakeup_fd", setWakeup, nullptr),
    method("siginterrupt", interruptCalls, "($module, signalnum, flag, /)"),
    method("strsignal", signalText, "($module, signalnum, /)"),
    method("valid_signals", validSignals, "($module, /)"),
    method("pthread_sigmask", maskSignals, "($module, how, mask, /)"),
    method("sigpending", pendingSignals, "($module, /)"),
    method("sigwait", waitSignal, "($module, sigset, /)"),
    method("pthread_kill", killThread, "($module, thread_id, signalnum, /)"),
    method("setitimer", setTimer, "($module, which, seconds, interval=0.0, /)"),
    method("getitimer", getTimer, "($module, which, /)"),
    {},
};

struct Constant {
  const char* name;
  int value;
};
const Constant kConstants[] = {
    {"SIG_DFL", 0},         {"SIG_IGN", 1},           {"SIG_BLOCK", SIG_BLOCK}, {"SIG_UNBLOCK", SIG_UNBLOCK},
    {"SIG_SETMASK", SIG_SETMASK}, {"NSIG", kSignals},  {"SIGHUP", SIGHUP},       {"SIGINT", SIGINT},
    {"SIGQUIT", SIGQUIT},   {"SIGILL", SIGILL},       {"SIGTRAP", SIGTRAP},     {"SIGABRT", SIGABRT},
    {"SIGIOT", SIGABRT},    {"SIGBUS", SIGBUS},       {"SIGFPE", SIGFPE},       {"SIGKILL", SIGKILL},
    {"SIGUSR1", SIGUSR1},   {"SIGSEGV", SIGSEGV},     {"SIGUSR2", SIGUSR2},     {"SIGPIPE", SIGPIPE},
    {"SIGALRM", SIGALRM},   {"SIGTERM", SIGTERM},     {"SIGSTKFLT", SIGSTKFLT}, {"SIGCHLD", SIGCHLD},
    {"SIGCLD", SIGCHLD},    {"SIGCONT", SIGCONT},     {"SIGSTOP", SIGSTOP},     {"SIGTSTP", SIGTSTP},
    {"SIGTTIN", SIGTTIN},   {"SIGTTOU", SIGTTOU},     {"SIGURG", SIGURG},       {"SIGXCPU", SIGXCPU},
    {"SIGXFSZ", SIGXFSZ},   {"SIGVTALRM", SIGVTALRM}, {"SIGPROF", SIGPROF},     {"SIGWINCH", SIGWINCH},
    {"SIGIO", SIGIO},       {"SIGPOLL", SIGIO},       {"SIGPWR", SIGPWR},       {"SIGSYS", SIGSYS},
    {"SIGRTMIN", 34},       {"SIGRTMAX", 64},         {"ITIMER_REAL", ITIMER_REAL}, {"ITIMER_VIRTUAL", ITIMER_VIRTUAL},
    {"ITIMER_PROF", ITIMER_PROF},
};

StructSequence siginfo{"signal.struct_siginfo", "struct_siginfo: Result from sigwaitinfo or sigtimedwait.",
                       {"si_signo", "si_code", "si_errno", "si_pid", "si_uid", "si_status", "si_band"}, 7};

bool init(Thread& t, ModuleObject* m) {
  for (const Constant& c : kConstants) {
    if (!moduleAdd(t, m, c.name, newInt(t, c.value))) return false;
  }
  // ItimerError is a name of its own for OSErrors of timers.
  Ref<Tuple> bases = packTuple(t, Value(&exc::OSError));
  Ref<Dict> space = newDict(t);
  Ref<> error = bases && space ? call(t, Value(&types::Type), Value(internStatic("itimer_error")), bases, space) : Ref<>();
  Ref<Str> module_name = newStrUtf8(t, "signal");
  if (!error || !module_name || !setAttr(t, error, internStatic("__module__"), module_name)) return false;
  Type* info = structSequenceType(t, siginfo);
  if (!info) return false;
  Ref<> handler = getAttr(t, Value(m), "default_int_handler");
  if (!handler) return false;
  // The handler of SIGINT is this function from now on, in name as well.
  if (handlers[SIGINT] && handlers[SIGINT] == default_int_handler) assign(handlers[SIGINT], share(handler));
  assign(default_int_handler, std::move(handler));
  return moduleAdd(t, m, "ItimerError", std::move(error)) && moduleAdd(t, m, "struct_siginfo", share(Value(info)));
}

}  // namespace

const ModuleDef& signalModule() {
  static const ModuleDef def{"_signal", "This module provides mechanisms to use signal handlers in Python.", kFunctions, init};
  return def;
}

void installSignals(Thread& t) {
  main_thread = &t;
  hooks.serve_signals = serveSignals;
  setAction(SIGPIPE, SIG_IGN);
  setAction(SIGXFSZ, SIG_IGN);
  for (int n = 1; n < kSignals; ++n) {
    struct sigaction sa;
    if (sigaction(n, nullptr, &sa) != 0) continue;
    handlers[n] = sa.sa_handler == SIG_DFL ? Value::fromInt(0) : sa.sa_handler == SIG_IGN ? Value::fromInt(1) : kNone;
  }
  if (handlers[SIGINT] == Value::fromInt(0)) {
    static const MethodDef def = method("default_int_handler", raiseInterrupt, nullptr);
    Ref<> handler = newNativeFunction(t, &def, Value(), Value());
    if (!handler) {
      clearException(t);
      return;
    }
    default_int_handler = share(handler).leak();
    handlers[SIGINT] = handler.leak();
    setAction(SIGINT, onSignal);
  }
}

}  // namespace krait
