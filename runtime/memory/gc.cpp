// The cycle collector: trial deletion over the pools of collectable objects.
//
//   1. every live object of the collected generations gets its reference count copied into its pool's scratch table
//   2. traversing them all subtracts the references that come from inside
//   3. what still has references is reachable from outside, and so is what it leads to
//   4. the rest is garbage: weak references die and call back, finalizers run (PEP 442), what they resurrected is found
//      out by repeating 1-3 on the rest, the remainder is cleared
//
// No Python code runs in 1-3, so the tables are exact; they are gone before 4 begins, where garbage is held by references.
// An object's generation stands in its header (age): 0, 1, 2; 3 is frozen.  A young collection walks the chain of pools
// that were allocated from since the last one, and looks at young objects alone.
//
// The schedule: while the user has not set thresholds, the young generation may grow as long as collections find nothing,
// because what costs is the number of collections (40 ns a node of a growing tree at a fixed 700, 13 with this).
#include "runtime/memory/gc.h"

#include <cstdlib>
#include <cstring>
#include <utility>

#include "runtime/core/error.h"
#include "runtime/core/type_internal.h"
#include "runtime/memory/collector.h"
#include "runtime/memory/pool.h"
#include "runtime/objects/dict.h"
#include "runtime/objects/tuple.h"
#include "runtime/objects/weakref.h"

namespace krait {

GcState gc_state;

namespace {

constexpr uint32_t kInSet = 1;                 // scratch: references + 1; 0 is "not collected"
constexpr uint32_t kReachable = 0x8000'0000u;  // reached from outside
constexpr int64_t kFirstTarget = 700;
constexpr int64_t kLargestTarget = 1 << 20;
constexpr int64_t kBytesTarget = 8 << 20;

int ageOf(const Object* o) { return int(o->type_and_flags >> kAgeShift & 3); }
void setAge(Object* o, int age) { o->type_and_flags = (o->type_and_flags & ~kAgeMask) | uint64_t(age) << kAgeShift; }

// A growing array that reports exhaustion instead of aborting.
template <class T>
class Array {
 public:
  Array() = default;
  Array(const Array&) = delete;
  ~Array() { free(items_); }
  bool push(T v) {
    if (count_ == capacity_) {
      size_t capacity = capacity_ ? capacity_ * 2 : 256;
      void* grown = realloc(items_, capacity * sizeof(T));
      if (!grown) return false;
      items_ = static_cast<T*>(grown);
      capacity_ = capacity;
    }
    items_[count_++] = v;
    return true;
  }
  void truncate(size_t count) { count_ = count; }
  T pop() { return items_[--count_]; }
  size_t size() const { return count_; }
  T& operator[](size_t i) { return items_[i]; }
  T* begin() { return items_; }
  T* end() { return items_ + count_; }

 private:
  T* items_ = nullptr;
  size_t count_ = 0, capacity_ = 0;
};

// Scratch entry of an object in the set; null when it is not part of this collection.
uint32_t* scratchOf(Object* o) {
  if (o->immortal() || !o->type()->has(kTypeCollectable)) return nullptr;
  Pool* pool = poolOf(o);
  if (!pool->scratch) return nullptr;
  uint32_t* entry = &pool->scratch[cellIndex(pool, o)];
  return *entry ? entry : nullptr;
}

// Steps 1-3 on a set of objects; leaves the unreachable ones in `garbage`.
class Trial {
 public:
  ~Trial() {
    for (Pool* pool : pools_) {
      free(pool->scratch);
      pool->scratch = nullptr;
    }
  }

  // All live, tracked objects of the pool up to this generation.
  bool addPool(Pool* pool, int generation) {
    if (!addScratch(pool)) return false;
    for (uint32_t i = 0; i < pool->capacity; ++i) {
      Object* o = poolCell(pool, i);
      if (o->count == 0 || o->immortal() || o->hasFlag(kFlagUntracked) || ageOf(o) > generation) continue;
      pool->scratch[i] = o->count + kInSet;
    }
    return true;
  }
  // One object, of whose references `held` are ours.
  bool addObject(Object* o, uint32_t held) {
    Pool* pool = poolOf(o);
    if (!pool->scratch && !addScratch(pool)) return false;
    pool->scratch[cellIndex(pool, o)] = o->count - held + kInSet;
    return true;
  }

  bool findGarbage(Array<Object*>* garbage) {
    Subtract subtract;
    subtract.visit_object = [](Visitor*, Object* o) {
      uint32_t* entry = scratchOf(o);
      if (entry && *entry > kInSet) --*entry;
    };
    eachInSet([&](Object* o, uint32_t) { traverse(o, subtract); });

    Mark mark;
    mark.trial = this;
    mark.visit_object = [](Visitor* self, Object* o) { static_cast<Mark*>(self)->trial->reach(o); };
    eachInSet([&](Object* o, uint32_t entry) {
      if (entry > kInSet && !(entry & kReachable)) reach(o);
      while (stack_.size() != 0 && !exhausted_) traverse(stack_.pop(), mark);
    });
    if (exhausted_) return false;
    bool ok = true;
    eachInSet([&](Object* o, uint32_t entry) {
      if (!(entry & kReachable)) ok = ok && garbage->push(o);
    });
    return ok;
  }

  template <class F>
  void eachInSet(F f) {
    for (Pool* pool : pools_) {
      for (uint32_t i = 0; i < pool->capacity; ++i) {
        if (pool->scratch[i]) f(poolCell(pool, i), pool->scratch[i]);
      }
    }
  }

 private:
  struct Subtract : Visitor {};
  struct Mark : Visitor {
    Trial* trial;
  };

  bool addScratch(Pool* pool) {
    pool->scratch = static_cast<uint32_t*>(calloc(pool->capacity, sizeof(uint32_t)));
    return pool->scratch && pools_.push(pool);
  }
  static void traverse(Object* o, Visitor& visitor) {
    if (TraverseFunction f = o->type()->traverse) f(o, visitor);
  }
  void reach(Object* o) {
    uint32_t* entry = scratchOf(o);
    if (!entry || (*entry & kReachable)) return;
    *entry |= kReachable;
    if (!stack_.push(o)) exhausted_ = true;
  }

  Array<Pool*> pools_;
  Array<Object*> stack_;
  bool exhausted_ = false;
};

// --- one collection ---

// Takes a chain of pools apart; the pools are handed to f.
template <class F>
void takeChain(Pool*& head, Pool* Pool::*link, bool Pool::*flag, F f) {
  Pool* pool = head;
  head = nullptr;
  while (pool) {
    Pool* next = pool->*link;
    pool->*flag = false;
    pool->*link = nullptr;
    f(pool);
    pool = next;
  }
}
void noteMiddle(Pool* pool) {
  if (pool->middle) return;
  pool->middle = true;
  pool->middle_next = middle_pools;
  middle_pools = pool;
}

bool findGarbage(int generation, Array<Object*>* garbage, Array<Pool*>* young) {
  Trial trial;
  bool ok = true;
  auto keep = [&](Pool* pool) {  // once, though it may be in both chains
    if (pool->young) return;
    pool->young = true;
    ok = young->push(pool) && ok;
  };
  takeChain(young_pools, &Pool::young_next, &Pool::young, keep);
  if (generation > 0) takeChain(middle_pools, &Pool::middle_next, &Pool::middle, keep);
  for (Pool* pool : *young) pool->young = false;
  // The chains begin with the newest pool; finalizers are to run in about the order of creation.
  for (size_t i = 0, k = young->size(); i + 1 < k; ++i) std::swap((*young)[i], (*young)[--k]);
  if (generation < 2) {
    for (Pool* pool : *young) ok = ok && trial.addPool(pool, generation);
    if (generation == 0) {
      for (Pool* pool : *young) noteMiddle(pool);
    }
  } else {
    eachPool(Sort::kCollectable, [&](Pool* pool) { ok = ok && trial.addPool(pool, generation); });
  }
  if (!ok || !trial.findGarbage(garbage)) return false;
  int survivors = generation < 2 ? generation + 1 : 2;
  int64_t moved = 0;
  trial.eachInSet([&](Object* o, uint32_t entry) {
    if (!(entry & kReachable)) return;
    if (ageOf(o) < 2 && survivors == 2) ++moved;
    setAge(o, survivors);
  });
  if (generation == 2) {
    gc_state.long_lived = 0;
    trial.eachInSet([&](Object*, uint32_t entry) { gc_state.long_lived += (entry & kReachable) != 0; });
    gc_state.long_lived_pending = 0;
  } else {
    gc_state.long_lived_pending += moved;
  }
  return true;
}

// Step 4a: nobody may reach garbage through weak references any more. Callbacks of references that live are called.
void clearGarbageWeakrefs(Thread& t, Array<Object*>& garbage) {
  Array<WeakRef*> callbacks;
  for (Object* o : garbage) {
    if (!o->hasFlag(kFlagWeakrefs)) continue;
    takeWeakrefs(
        o, [](WeakRef* ref, void* list) {
          if (!static_cast<Array<WeakRef*>*>(list)->push(ref)) release(ref);
        },
        &callbacks);
  }
  // A reference that is garbage itself does not call back: mark garbage by a lookup in a sorted copy would cost more than
  // the flag that garbage carries here, its age.
  for (WeakRef* ref : callbacks) {
    if (ageOf(ref) != 3) callWeakrefCallback(t, ref);
    release(ref);
  }
}

// Step 4b: whether finalizers ran.
bool runFinalizers(Thread& t, Array<Object*>& garbage) {
  bool any = false;
  for (Object* o : garbage) {
    FinalizeFunction finalize = o->type()->slots.finalize;
    if (!finalize || o->hasFlag(kFlagFinalized)) continue;
    o->setFlag(kFlagFinalized);
    finalize(t, o);
    any = true;
  }
  return any;
}

// What finalizers or callbacks have let go of entirely dies now, as if nobody had held it; it does not count as found.
void dropReleased(Array<Object*>& garbage) {
  size_t before;
  do {
    before = garbage.size();
    size_t kept = 0;
    for (size_t i = 0; i < before; ++i) {
      Object* o = garbage[i];
      if (o->count > 1) garbage[kept++] = o;
      else release(o);
    }
    garbage.truncate(kept);
  } while (garbage.size() != before);
}

// Step 4c: what is garbage still. Each is held once by us.
bool withoutResurrected(Array<Object*>& garbage, Array<Object*>* rest) {
  Trial trial;
  for (Object* o : garbage) {
    if (!trial.addObject(o, 1)) return false;
  }
  return trial.findGarbage(rest);
}

void clearGarbage(Thread& t, Array<Object*>& garbage) {
  for (Object* o : garbage) {
    if (gc_state.debug & kGcDebugSaveAll) {
      gcKeepGarbage(t, o);
      continue;
    }
    if (o->count <= 1) continue;  // only our hold is left: it dies below
    if (ClearFunction clear = o->type()->clear) clear(o);
    if (t.raised()) writeUnraisable(t, Value(), "in garbage collection");
  }
}

int64_t collect(Thread& t, int generation) {
  Array<Object*> garbage;
  Array<Pool*> young;
  bool ok = findGarbage(generation, &garbage, &young);
  if (!ok) {  // no memory for the tables: nothing was changed but the chain
    noteCurrentPools();
    return 0;
  }
  for (Object* o : garbage) {
    retain(o);
    setAge(o, 3);
  }
  if (garbage.size() == 0) {
    for (Pool* pool : young) dropIfEmpty(pool);
    noteCurrentPools();
    return 0;
  }
  noteCurrentPools();
  clearGarbageWeakrefs(t, garbage);
  Array<Object*> rest;
  Array<Object*>* dead = &garbage;
  if (runFinalizers(t, garbage)) {
    dropReleased(garbage);
    // Without memory to find out, all count as resurrected.
    bool known = withoutResurrected(garbage, &rest);
    dead = &rest;
    if (!known) {
      for (Object* o : garbage) setAge(o, 2);
      for (Object* o : garbage) release(o);
      return 0;
    }
  }
  int64_t found = int64_t(dead->size());
  for (Object* o : garbage) setAge(o, generation < 2 ? generation + 1 : 2);
  clearGarbage(t, *dead);
  for (Object* o : garbage) release(o);
  return found;
}

void adapt(int generation, int64_t found) {
  GcState& s = gc_state;
  if (s.thresholds_set) {
    collectable_allocations.due_objects = s.threshold[0] > 0 ? s.threshold[0] : INT64_MAX;
    collectable_allocations.due_bytes = INT64_MAX;
    return;
  }
  s.target = found > 0 ? kFirstTarget : s.target < kLargestTarget ? s.target * 2 : s.target;
  int64_t tenth = collectableBytes() / 10;
  collectable_allocations.due_objects = s.target;
  collectable_allocations.due_bytes = tenth > kBytesTarget ? tenth : kBytesTarget;
}

// The oldest generation whose count is over its threshold; full collections wait until enough is new.
int dueGeneration() {
  const GcState& s = gc_state;
  if (s.threshold[2] && s.counts[2] > s.threshold[2] && s.long_lived_pending >= s.long_lived / 4) return 2;
  if (s.threshold[1] && s.counts[1] > s.threshold[1]) return 1;
  return 0;
}

}  // namespace

int64_t collectGarbage(Thread& t, int generation) {
  GcState& s = gc_state;
  if (s.collecting) return 0;
  s.collecting = true;
  PreserveException keep(t);
  gcCallCallbacks(t, "start", generation, 0);
  if (generation + 1 < 3) ++s.counts[generation + 1];
  for (int i = 1; i <= generation; ++i) s.counts[i] = 0;
  collectable_allocations.objects = 0;
  collectable_allocations.bytes = 0;
  int64_t found = collect(t, generation);
  ++s.stats[generation].collections;
  s.stats[generation].collected += found;
  adapt(generation, found);
  gcCallCallbacks(t, "stop", generation, found);
  s.collecting = false;
  return found;
}

void serveGcPoll(Thread& t) {
  t.poll.fetch_and(~uint32_t(kPollGc), std::memory_order_relaxed);
  const AllocationCounters& c = collectable_allocations;
  if (!gc_state.enabled || gc_state.collecting) return;
  if (c.objects <= c.due_objects && c.bytes <= c.due_bytes) return;
  collectGarbage(t, dueGeneration());
}

bool gcEnabled() { return gc_state.enabled; }
void gcEnable(bool enabled) { gc_state.enabled = enabled; }

// CPython does not track tuples and dicts of atoms; we do, but answer as it does.
bool gcTracked(Object* o) {
  if (o->immortal() ? !isType(o) : !o->type()->has(kTypeCollectable)) return false;
  if (o->hasFlag(kFlagUntracked)) return false;
  auto collectable = [](Value v) { return v.isObject() && v.asObject()->type()->has(kTypeCollectable) && gcTracked(v.asObject()); };
  if (o->kind == kKindTuple) {
    Tuple* tuple = static_cast<Tuple*>(o);
    for (int64_t i = 0; i < tuple->size; ++i) {
      if (collectable(tuple->items[i])) return true;
    }
    return false;
  }
  if (o->kind == kKindDict) {
    int64_t position = 0;
    Value key, v;
    while (dictNext(static_cast<Dict*>(o), &position, &key, &v)) {
      if (v.isObject() && v.asObject()->type()->has(kTypeCollectable)) return true;
      if (key.isObject() && key.asObject()->type()->has(kTypeCollectable)) return true;
    }
    return false;
  }
  return true;
}
void gcTrack(Object* o) { o->clearFlag(kFlagUntracked); }
void gcUntrack(Object* o) { o->setFlag(kFlagUntracked); }

void gcSetThresholds(Thread& t, const int64_t* thresholds) {
  GcState& s = gc_state;
  for (int i = 0; i < 3; ++i) s.threshold[i] = thresholds[i];
  s.thresholds_set = true;
  setExactCounting(true);
  adapt(0, 0);
}

void gcFreeze(bool frozen) {
  eachPool(Sort::kCollectable, [&](Pool* pool) {
    eachLiveCell(pool, [&](Object* o) {
      if (frozen) setAge(o, 3);
      else if (ageOf(o) == 3) setAge(o, 2);
    });
  });
}
int64_t gcFrozenCount() {
  int64_t count = 0;
  eachPool(Sort::kCollectable, [&](Pool* pool) { eachLiveCell(pool, [&](Object* o) { count += ageOf(o) == 3; }); });
  return count;
}

void gcEachObject(void (*f)(Object*, void*), void* argument, int generation) {
  eachPool(Sort::kCollectable, [&](Pool* pool) {
    eachLiveCell(pool, [&](Object* o) {
      if (!o->immortal() && !o->hasFlag(kFlagUntracked) && (generation < 0 || ageOf(o) == generation)) f(o, argument);
    });
  });
}

void markFinalizers(Type* type) {
  eachPool(Sort::kCollectable, [&](Pool* pool) {
    eachLiveCell(pool, [&](Object* o) {
      if (isSubtype(o->type(), type)) o->setFlag(kFlagFinalizer);
    });
  });
}

}  // namespace krait
