// Starting, timing and reaping a child. Output goes to memory files rather than pipes, so that the parent sleeps while the
// child runs and takes no time from it.
#include "interp/bench/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

namespace krait::bench {

namespace {

double now() {
  timespec spec;
  clock_gettime(CLOCK_MONOTONIC, &spec);
  return static_cast<double>(spec.tv_sec) + static_cast<double>(spec.tv_nsec) * 1e-9;
}

double seconds(const timeval& value) {
  return static_cast<double>(value.tv_sec) + static_cast<double>(value.tv_usec) * 1e-6;
}

std::string readAll(int fd) {
  std::string text;
  char buffer[65536];
  off_t offset = 0;
  for (;;) {
    ssize_t size = pread(fd, buffer, sizeof buffer, offset);
    if (size <= 0) break;
    text.append(buffer, static_cast<size_t>(size));
    offset += size;
  }
  return text;
}

// The child's half: never returns. An exec that fails reports its errno through `report_fd`, which exec closes.
[[noreturn]] void becomeChild(const Command& command, int out_fd, int err_fd, int report_fd) {
  int in_fd = open("/dev/null", O_RDONLY);
  dup2(in_fd, 0);
  dup2(out_fd, 1);
  dup2(err_fd, 2);
  for (const auto& [name, value] : command.environment) setenv(name.c_str(), value.c_str(), 1);
  std::vector<char*> argv;
  for (const std::string& word : command.words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  execv(argv[0], argv.data());
  int error = errno;
  ssize_t written = write(report_fd, &error, sizeof error);
  _exit(written == sizeof error ? 127 : 126);
}

// Waits until the process ends or the time is over; false means that it is still running.
bool waitUntil(pid_t child, double deadline) {
  // By number: glibc 2.36 declares pidfd_open without C linkage.
  int handle = static_cast<int>(syscall(SYS_pidfd_open, child, 0));
  // Without a handle (an old kernel) we cannot time out; wait4 simply waits.
  if (handle < 0) return true;
  bool ended = false;
  for (;;) {
    double left = deadline - now();
    if (left <= 0) break;
    pollfd entry{handle, POLLIN, 0};
    int ready = poll(&entry, 1, left > 1e6 ? -1 : static_cast<int>(left * 1000) + 1);
    if (ready < 0 && errno == EINTR) continue;
    ended = ready > 0;
    if (ready != 0) break;
  }
  close(handle);
  return ended;
}

}  // namespace

Run runProcess(const Command& command, double timeout_seconds) {
  Run run;
  int out_fd = memfd_create("stdout", MFD_CLOEXEC);
  int err_fd = memfd_create("stderr", MFD_CLOEXEC);
  int report[2];
  if (out_fd < 0 || err_fd < 0 || pipe2(report, O_CLOEXEC) != 0) {
    run.start_error = strerror(errno);
    return run;
  }
  double started = now();
  pid_t child = fork();
  if (child == 0) becomeChild(command, out_fd, err_fd, report[1]);
  close(report[1]);
  if (child < 0) {
    run.start_error = strerror(errno);
  } else {
    int error = 0;
    if (read(report[0], &error, sizeof error) == sizeof error) run.start_error = strerror(error);
    if (!waitUntil(child, started + timeout_seconds)) {
      run.timed_out = true;
      kill(child, SIGKILL);
    }
    int status = 0;
    rusage usage{};
    while (wait4(child, &status, 0, &usage) < 0 && errno == EINTR) {
    }
    run.wall_seconds = now() - started;
    run.cpu_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
    run.peak_kib = usage.ru_maxrss;
    run.status = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    run.stdout_text = readAll(out_fd);
    run.stderr_text = readAll(err_fd);
  }
  close(report[0]);
  close(out_fd);
  close(err_fd);
  return run;
}

std::string resolveProgram(const std::string& name) {
  if (name.find('/') != std::string::npos) return access(name.c_str(), X_OK) == 0 ? name : std::string();
  const char* path = getenv("PATH");
  std::string rest = path ? path : "/usr/bin:/bin";
  while (true) {
    size_t colon = rest.find(':');
    std::string folder = rest.substr(0, colon);
    std::string candidate = (folder.empty() ? "." : folder) + "/" + name;
    if (access(candidate.c_str(), X_OK) == 0) return candidate;
    if (colon == std::string::npos) return std::string();
    rest.erase(0, colon + 1);
  }
}

}  // namespace krait::bench
