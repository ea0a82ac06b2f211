// The compiler thread and its behaviour at fork (compile_queue.h).
#include "jit/backend/compile_queue.h"
#include <malloc.h>
#include <sched.h>
#include <csignal>
#include <new>

namespace krait::jit {
namespace {

constexpr auto kIdle = std::chrono::seconds(2);
constexpr size_t kStackSize = 8 << 20;  // LLVM recurses deeply on long chains of values

CompileQueue* the_queue = nullptr;      // for the fork handlers, which have no arguments

// Held around each stage of a compile, and by fork.
std::mutex stage_lock;
std::atomic<int> forks_waiting{0};

void betweenStages() {
  if (forks_waiting.load() == 0) return;
  stage_lock.unlock();
  while (forks_waiting.load() != 0) sched_yield();
  stage_lock.lock();
}

}  // namespace

struct CompileQueue::Engine {
  std::unique_ptr<Compiler> compiler;
};

CompileQueue::CompileQueue(void (*finished)(void*), void* data) : finished_(finished), finished_data_(data) {
  static std::once_flag once;
  std::call_once(once, [] { pthread_atfork(&beforeFork, &afterForkInParent, &afterForkInChild); });
  the_queue = this;
}

CompileQueue::~CompileQueue() {
  stop();
  the_queue = nullptr;
}

void CompileQueue::add(std::unique_ptr<CompileJob> job) {
  std::lock_guard lock(mutex_);
  // What waits for its first code goes before what gets better code.
  auto place = waiting_.end();
  if (job->gear != Gear::kBest)
    while (place != waiting_.begin() && std::prev(place)->get()->gear == Gear::kBest) --place;
  waiting_.insert(place, std::move(job));
  if (!running_) startThread();
  wake_.notify_one();
}

std::vector<std::unique_ptr<CompileJob>> CompileQueue::takeFinished() {
  std::lock_guard lock(mutex_);
  return std::move(done_);
}

size_t CompileQueue::pending() {
  std::lock_guard lock(mutex_);
  return waiting_.size() + (current_ ? 1 : 0);
}

void CompileQueue::compileNow(CompileJob* job) {
  if (!sync_engine_) sync_engine_ = std::make_unique<Engine>();
  std::lock_guard stage(stage_lock);
  compile(*sync_engine_, job);
}

void CompileQueue::stop() {
  {
    std::lock_guard lock(mutex_);
    waiting_.clear();
    if (!running_) return;
    stopping_ = true;
    wake_.notify_one();
  }
  pthread_join(thread_, nullptr);
  std::lock_guard lock(mutex_);
  running_ = stopping_ = false;
}

// Signals are the main thread's: the new thread starts with all of them blocked.
void CompileQueue::startThread() {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kStackSize);
  running_ = pthread_create(&thread_, &attributes, &threadMain, this) == 0;
  pthread_attr_destroy(&attributes);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (running_) return;
  // No thread to be had: the packages fail, and the program stays with the interpreter.
  for (auto& job : waiting_) {
    job->error = "the compiler thread cannot be started";
    done_.push_back(std::move(job));
  }
  waiting_.clear();
}

void* CompileQueue::threadMain(void* self) {
  pthread_setname_np(pthread_self(), "krait-jit");
  static_cast<CompileQueue*>(self)->work();
  return nullptr;
}

void CompileQueue::work() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (waiting_.empty()) {
      bool woken = wake_.wait_for(lock, kIdle, [this] { return stopping_ || !waiting_.empty(); });
      if (woken || !engine_) continue;
      lock.unlock();
      {
        std::lock_guard stage(stage_lock);
        engine_.reset();
        malloc_trim(0);
      }
      lock.lock();
      continue;
    }
    current_ = std::move(waiting_.front());
    waiting_.pop_front();
    CompileJob* job = current_.get();
    if (!engine_) engine_ = std::make_unique<Engine>();
    lock.unlock();
    {
      std::lock_guard stage(stage_lock);
      if (!job->stale.load()) compile(*engine_, job);
    }
    lock.lock();
    done_.push_back(std::move(current_));
    lock.unlock();
    finished_(finished_data_);
    lock.lock();
  }
  lock.unlock();
  std::lock_guard stage(stage_lock);
  engine_.reset();
}

// Under the stage lock.
void CompileQueue::compile(Engine& engine, CompileJob* job) {
  if (!engine.compiler) engine.compiler = Compiler::create(&job->error);
  if (!engine.compiler) return;
  job->compiled =
      engine.compiler->compile(job->package, job->gear, &job->code, &job->listing, &job->error, &betweenStages);
}

// --- fork ---

void CompileQueue::beforeFork() {
  ++forks_waiting;
  stage_lock.lock();
  if (the_queue) the_queue->mutex_.lock();
}

void CompileQueue::afterForkInParent() {
  if (the_queue) the_queue->mutex_.unlock();
  stage_lock.unlock();
  --forks_waiting;
}

// The thread is gone, perhaps in the middle of a compile: its compiler is not in a state that could be used or freed.
void CompileQueue::afterForkInChild() {
  if (CompileQueue* queue = the_queue) {
    static_cast<void>(queue->engine_.release());
    if (queue->current_) queue->waiting_.push_front(std::move(queue->current_));
    new (&queue->wake_) std::condition_variable;  // the parent's thread waited on the old one
    queue->running_ = queue->stopping_ = false;
    queue->mutex_.unlock();
  }
  stage_lock.unlock();
  forks_waiting = 0;
}

}  // namespace krait::jit
