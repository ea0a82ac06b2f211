// _thread: locks, thread-local data and new threads. All Python code runs under the GIL; a lock is a semaphore, so that a signal
// wakes the thread that waits for it.
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <ctime>

#include "runtime/core/frame.h"
#include "runtime/core/runtime.h"
#include "runtime/core/startup.h"
#include "runtime/memory/gc.h"
#include "runtime/modules/fields.h"
#include "runtime/modules/thread_module.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/int.h"
#include "runtime/objects/own_dict.h"
#include "runtime/objects/str_utf8.h"
#include "runtime/objects/struct_sequence.h"
#include "runtime/objects/tuple.h"
#include "runtime/objects/weakref.h"
#include "runtime/protocols/protocols.h"

namespace krait {

namespace {

constexpr int64_t kBillion = 1'000'000'000;
constexpr int64_t kLongestWait = INT64_MAX / kBillion;  // seconds: TIMEOUT_MAX
std::atomic<int64_t> running_threads{0};
size_t stack_size = 0;  // 0: the system's

int64_t threadIdent() { return int64_t(pthread_self()); }

// ---- waiting ----

int64_t monotonicNow() {
  timespec ts;
  clock_gettime(CLOCK_MONOTONIC, &ts);
  return int64_t(ts.tv_sec) * kBillion + ts.tv_nsec;
}

// blocking and timeout as acquire() takes them: *nanoseconds -1 waits for ever, 0 does not wait. False: raised.
bool waitTime(Thread& t, Value blocking, Value timeout, int64_t* nanoseconds) {
  int is_blocking = blocking ? truth(t, blocking) : 1;
  if (is_blocking < 0) return false;
  double seconds = -1;
  if (timeout) {
    Ref<> number = toFloat(t, timeout);
    if (!number) return false;
    seconds = number.value().asDouble();
    if (std::isnan(seconds)) return raise(t, exc::ValueError, "Invalid value NaN (not a number)");
  }
  if (!is_blocking && seconds != -1) return raise(t, exc::ValueError, "can't specify a timeout for a non-blocking call");
  if (seconds < 0 && seconds != -1) return raise(t, exc::ValueError, "timeout value must be a non-negative number");
  if (seconds > double(kLongestWait)) return raise(t, exc::OverflowError, "timeout value is too large");
  *nanoseconds = !is_blocking ? 0 : seconds == -1 ? -1 : int64_t(std::ceil(seconds * 1e9));
  return true;
}

}  // namespace

int waitSemaphore(Thread& t, sem_t* semaphore, int64_t nanoseconds) {
  if (sem_trywait(semaphore) == 0) return 1;
  if (nanoseconds == 0) return 0;
  int64_t end = nanoseconds < 0 ? 0 : monotonicNow() + nanoseconds;
  for (;;) {
    int result, error = 0;
    {
      WithoutGil released(t);
      if (nanoseconds < 0) {
        result = sem_wait(semaphore);
      } else {
        timespec until{time_t(end / kBillion), long(end % kBillion)};
        result = sem_clockwait(semaphore, CLOCK_MONOTONIC, &until);
      }
      error = errno;
    }
    if (result == 0) return 1;
    if (error == ETIMEDOUT) return 0;
    if (!servePoll(t)) return -1;
  }
}

namespace {

// ---- lock ----

struct Lock : Object {
  sem_t semaphore;
  bool locked;
};
Type* lock_type = nullptr;
Lock* asLock(Value v) { return static_cast<Lock*>(v.asObject()); }

Ref<> newLock(Thread& t) {
  Lock* lock = allocateInstance<Lock>(lock_type);
  if (!lock) return raiseNoMemory(t);
  sem_init(&lock->semaphore, 0, 1);
  lock->locked = false;
  return steal(Value(lock));
}
void lockDealloc(Object* self) {
  sem_destroy(&static_cast<Lock*>(self)->semaphore);
  freeInstance(self);
}
Ref<> lockAcquire(Thread& t, Value self, const Value* args) {
  int64_t nanoseconds;
  if (!waitTime(t, args[0], args[1], &nanoseconds)) return kRaised;
  Ref<> keep = share(self);
  int taken = waitSemaphore(t, &asLock(self)->semaphore, nanoseconds);
  if (taken < 0) return kRaised;
  if (taken) asLock(self)->locked = true;
  return steal(Value::fromBool(taken));
}
Ref<> lockEnter(Thread& t, Value self) {
  const Value args[2] = {};
  return lockAcquire(t, self, args);
}
Ref<> lockRelease(Thread& t, Value self) {
  Lock* lock = asLock(self);
  if (!lock->locked) return raise(t, exc::RuntimeError, "release unlocked lock");
  lock->locked = false;
  sem_post(&lock->semaphore);
  return steal(kNone);
}
Ref<> lockExit(Thread& t, Value self, Args) { return lockRelease(t, self); }
Ref<> lockLocked(Thread&, Value self) { return steal(Value::fromBool(asLock(self)->locked)); }
Ref<> lockReinit(Thread&, Value self) {
  Lock* lock = asLock(self);
  sem_destroy(&lock->semaphore);
  sem_init(&lock->semaphore, 0, 1);
  lock->locked = false;
  return steal(kNone);
}
Ref<> lockRepr(Thread& t, Value self) {
  return strFormat(t, "<%s %s object at %p>", asLock(self)->locked ? "locked" : "unlocked", typeName(self),
                   static_cast<void*>(self.asObject()));
}
const char* const kAcquireDoc = "Lock the lock. Without arguments it blocks until the lock is free; gives whether it was taken.";
const MethodDef kLockMethods[] = {
    method("acquire_lock", lockAcquire, "($self, /, blocking=True, timeout=-1)", kAcquireDoc),
    method("acquire", lockAcquire, "($self, /, blocking=True, timeout=-1)", kAcquireDoc),
    method("release_lock", lockRelease, "($self, /)", "Release the lock."),
    method("release", lockRelease, "($self, /)", "Release the lock."),
    method("locked_lock", lockLocked, "($self, /)", "Whether the lock is taken."),
    method("locked", lockLocked, "($self, /)", "Whether the lock is taken."),
    method("__enter__", lockEnter, "($self, /)", "Lock the lock."),
    method("__exit__", lockExit, nullptr, "Release the lock."),
    method("_at_fork_reinit", lockReinit, "($self, /)"),
    {},
};

// ---- RLock ----

struct RecursiveLock : Object {
  sem_t semaphore;
  int64_t owner;  // 0: free
  uint64_t count;
};
Type* recursive_lock_type = nullptr;
RecursiveLock* asRecursive(Value v) { return static_cast<RecursiveLock*>(v.asObject()); }

Ref<> recursiveNew(Thread& t, Type* type, Args) {
  RecursiveLock* lock = allocateInstance<RecursiveLock>(type);
  if (!lock) return raiseNoMemory(t);
  sem_init(&lock->semaphore, 0, 1);
  lock->owner = 0;
  lock->count = 0;
  return steal(Value(lock));
}
void recursiveDealloc(Object* self) {
  sem_destroy(&static_cast<RecursiveLock*>(self)->semaphore);
  freeInstance(self);
}
Ref<> recursiveAcquire(Thread& t, Value self, const Value* args) {
  int64_t nanoseconds;
  if (!waitTime(t, args[0], args[1], &nanoseconds)) return kRaised;
  RecursiveLock* lock = asRecursive(self);
  if (lock->owner == threadIdent()) {
    if (lock->count == UINT64_MAX) return raise(t, exc::OverflowError, "Internal lock count overflowed");
    ++lock->count;
    return steal(kTrue);
  }
  Ref<> keep = share(self);
  int taken = waitSemaphore(t, &lock->semaphore, nanoseconds);
  if (taken < 0) return kRaised;
  if (taken) {
    lock->owner = threadIdent();
    lock->count = 1;
  }
  return steal(Value::fromBool(taken));
}
Ref<> recursiveEnter(Thread& t, Value self) {
  const Value args[2] = {};
  return recursiveAcquire(t, self, args);
}
Ref<> recursiveRelease(Thread& t, Value self) {
  RecursiveLock* lock = asRecursive(self);
  if (lock->count == 0 || lock->owner != threadIdent()) return raise(t, exc::RuntimeError, "cannot release un-acquired lock");
  if (--lock->count == 0) {
    lock->owner = 0;
    sem_post(&lock->semaphore);
  }
  return steal(kNone);
}
Ref<> recursiveExit(Thread& t, Value self, Args) { return recursiveRelease(t, self); }
Ref<> recursiveSave(Thread& t, Value self) {
  RecursiveLock* lock = asRecursive(self);
  if (lock->count == 0) return raise(t, exc::RuntimeError, "cannot release un-acquired lock");
  Ref<> count = newIntUnsigned(t, lock->count), owner = newIntUnsigned(t, uint64_t(lock->owner));
  if (!count || !owner) return kRaised;
  lock->count = 0;
  lock->owner = 0;
  sem_post(&lock->semaphore);
  return packTuple(t, count.value(), owner.value());
}
Ref<> recursiveRestore(Thread& t, Value self, Value state) {
  if (!isTuple(state) || asTuple(state)->size != 2) return raise(t, exc::TypeError, "state must be a pair of count and owner");
  int64_t count = toInt64(t, asTuple(state)->items[0]);
  if (t.raised()) return kRaised;
  int64_t owner = toInt64(t, asTuple(state)->items[1]);
  if (t.raised()) return kRaised;
  Ref<> keep = share(self);
  RecursiveLock* lock = asRecursive(self);
  // A signal handler that raises must not lose the lock: the wait goes on, and the exception comes after it.
  Ref<> pending;
  while (waitSemaphore(t, &lock->semaphore, -1) < 0) pending = takeException(t);
  lock->owner = owner;
  lock->count = uint64_t(count);
  if (pending) return raiseInstance(t, std::move(pending));
  return steal(kNone);
}
Ref<> recursiveOwned(Thread&, Value self) {
  RecursiveLock* lock = asRecursive(self);
  return steal(Value::fromBool(lock->count > 0 && lock->owner == threadIdent()));
}
Ref<> recursiveReinit(Thread&, Value self) {
  RecursiveLock* lock = asRecursive(self);
  sem_destroy(&lock->semaphore);
  sem_init(&lock->semaphore, 0, 1);
  lock->owner = 0;
  lock->count = 0;
  return steal(kNone);
}
Ref<> recursiveRepr(Thread& t, Value self) {
  RecursiveLock* lock = asRecursive(self);
  return strFormat(t, "<%s %s object owner=%lld count=%llu at %p>", lock->count ? "locked" : "unlocked", typeName(self),
                   static_cast<long long>(lock->owner), static_cast<unsigned long long>(lock->count), static_cast<void*>(lock));
}
const MethodDef kRecursiveMethods[] = {
    method("acquire", recursiveAcquire, "($self, /, blocking=True, timeout=-1)", "Lock the lock; its owner may do so again."),
    method("release", recursiveRelease, "($self, /)", "Release the lock once."),
    method("_is_owned", recursiveOwned, "($self, /)"),
    method("_acquire_restore", recursiveRestore, "($self, state, /)"),
    method("_release_save", recursiveSave, "($self, /)"),
    method("_at_fork_reinit", recursiveReinit, "($self, /)"),
    method("__enter__", recursiveEnter, "($self, /)", "Lock the lock."),
    method("__exit__", recursiveExit, nullptr, "Release the lock."),
    {},
};

// ---- local ----

// Each thread's attributes are a dict of their own; `dict` is the current thread's, set before every access.
struct Local : Object {
  Dict* by_thread;  // owned: thread id -> dict
  Dict* dict;       // borrowed from by_thread
  Value args, keywords;  // of the constructor, owned: each thread calls __init__ with them
  Local* next;      // all locals, so that a thread that ends can take its dicts along
  Local* previous;
};
Local* all_locals = nullptr;
Local* asLocal(Value v) { return static_cast<Local*>(v.asObject()); }

Ref<> localNew(Thread& t, Type* type, Args args) {
  if (args.total() && type->slots.init == types::Object.slots.init) {
    return raise(t, exc::TypeError, "Initialization arguments are not supported");
  }
  Ref<Tuple> positional = newTuple(t, args.values, int64_t(args.positional));
  Ref<Dict> keywords = newDict(t), by_thread = newDict(t), own = newDict(t);
  if (!positional || !keywords || !by_thread || !own) return kRaised;
  for (size_t i = 0; i < args.keywords(); ++i) {
    if (!dictSet(t, keywords.get(), args.names->items[i], args[args.positional + i])) return kRaised;
  }
  if (!dictSet(t, by_thread.get(), Value::fromInt(int64_t(t.id)), own)) return kRaised;
  Local* local = allocateInstance<Local>(type);
  if (!local) return raiseNoMemory(t);
  local->by_thread = by_thread.leakObject();
  local->dict = nullptr;
  local->args = positional.leak();
  local->keywords = keywords.leak();
  local->previous = nullptr;
  local->next = all_locals;
  if (all_locals) all_locals->previous = local;
  all_locals = local;
  return steal(Value(local));
}
void localClear(Object* self) {
  Local* local = static_cast<Local*>(self);
  local->dict = nullptr;
  if (local->by_thread) dictClear(Thread::current(), local->by_thread);
  assign(local->args, Ref<>());
  assign(local->keywords, Ref<>());
}
void localTraverse(Object* self, Visitor& visitor) {
  Local* local = static_cast<Local*>(self);
  visitor.visit(local->by_thread);
  visitor.visit(local->args);
  visitor.visit(local->keywords);
}
void localDealloc(Object* self) {
  Local* local = static_cast<Local*>(self);
  (local->previous ? local->previous->next : all_locals) = local->next;
  if (local->next) local->next->previous = local->previous;
  release(local->by_thread);
  release(local->args);
  release(local->keywords);
  freeInstance(self);
}
// Makes the current thread's dict the object's namespace. False: raised.
bool enterLocal(Thread& t, Local* local) {
  Value key = Value::fromInt(int64_t(t.id));
  Value present = dictGet(t, local->by_thread, key);
  if (!present) {
    if (t.raised()) return false;
    Ref<Dict> own = newDict(t);
    if (!own || !dictSet(t, local->by_thread, key, own)) return false;
    InitFunction init = local->type()->slots.init;
    if (init != types::Object.slots.init) {
      Ref<> self = share(Value(local)), args = share(local->args), keywords = share(local->keywords);
      Ref<> method = getAttr(t, Value(local->type()), "__init__");
      Ref<List> all = newListFrom(t, &local->args, 0);
      if (!method || !all || !listAppend(t, all.get(), share(self)) || !listExtend(t, all.get(), args)) return false;
      Ref<> positional = sequenceToTuple(t, all);
      Ref<> result = positional ? callWith(t, method, positional, keywords) : Ref<>();
      if (!result) {
        PreserveException preserve(t);
        if (dictDelete(t, local->by_thread, key) < 0) clearException(t);
        return false;
      }
    }
    present = dictGet(t, local->by_thread, key);
    if (!present) return false;
  }
  local->dict = asDict(present);
  return true;
}
Ref<> localGetAttr(Thread& t, Value self, Str* name) {
  if (!enterLocal(t, asLocal(self))) return kRaised;
  if (strEqualsAscii(name, "__dict__")) return share(Value(asLocal(self)->dict));
  Ref<Dict> keep = share(asLocal(self)->dict);
  return getAttrWithDict(t, self, name, keep.get());
}
bool localSetAttr(Thread& t, Value self, Str* name, Value v) {
  if (!enterLocal(t, asLocal(self))) return false;
  if (strEqualsAscii(name, "__dict__")) {
    return raise(t, exc::AttributeError, "'%.100s' object attribute '__dict__' is read-only", typeName(self));
  }
  Ref<Dict> keep = share(asLocal(self)->dict);
  Dict* dict = keep.get();
  return setAttrWithDict(t, self, name, v, &dict);
}

// ---- threads ----

struct Start {
  Thread* thread;
  Value function, args, keywords;  // owned
};

// The thread-local values of the thread with this id; t runs what their death runs.
void dropLocals(Thread& t, uint64_t id) {
  Value key = Value::fromInt(int64_t(id));
  // Destroying a value may run code that makes or ends locals: begin again after each removal.
  for (bool found = true; found;) {
    found = false;
    for (Local* local = all_locals; local; local = local->next) {
      int present = dictContains(t, local->by_thread, key);
      if (present <= 0) continue;
      Ref<> keep = share(Value(local));
      if (local->dict && Value(local->dict) == dictGet(t, local->by_thread, key)) local->dict = nullptr;
      found = dictDelete(t, local->by_thread, key) > 0;
      break;
    }
  }
}

// What the function of a thread raised: SystemExit ends it silently, the rest goes to the unraisable hook.
void reportThread(Thread& t, Value function) {
  if (raisedIs(t, exc::SystemExit)) {
    clearException(t);
  } else {
    writeUnraisable(t, function, "Exception ignored in thread started by");
  }
}

thread_local bool started_here = false;  // not the main thread, nor one of another library

void* threadMain(void* argument) {
  Start start = *static_cast<Start*>(argument);
  delete static_cast<Start*>(argument);
  Thread* t = start.thread;
  attachThread(t);
  ++running_threads;
  started_here = true;
  Ref<> result = callWith(*t, start.function, start.args, start.keywords);
  if (!result) reportThread(*t, start.function);
  result.reset();
  release(start.function);
  release(start.args);
  release(start.keywords);
  --running_threads;
  dropLocals(*t, t->id);
  endOfThread(*t);
  freeFrameStack(*t);
  detachThread(t);
  return nullptr;
}

Ref<> startNewThread(Thread& t, Value, const Value* args) {
  if (!isCallable(args[0])) return raise(t, exc::TypeError, "first arg must be callable");
  if (!isTuple(args[1])) return raise(t, exc::TypeError, "2nd arg must be a tuple");
  if (args[2] && !isDict(args[2])) return raise(t, exc::TypeError, "optional 3rd arg must be a dictionary");
  Thread* made = newThread(t.interpreter);
  Start* start = made ? new (std::nothrow) Start{made, share(args[0]).leak(), share(args[1]).leak(), share(args[2]).leak()} : nullptr;
  if (!start) return raiseNoMemory(t);
  made->recursion_limit = t.recursion_limit;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  if (stack_size) pthread_attr_setstacksize(&attributes, stack_size);
  pthread_t native;
  int error = pthread_create(&native, &attributes, threadMain, start);
  pthread_attr_destroy(&attributes);
  if (error) {
    release(start->function);
    release(start->args);
    release(start->keywords);
    delete start;
    delete made;
    return raise(t, exc::RuntimeError, "can't start new thread");
  }
  return newIntUnsigned(t, uint64_t(native));
}

// The lock that threading.Thread waits for in join: released when the thread is gone.
struct Sentinel {
  Thread* thread;
  Value reference;  // weak reference to the lock, owned
  Sentinel* next;
};
Sentinel* sentinels = nullptr;

Ref<> setSentinel(Thread& t, Value) {
  Ref<> lock = newLock(t);
  Ref<> reference = lock ? newWeakref(t, lock) : Ref<>();
  if (!reference) return kRaised;
  for (Sentinel* s = sentinels; s; s = s->next) {
    if (s->thread == &t) {
      assign(s->reference, std::move(reference));
      return lock;
    }
  }
  sentinels = new Sentinel{&t, reference.leak(), sentinels};
  return lock;
}

Ref<> exitThread(Thread& t, Value) { return raiseWith(t, exc::SystemExit, Value()); }
Ref<> getIdent(Thread& t, Value) { return newIntUnsigned(t, uint64_t(threadIdent())); }
Ref<> getNativeId(Thread& t, Value) { return newInt(t, syscall(SYS_gettid)); }
Ref<> countThreads(Thread& t, Value) { return newInt(t, running_threads.load()); }
Ref<> allocateLock(Thread& t, Value) { return newLock(t); }

Ref<> setStackSize(Thread& t, Value, const Value* args) {
  int64_t size = args[0] ? toIndex(t, args[0]) : 0;
  if (t.raised()) return kRaised;
  if (size < 0) return raise(t, exc::ValueError, "size must be 0 or a positive value");
  if (size && size < 32768) return raise(t, exc::ValueError, "size not valid: %lld bytes", static_cast<long long>(size));
  Ref<> old = newInt(t, int64_t(stack_size));
  stack_size = size_t(size);
  return old;
}

Ref<> interruptMain(Thread& t, Value, const Value* args) {
  int64_t number = args[0] ? toInt64(t, args[0]) : SIGINT;
  if (t.raised()) return kRaised;
  if (number < 1 || number >= NSIG) return raise(t, exc::ValueError, "signal number out of range");
  simulateSignal(t, int(number));
  return steal(kNone);
}

StructSequence hook_args{"_thread._ExceptHookArgs", "Type used to pass arguments to threading.excepthook.",
                         {"exc_type", "exc_value", "exc_traceback", "thread"}, 4};

Ref<> exceptHook(Thread& t, Value, Value v) {
  if (typeOf(v) != hook_args.type) return raise(t, exc::TypeError, "_thread.excepthook argument type must be ExceptHookArgs");
  Tuple* fields = asTuple(v);
  if (fields->items[0] == Value(&exc::SystemExit)) return steal(kNone);
  Ref<> name;
  if (!fields->items[3].isNone()) {
    name = getAttr(t, fields->items[3], "_name");
    if (!name) clearException(t);
  }
  Ref<> file = share(dictGetStr(interpreterOf(t).sys->dict, internStatic("stderr")));
  if (!file || file.value().isNone()) {
    if (fields->items[3].isNone()) return steal(kNone);
    file = getAttr(t, fields->items[3], "_stderr");
    if (!file) return kRaised;
    if (file.value().isNone()) return steal(kNone);
  }
  Ref<Str> shown = name ? str(t, name) : strFormat(t, "%lld", static_cast<long long>(threadIdent()));
  Ref<Str> line = shown ? strFormat(t, "Exception in thread %s:\n", Utf8(shown.get()).c_str()) : Ref<Str>();
  if (!line || !callMethod(t, file, "write", line)) return kRaised;
  Ref<> traceback = importModule(t, "traceback");
  Ref<> print = traceback ? getAttr(t, traceback, "print_exception") : Ref<>();
  Ref<Dict> keywords = newDict(t);
  if (!print || !keywords || !dictSetStr(t, keywords.get(), internStatic("file"), file)) return kRaised;
  Ref<> positional = packTuple(t, fields->items[0], fields->items[1].isNone() ? kNone : fields->items[1], fields->items[2]);
  if (!positional || !callWith(t, print, positional, keywords)) return kRaised;
  Ref<> flushed = callMethod(t, file, "flush");
  return flushed ? steal(kNone) : Ref<>(kRaised);
}

const MethodDef kFunctions[] = {
    method("start_new_thread", startNewThread, "($module, function, args, kwargs=<none>, /)",
           "Start a new thread that calls function(*args, **kwargs), and return its identifier."),
    method("start_new", startNewThread, "($module, function, args, kwargs=<none>, /)", "An obsolete name of start_new_thread()."),
    method("allocate_lock", allocateLock, "($module, /)", "Create a new lock object."),
    method("allocate", allocateLock, "($module, /)", "An obsolete name of allocate_lock()."),
    method("exit_thread", exitThread, "($module, /)", "An obsolete name of exit()."),
    method("exit", exitThread, "($module, /)", "Raise SystemExit, which ends the thread."),
    method("interrupt_main", interruptMain, "($module, signum=2, /)", "Simulate the arrival of the given signal in the main thread."),
    method("get_ident", getIdent, "($module, /)", "A nonzero number that identifies the thread among those that exist."),
    method("get_native_id", getNativeId, "($module, /)", "The number that the kernel has given to the thread."),
    method("_count", countThreads, "($module, /)", "The number of threads started by this module that run."),
    method("stack_size", setStackSize, "($module, size=0, /)", "Set the stack size of threads to come; return the previous one."),
    method("_set_sentinel", setSentinel, "($module, /)", "A lock that is released when the current thread ends."),
    method("_excepthook", exceptHook, "($module, exc_info, /)", "Handle an uncaught exception of Thread.run()."),
    {},
};

bool addTypes(Thread& t, ModuleObject* m) {
  static const TypeSpec lock_spec{.type = nullptr, .basic_size = sizeof(Lock), .doc = "A lock object.", .methods = kLockMethods,
                                  .dealloc = lockDealloc, .fill = [](Slots& slots) { slots.repr = lockRepr; }};
  static const TypeSpec recursive_spec{.type = nullptr, .basic_size = sizeof(RecursiveLock), .doc = nullptr, .methods = kRecursiveMethods,
                                       .dealloc = recursiveDealloc, .fill = [](Slots& slots) {
                                         slots.new_ = recursiveNew;
                                         slots.repr = recursiveRepr;
                                       }};
  static const TypeSpec local_spec{.type = nullptr, .basic_size = sizeof(Local), .doc = "Thread-local data", .dealloc = localDealloc,
                                   .traverse = localTraverse, .clear = localClear, .fill = [](Slots& slots) {
                                     slots.new_ = localNew;
                                     slots.getattr = localGetAttr;
                                     slots.setattr = localSetAttr;
                                   }, .dict_offset = offsetof(Local, dict)};
  Ref<Type> lock = makeNativeType(t, lock_spec, "_thread.lock", nullptr, kTypeFinal | kTypeDisallowNew | kTypeWeakrefable);
  if (!lock) return false;
  lock_type = lock.get();
  Ref<Type> recursive = makeNativeType(t, recursive_spec, "_thread.RLock", nullptr, kTypeWeakrefable);
  if (!recursive) return false;
  recursive_lock_type = recursive.get();
  Ref<Type> local = makeNativeType(t, local_spec, "_thread._local", nullptr, kTypeCollectable | kTypeWeakrefable);
  return local && moduleAdd(t, m, "LockType", std::move(lock)) && moduleAdd(t, m, "RLock", std::move(recursive)) &&
         moduleAdd(t, m, "_local", std::move(local));
}

bool init(Thread& t, ModuleObject* m) {
  Type* hook_type = structSequenceType(t, hook_args);
  return hook_type && addTypes(t, m) && moduleAdd(t, m, "_ExceptHookArgs", share(Value(hook_type))) &&
         moduleAdd(t, m, "error", share(Value(&exc::RuntimeError))) &&
         moduleAdd(t, m, "TIMEOUT_MAX", steal(Value::fromDouble(double(kLongestWait))));
}

}  // namespace

void endOfThread(Thread& t) {
  for (Sentinel** link = &sentinels; *link; link = &(*link)->next) {
    Sentinel* s = *link;
    if (s->thread != &t) continue;
    *link = s->next;
    Ref<> lock = weakrefTarget(s->reference);
    if (lock && asLock(lock)->locked && !lockRelease(t, lock)) clearException(t);
    release(s->reference);
    delete s;
    return;
  }
}

void threadModuleAfterFork(Thread& t) {
  running_threads = started_here ? 1 : 0;
  for (Thread* each = t.interpreter->threads; each; each = each->next_thread) {
    if (each != &t) dropLocals(t, each->id);
  }
  for (Sentinel** link = &sentinels; *link;) {
    Sentinel* s = *link;
    if (s->thread == &t) {
      link = &s->next;
      continue;
    }
    *link = s->next;
    release(s->reference);
    delete s;
  }
}

const ModuleDef& threadModule() {
  static const ModuleDef def{"_thread", "This module provides primitive operations to write multi-threaded programs.", kFunctions, init};
  return def;
}

}  // namespace krait
