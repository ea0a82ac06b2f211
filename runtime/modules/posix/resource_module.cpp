// resource: limits and usage of what the system gives a process.
#include <sys/resource.h>
#include <unistd.h>

#include "runtime/modules/arguments.h"
#include "runtime/modules/posix/posix.h"
#include "runtime/objects/float.h"
#include "runtime/objects/int.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/arguments.h"

namespace krait::posix {

namespace {

StructSequence usage_sequence{
    "resource.struct_rusage",
    "struct_rusage: Result from getrusage.\n\nThis object may be accessed either as a tuple of\n"
    "    (utime,stime,maxrss,ixrss,idrss,isrss,minflt,majflt,\n"
    "    nswap,inblock,oublock,msgsnd,msgrcv,nsignals,nvcsw,nivcsw)\n"
    "or via the attributes ru_utime, ru_stime, ru_maxrss, and so on.",
    {"ru_utime", "ru_stime", "ru_maxrss", "ru_ixrss", "ru_idrss", "ru_isrss", "ru_minflt", "ru_majflt", "ru_nswap",
     "ru_inblock", "ru_oublock", "ru_msgsnd", "ru_msgrcv", "ru_nsignals", "ru_nvcsw", "ru_nivcsw"},
    16};

double seconds(const timeval& tv) { return double(tv.tv_sec) + double(tv.tv_usec) * 1e-6; }

Ref<> getUsage(Thread& t, Value, Value who_value) {
  int who;
  if (!intArgument(t, who_value, &who)) return kRaised;
  rusage usage;
  if (getrusage(__rusage_who_t(who), &usage) < 0) {
    if (errno == EINVAL) return raise(t, exc::ValueError, "invalid who parameter");
    return failed(t);
  }
  Value values[] = {Value::fromDouble(seconds(usage.ru_utime)),
                    Value::fromDouble(seconds(usage.ru_stime)),
                    Value::fromInt(usage.ru_maxrss),
                    Value::fromInt(usage.ru_ixrss),
                    Value::fromInt(usage.ru_idrss),
                    Value::fromInt(usage.ru_isrss),
                    Value::fromInt(usage.ru_minflt),
                    Value::fromInt(usage.ru_majflt),
                    Value::fromInt(usage.ru_nswap),
                    Value::fromInt(usage.ru_inblock),
                    Value::fromInt(usage.ru_oublock),
                    Value::fromInt(usage.ru_msgsnd),
                    Value::fromInt(usage.ru_msgrcv),
                    Value::fromInt(usage.ru_nsignals),
                    Value::fromInt(usage.ru_nvcsw),
                    Value::fromInt(usage.ru_nivcsw)};
  return newStructSequence(t, usage_sequence, values);
}

bool validResource(Thread& t, int which) {
  return (which >= 0 && which < RLIM_NLIMITS) ||
         raise(t, exc::ValueError, "invalid resource specified").operator bool();
}
bool limitsArgument(Thread& t, Value v, rlimit* out) {
  Ref<Tuple> pair = sequenceToTuple(t, v);
  if (!pair) return false;
  if (pair->size != 2) return raise(t, exc::ValueError, "expected a tuple of 2 integers");
  int64_t current, most;
  if (!int64Argument(t, pair->items[0], &current) || !int64Argument(t, pair->items[1], &most)) return false;
  out->rlim_cur = rlim_t(current);
  out->rlim_max = rlim_t(most);
  return true;
}
// The limits as CPython shows them: without a limit is -1.
Ref<> limitsTuple(Thread& t, const rlimit& limits) {
  Ref<> current = newInt(t, int64_t(limits.rlim_cur)), most = newInt(t, int64_t(limits.rlim_max));
  if (!current || !most) return kRaised;
  return packTuple(t, current.value(), most.value());
}

Ref<> getLimit(Thread& t, Value, Value which_value) {
  int which;
  if (!intArgument(t, which_value, &which) || !validResource(t, which)) return kRaised;
  rlimit limits;
  if (getrlimit(__rlimit_resource_t(which), &limits) < 0) return failed(t);
  return limitsTuple(t, limits);
}
Ref<> setLimit(Thread& t, Value, const Value* args) {
  int which;
  rlimit limits;
  if (!intArgument(t, args[0], &which) || !validResource(t, which) || !limitsArgument(t, args[1], &limits))
    return kRaised;
  if (setrlimit(__rlimit_resource_t(which), &limits) == 0) return steal(kNone);
  if (errno == EINVAL) return raise(t, exc::ValueError, "current limit exceeds maximum limit");
  if (errno == EPERM) return raise(t, exc::ValueError, "not allowed to raise maximum limit");
  return failed(t);
}
Ref<> processLimit(Thread& t, Value, Args args) {
  if (!noKeywords(t, "resource.prlimit", args)) return kRaised;
  if (args.positional < 2 || args.positional > 3)
    return raise(t, exc::TypeError, "resource.prlimit requires 2 to 3 arguments");
  int pid, which;
  rlimit old, fresh;
  if (!pidArgument(t, args[0], &pid) || !pidArgument(t, args[1], &which) || !validResource(t, which)) return kRaised;
  bool sets = args.positional == 3;
  if (sets && !limitsArgument(t, args[2], &fresh)) return kRaised;
  if (prlimit(pid, static_cast<enum __rlimit_resource>(which), sets ? &fresh : nullptr, &old) < 0) {
    if (errno == EINVAL) return raise(t, exc::ValueError, "current limit exceeds maximum limit");
    return failed(t);
  }
  return limitsTuple(t, old);
}
Ref<> pageSize(Thread& t, Value) { return newInt(t, sysconf(_SC_PAGESIZE)); }

const MethodDef kFunctions[] = {
    method("getrusage", getUsage, "($module, who, /)"),
    method("getrlimit", getLimit, "($module, resource, /)"),
    method("setrlimit", setLimit, "($module, resource, limits, /)"),
    method("prlimit", processLimit, nullptr, "prlimit(pid, resource, [limits])"),
    method("getpagesize", pageSize, "($module, /)"),
    {},
};

const IntConstant kConstants[] = {
#define CONSTANT(name) {#name, int64_t(name)},
    CONSTANT(RLIMIT_AS) CONSTANT(RLIMIT_CORE) CONSTANT(RLIMIT_CPU) CONSTANT(RLIMIT_DATA) CONSTANT(RLIMIT_FSIZE)
        CONSTANT(RLIMIT_MEMLOCK) CONSTANT(RLIMIT_MSGQUEUE) CONSTANT(RLIMIT_NICE) CONSTANT(RLIMIT_NOFILE)
            CONSTANT(RLIMIT_NPROC) CONSTANT(RLIMIT_OFILE) CONSTANT(RLIMIT_RSS) CONSTANT(RLIMIT_RTPRIO)
                CONSTANT(RLIMIT_RTTIME) CONSTANT(RLIMIT_SIGPENDING) CONSTANT(RLIMIT_STACK) CONSTANT(RLIM_INFINITY)
                    CONSTANT(RUSAGE_CHILDREN) CONSTANT(RUSAGE_SELF) CONSTANT(RUSAGE_THREAD)
#undef CONSTANT
};

bool init(Thread& t, ModuleObject* m) {
  Type* type = structSequenceType(t, usage_sequence);
  return type && addIntConstants(t, m, kConstants) && moduleAdd(t, m, "struct_rusage", share(Value(type))) &&
         moduleAdd(t, m, "error", share(Value(&exc::OSError)));
}

}  // namespace

}  // namespace krait::posix

namespace krait {
const ModuleDef& resourceModule() {
  static const ModuleDef def{"resource", nullptr, posix::kFunctions, posix::init};
  return def;
}
}  // namespace krait
