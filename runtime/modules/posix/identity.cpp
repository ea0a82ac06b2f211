// posix: who the process is - ids of process, user and group, sessions.
#include <grp.h>
#include <stdlib.h>
#include <unistd.h>

#include <vector>

#include "runtime/modules/posix/posix.h"
#include "runtime/objects/int.h"
#include "runtime/objects/list.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/iteration.h"

namespace krait::posix {

namespace {

template <auto function>
Ref<> number(Thread& t, Value) {
  return newInt(t, int64_t(function()));
}
template <int (*function)(unsigned), bool user>
Ref<> setOne(Thread& t, Value, const Value* args) {
  uint32_t id;
  return idArgument(t, args[0], user ? "uid" : "gid", &id) ? noneOr(t, function(id)) : Ref<>();
}
template <int (*function)(unsigned, unsigned), bool user>
Ref<> setTwo(Thread& t, Value, const Value* args) {
  uint32_t a, b;
  const char* what = user ? "uid" : "gid";
  return idArgument(t, args[0], what, &a) && idArgument(t, args[1], what, &b) ? noneOr(t, function(a, b)) : Ref<>();
}
template <int (*function)(unsigned, unsigned, unsigned), bool user>
Ref<> setThree(Thread& t, Value, const Value* args) {
  uint32_t a, b, c;
  const char* what = user ? "uid" : "gid";
  return idArgument(t, args[0], what, &a) && idArgument(t, args[1], what, &b) && idArgument(t, args[2], what, &c)
             ? noneOr(t, function(a, b, c))
             : Ref<>();
}
template <int (*function)(unsigned*, unsigned*, unsigned*)>
Ref<> getThree(Thread& t, Value) {
  unsigned a, b, c;
  if (function(&a, &b, &c) < 0) return failed(t);
  return packTuple(t, Value::fromInt(a), Value::fromInt(b), Value::fromInt(c));
}
template <pid_t (*function)(pid_t)>
Ref<> ofProcess(Thread& t, Value, const Value* args) {
  int pid;
  if (!pidArgument(t, args[0], &pid)) return kRaised;
  pid_t result = function(pid);
  return result < 0 ? Ref<>(failed(t)) : newInt(t, result);
}
Ref<> setpgidFunction(Thread& t, Value, const Value* args) {
  int pid, group;
  return pidArgument(t, args[0], &pid) && pidArgument(t, args[1], &group) ? noneOr(t, setpgid(pid, group)) : Ref<>();
}
Ref<> setpgrpFunction(Thread& t, Value) { return noneOr(t, setpgid(0, 0)); }
Ref<> setsidFunction(Thread& t, Value) { return noneOr(t, setsid()); }
Ref<> umaskFunction(Thread& t, Value, const Value* args) {
  int mask;
  return intArgument(t, args[0], &mask) ? newInt(t, umask(mode_t(mask))) : Ref<>();
}
Ref<> getloginFunction(Thread& t, Value) {
  char name[256];
  if (int error = getlogin_r(name, sizeof name)) return raiseOSError(t, error);
  return decodePath(t, name);
}

Ref<> groupList(Thread& t, const std::vector<gid_t>& groups) {
  Ref<List> list = newList(t);
  for (gid_t g : groups) {
    if (!list || !listAppend(t, list.get(), newInt(t, g))) return kRaised;
  }
  return list;
}
Ref<> getgroupsFunction(Thread& t, Value) {
  int count = getgroups(0, nullptr);
  if (count < 0) return failed(t);
  std::vector<gid_t> groups(static_cast<size_t>(count));
  count = getgroups(count, groups.data());
  if (count < 0) return failed(t);
  groups.resize(size_t(count));
  return groupList(t, groups);
}
Ref<> setgroupsFunction(Thread& t, Value, const Value* args) {
  std::vector<gid_t> groups;
  Iteration items(t, args[0]);
  while (Ref<> item = items.next()) {
    uint32_t id;
    if (!idArgument(t, item, "gid", &id)) return kRaised;
    groups.push_back(id);
  }
  if (t.raised()) return kRaised;
  return noneOr(t, setgroups(groups.size(), groups.data()));
}
Ref<> getgrouplistFunction(Thread& t, Value, const Value* args) {
  Path user;
  uint32_t group;
  if (!pathArgument(t, "getgrouplist", "user", args[0], kPathOnly, &user) || !idArgument(t, args[1], "gid", &group)) return kRaised;
  int count = 64;
  std::vector<gid_t> groups(static_cast<size_t>(count));
  while (getgrouplist(user.c_str(), group, groups.data(), &count) < 0) {
    if (size_t(count) <= groups.size()) count = int(groups.size() * 2);
    groups.resize(size_t(count));
  }
  groups.resize(size_t(count));
  return groupList(t, groups);
}
Ref<> initgroupsFunction(Thread& t, Value, const Value* args) {
  Path user;
  uint32_t group;
  if (!pathArgument(t, "initgroups", "username", args[0], kPathOnly, &user) || !idArgument(t, args[1], "gid", &group)) return kRaised;
  return noneOr(t, initgroups(user.c_str(), group));
}

}  // namespace

const MethodDef kIdentityFunctions[] = {
    method("getpid", number<getpid>, "($module, /)", "Return the current process id."),
    method("getppid", number<getppid>, "($module, /)", "Return the parent's process id."),
    method("getuid", number<getuid>, "($module, /)", "Return the current process's user id."),
    method("geteuid", number<geteuid>, "($module, /)", "Return the current process's effective user id."),
    method("getgid", number<getgid>, "($module, /)", "Return the current process's group id."),
    method("getegid", number<getegid>, "($module, /)", "Return the current process's effective group id."),
    method("getpgrp", number<getpgrp>, "($module, /)", "Return the current process group id."),
    method("getpgid", ofProcess<getpgid>, "($module, /, pid)",
           "Call the system call getpgid(), and return the result."),
    method("getsid", ofProcess<getsid>, "($module, pid, /)", "Call the system call getsid(pid) and return the result."),
    method("setuid", setOne<setuid, true>, "($module, uid, /)", "Set the current process's user id."),
    method("seteuid", setOne<seteuid, true>, "($module, euid, /)", "Set the current process's effective user id."),
    method("setgid", setOne<setgid, false>, "($module, gid, /)", "Set the current process's group id."),
    method("setegid", setOne<setegid, false>, "($module, egid, /)", "Set the current process's effective group id."),
    method("setreuid", setTwo<setreuid, true>, "($module, ruid, euid, /)",
           "Set the current process's real and effective user ids."),
    method("setregid", setTwo<setregid, false>, "($module, rgid, egid, /)",
           "Set the current process's real and effective group ids."),
    method("setresuid", setThree<setresuid, true>, "($module, ruid, euid, suid, /)",
           "Set the current process's real, effective, and saved user ids."),
    method("setresgid", setThree<setresgid, false>, "($module, rgid, egid, sgid, /)",
           "Set the current process's real, effective, and saved group ids."),
    method("getresuid", getThree<getresuid>, "($module, /)",
           "Return a tuple of the current process's real, effective, and saved user ids."),
    method("getresgid", getThree<getresgid>, "($module, /)",
           "Return a tuple of the current process's real, effective, and saved group ids."),
    method("setpgid", setpgidFunction, "($module, pid, pgrp, /)", "Call the system call setpgid(pid, pgrp)."),
    method("setpgrp", setpgrpFunction, "($module, /)", "Make the current process the leader of its process group."),
    method("setsid", setsidFunction, "($module, /)", "Call the system call setsid()."),
    method("umask", umaskFunction, "($module, mask, /)",
           "Set the current numeric umask and return the previous umask."),
    method("getlogin", getloginFunction, "($module, /)", "Return the actual login name."),
    method("getgroups", getgroupsFunction, "($module, /)", "Return list of supplemental group IDs for the process."),
    method("setgroups", setgroupsFunction, "($module, groups, /)", "Set the groups of the current process to list."),
    method("getgrouplist", getgrouplistFunction, "($module, user, group, /)",
           "Returns a list of groups to which a user belongs."),
    method("initgroups", initgroupsFunction, "($module, username, gid, /)", "Initialize the group access list."),
    {},
};

}  // namespace krait::posix
