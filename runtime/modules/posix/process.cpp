// posix: processes - making and ending them, waiting, the environment, times, scheduling, limits of the system.
#include <pty.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/times.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <vector>

#include "runtime/core/audit.h"
#include "runtime/modules/modules.h"
#include "runtime/modules/posix/posix.h"
#include "runtime/modules/signal_module.h"
#include "runtime/modules/thread_module.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/function.h"
#include "runtime/objects/int.h"
#include "runtime/objects/list.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/iteration.h"

extern char** environ;

namespace krait::posix {

namespace {

StructSequence times_result{"posix.times_result",
                            "times_result: Result from os.times().",
                            {"user", "system", "children_user", "children_system", "elapsed"},
                            5};
StructSequence uname_result{"posix.uname_result",
                            "uname_result: Result from os.uname().",
                            {"sysname", "nodename", "release", "version", "machine"},
                            5};
StructSequence waitid_result{
    "waitid_result", "waitid_result: Result from waitid.", {"si_pid", "si_uid", "si_signo", "si_status", "si_code"}, 5};
StructSequence sched_parameter{"posix.sched_param", "Current has only one field: sched_priority", {"sched_priority"}, 1};

// --- ending and replacing the process ---

Ref<> exitFunction(Thread& t, Value, const Value* args) {
  int status;
  if (!intArgument(t, args[0], &status)) return kRaised;
  _exit(status);
}
Ref<> abortFunction(Thread&, Value) { abort(); }

// A sequence of strings as C's argv; the texts are owned by `keep`.
bool argumentVector(Thread& t, const char* function, Value sequence, std::vector<std::string>* keep, std::vector<char*>* out) {
  if (!isList(sequence) && !isTuple(sequence)) {
    return raise(t, exc::TypeError, "%s: argv must be a tuple or list", function);
  }
  Iteration items(t, sequence);
  while (Ref<> item = items.next()) {
    Path text;
    if (!pathArgument(t, function, "argv element", item, kPathOnly, &text)) return false;
    keep->emplace_back(text.c_str());
  }
  if (t.raised()) return false;
  if (keep->empty()) return raise(t, exc::ValueError, "%s: argv must not be empty", function);
  if (keep->front().empty()) return raise(t, exc::ValueError, "%s: argv first element cannot be empty", function);
  for (std::string& s : *keep) out->push_back(s.data());
  out->push_back(nullptr);
  return true;
}
bool environmentVector(Thread& t, Value mapping, std::vector<std::string>* keep, std::vector<char*>* out) {
  Ref<> pairs = callMethod(t, mapping, "items");
  Ref<List> items = pairs ? sequenceToList(t, pairs) : Ref<List>();
  if (!items) return false;
  for (int64_t i = 0; i < items->size; ++i) {
    Ref<> pair = listGet(items.get(), i);
    if (!isTuple(pair) || asTuple(pair)->size != 2) return raise(t, exc::TypeError, "env.items() must give pairs");
    Path key, v;
    if (!pathArgument(t, "execve", "env key", asTuple(pair)->items[0], kPathOnly, &key) ||
        !pathArgument(t, "execve", "env value", asTuple(pair)->items[1], kPathOnly, &v)) {
      return false;
    }
    std::string_view name = asBytes(key.bytes)->view();
    if (name.empty() || name.find('=', 1) != name.npos || name[0] == '=')
      return raise(t, exc::ValueError, "illegal environment variable name");
    keep->push_back(std::string(name) + "=" + v.c_str());
  }
  for (std::string& s : *keep) out->push_back(s.data());
  out->push_back(nullptr);
  return true;
}
Ref<> execvFunction(Thread& t, Value, const Value* args) {
  Path path;
  std::vector<std::string> keep;
  std::vector<char*> argv;
  if (!pathArgument(t, "execv", "path", args[0], kPathOnly, &path) || !argumentVector(t, "execv", args[1], &keep, &argv)) return kRaised;
  if (!audit(t, "os.exec", args[0], args[1], kNone)) return kRaised;
  execv(path.c_str(), argv.data());
  return failed(t);
}
Ref<> execveFunction(Thread& t, Value, const Value* args) {
  Path path;
  std::vector<std::string> keep, keep_environment;
  std::vector<char*> argv, envp;
  if (!pathArgument(t, "execve", "path", args[0], kAllowDescriptor, &path) ||
      !argumentVector(t, "execve", args[1], &keep, &argv))
    return kRaised;
  if (!hasTypeFlag(args[2], kTypeDictSubclass) && !getAttrOrEmpty(t, args[2], internStatic("items"))) {
    return t.raised() ? Ref<>(kRaised) : Ref<>(raise(t, exc::TypeError, "execve: environment must be a mapping object"));
  }
  if (!environmentVector(t, args[2], &keep_environment, &envp)) return kRaised;
  if (!audit(t, "os.exec", args[0], args[1], args[2])) return kRaised;
  if (path.isDescriptor()) {
    fexecve(path.fd, argv.data(), envp.data());
  } else {
    execve(path.c_str(), argv.data(), envp.data());
  }
  return failed(t, args[0]);
}

// --- fork ---

Value fork_hooks[3];  // lists of callables, owned: before, after in the child, after in the parent

Ref<> registerAtFork(Thread& t, Value, const Value* args) {
  bool any = false;
  for (int i = 0; i < 3; ++i) {
    static const char* const kNames[] = {"before", "after_in_child", "after_in_parent"};
    if (!args[i]) continue;
    if (!isCallable(args[i])) return raise(t, exc::TypeError, "'%s' must be callable, not %.200s", kNames[i], typeName(args[i]));
    any = true;
  }
  if (!any) return raise(t, exc::TypeError, "At least one argument is required.");
  for (int i = 0; i < 3; ++i) {
    if (!args[i]) continue;
    if (!fork_hooks[i]) fork_hooks[i] = newList(t).leak();
    if (!fork_hooks[i] || !listAppend(t, asList(fork_hooks[i]), share(args[i]))) return kRaised;
  }
  return steal(kNone);
}
void runForkHooks(Thread& t, int which) {
  if (!fork_hooks[which]) return;
  Ref<List> hooks_now = listSlice(t, asList(fork_hooks[which]), 0, asList(fork_hooks[which])->size, 1);
  if (!hooks_now) return clearException(t);
  for (int64_t i = 0; i < hooks_now->size; ++i) {
    Ref<> hook = listGet(hooks_now.get(), which == 0 ? hooks_now->size - 1 - i : i);  // "before" runs in reverse
    if (!call(t, hook)) writeUnraisable(t, hook);
  }
}
Ref<> forkFunction(Thread& t, Value) {
  if (!audit(t, "os.fork")) return kRaised;
  beforeFork(t);
  pid_t child = fork();
  int error = errno;
  afterFork(t, child == 0);
  if (child < 0) return raiseOSError(t, error);
  return newInt(t, child);
}
Ref<> forkptyFunction(Thread& t, Value) {
  if (!audit(t, "os.forkpty")) return kRaised;
  int fd = -1;
  beforeFork(t);
  pid_t child = forkpty(&fd, nullptr, nullptr, nullptr);
  int error = errno;
  afterFork(t, child == 0);
  if (child < 0) return raiseOSError(t, error);
  return packTuple(t, Value::fromInt(child), Value::fromInt(fd));
}

// --- waiting ---

Ref<> waitResult(Thread& t, pid_t pid, int status, const rusage* usage) {
  if (!usage) return packTuple(t, Value::fromInt(pid), Value::fromInt(status));
  Ref<> resource = importModule(t, "resource");
  Ref<> type = resource ? getAttr(t, resource, "struct_rusage") : Ref<>();
  if (!type) return kRaised;
  auto seconds = [](const timeval& tv) { return Value::fromDouble(double(tv.tv_sec) + double(tv.tv_usec) * 1e-6); };
  auto number = [](long n) { return Value::fromInt(n); };
  Ref<Tuple> fields = packTuple(t, seconds(usage->ru_utime), seconds(usage->ru_stime), number(usage->ru_maxrss), number(usage->ru_ixrss),
                                number(usage->ru_idrss), number(usage->ru_isrss), number(usage->ru_minflt), number(usage->ru_majflt),
                                number(usage->ru_nswap), number(usage->ru_inblock), number(usage->ru_oublock), number(usage->ru_msgsnd),
                                number(usage->ru_msgrcv), number(usage->ru_nsignals), number(usage->ru_nvcsw), number(usage->ru_nivcsw));
  Ref<> record = fields ? call(t, type, fields) : Ref<>();
  return record ? packTuple(t, Value::fromInt(pid), Value::fromInt(status), record.value()) : Ref<Tuple>();
}
Ref<> waitFor(Thread& t, pid_t pid, int options, bool with_usage) {
  int status = 0;
  rusage usage{};
  pid_t done = systemCall(t, [&] { return with_usage ? wait4(pid, &status, options, &usage) : waitpid(pid, &status, options); });
  return done < 0 ? Ref<>(failed(t)) : waitResult(t, done, status, with_usage ? &usage : nullptr);
}
Ref<> waitFunction(Thread& t, Value) { return waitFor(t, -1, 0, false); }
Ref<> waitpidFunction(Thread& t, Value, const Value* args) {
  int pid, options;
  return pidArgument(t, args[0], &pid) && intArgument(t, args[1], &options) ? waitFor(t, pid, options, false) : Ref<>();
}
Ref<> wait3Function(Thread& t, Value, const Value* args) {
  int options;
  return intArgument(t, args[0], &options) ? waitFor(t, -1, options, true) : Ref<>();
}
Ref<> wait4Function(Thread& t, Value, const Value* args) {
  int pid, options;
  return pidArgument(t, args[0], &pid) && intArgument(t, args[1], &options) ? waitFor(t, pid, options, true) : Ref<>();
}
Ref<> waitidFunction(Thread& t, Value, const Value* args) {
  int type, id, options;
  if (!intArgument(t, args[0], &type) || !intArgument(t, args[1], &id) || !intArgument(t, args[2], &options)) return kRaised;
  siginfo_t info{};
  if (systemCall(t, [&] { return waitid(idtype_t(type), id_t(id), &info, options); }) < 0) return failed(t);
  if (info.si_pid == 0) return steal(kNone);
  Value values[] = {Value::fromInt(info.si_pid), Value::fromInt(info.si_uid), Value::fromInt(info.si_signo), Value::fromInt(info.si_status),
                    Value::fromInt(info.si_code)};
  return newStructSequence(t, waitid_result, values);
}
#define STATUS_TEST(name, expression)                                                 \
  Ref<> name(Thread& t, Value, const Value* args) {                                   \
    int status;                                                                       \
    return intArgument(t, args[0], &status) ? steal(expression) : Ref<>();            \
  }
STATUS_TEST(coreDump, Value::fromBool(WCOREDUMP(status)))
STATUS_TEST(ifContinued, Value::fromBool(WIFCONTINUED(status)))
STATUS_TEST(ifStopped, Value::fromBool(WIFSTOPPED(status)))
STATUS_TEST(ifSignaled, Value::fromBool(WIFSIGNALED(status)))
STATUS_TEST(ifExited, Value::fromBool(WIFEXITED(status)))
STATUS_TEST(exitStatus, Value::fromInt(WEXITSTATUS(status)))
STATUS_TEST(termSignal, Value::fromInt(WTERMSIG(status)))
STATUS_TEST(stopSignal, Value::fromInt(WSTOPSIG(status)))
#undef STATUS_TEST
Ref<> statusToExitCode(Thread& t, Value, const Value* args) {
  int status;
  if (!isIntLike(args[0])) return raise(t, exc::TypeError, "status must be an integer, got %s", typeName(args[0]));
  if (!intArgument(t, args[0], &status)) return kRaised;
  if (WIFEXITED(status)) return newInt(t, WEXITSTATUS(status));
  if (WIFSIGNALED(status)) return newInt(t, -WTERMSIG(status));
  if (WIFSTOPPED(status)) return raise(t, exc::ValueError, "process stopped by delivery of signal %i", WSTOPSIG(status));
  return raise(t, exc::ValueError, "invalid wait status: %i", status);
}

// --- signals, pidfd, system ---

Ref<> killFunction(Thread& t, Value, const Value* args) {
  int pid, number;
  if (!pidArgument(t, args[0], &pid) || !intArgument(t, args[1], &number)) return kRaised;
  if (!audit(t, "os.kill", Value::fromInt(pid), Value::fromInt(number))) return kRaised;
  if (kill(pid, number) < 0) return failed(t);
  return servePoll(t) ? steal(kNone) : Ref<>();  // a signal to ourselves is handled before we return
}
Ref<> killpgFunction(Thread& t, Value, const Value* args) {
  int group, number;
  if (!pidArgument(t, args[0], &group) || !intArgument(t, args[1], &number)) return kRaised;
  if (!audit(t, "os.killpg", Value::fromInt(group), Value::fromInt(number))) return kRaised;
  return noneOr(t, killpg(group, number));
}
Ref<> pidfdOpen(Thread& t, Value, const Value* args) {
  int pid, flags;
  if (!pidArgument(t, args[0], &pid) || !intArgument(t, args[1], &flags)) return kRaised;
  int fd = int(syscall(SYS_pidfd_open, pid, unsigned(flags)));
  return fd < 0 ? Ref<>(failed(t)) : newInt(t, fd);
}
Ref<> systemFunction(Thread& t, Value, const Value* args) {
  Path command;
  if (!pathArgument(t, "system", "command", args[0], kPathOnly, &command)) return kRaised;
  if (!audit(t, "os.system", command.bytes)) return kRaised;
  int status;
  {
    WithoutGil released(t);
    status = system(command.c_str());
  }
  return newInt(t, status);
}

// --- environment ---

Ref<> putenvFunction(Thread& t, Value, const Value* args) {
  Path name, v;
  if (!pathArgument(t, "putenv", "name", args[0], kPathOnly, &name) ||
      !pathArgument(t, "putenv", "value", args[1], kPathOnly, &v))
    return kRaised;
  if (strchr(name.c_str(), '=')) return raise(t, exc::ValueError, "illegal environment variable name");
  if (!audit(t, "os.putenv", name.bytes, v.bytes)) return kRaised;
  return noneOr(t, setenv(name.c_str(), v.c_str(), 1));
}
Ref<> unsetenvFunction(Thread& t, Value, const Value* args) {
  Path name;
  if (!pathArgument(t, "unsetenv", "name", args[0], kPathOnly, &name)) return kRaised;
  if (!audit(t, "os.unsetenv", name.bytes)) return kRaised;
  return noneOr(t, unsetenv(name.c_str()));
}

// --- the machine ---

Ref<> unameFunction(Thread& t, Value) {
  utsname info;
  if (uname(&info) < 0) return failed(t);
  const char* texts[] = {info.sysname, info.nodename, info.release, info.version, info.machine};
  Ref<> owned[5];
  Value values[5];
  for (int i = 0; i < 5; ++i) {
    owned[i] = decodePath(t, texts[i]);
    if (!owned[i]) return kRaised;
    values[i] = owned[i];
  }
  return newStructSequence(t, uname_result, values);
}
Ref<> timesFunction(Thread& t, Value) {
  struct tms info;
  clock_t elapsed = times(&info);
  double tick = double(sysconf(_SC_CLK_TCK));
  auto seconds = [&](clock_t c) { return Value::fromDouble(double(c) / tick); };
  Value values[] = {seconds(info.tms_utime), seconds(info.tms_stime), seconds(info.tms_cutime), seconds(info.tms_cstime), seconds(elapsed)};
  return newStructSequence(t, times_result, values);
}
Ref<> cpuCount(Thread& t, Value) {
  long count = sysconf(_SC_NPROCESSORS_ONLN);
  return count < 1 ? steal(kNone) : newInt(t, count);
}
Ref<> loadAverage(Thread& t, Value) {
  double loads[3];
  if (getloadavg(loads, 3) != 3) return raise(t, exc::OSError, "Load averages are unobtainable");
  return packTuple(t, Value::fromDouble(loads[0]), Value::fromDouble(loads[1]), Value::fromDouble(loads[2]));
}
Ref<> strerrorFunction(Thread& t, Value, const Value* args) {
  int number;
  return intArgument(t, args[0], &number) ? decodePath(t, strerror(number)) : Ref<>();
}

// --- names of limits ---

struct Limit {
  const char* name;
  int number;
};
const Limit kSysconf[] = {
#define SYSCONF(name) {#name, _##name},
#include "runtime/modules/posix/limits.def"
};
const Limit kPathconf[] = {
#define PATHCONF(name) {#name, _##name},
#include "runtime/modules/posix/limits.def"
};
const Limit kConfstr[] = {
#define CONFSTR(name) {#name, _##name},
#include "runtime/modules/posix/limits.def"
};
template <size_t count>
bool limitArgument(Thread& t, const Limit (&table)[count], Value v, int* out) {
  if (isIntLike(v)) return intArgument(t, v, out);
  if (!isStr(v)) return raise(t, exc::TypeError, "configuration names must be strings or integers");
  for (const Limit& limit : table) {
    if (!strEqualsAscii(asStr(v), limit.name)) continue;
    *out = limit.number;
    return true;
  }
  return raise(t, exc::ValueError, "unrecognized configuration name");
}
Ref<> limitResult(Thread& t, long result, Value filename = Value()) {
  if (result == -1 && errno) return failed(t, filename);
  return newInt(t, result);
}
Ref<> sysconfFunction(Thread& t, Value, const Value* args) {
  int name;
  if (!limitArgument(t, kSysconf, args[0], &name)) return kRaised;
  errno = 0;
  return limitResult(t, sysconf(name));
}
Ref<> pathconfFunction(Thread& t, Value, const Value* args) {
  Path path;
  int name;
  if (!pathArgument(t, "pathconf", "path", args[0], kAllowDescriptor, &path) ||
      !limitArgument(t, kPathconf, args[1], &name))
    return kRaised;
  errno = 0;
  return limitResult(t, path.isDescriptor() ? fpathconf(path.fd, name) : pathconf(path.c_str(), name), args[0]);
}
Ref<> fpathconfFunction(Thread& t, Value, const Value* args) {
  int fd, name;
  if (!descriptorArgument(t, args[0], &fd) || !limitArgument(t, kPathconf, args[1], &name)) return kRaised;
  errno = 0;
  return limitResult(t, fpathconf(fd, name));
}
Ref<> confstrFunction(Thread& t, Value, const Value* args) {
  int name;
  if (!limitArgument(t, kConfstr, args[0], &name)) return kRaised;
  errno = 0;
  size_t size = confstr(name, nullptr, 0);
  if (size == 0) return errno ? Ref<>(failed(t)) : steal(kNone);
  std::string text(size, 0);
  confstr(name, text.data(), size);
  return decodePath(t, text.c_str());
}

// --- scheduling ---

Ref<> niceFunction(Thread& t, Value, const Value* args) {
  int increment;
  if (!intArgument(t, args[0], &increment)) return kRaised;
  errno = 0;
  int level = nice(increment);
  return level == -1 && errno ? Ref<>(failed(t)) : newInt(t, level);
}
Ref<> getPriority(Thread& t, Value, const Value* args) {
  int which, who;
  if (!intArgument(t, args[0], &which) || !intArgument(t, args[1], &who)) return kRaised;
  errno = 0;
  int level = getpriority(__priority_which_t(which), id_t(who));
  return level == -1 && errno ? Ref<>(failed(t)) : newInt(t, level);
}
Ref<> setPriority(Thread& t, Value, const Value* args) {
  int which, who, level;
  if (!intArgument(t, args[0], &which) || !intArgument(t, args[1], &who) || !intArgument(t, args[2], &level)) return kRaised;
  return noneOr(t, setpriority(__priority_which_t(which), id_t(who), level));
}
Ref<> schedYield(Thread& t, Value) {
  WithoutGil released(t);
  sched_yield();
  return steal(kNone);
}
template <int (*function)(int)>
Ref<> ofPolicy(Thread& t, Value, const Value* args) {
  int policy;
  if (!intArgument(t, args[0], &policy)) return kRaised;
  int result = function(policy);
  return result < 0 ? Ref<>(failed(t)) : newInt(t, result);
}
Ref<> getAffinity(Thread& t, Value, const Value* args) {
  int pid;
  cpu_set_t mask;
  if (!pidArgument(t, args[0], &pid)) return kRaised;
  if (sched_getaffinity(pid, sizeof mask, &mask) < 0) return failed(t);
  Ref<> set = call(t, Value(&types::Set));
  for (int cpu = 0; set && cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &mask) && !callMethod(t, set, "add", Value::fromInt(cpu))) return kRaised;
  }
  return set;
}
Ref<> setAffinity(Thread& t, Value, const Value* args) {
  int pid;
  cpu_set_t mask;
  CPU_ZERO(&mask);
  if (!pidArgument(t, args[0], &pid)) return kRaised;
  Iteration items(t, args[1]);
  while (Ref<> item = items.next()) {
    if (!isIntLike(item)) {
      return raise(t, exc::TypeError, "expected an iterator of ints, but iterator yielded %s", typeName(item));
    }
    int64_t cpu;
    if (!int64Argument(t, item, &cpu)) return kRaised;
    if (cpu < 0) return raise(t, exc::ValueError, "negative CPU number");
    if (cpu >= CPU_SETSIZE) return raise(t, exc::OverflowError, "CPU number too large");
    CPU_SET(int(cpu), &mask);
  }
  if (t.raised()) return kRaised;
  return noneOr(t, sched_setaffinity(pid, sizeof mask, &mask));
}
Ref<> getParameter(Thread& t, Value, const Value* args) {
  int pid;
  sched_param parameter;
  if (!pidArgument(t, args[0], &pid)) return kRaised;
  if (sched_getparam(pid, &parameter) < 0) return failed(t);
  Value v = Value::fromInt(parameter.sched_priority);
  return newStructSequence(t, sched_parameter, &v);
}
bool parameterArgument(Thread& t, Value v, sched_param* out) {
  if (typeOf(v) != sched_parameter.type) return raise(t, exc::TypeError, "must have a sched_param object");
  return intArgument(t, asTuple(v)->items[0], &out->sched_priority);
}
Ref<> setParameter(Thread& t, Value, const Value* args) {
  int pid;
  sched_param parameter;
  if (!pidArgument(t, args[0], &pid) || !parameterArgument(t, args[1], &parameter)) return kRaised;
  return noneOr(t, sched_setparam(pid, &parameter));
}
Ref<> getScheduler(Thread& t, Value, const Value* args) {
  int pid;
  if (!pidArgument(t, args[0], &pid)) return kRaised;
  int policy = sched_getscheduler(pid);
  return policy < 0 ? Ref<>(failed(t)) : newInt(t, policy);
}
Ref<> setScheduler(Thread& t, Value, const Value* args) {
  int pid, policy;
  sched_param parameter;
  if (!pidArgument(t, args[0], &pid) || !intArgument(t, args[1], &policy) || !parameterArgument(t, args[2], &parameter)) return kRaised;
  return noneOr(t, sched_setscheduler(pid, policy, &parameter));
}
Ref<> roundRobin(Thread& t, Value, const Value* args) {
  int pid;
  timespec interval;
  if (!pidArgument(t, args[0], &pid)) return kRaised;
  if (sched_rr_get_interval(pid, &interval) < 0) return failed(t);
  return steal(Value::fromDouble(double(interval.tv_sec) + 1e-9 * double(interval.tv_nsec)));
}

template <size_t count>
bool addLimits(Thread& t, ModuleObject* m, const char* name, const Limit (&table)[count]) {
  Ref<Dict> dict = newDict(t);
  for (const Limit& limit : table) {
    if (!dict || !dictSetStr(t, dict.get(), internStatic(limit.name), Value::fromInt(limit.number))) return false;
  }
  return moduleAdd(t, m, name, std::move(dict));
}

}  // namespace

const MethodDef kProcessFunctions[] = {
    method("_exit", exitFunction, "($module, /, status)",
           "Exit to the system with specified status, without normal exit processing."),
    method("abort", abortFunction, "($module, /)", "Abort the interpreter immediately."),
    method("execv", execvFunction, "($module, path, argv, /)",
           "Execute an executable path with arguments, replacing current process."),
    method("execve", execveFunction, "($module, /, path, argv, env)",
           "Execute an executable path with arguments, replacing current process."),
    method("register_at_fork", registerAtFork,
           "($module, /, *, before=<unrepresentable>, after_in_child=<unrepresentable>, "
           "after_in_parent=<unrepresentable>)",
           "Register functions to be called when forking a new process."),
    method("fork", forkFunction, "($module, /)", "Fork a child process."),
    method("forkpty", forkptyFunction, "($module, /)", "Fork a child process with a new terminal; gives (pid, fd of the terminal)."),
    method("wait", waitFunction, "($module, /)", "Wait for completion of a child process."),
    method("waitpid", waitpidFunction, "($module, pid, options, /)", "Wait for completion of a given child process."),
    method("wait3", wait3Function, "($module, /, options)", "Wait for completion of a child process."),
    method("wait4", wait4Function, "($module, /, pid, options)", "Wait for completion of a specific child process."),
    method("waitid", waitidFunction, "($module, idtype, id, options, /)",
           "Returns the result of waiting for a process or processes."),
    method("WCOREDUMP", coreDump, "($module, status, /)",
           "Return True if the process returning status was dumped to a core file."),
    method("WIFCONTINUED", ifContinued, "($module, /, status)",
           "Return True if a particular process was continued from a job control stop."),
    method("WIFSTOPPED", ifStopped, "($module, /, status)", "Return True if the process returning status was stopped."),
    method("WIFSIGNALED", ifSignaled, "($module, /, status)",
           "Return True if the process returning status was terminated by a signal."),
    method("WIFEXITED", ifExited, "($module, /, status)",
           "Return True if the process returning status exited via the exit() system call."),
    method("WEXITSTATUS", exitStatus, "($module, /, status)", "Return the process return code from status."),
    method("WTERMSIG", termSignal, "($module, /, status)",
           "Return the signal that terminated the process that provided the status value."),
    method("WSTOPSIG", stopSignal, "($module, /, status)",
           "Return the signal that stopped the process that provided the status value."),
    method("waitstatus_to_exitcode", statusToExitCode, "($module, /, status)",
           "Convert a wait status to an exit code."),
    method("kill", killFunction, "($module, pid, signal, /)", "Kill a process with a signal."),
    method("killpg", killpgFunction, "($module, pgid, signal, /)", "Kill a process group with a signal."),
    method("pidfd_open", pidfdOpen, "($module, /, pid, flags=0)",
           "Return a file descriptor referring to the process *pid*."),
    method("system", systemFunction, "($module, /, command)", "Execute the command in a subshell."),
    method("putenv", putenvFunction, "($module, name, value, /)", "Change or add an environment variable."),
    method("unsetenv", unsetenvFunction, "($module, name, /)", "Delete an environment variable."),
    method("uname", unameFunction, "($module, /)", "Return an object identifying the current operating system."),
    method("times", timesFunction, "($module, /)", "Return a collection containing process timing information."),
    method("cpu_count", cpuCount, "($module, /)",
           "Return the number of CPUs in the system; return None if indeterminable."),
    method("getloadavg", loadAverage, "($module, /)", "Return average recent system load information."),
    method("strerror", strerrorFunction, "($module, code, /)", "Translate an error code to a message string."),
    method("sysconf", sysconfFunction, "($module, name, /)", "Return an integer-valued system configuration variable."),
    method("pathconf", pathconfFunction, "($module, /, path, name)",
           "Return the configuration limit name for the file or directory path."),
    method("fpathconf", fpathconfFunction, "($module, fd, name, /)",
           "Return the configuration limit name for the file descriptor fd."),
    method("confstr", confstrFunction, "($module, name, /)", "Return a string-valued system configuration variable."),
    method("nice", niceFunction, "($module, increment, /)",
           "Add increment to the priority of process and return the new priority."),
    method("getpriority", getPriority, "($module, /, which, who)", "Return program scheduling priority."),
    method("setpriority", setPriority, "($module, /, which, who, priority)", "Set program scheduling priority."),
    method("sched_yield", schedYield, "($module, /)", "Voluntarily relinquish the CPU."),
    method("sched_get_priority_max", ofPolicy<sched_get_priority_max>, "($module, /, policy)",
           "Get the maximum scheduling priority for policy."),
    method("sched_get_priority_min", ofPolicy<sched_get_priority_min>, "($module, /, policy)",
           "Get the minimum scheduling priority for policy."),
    method("sched_getaffinity", getAffinity, "($module, pid, /)",
           "Return the affinity of the process identified by pid (or the current process if zero)."),
    method("sched_setaffinity", setAffinity, "($module, pid, mask, /)",
           "Set the CPU affinity of the process identified by pid to mask."),
    method("sched_getparam", getParameter, "($module, pid, /)",
           "Returns scheduling parameters for the process identified by pid."),
    method("sched_setparam", setParameter, "($module, pid, param, /)",
           "Set scheduling parameters for the process identified by pid."),
    method("sched_getscheduler", getScheduler, "($module, pid, /)",
           "Get the scheduling policy for the process identified by pid."),
    method("sched_setscheduler", setScheduler, "($module, pid, policy, param, /)",
           "Set the scheduling policy for the process identified by pid."),
    method("sched_rr_get_interval", roundRobin, "($module, pid, /)",
           "Return the round-robin quantum for the process identified by pid, in seconds."),
    {},
};

bool addProcessTypes(Thread& t, ModuleObject* m) {
  const struct {
    const char* name;
    StructSequence* definition;
  } rows[] = {{"times_result", &times_result},
              {"uname_result", &uname_result},
              {"waitid_result", &waitid_result},
              {"sched_param", &sched_parameter}};
  for (const auto& row : rows) {
    Type* type = structSequenceType(t, *row.definition);
    if (!type || !moduleAdd(t, m, row.name, share(Value(type)))) return false;
  }
  return addLimits(t, m, "sysconf_names", kSysconf) && addLimits(t, m, "pathconf_names", kPathconf) &&
         addLimits(t, m, "confstr_names", kConfstr);
}

void beforeFork(Thread& t) {
  runForkHooks(t, 0);
  acquireImportLock(t);
}
void afterFork(Thread& t, bool in_child) {
  if (in_child) {
    gilAfterFork(t);
    importLockAfterFork();
    signalsAfterFork(t);
    threadModuleAfterFork(t);
    dropOtherThreads(t);
  }
  releaseImportLock(t);
  runForkHooks(t, in_child ? 1 : 2);
}

}  // namespace krait::posix
