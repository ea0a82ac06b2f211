// Thread: the state of one thread that runs Python code. A Thread& parameter means "may raise and may run Python code".
#pragma once
#include <atomic>
#include "runtime/core/ref.h"

namespace krait {
struct Frame;
struct BaseException;
struct Interpreter;
struct Activation;  // of a compiled trace (jit)

// Bits of the poll word: every poll point tests the word against zero.
enum PollBit : uint32_t {
  kPollGil = 1 << 0,        // another thread waits for the GIL
  kPollSignal = 1 << 1,     // a signal arrived (main thread only)
  kPollAsync = 1 << 2,      // an exception was sent to this thread
  kPollGc = 1 << 3,         // a collection is due
  kPollTrace = 1 << 4,      // sticky: settrace/setprofile active in this thread
  kPollJit = 1 << 5,        // a compiled trace waits for its installation
  kPollPending = 1 << 6,    // pending calls
};

// What a trace function is being told.
enum class TraceEvent : uint8_t { kNone, kCall, kLine, kYield, kOther };

// The stack of handled exceptions (sys.exc_info): one item a generator that is running, plus the thread's base.
struct ExceptionState {
  Value handled;            // owned; empty or None: none
  ExceptionState* previous = nullptr;
};

class Thread {
 public:
  // --- looked at by compiled code: offsets are part of the JIT's contract ---
  std::atomic<uint32_t> poll{0};
  uint32_t recursion_depth = 0;      // Python frames, as CPython counts
  Frame* frame = nullptr;            // innermost
  Value exception;                   // owned: the exception being raised, empty when none
  Value* stack_top = nullptr;        // next free word of the frame stack
  Value* stack_limit = nullptr;
  char* native_limit = nullptr;      // lowest address the C++ stack may reach
  Activation* activation = nullptr;  // innermost running trace
  void* recorder = nullptr;          // the JIT's recording in progress, null when none
  bool call_nested = false;          // the recorder wants the next call made in C++, not followed
  // ---
  ExceptionState* handled = nullptr;
  ExceptionState base_handled;
  Interpreter* interpreter = nullptr;
  uint32_t recursion_limit = 1000;
  uint32_t native_depth = 0;
  Value trace_function;              // sys.settrace, owned
  Value profile_function;
  uint32_t tracing = 0;              // inside a trace function
  TraceEvent trace_event = TraceEvent::kNone;
  Value async_exception;
  uint64_t id = 0;
  void* stack_chunk = nullptr;       // of the frame stack (frame.cpp)
  Value context;                     // contextvars
  Value coroutine_origin_depth;
  Value async_firstiter, async_finalizer;  // sys.set_asyncgen_hooks, owned

  bool raised() const { return !exception.empty(); }
  Thread* next_thread = nullptr;     // of interpreter->threads
  uint64_t ident = 0;                // of the native thread: _thread.get_ident()

  static Thread& current();          // of the calling native thread
  static Thread* currentOrNull();
};
// The Python thread of this native thread, null when it has none.
extern constinit thread_local Thread* current_thread __attribute__((tls_model("initial-exec")));
inline Thread& Thread::current() { return *current_thread; }
inline Thread* Thread::currentOrNull() { return current_thread; }

// Threads of one interpreter, linked; the GIL serialises everything that touches objects.
Thread* newThread(Interpreter* interpreter);   // not attached to any native thread yet; null: no memory
void attachThread(Thread* t);                  // to the calling native thread, and takes the GIL
void detachThread(Thread* t);                  // gives the GIL up and deletes t; its references are dropped first
void acquireGil(Thread& t);
void releaseGil(Thread& t);
// How long a thread may keep the GIL while others want it, in microseconds.
int64_t switchInterval();
void setSwitchInterval(int64_t microseconds);
// In the child of a fork, where t is the only thread that runs: the lock's state is made anew.
void gilAfterFork(Thread& t);
// After that: the other threads' states go, with what they hold beside their frames.
void dropOtherThreads(Thread& t);

// Around blocking system calls: other threads run meanwhile. No object may be touched inside.
class WithoutGil {
 public:
  explicit WithoutGil(Thread& t) : thread_(t) { releaseGil(t); }
  ~WithoutGil() { acquireGil(thread_); }
  WithoutGil(const WithoutGil&) = delete;

 private:
  Thread& thread_;
};

// Serves the poll word's requests at a poll point: GIL switch, due collection, signals, exceptions sent to this thread.
// False: raised.
[[nodiscard]] bool servePoll(Thread& t);

// Checks C++ recursion: false (RecursionError raised) when the native stack is nearly used up.
// `where` completes the message: "maximum recursion depth exceeded{where}", e.g. " in comparison".
bool enterNativeSlow(Thread& t, const char* where) __attribute__((noinline, cold));
[[nodiscard]] inline bool enterNative(Thread& t, const char* where) {
  char* here = static_cast<char*>(__builtin_frame_address(0));
  if (__builtin_expect(here > t.native_limit && t.recursion_depth < t.recursion_limit, 1)) {
    ++t.recursion_depth;
    return true;
  }
  return enterNativeSlow(t, where);
}
inline void leaveNative(Thread& t) { --t.recursion_depth; }
// The same for calls that are counted elsewhere: only the stack is measured.
[[nodiscard]] inline bool checkNativeStack(Thread& t, const char* where) {
  if (__builtin_expect(static_cast<char*>(__builtin_frame_address(0)) > t.native_limit, 1)) return true;
  return enterNativeSlow(t, where);
}

// Scope of a C++ function that may recurse through Python objects (repr, compare, call, ...).
class NativeScope {
 public:
  NativeScope(Thread& t, const char* where) : thread_(t), ok_(enterNative(t, where)) {}
  ~NativeScope() {
    if (ok_) leaveNative(thread_);
  }
  NativeScope(const NativeScope&) = delete;
  explicit operator bool() const { return ok_; }

 private:
  Thread& thread_;
  bool ok_;
};

}  // namespace krait
