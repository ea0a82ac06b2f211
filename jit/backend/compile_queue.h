// The compiler thread: takes packages, compiles them without the GIL, hands them back at a poll.
//
// A package is closed: the trace with its constants as raw words, and nothing that another thread may change. The thread starts at
// the first package. Two seconds without work, and LLVM's memory is given back; the next package makes a new compiler.
//
// fork: the thread holds a lock around every stage that touches LLVM's process-wide state and gives it up between stages; fork
// takes it. The child has no compiler thread: its copy of the compiler is abandoned (never freed, never used), packages that were
// waiting stay in the queue, and a new thread starts at the next package. Code that was installed keeps running.
#pragma once
#include <pthread.h>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include "jit/backend/backend.h"

namespace krait::jit {

struct CompileJob {
  Package package;
  Gear gear = Gear::kQuick;
  void* data = nullptr;              // the caller's
  std::atomic<bool> stale{false};    // an assumption broke meanwhile: not worth compiling
  // --- the result ---
  bool compiled = false;
  NativeCode code;
  Listing listing;
  std::string error;
};

class CompileQueue {
 public:
  // `finished` is called on the compiler thread after each package: it asks the program for a poll.
  CompileQueue(void (*finished)(void*), void* data);
  ~CompileQueue();
  CompileQueue(const CompileQueue&) = delete;

  void add(std::unique_ptr<CompileJob> job);
  std::vector<std::unique_ptr<CompileJob>> takeFinished();
  // Compiles in the calling thread (--jit=sync).
  void compileNow(CompileJob* job);
  size_t pending();                  // packages that wait or are being compiled
  // Ends the thread after the package at hand. Packages that still wait are dropped.
  void stop();

 private:
  struct Engine;                     // a compiler and the stage lock that it works under

  static void* threadMain(void* self);
  void work();
  void startThread();
  static void compile(Engine& engine, CompileJob* job);
  static void beforeFork();
  static void afterForkInParent();
  static void afterForkInChild();

  void (*finished_)(void*);
  void* finished_data_;
  std::mutex mutex_;                 // guards what follows
  std::condition_variable wake_;
  std::deque<std::unique_ptr<CompileJob>> waiting_;
  std::vector<std::unique_ptr<CompileJob>> done_;
  std::unique_ptr<CompileJob> current_;
  bool running_ = false, stopping_ = false;
  pthread_t thread_{};
  std::unique_ptr<Engine> engine_;   // the thread's; its own business while it runs
  std::unique_ptr<Engine> sync_engine_;
};

}  // namespace krait::jit
