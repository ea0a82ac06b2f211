// Threads: attaching, the GIL, the poll word's requests, bounds of the C++ stack.
#include "runtime/core/thread.h"

#include <pthread.h>
#include <sys/resource.h>

#include <condition_variable>
#include <mutex>
#include <new>

#include "runtime/core/error.h"
#include "runtime/core/hooks.h"
#include "runtime/core/runtime.h"
#include "runtime/core/startup.h"
#include "runtime/memory/gc.h"

namespace krait {

constinit thread_local Thread* current_thread __attribute__((tls_model("initial-exec"))) = nullptr;

namespace {

// What stays free below the limit: enough for C libraries and for raising the error.
constexpr size_t kStackReserve = 160 * 1024;
constexpr size_t kUsableMainStack = 64 * 1024 * 1024;
std::atomic<int64_t> switch_interval{5000};  // microseconds
std::chrono::microseconds interval() { return std::chrono::microseconds(switch_interval.load(std::memory_order_relaxed)); }

// Handed over in two steps so that a thread that gives it up on request cannot take it back before the other one runs.
struct Gil {
  std::mutex mutex;
  std::condition_variable changed;
  Thread* holder = nullptr;
  Thread* last_holder = nullptr;
  uint32_t waiting = 0;
};
Gil gil;
std::atomic<uint64_t> next_thread_id{1};

void setNativeLimit(Thread* t) {
  pthread_attr_t attributes;
  void* lowest = nullptr;
  size_t size = 0;
  if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
    pthread_attr_getstack(&attributes, &lowest, &size);
    pthread_attr_destroy(&attributes);
  }
  char* here = static_cast<char*>(__builtin_frame_address(0));
  if (!lowest) lowest = here - 1024 * 1024;
  // The main thread's stack grows to the resource limit, which may be "unlimited".
  char* floor = static_cast<char*>(lowest);
  if (here - floor > ptrdiff_t(kUsableMainStack)) floor = here - kUsableMainStack;
  size_t reserve = size && size < 4 * kStackReserve ? size / 4 : kStackReserve;
  t->native_limit = floor + reserve;
}

}  // namespace

Thread* newThread(Interpreter* interpreter) {
  Thread* t = new (std::nothrow) Thread();
  if (!t) return nullptr;
  t->interpreter = interpreter;
  t->handled = &t->base_handled;
  t->id = next_thread_id.fetch_add(1);
  return t;
}

void attachThread(Thread* t) {
  setNativeLimit(t);
  acquireGil(*t);
  t->ident = uint64_t(pthread_self());
  t->next_thread = t->interpreter->threads;
  t->interpreter->threads = t;
}

namespace {

// What the thread owns beside its frames.
void dropFields(Thread* t) {
  assign(t->exception, Ref<>());
  for (Value* field : {&t->trace_function, &t->profile_function, &t->async_exception, &t->context, &t->base_handled.handled,
                       &t->async_firstiter, &t->async_finalizer}) {
    assign(*field, Ref<>());
  }
}

}  // namespace

void detachThread(Thread* t) {
  dropFields(t);
  for (Thread** link = &t->interpreter->threads; *link; link = &(*link)->next_thread) {
    if (*link != t) continue;
    *link = t->next_thread;
    break;
  }
  releaseGil(*t);
  delete t;
}

Thread* attachMainThread(Interpreter* interpreter) {
  Thread* t = newThread(interpreter);
  KRAIT_ASSERT(t, "no memory for the main thread, id %d", 1);
  attachThread(t);
  return t;
}

void acquireGil(Thread& t) {
  std::unique_lock lock(gil.mutex);
  ++gil.waiting;
  while (gil.holder) {
    Thread* holder = gil.holder;
    if (gil.changed.wait_for(lock, interval()) == std::cv_status::timeout && gil.holder == holder) {
      holder->poll.fetch_or(kPollGil, std::memory_order_relaxed);
    }
  }
  --gil.waiting;
  gil.holder = &t;
  gil.last_holder = &t;
  gil.changed.notify_all();
  current_thread = &t;
}

void releaseGil(Thread& t) {
  std::unique_lock lock(gil.mutex);
  KRAIT_ASSERT(gil.holder == &t, "thread %lu gives up a GIL that it does not hold", (unsigned long)t.id);
  gil.holder = nullptr;
  current_thread = nullptr;
  t.poll.fetch_and(~uint32_t(kPollGil), std::memory_order_relaxed);
  gil.changed.notify_all();
}

int64_t switchInterval() { return switch_interval.load(); }
void setSwitchInterval(int64_t microseconds) { switch_interval = microseconds < 1 ? 1 : microseconds; }

void gilAfterFork(Thread& t) {
  // Whoever held the mutex, or waited, is not here: the old state is left as it is, and a new one takes its place.
  new (&gil) Gil();
  gil.holder = gil.last_holder = &t;
  current_thread = &t;
  t.ident = uint64_t(pthread_self());
  t.poll.fetch_and(~uint32_t(kPollGil), std::memory_order_relaxed);
  t.interpreter->main_thread = &t;
}

void dropOtherThreads(Thread& t) {
  Thread* others = t.interpreter->threads;
  t.interpreter->threads = &t;
  for (Thread* each = others; each;) {
    Thread* next = each->next_thread;
    if (each != &t) {
      dropFields(each);
      delete each;
    }
    each = next;
  }
  t.next_thread = nullptr;
}

namespace {

void yieldGil(Thread& t) {
  releaseGil(t);
  {
    std::unique_lock lock(gil.mutex);
    gil.changed.wait_for(lock, interval(), [&] { return gil.last_holder != &t || gil.waiting == 0; });
  }
  acquireGil(t);
}

}  // namespace

bool servePoll(Thread& t) {
  uint32_t poll = t.poll.load(std::memory_order_relaxed);
  if (poll & kPollGil) yieldGil(t);
  if (poll & kPollGc) serveGcPoll(t);
  if (poll & kPollAsync) {
    t.poll.fetch_and(~uint32_t(kPollAsync), std::memory_order_relaxed);
    Ref<> exception = Ref<>::steal(t.async_exception);
    t.async_exception = Value();
    if (exception) {
      if (isType(exception)) return raiseWith(t, *static_cast<Type*>(exception.value().asObject()), Value());
      return raiseInstance(t, std::move(exception));
    }
  }
  if (poll & (kPollSignal | kPollPending)) {
    t.poll.fetch_and(~uint32_t(kPollSignal | kPollPending), std::memory_order_relaxed);
    if (hooks.serve_signals && !hooks.serve_signals(t)) return false;
  }
  return true;
}

bool enterNativeSlow(Thread& t, const char* where) {
  char* here = static_cast<char*>(__builtin_frame_address(0));
  // While a RecursionError is on its way, its handling gets some more levels.
  if (here > t.native_limit && t.exception && t.recursion_depth < t.recursion_limit + 50) {
    ++t.recursion_depth;
    return true;
  }
  return raise(t, exc::RecursionError, "maximum recursion depth exceeded%s", where);
}

}  // namespace krait
