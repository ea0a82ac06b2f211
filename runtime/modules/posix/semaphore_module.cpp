// _multiprocessing: named semaphores that processes share; multiprocessing builds its locks, conditions and events on
// SemLock.
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>

#include <cmath>
#include <ctime>
#include <map>

#include "runtime/modules/arguments.h"
#include "runtime/modules/fields.h"
#include "runtime/modules/posix/posix.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/int.h"
#include "runtime/protocols/arguments.h"

namespace krait::posix {

namespace {

enum : int { kRecursiveMutex = 0, kSemaphore = 1 };

struct SemLock : Object {
  sem_t* handle;
  pthread_t owner;  // of the last acquire, meaningful while count > 0
  int count;        // how often this process holds it
  int kind, most;
  Value name;  // owned: str or None
};
SemLock* asSemLock(Value v) { return static_cast<SemLock*>(v.asObject()); }
// How many SemLocks use an open semaphore: _rebuild() takes only handles of this map, and the last user closes it.
std::map<sem_t*, int> users;

void drop(sem_t* handle) {
  auto found = users.find(handle);
  if (found == users.end() || --found->second > 0) return;
  users.erase(found);
  sem_close(handle);
}
Ref<> wrap(Thread& t, Type* type, sem_t* handle, int kind, int most, Value name) {
  ++users[handle];
  SemLock* lock = allocateInstance<SemLock>(type);
  if (!lock) {
    drop(handle);
    return raiseNoMemory(t);
  }
  lock->handle = handle;
  lock->owner = 0;
  lock->count = 0;
  lock->kind = kind;
  lock->most = most;
  lock->name = share(name).leak();
  return steal(Value(lock));
}
void semLockDealloc(Object* self) {
  drop(static_cast<SemLock*>(self)->handle);
  release(static_cast<SemLock*>(self)->name);
  freeInstance(self);
}
Ref<> onlyBound(Thread&, Value, const Value*) { return nullptr; }  // the definition below is only bound, never called
Ref<> semLockNew(Thread& t, Type* type, Args args) {
  static const MethodDef kNew = method("SemLock", onlyBound, "($self, /, kind, value, maxvalue, name, unlink)");
  Value bound[5];
  Ref<> keep[5];
  int kind, value, most;
  Utf8 name;
  bool unlinks;
  if (!bindArguments(t, kNew, args, bound, keep) || !intArgument(t, bound[0], &kind) ||
      !intArgument(t, bound[1], &value) || !intArgument(t, bound[2], &most) ||
      !textArgument(t, "SemLock() argument 'name'", bound[3], &name) || !flagArgument(t, bound[4], &unlinks)) {
    return kRaised;
  }
  if (kind != kRecursiveMutex && kind != kSemaphore) return raise(t, exc::ValueError, "unrecognized kind");
  sem_t* handle = sem_open(name.c_str(), O_CREAT | O_EXCL, 0600, unsigned(value));
  if (handle == SEM_FAILED) return failed(t);
  if (unlinks && sem_unlink(name.c_str()) < 0) {
    int error = errno;
    sem_close(handle);
    return raiseOSError(t, error);
  }
  return wrap(t, type, handle, kind, most, unlinks ? kNone : bound[3]);
}
Ref<> rebuild(Thread& t, Value cls, const Value* args) {
  int64_t address;
  int kind, most;
  Utf8 name;
  if (!int64Argument(t, args[0], &address) || !intArgument(t, args[1], &kind) || !intArgument(t, args[2], &most))
    return kRaised;
  if (!args[3].isNone() && !isStr(args[3])) {
    return raise(t, exc::TypeError, "_rebuild() argument 4 must be str or None, not %s", typeName(args[3]));
  }
  sem_t* handle = reinterpret_cast<sem_t*>(address);
  if (args[3].isNone()) {
    if (!users.count(handle)) return raise(t, exc::ValueError, "the handle is not of a semaphore of this process");
  } else {
    if (!textArgument(t, "_rebuild() argument 4", args[3], &name)) return kRaised;
    handle = sem_open(name.c_str(), 0);
    if (handle == SEM_FAILED) return failed(t);
  }
  return wrap(t, static_cast<Type*>(cls.asObject()), handle, kind, most, args[3]);
}

bool isMine(SemLock* lock) { return lock->count > 0 && pthread_equal(lock->owner, pthread_self()); }

// Moments of the system's clock, seconds from now: never in the past, and far ones are as good as for ever.
timespec deadline(double seconds) {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  seconds = !(seconds > 0) ? 0 : std::fmin(seconds, 1e9);
  int64_t nanoseconds = now.tv_nsec + int64_t((seconds - std::floor(seconds)) * 1e9 + 0.5);
  return {now.tv_sec + time_t(seconds) + nanoseconds / 1'000'000'000, nanoseconds % 1'000'000'000};
}
// 1: taken, 0: not, -1: raised.
int waitFor(Thread& t, sem_t* handle, bool blocks, const timespec* until) {
  if (sem_trywait(handle) == 0) return 1;
  for (;;) {
    int result, error = errno;
    if (error == EAGAIN && blocks) {
      WithoutGil released(t);
      result = until ? sem_timedwait(handle, until) : sem_wait(handle);
      error = errno;
    } else {
      result = -1;
    }
    if (result == 0) return 1;
    if (error == EAGAIN || error == ETIMEDOUT) return 0;
    if (error != EINTR) return raiseOSError(t, error);
    if (!servePoll(t)) return -1;
    errno = EAGAIN;
  }
}
Ref<> acquire(Thread& t, Value self, const Value* args) {
  SemLock* lock = asSemLock(self);
  bool blocks;
  if (!flagArgument(t, args[0], &blocks)) return kRaised;
  if (lock->kind == kRecursiveMutex && isMine(lock)) {
    ++lock->count;
    return steal(kTrue);
  }
  bool limited = !args[1].isNone();
  timespec until{};
  if (limited) {
    if (!isIntLike(args[1]) && !isFloatLike(args[1]) && !typeOf(args[1])->slots.float_ &&
        !typeOf(args[1])->slots.index) {
      return raise(t, exc::TypeError, "must be real number, not %s", typeName(args[1]));
    }
    Ref<> number = toFloat(t, args[1]);
    if (!number) return kRaised;
    until = deadline(number.value().asDouble());
  }
  Ref<> keep = share(self);
  int taken = waitFor(t, lock->handle, blocks, limited ? &until : nullptr);
  if (taken < 0) return kRaised;
  if (taken) {
    ++lock->count;
    lock->owner = pthread_self();
  }
  return steal(Value::fromBool(taken));
}
Ref<> releaseLock(Thread& t, Value self) {
  SemLock* lock = asSemLock(self);
  if (lock->kind == kRecursiveMutex) {
    if (!isMine(lock)) return raise(t, exc::AssertionError, "attempt to release recursive lock not owned by thread");
    if (lock->count > 1) {
      --lock->count;
      return steal(kNone);
    }
  } else {
    int value;
    if (sem_getvalue(lock->handle, &value) < 0) return failed(t);
    if (value >= lock->most) return raise(t, exc::ValueError, "semaphore or lock released too many times");
  }
  if (sem_post(lock->handle) < 0) return failed(t);
  --lock->count;
  return steal(kNone);
}
Ref<> enter(Thread& t, Value self) {
  const Value args[] = {kTrue, kNone};
  return acquire(t, self, args);
}
Ref<> leave(Thread& t, Value self, const Value*) { return releaseLock(t, self); }
Ref<> countOf(Thread& t, Value self) { return newInt(t, asSemLock(self)->count); }
Ref<> mine(Thread&, Value self) { return steal(Value::fromBool(isMine(asSemLock(self)))); }
Ref<> getValue(Thread& t, Value self) {
  int value;
  if (sem_getvalue(asSemLock(self)->handle, &value) < 0) return failed(t);
  return newInt(t, value < 0 ? 0 : value);
}
Ref<> isZero(Thread& t, Value self) {
  int value;
  if (sem_getvalue(asSemLock(self)->handle, &value) < 0) return failed(t);
  return steal(Value::fromBool(value == 0));
}
Ref<> afterFork(Thread&, Value self) {
  asSemLock(self)->count = 0;
  return steal(kNone);
}
Ref<> handleOf(Thread& t, Value self) { return newInt(t, int64_t(asSemLock(self)->handle)); }

const MethodDef kMethods[] = {
    method("acquire", acquire, "($self, /, block=True, timeout=None)", "Acquire the semaphore/lock."),
    method("release", releaseLock, "($self, /)", "Release the semaphore/lock."),
    method("_count", countOf, "($self, /)", "Num of `acquire()`s minus num of `release()`s for this process."),
    method("_is_mine", mine, "($self, /)", "Whether the lock is owned by this thread."),
    method("_get_value", getValue, "($self, /)", "Get the value of the semaphore."),
    method("_is_zero", isZero, "($self, /)", "Return whether semaphore has value zero."),
    method("_rebuild", rebuild, "($type, handle, kind, maxvalue, name, /)", "", MethodKind::kClass),
    method("_after_fork", afterFork, "($self, /)", "Rezero the net acquisition count after fork()."),
    method("__enter__", enter, "($self, /)", "Enter the semaphore/lock."),
    method("__exit__", leave, "($self, exc_type=None, exc_value=None, exc_tb=None, /)", "Exit the semaphore/lock."),
    {},
};
const MemberDef kMembers[] = {
    {"kind", MemberType::kInt32, true, offsetof(SemLock, kind), ""},
    {"maxvalue", MemberType::kInt32, true, offsetof(SemLock, most), ""},
    {"name", MemberType::kValue, true, offsetof(SemLock, name), ""},
    {},
};
const GetSetDef kGetSets[] = {{"handle", handleOf, nullptr, ""}, {}};

Ref<> semUnlink(Thread& t, Value, Value name) {
  Utf8 text;
  return textArgument(t, "sem_unlink() argument", name, &text) ? noneOr(t, sem_unlink(text.c_str())) : Ref<>();
}
const MethodDef kFunctions[] = {method("sem_unlink", semUnlink, "($module, name, /)"), {}};

bool init(Thread& t, ModuleObject* m) {
  static const TypeSpec spec{.type = nullptr,
                             .basic_size = sizeof(SemLock),
                             .doc = "Semaphore/Mutex type",
                             .methods = kMethods,
                             .getsets = kGetSets,
                             .members = kMembers,
                             .dealloc = semLockDealloc,
                             .fill = [](Slots& slots) { slots.new_ = semLockNew; }};
  Ref<Type> type = makeNativeType(t, spec, "_multiprocessing.SemLock", nullptr, 0);
  Ref<Dict> flags = newDict(t);
  if (!type || !flags || !dictSetStr(t, flags.get(), internStatic("HAVE_SEM_OPEN"), Value::fromInt(1)) ||
      !dictSetStr(t, flags.get(), internStatic("HAVE_SEM_TIMEDWAIT"), Value::fromInt(1)) ||
      !setTypeAttribute(t, type.get(), internStatic("SEM_VALUE_MAX"), Value::fromInt(SEM_VALUE_MAX))) {
    return false;
  }
  return moduleAdd(t, m, "SemLock", std::move(type)) && moduleAdd(t, m, "flags", std::move(flags));
}

}  // namespace

}  // namespace krait::posix

namespace krait {
const ModuleDef& multiprocessingModule() {
  static const ModuleDef def{"_multiprocessing", nullptr, posix::kFunctions, posix::init};
  return def;
}
}  // namespace krait
