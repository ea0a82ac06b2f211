// The death of objects: finalizer, weak references, watchers, contents, memory - in CPython's order.
//
// Deep structures: releasing the contents of a container destroys what it held, and so on. Past kDeepest nested deaths
// the rest waits in a list that the outermost destroy() works off, so that a million nested lists need no stack.
#include <cstdlib>

#include "runtime/core/destroy.h"
#include "runtime/core/error.h"
#include "runtime/core/watch.h"

namespace krait {

namespace {

constexpr int kDeepest = 60;

struct Waiting {
  Object** items = nullptr;
  size_t count = 0;
  size_t capacity = 0;
};

constinit thread_local int depth __attribute__((tls_model("initial-exec"))) = 0;
constinit thread_local Waiting waiting __attribute__((tls_model("initial-exec")));

bool postpone(Object* o) {
  if (waiting.count == waiting.capacity) {
    size_t capacity = waiting.capacity ? waiting.capacity * 2 : 256;
    void* grown = realloc(waiting.items, capacity * sizeof(Object*));
    if (!grown) return false;
    waiting.items = static_cast<Object**>(grown);
    waiting.capacity = capacity;
  }
  waiting.items[waiting.count++] = o;
  return true;
}

// Runs the finalizer once; false when it brought the object back to life.
bool finalizeAtDeath(Object* o) {
  FinalizeFunction finalize = o->type()->slots.finalize;
  if (!finalize || o->hasFlag(kFlagFinalized)) return true;
  Thread& t = Thread::current();
  o->count = 1;
  o->setFlag(kFlagFinalized);
  {
    PreserveException keep(t);
    finalize(t, o);
  }
  return --o->count == 0;
}

// What the header flags ask for; false: resurrected.
__attribute__((noinline)) bool prepareDeath(Object* o) {
  if (o->hasFlag(kFlagFinalizer) && !finalizeAtDeath(o)) return false;
  if (o->hasFlag(kFlagWeakrefs)) clearWeakrefs(o);
  if (o->hasFlag(kFlagWatched)) fireDeath(o);
  return true;
}

void destroyNow(Object* o) {
  if (KRAIT_UNLIKELY(o->type_and_flags & kFlagsAtDeath) && !prepareDeath(o)) return;
  o->type()->dealloc(o);
}

}  // namespace

void destroy(Object* o) {
  if (KRAIT_UNLIKELY(depth >= kDeepest) && postpone(o)) return;
  ++depth;
  destroyNow(o);
  if (KRAIT_UNLIKELY(waiting.count != 0) && depth == 1) {
    while (waiting.count != 0) destroyNow(waiting.items[--waiting.count]);
  }
  --depth;
}

}  // namespace krait
