// _posixsubprocess: fork_exec, which makes a child process between fork and exec with async-signal-safe calls alone.
#include <grp.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <vector>

#include "runtime/modules/posix/posix.h"
#include "runtime/objects/int.h"
#include "runtime/objects/list.h"
#include "runtime/objects/tuple.h"
#include "runtime/protocols/iteration.h"

extern char** environ;

namespace krait::posix {

namespace {

struct Child {
  std::vector<std::string> argument_texts, environment_texts, executables;
  std::vector<char*> argv, envp;
  bool own_environment = false;
  std::vector<int> keep;  // sorted descriptors that stay open
  std::string directory;
  bool change_directory = false;
  int close_fds, p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite, errpipe_read, errpipe_write;
  bool restore_signals, new_session;
  int process_group;
  bool set_gid = false, set_uid = false, set_groups = false;
  gid_t gid = 0;
  uid_t uid = 0;
  std::vector<gid_t> groups;
  int umask = -1;
  Value before_exec;
};

bool texts(Thread& t, const char* what, Value sequence, std::vector<std::string>* out) {
  Iteration items(t, sequence);
  while (Ref<> item = items.next()) {
    Path text;
    if (!pathArgument(t, "fork_exec", what, item, kPathOnly, &text)) return false;
    out->emplace_back(asBytes(text.bytes)->view());
  }
  return !t.raised();
}
void pointers(std::vector<std::string>& from, std::vector<char*>* out) {
  for (std::string& s : from) out->push_back(s.data());
  out->push_back(nullptr);
}

bool above(int fd, int low) { return fd < 0 || fd > low; }
void setInheritable(int fd) { fcntl(fd, F_SETFD, fcntl(fd, F_GETFD) & ~FD_CLOEXEC); }

// Everything in the child up to exec; comes back only when something failed, with errno set and *where naming the step.
void runChild(Child& c, Thread& t, const char** where) {
  *where = "";
  for (int fd : c.keep) {
    if (fd != c.errpipe_write) setInheritable(fd);
  }
  // Descriptors of the pipes that happen to be 0, 1 or 2 move away first.
  if (c.p2cwrite >= 0) close(c.p2cwrite);
  if (c.c2pread >= 0) close(c.c2pread);
  if (c.errread >= 0) close(c.errread);
  close(c.errpipe_read);
  if (c.c2pwrite == 0 && (c.c2pwrite = dup(c.c2pwrite)) < 0) return;
  while (c.errwrite == 0 || c.errwrite == 1) {
    if ((c.errwrite = dup(c.errwrite)) < 0) return;
  }
  int* pipes[] = {&c.p2cread, &c.c2pwrite, &c.errwrite};
  for (int target = 0; target < 3; ++target) {
    int fd = *pipes[target];
    if (fd == target) {
      setInheritable(fd);
    } else if (fd >= 0 && dup2(fd, target) < 0) {
      return;
    }
  }
  if (c.change_directory && chdir(c.directory.c_str()) < 0) {
    *where = "noexec";
    return;
  }
  if (c.umask >= 0) ::umask(mode_t(c.umask));
  if (c.restore_signals) {
    signal(SIGPIPE, SIG_DFL);
    signal(SIGXFSZ, SIG_DFL);
  }
  if (c.new_session) setsid();
  if (c.process_group >= 0 && setpgid(0, c.process_group) < 0) return;
  if (c.set_groups && setgroups(c.groups.size(), c.groups.data()) < 0) return;
  if (c.set_gid && setregid(c.gid, c.gid) < 0) return;
  if (c.set_uid && setreuid(c.uid, c.uid) < 0) return;
  if (!c.before_exec.empty()) {
    if (!call(t, c.before_exec)) {
      errno = 0;
      *where = "preexec";
      return;
    }
  }
  if (c.close_fds) {
    int low = 3;
    for (int fd : c.keep) {
      if (fd < low) continue;
      if (fd > low) close_range(unsigned(low), unsigned(fd - 1), 0);
      low = fd + 1;
    }
    close_range(unsigned(low), ~0u, 0);
  }
  *where = "";
  int first_error = 0;
  for (std::string& executable : c.executables) {
    execve(executable.c_str(), c.argv.data(), c.own_environment ? c.envp.data() : environ);
    if (errno != ENOENT && errno != ENOTDIR && first_error == 0) first_error = errno;
  }
  if (first_error) errno = first_error;
}

// What the parent reads when exec failed: "OSError:<errno in hex>:<where>".
void reportFailure(int fd, const char* where, int error) {
  char text[64];
  int size = error ? snprintf(text, sizeof text, "OSError:%X:%s", unsigned(error), where)
                   : snprintf(text, sizeof text, "SubprocessError:0:%s", "Exception occurred in preexec_fn.");
  (void)!write(fd, text, size_t(size));
}

Ref<> forkExec(Thread& t, Value, Args args) {
  if (args.positional != 23)
    return raise(t, exc::TypeError, "fork_exec expected 23 arguments, got %zu", args.positional);
  Child c;
  int number[23] = {};
  for (int i : {6, 7, 8, 9, 10, 11, 12, 13, 16, 20}) {
    if (!intArgument(t, args[size_t(i)], &number[i])) return kRaised;
  }
  if (!flagArgument(t, args[14], &c.restore_signals) || !flagArgument(t, args[15], &c.new_session)) return kRaised;
  int close = truth(t, args[2]);
  if (close < 0) return kRaised;
  c.close_fds = close;
  if (c.close_fds && number[13] < 3) return raise(t, exc::ValueError, "errpipe_write must be >= 3");
  if (!isTuple(args[3])) return raise(t, exc::TypeError, "fds_to_keep must be a tuple, not %s", typeName(args[3]));
  for (int64_t i = 0; i < asTuple(args[3])->size; ++i) {
    int fd;
    if (!intArgument(t, asTuple(args[3])->items[i], &fd) || fd < 0 || (!c.keep.empty() && !above(fd, c.keep.back()))) {
      if (t.raised()) clearException(t);
      return raise(t, exc::ValueError, "bad value(s) in fds_to_keep");
    }
    c.keep.push_back(fd);
  }
  if (!texts(t, "argument", args[0], &c.argument_texts) || !texts(t, "executable", args[1], &c.executables))
    return kRaised;
  pointers(c.argument_texts, &c.argv);
  if (!args[5].isNone()) {
    if (!texts(t, "environment", args[5], &c.environment_texts)) return kRaised;
    c.own_environment = true;
    pointers(c.environment_texts, &c.envp);
  }
  if (!args[4].isNone()) {
    Path directory;
    if (!pathArgument(t, "fork_exec", "cwd", args[4], kPathOnly, &directory)) return kRaised;
    c.directory = directory.c_str();
    c.change_directory = true;
  }
  c.p2cread = number[6], c.p2cwrite = number[7], c.c2pread = number[8], c.c2pwrite = number[9];
  c.errread = number[10], c.errwrite = number[11], c.errpipe_read = number[12], c.errpipe_write = number[13];
  c.process_group = number[16];
  uint32_t id;
  if (!args[17].isNone()) {
    if (!idArgument(t, args[17], "gid", &id)) return kRaised;
    c.set_gid = true;
    c.gid = id;
  }
  if (!args[18].isNone()) {
    c.set_groups = true;
    Iteration items(t, args[18]);
    while (Ref<> item = items.next()) {
      if (!idArgument(t, item, "gid", &id)) return kRaised;
      c.groups.push_back(id);
    }
    if (t.raised()) return kRaised;
  }
  if (!args[19].isNone()) {
    if (!idArgument(t, args[19], "uid", &id)) return kRaised;
    c.set_uid = true;
    c.uid = id;
  }
  c.umask = number[20];
  if (!args[21].isNone()) c.before_exec = args[21];

  // No signal handler of ours may run in the child before exec.
  bool runs_python = !c.before_exec.empty();
  if (runs_python) beforeFork(t);
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  pid_t pid = fork();
  int error = errno;
  if (pid == 0) {
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    if (runs_python) afterFork(t, true);
    const char* where = "";
    runChild(c, t, &where);
    error = errno;
    reportFailure(c.errpipe_write, where, strcmp(where, "preexec") == 0 ? 0 : error);
    _exit(255);
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (runs_python) afterFork(t, false);
  if (pid < 0) return raiseOSError(t, error);
  return newInt(t, pid);
}

const MethodDef kFunctions[] = {
    method("fork_exec", forkExec, nullptr,
           "Forks a child process, closes parent file descriptors as appropriate in the child and execs."),
    {}};

}  // namespace

}  // namespace krait::posix

namespace krait {
const ModuleDef& posixSubprocessModule() {
  static const ModuleDef def{"_posixsubprocess", "A POSIX helper for the subprocess module.", posix::kFunctions,
                             nullptr};
  return def;
}
}  // namespace krait
